"""Conversations kept as text: exports of a chat, and mails pasted one after another.

Each message opens with who wrote it and when: « Anne Roy 29 avr. 07:52 », "[2025-11-17 09:12] Ann
Roy", "ann.r [2026-01-14 19:02] Hi", or the headers of a mail. The text is cut where the day
changes, under the day as it is written, so that a message is cited with its own day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from copassist.dates import WEEKDAYS, WrittenDate, written_dates
from ingest.parsers.markdown import Heading

FEWEST: Final = 3
"""Messages of a chat from which a text is one; of mails, one is enough."""
SHARE: Final = 0.05
"""Least share of the lines of a chat that open a message; a long message has a dozen lines."""
OPENS_WITHIN: Final = 80
"""Characters of a line in which who wrote and when must stand."""

_TIME: Final = re.compile(
    r"[\s,àat\]-]{0,6}(?P<time>\d{1,2} ?[:h] ?\d{2}(?::\d{2})?)\b(?: ?[ap]\.?m\.?)?"
)
_WORD: Final = r"[A-ZÀ-ÖØ-Þ][\w.'’-]*"
_NAME: Final = re.compile(
    rf"@?[\w-]+(?:\.[\w-]+)+|@[\w-]+|{_WORD}(?: (?:(?:de|du|la|le|van|von) )?{_WORD}){{0,3}}"
)
"""A handle, or one to four words with capitals."""
_FIELD: Final = re.compile(
    r"[>\s]*[*_]*(?P<name>de|from|envoyé|sent|date|à|to|cc|cci|bcc|objet|subject)[*_]*[ \u00a0]?:",
    re.IGNORECASE,
)
_SENDER: Final = frozenset(("de", "from"))
_SENT: Final = frozenset(("envoyé", "sent", "date"))


@dataclass(frozen=True, slots=True)
class _Opening:
    """The line at which a message opens, and the day it gives, as written."""

    line: int
    day: tuple[int | None, int | None, int | None]
    text: str


def days_written(text: str) -> list[Heading]:
    """The days of a conversation as headings, each at the first message of its day; none where
    ``text`` is no conversation."""
    lines = text.split("\n")
    mails, chat = list(_mails(lines)), list(_chat(lines))
    filled = sum(bool(line.strip()) for line in lines)
    if len(chat) < max(FEWEST, SHARE * filled):
        chat = []
    opened = sorted([*mails, *chat], key=lambda one: one.line)
    found: list[Heading] = []
    last: object = None
    for one in opened:
        if one.day != last:
            found.append(Heading(1, one.text, one.line, one.line))
        last = one.day
    return found


def _chat(lines: Sequence[str]) -> Iterator[_Opening]:
    for number, line in enumerate(lines):
        start = line[:OPENS_WITHIN]
        if not any(character.isdigit() for character in start):
            continue
        day = next((one for one in written_dates(start) if one.day and one.month), None)
        time = _TIME.match(start, day.end) if day else None
        if day and time and _named(start[: day.start], start[time.end() :]):
            yield _opening(number, day)


def _named(before: str, after: str) -> bool:
    """Whether somebody's name stands before a time stamp, or behind it."""
    before = before.strip(" \t[(>*_–—-")
    if before:
        *_, last = before.split()
        if last.strip(".,").lower() in WEEKDAYS:
            return False
        return _NAME.fullmatch(before) is not None
    after = after.lstrip(" \t])>*_–—-")
    name = _NAME.match(after)
    return name is not None and after[name.end() : name.end() + 1] in ("", ":", " ", "*")


def _mails(lines: Sequence[str]) -> Iterator[_Opening]:
    """The header blocks of mails: one line says who sent it, another when."""
    at = 0
    while at < len(lines):
        end = at
        names: dict[str, str] = {}
        while end < len(lines) and (match := _FIELD.match(lines[end])):
            names.setdefault(match["name"].lower(), lines[end][match.end() :])
            end += 1
        sent = next((value for name, value in names.items() if name in _SENT), "")
        day = next((one for one in written_dates(sent) if one.day and one.month), None)
        if day and _SENDER & names.keys():
            yield _opening(at, day)
        at = max(end, at + 1)


def _opening(line: int, day: WrittenDate) -> _Opening:
    return _Opening(line, (day.year, day.month, day.day), day.text)
