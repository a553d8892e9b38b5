"""Conversations: what each person asked, what was answered, and what they thought of it.

Kept in the catalogue, under a number that the person's browser holds and nobody's name. An answer
that is still being made is a turn without one: closing the window loses nothing. When a document
is taken away, the answers that quote it lose their words too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from copassist.catalogue import Catalogue
from copassist.followups import Exchange
from copassist.schema import conversations, turns

TITLE_CHARACTERS: Final = 60
"""A conversation is called by its first question, cut at a word before this."""

COMMENT_CHARACTERS: Final = 500
"""Longest comment on an answer that is kept; the rest is cut."""

Verdict = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer (as ``Answer.to_dict`` writes it), ``None`` until it is made."""

    id: int
    conversation: int
    question: str
    asked: str
    """UTC, ISO 8601."""
    answer: Mapping[str, Any] | None = None
    error: str | None = None
    verdict: Verdict | None = None
    noted: bool = False
    """The person asked that the gap be kept for the group."""

    @property
    def waiting(self) -> bool:
        """Whether the answer is still being made."""
        return self.answer is None and self.error is None


@dataclass(frozen=True, slots=True)
class Conversation:
    """``updated`` is UTC, ISO 8601."""

    id: int
    title: str
    updated: str


class Conversations:
    """The conversations of one community."""

    def __init__(self, catalogue: Catalogue, community: str) -> None:
        self._catalogue = catalogue
        self._community = community

    def of(self, person: str) -> list[Conversation]:
        """A person's conversations, latest first."""
        query = (
            sa.select(conversations)
            .where(self._mine(person))
            .order_by(conversations.c.updated.desc(), conversations.c.id.desc())
        )
        with self._catalogue.transaction() as connection:
            return [
                Conversation(row.id, row.title, row.updated) for row in connection.execute(query)
            ]

    def turns(self, person: str, conversation: int) -> list[Turn]:
        """The turns of a person's conversation, in order; none if it is somebody else's."""
        query = (
            sa.select(turns)
            .join(conversations)
            .where(self._mine(person), turns.c.conversation_id == conversation)
            .order_by(turns.c.id)
        )
        with self._catalogue.transaction() as connection:
            return [_turn(row) for row in connection.execute(query)]

    def before(self, turn: Turn) -> tuple[Exchange, ...]:
        """What was asked and answered in the same conversation before ``turn``, oldest first."""
        query = (
            sa.select(turns)
            .where(turns.c.conversation_id == turn.conversation, turns.c.id < turn.id)
            .order_by(turns.c.id)
        )
        with self._catalogue.transaction() as connection:
            earlier = [_turn(row) for row in connection.execute(query)]
        return tuple(
            Exchange(
                str((one.answer or {}).get("understood") or one.question),
                str((one.answer or {}).get("answer") or ""),
            )
            for one in earlier
        )

    def turn(self, person: str, turn: int) -> Turn | None:
        """One turn, if it is that person's."""
        query = sa.select(turns).join(conversations).where(self._mine(person), turns.c.id == turn)
        with self._catalogue.transaction() as connection:
            row = connection.execute(query).first()
            return _turn(row) if row else None

    def ask(self, person: str, conversation: int | None, question: str) -> Turn:
        """Begin a turn; in a new conversation where ``conversation`` is not that person's."""
        now = _now()
        with self._catalogue.transaction() as connection:
            known = conversation is not None and connection.scalar(
                sa.select(conversations.c.id).where(
                    self._mine(person), conversations.c.id == conversation
                )
            )
            if not known:
                made = connection.execute(
                    conversations.insert().values(
                        person=person,
                        community=self._community,
                        title=shortened(question),
                        updated=now,
                    )
                )
                conversation = int(made.inserted_primary_key[0])  # type: ignore[index]  # one row: one key
            else:
                connection.execute(
                    conversations.update()
                    .where(conversations.c.id == conversation)
                    .values(updated=now)
                )
            made = connection.execute(
                turns.insert().values(
                    conversation_id=conversation, question=question, asked=now, noted=False
                )
            )
            turn = int(made.inserted_primary_key[0])  # type: ignore[index]  # one row: one key
        return Turn(turn, int(conversation or 0), question, now)

    def answer(self, turn: int, answer: Mapping[str, Any] | None, error: str | None = None) -> None:
        """Complete a turn with its answer, or with what went wrong.

        What was said of an answer that grows stays with it; one whose document was taken away
        meanwhile stays without its words.
        """
        with self._catalogue.transaction() as connection:
            held = _held(connection, turns.c.id == turn)
            if held.get("withdrawn"):
                return
            if answer and "comment" in held:
                answer = {**answer, "comment": held["comment"]}
            change = turns.update().where(turns.c.id == turn)
            connection.execute(change.values(answer=answer, error=error))

    def judge(self, person: str, turn: int, verdict: Verdict | None) -> None:
        """Keep what the person thought of an answer."""
        if self.turn(person, turn):
            self._set(turn, verdict=verdict)

    def comment(self, person: str, turn: int, text: str) -> None:
        """Keep what the person adds to a verdict, with the answer: it goes when the answer goes."""
        mine = sa.select(conversations.c.id).where(self._mine(person))
        with self._catalogue.transaction() as connection:
            held = _held(connection, turns.c.id == turn, turns.c.conversation_id.in_(mine))
            if held:
                whole = {**held, "comment": text.strip()[:COMMENT_CHARACTERS]}
                connection.execute(turns.update().where(turns.c.id == turn).values(answer=whole))

    def note_gap(self, person: str, turn: int) -> None:
        """Keep a question without answer for the group to see."""
        if self.turn(person, turn):
            self._set(turn, noted=True)

    def judged(self, *, every: bool = False) -> list[Turn]:
        """Answers that somebody judged or asked to be kept (``every``: all of them), in order."""
        chosen = turns.c.verdict.is_not(None) | turns.c.noted
        query = (
            sa.select(turns)
            .join(conversations)
            .where(conversations.c.community == self._community, turns.c.answer.is_not(None))
            .where(sa.true() if every else chosen)
            .order_by(turns.c.id)
        )
        with self._catalogue.transaction() as connection:
            return [_turn(row) for row in connection.execute(query)]

    def gaps(self) -> list[Turn]:
        """Questions that the records do not answer and that people asked to be kept."""
        query = (
            sa.select(turns)
            .join(conversations)
            .where(conversations.c.community == self._community, turns.c.noted)
            .order_by(turns.c.id.desc())
        )
        with self._catalogue.transaction() as connection:
            return [_turn(row) for row in connection.execute(query)]

    def rename(self, person: str, conversation: int, title: str) -> None:
        """Call a conversation otherwise; an empty title changes nothing."""
        if title.strip():
            with self._catalogue.transaction() as connection:
                connection.execute(
                    conversations.update()
                    .where(self._mine(person), conversations.c.id == conversation)
                    .values(title=shortened(title))
                )

    def delete(self, person: str, conversation: int) -> None:
        """Delete a conversation for good."""
        with self._catalogue.transaction() as connection:
            mine = sa.select(conversations.c.id).where(
                self._mine(person), conversations.c.id == conversation
            )
            connection.execute(turns.delete().where(turns.c.conversation_id.in_(mine)))
            connection.execute(
                conversations.delete().where(self._mine(person), conversations.c.id == conversation)
            )

    def give_up_waiting(self, reason: str) -> None:
        """At start: what was being answered when the program stopped will not come."""
        writing = turns.c.answer["writing"].as_boolean()
        ours = sa.select(conversations.c.id).where(conversations.c.community == self._community)
        here = turns.c.conversation_id.in_(ours)
        with self._catalogue.transaction() as connection:
            left = sa.select(turns.c.id, turns.c.answer).where(here, writing)
            for row in connection.execute(left).all():
                whole = {**row.answer, "writing": False}
                connection.execute(turns.update().where(turns.c.id == row.id).values(answer=whole))
            connection.execute(
                turns.update()
                .where(here, turns.c.answer.is_(None), turns.c.error.is_(None))
                .values(error=reason)
            )

    def _mine(self, person: str) -> sa.ColumnElement[bool]:
        return sa.and_(
            conversations.c.person == person, conversations.c.community == self._community
        )

    def _set(self, turn: int, **values: Any) -> None:
        with self._catalogue.transaction() as connection:
            connection.execute(turns.update().where(turns.c.id == turn).values(**values))


