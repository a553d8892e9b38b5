"""The catalogue: the one truth about documents, versions and passages, in SQL.

A version is ``staged`` while it is written, ``ready`` when it may be found, ``superseded`` when
it waits to be swept away; every read joins on ``ready``, so a half-written or removed document
never surfaces, whatever was killed when. Vectors follow: ``embedded`` says whether they are there.

SQLAlchemy Core throughout, so that SQLite (the default) can give way to PostgreSQL; what the two
do differently for full text is in ``lexical.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, OperationalError

from copassist.errors import (
    DocumentNotFoundError,
    LibraryBusyError,
    LibraryDamagedError,
    LibraryUnwritableError,
)
from copassist.filters import Filters
from copassist.lexical import LexicalIndex
from copassist.passages import Document, Locator, Passage, document_id, version_id
from copassist.schema import aliases, documents, meta, passages, tables, versions

BUSY_SECONDS: Final = 30
"""How long SQLite waits for another process's transaction; ours last milliseconds."""
EDITABLE: Final = ("title", "kind", "date", "language", "level")
"""What a person may correct; a correction outlives every re-ingestion."""

PASSAGE_COLUMNS: Final = (
    passages.c.version_id,
    passages.c.number,
    passages.c.text,
    passages.c.header,
    passages.c.language.label("passage_language"),
    passages.c.locator,
)


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What ingestion knows of a file before it is in the library.

    ``document`` carries guesses; corrections made earlier by a person win over them.
    """

    document: Document
    sha256: str
    suffix: str

    @property
    def id(self) -> str:
        return version_id(self.document.id, self.sha256)


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


class Catalogue:
    """SQL behind plain methods; each is one transaction."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self.lexical = LexicalIndex(self.engine.dialect.name)
        with self._begin() as connection:
            for table in tables.sorted_tables:
                connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
                for index in table.indexes:
                    connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))
            self.lexical.create(connection)

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _begin(self) -> Iterator[sa.Connection]:
        """A transaction; what the database says is translated here and nowhere else."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except OperationalError as error:
            raise _translated(self.url, error) from error
        except DatabaseError as error:
            if isinstance(error, sa.exc.IntegrityError):
                raise
            raise LibraryDamagedError(path=self.url, problem=str(error.orig)) from error

    transaction = _begin
    """For the stores that share this database."""

    # --- settings of the library -------------------------------------------------------------

    def get(self, key: str) -> str | None:
        """A remembered value of the library itself, such as its embedding model."""
        with self._begin() as connection:
            return connection.scalar(sa.select(meta.c.value).where(meta.c.key == key))

    def put(self, key: str, value: str) -> None:
        with self._begin() as connection:
            connection.execute(meta.delete().where(meta.c.key == key))
            connection.execute(meta.insert().values(key=key, value=value))

    # --- writing -----------------------------------------------------------------------------

    def stage(self, new: NewVersion) -> None:
        """Open a version that nobody can find yet; a leftover of the same one is dropped."""
        document = new.document
        with self._begin() as connection:
            self._delete_version(connection, new.id)
            if not _exists(connection, documents.c.id == document.id):
                connection.execute(
                    documents.insert().values(
                        **_guesses(document),
                        id=document.id,
                        community=document.community,
                        path=document.path,
                        corrections={},
                        added=datetime.now(UTC).isoformat(timespec="seconds"),
                    )
                )
            connection.execute(
                versions.insert().values(
                    id=new.id,
                    document_id=document.id,
                    sha256=new.sha256,
                    suffix=new.suffix,
                    bytes=document.bytes,
                    status="staged",
                    embedded=False,
                    passages=0,
                )
            )

    def append(self, version: str, batch: Sequence[Passage]) -> None:
        """Add passages to a staged version, with their search terms."""
        if not batch:
            return
        with self._begin() as connection:
            connection.execute(passages.insert(), [_row(version, passage) for passage in batch])
            keys = connection.execute(
                sa.select(passages.c.key, passages.c.number)
                .where(passages.c.version_id == version)
                .where(passages.c.number >= batch[0].number)
                .order_by(passages.c.number)
            ).all()
            self.lexical.add(connection, zip((row.key for row in keys), batch, strict=True))
            connection.execute(
                versions.update()
                .where(versions.c.id == version)
                .values(passages=versions.c.passages + len(batch))
            )

    def publish(self, new: NewVersion, register: Mapping[str, Any] | None = None) -> bool:
        """Make a staged version the one that is found; what it replaces is superseded.

        One transaction: a reader sees the old document or the new one. Gives whether there was
        an old one.
        """
        document = new.document
        with self._begin() as connection:
            replaced = connection.execute(
                versions.update()
                .where(versions.c.document_id == document.id, versions.c.status == "ready")
                .values(status="superseded")
            )
            connection.execute(
                versions.update()
                .where(versions.c.id == new.id)
                .values(status="ready", register=register, embedded=versions.c.passages == 0)
            )
            connection.execute(
                aliases.delete().where(
                    aliases.c.community == document.community, aliases.c.path == document.path
                )
            )
            corrected = connection.scalar(
                sa.select(documents.c.corrections).where(documents.c.id == document.id)
            )
            connection.execute(
                documents.update()
                .where(documents.c.id == document.id)
                .values(**(_guesses(document) | (corrected or {})))
            )
            return replaced.rowcount > 0

    def mark_embedded(self, chosen: Collection[str], embedded: bool = True) -> None:
        """Say of these versions whether their vectors are there."""
        if not chosen:
            return
        with self._begin() as connection:
            connection.execute(
                versions.update()
                .where(versions.c.id.in_(sorted(chosen)), versions.c.passages > 0)
                .values(embedded=embedded)
            )

    def mark_all_unembedded(self) -> None:
        """Every vector is to be made again."""
        with self._begin() as connection:
            connection.execute(
                versions.update().where(versions.c.passages > 0).values(embedded=False)
            )

    def supersede(self, document: str) -> None:
        """Take a document and what is inside it out of every search at once.

        Sweeping it away comes after.
        """
        with self._begin() as connection:
            row = connection.execute(sa.select(documents).where(documents.c.id == document)).one()
            gone = sa.select(documents.c.id).where(
                sa.or_(documents.c.id == document, _inside(row.community, row.path))
            )
            connection.execute(aliases.delete().where(aliases.c.document_id.in_(gone)))
            connection.execute(
                versions.update()
                .where(versions.c.document_id.in_(gone))
                .values(status="superseded")
            )

    def discard(self, version: str) -> None:
        """Drop a version that was staged and is not to be finished; others are left alone."""
        with self._begin() as connection:
            staged = _exists(connection, versions.c.id == version, versions.c.status == "staged")
        if staged:
            self.forget([version])

    def members(self, community: str, path: str) -> list[str]:
        """Paths of the documents that can be found inside an archive or a mail."""
        query = (
            sa.select(documents.c.path)
            .join(versions, versions.c.document_id == documents.c.id)
            .where(_inside(community, path), versions.c.status == "ready")
            .order_by(documents.c.path)
        )
        with self._begin() as connection:
            return list(connection.scalars(query))

    def forget(self, chosen: Iterable[str]) -> None:
        """Delete the rows of these versions, and those of documents that have none left."""
        with self._begin() as connection:
            for version in chosen:
                self._delete_version(connection, version)
            left = sa.select(versions.c.document_id)
            connection.execute(aliases.delete().where(aliases.c.document_id.not_in(left)))
            connection.execute(documents.delete().where(documents.c.id.not_in(left)))

    def _delete_version(self, connection: sa.Connection, version: str) -> None:
        mine = sa.select(passages.c.key).where(passages.c.version_id == version)
        self.lexical.remove(connection, mine)
        connection.execute(passages.delete().where(passages.c.version_id == version))
        connection.execute(versions.delete().where(versions.c.id == version))

    def add_alias(self, community: str, path: str, document: str) -> None:
        """Remember another name for the same bytes."""
        with self._begin() as connection:
            connection.execute(
                aliases.delete().where(aliases.c.community == community, aliases.c.path == path)
            )
            connection.execute(
                aliases.insert().values(community=community, path=path, document_id=document)
            )

    def remove_alias(self, community: str, path: str) -> None:
        with self._begin() as connection:
            connection.execute(
                aliases.delete().where(aliases.c.community == community, aliases.c.path == path)
            )

    def rename(self, document: str, path: str) -> None:
        """Give a document one of its other names; versions, corrections and members come along."""
        with self._begin() as connection:
            row = connection.execute(sa.select(documents).where(documents.c.id == document)).one()
            inside = sa.select(documents).where(_inside(row.community, row.path))
            for member in connection.execute(inside).all():
                self._rename(connection, member, path + member.path.removeprefix(row.path))
            self._rename(connection, row, path)

    def _rename(self, connection: sa.Connection, row: Any, path: str) -> None:
        new = document_id(row.community, path)
        connection.execute(
            aliases.delete().where(aliases.c.community == row.community, aliases.c.path == path)
        )
        connection.execute(documents.insert().values({**row._mapping, "id": new, "path": path}))
        for table in (versions, aliases):
            connection.execute(
                table.update().where(table.c.document_id == row.id).values(document_id=new)
            )
        connection.execute(documents.delete().where(documents.c.id == row.id))

    def keep_corrections(self, document: Document, source: str) -> None:
        """Let a document yet to be stored have what people corrected of ``source``."""
        with self._begin() as connection:
            row = connection.execute(sa.select(documents).where(documents.c.id == source)).one()
            own = {"id": document.id, "path": document.path}
            connection.execute(documents.insert().values({**row._mapping, **own}))

    def terms_out_of_step(self) -> tuple[list[str], list[int]]:
        """Versions with passages that full text lacks, and keys that it has for no passage."""
        with self._begin() as connection:
            return self.lexical.out_of_step(connection)

    def mend_terms(self) -> int:
        """Bring full text in step with the passages; gives how many things were mended."""
        lacking, stray = self.terms_out_of_step()
        for version in lacking:
            self._index_again(version)
        with self._begin() as connection:
            self.lexical.discard(connection, stray)
        return len(lacking) + len(stray)

    def _index_again(self, version: str) -> None:
        with self._begin() as connection:
            mine = passages.c.version_id == version
            self.lexical.remove(connection, sa.select(passages.c.key).where(mine))
            rows = connection.execute(sa.select(passages.c.key, *PASSAGE_COLUMNS).where(mine)).all()
            self.lexical.add(connection, ((row.key, _passage(row)) for row in rows))

    def edit(self, document: str, changes: Mapping[str, str | None]) -> None:
        """Correct what was guessed. ``changes`` has keys of :data:`EDITABLE`."""
        with self._begin() as connection:
            before = connection.scalar(
                sa.select(documents.c.corrections).where(documents.c.id == document)
            )
            if before is None:
                raise DocumentNotFoundError(name=document)
            connection.execute(
                documents.update()
                .where(documents.c.id == document)
                .values(**changes, corrections={**before, **changes})
            )

    # --- reading -----------------------------------------------------------------------------

    def documents(self, community: str | None = None) -> list[Document]:
        """Every document that can be found, by path."""
        query = _ready().order_by(documents.c.path)
        if community is not None:
            query = query.where(documents.c.community == community)
        with self._begin() as connection:
            also = _also(connection)
            return [_document(row, also) for row in connection.execute(query)]

    def communities(self) -> list[str]:
        """Names of the communities that hold a document."""
        with self._begin() as connection:
            query = sa.select(documents.c.community).distinct().order_by(documents.c.community)
            return list(connection.scalars(query))

    def document(self, community: str, name: str) -> Document:
        """By id, path or alias. Raises :class:`DocumentNotFoundError`."""
        alias = sa.select(aliases.c.document_id).where(
            aliases.c.community == community, aliases.c.path == name
        )
        query = _ready().where(
            documents.c.community == community,
            sa.or_(documents.c.id == name, documents.c.path == name, documents.c.id.in_(alias)),
        )
        with self._begin() as connection:
            row = connection.execute(query).first()
            if row is None:
                raise DocumentNotFoundError(name=name)
            return _document(row, _also(connection, {row.id}))

    def find_bytes(self, community: str, sha256: str, path: str = "") -> Document | None:
        """The document of ``community`` that has these bytes; preferably at ``path``."""
        query = (
            _ready()
            .where(documents.c.community == community, versions.c.sha256 == sha256)
            .order_by(documents.c.path != path, documents.c.path)
        )
        with self._begin() as connection:
            row = connection.execute(query).first()
            return _document(row, _also(connection, {row.id})) if row else None

    def current(self, community: str, path: str) -> Stored | None:
        """The version of (community, path) that is found now."""
        document = document_id(community, path)
        ready = self._stored(versions.c.document_id == document, versions.c.status == "ready")
        return ready[0] if ready else None

    def stored(self, document: str | None = None) -> list[Stored]:
        """Every version in whatever state, or those of one document."""
        if document is None:
            return self._stored()
        return self._stored(versions.c.document_id == document)

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
        with self._begin() as connection:
            return [Stored(**row._mapping) for row in connection.execute(query)]

    def ready_places(self, chosen: Collection[str]) -> dict[str, tuple[str, str]]:
        """(community, level) of those of these versions that can be found."""
        query = (
            sa.select(versions.c.id, documents.c.community, documents.c.level)
            .join(documents, documents.c.id == versions.c.document_id)
            .where(versions.c.id.in_(sorted(chosen)), versions.c.status == "ready")
        )
        with self._begin() as connection:
            return {row.id: (row.community, row.level) for row in connection.execute(query)}

    def holds_bytes(self, sha256: str) -> bool:
        """Whether any version, in whatever state and community, has these bytes."""
        with self._begin() as connection:
            return _exists(connection, versions.c.sha256 == sha256)

    def version_passages(self, version: str) -> list[Passage]:
        """All passages of a version, in reading order."""
        query = (
            sa.select(*PASSAGE_COLUMNS)
            .where(passages.c.version_id == version)
            .order_by(passages.c.number)
        )
        with self._begin() as connection:
            return [_passage(row) for row in connection.execute(query)]

    def ready_passages(
        self, ids: Iterable[tuple[str, int]], filters: Filters
    ) -> dict[tuple[str, int], tuple[Passage, Document]]:
        """Those of ``ids`` (version, number) that may be shown, with their documents."""
        wanted = set(ids)
        query = (
            _ready()
            .join(passages, passages.c.version_id == versions.c.id)
            .add_columns(*PASSAGE_COLUMNS)
            .where(sa.tuple_(passages.c.version_id, passages.c.number).in_(sorted(wanted)))
        )
        found: dict[tuple[str, int], tuple[Passage, Document]] = {}
        if not wanted:
            return found
        with self._begin() as connection:
            rows = connection.execute(query).all()
            also = _also(connection, {row.id for row in rows})
        for row in rows:
            document = _document(row, also)
            if filters.accept(document):
                passage = _passage(row)
                found[(passage.version, passage.number)] = (passage, document)
        return found

    def find_words(
        self, expression: str, limit: int, filters: Filters
    ) -> list[tuple[tuple[str, int], float]]:
        """The best ``limit`` passages for a full-text expression: ((version, number), score)."""
        conditions = [
            versions.c.status == "ready",
            documents.c.community == filters.community,
            documents.c.level.in_(filters.levels),
        ]
        if filters.kind:
            conditions.append(documents.c.kind == filters.kind)
        if filters.since:
            conditions.append(documents.c.date >= filters.since)
        if filters.until:
            length = len(filters.until)
            conditions.append(sa.func.substr(documents.c.date, 1, length) <= filters.until)
        with self._begin() as connection:
            return self.lexical.search(connection, expression, limit, conditions)

    def holding(self, terms: Sequence[str]) -> tuple[int, dict[str, int]]:
        """How many passages can be found, and how many hold each of ``terms``."""
        total = sa.select(sa.func.sum(versions.c.passages)).where(versions.c.status == "ready")
        with self._begin() as connection:
            return connection.scalar(total) or 0, self.lexical.holding(connection, terms)

    def registers(self, community: str) -> list[tuple[Document, Mapping[str, Any]]]:
        """What was read out of each ready record of a community, as stored."""
        query = (
            _ready()
            .add_columns(versions.c.register)
            .where(documents.c.community == community, versions.c.register.is_not(None))
        )
        with self._begin() as connection:
            return [(_document(row, {}), row.register or {}) for row in connection.execute(query)]


def _engine(url: str) -> sa.Engine:
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def _configure(connection: Any, _: Any) -> None:
            # WAL lets readers go on while one process writes; FULL survives a power cut.
            for pragma in (
                f"busy_timeout={BUSY_SECONDS * 1000}",
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
            ):
                connection.execute(f"PRAGMA {pragma}")

    return engine


def _translated(url: str, error: OperationalError) -> Exception:
    said = str(error.orig)
    if "locked" in said or "busy" in said:
        return LibraryBusyError(path=url, seconds=BUSY_SECONDS)
    if "readonly" in said or "unable to open" in said or "permission" in said.lower():
        return LibraryUnwritableError(path=url.removeprefix("sqlite:///"))
    return LibraryDamagedError(path=url.removeprefix("sqlite:///"), problem=said)


def _exists(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> bool:
    return bool(connection.scalar(sa.select(sa.exists().where(*conditions))))


def _inside(community: str, path: str) -> sa.ColumnElement[bool]:
    """Documents that the archive or mail of this name holds, at whatever depth."""
    return sa.and_(
        documents.c.community == community,
        documents.c.path > f"{path}/",
        documents.c.path < f"{path}0",  # the character after "/"
    )


def _guesses(document: Document) -> dict[str, Any]:
    return {
        "title": document.title,
        "kind": document.kind,
        "date": document.date,
        "language": document.language,
        "level": document.level,
        "notes": list(document.notes),
    }


def _row(version: str, passage: Passage) -> dict[str, Any]:
    return {
        "version_id": version,
        "number": passage.number,
        "text": passage.text,
        "header": passage.header,
        "language": passage.language,
        "locator": passage.locator.to_dict(),
    }


def _passage(row: Any) -> Passage:
    return Passage(
        version=row.version_id,
        number=row.number,
        text=row.text,
        locator=Locator.from_dict(row.locator),
        header=row.header,
        language=row.passage_language,
    )


def _ready() -> sa.Select[Any]:
    return (
        sa.select(documents, versions.c.status, versions.c.bytes)
        .add_columns(versions.c.id.label("version"), versions.c.passages.label("size"))
        .join(versions, versions.c.document_id == documents.c.id)
        .where(versions.c.status == "ready")
    )


def _also(connection: sa.Connection, only: set[str] | None = None) -> dict[str, tuple[str, ...]]:
    """Other names, by document id; of ``only`` these documents when given."""
    names: dict[str, tuple[str, ...]] = {}
    query = sa.select(aliases).order_by(aliases.c.path)
    if only is not None:
        query = query.where(aliases.c.document_id.in_(sorted(only)))
    for row in connection.execute(query):
        names[row.document_id] = (*names.get(row.document_id, ()), row.path)
    return names


def _document(row: Any, also: Mapping[str, tuple[str, ...]]) -> Document:
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
