"""PDF, page by page, and a page at its titles (``titles.py``).

pypdf first: pure Python, it keeps the order of the content stream, which is the reading order of
columns. pypdfium2 (Chrome's engine) where pypdf fails, returns rubbish, or takes too long: it
repairs broken files and is some thirty times faster.
"""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from langchain_core.documents import Document

from copassist.errors import DamagedFileError, ImageOnlyError, ProtectedFileError
from ingest.cleaning import clean
from ingest.parsers.base import SectionParser, foreign, source_of
from ingest.parsers.blocks import HeadingPath
from ingest.parsers.markdown import slices
from ingest.parsers.pdfstyles import StyledLine, Styles
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
MARGIN_LINES: Final = 3
"""Lines at the top and bottom of a page among which headers and footers are looked for; on a
short page, a quarter of its lines: forms and slides repeat what is no margin."""
REPEATS: Final = 3
"""A margin line is a header when as many neighbouring pages have it, numbers aside."""
NEIGHBOURS: Final = 6
"""Pages looked at on either side: headers change with the chapter and alternate left and right."""

BAD_CHARACTERS: Final = 0.02
"""Share of characters without meaning (U+FFFD, private use, unmapped) from which a page is
rubbish. Pages of the French and English corpora at hand have none, or dingbats below .5 %."""
LONE_LINES: Final = 0.35
"""Share of lines of one or two characters from which a page is scattered letters."""
GLUED: Final = 0.04
"""Share of white space below which words are glued; French and English texts have .13 to .2."""
LOST: Final = 0.7
"""pypdf has lost text when it has less than this share of the letters pypdfium2 sees."""
_JUDGED: Final = 200
"""Fewest characters on which the shares above are judged."""

_LIGATURES: Final = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\t": " "}
)
_HYPHEN: Final = re.compile(r"(\w+)[-\u00ad\u2010]\n(\w+)")
_BAD: Final = re.compile(
    "[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]|\\(cid:\\d+\\)|/g\\d+|/uni[0-9A-F]{4}"
)
_NUMBER: Final = re.compile(r"\d+")
_WORD: Final = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]+)*")
_KEPT_HYPHEN: Final = re.compile(
    "peut|c'est|est|dit|celui|celle|ceux|celles|là|demi|non|vice|ex|co|grand|après|avant|sous|sur|"
    "entre|lui|elle|eux|nous|vous|moi|toi|rendez|compte|self|well|long|short|high|low|post|pre|"
    "semi|anti|e",
    re.IGNORECASE,
)
"""First halves after which a hyphen at a line's end is most often the word's own."""


@dataclass(frozen=True, slots=True)
class Page:
    """Text of one page as read, whether a picture is on it, and how its lines look."""

    number: int
    text: str
    picture: bool = False
    lines: tuple[StyledLine, ...] = ()


class PdfParser(SectionParser):
    """Sections of a page each, cut at its titles.

    Raises :class:`ImageOnlyError` when no page has text.
    """

    def sections(self, blob: Blob) -> Iterator[Document]:
        source = source_of(blob)
        logging.getLogger("pypdf").setLevel(logging.CRITICAL)
        pages, properties = read_pages(blob.as_bytes(), source)
        texts = tidy([page.text for page in pages])
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
        second, picture = _pdfium_page(document, index) if document is not None else ("", False)
        first = ""
        lines: tuple[StyledLine, ...] = ()
        if reader is not None and same and time.process_time() < deadline:
            first, lines = _pypdf_page(reader, index)
        pages.append(Page(index + 1, better(first, second), picture, lines))
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
        text = clean(page.extract_text(visitor_text=styles.visit))
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


def _pdfium_page(document: pypdfium2.PdfDocument, index: int) -> tuple[str, bool]:
    import pypdfium2
    import pypdfium2.raw as pdfium_c

    try:
        page = document[index]
        words = page.get_textpage()
        text = clean(words.get_text_bounded())
        words.close()
        picture = any(
            True for _ in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3)
        )
        drawn = picture or (not letters(text) and any(True for _ in page.get_objects(max_depth=1)))
        page.close()
    except pypdfium2.PdfiumError:
        return "", False
    return text, drawn


def _properties(reader: PdfReader | None) -> dict[str, Any]:
    """Title, author and file dates of the information dictionary, where they can be read."""
    if reader is None:
        return {}
    try:
        information = reader.metadata
        if information is None:
            return {}
        created, modified = information.creation_date, information.modification_date
        return {
            "title": clean(information.title or "").strip(),
            "author": clean(information.author or "").strip(),
            "created": created.isoformat() if created else "",
            "modified": modified.isoformat() if modified else "",
        }
    except foreign():
        return {}


def _as_tidied(lines: Sequence[StyledLine]) -> list[StyledLine]:
    """``lines`` with their words as :func:`tidy` leaves them."""
    return [
        replace(line, text=undouble(" ".join(clean(line.text.translate(_LIGATURES)).split())))
        for line in lines
    ]


