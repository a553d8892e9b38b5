"""What a chat model proposes for the register, kept apart until a person accepts it.

The rules of ``extraction`` read the register; a model may see what they miss. It is asked for
whole sentences, held to a JSON schema where its server can, and nothing it writes is taken at its
word: a quote must stand in the passage, an owner and a due date in the quote, and what the
register holds already is dropped. What remains is a proposal, shown as such. None of this happens
while documents are taken in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from copassist.chatmodels import Chat
from copassist.citations import find_quote
from copassist.corrections import KEY_DIGITS
from copassist.database import Database
from copassist.errors import LineNotFoundError
from copassist.extraction.dates import due_cell, session_day
from copassist.extraction.texts import fold
from copassist.passages import Document, Passage
from copassist.prompts import prompt
from copassist.records import Action, Decision, Register, Source
from copassist.schema import proposals
from copassist.synthesis import as_data
from copassist.tasks import names

PROMPT: Final = "propose"
FEWEST_WORDS: Final = 4
"""Words under which a quote is a heading or a scrap: as for decisions read by rule."""
MOST_TOKENS: Final = 600
"""Of one reply: some ten sentences; proposed."""
SHORTEST_PASSAGE: Final = 80
"""Characters below which a passage holds no sentence worth asking about; proposed."""

_QUOTE: Final = {"type": "string"}
_MAYBE: Final = {"type": ["string", "null"]}
SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "decisions": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"quote": _QUOTE},
                "required": ["quote"],
                "additionalProperties": False,
            },
        },
        "actions": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"quote": _QUOTE, "owner": _MAYBE, "due": _MAYBE},
                "required": ["quote", "owner", "due"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["decisions", "actions"],
    "additionalProperties": False,
}

State = Literal["proposed", "accepted", "refused"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A line that a model proposes. ``quote`` is verbatim in a passage of ``document``."""

    kind: Literal["decision", "action"]
    document: str
    quote: str
    owner: str | None = None
    due: str | None = None
    state: State = "proposed"

    @property
    def id(self) -> str:
        held = "\0".join((self.document, self.kind, fold(self.quote)))
        return hashlib.sha256(held.encode()).hexdigest()[: KEY_DIGITS + 4]


def propose(
    chat: Chat, document: Document, passages: Iterable[Passage], register: Register
) -> Iterator[Proposal]:
    """What the model finds in a record beyond ``register``, checked, passage by passage.

    Raises :class:`~copassist.errors.ModelError`.
    """
    known = [fold(quote) for quote in _quotes(register)]
    for passage in passages:
        if len(passage.text) < SHORTEST_PASSAGE:
            continue
        asked = prompt(PROMPT, passage.language).messages(passage=as_data(passage.text))
        reply = chat.complete(asked, schema=SCHEMA, max_tokens=MOST_TOKENS)
        for one in checked(reply, passage.text, document.id):
            said = fold(one.quote)
            if not any(said in other or other in said for other in known):
                known.append(said)
                yield one


def checked(reply: str, text: str, document: str) -> Iterator[Proposal]:
    """The lines of a reply that hold: quote in ``text``, owner and due date in the quote."""
    try:
        found = json.loads(reply)
    except json.JSONDecodeError:
        return
    if not isinstance(found, dict):
        return
    for kind, key in (("decision", "decisions"), ("action", "actions")):
        for row in found.get(key) or ():
            quote = row.get("quote") if isinstance(row, dict) else None
            if not isinstance(quote, str) or len(quote.split()) < FEWEST_WORDS:
                continue
            place = find_quote(quote, text)
            if place is None:
                continue
            verbatim = text[place[0] : place[1]]
            if kind == "decision":
                yield Proposal("decision", document, verbatim)
                continue
            owner, due = _said(row.get("owner")), _said(row.get("due"))
            if owner is not None and not names(owner) <= names(verbatim):
                continue  # given to somebody the sentence does not name: worse than none
            if due is not None and fold(due) not in fold(verbatim):
                due = None
            yield Proposal("action", document, verbatim, owner, due)


def _said(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _quotes(register: Register) -> Iterator[str]:
    sources = (*(one.source for one in register.actions), *(d.source for d in register.decisions))
    yield from (one.quote for one in sources if one is not None)


class Proposals:
    """The table of proposals of a library."""

    def __init__(self, catalogue: Database) -> None:
        self._catalogue = catalogue

    def add(self, one: Proposal) -> bool:
        """Keep a proposal, unless it is known; one refused before stays refused."""
        if any(known.id == one.id for known in self.of({one.document})):
            return False
        with self._catalogue.transaction() as connection:
            connection.execute(
                proposals.insert().values(
                    id=one.id,
                    document_id=one.document,
                    kind=one.kind,
                    quote=one.quote,
                    owner=one.owner,
                    due=one.due,
                    state=one.state,
                    made=datetime.now(UTC).isoformat(timespec="milliseconds"),
                )
            )
        return True

    def of(self, documents: Iterable[str], state: State | None = None) -> list[Proposal]:
        """Those of these documents, oldest first; in one state, or in any."""
        wanted = set(documents)
        with self._catalogue.transaction() as connection:
            rows = connection.execute(sa.select(proposals).order_by(proposals.c.made)).all()
        return [
            Proposal(row.kind, row.document_id, row.quote, row.owner, row.due, row.state)
            for row in rows
            if row.document_id in wanted and state in (None, row.state)
        ]

    def settle(self, documents: Iterable[str], name: str, state: State) -> Proposal:
        """Accept or refuse the proposal of that id (or its beginning).

        Raises :class:`LineNotFoundError`.
        """
        fitting = [one for one in self.of(documents) if name and one.id.startswith(name.lower())]
        if len(fitting) != 1:
            raise LineNotFoundError(name=name)
        with self._catalogue.transaction() as connection:
            mine = sa.and_(
                proposals.c.id == fitting[0].id, proposals.c.document_id == fitting[0].document
            )
            connection.execute(proposals.update().where(mine).values(state=state))
        return replace(fitting[0], state=state)


def with_accepted(
    register: Register,
    document: Document,
    accepted: Iterable[Proposal],
    passages: Iterable[Passage],
) -> Register:
    """The register of a document with the proposals that a person accepted, where their quotes
    still stand in it."""
    texts = list(passages)
    actions, decisions = list(register.actions), list(register.decisions)
    for one in accepted:
        passage = next((p for p in texts if find_quote(one.quote, p.text)), None)
        if passage is None:
            continue
        source = Source(document.id, passage.id, one.quote, passage.locator)
        if one.kind == "decision":
            decisions.append(Decision(one.quote, document.date, None, source=source))
            continue
        due = due_cell(one.due or "", session_day(document.date))
        actions.append(
            Action(
                one.quote,
                document.date,
                one.owner,
                due=one.due,
                due_date=due.day if due else None,
                status="open",
                source=source,
            )
        )
    return replace(register, actions=tuple(actions), decisions=tuple(decisions))
