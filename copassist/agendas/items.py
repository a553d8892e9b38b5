"""Agendas: what they are made of, what was asked for, how they are written as JSON.

``drafts.draft`` makes one out of the register, ``edits`` changes one by hand, ``copassist.render``
writes one as Markdown, DOCX or ICS. All of it is frozen: an edit is a new agenda.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final, Literal

from copassist.agendas.clocks import clock, time_at
from copassist.dates import typed_day
from copassist.errors import InputError
from copassist.formats import MODES, Bounds, Format, find_format
from copassist.passages import Document
from copassist.records import Action
from copassist.words import DEFAULT_LANGUAGE, words

SHORTEST: Final = 30
"""Fewest minutes of a session: below, the follow-ups fill it and there is nothing to draft."""
LONGEST: Final = 240
"""Most minutes: half a day, as the longest format of formats.json."""
STYLES: Final = ("light", "formal")
Intention = Literal["information", "follow-up", "discussion", "decision", "activity", "frame"]

_CLOCK: Final = re.compile(clock(1, marked=False))


@dataclass(frozen=True, slots=True)
class AgendaRequest:
    """What a facilitator gives. Checked by :func:`checked_request`."""

    date: str
    """ISO 8601."""
    minutes: int
    people: int | None = None
    mode: str | None = None
    theme: str | None = None
    style: str = "light"
    start: str | None = None
    """``HH:MM``."""
    formats: tuple[str, ...] = ()
    """Ids (or names) of activity formats that are wished for, in order."""
    language: str = DEFAULT_LANGUAGE
    wish: str | None = None
    """Free words about what the session should do: they tell which purpose is meant."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a claim about the past stands. ``quote`` is verbatim; labels are the agenda's own."""

    label: int
    quote: str
    locator: str
    document: Document
    passage: str = ""
    """Id of the passage that holds the quote."""

    def to_dict(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "quote": self.quote,
            "locator": self.locator,
            "passage": self.passage,
            "document": self.document.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class AgendaStep:
    """A step of an activity; a ``pause`` is not one of its format's."""

    title: str
    minutes: int
    pause: bool = False


@dataclass(frozen=True, slots=True)
class AgendaPoint:
    """A line under an item: an open follow-up, or a decision to recall."""

    text: str
    owner: str | None = None
    """As written in the minutes, or the words for "none written"."""
    due: str | None = None
    overdue: bool = False
    note: str = ""
    """What its facilitator is to mind: how it stands, that nobody spoke of it."""
    due_date: str | None = None
    """ISO 8601, where ``due`` could be read as a day."""
    labels: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """What an item is to reach and what to ask the group, in words that no rule writes."""

    aim: str = ""
    questions: tuple[str, ...] = ()
    labels: tuple[int, ...] = ()
    """Of the citations that it rests on."""
    model: str = ""
    """Who wrote it: a chat model's name; empty for a person."""


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One item; ``bounds`` are the fewest, usual and most minutes it may take."""

    id: str
    title: str
    intention: Intention
    minutes: int
    bounds: Bounds
    lead: str | None = None
    format: str | None = None
    why: str = ""
    text: str = ""
    """What a person wrote under it."""
    aim: str = ""
    steps: tuple[AgendaStep, ...] = ()
    points: tuple[AgendaPoint, ...] = ()
    record: str = ""
    """What may be minuted, for formats that say so."""
    confidential: bool = False
    materials: tuple[str, ...] = ()
    online: str = ""
    """How the format is held on a screen, where the session is."""
    timing_basis: str = ""
    citations: tuple[Citation, ...] = ()
    wording: Wording | None = None
    frozen: bool = False
    """Changed by hand: rebalancing and regenerating leave it alone."""

    @property
    def kind(self) -> str:
        """What it is, from its id: ``activity-2`` is an activity."""
        return self.id.rstrip("0123456789").rstrip("-")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A theme the records suggest. ``origin``: announced, deferred, open, gap or unseen."""

    title: str
    origin: str
    why: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Agenda:
    """A draft agenda; the minutes of its items add up to ``minutes``."""

    id: str
    title: str
    date: str
    start: str | None
    minutes: int
    style: str
    language: str
    people: int | None
    mode: str | None
    theme: str | None
    items: tuple[AgendaItem, ...]
    warnings: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    facilitation: str | None = None
    note_taking: str | None = None
    community: str = ""
    """Its name, where the records or the settings have one."""
    removed: tuple[str, ...] = ()
    """Titles of the items that a person took out or named otherwise: a new draft does not bring
    them back."""

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation of the items, once, by label."""
        found = {one.label: one for item in self.items for one in item.citations}
        return tuple(found[label] for label in sorted(found))

    def clock(self) -> tuple[tuple[str, str], ...]:
        """Start and end of each item as ``HH:MM``, contiguous; empty without a start."""
        if self.start is None:
            return ()
        now = minutes_of(self.start)
        times = []
        for item in self.items:
            times.append((clock_time(now), clock_time(now + item.minutes)))
            now += item.minutes
        return tuple(times)

    def to_dict(self) -> dict[str, Any]:
        """As the command-line contract writes an agenda, with more fields."""
        times = self.clock() or ((None, None),) * len(self.items)
        items = [
            _item_dict(item) | {"start": start, "end": end}
            for item, (start, end) in zip(self.items, times, strict=True)
        ]
        plain = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in ("items", "warnings", "proposals")
        }
        proposals = [
            {"title": one.title, "origin": one.origin, "why": one.why}
            | {"citations": [citation.to_dict() for citation in one.citations]}
            for one in self.proposals
        ]
        return plain | {
            "items": items,
            "warnings": list(self.warnings),
            "removed": list(self.removed),
            "proposals": proposals,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Agenda:
        """The inverse of :meth:`to_dict`: how a saved draft comes back."""
        known = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        known["items"] = tuple(_item_from(item) for item in values["items"])
        known["warnings"] = tuple(values.get("warnings", ()))
        known["removed"] = tuple(values.get("removed", ()))
        known["proposals"] = tuple(
            Proposal(one["title"], one["origin"], one["why"], _citations_from(one["citations"]))
            for one in values.get("proposals", ())
        )
        return cls(**known)


def checked_request(
    request: AgendaRequest, formats: Iterable[Format]
) -> tuple[AgendaRequest, tuple[Format, ...]]:
    """The request in its plain form, and the formats it names.

    Raises :class:`InputError` for a value that no agenda can be drafted from.
    """
    problem = words(request.language)
    offered = tuple(formats)
    day = typed_day(request.date, request.language)
    if not SHORTEST <= request.minutes <= LONGEST:
        text = problem("agenda.problems.minutes", least=SHORTEST, most=LONGEST)
        raise InputError(problem=text)
    if request.people is not None and request.people < 1:
        raise InputError(problem=problem("agenda.problems.people"))
    if request.mode is not None and request.mode not in MODES:
        raise InputError(problem=problem("agenda.problems.mode", value=request.mode))
    if request.style not in STYLES:
        raise InputError(problem=problem("agenda.problems.style", value=request.style))
    start = None if request.start is None else typed_clock(request.start, request.language)
    asked = []
    for name in request.formats:
        found = find_format(offered, name)
        if found is None:
            known = ", ".join(one.id for one in offered)
            raise InputError(problem=problem("agenda.problems.format", value=name, known=known))
        asked.append(found)
    theme = (request.theme or "").strip() or None
    return replace(request, date=day, start=start, theme=theme), tuple(asked)


def agenda_id(request: AgendaRequest) -> str:
    """Identity of the agenda of a request: written in its minutes template, to link them back."""
    content = json.dumps([getattr(request, field.name) for field in fields(request)])
    return f"odj-{request.date}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def typed_clock(text: str, language: str) -> str:
    """A time of day as people type it ("13 h 30", "13h", "1:30 pm", "midi") as ``HH:MM``.

    Raises :class:`InputError` for anything else.
    """
    found = _CLOCK.fullmatch(text.strip().lower())
    at = time_at(found, 1) if found else None
    if at is None:
        raise InputError(problem=words(language)("agenda.problems.start", value=text.strip()))
    return clock_time(at)


def minutes_of(start: str) -> int:
    """``HH:MM`` as minutes since midnight."""
    hour, minute = start.split(":")
    return 60 * int(hour) + int(minute)


def clock_time(minutes: int) -> str:
    """Minutes since midnight as ``HH:MM``; midnight is passed over."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def written_clock(clock: str, language: str) -> str:
    """``HH:MM`` as a reader writes it: "13 h 30", "13:30"."""
    hour, minute = clock.split(":")
    key = "agenda.dates.clock_full" if minute == "00" else "agenda.dates.clock"
    return words(language)(key, hour=int(hour), minute=minute)


def written_day(day: str | None, language: str) -> str:
    """An ISO date as a reader writes it: "1er décembre 2026", "December 1, 2026"."""
    say = words(language)
    if day is None:
        return say("agenda.undated")
    read = date.fromisoformat(day)
    return say(
        "agenda.dates.day",
        day=say("agenda.dates.first") if read.day == 1 else read.day,
        month=say(f"agenda.month.{read.month}"),
        year=read.year,
    )


def written_owner(action: Action, language: str) -> str:
    """Whose an action is, as a reader is told: with a doubt where the record leaves one."""
    say = words(language)
    if action.owner is None:
        return say("agenda.unknown_owner" if action.owner_certain else "agenda.to_confirm")
    if not action.owner_certain:
        return say("agenda.unsure_owner", owner=action.owner)
    return action.owner


_DAY_IN_FIGURES: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def written_due(action: Action, language: str) -> str:
    """When an action is due, in its record's words; a day in figures, as in sheets, in full."""
    due = " ".join((action.due or "").split())
    return written_day(due, language) if _DAY_IN_FIGURES.fullmatch(due) else due


def _item_dict(item: AgendaItem) -> dict[str, Any]:
    plain = {field.name: getattr(item, field.name) for field in fields(item)}
    return plain | {
        "bounds": list(item.bounds),
        "materials": list(item.materials),
        "steps": [
            {"title": step.title, "minutes": step.minutes, "pause": step.pause}
            for step in item.steps
        ],
        "points": [
            {field.name: getattr(point, field.name) for field in fields(point)}
            | {"labels": list(point.labels)}
            for point in item.points
        ],
        "citations": [citation.to_dict() for citation in item.citations],
        "wording": _wording_dict(item.wording),
    }


def _wording_dict(wording: Wording | None) -> dict[str, Any] | None:
    if wording is None:
        return None
    return {
        "aim": wording.aim,
        "questions": list(wording.questions),
        "labels": list(wording.labels),
        "model": wording.model,
    }


def _wording_from(values: Mapping[str, Any] | None) -> Wording | None:
    if values is None:
        return None
    questions, labels = tuple(values["questions"]), tuple(values["labels"])
    return Wording(values["aim"], questions, labels, values["model"])


def _item_from(values: Mapping[str, Any]) -> AgendaItem:
    known = {field.name: values[field.name] for field in fields(AgendaItem) if field.name in values}
    least, usual, most = values["bounds"]
    known["bounds"] = (least, usual, most)
    known["materials"] = tuple(values.get("materials", ()))
    known["steps"] = tuple(AgendaStep(**step) for step in values.get("steps", ()))
    known["points"] = tuple(
        AgendaPoint(**(dict(point) | {"labels": tuple(point["labels"])}))
        for point in values.get("points", ())
    )
    known["citations"] = _citations_from(values.get("citations", ()))
    known["wording"] = _wording_from(values.get("wording"))
    return AgendaItem(**known)


def _citations_from(values: Iterable[Mapping[str, Any]]) -> tuple[Citation, ...]:
    return tuple(
        Citation(
            one["label"],
            one["quote"],
            one["locator"],
            _document_from(one["document"]),
            one.get("passage", ""),
        )
        for one in values
    )


def _document_from(values: Mapping[str, Any]) -> Document:
    known = {field.name: values[field.name] for field in fields(Document) if field.name in values}
    for name in ("also", "notes"):
        known[name] = tuple(known.get(name, ()))
    return Document(**known)
