"""A draft out of a library: what every entrance (page, chat, command) calls."""

from __future__ import annotations

from datetime import date

from copassist.agendas.drafts import draft
from copassist.agendas.items import Agenda, AgendaRequest
from copassist.conversations import Conversations
from copassist.formats import load_formats
from copassist.library import Library


def draft_from(library: Library, request: AgendaRequest, today: date) -> Agenda:
    """A draft from what the library's register says is open, and from the questions that members
    asked to be kept because nothing answers them. Raises :class:`UsageError`."""
    register, documents = library.register(today)
    gaps = [turn.question for turn in Conversations(library.catalogue, _community(library)).gaps()]
    return draft(request, register, documents, load_formats(), today, gaps, holds=library.holds)


def _community(library: Library) -> str:
    return library.settings.community
