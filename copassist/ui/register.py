"""Registre: actions, decisions, topics and sessions of the records, each with its source."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any, Final

import gradio as gr

from copassist.agendas.history import readable
from copassist.corrections import (
    ACTION_FIELDS,
    DECISION_FIELDS,
    Changes,
    Corrections,
    checked,
    found_line,
)
from copassist.errors import CopassistError
from copassist.proposals import SETTLED_BY
from copassist.records import (
    ACTION_STATUSES,
    DECISION_STATUSES,
    Action,
)
from copassist.ui.clicks import opened
from copassist.ui.events import AS_SENT, shown
from copassist.ui.markup import busy, button, notice, problem
from copassist.ui.panels import QUIET, panel
from copassist.ui.registerlines import (
    PROPOSALS,
    VIEWS,
    Chosen,
    downloads,
    lines,
    listing,
    matching,
    people,
    proposals,
    view_choices,
    years,
)
from copassist.words import words
from copassist.workspace import Workspace

BACK_TO_LINE: Final = """() => {
  if (document.getElementById('correction')?.offsetParent) return; // refused, and said above
  document.querySelector(`#register [data-act=edit][data-line="${window.copLine}"]`)?.focus();
}"""
"""A line corrected is found again where it was left, low in a long list."""


# --- plain functions -------------------------------------------------------------------------


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


def quick(workspace: Workspace, act: str, name: str, language: str) -> Changes:
    """What one click on a line does: done, its proposed status confirmed, or in force after all.

    Gives what had been corrected of it before, for :func:`taken_back`.
    """
    register, _ = workspace.library.register(date.today())
    line = found_line(register, name)
    document = line.source.document if line.source else ""
    before = Corrections(workspace.library.catalogue).of([document])
    status = {"done": "done", "keep": "in_force"}.get(act, line.status)
    corrected(workspace, name, {"status": status}, language)
    return before.get((document, line.line), {})


def taken_back(workspace: Workspace, name: str, before: Changes, language: str) -> None:
    """A line corrected as it was before one click. Raises :class:`CopassistError`."""
    corrected(workspace, name, None, language)
    if before:
        corrected(workspace, name, before, language)


# --- the tab ---------------------------------------------------------------------------------


class RegisterTab:
    """The tab's components; wiring them is all this class does."""

    def __init__(self, workspace: Workspace, language: str) -> None:
        self.workspace = workspace
        self.language = language
        self.say = say = words(language)
        self.editing = gr.State("")
        self.read = gr.State("")
        """The quote whose source is open."""
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
        self.said = panel("", "register-said", "register")
        with gr.Row():
            with gr.Column(scale=6, min_width=320):
                listing = busy(say("ui.documents.listing"))
                self.list = panel(listing, "register", "register-source")
            with gr.Column(scale=5, min_width=320):
                self._build_correction()
                self.source = panel(self._teach(), "register-source")
        self._wire()

    def _build_correction(self) -> None:
        say = self.say
        with gr.Column(
            visible=False, elem_classes="cop-card-form", elem_id="correction"
        ) as self.correction:
            self.text = gr.Textbox(label=say("ui.register.text"), max_lines=3)
            self.owner = gr.Textbox(label=say("ui.register.owner"), max_lines=1)
            self.due = gr.Textbox(label=say("ui.register.due_label"), max_lines=1)
            self.status = gr.Dropdown([], label=say("ui.register.status"))
            with gr.Row():
                self.keep = gr.Button(say("ui.register.apply"), variant="primary", size="sm")
                self.restore = gr.Button(say("ui.register.restore"), size="sm")

    def _wire(self) -> None:
        quiet = {**QUIET, **AS_SENT}
        self.chosen = [self.view, self.search, self.person, self.topic, self.period]
        for field in (self.view, self.person, self.period):
            field.change(self._list, self.chosen, self.list, **quiet)
        for typed in (self.search, self.topic):
            typed.change(self._list, self.chosen, self.list, trigger_mode="always_last", **quiet)
        fields = [self.text, self.owner, self.due, self.status]
        edited = [self.said, self.list, self.correction, self.editing, *fields]
        pressed = [self.source, self.read, *edited, self.view]
        self.list.click(self._act, [*self.chosen, self.read], pressed, **quiet).then(
            None, js=shown()
        )
        for way, act, given in (
            (self.keep, self._apply, [self.editing, *fields]),
            (self.restore, self._restore, [self.editing]),
        ):
            way.click(act, [*self.chosen, *given], edited[:3], **quiet).then(None, js=BACK_TO_LINE)
        self.said.click(self._take_back, self.chosen, [self.said, self.list], **quiet)
        self.source.click(self._leaf, None, self.source, **quiet)

    def on_select(self, tab: gr.Tab) -> None:
        """Read anew whenever the tab is opened."""
        opened = [self.list, self.view, self.person, self.period]
        tab.select(self._opened, self.chosen, opened, **QUIET, **AS_SENT)

    # --- events ------------------------------------------------------------------------------

    def _opened(
        self, view: str, search: str, person: str, topic: str, period: str
    ) -> tuple[Any, ...]:
        register, _ = self.workspace.library.register(date.today())
        view, views = self._views(view)
        named, held = people(register), years(register)
        # what was chosen may have left the library since
        person, period = (person if person in named else ""), (period if period in held else "")
        everyone = (self.say("ui.register.everyone"), "")
        always = (self.say("ui.ask.any_period"), "")
        return (
            self._list(view, search, person, topic, period),
            views,
            gr.Dropdown([everyone, *((one, one) for one in named)], value=person),
            gr.Dropdown([always, *((one, one) for one in held)], value=period),
        )

    def _list(self, view: str, search: str, person: str, topic: str, period: str) -> str:
        today = date.today()
        register, documents = self.workspace.library.register(today)
        chosen = Chosen(person, topic, period)
        if view == PROPOSALS:
            waiting = [(one, chosen.of(made)) for one, made in self.workspace.proposals()]
            found = matching(proposals(waiting, today, self.language), search)
            return self._about_proposals() + listing(found, documents, self.language)
        found = matching(lines(chosen.of(register), view, today, self.language), search)
        return downloads(view, chosen, self.language) + listing(found, documents, self.language)

    def _about_proposals(self) -> str:
        return f'<p class="cop-where">{escape(self.say("ui.register.about_proposals"))}</p>'

    def _act(  # noqa: PLR0913, PLR0917  # Gradio gives each field as an argument
        self,
        view: str,
        search: str,
        person: str,
        topic: str,
        period: str,
        read: str,
        event: gr.EventData,
    ) -> tuple[Any, ...]:
        """A click on a line: its source, a quick change, or the fields to correct it."""
        data = dict(event._data or {})
        act, name = str(data.get("act")), str(data.get("line") or "")
        same = (gr.skip(),) * 9  # of the outputs after the source, those that stay as they are
        if act == "edit":
            return (*self._source_beside(name, read), *self._fields(name), gr.skip())
        if act not in ("done", "confirm", "keep", *SETTLED_BY):
            return (opened(self.workspace, data, self.language), data.get("quote", ""), *same)
        views = gr.skip()
        try:
            if act in SETTLED_BY:
                self.workspace.settle(name, SETTLED_BY[act])
                view, views = self._views(view)
                told = notice(self.say(f"ui.register.{SETTLED_BY[act]}"), "done", self.language)
            else:
                told = self._done(name, quick(self.workspace, act, name, self.language))
        except CopassistError as error:
            return (gr.skip(), gr.skip(), problem(error, self.language), *same[1:])
        listed = self._list(view, search, person, topic, period)
        return (gr.skip(), gr.skip(), told, listed, *same[3:], views)

    def _done(self, name: str, before: Changes) -> str:
        """That one click was enough, and the way back."""
        told = notice(self.say("ui.register.corrected"), "done", self.language)
        back = button("undo", self.say("ui.register.undo"), line=name, before=json.dumps(before))
        return told.removesuffix("</p>") + f" {back}</p>"

    def _take_back(  # noqa: PLR0913, PLR0917  # Gradio gives each field as an argument
        self, view: str, search: str, person: str, topic: str, period: str, event: gr.EventData
    ) -> tuple[Any, ...]:
        data = dict(event._data or {})
        try:
            before = json.loads(str(data["before"]))
            taken_back(self.workspace, str(data["line"]), before, self.language)
        except CopassistError as error:
            return problem(error, self.language), gr.skip()
        told = notice(self.say("ui.register.undone"), "done", self.language)
        return told, self._list(view, search, person, topic, period)

    def _teach(self) -> str:
        return f'<p class="cop-empty">{escape(self.say("ui.register.teach"))}</p>'

    def _source_beside(self, name: str, read: str) -> tuple[Any, ...]:
        """What stands beside the fields of a line: its own source, if open, and no other's."""
        register, _ = self.workspace.library.register(date.today())
        try:
            source = found_line(register, name).source
        except CopassistError:
            source = None  # told where the fields are filled
        own = source is not None and source.quote == read
        return (gr.skip(), gr.skip()) if own else (self._teach(), "")

    def _views(self, view: str) -> tuple[str, Any]:
        """The view that stays chosen, and the choice: proposals only while some wait."""
        waiting = len(self.workspace.proposals())
        view = view if waiting or view != PROPOSALS else VIEWS[0]
        return view, gr.Radio(view_choices(waiting, self.language), value=view)

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
        return self._corrected("corrected", view, search, person, topic, period)

    def _restore(  # noqa: PLR0913, PLR0917  # Gradio gives each field as an argument
        self, view: str, search: str, person: str, topic: str, period: str, name: str
    ) -> tuple[Any, ...]:
        try:
            corrected(self.workspace, name, None, self.language)
        except CopassistError as error:
            return problem(error, self.language), gr.skip(), gr.skip()
        return self._corrected("restored", view, search, person, topic, period)

    def _corrected(self, key: str, *chosen: str) -> tuple[Any, ...]:
        told = notice(self.say(f"ui.register.{key}"), "done", self.language)
        return told, self._list(*chosen), gr.Column(visible=False)

    def _leaf(self, event: gr.EventData) -> str:
        return opened(self.workspace, dict(event._data or {}), self.language)
