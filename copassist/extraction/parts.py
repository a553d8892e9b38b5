"""The sessions of one record, apart: a year's minutes in one document are read one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from copassist.passages import Passage
from copassist.records import Register


def session_parts(passages: Sequence[Passage]) -> list[list[Passage]]:
    """``passages`` by the session they are of, in the order of the record; in one part where it
    holds one session.

    What stands over all sessions' headings is left out of the heading paths, so that each part
    reads like a record of its own, titled by its session's heading.
    """
    paths = [one.locator.headings for one in passages if one.locator.day]
    if not paths:
        return [list(passages)]
    over = sum(1 for _ in takewhile(lambda level: len(set(level)) == 1, zip(*paths, strict=False)))
    parts: dict[tuple[str, ...], list[Passage]] = {}
    for passage in passages:
        session = passage.locator.headings[over : over + 1] if passage.locator.day else ()
        parts.setdefault(session, []).append(_below(passage, over))
    return list(parts.values())


def joined(registers: Sequence[Register]) -> Register:
    """What the parts of one record say, together."""
    return Register(
        tuple(one for register in registers for one in register.sessions),
        tuple(one for register in registers for one in register.decisions),
        tuple(one for register in registers for one in register.actions),
        tuple(one for register in registers for one in register.topics),
        tuple(one for register in registers for one in register.accounts),
        tuple(one for register in registers for one in register.moves),
    )


def _below(passage: Passage, depth: int) -> Passage:
    headings = passage.locator.headings[depth:] if passage.locator.day else passage.locator.headings
    return replace(passage, locator=replace(passage.locator, headings=headings))
