"""The most memory an ingestion takes: ``python -m benchmarks.memory PATH...``.

Each path is ingested by ``python -m ingest`` into an empty library of its own; the process and
all its workers are counted together, in megabytes of 10^6 bytes: proportional set sizes (a page
that several processes share counts once), and resident ones to compare. ``--documents N`` adds a
folder of N short records; ``--seconds S`` stops each ingestion after S seconds, as Ctrl+C does.
Prints a line of JSON for each.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.processes import PeakMemory
from copassist.library import Library
from copassist.settings import load_settings
from copassist.testing import FakeEmbeddings

WORDS: Final = (
    "réunion atelier compte rendu suivi décision action membre groupe question réponse projet "
    "document version site courriel outil pratique partage séance animation note famille école"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--documents", type=int, default=0, metavar="N")
    parser.add_argument("--seconds", type=float, metavar="S")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for number, path in enumerate(_paths(arguments, Path(name))):
            print(
                json.dumps(measure(path, Path(name) / f"library-{number}", arguments.seconds)),
                flush=True,
            )
    return 0


def _paths(arguments: argparse.Namespace, folder: Path) -> Iterator[Path]:
    yield from arguments.paths
    if arguments.documents:
        yield write_documents(folder / f"{arguments.documents}-documents", arguments.documents)


def write_documents(folder: Path, count: int) -> Path:
    """``count`` records of some sixty words, no two alike."""
    folder.mkdir()
    words = WORDS.split()
    for number in range(count):
        said = " ".join(words[(number * 7 + place * place) % len(words)] for place in range(60))
        (folder / f"{number:05}.md").write_text(
            f"# Rencontre {number}\n\nNuméro {number} : {said}.\n", encoding="utf-8"
        )
    return folder


def measure(path: Path, library: Path, seconds: float | None = None) -> dict[str, Any]:
    """Ingest one path; gives its peaks in megabytes, its time, how many passages it gave, and how
    many of them got their vectors.
    """
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest", str(path), "--library", str(library), "--json"],
        stdout=subprocess.PIPE,
        text=True,
    )
    with PeakMemory(process.pid) as memory:
        try:
            out, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate()
    report = json.loads(out)
    with Library(load_settings(library=library), FakeEmbeddings()) as made:
        stored = made.catalogue.stored()
    return {
        "path": path.name,
        "peak_megabytes": round(memory.megabytes),
        "resident_megabytes": round(memory.resident),
        "passages": report["passages"],
        "embedded": sum(version.passages for version in stored if version.embedded),
        "failed": len(report["failed"]),
        "seconds": round(time.monotonic() - began, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
