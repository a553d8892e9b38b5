"""Hybrid search: dense and full text candidates, reranked by late interaction.

``Retrieval`` composes the stores; what makes one passage better than another is pure and lives
in ``ranking.py``. ``retriever.py`` offers it as a langchain ``BaseRetriever``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

import numpy as np

from copassist import analysis, ranking, spelling
from copassist.analysis import QueryTerm
from copassist.catalogue import Catalogue
from copassist.embeddings import Embedded, SentenceEmbeddings
from copassist.errors import LibraryBusyError, LibraryDamagedError
from copassist.filters import Filters
from copassist.lexical import Key, match_expression
from copassist.passages import Hit
from copassist.periods import read_period
from copassist.tokenvectors import TokenVectors
from copassist.vectors import Vectors

POOL: Final = 100
"""Candidates each retriever gives: document recall@10 was .92 with 100, .89 with 40 (issue's
table, 62 French questions; docs/evaluation.md)."""
WORST: Final = 3
"""Question tokens that a passage meets least, whose mean similarity tells whether all that is
asked is there (docs/evaluation.md, answerability)."""
NARROW_POOL: Final = 1000
"""Dense candidates when documents are filtered afterwards: Chroma's own filter is linear and
slower than over-fetching at every size measured."""


class Retrieval:
    """Search over the stores of one library."""

    def __init__(
        self,
        catalogue: Catalogue,
        vectors: Vectors,
        token_vectors: TokenVectors,
        embeddings: SentenceEmbeddings,
    ) -> None:
        self._catalogue = catalogue
        self._vectors = vectors
        self._token_vectors = token_vectors
        self._embeddings = embeddings

    def search(self, question: str, k: int, filters: Filters, today: date) -> list[Hit]:
        """The ``k`` best passages, with the signals that ranked them.

        ``today`` is what "last autumn" in a question counts from.
        """
        embedded = self._embeddings.embed_question(question)
        dense = self._nearest(embedded, filters)
        expression = match_expression(self._as_recorded(analysis.query_terms(question)))
        lexical = self._catalogue.find_words(expression, POOL, filters) if expression else []
        found = self._catalogue.ready_passages(
            {key for key, _ in dense} | {key for key, _ in lexical}, filters
        )
        signals = _signals(found, {"dense": dict(dense), "lexical": dict(lexical)})
        self._add_late(embedded, signals)
        asked, language = read_period(question, today), analysis.guess_language(question)
        for key, (passage, document) in found.items():
            if asked.holds(document.date):
                signals[key]["period"] = 1.0
            if passage.language == language:
                signals[key]["language"] = 1.0
        return [
            Hit(*found[key], score=score, signals=signals[key])
            for key, score in ranking.rank(signals)[:k]
        ]

    def _add_late(self, question: Embedded, signals: dict[Key, dict[str, float]]) -> None:
        """How close each passage comes to the question's tokens: on average, and to the worst."""
        keys = list(signals)
        closest = self._token_vectors.similarities(question.tokens, keys)
        worst = np.sort(closest, axis=1)[:, :WORST].mean(axis=1)
        for key, late, least in zip(keys, closest.mean(axis=1), worst, strict=True):
            if not np.isnan(late):
                signals[key] |= {"late": float(late), "worst": float(least)}

    def _nearest(self, question: Embedded, filters: Filters) -> list[tuple[Key, float]]:
        """Candidates by sense; none while the vectors wait to be mended: words still find."""
        pool = NARROW_POOL if filters.narrow else POOL
        try:
            return self._vectors.nearest(filters.community, filters.levels, question.vector, pool)
        except (LibraryDamagedError, LibraryBusyError):
            return []

    def _as_recorded(self, terms: Sequence[QueryTerm]) -> list[QueryTerm]:
        """``terms``; one that no record holds is joined by the nearly alike ones that some do."""
        words = {phrase[0] for term in terms for phrase in (*term.written, *term.synonyms)}
        known = self._catalogue.known_terms(sorted(words))
        return [
            term
            if any(phrase[0] in known for phrase in (*term.written, *term.synonyms))
            else replace(term, synonyms=tuple((close,) for close in self._close_to(term)))
            for term in terms
        ]

    def _close_to(self, term: QueryTerm) -> tuple[str, ...]:
        first, *rest = term.written[0]
        if rest or not spelling.allowed(first):
            return ()
        return spelling.close_terms(first, self._catalogue.terms_from(first[0]))


def _signals(
    found: dict[Key, Any], lists: dict[str, dict[Key, float]]
) -> dict[Key, dict[str, float]]:
    """Scores by name for each passage found; a list that lacks it gives no signal."""
    return {
        key: {name: scores[key] for name, scores in lists.items() if key in scores} for key in found
    }
