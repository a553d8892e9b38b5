"""Words of a question that name a time, and the time they name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final


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


def bare(text: str) -> str:
    """``text`` in lower case without accents, character for character."""
    return "".join(unicodedata.normalize("NFD", letter)[0].lower()[:1] for letter in text)


def accentless(text: str) -> str:
    """:func:`bare` with straight apostrophes, as patterns of time read it; "dès" is not "des"."""
    flat = list(bare(text).replace("’", "'"))
    for since in _FROM_THEN_ON.finditer(text):
        flat[since.start() + 1] = "è"
    return "".join(flat)


_FROM_THEN_ON: Final = re.compile(r"\bdès\b", re.IGNORECASE)


def mention_of(text: str, start: int, end: int, first: date | None, last: date | None) -> Mention:
    """What ``text[start:end]`` names: from ``first`` to ``last``."""
    since, until = (day.isoformat() if day else None for day in (first, last))
    return Mention(start, end, text[start:end].strip(), since, until)
