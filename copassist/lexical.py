"""Full text inside the catalogue: SQLite FTS5 over terms that ``analysis.py`` has prepared.

The index holds analysed terms (stems, folded accents, no stop words), so the database only
splits on spaces and counts. It lives in the catalogue's transactions and is never out of step.
Beside it stands each term once: to list those that begin with a letter, FTS5 counts all their
passages, 160 to 300 ms among a million.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from copassist import analysis
from copassist.errors import SettingsError
from copassist.passages import Passage
from copassist.schema import documents, passages, versions

OVERFETCH: Final = 4
"""Matches taken for each one wanted, since some may not be shown; all, where that is too few."""
READ_AT_MOST: Final = 20_000
"""Places of words in passages read for one question: its most frequent words are left out beyond
it (never the rarest). Two microseconds each; none of 127 questions met it among 7,389 passages."""

Key = tuple[str, int]
"""(version, number): names a passage."""


class LexicalIndex:
    """BM25 over passages; one instance per catalogue."""

    def __init__(self, dialect: str) -> None:
        if dialect != "sqlite":
            raise SettingsError(name="COPASSIST_CATALOGUE_URL", value=dialect, problem="full_text")

    def create(self, connection: sa.Connection) -> None:
        connection.execute(
            sa.text(
                "CREATE VIRTUAL TABLE IF NOT EXISTS passage_vocabulary "
                "USING fts5vocab('passage_terms', 'row')"
            )
        )
        connection.execute(
            sa.text(
                "CREATE VIRTUAL TABLE IF NOT EXISTS passage_terms USING fts5("
                "header, body, tokenize = \"unicode61 remove_diacritics 0 tokenchars '-_.@+'\")"
            )
        )
        connection.execute(
            sa.text("CREATE TABLE IF NOT EXISTS terms (term TEXT PRIMARY KEY) WITHOUT ROWID")
        )
        if not self._holds(connection, "terms") and self._holds(connection, "passage_terms"):
            # a library made before
            connection.execute(sa.text("INSERT INTO terms SELECT term FROM passage_vocabulary"))

    def _holds(self, connection: sa.Connection, table: str) -> bool:
        return connection.scalar(sa.text(f"SELECT 1 FROM {table} LIMIT 1")) is not None

    def frequencies(self, connection: sa.Connection, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each of ``terms`` stands; those in none are left out."""
        query = sa.text("SELECT term, doc FROM passage_vocabulary WHERE term IN :terms")
        bound = query.bindparams(sa.bindparam("terms", expanding=True))
        rows = connection.execute(bound, {"terms": list(terms)})
        return {row.term: int(row.doc) for row in rows}

    def terms_from(self, connection: sa.Connection, letter: str) -> list[str]:
        """Every term that begins with ``letter``."""
        query = sa.text("SELECT term FROM terms WHERE term >= :first AND term < :next")
        return list(connection.scalars(query, {"first": letter, "next": chr(ord(letter) + 1)}))

    def add(self, connection: sa.Connection, passages: Iterable[tuple[int, Passage]]) -> None:
        """Index passages under their catalogue keys."""
        rows: list[dict[str, Any]] = [
            {
                "key": key,
                "header": _joined(passage.header, passage.language),
                "body": _joined(passage.text, passage.language),
            }
            for key, passage in passages
        ]
        if not rows:
            return
        connection.execute(
            sa.text(
                "INSERT INTO passage_terms (rowid, header, body) VALUES (:key, :header, :body)"
            ),
            rows,
        )
        new = [{"term": term} for term in _terms_of((row["header"], row["body"]) for row in rows)]
        if new:
            connection.execute(sa.text("INSERT OR IGNORE INTO terms VALUES (:term)"), new)

    def remove(self, connection: sa.Connection, keys: sa.Select[tuple[int]]) -> None:
        """Drop the passages whose catalogue keys a query gives."""
        self.discard(connection, list(connection.scalars(keys)))

    def discard(self, connection: sa.Connection, keys: Sequence[int]) -> None:
        """Drop what is indexed under these keys, and the terms that only they held."""
        if not keys:
            return
        held = sa.text(
            "SELECT coalesce(header, '') AS header, coalesce(body, '') AS body"
            " FROM passage_terms WHERE rowid = :key"
        )
        rows = [row for key in keys for row in connection.execute(held, {"key": key})]
        connection.execute(
            sa.text("DELETE FROM passage_terms WHERE rowid = :key"), [{"key": key} for key in keys]
        )
        elsewhere = sa.text("SELECT 1 FROM passage_terms WHERE passage_terms MATCH :term LIMIT 1")
        gone = [
            {"term": term}
            for term in _terms_of((row.header, row.body) for row in rows)
            if connection.scalar(elsewhere, {"term": f'"{term}"'}) is None
        ]
        if gone:
            connection.execute(sa.text("DELETE FROM terms WHERE term = :term"), gone)

    def out_of_step(self, connection: sa.Connection) -> tuple[list[str], list[int]]:
        """Versions with passages that are not indexed, and keys indexed for no passage."""
        lacking = connection.scalars(
            sa.text(
                "SELECT DISTINCT version_id FROM passages"
                " WHERE key NOT IN (SELECT rowid FROM passage_terms) ORDER BY version_id"
            )
        )
        stray = connection.scalars(
            sa.text("SELECT rowid FROM passage_terms WHERE rowid NOT IN (SELECT key FROM passages)")
        )
        return list(lacking), list(stray)

    def search(
        self,
        connection: sa.Connection,
        expression: str,
        limit: int,
        conditions: Sequence[sa.ColumnElement[bool]],
    ) -> list[tuple[Key, float]]:
        """The best ``limit`` passages and their BM25 scores, greater is better.

        ``conditions`` are asked of the best matches alone, for joining every match takes longer
        than ranking it; of all matches where too few of the best may be shown.
        """
        index = sa.table("passage_terms", sa.column("rowid"), sa.column("rank", sa.Float))
        best = (
            sa.select(index.c.rowid, index.c.rank)
            .where(sa.text("passage_terms MATCH :expression"))
            .order_by(index.c.rank)
        )
        most = OVERFETCH * limit
        rows = self._joined_rows(connection, best.limit(most), expression, conditions)
        shown = [row for row in rows if row.shown]
        if len(shown) < limit and len(rows) == most:
            rows = self._joined_rows(connection, best, expression, conditions)
            shown = [row for row in rows if row.shown]
        return [((row.version_id, row.number), -float(row.rank)) for row in shown[:limit]]

    def _joined_rows(
        self,
        connection: sa.Connection,
        best: sa.Select[Any],
        expression: str,
        conditions: Sequence[sa.ColumnElement[bool]],
    ) -> Sequence[Any]:
        """Matches, best first, and whether each may be ``shown``."""
        matches = best.subquery()
        query = (
            sa.select(passages.c.version_id, passages.c.number, matches.c.rank)
            .add_columns(sa.and_(*conditions).label("shown"))
            .join(matches, matches.c.rowid == passages.c.key)
            .join(versions, versions.c.id == passages.c.version_id)
            .join(documents, documents.c.id == versions.c.document_id)
            .order_by(matches.c.rank, passages.c.key)
        )
        return connection.execute(query, {"expression": expression}).all()


