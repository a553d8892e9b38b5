"""The sentences of the passages found that may be quoted, and which of them are.

A sentence is scored by the passage it stands in and by its own closeness to the question. Its
vector was kept when its passage was embedded, so that nothing is embedded here but the question,
save where a library was made before sentences were kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from copassist.errors import LibraryDamagedError
from copassist.excerpts import Quote, excerpt
from copassist.models.crossencoder import GemmaCrossEncoder
from copassist.passages import Hit
from copassist.plaintext import plain
from copassist.queryterms import standard
from copassist.ranking import standardised
from copassist.sentences import Span, sentences_of
from copassist.tokencodec import Floats

if TYPE_CHECKING:
    from copassist.library import Library

QUOTES: Final = 3
"""Most passages quoted: what a person reads before opening a source."""
SHORTEST: Final = 20
"""Characters below which a line ("Oui.", "Suivis") answers nothing by itself."""
OWN_WEIGHT: Final = 0.5
"""Weight of a sentence's own closeness to the question beside its passage's score, both
standardised. On 30 training questions whose answer was among the sentences read, the right one
came first 14 times and among the first three 20; .25 does alike, 2 came first 12 times
(docs/experiments.md)."""
KEEP: Final = 0.5
"""A passage is quoted when its score is this close to the best one's, in standard deviations of
the candidates. On 605 questions that EmbeddingGemma does not refuse, .565 of what is quoted is
right and .815 have the right passage among it; with .75 .512 and .835, with .35 .602 and .795. The
bundled model: .343 and .634 instead of .306 and .658 (473 questions; docs/experiments.md)."""
KEEP_READ: Final = 0.8
LIKELY: Final = 1.0
"""Where passages were read with the question: the same, and the logarithm of the odds of an answer
from which one is quoted beside the best. On 613 questions .637 of what is quoted is right and .803
have the right passage among it; with :data:`KEEP` alone .611 and .798, with odds of 1.5 .650 and
.785 (docs/experiments.md)."""

STANDS_OUT: Final = 1.0
"""Standard deviations by which a sentence's own closeness to the question passes that of all others
of an excerpt, to be shown as the one to look at. Of 164 excerpts that hold the answer in one of
three sentences or more 70 have such a sentence, which is the right one in .80 of them, a quarter of
what there is to read; with .6 98 and .74, with 1.5 40 and .88 (docs/experiments.md)."""
FEWEST: Final = 3
"""Sentences of an excerpt from which one is looked for."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be quoted; scores compare it with the others of the question."""

    hit: Hit
    span: Span
    own: float
    """Of the sentence alone."""
    score: float
    """Of the sentence and the passage it stands in."""


def candidates(question: str, hits: Sequence[Hit], library: Library) -> list[Candidate]:
    """Every sentence, item and row of ``hits`` that may answer, scored against ``question``."""
    pieces = [sentences_of(hit.passage) for hit in hits]
    pairs = [
        (hit, span, float(close))
        for hit, spans, closenesses in zip(
            hits, pieces, closeness(question, hits, pieces, library), strict=True
        )
        for span, close in zip(spans, closenesses, strict=True)
        if may_answer(hit, span)
    ]
    own = standardised([close for _, _, close in pairs])
    passages = standardised([hit.score for hit, _, _ in pairs])
    return [
        Candidate(hit, span, float(alone), float(alone * OWN_WEIGHT + around))
        for (hit, span, _), alone, around in zip(pairs, own, passages, strict=True)
    ]


def closeness(
    question: str, hits: Sequence[Hit], pieces: Sequence[Sequence[Span]], library: Library
) -> list[Floats]:
    """Cosine of every sentence of each passage with the question, as the search read it."""
    asked = library.embeddings.embed_question(standard(question)).vector
    keys = [hit.passage.key for hit in hits]

    def anew(spans: Sequence[Span]) -> Floats:
        alone = library.embeddings.embed_sentences([plain(span.text) for span in spans])
        return np.array([vector @ asked for vector in alone], np.float32)

    try:
        kept = library.token_vectors.sentence_similarities(asked, keys)
    except LibraryDamagedError:  # until `library repair`
        kept = [None] * len(keys)
    return [
        anew(spans) if close is None or len(close) != len(spans) else close
        for spans, close in zip(pieces, kept, strict=True)
    ]


def may_answer(hit: Hit, span: Span) -> bool:
    """Not a heading, a question or a scrap: those are found, and answer nothing."""
    said = " ".join(span.text.split())
    return (
        span.role not in ("heading", "code")
        and len(said) >= SHORTEST
        and not said.endswith(("?", "? »", "?**"))
        and said not in hit.passage.locator.headings
    )


def choose(found: Sequence[Candidate]) -> list[Quote]:
    """An excerpt of each of the best passages, at most :data:`QUOTES`, none said twice."""
    by_passage: dict[str, list[Candidate]] = {}
    for candidate in found:
        by_passage.setdefault(candidate.hit.passage.id, []).append(candidate)
    chosen: dict[str, Quote] = {}
    best: Hit | None = None
    for group in sorted(by_passage.values(), key=lambda group: -group[0].hit.score):
        hit = group[0].hit
        if len(chosen) == QUOTES:
            break
        best = best or hit
        if hit is not best and not worth_quoting(hit, best):
            continue
        ordered = sorted(group, key=lambda one: one.span.start)
        start, end = excerpt(
            hit.passage.text, [one.span for one in ordered], [one.own for one in ordered]
        )
        quote = hit.passage.text[start:end]
        inside = [one for one in ordered if start <= one.span.start and one.span.end <= end]
        made = Quote(hit, quote, standing_out(inside))
        chosen.setdefault(" ".join(quote.split()).casefold(), made)
    return list(chosen.values())


def standing_out(found: Sequence[Candidate]) -> str:
    """The sentence that comes closest to the question by far among those of one excerpt; empty
    where none does, or it is a row, whose cells say little apart from their table."""
    if len(found) < FEWEST:
        return ""
    first, second, *_ = sorted(found, key=lambda one: -one.own)
    far = first.own - second.own >= STANDS_OUT
    return first.span.text if far and first.span.role != "row" else ""


def worth_quoting(hit: Hit, best: Hit) -> bool:
    """Whether ``hit`` is quoted beside the best one."""
    odds = hit.signals.get(GemmaCrossEncoder.signal)
    if odds is None:
        return hit.score >= best.score - KEEP
    return hit.score >= best.score - KEEP_READ and odds >= LIKELY


def ranked(found: Sequence[Candidate]) -> list[Candidate]:
    """Best first."""
    return sorted(found, key=lambda one: -one.score)
