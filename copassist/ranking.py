"""From the signals of candidates to their order; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from copassist.models import embeddinggemma
from copassist.passages import Key

LEXICAL_WEIGHT: Final = 0.1
"""MaxSim + 0.1 BM25, both standardised over the candidates. On 435 questions about records the
adapter has not seen, 0 to 0.1 did alike and 0.2 lost .01 of document recall@1
(docs/experiments.md); some is kept for names and numbers, which a model reads less well than an
index."""
DENSE_WEIGHT: Final = {embeddinggemma.NAME: 0.15}
"""By model, for the cosine of question and passage as wholes, beside that of their tokens; what
only its words found counts as far as the farthest that sense found. Of 435, 47 and 190 questions
the right passage comes first for .713, .681 and .542 instead of .706, .617 and .511; .1 to .25 do
alike, 1 finds .674, .553 and .558 (with the adapter before; now .720 and .766 of the first two
instead of .701 and .723). The bundled model loses by it: .50 instead of .52 of the 435
(docs/experiments.md)."""
PERIOD_BONUS: Final = 1.0
"""Added where the document is of the period that the question names. A preference, not a filter:
of 113 questions that name one, 38 ask about records dated otherwise. Document recall@1 .586 ->
.598 on the 435 when it came; beside the sentences, 1 finds .595 and .5 .591."""
LANGUAGE_BONUS: Final = 0.1
"""Added to passages in the question's language, so that of two that say the same the reader's own
comes first. Document recall@5 .745 -> .787 on 47 training questions, .807 still .807 on the 435;
.4 loses .01 there, and cross-language finds with it."""
SENTENCE_WEIGHT: Final = 0.1
"""For how much closer a passage's best sentence comes than the whole: a passage of many subjects
that answers in one line. On the 435, document recall@1 .579 -> .591 and @5 .789 -> .807, passage
recall@1 .503 -> .513; .2 and .3 did no better, .5 worse than none."""
RERANKED: Final = 6
"""Most passages that a reranker reads. By ``likelihood.py``, of 124 questions .694 had the right
one among the first three with six or eight, .661 with four (docs/experiments.md)."""
REACH: Final = 5.0
"""A passage is read when its score is at most this many times the reranker's weight below the best
one's. Of six, 4.3 are read then, and no fewer right ones come first (same table)."""
FUSION: Final = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Buettcher 2009)."""

Floats = NDArray[np.float64]


def rank(signals: Mapping[Key, Mapping[str, float]], model: str = "") -> list[tuple[Key, float]]:
    """Candidates with their scores, best first; ``model`` is the embedding model's name.

    Signals by name: ``dense`` (cosine), ``lexical`` (BM25), ``late`` (MaxSim), ``period`` (1 where
    the document is of the period asked about), ``language`` (1 where the passage is in the
    question's), ``sentence`` (how much closer its best sentence comes than the whole passage). A
    candidate whose vectors are still to be made has no ``late``, and is judged by its words in its
    place; where that is most of them, ranks are fused instead.
    """
    keys = list(signals)
    if not keys:
        return []
    known = ["late" in signals[key] for key in keys]
    if sum(known) > len(keys) / 2:
        words = standardised([signals[key].get("lexical", 0.0) for key in keys])
        late = np.where(known, _standing(keys, signals, "late"), words)
        asked = np.array([signals[key].get("period", 0.0) for key in keys])
        own = np.array([signals[key].get("language", 0.0) for key in keys])
        sentence = _standing(keys, signals, "sentence")
        scores = late + LEXICAL_WEIGHT * words + SENTENCE_WEIGHT * sentence
        dense = np.where(known, _dense(keys, signals), 0.0)
        scores += DENSE_WEIGHT.get(model, 0.0) * dense
        scores += PERIOD_BONUS * asked + LANGUAGE_BONUS * own
    else:
        scores = _fused(keys, signals)
    order = np.argsort(-scores, kind="stable")
    return [(keys[i], float(scores[i])) for i in order]


def worth_reranking(order: list[tuple[Key, float]], weight: float) -> list[Key]:
    """The first of ``order`` that a reranker of this weight could bring to the front."""
    least = order[0][1] - REACH * weight if order else 0.0
    return [key for key, score in order[:RERANKED] if score >= least]


def rerank(
    order: list[tuple[Key, float]], read: Mapping[Key, float], weight: float
) -> list[tuple[Key, float]]:
    """``order`` with the scores that a reranker gave some of its first passages, ``read``: these
    come first, by both scores; then the others as they were, none scored above them."""
    keys = [key for key, _ in order if key in read]
    before = dict(order)
    standing = weight * standardised([read[key] for key in keys])
    first = {key: before[key] + float(more) for key, more in zip(keys, standing, strict=True)}
    least = min(first.values())
    rest = [(key, min(score, least)) for key, score in order if key not in read]
    return sorted(first.items(), key=lambda item: -item[1]) + rest


def _standing(keys: list[Key], signals: Mapping[Key, Mapping[str, float]], name: str) -> Floats:
    """A signal, standardised over those that have it; the others stand at their mean."""
    known = [name in signals[key] for key in keys]
    standing = np.zeros(len(keys))
    if any(known):
        standing[known] = standardised([signals[key][name] for key in keys if name in signals[key]])
    return standing


def _dense(keys: list[Key], signals: Mapping[Key, Mapping[str, float]]) -> Floats:
    """Cosines, standardised; what sense did not find is at least as far as all that it found."""
    found = [signals[key]["dense"] for key in keys if "dense" in signals[key]]
    return standardised([signals[key].get("dense", min(found, default=0.0)) for key in keys])


def standardised(values: list[float]) -> Floats:
    """``values`` in standard deviations from their mean; zeros where they are all the same."""
    array = np.array(values, np.float64)
    spread = float(array.std())
    return (array - array.mean()) / spread if spread else array * 0


def _fused(keys: list[Key], signals: Mapping[Key, Mapping[str, float]]) -> Floats:
    """Reciprocal rank fusion of the dense and the lexical list."""
    scores = np.zeros(len(keys))
    for name in ("dense", "lexical"):
        listed = [(signals[key][name], i) for i, key in enumerate(keys) if name in signals[key]]
        for place, (_, i) in enumerate(sorted(listed, key=lambda pair: -pair[0]), start=1):
            scores[i] += 1 / (FUSION + place)
    return scores
