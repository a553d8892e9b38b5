"""The register as a table to take away: CSV and XLSX, a row a line, each with its source."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import BytesIO, StringIO
from typing import Final

from copassist.agendas.history import readable, written_news
from copassist.corrections import line_id
from copassist.passages import Document, place
from copassist.records import Action, Decision, Register, Session, Source, Topic
from copassist.words import words

Line = Action | Decision | Session | Topic
Table = list[list[str]]

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "actions": ("date", "text", "owner", "due", "due_date", "status", "news", "item"),
    "decisions": ("date", "text", "status", "item"),
    "topics": ("date", "title", "deferred"),
    "sessions": ("date", "title", "attendance", "facilitation", "note_taking"),
}
SOURCE: Final = ("document", "place", "quote", "id")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV injection)."""
WIDTHS: Final[Mapping[str, int]] = {
    "text": 60,
    "title": 50,
    "quote": 60,
    "news": 60,
    "document": 40,
}
"""Columns that hold sentences, in characters; the others take :data:`WIDTH`."""
WIDTH: Final = 18


def register_table(
    register: Register, view: str, documents: Mapping[str, Document], language: str
) -> Table:
    """Headers, then a row a line, as written in the records; ``view`` is a key of
    :data:`COLUMNS`."""
    say = words(language)
    names = (*COLUMNS[view], *SOURCE)
    lines: Sequence[Line] = getattr(register, view)
    head = [say(f"registerfile.{name}") for name in names]
    return [head, *([_cell(line, name, documents, language) for name in names] for line in lines)]


def _cell(  # noqa: PLR0911  # a way out for each kind of cell
    line: Line, name: str, documents: Mapping[str, Document], language: str
) -> str:
    if name in SOURCE:
        return _source(line, name, documents, language)
    say = words(language)
    if name == "date":
        return (line.date if isinstance(line, Session) else line.session_date) or ""
    if name == "status" and isinstance(line, Decision):
        return say(f"ui.register.decision_{line.status}{'_proposed' if line.proposed else ''}")
    if name == "status" and isinstance(line, Action):
        return say(f"ui.register.status_{line.status}")
    if name == "news" and isinstance(line, Action):
        return written_news(line, language)
    if name == "deferred" and isinstance(line, Topic):
        return say("ui.register.deferred") if line.deferred else ""
    if name == "owner" and isinstance(line, Action) and line.owner and not line.owner_certain:
        return say("agenda.unsure_owner", owner=line.owner)
    value = getattr(line, name)
    return "" if value is None else " ".join(readable(str(value)).split())


def _source(line: Line, name: str, documents: Mapping[str, Document], language: str) -> str:
    source: Source | None = line.source
    document = documents.get(source.document) if source else None
    if name == "id":
        return line_id(line) if isinstance(line, Action | Decision) else ""
    if source is None or document is None:
        return ""
    if name == "document":
        return document.path
    return place(source.locator, document, language) if name == "place" else source.quote


def register_csv(table: Table) -> bytes:
    """The table as CSV, in UTF-8 with the mark that spreadsheets look for."""
    out = StringIO()
    csv.writer(out).writerows([[harmless(cell) for cell in row] for row in table])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def harmless(cell: str) -> str:
    """A cell of CSV that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def register_xlsx(table: Table, title: str) -> bytes:
    """The table as a workbook of one sheet, its head in place and its rows to be filtered."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # a new workbook has one sheet
    sheet.title = title[:31]
    for number, row in enumerate(table, 1):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(number, column)
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
    wide = {
        words(one)(f"registerfile.{name}"): w for one in ("fr", "en") for name, w in WIDTHS.items()
    }
    for column, head in enumerate(table[0], 1):
        sheet.column_dimensions[get_column_letter(column)].width = wide.get(head, WIDTH)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    out = BytesIO()
    book.save(out)
    return out.getvalue()
