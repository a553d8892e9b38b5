"""The register's lines as shown: what each says, its picture, its buttons; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from html import escape
from typing import Final
from urllib.parse import urlencode

from copassist.agendas.history import readable, written_news
from copassist.agendas.items import written_due
from copassist.corrections import line_id
from copassist.passages import Document
from copassist.proposals import Proposal
from copassist.records import Action, Decision, Register, Source, Topic
from copassist.register import is_overdue, narrowed, open_actions, threads, within
from copassist.ui.documentlist import holds
from copassist.ui.markup import button, day, link
from copassist.ui.prose import plain
from copassist.words import words

VIEWS: Final = ("open", "actions", "decisions", "topics", "sessions")
PROPOSALS: Final = "proposals"
"""One more view, offered while something waits there."""
TIMELINE: Final = 320
"""Width of a topic's picture, in pixels."""
MOST: Final = 200
"""Lines shown at once: more are found by searching."""
UNFOLDED: Final = 30
"""Of them in view from the start, two or three screens; the rest in one press."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the register as shown; ``facts`` are short and in reading order."""

    text: str
    facts: tuple[str, ...]
    source: Source | None
    warning: str = ""
    id: str = ""
    """Of a line that can be corrected."""
    status: str = ""
    proposed: bool = False
    """Its status is the program's proposal, for a person to confirm."""
    proposal: str = ""
    """Id of the proposal that it is, of a chat model's: no line of the register yet."""
    picture: str = ""
    """HTML."""
    news: Source | None = None
    """What a later session seems to say of it."""
    dates: str = ""
    """Its days as a reader writes them and in figures, to be found by: neither need be shown."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of the register is looked at; all of it where these are empty."""

    person: str = ""
    topic: str = ""
    period: str = ""
    """A year."""

    def of(self, register: Register) -> Register:
        until = f"{self.period}-12-31" if self.period else None
        of_then = within(register, self.period or None, until)
        return narrowed(of_then, self.person or None, self.topic or None)


def still_open(register: Register, today: date) -> tuple[Action, ...]:
    """The actions of the first view, in its order."""
    return tuple(one.action for one in open_actions(register, today))


def lines(register: Register, view: str, today: date, language: str) -> list[Line]:
    """One view of the register, what matters first."""
    if view == "open":
        return [_action(action, today, language) for action in still_open(register, today)]
    if view == "actions":
        return [_action(one, today, language) for one in reversed(register.actions)]
    if view == "decisions":
        return [_decision(one, language) for one in reversed(register.decisions)]
    if view == "topics":
        return _topics(register, language)
    say = words(language)
    return [
        Line(
            one.title,
            _said(
                day(one.date, language),
                one.attendance and say("ui.register.attendance", count=one.attendance),
                one.facilitation and say("ui.register.facilitation", name=one.facilitation),
            ),
            one.source,
            picture=_agenda_link(one.agenda, language),
        )
        for one in sorted(register.sessions, key=lambda one: one.date or "", reverse=True)
    ]


def proposals(
    waiting: Sequence[tuple[Proposal, Register]], today: date, language: str
) -> list[Line]:
    """What a chat model proposes, each as the line that it would be."""
    say = words(language)
    found = []
    for one, made in waiting:
        of_it = [_action(action, today, language) for action in made.actions]
        of_it += [_decision(decision, language) for decision in made.decisions]
        for line in of_it:
            facts = (say(f"cli.records.kind_{one.kind}"), *line.facts)
            found.append(Line(line.text, facts, line.source, proposal=one.id))
    return found


def view_choices(waiting: int, language: str) -> list[tuple[str, str]]:
    """The views by their names, that of the proposals with how many wait."""
    say = words(language)
    more = [(say("ui.register.view_proposals", count=waiting), PROPOSALS)] if waiting else []
    return [*((say(f"ui.register.view_{view}"), view) for view in VIEWS), *more]


def _agenda_link(reference: str | None, language: str) -> str:
    """The way from filled-in minutes back to their agenda."""
    if reference is None:
        return ""
    told = words(language)("ui.register.agenda", reference=reference)
    return link(f"/agenda.docx?lang={language}&ref={reference}", told, download=True)


def _action(action: Action, today: date, language: str) -> Line:
    say = words(language)
    owner = action.owner or say("agenda.unknown_owner")
    if action.owner and not action.owner_certain:
        owner = say("agenda.unsure_owner", owner=action.owner)
    due = action.due and say("ui.register.due", due=written_due(action, language))
    status = say(f"ui.register.status_{action.status}")
    news = written_news(action, language)
    facts = _said(owner, due, status, day(action.session_date, language), news)
    late = say("agenda.overdue") if is_overdue(action, today) else ""
    if action.corrected:
        facts = (*facts, say("ui.register.by_hand"))
    text = readable(action.text)
    return Line(
        text,
        facts,
        action.source,
        late,
        line_id(action),
        action.status,
        news=action.news.source if action.news else None,
        dates=_dates((action.due_date, action.session_date), language),
    )


def _decision(decision: Decision, language: str) -> Line:
    say = words(language)
    key = f"{decision.status}_proposed" if decision.proposed else decision.status
    facts = _said(day(decision.session_date, language), say(f"ui.register.decision_{key}"))
    if decision.corrected:
        facts = (*facts, say("ui.register.by_hand"))
    return Line(
        readable(decision.text),
        facts,
        decision.source,
        id=line_id(decision),
        status=decision.status,
        proposed=decision.proposed,
        dates=_dates((decision.session_date,), language),
    )


def _dates(days: Sequence[str | None], language: str) -> str:
    return " ".join(f"{one} {day(one, language)}" for one in days if one)


