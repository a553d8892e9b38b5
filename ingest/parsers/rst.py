"""reStructuredText, cut at its underlined titles into slices of the source.

No library: docutils gives a tree without the places its text came from, and would follow
``include``; titles are underlined lines, and that is all that is needed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from langchain_core.documents import Document

from ingest.cleaning import clean, decode
from ingest.parsers.base import SectionParser
from ingest.parsers.markdown import Heading, properties_of, slices

if TYPE_CHECKING:
    from langchain_core.documents.base import Blob

_RULE: Final = re.compile(r"([!-/:-@\[-`{-~])\1{1,}\s*$")
_FIELD: Final = re.compile(r"^:([A-Za-z]+):[ \t]+(.+)$", re.MULTILINE)
_FIELD_LINES: Final = 30


class RstParser(SectionParser):
    """Raw slices of the source; docinfo fields (``:Date:``) are read as properties."""

    verbatim = True

    def sections(self, blob: Blob) -> Iterator[Document]:
        text = clean(decode(blob.as_bytes()))
        yield from slices(text, titles(text), fields(text))


def fields(text: str) -> dict[str, Any]:
    """The properties among the field list at the top of ``text``."""
    top = "\n".join(text.split("\n")[:_FIELD_LINES])
    return properties_of(dict(_FIELD.findall(top)))


def titles(text: str) -> list[Heading]:
    """Titles in order; levels by the order in which their adornments first appear."""
    lines = text.split("\n")
    styles: list[str] = []
    found: list[Heading] = []
    number = 0
    while number < len(lines) - 1:
        over = _RULE.match(lines[number])
        title = lines[number + 1] if over else lines[number]
        at = number + 2 if over else number + 1
        under = _RULE.match(lines[at]) if at < len(lines) else None
        long = under is not None and len(lines[at].strip()) >= len(title.strip())
        blank_before = number == 0 or not lines[number - 1].strip()
        plain = title.strip() and not _RULE.match(title) and (over or not title[0].isspace())
        if under and long and blank_before and plain and (not over or over[1] == under[1]):
            style = under[1] * (2 if over else 1)
            if style not in styles:
                styles.append(style)
            found.append(Heading(styles.index(style) + 1, title.strip(), number, at + 1))
            number = at
        number += 1
    return found
