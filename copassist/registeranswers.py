"""Answers out of the register: each line is a line of the records, with its source.

Code counts and orders; the words of the lines are the records'. A question whose subject the
register does not hold is not answered here (``None``): the search may know more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil
from typing import Final

from copassist.agendas.history import (
    History,
    follow_ups,
    readable,
    short_title,
    written_news,
)
from copassist.agendas.items import written_day, written_due, written_owner
from copassist.answers import Answer, Citation, Sentence
from copassist.citations import quote_in, shown
from copassist.excerpts import Find
from copassist.passages import Document, Passage
from copassist.records import Action, Decision, Register, Session, Source, Topic
from copassist.register import (
    SAME_TOPIC,
    announcing,
    changing_decision,
    coming_back,
    is_overdue,
    is_owned_by,
    last_day,
    line_terms,
    of_day,
    short_forms,
    within,
)
from copassist.registerquestions import RegisterQuestion
from copassist.sanitize import sanitize
from copassist.tasks import day_of
from copassist.words import Words, words

MOST: Final = 12
"""Lines of one answer: what a person reads; the register's own page has the others."""
MOST_MENTIONS: Final = 5
"""Sessions named where a subject came up: the last is the answer, some before it the context."""
MOST_OF_SESSION: Final = 20
"""Lines of what a session was about: its items, decisions and actions, as a page of minutes has."""
WHOLE: Final = 2
"""A subject of this many terms must be there whole; of a longer one, ``SAME_TOPIC`` of them."""
OWNER_SHARE: Final = 0.75
"""Share of the terms of « Qui devait… ? » that an action must hold: a wrong owner is worse than
none, so that half a match is left to the search."""
RARE: Final = 3
"""Decisions that a word may stand in and still tell what they are about; proposed."""


@dataclass(slots=True)
class _Told:
    """An answer as it is put together; ``asked`` is the question as typed."""

    asked: str
    find: Find
    say: Words
    lines: list[str] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    title: str = ""
    """Of the lines to come."""

    def cite(self, *sources: Source | None) -> tuple[int, ...]:
        """Labels of those sources whose quote still stands in its passage."""
        labels: list[int] = []
        for source in sources:
            label = self._label(source) if source is not None else None
            if label is not None and label not in labels:
                labels.append(label)
        return tuple(labels)

    def may_cite(self, source: Source | None) -> bool:
        """Whether the quote of ``source`` still stands in a passage that may be shown."""
        return source is not None and self._passage(source) is not None

    def _passage(self, source: Source) -> tuple[Passage, Document] | None:
        found = self.find(source.passage)
        return found if found and quote_in(source.quote, found[0].text) else None

    def _label(self, source: Source) -> int | None:
        found = self._passage(source)
        if found is None:
            return None
        for known in self.citations:
            if known.passage.id == found[0].id and known.quote == source.quote:
                return known.label
        self.citations.append(Citation(len(self.citations) + 1, source.quote, *found))
        return self.citations[-1].label

    def line(self, text: str, facts: Iterable[str], labels: Sequence[int]) -> None:
        """A line of a record, with what the register knows of it and its sources."""
        said = " ".join(sanitize(readable(text)).split())
        known = " · ".join(fact for fact in facts if fact)
        marks = "".join(map(shown, labels))
        if self.title:
            self.lines.append(f"\n**{self.title}**\n")
            self.title = ""
        self.lines.append(f"- {said} {marks}" + (f"  \n  *{known}*" if known else ""))
        self.sentences.append(Sentence(said, tuple(labels)))

    def group(self, title: str) -> None:
        """What the lines that follow are; none may."""
        self.title = title

    def answer(self, headline: str, count: int) -> Answer | None:
        """The whole, ``count`` lines with those not shown; ``None`` where none can be cited."""
        if not self.sentences:
            return None
        parts = [f"**{headline}**", "\n".join(self.lines).strip()]
        if left := max(0, count - len(self.sentences)):
            where = self.say("registeranswers.in_register")
            parts.append(f"*{self.say('registeranswers.more', count=left, where=where)}*")
        return Answer(
            question=self.asked,
            text="\n\n".join(parts),
            abstained=False,
            citations=tuple(self.citations),
            sentences=tuple(self.sentences),
            language=self.say.language,
            origin="register",
        )

    def day(self, iso: str | None) -> str:
        return written_day(iso, self.say.language)


