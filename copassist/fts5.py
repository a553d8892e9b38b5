"""Full text in SQLite: FTS5 over terms that ``analysis.py`` has prepared.

The database only splits on spaces and counts. Beside the index stands each term once: to list
those that begin with a letter, FTS5 counts all their passages, 160 to 300 ms among a million.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from copassist.analysis import Phrase
from copassist.lexical import LexicalIndex, analysed
from copassist.passages import Passage


class Fts5Index(LexicalIndex):
    """The contract kept by an FTS5 table, whose scores are its own ``bm25()``."""

    key = "rowid"

    def wait_for_others(self, connection: sa.Connection) -> None:
        """Nothing to do: SQLite lets one connection at a time write."""

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
        query = sa.text("SELECT term, doc FROM passage_vocabulary WHERE term IN :terms")
        bound = query.bindparams(sa.bindparam("terms", expanding=True))
        rows = connection.execute(bound, {"terms": list(terms)})
        return {row.term: int(row.doc) for row in rows}

    def add(self, connection: sa.Connection, passages: Iterable[tuple[int, Passage]]) -> None:
        rows: list[dict[str, Any]] = []
        for key, passage in passages:
            header, text = map(" ".join, analysed(passage))
            rows.append({"key": key, "header": header, "body": text})
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

    def discard(self, connection: sa.Connection, keys: Sequence[int]) -> None:
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

    def _matches(self, phrases: Sequence[Phrase], limit: int | None) -> sa.Subquery:
        expression = match_expression(phrases)
        index = sa.table("passage_terms", sa.column("rowid"), sa.column("rank", sa.Float))
        return (
            sa.select(index.c.rowid.label("key"), (-index.c.rank).label("score"))
            .where(sa.text("passage_terms MATCH :expression").bindparams(expression=expression))
            .order_by(index.c.rank)
            .limit(limit)
            .subquery()
        )


def match_expression(phrases: Iterable[Phrase]) -> str:
    """Any of ``phrases``, quoted so that none is read as an operator; "" for none."""
    quoted = (" ".join(phrase).replace('"', "") for phrase in phrases)
    return " OR ".join(f'"{phrase}"' for phrase in dict.fromkeys(quoted) if phrase)


def _terms_of(texts: Iterable[tuple[str, str]]) -> list[str]:
    """Each term once."""
    return sorted({term for fields in texts for field in fields for term in field.split()})