def shortened(text: str) -> str:
    """One line of at most :data:`TITLE_CHARACTERS`, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= TITLE_CHARACTERS:
        return line
    return line[: TITLE_CHARACTERS - 1].rsplit(" ", 1)[0] + "…"


def forget_answers_of(catalogue: Catalogue, gone: Collection[str]) -> int:
    """Take the words of removed documents out of every answer; gives how many had some.

    ``gone``: ids and versions. A document that was renamed has another id, and the same version.
    """
    query = sa.select(turns.c.id, turns.c.answer).where(turns.c.answer.is_not(None))
    with catalogue.transaction() as connection:
        quoting = [
            row.id
            for row in connection.execute(query)
            if not {name for one in documents_of(row.answer) for name in one}.isdisjoint(gone)
        ]
        for turn in quoting:
            connection.execute(
                turns.update().where(turns.c.id == turn).values(answer={"withdrawn": True})
            )
    return len(quoting)


def documents_of(answer: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Id and version of each document whose words an answer holds, or that it names."""
    cited = answer.get("citations", ())
    held = [other for citation in cited for other in citation.get("also", ())]
    held += [piece["document"] for piece in (*cited, *answer.get("near", ()))]
    return {(one["id"], one.get("version", "")) for one in held}


def _held(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> dict[str, Any]:
    """The answer of a turn, empty where there is none; nobody else changes it before the end of
    the transaction, which SQLite would begin only at the first change."""
    lock = turns.update().where(*which).values(noted=turns.c.noted).returning(turns.c.answer)
    return dict(connection.execute(lock).scalar() or {})


def _turn(row: Any) -> Turn:
    return Turn(
        id=row.id,
        conversation=row.conversation_id,
        question=row.question,
        asked=row.asked,
        answer=row.answer,
        error=row.error,
        verdict=row.verdict,
        noted=row.noted,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
