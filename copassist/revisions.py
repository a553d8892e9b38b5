"""A decision that was revised is never quoted alone: the later one comes first. Pure.

Search finds the words of a question, and an old decision may hold more of them than the one that
replaced it. The register knows which followed (``register.py``); both are quoted, with their
dates, the newest first, and the older one says how it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from copassist.citations import quote_in
from copassist.excerpts import Quote
from copassist.passages import Document, Hit, Passage
from copassist.records import Decision, Source

Find = Callable[[str], tuple[Passage, Document] | None]
"""The passage of an id, if it may be shown."""


def with_revisions(
    quotes: Sequence[Quote], decisions: Sequence[Decision], find: Find
) -> list[Quote]:
    """``quotes``, each that holds a decision revised since preceded by the later decision."""
    told: list[Quote] = []
    for quote in quotes:
        told += _after_what_changes_it(quote, quotes, decisions, find)
    once: dict[tuple[str, str], Quote] = {}
    for quote in told:
        key = (quote.hit.passage.id, quote.text)
        if key not in once or quote.status:
            once[key] = quote  # keeps its first place
    return list(once.values())


def _after_what_changes_it(
    quote: Quote, quotes: Sequence[Quote], decisions: Sequence[Decision], find: Find
) -> list[Quote]:
    for decision, later in _later(quote, decisions):
        if later.passage == quote.hit.passage.id:
            continue  # it is read there
        known = [one for one in quotes if one.hit.passage.id == later.passage]
        if changing := known or _found(later, quote.hit.score, find):
            status = decision.status if decision.confirmed else f"{decision.status}_proposed"
            told = [
                one
                for each in changing  # which may have been changed in its turn, on a later day
                for one in _after_what_changes_it(each, quotes, decisions, find)
            ]
            return [*told, replace(quote, status=status, later=later.passage)]
    return [quote]


def _later(quote: Quote, decisions: Sequence[Decision]) -> list[tuple[Decision, Source]]:
    """The first decision of ``quote`` that was revised, and where the one stands that did."""
    revised = {
        one.revised_by: one
        for one in reversed(decisions)
        if one.revised_by
        and one.source
        and one.source.passage == quote.hit.passage.id
        and quote_in(one.source.quote, quote.text)
    }
    found = [
        (revised[one.source.passage], one.source)
        for one in decisions
        if one.source and one.source.passage in revised
    ]
    return found[:1]


def _found(source: Source, score: float, find: Find) -> list[Quote]:
    held = find(source.passage)
    if held is None or not quote_in(source.quote, held[0].text):
        return []
    return [Quote(Hit(*held, score=score), source.quote)]
