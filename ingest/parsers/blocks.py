"""From a stream of blocks (headings, paragraphs, table rows) to sections under heading paths.

Word, OpenDocument, RTF and HTML are read into blocks; only this file knows how they become
sections.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Final

from langchain_core.documents import Document

from copassist.extraction.sections import announces_one
from copassist.passages import Locator
from ingest.cleaning import clean
from ingest.parsers.base import TABLE_ROWS, section

SEPARATOR: Final = " | "
"""Between the cells of a row: each cell stays verbatim, and a row is one line."""
WIDEST: Final = 100
"""Columns of a table that one cell takes at most: files give any number."""
_SPAN: Final = re.compile(r"\s*0*([1-9][0-9]{0,4})")
_BLANK: Final = re.compile(r"(?<=\|)  (?=\|)")
HEADING_CHARACTERS: Final = 150
"""A longer "heading" is a paragraph that somebody styled as one."""


FAKE_HEADING: Final = 80
"""Most characters of a bold line that stands for a heading where no heading style is used."""
FAKE_LEVEL: Final = 99
"""Of such a heading: below all that styles make."""


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list item, heading (``level`` from 1) or table (``rows``)."""

    text: str = ""
    level: int = 0
    unit: str = "prose"
    rows: tuple[tuple[str, ...], ...] = ()
    part: str | None = None


@dataclass(slots=True)
class HeadingPath:
    """The open headings, outermost first, whatever levels a document skips."""

    levels: list[tuple[int, str]] = field(default_factory=list)

    def enter(self, level: int, text: str) -> None:
        """Open a heading, closing those at its level or deeper."""
        while self.levels and self.levels[-1][0] >= level:
            self.levels.pop()
        self.levels.append((level, text))

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(text for _, text in self.levels)


def may_be_heading(text: str) -> bool:
    """Whether a line in bold throughout stands for a heading, where no heading style is used."""
    words = text.strip()
    fits = 0 < len(words) <= FAKE_HEADING and "\n" not in words and words[-1] not in ".,;!?"
    return fits and not announces_one(words)


def trusted(blocks: Sequence[Block]) -> list[Block]:
    """``blocks``; where styles make headings, lines in bold are none; where nothing makes more than
    a title, lines that are numbered one after another are."""
    styled = any(0 < block.level < FAKE_LEVEL for block in blocks)
    kept = [
        replace(block, level=0) if styled and block.level == FAKE_LEVEL else block
        for block in blocks
    ]
    return kept if sum(block.level > 0 for block in kept) > 1 else _numbered(kept)


_TITLE: Final = re.compile(r"(?P<number>\d{1,2}) ?[.)] +[^\W\d_a-zà-ÿ]")
FEWEST_TITLES: Final = 3
"""Numbered lines, each with text of its own under it, that title a record's points; proposed."""


def _numbered(blocks: Sequence[Block]) -> list[Block]:
    """``blocks`` with « 1. Suivis », « 2. Transport »… as headings, each of which has a body."""
    found: list[int] = []
    for at, block in enumerate(blocks):
        match = _TITLE.match(block.text.strip()) if block.unit == "prose" else None
        if match and may_be_heading(block.text) and int(match["number"]) == len(found) + 1:
            found.append(at)
    followed = all(after - at > 1 for at, after in pairwise([*found, len(blocks)]))
    if len(found) < FEWEST_TITLES or not followed:
        return list(blocks)
    titles = frozenset(found)
    return [
        replace(block, level=FAKE_LEVEL + 1) if at in titles else block
        for at, block in enumerate(blocks)
    ]


def one_line(text: str) -> str:
    """``text`` with runs of white space folded, for headings and cells."""
    return " ".join(clean(text).split())


def table_sections(rows: Sequence[Sequence[str]], locator: Locator) -> Iterator[Document]:
    """A table as sections of at most :data:`TABLE_ROWS` rows, its header repeated in each.

    A row is one line, its cells verbatim between separators; a row with a cell of several
    paragraphs (minutes kept in a table) keeps each paragraph on its own line.
    """
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return
    if not any(cell.strip() for row in filled for cell in row[1:]):
        yield section("\n".join(row[0].strip() for row in filled), locator)
        return
    first = row_text(filled[0])
    body = filled[1:] if len(filled) > 1 else filled
    repeat = body is not filled
    for start in range(0, len(body), TABLE_ROWS):
        lines = [row_text(row) for row in body[start : start + TABLE_ROWS]]
        yield section("\n".join([first, *lines] if repeat else lines), locator, "table")


def row_text(row: Sequence[str]) -> str:
    """One row of a table as text."""
    cells = [clean(cell).strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    if any("\n" in cell for cell in cells):
        return "\n".join(cell for cell in cells if cell) + "\n"
    return _BLANK.sub(" ", SEPARATOR.join(cells)).lstrip()


def span_of(written: str | None) -> int:
    """How many columns or rows a cell takes, by what a file says of it; else one."""
    found = _SPAN.match(written or "")
    return int(found[1]) if found else 1


def sections_of(
    blocks: Iterable[Block],
    properties: Mapping[str, Any] | None = None,
    base: Locator | None = None,
) -> Iterator[Document]:
    """Sections of ``blocks``: one for the text under each heading, one or more for each table.

    A heading's own words stand at the top of its section. A heading with nothing before a
    deeper one gives no section: its words are in the path of those below it.
    """
    base = base or Locator()
    path = HeadingPath()
    held: list[Block] = []
    open_heading: Block | None = None
    first = dict(properties or {})

    def out(document: Document) -> Document:
        if first:
            document.metadata["properties"] = dict(first)
            first.clear()
        return document

    def place(part: str | None) -> Locator:
        return replace(base, headings=base.headings + path.path, part=part or base.part)

    def flush() -> Iterator[Document]:
        nonlocal open_heading
        paragraphs = ([open_heading] if open_heading else []) + held
        if paragraphs:
            units = {block.unit for block in held} or {"prose"}
            unit = units.pop() if len(units) == 1 else "prose"
            yield out(section(join(paragraphs), place(paragraphs[-1].part), unit))
        open_heading = None
        held.clear()

    for block in blocks:
        text = one_line(block.text) if block.level else block.text
        if block.level and len(text) <= HEADING_CHARACTERS:
            if not text:
                continue
            deeper = bool(path.levels) and block.level > path.levels[-1][0]
            if held or not deeper:
                yield from flush()
            open_heading = Block(text, block.level)
            path.enter(block.level, text)
        elif block.rows:
            if held:
                yield from flush()
            open_heading = None  # its words are in the path; a table begins with its header
            for document in table_sections(block.rows, place(block.part)):
                yield out(document)
        elif block.text.strip():
            if held and held[-1].part != block.part:
                yield from flush()
            if open_heading and open_heading.part != block.part and not held:
                yield from flush()
            held.append(replace(block, text=clean(block.text).strip(), level=0))
    yield from flush()


def join(blocks: Sequence[Block]) -> str:
    """Blocks as text: items of a list on following lines, paragraphs apart."""
    parts: list[str] = []
    for before, block in zip([None, *blocks], blocks, strict=False):
        if before is not None:
            together = before.unit == block.unit == "list" or bool(before.level)
            parts.append("\n" if together else "\n\n")
        parts.append(block.text)
    return "".join(parts)
