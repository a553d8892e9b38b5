"""Plain text, of any encoding. No library: there is nothing to parse.

Notes are often Markdown without saying so; headings marked with ``#`` are taken as such. Without
any, titles that are numbered or in capitals are (``titles.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from langchain_core.documents import Document

from copassist.passages import Locator
from ingest.cleaning import clean, decode
from ingest.parsers.base import SectionParser, section
from ingest.parsers.markdown import front_matter, headings, slices, unit_of
from ingest.parsers.messages import CONVERSATION, days_written
from ingest.parsers.pdfstyles import StyledLine
from ingest.parsers.titles import titles_of
from ingest.parsers.transcripts import transcript_sections, turns_of

if TYPE_CHECKING:
    from langchain_core.documents.base import Blob

SECTION_CHARACTERS: Final = 20_000
"""A text without headings is cut at blank lines into pieces of about this many characters (ten
pages), so that a novel is never one section."""
CAPITALS: Final = 4
"""Fewest characters of a title in capitals: "CR" and "OK" are none."""
_MARKED: Final = re.compile(r"^#{1,6} +\S", re.MULTILINE)


class TextParser(SectionParser):
    """Raw slices of the text: at the days of a conversation, at ``#`` headings, at titles that are
    numbered or in capitals, or at blank lines. A transcript is read turn by turn."""

    verbatim = True

    def sections(self, blob: Blob) -> Iterator[Document]:
        properties, text = front_matter(clean(decode(blob.as_bytes())))
        if turns := turns_of([text]):
            yield from transcript_sections(turns, properties)
            return
        titles = headings(text) if _MARKED.search(text) else titles_of([text], [typed(text)])[0]
        days, surely = days_written(text)
        if days and (surely or not titles):  # a chat's "#general" is no heading
            for day in slices(text, days, properties):
                day.metadata[CONVERSATION] = True
                yield day
            return
        if titles:
            yield from slices(text, titles, properties)
            return
        for piece in pieces(text):
            yield section(piece, Locator(), unit_of(piece.split("\n")), properties=properties)
            properties = {}


def typed(text: str) -> list[StyledLine]:
    """The lines of ``text``; one in capitals is taken for bold, which is what it stands for."""
    lines = (line.strip() for line in text.split("\n"))
    return [
        StyledLine(" ".join(line.split()), 1.0, line.isupper() and len(line) >= CAPITALS)
        for line in lines
        if line
    ]


def pieces(text: str, size: int = SECTION_CHARACTERS) -> Iterator[str]:
    """``text`` in slices of at most ``size``, cut at a blank line, a newline or a space."""
    start = 0
    while len(text) - start > size:
        end = start + size
        cut = next(
            (
                at
                for mark in ("\n\n", "\n", " ")
                if (at := text.rfind(mark, start + 1, end)) > start
            ),
            end,
        )
        yield text[start:cut]
        start = cut
    yield text[start:]
