"""What people corrected of the register by hand, kept apart from it so that it survives.

A line is known by its document and the words it was read from (:func:`line_key`), not by a passage
or a number: the record may be read again, with better rules or under new headings, and what a
person said of the line still holds. Where those words have gone from the record, so has the line,
and its correction waits, in case they come back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from copassist.database import Database
from copassist.errors import InputError, LineNotFoundError
from copassist.extraction.dates import due_cell, session_day
from copassist.extraction.texts import fold
from copassist.records import (
    ACTION_STATUSES,
    DECISION_STATUSES,
    Action,
    Decision,
    Register,
    Session,
    Topic,
)
from copassist.schema import corrections
from copassist.words import words

ACTION_FIELDS: Final = ("status", "owner", "due", "text")
DECISION_FIELDS: Final = ("status", "text")
KEY_DIGITS: Final = 8
"""Hexadecimal digits of a line's key: two lines of a record hardly ever share them."""
DOCUMENT_DIGITS: Final = 4
"""Digits of its document's id before it: the same words may stand in two records."""

Line = Action | Decision | Topic | Session
Changes = Mapping[str, Any]


def line_key(line: Line) -> str:
    """What tells a line from the others of its document: its kind, its quote and its words, as
    they were read, and its session's day where the document holds several."""
    source = line.source
    title = line.text if isinstance(line, Action | Decision) else line.title
    held = [type(line).__name__, fold(source.quote) if source else "", fold(title)]
    if source and source.locator.day:  # « Rien de neuf » may be said at each
        held.append(source.locator.day)
    return hashlib.sha256("\0".join(held).encode()).hexdigest()[:KEY_DIGITS]


def line_id(line: Action | Decision) -> str:
    """The line's name for people: its document's and its own, whatever was corrected of it."""
    document = line.source.document if line.source else ""
    return document[:DOCUMENT_DIGITS] + (line.line or line_key(line))


class Corrections:
    """The table of corrections of a library."""

    def __init__(self, catalogue: Database) -> None:
        self._catalogue = catalogue

    def of(self, documents: Collection[str]) -> dict[tuple[str, str], Changes]:
        """The corrections made to lines of these documents, by document and line key."""
        query = sa.select(corrections).order_by(corrections.c.made)
        with self._catalogue.transaction() as connection:
            rows = connection.execute(query).all()
        return {
            (row.document_id, row.line): row.changes for row in rows if row.document_id in documents
        }

    def put(self, line: Action | Decision, changes: Changes) -> None:
        """Add ``changes`` to what was corrected of a line of the gathered register."""
        mine = _mine(line)
        with self._catalogue.transaction() as connection:
            query = sa.select(corrections.c.changes).where(mine)
            before = connection.scalar(query) or {}
            connection.execute(corrections.delete().where(mine))
            connection.execute(
                corrections.insert().values(
                    document_id=line.source.document if line.source else "",
                    line=line.line,
                    changes={**before, **changes},
                    made=datetime.now(UTC).isoformat(timespec="milliseconds"),
                )
            )

    def drop(self, line: Action | Decision) -> bool:
        """Take back all that was corrected of a line; gives whether there was anything."""
        with self._catalogue.transaction() as connection:
            return connection.execute(corrections.delete().where(_mine(line))).rowcount > 0


def _mine(line: Action | Decision) -> sa.ColumnElement[bool]:
    document = line.source.document if line.source else ""
    return sa.and_(corrections.c.document_id == document, corrections.c.line == line.line)


def checked(line: Action | Decision, changes: Mapping[str, str | None], language: str) -> Changes:
    """Changes as a person gave them, ready to be kept. Raises :class:`InputError`.

    An empty owner or due date is none; an empty text is the record's own again.
    """
    say = words(language)
    known = ACTION_FIELDS if isinstance(line, Action) else DECISION_FIELDS
    given = {key: (value or "").strip() or None for key, value in changes.items()}
    for key in given:
        if key not in known:
            raise InputError(problem=say("corrections.field", field=key, known=", ".join(known)))
    statuses = ACTION_STATUSES if isinstance(line, Action) else DECISION_STATUSES
    if "status" in given and given["status"] not in statuses:
        listed = ", ".join(statuses)
        raise InputError(problem=say("corrections.status", value=given["status"], known=listed))
    if not given:
        raise InputError(problem=say("corrections.nothing"))
    return given


def found_line(register: Register, name: str) -> Action | Decision:
    """The action or decision of that :func:`line_id`, or the only one whose id begins so.

    Raises :class:`LineNotFoundError`.
    """
    each: tuple[Action | Decision, ...] = (*register.actions, *register.decisions)
    wanted = name.strip().lower()
    fitting = [one for one in each if wanted and line_id(one).startswith(wanted)]
    if len({line_id(one) for one in fitting}) != 1:
        raise LineNotFoundError(name=name)
    return fitting[0]


def corrected(
    registers: Mapping[str, Register],
    made: Mapping[tuple[str, str], Changes],
    gather: Callable[[Mapping[str, Register]], Register],
) -> Register:
    """The registers gathered into one, with what people corrected.

    What a person said of a line is there before its task is followed through the sessions, so
    that a task marked as done closes its earlier lines too; what is said of a decision's status
    is confirmed, and nothing that is proposed changes it.
    """
    return gather({name: _corrected(name, one, made) for name, one in registers.items()})


def _corrected(
    document: str, register: Register, made: Mapping[tuple[str, str], Changes]
) -> Register:
    def changes(key: str) -> Changes:
        return made.get((document, key), {})

    return replace(
        register,
        actions=tuple(_action(one, changes) for one in register.actions),
        decisions=tuple(_decision(one, changes) for one in register.decisions),
    )


def _action(action: Action, changes: Callable[[str], Changes]) -> Action:
    key = line_key(action)
    made = changes(key)
    values: dict[str, Any] = {name: made[name] for name in ACTION_FIELDS if name in made}
    if not values:
        return replace(action, line=key)
    if values.get("text", "") is None:
        del values["text"]
    fields = tuple(values)
    if "text" in values:
        values["subject"] = None  # the record's words for the task, which these replace
    if "due" in values:
        due = due_cell(values["due"] or "", session_day(action.session_date))
        values["due_date"] = due.day if due else None
    if "owner" in values:
        values["owner_certain"] = True
    return replace(action, line=key, corrected=fields, **values)


def _decision(decision: Decision, changes: Callable[[str], Changes]) -> Decision:
    key = line_key(decision)
    made = changes(key)
    values: dict[str, Any] = {name: made[name] for name in DECISION_FIELDS if made.get(name)}
    fields = tuple(values)
    if "status" in values:
        values["confirmed"] = True
    return replace(decision, line=key, corrected=fields, **values)
