"""The register of one record: session, decisions, actions and topics, each with its quote.

Rules and patterns only, French and English, so that it is quick, explainable and the same every
time. What the rules are worth is measured by ``benchmarks/register.py`` on minutes annotated by
hand. ``lines`` puts every line under its headings and labels, ``sections`` says what a heading
announces, ``people`` who is named, ``dates`` when; ``actions``, ``decisions``, ``topics`` and
``sessions`` read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from copassist.extraction.accounts import accounts_in
from copassist.extraction.actions import actions_in, tracked_in
from copassist.extraction.decisions import all_decisions
from copassist.extraction.flattables import unflattened
from copassist.extraction.lines import lines_of
from copassist.extraction.parts import joined, session_parts
from copassist.extraction.people import people_of
from copassist.extraction.sessions import moved_in, session_in
from copassist.extraction.topics import topics_in
from copassist.extraction.wholes import with_what_follows
from copassist.passages import Document, Passage, on_its_day
from copassist.records import NextSession, Register, register_to_dict


def register_of(document: Document, passages: Sequence[Passage]) -> dict[str, Any] | None:
    """The register of a document, ready to be kept; ``None`` where it has none.

    Minutes have one, sheets of follow-ups, and messages that move the next session; other kinds
    speak of other people's doings, and guides show tables that nobody is to follow.
    """
    if document.kind == "minutes":
        return register_to_dict(read_register(document, passages))
    tracked = read_tracker(document, passages) if document.kind != "guide" else Register()
    if document.kind == "other":
        tracked = replace(tracked, moves=read_moves(document, passages))
    return register_to_dict(tracked) if tracked.actions or tracked.moves else None


def read_register(document: Document, passages: Sequence[Passage]) -> Register:
    """Everything ``passages`` of one ``document`` say for the register, session by session where
    it holds several.

    Every quote is a slice of its passage's text, and no owner is given who does not stand in the
    quote or in the label over it.
    """
    parts = session_parts(passages)
    if len(parts) == 1:
        return _read_session(document, passages)
    known = people_of(lines_of(passages)).names  # who is listed at one session acts at another
    read: list[Register] = []
    for part in parts:
        place = part[0].locator
        one = _read_session(on_its_day(document, place), part, known)
        # what stands above the sessions is none
        read.append(one if place.day else replace(one, sessions=()))
    return joined(read)


def _read_session(
    document: Document, passages: Sequence[Passage], known: Iterable[str] = ()
) -> Register:
    lines = lines_of(passages)
    if not lines:
        return Register()
    named = people_of(lines, known)
    lines = unflattened(lines, named)
    topics = topics_in(lines, document.title, document.id, document.date, named)
    return Register(
        (session_in(lines, document, topics),),
        tuple(all_decisions(lines, document.id, document.date)),
        with_what_follows(actions_in(lines, document.id, document.date, named), passages),
        topics,
        accounts_in(lines, document.id, document.date, named),
    )


def read_tracker(document: Document, passages: Sequence[Passage]) -> Register:
    """The actions that a sheet of follow-ups keeps, and nothing else; empty where it is none."""
    lines = lines_of(passages)
    return Register(actions=tracked_in(lines, document.id, people_of(lines), document.date))


def read_moves(document: Document, passages: Sequence[Passage]) -> tuple[NextSession, ...]:
    """What a dated message says that the next session is moved to."""
    if document.date is None:
        return ()
    moved = moved_in(lines_of(passages), document.id, document.date, document.title)
    return (moved,) if moved else ()


__all__ = ["read_register", "read_tracker", "register_of"]
