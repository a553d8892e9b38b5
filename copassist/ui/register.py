"""Registre: actions, decisions, topics and sessions of the records, each with its source."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any, Final

import gradio as gr

from copassist.agendas.history import readable
from copassist.corrections import (
    ACTION_FIELDS,
    DECISION_FIELDS,
    Corrections,
    checked,
    found_line,
    line_id,
)
from copassist.errors import CopassistError
from copassist.passages import Document
from copassist.proposals import Proposal, State
from copassist.records import (
    ACTION_STATUSES,
    DECISION_STATUSES,
    Action,
    Decision,
    Register,
    Source,
    Topic,
)
from copassist.register import is_overdue, narrowed, open_actions, threads, within
from copassist.sourceview import open_source
from copassist.ui import source
from copassist.ui.ask import panel
from copassist.ui.markup import busy, button, day, link, notice, problem
from copassist.ui.prose import plain
from copassist.words import words
from copassist.workspace import Workspace

VIEWS: Final = ("open", "actions", "decisions", "topics", "sessions")
PROPOSALS: Final = "proposals"
"""One more view, offered while something waits there."""
SETTLES: Final[Mapping[str, State]] = {"accept": "accepted", "refuse": "refused"}
"""What a click on a proposal makes of it."""
TIMELINE: Final = 320
"""Width of a topic's picture, in pixels."""
MOST: Final = 200
"""Lines shown at once: more are found by searching."""
UNFOLDED: Final = 30
"""Of them in view from the start, two or three screens; the rest in one press."""


# --- plain functions -------------------------------------------------------------------------


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


def lines(register: Register, view: str, today: date, language: str) -> list[Line]:
    """One view of the register, what matters first."""
    if view == "open":
        found = [one.action for one in open_actions(register, today)]
        return [_action(action, today, language) for action in found]
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
    due = action.due and say("ui.register.due", due=action.due)
    status = say(f"ui.register.status_{action.status}")
    facts = _said(owner, due, status, day(action.session_date, language))
    late = say("agenda.overdue") if is_overdue(action, today) else ""
    if action.corrected:
        facts = (*facts, say("ui.register.by_hand"))
    text = readable(action.text)
    return Line(text, facts, action.source, late, line_id(action), action.status)


def _decision(decision: Decision, language: str) -> Line:
    say = words(language)
    key = decision.status
    if key != "in_force" and not decision.confirmed:
        key = f"{key}_proposed"
    facts = _said(day(decision.session_date, language), say(f"ui.register.decision_{key}"))
    if decision.corrected:
        facts = (*facts, say("ui.register.by_hand"))
    proposed = decision.status != "in_force" and not decision.confirmed
    return Line(
        readable(decision.text),
        facts,
        decision.source,
        id=line_id(decision),
        status=decision.status,
        proposed=proposed,
    )


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
    """Lines that hold every word of ``text``, accents apart."""
    wanted = _folded(text or "").split()
    return [
        line
        for line in found
        if all(word in _folded(f"{line.text} {' '.join(line.facts)}") for word in wanted)
    ]


