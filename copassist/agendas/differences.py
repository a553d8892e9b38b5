"""What one state of an agenda has that the state before it had not, in a few words."""

from __future__ import annotations

from collections.abc import Iterator

from copassist.agendas.items import Agenda, AgendaItem
from copassist.words import Words


def what_changed(before: Agenda | None, after: Agenda, say: Words) -> str:
    """The first thing that a person would call a change, and how many more there are.

    Minutes that other items gave or took follow from a change and are none.
    """
    if before is None or before.id != after.id:
        return say("agenda.changes.begun")
    found = list(_changes(before, after, say))
    if not found:
        return say("agenda.changes.redone")
    more = len(found) - 1
    return say("agenda.changes.more", change=found[0], count=more) if more else found[0]


def _changes(before: Agenda, after: Agenda, say: Words) -> Iterator[str]:
    old = {one.id: one for one in before.items}
    new = {one.id: one for one in after.items}
    for item in after.items:
        if item.id not in old:
            yield say("agenda.changes.added", title=item.title)
    for item in before.items:
        if item.id not in new:
            yield say("agenda.changes.removed", title=item.title)
    for item in after.items:
        if item.id in old and item.frozen:
            yield from _of_item(old[item.id], item, say)
    if [name for name in old if name in new] != [name for name in new if name in old]:
        yield say("agenda.changes.moved")


def _of_item(old: AgendaItem, new: AgendaItem, say: Words) -> Iterator[str]:
    if old.title != new.title:
        yield say("agenda.changes.renamed", title=old.title, other=new.title)
    elif (old.format, old.lead, old.text, old.wording) != (
        new.format,
        new.lead,
        new.text,
        new.wording,
    ):
        yield say("agenda.changes.written", title=new.title)
    if len(new.points) < len(old.points):
        yield say("agenda.changes.point", title=new.title)
    if old.minutes != new.minutes:
        yield say("agenda.changes.minutes", title=new.title, minutes=new.minutes)
