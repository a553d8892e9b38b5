"""The one session that a question is about: « à la dernière rencontre », "on October 28". Pure.

Its records are searched first, and for what else the question says: a record hardly ever says of
itself that it is of the last session, or of that day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from copassist.periods import read_period
from copassist.periods.mentions import accentless
from copassist.periods.openings import SESSION
from copassist.recency import asks_of_next_session

_LAST: Final = re.compile(
    r"(?<!depuis )(?<!avant )(?<!since )(?<!before )(?<!after )\b(?:la |le |notre |the |our )"
    rf"(?:derni(?:er|ere)|last|latest) {SESSION}\b"
    r"(?! (?:de|du|d'|of|in|before|avant|ou|that|when|qu))"
)
"""Of all sessions, not of a year nor on a subject; in a question without accents."""
_BEFORE: Final = re.compile(
    r"(?:(?:^|\s+)"
    r"(?:à|au|aux|lors de|pendant|durant|de|du|la|at|in|on|during|for|from|of|the))+\s*$",
    re.IGNORECASE,
)
_WAS: Final = re.compile(r"\b(?:étai(?:t|ent)|(?P<en>was|were))$", re.IGNORECASE)
"""« Qui était à la dernière rencontre ? » asks who was there."""


@dataclass(frozen=True, slots=True)
class NamedSession:
    """``day`` (ISO 8601) and the question without the words that name it."""

    day: str
    question: str


def named_session(
    question: str, days: Callable[[], Collection[str]], today: date
) -> NamedSession | None:
    """The session that ``question`` is about, where it names one; of the session to come it is
    the last one's records that tell.

    ``days`` gives those of sessions that took place; it is asked only where one is named.
    """
    if asks_of_next_session(question):
        last_day = max(days(), default=None)
        return NamedSession(last_day, question) if last_day else None
    if last := _LAST.search(accentless(question)):
        day, start, end = max(days(), default=None), *last.span()
    else:
        mentions = read_period(question, today).mentions
        if len(mentions) != 1 or mentions[0].since != mentions[0].until:
            return None
        day, start, end = mentions[0].since, mentions[0].start, mentions[0].end
        day = day if day and day in days() else None
    return NamedSession(day, _without(question, start, end)) if day else None


def _without(question: str, start: int, end: int) -> str:
    before = _BEFORE.sub("", question[:start]).rstrip()
    if was := _WAS.search(before):
        before += " there" if was["en"] else " là"
    return f"{before} {question[end:].strip()}".strip(" ,")
