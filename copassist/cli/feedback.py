"""``feedback export``: what people thought of the answers, as CSV or JSON."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from copassist.cli.common import add_library_options, cli_words, settings_of, write_json
from copassist.conversations import Conversations, Turn
from copassist.library import Library
from copassist.render.registerfile import harmless

FIELDS: Final = (
    *("asked", "question", "understood", "answer", "abstained", "verdict", "comment", "noted"),
    *("model", "prompt", "sources", "passages"),
)
"""In the order of the columns. Nobody's name and no number of a browser is among them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    say = cli_words()
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    export = actions.add_parser("export", help=say("cli.feedback.export"))
    export.add_argument("--all", action="store_true", help=say("cli.feedback.all"))
    add_library_options(export)


def run(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    with Library(settings) as library:
        turns = Conversations(library.catalogue, settings.community).judged(every=arguments.all)
    rows = [row_of(turn) for turn in turns]
    if arguments.json:
        write_json({"feedback": rows})
    else:
        _write_csv(rows)
    return 0


def row_of(turn: Turn) -> dict[str, Any]:
    """A turn as it is exported; the words of documents taken away are not in it."""
    answer = turn.answer or {}
    return {
        "asked": turn.asked,
        "question": turn.question,
        "understood": answer.get("understood", ""),
        "answer": answer.get("answer", ""),
        "abstained": answer.get("abstained"),
        "verdict": turn.verdict,
        "comment": answer.get("comment", ""),
        "noted": turn.noted,
        "model": answer.get("model", ""),
        "prompt": answer.get("prompt"),
        "sources": [
            f"{one['document']['path']}, {one['locator']}" for one in answer.get("citations", ())
        ],
        "passages": list(answer.get("passages", ())),
    }


def _write_csv(rows: Sequence[Mapping[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, FIELDS, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(row[name]) for name in FIELDS})


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return harmless("\n".join(value))
    return harmless("" if value is None else str(value))
