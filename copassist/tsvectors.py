"""Full text in PostgreSQL: ``tsvector``s of terms that ``analysis.py`` has prepared, under GIN.

PostgreSQL's own ranking knows nothing of how rare a word is, so BM25 is counted here, with the
constants of SQLite's ``bm25()``: one machine's library and a server's rank alike. Its parsers and
dictionaries are left out: vectors and queries are written term by term.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from copassist.analysis import Phrase
from copassist.lexical import LexicalIndex, analysed
from copassist.passages import Passage

K1: Final = 1.2
B: Final = 0.75
"""BM25's constants, those of FTS5 (sqlite.org/fts5.html, section 5.1.1)."""
LEAST_WEIGHT: Final = 1e-6
"""Of a term that stands in more than half of the passages (same source)."""
LAST_POSITION: Final = 16_383
"""The greatest position that a ``tsvector`` keeps (PostgreSQL 15, section 12.11)."""
LONGEST_TERM: Final = 2_000
"""Bytes of a term that is kept; a ``tsvector`` takes 2,046 (same section)."""

_MAKE: Final = (
    "CREATE TABLE IF NOT EXISTS passage_terms"
    " (key INTEGER PRIMARY KEY, terms TSVECTOR NOT NULL, length INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS ix_passage_terms ON passage_terms USING GIN (terms)",
    "CREATE TABLE IF NOT EXISTS terms"
    ' (term TEXT COLLATE "C" PRIMARY KEY, passages INTEGER NOT NULL)',
    "CREATE TABLE IF NOT EXISTS indexed (one BOOLEAN PRIMARY KEY, passages BIGINT, length BIGINT)",
    "INSERT INTO indexed VALUES (TRUE, 0, 0) ON CONFLICT DO NOTHING",
)
_MAKING: Final = 0x636F70
"""Names the lock (any number that no other program on the server takes): of two transactions that
make one table IF NOT EXISTS, PostgreSQL fails the later (section 13.3.5 has the locks)."""
_ALONE: Final = sa.text("SELECT FROM indexed FOR UPDATE")
"""One writer at a time: two that count terms in another order would wait for each other."""
_COUNT: Final = sa.text(
    "INSERT INTO terms VALUES (:term, :passages)"
    " ON CONFLICT (term) DO UPDATE SET passages = terms.passages + excluded.passages"
)
_SUM: Final = sa.text(
    "UPDATE indexed SET passages = passages + :passages, length = length + :length"
)


class TsvectorIndex(LexicalIndex):
    """The contract kept by a table of vectors, how often each term stands in it, and its size."""

    def wait_for_others(self, connection: sa.Connection) -> None:
        connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_MAKING})"))

    def create(self, connection: sa.Connection) -> None:
        for statement in _MAKE:
            connection.execute(sa.text(statement))

    def frequencies(self, connection: sa.Connection, terms: Sequence[str]) -> dict[str, int]:
        query = sa.text("SELECT term, passages FROM terms WHERE term = ANY(:terms)")
        return {row.term: row.passages for row in connection.execute(query, {"terms": list(terms)})}

    def add(self, connection: sa.Connection, passages: Iterable[tuple[int, Passage]]) -> None:
        rows: list[dict[str, Any]] = []
        counts: defaultdict[str, int] = defaultdict(int)
        for key, passage in passages:
            header, body = analysed(passage)
            places = _places(header, body)
            rows.append({"key": key, "terms": _vector(places), "length": len(header) + len(body)})
            for term in places:
                counts[term] += 1
        if not rows:
            return
        connection.execute(_ALONE)
        insert = "INSERT INTO passage_terms VALUES (:key, CAST(:terms AS tsvector), :length)"
        connection.execute(sa.text(insert), rows)
        connection.execute(_COUNT, [{"term": t, "passages": n} for t, n in sorted(counts.items())])
        lengths = sum(row["length"] for row in rows)
        connection.execute(_SUM, {"passages": len(rows), "length": lengths})

    def discard(self, connection: sa.Connection, keys: Sequence[int]) -> None:
        if not keys:
            return
        connection.execute(_ALONE)
        gone = connection.execute(
            sa.text(
                "DELETE FROM passage_terms WHERE key = ANY(:keys)"
                " RETURNING tsvector_to_array(terms) AS terms, length"
            ),
            {"keys": list(keys)},
        ).all()
        counts: defaultdict[str, int] = defaultdict(int)
        for row in gone:
            for term in row.terms:
                counts[term] -= 1
        if counts:
            each = [{"term": term, "passages": count} for term, count in sorted(counts.items())]
            connection.execute(_COUNT, each)
            connection.execute(
                sa.text("DELETE FROM terms WHERE passages <= 0 AND term = ANY(:terms)"),
                {"terms": sorted(counts)},
            )
        length = sum(row.length for row in gone)
        connection.execute(_SUM, {"passages": -len(gone), "length": -length})

    def _matches(self, phrases: Sequence[Phrase], limit: int | None) -> sa.Subquery:
        phrases = [phrase for phrase in phrases if all(map(_fits, phrase))]
        words = sorted({phrase[0] for phrase in phrases if len(phrase) == 1})
        several = [_query([phrase]) for phrase in phrases if len(phrase) > 1]
        found = [_OF_WORDS, *(_OF_PHRASE.format(number=n) for n in range(len(several)))]
        named = [_PHRASE.format(number=n) for n in range(len(several))]
        query = _BEST.format(
            phrases="".join(f", {one}" for one in named), found=" UNION ALL ".join(found)
        )
        values = {f"phrase{n}": one for n, one in enumerate(several)}
        bound = sa.text(query).bindparams(
            words=words, query=_query(phrases), least=LEAST_WEIGHT, k=K1, b=B, limit=limit, **values
        )
        columns = sa.column("key", sa.Integer), sa.column("score", sa.Float)
        return bound.columns(*columns).subquery()


