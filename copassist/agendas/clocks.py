"""Times of day as people write them: "13 h 30", "9h", "1:30 pm", "midi", "de 9 h à midi".

What a field, a message and a record hold is read with the same patterns, all on folded text: one
home for the marks that make an hour of a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from copassist.agendas.numbers import PEOPLE

NOON: Final = 12 * 60
EARLIEST: Final = 7 * 60
"""Minutes since midnight before which nobody meets: "1 h 30" is how long, "13 h 30" is when."""


def clock(number: int, *, marked: bool = True) -> str:
    """Pattern of a time of day whose groups bear ``number``, for :func:`time_at`.

    ``marked``: only with what makes an hour of a number, "h", ":" or "pm"; else "9" is one too.
    """
    mark = rf"(?P<mark{number}>h(?:eures?)?(?![a-z])|:)"
    minute = rf"\s*(?P<minute{number}>[0-5]\d(?!\d))?"
    after = rf"(?:{mark}{minute}|(?=[ap]\.?\s?m\b))" if marked else f"{mark}?{minute}"
    return (
        rf"(?:(?P<hour{number}>\d{{1,2}})\s*{after}(?:\s*(?P<half{number}>[ap])\.?\s?m\b\.?)?"
        rf"|(?P<noon{number}>midi|noon)\b)"
    )


def time_at(match: re.Match[str], number: int, half: str | None = None) -> int | None:
    """Minutes since midnight of what ``clock(number)`` matched; ``None`` where no clock shows it.

    ``half``: "a" or "p", where the time does not say it itself.
    """
    if match[f"noon{number}"]:
        return NOON
    hour, half = int(match[f"hour{number}"]), match[f"half{number}"] or half
    if half is not None:
        hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 24
    return 60 * hour + int(match[f"minute{number}"] or 0) if hour < 24 else None


@dataclass(frozen=True, slots=True)
class Hours:
    """From one hour to another, written at ``[start, end)`` of the folded text."""

    start: int
    end: int
    begin: int
    """Minutes since midnight."""
    minutes: int
    marked: bool
    """Something makes hours of its numbers; "de 9 à 12" may count what follows."""


_EITHER: Final = clock(1, marked=False), clock(2, marked=False)
_TO: Final = r"\s*(?:\ba\b|\bto\b|\buntil\b|\bjusqu['’]a\b|[-–—])\s*"
_NO_COUNT: Final = rf"(?![\d:])(?!\s*(?:{PEOPLE}|min))"
"""« De 8 à 10 personnes » tells no hours."""
_RANGES: Final = (
    # after an opening one mark does, or none: "de 9 à 12 h", "from 1 to 3"
    re.compile(rf"\b(?P<opening>de|from)\s+{_EITHER[0]}{_TO}{_EITHER[1]}{_NO_COUNT}"),
    re.compile(
        rf"\b(?P<opening>entre|between)\s+{_EITHER[0]}\s*(?:et|and)\s*{_EITHER[1]}{_NO_COUNT}"
    ),
    re.compile(rf"(?<![\d:]){clock(1)}{_TO}{clock(2)}{_NO_COUNT}"),
)
"""An earlier one wins."""
_AFTERNOON: Final = ("from", "between")
"""What an hour before :data:`EARLIEST` follows in English, which has twelve of them: "from 1 to 3";
"1 h à 1 h 30" is how long."""


def hours_written(folded: str) -> tuple[Hours, ...]:
    """The hours that ``folded`` (folded text) writes as a range, in order: "de 13 h a 15 h 30",
    "9:00 – 11:30", "11:30 to 1:00", "9h a midi"."""
    found: list[Hours] = []
    for match in (match for pattern in _RANGES for match in pattern.finditer(folded)):
        hours = _hours(match)
        if hours and all(hours.end <= one.start or one.end <= hours.start for one in found):
            found.append(hours)
    return tuple(sorted(found, key=lambda one: one.start))


def _hours(match: re.Match[str]) -> Hours | None:
    begin, end = time_at(match, 1, match["half2"]), time_at(match, 2)
    if begin is None or end is None:
        return None
    said = match.groupdict()
    if begin > end and said["half2"] and not said["half1"]:
        begin -= NOON  # "from 11 to 1 pm"
    if begin < EARLIEST and not said["half2"] and said.get("opening") in _AFTERNOON:
        begin, end = begin + NOON, end + NOON
    length = end - begin if end > begin else end + NOON - begin
    marked = any(said[name] for name in ("mark1", "mark2", "half2", "noon1", "noon2"))
    return Hours(*match.span(), begin, length, marked) if length > 0 else None
