"""Questions to begin with, made from what the library holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    """At most :data:`MOST` questions, of several sorts: a subject of the latest sessions, what
    the register answers, a guide; then more subjects and guides.

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
    latest = sorted(
        (pair for pair in registers if pair[0].id in known),
        key=lambda pair: pair[0].date or "",
        reverse=True,
    )
    topics = [
        say("suggestions.topic", topic=title)
        for _, register in latest
        for title in _titles(register)[:1]
    ]
    guides = [say("suggestions.guide", title=one.title) for one in _guides(documents)]
    sorts = [*topics[:1], *_of_register(latest, language), *guides[:1]]
    return tuple(dict.fromkeys([*sorts, *topics[:2], *guides, *topics]))[:MOST]


def _of_register(
    latest: Sequence[tuple[Document, Mapping[str, Any]]], language: str
) -> Iterator[str]:
    """What was decided in the last year that decided anything; what is open."""
    say = words(language)
    years = [one.date[:4] for one, register in latest if one.date and register.get("decisions")]
    if years:
        yield say("suggestions.decisions", year=years[0])
    if any(register.get("actions") for _, register in latest):
        yield say("suggestions.open")


def _guides(documents: Sequence[Document]) -> list[Document]:
    """Guides and tools whose title reads well in a question, the first of each folder first."""
    found = [
        document
        for document in documents
        if document.kind in ("guide", "tool")
        and len(document.title) <= LONGEST
        and not document.title[:1].isdigit()
    ]
    firsts = {one.path.partition("/")[0]: one for one in reversed(found) if "/" in one.path}
    return [*reversed(firsts.values()), *found]


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
