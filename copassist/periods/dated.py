"""Dates, months and years of a question, if they speak of sessions."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from copassist.dates import MEETING, WrittenDate, possible, written_dates
from copassist.periods.mentions import Mention, mention_of
from copassist.periods.openings import (
    ARTICLES,
    OF_YEAR,
    OPEN,
    OPENED,
    PART,
    SESSION,
    opened,
    year_said,
)

_NOT_BY = r"(?<!by)(?<!by the)(?<!d'ici)(?<!d'ici a)(?<!d'ici la)(?<!d'ici a la)"
"""What is to be done "by the end of March" is of no session of March."""
_WITHIN = re.compile(
    r"\b(?:en|au mois d(?:e |')|au cours d(?:e |u )|lors d(?:e |u )|pendant|durant|courant|in"
    rf"|during|throughout|over|(?<!d'ici )(?:au|a l(?:a |')))\s*{ARTICLES}{PART}$"
    rf"|{_NOT_BY}(?:^|[\s(]){PART[:-1]}$"
)
_ON_DAY = re.compile(
    r"\b(?:le|on|au|en date du|date of)\s*"
    r"(?:\w+day,? |(?:lun|mar|mercre|jeu|vendre|same)di )?$"
)
_JOIN: Final = re.compile(rf"\s*(?:,|et|and|ou|or)\s*{ARTICLES}(?:en |in )?")
_FROM_DAY: Final = re.compile(
    r"\b(?:du|des|le|les|entre le|from(?: the)?|between(?: the)?) (?P<day>3[01]|[12]\d|0?[1-9])"
    r"(?:er|st|nd|rd|th)?(?:, (?:le |du )?(?:3[01]|[12]\d|0?[1-9]))*"
    r" (?:au|(?:et|ou)(?: le| du)?|a|-|to|and|or)(?: the)? $"
)
_TO_DAY: Final = re.compile(
    r"(?: (?:to|and|or|through) (?:the )?|-)(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
    r"(?:,? (?P<year>(?:19|20)\d\d))?(?![\w/:]| (?:am|pm)\b)"
)
_MONTH_FIRST: Final = re.compile(r"\b(?:from|between|on|of) $")
_OF_SESSION = re.compile(
    rf"\b{SESSION}(?: \w+){{0,3}}? ?"
    rf"(?:du|de|d'|des|of|from|on|le|in|en|held on|:|-)? ?{ARTICLES}$"
)
_BETWEEN = re.compile(
    rf"\b(?:entre|between|from|de|du|d'|depuis|since) ?{ARTICLES}{PART}{ARTICLES}$"
)
_AND = re.compile(
    r"\s*(?:et|and|a|au|to|until|till|-|–|jusqu'(?:a|au|en)) ?"
    rf"{ARTICLES}{PART}{ARTICLES}(?:en )?$"
)
_ONLY_BETWEEN: Final = re.compile(r"entre|between")
_ET: Final = re.compile(r"\s*(?:et|and)\b")
"""Nothing but "entre" makes two ends of "mars et avril"."""
_SCHOOL_YEAR = re.compile(
    r"\b(?:en|in|annee(?: scolaire)?|pour|school year)\s+(20\d\d)[-–/](?:20)?(\d\d)\b"
)


def spans(text: str, flat: str, today: date) -> Iterator[Mention]:
    """ "Entre mars et mai 2019", "from 2018 to 2020", "en 2023-2024"."""
    for match in _SCHOOL_YEAR.finditer(flat):
        year = int(match[1])
        if int(match[2]) == (year + 1) % 100:
            yield mention_of(text, match.start(), match.end(), *school_year(year))
    yield from _days_of_a_month(text, flat, today)
    for one, other in pairwise(written_dates(text)):
        opening = _BETWEEN.search(flat[: one.start])
        joined = opening and _AND.fullmatch(flat[one.end : other.start])
        if opening and joined and (_ONLY_BETWEEN.match(opening[0]) or not _ET.match(joined[0])):
            ends = _ends(one, other, today)
            if ends:
                yield mention_of(text, opening.start(), other.end, *ends)


def _ends(one: WrittenDate, other: WrittenDate, today: date) -> tuple[date, date] | None:
    """The first day of ``one`` and the last of ``other``; where only one of them has its year,
    less than a year apart: "de novembre à février 2024" begins in 2023."""
    begin, end = bounds_of(one, today, None), bounds_of(other, today, None)
    if begin and one.month and one.year and other.year is None:
        ends = (bounds_of(other, today, begin[0].year + after) for after in (0, 1))
        end = next((known for known in ends if known and known[1] >= begin[0]), None)
    elif end and one.year is None:
        begins = (bounds_of(one, today, end[1].year - before) for before in (0, 1))
        begin = next((known for known in begins if known and known[0] <= end[1]), None)
    return (begin[0], end[1]) if begin and end and begin[0] <= end[1] else None


def _days_of_a_month(text: str, flat: str, today: date) -> Iterator[Mention]:
    """ "Du 3 au 15 mars 2024", "des 12 et 13 mars", "from March 3 to 15, 2024"."""
    for found in written_dates(text):
        opening = _FROM_DAY.search(flat[: found.start])
        whole = bounds_of(found, today, None) if opening and found.day else None
        if opening and whole and 0 < int(opening["day"]) < whole[0].day:
            first = whole[0].replace(day=int(opening["day"]))
            yield mention_of(text, opening.start(), found.end, first, whole[1])
        opening = _MONTH_FIRST.search(flat[: found.start])
        closing = _TO_DAY.match(flat, found.end)
        if opening and closing and found.day and text[found.start].isalpha():
            year = int(closing["year"]) if closing["year"] else None
            whole = bounds_of(found, today, year)
            last = int(closing["day"])
            if whole and whole[0].day < last and possible(whole[0].year, whole[0].month, last):
                bounds = whole[0], whole[0].replace(day=last)
                yield mention_of(text, opening.start(), closing.end(), *bounds)


def dated_times(text: str, flat: str, today: date) -> Iterator[Mention]:
    """Single dates, months and years that speak of sessions."""
    counted = 0
    """Where the last date that counts ends: one that "et" joins to it counts as well."""
    for found, year in _with_years(text, flat, today):
        bounds = bounds_of(found, today, year)
        if bounds is None or _AHEAD.match(flat, found.end):
            continue
        before, end = flat[: found.start], found.end
        if found.month and found.year is None and (said := _SAID_OF_MONTH.match(flat, end)):
            end = said.end()
        if opening := OPENED.search(before):
            yield mention_of(text, opening.start(), end, *opened(opening["open"], *bounds))
            continue
        joined = counted and _JOIN.fullmatch(flat[counted : found.start])
        start = found.start if joined else _about_a_session(before, found)
        if start is None and MEETING.match(flat, end):
            start = found.start
        if start is not None:
            counted = found.end
            yield mention_of(text, start, end, *bounds)


_AHEAD: Final = re.compile(r" (?:prochaine?|a venir)\b")
_SAID_OF_MONTH: Final = re.compile(rf" (?:de |of )?{OF_YEAR}| (?:dernier|passe)\b")
"""What after a month says its year: "en mars de l'an dernier", "in March last year"."""


def _with_years(text: str, flat: str, today: date) -> Iterator[tuple[WrittenDate, int | None]]:
    """Dates, each with the year of the one that "et" joins to it: "en mars et avril 2023"."""
    dates = list(written_dates(text))
    said = [
        one.year or (year_said(_SAID_OF_MONTH.match(flat, one.end), today) if one.month else None)
        for one in dates
    ]
    for number, found in enumerate(dates):
        year = said[number]
        for other in range(number + 1, len(dates)):
            if year or not _JOIN.fullmatch(flat[dates[other - 1].end : dates[other].start]):
                break
            year = said[other]
        yield found, year


def _about_a_session(before: str, found: WrittenDate) -> int | None:
    """Where the words begin that make a date the session's, or ``None`` if nothing does."""
    for pattern in (_OF_SESSION, _ON_DAY) if found.day else (_WITHIN, _OF_SESSION):
        opening = pattern.search(before)
        if opening:
            return opening.start()
    if found.month and found.year is None and (opening := _LAST.search(before)):
        return opening.start()
    return found.start if found.iso and not before.strip() else None


