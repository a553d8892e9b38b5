"""A decision that was revised is never quoted alone: the later one comes first. Pure.

Search finds the words of a question, and an old decision may hold more of them than the one that
replaced it. The register knows which followed (``register.py``); both are quoted, with their
dates, the newest first, and the older one says how it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from copassist.citations import quote_in
from copassist.excerpts import Find, Quote
from copassist.passages import Hit
from copassist.records import Decision, Source
from copassist.register import changing_decision


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
    found = _later(quote, decisions)
    if found is None:
        return [quote]
    decision, later = found
    known = [one for one in quotes if one.hit.passage.id == later.passage]
    changing = known or _found(later, quote.hit.score, find)
    if not changing:
        return [quote]
    status = decision.status if decision.confirmed else f"{decision.status}_proposed"
    told = [
        one
        for each in changing  # which may have been changed in its turn, on a later day
        for one in _after_what_changes_it(each, quotes, decisions, find)
    ]
    return [*told, replace(quote, status=status, later=later.passage)]


def _later(quote: Quote, decisions: Sequence[Decision]) -> tuple[Decision, Source] | None:
    """The first decision of ``quote`` that was revised elsewhere (what its own passage changes is
    read there), and where the one stands that did."""
    for one in decisions:
        if not (one.source and one.source.passage == quote.hit.passage.id):
            continue
        later = changing_decision(one, decisions)
        source = later.source if later else None
        if (
            source
            and source.passage != one.source.passage
            and quote_in(one.source.quote, quote.text)
        ):
            return one, source
    return None


def _found(source: Source, score: float, find: Find) -> list[Quote]:
    held = find(source.passage)
    if held is None or not quote_in(source.quote, held[0].text):
        return []
    return [Quote(Hit(*held, score=score), source.quote)]