def within_reach(
    terms: Sequence[analysis.QueryTerm], frequencies: Mapping[str, int]
) -> list[analysis.QueryTerm]:
    """``terms`` without the most frequent, so that :data:`READ_AT_MOST` places are read."""

    def places(term: analysis.QueryTerm) -> int:
        phrases = (*term.written, *term.synonyms)
        return sum(frequencies.get(word, 0) for phrase in phrases for word in phrase)

    kept: list[analysis.QueryTerm] = []
    read = 0
    for term in sorted(terms, key=places):
        read += places(term)
        if read > READ_AT_MOST and kept:
            break
        kept.append(term)
    return [term for term in terms if term in kept]


def match_expression(terms: Iterable[analysis.QueryTerm]) -> str:
    """Any phrase of any of ``terms``, quoted so that none is read as an operator; "" for none."""
    phrases = (phrase for term in terms for phrase in (*term.written, *term.synonyms))
    quoted = (" ".join(phrase).replace('"', "") for phrase in phrases)
    return " OR ".join(f'"{phrase}"' for phrase in dict.fromkeys(quoted) if phrase)


def _terms_of(texts: Iterable[tuple[str, str]]) -> list[str]:
    """Each term once."""
    return sorted({term for fields in texts for field in fields for term in field.split()})


def _joined(text: str, language: str) -> str:
    return " ".join(analysis.terms(text, language))
