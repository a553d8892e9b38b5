"""Demander: a conversation, and the sources of each answer beside it."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import gradio as gr

from copassist.conversations import Conversation
from copassist.errors import CopassistError
from copassist.passages import KINDS
from copassist.ui import clicks, source
from copassist.ui.events import AS_SENT, shown
from copassist.ui.markup import busy, community_name, link, problem
from copassist.ui.panels import QUIET, panel, person_of
from copassist.ui.sessions import Sessions
from copassist.ui.talk import conversation_html
from copassist.words import words
from copassist.workspace import Workspace

FOUND_AGAIN: Final = timedelta(hours=12)
"""A conversation this recent is open again when the page is: a closed window loses nothing."""
LAST_YEAR: Final = "last-year"

Choice = tuple[str, Any]

WHILE_OTHERS: Final = {"trigger_mode": "multiple"}
"""A question may be asked while the synthesis of the one before is still being written; by
default Gradio drops an event that is under way already."""
WAIT: Final = """(...given) => {
  for (const one of ['chat', 'sources']) {
    const panel = document.getElementById(one);
    panel?.classList.add('cop-wait');
    setTimeout(() => panel?.classList.remove('cop-wait'), 3000); // where nothing changes
  }
  return given;
}"""
"""Seen at once, before the server has heard of the question."""
SHOW_LATEST: Final = """() => {
  const asked = [...document.querySelectorAll('#chat .cop-turn')].pop();
  asked?.scrollIntoView({ block: 'start' });
}"""
"""The latest question at the top of the window, its answer growing below it."""
LEFT_OFF: Final = """() => {
  const asked = [...document.querySelectorAll('#chat .cop-turn')];
  if (asked.length > 1) asked.pop().scrollIntoView({ block: 'start' });
}"""
"""A conversation taken up again stands at its last question, as the sources beside it do."""


# --- plain functions -------------------------------------------------------------------------


def periods(workspace: Workspace, language: str) -> list[Choice]:
    """All, the last twelve months, and each year that the library has records of."""
    say = words(language)
    days = workspace.library.catalogue.days()  # everywhere: any of the communities may be asked
    years = {day[:4] for day in days}
    choices = [(say("ui.ask.any_period"), ""), (say("ui.ask.last_year"), LAST_YEAR)]
    return choices + [(year, year) for year in sorted(years, reverse=True)]


def communities(workspace: Workspace, language: str) -> list[Choice]:
    """The communities that can be asked, the page's own first, be it still empty."""
    known = {workspace.community, *workspace.library.catalogue.communities()}
    own_first = sorted(known, key=lambda name: (name != workspace.community, name))
    return [(community_name(name, language), name) for name in own_first]


def bounds(period: str | None, today: date | None = None) -> tuple[str | None, str | None]:
    """``since`` and ``until`` of a period chosen."""
    if not period:
        return None, None
    if period == LAST_YEAR:
        return ((today or date.today()) - timedelta(days=365)).isoformat(), None
    return period, period


def found_again(conversations: Sequence[Conversation], now: datetime | None = None) -> int | None:
    """The conversation to open with: the latest, if it is recent."""
    if not conversations:
        return None
    age = (now or datetime.now(UTC)) - datetime.fromisoformat(conversations[0].updated)
    return conversations[0].id if age < FOUND_AGAIN else None


def model_line(workspace: Workspace, language: str) -> str:
    """Which model answers, and whether text leaves the machine."""
    say = words(language)
    if workspace.warmup.state == "failed" and workspace.warmup.error is not None:
        return problem(workspace.warmup.error, language)
    if workspace.warmup.state == "loading":
        return busy(say("ui.ask.model_loading"))
    chat = workspace.chat
    if chat is None:
        told = say("ui.ask.model_none")
    else:
        key = "ui.ask.model_remote" if chat.remote else "ui.ask.model_local"
        told = say(key, model=chat.name.partition(":")[2] or chat.name, place=chat.place)
    return f'<p class="cop-model">{html.escape(told)}</p>'


