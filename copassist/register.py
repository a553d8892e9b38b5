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
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final, TypeVar

from copassist.analysis import terms
from copassist.dates import FULL_MONTHS, falls_within, written_dates
from copassist.extraction.decisions import CONDITION
from copassist.extraction.texts import fold, plain, straight
from copassist.language import guess_language
from copassist.records import Action, Decision, NextSession, Register, Session, Topic
from copassist.tasks import alike, followed, month_day, names, share_a_name

SAME_DECISION: Final = 0.7
"""Share of the shorter decision's terms that a later one on the same subject shares."""
SAME_TOPIC: Final = 2 / 3
"""Share of the shorter title's terms that two titles of one topic have in common; proposed..."""
SAME_TOPIC_LONGER: Final = 1 / 3
"""... and of the longer one's, so that one common word is not a topic."""
SAME_ITEM: Final = 0.25
"""Share of the shorter decision's terms that a later one has in common with it, to change it, where
both stand under items of one subject and the later says that something changes; proposed."""
FEWEST: Final = 2
"""Terms two lines must share at the least: a single word is not a subject."""

Dated = TypeVar("Dated", Action, Decision, Topic)

_ENDS: Final = re.compile(
    r"\b(?:annul|abrog|remplac|rescind|repeal|supersed|replac|revers|overturn|abandon|withdr)\w*"
    r"|\b(?:met|mettons)(?: donc)? fin\b|\b(?:laisse|laissons)(?: donc)? tomber\b|\blâch(?:e|ons)\b"
    r"|\b(?:ending|stopping|dropping|discontinu\w+)\b|\b(?:we|is|are) (?:now )?drop(?:ped)?\b"
    r"|\blet \S+ go\b"
    r"|\bnot renew\w+|\b(?:n'est|ne) \w*\s?(?:pas|plus) renouvel\w+",
    re.I,
)
_CHANGES: Final = re.compile(
    r"\b(?:modifi|révis|ajust|amend|revien|reconsid|plutôt que|au lieu|désormais|finalement"
    r"|dorénavant|revis|chang|instead|no longer|from now on|rather than)\w*",
    re.I,
)
_DECIDING: Final = """décision décidé décide recommandation recommande proposition résolution
adopté révisé révise modifié annulé abandonné remplacé maintenu retenu communauté
groupe comité membre convient convenons convenu accepté acceptée decision decided agreed
resolution adopted revised changed replaced group members community"""
"""Words of deciding: no subject has them."""
_OF_A_DAY: Final = re.compile(
    r"\b(?:décision|recommandation|résolution|règle|formule|ordre|position|proposition|entente"
    r"|decision|recommendation|resolution|rule|agreement)s?\b[^.;:]{0,40}?"
    r"\b(?:du|le|de|of|on|from)\s+(?P<day>(?:1er|\d{1,2})\s+\w+|\w+\s+\d{1,2})\b",
    re.I,
)
"""A decision called by the day it was made."""
_OF_A_MONTH: Final = re.compile(
    r"\b(?:adopt|conven|décid|choisi|prise?|agreed|decided|adopted|made)\w*\s+(?:en|in)\s+(?P<month>\w+)"
    r"(?:\s+(?P<year>20\d\d))?",
    re.I,
)
"""« Le format adopté en mars »: called by its month."""
_FIGURES: Final = re.compile(r"\d[\d ]*\s?[$€]|[$€]\s?\d[\d,]*|\b\d{1,2} ?[:h] ?\d{2}\b")
"""Sums and hours, which a later decision calls an earlier one by: "the 75 $ fee is withdrawn"."""


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
    accounts = [account for register in each for account in register.accounts]
    topics = _by_date(topic for register in each for topic in register.topics)
    moves = [move for register in each for move in register.moves]
    return Register(
        _moved(sessions, moves, limit),
        tuple(_link(decision, decisions, limit) for decision in decisions),
        followed(actions, limit, accounts),
        tuple(topics),
        tellings=tuple(
            told
            for register in each
            for told in register.tellings
            if (told.session_date or "") <= limit
        ),
    )


def _moved(
    sessions: Sequence[Session], moves: Sequence[NextSession], limit: str
) -> tuple[Session, ...]:
    """``sessions``, the next one announced by each at the day to which a later message moves it.

    A message speaks of the session announced last before it was sent, and still to come then.
    """
    found = list(sessions)
    for move in sorted(moves, key=lambda one: one.told or ""):
        told = move.told or ""
        held = [n for n, one in enumerate(found) if one.date and one.date < told <= limit]
        said = found[held[-1]].next_session if held else None
        if said is None or (said.date or told) < told:
            continue
        changed = replace(said, date=move.date, source=move.source, told=move.told)
        found[held[-1]] = replace(found[held[-1]], next_session=changed)
    return tuple(found)


