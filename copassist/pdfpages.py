"""Pages of a PDF as pictures, and where on them a quote stands.

PDFium is not safe to call from two threads, so one lock guards all of it.
"""

from __future__ import annotations

import io
import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from copassist.errors import DamagedFileError

PAGE_WIDTH: Final = 1100
"""Pixels: a letter page at about 130 dpi, sharp on a laptop and some 60 kB as WebP."""
MOST_HEIGHT: Final = 16_000
"""Pixels: WebP holds 16,383. A web page printed on one long sheet is drawn narrower."""
SHORTEST_PIECE: Final = 12
"""Letters that a piece of a quote needs to be looked for by itself: fewer stand anywhere."""
SAME_LINE: Final = 0.5
"""Share of the smaller height two characters must have in common to stand on one line."""

_LOCK: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, as shares (0 to 1) of its width and height from the top left."""

    left: float
    top: float
    width: float
    height: float


def page_count(path: Path) -> int:
    """Number of pages. Raises :class:`~copassist.errors.DamagedFileError`."""
    with _opened(path) as pdf:
        return len(pdf)


def page_picture(path: Path, page: int) -> bytes:
    """Page ``page`` (from 1) as WebP, :data:`PAGE_WIDTH` pixels wide, or :data:`MOST_HEIGHT` high.

    Raises :class:`~copassist.errors.DamagedFileError`, also for a page that is not there.
    """
    with _page(path, page) as sheet:
        width, height = (max(side, 1) for side in sheet.get_size())
        scale = min(PAGE_WIDTH / width, MOST_HEIGHT / height)
        picture = sheet.render(scale=scale).to_pil()
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=80)
    return out.getvalue()


def quote_boxes(path: Path, page: int, quote: str) -> tuple[Box, ...]:
    """Where ``quote`` stands on a page, a box a line; none where the page does not hold it.

    Letters and digits are compared, in order: spaces, hyphens at line ends and ligatures are
    what two readers of the same PDF disagree about; so is the order of boxes and columns, hence
    sentences and lines are looked for one by one where the whole is not found.
    """
    wanted = "".join(_letters(quote))
    if not wanted:
        return ()
    with _page(path, page) as sheet:
        text = sheet.get_textpage()
        letters, places = _spelled(text)
        found = dict.fromkeys(place for run in _runs(quote, letters) for place in places[run])
        return _lines([box for place in found if (box := _box(sheet, text, place)) is not None])


def _runs(quote: str, letters: str) -> Iterator[slice]:
    """Where the quote's letters stand among a page's: as a whole, else piece by piece."""
    wanted = "".join(_letters(quote))
    at = letters.find(wanted)
    if at >= 0:
        yield slice(at, at + len(wanted))
        return
    end = 0
    for piece in re.split(r"\n|(?<=[.!?;:])\s", quote):
        wanted = "".join(_letters(piece))
        if len(wanted) < SHORTEST_PIECE:
            continue
        at = letters.find(wanted, end)
        at = letters.find(wanted) if at < 0 else at
        if at >= 0:
            end = at + len(wanted)
            yield slice(at, end)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import pypdfium2

    with _LOCK:
        try:
            pdf = pypdfium2.PdfDocument(path)
        except (pypdfium2.PdfiumError, OSError) as error:
            raise DamagedFileError(path=path.name, problem="pdf", detail=str(error)) from error
        try:
            yield pdf
        finally:
            pdf.close()


@contextmanager
def _page(path: Path, page: int) -> Iterator[Any]:
    import pypdfium2

    with _opened(path) as pdf:
        if not 1 <= page <= len(pdf):
            raise DamagedFileError(path=path.name, problem="pdf", detail=f"p. {page}/{len(pdf)}")
        try:
            yield pdf[page - 1]
        except pypdfium2.PdfiumError as error:
            raise DamagedFileError(path=path.name, problem="pdf", detail=str(error)) from error


def _letters(text: str) -> Iterator[str]:
    # Without accents: a PDF may hold an accent as a character of its own, beside its letter.
    for character in unicodedata.normalize("NFKD", text).casefold():
        if character.isalnum():
            yield character


def _spelled(text: Any) -> tuple[str, list[int]]:
    """The page's letters and digits, and the index of the character each came from."""
    import pypdfium2.raw as pdfium

    letters: list[str] = []
    places: list[int] = []
    for index in range(text.count_chars()):
        for letter in _letters(chr(pdfium.FPDFText_GetUnicode(text, index))):
            letters.append(letter)
            places.append(index)
    return "".join(letters), places


def _box(sheet: Any, text: Any, index: int) -> Box | None:
    import pypdfium2

    try:
        left, bottom, right, top = text.get_charbox(index, loose=True)
    except pypdfium2.PdfiumError:
        return None
    corners = [_from_top_left(sheet, left, bottom), _from_top_left(sheet, right, top)]
    across, down = zip(*corners, strict=True)
    return Box(min(across), min(down), max(across) - min(across), max(down) - min(down))


def _from_top_left(sheet: Any, x: float, y: float) -> tuple[float, float]:
    """A point of the page as shares of its picture: turned and cropped pages included."""
    import ctypes

    import pypdfium2.raw as pdfium

    fine = 100_000
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(
        sheet, 0, 0, fine, fine, 0, x, y, ctypes.byref(across), ctypes.byref(down)
    )
    return across.value / fine, down.value / fine


def _lines(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """Characters' boxes joined into one box a line."""
    lines: list[Box] = []
    for box in boxes:
        if lines and _same_line(lines[-1], box):
            lines[-1] = _around(lines[-1], box)
        else:
            lines.append(box)
    return tuple(lines)


def _same_line(one: Box, other: Box) -> bool:
    shared = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    return shared >= SAME_LINE * min(one.height, other.height)


def _around(one: Box, other: Box) -> Box:
    left, top = min(one.left, other.left), min(one.top, other.top)
    right = max(one.left + one.width, other.left + other.width)
    bottom = max(one.top + one.height, other.top + other.height)
    return Box(left, top, right - left, bottom - top)
