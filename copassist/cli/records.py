"""``records sessions|decisions|actions|topics``: the community's register."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from copassist.cli.common import add_library_options, cli_words, settings_of, write_json
from copassist.library import Library
from copassist.passages import Document
from copassist.records import Action, Decision, Register, Session, Topic
from copassist.register import coming_back, within

Line = Session | Decision | Action | Topic


def add_arguments(parser: argparse.ArgumentParser) -> None:
    say = cli_words()
    what = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    for name in ("sessions", "decisions", "actions", "topics"):
        child = what.add_parser(name, help=say(f"cli.records.{name}"))
        child.add_argument("--open", action="store_true", help=say("cli.records.open"))
        child.add_argument("--since", metavar="D", help=say("cli.options.since"))
        child.add_argument("--until", metavar="D", help=say("cli.options.until"))
        add_library_options(child)


def run(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    with Library(settings) as library:
        register, documents = library.register(date.today())
    chosen = lines(within(register, arguments.since, arguments.until), arguments)
    rows = [line_to_dict(line, documents, settings.language) for line in chosen]
    if arguments.json:
        write_json({arguments.what: rows})
        return 0
    say = cli_words()
    for row in rows:
        text = " ".join((row.get("text") or row.get("title") or "").split())
        owner = row.get("owner") or (say("cli.records.nobody") if "owner" in row else "")
        told = [row.get("session_date") or row.get("date") or "–", row.get("status"), owner]
        print("  ".join(str(part) for part in (*filter(None, told), text)))
        print(f"    {row['document'].get('path', '')}, {row['locator']}")
    return 0


def lines(register: Register, arguments: argparse.Namespace) -> tuple[Line, ...]:
    """The lines asked for; ``--open`` leaves out what is done, replaced or treated."""
    if not arguments.open:
        found: tuple[Line, ...] = getattr(register, arguments.what)
        return found
    open_lines: dict[str, tuple[Line, ...]] = {
        "actions": tuple(
            a for a in register.actions if a.status != "done" and a.replaced_by is None
        ),
        "decisions": tuple(d for d in register.decisions if d.status == "in_force"),
        "topics": coming_back(register),
        "sessions": register.sessions,
    }
    return open_lines[arguments.what]


def line_to_dict(line: Line, documents: Mapping[str, Document], language: str) -> dict[str, Any]:
    """A line of the register with its quote, place and document, as the contract writes it."""
    source = line.source
    values = asdict(line)
    values.pop("source")
    document = documents.get(source.document) if source else None
    return values | {
        "locator": source.locator.label(language) if source else "",
        "quote": source.quote if source else "",
        "passage": source.passage if source else None,
        "document": document.to_dict() if document else {},
    }
