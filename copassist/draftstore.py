"""Draft agendas as they were saved: every state, by community and person, latest first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from copassist.database import Database
from copassist.schema import drafts

KEPT: Final = 50
"""States of one person's drafts that are kept: some evenings' work; older ones go."""


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """One state of a draft. ``saved`` is UTC, ISO 8601; ``draft`` as ``Agenda.to_dict`` gives."""

    id: int
    agenda: str
    """Reference of the agenda, as its minutes template carries it."""
    saved: str
    draft: Mapping[str, Any]


class Drafts:
    """The drafts of one community."""

    def __init__(self, catalogue: Database, community: str) -> None:
        self._catalogue = catalogue
        self._community = community

    def save(self, person: str, draft: Mapping[str, Any]) -> int:
        """Keep a state of a draft, after those before it; gives its number."""
        with self._catalogue.transaction() as connection:
            made = connection.execute(
                drafts.insert().values(
                    community=self._community,
                    person=person,
                    agenda=draft["id"],
                    saved=datetime.now(UTC).isoformat(timespec="seconds"),
                    draft=dict(draft),
                )
            )
            mine = self._mine(person)
            newest = sa.select(drafts.c.id).where(mine).order_by(drafts.c.id.desc()).limit(KEPT)
            connection.execute(drafts.delete().where(mine, drafts.c.id.not_in(newest)))
            return int(made.inserted_primary_key[0])  # type: ignore[index]  # one row: one key

    def amend(self, number: int, draft: Mapping[str, Any]) -> None:
        """Write over a state: for what no person did, and nobody would take back by itself."""
        state = sa.and_(drafts.c.id == number, drafts.c.community == self._community)
        with self._catalogue.transaction() as connection:
            connection.execute(drafts.update().where(state).values(draft=dict(draft)))

    def of(self, person: str) -> list[SavedDraft]:
        """A person's drafts in every state, latest first."""
        return self._read(self._mine(person))

    def latest(self, person: str) -> SavedDraft | None:
        """The state a person left off at."""
        found = self._read(self._mine(person), 1)
        return found[0] if found else None

    def get(self, person: str, number: int) -> SavedDraft | None:
        """One state, if it is that person's."""
        found = self._read(sa.and_(self._mine(person), drafts.c.id == number), 1)
        return found[0] if found else None

    def called(self, agenda: str) -> SavedDraft | None:
        """The latest state of the agenda of that reference, whoever drafted it."""
        here = sa.and_(drafts.c.community == self._community, drafts.c.agenda == agenda)
        found = self._read(here, 1)
        return found[0] if found else None

    def undo(self, person: str) -> SavedDraft | None:
        """Take back the last change; gives the state before it, ``None`` where there is none.

        Where the last change was to go on from another agenda, that one stays among the states: it
        is no mistake to be forgotten.
        """
        known = self._read(self._mine(person), 2)
        if len(known) < 2:
            return None
        if known[0].agenda != known[1].agenda:
            self.save(person, known[1].draft)
            return self.latest(person)
        with self._catalogue.transaction() as connection:
            connection.execute(drafts.delete().where(drafts.c.id == known[0].id))
        return known[1]

    def _mine(self, person: str) -> sa.ColumnElement[bool]:
        return sa.and_(drafts.c.person == person, drafts.c.community == self._community)

    def _read(self, which: sa.ColumnElement[bool], most: int | None = None) -> list[SavedDraft]:
        query = sa.select(drafts).where(which).order_by(drafts.c.id.desc()).limit(most)
        with self._catalogue.transaction() as connection:
            rows = connection.execute(query).all()
        return [SavedDraft(row.id, row.agenda, row.saved, row.draft) for row in rows]


def forget_drafts_of(catalogue: Database, gone: Collection[str]) -> int:
    """Delete the drafts that quote documents taken away; gives how many there were.

    ``gone``: ids and versions. A document that was renamed has another id, and the same version.
    """
    with catalogue.transaction() as connection:
        rows = connection.execute(sa.select(drafts.c.id, drafts.c.draft)).all()
        quoting = [row.id for row in rows if not _documents(row.draft).isdisjoint(gone)]
        connection.execute(drafts.delete().where(drafts.c.id.in_(quoting)))
    return len(quoting)


def _documents(draft: Mapping[str, Any]) -> set[str]:
    lines = (*draft.get("items", ()), *draft.get("proposals", ()))
    held = [one["document"] for line in lines for one in line.get("citations", ())]
    return {name for one in held for name in (one["id"], one.get("version", ""))}