def answer_from_register(  # noqa: PLR0913, PLR0917  # the question, and all that it is read from
    asked: str,
    question: RegisterQuestion,
    register: Register,
    find: Find,
    today: date,
    language: str,
) -> Answer | None:
    """The register's answer to ``question`` (read from ``asked``), or ``None``: to be searched.

    ``find`` gives the passage of an id, if it may be shown. ``language`` is that of the words
    around the lines.
    """
    known = _of_period(question, register, today)
    told = _Told(asked, find, words(language))
    match question.asked:
        case "open":
            answer = _open(question, known, told, today)
        case "decided":
            answer = _decided(question, known, register, told)
        case "last":
            answer = _last(question, known, told)
        case "owner":
            answer = _owner(question, known, told)
        case "status":
            answer = _status(question, known, told, today)
        case "deferred":
            answer = _deferred(question, known, told)
        case "next":
            answer = _next(known, told, today)
        case "session":
            answer = _session(known, told)
    return answer


def _of_period(question: RegisterQuestion, register: Register, today: date) -> Register:
    """The lines of the sessions that are meant; what is dated after today has not happened."""
    if question.latest and (last := last_day(register, today)):
        return of_day(register, last)
    return within(register, question.since, question.until)


# -- what matches


def _holds(question: RegisterQuestion, text: str, share: float = SAME_TOPIC) -> float:
    """How much of the subject a text holds, 0 where that is too little."""
    found = 0.0
    held = line_terms(text)
    for wanted in question.wanted:
        least = len(wanted) if len(wanted) <= WHOLE else ceil(share * len(wanted))
        common = len(wanted & held)
        if common >= least:
            found = max(found, common / len(wanted))
    return found


def _matching(
    question: RegisterQuestion, actions: Sequence[Action], share: float = SAME_TOPIC
) -> list[Action]:
    """The actions on a subject, best first, then latest first."""
    scored = [
        (_holds(question, f"{one.text} {one.subject or ''} {one.item or ''}", share), one)
        for one in actions
    ]
    kept = [(score, one) for score, one in scored if score]
    kept.sort(key=lambda pair: pair[1].session_date or "", reverse=True)
    kept.sort(key=lambda pair: -pair[0])
    return [one for _, one in kept]


# -- the answers


def _open(
    question: RegisterQuestion, register: Register, told: _Told, today: date
) -> Answer | None:
    chosen = _still_open(question, register, told.say.language, today)
    if chosen is None:
        return None
    actions, left = chosen
    if question.overdue:
        actions, left = [one for one in actions if is_overdue(one, today)], 0
    day = told.day(str(today))
    if not actions:
        key = "none_overdue" if question.overdue else "none_open"
        who = (
            told.say("registeranswers.about", subject=question.subject) if question.subject else ""
        )
        headline = told.say(f"registeranswers.{key}", date=day, about=who)
        return Answer(
            told.asked, f"**{headline}**", False, language=told.say.language, origin="register"
        )
    late = sum(is_overdue(one, today) for one in actions)
    count = len(actions) + left
    for one in actions[:MOST]:
        news = (one.news.source,) if one.news else ()
        labels = told.cite(one.source, *one.earlier[-1:], *news)
        if labels:
            told.line(one.text, _open_facts(one, told, today), labels)
    key = "overdue" if question.overdue else "open"
    number = "one" if count == 1 else "many"
    headline = told.say(f"registeranswers.{key}_{number}", count=count, date=day)
    if seeming := sum(one.seems_done for one in actions):
        headline += " " + told.say("registeranswers.seeming", count=seeming)
    if late and not question.overdue:
        headline += " " + told.say("registeranswers.late", count=late)
    return told.answer(headline, count)


def _still_open(
    question: RegisterQuestion, register: Register, language: str, today: date
) -> tuple[list[Action], int] | None:
    """What is open, as an agenda follows it; and how many more there are.

    Of a person where the subject is one who owns something in the register, else of a subject;
    ``None`` where the register knows neither.
    """
    if not register.actions:
        return None
    if not question.subject:
        tomorrow = str(today + timedelta(days=1))
        found, left = follow_ups(History.of(register, tomorrow, today, language))
        return [one.action for one in found], left
    still = [one for one in reversed(register.actions) if one.is_current]
    short = short_forms(register, question.subject)
    if any(is_owned_by(one, question.subject, short) for one in register.actions):
        return [one for one in still if is_owned_by(one, question.subject, short)], 0
    matching = [] if question.person else _matching(question, still)
    return (matching, 0) if matching else None


def _open_facts(action: Action, told: _Told, today: date) -> Sequence[str]:
    late = told.say("registeranswers.past_due") if is_overdue(action, today) else ""
    state = written_news(action, told.say.language) or _state(action)
    return *_owner_and_due(action, told), late, state, told.day(action.session_date)


