"""The period that a question names: sessions of that time are preferred.

Only words that speak of *sessions* count. "Qu'a-t-on décidé en mars 2018 ?" is about sessions of
that month; "les vidéos de la journée de septembre" may be discussed in October, so a date that
completes another noun is left to the search. Each mention remembers the words it came from.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from copassist.dates import falls_within
from copassist.periods.dated import dated_times, days_alone, spans
from copassist.periods.mentions import Mention, accentless
from copassist.periods.relative import relative_times
from copassist.periods.seasons import seasons

LONGEST: Final = 1_000
"""Characters of a question that are read: patterns take time by the square of its length, 48 ms
for so many months and sessions in a row."""


@dataclass(frozen=True, slots=True)
class Period:
    """The time a question asks about, and the words that say so; no time is ``None`` twice."""

    since: str | None = None
    until: str | None = None
    mentions: tuple[Mention, ...] = ()

    def holds(self, day: str | None) -> bool:
        """Whether ``day`` (ISO 8601; a month or a year too) is of the period; never of none."""
        return bool(self.since or self.until) and falls_within(day, self.since, self.until)


def read_period(question: str, today: date) -> Period:
    """The period that ``question`` names; ``today`` anchors "l'automne dernier"."""
    text = unicodedata.normalize("NFC", question)[:LONGEST]
    flat = accentless(text)
    found: list[Mention] = []
    for mention in (
        *spans(text, flat, today),
        *seasons(text, flat, today),
        *relative_times(text, flat, today),
        *days_alone(text, flat, today),
        *dated_times(text, flat, today),
    ):
        if not any(_clash(mention, other) for other in found):
            found.append(mention)
    return combined(sorted(found, key=lambda mention: mention.start))


def combined(mentions: Iterable[Mention]) -> Period:
    """One period out of mentions: closed ones are joined, open ends narrowed by each other."""
    kept = tuple(mentions)
    closed = [mention for mention in kept if mention.since and mention.until]
    sinces = [mention.since for mention in closed or kept if mention.since]
    untils = [mention.until for mention in closed or kept if mention.until]
    since, until = min(sinces, default=None), max(untils, default=None)
    if since and until and since > until:
        since = until = None  # "avant 2018 ou depuis 2020": no one period holds both
    return Period(since, until, kept)


def _clash(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end
