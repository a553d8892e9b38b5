"""Conversations kept as text: exports of a chat, and mails pasted one after another.

Each message opens with who wrote it and when: « Anne Roy 29 avr. 07:52 », "[2025-11-17 09:12] Ann
Roy", "ann.r [2026-01-14 19:02] Hi", or the headers of a mail. The text is cut where the day
changes, under the day as it is written; a day without a year is no more than a heading.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from copassist.dates import WEEKDAYS, WrittenDate, written_dates
from ingest.parsers.mailthread import FIELD, SENDER, SENT
from ingest.parsers.markdown import Heading

CONVERSATION: Final = "conversation"
"""Key of a section's metadata that says that it was cut out of a conversation."""
FEWEST: Final = 3
"""Messages of a chat from which a text is one, and mails from which one is a thread of them."""
SHARE: Final = 0.05
"""Least share of the lines of a chat that open a message; a long message has a dozen lines."""
OPENS_WITHIN: Final = 80
"""Characters of a line in which who wrote and when must stand."""

_INVISIBLE: Final = str.maketrans({"\u200e": "", "\u200f": "", "\u202f": " ", "\u00a0": " "})
"""What exports of WhatsApp put around dates and before « AM »."""
_TIME: Final = re.compile(
    r"[\s,àat\]-]{0,6}(?P<time>\d{1,2}:\d{2}(?::\d{2})?)\b(?: ?[ap]\.?m\.?)?", re.IGNORECASE
)
_WORD: Final = r"[A-ZÀ-ÖØ-Þ][\w.'’-]*"
_NAME: Final = re.compile(
    rf"@?[\w-]+(?:\.[\w-]+)+|@[\w-]+|{_WORD}(?: (?:(?:de|du|la|le|van|von) )?{_WORD}){{0,3}}"
)
"""A handle, or one to four words with capitals."""
_EVENT: Final = re.compile(
    r"(?:rencontre|réunion|atelier|séance|bilan|session|conférence|webinaire|meeting|workshop|webinar"
    r"|accueil|pause|dîner|lunch|break)\b",
    re.IGNORECASE,
)
_FIELD: Final = re.compile(r"[>\s]*" + FIELD, re.IGNORECASE)
_WHOM: Final = re.compile(rf"\s*[\"'*]*(?:{_NAME.pattern})|.*@")
"""« De : 9 h à 11 h » is no sender."""


@dataclass(frozen=True, slots=True)
class _Opening:
    """The line at which a message opens, who wrote it, and the day as written."""

    line: int
    who: str
    day: WrittenDate

    @property
    def on(self) -> tuple[int, int, int]:
        return self.day.year or 0, self.day.month or 0, self.day.day or 0


def days_written(text: str) -> tuple[list[Heading], bool]:
    """The days of a conversation as headings, each at the first message of its day, none where
    ``text`` is no conversation; and whether it is surely one: a chat, or several mails."""
    lines = text.translate(_INVISIBLE).split("\n")
    mails, chat = list(_mails(lines)), _chat(lines)
    opened = sorted([*mails, *chat], key=lambda one: one.line)
    if not opened or (not chat and _filled(lines[: opened[0].line])):
        return [], False  # minutes that hold a mail
    found: list[Heading] = []
    for before, one in pairwise([None, *opened]):
        if one and (before is None or one.on != before.on):
            found.append(Heading(1, one.day.text, one.line, one.line))
    return found, bool(chat) or len(mails) >= FEWEST


def _filled(lines: Sequence[str]) -> int:
    return sum(bool(line.strip()) for line in lines)


def _chat(lines: Sequence[str]) -> list[_Opening]:
    """The messages of a chat, in which somebody writes again; none where days depend on how they
    are read."""
    found = list(_stamped(lines))
    often = Counter(one.who for one in found)
    if len(found) < max(FEWEST, SHARE * _filled(lines)) or max(often.values()) < 2:
        return []
    on = [one.on for one in found]
    if any(one.day.ambiguous for one in found) and on != sorted(on):
        return []
    return found


def _stamped(lines: Sequence[str]) -> Iterator[_Opening]:
    for number, line in enumerate(lines):
        start = line[:OPENS_WITHIN]
        if not any(character.isdigit() for character in start):
            continue
        day = next((one for one in written_dates(start) if one.day and one.month), None)
        time = _TIME.match(start, day.end) if day else None
        if day is None or time is None:
            continue
        who, rest = _who(start[: day.start], start[time.end() :])
        following = lines[number + 1 : number + 2]
        if who and (rest.strip() or _filled(following)):
            yield _Opening(number, who, day)


def _who(before: str, after: str) -> tuple[str, str]:
    """Whose name stands before a time stamp, or behind it, and what is said on its line."""
    before = before.strip(" \t[(>*_–—-~")
    after = after.lstrip(" \t])>*_–—-~")
    if before:
        last = before.split()[-1].strip(".,").lower()
        named = _NAME.fullmatch(before) and last not in WEEKDAYS and not _EVENT.match(before)
        return (before, after) if named else ("", "")
    name = _NAME.match(after)
    if name is None or _EVENT.match(after) or after[name.end() : name.end() + 1] not in ("", ":"):
        return "", ""
    return name.group(), after[name.end() + 1 :]


def _mails(lines: Sequence[str]) -> Iterator[_Opening]:
    """The header blocks of mails: one line says who sent it, another when."""
    at = 0
    while at < len(lines):
        end = at
        names: dict[str, str] = {}
        while end < len(lines) and (match := _FIELD.match(lines[end])):
            names.setdefault(match["name"].lower(), lines[end][match.end() :])
            end += 1
        sender = next((value for name, value in names.items() if name in SENDER), "")
        sent = next((value for name, value in names.items() if name in SENT), "")
        day = next((one for one in written_dates(sent) if one.day and one.month), None)
        if day and _WHOM.match(sender):
            yield _Opening(at, sender.strip(), day)
        at = max(end, at + 1)
