"""Changes made by hand to an agenda: each gives a new one whose minutes still add up exactly.

What a person changed is frozen: rebalancing takes its minutes from the other items, and
regenerating leaves it alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import count, product
from typing import Final

from copassist.agendas.activities import activity, activity_title
from copassist.agendas.items import LONGEST, Agenda, AgendaItem, AgendaRequest, Wording
from copassist.agendas.purposes import candidates
from copassist.agendas.sourcing import relabelled
from copassist.agendas.timing import OPEN, before_the_end, share, with_steps
from copassist.errors import AgendaError
from copassist.formats import Bounds, Format, find_format, fits, load_formats, suitable
from copassist.words import words

TAKES_FORMAT: Final = ("activity", "discussion", "open_discussion", "deferred", "added")
"""Kinds of item that can become an activity."""


def change_minutes(agenda: Agenda, item: str, minutes: int) -> Agenda:
    """The agenda with ``item`` (an id) lasting ``minutes``; the others make up the difference.

    A format's own bounds are no obstacle (:func:`usual_bounds` tells them): whoever facilitates
    knows the group. Raises :class:`AgendaError` where the other items cannot make it up.
    """
    target = item_of(agenda, item)
    least = 1 + _paused(target)
    if not least <= minutes <= agenda.minutes:
        values = {"least": least, "most": agenda.minutes, "minutes": minutes}
        raise _error(agenda, "item_minutes", title=target.title, **values)
    changed = replace(target, minutes=minutes, frozen=True)
    return _balanced(agenda, _replaced(agenda.items, changed), changed)


def usual_bounds(item: AgendaItem) -> tuple[int, int] | None:
    """The fewest and most minutes of the item's format where it is held in fewer or more."""
    known = find_format(load_formats(), item.format) if item.format else None
    if known is None:
        return None
    least, _, most = known.bounds
    return None if least <= item.minutes - _paused(item) <= most else (least, most)


def add_item(agenda: Agenda, title: str, minutes: int, text: str = "") -> Agenda:
    """The agenda with an item written by hand, before those that end the session; the others make
    room for it. Raises :class:`AgendaError`."""
    if not title.strip():
        raise _error(agenda, "untitled")
    taken = [one.id for one in agenda.items]
    name = next(one for n in count(1) if (one := f"added-{n}") not in taken)
    added = AgendaItem(
        name,
        title.strip(),
        "discussion",
        minutes,
        (1, max(1, minutes), LONGEST),
        text=text.strip(),
        frozen=True,
    )
    if not 1 <= minutes <= agenda.minutes:
        values = {"least": 1, "most": agenda.minutes, "minutes": minutes}
        raise _error(agenda, "item_minutes", title=added.title, **values)
    return relabelled(_balanced(agenda, before_the_end(agenda.items, added), added))


def drop_point(agenda: Agenda, item: str, point: int) -> Agenda:
    """The agenda without one line of an item (from 0), and without what only that line cites."""
    target = item_of(agenda, item)
    if not 0 <= point < len(target.points):
        return agenda  # taken out already
    left = target.points[:point] + target.points[point + 1 :]
    gone = set(target.points[point].labels) - {label for one in left for label in one.labels}
    cited = tuple(one for one in target.citations if one.label not in gone)
    # how many there were is no longer so
    why = "" if target.kind == "follow_ups" else target.why
    changed = replace(target, points=left, citations=cited, why=why, frozen=True)
    return relabelled(replace(agenda, items=_replaced(agenda.items, changed)))


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
    warned = replace(
        agenda,
        warnings=(*agenda.warnings, *_misfits(agenda, found)),
        removed=_taken_out(agenda, target, changed),
    )
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


def edit_item(  # noqa: PLR0913  # one a field of an item
    agenda: Agenda,
    item: str,
    *,
    title: str | None = None,
    lead: str | None = None,
    wording: Wording | None = None,
    text: str | None = None,
) -> Agenda:
    """The agenda with an item's title, lead (empty: nobody), text, or aim and questions as written
    by hand."""
    target = item_of(agenda, item)
    changed = replace(
        target,
        title=target.title if title is None else title.strip() or target.title,
        lead=target.lead if lead is None else lead.strip() or None,
        wording=target.wording if wording is None else wording,
        text=target.text if text is None else text.strip(),
        frozen=True,
    )
    edited = replace(
        agenda,
        items=_replaced(agenda.items, changed),
        removed=_taken_out(agenda, target, changed),
    )
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
    left = replace(agenda, removed=(*agenda.removed, target.title))
    return relabelled(_balanced(left, items, target))