def _by_date(lines: Iterable[Dated]) -> list[Dated]:
    return sorted(lines, key=lambda line: line.session_date or "")


# -- what later sessions say


def _link(decision: Decision, decisions: Sequence[Decision], limit: str) -> Decision:
    """``decision``, with the first later one up to ``limit`` that changes it."""
    settled = decision.confirmed and (decision.status == "in_force" or decision.revised_by)
    if settled or decision.session_date is None:
        return decision
    for later in decisions:
        when = later.session_date or ""
        if not decision.session_date < when <= limit or later.source is None:
            continue
        if fold(later.text) == fold(decision.text):
            continue
        if status := _changed(decision, later):
            kept = decision.status if decision.confirmed else status
            return replace(decision, status=kept, revised_by=later.source.passage)
    return decision


def _changed(decision: Decision, later: Decision) -> str | None:
    """How a later decision changes an earlier one on its subject; ``None`` when it does not.

    « La décision du 10 décembre est révisée » names the one it changes by its day: it changes one
    of that day that it shares a word with, its heading's counted, and none of another day.
    """
    said = CONDITION.sub("", straight(plain(later.text)))
    theirs = _decided(later.text)
    own = _decided(decision.text) | (_decided(decision.item or "") & theirs)
    told = "superseded" if _ENDS.search(said) else "revised" if _CHANGES.search(said) else None
    if named := _days_named(later):
        if month_day(decision.session_date) not in named:
            return None
        subject = theirs if len(theirs) > FEWEST else theirs | _decided(later.item or "")
        return told if own & subject else None
    if told and (_is_of_month(decision, later) or _figures_alike(decision, later)):
        return told
    common, shorter = len(own & theirs), min(len(own), len(theirs))
    items = _decided(decision.item or "") & _decided(later.item or "")
    needed = SAME_ITEM if items else SAME_DECISION / 2
    if told and common >= max(FEWEST, needed * shorter):
        return told
    return "revised" if common >= SAME_DECISION * shorter and common > FEWEST else None


@lru_cache(maxsize=4096)
def _decided(text: str) -> frozenset[str]:
    """The terms of what is decided, without numbers and those of deciding itself: that two speak of
    six weeks makes them no one subject."""
    return frozenset(one for one in line_terms(text) - _of_deciding() if not one.isdigit())


@lru_cache(maxsize=1)
def _of_deciding() -> frozenset[str]:
    words = " ".join((_DECIDING, *FULL_MONTHS))
    return frozenset(term for one in ("fr", "en") for term in terms(words, one))


def _is_of_month(decision: Decision, later: Decision) -> bool:
    """Whether a later decision calls this one by its month, and shares a word with it: as it is
    written, for the two may be in two languages."""
    made, then = decision.session_date or "", later.session_date or ""
    if not _written(decision.text) & _written(later.text):
        return False
    for match in _OF_A_MONTH.finditer(straight(plain(later.text))):
        for one in written_dates(f"1 {match['month']}"):
            # « adopté en 2025 » names no month
            if one.month is None or made[5:7] != f"{one.month:02}":
                continue
            before = then[:4] if made[5:7] < then[5:7] else str(int(then[:4]) - 1)
            if made[:4] == (match["year"] or before):
                return True
    return False


def _figures_alike(decision: Decision, later: Decision) -> bool:
    """Whether two decisions name one sum or hour, and have a word of their subject in common."""
    one, other = (
        {re.sub(r"[^\d:h]", "", found) for found in _FIGURES.findall(plain(each.text))}
        for each in (decision, later)
    )
    about = (_decided(f"{each.text} {each.item or ''}") for each in (decision, later))
    return bool(one & other) and bool(frozenset.intersection(*about))


@lru_cache(maxsize=4096)
def _written(text: str) -> frozenset[str]:
    """The words of some length that say something, folded, without those of deciding."""
    words = set(re.findall(r"[^\W\d_]{5,}", fold(plain(text)))) - set(fold(_DECIDING).split())
    return frozenset(word for word in words if terms(word, "fr") and terms(word, "en"))


def _days_named(decision: Decision) -> frozenset[str]:
    """``MM-DD`` of the days before its session that a decision names as those of others."""
    found = {
        f"{one.month:02}-{one.day:02}"
        for match in _OF_A_DAY.finditer(straight(plain(decision.text)))
        for one in written_dates(match["day"])
        if one.month and one.day
    }
    return frozenset(found) - {month_day(decision.session_date)}


@lru_cache(maxsize=8192)
def line_terms(text: str) -> frozenset[str]:
    """The terms that tell what a line or a title is about, in the language it seems to be in."""
    words = plain(text)
    return frozenset(terms(words, guess_language(words)))


# -- questions to the register


