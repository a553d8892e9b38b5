"""Pictures of text, read with Tesseract where it is installed.

pytesseract: the thinnest wrapper of the only free engine with French that every distribution
packages; Pillow decodes the pictures.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Final

from langchain_core.documents import Document

from copassist.errors import ImageOnlyError, TooLargeError
from copassist.passages import Locator
from ingest.parsers.base import SectionParser, section, source_of

if TYPE_CHECKING:
    from langchain_core.documents.base import Blob
    from PIL.Image import Image

OCR_DPI: Final = 200
"""Resolution at which PDF pages are drawn; Tesseract's manual asks for 300, and 200 halves the
time and the memory (a letter page is 11 MB) for print of 9 points and more."""
OCR_SECONDS: Final = 60
MAX_PIXELS: Final = 60_000_000
"""Largest picture opened: an A3 page at 600 dpi has 70 million, at 400 dpi 31."""
_LANGUAGES: Final = ("fra", "eng")


class ImageParser(SectionParser):
    """One section a page (a TIFF may hold several).

    Raises :class:`ImageOnlyError` when there is no Tesseract.
    """

    def sections(self, blob: Blob) -> Iterator[Document]:
        from PIL import Image, ImageSequence

        source = source_of(blob)
        with blob.as_bytes_io() as file, Image.open(file) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise TooLargeError(path=source, limit="pixels", most=MAX_PIXELS // 1_000_000)
            if not can_recognise():
                picture.load()
                raise ImageOnlyError(path=source)
            for number, frame in enumerate(ImageSequence.Iterator(picture), start=1):
                yield section(recognise(frame.convert("RGB")), Locator(page=number))


@cache
def can_recognise() -> bool:
    """Whether the ``tesseract`` program is there."""
    return shutil.which("tesseract") is not None


@cache
def _installed_languages() -> str:
    import pytesseract

    known = set(pytesseract.get_languages())
    return "+".join(language for language in _LANGUAGES if language in known) or "eng"


def recognise(picture: Image) -> str:
    """The text Tesseract sees in ``picture``, in French and English as installed."""
    import pytesseract

    text: str = pytesseract.image_to_string(
        picture, lang=_installed_languages(), timeout=OCR_SECONDS
    )
    return text
