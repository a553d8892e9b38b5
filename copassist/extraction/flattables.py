"""Tables of actions that a PDF gave as wrapped lines, put back into rows.

Text taken out of a page holds the cells of a table one after another, a wrapped cell as several
lines, and no bars: « Compter les ciseaux pour la main / gauche / Nathalie Voyer 16 septembre ».
Under a header of ours (« Action Responsable État ») a row is what comes before somebody's name,
the name, and what follows it; a line that opens with a capital after that opens the next row.
A stretch without a name is no row: there the table has ended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from copassist.extraction.columns import flat_columns
from copassist.extraction.lines import Line
from copassist.extraction.people import PEOPLE, UNASSIGNED, People
from copassist.extraction.texts import fold, plain, straight

LONGEST_CELL: Final = 240
"""Characters of a cell of what is to be done: a longer stretch without a name is prose."""
_COLUMNS: Final = (("action", "owner", "status"), ("action", "owner", "due"))
_OWNER: Final = re.compile(rf"(?<![\w'])(?:(?P<nobody>(?i:{UNASSIGNED}))|{PEOPLE})")
_OPENS: Final = re.compile(r"[\W_]*[A-ZÀ-ÖØ-Þ]")
_SENTENCE_END: Final = re.compile(r"[.!?…] +\S")


@dataclass(frozen=True, slots=True)
class _Cells:
    """One row of ``body``: ``body[start:end]``, and its three cells on one line each."""

    start: int
    end: int
    cells: tuple[str, str, str]


def unflattened(lines: Sequence[Line], people: People) -> tuple[Line, ...]:
    """``lines`` with every flattened table of actions put back into its header and its rows."""
    found: list[Line] = []
    for line in lines:
        found.extend(_parts(line, people) if line.role == "sentence" else (line,))
    return tuple(found)


def _parts(line: Line, people: People) -> Iterator[Line]:
    header, _, body = line.text.partition("\n")
    columns = flat_columns(header)
    rows = tuple(_rows(body, people)) if columns in _COLUMNS else ()
    if not rows:
        yield line
        return
    yield _row(line, header, columns)
    for row in rows:
        yield _row(line, body[row.start : row.end].strip(), row.cells)
    if rest := body[rows[-1].end :].strip():
        yield replace(line, text=rest, words=plain(rest))


def _row(line: Line, text: str, cells: tuple[str, ...]) -> Line:
    return replace(line, role="row", text=text, words=plain(text), cells=cells)


def _rows(body: str, people: People) -> Iterator[_Cells]:
    flat = straight(body)
    start = 0
    while start < len(body) and (owner := _owner(body, flat, start, people)):
        end = _end_of_row(body, owner[1])
        cells = (body[start : owner[0]], body[slice(*owner)], body[owner[1] : end])
        yield _Cells(start, end, (_joined(cells[0]), _joined(cells[1]), _joined(cells[2])))
        start = end


def _joined(cell: str) -> str:
    return " ".join(cell.split())


def _owner(body: str, flat: str, start: int, people: People) -> tuple[int, int] | None:
    """Where the owner of the row that begins at ``start`` stands: its own cell, not a mention."""
    first_line = body.find("\n", start + 1)
    for match in _OWNER.finditer(flat, start, min(len(flat), start + LONGEST_CELL)):
        before = flat[start : match.start()].strip()
        if not before:
            continue
        if _SENTENCE_END.search(before) or before.endswith((".", "!", "?")):
            return None
        at_line_start = body[match.start() - 1] == "\n"
        if not at_line_start and 0 <= first_line < match.start():
            continue
        end = match.end() if match["nobody"] else _known(match, people)
        if end is not None:
            return match.start(), end
    return None


def _known(match: re.Match[str], people: People) -> int | None:
    """The end of the names that begin a match: « Samuel Ouellet Fait » is « Samuel Ouellet »."""
    end = None
    linked = True
    for name in re.finditer(r"[^ ,/&]+|[,/&]", match.group()):
        word = name.group()
        if word in _BETWEEN:
            linked = True
        elif fold(word).strip("'") in people.parts or (linked and people.knows(word)):
            end, linked = match.start() + name.end(), False
        else:
            break
    return end


_BETWEEN: Final = frozenset((",", "/", "&", "et", "and", "ou", "or"))


def _end_of_row(body: str, start: int) -> int:
    """Up to the line that opens the next row, or the prose after the table."""
    said = bool(body[start:].split("\n", 1)[0].strip())
    at = body.find("\n", start)
    while at >= 0:
        following = body[at + 1 :].split("\n", 1)[0]
        if said and _OPENS.match(following):
            return at
        said = said or bool(following.strip())
        at = body.find("\n", at + 1)
    return len(body)