def regenerate(agenda: Agenda, fresh: Agenda, only: Collection[str] = ()) -> Agenda:
    """``agenda`` with items of ``fresh`` (a new draft of the same session), hand edits kept.

    ``only``: ids of the items to take anew; by default all. Frozen items always stay, what was
    taken out stays out, and items keep their order, new ones after those that they follow in
    the new draft. Raises :class:`AgendaError` where what was changed by hand takes too long.
    """
    if only:
        newer = {one.id: one for one in fresh.items if one.id in only}
        items = [
            one if one.frozen or one.id not in newer else newer[one.id] for one in agenda.items
        ]
        return _merged(agenda, items)
    offered = {one.id: one for one in fresh.items if one.title not in agenda.removed}
    items = [
        one if one.frozen else offered[one.id]
        for one in agenda.items
        if one.frozen or one.id in offered
    ]
    for index, one in enumerate(fresh.items):
        names = [known.id for known in items]
        if one.id in offered and one.id not in names:
            before = [known.id for known in fresh.items[:index] if known.id in names]
            items.insert(names.index(before[-1]) + 1 if before else 0, one)
    again = replace(fresh, id=agenda.id, removed=agenda.removed)
    return _merged(again, items)


def _merged(agenda: Agenda, items: Sequence[AgendaItem]) -> Agenda:
    fixed = sum(one.minutes for one in items if one.frozen)
    if fixed > agenda.minutes:
        raise _error(agenda, "kept_too_long", fixed=fixed, minutes=agenda.minutes)
    return relabelled(_balanced(agenda, tuple(items), items[0]))


def item_of(agenda: Agenda, item: str) -> AgendaItem:
    """The item of that id. Raises :class:`AgendaError` where there is none (any more)."""
    for one in agenda.items:
        if one.id == item:
            return one
    raise _error(agenda, "item", value=item)


def _replaced(items: Sequence[AgendaItem], changed: AgendaItem) -> tuple[AgendaItem, ...]:
    return tuple(changed if one.id == changed.id else one for one in items)


def _taken_out(agenda: Agenda, target: AgendaItem, changed: AgendaItem) -> tuple[str, ...]:
    """The titles that a new draft does not bring back, with the one that ``target`` had before it
    was ``changed``: else the item, taken out under its new title, would come back under the old."""
    if target.title == changed.title or target.title in agenda.removed:
        return agenda.removed
    return (*agenda.removed, target.title)


def _as(agenda: Agenda, target: AgendaItem, chosen: Format) -> AgendaItem:
    """The item as an activity of ``chosen``, a break inside it kept."""
    request = AgendaRequest(agenda.date, agenda.minutes, mode=agenda.mode, language=agenda.language)
    pause = _paused(target)
    least, usual, most = chosen.bounds
    working = target.minutes - pause
    if not target.frozen:  # minutes that a person typed are not the program's to change
        working = min(max(working, least), most)
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


def _paused(item: AgendaItem) -> int:
    """Minutes of the breaks that fall inside an item."""
    return sum(step.minutes for step in item.steps if step.pause)


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
    """Minutes shared out again, within the bounds if they allow it, else with an open exchange for
    what is left over, else within looser bounds."""
    spared = _with_open_exchange(agenda, items)
    for kept, bounded in product((_as_it_was, _loosened), (items, spared)):
        try:
            shared = share(tuple(map(kept, bounded)), agenda.minutes)
        except ValueError:
            continue
        timed = tuple(
            replace(with_steps(one, load_formats(), agenda.language), bounds=before.bounds)
            for one, before in zip(shared, bounded, strict=True)
        )
        return replace(agenda, items=timed)
    raise _error(agenda, "no_room", title=cause.title, minutes=cause.minutes)


def _with_open_exchange(agenda: Agenda, items: tuple[AgendaItem, ...]) -> tuple[AgendaItem, ...]:
    """The items with one for the time that nothing takes, unless a person took it out."""
    name, say = "open_discussion", words(agenda.language)
    title, why = say(f"agenda.items.{name}"), say(f"agenda.reasons.{name}")
    if title in agenda.removed or any(one.id == name for one in items):
        return items
    return before_the_end(items, AgendaItem(name, title, "discussion", OPEN[1], OPEN, why=why))


def _as_it_was(item: AgendaItem) -> AgendaItem:
    """The item with its minutes for the usual ones: a change elsewhere moves it no more than it
    must."""
    least, _, most = item.bounds
    now = item.minutes
    return replace(item, bounds=(min(least, now), now, max(most, now)))


def _loosened(item: AgendaItem) -> AgendaItem:
    """Bounds that a person's wish may stretch: never a format's, never a break's."""
    if item.format or item.kind == "break":
        return _as_it_was(item)
    bounds: Bounds = (1, item.minutes, LONGEST)
    return replace(item, bounds=bounds)


def _error(agenda: Agenda, key: str, **values: object) -> AgendaError:
    return AgendaError(problem=words(agenda.language)(f"agenda.problems.{key}", **values))
