"""Rows of the catalogue and what they become: documents, versions and passages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from copassist.passages import Document, Locator, Passage, version_id
from copassist.schema import aliases, documents, passages, versions

PASSAGE_COLUMNS: Final = (
    passages.c.version_id,
    passages.c.number,
    passages.c.text,
    passages.c.header,
    passages.c.language.label("passage_language"),
    passages.c.locator,
)
PASSAGE_DAY: Final = sa.func.coalesce(passages.c.locator["day"].as_string(), documents.c.date)
"""The day of a passage: of its session, where its record holds several, else of its record."""


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What ingestion knows of a file before it is in the library.

    ``document`` carries guesses; corrections made earlier by a person win over them.
    """

    document: Document
    sha256: str
    suffix: str
    reading: str = ""
    """Which parsers and rules read it."""

    @property
    def id(self) -> str:
        return version_id(self.document.id, self.sha256, self.reading)


@dataclass(frozen=True, slots=True)
class Stored:
    """A version as the stores know it, for sweeping, repairing and verifying."""

    id: str
    document_id: str
    community: str
    level: str
    path: str
    sha256: str
    suffix: str
    status: str
    embedded: bool
    passages: int


@dataclass(frozen=True, slots=True)
class PassageFacts:
    """What ranking must know of a passage: its day, its own language."""

    date: str | None
    language: str


def exists(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> bool:
    return bool(connection.scalar(sa.select(sa.exists().where(*conditions))))


def inside(community: str, path: str, table: sa.Table = documents) -> sa.ColumnElement[bool]:
    """Documents, or other names of some, that the archive or mail of this name holds, at whatever
    depth."""
    return sa.and_(
        table.c.community == community,
        table.c.path > f"{path}/",
        table.c.path < f"{path}0",  # the character after "/"
    )


def guesses(document: Document) -> dict[str, Any]:
    """What ingestion guessed of a document, by column."""
    return {
        "title": document.title,
        "kind": document.kind,
        "date": document.date,
        "language": document.language,
        "level": document.level,
        "notes": list(document.notes),
    }


def row_of(version: str, passage: Passage) -> dict[str, Any]:
    return {
        "version_id": version,
        "number": passage.number,
        "text": passage.text,
        "header": passage.header,
        "language": passage.language,
        "locator": passage.locator.to_dict(),
    }


def passage_of(row: Any) -> Passage:
    return Passage(
        version=row.version_id,
        number=row.number,
        text=row.text,
        locator=Locator.from_dict(row.locator),
        header=row.header,
        language=row.passage_language,
    )


def ready() -> sa.Select[Any]:
    """The documents that can be found, each with its version: what :func:`document_of` reads."""
    return (
        sa.select(documents, versions.c.status, versions.c.bytes)
        .add_columns(versions.c.id.label("version"), versions.c.passages.label("size"))
        .join(versions, versions.c.document_id == documents.c.id)
        .where(versions.c.status == "ready")
    )


def other_names(
    connection: sa.Connection, only: set[str] | None = None
) -> dict[str, tuple[str, ...]]:
    """Other names, by document id; of ``only`` these documents when given."""
    names: dict[str, tuple[str, ...]] = {}
    query = sa.select(aliases).order_by(aliases.c.path)
    if only is not None:
        query = query.where(aliases.c.document_id.in_(sorted(only)))
    for row in connection.execute(query):
        names[row.document_id] = (*names.get(row.document_id, ()), row.path)
    return names


def document_of(row: Any, also: Mapping[str, tuple[str, ...]]) -> Document:
    return Document(
        id=row.id,
        community=row.community,
        path=row.path,
        title=row.title,
        kind=row.kind,
        date=row.date,
        language=row.language,
        level=row.level,
        version=row.version,
        status=row.status,
        added=row.added,
        passages=row.size,
        bytes=row.bytes,
        also=also.get(row.id, ()),
        notes=tuple(row.notes),
    )
