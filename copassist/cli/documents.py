"""``documents list|show|remove|edit``: what the library holds, and mending it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from copassist.catalogue import EDITABLE
from copassist.cli.common import (
    add_library_options,
    cli_words,
    settings_of,
    tell_waiting,
    write_json,
)
from copassist.dates import typed_day
from copassist.errors import UsageError
from copassist.library import Library
from copassist.passages import KINDS, LEVELS, place
from copassist.words import LANGUAGES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    say = cli_words()
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name in ("list", "show", "remove", "edit"):
        child = actions.add_parser(name, help=say(f"cli.documents.{name}"))
        if name != "list":
            child.add_argument("name", help=say("cli.documents.name"))
        if name == "edit":
            child.add_argument("--title", metavar="TEXT", help=say("cli.documents.title"))
            child.add_argument("--date", metavar="D", help=say("cli.documents.day"))
            child.add_argument("--kind", choices=KINDS, help=say("cli.documents.kind"))
            child.add_argument("--language", choices=LANGUAGES, help=say("cli.documents.language"))
            child.add_argument("--level", choices=LEVELS, help=say("cli.ingest.level"))
        add_library_options(child)


def run(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    with Library(settings, waiting=tell_waiting) as library:
        told: dict[str, Any] = ACTIONS[arguments.action](library, arguments)
    if arguments.json:
        write_json(told)
        return 0
    for document in told.get("documents", [told.get("document")]):
        _print(document)
    for passage in told.get("passages", []):
        place = f"[{passage['locator']}]\n" if passage["locator"] else ""
        print(f"\n{place}{passage['text']}")
    return 0


def _print(document: Mapping[str, Any]) -> None:
    """What it is, and below the name that commands take; after a correction, as corrected."""
    kind = cli_words()(f"ui.kind.{document['kind']}")
    date = document["date"] or "–"
    print(f"{date:10}  {kind:14}  {document['passages']:5}  {document['title']}")
    print(f"    {document['path']}")


def _list(library: Library, _: argparse.Namespace) -> dict[str, Any]:
    return {"documents": [document.to_dict() for document in library.documents()]}


def _show(library: Library, arguments: argparse.Namespace) -> dict[str, Any]:
    settings = library.settings
    document = library.catalogue.document(settings.community, arguments.name)
    passages = [
        {
            "number": p.number,
            "locator": place(p.locator, document, settings.language),
            "text": p.text,
        }
        for p in library.catalogue.version_passages(document.version)
    ]
    return {"document": document.to_dict(), "passages": passages}


def _remove(library: Library, arguments: argparse.Namespace) -> dict[str, Any]:
    return {"document": library.remove(arguments.name).to_dict() | {"status": "removed"}}


def _edit(library: Library, arguments: argparse.Namespace) -> dict[str, Any]:
    given = {name: getattr(arguments, name) for name in EDITABLE}
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes.get("title", "–").strip():
        raise UsageError(problem=cli_words()("ui.documents.title_needed"))
    if not changes:
        raise UsageError(problem=cli_words()("cli.documents.nothing"))
    if changes.get("date") == "":  # it has none
        changes["date"] = None
    elif "date" in changes:
        changes["date"] = typed_day(changes["date"], cli_words().language)
    return {"document": library.edit(arguments.name, changes).to_dict()}


ACTIONS = {"list": _list, "show": _show, "remove": _remove, "edit": _edit}
