"""``agenda [--date D] [--minutes N]``: a draft agenda from what the records say is open."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from copassist.agendas import Agenda, AgendaRequest
from copassist.agendas.drafting import USUAL_MINUTES, draft_from, offered_session, worded_from
from copassist.agendas.items import STYLES
from copassist.agendas.wording import with_wording
from copassist.chatmodels import chat_model
from copassist.cli.common import add_library_options, cli_words, save, settings_of, tell, write_json
from copassist.formats import MODES
from copassist.library import Library
from copassist.render import agenda_docx, agenda_ics, agenda_markdown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    say = cli_words()
    parser.add_argument("--date", metavar="D", help=say("cli.agenda.date"))
    parser.add_argument(
        "--minutes",
        type=int,
        metavar="N",
        help=say("cli.agenda.minutes", usual=USUAL_MINUTES),
    )
    parser.add_argument("--people", type=int, metavar="N", help=say("cli.agenda.people"))
    parser.add_argument("--mode", choices=MODES, help=say("cli.agenda.mode"))
    parser.add_argument("--theme", metavar="TEXT", help=say("cli.agenda.theme"))
    parser.add_argument("--style", choices=STYLES, default=STYLES[0], help=say("cli.agenda.style"))
    parser.add_argument("--start", metavar="HH:MM", help=say("cli.agenda.start"))
    parser.add_argument(
        "--format", action="append", default=[], metavar="ID", help=say("cli.agenda.format")
    )
    parser.add_argument("--llm", metavar="SPEC", help=say("cli.agenda.llm"))
    for name in ("docx", "ics", "md"):
        parser.add_argument(f"--{name}", type=Path, metavar="F", help=say(f"cli.agenda.{name}"))
    add_library_options(parser)


def run(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    request = AgendaRequest(
        date=arguments.date or "",
        minutes=0 if arguments.minutes is None else arguments.minutes,
        people=arguments.people,
        mode=arguments.mode,
        theme=arguments.theme,
        style=arguments.style,
        start=arguments.start,
        formats=tuple(arguments.format),
        language=settings.language,
    )
    with Library(settings) as library:
        if arguments.minutes is None:
            request = replace(request, minutes=offered_session(library, date.today())[1])
        agenda = draft_from(library, request, date.today())
        if arguments.llm:  # only when asked for: a model on this machine takes a minute
            agenda = _worded(library, agenda)
    for warning in agenda.warnings:
        tell(warning)
    if arguments.docx:
        save(arguments.docx, agenda_docx(agenda))
    if arguments.ics:
        save(arguments.ics, agenda_ics(agenda, datetime.now(UTC)))
    if arguments.md:
        save(arguments.md, agenda_markdown(agenda).encode())
    if arguments.json:
        write_json(agenda.to_dict())
    elif not (arguments.docx or arguments.ics or arguments.md):
        print(agenda_markdown(agenda))
    return 0


def _worded(library: Library, agenda: Agenda) -> Agenda:
    """The agenda with what the chat model words for its items; as it is without a model."""
    chat = chat_model(library.settings)
    if chat is None:
        return agenda
    for item, wording in worded_from(library, agenda, chat):
        agenda = with_wording(agenda, item, wording)
    return agenda
