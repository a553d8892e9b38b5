"""Dates as people write them, French and English, with the words each was read from.

One home for month names and numeric orders: titles of minutes, questions and search terms all
read dates here, so that "12 mars 2024", "2024-03-12", "12/03/2024" and "March 12, 2024" can
never mean different days in different parts of the program.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from copassist.errors import InputError
from copassist.words import words

YEARS: Final = (1950, 2099)
"""Years a record may plausibly speak of; outside, four digits are a number."""

TWO_DIGIT_PIVOT: Final = 69
"""Two-digit years below are of this century: the pivot of POSIX ``strptime``."""

_NAMES: Final = (
    ("janvier january", "janv jan"),
    ("février february", "fevrier fév fev févr fevr feb"),
    ("mars march", "mar"),
    ("avril april", "avr apr"),
    ("mai may", ""),
    ("juin june", "jun"),
    ("juillet july", "juil juill jul"),
    ("août august", "aout aug"),
    ("septembre september", "sept sep"),
    ("octobre october", "oct"),
    ("novembre november", "nov"),
    ("décembre december", "decembre déc dec"),
)
"""In full, in French and in English, and otherwise written."""
WEEKDAYS: Final = MappingProxyType(
    {
        name: number
        for number, names in enumerate(
            (
                "lundi monday",
                "mardi tuesday",
                "mercredi wednesday",
                "jeudi thursday",
                "vendredi friday",
                "samedi saturday",
                "dimanche sunday",
            )
        )
        for name in names.split()
    }
)
"""Days of the week by name, Monday being 0 as ``date.weekday`` counts."""
MONTHS: Final = MappingProxyType(
    {
        unicodedata.normalize("NFC", name): month
        for month, names in enumerate(_NAMES, start=1)
        for name in " ".join(names).split()
    }
)
"""Month names and their abbreviations, lower case, without full stop."""
FULL_MONTHS: Final = tuple(name for names, _ in _NAMES for name in names.split())
"""Month names in full, French and English."""

COUNTED: Final = MappingProxyType(
    {
        word: number
        for number, written in enumerate(
            (
                "un une one a",
                "deux two",
                "trois three",
                "quatre four",
                "cinq five",
                "six",
                "sept seven",
                "huit eight",
                "neuf nine",
                "dix ten",
                "onze eleven",
                "douze twelve",
            ),
            start=1,
        )
        for word in written.split()
    }
)
"""Numbers in words of so many days, weeks or months: "dans deux semaines", "a month ago"."""

WRITTEN_ONLY_WITH_A_NUMBER: Final = frozenset(
    {"mar", "may", "march", "jan", "dec", "sep", "sept", "avr"}
)
"""Month names that are also other words: months only beside a day or a year, or, "May" and "March",
after a preposition or before "meeting"."""


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date as written at ``[start, end)``; parts that were not written are ``None``."""

    start: int
    end: int
    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    ambiguous: bool = False
    """Both numeric orders would do (``03/04/2024``): day first was taken."""

    @property
    def iso(self) -> str | None:
        """``YYYY-MM-DD`` where the whole date is written, else ``None``."""
        if self.year is None or self.month is None or self.day is None:
            return None
        return f"{self.year:04}-{self.month:02}-{self.day:02}"


_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_ENGLISH = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
_FIRM = r"[\s\u00a0\u202f_.-]*"
_BEFORE_MONTH = re.compile(
    r"\b(?:in|since|after|before|until|till|by|last|early|late|mid|between|from|of|and|to)[ -]$"
)
MEETING: Final = re.compile(r" (?:meetings?|sessions?|minutes)\b")
"""In English a date may stand before what it dates: "at the March 3 meeting"."""
_DAY = r"(?:[12]\d|3[01]|0?[1-9])"
_YEAR = r"(?:19[5-9]\d|20\d\d)"
_ORDINAL = r"(?:er|ier|re|e|st|nd|rd|th)?"
_GAP = r"[\s\u00a0\u202f_.,-]*"
_SPACE = r"[\s\u00a0\u202f_.-]+"
_EDGE = r"(?=[\djfmasond])(?<![^\W_])"
"""Where a date may begin; the first letters of months spare the long alternatives elsewhere."""
_DATE = re.compile(
    rf"{_EDGE}(?:"
    # 2024-03-12, 2024.03.12, 2024_03_12, 2024 03 12, 20240312
    rf"(?P<y1>{_YEAR})(?P<s1>[-/._ ]?)(?P<m1>0[1-9]|1[0-2])(?P=s1)(?P<d1>0[1-9]|[12]\d|3[01])(?!\d)"
    # 2024-3-12
    rf"|(?P<y4>{_YEAR})(?P<s4>[-/.])(?P<m4>1[0-2]|[1-9])(?P=s4)(?P<d4>{_DAY})(?!\d)"
    # 12/03/2024, 12-03-2024, 12.03.2024, 12/03/24
    rf"|(?P<d2>\d{{1,2}})(?P<s2>[-/._])(?P<m2>\d{{1,2}})(?P=s2)(?P<y2>{_YEAR}|\d\d)(?![\d])"
    # 12 mars 2024, 1er mars, 12-mars-2024, 12th of March, 2024
    rf"|(?P<d3>{_DAY}){_ORDINAL}{_GAP}(?:de{_SPACE}|of{_SPACE})?(?P<n3>{_MONTH})(?![^\W\d_])\.?"
    rf"(?:{_GAP}(?:de{_SPACE}|of{_SPACE})?(?P<y3>{_YEAR})(?!\d))?"
    # March 12, 2024; March 12th; not "mars 19 h", "En mai, 12 personnes" nor « mar. 26 mai »
    rf"|(?P<n5>{_ENGLISH})(?![^\W\d_])\.?{_FIRM}(?P<d5>{_DAY})(?:st|nd|rd|th)?"
    rf"(?![\d:h]|[\s\u00a0\u202f]?(?:h|am|pm)\b|{_SPACE}(?:{_MONTH})\b)"
    rf"(?:{_GAP}(?P<y5>{_YEAR})(?!\d))?"
    # mars 2024, mars-2024
    rf"|(?P<n6>{_MONTH})(?![^\W\d_])\.?{_GAP}(?:de{_SPACE}|of{_SPACE})?(?P<y6>{_YEAR})(?!\d)"
    # 2024 mars 12, 2024-mars
    rf"|(?P<y7>{_YEAR}){_GAP}(?P<n7>{_MONTH})(?![^\W\d_])\.?(?:{_GAP}(?P<d7>{_DAY})(?!\d))?"
    # 2024-03
    rf"|(?P<y8>{_YEAR})[-/](?P<m8>0[1-9]|1[0-2])(?![\d]|[-/]\d)"
    # mars
    rf"|(?P<n9>{_MONTH})(?![^\W_])"
    # 2024
    rf"|(?P<y0>{_YEAR})(?![\d]|[.,]\d)"
    r")",
    re.IGNORECASE,
)


