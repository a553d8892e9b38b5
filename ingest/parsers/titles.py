"""Titles of sections in text that marks none: « 3.4 Pourquoi nous ne distribuons plus d'embouts ».

A PDF or a text file has lines and no headings. Some titles look like it: larger than the text, or
in bold by themselves. Guides and minutes number theirs, and so do lists; what tells them apart is
that numbers go on through the whole document, and that something stands under each. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise, zip_longest
from typing import Final

from ingest.parsers.markdown import Heading
from ingest.parsers.pdfstyles import StyledLine

LONGEST: Final = 100
"""Characters of a title, over two lines at most: one line and a half of a page."""
FEWEST: Final = 2
"""Titles in a row of numbers, for one number alone proves nothing; proposed."""
FEWEST_LETTERS: Final = 3
SKIPPED: Final = 1
"""Numbers that may be missing between two titles: one ends like a sentence, or is a picture."""
WITH_BODY: Final = 0.6
"""Share of a row's innermost titles that something must stand under: a list has nothing but its
items, minutes have a "questions diverses" now and then; proposed."""

LARGER: Final = 1.08
"""How much larger than the text a title is: 12 points over 11; proposed."""
RUNS: Final = 50
"""Latest rows of numbers that a number may go on from."""
MOST_RUNS: Final = 200
"""Rows of numbers compared with each other, the longest."""
MOST: Final = 0.35
"""Share of a document's characters that titles have at most: posters and slides are all titles."""

TOGETHER: Final = 2
"""Titles in a row, or lines of one title; more of one look are no titles; proposed."""
WRAPPED: Final = 30
"""Characters from which a title may have been broken at the end of its line; proposed."""

_NUMBERED: Final = re.compile(
    r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})(?P<mark>\.?)\s+[^\W\d_a-zà-ÿ][^|=]*\w[^|=]*"
)
"""« 1) » numbers the items of a list."""
_ENDS_SENTENCE: Final = re.compile(r"[.;,:]$")
"""Or introduces what follows: « Décision : » is a label, whatever it looks like."""
_LEADERS: Final = re.compile(r"\.{3,}|…|_{3,}")
_OF_CONTENTS: Final = re.compile(rf"{_LEADERS.pattern}|\s\d{{1,3}}$")
"""A line of a table of contents: dots, or the page it names."""
_ADDRESS: Final = re.compile(
    r"@|\bhttps?:|\bwww\.|(?:\b\w ){4}|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|\d\s?[$€]"
    r"|^\d+,? (?:rue|av|boul|ch|street|road)\b",
    re.IGNORECASE,
)
"""Addresses of any kind, sums, and words spaced letter by letter."""
_CONTINUES: Final = re.compile(r"[a-zà-ÿ(«]|\d{1,4}\W*$")
_GOES_ON: Final = re.compile(
    r"(?:[-–—:,&]|\b(?:de|du|des|d'|la|le|les|l'|et|à|au|the|of|and|for))$"
)

Number = tuple[int, ...]
Look = tuple[float, bool, int]


@dataclass(frozen=True, slots=True)
class _Title:
    """A line that may be one. ``line`` and ``end`` count the lines of all pages."""

    number: Number
    mark: str
    text: str
    line: int
    end: int


def titles_of(
    pages: Sequence[str], styles: Sequence[Sequence[StyledLine]] = ()
) -> list[list[Heading]]:
    """The titles of each of ``pages``, their lines counted from the page's first.

    ``styles``: how the lines of each page look, where that is known.
    """
    lines: list[str] = []
    first: list[int] = []
    for page in pages:
        first.append(len(lines))
        lines += page.split("\n")
    tops = set(first)
    levels = _levels(styles)
    styled = [
        title
        for page, start, stop in zip_longest(range(len(pages)), first, [*first[1:], len(lines)])
        for title in _styled(lines, start, stop, levels[page] if levels else {})
    ]
    known = {line for one in styled for line in range(one.line, one.end)}
    deepest = max((one.level for one in styled), default=0)
    numbered = [
        Heading(deepest + len(one.number), one.text, one.line, one.end)
        for run in _runs(_candidates(lines, tops))
        if _has_body(run, lines)
        for one in run
        if one.line not in known
    ]
    found = sorted([*styled, *numbered], key=lambda one: one.line)
    return [
        [
            replace(one, line=one.line - start, end=one.end - start)
            for one in found
            if start <= one.line < stop
        ]
        for start, stop in zip(first, [*first[1:], len(lines)], strict=True)
    ]


# by their looks


def _levels(styles: Sequence[Sequence[StyledLine]]) -> list[dict[str, int]]:
    """The level of each line of each page that looks like a title; empty where too many do."""
    sizes: Counter[float] = Counter()
    for page in styles:
        for line in page:
            sizes[line.size] += len(line.text)
    if not sizes:
        return []
    [(text_size, _)] = sizes.most_common(1)
    looks = [dict(_looks(page, text_size)) for page in styles]
    titles = [
        line.text
        for page, look in zip(styles, looks, strict=True)
        for line in page
        if line.text in look
    ]
    if len(titles) < FEWEST or sum(map(len, titles)) > MOST * sizes.total():
        return []
    ranks = {
        look: rank for rank, look in enumerate(sorted({x for p in looks for x in p.values()}), 1)
    }
    return [{text: ranks[look] for text, look in page.items()} for page in looks]


