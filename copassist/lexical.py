"""Full text inside the catalogue: SQLite FTS5 over terms that ``analysis.py`` has prepared.

The index holds analysed terms (stems, folded accents, no stop words), so the database only
splits on spaces and counts. It lives in the catalogue's transactions and is never out of step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import sqlalchemy as sa

from copassist import analysis
from copassist.errors import SettingsError
from copassist.passages import Passage
from copassist.schema import documents, passages, versions

FIELD_WEIGHTS: Final = (1.0, 1.0)
"""BM25 weights of the header (title, session date, headings) and of the body. Equal until the
ablation in docs/evaluation.md says otherwise."""

Key = tuple[str, int]
"""(version, number): names a passage."""


class LexicalIndex:
    """BM25 over passages; one instance per catalogue."""

    def __init__(self, dialect: str) -> None:
        if dialect != "sqlite":
            raise SettingsError(name="COPASSIST_CATALOGUE_URL", value=dialect, problem="sqlite")

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

    def known(self, connection: sa.Connection, terms: Sequence[str]) -> set[str]:
        """Those of ``terms`` that stand in some passage."""
        query = sa.text("SELECT term FROM passage_vocabulary WHERE term IN :terms")
        bound = query.bindparams(sa.bindparam("terms", expanding=True))
        return set(connection.scalars(bound, {"terms": list(terms)}))

    def terms_from(self, connection: sa.Connection, letter: str) -> list[str]:
        """Every term that begins with ``letter``."""
        query = sa.text("SELECT term FROM passage_vocabulary WHERE term >= :first AND term < :next")
        return list(connection.scalars(query, {"first": letter, "next": chr(ord(letter) + 1)}))

    def add(self, connection: sa.Connection, passages: Iterable[tuple[int, Passage]]) -> None:
        """Index passages under their catalogue keys."""
        rows = [
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

    def remove(self, connection: sa.Connection, keys: sa.Select[tuple[int]]) -> None:
        """Drop the passages whose catalogue keys a query gives."""
        self.discard(connection, list(connection.scalars(keys)))

    def discard(self, connection: sa.Connection, keys: Sequence[int]) -> None:
        """Drop what is indexed under these keys."""
        if keys:
            connection.execute(
                sa.text("DELETE FROM passage_terms WHERE rowid = :key"),
                [{"key": key} for key in keys],
            )

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
        """The best ``limit`` passages and their BM25 scores, greater is better."""
        index = sa.table("passage_terms", sa.column("rowid"))
        weights = ", ".join(str(weight) for weight in FIELD_WEIGHTS)
        score: sa.Label[float] = sa.literal_column(f"-bm25(passage_terms, {weights})").label(
            "score"
        )
        query = (
            sa.select(passages.c.version_id, passages.c.number, score)
            .select_from(index)
            .join(passages, passages.c.key == index.c.rowid)
            .join(versions, versions.c.id == passages.c.version_id)
            .join(documents, documents.c.id == versions.c.document_id)
            .where(sa.text("passage_terms MATCH :expression"))
            .where(*conditions)
            .order_by(sa.desc(score), passages.c.key)
            .limit(limit)
        )
        rows: Iterable[Any] = connection.execute(query, {"expression": expression})
        return [((row.version_id, row.number), float(row.score)) for row in rows]


def match_expression(terms: Iterable[analysis.QueryTerm]) -> str:
    """Any phrase of any of ``terms``, quoted so that none is read as an operator; "" for none."""
    phrases = (phrase for term in terms for phrase in (*term.written, *term.synonyms))
    quoted = (" ".join(phrase).replace('"', "") for phrase in phrases)
    return " OR ".join(f'"{phrase}"' for phrase in dict.fromkeys(quoted) if phrase)


def _joined(text: str, language: str) -> str:
    return " ".join(analysis.terms(text, language))
