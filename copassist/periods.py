"""What a question asks of the records themselves: when, which kind, the latest, who is named.

Only words that speak of *sessions* become filters. "Qu'a-t-on décidé en mars 2018 ?" is about
sessions of that month; "les vidéos de la journée de septembre" may be discussed in October, so
a date that completes another noun is left to the search. Every filter remembers the words it
came from, so that the page can show it and take it off.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Final, Literal

from copassist.dates import WrittenDate, possible, written_dates

About = Literal["period", "kind", "latest", "name"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of the question, ``question[start:end]``, and what they ask for.

    ``since`` and ``until`` are ISO 8601 days, both included; ``None`` leaves that side open.
    """

    start: int
    end: int
    words: str
    about: About
    since: str | None = None
    until: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionFilters:
    """What the question asks of the records; nothing asked is all ``None``, ``False``, empty."""

    since: str | None = None
    until: str | None = None
    kind: str | None = None
    latest: bool = False
    """The latest session is meant: a preference among what is found, not a filter."""
    names: tuple[str, ...] = ()
    """Names of people or things as written, never a filter: signals for the search."""
    mentions: tuple[Mention, ...] = ()

    def without(self, mention: Mention) -> QuestionFilters:
        """The same with one mention taken off."""
        return combined(other for other in self.mentions if other != mention)


def read_question(question: str, today: date) -> QuestionFilters:
    """The filters that ``question`` asks for; ``today`` anchors "l'automne dernier"."""
    text = unicodedata.normalize("NFC", question)
    flat = _flat(text)
    found: list[Mention] = []
    for mention in (
        *_spans(text, flat, today),
        *_seasons(text, flat, today),
        *_relative(text, flat, today),
        *_days_alone(text, flat, today),
        *_dates(text, flat, today),
        *_kinds(text, flat),
        *_latest(text, flat),
        *_names(text),
    ):
        rivals = [other for other in found if _clash(mention, other)]
        if not rivals:
            found.append(mention)
    return combined(sorted(found, key=lambda mention: mention.start))


def combined(mentions: Iterable[Mention]) -> QuestionFilters:
    """One set of filters out of mentions: periods are joined, open ends narrowed by each other."""
    kept = tuple(mentions)
    periods = [mention for mention in kept if mention.about == "period"]
    closed = [mention for mention in periods if mention.since and mention.until]
    sinces = [mention.since for mention in closed or periods if mention.since]
    untils = [mention.until for mention in closed or periods if mention.until]
    since, until = min(sinces, default=None), max(untils, default=None)
    if since and until and since > until:
        since = until = None  # "avant 2018 ou depuis 2020": no one period holds both
    return QuestionFilters(
        since=since,
        until=until,
        kind=next((mention.kind for mention in kept if mention.kind), None),
        latest=any(mention.about == "latest" for mention in kept),
        names=tuple(mention.words for mention in kept if mention.about == "name"),
        mentions=kept,
    )


def _clash(one: Mention, other: Mention) -> bool:
    overlap = one.start < other.end and other.start < one.end
    return overlap and (one.about == other.about or "name" in {one.about, other.about})


def _flat(text: str) -> str:
    """``text`` in lower case without accents, character for character."""
    letters = (unicodedata.normalize("NFD", letter)[0].lower()[:1] for letter in text)
    return "".join(letters).replace("’", "'")


def _mention(text: str, start: int, end: int, first: date | None, last: date | None) -> Mention:
    since, until = (day.isoformat() if day else None for day in (first, last))
    return Mention(start, end, text[start:end].strip(), "period", since, until)


# Dates ------------------------------------------------------------------------------------------