_BEST: Final = """
WITH size AS (
  SELECT passages AS n, greatest(length, 1)::float8 / greatest(passages, 1) AS mean FROM indexed
), asked AS (
  SELECT term, greatest(:least, ln((size.n - passages + .5) / (passages + .5))) AS weight
  FROM terms, size WHERE term = ANY(:words)
){phrases}, found AS ({found})
SELECT key, sum(weight * times * (:k + 1) / (times + :k * (1 - :b + :b * length / mean))) AS score
FROM found, size GROUP BY key ORDER BY score DESC, key LIMIT CAST(:limit AS bigint)
"""
_OF_WORDS: Final = """
  SELECT key, length, cardinality(positions) AS times, weight
  FROM passage_terms CROSS JOIN LATERAL unnest(terms) JOIN asked ON term = lexeme
  WHERE terms @@ CAST(:query AS tsquery)
"""
_PHRASE: Final = """
phrase{number} AS (
  SELECT key, length FROM passage_terms WHERE terms @@ CAST(:phrase{number} AS tsquery)
)"""
_OF_PHRASE: Final = """
  SELECT key, length, 1, (
    SELECT greatest(:least, ln((size.n - held + .5) / (held + .5)))
    FROM size, (SELECT count(*) AS held FROM phrase{number}) AS counted
  ) FROM phrase{number}
"""
"""A phrase counts once a passage, where FTS5 counts its places: they are few."""


def _places(header: Sequence[str], body: Sequence[str]) -> dict[str, list[int]]:
    """Where each term stands, from 1; a gap keeps phrases from crossing from header to body."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, term in [*enumerate(header, 1), *enumerate(body, len(header) + 2)]:
        if _fits(term):
            places[term].append(min(at, LAST_POSITION))
    return dict(places)


def _fits(term: str) -> bool:
    return 0 < len(term.encode()) <= LONGEST_TERM


def _vector(places: Mapping[str, Sequence[int]]) -> str:
    """As PostgreSQL reads a ``tsvector``: ``'grill':2,7 'lectur':3``."""
    return " ".join(
        f"{_quoted(term)}:{','.join(map(str, at))}" for term, at in sorted(places.items())
    )


def _query(phrases: Sequence[Phrase]) -> str:
    """Any of ``phrases`` as PostgreSQL reads a ``tsquery``: ``'grill' | 'carte' <-> 'or'``."""
    return " | ".join(" <-> ".join(map(_quoted, phrase)) for phrase in phrases)


def _quoted(term: str) -> str:
    escaped = term.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
