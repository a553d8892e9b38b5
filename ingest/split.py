"""Passages: runs of a section's text, never across a page, a slide or a heading, never overlapping.

A section is read into atoms (list items, table rows, sentences, short paragraphs); where to cut
between atoms is the partition of least cost, which weighs fullness against the harm each cut
does, so that a section of 800 characters becomes two halves and not a page and a crumb.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from langchain_core.documents import Document
from langchain_text_splitters import TextSplitter

from copassist.language import guess_language
from copassist.passages import Locator, Passage, header_line
from copassist.plaintext import plain
from copassist.sentences import Block, blocks, sentences

PASSAGE_CHARACTERS: Final = 700
"""Longest passage. With reranking by token vectors, heading-aware passages of 700 characters gave
document recall@5 .84 and passage recall@5 .60 on 62 French questions (1,000 with overlap, dense
alone: .56 and .35); docs/experiments.md holds the table."""

HEADING_ALONE: Final = 60
"""A section of nothing but a heading this short is no passage: its words are in the heading path
of what follows. A longer one is a sentence that somebody styled as a heading."""

FOREIGN_WORDS: Final = 3
"""Function words by which a passage must lean to another language than its document's: a title
or a name quoted in English does not make a French passage English."""

ATOM_CHARACTERS: Final = 200
"""Paragraphs longer than this may be cut at their sentences."""


# What each cut costs, on a scale where a passage half empty costs a quarter and an empty one 1.
_AT_PARAGRAPH: Final = 0.0
_AT_ITEM: Final = 0.05
_AT_SENTENCE: Final = 0.25
_AT_NESTED_ITEM: Final = 0.3
_AFTER_COLON: Final = 0.6
_AT_SPACE: Final = 1.0
_AFTER_HEADING: Final = 2.0

_BLANK_LINE = re.compile(r"\n[ \t]*\n[ \t\n]*$")
_COLON = re.compile(r":[*_\s]*$")
_RULE = re.compile(r"\n[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)+(?:\n|$)")


@dataclass(frozen=True, slots=True)
class Atom:
    """``text[start:end]``, not to be cut; ``cost`` is that of a cut before it."""

    start: int
    end: int
    cost: float
    heading: bool = False


class PassageSplitter(TextSplitter):
    """langchain's splitter interface over :func:`cuts`: slices of the text, no overlap."""

    def __init__(self, chunk_size: int = PASSAGE_CHARACTERS, **kwargs: Any) -> None:
        super().__init__(chunk_size=chunk_size, chunk_overlap=0, **kwargs)

    def split_text(self, text: str) -> list[str]:
        """Slices of ``text`` in order, at most ``chunk_size`` characters each."""
        return [text[start:end] for start, end in cuts(text, self._chunk_size)]


def split_sections(
    sections: Iterable[Document],
    title: str,
    date: str | None = None,
    *,
    language: str = "fr",
    size: int = PASSAGE_CHARACTERS,
) -> Iterator[Passage]:
    """Passages of a document's sections, numbered from 0, their ``version`` left empty.

    ``text`` is a verbatim slice of its section; ``header`` holds title, session date, heading
    path, and the header row of a table that was cut. A document of lone headings keeps them.
    """
    number = 0
    alone: list[Document] = []
    for section in sections:
        if _lone_heading(section.page_content):
            alone.append(section)
            continue
        for passage in _of_section(section, title, date, language, size):
            yield replace(passage, number=number)
            number += 1
    for section in () if number else alone:
        for passage in _of_section(section, title, date, language, size):
            yield replace(passage, number=number)
            number += 1


def _of_section(
    section: Document, title: str, date: str | None, language: str, size: int
) -> Iterator[Passage]:
    text = section.page_content
    locator = Locator.from_dict(section.metadata.get("locator", {}))
    sheet = (locator.sheet,) if locator.sheet else ()
    header = header_line(title, locator.day or date, (*sheet, *locator.headings))
    table = section.metadata.get("unit") == "table"
    tables = list(_tables(text, table))
    for start, end in cuts(text, size):
        columns = next((words for first, last, words in tables if first < start < last), "")
        indexed = f"{header}\n{columns}" if columns else header
        guessed = guess_language(text[start:end], language, FOREIGN_WORDS)
        place = _narrowed(locator, text, start, end, headed=table)
        yield Passage("", 0, text[start:end], place, indexed, guessed)


def _narrowed(locator: Locator, text: str, start: int, end: int, *, headed: bool) -> Locator:
    """The sheet rows of ``text[start:end]``, where each line of the section is one row.

    ``headed``: a line more may be the header's; elsewhere it is a cell of two lines.
    """
    if locator.rows is None:
        return locator
    first, last = locator.rows
    headers = text.count("\n") + 1 - (last - first + 1)
    if headers not in ({0, 1} if headed else {0}):
        return locator
    above = first + text.count("\n", 0, start) - headers
    rows = max(above, first), above + text.count("\n", start, end)
    return replace(locator, rows=rows if rows[0] <= rows[1] else (first, first))


