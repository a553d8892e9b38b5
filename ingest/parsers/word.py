"""Word documents: text under its headings, tables in place, text boxes, notes, comments.

The XML is read directly (lxml, see package.py): tracked changes count as accepted, and a
document that Word can open with a part missing is read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from langchain_core.documents import Document

from copassist.errors import DamagedFileError
from ingest.parsers.base import SectionParser, source_of
from ingest.parsers.blocks import (
    FAKE_LEVEL,
    WIDEST,
    Block,
    may_be_heading,
    sections_of,
    span_of,
    trusted,
)
from ingest.parsers.package import Package, core_properties
from ingest.parsers.transcripts import transcript_sections, turns_of

if TYPE_CHECKING:
    from langchain_core.documents.base import Blob
    from lxml.etree import _Element

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT: Final = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_MATH_TEXT: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_DROPPED: Final = frozenset(
    {"del", "moveFrom", "rPr", "pPr", "instrText", "delText", "tblPr", "trPr", "sectPr"}
)
_HEADING_STYLE: Final = re.compile(r"(?:heading|titre|title|überschrift)\s*([1-9])$", re.IGNORECASE)
_STYLE_DEPTH: Final = 12


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says: its heading level (0: none), and how it is named."""

    name: str = ""
    level: int = 0
    listed: bool = False