def falls_within(day: str | None, since: str | None, until: str | None) -> bool:
    """Whether ``day`` may be of the time from ``since`` to ``until``, both included.

    All are ISO 8601: days, months or years. Each is compared as far as the other is told, so that
    what is dated ``2024-03`` is of the time since ``2024-03-12``, and ``2024-12-31`` of that until
    ``2024``. ``None`` leaves a side open; what has no day is of no time.
    """
    if not day:
        return False
    return (since or "")[: len(day)] <= day and (until is None or day[: len(until)] <= until)


def months_later(day: date, count: int) -> date:
    """The same day of the month ``count`` months later, or its last day where there is none.

    A negative ``count`` goes back.
    """
    year, month = divmod(12 * day.year + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_number(name: str) -> int | None:
    """1 to 12 for a month's name or abbreviation in French or English, else ``None``."""
    return MONTHS.get(unicodedata.normalize("NFC", name).lower().removesuffix("."))


def written_dates(text: str) -> Iterator[WrittenDate]:
    """Dates of ``text`` in order, whole or in part (month and year, day and month, year).

    Numeric dates are day first, as in Québec and France, unless only month first is possible.
    Impossible dates (``31 février``) are left out.
    """
    for match in _DATE.finditer(text):
        found = _read(match)
        if found is not None:
            yield found


def typed_day(text: str, language: str) -> str:
    """The day that a field or an option was given, as ``YYYY-MM-DD``, however it was typed.

    Raises :class:`InputError` where no whole date is written, or a figure stands beside it: half of
    what was meant would be lost in silence.
    """
    found = next(written_dates(text), None)
    if found is None or found.iso is None or re.search(r"\d", text.replace(found.text, "", 1)):
        raise InputError(problem=words(language)("dates.unread", value=text.strip()))
    return found.iso


def _read(match: re.Match[str]) -> WrittenDate | None:
    part = {name[0]: value for name, value in match.groupdict().items() if value is not None}
    year = _full_year(part["y"]) if "y" in part else None
    day = int(part["d"]) if "d" in part else None
    month = month_number(part["n"]) if "n" in part else int(part["m"]) if "m" in part else None
    if day is None and year is None and match.group().lower() in WRITTEN_ONLY_WITH_A_NUMBER:
        named = match.group() in {"March", "May"}
        if not named or not (
            _BEFORE_MONTH.search(match.string[: match.start()]) or _names_meeting(match)
        ):
            return None
    ambiguous = False
    if match.group("d2") is not None and day is not None and month is not None:
        ambiguous = day <= 12 and month <= 12 and day != month
        if month > 12 >= day:
            day, month = month, day
    if not possible(year, month, day):
        return None
    return WrittenDate(match.start(), match.end(), match.group(), year, month, day, ambiguous)


def _names_meeting(match: re.Match[str]) -> bool:
    """ "The May meeting"; not "May meetings be recorded?"."""
    before = match.string[: match.start()].removesuffix(" ")
    return before[-1:].isalpha() and MEETING.match(match.string, match.end()) is not None


def _full_year(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    return int(digits) + (2000 if int(digits) < TWO_DIGIT_PIVOT else 1900)


def possible(year: int | None, month: int | None, day: int | None) -> bool:
    """Whether such a date exists; a missing year is taken for a leap year."""
    if year is not None and not YEARS[0] <= year <= YEARS[1]:
        return False
    try:
        date(year or 2000, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return False
    return True