def open_actions(register: Register, today: date) -> tuple[OpenAction, ...]:
    """Actions not known to be done, oldest first, undated last; then those that seem done."""
    found = [
        OpenAction(action, _age(action.session_date, today), is_overdue(action, today))
        for action in register.actions
        if action.is_current
    ]
    found.sort(key=lambda one: -1 if one.age is None else one.age, reverse=True)
    return tuple(sorted(found, key=lambda one: one.action.seems_done))


def session_days(register: Register, today: date) -> frozenset[str]:
    """The days of the sessions that took place: one dated after ``today`` has not."""
    return frozenset(one.date for one in register.sessions if one.date and one.date <= str(today))


def last_day(register: Register, today: date) -> str | None:
    """The day of the last session that took place, if any."""
    return max(session_days(register, today), default=None)


def announcing(register: Register, today: date) -> Session | None:
    """The latest session whose record announces the next one, if that is still to come."""
    past = [
        one
        for one in register.sessions
        if one.date and one.date <= str(today) and one.next_session and one.next_session.date
    ]
    latest = max(past, key=lambda one: one.date or "", default=None)
    said = latest.next_session if latest else None
    return latest if said and said.date and said.date >= str(today) else None


def has_met_since(day: str, register: Register, today: date) -> bool:
    """Whether what a record of ``day`` calls the next session has taken place: a later one is
    recorded, or the day it announces has passed."""
    announced = (
        one.next_session.date
        for one in register.sessions
        if one.date == day and one.next_session and one.next_session.date
    )
    coming = max(announced, default=str(today))
    return day < (last_day(register, today) or "") or coming < str(today)


def changing_decision(one: Decision, decisions: Iterable[Decision]) -> Decision | None:
    """The decision that changes this one: of those in the passage that does, the nearest to it in
    its words."""
    held = [other for other in decisions if one.revised_by and _stands_in(other, one.revised_by)]
    own = line_terms(one.text)
    return max(held, key=lambda other: len(own & line_terms(other.text)), default=None)


def _stands_in(decision: Decision, passage: str) -> bool:
    return decision.source is not None and decision.source.passage == passage


def is_overdue(action: Action, today: date) -> bool:
    """Whether its due date has passed, as far as the words gave a date, and it neither is nor seems
    done."""
    due = _day(action.due_date)
    return action.status != "done" and not action.seems_done and due is not None and due < today


def is_owned_by(action: Action, person: str, short: Collection[str] = ()) -> bool:
    """Whether ``person``, one name or a part of it, is among the owners as written; or one of the
    names that can only be ``short`` for it (:func:`short_forms`)."""
    wanted, owned = names(person), names(action.owner or "")
    if not wanted or not owned:
        return False
    return wanted <= owned or (
        (any(one[0] == "#" for one in wanted | owned) and share_a_name(wanted, owned))
        or not each_name(action.owner).isdisjoint(short)
    )


def short_forms(register: Register, person: str) -> frozenset[str]:
    """The owners named in short, as « Luc B. » or « Luc », who can only be ``person``, « Luc
    Bédard »: nobody else that the register names in full, or with another initial, fits."""
    named = {name for one in register.actions for name in each_name(one.owner)}
    known = {name for name in named if not _is_short(name, person)} - {" ".join(_words_of(person))}
    return frozenset(
        name
        for name in named
        if _is_short(name, person) and not any(_is_short(name, other) for other in known)
    )


def each_name(written: str | None) -> frozenset[str]:
    """Every name of those written as one, folded, without its full stops."""
    each = re.split(r"\s*[,/&+]\s*|\s+(?:et|and|ou|or)\s+", written or "")
    return frozenset(" ".join(_words_of(name)) for name in each if name)


