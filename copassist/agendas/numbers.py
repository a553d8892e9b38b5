"""Whole numbers and lengths of time as people write them, in French and English words or digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from copassist.analysis import fold

_UNITS: Final = {
    "zero": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6,
    "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13,
    "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20, "trente": 30, "quarante": 40,
    "cinquante": 50, "soixante": 60, "septante": 70, "huitante": 80, "nonante": 90,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30,
    "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_HUNDREDS: Final = frozenset({"cent", "cents", "hundred"})
_APPROXIMATE: Final = {
    "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30,
    "quarantaine": 40, "dozen": 12,
}  # fmt: skip
_WORD: Final = "|".join(
    sorted({*_UNITS, *_HUNDREDS, *_APPROXIMATE, "vingts"}, key=len, reverse=True)
)
_GLUE: Final = r"(?:[\s-]+(?:et[\s-]+|and[\s-]+)?)"
NUMBER: Final = rf"(?:\d{{1,3}}|\b(?:{_WORD})(?:{_GLUE}(?:{_WORD}))*\b)"
"""A number, on folded text: "8", "huit", "quatre-vingt-dix", "forty-five", "une dizaine"."""
PEOPLE: Final = (
    r"(?:pers(?:onnes?)?|membres?|participant\w*|gens|collegues?|enseignant\w*|people|persons?"
    r"|members?|attendees|colleagues|teachers)\b"
)
"""Whom a number of people counts, on folded text."""

LARGEST: Final = 999
"""The largest number read: nobody counts people, minutes or weeks in thousands."""


def number(text: str) -> int | None:
    """The number up to :data:`LARGEST` that ``text``, matched by :data:`NUMBER`, writes."""
    folded = fold(text).strip()
    if folded.isdigit():
        return int(folded)
    total = 0
    for word in re.split(r"[\s-]+", folded):
        if word in ("et", "and"):
            continue
        if word in _APPROXIMATE:
            total = _APPROXIMATE[word] * max(1, total)
        elif word in _HUNDREDS:
            total = 100 * max(1, total)
        elif word in ("vingt", "vingts") and total % 100 == 4:
            total += 76  # quatre-vingt
        elif word in _UNITS:
            total += _UNITS[word]
        else:
            return None
    return total if total <= LARGEST else None  # "cent cent cent" is no number


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time written at ``[start, end)`` of the folded text."""

    start: int
    end: int
    minutes: int


_HALF: Final = r"(?:demie?|half)"
_LENGTHS: Final = (  # an earlier one wins
    # two and a half hours
    re.compile(rf"(?P<hours>{NUMBER})\s+and\s+a\s+(?P<half>half)\s+hours?\b"),
    # une heure et demie, 2 heures et quart, an hour and a half, two hours and 15 minutes, 1 h 30
    re.compile(
        rf"(?P<hours>\d{{1,3}}[.,]\d+|{NUMBER}|\ban?\b)\s*(?:h(?![a-z])|heures?\b|hours?\b|hrs?\b)"
        rf"(?:\s*(?:(?:et|and)\s+(?:an?\s+|une?\s+)?)?(?:(?P<half>{_HALF}\b)|(?P<quarter>quart\b|quarter\b)"
        rf"|(?P<three>trois quarts)|(?P<rest>{NUMBER})(?:\s*(?:minutes?|mins?)\b|(?![\w%]))))?"
    ),
    re.compile(r"(?P<three>trois\s+quarts\s+d['’]heure|three[\s-]quarters\s+of\s+an\s+hour)"),
    re.compile(r"(?P<half>(?:une\s+)?demi[\s-]heure|half\s+an\s+hour|a\s+half[\s-]hour)"),
    re.compile(r"(?P<day>(?:une\s+)?demi[\s-]journee|half[\s-](?:a[\s-])?day)"),
    re.compile(rf"(?P<rest>{NUMBER})[\s-]*(?:minutes?\b|mins?\b|mn\b)"),
)
HALF_DAY: Final = 180
"""Minutes of "une demi-journée", as the usual length of the format that bears the name."""


def lengths(folded: str) -> tuple[Length, ...]:
    """Lengths of time in ``folded`` (folded text), in order, none within another."""
    found: list[Length] = []
    for pattern in _LENGTHS:
        for match in pattern.finditer(folded):
            minutes = _minutes({k: v for k, v in match.groupdict().items() if v is not None})
            apart = all(match.end() <= one.start or one.end <= match.start() for one in found)
            if minutes and apart:
                found.append(Length(match.start(), match.end(), minutes))
    return tuple(sorted(found, key=lambda one: one.start))


def _minutes(part: dict[str, str]) -> int | None:
    if "day" in part:
        return HALF_DAY
    hours = _hours(part["hours"]) if "hours" in part else 0.0
    if hours is None:
        return None
    extra = 30 if "half" in part else 15 if "quarter" in part else 45 if "three" in part else 0
    if "rest" in part:
        extra = number(part["rest"]) or 0
    return round(60 * hours) + extra


def _hours(text: str) -> float | None:
    if text in ("a", "an"):
        return 1.0
    if re.fullmatch(r"\d+[.,]\d+", text):
        return float(text.replace(",", "."))
    return number(text)
