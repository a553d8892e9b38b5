"""What a chat model proposes for the register, kept apart until a person accepts it.

The rules of ``extraction`` read the register; a model may see what they miss. Code chooses what it
is asked about: sentences that speak of something to come or settled, and that no line of the
register quotes already. Held to a JSON schema where its server can, it says of each what it is and
whose; so every quote is the record's own, and an owner must stand in it. What remains is a
proposal, shown as such. None of this happens while documents are taken in.

Asked for quotes out of whole passages, the local model gave headings and agenda items for
decisions: of 16 proposals in 15 passages of the conseil's minutes, none was one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from copassist.chatmodels import Chat
from copassist.citations import find_quote
from copassist.corrections import KEY_DIGITS
from copassist.database import Database
from copassist.errors import LineNotFoundError
from copassist.extraction.dates import due_cell, due_in, session_day
from copassist.extraction.lines import lines_of
from copassist.extraction.texts import fold, plain, straight
from copassist.extraction.undertakings import is_idea, is_question
from copassist.instructions import instructs
from copassist.passages import Document, Passage, on_its_day
from copassist.prompts import prompt
from copassist.records import Action, Decision, Register, Source
from copassist.schema import proposals
from copassist.synthesis import as_data
from copassist.tasks import names

PROMPT: Final = "propose"
LENGTHS: Final = (5, 60)
"""Words of a sentence that a model is asked about: shorter ones are headings or scraps, longer
ones paragraphs of a PDF."""
TOGETHER: Final = 6
"""Sentences asked about in one request: a small model loses count of more; proposed."""
TOKENS_EACH: Final = 40
"""Of a reply, for each sentence: its number, its kind and a name."""
PASSED_OVER: Final = frozenset(("people", "agenda", "done", "review", "ideas", "next"))
"""Kinds of section whose lines are no news of what was settled or undertaken."""

_COMMITS: Final = re.compile(
    r"\b(?:[a-zà-ÿ]+(?:rai|ra|rons|rez|ront)|va|vont|allons|convenu\w*"
    r"|entendu\w*|d'accord|décid\w+|choisi\w*|retenu\w*|adopt\w+|engag\w+|confi\w+|chargée?s?"
    r"|(?:compte|comptons|mise) sur|s'occup\w+|d'ici|tranché\w*|revient à"
    r"|will|shall|must|ha(?:s|ve) to|needs? to|going to|agree[ds]?|decided?|settled?"
    r"|chose|commit\w*|takes? on|took on|volunteer\w*|in charge|counting on|up to)\b|'ll\b",
    re.IGNORECASE,
)
"""Words without which a sentence settles nothing and commits nobody: wider than the rules. A bare
« doit » is left to them: without somebody it is an opinion."""
_SETTLES: Final = re.compile(
    r"\b(?:convenu\w*|entendu\w*|d'accord|décidé\w*|décide(?:nt)?|décidons|choisi\w*|retenu\w*"
    r"|adopté\w*|adopte(?:nt)?|adoptons|tranché\w*"
    r"|au bout du compte|en fin de compte|finalement|désormais|dorénavant"
    r"|(?:nous|on) [a-zà-ÿ]+r(?:ons|a)"
    r"|agree[ds]?|decided?|chose|settled?|in the end|from now on|finally|we(?:'ll| will))\b",
    re.IGNORECASE,
)
"""... and words that a decision must have as well: the local model takes any plan or piece of news
for a decision."""
_BELONGS: Final = re.compile(r"(?:\b(?:de|du|des|of|by the)|\bd')\s*$", re.IGNORECASE)
"""Words before a name that only say whose somebody is: « un membre de l'équipe d'Ashley »."""
_THING: Final = re.compile(r"\b(?:le|la|les|un|une|au|aux|ce|cette|the|an?)\s*$", re.IGNORECASE)
"""Words between a verb and a name that make it the name of a thing: « remplacer le SAP »."""
_NOT_SO: Final = re.compile(
    r"^\W*(?:si|if|unless) |\b(?:ne |n')\S+(?: \S+)? (?:pas|plus|jamais)\b"
    r"|\b(?:will|shall|do) not\b|\bwon't\b",
    re.IGNORECASE,
)
"""A condition or a denial: nobody's undertaking, whatever it speaks of."""

State = Literal["proposed", "accepted", "refused"]
SETTLED_BY: Final[Mapping[str, State]] = {"accept": "accepted", "refuse": "refused"}
"""What a person's word makes of a proposal."""


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
    chat: Chat, document: Document, passages: Sequence[Passage], register: Register
) -> Iterator[Proposal]:
    """What the model finds in a record beyond ``register``, checked, a few sentences at a time.

    Raises :class:`~copassist.errors.ModelError`.
    """
    waiting = candidates(passages, register)
    for first in range(0, len(waiting), TOGETHER):
        batch = waiting[first : first + TOGETHER]
        listed = "\n".join(f"{n}. {as_data(plain(one))}" for n, one in enumerate(batch, 1))
        reply = chat.complete(
            prompt(PROMPT, document.language).messages(sentences=listed),
            schema=schema(len(batch)),
            max_tokens=TOKENS_EACH * (len(batch) + 1),
        )
        yield from checked(reply, batch, document.id)


