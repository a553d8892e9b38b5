"""The period that a question names: sessions of that time are preferred.

Only words that speak of *sessions* count. "Qu'a-t-on décidé en mars 2018 ?" is about sessions of
that month; "les vidéos de la journée de septembre" may be discussed in October, so a date that
completes another noun is left to the search. Each mention remembers the words it came from.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from copassist.dates import WrittenDate, possible, written_dates


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of the question, ``question[start:end]``, and the time they name.

    ``since`` and ``until`` are ISO 8601 days, both included; ``None`` leaves that side open.
    """

    start: int
    end: int
    words: str
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """The time a question asks about, and the words that say so; no time is ``None`` twice."""

    since: str | None = None
    until: str | None = None
    mentions: tuple[Mention, ...] = ()

    def holds(self, day: str | None) -> bool:
        """Whether ``day`` (ISO 8601; a month or a year too) is of the period; never of none."""
        if not day or not (self.since or self.until):
            return False
        since, until = (self.since or "")[: len(day)], (self.until or day)[: len(day)]
        return since <= day <= until


def read_period(question: str, today: date) -> Period:
    """The period that ``question`` names; ``today`` anchors "l'automne dernier"."""
    text = unicodedata.normalize("NFC", question)
    flat = _flat(text)
    found: list[Mention] = []
    for mention in (
        *_spans(text, flat, today),
        *_seasons(text, flat, today),
        *_relative(text, flat, today),
        *_days_alone(text, flat, today),
        *_dates(text, flat, today),
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


def _flat(text: str) -> str:
    """``text`` in lower case without accents, character for character."""
    letters = (unicodedata.normalize("NFD", letter)[0].lower()[:1] for letter in text)
    return "".join(letters).replace("’", "'")


def _mention(text: str, start: int, end: int, first: date | None, last: date | None) -> Mention:
    since, until = (day.isoformat() if day else None for day in (first, last))
    return Mention(start, end, text[start:end].strip(), since, until)


# Dates ------------------------------------------------------------------------------------------

_ARTICLES = r"(?:l'|le |la |les |the |du |de |d'|mois de |mois d'|annee |l'annee |year |month of )*"
_SESSION = (
    r"(?:reunions?|rencontres?|seances?|sessions?|comptes?[ -]rendus?|proces[ -]verb(?:al|aux)"
    r"|pv|cr|minutes|meetings?|assemblees?|ordres? du jour)"
)
_PART = r"(?:(?:la )?(?:fin|mi|debut|early|late|mid)[ -]?(?:de |d')?)?"
_WITHIN = re.compile(
    r"\b(?:en|au mois d(?:e |')|au cours d(?:e |u )|lors d(?:e |u )|pendant|durant|courant|in"
    rf"|during|throughout|over|au|a l(?:a |'))\s*{_ARTICLES}{_PART}$|(?:^|[\s(]){_PART[:-1]}$"
)
_ON_DAY = re.compile(
    r"\b(?:le|on|au|en date du|date of)\s*"
    r"(?:\w+day,? |(?:lun|mar|mercre|jeu|vendre|same)di )?$"
)
_NAMED_BY = rf"{_ARTICLES}(?:{_SESSION} (?:on |of )?{_ARTICLES})?{_PART}"
"""What may stand between "since" and its date: "la séance du", "the meeting of", "la fin de"."""
_SINCE = re.compile(
    rf"\b(?:(?:depuis|a partir|since|as of|starting(?: in)?) ?{_NAMED_BY}"
    rf"|des ?{_ARTICLES})(?:en )?$"
)
"""Without accents "dès" is "des": "le compte rendu des réunions de mars" is no beginning."""
_AFTER = re.compile(rf"\b(?:apres|after) ?{_NAMED_BY}$")
_BEFORE = re.compile(rf"\b(?:avant|before) ?{_NAMED_BY}$")
_UNTIL = re.compile(
    rf"\b(?:(?:jusqu'(?:a|au|en|aux)|until|till|up to) ?{_NAMED_BY}"
    rf"|(?:avant|before) {_ARTICLES}(?:(?:la )?fin|(?:the )?end|late) ?{_ARTICLES})$"
)
"""Before the end of it is still of it."""
_OPENINGS: Final = (
    ("since", re.compile(r"(?:depuis|since|a partir|des)\b")),
    ("after", re.compile(r"(?:apres|after)\b")),
    ("before", re.compile(r"(?:avant|before)\b")),
    ("until", re.compile(r"(?:jusqu'|until\b|till\b)")),
)
_OPEN = (
    r"(?:(?P<open>depuis|since|a partir d[eu]|des(?= l[e'])|apres|after|avant|before"
    r"|jusqu'(?:a|au)|until|till) )?"
)
_JOIN: Final = re.compile(rf"\s*(?:,|et|and|ou|or)\s*{_ARTICLES}(?:en |in )?")
_FROM_DAY: Final = re.compile(
    r"\b(?:du|des|le|les|entre le|from(?: the)?|between(?: the)?) (?P<day>3[01]|[12]\d|[1-9])"
    r"(?:er|st|nd|rd|th)? (?:au|et(?: le)?|a|-|to|and)(?: the)? $"
)
_OF_SESSION = re.compile(
    rf"\b{_SESSION}(?: \w+){{0,3}}? ?"
    rf"(?:du|de|d'|des|of|from|on|le|in|en|held on|:|-)? ?{_ARTICLES}$"
)
_BETWEEN = re.compile(rf"\b(?:entre|between|from|de|du|d') ?{_ARTICLES}$")
_AND = re.compile(rf"\s*(?:et|and|a|au|to|-|–|jusqu'(?:a|au|en)) ?{_ARTICLES}(?:en )?$")
_SCHOOL_YEAR = re.compile(
    r"\b(?:en|in|annee(?: scolaire)?|pour|school year)\s+(20\d\d)[-–/](?:20)?(\d\d)\b"
)


def _spans(text: str, flat: str, today: date) -> Iterator[Mention]:
    """ "Entre mars et mai 2019", "from 2018 to 2020", "en 2023-2024"."""
    for match in _SCHOOL_YEAR.finditer(flat):
        year = int(match[1])
        if int(match[2]) == (year + 1) % 100:
            bounds = date(year, 8, 1), date(year + 1, 7, 31)
            yield _mention(text, match.start(), match.end(), *bounds)
    for found in written_dates(text):
        opening = _FROM_DAY.search(flat[: found.start])
        whole = _bounds(found, today, None) if opening and found.day else None
        if opening and whole and int(opening["day"]) < whole[0].day:
            first = whole[0].replace(day=int(opening["day"]))
            yield _mention(text, opening.start(), found.end, first, whole[1])
    for one, other in pairwise(written_dates(text)):
        opening = _BETWEEN.search(flat[: one.start])
        if opening and _AND.fullmatch(flat[one.end : other.start]):
            begin = _bounds(one, today, other.year)
            end = _bounds(other, today, None)
            if begin and end and begin[0] <= end[1]:
                yield _mention(text, opening.start(), other.end, begin[0], end[1])


def _dates(text: str, flat: str, today: date) -> Iterator[Mention]:
    counted = 0
    """Where the last date that counts ends: one that "et" joins to it counts as well."""
    for found, year in _with_years(text, flat, today):
        bounds = _bounds(found, today, year)
        if bounds is None or _AHEAD.match(flat[found.end :]):
            continue
        first, last = bounds
        before = flat[: found.start]
        for pattern, since, until in (
            (_SINCE, first, None),
            (_AFTER, last + timedelta(days=1), None),
            (_UNTIL, None, last),
            (_BEFORE, None, first - timedelta(days=1)),
        ):
            if opening := pattern.search(before):
                yield _mention(text, opening.start(), found.end, since, until)
                break
        else:
            start = _about_a_session(before, found)
            if start is None and counted and _JOIN.fullmatch(flat[counted : found.start]):
                start = found.start
            if start is not None:
                counted = found.end
                yield _mention(text, start, found.end, first, last)


_AHEAD: Final = re.compile(r" (?:prochaine?|a venir)\b")


_YEAR_SAID: Final = (
    (re.compile(r" (?:de |of )?(?:l'an(?:nee)? (?:derniere?|passee?)|last year)"), -1),
    (re.compile(r" (?:de |of )?(?:cette annee|this year)"), 0),
)
"""What after a month says its year, and how far from today's it is."""


def _with_years(text: str, flat: str, today: date) -> Iterator[tuple[WrittenDate, int | None]]:
    """Dates, each with the year of the one that "et" joins to it: "en mars et avril 2023"."""
    dates = list(written_dates(text))
    for number, found in enumerate(dates):
        year = None
        if found.month and found.year is None:
            said = (today.year + far for words, far in _YEAR_SAID if words.match(flat, found.end))
            year = next(said, None)
        for one, other in pairwise(dates[number:]):
            if not _JOIN.fullmatch(flat[one.end : other.start]):
                break
            year = year or other.year
        yield found, year


def _about_a_session(before: str, found: WrittenDate) -> int | None:
    """Where the words begin that make a date the session's, or ``None`` if nothing does."""
    for pattern in (_OF_SESSION, _ON_DAY) if found.day else (_WITHIN, _OF_SESSION):
        opening = pattern.search(before)
        if opening:
            return opening.start()
    return found.start if found.iso and not before.strip() else None


def _bounds(found: WrittenDate, today: date, year: int | None) -> tuple[date, date] | None:
    """First and last day; a missing year is the latest that is not ahead of today."""
    if found.month is None:
        return (date(found.year, 1, 1), date(found.year, 12, 31)) if found.year else None
    known = found.year or year or _latest_year(found.month, found.day or 1, today)
    if not possible(known, found.month, found.day):
        return None
    if found.day:
        day = date(known, found.month, found.day)
        return day, day
    return _month(known, found.month)


def _latest_year(month: int, day: int, today: date) -> int:
    return today.year if (month, day) <= (today.month, today.day) else today.year - 1


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


_DAY_ALONE = re.compile(
    rf"\b{_SESSION}(?: \w+){{0,3}}? (?:du|of the|from the)\s+"
    r"(?P<day>3[01]|[12]\d|[1-9])(?:th|st|nd|rd|er)?(?![\w/.:-]| ?[$%])"
)
_MONTHS_BACK: Final = 3
"""Every day number occurs within three months."""


def _days_alone(text: str, flat: str, today: date) -> Iterator[Mention]:
    """ "Le compte rendu du 12": the latest 12th that is not ahead of today."""
    dated = [one for one in written_dates(text) if one.month]
    for match in _DAY_ALONE.finditer(flat):
        if any(one.start <= match.start("day") < one.end for one in dated):
            continue
        if held := _latest_day(int(match["day"]), today):
            yield _mention(text, match.start(), match.end(), held, held)


def _latest_day(day: int, today: date) -> date | None:
    month = today.replace(day=1)
    for _ in range(_MONTHS_BACK):
        if possible(month.year, month.month, day) and month.replace(day=day) <= today:
            return month.replace(day=day)
        month = (month - timedelta(days=1)).replace(day=1)
    return None


# Seasons and relative periods -------------------------------------------------------------------

_SEASONS: Final[Mapping[str, tuple[tuple[int, int], tuple[int, int]]]] = MappingProxyType(
    {
        "printemps": ((3, 1), (6, 20)),
        "spring": ((3, 1), (6, 20)),
        "ete": ((6, 1), (9, 22)),
        "summer": ((6, 1), (9, 22)),
        "automne": ((9, 1), (12, 21)),
        "autumn": ((9, 1), (12, 21)),
        "fall": ((9, 1), (12, 21)),
        "hiver": ((12, 1), (3, 20)),
        "winter": ((12, 1), (3, 20)),
    }
)
"""First and last day of each season, the wider of the calendar's and the weather's: a filter that
leaves out a session costs more than one that lets in another. Winter bears its second year."""

_SEASON_NAME = "|".join(_SEASONS)
_SEASON = re.compile(
    rf"\b{_OPEN}(?:la )?"
    r"(?:(?P<last>last|past|previous) |(?P<this>this|cet|cette|ce) "
    r"|(?:in |during )?(?:the )?|a l'|au |le |l'|cet )?"
    rf"\b(?P<name>{_SEASON_NAME})\b(?! (?:under|within|on|into|outside|short|behind)\b)"
    r"(?: (?:of |de )?(?P<year>20\d\d|19\d\d)(?:[-–/](?:20)?(?P<second>\d\d))?\b"
    r"|(?P<after> derni(?:er|ere)| passee?))?"
)


def _seasons(text: str, flat: str, today: date) -> Iterator[Mention]:
    for match in _SEASON.finditer(flat):
        past, this = match["last"] or match["after"], match["this"]
        if not (match["year"] or past or this or match["open"]):
            continue
        year = _season_year(match["name"], today, bool(past))
        written = int(match["year"] or year)
        if match["second"] and int(match["second"]) == (written + 1) % 100:
            written += 1  # "hiver 2023-2024" bears its second year
        first, last = _season(match["name"], written)
        since, until = _opened(match["open"], first, last)
        yield _mention(text, match.start(), match.end(), since, until)


def _opened(word: str | None, first: date, last: date) -> tuple[date | None, date | None]:
    """The bounds that "depuis", "après", "avant" or "jusqu'à" make of a time."""
    opening = next((name for name, said in _OPENINGS if word and said.match(word)), "")
    return {
        "since": (first, None),
        "after": (last + timedelta(days=1), None),
        "before": (None, first - timedelta(days=1)),
        "until": (None, last),
    }.get(opening, (first, last))


def _season(name: str, year: int) -> tuple[date, date]:
    (month, day), (end_month, end_day) = _SEASONS[name]
    return date(year - (month > end_month), month, day), date(year, end_month, end_day)


def _season_year(name: str, today: date, past: bool) -> int:
    """The year of the season under way or last begun; if ``past``, of the last one ended."""
    year = today.year + 1
    while True:
        first, last = _season(name, year)
        if (last if past else first) <= today - timedelta(days=past):
            return year
        year -= 1


_COUNTED: Final = (
    ("un", "une", "one", "a"),
    ("deux", "two"),
    ("trois", "three"),
    ("quatre", "four"),
    ("cinq", "five"),
    ("six",),
    ("sept", "seven"),
    ("huit", "eight"),
    ("neuf", "nine"),
    ("dix", "ten"),
    ("onze", "eleven"),
    ("douze", "twelve"),
)
_NUMBERS: Final = MappingProxyType(
    {word: number for number, words in enumerate(_COUNTED, start=1) for word in words}
)
_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)})"
_UNIT = r"(?P<unit>jours?|semaines?|mois|ans?|annees?|days?|weeks?|months?|years?)"
_NUMBER_OF_UNITS = f"{_COUNT} {_UNIT}".replace("<count>", "<number>").replace("<unit>", "<units>")
_LAST_UNITS = re.compile(
    r"\b(?:(?:au cours|lors|depuis) )?(?:des |les |the |in the |over the )?"
    rf"(?:{_COUNT} derni(?:er|ere)s? {_UNIT}|(?:last|past) {_NUMBER_OF_UNITS})\b"
)
_AGO = re.compile(rf"\bil y a {_COUNT} {_UNIT}\b|\b{_NUMBER_OF_UNITS} ago\b")
_NAMED: Final = tuple(
    (re.compile(rf"\b{_OPEN}(?:{pattern})\b"), name)
    for pattern, name in (
        (r"l'an(?:nee)? (?:derniere?|passee?)|last year|previous year", "last year"),
        (r"cette annee|this year|en cours d'annee", "this year"),
        (r"le mois (?:dernier|passe)|last month|previous month", "last month"),
        (r"ce mois(?:-ci)?|this month", "this month"),
        (r"la semaine (?:derniere|passee)|last week|previous week", "last week"),
        (r"cette semaine|this week", "this week"),
        (r"avant[- ]hier|(?:the )?day before yesterday", "day before"),
        (r"(?<!avant[- ])(?<!day before )(?:hier|yesterday)", "yesterday"),
        (r"aujourd'hui|today", "today"),
    )
)
_TERM = re.compile(rf"\b{_OPEN}la rentree(?: (?:de )?(?P<year>20\d\d))?\b")
_STILL: Final = re.compile(
    r"\b(?:encore|toujours|restent?|en cours|ouvert\w*|still|open|remains?|pending|do we|are we)\b"
)
_TERM_BEGINS: Final = (8, 20)
_TERM_BEGUN: Final = (10, 15)
"""La rentrée: school resumes in Québec in the last days of August, groups in the weeks after."""


