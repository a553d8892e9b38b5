"""The same said in two languages: of the two, the reader's own comes first; pure.

Some communities keep their minutes in French and in English. A model that reads both finds either,
and now and then the other one first. So where a passage in another language is among the best, and
one in the question's language among the candidates says the same, they change places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from copassist.models import bundled, embeddinggemma
from copassist.passages import Key
from copassist.rows import PassageFacts
from copassist.tokencodec import Floats


@dataclass(frozen=True, slots=True)
class Likeness:
    """Cosines from which passages in two languages say the same."""

    session: float
    """For passages of one day."""
    any_day: float
    """Whatever the day, for guides have none."""


LIKENESS: Final = {
    bundled.NAME: Likeness(session=0.65, any_day=0.8),
    embeddinggemma.NAME: Likeness(session=0.74, any_day=0.85),
}
"""By model; one not named here has no twins. Of 30 minutes kept in both, passages reach .56 to .84
(first percentile to upper quartile) with their twins; of documents that only share a day with
others, none reaches .54. Beyond .8 all in the corpora is a translation; between .75 and .8 some are
not (the bundled model). EmbeddingGemma, with the adapter before: of 247 twins 99 in 100 reach .74,
of 4,633 other pairs of passages of one day 97 in 100 do not."""
LOOKED_AT: Final = 10
"""Best passages whose twins are looked for. On 240 training questions about records kept in both
languages the passage sought is among the first three 162 times (158 without;
docs/experiments.md)."""


def foreign(
    order: Sequence[tuple[Key, float]], facts: Mapping[Key, PassageFacts], own: str
) -> list[Key]:
    """Those of the best passages that are not in the language ``own``."""
    return [key for key, _ in order[:LOOKED_AT] if facts[key].language != own]


def own_first(
    order: Sequence[tuple[Key, float]],
    facts: Mapping[Key, PassageFacts],
    own: str,
    vectors: Mapping[Key, Floats],
    least: Likeness,
) -> tuple[list[tuple[Key, float]], dict[Key, float]]:
    """``order``, twins in the language ``own`` in the place of those in another one.

    Also how close each twin that moved up comes to the other. ``vectors`` are unit vectors; a
    passage without one has no twin.
    """
    keys = [key for key, _ in order]
    settled: set[Key] = set()
    moved: dict[Key, float] = {}
    for key in foreign(order, facts, own):
        place = keys.index(key)
        later = [k for k in keys[place + 1 :] if facts[k].language == own and k not in settled]
        twin, likeness = _closest(key, later, facts, vectors, least)
        if twin is None:
            continue
        other = keys.index(twin)
        keys[place], keys[other] = twin, key
        settled |= {key, twin}
        moved[twin] = likeness
    return list(zip(keys, (score for _, score in order), strict=True)), moved


def _closest(
    key: Key,
    others: Sequence[Key],
    facts: Mapping[Key, PassageFacts],
    vectors: Mapping[Key, Floats],
    least: Likeness,
) -> tuple[Key | None, float]:
    """The one of ``others`` that says the same and comes closest, if any does."""
    known = [other for other in others if other in vectors]
    if key not in vectors or not known:
        return None, 0.0
    likeness = np.stack([vectors[other] for other in known]) @ vectors[key]
    day = facts[key].date
    one_day = np.array([bool(day) and facts[other].date == day for other in known])
    same = np.where(likeness >= np.where(one_day, least.session, least.any_day), likeness, -np.inf)
    best = int(same.argmax())
    return (known[best], float(same[best])) if same[best] > 0 else (None, 0.0)