def _settled_facts(action: Action, told: _Told) -> Sequence[str]:
    status, state = told.say(f"ui.register.status_{action.status}"), _state(action)
    said = "" if state.casefold() == status.casefold() else state
    return *_owner_and_due(action, told), said, status, told.day(action.session_date)


def _owner_and_due(action: Action, told: _Told) -> tuple[str, str]:
    due = written_due(action, told.say.language)
    owner = written_owner(action, told.say.language)
    return owner, told.say("ui.register.due", due=due) if due else ""


def _state(action: Action) -> str:
    """How it stands in the record's words; none where another line closes it: those are older."""
    return short_title(action.state) if action.state and action.closed_by is None else ""


def _decided(
    question: RegisterQuestion, register: Register, whole: Register, told: _Told
) -> Answer | None:
    found = _decisions(question, register)
    if question.in_force:
        found = [one for one in found if one.status == "in_force"]
    for one in found[:MOST]:
        labels = told.cite(one.source)
        if not labels:
            continue
        later = changing_decision(one, whole.decisions)
        changed = told.cite(later.source) if later else ()
        told.line(one.text, _decision_facts(one, later, told), (*labels, *changed))
    number = "one" if len(found) == 1 else "many"
    key = "in_force" if question.in_force else "decided"
    headline = told.say(f"registeranswers.{key}_{number}", count=len(found))
    return told.answer(headline, len(found))


def _decisions(question: RegisterQuestion, register: Register) -> list[Decision]:
    """Decisions on the subject, latest first, and those that share its rare words with them.

    The rare words alone are not enough to take a question away from the search.
    """
    each = list(reversed(register.decisions))
    if not question.subject:
        return each
    whole = [one for one in each if _holds(question, f"{one.text} {one.item or ''}")]
    if not whole:
        return []
    about = [line_terms(f"{one.text} {one.item or ''}") for one in each]
    rare = {
        term
        for wanted in question.wanted
        for term in wanted
        if 0 < sum(term in terms for terms in about) <= RARE
    }
    return [one for one, terms in zip(each, about, strict=True) if one in whole or terms & rare]


def _decision_facts(one: Decision, later: Decision | None, told: _Told) -> Iterable[str]:
    yield told.day(one.session_date)
    if one.status != "in_force":
        key = f"{one.status}_proposed" if one.proposed else one.status
        said = told.say(f"ui.register.decision_{key}")
        when = told.say("registeranswers.by", date=told.day(later.session_date)) if later else ""
        yield f"{said} {when}".strip()


@dataclass(frozen=True, slots=True)
class _Mention:
    """A session in which a subject came up."""

    day: str
    text: str
    source: Source | None
    kind: str
    action: Action | None = None


def _last(question: RegisterQuestion, register: Register, told: _Told) -> Answer | None:
    first: dict[str, _Mention] = {}
    for one in sorted(_mentions(question, register), key=lambda one: _MENTIONED.index(one.kind)):
        if one.day not in first and told.may_cite(one.source):
            first[one.day] = one
    if not first:
        return None
    days = sorted(first, reverse=True)
    for day in days[:MOST_MENTIONS]:
        kind = told.say(f"registeranswers.mention_{first[day].kind}")
        told.line(first[day].text, (told.day(day), kind), told.cite(first[day].source))
    number = "one" if len(days) == 1 else "many"
    values = {"date": told.day(days[0]), "count": len(days)}
    headline = told.say(f"registeranswers.last_{number}", **values)
    return told.answer(headline, len(days))


def _session(register: Register, told: _Told) -> Answer | None:
    """What a session was about: its items, what it decided, what was taken on and put off."""
    days = sorted({one.date for one in register.sessions if one.date}, reverse=True)
    mentions = _mentions_of(register)
    for kind in _MENTIONED:
        told.group(told.say(f"registeranswers.group_{kind}"))
        for one in (one for one in mentions if one.kind == kind):
            labels = told.cite(one.source) if len(told.sentences) < MOST_OF_SESSION else ()
            if labels:
                who = _owner_and_due(one.action, told) if one.action else ()
                facts = (*who, told.day(one.day) if len(days) > 1 else "")
                told.line(one.text, facts, labels)
    number = "one" if len(days) == 1 else "many"
    values = {"date": told.day(max(days, default=None)), "count": len(days)}
    return told.answer(told.say(f"registeranswers.session_{number}", **values), len(mentions))


_MENTIONED: Final = ("topic", "decision", "action", "deferred")
"""Which line stands for a session: what it treated, before what it promised or put off."""


def _mentions(question: RegisterQuestion, register: Register) -> list[_Mention]:
    return [one for one in _mentions_of(register) if _holds(question, one.text)]


