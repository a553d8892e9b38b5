"""OpenDocument texts, slides and sheets.

The XML is read directly (lxml, see package.py): odfpy, the library there is, builds a tree of
Python objects that takes a gigabyte for a large sheet, and has had no release since 2020.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from langchain_core.documents import Document
from lxml import etree

from copassist.errors import ProtectedFileError
from copassist.passages import Locator
from ingest.parsers.base import SectionParser, source_of
from ingest.parsers.blocks import FAKE_LEVEL, Block, may_be_heading, sections_of, trusted
from ingest.parsers.package import Package
from ingest.parsers.sheets import comment_sections, sheet_sections

if TYPE_CHECKING:
    from langchain_core.documents.base import Blob
    from lxml.etree import _Element

_NS: Final = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT: Final = "{" + _NS + "text:1.0}"
_TABLE: Final = "{" + _NS + "table:1.0}"
_DRAW: Final = "{" + _NS + "drawing:1.0}"
_PRESENTATION: Final = "{" + _NS + "presentation:1.0}"
_OFFICE: Final = "{" + _NS + "office:1.0}"
_STYLE: Final = "{" + _NS + "style:1.0}"
_FORMAT: Final = "{" + _NS + "xsl-fo-compatible:1.0}"
_DRAWN: Final = frozenset({_DRAW + "frame", _DRAW + "custom-shape", _DRAW + "g"})
_HANGING: Final = _DRAWN | {_TEXT + "note", _OFFICE + "annotation"}
"""What stands at a place in a paragraph and is none of its words."""
_STRONG: Final = "Strong_20_Emphasis"
"""LibreOffice's own style for what is in bold."""
_BOLD: Final = frozenset({"bold", "600", "700", "800", "900"})
_REPEATS: Final = 1_000
"""Repeated cells or rows written out at most: sheets end in a million blank ones."""
_BLANKS: Final = 50
"""The same of blank cells beside each other."""
_SKIPPED: Final = frozenset(
    {
        _TEXT + "tracked-changes",
        _TEXT + "note-citation",
        _TEXT + "table-of-content",
        _TEXT + "bookmark-ref",
        _OFFICE + "forms",
        _DRAW + "object",
    }
)


class OdtParser(SectionParser):
    """Sections under heading paths, notes and comments as parts."""

    def sections(self, blob: Blob) -> Iterator[Document]:
        with blob.as_bytes_io() as file:
            package = open_package(file, source_of(blob))
            content = package.required("content.xml")
            blocks = _blocks(_body(content, "text"), bold=_bold_styles(content))
            yield from sections_of(trusted(list(blocks)), properties_of(package))


class OdpParser(SectionParser):
    """One section a slide, and one for its notes."""

    def sections(self, blob: Blob) -> Iterator[Document]:
        with blob.as_bytes_io() as file:
            package = open_package(file, source_of(blob))
            properties = properties_of(package)
            body = _body(package.required("content.xml"), "presentation")
            for number, page in enumerate(body.iter(_DRAW + "page"), 1):
                for document in sections_of(_slide(page), properties, Locator(slide=number)):
                    properties = {}
                    yield document


class OdsParser(SectionParser):
    """Sheets, as the other spreadsheets."""

    def sections(self, blob: Blob) -> Iterator[Document]:
        with blob.as_bytes_io() as file:
            package = open_package(file, source_of(blob))
            body = _body(package.required("content.xml"), "spreadsheet")
            for table in body.iter(_TABLE + "table"):
                name = str(table.get(_TABLE + "name") or "")
                yield from sheet_sections(name, _rows(table))
                yield from comment_sections(name, _comments(table))


def open_package(file: Any, source: str) -> Package:
    """The package; raises :class:`ProtectedFileError` where its manifest says encrypted."""
    package = Package(file, source)
    manifest = package.xml("META-INF/manifest.xml")
    if manifest is not None and any(True for _ in manifest.iter("{*}encryption-data")):
        raise ProtectedFileError(path=source)
    return package


def properties_of(package: Package) -> dict[str, Any]:
    """Title, language and file dates of ``meta.xml``."""
    names = {
        "title": "title",
        "language": "language",
        "creation-date": "created",
        "date": "modified",
    }
    root = package.optional("meta.xml")
    found: dict[str, Any] = {}
    for element in root.iter() if root is not None else ():
        if isinstance(element.tag, str):
            name = names.get(etree.QName(element).localname)
            if name and element.text and element.text.strip():
                found.setdefault(name, element.text.strip())
    return found


def _body(content: _Element, kind: str) -> _Element:
    body = content.find(f".//{_OFFICE}body/{_OFFICE}{kind}")
    return content if body is None else body


