"""The run of a passage that is quoted: long enough to be understood, short enough to be read.

A line of minutes seldom answers alone ("L'École assurera l'accessibilité": of what?). So the
quote is a contiguous, verbatim run of whole sentences, items and rows: the whole passage where
that is short, else the window whose sentences come closest to the question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from copassist.pagebreaks import Half, cut_sentence
from copassist.passages import Document, Hit, Passage
from copassist.sentences import Span

LONGEST: Final = 600
"""Characters of an excerpt: about eight lines, nearly a whole passage. On 46 training questions
the gold quote is in one of three excerpts .46 of the time (.37 with 450 characters, .46 with 800;
in one of the three passages .48), for a quarter more to read (docs/experiments.md)."""
SCRAP: Final = 40
"""Characters left of a text behind the run that are quoted with it: « Amir anime. »"""


@dataclass(frozen=True, slots=True)
class Quote:
    """A run of a passage, verbatim, and how a decision in it stands (``revisions.py``)."""

    hit: Hit
    text: str
    focus: str = ""
    """The sentence of it to look at first, verbatim; empty where none stands out."""
    before: Half | None = None
    after: Half | None = None
    """What completes the sentence that it begins or ends with."""
    status: str = ""
    """Key of the words for a decision that changed since: ``superseded_proposed``; else empty."""
    later: str = ""
    """Passage id of the decision that changed it."""


def excerpt(
    text: str, spans: Sequence[Span], scores: Sequence[float], longest: int = LONGEST
) -> tuple[int, int]:
    """Where to cut: ``text[start:end]`` runs from the beginning of one of ``spans`` to an end
    (or to the text's own, :data:`SCRAP` characters behind it at most).

    ``spans`` are those that may be quoted, in order, at least one; ``scores`` their closeness to
    the question, any scale around zero. A single span longer than ``longest`` is kept whole.
    """
    best, bounds = float("-inf"), (0, 0)
    for first, span in enumerate(spans):
        start = line_start(text, span.start)
        total = 0.0
        for last in range(first, len(spans)):
            end = spans[last].end
            if end - start > longest and last > first:
                break
            total += max(scores[last], 0.0)
            # of windows equally good the longer one says more of what the answer is about
            if (total, end - start) > (best, bounds[1] - bounds[0]):
                best, bounds = total, (start, end)
    start, end = bounds
    whole = len(text.rstrip())
    return start, whole if whole - end <= SCRAP else end


def line_start(text: str, start: int) -> int:
    """``start``, or the beginning of its line where only a list marker stands between."""
    line = text.rfind("\n", 0, start) + 1
    return start if any(character.isalpha() for character in text[line:start]) else line


Find = Callable[[str], tuple[Passage, Document] | None]
"""Gives a passage by its id, and its document; ``None`` where it may not be shown."""


def with_other_halves(quotes: Sequence[Quote], find: Find) -> list[Quote]:
    """``quotes``, the sentences at their edges completed from the pages before and after."""
    return [_with_other_halves(quote, find) for quote in quotes]


def _with_other_halves(quote: Quote, find: Find) -> Quote:
    own = quote.hit.passage
    if own.locator.page is None:
        return quote
    said, whole = (" ".join(text.split()) for text in (quote.text, own.text))
    if whole.startswith(said) and (previous := find(f"{own.version}:{own.number - 1}")):
        halves = cut_sentence(previous[0], own)
        quote = replace(quote, before=halves and halves[0])
    if whole.endswith(said) and (following := find(f"{own.version}:{own.number + 1}")):
        halves = cut_sentence(own, following[0])
        quote = replace(quote, after=halves and halves[1])
    return quote
