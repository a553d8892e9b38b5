"""Search on questions of ours that training left out: ``python -m benchmarks.pairs LIBRARY``.

``scripts/adapter_pairs.jsonl`` holds questions in members' own words, each with the document and
the opening words of the passage that answers. Those about the records named by ``--about`` (two
sets, unless said otherwise, that ``scripts/train_adapter.py --leave-out`` left out when the file
in ``copassist/data`` was made) are asked of a library that holds all records: what the model has
practised on is not what it is judged by. A question counts as cross where its language is not the
passage's. ``--save FILE`` keeps every rank; ``--against FILE`` says which questions moved since.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from math import inf
from pathlib import Path
from typing import Any, Final

from benchmarks.ingestion import ROOT
from copassist.evaluation import (
    DEPTH,
    Outcome,
    Report,
    Search,
    compare,
    document_rank,
    load_report,
    markdown_table,
    report,
)
from copassist.library import Library
from copassist.passages import Hit
from copassist.settings import load_settings

PAIRS: Final = ROOT / "scripts" / "adapter_pairs.jsonl"
LEFT_OUT: Final = ("fr_fablab_lannion", "en_nhs_rap_cop")
TODAY: Final = date(2026, 11, 23)
"""What "last autumn" counts from, so that figures of two days compare."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("--about", action="append", metavar="PATH")
    parser.add_argument("--save", type=Path, metavar="FILE")
    parser.add_argument("--against", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    about = tuple(arguments.about or LEFT_OUT)
    with Library(load_settings(library=arguments.library, reading_seconds=inf)) as library:

        def search(question: str, k: int) -> Sequence[Hit]:
            return library.search(question, k, None, TODAY)

        made = report([outcome(search, number, pair) for number, pair in asked(about)])
    print(markdown_table(made))
    if arguments.save:
        arguments.save.write_text(json.dumps(made.to_dict()), encoding="utf-8")
    if arguments.against:
        tell(load_report(arguments.against), made)
    return 0


def asked(about: tuple[str, ...]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The pairs about records whose path begins with one of ``about``, by line."""
    lines = PAIRS.read_text(encoding="utf-8").splitlines()
    for number, pair in enumerate(map(json.loads, lines), start=1):
        if pair["document"].startswith(about):
            yield number, pair


def outcome(search: Search, number: int, pair: dict[str, Any]) -> Outcome:
    """Where the pair's document and passage are found."""
    hits = search(pair["question"], DEPTH)
    own = pair["language"] == ("en" if pair["document"].startswith("en_") else "fr")
    return Outcome(
        id=str(number),
        question=pair["question"],
        language=pair["language"],
        set=pair["document"].partition("/")[0],
        type="" if own else "cross",
        answerable=True,
        document=document_rank(hits, [pair["document"]]),
        document_strict=document_rank(hits, [pair["document"]]),
        passage=_passage_rank(hits, pair),
    )


def _passage_rank(hits: Sequence[Hit], pair: dict[str, Any]) -> int | None:
    return next(
        (
            rank
            for rank, hit in enumerate(hits, start=1)
            if hit.document.path == pair["document"]
            and " ".join(hit.passage.text.split()).startswith(pair["opening"])
        ),
        None,
    )


def tell(before: Report, now: Report) -> None:
    """How many questions moved, by document and by passage."""
    for view in ("document", "passage"):
        moved = compare(before, now, view)
        print(f"{view}: {len(moved.better)} better, {len(moved.worse)} worse")


if __name__ == "__main__":
    sys.exit(main())
