"""How search grows: ``python -m benchmarks.search LIBRARY QUESTIONS.jsonl --passages N``.

A library is copied and multiplied until it holds about N passages: every document comes again
under other names, with the same words and token vectors, and passage vectors drawn around the
real ones (normal noise of 0.03 a coordinate, about as far as two passages of one document are).
Then each question is asked once, the model warm, nothing remembered, no passage read again by a
reranker: that takes the same time whatever the library holds. Prints a line of JSON:
seconds to open and ask first, milliseconds of search at p50 and p95 with and without filters,
megabytes of memory and of files.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from copassist.filters import Filters
from copassist.library import Library
from copassist.questions import load_questions
from copassist.settings import load_settings

NOISE: Final = 0.03
BATCH: Final = 5000
"""Vectors given to Chroma at once: below its limit of 5,461."""
_COPIES: Final = (
    "INSERT INTO documents SELECT :n || id, community, :n || '/' || path, title, kind, date,"
    " language, level, notes, corrections, added FROM documents WHERE substr(id, 1, 1) <> '#'",
    "INSERT INTO versions SELECT :n || id, :n || document_id, sha256, suffix, bytes, status,"
    " embedded, passages, NULL FROM versions WHERE substr(id, 1, 1) <> '#'",
    "INSERT INTO passages SELECT key + :shift, :n || version_id, number, text, header, language,"
    " locator FROM passages WHERE key <= :last",
    "INSERT INTO passage_terms (rowid, header, body) SELECT rowid + :shift, header, body"
    " FROM passage_terms WHERE rowid <= :last",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--passages", type=int, default=10_000)
    arguments = parser.parse_args()
    questions = [question.question for question in load_questions(arguments.questions)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "library"
        shutil.copytree(arguments.library, folder)
        made = multiply(folder, arguments.passages)
        print(json.dumps({"passages": made} | measure(folder, questions)), flush=True)
    return 0


def multiply(folder: Path, wanted: int) -> int:
    """Copies of every document until there are about ``wanted`` passages; gives how many."""
    catalogue = sqlite3.connect(folder / "catalogue.sqlite")
    real, last = catalogue.execute("SELECT count(*), max(key) FROM passages").fetchone()
    copies = max(0, round(wanted / int(real)) - 1)
    tokens = sorted((folder / "tokens").glob("*.tok"))
    with Library(load_settings(library=folder, reranker="none")) as library:
        places = {
            document.version: (document.community, document.level)
            for document in library.documents()
        }
        vectors = {path.stem: library.token_vectors.vectors(path.stem) for path in tokens}
        chance = np.random.default_rng(0)
        for copy in range(1, copies + 1):
            mark = f"#{copy}-"
            for statement in _COPIES:
                catalogue.execute(statement, {"n": mark, "shift": copy * (last + 1), "last": last})
            catalogue.commit()
            for path in tokens:
                os.link(path, path.with_name(mark + path.name))
            _add(library, mark, places, vectors, chance)
    catalogue.close()
    return int(real) * (copies + 1)


def _add(
    library: Library,
    mark: str,
    places: dict[str, tuple[str, str]],
    vectors: dict[str, np.ndarray | None],
    chance: np.random.Generator,
) -> None:
    for place in set(places.values()):
        keys, rows = [], []
        for version, own in vectors.items():
            if own is not None and places.get(version) == place:
                keys += [(mark + version, number) for number in range(len(own))]
                rows.append(own)
        every = np.concatenate(rows)
        every = every + chance.normal(0, NOISE, every.shape).astype(np.float32)
        every /= np.linalg.norm(every, axis=1, keepdims=True)
        for start in range(0, len(keys), BATCH):
            end = start + BATCH
            library.vectors.add(*place, keys[start:end], every[start:end])


def measure(folder: Path, questions: Sequence[str]) -> dict[str, float]:
    with Library(load_settings(library=folder, reranker="none")) as library:
        library.embeddings.embed_question("chauffe")
        started = time.perf_counter()
        library.search(questions[0])
        first = time.perf_counter() - started
        plain = _times(library, questions[1:], None)
        community = library.settings.community
        narrow = Filters(community=community, kind="minutes", since="2018-01-01")
        filtered = _times(library, [question + " ?" for question in questions[1:]], narrow)
    files = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {
        "first_seconds": round(first, 2),
        "p50_ms": round(float(np.percentile(plain, 50)) * 1000),
        "p95_ms": round(float(np.percentile(plain, 95)) * 1000),
        "filtered_p50_ms": round(float(np.percentile(filtered, 50)) * 1000),
        "filtered_p95_ms": round(float(np.percentile(filtered, 95)) * 1000),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "files_mb": round(files / 1e6),
    }


def _times(library: Library, questions: Sequence[str], filters: Filters | None) -> list[float]:
    found = []
    for question in questions:
        started = time.perf_counter()
        library.search(question, 10, filters)
        found.append(time.perf_counter() - started)
    return found


if __name__ == "__main__":
    sys.exit(main())
