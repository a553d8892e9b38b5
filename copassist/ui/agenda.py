"""Ordre du jour: a draft made from the register, changed by hand, downloaded as a document."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import date
from importlib import resources
from typing import Any, Final

import gradio as gr

from copassist.agendas import Agenda, AgendaRequest, add_item, remove_item
from copassist.agendas.drafting import USUAL_MINUTES
from copassist.agendas.items import STYLES
from copassist.agendas.wording import TALKED
from copassist.errors import CopassistError
from copassist.formats import MODES
from copassist.ui.agendadrafts import (
    EMPTY,
    PLACED,
    adopted,
    again,
    changed,
    cited,
    drafts,
    headcount,
    history_choices,
    item_choices,
    made,
    offered_form,
    placed,
    save,
    saved,
    shifted,
    worded,
    words_of,
)
from copassist.ui.agendapage import format_choices, page
from copassist.ui.events import AS_SENT
from copassist.ui.markup import busy, notice, problem
from copassist.ui.panels import QUIET, panel, person_of
from copassist.words import words
from copassist.workspace import Workspace

ADDED_MINUTES: Final = 10
"""The length offered for an item written by hand; proposed, as a point put off usually takes."""
OFFER: Final = """(...fields) => {
  const [offered, given] = fields.splice(-2).map((one) => JSON.parse(one));
  const now = fields.map((one, n) => ((one === given[n] || (!n && !one)) ? offered[n] : one));
  return [...now, JSON.stringify(offered)];
}"""
"""What is offered goes into each field of which the person has not made something else."""


class AgendaTab:
    """The tab's components; wiring them is all this class does."""

    def __init__(self, workspace: Workspace, language: str) -> None:
        self.workspace = workspace
        self.language = language
        self.say = words(language)
        self._build_request()
        self.said = gr.HTML("", elem_id="agenda-said")
        with gr.Row():
            with gr.Column(scale=6, min_width=320):
                self.page = panel(page(None, language), "agenda", "agenda-source")
                script = resources.files("copassist.ui").joinpath("agenda.js")
                self.page.js_on_load = f"{self.page.js_on_load}\n{script.read_text('utf-8')}"
            with gr.Column(scale=5, min_width=320):
                self._build_changes()
                self.source = panel("", "agenda-source")
        self._wire()

    def _build_request(self) -> None:
        say = self.say
        with gr.Row():
            # hidden fields rather than states: OFFER compares them in the browser with what was
            # typed meanwhile
            self.offered = gr.Textbox(json.dumps(EMPTY), visible=False)
            self.given = gr.Textbox(json.dumps(EMPTY), visible=False)
            self.date = gr.Textbox(
                "",
                label=say("ui.agenda.date"),
                placeholder=say("ui.documents.date_placeholder"),
            )
            self.start = gr.Textbox(
                "",
                label=say("ui.agenda.start"),
                placeholder="13:30",
            )
            self.minutes = gr.Number(USUAL_MINUTES, label=say("ui.agenda.minutes"), precision=0)
            # not a gr.Number: that shows 0 where nothing was given
            self.people = gr.Textbox(
                "", label=say("ui.agenda.people"), placeholder=say("ui.agenda.optional")
            )
        with gr.Row():
            modes = [(say(f"agenda.modes.{mode}"), mode) for mode in MODES]
            self.mode = gr.Radio(modes, value=MODES[0], label=say("ui.agenda.mode"))
            styles = [(say(f"ui.agenda.style_{style}"), style) for style in STYLES]
            self.style = gr.Radio(styles, value=STYLES[0], label=say("ui.agenda.style"))
            self.theme = gr.Textbox(
                "",
                label=say("ui.agenda.theme"),
                placeholder=say("ui.agenda.theme_help"),
                scale=2,
            )
        self.form = [
            self.date,
            self.start,
            self.minutes,
            self.people,
            self.mode,
            self.style,
            self.theme,
        ]
        self.make = gr.Button(say("ui.agenda.make"), variant="primary", elem_classes="cop-go")

    def _build_changes(self) -> None:
        say = self.say
        with gr.Column(visible=False, elem_classes="cop-card-form") as self.changes:
            self.item = gr.Dropdown([], label=say("ui.agenda.change"), elem_id="agenda-item")
            self.title = gr.Textbox(label=say("ui.agenda.item_title"), max_lines=2)
            with gr.Row():
                self.item_minutes = gr.Number(label=say("ui.agenda.minutes"), precision=0)
                self.lead = gr.Textbox(label=say("ui.agenda.lead"), max_lines=1)
            self.text = gr.Textbox(label=say("ui.agenda.text"), lines=2, max_lines=6)
            self.format = gr.Dropdown([], label=say("ui.agenda.format"), visible=False)
            self.words = gr.Textbox(
                label=say("ui.agenda.words"),
                info=say("ui.agenda.words_help"),
                lines=2,
                max_lines=4,
                visible=False,
            )
            # the words as the page filled them in: where they differ, a person changed them, and
            # not a model that worded the item meanwhile
            self.filled = gr.State("")
            self.told = gr.HTML("", elem_id="agenda-told")
            with gr.Row():
                self.keep = gr.Button(say("ui.agenda.apply"), variant="primary", size="sm")
                self.up = gr.Button(say("ui.agenda.up"), size="sm")
                self.down = gr.Button(say("ui.agenda.down"), size="sm")
                self.drop = gr.Button(say("ui.agenda.drop"), variant="stop", size="sm")
            with gr.Row():
                self.redo_item = gr.Button(say("ui.agenda.redo_item"), size="sm")
                self.redo = gr.Button(say("ui.agenda.redo"), size="sm")
                self.undo = gr.Button(say("ui.agenda.undo"), size="sm")
            self.word = gr.Button(
                say("ui.agenda.word"),
                size="sm",
                visible=self.workspace.chat is not None,
                elem_id="agenda-word",
            )
            with gr.Accordion(say("ui.agenda.add"), open=False):
                self.new_title = gr.Textbox(label=say("ui.agenda.item_title"), max_lines=1)
                self.new_minutes = gr.Number(
                    ADDED_MINUTES, label=say("ui.agenda.minutes"), precision=0
                )
                self.new_text = gr.Textbox(label=say("ui.agenda.text"), lines=2, max_lines=6)
                self.add_told = gr.HTML("", elem_id="agenda-add-told")
                self.add = gr.Button(say("ui.agenda.add"), size="sm", elem_id="agenda-add")
            self.states = gr.Dropdown([], label=say("ui.agenda.states"))

    def _wire(self) -> None:
        quiet = {**QUIET, **AS_SENT}
        shown = [self.said, self.told, self.page, self.changes, self.item, self.states]
        fields = [self.title, self.item_minutes, self.lead, self.format, self.words, self.text]
        filled = [*fields, self.filled]
        self.make.click(lambda: busy(self.say("ui.agenda.making")), None, self.said, **quiet).then(
            self._make, self.form, shown, **quiet
        ).then(self._fields, self.item, filled, **quiet)
        self.item.change(self._fields, self.item, filled, **quiet)
        for event, act, given in (
            (self.keep.click, self._apply, [self.item, *filled]),
            (self.redo_item.click, self._redo_item, [self.item]),
            (self.redo.click, self._redo, [self.item]),
            (self.undo.click, self._undo, [self.item]),
            (self.word.click, self._word, []),
            (self.states.input, self._reopen, [self.states]),
        ):
            event(act, given, shown, **quiet).then(self._fields, self.item, filled, **quiet)
        new = [self.new_title, self.new_minutes, self.new_text]
        self.add.click(self._add, new, [self.add_told, *new, *shown], **quiet).then(
            self._fields, self.item, filled, **quiet
        )
        for way, act in ((self.up, self._up), (self.down, self._down), (self.drop, self._drop)):
            way.click(act, self.item, shown, **quiet)
        self.page.click(self._pressed, None, [self.source, *shown, *filled], **quiet)
        self.source.click(self._leaf, None, self.source, **quiet)
        self.shown = shown
        self.outputs = len(shown) + len(filled)

    def on_select(self, tab: gr.Tab) -> None:
        """Take up the draft that was under way, or that a conversation made meanwhile."""
        tab.select(self._load, None, self.shown, **QUIET)
        # in an event of its own: reading the register is slow, and the draft need not wait for it
        known = [*self.form, self.offered, self.given]
        tab.select(self._offer, None, self.offered, **QUIET).then(
            None, known, [*self.form, self.given], js=OFFER
        )

    # --- events ------------------------------------------------------------------------------

    def _show(
        self,
        agenda: Agenda | None,
        said: str,
        person: str,
        item: str | None = None,
        told: str = "",
    ) -> tuple[Any, ...]:
        """``said`` stands below the form that asks for a draft, ``told`` among the fields that
        change one."""
        states = history_choices(self.workspace, person, self.language)
        choices = item_choices(agenda)
        known = [value for _, value in choices]
        value = item if item in known else (known[0] if known else None)
        return (
            said,
            told,
            page(agenda, self.language),
            gr.Column(visible=agenda is not None),
            gr.Dropdown(choices=choices, value=value),
            gr.Dropdown(choices=states, value=states[0][1] if states else None),
        )

    def _load(self, request: gr.Request) -> tuple[Any, ...]:
        person = person_of(request)
        return self._show(adopted(self.workspace, person), "", person)

    def _offer(self, request: gr.Request) -> str:
        """The fields of the form to begin with."""
        return json.dumps(offered_form(self.workspace, person_of(request), date.today()))

    def _make(  # noqa: PLR0913, PLR0917  # Gradio gives each field as an argument
        self,
        day: str,
        start: str,
        minutes: float,
        people: str,
        mode: str,
        style: str,
        theme: str,
        request: gr.Request,
    ) -> tuple[Any, ...]:
        try:
            wanted = AgendaRequest(
                date=day.strip(),
                minutes=round(minutes or 0),
                people=headcount(people, self.language),
                mode=mode,
                theme=theme.strip() or None,
                style=style,
                start=start.strip() or None,
                language=self.language,
            )
            agenda, key = made(self.workspace, person_of(request), wanted, date.today())
        except CopassistError as error:
            before = saved(self.workspace, person_of(request))
            return self._show(before, problem(error, self.language), person_of(request))
        said = notice(self.say(key), "done", self.language)
        return self._show(agenda, said, person_of(request))

    def _edit(
        self, request: gr.Request, item: str, change: Callable[[Agenda], Agenda]
    ) -> tuple[Any, ...]:
        """Apply a change to the draft and save it; where it cannot be made, say why."""
        person = person_of(request)
        agenda = saved(self.workspace, person)
        if agenda is None:
            return self._show(None, "", person)
        try:
            agenda = change(agenda)
        except CopassistError as error:
            return self._show(agenda, "", person, item, problem(error, self.language))
        save(self.workspace, person, agenda)
        return self._show(agenda, "", person, item)

    def _add(
        self, title: str, minutes: float | None, text: str, request: gr.Request
    ) -> tuple[Any, ...]:
        """An item written by hand, which is then the one to change; the fields are emptied."""
        person = person_of(request)
        agenda = saved(self.workspace, person)
        if agenda is None:
            return "", title, minutes, text, *self._show(None, "", person)
        try:
            grown = add_item(agenda, title, round(minutes or 0), text)
        except CopassistError as error:
            told = problem(error, self.language)
            return told, title, minutes, text, *(gr.skip(),) * len(self.shown)
        save(self.workspace, person, grown)
        known = {one.id for one in agenda.items}
        item = next(one.id for one in grown.items if one.id not in known)
        return "", "", ADDED_MINUTES, "", *self._show(grown, "", person, item)

    def _redo(self, item: str, request: gr.Request) -> tuple[Any, ...]:
        return self._edit(request, item, lambda agenda: again(self.workspace, agenda, date.today()))

    def _redo_item(self, item: str, request: gr.Request) -> tuple[Any, ...]:
        return self._edit(
            request, item, lambda agenda: again(self.workspace, agenda, date.today(), {item})
        )

    def _undo(self, item: str, request: gr.Request) -> tuple[Any, ...]:
        person = person_of(request)
        before = drafts(self.workspace).undo(person)
        told = "" if before else notice(self.say("ui.agenda.no_undo"), "info", self.language)
        return self._show(saved(self.workspace, person), "", person, item, told)

    def _reopen(self, state: int | None, request: gr.Request) -> tuple[Any, ...]:
        """An earlier state becomes the latest: the ones after it stay in the history."""
        person = person_of(request)
        kept = drafts(self.workspace).get(person, state) if state is not None else None
        if kept is not None:
            save(self.workspace, person, Agenda.from_dict(kept.draft))
        return self._show(saved(self.workspace, person), "", person)

    def _apply(  # noqa: PLR0913, PLR0917  # Gradio gives each field as an argument
        self,
        item: str,
        title: str,
        minutes: float | None,
        lead: str,
        chosen: str | None,
        said: str,
        text: str,
        filled: str,
        request: gr.Request,
    ) -> tuple[Any, ...]:
        written = None if said == filled else said

        def change(agenda: Agenda) -> Agenda:
            return changed(agenda, item, title, lead, minutes, chosen, written, text)

        return self._edit(request, item, change)

    def _word(self, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Aims and questions as the model writes them; the form, where one may be typing, stays."""
        person = person_of(request)
        agenda = saved(self.workspace, person)
        waiting = (gr.skip(),) * 3
        under_way = busy(self.say("ui.agenda.wording"))
        held = 0
        try:
            yield "", under_way, gr.skip(), *waiting
            for agenda in worded(self.workspace, person):
                held = sum(bool(one.wording and one.wording.model) for one in agenda.items)
                yield "", under_way, page(agenda, self.language), *waiting
        except CopassistError as error:
            yield "", problem(error, self.language), page(agenda, self.language), *waiting
            return
        key = "ui.agenda.worded" if held else "ui.agenda.nothing_worded"
        told = notice(self.say(key), "done" if held else "info", self.language)
        yield "", told, gr.skip(), *waiting

    def _up(self, item: str, request: gr.Request) -> tuple[Any, ...]:
        return self._edit(request, item, lambda agenda: shifted(agenda, item, -1))

    def _down(self, item: str, request: gr.Request) -> tuple[Any, ...]:
        return self._edit(request, item, lambda agenda: shifted(agenda, item, 1))

    def _drop(self, item: str, request: gr.Request) -> tuple[Any, ...]:
        return self._edit(request, item, lambda agenda: remove_item(agenda, item))

    def _fields(self, item: str | None, request: gr.Request) -> tuple[Any, ...]:
        agenda = saved(self.workspace, person_of(request))
        found = next((one for one in agenda.items if one.id == item), None) if agenda else None
        if found is None:
            hidden = gr.Dropdown(visible=False), gr.Textbox("", visible=False)
            return "", None, "", *hidden, "", ""
        formats = format_choices(agenda, item, self.language)
        return (
            found.title,
            found.minutes,
            found.lead or "",
            gr.Dropdown(choices=formats, value=found.format, visible=bool(formats)),
            gr.Textbox(words_of(found), visible=found.intention in TALKED),
            found.text,
            words_of(found),
        )

    def _pressed(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """An item changed in the list, or a source opened."""
        data = dict(event._data or {})
        if data.get("act") in PLACED:
            item = str(data["item"])
            done = self._edit(request, item, lambda agenda: placed(agenda, data))
            said, told, _, *others = done
            # what was refused is said beside the field where it was tried
            shown = page(saved(self.workspace, person_of(request)), self.language, {item: told})
            # a comment that differs each time: where the change was refused the value would be the
            # same, and the list not drawn anew
            anew = f"{shown}<!-- {time.monotonic_ns()} -->"
            return gr.skip(), said, "", anew, *others, *self._fields(item, request)
        # the form beside stays as it is: somebody may be typing
        return cited(self.workspace, data, self.language), *[gr.skip()] * self.outputs

    def _leaf(self, event: gr.EventData) -> str:
        return cited(self.workspace, dict(event._data or {}), self.language)
