"""Names nearly as written: which terms of the records a misspelt one may stand for. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

SHORTEST: Final = 5
"""Letters under which any neighbour is another word (Roy, Guy)."""

LONG: Final = 8
"""Letters from which two slips are allowed. Elasticsearch's ``AUTO`` allows two from 6 letters and
one from 3; names are short and French words alike, so this is stricter."""


MOST: Final = 3
"""Terms that stand in for a misspelt one."""


def allowed(term: str) -> int:
    """Slips (a letter added, dropped, changed, or two swapped) that ``term`` may hold."""
    if len(term) < SHORTEST or not term.isalpha():
        return 0
    return 2 if len(term) >= LONG else 1


def close_terms(term: str, vocabulary: Iterable[str]) -> tuple[str, ...]:
    """The :data:`MOST` terms of ``vocabulary`` closest to ``term``, fewest slips first.

    Both are search terms (folded). People rarely miss the first letter, so it must agree, which
    lets a caller hand over only the terms that begin with it.
    """
    slips = allowed(term)
    if not slips:
        return ()
    letters = _letters(term)
    near: list[tuple[int, str]] = []
    for other in vocabulary:
        if other == term or other[:1] != term[0] or abs(len(other) - len(term)) > slips:
            continue
        if (letters ^ _letters(other)).bit_count() > 2 * slips or not other.isalpha():
            continue
        found = distance(term, other, slips)
        if found <= slips:
            near.append((found, other))
    return tuple(other for _, other in sorted(near)[:MOST])


def _letters(term: str) -> int:
    """Which letters occur, a bit each: one slip changes two bits at most."""
    bits = 0
    for letter in term:
        bits |= 1 << (ord(letter) & 63)
    return bits


def distance(one: str, other: str, most: int) -> int:
    """Optimal string alignment distance, or ``most + 1`` where it is greater than ``most``."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        older, before, row = before, row, [at]
        for where, with_letter in enumerate(other, start=1):
            cost = min(
                before[where] + 1,
                row[where - 1] + 1,
                before[where - 1] + (letter != with_letter),
            )
            swapped = at > 1 and where > 1 and letter == other[where - 2]
            if swapped and one[at - 2] == with_letter:
                cost = min(cost, older[where - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
