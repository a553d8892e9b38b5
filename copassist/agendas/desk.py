"""What every part of a draft is made from."""

from __future__ import annotations

from dataclasses import dataclass

from copassist.agendas.history import History
from copassist.agendas.items import AgendaItem, AgendaRequest, written_day
from copassist.agendas.sourcing import Sourcing
from copassist.formats import Bounds, Format
from copassist.words import Words


@dataclass(frozen=True, slots=True)
class Desk:
    """The request, checked; the register as of its day; where claims get their sources."""

    request: AgendaRequest
    formats: tuple[Format, ...]
    wished: tuple[Format, ...]
    history: History
    sourcing: Sourcing
    say: Words
    people: int | None

    def day(self, day: str | None) -> str:
        return written_day(day, self.request.language)

    def item(self, name: str, intention: str, bounds: Bounds, title: str = "") -> AgendaItem:
        title = title or self.say(f"agenda.items.{name.rstrip('-0123456789')}")
        return AgendaItem(name, title, intention, bounds[1], bounds)