def _looks(page: Sequence[StyledLine], text_size: float) -> Iterator[tuple[str, Look]]:
    """The lines of a page that look like titles; of one look in a row there are few."""
    runs = [list(run) for _, run in groupby(page, lambda line: (line.size, line.bold, line.row))]
    for run, after in pairwise([*runs, []]):
        if len(run) <= TOGETHER and _is_title(run, after, text_size):
            yield from ((line.text, _look(line)) for line in run)
            if len(run) > 1:  # as one line, where a word was broken
                words = [line.text for line in run]
                yield "".join(words), _look(run[0])
                yield words[0].rstrip("-") + words[1], _look(run[0])


def _is_title(run: Sequence[StyledLine], after: Sequence[StyledLine], text_size: float) -> bool:
    words, line = " ".join(line.text for line in run), run[0]
    if len(words) > LONGEST or any(
        pattern.search(words) for pattern in (_ENDS_SENTENCE, _LEADERS, _ADDRESS)
    ):
        return False
    if sum(letter.isalpha() for letter in words) < FEWEST_LETTERS:
        return False
    if line.size >= LARGER * text_size:
        return not after or after[0].size < line.size or after[0].bold != line.bold
    stands_over = bool(after) and not after[0].bold
    return line.bold and not line.row and line.size >= text_size and stands_over


def _look(line: StyledLine) -> Look:
    """What titles of one level have in common, higher levels first."""
    found = _NUMBERED.fullmatch(line.text)
    depth = found["number"].count(".") + 1 if found else 1
    return -line.size, not line.bold, depth


def _styled(
    lines: Sequence[str], start: int, stop: int, levels: Mapping[str, int]
) -> Iterator[Heading]:
    """Titles of the page ``lines[start:stop]``. One that goes on over two lines is one; more lines
    of one look are a quotation or a list of names."""
    words = [" ".join(line.split()) for line in lines[start:stop]]
    for level, run in groupby(enumerate(words, start), lambda pair: levels.get(pair[1])):
        if level is None:
            continue
        titles: list[Heading] = []
        for at, text in run:
            if titles and _goes_on(titles[-1].text, text):
                whole = f"{titles[-1].text} {text}"
                titles[-1] = replace(titles[-1], text=whole, end=at + 1)
            else:
                titles.append(Heading(level, text, at, at + 1))
        if len(titles) <= TOGETHER:
            yield from (one for one in titles if one.end - one.line <= TOGETHER)


def _goes_on(title: str, line: str) -> bool:
    """Whether ``line`` is the rest of a title of the same look."""
    if _NUMBERED.fullmatch(line):
        return False
    return bool(len(title) >= WRAPPED or _CONTINUES.match(line) or _GOES_ON.search(title))


# by their numbers


def _candidates(lines: Sequence[str], tops: set[int]) -> Iterator[_Title]:
    """Numbered lines that could be titles; ``tops``: the first line of each page."""
    for at, line in enumerate(lines):
        if len(line) > LONGEST:  # no title, and slow to match
            continue
        found = _NUMBERED.fullmatch(line.strip())
        if found is None:
            continue
        number = tuple(int(part) for part in found["number"].split("."))
        text, end = line.strip(), at + 1
        if end < len(lines) and end not in tops and _CONTINUES.match(lines[end].strip()):
            whole = f"{text} {lines[end].strip()}"
            if _may_title(whole):
                yield _Title(number, found["mark"], whole, at, end + 1)
                continue
            if lines[end].strip()[0].islower():  # a sentence that goes on
                continue
        if _may_title(text):
            yield _Title(number, found["mark"], text, at, end)


def _may_title(text: str) -> bool:
    return (
        len(text) <= LONGEST and not _ENDS_SENTENCE.search(text) and not _OF_CONTENTS.search(text)
    )


def _runs(candidates: Iterator[_Title]) -> list[list[_Title]]:
    """Candidates whose numbers follow one another; a list inside a section has a run of its own."""
    open_runs: list[list[_Title]] = []
    for title in candidates:
        for run in reversed(open_runs[-RUNS:]):
            alike = next((one for one in run if len(one.number) == len(title.number)), title)
            if title.mark == alike.mark and _follows(title.number, run[-1].number):
                run.append(title)
                break
        else:
            if title.number[-1] == 1:
                open_runs.append([title])
    several = sorted((run for run in open_runs if len(run) >= FEWEST), key=len, reverse=True)
    return _apart(several[:MOST_RUNS])


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
        if not any(other[0].line < run[0].line and run[-1].line < other[-1].line for other in kept):
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