def cuts(text: str, size: int = PASSAGE_CHARACTERS) -> list[tuple[int, int]]:
    """Where to cut ``text``: ordered (start, end) that hold all of it but white space.

    No piece is longer than ``size``. A heading inside the text begins a piece.
    """
    found: list[tuple[int, int]] = []
    segment: list[Atom] = []
    for atom in atoms(text, size):
        if atom.heading and segment and not segment[-1].heading:
            found.extend(_best(text, segment, size))
            segment = []
        segment.append(atom)
    found.extend(_best(text, segment, size))
    return found


def atoms(text: str, size: int) -> list[Atom]:
    """The smallest pieces of ``text``, each at most ``size``, that a cut may stand between."""
    found: list[Atom] = []
    edges = list(blocks(text))
    base = 0
    for number, block in enumerate(edges):
        before = edges[number - 1] if number else None
        start = block.start if before else 0
        end = edges[number + 1].start if number + 1 < len(edges) else len(text)
        same_list = before is not None and before.role == "item"
        base = min(base, block.level) if same_list else block.level
        cost = _cost(text, before, block, base)
        for first, last, inner in _pieces(text, start, end, block, size):
            heading = block.role == "heading" and first == start
            found.append(Atom(first, last, cost if first == start else inner, heading))
    if not found:
        found = [Atom(start, stop, _AT_SPACE) for start, stop in _hard(text, 0, len(text), size)]
    return found


def _cost(text: str, before: Block | None, block: Block, base: int) -> float:
    """What a cut before ``block`` costs; ``base`` is the indentation of its list's outer items."""
    if before is not None and before.role == "heading":
        return _AFTER_HEADING
    if before is None or block.role == "heading":
        return _AT_PARAGRAPH
    gap = text[before.start : block.start]
    if block.role == "item" and block.level > base:
        return _AT_NESTED_ITEM
    if _COLON.search(gap):
        return _AFTER_COLON
    if block.role == before.role == "item" or not _BLANK_LINE.search(gap):
        return _AT_ITEM
    return _AT_PARAGRAPH


def _pieces(
    text: str, start: int, end: int, block: Block, size: int
) -> Iterator[tuple[int, int, float]]:
    """A block as pieces with the cost of a cut before each: whole, its sentences, or hard cuts."""
    starts = [start]
    if block.role in {"sentence", "item"} and end - start > ATOM_CHARACTERS:
        spans = sentences(text[block.start : block.end])
        starts += [block.start + span.start for span in spans[1:]]
    for first, last in zip(starts, [*starts[1:], end], strict=True):
        cost = _AT_SENTENCE
        for one, other in _hard(text, first, last, size):
            yield one, other, cost
            cost = _AT_SPACE


def _hard(text: str, start: int, end: int, size: int) -> Iterator[tuple[int, int]]:
    """``[start, end)`` in pieces of at most ``size``, at line ends, else spaces, else anywhere."""
    while len(text[start:end].strip()) > size:
        while text[start].isspace():
            start += 1
        room = text[start : start + size + 1]
        # a late line end is worth a somewhat shorter piece
        cut = room.rfind("\n", size // 2)
        cut = cut if cut > 0 else max(room.rfind(" ", 1), room.rfind("\n", 1), room.rfind("\t", 1))
        cut = cut if cut > 0 else size
        yield start, start + cut
        start += cut
    if text[start:end].strip():
        yield start, end


def _best(text: str, segment: Sequence[Atom], size: int) -> list[tuple[int, int]]:
    """The partition of atoms into pieces of at most ``size`` of least total cost."""
    total = [0.0] + [math.inf] * len(segment)
    previous = [0] * (len(segment) + 1)
    for last in range(1, len(segment) + 1):
        for first in range(last - 1, -1, -1):
            start, end = _trim(text, segment[first].start, segment[last - 1].end)
            if end - start > size and first < last - 1:
                break
            cut = segment[first].cost if first else 0.0
            cost = total[first] + cut + (1 - (end - start) / size) ** 2
            if cost < total[last]:
                total[last], previous[last] = cost, first
    found: list[tuple[int, int]] = []
    last = len(segment)
    while last:
        first = previous[last]
        start, end = _trim(text, segment[first].start, segment[last - 1].end)
        if start < end:
            found.append((start, end))
        last = first
    return found[::-1]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    return start + left, max(start + left, end - (len(piece) - len(piece.rstrip())))


def _tables(text: str, table: bool) -> Iterator[tuple[int, int, str]]:
    """Runs of rows as (start, end, words of the header row), where there is a header row."""
    run: list[Block] = []
    for block in [*blocks(text), None]:
        if block is not None and block.role == "row":
            run.append(block)
            continue
        if len(run) > 1 and (table or _RULE.match(text, run[0].end)):
            yield run[0].start, run[-1].end, plain(text[run[0].start : run[0].end])
        run = []


def _lone_heading(text: str) -> bool:
    found = list(blocks(text))
    return all(block.role == "heading" for block in found) and len(text.strip()) <= HEADING_ALONE
