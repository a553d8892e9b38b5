"""The community's register: sessions, decisions, actions and topics, each with its source.

Only types live here. ``extraction`` reads them out of minutes, the catalogue keeps them,
``agendas`` drafts from them. Nothing is improved on: texts, owners and due dates stay as
written, and every line carries the quote it was read from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter

from copassist.passages import Locator

ACTION_STATUSES: Final = ("open", "done", "unknown")
DECISION_STATUSES: Final = ("in_force", "revised", "superseded")

_REFERENCE: Final = re.compile(r"\bodj-\d{4}-\d{2}-\d{2}-[0-9a-f]{8}\b")


def agenda_reference(text: str) -> str | None:
    """The agenda that filled-in minutes say they belong to, or ``None``."""
    found = _REFERENCE.search(text)
    return found.group() if found else None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a line of the register was read: the quote is verbatim in that document."""

    document: str
    """Document id."""
    passage: str
    """Passage id, ``{version}:{number}``."""
    quote: str
    locator: Locator = field(default_factory=Locator)


@dataclass(frozen=True, slots=True)
class NextSession:
    """What a record announces of the following session, as far as it says."""

    date: str | None = None
    """ISO 8601."""
    theme: str | None = None
    facilitation: str | None = None
    source: Source | None = None
    """The line that announces it, where one does."""
    told: str | None = None
    """ISO day of the message that moves it, where the session's own record does not say so."""


@dataclass(frozen=True, slots=True)
class Session:
    """One meeting. ``date`` is ISO 8601 or unknown; people as written."""

    date: str | None
    title: str
    attendance: int | None = None
    facilitation: str | None = None
    note_taking: str | None = None
    items: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    """Ids of activity formats that the record names."""
    next_session: NextSession | None = None
    source: Source | None = None
    agenda: str | None = None
    """Reference of the agenda whose minutes template was filled in."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Something the group settled, verbatim."""

    text: str
    session_date: str | None
    item: str | None
    status: str = "in_force"
    revised_by: str | None = None
    """Passage id of the later decision, proposed by the program until ``confirmed``."""
    confirmed: bool = False
    source: Source | None = None
    corrected: tuple[str, ...] = ()
    """Names of the fields that a person set by hand."""
    line: str = ""
    """Its key (``corrections.line_key``), once it was gathered."""

    @property
    def proposed(self) -> bool:
        """Whether its status is the program's proposal, for a person to confirm."""
        return self.status != "in_force" and not self.confirmed


@dataclass(frozen=True, slots=True)
class Telling:
    """A sentence of minutes that may tell how a task stands, in whatever words.

    Its numbers are logarithms of odds, as ``sentencekinds.py`` reads them from its vector.
    """

    source: Source
    session_date: str | None
    place: int
    """Its number among the sentences of its passage."""
    action: float
    """That it gives somebody something to do."""
    done: float
    """That it tells something done, or dropped."""
    pending: float
    """That it tells something still to be done, put off, or handed on."""


@dataclass(frozen=True, slots=True)
class News:
    """What a later session seems to say of a task: proposed, until a person says how it stands."""

    status: str
    """``done`` or ``open``."""
    day: str
    """ISO day of that session."""
    source: Source


@dataclass(frozen=True, slots=True)
class Action:
    """Something somebody undertook. No owner written is ``None``: never inferred."""

    text: str
    session_date: str | None
    owner: str | None = None
    owner_certain: bool = True
    """False where a pronoun or a list of names leaves the owner "à confirmer"."""
    due: str | None = None
    due_date: str | None = None
    status: str = "unknown"
    closed_by: Source | None = None
    item: str | None = None
    source: Source | None = None
    subject: str | None = None
    """The task in the line's own words, where the line tells it apart from its state."""
    state: str | None = None
    """How it stands, as written: « reporté au 20 mai », "in progress"."""
    report: bool = False
    """The line says how an earlier action stands; it undertakes nothing new."""
    told: str | None = None
    """ISO day of its state where that is not the session's: of a sheet that is kept up to date."""
    earlier: tuple[Source, ...] = ()
    """Lines of the same task that this one is the latest state of, oldest first."""
    replaced_by: Source | None = None
    """The later line that is the latest state of this task: that one is to be followed."""
    corrected: tuple[str, ...] = ()
    """Names of the fields that a person set by hand: they are no words of the record."""
    line: str = ""
    """Its key (``corrections.line_key``), once it was gathered."""
    place: int | None = None
    """The number of its sentence in its passage, once that has a vector."""
    by_vector: bool = False
    """No rule read it: its vector is one of sentences that give somebody something to do."""
    news: News | None = None
    """What a later session seems to say of it, where nothing says so for certain."""

    @property
    def is_current(self) -> bool:
        """Not done as far as is known, and the latest line of its task."""
        return self.status != "done" and self.replaced_by is None

    @property
    def seems_done(self) -> bool:
        """Open still, though a later session seems to tell that it is done."""
        return self.is_current and self.news is not None and self.news.status == "done"


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject treated at a session; ``deferred`` when it was put off to a later one."""

    title: str
    session_date: str | None
    deferred: bool = False
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """All that was read out of one document, or gathered over several."""

    sessions: tuple[Session, ...] = ()
    decisions: tuple[Decision, ...] = ()
    actions: tuple[Action, ...] = ()
    topics: tuple[Topic, ...] = ()
    accounts: tuple[Action, ...] = ()
    """Sentences that tell in passing what is done: each closes an action, or says nothing. Read
    out of one document; none are left once registers were gathered."""
    moves: tuple[NextSession, ...] = ()
    """What messages between sessions say of the next one: each moves the session announced last.
    None are left once registers were gathered."""
    tellings: tuple[Telling, ...] = ()
    """Sentences that may tell how a task stands, until its news was looked for."""


@cache
def _adapter() -> TypeAdapter[Register]:
    return TypeAdapter(Register)


def register_to_dict(register: Register) -> dict[str, Any]:
    """As the catalogue keeps it: JSON-ready."""
    return asdict(register)


def register_from_dict(values: Mapping[str, Any], document: str) -> Register:
    """The inverse of :func:`register_to_dict`, also after a trip through JSON.

    ``document``: the id its sources are to name now, as the document may have been renamed since.
    """
    return _adapter().validate_python(_renamed(values, document))


def _renamed(value: Any, document: str) -> Any:
    if isinstance(value, Mapping):
        return {
            key: document if key == "document" else _renamed(inner, document)
            for key, inner in value.items()
        }
    return [_renamed(inner, document) for inner in value] if isinstance(value, list) else value
