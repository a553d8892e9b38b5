"""Sentences of minutes that may tell how a task stands, found once its passages have vectors.

The register is read when a document goes in, by rules; its vectors come later. Then each sentence
of minutes gets its kinds (``sentencekinds.py``), those that may tell something are kept with the
register as tellings, and its actions learn which sentence they are, so that ``standing.py`` can
compare the two whenever the register is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from copassist.citations import find_quote
from copassist.passages import Document, Passage, on_its_day
from copassist.records import Action, Register, Source, Telling
from copassist.sentencekinds import Weights
from copassist.sentences import Span, sentences_of
from copassist.tokencodec import Floats

MAY_TELL: Final = -2.44
"""Log odds of « done » or « pending » from which a sentence is kept (a chance of .08): of the
sentences that tell how a task stands in five communities nearly all are, and of all a third."""


def with_tellings(
    register: Register,
    document: Document,
    passages: Sequence[Passage],
    vectors: Sequence[Floats | None],
    weights: Weights,
) -> Register:
    """``register``, read from ``passages`` of one document, with its tellings and the places of
    its actions. ``vectors`` of the sentences of each passage; of one without nothing is told."""
    spans = {passage.id: sentences_of(passage) for passage in passages}
    texts = {passage.id: passage.text for passage in passages}
    tellings = [
        told
        for passage, its in zip(passages, vectors, strict=True)
        if its is not None and len(its) == len(spans[passage.id])
        for told in _of_passage(document, passage, spans[passage.id], weights.log_odds(its))
    ]
    actions = (replace(one, place=_place(one, spans, texts)) for one in register.actions)
    return replace(register, actions=tuple(actions), tellings=tuple(tellings))


def _of_passage(
    document: Document, passage: Passage, spans: Sequence[Span], odds: Floats
) -> list[Telling]:
    day = on_its_day(document, passage.locator).date
    return [
        Telling(
            Source(document.id, passage.id, span.text, passage.locator),
            day,
            number,
            *(round(value, 2) for value in its),
        )
        for number, (span, its) in enumerate(zip(spans, odds.tolist(), strict=True))
        if span.role != "heading" and max(its[1:]) >= MAY_TELL
    ]


def _place(action: Action, spans: dict[str, tuple[Span, ...]], texts: dict[str, str]) -> int | None:
    """Which sentence of its passage an action's quote is, or the most of it."""
    source = action.source
    if source is None or source.passage not in texts:
        return None
    found = find_quote(source.quote, texts[source.passage])
    if found is None:
        return None
    start, end = found
    shared = [min(end, one.end) - max(start, one.start) for one in spans[source.passage]]
    return shared.index(max(shared)) if shared and max(shared) > 0 else None
