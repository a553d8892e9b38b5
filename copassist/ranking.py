"""From the signals of candidates to their order; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from copassist.lexical import Key

LATE_WEIGHT: Final = 1.0
LEXICAL_WEIGHT: Final = 0.2
"""Plain MaxSim + 0.2 BM25, both standardised over the candidates: the recipe that was best on
questions it was not chosen on (issue's table); docs/evaluation.md."""
FUSION: Final = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Buettcher 2009)."""


def rank(signals: Mapping[Key, Mapping[str, float]]) -> list[tuple[Key, float]]:
    """Candidates with their scores, best first.

    Signals by name: ``dense`` (cosine), ``lexical`` (BM25), ``late`` (MaxSim). Where any
    candidate has no ``late`` (its vectors are still to be made), ranks are fused instead.
    """
    keys = list(signals)
    if not keys:
        return []
    if all("late" in signals[key] for key in keys):
        late = _standardised([signals[key]["late"] for key in keys])
        words = _standardised([signals[key].get("lexical", 0.0) for key in keys])
        scores = LATE_WEIGHT * late + LEXICAL_WEIGHT * words
    else:
        scores = _fused(keys, signals)
    order = np.argsort(-scores, kind="stable")
    return [(keys[i], float(scores[i])) for i in order]


def _standardised(values: list[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    array = np.array(values, np.float64)
    spread = float(array.std())
    return (array - array.mean()) / spread if spread else array * 0


def _fused(
    keys: list[Key], signals: Mapping[Key, Mapping[str, float]]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Reciprocal rank fusion of the dense and the lexical list."""
    scores = np.zeros(len(keys))
    for name in ("dense", "lexical"):
        listed = [(signals[key][name], i) for i, key in enumerate(keys) if name in signals[key]]
        for place, (_, i) in enumerate(sorted(listed, key=lambda pair: -pair[0]), start=1):
            scores[i] += 1 / (FUSION + place)
    return scores
