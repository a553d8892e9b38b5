"""A decision that was revised is never quoted alone: the later one comes first. Pure.

Search finds the words of a question, and an old decision may hold more of them than the one that
replaced it. The register knows which followed (``register.py``); both are quoted, with their
dates, the newest first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from copassist.citations import quote_in
from copassist.passages import Document, Hit, Passage
from copassist.records import Decision, Source

Find = Callable[[str], tuple[Passage, Document] | None]
"""The passage of an id, if it may be shown."""
Quote = tuple[Hit, str]


def with_revisions(
    quotes: Sequence[Quote], decisions: Sequence[Decision], find: Find
) -> list[Quote]:
    """``quotes``, each that holds a decision revised since preceded by the later decision."""
    told: list[Quote] = []
    for hit, quote in quotes:
        for source in _later(hit, quote, decisions):
            known = [pair for pair in quotes if pair[0].passage.id == source.passage]
            told += known or _found(source, hit.score, find)
        told.append((hit, quote))
    once: dict[tuple[str, str], Quote] = {}
    for hit, quote in told:
        once.setdefault((hit.passage.id, quote), (hit, quote))
    return list(once.values())


def _later(hit: Hit, quote: str, decisions: Sequence[Decision]) -> list[Source]:
    """Where the decisions stand that revise those of ``quote``."""
    revising = {
        one.revised_by
        for one in decisions
        if one.revised_by
        and one.source
        and one.source.passage == hit.passage.id
        and quote_in(one.source.quote, quote)
    }
    found = [one.source for one in decisions if one.source and one.source.passage in revising]
    return found[:1]


def _found(source: Source, score: float, find: Find) -> list[Quote]:
    held = find(source.passage)
    if held is None or not quote_in(source.quote, held[0].text):
        return []
    return [(Hit(*held, score=score), source.quote)]
