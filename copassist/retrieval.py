"""Hybrid search: dense and full text candidates, reranked by late interaction.

``Retrieval`` composes the stores; what makes one passage better than another is pure and lives
in ``ranking.py``. ``retriever.py`` offers it as a langchain ``BaseRetriever``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from copassist import ranking, spelling, twins
from copassist.catalogue import Catalogue
from copassist.embeddings import Embedded, SentenceEmbeddings
from copassist.errors import LibraryBusyError, LibraryDamagedError
from copassist.filters import Filters
from copassist.language import guess_language
from copassist.lexical import phrases_of, within_reach
from copassist.modeltext import embedded_text
from copassist.passages import Document, Hit, Key, Passage
from copassist.periods import read_period
from copassist.queryterms import QueryTerm, query_terms, standard
from copassist.rerankers import Reranker
from copassist.rows import PassageFacts
from copassist.tokenvectors import TokenVectors
from copassist.vectors import Vectors

POOL: Final = 100
"""Candidates each retriever gives: document recall@10 was .92 with 100, .89 with 40 (issue's
table, 62 French questions; docs/experiments.md)."""
WORST: Final = 0.3
"""Share of a question's tokens, those that a passage meets least: their mean similarity tells
whether all that is asked is there. On 618 questions AUC .733, three tokens whatever the length
.716; with the adapter before .744, .729, and .2 did alike (docs/experiments.md, answerability)."""
NARROW_POOL: Final = 1000
"""Dense candidates when documents are filtered afterwards, of which the first :data:`POOL` that
may be shown are ranked: Chroma's own filter is linear and slower at every size measured."""

_word_lookups = ThreadPoolExecutor(thread_name_prefix="words")
"""Words are looked up here while the model embeds the question."""