def exports(conversation: int | None, language: str) -> str:
    """Links that download a conversation."""
    if conversation is None:
        return ""
    say = words(language)
    return "".join(
        link(
            f"/conversation/{conversation}.{form}?lang={language}",
            say(f"ui.ask.export_{form}"),
            download=True,
        )
        for form in ("md", "docx")
    )


# --- the tab ---------------------------------------------------------------------------------


class AskTab:
    """The tab's components; wiring them is all this class does."""

    def __init__(self, workspace: Workspace, language: str) -> None:
        self.workspace = workspace
        self.language = language
        self.say = words(language)
        self.conversation = gr.State(None)
        self.waiting = gr.State(None)
        self.reading = Sessions()
        """Pages with a source open: a synthesis that grows must not close it."""
        self.asked = Sessions()
        """Pages where something was asked: what loads late must not take its place."""
        with gr.Row(elem_classes="cop-ask"):
            with gr.Column(elem_classes="cop-left"):
                self._build_chat()
                with gr.Column(elem_classes="cop-more"):
                    self._build_filters()
                    self._build_history()
                    self.model = gr.HTML(
                        model_line(workspace, language), elem_id="model", padding=False
                    )
                    self.timer = gr.Timer(1.0)
            with gr.Column(elem_classes="cop-side"):
                self.panel = panel(source.empty_panel(language), "sources", returns=True)
        self._wire()

    def _build_chat(self) -> None:
        say = self.say
        self.chat = panel(conversation_html((), self.language), "chat", "sources")
        self.examples = gr.Dataset(
            components=[gr.Textbox(visible=False)],
            samples=[],
            label=say("ui.ask.examples"),
            visible=False,
            elem_id="examples",
        )
        with gr.Column(elem_classes="cop-compose"):
            self.question = gr.Textbox(
                label=say("ui.ask.question"),
                placeholder=say("ui.ask.placeholder"),
                submit_btn=say("ui.ask.send"),
                lines=1,
                max_lines=5,
                elem_id="question",
                autofocus=True,
            )

    def _build_filters(self) -> None:
        say = self.say
        kinds = [(say("ui.ask.any_kind"), "")]
        kinds += [(say(f"ui.kind.{kind}"), kind) for kind in KINDS]
        self.filters = gr.Accordion(say("ui.ask.filters"), open=False, elem_id="filters")
        with self.filters, gr.Row():
            self.community = gr.Dropdown([], label=say("ui.ask.community"), visible=False)
            self.kind = gr.Dropdown(kinds, value="", label=say("ui.ask.kind"), min_width=200)
            self.period = gr.Dropdown(
                [(say("ui.ask.any_period"), "")],
                value="",
                label=say("ui.ask.period"),
                min_width=200,
            )

    def _build_history(self) -> None:
        say = self.say
        with gr.Accordion(say("ui.ask.history"), open=False, elem_id="history"):
            with gr.Row(equal_height=False):
                self.chosen = gr.Dropdown(
                    [], label=say("ui.ask.conversation"), value=None, min_width=220, scale=3
                )
                self.new = gr.Button(say("ui.ask.new"), size="sm", min_width=180, scale=1)
            with gr.Column(elem_id="manage"):  # shown while there is something to take away
                self.title = gr.Textbox(
                    label=say("ui.ask.rename"), submit_btn=say("ui.ask.rename_do"), max_lines=1
                )
                with gr.Row():
                    self.exports = gr.HTML("", padding=False)
                    self.delete = gr.Button(
                        say("ui.ask.delete"), size="sm", variant="stop", scale=0, min_width=220
                    )
                with gr.Row(visible=False, elem_id="conversation-removal") as self.confirm:
                    gr.HTML(f"<p>{html.escape(say('ui.ask.delete_sure'))}</p>", padding=False)
                    self.sure = gr.Button(
                        say("ui.ask.delete_do"), size="sm", variant="stop", scale=0, min_width=160
                    )
                    self.keep = gr.Button(
                        say("ui.documents.keep"), size="sm", scale=0, min_width=120
                    )

    def _events(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The events of a question: how it is taken, and how its answer is shown bit by bit."""
        asked: dict[str, Any] = {
            "fn": self._begin,
            "inputs": [
                self.question,
                self.conversation,
                self.community,
                self.kind,
                self.period,
            ],
            "outputs": [
                self.question,
                self.chat,
                self.panel,
                self.conversation,
                self.waiting,
            ],
            **QUIET,
            "js": WAIT,
            **WHILE_OTHERS,
            **AS_SENT,
        }
        finish: dict[str, Any] = {
            "fn": self._finish,
            "inputs": [self.conversation, self.waiting],
            "outputs": [self.chat, self.panel, self.chosen, self.exports, self.title],
            **QUIET,
            "concurrency_limit": None,
            **WHILE_OTHERS,
        }
        return asked, finish

    def _wire(self) -> None:
        asked, finish = self._events()
        begun = self.question.submit(**asked)
        begun.then(None, js=SHOW_LATEST)
        begun.then(**finish)
        begun = self.examples.click(
            lambda sample: sample[0], self.examples, self.question, **QUIET
        ).then(**asked)
        begun.then(None, js=SHOW_LATEST)
        begun.then(**finish)
        self.panel.click(self._act, None, self.panel, **QUIET)
        self.chat.click(self._act, None, self.panel, **QUIET)
        self.timer.tick(self._tick, None, [self.model, self.timer], **QUIET)
        opened = [
            self.chat,
            self.panel,
            self.conversation,
            self.waiting,
            self.exports,
            self.title,
        ]
        self.chosen.input(self._open, self.chosen, opened, **QUIET, **AS_SENT)
        filters = [self.period, self.community]
        self.filters.expand(self._filters, None, filters, **QUIET)
        self.new.click(self._new, None, [*opened, self.chosen, self.examples], **QUIET)
        self.title.submit(self._rename, [self.conversation, self.title], self.chosen, **QUIET)
        self.delete.click(lambda: gr.Row(visible=True), None, self.confirm, **QUIET).then(
            None, js=shown("conversation-removal")
        )
        self.keep.click(lambda: gr.Row(visible=False), None, self.confirm, **QUIET)
        self.sure.click(self._delete, self.conversation, self.confirm, **QUIET).then(
            self._new, None, [*opened, self.chosen, self.examples], **QUIET
        )
        self._opened, self._answered = opened, finish["outputs"]
        self.parts = [*opened, self.chosen, self.examples, self.period, self.community]
        """What :meth:`open` fills."""

    # --- events ------------------------------------------------------------------------------

    def _begin(  # noqa: PLR0913, PLR0917  # Gradio gives each field as an argument
        self,
        question: str,
        conversation: int | None,
        community: str | None,
        kind: str,
        period: str,
        request: gr.Request,
    ) -> tuple[Any, ...]:
        person = person_of(request)
        self.asked.add(request)
        self.reading.discard(request)
        since, until = bounds(period)
        filters = self.workspace.filters(kind, since, until, community)
        try:
            turn = self.workspace.ask(person, conversation, question, filters, self.language)
        except CopassistError as error:
            panel = problem(error, self.language)
            return question, gr.skip(), panel, conversation, None
        turns = self.workspace.conversations.turns(person, turn.conversation)
        return (
            "",
            conversation_html(turns, self.language),
            source.waiting_panel(self.language),
            turn.conversation,
            turn.id,
        )

    def _finish(
        self, conversation: int | None, waiting: int | None, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """The verbatim answer as soon as it is there, then each sentence of the synthesis."""
        if conversation is None or waiting is None:
            yield (gr.skip(),) * len(self._answered)
            return
        person = person_of(request)
        told = self._told(person, conversation)
        for _ in self.workspace.follow(waiting):
            turns = self.workspace.conversations.turns(person, conversation)
            here = turns and request not in self.reading
            yield (
                conversation_html(turns, self.language),
                source.cards(turns[-1], self.language) if here else gr.skip(),
                *told,
            )
            told = (gr.skip(),) * len(told)

    def _told(self, person: str, conversation: int) -> tuple[Any, ...]:
        """The menu, downloads and title of a conversation. Sent once an answer: Gradio builds a
        field anew at each update."""
        return (
            self._choices(person, conversation),
            exports(conversation, self.language),
            self._title(person, conversation),
        )

    def _title(self, person: str, conversation: int | None) -> str:
        known = self.workspace.conversations.of(person)
        return next((one.title for one in known if one.id == conversation), "")

    def _act(self, event: gr.EventData, request: gr.Request) -> str:
        data = dict(event._data or {})
        if data.get("act") in ("open", "near", "leaf"):
            self.reading.add(request)
        else:
            self.reading.discard(request)
        return clicks.act(self.workspace, person_of(request), data, self.language)

    def _tick(self) -> tuple[Any, ...]:
        settled = self.workspace.warmup.state != "loading"
        return model_line(self.workspace, self.language), gr.Timer(active=not settled)

    def _open(self, conversation: int | None, request: gr.Request) -> tuple[Any, ...]:
        person = person_of(request)
        turns = self.workspace.conversations.turns(person, conversation) if conversation else []
        panel = (
            source.cards(turns[-1], self.language) if turns else source.empty_panel(self.language)
        )
        waiting = turns[-1].id if turns and turns[-1].waiting else None
        return (
            conversation_html(turns, self.language),
            panel,
            conversation,
            waiting,
            exports(conversation, self.language),
            self._title(person, conversation),
        )

    def _new(self, request: gr.Request) -> tuple[Any, ...]:
        return (
            *self._open(None, request),
            self._choices(person_of(request), None),
            self._examples(visible=True),
        )

    def open(self, request: gr.Request) -> Iterator[dict[Any, Any]]:
        """What the tab shows when the page opens, then what an answer under way still brings."""
        person = person_of(request)
        conversation = found_again(self.workspace.conversations.of(person))
        opened = dict(zip(self._opened, self._open(conversation, request), strict=True))
        filters = {
            self.period: gr.Dropdown(choices=periods(self.workspace, self.language), value=""),
            self.community: self._communities(),
        }
        choices = {
            self.chosen: self._choices(person, conversation),
            self.examples: self._examples(visible=conversation is None),
        }
        if request in self.asked:  # a question came before the page had loaded
            yield filters
            return
        yield opened | filters | choices
        for answered in self._finish(conversation, opened[self.waiting], request):
            yield dict(zip(self._answered, answered, strict=True))

    def _rename(self, conversation: int | None, title: str, request: gr.Request) -> Any:
        person = person_of(request)
        if conversation is not None:
            self.workspace.conversations.rename(person, conversation, title)
        return self._choices(person, conversation)

    def _delete(self, conversation: int | None, request: gr.Request) -> Any:
        if conversation is not None:
            self.workspace.conversations.delete(person_of(request), conversation)
        return gr.Row(visible=False)

    def _filters(self) -> tuple[Any, ...]:
        """Choices as the library stands, files dropped since the page opened included."""
        known = communities(self.workspace, self.language)
        return (
            gr.Dropdown(choices=periods(self.workspace, self.language)),
            gr.Dropdown(choices=known, visible=len(known) > 1),
        )

    def _communities(self) -> Any:
        """A choice only where the library holds several communities."""
        known = communities(self.workspace, self.language)
        return gr.Dropdown(choices=known, value=self.workspace.community, visible=len(known) > 1)

    def _choices(self, person: str, conversation: int | None) -> Any:
        known = self.workspace.conversations.of(person)
        return gr.Dropdown(choices=[(one.title, one.id) for one in known], value=conversation)

    def _examples(self, visible: bool) -> Any:
        found = self.workspace.examples(self.language) if visible else ()
        return gr.Dataset(samples=[[one] for one in found], visible=bool(found))
