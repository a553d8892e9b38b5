"""A draft out of a library: what every entrance (page, chat, command) calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from statistics import median_low
from typing import Final

from copassist.agendas.clocks import hours_written
from copassist.agendas.drafts import draft
from copassist.agendas.history import RECENT_SESSIONS
from copassist.agendas.items import (
    LONGEST,
    SHORTEST,
    Agenda,
    AgendaItem,
    AgendaRequest,
    Citation,
    Wording,
)
from copassist.agendas.wording import worded
from copassist.analysis import fold
from copassist.chatmodels import Chat
from copassist.citations import quote_in
from copassist.conversations import Conversations
from copassist.formats import load_formats
from copassist.library import Library
from copassist.passages import Document, Passage
from copassist.records import NextSession, Register
from copassist.register import announcing
from copassist.settings import Settings

USUAL_MINUTES: Final = 90
"""The length offered where the records tell none, until somebody gives another."""
OPENING: Final = 500
"""Characters of a record in which its session's hours are looked for: further on stand those of
its items."""
AHEAD: Final = timedelta(days=14)
"""How far the day offered lies where no record announces the next session."""


def draft_from(library: Library, request: AgendaRequest, today: date) -> Agenda:
    """A draft from what the library's register says is open, and from the questions that members
    asked to be kept because nothing answers them; for the day offered where none is given. Raises
    :class:`UsageError`."""
    request = replace(request, date=request.date or offered_day(library, today))
    register, documents = library.register(today)
    gaps = [turn.question for turn in Conversations(library.catalogue, _community(library)).gaps()]
    agenda = draft(request, register, documents, load_formats(), today, gaps, holds=library.holds)
    return replace(agenda, community=agenda.community or _given_name(library))


def worded_from(
    library: Library, agenda: Agenda, chat: Chat
) -> Iterator[tuple[AgendaItem, Wording | None]]:
    """What a chat model words for the items, one after another, from the passages that they cite
    in the library. Raises :class:`~copassist.errors.ModelError`."""

    def passage_of(citation: Citation) -> tuple[Passage, Document] | None:
        if not citation.passage:
            return None  # a draft of an earlier version
        found = library.passage_of(citation.passage)
        return found if found and quote_in(citation.quote, found[0].text) else None

    return worded(chat, agenda, passage_of)


def _given_name(library: Library) -> str:
    """The community's name in the settings; none for the one that nobody named."""
    name = _community(library)
    return "" if name == Settings.model_fields["community"].default else name


def _community(library: Library) -> str:
    return library.settings.community


def announced_day(register: Register, today: date) -> str | None:
    """The day of the next session as the latest record announces it, if it is still to come."""
    said = _announced(register, today)
    return said.date if said else None


def _announced(register: Register, today: date) -> NextSession | None:
    session = announcing(register, today)
    return session.next_session if session else None


def offered_day(library: Library, today: date) -> str:
    """The day to prepare for where nobody gives one: as announced, else :data:`AHEAD`."""
    return _day_ahead(library.register(today)[0], today)


def offered_session(library: Library, today: date) -> tuple[str, int]:
    """The day to prepare for, and how long it may last."""
    register, _ = library.register(today)
    day = _day_ahead(register, today)
    return day, likely_minutes(library, register, today, day) or USUAL_MINUTES


def _day_ahead(register: Register, today: date) -> str:
    return announced_day(register, today) or (today + AHEAD).isoformat()


def likely_minutes(
    library: Library, register: Register, today: date, day: str | None
) -> int | None:
    """How long a session on ``day`` lasts: by the hours of the line that announces it, else as the
    last ones did whose records tell their hours."""
    said = _announced(register, today)
    if said and said.source and said.date == day:
        minutes = _minutes_in(said.source.quote)
        if minutes is not None:
            return minutes
    past = [one for one in register.sessions if one.date and one.date < today.isoformat()]
    past.sort(key=lambda one: one.date or "", reverse=True)
    sources = (one.source for one in past[:RECENT_SESSIONS] if one.source)
    records = filter(None, (library.passage_of(source.passage) for source in sources))
    found = [_minutes_in(passage.text[:OPENING]) for passage, _ in records]
    told = [minutes for minutes in found if minutes is not None]
    return median_low(told) if told else None


def _minutes_in(text: str) -> int | None:
    told = next((one.minutes for one in hours_written(fold(text)) if one.marked), None)
    return told if told is not None and SHORTEST <= told <= LONGEST else None
