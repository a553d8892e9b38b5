"""``records sessions|decisions|actions|topics``: the community's register, and its corrections."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from copassist.agendas.history import readable, told_news
from copassist.chatmodels import chat_model
from copassist.cli.common import (
    add_library_options,
    cli_words,
    save,
    settings_of,
    tell,
    tell_waiting,
    write_json,
)
from copassist.cli.parser import day
from copassist.corrections import (
    ACTION_FIELDS,
    Corrections,
    checked,
    found_line,
    line_id,
)
from copassist.dates import falls_within
from copassist.errors import UsageError
from copassist.library import Library
from copassist.passages import Document
from copassist.proposals import SETTLED_BY, Proposals, propose
from copassist.records import Action, Decision, Register
from copassist.register import narrowed, within
from copassist.render.registerfile import Line, register_csv, register_table, register_xlsx

VIEWS: Final = ("sessions", "decisions", "actions", "topics")
CHANGES: Final = ("done", "reopen", "confirm", "correct", "restore")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    say = cli_words()
    what = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    for name in VIEWS:
        child = what.add_parser(name, help=say(f"cli.records.{name}"))
        child.add_argument("--open", action="store_true", help=say("cli.records.open"))
        child.add_argument("--person", metavar="NAME", help=say("cli.records.person"))
        child.add_argument("--topic", metavar="TEXT", help=say("cli.records.topic"))
        child.add_argument("--since", type=day, metavar="D", help=say("cli.options.since"))
        child.add_argument("--until", type=day, metavar="D", help=say("cli.options.until"))
        for form in ("csv", "xlsx"):
            child.add_argument(f"--{form}", type=Path, metavar="F", help=say(f"cli.records.{form}"))
        add_library_options(child)
    child = what.add_parser("propose", help=say("cli.records.propose"))
    child.add_argument("--since", type=day, metavar="D", help=say("cli.options.since"))
    child.add_argument(
        "--document", action="append", metavar="NAME", help=say("cli.records.document")
    )
    child.add_argument("--llm", metavar="SPEC", help=say("cli.ask.llm"))
    add_library_options(child)
    child = what.add_parser("proposals", help=say("cli.records.proposals"))
    add_library_options(child)
    for name in SETTLED_BY:
        child = what.add_parser(name, help=say(f"cli.records.{name}"))
        child.add_argument("id", help=say("cli.records.id"))
        add_library_options(child)
    for name in CHANGES:
        child = what.add_parser(name, help=say(f"cli.records.{name}"))
        child.add_argument("id", help=say("cli.records.id"))
        if name == "correct":
            for field in ACTION_FIELDS:
                child.add_argument(f"--{field}", help=say(f"cli.records.{field}"))
        add_library_options(child)


def run(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    with Library(settings, waiting=tell_waiting) as library:
        if arguments.what in CHANGES:
            return _change(library, arguments)
        if arguments.what in ("propose", "proposals", *SETTLED_BY):
            return _proposals(library, arguments)
        register, documents = library.register(date.today())
    view = arguments.what
    chosen = narrowed(
        within(register, arguments.since, arguments.until),
        arguments.person,
        arguments.topic,
        still=arguments.open,
    )
    if arguments.csv or arguments.xlsx:
        _write(chosen, documents, arguments, settings.language)
        if not arguments.json:
            return 0
    rows = [line_to_dict(line, documents, settings.language) for line in getattr(chosen, view)]
    if arguments.json:
        write_json({view: rows})
        return 0
    for row in rows:
        _print(row)
    if not rows:
        tell(cli_words()("cli.records.none"))
    return 0


def _print(row: Mapping[str, Any]) -> None:
    say = cli_words()
    text = " ".join(readable(row.get("text") or row.get("title") or "").split())
    owner = row.get("owner") or (say("cli.records.nobody") if "owner" in row else "")
    due = say("ui.register.due", due=row["due"]) if row.get("due") else ""
    told = [row.get("session_date") or row.get("date") or "–", _status(row), owner, text, due]
    print("  ".join(str(part) for part in told if part))
    name = f"{row['id']}  " if row.get("id") else ""
    place = filter(None, (row["document"].get("path", ""), row["locator"]))
    print(f"    {name}{', '.join(place)}")
    if news := row.get("news"):
        quote = news["source"]["quote"]
        print(f"    {told_news(news['status'], news['day'], quote, say.language)}")


def _status(row: Mapping[str, Any]) -> str:
    """The state of an action or a decision, as the page says it; sessions and topics have none."""
    if "status" not in row:
        return ""
    kind = "status" if "owner" in row else "decision"
    return cli_words()(f"ui.register.{kind}_{row['status']}")


def _write(
    register: Register,
    documents: Mapping[str, Document],
    arguments: argparse.Namespace,
    language: str,
) -> None:
    table = register_table(register, arguments.what, documents, language)
    if arguments.csv:
        save(arguments.csv, register_csv(table))
    if arguments.xlsx:
        save(arguments.xlsx, register_xlsx(table, arguments.what))


def _change(library: Library, arguments: argparse.Namespace) -> int:
    """Correct one line by hand, or take its corrections back; the line is shown as it is then."""
    register, _ = library.register(date.today())
    line = found_line(register, arguments.id)
    store = Corrections(library.catalogue)
    if arguments.what == "restore":
        store.drop(line)
    else:
        store.put(line, checked(line, _changes(line, arguments), library.settings.language))
    register, documents = library.register(date.today())
    row = line_to_dict(found_line(register, line_id(line)), documents, library.settings.language)
    if arguments.json:
        write_json(row)
    else:
        _print(row)
    return 0


def _proposals(library: Library, arguments: argparse.Namespace) -> int:
    """Ask the chat model for lines that the rules missed; list them; accept or refuse one."""
    register, documents = library.register(date.today())
    store = Proposals(library.catalogue)
    if arguments.what == "propose":
        _propose(store, library, register, documents, arguments)
    if arguments.what in SETTLED_BY:
        shown = [store.settle(documents, arguments.id, SETTLED_BY[arguments.what])]
    else:
        shown = store.of(documents, "proposed")
    rows = [asdict(one) | {"id": one.id, "path": documents[one.document].path} for one in shown]
    if arguments.json:
        write_json({"proposals": rows})
        return 0
    say = cli_words()
    for row in rows:
        kind = say(f"cli.records.kind_{row['kind']}")
        told = (row["id"], kind, row["owner"], " ".join(row["quote"].split()))
        print("  ".join(part for part in told if part))
        print(f"    {row['path']}")
    if not rows:
        tell(say("cli.records.no_proposal"))
    return 0


def _propose(
    store: Proposals,
    library: Library,
    register: Register,
    documents: Mapping[str, Document],
    arguments: argparse.Namespace,
) -> None:
    chat = chat_model(library.settings)
    if chat is None:
        raise UsageError(problem=cli_words()("cli.records.no_model"))
    chosen = _chosen(library, documents, arguments.document, arguments.since)
    for number, document in enumerate(chosen, 1):
        passages = library.catalogue.version_passages(document.version)
        for one in propose(chat, document, passages, register):
            store.add(one)
        tell(f"{number}/{len(chosen)} {document.path}")


def _chosen(
    library: Library,
    documents: Mapping[str, Document],
    named: Sequence[str] | None,
    since: str | None,
) -> list[Document]:
    """The records to read, latest first: those named, else all, from ``since`` on."""
    community = library.settings.community
    asked_for = {library.catalogue.document(community, name).id for name in named or ()}
    wanted = asked_for or documents.keys()
    each = sorted(documents.values(), key=lambda one: one.date or "", reverse=True)
    return [
        one
        for one in each
        if one.id in wanted and (since is None or falls_within(one.date, since, None))
    ]


def _changes(line: Action | Decision, arguments: argparse.Namespace) -> dict[str, str | None]:
    """``done`` closes an action, ``reopen`` opens it; ``confirm`` keeps a decision's status."""
    if arguments.what == "done":
        return {"status": "done"}
    if arguments.what == "reopen":
        return {"status": "in_force" if isinstance(line, Decision) else "open"}
    if arguments.what == "confirm":
        return {"status": line.status}
    given = {name: getattr(arguments, name) for name in ACTION_FIELDS}
    return {name: value for name, value in given.items() if value is not None}


def line_to_dict(line: Line, documents: Mapping[str, Document], language: str) -> dict[str, Any]:
    """A line of the register with its quote, place and document, as the contract writes it."""
    source = line.source
    bare = replace(line, line="") if isinstance(line, Action | Decision) else line
    values = asdict(bare)
    values.pop("source")
    values.pop("line", None)
    document = documents.get(source.document) if source else None
    named = {"id": line_id(line)} if isinstance(line, Action | Decision) else {}
    return (
        named
        | values
        | {
            "locator": source.locator.label(language) if source else "",
            "quote": source.quote if source else "",
            "passage": source.passage if source else None,
            "document": document.to_dict() if document else {},
        }
    )
