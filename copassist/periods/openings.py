"""What opens one side of a time, whatever names it: "depuis", "avant la séance de", "until".

Patterns here and beside it read the question as :func:`~copassist.periods.mentions.accentless`
gives it.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

ARTICLES = (
    r"(?:l'|le |la |les |the |du |de |d'|mois de |mois d'|annee |l'annee |year |month of |last "
    r"|derniere |notre |nos |our )*"
)
SESSION: Final = (
    r"(?:reunions?|rencontres?|seances?|sessions?|comptes?[ -]rendus?|proces[ -]verb(?:al|aux)"
    r"|pv|cr|minutes|meetings?|assemblees?|ordres? du jour)"
)
PART = (
    r"(?:(?:la |the )?(?:(?:fin|mi|debut|early|late|mid)[ -]?(?:de |du |d')?"
    r"|(?:end|beginning|start|middle) of ))?"
)
_NAMED_BY = (
    rf"{ARTICLES}(?:(?:\w+ )?{SESSION}(?: \w+){{0,3}}? (?:on |of |from )?{ARTICLES})?"
    rf"(?:{PART}{ARTICLES})"
)
"""What may stand between "since" and its date: "la séance du", "the annual meeting of", "la fin
de"."""
_OPENING = (
    r"(?P<open>(?:depuis|since|a partir|dès|as of|starting(?: in)?|apres|after|avant|before"
    rf"|jusqu'(?:aux?|a|en)|until|till|up to)(?!\w) ?{_NAMED_BY}(?:en )?)"
)
OPEN = rf"{_OPENING}?"
"""What opens one side of a time, whatever names it: a date, a season, "l'an dernier"."""
OPENED: Final = re.compile(rf"\b{_OPENING}$")
_OPENINGS: Final = (
    ("since", re.compile(r"depuis|since|a partir|dès|as of|starting")),
    ("after", re.compile(r"apres|after")),
    ("until", re.compile(r"jusqu'|until|till|up to|(?:avant|before) .*\b(?:fin|end|late)\b")),
    ("before", re.compile(r"avant|before")),
)
"""What each opening means. "Before the end of March" takes March in, as "until" does."""


def opened(word: str | None, first: date, last: date) -> tuple[date | None, date | None]:
    """The bounds that "depuis", "après", "avant" or "jusqu'à la fin de" make of a time."""
    opening = next((name for name, said in _OPENINGS if word and said.match(word)), "")
    return {
        "since": (first, None),
        "after": (last + timedelta(days=1), None),
        "before": (None, first - timedelta(days=1)),
        "until": (None, last),
    }.get(opening, (first, last))


LAST_YEAR = r"l'an(?:nee)? (?:derniere?|passee?)|last year"
THIS_YEAR = r"cette annee(?! scolaire)|this year"
OF_YEAR = rf"(?:(?P<last_year>{LAST_YEAR})|(?P<this_year>{THIS_YEAR}))\b"
"""A year after the month or the season it is said of: "en mars de l'an dernier"."""


def year_said(said: re.Match[str] | None, today: date) -> int | None:
    """The year that a match of :data:`OF_YEAR` names, ``None`` if it names none."""
    if said is None or not (said["last_year"] or said["this_year"]):
        return None
    return today.year - bool(said["last_year"])
