"""Minutes of an agenda: what fits, what is cut, where the breaks fall. Sums are exact.

Bounds of the frame are ours where no source is named; those of activities are their format's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from copassist.agendas.items import LONGEST, AgendaItem, AgendaStep
from copassist.formats import Bounds, Format, spread, stretch

WELCOME: Final[Bounds] = (3, 10, 15)
"""Usual: format ``tour-de-table-ouverture``. Fewest: the welcome without the round. Most: well
below the format's 20, since minutes left over belong to what the group meets for."""
HARVEST: Final[Bounds] = (3, 9, 10)
"""Usual: ``recolte-et-cloture`` without its last step. Fewest: its first step alone. Most: below
the format's 14, for the same reason."""
NEXT: Final[Bounds] = (1, 2, 5)
"""``recolte-et-cloture`` gives one minute to the next meeting; finding a date takes longer."""
CLOSE: Final[Bounds] = (1, 1, 2)
ADOPTION: Final[Bounds] = (2, 3, 5)
INFORMATION: Final[Bounds] = (3, 5, 15)
QUESTIONS: Final[Bounds] = (2, 5, 7)
DEFERRED: Final[Bounds] = (5, 10, 20)
DISCUSSION: Final[Bounds] = (5, 15, 60)
OPEN: Final[Bounds] = (5, 15, LONGEST)
"""What takes the minutes that nothing else can: no upper bound but the session's."""

FOLLOW_UP: Final = 2
"""Usual minutes an open follow-up: its state and the next step, said aloud."""
FOLLOW_UPS_LEAST: Final = (3, 12)
"""The item's fewest minutes: one a follow-up, within these."""
FOLLOW_UPS_USUAL: Final = (5, 30)
"""The item's usual minutes, within these: an hour of follow-ups is another kind of meeting."""

LONGEST_STRETCH: Final = 90
"""No more minutes than this without a break. B. Briggs, "Why your meetings need breaks" (IIFAC):
breaks in any meeting of more than 90 minutes, at least every 90 minutes."""
EVEN_STRETCH: Final = 80
"""Mean stretch aimed at: an item or a step is one block, so breaks cannot fall just anywhere."""
STRETCH_SLACK: Final = 10
"""... and a stretch may be longer by this, since an activity is not interrupted for fewer minutes
than a break itself takes."""
BREAK: Final[Bounds] = (10, 10, 15)
"""As the break of format ``design-thinking-demi-journee``."""

STRETCHED: Final = (
    ("activity", "discussion", "open_discussion"),
    ("deferred", "follow_ups", "information", "added"),
)
"""Kinds of items that take the minutes left over, the first ones first; the frame comes last."""
ENDING: Final = ("questions", "harvest", "next", "close")
"""Kinds of items that end a session."""

ROUND: Final = 5
"""Items this long or longer are brought to multiples of it where the bounds allow."""


@dataclass(frozen=True, slots=True)
class Cut:
    """An item that had to go, and how many minutes were missing when it went."""

    item: AgendaItem
    missing: int


def follow_up_bounds(count: int) -> Bounds:
    """Bounds of the follow-ups item for so many open follow-ups."""
    least = _within(count, FOLLOW_UPS_LEAST)
    usual = _within(FOLLOW_UP * count, FOLLOW_UPS_USUAL)
    return least, usual, usual + usual // 2


def breaks_needed(minutes: int) -> int:
    """Breaks of a session: none up to :data:`LONGEST_STRETCH`, then enough for its items."""
    count = 0 if minutes <= LONGEST_STRETCH else 1
    while minutes - count * BREAK[1] > (count + 1) * EVEN_STRETCH and count:
        count += 1
    return count


def fit(
    items: Sequence[AgendaItem], total: int, order: Sequence[str]
) -> tuple[tuple[AgendaItem, ...], tuple[Cut, ...]]:
    """The items whose fewest minutes fit ``total``, and those cut, by kind in this ``order``.

    The last item of a kind goes first; kinds that ``order`` does not name always stay.
    """
    kept = list(items)
    cuts: list[Cut] = []
    while (missing := sum(one.bounds[0] for one in kept) - total) > 0:
        chosen = next((one for name in order for one in reversed(kept) if one.kind == name), None)
        if chosen is None:
            break
        kept.remove(chosen)
        cuts.append(Cut(chosen, missing))
    return tuple(kept), tuple(cuts)


