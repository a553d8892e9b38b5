"""``ask TEXT`` and ``ask --batch FILE --out OUT``: cited answers."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Final

from copassist.answers import Answer
from copassist.assistant import NEAR, Assistant
from copassist.chatmodels import chat_model
from copassist.cli.common import (
    add_library_options,
    cli_words,
    settings_of,
    tell,
    write_json,
    writing,
)
from copassist.cli.search import add_filters, filters_of, where_found
from copassist.errors import DamagedFileError, ForbiddenError, MissingFileError, UsageError
from copassist.filters import Filters
from copassist.followups import Exchange
from copassist.library import Library
from copassist.router import Router
from copassist.words import words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    say = cli_words()
    parser.add_argument("text", nargs="?", help=say("cli.ask.text"))
    parser.add_argument("--batch", type=Path, metavar="FILE", help=say("cli.ask.batch"))
    parser.add_argument("--out", type=Path, metavar="OUT", help=say("cli.ask.out"))
    parser.add_argument("--llm", metavar="SPEC", help=say("cli.ask.llm"))
    parser.add_argument("--history", type=Path, metavar="FILE", help=say("cli.ask.history"))
    add_filters(parser)
    add_library_options(parser)


def run(arguments: argparse.Namespace) -> int:
    if bool(arguments.text) == bool(arguments.batch) or bool(arguments.batch) != bool(
        arguments.out
    ):
        raise UsageError(problem=cli_words()("cli.ask.which"))
    if arguments.batch and arguments.history:
        raise UsageError(problem=cli_words()("cli.ask.history_alone"))
    settings = settings_of(arguments)
    filters = filters_of(arguments, settings.community)
    history = _history(arguments.history) if arguments.history else ()
    with Library(settings) as library:
        assistant = Router(library, chat_model(settings))
        if arguments.batch:
            return _batch(assistant, arguments, filters)
        answer = assistant.ask(arguments.text, filters, settings.language, history)
    if answer.problem:
        tell(answer.problem)
    if arguments.json:
        write_json(answer.to_dict())
    else:
        understood = ""
        if answer.understood:
            understood = cli_words()("followup.understood", question=answer.understood)
        doubt = cli_words()("answer.doubtful") if answer.doubtful else ""
        near = _nearest(answer, settings.language) if answer.abstained else ""
        said = (understood, answer.synthesis, doubt, _at_a_terminal(answer), near)
        print("\n\n".join(part for part in said if part))
    return 0


ELSEWHERE: Final = ("in_register", "agenda_open")
"""Words that lead to a tab of the page, and the ones that lead to a command in their place."""


def _at_a_terminal(answer: Answer) -> str:
    """The answer's text, where there are no tabs to look in."""
    text = answer.text
    for name in ELSEWHERE:
        said = words(answer.language)
        text = text.replace(said(f"registeranswers.{name}"), said(f"cli.ask.{name}"))
    return text


def _nearest(answer: Answer, language: str) -> str:
    """Where to look instead, for whoever knows better than a refusal."""
    lines = [where_found(rank, hit, language) for rank, hit in enumerate(answer.near[:NEAR], 1)]
    return "\n".join([cli_words()("answer.near"), *lines]) if lines else ""


def _batch(assistant: Assistant, arguments: argparse.Namespace, filters: Filters) -> int:
    """One question object a line in, one answer object a line out, ids kept."""
    questions = _questions(arguments.batch)
    language = settings_of(arguments).language
    with writing(arguments.out):
        out = arguments.out.open("w", encoding="utf-8")
    with out:
        for number, row in enumerate(questions, start=1):
            answer = assistant.ask(row["question"], filters, language)
            answer = replace(answer, id=row.get("id"))
            out.write(json.dumps(answer.to_dict(), ensure_ascii=False, default=str) + "\n")
            tell(f"{number}/{len(questions)}")
    if arguments.json:
        write_json({"answers": len(questions), "file": str(arguments.out)})
    return 0


def _history(path: Path) -> tuple[Exchange, ...]:
    """What was asked before, oldest first: answers as ``--json`` writes them, one a line."""
    return tuple(
        Exchange(str(row.get("understood") or row["question"]), str(row.get("answer") or ""))
        for row in _questions(path)
    )


def _questions(path: Path) -> list[dict[str, str]]:
    """The objects of a JSONL file, each with its ``question``.

    Raises :class:`UnreadableError` for the file, :class:`UsageError` for one of its lines.
    """
    try:
        # not splitlines: a string of JSON may hold line ends of Unicode (U+2028)
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError as error:
        raise MissingFileError(path=path) from error
    except PermissionError as error:
        raise ForbiddenError(path=path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DamagedFileError(path=path, problem="content") from error
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            row = None
        if not (isinstance(row, dict) and isinstance(row.get("question"), str)):
            raise UsageError(problem=cli_words()("cli.ask.bad_line", path=path, line=number))
        rows.append(row)
    return rows
