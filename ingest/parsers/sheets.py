"""Sheets: rows under their header, which is repeated in every section.

openpyxl in read-only mode streams rows of any number; xlrd is the only reader of the old binary
format; csv is Python's own.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from posixpath import join, normpath
from typing import TYPE_CHECKING, Any, Final

from langchain_core.documents import Document

from copassist.errors import ProtectedFileError
from copassist.passages import Locator
from ingest.cleaning import clean, decode
from ingest.parsers.base import TABLE_ROWS, SectionParser, section, source_of
from ingest.parsers.blocks import row_text
from ingest.parsers.package import Package, core_properties

if TYPE_CHECKING:
    from langchain_core.documents.base import Blob

DELIMITERS: Final = ",;\t|"
_SAID_DELIMITER: Final = re.compile(r"sep=([,;\t|])\n", re.IGNORECASE)
"""A first line that Excel takes for a note to itself, and shows to nobody."""
HEADER_CHARACTERS: Final = 80
"""Longest cell of a header row; longer ones are content."""
BLOCK_ROWS: Final = 2_000
"""A run of rows without a blank one is looked at in pieces of this many."""
BOARD_ROWS: Final = 3
"""Fewest rows under the titles of a board of notes."""
CSV_FIELD: Final = 1_000_000
"""Longest cell accepted; Python's own limit, 131,072, refuses pasted pages."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row with something in it; ``number`` counts from 1 as the sheet shows it."""

    number: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> list[int]:
        return [at for at, cell in enumerate(self.cells) if cell]


class XlsxParser(SectionParser):
    """Values as last computed and saved, sheet by sheet."""

    def sections(self, blob: Blob) -> Iterator[Document]:
        from openpyxl import load_workbook

        with blob.as_bytes_io() as file:
            package = Package(file, source_of(blob))
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            properties = core_properties(package)
            worksheets: list[Any] = book.worksheets
            for sheet in worksheets:
                sheet.reset_dimensions()  # some programs write a wrong size, and rows get lost
                for document in sheet_sections(sheet.title, sheet.iter_rows(values_only=True)):
                    if properties:
                        document.metadata["properties"], properties = properties, {}
                    yield document
                yield from comment_sections(sheet.title, _comments(package, sheet._worksheet_path))


def _comments(package: Package, path: str) -> Iterator[tuple[int, str]]:
    """Comments of the sheet in part ``path``, each with its row.

    Of threads Excel keeps a copy among the plain comments, for older readers.
    """
    folder, _, name = path.rpartition("/")
    relations = package.optional(f"{folder}/_rels/{name}.rels")
    parts = {
        str(one.get("Type")).rpartition("/")[2]: join(folder, str(one.get("Target"))).lstrip("/")
        for one in (relations if relations is not None else ())
    }
    threads = list(_commented(package, parts.get("threadedComment", ""), "threadedComment", "text"))
    threaded = {cell for cell, _ in threads}
    plain = _commented(package, parts.get("comments", ""), "comment", "t")
    for cell, text in (*(one for one in plain if one[0] not in threaded), *threads):
        row = _ROW.search(cell)
        yield int(row[0]) if row else 1, text


_ROW: Final = re.compile(r"[0-9]{1,7}")


def _commented(package: Package, part: str, tag: str, words: str) -> Iterator[tuple[str, str]]:
    """Comments of one part, each with its cell."""
    root = package.optional(normpath(part))
    for comment in root.iter(f"{{*}}{tag}") if root is not None else ():
        text = "".join(text.text or "" for text in comment.iter(f"{{*}}{words}"))
        yield str(comment.get("ref")), text


class XlsParser(SectionParser):
    """The binary workbooks of Excel 97 to 2003."""

    def sections(self, blob: Blob) -> Iterator[Document]:
        import xlrd

        try:
            book = xlrd.open_workbook(
                file_contents=blob.as_bytes(), logfile=StringIO(), on_demand=True, ragged_rows=True
            )
        except xlrd.XLRDError as error:
            if "encrypted" in str(error):
                raise ProtectedFileError(path=source_of(blob)) from error
            raise
        for sheet in book.sheets():
            rows = (
                [_xls_value(cell, book.datemode) for cell in sheet.row(number)]
                for number in range(sheet.nrows)
            )
            yield from sheet_sections(sheet.name, rows)


def _xls_value(cell: Any, datemode: int) -> Any:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE:
        return xlrd.xldate_as_datetime(cell.value, datemode)
    if cell.ctype in {xlrd.XL_CELL_ERROR, xlrd.XL_CELL_EMPTY}:
        return None
    return bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else cell.value


class CsvParser(SectionParser):
    """Comma, semicolon, tab or bar, whichever gives the most regular rows."""

    def sections(self, blob: Blob) -> Iterator[Document]:
        text = clean(decode(blob.as_bytes()))
        csv.field_size_limit(CSV_FIELD)
        said = _SAID_DELIMITER.match(text)
        text = text[said.end() :] if said else text
        delimiter = said[1] if said else delimiter_of(text)
        yield from sheet_sections(None, csv.reader(StringIO(text), delimiter=delimiter))


def delimiter_of(text: str) -> str:
    """The delimiter of :data:`DELIMITERS` that cuts most of the first rows alike, and widest."""
    sample = "\n".join(text.split("\n")[:50])

    def regular(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader(StringIO(sample), delimiter=delimiter) if row]
        common = max(set(widths), key=widths.count, default=1)
        return (widths.count(common) / len(widths), common) if common > 1 else (0.0, 1)

    return max(DELIMITERS, key=regular)