def _mentions_of(register: Register) -> list[_Mention]:
    """All dated lines: items, then decisions, then actions."""
    lines: list[tuple[str, str, Topic | Decision | Action]] = [
        ("deferred" if one.deferred else "topic", one.title, one) for one in register.topics
    ]
    lines += [("decision", one.text, one) for one in register.decisions]
    lines += [("action", one.text, one) for one in register.actions]
    return [
        _Mention(
            line.session_date, text, line.source, kind, line if isinstance(line, Action) else None
        )
        for kind, text, line in lines
        if line.session_date
    ]


def _at_last(actions: Sequence[Action], register: Register) -> list[Action]:
    """The lines that are the state of these tasks now, each once: an older one may say in other
    words what is asked."""
    by_source = {one.source: one for one in register.actions}
    found: dict[Source | None, Action] = {}
    for one in actions:
        latest = by_source.get(one.replaced_by, one) if one.replaced_by else one
        found.setdefault(latest.closed_by or latest.source, latest)
    return list(found.values())


def _owner(question: RegisterQuestion, register: Register, told: _Told) -> Answer | None:
    latest = _at_last(_matching(question, register.actions, OWNER_SHARE), register)
    for one in latest[:MOST_MENTIONS]:
        labels = told.cite(one.source, one.closed_by)
        if labels:
            told.line(one.text, _settled_facts(one, told), labels)
    owners = list(dict.fromkeys(one.owner for one in latest if one.owner))
    key = "owner_none"
    if len(owners) == 1 and all(one.owner_certain for one in latest if one.owner):
        key = "owner_one"
    elif owners:
        key = "owner_many"
    headline = told.say(f"registeranswers.{key}", owner=owners[0] if owners else "")
    return told.answer(headline, len(latest))


def _status(
    question: RegisterQuestion, register: Register, told: _Told, today: date
) -> Answer | None:
    """How the actions on a subject stand: the latest line of each, the newest first.

    What was last heard of before the last session, and not as done, is left to the search: prose
    may tell more than the register holds.
    """
    found = _at_last(_matching(question, register.actions, OWNER_SHARE), register)
    last = last_day(register, today) or ""
    latest = [one for one in found if one.status == "done" or day_of(one) >= last]
    if not latest:
        return None
    latest.sort(key=day_of, reverse=True)
    for one in latest[:MOST_MENTIONS]:
        labels = told.cite(one.source, one.closed_by)
        if labels:
            told.line(one.text, (*_settled_facts(one, told), _closing(one, told)), labels)
    still = sum(one.status != "done" for one in latest)
    key = "status_done" if not still else "status_open" if still == len(latest) else "status_some"
    headline = told.say(f"registeranswers.{key}", date=told.day(day_of(latest[0]) or None))
    return told.answer(headline, len(latest))


def _closing(action: Action, told: _Told) -> str:
    """The words that tell it done, where another line does."""
    if action.closed_by is None:
        return ""
    quote = short_title(" ".join(readable(action.closed_by.quote).split()))
    return told.say("registeranswers.closed", quote=quote)


def _deferred(question: RegisterQuestion, register: Register, told: _Told) -> Answer | None:
    back = coming_back(register)
    found = [one for one in reversed(back) if not question.subject or _holds(question, one.title)]
    for one in found[:MOST]:
        labels = told.cite(one.source)
        if labels:
            told.line(short_title(one.title), (told.day(one.session_date),), labels)
    number = "one" if len(found) == 1 else "many"
    headline = told.say(f"registeranswers.deferred_{number}", count=len(found))
    return told.answer(headline, len(found))


def _next(register: Register, told: _Told, today: date) -> Answer | None:
    """What the latest record that announces one says, unless that day has passed: it is never
    "coming"."""
    latest = announcing(register, today)
    said = latest.next_session if latest else None
    if latest is None or said is None or said.date is None:
        return None
    labels = told.cite(said.source or latest.source)
    theme = told.say("registeranswers.theme", theme=said.theme) if said.theme else ""
    if not labels:
        return None
    # the line itself says what the register does not keep: where, at what hour
    announced = _announcement(latest, told)
    if said.source:
        told.line(said.source.quote, (announced, theme), labels)
    else:
        told.line(announced, (theme,), labels)
    key = "next_led" if said.facilitation else "next"
    day, name = told.day(said.date), said.facilitation
    return told.answer(told.say(f"registeranswers.{key}", date=day, name=name), 1)


def _announcement(session: Session, told: _Told) -> str:
    moved = session.next_session.told if session.next_session else None
    if moved:
        return told.say("registeranswers.moved", date=told.day(moved))
    return told.say("registeranswers.announced", date=told.day(session.date))
