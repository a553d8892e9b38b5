"""How an open task seems to stand: the later sentence that most likely speaks of it.

Prose settles tasks in other words than it set them. « Josée s'occupe de faire tirer la grille sur
carton » is done when « tlm a sa copie cartonnée en main », and no rule sees that
(``tasks.followed`` closes what owner and words settle). So each open action is compared with the
tellings of later sessions (``tellings.py``), and the likeliest becomes its news, where it is
likely enough. News is a proposal: it closes nothing, it is shown with its words, and a person
says how the task stands.

On five invented communities, each told by what was learned on the other four, 241 of 476 actions
get news, 193 of these the sentence that a reader gives, and of 195 tasks that news calls done 183
are (docs/register.md).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # no types

from copassist.extraction.texts import fold
from copassist.passages import Key
from copassist.records import Action, News, Register, Source, Telling
from copassist.register import line_terms
from copassist.sentencekinds import Weights
from copassist.tasks import names
from copassist.tokencodec import Floats, unit

FEATURES: Final = ("cosine", "months", "common", "owned", "action", "done", "pending")
"""What is known of a pair of an action and a later telling: the cosine of their vectors without
the mean, the months between them, the weight of the terms they share (the rarer the more), whether
the telling names an owner of the action; and the telling's own log odds."""
MOST_MONTHS: Final = 12
"""A telling later than this is about something else, as for ``tasks.ACCOUNT_MONTHS``."""
LIKELY: Final = -0.4
"""Log odds from which a telling is news (a chance of .4): see above. From .3 212 of 276 are right,
from .5 180 of 220; on minutes of a real community, unlike those it was learned from, 8 of 11, from
.3 11 of 19."""

Vectors = Callable[[Sequence[Key]], Sequence[Floats | None]]
"""Gives the vectors of the sentences of each passage, by its key."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of one side that are compared, all in one order; ``vectors`` (lines, dimension)."""

    texts: Sequence[str]
    days: Sequence[str]
    vectors: Floats
    owners: Sequence[str] = ()
    """Of actions."""
    odds: Floats | None = None
    """(lines, 3), of tellings."""


def with_news(register: Register, vectors: Vectors, weights: Weights) -> Register:
    """``register``, gathered, with the news of its open actions."""
    held = _Held(register, vectors)
    actions = [
        (number, own)
        for number, one in enumerate(register.actions)
        if one.is_current
        and "status" not in one.corrected  # what a person says of it stands
        and one.session_date
        and (own := held.vector(one.source, one.place)) is not None
    ]
    tellings = [
        (one, own)
        for one in register.tellings
        if one.session_date and (own := held.vector(one.source, one.place)) is not None
    ]
    told = list(register.actions)
    if actions and tellings:
        likely = link_odds(
            _of_actions([(told[number], own) for number, own in actions]),
            _of_tellings(tellings),
            weights,
        )
        for (number, _), odds in zip(actions, likely, strict=True):
            best = int(odds.argmax())
            if odds[best] >= LIKELY:
                told[number] = replace(told[number], news=_news(tellings[best][0]))
    return replace(register, actions=tuple(told))


class _Held:
    """The vectors of the sentences that a register's actions and tellings are."""

    def __init__(self, register: Register, vectors: Vectors) -> None:
        sources = [one.source for one in register.actions] + [
            one.source for one in register.tellings
        ]
        keys = sorted({_key(source) for source in sources if source})
        self._vectors = dict(zip(keys, vectors(keys), strict=True))

    def vector(self, source: Source | None, place: int | None) -> Floats | None:
        its = self._vectors[_key(source)] if source else None
        if its is None or place is None or place >= len(its):
            return None
        own: Floats = its[place]
        return own


def _key(source: Source) -> Key:
    version, _, number = source.passage.rpartition(":")
    return version, int(number)


def _news(one: Telling) -> News:
    status = "done" if one.done > one.pending else "open"
    return News(status, one.session_date or "", one.source)


