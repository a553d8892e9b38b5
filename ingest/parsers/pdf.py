"""PDF, page by page, and a page at its titles (``titles.py``).

pypdf first: pure Python, it keeps the order of the content stream, which is the reading order of
columns. pypdfium2 (Chrome's engine) where pypdf fails, returns rubbish, or takes too long: it
repairs broken files and is some thirty times faster.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from langchain_core.documents import Document

from copassist.errors import DamagedFileError, ImageOnlyError, ProtectedFileError
from ingest.cleaning import clean
from ingest.parsers.base import SectionParser, foreign, source_of
from ingest.parsers.blocks import HeadingPath
from ingest.parsers.markdown import slices
from ingest.parsers.pdfstyles import StyledLine, Styles
from ingest.parsers.pdftables import FEWEST_SHAPES, MOST_SHAPES, tables_of, with_rows
from ingest.parsers.pdftext import LIGATURES, cleaned, tidy, undouble
from ingest.parsers.titles import titles_of

if TYPE_CHECKING:
    import pypdfium2
    from langchain_core.documents.base import Blob
    from pypdf import PdfReader

PYPDF_SECONDS: Final = 10.0
"""Processor time pypdf may take for one file; the pages after that are left to pypdfium2. It
reads 10 to 70 ms a page, so this is some 250 dense pages."""
MAX_STREAM_BYTES: Final = 20_000_000
"""Largest page content given to pypdf: its manual warns of 10 GB of memory for 300 MB."""
PAGE_LETTERS: Final = 12
"""A page with fewer letters and digits than this, under a picture, has no text: a page number."""
BAD_CHARACTERS: Final = 0.02
"""Share of characters without meaning (U+FFFD, private use, unmapped) from which a page is
rubbish. Pages of the French and English corpora at hand have none, or dingbats below .5 %."""
LONE_LINES: Final = 0.35
"""Share of lines of one or two characters from which a page is scattered letters."""
GLUED: Final = 0.04
"""Share of white space below which words are glued; French and English texts have .13 to .2."""
LOST: Final = 0.7
"""pypdf has lost text when it has less than this share of the letters pypdfium2 sees."""
PDFIUM_HYPHEN: Final = "\x02"
"""What pypdfium2 gives for a hyphen and the line's end after it."""
_JUDGED: Final = 200
"""Fewest characters on which the shares above are judged."""

_BAD: Final = re.compile(
    "[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]|\\(cid:\\d+\\)|/g\\d+|/uni[0-9A-F]{4}"
)


@dataclass(frozen=True, slots=True)
class Page:
    """Text of one page as read, what is drawn on it, and how its lines look."""

    number: int
    text: str
    picture: bool = False
    ruled: bool = False
    """Whether lines are drawn that may be a table's."""
    lines: tuple[StyledLine, ...] = ()


class PdfParser(SectionParser):
    """Sections of a page each, cut at its titles.

    Raises :class:`ImageOnlyError` when no page has text.
    """

    def sections(self, blob: Blob) -> Iterator[Document]:
        source = source_of(blob)
        for reader in ("pypdf", "pdfminer"):
            logging.getLogger(reader).setLevel(logging.CRITICAL)
        data = blob.as_bytes()
        pages, properties = read_pages(data, source)
        tables = tables_of(data, [page.number for page in pages if page.ruled])
        texts = tidy([with_rows(page.text, tables.get(page.number, ())) for page in pages])
        blank = [
            page.number
            for page, text in zip(pages, texts, strict=True)
            if page.picture and letters(text) < PAGE_LETTERS
        ]
        recognised = _recognised(blob, blank)
        if not recognised and not any(letters(text) for text in texts):
            if blank:
                raise ImageOnlyError(path=source)
            return
        notes = ("note.pictures_not_read",) if set(blank) - recognised.keys() else ()
        read = [recognised.get(page.number, text) for page, text in zip(pages, texts, strict=True)]
        looks = [_as_tidied(page.lines) for page in pages]
        path = HeadingPath()
        for page, words, titles in zip(pages, read, titles_of(read, looks), strict=True):
            for piece in slices(words, titles, properties, page=page.number, path=path):
                if notes:
                    piece.metadata["notes"] = notes
                yield piece
                properties, notes = {}, ()


def _recognised(blob: Blob, numbers: Sequence[int]) -> dict[int, str]:
    """Text of scanned pages by OCR, where Tesseract is installed."""
    from ingest.parsers import images

    if not numbers or not images.can_recognise():
        return {}
    import pypdfium2

    document = pypdfium2.PdfDocument(blob.as_bytes())
    found: dict[int, str] = {}
    for number in numbers:
        picture = document[number - 1].render(scale=images.OCR_DPI / 72).to_pil()
        text = images.recognise(picture)
        if letters(text):
            found[number] = text
    return found


