"""The session date of a record: gathered from everything that names a day, then chosen.

Names are copied, headings are pasted from last month's minutes, blogs carry the day of posting.
So each source gives candidates, the choice follows one order, and what disagrees is a doubt
that people are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from pathlib import PurePosixPath
from typing import Any, Final

from copassist.dates import WEEKDAYS, WrittenDate, possible, written_dates
from copassist.notes import note

FIRST_LINES: Final = 12
"""Lines in which minutes say when they were held: the longest preamble seen in real minutes
(letterhead, place, attendance link) was nine."""

LINE_CHARACTERS: Final = 120
"""A longer line is prose, where a date is rarely that of the session."""

WRITTEN_UP_WITHIN: Final = timedelta(days=31)
"""A record named by the day it was put online was held at most this long before."""

AHEAD: Final = timedelta(days=366)
"""A session further ahead than this is a slip of the keyboard (2094 for 2024)."""

_TITLE = (
    r"(?:compte[\s_-]*rendus?|proc[èe]s[\s_-]*verb(?:al|aux)|pv|cr|minutes?"
    r"|r[ée]unions?|rencontres?|s[ée]ances?|assembl[ée]e(?:[\s_-]*g[ée]n[ée]rale)?|ateliers?"
    r"|meetings?|sessions?|workshops?|relev[ée](?:[\s_-]*de[\s_-]*d[ée]cisions?)?|notes?|comit[ée])"
)
_LABEL = re.compile(
    rf"(?:\bdates?\b[\s*_]*:?|\b(?:tenue?s?|held)\b.{{0,30}}|\b{_TITLE}\b.{{0,60}}?"
    r"(?:\b(?:du|des|de|le|of|on|held)\b|[-–—:,(])[\s\w]{0,12})[\s*_:#-]*$",
    re.IGNORECASE,
)
"""What right before a day says that the record is of it: "date :", "compte rendu du", "held on"."""
_OTHER_DAY = re.compile(
    r"\b(?:prochaine?s?|suivante?s?|next|upcoming|pr[ée]c[ée]dente?s?|previous|last"
    r"|derni[èe]re?s?(?! \w+ de l.ann)|adoption|approbation|approval|approuv\w+|adopt\w+"
    r"|suivis?(?= d)|follow|report(?:[ée]e?s?|s?(?= d))|postponed|avant|d'ici|[ée]ch[ée]ance|due"
    r"|before|by(?=\W*$)|until|jusqu|depuis|since|mise? [àa] jour|updated?"
    r"|r[ée]vis\w+(?= (?:le|on))|version(?= d)|publi(?:[ée]e?s?|cation|shed)"
    r"|cr(?:[ée][ée]e?s?|eated)|printed|imprim\w+|copyright|©|deadline|limite|rappel)\b",
    re.IGNORECASE,
)
"""Words before a day that make it another one's: the next session, an approval, a deadline."""
_NEAR: Final = 6
"""Words before a day among which these are looked for: further back stands a committee's name."""
_DAY_MONTH = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})(?![\d/.-])")
_GLUED_DAY_MONTH = re.compile(r"(?:du|de|le)[-_ ](\d{2})(\d{2})$", re.IGNORECASE)
_SEVERAL_DAYS = re.compile(r"\d{1,2}(?:er)?[\s_-]*(?:et|and|&|au|to|,)[\s_-]*$", re.IGNORECASE)
"""Of "18 et 25 février", what stands before the last day."""
_SCHOOL_YEAR = re.compile(r"(?<!\d)(20\d\d)[-–_/ ](20\d\d|\d\d)(?!\d)")
_SCHOOL_YEAR_BEGINS: Final = 8
"""August: a session of 2023-2024 held from August to December was in 2023."""


