"""A later record that changes what is quoted: told before it, so that nobody follows an old rule.

An old rule is often told at length and in the words of a question, and what changed it in half a
line among other things: "La durée passe de 4 à 6 semaines". Search finds the first. So the passages
that come next are read for a sentence of a later day that says that something changes
(``change`` in ``data/cues.*.toml``), comes nearly as close to the question, and speaks of the same.
``revisions.py`` does the same for decisions that the register holds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING, Final, NamedTuple

from copassist.analysis import terms
from copassist.candidates import closeness, may_answer
from copassist.claims import folded
from copassist.cues import cues
from copassist.excerpts import Quote, excerpt
from copassist.language import guess_language
from copassist.models import bundled, embeddinggemma
from copassist.passages import Hit
from copassist.plaintext import plain
from copassist.sentences import Span, sentences_of

if TYPE_CHECKING:
    from copassist.library import Library

LOOKED_AT: Final = 20
"""Passages found among which a change is looked for."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a sentence that tells a change may stand from what is quoted."""

    near: float
    """Below the best passage's score that of its passage, in standard deviations of the
    candidates."""
    close: float
    """Closeness to the question (cosine) under which a sentence is about something else."""
    margins: tuple[float, float]
    """How much less close to the question (cosine) it may be than the closest sentence quoted:
    where it shares one term with the question or that sentence, or more."""


OTHERS: Final = Limits(1.5, -inf, (0.08, 0.12))
LIMITS: Final = {
    bundled.NAME: Limits(1.5, 0.55, (0.08, 0.12)),
    embeddinggemma.NAME: Limits(2.0, 0.38, (0.16, 0.2)),
}
"""By model. The bundled one's were chosen on half of 124 questions about records of three invented
communities that change their rules often: the first quote is right 63 times instead of 58, any
quote 76 instead of 72; of 429 about guides and records that change little, 220 with it and
without. EmbeddingGemma's on 173 about five such communities: 106 instead of 100 and 122 instead
of 117, with the bundled one's and .45 102 and 118; of 261 about records that change little it
finds nothing to tell (docs/experiments.md)."""
UNDATED_SINCE: Final = timedelta(days=730)
"""Age given to a record without a date: what changed longer ago is likely in it already."""
LONGEST: Final = 300
"""Most characters quoted of a change: it is said in a sentence or two."""


class _Change(NamedTuple):
    close: float
    hit: Hit
    spans: Sequence[Span]
    at: int


def later_change(
    question: str, top: Quote, hits: Sequence[Hit], library: Library, today: date
) -> Quote | None:
    """The excerpt of ``hits`` (best first, :data:`LOOKED_AT` of them) that tells what has changed
    since ``top``, which is quoted first; ``None`` where none does. What is dated after ``today``
    has not happened."""
    day, limit = top.hit.document.date or str(today - UNDATED_SINCE), str(today)
    limits = LIMITS.get(library.embeddings.name, OTHERS)
    newer = [
        hit
        for hit in hits
        if hit.score >= hits[0].score - limits.near and day < (hit.document.date or "") <= limit
    ]
    if not newer:
        return None
    read = [top.hit, *newer]
    pieces = [sentences_of(hit.passage) for hit in read]
    own, *others = closeness(question, read, pieces, library)
    at = max(range(len(own)), key=own.__getitem__, default=None)
    if at is None:
        return None
    closest = float(own[at])
    subject = _subject(question) | _subject(pieces[0][at].text, top.hit.passage.language)
    found = [
        _Change(float(close), hit, spans, number)
        for hit, spans, closenesses in zip(newer, pieces[1:], others, strict=True)
        for number, (span, close) in enumerate(zip(spans, closenesses, strict=True))
        if close >= max(closest - limits.margins[-1], limits.close)
        and may_answer(hit, span)
        and tells_a_change(span.text, hit.passage.language)
        and close >= closest - _margin(limits, subject & _subject(span.text, hit.passage.language))
    ]
    return _quote(max(found, key=lambda one: one.close)) if found else None


def changing_sentences(change: Quote) -> list[tuple[Hit, Span]]:
    """What of a change that is quoted says so, for a chat model to read first."""
    passage = change.hit.passage
    return [
        (change.hit, span)
        for span in sentences_of(passage)
        if span.text in change.text and tells_a_change(span.text, passage.language)
    ]


def tells_a_change(text: str, language: str) -> bool:
    """Whether a sentence says that something is no longer as it was, or what it is from now on."""
    return cues(language).has("change", folded(plain(text)))


def _margin(limits: Limits, shared: Collection[str]) -> float:
    """Of the two; with nothing in common, none is wide enough."""
    margins = limits.margins
    return margins[min(len(shared), len(margins)) - 1] if shared else -inf


@lru_cache(maxsize=1024)
def _subject(text: str, language: str | None = None) -> frozenset[str]:
    """What a text speaks of: its terms, numbers apart."""
    known = language or guess_language(text)
    return frozenset(term for term in terms(text, known) if not term[0].isdigit())


def _quote(change: _Change) -> Quote:
    """The sentence with what stands around it; of a table, the row alone."""
    text, spans, at = change.hit.passage.text, change.spans, change.at
    if spans[at].role == "row":
        return Quote(change.hit, spans[at].text)
    scores = [float(number == at) for number in range(len(spans))]
    start, end = excerpt(text, spans, scores, LONGEST)
    focus = spans[at].text if len(spans[at].text) < end - start else ""
    return Quote(change.hit, text[start:end], focus)