class Retrieval:
    """Search over the stores of one library."""

    def __init__(
        self,
        catalogue: Catalogue,
        vectors: Vectors,
        token_vectors: TokenVectors,
        embeddings: SentenceEmbeddings,
        reranker: Reranker | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._vectors = vectors
        self._token_vectors = token_vectors
        self._embeddings = embeddings
        self._reranker = reranker

    def search(self, question: str, k: int, filters: Filters, today: date) -> list[Hit]:
        """The ``k`` best passages, with the signals that ranked them.

        ``today`` is what "last autumn" in a question counts from.
        """
        question = standard(question)
        words = _word_lookups.submit(self._by_words, question, filters)
        embedded = self._embeddings.embed_question(question)
        dense, lexical = dict(self._nearest(embedded, filters)), dict(words.result())
        found = self._catalogue.candidates({*dense, *lexical}, filters)
        nearest = [key for key in dense if key in found][:POOL]
        found = {key: found[key] for key in {**dict.fromkeys(nearest), **lexical} if key in found}
        signals = _signals(found, {"dense": dense, "lexical": lexical})
        self._add_late(embedded, signals)
        asked, language = read_period(question, today), guess_language(question)
        for key, candidate in found.items():
            if asked.holds(candidate.date):
                signals[key]["period"] = 1.0
            if candidate.language == language:
                signals[key]["language"] = 1.0
        name = self._embeddings.name
        order = self._own_first(ranking.rank(signals, name), signals, found, language)
        order = order[: max(k, ranking.RERANKED) if self._reranker else k]
        shown = self._catalogue.ready_passages([key for key, _ in order], filters)
        best = self._reranked(question, order, shown, signals)[:k]
        return [
            Hit(*shown[key], score=score, signals=signals[key])
            for key, score in best
            if key in shown
        ]

    def _by_words(self, question: str, filters: Filters) -> list[tuple[Key, float]]:
        """Candidates by full text."""
        terms = query_terms(question)
        words = {word for term in terms for phrase in term.phrases for word in phrase}
        frequencies = self._catalogue.frequencies(sorted(words))
        near = self._as_recorded(terms, frequencies)
        phrases = phrases_of(within_reach(near, frequencies))
        return self._catalogue.find_words(phrases, POOL, filters)

    def _add_late(self, question: Embedded, signals: dict[Key, dict[str, float]]) -> None:
        """Add what token and sentence vectors tell: how close each passage comes to the question's
        tokens (``late``), to those it meets least (``worst``), and how much closer its best
        sentence comes than the whole (``sentence``).
        """
        keys = list(signals)
        if not len(question.tokens):  # nothing but blanks was asked
            return
        try:
            closest = self._token_vectors.similarities(question.tokens, keys)
            outstanding = self._token_vectors.standing_out(question.vector, keys)
        except LibraryDamagedError:  # ranks are fused until `library repair`
            return
        few = max(1, round(closest.shape[1] * WORST))
        found = {
            "late": closest.mean(axis=1),
            "worst": np.sort(closest, axis=1)[:, :few].mean(axis=1),
            "sentence": outstanding,
        }
        for name, values in found.items():
            for key, value in zip(keys, values.tolist(), strict=True):
                if not np.isnan(value):
                    signals[key][name] = value

    def _reranked(
        self,
        question: str,
        order: list[tuple[Key, float]],
        shown: dict[Key, tuple[Passage, Document]],
        signals: dict[Key, dict[str, float]],
    ) -> list[tuple[Key, float]]:
        """``order``, its first passages put in order by the reranker, if there is one and it has
        the time."""
        if self._reranker is None:
            return order
        weight = self._reranker.weight
        visible = [(key, score) for key, score in order if key in shown]
        first = ranking.worth_reranking(visible, weight)
        if not first:
            return order
        texts = [embedded_text(shown[key][0]) for key in first]
        scores = self._reranker.scores(question, texts)
        if scores is None:
            return order
        read = dict(zip(first, scores, strict=False))  # the last may be left for lack of time
        for key, score in read.items():
            signals[key][self._reranker.signal] = score
        return ranking.rerank(order, read, weight)

    def _own_first(
        self,
        order: list[tuple[Key, float]],
        signals: dict[Key, dict[str, float]],
        found: dict[Key, PassageFacts],
        language: str,
    ) -> list[tuple[Key, float]]:
        """``order``, the reader's own of two passages that say the same before the other."""
        likeness = twins.LIKENESS.get(self._embeddings.name)
        foreign = twins.foreign(order, found, language)
        if likeness is None or not foreign:
            return order
        own = [key for key in found if found[key].language == language]
        try:
            vectors = self._token_vectors.passage_vectors([*foreign, *own])
        except LibraryDamagedError:
            return order
        order, moved = twins.own_first(order, found, language, vectors, likeness)
        for key, close in moved.items():
            signals[key]["twin"] = close
        return order

    def _nearest(self, question: Embedded, filters: Filters) -> list[tuple[Key, float]]:
        """Candidates by sense; none while the vectors wait to be mended: words still find."""
        pool = NARROW_POOL if filters.narrow else POOL
        try:
            return self._vectors.nearest(filters.community, filters.levels, question.vector, pool)
        except (LibraryDamagedError, LibraryBusyError):
            return []

    def _as_recorded(self, terms: Sequence[QueryTerm], known: Collection[str]) -> list[QueryTerm]:
        """``terms``, each that no record holds with those nearly alike that some record does."""
        return [
            term
            if any(phrase[0] in known for phrase in term.phrases)
            else replace(term, synonyms=tuple((close,) for close in self._close_to(term)))
            for term in terms
        ]

    def _close_to(self, term: QueryTerm) -> tuple[str, ...]:
        first, *rest = term.written[0]
        if rest or not spelling.allowed(first):
            return ()
        return spelling.close_terms(first, self._catalogue.terms_from(first[0]))


def _signals(
    found: Collection[Key], lists: dict[str, dict[Key, float]]
) -> dict[Key, dict[str, float]]:
    """Scores by name for each passage found; a list that lacks it gives no signal."""
    return {
        key: {name: scores[key] for name, scores in lists.items() if key in scores} for key in found
    }
