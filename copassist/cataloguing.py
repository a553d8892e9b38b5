"""What changes the catalogue; :class:`~copassist.catalogue.Catalogue` adds what reads it.

A version is ``staged`` while it is written, ``ready`` when it may be found, ``superseded`` when
it waits to be swept away. Every method is one transaction: a kill leaves the state before it or
the one after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from copassist.database import Database
from copassist.errors import DocumentNotFoundError
from copassist.passages import Passage, document_id, with_header
from copassist.rows import (
    PASSAGE_COLUMNS,
    NewVersion,
    exists,
    guesses,
    inside,
    passage_of,
    row_of,
)
from copassist.schema import (
    aliases,
    corrections,
    documents,
    passages,
    proposals,
    versions,
)

IN_HEADERS: Final = frozenset({"title", "date"})
"""What of a document stands in the headers of its passages."""


class Cataloguing(Database):
    """The writing half of the catalogue."""

    def stage(self, new: NewVersion) -> None:
        """Open a version that nobody can find yet; a leftover of the same one is dropped."""
        document = new.document
        with self.transaction() as connection:
            self._delete_version(connection, new.id)
            if not exists(connection, documents.c.id == document.id):
                connection.execute(
                    documents.insert().values(
                        **guesses(document),
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
        with self.transaction() as connection:
            connection.execute(passages.insert(), [row_of(version, passage) for passage in batch])
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
        with self.transaction() as connection:
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
                .values(**(guesses(document) | (corrected or {})))
            )
            return replaced.rowcount > 0

    def put_register(self, version: str, register: dict[str, Any] | None) -> None:
        """Keep what the minutes of a version say, read anew."""
        with self.transaction() as connection:
            connection.execute(
                versions.update().where(versions.c.id == version).values(register=register)
            )

    def mark_embedded(self, chosen: Collection[str], embedded: bool = True) -> None:
        """Say of these versions whether their vectors are there."""
        if not chosen:
            return
        with self.transaction() as connection:
            connection.execute(
                versions.update()
                .where(versions.c.id.in_(sorted(chosen)), versions.c.passages > 0)
                .values(embedded=embedded)
            )

    def mark_all_unembedded(self) -> None:
        """Every vector is to be made again."""
        with self.transaction() as connection:
            connection.execute(
                versions.update().where(versions.c.passages > 0).values(embedded=False)
            )

    def supersede(self, document: str) -> None:
        """Take a document and what is inside it out of every search at once.

        Sweeping it away comes after.
        """
        with self.transaction() as connection:
            query = sa.select(documents).where(documents.c.id == document)
            row = connection.execute(query).one_or_none()
            if row is None:  # another process was quicker
                return
            gone = sa.select(documents.c.id).where(
                sa.or_(documents.c.id == document, inside(row.community, row.path))
            )
            connection.execute(aliases.delete().where(aliases.c.document_id.in_(gone)))
            connection.execute(
                versions.update()
                .where(versions.c.document_id.in_(gone))
                .values(status="superseded")
            )

    def discard(self, version: str) -> None:
        """Drop a version that was staged and is not to be finished; others are left alone."""
        with self.transaction() as connection:
            staged = exists(connection, versions.c.id == version, versions.c.status == "staged")
        if staged:
            self.forget([version])

    def forget(self, chosen: Iterable[str]) -> None:
        """Delete the rows of these versions, and those of documents that have none left."""
        with self.transaction() as connection:
            for version in chosen:
                self._delete_version(connection, version)
            left = sa.select(versions.c.document_id)
            connection.execute(aliases.delete().where(aliases.c.document_id.not_in(left)))
            for table in (corrections, proposals):
                connection.execute(table.delete().where(table.c.document_id.not_in(left)))
            connection.execute(documents.delete().where(documents.c.id.not_in(left)))

    def _delete_version(self, connection: sa.Connection, version: str) -> None:
        mine = sa.select(passages.c.key).where(passages.c.version_id == version)
        self.lexical.remove(connection, mine)
        connection.execute(passages.delete().where(passages.c.version_id == version))
        connection.execute(versions.delete().where(versions.c.id == version))

    def add_alias(self, community: str, path: str, document: str) -> None:
        """Remember another name for the same bytes."""
        with self.transaction() as connection:
            connection.execute(
                aliases.delete().where(aliases.c.community == community, aliases.c.path == path)
            )
            connection.execute(
                aliases.insert().values(community=community, path=path, document_id=document)
            )

    def remove_alias(self, community: str, path: str) -> None:
        with self.transaction() as connection:
            connection.execute(
                aliases.delete().where(aliases.c.community == community, aliases.c.path == path)
            )

    def rename(self, document: str, path: str) -> None:
        """Give a document one of its other names; versions, corrections and members come along."""
        with self.transaction() as connection:
            query = sa.select(documents).where(documents.c.id == document)
            row = connection.execute(query).one_or_none()
            if row is None:  # another process was quicker
                return
            members = sa.select(documents).where(inside(row.community, row.path))
            for member in connection.execute(members).all():
                self._rename(connection, member, path + member.path.removeprefix(row.path))
            self._rename(connection, row, path)

    def _rename(self, connection: sa.Connection, row: Any, path: str) -> None:
        new = document_id(row.community, path)
        connection.execute(
            aliases.delete().where(aliases.c.community == row.community, aliases.c.path == path)
        )
        connection.execute(documents.insert().values({**row._mapping, "id": new, "path": path}))
        for table in (versions, aliases, corrections, proposals):
            connection.execute(
                table.update().where(table.c.document_id == row.id).values(document_id=new)
            )
        connection.execute(documents.delete().where(documents.c.id == row.id))

    def keep_corrections(self, path: str, source: str) -> None:
        """Let a document yet to be stored have what people corrected of ``source``."""
        with self.transaction() as connection:
            row = connection.execute(sa.select(documents).where(documents.c.id == source)).one()
            own = {"id": document_id(row.community, path), "path": path}
            connection.execute(documents.insert().values({**row._mapping, **own}))

    def terms_out_of_step(self) -> tuple[list[str], list[int]]:
        """Versions with passages that full text lacks, and keys that it has for no passage."""
        with self.transaction() as connection:
            return self.lexical.out_of_step(connection)

    def mend_terms(self) -> int:
        """Bring full text in step with the passages; gives how many things were mended."""
        lacking, stray = self.terms_out_of_step()
        for version in lacking:
            self.index_words(version)
        with self.transaction() as connection:
            self.lexical.discard(connection, stray)
        return len(lacking) + len(stray)

    def index_words(self, version: str) -> None:
        """Make the headers and the full text of a version's passages again."""
        with self.transaction() as connection:
            self._index(connection, version)

    def _index(self, connection: sa.Connection, version: str) -> None:
        """Make the headers of a version's passages from its document's present title and date, and
        index them anew."""
        query = sa.select(documents.c.title, documents.c.date).join(
            versions, versions.c.document_id == documents.c.id
        )
        document = connection.execute(query.where(versions.c.id == version)).one_or_none()
        if document is None:  # another process was quicker
            return
        mine = passages.c.version_id == version
        self.lexical.remove(connection, sa.select(passages.c.key).where(mine))
        rows = connection.execute(sa.select(passages.c.key, *PASSAGE_COLUMNS).where(mine)).all()
        found = [(row, with_header(passage_of(row), document.title, document.date)) for row in rows]
        for row, passage in found:
            if passage.header != row.header:
                connection.execute(
                    passages.update().where(passages.c.key == row.key).values(header=passage.header)
                )
        self.lexical.add(connection, ((row.key, passage) for row, passage in found))

    def edit(
        self, document: str, changes: Mapping[str, str | None], *, by_hand: bool = True
    ) -> None:
        """Correct what was guessed, and let full text find a new title and date.

        ``changes`` has keys of ``catalogue.EDITABLE``; those made ``by_hand`` win over whatever is
        guessed or given later.
        """
        with self.transaction() as connection:
            before = connection.scalar(
                sa.select(documents.c.corrections).where(documents.c.id == document)
            )
            if before is None:
                raise DocumentNotFoundError(name=document)
            connection.execute(
                documents.update()
                .where(documents.c.id == document)
                .values(**changes, corrections={**before, **(changes if by_hand else {})})
            )
            if changes.keys().isdisjoint(IN_HEADERS):
                return
            shown = versions.c.document_id == document, versions.c.status == "ready"
            for version in connection.scalars(sa.select(versions.c.id).where(*shown)).all():
                self._index(connection, version)
