"""A decision that was revised is not quoted alone."""

from __future__ import annotations

from dataclasses import replace

from copassist.excerpts import Quote
from copassist.passages import Document, Hit, Passage
from copassist.records import Decision, Source
from copassist.revisions import with_revisions

OLD = "On commence par les lettres rondes."
NEW = "On commence par les lettres à pointe."


def hit(day: str, text: str) -> Hit:
    document = Document(day, "c", f"{day}.md", f"Rencontre du {day}", date=day)
    return Hit(Passage(day, 0, f"Lettres. {text} Suite."), document, 1.0)


BEFORE, AFTER = hit("2025-11-05", OLD), hit("2026-03-11", NEW)
HELD = {one.passage.id: (one.passage, one.document) for one in (BEFORE, AFTER)}
DECISIONS = (
    Decision(
        OLD,
        "2025-11-05",
        None,
        "revised",
        AFTER.passage.id,
        source=Source("2025-11-05", BEFORE.passage.id, OLD),
    ),
    Decision(NEW, "2026-03-11", None, source=Source("2026-03-11", AFTER.passage.id, NEW)),
)


def find(passage: str) -> tuple[Passage, Document] | None:
    return HELD.get(passage)


def told(*quotes: tuple[Hit, str]) -> list[Quote]:
    return with_revisions([Quote(*one) for one in quotes], DECISIONS, find)


def texts(*quotes: tuple[Hit, str]) -> list[str]:
    return [quote.text for quote in told(*quotes)]


def test_the_later_decision_comes_first() -> None:
    assert texts((BEFORE, OLD)) == [NEW, OLD]
    assert texts((AFTER, NEW)) == [NEW]


def test_one_that_is_quoted_already_is_moved_not_repeated() -> None:
    whole = AFTER.passage.text
    assert texts((BEFORE, OLD), (AFTER, whole)) == [whole, OLD]


def test_a_quote_without_the_decision_stays_alone() -> None:
    assert texts((BEFORE, "Suite.")) == ["Suite."]


def test_what_may_not_be_shown_is_not() -> None:
    alone = with_revisions([Quote(BEFORE, OLD)], DECISIONS, lambda _: None)
    assert alone == [Quote(BEFORE, OLD)]


def test_the_earlier_one_says_how_it_stands() -> None:
    later, earlier = told((BEFORE, OLD))
    assert (earlier.status, earlier.later) == ("revised_proposed", AFTER.passage.id)
    assert later.status == ""


def test_of_several_in_the_later_passage_the_nearest_changes_it() -> None:
    other = "Cinq moments de dix minutes par semaine."
    found = hit("2026-03-11", f"{other} {NEW}")
    held = HELD | {found.passage.id: (found.passage, found.document)}
    there = Source("2026-03-11", found.passage.id, "")
    decisions = (
        DECISIONS[0],
        Decision(other, "2026-03-11", None, source=replace(there, quote=other)),
        Decision(NEW, "2026-03-11", None, source=replace(there, quote=NEW)),
    )
    told = with_revisions([Quote(BEFORE, OLD)], decisions, held.get)
    assert [quote.text for quote in told] == [NEW, OLD]


def test_what_changed_it_may_have_been_changed_in_its_turn() -> None:
    last = hit("2026-09-16", "On laisse chaque école choisir.")
    third = Decision(
        last.passage.text,
        "2026-09-16",
        None,
        source=Source("2026-09-16", last.passage.id, "On laisse chaque école choisir."),
    )
    second = replace(DECISIONS[1], status="superseded", revised_by=last.passage.id)
    held = {**HELD, last.passage.id: (last.passage, last.document)}
    asked = [Quote(BEFORE, OLD), Quote(AFTER, NEW)]
    for quotes in (asked[:1], asked):
        found = with_revisions(quotes, (DECISIONS[0], second, third), held.get)
        assert [one.hit.document.date for one in found] == [
            "2026-09-16",
            "2026-03-11",
            "2025-11-05",
        ]
        statuses = [one.status for one in found]
        assert statuses == ["", "superseded_proposed", "revised_proposed"]
