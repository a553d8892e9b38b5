"""Ordre du jour: a draft from the register, changed by hand, taken away as a document."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from importlib import resources
from typing import Any, Final

import gradio as gr

from copassist.agendas import (
    Agenda,
    AgendaRequest,
    move_item,
    remove_item,
)
from copassist.agendas.drafting import USUAL_MINUTES, offered_day
from copassist.agendas.wording import TALKED
from copassist.errors import CopassistError
from copassist.ui.agendadrafts import (
    PLACED,
    adopted,
    again,
    changed,
    cited,
    drafted,
    drafts,
    headcount,
    history_choices,
    item_choices,
    placed,
    save,
    saved,
    worded,
    words_of,
)
from copassist.ui.agendapage import format_choices, page
from copassist.ui.events import AS_SENT
from copassist.ui.markup import busy, notice, problem
from copassist.ui.panels import panel, person_of
from copassist.words import words
from copassist.workspace import Workspace

MODES: Final = ("in-person", "online", "hybrid")
STYLES: Final = ("light", "formal")
OFFER: Final = "(day, offered, given) => [!day || day === given ? offered : day, offered]"
"""The day offered goes into its field unless the person has written another."""


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
            # fields and no states: the browser compares them with what has been typed meanwhile
            self.offered = gr.Textbox("", visible=False)
            self.given = gr.Textbox("", visible=False)
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
            # a text: an empty number is shown as 0
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
        self.make = gr.Button(say("ui.agenda.make"), variant="primary", elem_classes="cop-go")

    def _build_changes(self) -> None:
        say = self.say
        with gr.Column(visible=False, elem_classes="cop-card-form") as self.changes:
            self.item = gr.Dropdown([], label=say("ui.agenda.change"), elem_id="agenda-item")
            self.title = gr.Textbox(label=say("ui.agenda.item_title"), max_lines=2)
            with gr.Row():
                self.item_minutes = gr.Number(label=say("ui.agenda.minutes"), precision=0)
                self.lead = gr.Textbox(label=say("ui.agenda.lead"), max_lines=1)
            self.format = gr.Dropdown([], label=say("ui.agenda.format"), visible=False)
            self.words = gr.Textbox(
                label=say("ui.agenda.words"),
                info=say("ui.agenda.words_help"),
                lines=2,
                max_lines=4,
                visible=False,
            )
            # a model may word the item meanwhile: only what a person changed counts
            self.filled = gr.State("")
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
            self.states = gr.Dropdown([], label=say("ui.agenda.states"))

    def _wire(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", **AS_SENT}
        shown = [self.said, self.page, self.changes, self.item, self.states]
        request = [
            self.date,
            self.start,
            self.minutes,
            self.people,
            self.mode,
            self.style,
            self.theme,
        ]
        fields = [self.title, self.item_minutes, self.lead, self.format, self.words]
        filled = [*fields, self.filled]
        self.make.click(lambda: busy(self.say("ui.agenda.making")), None, self.said, **quiet).then(
            self._make, request, shown, **quiet
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
        for way, act in ((self.up, self._up), (self.down, self._down), (self.drop, self._drop)):
            way.click(act, self.item, shown, **quiet)
        self.page.click(self._pressed, None, [self.source, *shown, *filled], **quiet)
        self.source.click(self._leaf, None, self.source, **quiet)
        self.shown = shown
        self.outputs = len(shown) + len(filled)

    def on_select(self, tab: gr.Tab) -> None:
        """Take up the draft that was under way, or that a conversation made meanwhile."""
        tab.select(self._load, None, self.shown, show_progress="hidden")
        # apart from the draft: reading the register takes longer than one may press a button in
        days = [self.date, self.offered, self.given]
        tab.select(self._offer, None, self.offered, show_progress="hidden").then(
            None, days, [self.date, self.given], js=OFFER
        )

    # --- events ------------------------------------------------------------------------------

    def _show(
        self, agenda: Agenda | None, said: str, person: str, item: str | None = None
    ) -> tuple[Any, ...]:
        states = history_choices(self.workspace, person, self.language)
        choices = item_choices(agenda)
        known = [value for _, value in choices]
        value = item if item in known else (known[0] if known else None)
        return (
            said,
            page(agenda, self.language),
            gr.Column(visible=agenda is not None),
            gr.Dropdown(choices=choices, value=value),
            gr.Dropdown(choices=states, value=states[0][1] if states else None),
        )

    def _load(self, request: gr.Request) -> tuple[Any, ...]:
        person = person_of(request)
        return self._show(adopted(self.workspace, person), "", person)

    def _offer(self) -> str:
        """The day to begin with."""
        return offered_day(self.workspace.library, date.today())

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
            agenda = drafted(self.workspace, wanted, date.today())
        except CopassistError as error:
            before = saved(self.workspace, person_of(request))
            return self._show(before, problem(error, self.language), person_of(request))
        person = person_of(request)
        save(self.workspace, person, agenda)
        return self._show(agenda, notice(self.say("ui.agenda.made"), "done", self.language), person)

    def _edit(
        self, request: gr.Request, item: str, change: Callable[[Agenda], Agenda]
    ) -> tuple[Any, ...]:
        """Apply a change to the draft and keep it; one that cannot be made is said."""
        person = person_of(request)
        agenda = saved(self.workspace, person)
        if agenda is None:
            return self._show(None, "", person)
        try:
            agenda = change(agenda)
        except CopassistError as error:
            return self._show(agenda, problem(error, self.language), person, item)
        save(self.workspace, person, agenda)
        return self._show(agenda, "", person, item)

    def _redo(self, item: str, request: gr.Request) -> tuple[Any, ...]:
        return self._edit(request, item, lambda agenda: again(self.workspace, agenda, date.today()))

    def _redo_item(self, item: str, request: gr.Request) -> tuple[Any, ...]:
        return self._edit(
            request, item, lambda agenda: again(self.workspace, agenda, date.today(), {item})
        )

    def _undo(self, item: str, request: gr.Request) -> tuple[Any, ...]:
        person = person_of(request)
        before = drafts(self.workspace).undo(person)
        said = "" if before else notice(self.say("ui.agenda.no_undo"), "info", self.language)
        return self._show(saved(self.workspace, person), said, person, item)

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
        filled: str,
        request: gr.Request,
    ) -> tuple[Any, ...]:
        written = None if said == filled else said

        def change(agenda: Agenda) -> Agenda:
            return changed(agenda, item, title, lead, minutes, chosen, written)

        return self._edit(request, item, change)

    def _word(self, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Aims and questions as the model writes them; what is being typed is left alone."""
        person = person_of(request)
        agenda = saved(self.workspace, person)
        waiting = (gr.skip(),) * 3
        under_way = busy(self.say("ui.agenda.wording"))
        held = 0
        try:
            yield under_way, gr.skip(), *waiting
            for agenda in worded(self.workspace, person):
                held = sum(bool(one.wording and one.wording.model) for one in agenda.items)
                yield under_way, page(agenda, self.language), *waiting
        except CopassistError as error:
            yield problem(error, self.language), page(agenda, self.language), *waiting
            return
        key = "ui.agenda.worded" if held else "ui.agenda.nothing_worded"
        said = notice(self.say(key), "done" if held else "info", self.language)
        yield said, gr.skip(), *waiting

    def _move(self, item: str, by: int, request: gr.Request) -> tuple[Any, ...]:
        def moved(agenda: Agenda) -> Agenda:
            ids = [one.id for one in agenda.items]
            return move_item(agenda, item, ids.index(item) + by)

        return self._edit(request, item, moved)

    def _up(self, item: str, request: gr.Request) -> tuple[Any, ...]:
        return self._move(item, -1, request)

    def _down(self, item: str, request: gr.Request) -> tuple[Any, ...]:
        return self._move(item, 1, request)

    def _drop(self, item: str, request: gr.Request) -> tuple[Any, ...]:
        return self._edit(request, item, lambda agenda: remove_item(agenda, item))

    def _fields(self, item: str | None, request: gr.Request) -> tuple[Any, ...]:
        agenda = saved(self.workspace, person_of(request))
        found = next((one for one in agenda.items if one.id == item), None) if agenda else None
        if found is None:
            return "", None, "", gr.Dropdown(visible=False), gr.Textbox("", visible=False), ""
        formats = format_choices(agenda, item, self.language)
        return (
            found.title,
            found.minutes,
            found.lead or "",
            gr.Dropdown(choices=formats, value=found.format, visible=bool(formats)),
            gr.Textbox(words_of(found), visible=found.intention in TALKED),
            words_of(found),
        )

    def _pressed(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """An item changed in the list, or a source opened."""
        data = dict(event._data or {})
        if data.get("act") in PLACED:
            item = str(data["item"])
            done = self._edit(request, item, lambda agenda: placed(agenda, data))
            said, shown, *others = done
            # drawn anew even where it was refused and nothing changed
            anew = f"{shown}<!-- {time.monotonic_ns()} -->"
            return gr.skip(), said, anew, *others, *self._fields(item, request)
        # what is being typed beside stays
        return cited(self.workspace, data, self.language), *[gr.skip()] * self.outputs

    def _leaf(self, event: gr.EventData) -> str:
        return cited(self.workspace, dict(event._data or {}), self.language)
