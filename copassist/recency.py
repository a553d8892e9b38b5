"""Which of the quotes that answer as well as each other comes first: the newest, where the question
asks for what holds now; and of a question about the session to come, what the latest record says.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Protocol, TypeVar

from copassist.dates import written_dates
from copassist.excerpts import Quote
from copassist.passages import Hit
from copassist.periods.mentions import accentless
from copassist.periods.openings import SESSION

AS_GOOD: Final = 0.5
"""Passages whose scores are this close to the best one's answer as well, so that the newest of
them comes first where the question is about how things stand."""
_NOW: Final = re.compile(
    r"\b(?:maintenant|actuel(?:le)?s?|actuellement|désormais|aujourd.hui|finalement|encore"
    r"|toujours|en vigueur|derni(?:er|ère)s?|où en (?:est|sont|sommes)"
    r"|now|nowadays|current|currently|finally|in the end|still"
    r"|latest|in force|at present)\b",
    re.IGNORECASE,
)

NEARLY_AS_GOOD: Final = 0.3
"""The same, for a question in the present that names no moment: what holds now is what is asked,
and an earlier record tells it in the same words. On the 435 questions about records that the
adapter has not seen, .3 leaves passage R@1 at .51 and R@3 at .68; .5 loses .01 and .02
(docs/experiments.md)."""
_THEN: Final = re.compile(
    r"\b(?:avai(?:t|ent|ons|ez|s)|étai(?:t|ent|ons|s)|devai(?:t|ent)"
    r"|(?!parfait|forfait|souhait|connait|refait|satisfait|(?:dis|ap|com|re)?para[iî]|abstrait|distrait|portrait|retrait|extrait|attrait|s?aurai)(?:\w{2,}[^r\W]|\w+[aou]r)ai(?:t|ent)"
    r"|(?:a|ont|avons)[ -](?:t-)?(?:on|il|elle|ils|elles|nous)"
    r"|(?:on|nous|qui|ça|il|elle|ils|elles|qu'on) (?:l'|en |y |s'est |se |nous |leur |lui )?"
    r"(?:a|ont|avons|est|sont) (?:(?!l[ae]s? |une? |des |mes |nos )\w+ )?"
    r"[a-zà-ÿ]{3,}(?:é|ée|és|ées|i|is|it|u|us)\b"
    r"|did|was|were|had|used to|have we|(?:has|have) (?:\w+ )?\w+ed|have been|has been"
    r"|depuis|since|(?:19|20)\d\d"
    r"|c'est quoi|qu'est-ce que|signifie|veut dire|définition"
    r"|what (?:is|are) an? |stand for"
    r"|pourquoi|why)\b",
    re.IGNORECASE,
)
"""A question about what was, what a word means or why: its record may be any."""
_NEXT_SESSION: Final = re.compile(rf"\b(?:prochaines?|next) {SESSION}\b")
"""In a question without accents."""


class _Found(Protocol):
    @property
    def hit(self) -> Hit: ...


_F = TypeVar("_F", bound=_Found)


def by_recency(question: str, quotes: Sequence[Quote]) -> Sequence[Quote]:
    """``quotes``, best first, with the newest of the good ones first where that is asked for."""
    if _NOW.search(question):
        return newest_first(quotes)
    return newest_first(quotes, NEARLY_AS_GOOD) if asks_what_holds(question) else quotes


def asks_what_holds(question: str) -> bool:
    """Whether ``question`` is about how things stand, rather than how they were or why."""
    told = _THEN.search(question) or any(written_dates(question))
    return not told or _NOW.search(question) is not None


def newest_first(quotes: Sequence[Quote], within: float = AS_GOOD) -> list[Quote]:
    """``quotes``, those that answer as well as the best one by date, newest first: a decision
    may have been revised."""
    best = max((one.hit.score for one in quotes), default=0.0)
    good = [one for one in quotes if one.hit.score >= best - within]
    rest = [one for one in quotes if one.hit.score < best - within]
    return sorted(good, key=lambda one: one.hit.document.date or "", reverse=True) + rest


def asks_of_next_session(question: str) -> bool:
    """Whether ``question`` is about the session to come: what an older record calls the next one
    has taken place."""
    return _NEXT_SESSION.search(accentless(question)) is not None and asks_what_holds(question)


def latest_day(found: Sequence[_Found]) -> str:
    """The day of the latest record among those of ``found``; empty where none has one."""
    return max((one.hit.document.date or "" for one in found), default="")


def not_before(found: Sequence[_F], day: str) -> list[_F]:
    """Those whose record has no day or none before ``day``."""
    return [one for one in found if (one.hit.document.date or day) >= day]
