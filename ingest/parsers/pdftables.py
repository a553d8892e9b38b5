"""Tables of PDF pages, as rows.

Text taken out of a page holds the cells of a table one after another, a wrapped cell as several
lines, so that who is to do what by when is lost. pdfplumber finds tables by their drawn lines;
where the text of a page holds the very characters of a table, cell after cell, they are put into
rows. A table whose characters come in another order stays as it was read.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Final

from ingest.parsers.base import foreign
from ingest.parsers.blocks import row_text
from ingest.parsers.pdftext import LIGATURES, cleaned, unhyphenate

if TYPE_CHECKING:
    import pdfplumber

FEWEST_SHAPES: Final = 4
"""Drawn shapes on a page with a table: the frame of one cell."""
MOST_SHAPES: Final = 2_000
"""On a page with more, a plan is drawn; looking where its lines cross takes quadratic time."""
TABLE_SECONDS: Final = 10.0
"""Processor time that looking for tables may take for one file; pages take .05 to 1.2 s."""
LONGEST_CELL: Final = 1_000
"""Characters of a cell: longer ones are columns of a page that somebody framed."""

Cells = tuple[tuple[str, ...], ...]
"""A table, row by row; empty cells are empty."""


Span = tuple[int, int]
"""``text[start:end]``; of an empty cell, nothing."""


def tables_of(data: bytes, numbers: Sequence[int]) -> dict[int, tuple[Cells, ...]]:
    """The tables of the pages of these ``numbers`` (from 1), from top to bottom.

    What pdfplumber cannot read has none: pages are read without it.
    """
    if not numbers:
        return {}
    import pdfplumber

    deadline = time.process_time() + TABLE_SECONDS
    found: dict[int, tuple[Cells, ...]] = {}
    try:
        with pdfplumber.open(BytesIO(data), pages=list(numbers)) as document:
            for page in document.pages:
                if time.process_time() > deadline:
                    break
                found[page.page_number] = tuple(_tables_on(page))
    except foreign():
        return found
    return found


def _tables_on(page: pdfplumber.page.Page) -> Iterator[Cells]:
    for table in page.extract_tables():
        rows = tuple(tuple(cleaned(cell or "") for cell in row) for row in table)
        if _is_table(rows):
            yield rows


def _is_table(rows: Cells) -> bool:
    """Two rows and two columns at the least that hold something, and no cell that is a page."""
    wide = sum(sum(bool(cell.strip()) for cell in row) > 1 for row in rows)
    return wide > 1 and all(len(cell) <= LONGEST_CELL for row in rows for cell in row)


def with_rows(text: str, tables: Sequence[Cells]) -> str:
    """``text`` with the characters of each table that it holds put into rows, a line each."""
    for rows in tables:
        found = _spans(text, rows)
        if found is None:
            continue
        start, end = found[0][0][0], found[-1][-1][1]
        lines = (row_text([_cell(text[slice(*at)]) for at in row]) for row in found)
        table = "\n".join(line for line in lines if line)
        text = f"{text[:start].rstrip()}\n{table}\n{text[end:].lstrip()}".strip("\n")
    return text


def _cell(text: str) -> str:
    return " ".join(unhyphenate(text, Counter()).split())


def _spans(text: str, rows: Cells) -> list[list[Span]] | None:
    """Where the cells of each row stand, when their characters follow one another in ``text``."""
    places = [at for at, character in enumerate(text) if not character.isspace()]
    written = "".join(text[at] for at in places)
    wanted = [[_squeezed(cell) for cell in row] for row in rows]
    at = written.find("".join("".join(row) for row in wanted))
    if at < 0:
        return None
    found: list[list[Span]] = []
    for row in wanted:
        cells: list[Span] = []
        for cell in row:
            start = places[at] if at < len(places) else len(text)
            cells.append((start, places[at + len(cell) - 1] + 1 if cell else start))
            at += len(cell)
        found.append(cells)
    return found


def _squeezed(cell: str) -> str:
    return "".join(cell.translate(LIGATURES).split())
