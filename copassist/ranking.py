"""From the signals of candidates to their order; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from copassist.lexical import Key

LATE_WEIGHT: Final = 1.0
LEXICAL_WEIGHT: Final = 0.2
"""MaxSim + 0.2 BM25, both standardised over the candidates. From the measurements the project
began with; on our 47 training questions anything from 0.1 to 0.2 did alike, 0.3 lost .06 of
document recall@5. Adding the dense score, standardising by language, a penalty for the other
language, other weights of header and body, and what else the same document holds were tried and
gained nothing that 47 questions could show (docs/evaluation.md)."""
FUSION: Final = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Buettcher 2009)."""
WORD_START: Final = "▁"
"""How SentencePiece marks the first token of a word."""

Floats = NDArray[np.float64]


def token_weights(tokens: Sequence[str], rarity: Callable[[str], float]) -> NDArray[np.float32]:
    """Weight of each question token in its MaxSim: its word's rarity; the weights add up to 1.

    ``rarity`` gives a word's (see :func:`rarity_of`). Over plain MaxSim + BM25 it gained document
    recall@1 .49 -> .53 and recall@5 .68 -> .75 on 47 training questions; on the 43 of the test
    part .40 -> .42 and .63 -> .61, one question each way.
    """
    weights = np.zeros(len(tokens), np.float32)
    for group in _words(tokens):
        word = "".join(tokens[index] for index in group).replace(WORD_START, "")
        weights[group] = rarity(word)
    total = float(weights.sum())
    return weights / total if total else np.full(len(tokens), 1 / max(len(tokens), 1), np.float32)


def words_of(tokens: Sequence[str]) -> list[str]:
    """The words that ``tokens`` spell, as :func:`token_weights` asks for their rarity."""
    return [
        "".join(tokens[index] for index in group).replace(WORD_START, "")
        for group in _words(tokens)
    ]


def rarity_of(passages: int, holding: int) -> float:
    """Rarity of a word that ``holding`` of ``passages`` passages hold (inverse frequency).

    Stop words hold no information: give them ``passages`` as ``holding``.
    """
    return float(np.log1p(passages / (1 + holding)))


def _words(tokens: Sequence[str]) -> list[list[int]]:
    """Places of the tokens of each word. Where no token marks a start, each is its own word."""
    if not any(token.startswith(WORD_START) for token in tokens):
        return [[index] for index in range(len(tokens))]
    groups: list[list[int]] = []
    for index, token in enumerate(tokens):
        if token.startswith(WORD_START) or not groups:
            groups.append([])
        groups[-1].append(index)
    return groups


def rank(signals: Mapping[Key, Mapping[str, float]]) -> list[tuple[Key, float]]:
    """Candidates with their scores, best first.

    Signals by name: ``dense`` (cosine), ``lexical`` (BM25), ``late`` (MaxSim). Where any
    candidate has no ``late`` (its vectors are still to be made), ranks are fused instead.
    """
    keys = list(signals)
    if not keys:
        return []
    if all("late" in signals[key] for key in keys):
        late = standardised([signals[key]["late"] for key in keys])
        words = standardised([signals[key].get("lexical", 0.0) for key in keys])
        scores = LATE_WEIGHT * late + LEXICAL_WEIGHT * words
    else:
        scores = _fused(keys, signals)
    order = np.argsort(-scores, kind="stable")
    return [(keys[i], float(scores[i])) for i in order]


def standardised(values: list[float]) -> Floats:
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
