"""Questions to begin with, made from what the library holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from copassist.passages import Document
from copassist.words import LANGUAGES, words

MOST: Final = 4
"""Examples shown: one row on a laptop, four lines on a phone."""
LONGEST: Final = 48
"""Characters of a topic or title that still reads well inside a question."""
SHORTEST: Final = 8
_AROUND: Final = re.compile(r"^\s*\d{1,2}[.)]\s*|\s*\(\s*\d+\s*min[^)]*\)\s*$")


def suggestions(
    documents: Sequence[Document],
    registers: Iterable[tuple[Document, Mapping[str, Any]]],
    language: str,
) -> tuple[str, ...]:
    """At most :data:`MOST` questions: about topics of the latest sessions, then about guides.

    Only documents in ``language`` are asked about where there are any.
    """
    spoken = [document for document in documents if document.language == language]
    read = list(registers)
    return _about(spoken, read, language) or _about(documents, read, language)


def _about(
    documents: Sequence[Document],
    registers: Sequence[tuple[Document, Mapping[str, Any]]],
    language: str,
) -> tuple[str, ...]:
    say = words(language)
    known = {document.id for document in documents}
    topics = [
        say("ui.ask.example_topic", topic=title)
        for document, register in sorted(registers, key=lambda pair: pair[0].date or "")[::-1]
        if document.id in known
        for title in _titles(register)[:1]
    ]
    guides = [
        say("ui.ask.example_guide", title=document.title)
        for document in documents
        if document.kind in ("guide", "tool")
        and len(document.title) <= LONGEST
        and not document.title[:1].isdigit()
    ]
    asked = list(dict.fromkeys([*topics[: MOST // 2], *guides, *topics[MOST // 2 :]]))
    return tuple(asked[:MOST])


def _titles(register: Mapping[str, Any]) -> list[str]:
    """Subjects of a record's topics; those that an item announces ("Décision : ...") first."""
    titles = [_AROUND.sub("", str(topic["title"])) for topic in register.get("topics", ())]
    announced = [
        subject
        for title in titles
        for item, colon, subject in [title.partition(" : " if " : " in title else ": ")]
        if colon and not item.casefold().startswith("activit")
    ]
    subjects = [subject.strip(" .:«»?!") for subject in announced]
    return [
        subject
        for subject in subjects
        if SHORTEST <= len(subject) <= LONGEST and subject.casefold() not in _skeleton()
    ]


@cache
def _skeleton() -> frozenset[str]:
    """Items that every session has: they are no subject."""
    return frozenset(
        text.casefold()
        for language in LANGUAGES
        for text in words(language).below("agenda.items").values()
    )