def _of_actions(pairs: Sequence[tuple[Action, Floats]]) -> Lines:
    return Lines(
        [one.subject or one.text for one, _ in pairs],
        [one.session_date or "" for one, _ in pairs],
        np.stack([own for _, own in pairs]),
        [one.owner or "" for one, _ in pairs],
    )


def _of_tellings(pairs: Sequence[tuple[Telling, Floats]]) -> Lines:
    return Lines(
        [one.source.quote for one, _ in pairs],
        [one.session_date or "" for one, _ in pairs],
        np.stack([own for _, own in pairs]),
        odds=np.array([(one.action, one.done, one.pending) for one, _ in pairs], np.float32),
    )


def link_odds(actions: Lines, tellings: Lines, weights: Weights) -> Floats:
    """Log odds that each telling speaks of each action: (actions, tellings); of one that is not
    later, or too late, there is no chance."""
    pairs = features(actions, tellings, weights.mean)
    odds: Floats = pairs @ weights.link + weights.link_bias
    months = pairs[:, :, FEATURES.index("months")]
    later = np.array(tellings.days)[None] > np.array(actions.days)[:, None]
    return np.where(later & (months <= MOST_MONTHS), odds, np.float32(-np.inf))


def features(actions: Lines, tellings: Lines, mean: Floats) -> Floats:
    """:data:`FEATURES` of every pair: (actions, tellings, features)."""
    ones, others = (unit(lines.vectors - mean) for lines in (actions, tellings))
    months = (
        np.array([_months(day) for day in tellings.days], np.float32)[None]
        - np.array([_months(day) for day in actions.days], np.float32)[:, None]
    )
    odds = (
        np.zeros((len(tellings.texts), 3), np.float32) if tellings.odds is None else tellings.odds
    )
    own = np.broadcast_to(odds, (len(actions.texts), *odds.shape))
    pairs = (ones @ others.T, months, _common(actions, tellings), _owned(actions, tellings))
    return np.concatenate([np.stack(pairs, axis=-1), own], axis=-1).astype(np.float32)


def _common(actions: Lines, tellings: Lines) -> Floats:
    """The weight of the terms of each pair: of each the logarithm of how rare it is."""
    ones, others = ([line_terms(text) for text in lines.texts] for lines in (actions, tellings))
    counts = Counter(term for one in (*ones, *others) for term in one)
    every = len(ones) + len(others)
    weight = {term: float(np.log(every / count)) for term, count in counts.items()}
    return _shared(ones, others, weight)


def _owned(actions: Lines, tellings: Lines) -> Floats:
    """1 where a telling names somebody of an action's owners, else 0."""
    ones = [frozenset(name for name in names(owner) if len(name) > 1) for owner in actions.owners]
    others = [frozenset(_WORD.findall(fold(text))) for text in tellings.texts]
    weight = {name: 1.0 for one in ones for name in one}
    return np.minimum(_shared(ones, others, weight), 1)


def _shared(
    ones: Sequence[frozenset[str]], others: Sequence[frozenset[str]], weight: Mapping[str, float]
) -> Floats:
    """The weight of what each pair has in common: (ones, others)."""
    column = {word: number for number, word in enumerate(weight)}

    def held(sets: Sequence[frozenset[str]]) -> csr_matrix:
        pairs = [
            (row, column[word]) for row, own in enumerate(sets) for word in own & weight.keys()
        ]
        rows, columns = zip(*pairs, strict=True) if pairs else ((), ())
        return csr_matrix((np.ones(len(pairs)), (rows, columns)), (len(sets), max(len(column), 1)))

    rare = np.array(list(weight.values()) or [0.0])
    common: Floats = (held(ones).multiply(rare) @ held(others).T).toarray().astype(np.float32)
    return common


def _months(day: str) -> int:
    return 12 * int(day[:4]) + int(day[5:7] or 1)


_WORD: Final = re.compile(r"[^\W_]+")
