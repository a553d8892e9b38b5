"""Whether the passages found can answer at all: what a question asks for, and whether it is there.

Rules, each of which can only say no. One of the best passages must hold an answer of the kind that
the question expects (``answertypes.py``); the names and years of a question must stand in one of
them, or in its title, date or headings. The best passage must come close to the question at all
(:data:`FAR`), and to the part of it that it meets least (:data:`POORLY_MET`; where passages were
read with the question, the likeliest of them must): where it comes close to most words and to some
not at all, it speaks of the same things and not of what is asked.

docs/experiments.md has the curve. Of some fifty signals of a search (cosines, MaxSim and BM25,
their margins and ranks, evenness, how documents are spread) none separates clearly better than
that one (AUC .73), and a regression over four of them refused no more at 5 and 10 % wrongly
refused. What is left to do is the work of reading: ``support.py``, sentence by sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from copassist.analysis import fold
from copassist.answertypes import lacks_answer, lacks_count
from copassist.claims import Fact
from copassist.models import bundled, embeddinggemma
from copassist.models.crossencoder import GemmaCrossEncoder
from copassist.passages import Hit, context_of
from copassist.support import unmet

PASSAGES_READ: Final = 3
"""Best passages looked at for what the question asks."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A threshold for passages in the question's language, and one for those in another: there the
    model's tokens come less close, and no word is shared."""

    own: float
    other: float

    def of(self, hit: Hit) -> float:
        return self.own if "language" in hit.signals else self.other


@dataclass(frozen=True, slots=True)
class Doubt:
    """A bound for passages that a reranker has read, and one for others."""

    read: float
    unread: float

    def of(self, best: Hit) -> float:
        return self.read if GemmaCrossEncoder.signal in best.signals else self.unread


POORLY_MET: Final = {
    bundled.NAME: Bounds(own=0.38, other=0.36),
    embeddinggemma.NAME: Bounds(own=0.3, other=0.3),
}
"""By model: how close (mean cosine) the best passage must come to the tokens of the question that
it meets least (``retrieval.WORST``). With the other rules it refuses 2 % of 482 questions that have
an answer and 29 % of 136 that have none (docs/experiments.md, the curve of the training part).
Chosen low: .41 would refuse 4 and 38 % there, but 14 % wrongly of the test part's, which are harder
to find. Across languages, libraries of one to six records: .38 and ``FAR`` at .5 refused .26
of 265 questions that have an answer and .80 of 508 that have none, .36 and .47 refuse .16 and .61
(102 and 150 others: .36 and .77 became .21 and .56). EmbeddingGemma has learned where the bound
lies: .30 refuses 9 % of 482 questions wrongly and 76 % of 136 rightly with the other rules, where
passages are read 4 and 83 by that bound alone (:func:`met`; docs/experiments.md). A model not named
here has no such rule."""
DOUBTFUL: Final = {
    bundled.NAME: Doubt(read=0.45, unread=0.45),
    embeddinggemma.NAME: Doubt(read=0.45, unread=0.34),
}
"""By model: the same closeness below which an answer is shown with a word of doubt. Refused or
doubted are 17 % of the questions that have an answer and 57 % of those that have none, with
EmbeddingGemma 13 and 93 by this bound alone where passages are read, 18 and 84 where they are not
(same curves): too many to refuse them."""
FAR: Final = {
    bundled.NAME: Bounds(own=0.51, other=0.47),
    embeddinggemma.NAME: Bounds(own=0.46, other=0.46),
}
"""By model: mean similarity of the question's tokens to the best passage under which that passage
is about something else, unless its words say otherwise (:data:`IN_WORDS`). Of EmbeddingGemma's,
.46 alone would refuse 2 % of 542 questions in the reader's language wrongly, and 53 % of 362 asked
of another community than their own."""
IN_WORDS: Final = 5.0
"""BM25 of one of the best passages from which its words alone show that it is about the question,
though the tokens stay far: it shares one rare word, or several. With the other rules, refused
are .42 of 552 questions asked of another small community than their own, and 14 of 578 asked of
their own; without the excuse .44 and 17, and one of these is the README's own; with any shared word
for an excuse and .5 for a bound .36 and 13 (docs/experiments.md)."""
REMOTE: Final = {
    bundled.NAME: Bounds(own=0.44, other=0.42),
    embeddinggemma.NAME: Bounds(own=0.4, other=0.4),
}
"""By model: the same similarity under which no word excuses a passage, nor is it shown as near.
Documents alone: of 124 questions each about one, 2 have no passage above it; of 4,043 about
another community than the document's 39 % (half of those that :data:`FAR` refuses)."""
ODDS_COUNT: Final = 0.12
"""How much closer a passage counts as coming for each unit of the logarithm of the odds that it
answers, by who read it with the question (``crossencoder.py``). AUC on the training part .971 (.969
with .05, .966 with .3), of 240 questions about four communities written afresh .855
(.822 and .864; without the odds .722; docs/experiments.md)."""
EVEN: Final = -0.1
"""Log odds that count for nothing, so that one bound serves where passages are read and where they
are not. By that bound alone .037 of the training part's are refused wrongly and .831 rightly (with
.1 .050 and .853), of the four communities' .050 and .488 (.081 and .575); of the test part's,
harder to find, .1 would refuse more than one in ten wrongly (docs/experiments.md)."""
UNMISTAKABLE: Final = {bundled.NAME: 0.66, embeddinggemma.NAME: 0.62}
"""By model: mean similarity of the question's tokens to a passage that is taken to count what is
asked under another name. Of 13 questions with an answer whose count is not found it excuses 3, of
13 without none (docs/experiments.md). EmbeddingGemma's excuses none of the two with and the 14
without that there are: it is set by analogy."""

