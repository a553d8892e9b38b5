"""Tables of actions or decisions, row by row, carried over split passages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from copassist.extraction.columns import Column, cells_of, columns_of
from copassist.extraction.lines import Line
from copassist.extraction.texts import plain


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table of actions or decisions; cells without Markdown, ``quote`` verbatim."""

    line: Line
    cells: dict[Column, str]
    quote: str


def rows_of(lines: Sequence[Line]) -> Iterator[Row]:
    """The rows under each header of ours, up to the end of its section or another header."""
    columns: dict[int, Column] = {}
    headings: tuple[str, ...] = ()
    for line in lines:
        if line.role != "row":
            if line.role == "heading":
                columns = {}
            continue
        if line.headings != headings:
            columns, headings = {}, line.headings
        cells = line.cells or cells_of(line.text)
        if header := columns_of(cells):
            columns = header
        elif columns:
            read = {c: plain(cells[i]) for i, c in columns.items() if i < len(cells)}
            said = read.get("action") or read.get("decision")
            if said:
                yield Row(line, read, line.text)