def candidates(passages: Sequence[Passage], register: Register) -> list[str]:
    """The sentences of a record, verbatim, that a model is asked about, each once."""
    known = [fold(quote) for quote in _quotes(register)]
    found: dict[str, str] = {}
    for line in lines_of(passages):
        if line.role == "heading" or line.kind in PASSED_OVER:
            continue
        for piece in line.pieces():
            said = fold(piece)
            if said not in found and _may_commit(piece) and not _held(said, known):
                found[said] = line.on_its_page(piece)
    return list(found.values())


def schema(count: int) -> Mapping[str, Any]:
    """The JSON schema of a reply about ``count`` sentences: one entry for each."""
    entry = {
        "type": "object",
        "properties": {
            "number": {"type": "integer", "minimum": 1, "maximum": count},
            "kind": {"type": "string", "enum": ["none", "decision", "action"]},
            "owner": {"type": ["string", "null"]},
        },
        "required": ["number", "kind", "owner"],
        "additionalProperties": False,
    }
    listed = {"type": "array", "items": entry, "minItems": count, "maxItems": count}
    return {
        "type": "object",
        "properties": {"sentences": listed},
        "required": ["sentences"],
        "additionalProperties": False,
    }


def checked(reply: str, asked: Sequence[str], document: str) -> Iterator[Proposal]:
    """The entries of a reply that hold: of a sentence asked about, its owner written in it."""
    try:
        found = json.loads(reply)
    except json.JSONDecodeError:
        return
    entries = found.get("sentences") if isinstance(found, dict) else None
    seen: set[int] = set()
    for entry in entries if isinstance(entries, list) else ():
        number = entry.get("number") if isinstance(entry, dict) else None
        if not isinstance(number, int) or not 1 <= number <= len(asked) or number in seen:
            continue
        seen.add(number)
        quote = asked[number - 1]
        if entry.get("kind") == "decision" and _SETTLES.search(straight(plain(quote))):
            yield Proposal("decision", document, quote)
        elif entry.get("kind") == "action":
            owner = _said(entry.get("owner"))
            if owner is not None and not names(owner) <= names(quote):
                continue  # given to somebody the sentence does not name: worse than none
            due = due_in(plain(quote), None)
            owner = None if owner and _is_another(owner, quote) else owner
            yield Proposal("action", document, quote, owner, due.text if due else None)


def _is_another(owner: str, quote: str) -> bool:
    """Whether the name only says whose somebody else is, or what is spoken of."""
    words = straight(quote)
    at = words.find(straight(owner))
    before, after = words[: max(at, 0)], words[at + len(owner) :]
    object_of = _COMMITS.search(before) is not None and _THING.search(before) is not None
    topic = re.match(r" ?: ?(?:les?|la|l'|the)\b", after, re.IGNORECASE) is not None
    return object_of or topic or _BELONGS.search(before) is not None


def _may_commit(piece: str) -> bool:
    words = plain(piece)
    least, most = LENGTHS
    if not least <= len(words.split()) <= most or is_question(words) or is_idea(words):
        return False
    said = straight(words)
    return not instructs(piece) and bool(_COMMITS.search(said)) and not _NOT_SO.search(said)


def _held(said: str, known: Iterable[str]) -> bool:
    return any(said in quote or quote in said for quote in known)


def _said(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _quotes(register: Register) -> Iterator[str]:
    sources = (*(one.source for one in register.actions), *(d.source for d in register.decisions))
    yield from (one.quote for one in sources if one is not None)


class Proposals:
    """The proposals kept in a library."""

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
        wanted = name.strip().lower()
        fitting = [one for one in self.of(documents) if wanted and one.id.startswith(wanted)]
        if len(fitting) != 1:
            raise LineNotFoundError(name=name)
        with self._catalogue.transaction() as connection:
            mine = sa.and_(
                proposals.c.id == fitting[0].id, proposals.c.document_id == fitting[0].document
            )
            connection.execute(proposals.update().where(mine).values(state=state))
        return replace(fitting[0], state=state)


def with_accepted(
    register: Register, document: Document, accepted: Proposal, passages: Iterable[Passage]
) -> Register:
    """The register of a document with a proposal that a person accepted, if its quote still
    stands in one of the ``passages``; dated as that passage is."""
    passage = next((one for one in passages if find_quote(accepted.quote, one.text)), None)
    if passage is None:
        return register
    source = Source(document.id, passage.id, accepted.quote, passage.locator)
    day = on_its_day(document, passage.locator).date
    if accepted.kind == "decision":
        decision = Decision(accepted.quote, day, None, source=source)
        return replace(register, decisions=(*register.decisions, decision))
    due = due_cell(accepted.due or "", session_day(day))
    action = Action(
        accepted.quote,
        day,
        accepted.owner,
        due=accepted.due,
        due_date=due.day if due else None,
        status="open",
        source=source,
    )
    return replace(register, actions=(*register.actions, action))
