"""What every part of a draft is made from, and how its items begin."""

from __future__ import annotations

from dataclasses import dataclass, replace

from copassist.agendas.history import History
from copassist.agendas.items import AgendaItem, AgendaRequest, Intention, written_day
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

    def item(self, name: str, intention: Intention, bounds: Bounds, title: str = "") -> AgendaItem:
        """A new item that takes its usual minutes; without a ``title``, one that says its kind."""
        item = AgendaItem(name, title, intention, bounds[1], bounds)
        return item if title else replace(item, title=self.say(f"agenda.items.{item.kind}"))
