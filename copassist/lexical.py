"""Full text inside the catalogue: the contract that an index keeps, whatever database holds it.

An index holds analysed terms (``analysis.py``: stems, folded accents, no stop words), so the
database only looks up and counts. It lives in the catalogue's transactions and is never out of
step. Two keep the contract: ``fts5.py`` in SQLite, ``tsvectors.py`` in PostgreSQL.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from copassist import analysis
from copassist.analysis import Phrase
from copassist.passages import Key, Passage
from copassist.queryterms import QueryTerm
from copassist.schema import documents, passages, versions

OVERFETCH: Final = 4
"""Matches read for each passage wanted, since some may not be shown; where too few may, all are."""
READ_AT_MOST: Final = 20_000
"""Most entries of the index (a word in a passage) read for one question. Beyond it the question's
most frequent words are left out, never the rarest. An entry takes two microseconds; none of 127
questions had so many among 7,389 passages."""


class LexicalIndex(ABC):
    """BM25 over passages, kept in a table ``passage_terms``; one instance per catalogue."""

    key = "key"
    """That table's column of catalogue keys."""

    @abstractmethod
    def wait_for_others(self, connection: sa.Connection) -> None:
        """Let other processes make their tables first, where two at once would fail."""

    @abstractmethod
    def create(self, connection: sa.Connection) -> None:
        """Make what the index needs, where it is not there yet."""

    @abstractmethod
    def frequencies(self, connection: sa.Connection, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each of ``terms`` stands; those in none are left out."""

    @abstractmethod
    def add(self, connection: sa.Connection, passages: Iterable[tuple[int, Passage]]) -> None:
        """Index passages under their catalogue keys."""

    @abstractmethod
    def discard(self, connection: sa.Connection, keys: Sequence[int]) -> None:
        """Drop what is indexed under these keys, and the terms that only they held."""

    @abstractmethod
    def _matches(self, phrases: Sequence[Phrase], limit: int | None) -> sa.Subquery:
        """``key`` and ``score`` (greater is better) of the best passages that hold any of
        ``phrases``."""

    def terms_from(self, connection: sa.Connection, letter: str) -> list[str]:
        """Every term that begins with ``letter``: both keep a table of them."""
        query = sa.text("SELECT term FROM terms WHERE term >= :first AND term < :next")
        return list(connection.scalars(query, {"first": letter, "next": chr(ord(letter) + 1)}))

    def out_of_step(self, connection: sa.Connection) -> tuple[list[str], list[int]]:
        """Versions with passages that are not indexed, and keys indexed for no passage."""
        lacking = connection.scalars(
            sa.text(
                "SELECT DISTINCT version_id FROM passages"
                f" WHERE key NOT IN (SELECT {self.key} FROM passage_terms) ORDER BY version_id"
            )
        )
        stray = connection.scalars(
            sa.text(
                f"SELECT {self.key} FROM passage_terms"
                f" WHERE {self.key} NOT IN (SELECT key FROM passages)"
            )
        )
        return list(lacking), list(stray)

    def remove(self, connection: sa.Connection, keys: sa.Select[tuple[int]]) -> None:
        """Drop the passages whose catalogue keys a query gives."""
        self.discard(connection, list(connection.scalars(keys)))

    def search(
        self,
        connection: sa.Connection,
        phrases: Sequence[Phrase],
        limit: int,
        conditions: Sequence[sa.ColumnElement[bool]],
    ) -> list[tuple[Key, float]]:
        """The best ``limit`` passages that hold any of ``phrases``, and their BM25 scores.

        ``conditions`` are asked of the best matches alone, for joining every match takes longer
        than ranking it; of all matches where too few of the best may be shown.
        """
        if not phrases:
            return []
        most = OVERFETCH * limit
        rows = _joined(connection, self._matches(phrases, most), conditions)
        shown = [row for row in rows if row.shown]
        if len(shown) < limit and len(rows) == most:
            rows = _joined(connection, self._matches(phrases, None), conditions)
            shown = [row for row in rows if row.shown]
        return [((row.version_id, row.number), float(row.score)) for row in shown[:limit]]


def _joined(
    connection: sa.Connection, matches: sa.Subquery, conditions: Sequence[sa.ColumnElement[bool]]
) -> Sequence[Any]:
    """Matches, best first, and whether each may be ``shown``."""
    query = (
        sa.select(passages.c.version_id, passages.c.number, matches.c.score)
        .add_columns(sa.and_(*conditions).label("shown"))
        .join(matches, matches.c.key == passages.c.key)
        .join(versions, versions.c.id == passages.c.version_id)
        .join(documents, documents.c.id == versions.c.document_id)
        .order_by(matches.c.score.desc(), passages.c.key)
    )
    return connection.execute(query).all()


def within_reach(terms: Sequence[QueryTerm], frequencies: Mapping[str, int]) -> list[QueryTerm]:
    """``terms`` without the most frequent, so that no more than :data:`READ_AT_MOST` are read."""

    def entries(term: QueryTerm) -> int:
        return sum(frequencies.get(word, 0) for phrase in term.phrases for word in phrase)

    kept: set[QueryTerm] = set()
    read = 0
    for term in sorted(terms, key=entries):
        read += entries(term)
        if read > READ_AT_MOST and kept:
            break
        kept.add(term)
    return [term for term in terms if term in kept]


def phrases_of(terms: Iterable[QueryTerm]) -> list[Phrase]:
    """Every way of saying any of ``terms``, each once."""
    said = dict.fromkeys(phrase for term in terms for phrase in term.phrases)
    return [phrase for phrase in said if any(phrase)]


def analysed(passage: Passage) -> tuple[list[str], list[str]]:
    """The terms of a passage's header, and those of its text."""
    header = analysis.terms(passage.header, passage.language)
    return list(header), list(analysis.terms(passage.text, passage.language))
