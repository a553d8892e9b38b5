"""Hybrid search: dense and full text candidates, reranked by late interaction.

``Retrieval`` composes the stores; what makes one passage better than another is pure and lives
in ``ranking.py``. ``retriever.py`` offers it as a langchain ``BaseRetriever``.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from copassist import analysis, ranking
from copassist.catalogue import Catalogue
from copassist.embeddings import Embedded, SentenceEmbeddings
from copassist.errors import LibraryBusyError, LibraryDamagedError
from copassist.filters import Filters
from copassist.lexical import Key, match_expression
from copassist.passages import Hit
from copassist.tokenvectors import TokenVectors
from copassist.vectors import Vectors

POOL: Final = 100
"""Candidates each retriever gives: document recall@10 was .92 with 100, .89 with 40 (issue's
table, 62 French questions; docs/evaluation.md)."""
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

    def search(self, question: str, k: int, filters: Filters) -> list[Hit]:
        """The ``k`` best passages, with the signals that ranked them."""
        embedded = self._embeddings.embed_question(question)
        dense = self._nearest(embedded, filters)
        expression = match_expression(analysis.query_terms(question))
        lexical = self._catalogue.find_words(expression, POOL, filters) if expression else []
        found = self._catalogue.ready_passages(
            {key for key, _ in dense} | {key for key, _ in lexical}, filters
        )
        signals = _signals(found, {"dense": dict(dense), "lexical": dict(lexical)})
        keys = list(signals)
        late = self._token_vectors.similarities(embedded.tokens, keys) @ self._weights(embedded)
        for key, score in zip(keys, late.tolist(), strict=True):
            if not np.isnan(score):
                signals[key]["late"] = score
        return [
            Hit(*found[key], score=score, signals=signals[key])
            for key, score in ranking.rank(signals)[:k]
        ]

    def _nearest(self, question: Embedded, filters: Filters) -> list[tuple[Key, float]]:
        """Candidates by sense; none while the vectors wait to be mended: words still find."""
        pool = NARROW_POOL if filters.narrow else POOL
        try:
            return self._vectors.nearest(filters.community, filters.levels, question.vector, pool)
        except (LibraryDamagedError, LibraryBusyError):
            return []

    def _weights(self, question: Embedded) -> NDArray[np.float32]:
        """Weight of each token of a question: how rare its word is in the library."""
        terms = {
            word: tuple(t for term in analysis.query_terms(word) for p in term.written for t in p)
            for word in ranking.words_of(question.words)
        }
        passages, holding = self._catalogue.holding(
            sorted({t for ts in terms.values() for t in ts})
        )

        def rarity(word: str) -> float:
            found = terms.get(word, ())
            # a stop word has no terms: it is taken to stand everywhere
            least = min((holding.get(term, 0) for term in found), default=passages)
            return ranking.rarity_of(passages, least)

        return ranking.token_weights(question.words, rarity)


def _signals(
    found: dict[Key, Any], lists: dict[str, dict[Key, float]]
) -> dict[Key, dict[str, float]]:
    """Scores by name for each passage found; a list that lacks it gives no signal."""
    return {
        key: {name: scores[key] for name, scores in lists.items() if key in scores} for key in found
    }
