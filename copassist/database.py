"""The database of the catalogue: one engine, one way to begin a transaction, one translation.

SQLAlchemy Core, so that SQLite (the default) can give way to PostgreSQL; full text is the
one thing that the two keep differently (``lexical.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, OperationalError

from copassist.errors import (
    LibraryBusyError,
    LibraryDamagedError,
    LibraryUnwritableError,
    SettingsError,
)
from copassist.fts5 import Fts5Index
from copassist.lexical import LexicalIndex
from copassist.schema import meta, tables
from copassist.tsvectors import TsvectorIndex

FORMER_INDEXES: Final = ("ix_versions_status",)
"""Indexes that earlier versions of this program made, dropped from their libraries. With this one,
SQLite, which keeps no statistics, went through every ready version instead of the few asked for:
85 and 52 ms a search among a million passages."""
BUSY_SECONDS: Final = 30
"""How long SQLite waits for another process's transaction; ours last milliseconds."""


class Database:
    """The tables, made where they are not there yet, and values that the library remembers."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self.lexical = _lexical(self.engine.dialect.name)
        with self.transaction() as connection:
            self.lexical.wait_for_others(connection)
            for table in tables.sorted_tables:
                connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
                for index in table.indexes:
                    connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))
            for former in FORMER_INDEXES:
                connection.execute(sa.text(f"DROP INDEX IF EXISTS {former}"))
            self.lexical.create(connection)

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A transaction; what the database says is translated here and nowhere else."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except OperationalError as error:
            raise _translated(self.url, error) from error
        except DatabaseError as error:
            if isinstance(error, sa.exc.IntegrityError):
                raise
            problem = str(error.orig)
            raise LibraryDamagedError(path=_shown(self.url), problem=problem) from error

    def empty_log(self) -> None:
        """Take SQLite's log into its file: until then what was deleted still stands in the log.

        While somebody else reads, the log stays; the next time empties it.
        """
        if self.engine.dialect.name == "sqlite":
            with self.transaction() as connection:
                connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def get(self, key: str) -> str | None:
        """A remembered value of the library itself, such as its embedding model."""
        with self.transaction() as connection:
            return connection.scalar(sa.select(meta.c.value).where(meta.c.key == key))

    def put(self, key: str, value: str) -> None:
        with self.transaction() as connection:
            connection.execute(meta.delete().where(meta.c.key == key))
            connection.execute(meta.insert().values(key=key, value=value))


def _engine(url: str) -> sa.Engine:
    try:
        engine = sa.create_engine(url)
    except (sa.exc.ArgumentError, ValueError) as error:  # no address, or of no known database
        raise _not_an_address(url, "address") from error
    except ImportError as error:
        raise _not_an_address(url, "driver") from error
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def _configure(connection: Any, _: Any) -> None:
            # WAL lets readers go on while one process writes; FULL survives a power cut.
            for pragma in (
                f"busy_timeout={BUSY_SECONDS * 1000}",
                "journal_mode=WAL",
                "synchronous=FULL",
                "secure_delete=ON",  # what is removed is written over, not only let go
                "foreign_keys=ON",
            ):
                connection.execute(f"PRAGMA {pragma}")

    return engine


def _lexical(dialect: str) -> LexicalIndex:
    kinds: dict[str, type[LexicalIndex]] = {"sqlite": Fts5Index, "postgresql": TsvectorIndex}
    if dialect not in kinds:
        raise SettingsError(name="COPASSIST_CATALOGUE_URL", value=dialect, problem="full_text")
    return kinds[dialect]()


def _not_an_address(url: str, problem: str) -> SettingsError:
    """The error for a URL that cannot be used, told without the password it may hold."""
    shown = url.partition("://")[0] if "://" in url else url
    return SettingsError(name="COPASSIST_CATALOGUE_URL", value=shown, problem=problem)


def _shown(url: str) -> str:
    """``url`` as people may see it: SQLite's file, or the server without its password."""
    if url.startswith("sqlite"):
        return url.removeprefix("sqlite:///")
    return sa.make_url(url).set(query={}).render_as_string(hide_password=True)


def _translated(url: str, error: OperationalError) -> Exception:
    if url.startswith("sqlite"):
        return _told_by_sqlite(url, str(error.orig))
    return _told_by_postgresql(url, getattr(error.orig, "sqlstate", None) or "", str(error.orig))


def _told_by_sqlite(url: str, said: str) -> Exception:
    if "locked" in said or "busy" in said:
        return LibraryBusyError(path=_shown(url), seconds=BUSY_SECONDS)
    if any(word in said.lower() for word in ("readonly", "unable to open", "permission", "full")):
        return LibraryUnwritableError(path=_shown(url))
    return LibraryDamagedError(path=_shown(url), problem=said)


def _told_by_postgresql(url: str, state: str, said: str) -> Exception:
    """By SQLSTATE (PostgreSQL 15, appendix A); a connection that fails may come without one."""
    if state == "53100":  # disk full
        return LibraryUnwritableError(path=_shown(url))
    if state[:2] in {"40", "53", "55"}:  # deadlock, too many connections, lock not available
        return LibraryBusyError(path=_shown(url), seconds=BUSY_SECONDS)
    if state[:2] in {"", "08", "28", "3D", "57"}:  # connection, person, database, shutdown
        return SettingsError(
            name="COPASSIST_CATALOGUE_URL", value=_shown(url), problem="no_database"
        )
    return LibraryDamagedError(path=_shown(url), problem=said)