def tidy(texts: Sequence[str]) -> list[str]:
    """Pages without repeated headers and footers, with words whole and letters single."""
    pages = [clean(text.translate(_LIGATURES)).split("\n") for text in texts]
    pages = [[re.sub(r" {2,}", " ", line).strip() for line in page] for page in pages]
    pages = without_margins(pages)
    vocabulary = Counter(
        word.lower() for page in pages for line in page for word in _WORD.findall(line)
    )
    return [unhyphenate(undouble("\n".join(page)), vocabulary) for page in pages]


def without_margins(pages: Sequence[list[str]]) -> list[list[str]]:
    """``pages`` (as lines) less the lines that neighbouring pages repeat at the same edge.

    Lines are peeled from the outside as long as they repeat, numbers that count the pages being
    alike so that "page 3 of 12" does, and "Total : 125 $" does not. The first time, words are kept,
    and the very same line with a date: a running title is often the title.
    """
    filled = [[line for line in page if line] for page in pages]
    edges = [
        (_edge(page, number, top=True), _edge(page, number, top=False))
        for number, page in enumerate(filled)
    ]
    kept: list[list[str]] = []
    seen: set[str] = set()
    often = Counter(line for page in filled for line in set(page))

    def news(lines: Sequence[str]) -> list[str]:
        fresh = [
            line
            for line in lines
            if line not in seen and (not _NUMBER.search(line) or often[line] > 1)
        ]
        seen.update(fresh)
        return fresh

    for number, page in enumerate(filled):
        near = edges[max(0, number - NEIGHBOURS) : number + NEIGHBOURS + 1]
        top = _peeled(page, number, [edge[0] for edge in near])
        bottom = _peeled(page[::-1], number, [edge[1] for edge in near])
        last = len(page) - bottom
        kept.append(news(page[:top]) + page[top:last] + news(page[last:]))
    return kept


_NUMBERED: Final = re.compile(r"(?!page|folio|feuille|diapo|slide)[^\W\d_]{4,} (?:n[o°] ?)?#\W*")
"""Things numbered as pages are: "Résolution 3" may well open the third."""


@dataclass(frozen=True, slots=True)
class _Edge:
    """A line at the top or the bottom of a page: its words, its numbers, the page's place."""

    words: str
    numbers: tuple[int, ...]
    page: int

    def repeats(self, other: _Edge) -> bool:
        """Whether both say the same, numbers apart that count the pages."""
        if self.words != other.words or _NUMBERED.fullmatch(self.words):
            return self == replace(other, page=self.page)
        return all(
            one == two or one - two == self.page - other.page
            for one, two in zip(self.numbers, other.numbers, strict=True)
        )


def _peeled(lines: Sequence[str], page: int, near: Sequence[Sequence[_Edge]]) -> int:
    """How many of the first ``lines`` are repeated by the edges ``near``."""
    count = 0
    for line in lines[: min(MARGIN_LINES, max(1, len(lines) // 4))]:
        own = _read_edge(line, page)
        wanted = min(REPEATS, max(2, len(near)))  # of two pages, both
        if sum(any(own.repeats(other) for other in edge) for edge in near) < wanted:
            break
        count += 1
    return count


def _read_edge(line: str, page: int) -> _Edge:
    numbers = tuple(int(found) for found in _NUMBER.findall(line))
    return _Edge(_NUMBER.sub("#", line).lower(), numbers, page)


def _edge(lines: Sequence[str], page: int, *, top: bool) -> tuple[_Edge, ...]:
    return tuple(
        _read_edge(line, page) for line in (lines[:MARGIN_LINES] if top else lines[-MARGIN_LINES:])
    )


def undouble(text: str) -> str:
    """Letters that fake bold draws twice, single: "SSAAMMPPLLEE" is "SAMPLE"."""
    return "\n".join(_undouble(line) if _doubled(line) else line for line in text.split("\n"))


def _doubled(line: str) -> bool:
    words = line.split()
    pairs = [word for word in words if len(word) % 2 == 0 and word[::2] == word[1::2]]
    long = [word for word in pairs if len(word) >= 6 and word.isalpha()]
    return bool(long) and 2 * sum(map(len, pairs)) > sum(map(len, words))


def _undouble(line: str) -> str:
    return " ".join(
        word[::2] if len(word) % 2 == 0 and word[::2] == word[1::2] else word
        for word in line.split()
    )


def unhyphenate(text: str, vocabulary: Counter[str]) -> str:
    """Words cut at a line's end, whole again.

    The hyphen is the word's own when the document writes the word with it elsewhere, or begins
    like a French or English compound and never writes it in one.
    """

    def whole(match: re.Match[str]) -> str:
        head, tail = match[1], match[2]
        if not (head[-1].isalpha() and tail[0].islower()):
            return f"{head}-{tail}" if head[-1].isalnum() and tail[0].isalnum() else match[0]
        joined, hyphenated = (head + tail).lower(), f"{head}-{tail}".lower()
        if vocabulary[joined] > vocabulary[hyphenated]:
            return head + tail
        if vocabulary[hyphenated] or _KEPT_HYPHEN.fullmatch(head):
            return f"{head}-{tail}"
        return head + tail

    return _HYPHEN.sub(whole, text)
