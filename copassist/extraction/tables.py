"""Tables of actions, decisions or whole minutes, row by row, carried over split passages."""

# ruff: noqa: E501 - patterns are read whole, one wording after another

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from copassist.extraction.columns import Column, cells_of, columns_of
from copassist.extraction.lines import Line
from copassist.extraction.sections import kind_of
from copassist.extraction.texts import plain, says_nothing, title_of

_NOTHING: Final = re.compile(
    r"(?:aucune?|rien|n/?a|sans objet|à (?:suivre|venir|discuter|revoir|préciser)"
    r"|reportée?s?|remise?s?|en cours|pas de (?:décision|suite)|on (?:en )?reparle|none|nothing|no (?:decision|change)|in progress"
    r"|fine as is|trial until|bring back|tbd|postponed|deferred)\b",
    re.IGNORECASE,
)
"""How a cell of the column of decisions begins that says there is none, or not yet."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table of actions or decisions; cells without Markdown, ``quote`` verbatim."""

    line: Line
    cells: dict[Column, str]
    quote: str

    @property
    def item(self) -> str | None:
        """The point that a row of minutes kept in a table is about, else what it stands under."""
        return title_of(self.cells.get("item", "")) or self.line.item

    @property
    def decision(self) -> str:
        """What was settled; empty where nothing was, or the row announces the next session."""
        said = self.cells.get("decision", "")
        if kind_of(self.cells.get("item", "")) == "next" or not re.search(r"\w{2}", said):
            return ""
        return "" if _NOTHING.match(said) else said


def rows_of(lines: Sequence[Line]) -> Iterator[Row]:
    """The rows under each header of ours, up to the end of its section or another header."""
    columns: dict[int, Column] = {}
    place: tuple[str | None, tuple[str, ...]] = (None, ())
    for line in lines:
        if line.role != "row":
            if line.role == "heading":
                columns = {}
            continue
        if (line.passage.locator.sheet, line.headings) != place:
            columns, place = {}, (line.passage.locator.sheet, line.headings)
        cells = line.cells or cells_of(line.text)
        if header := columns_of(cells):
            columns = header
        elif columns:
            read = {c: plain(cells[i]) for i, c in columns.items() if i < len(cells)}
            read = {column: "" if says_nothing(cell) else cell for column, cell in read.items()}
            if any(read.get(column) for column in ("action", "decision", "item")):
                yield Row(line, read, line.text)
