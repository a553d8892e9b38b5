"""Questions to begin with, made from what the library holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from copassist.passages import Document
from copassist.words import words

MOST: Final = 4
"""Examples shown: one row on a laptop, four lines on a phone."""
LONGEST: Final = 48
"""Characters of a topic or title that still reads well inside a question."""


def suggestions(
    documents: Sequence[Document],
    registers: Iterable[tuple[Document, Mapping[str, Any]]],
    language: str,
) -> tuple[str, ...]:
    """At most :data:`MOST` questions: about topics of the latest sessions, then about guides.

    Only documents in ``language`` are asked about where there are any.
    """
    say = words(language)
    spoken = [document for document in documents if document.language == language]
    about = {document.id for document in (spoken or documents)}
    topics = [
        say("ui.ask.example_topic", topic=title)
        for document, register in sorted(registers, key=lambda pair: pair[0].date or "")[::-1]
        if document.id in about
        for title in _titles(register)[:1]
    ]
    guides = [
        say("ui.ask.example_guide", title=document.title)
        for document in documents
        if document.id in about
        and document.kind in ("guide", "tool")
        and len(document.title) <= LONGEST
    ]
    asked = list(dict.fromkeys([*topics[: MOST // 2], *guides, *topics[MOST // 2 :]]))
    return tuple(asked[:MOST])


def _titles(register: Mapping[str, Any]) -> list[str]:
    titles = [str(topic["title"]).strip(" .:") for topic in register.get("topics", ())]
    return [title for title in titles if 8 <= len(title) <= LONGEST]