def share(items: Sequence[AgendaItem], total: int) -> tuple[AgendaItem, ...]:
    """The items with minutes that add up to ``total``, hand-made ones untouched.

    What is missing is taken from all; what is left over goes where :data:`STRETCHED` says. Raises
    ``ValueError`` where the bounds do not allow it.
    """
    free = [one for one in items if not one.frozen]
    rest = total - sum(one.minutes for one in items if one.frozen)
    main = [index for index, one in enumerate(free) if _rank(one) == 0]
    bounds = [one.bounds for one in free]
    shares = iter(_rounded(bounds, spread(_capped(free, rest), rest), main))
    return tuple(one if one.frozen else replace(one, minutes=next(shares)) for one in items)


def _capped(items: Sequence[AgendaItem], total: int) -> list[Bounds]:
    """The items' bounds, those whose turn to take minutes left over does not come at their usual
    minutes, those whose turn is past at their most."""
    for turn in range(len(STRETCHED) + 1):
        bounds = [_in_turn(one.bounds, _rank(one) - turn) for one in items]
        if total <= sum(most for _, _, most in bounds):
            return bounds
    return [one.bounds for one in items]


def _in_turn(bounds: Bounds, away: int) -> Bounds:
    least, usual, most = bounds
    if away < 0:
        return most, most, most
    return (least, usual, usual) if away else bounds


def _rank(item: AgendaItem) -> int:
    """When an item's turn comes to take minutes left over."""
    found = (turn for turn, kinds in enumerate(STRETCHED) if item.kind in kinds)
    return next(found, len(STRETCHED))


def before_the_end(items: Sequence[AgendaItem], added: AgendaItem) -> tuple[AgendaItem, ...]:
    """The items with one more, before those that end the session."""
    ends = (index for index, one in enumerate(items) if one.kind in ENDING)
    place = next(ends, len(items))
    return (*items[:place], added, *items[place:])


def with_steps(item: AgendaItem, formats: Iterable[Format], language: str) -> AgendaItem:
    """The item with its format's steps scaled to its minutes, a break inside kept at its place."""
    found = next((one for one in formats if one.id == item.format), None)
    if found is None:
        return item
    pauses = [(_elapsed(item.steps, index), one) for index, one in _pauses(item)]
    working = item.minutes - sum(one.minutes for _, one in pauses)
    minutes = stretch(found, working)
    steps = [
        AgendaStep(step.title(language), share)
        for step, share in zip(found.steps, minutes, strict=True)
        if share > 0
    ]
    for fraction, pause in pauses:
        steps.insert(_place(steps, fraction * working), pause)
    return replace(item, steps=tuple(steps))


def with_breaks(
    items: Sequence[AgendaItem], count: int, pause: AgendaItem, formats: Sequence[Format]
) -> tuple[AgendaItem, ...]:
    """The items with ``count`` breaks of ``pause``'s length where they cut the time best.

    Between items where that keeps every stretch within :data:`LONGEST_STRETCH`, inside an
    activity, between two of its steps, where only that does; inside a confidential one last.
    """
    if count == 0:
        return tuple(items)
    places = _boundaries(items)
    own = _own_pauses(items, formats)
    total = sum(one.minutes for one in items)

    def cost(chosen: tuple[_Boundary, ...]) -> tuple[int, int, int]:
        cuts = sorted([(one.at, one.at) for one in chosen] + own)
        longest, last = 0, 0
        for start, end in [*cuts, (total, total)]:
            longest = max(longest, start - last)
            last = end
        inside = sum(one.weight for one in chosen)
        allowed = LONGEST_STRETCH + (0 if inside else STRETCH_SLACK)
        return max(0, longest - allowed), inside, longest

    best = min(combinations(places, min(count, len(places))), key=cost)
    return _inserted(items, best, pause)


@dataclass(frozen=True, slots=True)
class _Boundary:
    at: int
    """Minutes from the start, breaks not counted."""
    item: int
    step: int
    """0: before the item; else before that step of it."""
    weight: int


