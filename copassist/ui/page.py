"""The page in one language: its head, its tabs, its theme."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib import resources
from typing import Any, Final

import gradio as gr

from copassist.ui import events
from copassist.ui.agenda import AgendaTab
from copassist.ui.ask import LEFT_OFF, AskTab
from copassist.ui.documents import DocumentsTab
from copassist.ui.markup import community_name, notice
from copassist.ui.overview import OverviewTab
from copassist.ui.panels import QUIET
from copassist.ui.register import RegisterTab
from copassist.ui.sessions import SESSIONS
from copassist.words import LANGUAGES, words
from copassist.workspace import Workspace

MARK: Final = (
    '<svg class="cop-logo" viewBox="0 0 32 32" aria-hidden="true">'
    '<rect width="32" height="32" rx="8"/><path d="M15 9 9 16l6 7M23 9l-6 7 6 7"/></svg>'
)
"""A French opening quotation mark: what the page does is quote."""


class Page(gr.Blocks):
    """Blocks that hold no connection open while nobody asks anything.

    Wherever there is a ``gr.State``, Gradio keeps a heartbeat open for each tab of the browser, to
    know when to forget it. A browser opens six connections to a server (HTTP/1.1), so a seventh
    tab would never load. Without it, what sessions hold goes by :data:`SESSIONS` alone.
    """

    def get_config_file(self) -> Any:
        return super().get_config_file() | {"connect_heartbeat": False}


def build_page(workspace: Workspace, language: str) -> gr.Blocks:
    """The whole page in ``language``.

    One page a language, rather than ``gr.I18n``: that translates only fixed labels in the
    browser, while column names, choices and all that Python says would stay behind.
    """
    say = words(language)
    page = Page(title=say("ui.title"), analytics_enabled=False)
    page.state_session_capacity = SESSIONS
    with page:
        gr.HTML(
            head(language, shown_community(workspace, language)),
            elem_id="head",
            padding=False,
            js_on_load=resources.files("copassist.ui").joinpath("history.js").read_text("utf-8"),
        )
        samples = SampleBanner(workspace, language)
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap"):
            with gr.Tab(say("ui.ask.tab"), id="ask"):
                ask = AskTab(workspace, language)
            with gr.Tab(say("ui.agenda.tab"), id="agenda") as agenda_tab:
                agenda = AgendaTab(workspace, language)
            with gr.Tab(say("ui.register.tab"), id="register") as register_tab:
                register = RegisterTab(workspace, language)
            with gr.Tab(say("ui.documents.tab"), id="documents") as documents_tab:
                documents = DocumentsTab(workspace, language)
            with gr.Tab(say("ui.overview.tab"), id="overview") as overview_tab:
                overview = OverviewTab(workspace, language)
        register.on_select(register_tab)
        agenda.on_select(agenda_tab)
        overview.on_select(overview_tab)
        documents.on_select(documents_tab, samples.removed)
        _on_load(page, ask, samples)
    return page


def _on_load(page: gr.Blocks, ask: AskTab, samples: SampleBanner) -> None:
    """Load what the page shows first, in one event: each costs the server 25 to 45 ms of
    processor time. The other tabs load when they are chosen.
    """

    def opened(request: gr.Request) -> Iterator[dict[Any, Any]]:
        banner = dict(zip(samples.parts, samples.shown(), strict=True))
        for shown in ask.open(request):
            yield banner | shown
            banner = {}  # shown once: it may be gone before an answer under way has ended

    parts = [*ask.parts, *samples.parts]
    page.load(opened, None, parts, **QUIET, concurrency_limit=None).then(None, js=LEFT_OFF)


class SampleBanner:
    """Says that the documents are fictional, on every tab, and takes them away once confirmed."""

    def __init__(self, workspace: Workspace, language: str) -> None:
        self.workspace = workspace
        self.language = language
        self.say = say = words(language)
        with gr.Row(visible=False, elem_classes="cop-samples", elem_id="samples") as self.row:
            self.text = gr.HTML("", padding=False)
            self.remove = gr.Button(
                say("ui.documents.samples_remove"), size="sm", scale=0, min_width=190
            )
        with gr.Row(
            visible=False, elem_classes="cop-samples", elem_id="samples-removal"
        ) as self.confirm:
            gr.HTML(f"<p>{escape(say('ui.documents.samples_sure'))}</p>", padding=False)
            self.sure = gr.Button(
                say("ui.documents.sure"), size="sm", variant="stop", scale=0, min_width=190
            )
            self.keep = gr.Button(say("ui.documents.keep"), size="sm", scale=0, min_width=120)
        self.said = gr.HTML("", padding=False, elem_id="samples-said")
        self.parts = [self.row, self.text]
        """What :meth:`shown` fills."""
        self._wire()

    def _wire(self) -> None:
        self.remove.click(lambda: gr.Row(visible=True), None, self.confirm, **QUIET).then(
            None, js=events.shown("samples-removal")
        )
        self.keep.click(lambda: gr.Row(visible=False), None, self.confirm, **QUIET)
        gone = [*self.parts, self.confirm, self.said]
        self.removed = self.sure.click(self._remove, None, gone, **QUIET)

    def shown(self) -> tuple[Any, ...]:
        """The banner, if there are any."""
        count = len(self.workspace.samples())
        said = escape(self.say("ui.documents.samples", count=count))
        return gr.Row(visible=bool(count)), f"<p>{said}</p>"

    def _remove(self) -> tuple[Any, ...]:
        self.workspace.remove_samples()
        said = notice(self.say("ui.documents.samples_removed"), "done", self.language)
        return *self.shown(), gr.Row(visible=False), said


def shown_community(workspace: Workspace, language: str) -> str:
    """The community that the tabs show, where there is anything to tell apart."""
    alone = workspace.community == "default"
    if alone and len(workspace.library.catalogue.communities()) < 2:
        return ""
    return community_name(workspace.community, language)


def head(language: str, community: str) -> str:
    """Name, community (if it is to be told), and the other language."""
    say = words(language)
    others = "".join(
        f'<a href="/{other}/" hreflang="{other}" lang="{other}">'
        f"{escape(words(other)('ui.this_language'))}</a>"
        for other in LANGUAGES
        if other != language
    )
    shown = f'<p class="cop-community">{escape(community)}</p>' if community else ""
    return (
        f'<header class="cop-head">{MARK}<h1>{escape(say("ui.title"))}</h1>'
        f"<p>{escape(say('ui.subtitle'))}</p>{shown}<nav>{others}</nav></header>"
    )