_ACRONYM: Final = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{2,5}s?\b")
_SAYS_WHO: Final = re.compile(
    r"\b(?i:selon|d'après|according to) (?!quel|qui\b|quoi\b|wh)(?:la |le |les |l'|the )?[\w-]+"
    r"(?: (?:de |du |des |d'|of )?[A-ZÀ-Þ][\w-]*)*"
)
"""« Selon la CNESST, … »: who said so need not be named again where the answer stands."""


def cannot_answer(question: str, hits: Sequence[Hit], model: str) -> bool:
    """Whether the best passages lack what ``question`` asks: a person, a year, a sum, a part of it.

    ``model`` is the name of the embedding model that ranked them.
    """
    best = hits[:PASSAGES_READ]
    if not best:
        return True
    passages = [hit.passage for hit in best]
    if lacks_answer(question, passages):
        return True
    if lacks_count(question, passages) and not unmistakable(best[0], model):
        return True
    if too_far(best, model) or poorly_met(hits, model):
        return True
    return bool(_unmet(_SAYS_WHO.sub(" ", question), hits))


def _unmet(question: str, hits: Sequence[Hit]) -> frozenset[Fact]:
    """Names and years of ``question`` that the best passages lack. An acronym may be spelled out
    where the answer stands: it is enough that any of the passages found writes it."""
    lacking = unmet(question, "\n".join(map(_with_context, hits[:PASSAGES_READ])))
    acronyms = {("name", fold(word)) for word in _ACRONYM.findall(question)}
    if lacking & acronyms:
        lacking &= unmet(question, "\n".join(map(_with_context, hits))) | (lacking - acronyms)
    return lacking


def too_far(best: Sequence[Hit], model: str) -> bool:
    """Whether even the best passages, first of all the first, are about something else."""
    if model not in FAR:
        return False
    close = best[0].signals.get("late", inf)
    in_words = max(hit.signals.get("lexical", 0.0) for hit in best) >= IN_WORDS
    return close < (REMOTE if in_words else FAR)[model].of(best[0])


def near_enough(hits: Sequence[Hit], model: str) -> tuple[Hit, ...]:
    """Those of ``hits`` that somebody whose question is not answered may want to open."""
    if model not in REMOTE:
        return tuple(hits)
    return tuple(hit for hit in hits if hit.signals.get("late", inf) >= REMOTE[model].of(hit))


def unmistakable(best: Hit, model: str) -> bool:
    """Whether the best passage comes so close that it says what is asked, in whatever words."""
    return best.signals.get("late", 0.0) >= UNMISTAKABLE.get(model, inf)


def poorly_met(hits: Sequence[Hit], model: str) -> bool:
    """Whether the passages found, best first, stay far from a part of the question."""
    return model in POORLY_MET and met(hits) < POORLY_MET[model].of(_likeliest(hits))


def is_doubtful(hits: Sequence[Hit], model: str) -> bool:
    """Whether what was found may be about the same things, and not about what is asked."""
    return bool(hits) and model in DOUBTFUL and met(hits) < DOUBTFUL[model].of(_likeliest(hits))


def met(hits: Sequence[Hit]) -> float:
    """How close the likeliest passage comes to what it meets least of the question, and how likely
    it is to answer, where it was read; without limit where vectors wait."""
    return _met_by(_likeliest(hits))


def _likeliest(hits: Sequence[Hit]) -> Hit:
    """Of the passages that were read with the question the one that does best, else the first."""
    read = [hit for hit in hits if GemmaCrossEncoder.signal in hit.signals]
    return max(read or hits[:1], key=_met_by)


def _met_by(hit: Hit) -> float:
    odds = hit.signals.get(GemmaCrossEncoder.signal, EVEN)
    return hit.signals.get("worst", inf) + ODDS_COUNT * (odds - EVEN)


def _with_context(hit: Hit) -> str:
    return f"{context_of(hit.passage, hit.document)}\n{hit.passage.text}"