_SHORT_DAYS: Final = {
    short: number
    for number, names in enumerate(
        (
            "lun mon",
            "mar tue tues",
            "mer wed",
            "jeu thu thur thurs",
            "ven fri",
            "sam sat",
            "dim sun",
        )
    )
    for short in names.split()
}
"""« mer. 15 avr. »: only right before a day, in small letters or with a full stop, for Sam is also
a person."""
_SHORT: Final = "|".join(_SHORT_DAYS)
_WEEKDAY = re.compile(
    rf"(?i:\b({'|'.join(WEEKDAYS)})(?:\s+\w+)?,?\s+(?:le\s+|the\s+)?$)"
    rf"|\b((?:{_SHORT})\b|(?i:{_SHORT})(?=\.))\.?,?\s+$"
)
"""« jeudi soir 30 octobre », "Tuesday January 20th": with the day, it tells the year."""
YEARS_BACK: Final = 4
"""Years among which a weekday chooses; the same one comes back after five or six."""
WRITTEN_WITHIN: Final = timedelta(days=60)
"""A file made so soon after a day and month without a year tells theirs."""
_TEMPLATE_MADE: Final = date(2013, 12, 23)
"""The day that python-docx gives every file it makes, which was never theirs."""
NEIGHBOUR: Final = timedelta(days=120)
"""How far apart the days of one record lie at the most: a season; proposed."""
MAILS: Final = frozenset({".eml", ".msg"})


class Source(IntEnum):
    """Where a date was read, the most trusted first."""

    LABELLED_NAME = 0
    LABELLED = 1
    NAME = 2
    FOLDER = 3
    HEADING = 4
    FRONT_MATTER = 5
    FIRST_LINES = 6


