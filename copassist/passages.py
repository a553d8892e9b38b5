"""What travels between modules: documents, their versions, their passages, and places in them.

All frozen. A **document** is (community, name); a **version** is the bytes it had at some
moment; a **passage** is a run of one version's text that never crosses a page, slide, sheet or
heading, so that its **locator** is exact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from copassist.words import DEFAULT_LANGUAGE, words

KINDS: Final = ("minutes", "tool", "guide", "other")
QUOTED: Final = "quoted"
"""``part`` of what a mail quotes: its heading says who wrote it and when, and is not a title."""
LEVELS: Final = ("public", "members", "core")
"""Access levels, from the widest audience to the narrowest."""
DEFAULT_LEVEL: Final = "members"

Key = tuple[str, int]
"""(version, number): names a passage."""


@dataclass(frozen=True, slots=True)
class Locator:
    """Where in a document a text stands. Pages, slides and rows count from 1."""

    page: int | None = None
    slide: int | None = None
    sheet: str | None = None
    rows: tuple[int, int] | None = None
    time: str | None = None
    part: str | None = None
    """A named part: ``header`` or ``body`` of an e-mail, ``notes`` of a slide."""
    headings: tuple[str, ...] = ()
    """Heading path, outermost first."""
    day: str | None = None
    """Session date of the text, ISO 8601, where one record holds several sessions."""

    def label(self, language: str = DEFAULT_LANGUAGE) -> str:
        """The place as a reader sees it: "p. 4", "diapo 7", "§ Suivis › Vidéos"."""
        say = words(language)
        places: list[str] = []
        if self.page is not None:
            places.append(say("locator.page", page=self.page))
        if self.slide is not None:
            places.append(say("locator.slide", slide=self.slide))
        if self.sheet is not None:
            places.append(say("locator.sheet", sheet=self.sheet))
        if self.rows is not None:
            first, last = self.rows
            key = "locator.row" if first == last else "locator.rows"
            places.append(say(key, first=first, last=last))
        if self.time is not None:
            places.append(self.time)
        if self.part is not None:
            places.append(say(f"locator.part.{self.part}"))
        if self.headings:
            places.append("§ " + " › ".join(self.headings))
        return ", ".join(places)

    def to_dict(self) -> dict[str, Any]:
        """Only the fields that say something, ready for JSON."""
        return {key: value for key, value in asdict(self).items() if value not in (None, ())}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Locator:
        """The inverse of :meth:`to_dict`; unknown keys are ignored."""
        known = {key: values[key] for key in cls.__dataclass_fields__ if key in values}
        if "rows" in known and known["rows"] is not None:
            known["rows"] = tuple(known["rows"])
        known["headings"] = tuple(known.get("headings", ()))
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Document:
    """A record of a community, as the catalogue knows it."""

    id: str
    community: str
    path: str
    """Its name: the path as ingested, relative to the folder given, with forward slashes."""
    title: str
    kind: str = "other"
    date: str | None = None
    """Session date, ISO 8601: what decides which record is latest. Never the upload date."""
    language: str = "fr"
    level: str = "members"
    version: str = ""
    status: str = "ready"
    added: str = ""
    passages: int = 0
    bytes: int = 0
    also: tuple[str, ...] = ()
    """Other names under which the same bytes were given."""
    notes: tuple[str, ...] = ()
    """Doubts of the program about its own guesses, as keys of the words file."""

    def to_dict(self) -> dict[str, Any]:
        """As the command-line contract writes a document."""
        return asdict(self) | {"also": list(self.also), "notes": list(self.notes)}


def on_its_day(document: Document, locator: Locator) -> Document:
    """``document`` with the date of the session that ``locator`` is in, if it holds several."""
    return replace(document, date=locator.day) if locator.day else document


def place(locator: Locator, document: Document, language: str = DEFAULT_LANGUAGE) -> str:
    """``locator`` for a reader who sees the title of ``document``: a first heading that repeats it
    is left out."""
    path = locator.headings
    if path and path[0].casefold() == document.title.casefold():
        locator = replace(locator, headings=path[1:])
    return locator.label(language)


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable run of text: ``text`` is verbatim, ``header`` is context for search alone."""

    version: str
    number: int
    text: str
    locator: Locator = field(default_factory=Locator)
    header: str = ""
    language: str = "fr"

    @property
    def id(self) -> str:
        return f"{self.version}:{self.number}"

    @property
    def key(self) -> Key:
        return self.version, self.number


def header_line(title: str, date: str | None, headings: Sequence[str]) -> str:
    """The context of a passage on one line: title, session date, heading path."""
    path = [heading for heading in headings if heading.casefold() != title.casefold()]
    context = " · ".join(part for part in (title, date, " › ".join(path)) if part)
    return " ".join(context.split())  # a heading out of a cell may have lines


def with_header(passage: Passage, title: str, date: str | None) -> Passage:
    """``passage`` with the header it has in a document of this title and date."""
    _, mark, columns = passage.header.partition("\n")
    locator = passage.locator
    context = header_line(title, locator.day or date, locator.headings)
    return replace(passage, header=f"{context}{mark}{columns}")


def context_of(passage: Passage, document: Document) -> str:
    """What a passage stands under, on one line: title, session date, headings."""
    places = (document.title, document.date or "", *passage.locator.headings)
    return " · ".join(place for place in places if place)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, and its document with the passage's own session date. ``signals`` say why it
    was found: scores by name."""

    passage: Passage
    document: Document
    score: float
    signals: Mapping[str, float] = field(default_factory=dict)


def document_id(community: str, path: str) -> str:
    """Identity of a document: 16 hexadecimal digits from (community, name)."""
    return hashlib.sha256(f"{community}\0{path}".encode()).hexdigest()[:16]


def version_id(document: str, sha256: str, reading: str = "") -> str:
    """Identity of a version: 16 hexadecimal digits from the document, its bytes' SHA-256 and the
    ``reading`` of them, which is empty for those made before readings had names."""
    parts = (document, sha256, reading) if reading else (document, sha256)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