_ARTICLES = r"(?:l'|le |la |les |the |du |de |d'|mois de |mois d'|annee |l'annee |year |month of )*"
_SINCE = re.compile(
    rf"\b(?:depuis|a partir|des|since|as of|starting(?: in)?) ?{_ARTICLES}(?:en )?$"
)
_AFTER = re.compile(rf"\b(?:apres|after) ?{_ARTICLES}$")
_BEFORE = re.compile(rf"\b(?:avant|before) ?{_ARTICLES}$")
_UNTIL = re.compile(rf"\b(?:jusqu'(?:a|au|en|aux)|until|till|up to) ?{_ARTICLES}$")
_PART = r"(?:(?:la )?(?:fin|mi|debut|early|late|mid)[ -]?(?:de |d')?)?"
_WITHIN = re.compile(
    r"\b(?:en|au mois d(?:e |')|au cours d(?:e |u )|lors d(?:e |u )|pendant|durant|courant|in"
    rf"|during|throughout|over|au|a l(?:a |'))\s*{_ARTICLES}{_PART}$|(?:^|[\s(]){_PART[:-1]}$"
)
_ON_DAY = re.compile(
    r"\b(?:le|on|au|en date du|date of)\s*"
    r"(?:\w+day,? |(?:lun|mar|mercre|jeu|vendre|same)di )?$"
)
_SESSION = (
    r"(?:reunions?|rencontres?|seances?|sessions?|comptes?[ -]rendus?|proces[ -]verb(?:al|aux)"
    r"|pv|cr|minutes|meetings?|assemblees?|ordres? du jour)"
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
    for one, other in pairwise(written_dates(text)):
        opening = _BETWEEN.search(flat[: one.start])
        if opening and _AND.fullmatch(flat[one.end : other.start]):
            begin = _bounds(one, today, other.year)
            end = _bounds(other, today, None)
            if begin and end and begin[0] <= end[1]:
                yield _mention(text, opening.start(), other.end, begin[0], end[1])


def _dates(text: str, flat: str, today: date) -> Iterator[Mention]:
    for found in written_dates(text):
        bounds = _bounds(found, today, None)
        if bounds is None:
            continue
        first, last = bounds
        before = flat[: found.start]
        for pattern, since, until in (
            (_SINCE, first, None),
            (_AFTER, last + timedelta(days=1), None),
            (_BEFORE, None, first - timedelta(days=1)),
            (_UNTIL, None, last),
        ):
            if opening := pattern.search(before):
                yield _mention(text, opening.start(), found.end, since, until)
                break
        else:
            start = _about_a_session(before, found)
            if start is not None:
                yield _mention(text, start, found.end, first, last)


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
    r"(?P<day>3[01]|[12]?\d)(?:th|st|nd|rd|er)?(?![\w/.:-]| ?[$%])"
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
    r"\b(?P<open>depuis|since|avant|before)? ?"
    r"(?:(?P<last>last|past|previous) |(?P<this>this|cet|cette|ce) "
    r"|(?:in |during )?(?:the )?|a l'|au |l'|cet )?"
    rf"\b(?P<name>{_SEASON_NAME})\b"
    r"(?: (?:of |de )?(?P<year>20\d\d|19\d\d)|(?P<after> derni(?:er|ere)| passee?))?"
)


def _seasons(text: str, flat: str, today: date) -> Iterator[Mention]:
    for match in _SEASON.finditer(flat):
        past, this = match["last"] or match["after"], match["this"]
        if not (match["year"] or past or this or match["open"]):
            continue
        year = _season_year(match["name"], today, bool(past))
        first, last = _season(match["name"], int(match["year"] or year))
        since: date | None = first
        until: date | None = last
        if match["open"] in {"depuis", "since"}:
            until = None
        elif match["open"]:
            since, until = None, first - timedelta(days=1)
        yield _mention(text, match.start(), match.end(), since, until)


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
    (re.compile(rf"\b(?P<open>depuis |since )?(?:{pattern})\b"), name)
    for pattern, name in (
        (r"l'an(?:nee)? (?:derniere?|passee?)|last year|previous year", "last year"),
        (r"cette annee|this year|en cours d'annee", "this year"),
        (r"le mois (?:dernier|passe)|last month|previous month", "last month"),
        (r"ce mois(?:-ci)?|this month", "this month"),
        (r"la semaine (?:derniere|passee)|last week|previous week", "last week"),
        (r"cette semaine|this week", "this week"),
        (r"hier|yesterday", "yesterday"),
        (r"aujourd'hui|today", "today"),
    )
)
_TERM = re.compile(r"\b(?P<open>depuis )?la rentree(?: (?:de )?(?P<year>20\d\d))?\b")
_TERM_BEGINS: Final = (8, 20)
_TERM_BEGUN: Final = (10, 15)
"""La rentrée: school resumes in Québec in the last days of August, groups in the weeks after."""