_SAID_AT_THE_TOP: Final = frozenset({Source.HEADING, Source.LABELLED, Source.FIRST_LINES})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A day, where it was read and whether its numbers could be read the other way round."""

    day: date
    source: Source
    ambiguous: bool = False


def session_date(  # noqa: PLR0913 - one argument a source
    path: str,
    headings: Sequence[str],
    lines: Sequence[str],
    properties: Mapping[str, Any],
    *,
    minutes: bool,
    language: str,
    today: date,
) -> tuple[str | None, tuple[str, ...]]:
    """The day a record speaks of (ISO 8601) and the doubts about it, as notes.

    ``headings`` and ``lines`` are the first ones of the record, ``lines`` without headings.
    Only minutes are dated by lines without a label: elsewhere those dates are about something.
    """
    mail = PurePosixPath(path).suffix.lower() in MAILS
    if mail and not minutes:  # the days in its lines are those of what it quotes
        lines = ()
    found = [
        one
        for one in _candidates(path, headings, lines, properties, today)
        if minutes or one.source is not Source.FIRST_LINES
    ]
    if mail:  # it may be about a day to come
        sent = _first_day([str(properties.get("date", ""))])
        found = [one for one in found if sent is None or one.day <= sent]
    plausible = [one for one in found if one.day <= today + AHEAD]
    if not plausible:
        doubts = [note("date_implausible", other=one.day.isoformat()) for one in found[:1]]
        return None, tuple(doubts or _incomplete(path, headings)) if minutes else ()
    chosen = _choice(plausible)
    # announcements name the day they were posted and the day they announce: no doubt in that
    return chosen.day.isoformat(), tuple(_doubts(chosen, found, language)) if minutes else ()


def _choice(found: Sequence[Candidate]) -> Candidate:
    named = {one.day for one in found if one.source in {Source.NAME, Source.FOLDER}}
    for one in found:
        if one.source in _SAID_AT_THE_TOP and one.day in named:
            return one  # typed twice alike: a label further down is about another day
    best = min(found, key=lambda one: one.source)
    pasted = best.source is Source.LABELLED and named
    if pasted and not any(_written_up(best.day, day) for day in named):
        # the label is another session's: the name was typed for this one
        return min(found, key=lambda one: (one.day not in named, one.source))
    return best


def _written_up(held: date, named: date) -> bool:
    """Whether a record named by one day may be of a session held on another."""
    return timedelta(0) <= named - held <= WRITTEN_UP_WITHIN


def _doubts(chosen: Candidate, found: Sequence[Candidate], language: str) -> Iterator[str]:
    sure = any(one.day == chosen.day and not one.ambiguous for one in found)
    if chosen.ambiguous and not sure and language != "fr":
        # in French the day comes first; in English either may
        yield note("date_ambiguous", chosen=chosen.day.isoformat())
    trusted = [one for one in found if one.source not in {Source.FIRST_LINES, Source.FRONT_MATTER}]
    for other in dict.fromkeys(one.day for one in trusted if one.day != chosen.day):
        posted = chosen.source is Source.LABELLED_NAME and _written_up(chosen.day, other)
        if not posted:
            yield note("date_doubt", chosen=chosen.day.isoformat(), other=other.isoformat())


def _incomplete(path: str, headings: Sequence[str]) -> Iterator[str]:
    for text in (PurePosixPath(path).stem, *headings):
        for found in written_dates(text):
            if found.year and found.month:
                yield note("date_incomplete", other=f"{found.year}-{found.month:02}")
                return


def _candidates(
    path: str,
    headings: Sequence[str],
    lines: Sequence[str],
    properties: Mapping[str, Any],
    today: date,
) -> Iterator[Candidate]:
    folder = PurePosixPath(path).parent.as_posix()
    name = PurePosixPath(path).stem
    year = _Year(path, (*headings, *lines), properties, today)
    title = str(properties.get("title", ""))
    yield from _of_text(name, Source.NAME, Source.LABELLED_NAME, year)
    yield from _of_text(folder, Source.FOLDER, Source.FOLDER, year)
    for heading in (title, *headings):
        yield from _of_text(heading, Source.HEADING, Source.LABELLED, year)
    if front := next(_days(str(properties.get("date", "")), None), None):
        yield Candidate(front[0].day, Source.FRONT_MATTER, front[0].ambiguous)
    for line in lines[:FIRST_LINES]:
        # a row of a table of follow-ups dates its own line only
        if len(line) <= LINE_CHARACTERS and not line.lstrip().startswith("|"):
            yield from _of_text(line, Source.FIRST_LINES, Source.LABELLED, year)


def _of_text(text: str, plain: Source, labelled: Source, year: _Year) -> Iterator[Candidate]:
    for found, before in _days(text, year):
        if _OTHER_DAY.search(" ".join(before.replace("_", " ").split()[-_NEAR:])):
            continue
        # a date after the first thing said is labelled; one at the very start dates the file
        source = labelled if _LABEL.search(before.replace("_", " ").replace("-", " ")) else plain
        yield Candidate(found.day, source, found.ambiguous)


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    ambiguous: bool


def _days(text: str, year: _Year | None) -> Iterator[tuple[_Day, str]]:
    """Whole days of ``text`` with what stands before each, years supplied where missing.

    Of "18 et 25 février" only the last is given: a record of two sessions is as fresh as that.
    """
    for found in written_dates(text):
        if not found.month or not found.day:
            continue
        known = found.year or (year.of(found.month, found.day) if year else None)
        if known and possible(known, found.month, found.day):
            before = _SEVERAL_DAYS.sub("", text[: found.start])
            yield _Day(date(known, found.month, found.day), found.ambiguous), before
    if year is None:
        return
    for match in (*_DAY_MONTH.finditer(text), *_GLUED_DAY_MONTH.finditer(text)):
        day, month = int(match[1]), int(match[2])
        if not (1 <= month <= 12 and day) or any(
            _overlap(match, one) for one in written_dates(text)
        ):
            continue
        known = year.of(month, day)
        before = text[: match.start(1)]
        if known and possible(known, month, day) and _LABEL.search(before.replace("-", " ")):
            yield _Day(date(known, month, day), False), before


def _overlap(match: re.Match[str], found: WrittenDate) -> bool:
    return bool(found.month) and found.start < match.end() and match.start() < found.end


def _first_day(texts: Iterable[str]) -> date | None:
    for text in texts:
        for found, _ in _days(text, None):
            return found.day
    return None


def days_of(
    headings: Sequence[str], title: str, path: str, properties: Mapping[str, Any], today: date
) -> list[date | None]:
    """The day that each of ``headings`` of one record is about, where it names one and no other's.

    ``path``, ``properties`` and ``today`` as for :func:`session_date`; a year that headings leave
    out is that of the record's title, name or folder.
    """
    year = _Year(path, headings, properties, today, title)
    found = [next(_of_text(one, Source.HEADING, Source.LABELLED, year), None) for one in headings]
    return [one.day if one and one.day <= today + AHEAD else None for one in found]


def _school_year(text: str) -> tuple[int, int] | None:
    """Both years of the school year that a text names: "2023-2024", "2023-24"."""
    for found in _SCHOOL_YEAR.finditer(text):
        first = int(found[1])
        if int(found[2]) % 100 == (first + 1) % 100:
            return first, first + 1
    return None


class _Year:
    """Supplies the year that a day and month lack, by what else a record says of when it was.

    ``path``, ``properties`` and ``today`` are as for :func:`session_date`; ``lines`` are the first
    of the record.
    """

    def __init__(
        self,
        path: str,
        lines: Sequence[str],
        properties: Mapping[str, Any],
        today: date,
        title: str = "",
    ) -> None:
        name, folder = PurePosixPath(path).stem, PurePosixPath(path).parent.as_posix()
        around = f"{folder}/{name}/{title}"
        said = [(line, one) for line in [name, *lines][:FIRST_LINES] for one in written_dates(line)]
        self._posted = _first_day([name, folder, str(properties.get("date", ""))])
        self._lines = [(one.year, one.month, one.day) for _, one in said if one.year]
        self._school = _school_year(around)
        self._folder = next(
            (one.year for one in reversed(list(written_dates(around))) if one.year), None
        )
        self._weekdays = {
            (one.month, one.day): (WEEKDAYS | _SHORT_DAYS)[(found[1] or found[2]).lower()]
            for line, one in said
            if one.month and one.day and (found := _WEEKDAY.search(line[: one.start]))
        }
        days = [_first_day([str(properties.get(one, ""))[:10]]) for one in ("created", "modified")]
        self._made = sorted(
            {one for one in days if one and _TEMPLATE_MADE != one <= today}, reverse=True
        )
        """Days on which the file was made and last written, the latest first."""
        self._latest = self._made[0] if self._made else today

    def of(self, month: int, day: int) -> int | None:
        """The year of that day, or ``None`` where nothing says."""
        if self._posted:
            # held before it was posted, if only across New Year
            later = (month, day) > (self._posted.month, self._posted.day)
            across = later and month >= 11 and self._posted.month <= 2
            return self._posted.year - 1 if across else self._posted.year
        for year, found_month, found_day in self._lines:
            if (found_month, found_day) == (month, day):
                return year
        if self._school:
            return self._school[0] if month >= _SCHOOL_YEAR_BEGINS else self._school[1]
        return (
            self._folder
            or self._by_weekday(month, day)
            or self._by_neighbour(month, day)
            or self._by_file(month, day)
        )

    def _by_neighbour(self, month: int, day: int) -> int | None:
        """The year of a day near this one that the record gives with its weekday: « webinar wed
        15 apr » in notes of « 16 apr »."""
        for near_month, near_day in self._weekdays:
            year = self._by_weekday(near_month, near_day)
            if year is None or not possible(year, near_month, near_day):
                continue
            near = date(year, near_month, near_day)
            days = [
                date(y, month, day) for y in (year - 1, year, year + 1) if possible(y, month, day)
            ]
            closest = min(days, key=lambda one: abs(one - near), default=None)
            if closest and abs(closest - near) <= NEIGHBOUR and closest <= self._latest + NEIGHBOUR:
                return closest.year
        return None

    def _by_weekday(self, month: int, day: int) -> int | None:
        """The latest year in which that day was the weekday that the record gives with it."""
        weekday = self._weekdays.get((month, day))
        last = self._latest.year
        return next(
            (
                year
                for year in range(last, last - YEARS_BACK, -1)
                if possible(year, month, day)
                and date(year, month, day) <= self._latest + WRITTEN_UP_WITHIN
                and date(year, month, day).weekday() == weekday
            ),
            None,
        )

    def _by_file(self, month: int, day: int) -> int | None:
        """The year of a file made, or last written, soon after that day."""
        weekday = self._weekdays.get((month, day))
        for made in self._made:
            for year in (made.year, made.year - 1):
                if not possible(year, month, day):
                    continue
                held = date(year, month, day)
                soon = timedelta(0) <= made - held <= WRITTEN_WITHIN
                if soon and weekday in (None, held.weekday()):
                    return year
        return None
