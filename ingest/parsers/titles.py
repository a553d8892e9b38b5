"""Titles of sections in text that marks none: « 3.4 Pourquoi nous ne distribuons plus d'embouts ».

A PDF or a text file has lines and no headings. Guides and minutes number theirs, and so do lists;
what tells them apart is that numbers go on through the whole document, and that something stands
under each. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from ingest.parsers.markdown import Heading

LONGEST: Final = 100
"""Characters of a title, over two lines at most: one line and a half of a page."""
FEWEST: Final = 2
"""Titles in a row of numbers, for one number alone proves nothing; proposed."""
SKIPPED: Final = 1
"""Numbers that may be missing between two titles: one ends like a sentence, or is a picture."""
WITH_BODY: Final = 0.6
"""Share of a row's innermost titles that something must stand under: a list has nothing but its
items, minutes have a "questions diverses" now and then; proposed."""

_NUMBERED: Final = re.compile(
    r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})(?P<mark>\.?)\s+[^\W\d_a-zà-ÿ][^|=]*\w[^|=]*"
)
"""« 1) » numbers the items of a list."""
_ENDS_SENTENCE: Final = re.compile(r"[.;,]$")
_OF_CONTENTS: Final = re.compile(r"(?:\.{3,}|…|_{3,})|\s\d{1,3}$")
"""A line of a table of contents: dots, or the page it names."""
_CONTINUES: Final = re.compile(r"[a-zà-ÿ(«]")

Number = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Title:
    """A line that may be one. ``line`` and ``end`` count the lines of all pages."""

    number: Number
    mark: str
    text: str
    line: int
    end: int


def numbered_titles(pages: Sequence[str]) -> list[list[Heading]]:
    """The numbered titles of each of ``pages``, their lines counted from the page's first."""
    lines: list[str] = []
    first: list[int] = []
    for page in pages:
        first.append(len(lines))
        lines += page.split("\n")
    found = [
        title
        for run in _runs(_candidates(lines, set(first)))
        if len(run) >= FEWEST and _has_body(run, lines)
        for title in run
    ]
    titles = sorted(found, key=lambda one: one.line)
    bounds = zip_longest(first, first[1:], fillvalue=len(lines))
    return [
        [
            Heading(len(one.number), one.text, one.line - start, one.end - start)
            for one in titles
            if start <= one.line < stop
        ]
        for start, stop in bounds
    ]


def _candidates(lines: Sequence[str], tops: set[int]) -> Iterator[_Title]:
    """Numbered lines that could be titles; ``tops``: the first line of each page."""
    for at, line in enumerate(lines):
        found = _NUMBERED.fullmatch(line.strip())
        if found is None:
            continue
        text, end = line.strip(), at + 1
        if end < len(lines) and end not in tops and _CONTINUES.match(lines[end].strip()):
            text, end = f"{text} {lines[end].strip()}", at + 2
        if len(text) > LONGEST or _ENDS_SENTENCE.search(text) or _OF_CONTENTS.search(text):
            continue
        number = tuple(int(part) for part in found["number"].split("."))
        yield _Title(number, found["mark"], text, at, end)


def _runs(candidates: Iterator[_Title]) -> list[list[_Title]]:
    """Candidates whose numbers follow one another; a list inside a section has a run of its own."""
    open_runs: list[list[_Title]] = []
    for title in candidates:
        for run in reversed(open_runs):
            alike = next((one for one in run if len(one.number) == len(title.number)), title)
            if title.mark == alike.mark and _follows(title.number, run[-1].number):
                run.append(title)
                break
        else:
            if title.number[-1] == 1:
                open_runs.append([title])
    return _apart(open_runs)


def _follows(number: Number, before: Number) -> bool:
    """Whether ``number`` is the next one after ``before``, deeper, beside it or further out."""
    if number == (*before, 1):
        return True
    depth = len(number)
    if depth > len(before):
        return False
    step = number[-1] - before[depth - 1]
    return number[:-1] == before[: depth - 1] and 1 <= step <= 1 + SKIPPED


def _apart(runs: Sequence[list[_Title]]) -> list[list[_Title]]:
    """The longest-reaching runs; one that lies inside another is a list of its section."""
    kept: list[list[_Title]] = []
    for run in sorted(runs, key=lambda run: run[0].line - run[-1].line):
        if not any(
            other[0].line < run[0].line and run[-1].line < other[-1].line
            for other in kept
            if len(other) >= FEWEST
        ):
            kept.append(run)
    return kept


def _has_body(run: Sequence[_Title], lines: Sequence[str]) -> bool:
    """Whether something stands under most titles that have no deeper one under them."""
    ends = [following.line for following in run[1:]] + [len(lines)]
    innermost = [
        any(line.strip() for line in lines[one.end : end])
        for one, end, following in zip_longest(run, ends, run[1:])
        if following is None or len(following.number) <= len(one.number)
    ]
    return sum(innermost) >= WITH_BODY * len(innermost)