def _folded(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


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
    opens = ""
    if line.source is not None and line.source.document in documents:
        title = documents[line.source.document].title
        opens = button(
            "source",
            say("ui.register.source"),
            document=line.source.document,
            passage=line.source.passage,
            quote=line.source.quote,
            title=title,
        )
    if line.proposal:
        opens += button("accept", say("ui.register.accept"), line=line.proposal)
        opens += button("refuse", say("ui.register.refuse"), line=line.proposal)
    if line.id:
        if line.status in ("open", "unknown"):
            opens += button("done", say("ui.register.mark_done"), line=line.id)
        if line.proposed:
            opens += button("confirm", say("ui.register.confirm"), line=line.id)
            opens += button("keep", say("ui.register.keep"), line=line.id)
        opens += button("edit", say("ui.register.correct"), line=line.id)
    facts = escape(" · ".join(line.facts))
    return (
        f"<li><div>{escape(plain(line.text))}</div>"
        f'<div class="cop-where">{late}{facts} <span class="cop-acts">{opens}</span></div>'
        f"{line.picture}</li>"
    )


def downloads(view: str, language: str) -> str:
    """Links that download the whole view as a table."""
    what = "actions" if view == "open" else view
    links = "".join(
        link(f"/register-{what}.{form}?lang={language}", form.upper(), download=True)
        for form in ("csv", "xlsx")
    )
    return f'<p class="cop-actions">{links}</p>'


def people(register: Register) -> list[str]:
    """Those whom the records name as owners, each once."""
    return sorted({one.owner for one in register.actions if one.owner}, key=str.casefold)


def years(register: Register) -> list[str]:
    """Years of the sessions, latest first."""
    return sorted({one.date[:4] for one in register.sessions if one.date}, reverse=True)


def corrected(
    workspace: Workspace, name: str, changes: Mapping[str, str | None] | None, language: str
) -> None:
    """Correct a line by hand, or (``None``) take its corrections back.

    Raises :class:`CopassistError`.
    """
    register, _ = workspace.library.register(date.today())
    line = found_line(register, name)
    store = Corrections(workspace.library.catalogue)
    if changes is None:
        store.drop(line)
    else:
        store.put(line, checked(line, changes, language))


def really_changed(
    workspace: Workspace, name: str, given: Mapping[str, str]
) -> dict[str, str | None]:
    """Of the fields of a form, those that differ from the line: the others were not corrected."""
    register, _ = workspace.library.register(date.today())
    line = found_line(register, name)
    known = ACTION_FIELDS if isinstance(line, Action) else DECISION_FIELDS
    before = {field: str(getattr(line, field) or "") for field in known}
    before["text"] = readable(line.text)
    return {key: given[key] for key in known if given[key].strip() != before[key]}


def quick(workspace: Workspace, act: str, name: str, language: str) -> None:
    """What one click on a line does: done, its proposed status confirmed, or in force after all."""
    register, _ = workspace.library.register(date.today())
    line = found_line(register, name)
    status = {"done": "done", "keep": "in_force"}.get(act, line.status)
    corrected(workspace, name, {"status": status}, language)


def opened(workspace: Workspace, data: dict[str, Any], language: str) -> str:
    """The viewer at the source of a line; or another page of it."""
    try:
        if data.get("act") == "leaf":
            view = open_source(workspace.library, str(data["name"]), page=int(data["page"]))
        else:
            number = int(str(data["passage"]).rpartition(":")[2])
            view = open_source(workspace.library, str(data["document"]), number, str(data["quote"]))
    except CopassistError as error:
        return problem(error, language)
    return source.viewer(view, language)


# --- the tab ---------------------------------------------------------------------------------


class RegisterTab:
    """The tab's components; wiring them is all this class does."""

    def __init__(self, workspace: Workspace, language: str) -> None:
        self.workspace = workspace
        self.language = language
        self.say = say = words(language)
        self.editing = gr.State("")
        with gr.Row():
            views = view_choices(0, language)
            self.view = gr.Radio(views, value=VIEWS[0], label=say("ui.register.show"), scale=3)
            self.search = gr.Textbox(label=say("ui.register.search"), max_lines=1, scale=2)
        with gr.Row():
            everyone = [(say("ui.register.everyone"), "")]
            self.person = gr.Dropdown(everyone, value="", label=say("ui.register.person"))
            self.topic = gr.Textbox(label=say("ui.register.topic"), max_lines=1)
            always = [(say("ui.ask.any_period"), "")]
            self.period = gr.Dropdown(always, value="", label=say("ui.ask.period"))
        self.said = gr.HTML("", padding=False)
        with gr.Row():
            with gr.Column(scale=6, min_width=320):
                listing = busy(say("ui.documents.listing"))
                self.list = panel(listing, "register", "register-source")
            with gr.Column(scale=5, min_width=320):
                self._build_correction()
                self.source = panel(
                    f'<p class="cop-empty">{escape(say("ui.register.teach"))}</p>',
                    "register-source",
                )
        self._wire()

    def _build_correction(self) -> None:
        say = self.say
        with gr.Column(visible=False, elem_classes="cop-card-form") as self.correction:
            self.text = gr.Textbox(label=say("ui.register.text"), max_lines=3)
            self.owner = gr.Textbox(label=say("ui.register.owner"), max_lines=1)
            self.due = gr.Textbox(label=say("ui.register.due_label"), max_lines=1)
            self.status = gr.Dropdown([], label=say("ui.register.status"))
            with gr.Row():
                self.keep = gr.Button(say("ui.register.apply"), variant="primary", size="sm")
                self.restore = gr.Button(say("ui.register.restore"), size="sm")

    def _wire(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden"}
        self.chosen = [self.view, self.search, self.person, self.topic, self.period]
        for field in (self.view, self.person, self.period):
            field.change(self._list, self.chosen, self.list, **quiet)
        for typed in (self.search, self.topic):
            typed.change(self._list, self.chosen, self.list, trigger_mode="always_last", **quiet)
        fields = [self.text, self.owner, self.due, self.status]
        edited = [self.said, self.list, self.correction, self.editing, *fields]
        self.list.click(self._act, self.chosen, [self.source, *edited], **quiet)
        self.keep.click(self._apply, [*self.chosen, self.editing, *fields], edited[:3], **quiet)
        self.restore.click(self._restore, [*self.chosen, self.editing], edited[:3], **quiet)
        self.source.click(self._leaf, None, self.source, **quiet)

    def on_select(self, tab: gr.Tab) -> None:
        """Read anew whenever the tab is opened."""
        opened = [self.list, self.view, self.person, self.period]
        tab.select(self._opened, self.chosen, opened, show_progress="hidden")

    # --- events ------------------------------------------------------------------------------

    def _opened(self, *chosen: str) -> tuple[Any, ...]:
        register, _ = self.workspace.library.register(date.today())
        everyone = [(self.say("ui.register.everyone"), "")]
        always = [(self.say("ui.ask.any_period"), "")]
        waiting = len(self.workspace.proposals())
        view = chosen[0] if waiting or chosen[0] != PROPOSALS else VIEWS[0]
        return (
            self._list(view, *chosen[1:]),
            gr.Radio(view_choices(waiting, self.language), value=view),
            gr.Dropdown([*everyone, *((one, one) for one in people(register))], value=chosen[2]),
            gr.Dropdown([*always, *((one, one) for one in years(register))], value=chosen[4]),
        )

    def _list(self, view: str, search: str, person: str, topic: str, period: str) -> str:
        today = date.today()
        register, documents = self.workspace.library.register(today)

        def chosen(every: Register) -> Register:
            within_it = within(every, period or None, f"{period}-12-31" if period else None)
            return narrowed(within_it, person or None, topic or None)

        if view == PROPOSALS:
            waiting = [(one, chosen(made)) for one, made in self.workspace.proposals()]
            found = matching(proposals(waiting, today, self.language), search)
            return self._about_proposals() + listing(found, documents, self.language)
        found = matching(lines(chosen(register), view, today, self.language), search)
        return downloads(view, self.language) + listing(found, documents, self.language)

    def _about_proposals(self) -> str:
        return f'<p class="cop-where">{escape(self.say("ui.register.about_proposals"))}</p>'

    def _act(  # noqa: PLR0913, PLR0917  # Gradio gives each field as an argument
        self, view: str, search: str, person: str, topic: str, period: str, event: gr.EventData
    ) -> tuple[Any, ...]:
        """A click on a line: its source, a quick change, or the fields to correct it."""
        data = dict(event._data or {})
        act, name = str(data.get("act")), str(data.get("line") or "")
        # What does not change is given back unchanged, so that it stops looking busy.
        same = (gr.skip(),) * 8
        if act == "edit":
            return (gr.skip(), *self._fields(name))
        if act not in ("done", "confirm", "keep", *SETTLES):
            return (opened(self.workspace, data, self.language), *same)
        try:
            if act in SETTLES:
                self.workspace.settle(name, SETTLES[act])
            else:
                quick(self.workspace, act, name, self.language)
        except CopassistError as error:
            return (gr.skip(), problem(error, self.language), *same[1:])
        key = SETTLES.get(act, "corrected")
        told = notice(self.say(f"ui.register.{key}"), "done", self.language)
        listed = self._list(view, search, person, topic, period)
        return (gr.skip(), told, listed, *same[2:])

    def _fields(self, name: str) -> tuple[Any, ...]:
        register, _ = self.workspace.library.register(date.today())
        try:
            line = found_line(register, name)
        except CopassistError as error:
            return (problem(error, self.language), *(gr.skip(),) * 7)
        action = line if isinstance(line, Action) else None
        prefix = "status" if action else "decision"
        known = ACTION_STATUSES if action else DECISION_STATUSES
        choices = [(self.say(f"ui.register.{prefix}_{one}"), one) for one in known]
        return (
            "",
            gr.skip(),
            gr.Column(visible=True),
            name,
            readable(line.text),
            gr.Textbox(action.owner or "" if action else "", visible=action is not None),
            gr.Textbox(action.due or "" if action else "", visible=action is not None),
            gr.Dropdown(choices, value=line.status),
        )

    def _apply(  # noqa: PLR0913, PLR0917  # Gradio gives each field as an argument
        self,
        view: str,
        search: str,
        person: str,
        topic: str,
        period: str,
        name: str,
        text: str,
        owner: str,
        due: str,
        status: str,
    ) -> tuple[Any, ...]:
        given = {"text": text, "owner": owner, "due": due, "status": status}
        try:
            changes = really_changed(self.workspace, name, given)
            corrected(self.workspace, name, changes, self.language)
        except CopassistError as error:
            return problem(error, self.language), gr.skip(), gr.skip()
        return self._corrected(view, search, person, topic, period)

    def _restore(  # noqa: PLR0913, PLR0917  # Gradio gives each field as an argument
        self, view: str, search: str, person: str, topic: str, period: str, name: str
    ) -> tuple[Any, ...]:
        try:
            corrected(self.workspace, name, None, self.language)
        except CopassistError as error:
            return problem(error, self.language), gr.skip(), gr.skip()
        return self._corrected(view, search, person, topic, period)

    def _corrected(self, *chosen: str) -> tuple[Any, ...]:
        told = notice(self.say("ui.register.corrected"), "done", self.language)
        return told, self._list(*chosen), gr.Column(visible=False)

    def _leaf(self, event: gr.EventData) -> str:
        return opened(self.workspace, dict(event._data or {}), self.language)
