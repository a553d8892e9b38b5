"""The most memory an ingestion takes: ``python -m benchmarks.memory PATH...``.

Each path is ingested by ``python -m ingest`` into an empty library of its own; the process and
all its workers are counted together. ``--documents N`` adds a folder of N short records. Prints a
line of JSON for each.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.processes import PeakMemory

WORDS: Final = (
    "réunion atelier compte rendu suivi décision action membre groupe question réponse projet "
    "document version site courriel outil pratique partage séance animation note famille école"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--documents", type=int, default=0, metavar="N")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for number, path in enumerate(_paths(arguments, Path(name))):
            print(json.dumps(measure(path, Path(name) / f"library-{number}")), flush=True)
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


def measure(path: Path, library: Path) -> dict[str, Any]:
    """Ingest one path; gives its peak in megabytes, its time and how many passages it gave."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest", str(path), "--library", str(library), "--json"],
        stdout=subprocess.PIPE,
        text=True,
    )
    with PeakMemory(process.pid) as memory:
        out, _ = process.communicate()
    report = json.loads(out)
    return {
        "path": path.name,
        "peak_megabytes": round(memory.megabytes),
        "passages": report["passages"],
        "failed": len(report["failed"]),
        "seconds": round(time.monotonic() - began, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