def read_pages(data: bytes, source: str) -> tuple[list[Page], dict[str, Any]]:
    """Pages of a PDF by the better engine for each, and the document's properties.

    Raises :class:`ProtectedFileError` when a password is needed to open it and
    :class:`DamagedFileError` when neither engine can.
    """
    reader = _pypdf(data, source)
    document = _pdfium(data, source)
    if reader is None and document is None:
        raise DamagedFileError(path=source, problem="pdf")
    count = _count(reader) if document is None else len(document)
    deadline = time.process_time() + PYPDF_SECONDS
    pages: list[Page] = []
    same = reader is not None and _count(reader) == count
    for index in range(count):
        page = _pdfium_page(document, index) if document is not None else Page(index + 1, "")
        first = ""
        lines: tuple[StyledLine, ...] = ()
        if reader is not None and same and time.process_time() < deadline:
            first, lines = _pypdf_page(reader, index)
        pages.append(replace(page, text=better(first, page.text), lines=lines))
    properties = _properties(reader)
    if document is not None:
        document.close()
    return pages, properties


def better(first: str, second: str) -> str:
    """pypdf's text of a page unless it is rubbish and pypdfium2's is less so.

    Rubbish is measured (:func:`rubbish`), and so is loss: far fewer letters than the other.
    """
    if not second.strip():
        return first
    if not first.strip() or letters(first) < LOST * letters(second):
        return second
    if rubbish(first) > 0 and rubbish(second) < rubbish(first):
        return second
    return first


def rubbish(text: str) -> float:
    """0 for text; above, the worst of the shares that passes its threshold, over it.

    Shares of characters without meaning, of lines of one or two characters, and the lack of
    spaces between Latin letters. Doubled letters of fake bold count as lone lines.
    """
    size = len(text.strip())
    if not size:
        return 0.0
    bad = sum(len(match) for match in _BAD.findall(text)) / size
    scores = [bad / BAD_CHARACTERS]
    lines = [line.strip() for line in text.splitlines()]
    if len(lines) >= 10:
        lone = sum(len(line) < 3 and not line.isdigit() for line in lines) / len(lines)
        scores.append(lone / LONE_LINES)
    latin = sum(c.isalpha() and c < "\u0250" for c in text)
    if size >= _JUDGED and latin > size / 2:
        spaces = sum(c.isspace() for c in text) / size
        scores.append(GLUED / max(spaces, 1e-3) if spaces < GLUED else 0.0)
    worst = max(scores)
    return worst if worst > 1 else 0.0


def letters(text: str) -> int:
    """How many letters and digits."""
    return sum(c.isalnum() for c in text)


def _pypdf(data: bytes, source: str) -> PdfReader | None:
    from io import BytesIO

    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    try:
        reader = PdfReader(BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ProtectedFileError(path=source)
        len(reader.pages)
    except DependencyError:  # AES needs a library pypdf does not carry; pypdfium2 has it
        return None
    except foreign():
        return None
    return reader


def _count(reader: PdfReader | None) -> int:
    return len(reader.pages) if reader is not None else 0


def _pypdf_page(reader: PdfReader, index: int) -> tuple[str, tuple[StyledLine, ...]]:
    try:
        page = reader.pages[index]
        contents = page.get_contents()
        if contents is not None and len(contents.get_data()) > MAX_STREAM_BYTES:
            return "", ()
        styles = Styles()
        text = cleaned(page.extract_text(visitor_text=styles.visit))
        return text, tuple(styles.lines())
    except foreign():
        return "", ()


def _pdfium(data: bytes, source: str) -> pypdfium2.PdfDocument | None:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ProtectedFileError(path=source) from error
        return None


def _pdfium_page(document: pypdfium2.PdfDocument, index: int) -> Page:
    import pypdfium2
    import pypdfium2.raw as pdfium_c

    try:
        page = document[index]
        words = page.get_textpage()
        text = cleaned(words.get_text_bounded().replace(PDFIUM_HYPHEN, "-\n"))
        words.close()
        picture = any(
            True for _ in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3)
        )
        drawn = picture or (not letters(text) and any(True for _ in page.get_objects(max_depth=1)))
        shapes = islice(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH]), MOST_SHAPES + 1)
        ruled = FEWEST_SHAPES <= sum(1 for _ in shapes) <= MOST_SHAPES
        page.close()
    except pypdfium2.PdfiumError:
        return Page(index + 1, "")
    return Page(index + 1, text, drawn, ruled)


def _properties(reader: PdfReader | None) -> dict[str, Any]:
    """Title and file dates of the information dictionary, where they can be read."""
    if reader is None:
        return {}
    try:
        information = reader.metadata
        if information is None:
            return {}
        created, modified = information.creation_date, information.modification_date
        return {
            "title": clean(information.title or "").strip(),
            "created": created.isoformat() if created else "",
            "modified": modified.isoformat() if modified else "",
        }
    except foreign():
        return {}


def _as_tidied(lines: Sequence[StyledLine]) -> list[StyledLine]:
    """``lines`` with their words as :func:`tidy` leaves them."""
    return [
        replace(line, text=undouble(" ".join(clean(line.text.translate(LIGATURES)).split())))
        for line in lines
    ]
