"""Changes made by hand to an agenda: each gives a new one whose minutes still add up exactly.

What a person changed is frozen: rebalancing takes its minutes from the other items, and
regenerating leaves it alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from copassist.agendas.activities import activity, activity_title
from copassist.agendas.items import LONGEST, Agenda, AgendaItem, AgendaRequest, Wording
from copassist.agendas.purposes import candidates
from copassist.agendas.sourcing import relabelled
from copassist.agendas.timing import share, with_steps
from copassist.errors import AgendaError
from copassist.formats import Bounds, Format, find_format, fits, load_formats, suitable
from copassist.words import words

TAKES_FORMAT: Final = ("activity", "discussion", "open_discussion")
"""Kinds of item that can become an activity."""


def change_minutes(agenda: Agenda, item: str, minutes: int) -> Agenda:
    """The agenda with ``item`` (an id) lasting ``minutes``; the others make up the difference.

    Raises :class:`AgendaError` where its format's bounds, or the other items', do not allow it.
    """
    target = item_of(agenda, item)
    least, _, most = target.bounds if target.format else (1, 0, agenda.minutes)
    if not least <= minutes <= most:
        values = {"least": least, "most": most, "minutes": minutes}
        raise _error(agenda, "item_minutes", title=target.title, **values)
    changed = replace(target, minutes=minutes, frozen=True)
    return _balanced(agenda, _replaced(agenda.items, changed), changed)


def swap_format(agenda: Agenda, item: str, chosen: str) -> Agenda:
    """The agenda with ``item`` held as the format ``chosen`` (an id), its minutes kept if they fit.

    The title keeps its theme; a format that does not suit the people or the mode is taken, and
    a warning says so. Raises :class:`AgendaError` for an item that is no activity, an unknown
    format, or one whose fewest minutes do not fit.
    """
    target = item_of(agenda, item)
    if target.kind not in TAKES_FORMAT:
        raise _error(agenda, "not_activity", title=target.title)
    found = find_format(load_formats(), chosen)
    if found is None:
        known = ", ".join(one.id for one in load_formats())
        raise _error(agenda, "format", value=chosen, known=known)
    changed = _as(agenda, target, found)
    items = _replaced(agenda.items, changed)
    warned = replace(agenda, warnings=(*agenda.warnings, *_misfits(agenda, found)))
    return _balanced(warned, items, changed)


def alternatives(agenda: Agenda, item: str) -> tuple[Format, ...]:
    """Formats that ``item`` could be held as within its minutes, best first, without its own."""
    target = item_of(agenda, item)
    offered = candidates(load_formats())
    own = find_format(offered, target.format) if target.format else None
    fitting = suitable(offered, agenda.people, target.minutes, agenda.mode)
    tags = set(own.tags) if own else set()
    ranked = sorted(fitting, key=lambda one: -len(tags & set(one.tags)))
    return tuple(one for one in ranked if one is not own)


def edit_item(
    agenda: Agenda,
    item: str,
    *,
    title: str | None = None,
    lead: str | None = None,
    wording: Wording | None = None,
) -> Agenda:
    """The agenda with an item's title, lead (empty: nobody) or aim and questions as written by
    hand."""
    target = item_of(agenda, item)
    changed = replace(
        target,
        title=target.title if title is None else title.strip() or target.title,
        lead=target.lead if lead is None else lead.strip() or None,
        wording=target.wording if wording is None else wording,
        frozen=True,
    )
    edited = replace(agenda, items=_replaced(agenda.items, changed))
    if target.kind == "welcome":
        edited = replace(edited, facilitation=changed.lead)
    return edited


def move_item(agenda: Agenda, item: str, position: int) -> Agenda:
    """The agenda with ``item`` at ``position`` (from 0); its labels numbered in the new order."""
    target = item_of(agenda, item)
    items = [one for one in agenda.items if one is not target]
    items.insert(max(0, position), target)
    return relabelled(replace(agenda, items=tuple(items)))


def remove_item(agenda: Agenda, item: str) -> Agenda:
    """The agenda without ``item``; the others take its minutes. Raises :class:`AgendaError`."""
    target = item_of(agenda, item)
    items = tuple(one for one in agenda.items if one is not target)
    return relabelled(_balanced(agenda, items, target))


def regenerate(agenda: Agenda, fresh: Agenda, only: Collection[str] = ()) -> Agenda:
    """``agenda`` with items of ``fresh`` (a new draft of the same request), hand edits kept.

    ``only``: ids of the items to take anew; by default all. Frozen items always stay, in their
    place or, when the new draft has no such item, after the one they followed.
    """
    if only:
        newer = {one.id: one for one in fresh.items if one.id in only}
        items = [
            one if one.frozen or one.id not in newer else newer[one.id] for one in agenda.items
        ]
        return _merged(agenda, items)
    kept = {one.id: one for one in agenda.items if one.frozen}
    items = [kept.get(one.id, one) for one in fresh.items]
    present = {one.id for one in items}
    for index, one in enumerate(agenda.items):
        if one.frozen and one.id not in present:
            before = agenda.items[index - 1].id if index else ""
            place = next((n for n, other in enumerate(items, 1) if other.id == before), index)
            items.insert(min(place, len(items)), one)
    return _merged(replace(fresh, id=agenda.id), items)


def _merged(agenda: Agenda, items: Sequence[AgendaItem]) -> Agenda:
    return relabelled(_balanced(agenda, tuple(items), items[0]))


def item_of(agenda: Agenda, item: str) -> AgendaItem:
    """The item of that id. Raises :class:`AgendaError` where there is none (any more)."""
    for one in agenda.items:
        if one.id == item:
            return one
    raise _error(agenda, "item", value=item)


def _replaced(items: Sequence[AgendaItem], changed: AgendaItem) -> tuple[AgendaItem, ...]:
    return tuple(changed if one.id == changed.id else one for one in items)


def _as(agenda: Agenda, target: AgendaItem, chosen: Format) -> AgendaItem:
    """The item as an activity of ``chosen``, a break inside it kept."""
    request = AgendaRequest(agenda.date, agenda.minutes, mode=agenda.mode, language=agenda.language)
    pause = sum(step.minutes for step in target.steps if step.pause)
    least, usual, most = chosen.bounds
    working = min(max(target.minutes - pause, least), most)
    return replace(
        activity(target, chosen, request),
        title=_retitled(agenda, target, chosen),
        bounds=(least + pause, usual + pause, most + pause),
        minutes=working + pause,
        why=_without_format(agenda, target),
        frozen=True,
    )


def _retitled(agenda: Agenda, target: AgendaItem, chosen: Format) -> str:
    """The title with the new format's name, unless a person wrote another title."""
    say = words(agenda.language)
    own = find_format(load_formats(), target.format) if target.format else None
    automatic = (
        activity_title(own, agenda.theme, agenda.language)
        if own
        else say("agenda.items.discussion", theme=agenda.theme)
    )
    if target.title not in (automatic, say("agenda.items.open_discussion")):
        return target.title
    return activity_title(chosen, agenda.theme, agenda.language)