@dataclass(slots=True)
class _Paragraph:
    """A paragraph being read: its text, and what hangs from it."""

    text: list[str] = field(default_factory=list)
    boxes: list[_Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


class DocxParser(SectionParser):
    """Sections under heading paths; a Teams transcript gives turns with times instead."""

    def sections(self, blob: Blob) -> Iterator[Document]:
        with blob.as_bytes_io() as file:
            package = Package(file, source_of(blob))
            reader = _Reader(package)
            blocks = reader.blocks()
            properties = core_properties(package)
            turns = turns_of([block.text for block in blocks if block.text])
            if turns:
                yield from transcript_sections(turns, properties)
                yield from sections_of(block for block in blocks if block.rows)
            else:
                yield from sections_of(blocks, properties)


def _local(element: _Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _value(element: _Element | None, name: str = "val") -> str | None:
    if element is None:
        return None
    found = element.get(_W + name) or element.get(_STRICT + name)
    return found if found is None or isinstance(found, str) else found.decode()


def _child(element: _Element | None, *names: str) -> _Element | None:
    for name in names:
        if element is None:
            return None
        element = next((child for child in element if _local(child) == name), None)
    return element


class _Reader:
    """Reads one package; keeps its styles and notes at hand."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.styles = _styles(package)
        self.footnotes = {
            kind: self._notes(f"word/{kind}s.xml", kind) for kind in ("footnote", "endnote")
        }

    def blocks(self) -> list[Block]:
        """The whole document: body, then headers and footers, then comments."""
        main = next(
            (n for n in ("word/document.xml", "word/document2.xml") if n in self.package.names),
            None,
        )
        if main is None:
            raise DamagedFileError(
                path=self.package.source, problem="part", detail="word/document.xml"
            )
        body = _child(self.package.required(main), "body")
        blocks = [] if body is None else list(self._body(body))
        blocks = trusted(blocks)
        blocks += self._margins()
        blocks += self._comments()
        return blocks

    def _body(self, parent: _Element) -> Iterator[Block]:
        for child in parent:
            match _local(child):
                case "p":
                    yield from self._paragraph(child)
                case "tbl":
                    yield from self._table(child)
                case "sdt":
                    content = _child(child, "sdtContent")
                    if content is not None:
                        yield from self._body(content)
                case "AlternateContent":
                    choice = _child(child, "Choice")
                    yield from self._body(choice if choice is not None else child)
                case "ins" | "moveTo" | "customXml" | "smartTag":
                    yield from self._body(child)
                case _:
                    continue

    def _paragraph(self, element: _Element) -> Iterator[Block]:
        read = _Paragraph()
        self._inline(element, read)
        text = "".join(read.text)
        properties = _child(element, "pPr")
        style = self.styles.get(_value(_child(properties, "pStyle")) or "", Style())
        if text.strip() and not style.name.startswith("toc "):
            outline = _value(_child(properties, "outlineLvl"))
            level = style.level
            if outline is not None and outline.isdigit() and int(outline) < 9:
                level = int(outline) + 1
            listed = style.listed or _child(properties, "numPr") is not None
            if not level and not listed and _all_bold(element, text):
                level = FAKE_LEVEL
            yield Block(text, level, "list" if listed and not level else "prose")
        for box in read.boxes:
            for block in self._body(box):
                yield Block(block.text, 0, block.unit, block.rows, "textbox")
        for kind, number in read.notes:
            note = self.footnotes[kind].get(number, "")
            if note.strip():
                yield Block(note, part="footnotes")

    def _inline(self, parent: _Element, read: _Paragraph) -> None:
        for child in parent:
            name = _local(child)
            if name == "t" or child.tag == _MATH_TEXT:
                read.text.append(child.text or "")
            elif name == "tab":
                read.text.append("\t")
            elif name in {"br", "cr"}:
                read.text.append("\n")
            elif name == "noBreakHyphen":
                read.text.append("-")
            elif name in {"footnoteReference", "endnoteReference"}:
                read.notes.append((name.removesuffix("Reference"), _value(child, "id") or ""))
            elif name == "txbxContent":
                read.boxes.append(child)
            elif name == "AlternateContent":
                choice = _child(child, "Choice")
                self._inline(choice if choice is not None else child, read)
            elif name == "r" and _child(child, "rPr", "vanish") is not None:
                continue
            elif name not in _DROPPED:
                self._inline(child, read)

    def _table(self, table: _Element) -> Iterator[Block]:
        rows: list[tuple[str, ...]] = []
        nested: list[Block] = []
        for row in _rows(table):
            cells = [""] * _skipped(row)
            for cell in _cells(row):
                merged = _child(cell, "tcPr", "vMerge")
                if merged is not None and _value(merged) != "restart":
                    cells += [""] * _columns(cell)
                    continue
                inner = list(self._body(cell))
                nested += [block for block in inner if block.rows]
                cells.append("\n".join(block.text for block in inner if block.text.strip()))
                cells += [""] * (_columns(cell) - 1)
            rows.append(tuple(cells))
        filled = [row for row in rows if any(cell.strip() for cell in row)]
        if filled and not any(any(cell.strip() for cell in row[1:]) for row in filled):
            for frame, *_ in filled:  # a frame drawn as a table
                yield Block(frame)
        elif filled:
            yield Block(rows=tuple(filled))
        yield from nested

    def _notes(self, part: str, kind: str) -> dict[str, str]:
        root = self.package.xml(part)
        notes: dict[str, str] = {}
        for note in root if root is not None else ():
            if _local(note) == kind and _value(note, "type") is None:
                notes[_value(note, "id") or ""] = self._text(note)
        return notes

    def _text(self, parent: _Element) -> str:
        lines: list[str] = []
        for paragraph in parent.iter(_W + "p", _STRICT + "p"):
            read = _Paragraph()
            self._inline(paragraph, read)
            lines.append("".join(read.text).strip())
        return "\n".join(line for line in lines if line)

    def _margins(self) -> Iterator[Block]:
        """Headers and footers, each wording once; page numbers alone are nothing."""
        seen: set[str] = set()
        for name in sorted(self.package.names):
            if re.fullmatch(r"word/(?:header|footer)\d*\.xml", name):
                root = self.package.xml(name)
                text = self._text(root) if root is not None else ""
                if any(c.isalpha() for c in text) and text not in seen:
                    seen.add(text)
                    yield Block(text, part="header")

    def _comments(self) -> Iterator[Block]:
        root = self.package.xml("word/comments.xml")
        for comment in root if root is not None else ():
            text = self._text(comment)
            if text:
                yield Block(text, part="comments")


def _rows(table: _Element) -> Iterator[_Element]:
    for child in table:
        match _local(child):
            case "tr":
                yield child
            case "ins" | "sdt" | "sdtContent" | "customXml":
                yield from _rows(child)
            case _:
                continue


def _cells(row: _Element) -> Iterator[_Element]:
    for child in row:
        match _local(child):
            case "tc":
                yield child
            case "sdt" | "sdtContent" | "customXml":
                yield from _cells(child)
            case _:
                continue


def _columns(cell: _Element) -> int:
    """How many columns of the table a cell is wide."""
    return min(span_of(_value(_child(cell, "tcPr", "gridSpan"))), WIDEST)


def _skipped(row: _Element) -> int:
    """How many columns a row leaves out before its first cell: its left edge was dragged in."""
    before = _child(row, "trPr", "gridBefore")
    return 0 if before is None else min(span_of(_value(before)), WIDEST)


def _all_bold(paragraph: _Element, text: str) -> bool:
    """Whether a short line is bold throughout: how people make headings without styles."""
    if not may_be_heading(text):
        return False
    runs = [r for r in paragraph if _local(r) == "r" and any(t.text for t in r.iter())]
    bold = [_child(run, "rPr", "b") for run in runs]
    return bool(runs) and all(b is not None and _value(b) not in {"0", "false"} for b in bold)


def _styles(package: Package) -> dict[str, Style]:
    """Style id -> what it says, inherited from the styles it is based on."""
    root = package.optional("word/styles.xml")
    raw = {
        _value(style, "styleId") or "": style
        for style in (root if root is not None else ())
        if _local(style) == "style"
    }

    def resolve(identifier: str | None, depth: int = 0) -> Style:
        element = raw.get(identifier or "")
        if element is None or depth > _STYLE_DEPTH:
            return Style()
        name = (_value(_child(element, "name")) or "").lower()
        base = resolve(_value(_child(element, "basedOn")), depth + 1)
        match = _HEADING_STYLE.match(name)
        outline = _value(_child(element, "pPr", "outlineLvl"))
        level = base.level
        if match:
            level = int(match[1])
        elif outline is not None and outline.isdigit():
            level = int(outline) + 1 if int(outline) < 9 else 0
        listed = (
            base.listed or name.startswith("list ") or _child(element, "pPr", "numPr") is not None
        )
        return Style(name, level, listed and not level)

    return {identifier: resolve(identifier) for identifier in raw}
