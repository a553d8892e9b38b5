"""The register over all records of a community: what later sessions changed, and questions to it.

:func:`gather` puts the registers of single records together: an action is closed or taken over
by the later line that says how it stands (see ``tasks``), and a decision is *proposed* as revised
or superseded by the later one on its subject. Everything stays quoted; a link is a proposal until
a person confirms it, and a confirmed one is never touched. All pure.

Which lines are alike is told by the terms they share (``analysis.terms``: stems, no stop words),
with shares high enough that one common word never joins two subjects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final, TypeVar

from copassist.analysis import guess_language, terms
from copassist.extraction.texts import fold, plain, straight
from copassist.records import Action, Decision, Register, Topic
from copassist.tasks import followed, names

SAME_DECISION: Final = 0.7
"""Share of the shorter decision's terms that a later one on the same subject shares."""
SAME_TOPIC: Final = 2 / 3
SAME_TOPIC_LONGER: Final = 1 / 3
"""Shares of terms that make two titles one topic; as for themes of agendas."""
FEWEST: Final = 2
"""Terms two lines must share at the least: a single word is not a subject."""

Dated = TypeVar("Dated", Action, Decision, Topic)

_ENDS: Final = re.compile(
    r"\b(?:annul|abrog|remplac|rescind|repeal|supersed|replac|revers|overturn|abandon)\w*", re.I
)
_CHANGES: Final = re.compile(
    r"\b(?:modifi|révis|ajust|amend|revien|reconsid|plutôt que|au lieu|désormais|finalement"
    r"|dorénavant|revis|chang|instead|no longer|from now on|rather than)\w*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class OpenAction:
    """An action not known to be done. ``age`` in days since its session, when dated."""

    action: Action
    age: int | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """One topic through the sessions; ``topics`` ascend by date, ``title`` is the latest."""

    title: str
    topics: tuple[Topic, ...]

    @property
    def last(self) -> str | None:
        """Date of the last session that treated it; putting off is not treating."""
        dates = [topic.session_date for topic in self.topics if not topic.deferred]
        return max((day for day in dates if day), default=None)

    @property
    def sessions(self) -> tuple[str, ...]:
        """Dates of the sessions it came up in, each once."""
        return tuple(sorted({topic.session_date for topic in self.topics if topic.session_date}))


def gather(registers: Mapping[str, Register], today: date) -> Register:
    """One register from those of the documents, by document id.

    Lines ascend by session date, undated ones first. What is dated after ``today`` closes and
    revises nothing: it has not happened.
    """
    each = list(registers.values())
    limit = today.isoformat()
    actions = _by_date(action for register in each for action in register.actions)
    decisions = _by_date(decision for register in each for decision in register.decisions)
    sessions = sorted(
        (session for register in each for session in register.sessions),
        key=lambda session: session.date or "",
    )
    topics = _by_date(topic for register in each for topic in register.topics)
    return Register(
        tuple(sessions), _linked(decisions, limit), followed(actions, limit), tuple(topics)
    )


def _by_date(lines: Iterable[Dated]) -> list[Dated]:
    return sorted(lines, key=lambda line: line.session_date or "")


# -- what later sessions say


def _linked(decisions: Sequence[Decision], limit: str) -> tuple[Decision, ...]:
    return tuple(_link(decision, decisions, limit) for decision in decisions)


def _link(decision: Decision, decisions: Sequence[Decision], limit: str) -> Decision:
    if decision.confirmed or decision.session_date is None:
        return decision
    for later in decisions:
        when = later.session_date or ""
        if not decision.session_date < when <= limit or later.source is None:
            continue
        if fold(later.text) == fold(decision.text):
            continue
        if status := _changed(decision, later):
            return replace(decision, status=status, revised_by=later.source.passage)
    return decision


def _changed(decision: Decision, later: Decision) -> str | None:
    """How a later decision changes an earlier one on its subject; ``None`` when it does not."""
    said = straight(plain(later.text))
    subject = _subject(decision.text) | (_subject(decision.item or "") & _subject(later.text))
    common = len(subject & _subject(later.text))
    shorter = min(len(subject), len(_subject(later.text)))
    if common < FEWEST:
        return None
    if _ENDS.search(said) and common >= SAME_DECISION / 2 * shorter:
        return "superseded"
    if _CHANGES.search(said) and common >= SAME_DECISION / 2 * shorter:
        return "revised"
    return "revised" if common >= SAME_DECISION * shorter and common > FEWEST else None


@lru_cache(maxsize=8192)
def _subject(text: str) -> frozenset[str]:
    words = plain(text)
    return frozenset(terms(words, guess_language(words)))


def _alike(one: str, other: str, of_shorter: float, of_longer: float) -> bool:
    first, second = _subject(one), _subject(other)
    common = len(first & second)
    shorter, longer = sorted((len(first), len(second)))
    return common >= min(FEWEST, shorter) > 0 and (
        common >= of_shorter * shorter and common >= of_longer * longer
    )


# -- questions to the register


def open_actions(
    register: Register,
    today: date,
    person: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> tuple[OpenAction, ...]:
    """Actions not known to be done, oldest first, undated last; ``since``, ``until``: ISO days."""
    found = [
        OpenAction(action, _age(action.session_date, today), is_overdue(action, today))
        for action in within(register, since, until).actions
        if action.status != "done"
        and action.replaced_by is None
        and (person is None or is_owned_by(action, person))
    ]
    return tuple(sorted(found, key=lambda one: -1 if one.age is None else one.age, reverse=True))


def is_overdue(action: Action, today: date) -> bool:
    """Whether its due date has passed, as far as the words gave a date, and it is not done."""
    due = _day(action.due_date)
    return action.status != "done" and due is not None and due < today


def is_owned_by(action: Action, person: str) -> bool:
    """Whether ``person``, one name or a part of it, is among the owners as written."""
    return action.owner is not None and bool(names(person)) and names(person) <= names(action.owner)


def within(register: Register, since: str | None = None, until: str | None = None) -> Register:
    """The lines of sessions from ``since`` to ``until``, both included; undated ones stay out."""
    if since is None and until is None:
        return register

    def inside(day: str | None) -> bool:
        return day is not None and (since or "") <= day <= (until or "~")

    return Register(
        tuple(session for session in register.sessions if inside(session.date)),
        tuple(decision for decision in register.decisions if inside(decision.session_date)),
        tuple(action for action in register.actions if inside(action.session_date)),
        tuple(topic for topic in register.topics if inside(topic.session_date)),
    )


def threads(register: Register) -> tuple[Thread, ...]:
    """Topics grouped over the sessions by the terms of their titles, last treated first."""
    groups: list[list[Topic]] = []
    for topic in _by_date(register.topics):
        group = next((g for g in groups if _same_topic(topic, g)), None)
        if group is None:
            groups.append([topic])
        else:
            group.append(topic)
    found = [Thread(group[-1].title, tuple(group)) for group in groups]
    return tuple(sorted(found, key=lambda thread: thread.last or "", reverse=True))


def _same_topic(topic: Topic, group: Sequence[Topic]) -> bool:
    return any(
        fold(topic.title) == fold(other.title)
        or _alike(topic.title, other.title, SAME_TOPIC, SAME_TOPIC_LONGER)
        for other in group
    )


def about(register: Register, subject: str) -> tuple[Thread, ...]:
    """The topics that ``subject`` names, last treated first: *last discussed when*."""
    wanted = _subject(subject)
    return tuple(
        thread
        for thread in threads(register)
        if wanted and any(wanted <= _subject(topic.title) for topic in thread.topics)
    )


def coming_back(register: Register) -> tuple[Topic, ...]:
    """Points put off and not treated since, oldest first."""
    return tuple(
        topic
        for topic in _by_date(register.topics)
        if topic.deferred and not _treated_since(topic, register)
    )


def _treated_since(point: Topic, register: Register) -> bool:
    wanted = _subject(point.title)
    return any(
        not topic.deferred
        and (topic.session_date or "") > (point.session_date or "")
        and len(_subject(topic.title) & wanted) >= max(1, SAME_TOPIC * len(_subject(topic.title)))
        for topic in register.topics
    )


def _age(day: str | None, today: date) -> int | None:
    found = _day(day)
    return None if found is None else (today - found).days


def _day(iso: str | None) -> date | None:
    try:
        return date.fromisoformat(iso[:10]) if iso else None
    except ValueError:
        return None
