"""Times told from today: "l'an dernier", "il y a deux ans", "depuis la rentrée"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from copassist.dates import COUNTED, months_later, written_dates
from copassist.periods.dated import (
    SCHOOL_YEAR_BEGINS,
    bounds_of,
    latest_year,
    month_of,
    school_year,
)
from copassist.periods.mentions import Mention, mention_of
from copassist.periods.openings import LAST_YEAR, OPEN, OPENED, SESSION, THIS_YEAR, opened

_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(COUNTED)})"
_UNIT = r"(?P<unit>jours?|semaines?|mois|ans?|annees?|days?|weeks?|months?|years?)"
_NUMBER_OF_UNITS = f"{_COUNT} {_UNIT}".replace("<count>", "<number>").replace("<unit>", "<units>")
_LAST_UNITS = re.compile(
    r"\b(?:(?:au cours|lors|depuis) )?(?:des |les |the |in the |over the )?"
    rf"(?:{_COUNT} derni(?:er|ere)s? {_UNIT}|(?:last|past) {_NUMBER_OF_UNITS})\b"
)
_UNIT_BACK = re.compile(
    rf"\b(?:(?:au cours|lors) de la derniere {_UNIT}|(?:dans|pendant|durant) l[ea] derni(?:er|ere) "
    rf"{_UNIT.replace('<unit>', '<unit2>')}|(?:in|over|during|within|throughout) the (?:last|past) "
    rf"{_UNIT.replace('<unit>', '<units>')})\b"
)
"""A year, a month back from today, unlike "last year", "le mois dernier"."""
_AGO = re.compile(rf"\bil y a {_COUNT} {_UNIT}\b|\b{_NUMBER_OF_UNITS} ago\b")
_NAMED: Final = tuple(
    (re.compile(rf"\b{OPEN}(?:{pattern})\b"), name)
    for pattern, name in (
        (
            r"l'annee scolaire (?:derniere|passee|precedente)|(?:last|previous) school year",
            "last school year",
        ),
        (
            r"cette annee scolaire|l'annee scolaire en cours|(?:this|current) school year",
            "this school year",
        ),
        (rf"{LAST_YEAR}|previous year", "last year"),
        (rf"{THIS_YEAR}|en cours d'annee", "this year"),
        (r"le mois (?:dernier|passe)|last month|previous month", "last month"),
        (r"ce mois(?:-ci)?|this month", "this month"),
        (r"la semaine (?:derniere|passee)|last week|previous week", "last week"),
        (r"cette semaine|this week", "this week"),
        (r"avant[- ]hier|(?:the )?day before yesterday", "day before"),
        (r"(?<!avant[- ])(?<!day before )(?:hier|yesterday)", "yesterday"),
        (r"aujourd'hui|today", "today"),
    )
)
_TERM = re.compile(rf"\b{OPEN}la rentree(?: (?:de )?(?P<year>20\d\d))?\b")
_STILL: Final = re.compile(
    r"\b(?:encore|toujours|restent?|en cours|en est|en sont|en sommes|ouvert\w*|still|open|remains?"
    r"|pending|do we|are we)\b"
)
_PAST: Final = re.compile(
    rf"\b(?:a-t|ont|avons|avez|ai|(?:on|qui) a(?= (?!une)\w{{2,}}(?:e|i|u|is|it|ert)\b)"
    rf"|etai(?:t|ent)|ete|was|were|did|been|{SESSION} d'aujourd'hui|today's {SESSION})\b"
)
"""Signs of a question about the past: only there does "aujourd'hui" name a session, not "now"."""
_TERM_BEGINS: Final = (8, 20)
_TERM_BEGUN: Final = (10, 15)
"""La rentrée: school resumes in Québec in the last days of August, groups in the weeks after."""


_OF_IT: Final = re.compile(r",? (?:en |in |au mois d(?:e |')|le |on )?")
"""Between a year and its month: "l'an dernier en mars"."""


def relative_times(text: str, flat: str, today: date) -> Iterator[Mention]:
    """All times told from ``today``, whatever their words speak of."""
    for match in _UNIT_BACK.finditer(flat):
        unit = _unit(match["unit"] or match["unit2"] or match["units"])
        yield mention_of(text, match.start(), match.end(), _back(1, unit, today), today)
    months = [one for one in written_dates(text) if one.month and one.year is None]
    for pattern, name in _NAMED:
        for match in pattern.finditer(flat):
            if any(re.fullmatch(r" (?:de |of )?", flat[one.end : match.start()]) for one in months):
                continue  # "in March last year": it is that month's
            if name == "today" and (_STILL.search(flat) or not _PAST.search(flat)):
                continue  # "what is still open today?" asks of no session of today
            end, first, last = match.end(), *_named(name, today)
            within = next((one for one in months if _OF_IT.fullmatch(flat, end, one.start)), None)
            month = (
                bounds_of(within, today, first.year + (within.month < first.month))
                if within and within.month and name.endswith("year")
                else None
            )
            if within and month:
                end, first, last = within.end, *month
            yield mention_of(text, match.start(), end, *opened(match["open"], first, last))
    for match in _TERM.finditer(flat):
        year = int(match["year"] or latest_year(*_TERM_BEGINS, today))
        term = date(year, *_TERM_BEGINS), date(year, *_TERM_BEGUN)
        yield mention_of(text, match.start(), match.end(), *opened(match["open"], *term))
    for match in _LAST_UNITS.finditer(flat):
        yield mention_of(text, match.start(), match.end(), _back(*_counted(match), today), today)
    for match in _AGO.finditer(flat):
        first, last = _around(*_counted(match), today)
        opening = OPENED.search(flat[: match.start()])
        start = opening.start() if opening else match.start()
        bounds = opened(opening["open"] if opening else None, first, last)
        yield mention_of(text, start, match.end(), *bounds)


def _around(count: int, unit: str, today: date) -> tuple[date, date]:
    """The day, week, month or year that was ``count`` units ago."""
    day = _back(count, unit, today)
    if unit == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if unit == "month":
        return month_of(day.year, day.month)
    half_a_week = timedelta(days=3 if unit == "week" else 0)
    return day - half_a_week, day + half_a_week


def _named(name: str, today: date) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday())
    before = today.replace(day=1) - timedelta(days=1)
    begun = latest_year(SCHOOL_YEAR_BEGINS, 1, today)
    return {
        "last school year": school_year(begun - 1),
        "this school year": school_year(begun),
        "last year": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        "this year": (date(today.year, 1, 1), date(today.year, 12, 31)),
        "last month": (before.replace(day=1), before),
        "this month": month_of(today.year, today.month),
        "last week": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "this week": (monday, monday + timedelta(days=6)),
        "day before": (today - timedelta(days=2), today - timedelta(days=2)),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "today": (today, today),
    }[name]


def _counted(match: re.Match[str]) -> tuple[int, str]:
    count = match["count"] or match["number"]
    number = int(count) if count.isdigit() else COUNTED[count]
    return number, _unit(match["unit"] or match["units"])


def _unit(word: str) -> str:
    unit = word.rstrip("s")
    names = {"jour": "day", "semaine": "week", "moi": "month", "an": "year", "annee": "year"}
    return names.get(unit, unit)


def _back(count: int, unit: str, today: date) -> date:
    if unit in {"day", "week"}:
        return today - timedelta(days=count * (7 if unit == "week" else 1))
    return months_later(today, -count * (12 if unit == "year" else 1))