def _relative(text: str, flat: str, today: date) -> Iterator[Mention]:
    for pattern, name in _NAMED:
        for match in pattern.finditer(flat):
            first, last = _named(name, today)
            until = None if match["open"] else last
            yield _mention(text, match.start(), match.end(), first, until)
    for match in _TERM.finditer(flat):
        year = int(match["year"] or _latest_year(*_TERM_BEGINS, today))
        begun = None if match["open"] else date(year, *_TERM_BEGUN)
        yield _mention(text, match.start(), match.end(), date(year, *_TERM_BEGINS), begun)
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


# Kinds, the latest, names -----------------------------------------------------------------------

_IN = r"(?:dans|selon|d'apres|suivant|consulter?|according to|in|from|per|see)"
_ANY = (
    r"(?:l'|le |la |les |un |une |des |nos |notre |the |our |an? |all )?"
    r"(?:dernier[es]* |latest |last )?"
)
_MINUTES = r"(?:comptes?[ -]rendus?|proces[ -]verb(?:al|aux)|pv|minutes|meeting notes)"
_GUIDE = r"(?:guides?|manuels?|handbook|guidance|playbook|foire aux questions|faq)"
_TOOL = r"(?:outils?|gabarits?|grilles?|canevas|formulaires?|checklists?|templates?|aide-memoire)"
_KINDS: Final = (
    (re.compile(rf"\b{_IN} {_ANY}{_MINUTES}\b"), "minutes"),
    (re.compile(rf"\b{_MINUTES}(?= (?:du|de la|of|from|for) )"), "minutes"),
    (re.compile(rf"\b{_IN} {_ANY}{_GUIDE}\b"), "guide"),
    (re.compile(rf"\b{_IN} {_ANY}{_TOOL}\b"), "tool"),
)
_DURATION = re.compile(r"\d+ $")
_LAST = r"(?:derni(?:er|ere)s?|last|latest|previous|precedente?)"
_LATEST = re.compile(
    rf"\b(?:(?:la |les |le |the |au |du |our )?(?:\w+ )?{_LAST} {_SESSION}"
    rf"|la derniere fois|last time|the latest|la plus recente?|le plus recent"
    rf"|most recent(?: {_SESSION})?|{_SESSION} (?:la |le )?plus recente?"
    rf"|{_SESSION} (?:derni(?:er|ere)|precedente?|passee))\b"
)
_NAME = re.compile(
    r"(?<![.!?:«\"] )(?<!^)(?<![\w'’-])(?P<name>[A-ZÀ-ÖØ-Þ][\w'’-]*[a-zà-öø-ÿ][\w'’-]*"
    r"(?: (?:(?:de |du |d'|van |le )?[A-ZÀ-ÖØ-Þ][\w'’-]+))*)"
)


def _kinds(text: str, flat: str) -> Iterator[Mention]:
    for pattern, kind in _KINDS:
        for match in pattern.finditer(flat):
            if not _DURATION.search(flat[: match.start()]):
                words = text[match.start() : match.end()]
                yield Mention(match.start(), match.end(), words, "kind", kind=kind)


def _latest(text: str, flat: str) -> Iterator[Mention]:
    for match in _LATEST.finditer(flat):
        yield Mention(match.start(), match.end(), text[match.start() : match.end()], "latest")


def _names(text: str) -> Iterator[Mention]:
    """Capitalised words inside a sentence: people, places, products."""
    dates: Sequence[WrittenDate] = tuple(written_dates(text))
    for match in _NAME.finditer(text):
        start, end = match.span("name")
        if not any(one.start < end and start < one.end for one in dates):
            yield Mention(start, end, match["name"], "name")