def _without_format(agenda: Agenda, target: AgendaItem) -> str:
    """Why the theme is there, and that the format was chosen by hand."""
    by_hand = words(agenda.language)("agenda.reasons.format_by_hand")
    said = target.why.split(". ")[0].rstrip(".")
    keeps = bool(target.citations) and said
    return f"{said}. {by_hand}" if keeps else by_hand


def _misfits(agenda: Agenda, chosen: Format) -> list[str]:
    if fits(chosen, agenda.people, LONGEST, agenda.mode):
        return []
    say = words(agenda.language)
    name = chosen.name(agenda.language)
    least, most = chosen.group
    if agenda.people is not None and not least <= agenda.people <= most:
        values = {"least": least, "most": most, "people": agenda.people}
        return [say("agenda.warnings.format_people_kept", format=name, **values)]
    return [say("agenda.warnings.format_online_kept", format=name)]


def _balanced(agenda: Agenda, items: tuple[AgendaItem, ...], cause: AgendaItem) -> Agenda:
    """Minutes shared out again, within the bounds if they allow it, else within looser ones.

    Raises :class:`AgendaError`, which names the ``cause``, where neither do.
    """
    for candidate in (items, tuple(map(_loosened, items))):
        try:
            shared = share(candidate, agenda.minutes)
        except ValueError:
            continue
        timed = tuple(
            replace(with_steps(one, load_formats(), agenda.language), bounds=before.bounds)
            for one, before in zip(shared, items, strict=True)
        )
        return replace(agenda, items=timed)
    raise _error(agenda, "no_room", title=cause.title, minutes=cause.minutes)


def _loosened(item: AgendaItem) -> AgendaItem:
    """Bounds that a person's wish may stretch: never a format's, never a break's."""
    if item.format or item.kind == "break":
        return item
    bounds: Bounds = (1, max(1, item.bounds[1]), LONGEST)
    return replace(item, bounds=bounds)


def _error(agenda: Agenda, key: str, **values: object) -> AgendaError:
    return AgendaError(problem=words(agenda.language)(f"agenda.problems.{key}", **values))