def _relative(text: str, flat: str, today: date) -> Iterator[Mention]:
    months = [one.end for one in written_dates(text) if one.month and one.year is None]
    for pattern, name in _NAMED:
        for match in pattern.finditer(flat):
            if any(re.fullmatch(r" (?:de |of )?", flat[end : match.start()]) for end in months):
                continue  # "in March last year": it is that month's
            if name == "today" and _STILL.search(flat):
                continue  # "what is still open today?" asks of no session of today
            since, until = _opened(match["open"], *_named(name, today))
            yield _mention(text, match.start(), match.end(), since, until)
    for match in _TERM.finditer(flat):
        year = int(match["year"] or _latest_year(*_TERM_BEGINS, today))
        term = date(year, *_TERM_BEGINS), date(year, *_TERM_BEGUN)
        yield _mention(text, match.start(), match.end(), *_opened(match["open"], *term))
    for match in _LAST_UNITS.finditer(flat):
        yield _mention(text, match.start(), match.end(), _back(*_counted(match), today), today)
    for match in _AGO.finditer(flat):
        first, last = _around(*_counted(match), today)
        since_then = _SINCE.search(flat[: match.start()])
        yield _mention(text, match.start(), match.end(), first, None if since_then else last)


def _around(count: int, unit: str, today: date) -> tuple[date, date]:
    """The day, week, month or year that was ``count`` units ago."""
    day = _back(count, unit, today)
    if unit == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if unit == "month":
        return _month(day.year, day.month)
    half_a_week = timedelta(days=3 if unit == "week" else 0)
    return day - half_a_week, day + half_a_week


def _named(name: str, today: date) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday())
    before = today.replace(day=1) - timedelta(days=1)
    return {
        "last year": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        "this year": (date(today.year, 1, 1), date(today.year, 12, 31)),
        "last month": (before.replace(day=1), before),
        "this month": _month(today.year, today.month),
        "last week": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "this week": (monday, monday + timedelta(days=6)),
        "day before": (today - timedelta(days=2), today - timedelta(days=2)),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "today": (today, today),
    }[name]


def _counted(match: re.Match[str]) -> tuple[int, str]:
    count = match["count"] or match["number"]
    unit = (match["unit"] or match["units"]).rstrip("s")
    names = {"jour": "day", "semaine": "week", "moi": "month", "an": "year", "annee": "year"}
    return int(count) if count.isdigit() else _NUMBERS[count], names.get(unit, unit)


def _back(count: int, unit: str, today: date) -> date:
    if unit in {"day", "week"}:
        return today - timedelta(days=count * (7 if unit == "week" else 1))
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
