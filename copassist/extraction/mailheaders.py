"""Headers of mails inside a text: who wrote to whom about what is nobody's action.

A mail taken in, forwarded or pasted into minutes brings « De : », « À : », « Objet : » lines. Their
names are senders, not owners, and what a subject line announces stands in the mail itself.
"""

from __future__ import annotations

import re
from typing import Final

from copassist.extraction.texts import line_spans

FEWEST: Final = 2
"""Header lines one after another that make a mail's: one alone may be a label of minutes."""

_HEADER: Final = re.compile(
    r"[ \t>]*[*_]{0,3}(?P<name>from|sent|to|cc|bcc|cci|subject|date|reply-to|de|envoyée?|à|a"
    r"|objet|sujet|répondre à)[*_]{0,3}[ \t\u00a0\u202f]?:[*_]{0,3}(?=\s|$)",
    re.IGNORECASE,
)
_TELLING: Final = frozenset(("from", "de", "subject", "objet", "sujet"))


def header_runs(text: str) -> tuple[tuple[int, int], ...]:
    """Where the headers of mails stand in ``text``: start and end of each run of lines."""
    found: list[tuple[int, int]] = []
    names: list[str] = []
    start = end = 0
    for first, last in line_spans(text):
        header = _HEADER.match(text, first, last)
        if header is None:
            found += _run(names, start, end)
            names = []
            continue
        if not names:
            start = first
        names.append(header["name"].lower())
        end = last
    return (*found, *_run(names, start, end))


def outside(start: int, end: int, runs: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """What is left of ``start:end`` without the ``runs``, in order."""
    left: list[tuple[int, int]] = []
    for run_start, run_end in runs:
        if run_start < end and run_end > start:
            if start < run_start:
                left.append((start, run_start))
            start = max(start, run_end)
    if start < end:
        left.append((start, end))
    return tuple(left)


def _run(names: list[str], start: int, end: int) -> list[tuple[int, int]]:
    return [(start, end)] if len(names) >= FEWEST and _TELLING & set(names) else []