def _bold_styles(content: _Element) -> dict[str, bool]:
    """The styles that the text itself brings along and that say how heavy it is: whether bold."""
    found = {_STRONG: True}
    for style in content.iter(_STYLE + "style"):
        for written in style.iter(_STYLE + "text-properties"):
            weight = written.get(_FORMAT + "font-weight")
            if weight:
                found[str(style.get(_STYLE + "name"))] = str(weight) in _BOLD
    return found


def _all_bold(element: _Element, bold: Mapping[str, bool], inherited: bool = False) -> bool:
    """Whether all words of ``element`` are in bold; what hangs from it is none of them."""
    own = bold.get(str(element.get(_TEXT + "style-name")), inherited)
    said = [element.text, *(child.tail for child in element)]
    if not own and any((words or "").strip() for words in said):
        return False
    return all(_all_bold(child, bold, own) for child in element if child.tag not in _HANGING)


def _blocks(
    parent: _Element,
    unit: str = "prose",
    part: str | None = None,
    bold: Mapping[str, bool] | None = None,
) -> Iterator[Block]:
    """``bold``: styles by which a line of prose stands for a heading."""
    for child in parent:
        tag = child.tag
        if not isinstance(tag, str) or tag in _SKIPPED:
            continue
        if tag in {_TEXT + "p", _TEXT + "h"}:
            level = int(child.get(_TEXT + "outline-level") or 1) if tag == _TEXT + "h" else 0
            words, hanging = _inline(child)
            prose = unit == "prose" and part is None and not level
            if bold and prose and may_be_heading(words) and _all_bold(child, bold):
                level = FAKE_LEVEL
            yield Block(words, level, unit, part=part)
            for other, name in hanging:
                yield from _blocks(other, part=name)
        elif tag == _TEXT + "list":
            yield from _blocks(child, "list", part, bold)
        elif tag == _OFFICE + "annotation":
            yield from _blocks(child, unit, "comments")
        elif tag == _TABLE + "table":
            yield Block(rows=tuple(tuple(row) for row in _rows(child)), part=part)
            for _, words in _comments(child):
                yield Block(words, part="comments")
        else:
            yield from _blocks(child, unit, part, bold)


def _inline(element: _Element) -> tuple[str, list[tuple[_Element, str | None]]]:
    """The running text of a paragraph, and what hangs from it: notes, comments, text boxes."""
    text: list[str] = [element.text or ""]
    hanging: list[tuple[_Element, str | None]] = []
    for child in element:
        tag = child.tag
        if tag == _TEXT + "s":
            text.append(" " * min(int(child.get(_TEXT + "c") or 1), 100))
        elif tag == _TEXT + "tab":
            text.append("\t")
        elif tag == _TEXT + "line-break":
            text.append("\n")
        elif tag == _TEXT + "note":
            hanging.append((child, "footnotes"))
        elif tag == _OFFICE + "annotation":
            hanging.append((child, "comments"))
        elif tag in _DRAWN:
            hanging.append((child, "textbox"))
        elif isinstance(tag, str) and tag not in _SKIPPED:
            words, more = _inline(child)
            text.append(words)
            hanging += more
        text.append(child.tail or "")
    return "".join(text), hanging


def _slide(page: _Element) -> Iterator[Block]:
    notes: list[_Element] = []
    for child in page:
        if child.tag == _PRESENTATION + "notes":
            notes.append(child)
        elif child.get(_PRESENTATION + "class") == "title":
            yield Block(" ".join(block.text for block in _blocks(child)), 1)
        else:
            yield from _blocks(child)
    for note in notes:
        for block in _blocks(note):
            yield Block(block.text, 0, block.unit, block.rows, "notes")


def _rows(table: _Element) -> Iterator[list[str]]:
    for row in table.iter(_TABLE + "table-row"):
        cells: list[str] = []
        for cell in row:
            if cell.tag in {_TABLE + "table-cell", _TABLE + "covered-table-cell"}:
                value = "\n".join(b.text for b in _blocks(cell) if b.text and b.part != "comments")
                count = int(cell.get(_TABLE + "number-columns-repeated") or 1)
                cells += [value] * min(count, _REPEATS if value else _BLANKS)
        while cells and not cells[-1]:
            cells.pop()
        count = int(row.get(_TABLE + "number-rows-repeated") or 1)
        for _ in range(min(count, _REPEATS)):
            yield cells


def _comments(table: _Element) -> Iterator[tuple[int, str]]:
    """Comments on the cells of a sheet, each with the number of its row."""
    number = 1
    for row in table.iter(_TABLE + "table-row"):
        for note in row.iter(_OFFICE + "annotation"):
            if next(note.iterancestors(_TABLE + "table-row")) is not row:
                continue  # of a table in a cell, whose rows come too
            yield number, "\n".join(block.text for block in _blocks(note) if block.text)
        number += min(int(row.get(_TABLE + "number-rows-repeated") or 1), _REPEATS)