def _topics(register: Register, language: str) -> list[Line]:
    say = words(language)
    held = [one.date for one in register.sessions if one.date]
    held += [one.session_date for one in register.topics if one.session_date]
    span = (min(held, default="2000-01-01"), max(held, default="2000-01-01"))
    found = sorted(threads(register), key=lambda one: one.sessions[-1:] or ("",), reverse=True)
    return [
        Line(
            one.title,
            _said(
                say("ui.register.sessions", count=len(one.sessions)),
                ", ".join(day(when, language) for when in one.sessions[-4:]),
                say("ui.register.deferred") if one.topics[-1].deferred else None,
            ),
            one.topics[-1].source,
            picture=timeline(one.topics, span, language),
        )
        for one in found
    ]


def timeline(topics: Sequence[Topic], span: tuple[str, str], language: str) -> str:
    """A topic through the sessions as a picture: a dot a session, hollow where it was put off.

    ``span``: first and last session day of the register, the two ends of the line.
    """
    say = words(language)
    first, last = map(date.fromisoformat, span)
    days = max(1, (last - first).days)
    dots, told = "", []
    for topic in topics:
        if topic.session_date is None:
            continue
        when = date.fromisoformat(topic.session_date)
        place = 6 + round((TIMELINE - 12) * (when - first).days / days)
        kind = "cop-off" if topic.deferred else "cop-on"
        off = f" ({say('ui.register.deferred')})" if topic.deferred else ""
        told.append(f"{day(topic.session_date, language)}{off}")
        dots += f'<circle class="{kind}" cx="{place}" cy="8" r="4"/>'
    if not dots:
        return ""
    name = escape(say("ui.register.timeline", sessions=", ".join(told)))
    return (
        f'<svg class="cop-timeline" viewBox="0 0 {TIMELINE} 16" width="{TIMELINE}" height="16" '
        f'role="img" aria-label="{name}"><title>{name}</title>'
        f'<line x1="6" y1="8" x2="{TIMELINE - 6}" y2="8"/>{dots}</svg>'
    )


def _said(*facts: str | int | None) -> tuple[str, ...]:
    return tuple(str(fact) for fact in facts if fact)


def matching(found: Sequence[Line], text: str | None) -> list[Line]:
    """Lines that hold every word of ``text`` in what is shown or in their days."""
    return [line for line in found if holds(" ".join((line.text, *line.facts, line.dates)), text)]


def listing(found: Sequence[Line], documents: dict[str, Document], language: str) -> str:
    """The lines as a list, each with a button to its source."""
    say = words(language)
    if not found:
        return f'<p class="cop-empty">{escape(say("ui.register.empty"))}</p>'
    more = (
        f"<p>{escape(say('ui.register.more', shown=MOST, count=len(found)))}</p>"
        if len(found) > MOST
        else ""
    )
    items = [item(line, documents, language) for line in found[:MOST]]
    count = escape(say("ui.register.count", count=len(found)))
    told = f'<p class="cop-where" role="status">{count}</p>{_lines(items[:UNFOLDED])}'
    if len(items) > UNFOLDED:
        rest = escape(say("ui.register.rest", count=len(items) - UNFOLDED))
        told += f"<details><summary>{rest}</summary>{_lines(items[UNFOLDED:])}</details>"
    return told + more


def _lines(items: Sequence[str]) -> str:
    return f'<ul class="cop-lines">{"".join(items)}</ul>'


def item(line: Line, documents: dict[str, Document], language: str) -> str:
    """One line of the register."""
    say = words(language)
    late = f'<strong class="cop-late">{escape(line.warning)}</strong> · ' if line.warning else ""
    opens = _opens(line.source, say("ui.register.source"), documents)
    opens += _opens(line.news, say("ui.register.news"), documents)
    if line.proposal:
        opens += button("accept", say("ui.register.accept"), line=line.proposal)
        opens += button("refuse", say("ui.register.refuse"), line=line.proposal)
    if line.id:
        if line.status in ("open", "unknown"):
            opens += button("done", say("ui.register.mark_done"), line=line.id)
        if line.proposed:
            opens += button("confirm", say("ui.register.confirm"), line=line.id)
            opens += button("keep", say("ui.register.keep"), line=line.id)
        opens += button("edit", say("ui.register.correct"), line=line.id, goes="correction")
    facts = escape(" · ".join(line.facts))
    return (
        f"<li><div>{escape(plain(line.text))}</div>"
        f'<div class="cop-where">{late}{facts} <span class="cop-acts">{opens}</span></div>'
        f"{line.picture}</li>"
    )


def _opens(source: Source | None, name: str, documents: dict[str, Document]) -> str:
    """A button that shows a source, where it may be shown."""
    if source is None or source.document not in documents:
        return ""
    return button(
        "source",
        name,
        document=source.document,
        passage=source.passage,
        quote=source.quote,
    )


def downloads(view: str, chosen: Chosen, language: str) -> str:
    """Links that download as a table what is chosen of the view, beyond what is searched in it."""
    what = "actions" if view == "open" else view
    asked = {"lang": language, "open": "1" if view == "open" else "", **asdict(chosen)}
    query = urlencode({name: value for name, value in asked.items() if value})
    links = "".join(
        link(f"/register-{what}.{form}?{query}", form.upper(), download=True)
        for form in ("csv", "xlsx")
    )
    return f'<p class="cop-actions">{links}</p>'


def people(register: Register) -> list[str]:
    """Those whom the records name as owners, each once."""
    return sorted({one.owner for one in register.actions if one.owner}, key=str.casefold)


def years(register: Register) -> list[str]:
    """Years of the sessions, latest first."""
    return sorted({one.date[:4] for one in register.sessions if one.date}, reverse=True)
