"""The catalogue: the one truth about documents, versions and passages, in SQL.

Every read joins on versions that are ``ready``, so a half-written or removed document never
surfaces, whatever was killed when. Vectors follow: ``embedded`` says whether they are there.
What changes it is in ``cataloguing.py``, what a row becomes in ``rows.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from copassist.analysis import Phrase
from copassist.cataloguing import Cataloguing
from copassist.errors import DocumentNotFoundError
from copassist.filters import Filters
from copassist.passages import Document, Key, Passage, document_id, on_its_day
from copassist.rows import (
    PASSAGE_COLUMNS,
    PASSAGE_DAY,
    PassageFacts,
    Stored,
    document_of,
    exists,
    inside,
    other_names,
    passage_of,
    ready,
)
from copassist.schema import aliases, documents, passages, versions

EDITABLE: Final = ("title", "kind", "date", "language", "level")
"""What a person may correct; a correction outlives every re-ingestion."""


class Catalogue(Cataloguing):
    """SQL behind plain methods; each is one transaction."""

    def documents(self, community: str | None = None) -> list[Document]:
        """Every document that can be found, by path."""
        query = ready().order_by(documents.c.path)
        if community is not None:
            query = query.where(documents.c.community == community)
        with self.transaction() as connection:
            also = other_names(connection)
            return [document_of(row, also) for row in connection.execute(query)]

    def communities(self) -> list[str]:
        """Names of the communities that hold a document."""
        with self.transaction() as connection:
            query = sa.select(documents.c.community).distinct().order_by(documents.c.community)
            return list(connection.scalars(query))

    def document(self, community: str, name: str) -> Document:
        """By id, path or alias. Raises :class:`DocumentNotFoundError`."""
        alias = sa.select(aliases.c.document_id).where(
            aliases.c.community == community, aliases.c.path == name
        )
        query = ready().where(
            documents.c.community == community,
            sa.or_(documents.c.id == name, documents.c.path == name, documents.c.id.in_(alias)),
        )
        with self.transaction() as connection:
            row = connection.execute(query).first()
            if row is None:
                raise DocumentNotFoundError(name=name)
            return document_of(row, other_names(connection, {row.id}))

    def find_bytes(self, community: str, sha256: str, path: str = "") -> Document | None:
        """The document of ``community`` that has these bytes; preferably at ``path``."""
        query = (
            ready()
            .where(documents.c.community == community, versions.c.sha256 == sha256)
            .order_by(documents.c.path != path, documents.c.path)
        )
        with self.transaction() as connection:
            row = connection.execute(query).first()
            return document_of(row, other_names(connection, {row.id})) if row else None

    def level_of(self, community: str, path: str) -> str | None:
        """The level of the document of this name, else of the archive or mail that it is in;
        ``None`` where there is neither."""
        parts = path.split("/")
        names = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        own = sa.select(documents.c.path, documents.c.level).where(
            documents.c.id.in_([document_id(community, name) for name in names])
        )
        other = (
            sa.select(aliases.c.path, documents.c.level)
            .join(documents, documents.c.id == aliases.c.document_id)
            .where(aliases.c.community == community, aliases.c.path.in_(names))
        )
        with self.transaction() as connection:
            found = connection.execute(sa.union_all(own, other)).all()
        return max(found, key=lambda row: len(row.path)).level if found else None

    def corrections_of(self, document: str) -> dict[str, Any]:
        """What people corrected of a document's title, kind, date, language or level."""
        query = sa.select(documents.c.corrections).where(documents.c.id == document)
        with self.transaction() as connection:
            return dict(connection.scalar(query) or {})

    def current(self, community: str, path: str) -> Stored | None:
        """The version of (community, path) that is found now."""
        document = document_id(community, path)
        found = self._stored(versions.c.document_id == document, versions.c.status == "ready")
        return found[0] if found else None

    def stored(self, document: str | None = None) -> list[Stored]:
        """Every version in whatever state, or those of one document."""
        if document is None:
            return self._stored()
        return self._stored(versions.c.document_id == document)

    def is_empty(self) -> bool:
        """Whether there is no version, in whatever state and community."""
        with self.transaction() as connection:
            return not exists(connection, versions.c.id.is_not(None))

    def waiting(self) -> list[Stored]:
        """The versions that can be found by their words, and whose vectors are to be made."""
        return self._stored(versions.c.status == "ready", versions.c.embedded.is_(False))

    def unwanted(self) -> list[Stored]:
        """The versions that nobody can find: replaced, removed, or never finished."""
        return self._stored(versions.c.status != "ready")

    def _stored(self, *conditions: sa.ColumnElement[bool]) -> list[Stored]:
        query = (
            sa.select(
                versions.c.id,
                versions.c.document_id,
                documents.c.community,
                documents.c.level,
                documents.c.path,
                versions.c.sha256,
                versions.c.suffix,
                versions.c.status,
                versions.c.embedded,
                versions.c.passages,
            )
            .join(documents, documents.c.id == versions.c.document_id)
            .where(*conditions)
        )
        with self.transaction() as connection:
            return [Stored(**row._mapping) for row in connection.execute(query)]

    def ready_places(self, chosen: Collection[str]) -> dict[str, tuple[str, str]]:
        """(community, level) of those of these versions that can be found."""
        query = (
            sa.select(versions.c.id, documents.c.community, documents.c.level)
            .join(documents, documents.c.id == versions.c.document_id)
            .where(versions.c.id.in_(sorted(chosen)), versions.c.status == "ready")
        )
        with self.transaction() as connection:
            return {row.id: (row.community, row.level) for row in connection.execute(query)}

    def holds_bytes(self, sha256: str) -> bool:
        """Whether any version, in whatever state and community, has these bytes."""
        with self.transaction() as connection:
            return exists(connection, versions.c.sha256 == sha256)

    def version_passages(self, version: str) -> list[Passage]:
        """All passages of a version, in reading order."""
        query = (
            sa.select(*PASSAGE_COLUMNS)
            .where(passages.c.version_id == version)
            .order_by(passages.c.number)
        )
        with self.transaction() as connection:
            return [passage_of(row) for row in connection.execute(query)]

    def ready_passages(
        self, ids: Iterable[Key], filters: Filters
    ) -> dict[Key, tuple[Passage, Document]]:
        """Those of ``ids`` (version, number) that may be shown, with their documents, each dated as
        the passage is."""
        wanted = set(ids)
        query = (
            ready()
            .join(passages, passages.c.version_id == versions.c.id)
            .add_columns(*PASSAGE_COLUMNS)
            .where(_named(wanted))
        )
        found: dict[Key, tuple[Passage, Document]] = {}
        if not wanted:
            return found
        with self.transaction() as connection:
            rows = connection.execute(query).all()
            also = other_names(connection, {row.id for row in rows})
        for row in rows:
            passage = passage_of(row)
            document = on_its_day(document_of(row, also), passage.locator)
            if filters.accept(document):
                found[passage.key] = (passage, document)
        return found

    def candidates(self, ids: Collection[Key], filters: Filters) -> dict[Key, PassageFacts]:
        """What ranking must know of those of ``ids`` (version, number) that may be shown."""
        query = (
            sa.select(
                passages.c.version_id,
                passages.c.number,
                passages.c.language,
                documents.c.community,
                documents.c.level,
                documents.c.kind,
                PASSAGE_DAY.label("date"),
            )
            .join(versions, versions.c.id == passages.c.version_id)
            .join(documents, documents.c.id == versions.c.document_id)
            .where(versions.c.status == "ready", _named(ids))
        )
        if not ids:
            return {}
        with self.transaction() as connection:
            return {
                (row.version_id, row.number): PassageFacts(row.date, row.language)
                for row in connection.execute(query)
                if filters.accept(row)
            }

    def find_words(
        self, phrases: Sequence[Phrase], limit: int, filters: Filters
    ) -> list[tuple[Key, float]]:
        """The best ``limit`` passages that hold any of ``phrases``, and their scores."""
        conditions = [
            versions.c.status == "ready",
            documents.c.community == filters.community,
            documents.c.level.in_(filters.levels),
        ]
        if filters.kind:
            conditions.append(documents.c.kind == filters.kind)
        if filters.since:  # as falls_within compares
            told = sa.func.length(PASSAGE_DAY)
            conditions.append(sa.func.substr(filters.since, 1, told) <= PASSAGE_DAY)
        if filters.until:
            length = len(filters.until)
            conditions.append(sa.func.substr(PASSAGE_DAY, 1, length) <= filters.until)
        if filters.day:
            conditions.append(PASSAGE_DAY.startswith(filters.day, autoescape=True))
        with self.transaction() as connection:
            return self.lexical.search(connection, phrases, limit, conditions)

    def frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each of ``terms`` stands; those in none are left out."""
        with self.transaction() as connection:
            return self.lexical.frequencies(connection, terms)

    def terms_from(self, letter: str) -> list[str]:
        """Every term of the passages that begins with ``letter``."""
        with self.transaction() as connection:
            return self.lexical.terms_from(connection, letter)

    def registers(self, community: str) -> list[tuple[Document, Mapping[str, Any]]]:
        """What was read out of each ready record of a community, as stored."""
        query = (
            ready()
            .add_columns(versions.c.register)
            .where(documents.c.community == community, versions.c.register.is_not(None))
        )
        with self.transaction() as connection:
            return [(document_of(row, {}), row.register or {}) for row in connection.execute(query)]

    def register_kept(self, version: str) -> tuple[Document, Mapping[str, Any]] | None:
        """A ready document and what was read out of this version of it, if anything was."""
        query = (
            ready()
            .add_columns(versions.c.register)
            .where(versions.c.id == version, versions.c.register.is_not(None))
        )
        with self.transaction() as connection:
            row = connection.execute(query).first()
            return None if row is None else (document_of(row, {}), row.register or {})

    def days(self) -> set[str]:
        """Days (or months, or years) of every ready document, and of each session inside one."""
        query = ready().add_columns(versions.c.register["sessions"].label("sessions"))
        with self.transaction() as connection:
            found = [(row.date, row.sessions or ()) for row in connection.execute(query)]
        inside = (session["date"] for _, sessions in found for session in sessions)
        return {day for day in (*(date for date, _ in found), *inside) if day}

    def members(self, community: str, path: str) -> list[str]:
        """Paths of the documents that can be found inside an archive or a mail."""
        query = (
            sa.select(documents.c.path)
            .join(versions, versions.c.document_id == documents.c.id)
            .where(inside(community, path), versions.c.status == "ready")
            .order_by(documents.c.path)
        )
        with self.transaction() as connection:
            return list(connection.scalars(query))

    def names_inside(self, community: str, path: str) -> list[str]:
        """The names inside an archive or a mail under which documents are found that stand
        elsewhere: the same bytes twice."""
        query = sa.select(aliases.c.path).where(inside(community, path, aliases))
        with self.transaction() as connection:
            return list(connection.scalars(query))


def _named(ids: Collection[Key]) -> sa.ColumnElement[bool]:
    """These passages (version, number).

    Without its first half SQLite goes through every ready version: 53 ms instead of 15 among
    100,000 passages.
    """
    return sa.and_(
        versions.c.id.in_(sorted({version for version, _ in ids})),
        sa.tuple_(passages.c.version_id, passages.c.number).in_(sorted(ids)),
    )
