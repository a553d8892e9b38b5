"""How much of an ingestion is not embedding: ``python -m benchmarks.ingestion PATH...``.

Three things in one run, of the same files with the same model:

1. *words*: everything parsed and found by full text, no model;
2. *pure*: the passages through the model as the ingestion does it and nothing else, half of them
   before the ingestion and half after it, so that a machine that slows down slows both; and one
   in ten through ``SentenceTransformer.encode`` with all threads in one pass, to show that the
   former is no slow way of doing it;
3. *whole*: the ingestion as ``python -m ingest`` does it, into an empty library.

Prints one JSON object: seconds by the wall and of processor time, and the ratios whole / pure.
On a machine where others compute too, the ratio of processor times is the one to believe. Memory
is measured apart (``benchmarks.memory``): looking at it takes time of its own.
``--sample N`` takes every Nth file.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.processes import Clock
from copassist.embeddings import SentenceEmbeddings, load_embeddings
from copassist.indexing import GROUP
from copassist.library import Library
from copassist.modeltext import embedded_text
from copassist.settings import load_settings
from copassist.testing import FakeEmbeddings
from ingest.pipeline import Ingestion, scan
from ingest.report import Progress

ROOT: Final = Path(__file__).resolve().parents[1]
CORPUS: Final = ROOT.parent / "shared" / "corpus"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, default=[CORPUS])
    parser.add_argument("--sample", type=int, default=1, metavar="N")
    parser.add_argument("--words", action="store_true", help="the first of the three alone")
    parser.add_argument("--library", type=Path, help="where the ingested library is left")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = _sampled(arguments.paths, folder / "files", arguments.sample)
        if arguments.words:
            print(json.dumps(_ingested(paths, folder / "words", None)))
            return 0
        told = _measure(paths, folder, arguments.library or folder / "whole")
    print(json.dumps(told, indent=1))
    return 0


def _sampled(paths: Sequence[Path], folder: Path, every: int) -> list[Path]:
    """The paths; or a folder of links to every ``every``-th file below them."""
    if every == 1:
        return list(paths)
    for source in scan(paths)[::every]:
        link = folder / source.name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(source.path.resolve())
    return [folder]


def _measure(paths: Sequence[Path], folder: Path, place: Path) -> dict[str, Any]:
    words = _ingested(paths, folder / "words", None)
    with Library(load_settings(library=folder / "words"), FakeEmbeddings()) as library:
        texts = [
            embedded_text(passage)
            for version in library.catalogue.stored()
            for passage in library.catalogue.version_passages(version.id)
        ]
    embeddings = load_embeddings(load_settings())
    embeddings.embed_question("chargé")
    halves = [_pure(embeddings, texts[::2])]
    whole = _ingested(paths, place, load_embeddings(load_settings()))
    halves.append(_pure(embeddings, texts[1::2]))
    pure = {key: sum(half[key] for half in halves) for key in halves[0]}
    encoded = _encoded(embeddings, texts[::10])
    return {
        "files": whole["files"],
        "passages": len(texts),
        "all_found_by_words_after": whole["words"],
        "words_alone": {key: words[key] for key in ("wall", "processor")},
        "pure": pure,
        "encode_times_ten": {key: round(10 * value, 2) for key, value in encoded.items()},
        "whole": {key: whole[key] for key in ("wall", "processor")},
        "passages_a_second": round(len(texts) / whole["wall"], 2),
        "ratio": {key: round(whole[key] / pure[key], 3) for key in pure},
    }


def _pure(embeddings: SentenceEmbeddings, texts: list[str]) -> dict[str, float]:
    clock = Clock()
    for start in range(0, len(texts), GROUP):
        embeddings.embed_passages(texts[start : start + GROUP])
    return clock.told()


def _encoded(embeddings: SentenceEmbeddings, texts: list[str]) -> dict[str, float]:
    import torch

    torch.set_num_threads(os.cpu_count() or 1)
    clock = Clock()
    embeddings.model.encode(texts, prompt="passage: ", batch_size=16, show_progress_bar=False)
    return clock.told()


def _ingested(
    paths: Sequence[Path], place: Path, embeddings: SentenceEmbeddings | None
) -> dict[str, float]:
    """Time of one ingestion, and how soon everything was found by its words.

    Without ``embeddings`` it ends there.
    """
    clock, found, stop = Clock(), [0.0], threading.Event()

    def tell(progress: Progress) -> None:
        if progress.to_embed and not found[0]:
            found[0] = clock.wall
            if embeddings is None:
                stop.set()
        if time.monotonic() > told[0] + 10:
            told[0] = time.monotonic()
            print(progress, file=sys.stderr, flush=True)

    told = [time.monotonic()]
    with Library(load_settings(library=place), embeddings or FakeEmbeddings()) as library:
        report = Ingestion(library, progress=tell, cancelled=stop).run(list(paths))
    return {
        "files": len(report.added) + len(report.failed) + len(report.duplicate),
        "passages": report.passages,
        "words": round(found[0], 2),
        **clock.told(),
    }


if __name__ == "__main__":
    sys.exit(main())
