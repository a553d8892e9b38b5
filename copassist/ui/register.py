"""Registre: actions, decisions, topics and sessions of the records, each with its source."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any, Final

import gradio as gr

from copassist.errors import CopassistError
from copassist.passages import Document
from copassist.records import Action, Decision, Register, Source
from copassist.register import is_overdue, open_actions, threads
from copassist.sourceview import open_source
from copassist.ui import source
from copassist.ui.ask import panel
from copassist.ui.markup import button, day, problem
from copassist.words import words
from copassist.workspace import Workspace

VIEWS: Final = ("open", "actions", "decisions", "topics", "sessions")
MOST: Final = 200
"""Lines shown at once: more are found by searching."""


# --- plain functions -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the register as shown; ``facts`` are short and in reading order."""

    text: str
    facts: tuple[str, ...]
    source: Source | None
    warning: str = ""


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
        )
        for one in sorted(register.sessions, key=lambda one: one.date or "", reverse=True)
    ]


def _action(action: Action, today: date, language: str) -> Line:
    say = words(language)
    owner = action.owner or say("agenda.unknown_owner")
    if action.owner and not action.owner_certain:
        owner = say("agenda.unsure_owner", owner=action.owner)
    due = action.due and say("ui.register.due", due=action.due)
    status = say(f"ui.register.status_{action.status}")
    facts = _said(owner, due, status, day(action.session_date, language))
    late = say("agenda.overdue") if is_overdue(action, today) else ""
    return Line(action.text, facts, action.source, late)


def _decision(decision: Decision, language: str) -> Line:
    say = words(language)
    key = decision.status
    if key != "in_force" and not decision.confirmed:
        key = f"{key}_proposed"
    facts = _said(day(decision.session_date, language), say(f"ui.register.decision_{key}"))
    return Line(decision.text, facts, decision.source)


def _topics(register: Register, language: str) -> list[Line]:
    say = words(language)
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
        )
        for one in found
    ]


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
    items = "".join(item(line, documents, language) for line in found[:MOST])
    count = escape(say("ui.register.count", count=len(found)))
    return f'<p class="cop-where" role="status">{count}</p><ul class="cop-lines">{items}</ul>{more}'


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
    facts = escape(" · ".join(line.facts))
    return (
        f'<li><div>{escape(line.text)}</div><div class="cop-where">{late}{facts} {opens}</div></li>'
    )


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
        say = words(language)
        with gr.Row():
            views = [(say(f"ui.register.view_{view}"), view) for view in VIEWS]
            self.view = gr.Radio(views, value=VIEWS[0], label=say("ui.register.show"), scale=3)
            self.search = gr.Textbox(label=say("ui.register.search"), max_lines=1, scale=2)
        with gr.Row():
            with gr.Column(scale=6, min_width=320):
                self.list = panel("", "register", "register-source")
            with gr.Column(scale=5, min_width=320):
                self.source = panel(
                    f'<p class="cop-empty">{escape(say("ui.register.teach"))}</p>',
                    "register-source",
                )
        quiet: dict[str, Any] = {"show_progress": "hidden"}
        chosen = [self.view, self.search]
        self.view.change(self._list, chosen, self.list, **quiet)
        self.search.change(self._list, chosen, self.list, trigger_mode="always_last", **quiet)
        self.list.click(self._open, None, [self.source, self.list], **quiet)
        self.source.click(self._leaf, None, self.source, **quiet)

    def on_select(self, tab: gr.Tab) -> None:
        """Read anew whenever the tab is opened."""
        tab.select(self._list, [self.view, self.search], self.list, show_progress="hidden")

    def _list(self, view: str, search: str) -> str:
        today = date.today()
        register, documents = self.workspace.library.register(today)
        found = matching(lines(register, view, today, self.language), search)
        return listing(found, documents, self.language)

    def _open(self, event: gr.EventData) -> tuple[Any, ...]:
        # The list is given back unchanged so that it stops looking busy.
        return opened(self.workspace, dict(event._data or {}), self.language), gr.skip()

    def _leaf(self, event: gr.EventData) -> str:
        return opened(self.workspace, dict(event._data or {}), self.language)