def _boundaries(items: Sequence[AgendaItem]) -> list[_Boundary]:
    found = []
    now = 0
    for index, item in enumerate(items):
        if index > 0:
            found.append(_Boundary(now, index, 0, 0))
        inside = now
        for number, step in enumerate(item.steps):
            if number > 0:
                found.append(_Boundary(inside, index, number, 2 if item.confidential else 1))
            inside += step.minutes
        now += item.minutes
    return found


def _own_pauses(items: Sequence[AgendaItem], formats: Sequence[Format]) -> list[tuple[int, int]]:
    titles = {
        title
        for one in formats
        for step in one.steps
        if step.pause
        for title in (step.title_fr, step.title_en)
    }
    found = []
    now = 0
    for item in items:
        inside = now
        for step in item.steps:
            if step.title in titles:
                found.append((inside, inside + step.minutes))
            inside += step.minutes
        now += item.minutes
    return found


def _inserted(
    items: Sequence[AgendaItem], chosen: Sequence[_Boundary], pause: AgendaItem
) -> tuple[AgendaItem, ...]:
    found = list(items)
    breaks = sum(one.step == 0 for one in chosen)
    for place in sorted(chosen, key=lambda one: (one.item, one.step), reverse=True):
        if place.step == 0:
            found.insert(place.item, replace(pause, id=f"break-{breaks}"))
            breaks -= 1
            continue
        item = found[place.item]
        steps = list(item.steps)
        steps.insert(place.step, AgendaStep(pause.title, pause.minutes, pause=True))
        least, usual, most = item.bounds
        found[place.item] = replace(
            item,
            steps=tuple(steps),
            minutes=item.minutes + pause.minutes,
            bounds=(least + pause.minutes, usual + pause.minutes, most + pause.minutes),
        )
    return tuple(found)


def _pauses(item: AgendaItem) -> list[tuple[int, AgendaStep]]:
    return [(index, step) for index, step in enumerate(item.steps) if step.pause]


def _elapsed(steps: Sequence[AgendaStep], index: int) -> float:
    working = [0 if step.pause else step.minutes for step in steps]
    return sum(working[:index]) / max(1, sum(working))


def _place(steps: Sequence[AgendaStep], at: float) -> int:
    sums = [sum(step.minutes for step in steps[:index]) for index in range(1, len(steps))]
    if not sums:
        return len(steps)
    return 1 + min(range(len(sums)), key=lambda index: abs(sums[index] - at))


def _rounded(bounds: Sequence[Bounds], minutes: Sequence[int], main: Sequence[int]) -> list[int]:
    """The same sum with long items at multiples of five, so that clocks read well.

    Short items first take the odd minutes, then long ones give or take fives, the ``main`` ones
    if they can; where the bounds do not allow it, the minutes stay as they were.
    """
    found = [
        _nearest(one, bound) if one >= ROUND else one
        for one, bound in zip(minutes, bounds, strict=True)
    ]
    short = [index for index, one in enumerate(minutes) if one < ROUND]
    long = [index for index, one in enumerate(minutes) if one >= ROUND]
    odd = (sum(minutes) - sum(found)) % ROUND
    for times, step in sorted([(odd, 1), (ROUND - odd, -1)]):
        moved = _moved(found, bounds, short, step, times)
        if moved is not None:
            found = moved
            break
    rest = sum(minutes) - sum(found)
    step = ROUND if rest > 0 else -ROUND
    for among in ([one for one in long if one in main], long):
        moved = None if rest % ROUND else _moved(found, bounds, among, step, abs(rest) // ROUND)
        if moved is not None:
            return moved
    return list(minutes)


def _moved(
    minutes: Sequence[int], bounds: Sequence[Bounds], among: Sequence[int], step: int, times: int
) -> list[int] | None:
    """``minutes`` with ``step`` added so many times, each where most room is left; or ``None``."""
    found = list(minutes)

    def room(index: int) -> int:
        least, _, most = bounds[index]
        return most - found[index] if step > 0 else found[index] - least

    for _ in range(times):
        best = max(among, key=room, default=None)
        if best is None or room(best) < abs(step):
            return None
        found[best] += step
    return found


def _nearest(minutes: int, bound: Bounds) -> int:
    rounded = ROUND * round(minutes / ROUND)
    return rounded if bound[0] <= rounded <= bound[2] else minutes


def _within(number: int, limits: tuple[int, int]) -> int:
    return min(max(number, limits[0]), limits[1])
