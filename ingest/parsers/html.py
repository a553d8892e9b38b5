"""HTML pages and EPUB books, read into blocks; scripts, styles and pictures left out.

lxml: libxml2's HTML parser is lenient as browsers are, and fetches nothing.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from langchain_core.documents import Document
from lxml import etree

from ingest.cleaning import clean, decode
from ingest.parsers.base import SectionParser, source_of
from ingest.parsers.blocks import (
    FAKE_LEVEL,
    WIDEST,
    Block,
    may_be_heading,
    one_line,
    sections_of,
    span_of,
    trusted,
)
from ingest.parsers.package import Package

if TYPE_CHECKING:
    from langchain_core.documents.base import Blob
    from lxml.etree import _Element

_DROPPED: Final = re.compile(
    "script|style|noscript|template|svg|math|iframe|object|embed|head|nav|select|button|canvas|"
    "audio|video"
)
_FURNITURE_ROLES: Final = frozenset({"navigation", "contentinfo", "search", "menu", "menubar"})
_BLOCKS: Final = frozenset({"div", "ul", "ol", "footer", "aside"})
_FURNITURE: Final = re.compile(
    r"(?:site|page|main|global)?[-_]?footer|pied[-_]de[-_]page|cookie[-_]?(?:banner|notice|bar)",
    re.IGNORECASE,
)
"""Classes and names that sites give to what stands below a page's own text, or over it."""
_LINKS: Final = re.compile(
    r"(?:site|page|main|global|nav)?[-_]?(?:breadcrumbs?|navbar|navigation|nav|menu)"
    r"|fil[-_]d?[-_]?ariane|skip[-_]?(?:link|nav)",
    re.IGNORECASE,
)
"""The same of menus and paths, which hold nothing but links."""
MOSTLY_LINKS: Final = 0.6
"""Share of a menu's characters that are links: « menu » is also what a canteen serves."""
_WEIGHT: Final = re.compile(r"font-weight:\s*(?P<weight>\w+)", re.IGNORECASE)
_INLINE: Final = re.compile(
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|dfn|del|em|font|i|ins|kbd|label|mark|q|s|samp|"
    "small|span|strike|strong|sub|sup|time|tt|u|var|wbr|img"
)
_DECLARED: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_SPACES: Final = re.compile(r"[ \t\n\r\f]+")
_HEAD_BYTES: Final = 2048
_META: Final = {
    "date": "date",
    "dc.title": "title",
    "dc.date": "date",
    "article:published_time": "date",
}


class HtmlParser(SectionParser):
    """Sections under the page's headings."""

    def sections(self, blob: Blob) -> Iterator[Document]:
        root = parse_html(decode_html(blob.as_bytes()))
        if root is not None:
            yield from sections_of(blocks_of(root), page_properties(root))


class EpubParser(SectionParser):
    """The chapters of a book in the order of its spine."""

    def sections(self, blob: Blob) -> Iterator[Document]:
        with blob.as_bytes_io() as file:
            package = Package(file, source_of(blob))
            root = package.required("META-INF/container.xml")
            where = next(
                (e.get("full-path") for e in root.iter("{*}rootfile") if e.get("full-path")), ""
            )
            book = package.required(str(where))
            properties: Mapping[str, Any] = _book_properties(book)
            for name in _spine(book, posixpath.dirname(str(where))):
                data = package.read(name)
                chapter = parse_html(decode_html(data)) if data else None
                if chapter is not None:
                    for document in sections_of(blocks_of(chapter), properties):
                        properties = {}
                        yield document


def _book_properties(book: _Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for element in book.iter("{http://purl.org/dc/elements/1.1/}*"):
        name = etree.QName(element).localname
        if name in {"title", "language"} and element.text:
            found.setdefault(name, element.text.strip())
    return found


def _spine(book: _Element, folder: str) -> Iterator[str]:
    hrefs = {item.get("id"): item.get("href") for item in book.iter("{*}item")}
    for reference in book.iter("{*}itemref"):
        href = hrefs.get(reference.get("idref"))
        if href:
            yield posixpath.normpath(posixpath.join(folder, unquote(str(href))))


def decode_html(data: bytes) -> str:
    """Text of a page: by its mark, as UTF-8, by the encoding it declares, else by a guess."""
    declared = _DECLARED.search(data[:_HEAD_BYTES])
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        try:
            return data.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data)


def parse_html(text: str) -> _Element | None:
    """The root of a page, or ``None`` where there is nothing."""
    source = clean(text).encode("utf-8")
    if not source.strip():
        return None
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    root: _Element | None = etree.fromstring(source, parser)
    return root


def page_properties(root: _Element) -> dict[str, Any]:
    """Title, language and date a page declares."""
    found: dict[str, Any] = {}
    title = root.find(".//title")
    if title is not None and title.text:
        found["title"] = one_line(title.text)
    if root.get("lang"):
        found["language"] = root.get("lang")
    for meta in root.iter("meta"):
        key = str(meta.get("name") or meta.get("property") or "").lower()
        if key in _META and meta.get("content"):
            found.setdefault(_META[key], meta.get("content"))
    return found


def blocks_of(root: _Element) -> list[Block]:
    """The blocks of a page in document order."""
    body = root.find("body")
    page = root if body is None else body
    return trusted(list(_Walk().blocks(page)) or list(_Walk(whole=True).blocks(page)))


