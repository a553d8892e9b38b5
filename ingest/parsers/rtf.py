"""Rich Text Format.

striprtf: pure Python, maintained, and it knows the code pages that RTF hides its accents in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from langchain_core.documents import Document

from copassist.errors import DamagedFileError
from ingest.parsers.base import SectionParser, source_of
from ingest.parsers.blocks import Block, sections_of

if TYPE_CHECKING:
    from langchain_core.documents.base import Blob

_OUTLINE: Final = re.compile(r"\\outlinelevel(\d)(?!\d) ?")
_MARK: Final = "@@outline"
_LEVEL: Final = re.compile(_MARK + r"(\d)@@")
_TITLE: Final = re.compile(r"\{\\title ([^{}]+)\}")
_BODY: Final = 9
"""Outline level of running text."""


class RtfParser(SectionParser):
    """Sections under the paragraphs that have an outline level, as Word's headings do."""

    def sections(self, blob: Blob) -> Iterator[Document]:
        source = blob.as_bytes().decode("latin-1")
        if not source.lstrip().startswith("{\\rtf"):
            raise DamagedFileError(path=source_of(blob), problem="content")
        title = _TITLE.search(source)
        properties = {"title": _plain("{\\rtf1\\ansi " + title[1] + "}").strip()} if title else {}
        yield from sections_of(blocks_of(source), properties)


def _plain(source: str) -> str:
    from striprtf.striprtf import rtf_to_text

    text: str = rtf_to_text(source, errors="ignore")  # type: ignore[no-untyped-call]
    return text


def blocks_of(source: str) -> Iterator[Block]:
    """Blocks of an RTF source. striprtf drops styles, so outline levels are marked in the text."""
    marked = _OUTLINE.sub(lambda match: f"{match[0].rstrip()} {_MARK}{match[1]}@@", source)
    rows: list[tuple[str, ...]] = []
    for line in _plain(marked).split("\n"):
        level = next((int(found) + 1 for found in _LEVEL.findall(line)), 0)
        text = _LEVEL.sub("", line)
        if text.rstrip().endswith("|"):  # its mark for the end of a cell
            rows.append(tuple(cell.strip() for cell in text.rstrip().split("|")[:-1]))
            continue
        if rows:
            yield Block(rows=tuple(rows))
            rows = []
        if text.strip():
            yield Block(text.strip(), level if 0 < level <= _BODY else 0)
    if rows:
        yield Block(rows=tuple(rows))