_LAST: Final = re.compile(r"\blast $")


def bounds_of(found: WrittenDate, today: date, year: int | None) -> tuple[date, date] | None:
    """First and last day; a missing year is the latest that is not ahead of today."""
    if found.month is None:
        return (date(found.year, 1, 1), date(found.year, 12, 31)) if found.year else None
    known = found.year or year or latest_year(found.month, found.day or 1, today)
    if not possible(known, found.month, found.day):
        return None
    if found.day:
        day = date(known, found.month, found.day)
        return day, day
    return month_of(known, found.month)


def latest_year(month: int, day: int, today: date) -> int:
    """The last year in which that day is not ahead of ``today``."""
    return today.year if (month, day) <= (today.month, today.day) else today.year - 1


def month_of(year: int, month: int) -> tuple[date, date]:
    """Its first and its last day."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


SCHOOL_YEAR_BEGINS: Final = 8
"""Month: sessions of August prepare the year, those of July look back on it."""


def school_year(begun: int) -> tuple[date, date]:
    """First and last day of the school year that begins in the year ``begun``."""
    first = date(begun, SCHOOL_YEAR_BEGINS, 1)
    return first, first.replace(year=begun + 1) - timedelta(days=1)


_DAY_ALONE = re.compile(
    rf"\b{OPEN}{SESSION}(?: \w+){{0,3}}? (?:du|of the|from the)\s+"
    r"(?P<day>3[01]|[12]\d|0?[1-9])(?:th|st|nd|rd|er)?(?![\w/.:-]| ?[$%])"
)
_MONTHS_BACK: Final = 3
"""Every day number occurs within three months."""


def days_alone(text: str, flat: str, today: date) -> Iterator[Mention]:
    """ "Le compte rendu du 12": the latest 12th that is not ahead of today."""
    dated = [one for one in written_dates(text) if one.month]
    for match in _DAY_ALONE.finditer(flat):
        if any(one.start <= match.start("day") < one.end for one in dated):
            continue
        if held := _latest_day(int(match["day"]), today):
            bounds = opened(match["open"], held, held)
            yield mention_of(text, match.start(), match.end(), *bounds)


def _latest_day(day: int, today: date) -> date | None:
    month = today.replace(day=1)
    for _ in range(_MONTHS_BACK):
        if possible(month.year, month.month, day) and month.replace(day=day) <= today:
            return month.replace(day=day)
        month = (month - timedelta(days=1)).replace(day=1)
    return None