def _words_of(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", fold(name)))


def _is_short(name: str, whole: str) -> bool:
    """Whether ``name`` is the first word of ``whole``, alone or with the first letter of its
    last."""
    short, full = _words_of(name), _words_of(whole)
    if len(full) < 2 or short[:1] != full[:1] or len(short) > 2:
        return False
    return len(short) == 1 or (len(short[1]) == 1 and full[-1].startswith(short[1]))


def within(register: Register, since: str | None, until: str | None) -> Register:
    """The lines of sessions from ``since`` to ``until`` (ISO days; a month or a year too), both
    included; undated ones stay out. ``None`` leaves that side open."""
    if since is None and until is None:
        return register
    return _dated(register, lambda day: falls_within(day, since, until))


def of_day(register: Register, day: str) -> Register:
    """The lines of the session of ``day``, told as their records tell it."""
    return _dated(register, lambda other: other == day)


def _dated(register: Register, keep: Callable[[str | None], bool]) -> Register:
    return Register(
        tuple(session for session in register.sessions if keep(session.date)),
        tuple(decision for decision in register.decisions if keep(decision.session_date)),
        tuple(action for action in register.actions if keep(action.session_date)),
        tuple(topic for topic in register.topics if keep(topic.session_date)),
    )


def narrowed(
    register: Register, person: str | None = None, topic: str | None = None, *, still: bool = False
) -> Register:
    """The lines that name ``person``, on ``topic``, or (``still``) open, in force or put off."""
    wanted = _Wanted(
        person or "",
        short_forms(register, person or ""),
        line_terms(topic or ""),
        frozenset(coming_back(register)) if still else None,
    )
    return Register(
        tuple(filter(wanted.session, register.sessions)),
        tuple(filter(wanted.decision, register.decisions)),
        tuple(filter(wanted.action, register.actions)),
        tuple(filter(wanted.topic, register.topics)),
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The lines that are wanted, of each kind."""

    person: str
    """Anybody where empty."""
    short: frozenset[str]
    """Names that can only be short for the person's."""
    terms: frozenset[str]
    """Of the topic; none where all are wanted."""
    back: frozenset[Topic] | None
    """Points to come back to, where only what still holds is wanted."""

    def session(self, one: Session) -> bool:
        return self._on(one.title, *one.items) and self._of(one.facilitation, one.note_taking)

    def decision(self, one: Decision) -> bool:
        held = self.back is None or one.status != "superseded"
        return held and self._on(one.text, one.item) and self._of(one.text)

    def action(self, one: Action) -> bool:
        held = self.back is None or one.is_current
        return held and self._on(one.text, one.subject, one.item) and self._of(one.owner)

    def topic(self, one: Topic) -> bool:
        """A topic is nobody's."""
        return not self.person and self._on(one.title) and (self.back is None or one in self.back)

    def _on(self, *texts: str | None) -> bool:
        return not self.terms or self.terms <= line_terms(" ".join(filter(None, texts)))

    def _of(self, *texts: str | None) -> bool:
        named = names(self.person)
        return not self.person or any(
            (bool(named) and named <= names(text)) or not each_name(text).isdisjoint(self.short)
            for text in filter(None, texts)
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
        or same_topic(line_terms(topic.title), line_terms(other.title))
        for other in group
    )


def same_topic(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two titles speak of the same thing, by the terms they share."""
    return alike(one, other, SAME_TOPIC, SAME_TOPIC_LONGER)


def coming_back(register: Register) -> tuple[Topic, ...]:
    """Points put off and not treated since, oldest first; one put off again is there once."""
    found: list[Topic] = []
    for topic in reversed(_by_date(register.topics)):
        if not topic.deferred or treated_since(topic, register):
            continue
        if not any(_one_point(topic.title, other.title) for other in found):
            found.append(topic)
    return tuple(reversed(found))


def _one_point(title: str, other: str) -> bool:
    """Whether one title says all that the other does; « Ceci » has no terms, and says nothing."""
    one, two = line_terms(title), line_terms(other)
    if not one or not two:
        return fold(title) == fold(other)
    return one <= two or two <= one or same_topic(one, two)


def treated_since(point: Topic, register: Register) -> bool:
    """Whether a session after the one that put ``point`` off had an item of it, decided on it, took
    it on as an action, or was held on it."""
    wanted, since = line_terms(point.title), point.session_date or ""

    def is_on(title: str) -> bool:
        said = line_terms(title)
        common = len(said & wanted)
        return common >= max(1, SAME_TOPIC * len(said)) or 0 < len(wanted) == common

    titles = [*_treated(register)]
    if len(wanted) > 1:  # an action of one word of it may be about anything
        titles += [(one.session_date, one.subject or one.text) for one in register.actions]
    return any((day or "") > since and is_on(title) for day, title in titles) or any(
        (one.session_date or "") > since and named_in(wanted, line_terms(one.text))
        for one in register.decisions
    )


def _treated(register: Register) -> Iterator[tuple[str | None, str]]:
    """The titles of what sessions treated, or were announced and held on, each with its day."""
    held = {session.date for session in register.sessions}
    for topic in register.topics:
        if not topic.deferred:
            yield topic.session_date, topic.title
    for session in register.sessions:
        yield from ((session.date, item) for item in session.items)
        coming = session.next_session
        if coming and coming.theme and coming.date in held:
            yield coming.date, coming.theme


def named_in(subject: frozenset[str], sentence: frozenset[str]) -> bool:
    """Whether a sentence, which says more than its subject, names ``subject``: by most of its
    terms, and by one alone never."""
    common = len(subject & sentence)
    return common > 1 and common >= SAME_TOPIC * len(subject)


def _age(day: str | None, today: date) -> int | None:
    found = _day(day)
    return None if found is None else (today - found).days


def _day(iso: str | None) -> date | None:
    try:
        return date.fromisoformat(iso[:10]) if iso else None
    except ValueError:
        return None