def cell_text(value: object) -> str:
    """A cell as a person reads it: dates in ISO 8601, whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        day = value.time() == datetime.time()
        return value.date().isoformat() if day else value.isoformat(" ", "minutes")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    return clean(str(value)).strip()


def sheet_sections(sheet: str | None, rows: Iterable[Sequence[object]]) -> Iterator[Document]:
    """Sections of one sheet: tables between blank rows, each with its header; boards by column.

    A line with a single cell above a table is its title, and goes to the heading path.
    """
    header: Row | None = None
    title: str | None = None
    last = -1
    for run in _blocks(rows):
        goes_on, last = run[0].number == last + 1, run[-1].number
        titles = [] if goes_on else _titles(run)
        block = run[len(titles) :]
        title = " ".join(row.cells[row.filled[0]] for row in titles) or title
        place = Locator(sheet=sheet, headings=(title,) if title else ())
        if not block:
            continue
        if max(len(row.filled) for row in block) == 1 and not (goes_on and header):
            yield from _lines(block, place)
            continue
        if not goes_on and (header is None or _begins_table(block, header)):
            header = block[0] if _may_be_header(block[0]) and len(block) > 1 else None
        if header is block[0] and _is_board(block):
            yield from _board(block, place)
        else:
            yield from _table(block, header, place)


def comment_sections(sheet: str | None, comments: Iterable[tuple[int, str]]) -> Iterator[Document]:
    """A section for each comment on a cell: the row it stands at, and its words."""
    for row, text in comments:
        yield section(text, Locator(sheet=sheet, rows=(row, row), part="comments"))


def _blocks(rows: Iterable[Sequence[object]]) -> Iterator[list[Row]]:
    held: list[Row] = []
    for number, values in enumerate(rows, start=1):
        cells = tuple(cell_text(value) for value in values)
        if any(cells):
            held.append(Row(number, cells))
        if held and (not any(cells) or len(held) >= BLOCK_ROWS):
            yield held
            held = []
    if held:
        yield held


def _titles(block: Sequence[Row]) -> list[Row]:
    """Leading rows of one short cell, where wider rows follow."""
    titles: list[Row] = []
    for row in block:
        if len(row.filled) != 1 or len(row.cells[row.filled[0]]) > HEADER_CHARACTERS:
            break
        titles.append(row)
    return titles if len(titles) < len(block) else []


def _may_be_header(row: Row) -> bool:
    cells = [row.cells[at] for at in row.filled]
    return (
        len(cells) > 1
        and len(set(cells)) == len(cells)
        and all(len(cell) <= HEADER_CHARACTERS for cell in cells)
        and not any(_is_number(cell) for cell in cells)
    )


def _is_number(cell: str) -> bool:
    return not any(c.isalpha() for c in cell)


def _begins_table(block: Sequence[Row], header: Row) -> bool:
    """Whether the rows after a blank one are another table rather than more of the same.

    A row that is blank where the header begins goes on with what the rows above are about.
    """
    first = block[0]
    within = first.filled[0] > header.filled[0] and set(first.filled) <= set(header.filled)
    if (within or first.filled == header.filled) and not (
        len(block) > 1
        and any(_is_number(block[1].cells[at]) for at in block[1].filled if at < len(first.cells))
        and _may_be_header(first)
    ):
        return False
    return _may_be_header(first)


def _is_board(block: Sequence[Row]) -> bool:
    """Notes under the titles of columns: each column is filled from the top, to its own length."""
    titles, body = block[0], block[1:]
    if len(body) < BOARD_ROWS:
        return False
    lengths: list[int] = []
    for at in titles.filled:
        column = [bool(at < len(row.cells) and row.cells[at]) for row in body]
        length = sum(column)
        if not all(column[:length]):
            return False
        lengths.append(length)
    return len(set(lengths)) > 1 and lengths[0] < len(body)


def _board(block: Sequence[Row], place: Locator) -> Iterator[Document]:
    titles, body = block[0], block[1:]
    for at in titles.filled:
        notes = [
            (row.number, row.cells[at]) for row in body if at < len(row.cells) and row.cells[at]
        ]
        if notes:
            where = Locator(
                sheet=place.sheet,
                rows=(notes[0][0], notes[-1][0]),
                headings=(*place.headings, titles.cells[at]),
            )
            yield section("\n".join(note for _, note in notes), where, "list")


def _lines(block: Sequence[Row], place: Locator) -> Iterator[Document]:
    for start in range(0, len(block), TABLE_ROWS):
        rows = block[start : start + TABLE_ROWS]
        yield section("\n".join(row.cells[row.filled[0]] for row in rows), _at(place, rows))


def _table(block: Sequence[Row], header: Row | None, place: Locator) -> Iterator[Document]:
    """Rows under their header, without the columns that are blank to the left of all of them."""
    body = block[1:] if header is block[0] else block
    left = min(row.filled[0] for row in (*block, *([header] if header else [])))
    for start in range(0, len(body), TABLE_ROWS):
        rows = body[start : start + TABLE_ROWS]
        lines = [row_text(header.cells[left:])] if header else []
        lines += [row_text(row.cells[left:]) for row in rows]
        yield section("\n".join(lines), _at(place, rows), "table")


def _at(place: Locator, rows: Sequence[Row]) -> Locator:
    return Locator(
        sheet=place.sheet, rows=(rows[0].number, rows[-1].number), headings=place.headings
    )