class _Walk:
    """Gathers running text until a block element begins or ends."""

    def __init__(self, *, whole: bool = False) -> None:
        self._whole = whole
        """Whether what stands around the page's own text is read too."""
        self._text: list[str] = []
        self._unit = "prose"
        self._strong = False
        """Whether what is read is in bold."""
        self._light = False
        """Whether some of the text is not in bold."""

    def blocks(self, element: _Element) -> Iterator[Block]:
        yield from self._inside(element)
        yield from self._flush()

    def _flush(self) -> Iterator[Block]:
        text = "".join(self._text)
        self._text.clear()
        lines = [_SPACES.sub(" ", line).strip() for line in text.split("\x00")]
        text = "\n".join(lines).strip("\n")
        if text.strip():
            heading = self._unit == "prose" and not self._light and may_be_heading(text)
            yield Block(text, FAKE_LEVEL if heading else 0, self._unit)
        self._light = False

    def _say(self, text: str | None) -> None:
        self._text.append(text or "")
        self._light = self._light or (not self._strong and bool((text or "").strip()))

    def _inside(self, element: _Element) -> Iterator[Block]:
        self._say(element.text)
        for child in element:
            if isinstance(child.tag, str):
                yield from self._child(child, child.tag.rpartition("}")[2].lower())
            self._say(child.tail)

    def _child(self, child: _Element, tag: str) -> Iterator[Block]:
        if _DROPPED.fullmatch(tag) or (not self._whole and _is_furniture(child, tag)):
            return
        if _INLINE.fullmatch(tag):
            weight, self._strong = self._strong, _is_strong(child, tag, self._strong)
            yield from self._inside(child)
            self._strong = weight
        elif tag == "br":
            self._text.append("\x00")
        elif len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            yield from self._flush()
            yield Block(_words(child), int(tag[1]))
        elif tag == "pre":
            yield from self._flush()
            text = "".join(str(part) for part in child.itertext()).strip("\n")
            if text.strip():
                yield Block(text)
        elif tag == "table":
            yield from self._flush()
            yield from self._table(child)
        else:
            yield from self._flush()
            before, self._unit = self._unit, "list" if tag == "li" else self._unit
            weight, self._strong = self._strong, _is_strong(child, tag, self._strong)
            yield from self._inside(child)
            yield from self._flush()
            self._unit, self._strong = before, weight

    def _table(self, table: _Element) -> Iterator[Block]:
        if table.get("role") == "presentation" or any(
            inner is not table for inner in table.iter("table", "h1", "h2", "h3", "h4", "ul", "ol")
        ):
            yield from self._inside(table)  # drawn with a table, not a table
            yield from self._flush()
            return
        caption = table.find("caption")
        if caption is not None:
            yield Block(_words(caption))
        filled = tuple(row for row in _grid(table) if any(row))
        if filled:
            yield Block(rows=filled)


def _is_furniture(element: _Element, tag: str) -> bool:
    """Whether a block is a menu, a path of links or a footer: by its role, else its element's name
    or its classes. What holds a heading is the page's own, and an article's footer signs it."""
    if tag not in _BLOCKS or _holds_text_of_the_page(element):
        return False
    named = f"{element.get('class') or ''} {element.get('id') or ''}".split()
    if element.get("role") in _FURNITURE_ROLES or any(map(_FURNITURE.fullmatch, named)):
        return True
    if tag == "footer":
        own = element.iterancestors("article", "section", "blockquote", "main")
        return next(own, None) is None
    return any(map(_LINKS.fullmatch, named)) and _share_of_links(element) >= MOSTLY_LINKS


def _holds_text_of_the_page(element: _Element) -> bool:
    headings = element.iter("h1", "h2", "h3", "h4", "h5", "h6", "main", "article")
    main = any(one.get("role") == "main" for one in element.iter())
    return main or next(headings, None) is not None


def _share_of_links(element: _Element) -> float:
    whole = len("".join(_words(element).split()))
    links = sum(len("".join(_words(link).split())) for link in element.iter("a"))
    return links / whole if whole else 1.0


def _is_strong(element: _Element, tag: str, inherited: bool) -> bool:
    """Whether an element's text is in bold: by its style, else its name, else what is around."""
    said = _WEIGHT.search(element.get("style") or "")
    if said:
        return said["weight"].lower() in {"bold", "bolder", "600", "700", "800", "900"}
    return inherited or tag in {"b", "strong"}


def _grid(table: _Element) -> Iterator[tuple[str, ...]]:
    """The rows of a table, each text in its first column and row, the rest of its cell blank."""
    below: dict[int, int] = {}
    """Columns that a cell from above still takes, and for how many rows."""
    group: _Element | None = None
    for row in table.iter("tr"):
        if row.getparent() is not group:  # no cell reaches out of its head or body
            group, below = row.getparent(), {}
        cells: dict[int, str] = dict.fromkeys(below, "")
        taken = {column: left - 1 for column, left in below.items() if left > 1}
        at = 0
        for cell in row:
            if cell.tag not in {"td", "th"}:
                continue
            while at in cells:
                at += 1
            columns, rows = _size(cell, at)
            for column in range(at, at + columns):
                cells[column] = "" if column > at else _cell(cell)
                if rows > 1:
                    taken[column] = rows - 1
        below = taken
        yield tuple(cells.get(column, "") for column in range(max(cells, default=-1) + 1))


def _size(cell: _Element, at: int) -> tuple[int, int]:
    """Columns and rows that a cell takes which begins in column ``at``: one of each far to the
    right, or spans of spans would fill the memory."""
    if at >= WIDEST:
        return 1, 1
    columns, rows = (span_of(cell.get(name)) for name in ("colspan", "rowspan"))
    return min(columns, WIDEST), rows


def _words(element: _Element) -> str:
    return _SPACES.sub(" ", "".join(_texts(element))).strip()


def _cell(element: _Element) -> str:
    walk = _Walk()
    return "\n".join(block.text for block in walk.blocks(element))


def _texts(element: _Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == "br":
            yield " "
        elif isinstance(child.tag, str) and not _DROPPED.fullmatch(child.tag):
            yield from _texts(child)
        yield child.tail or ""
