"""The page in one language: its head, its tabs, its theme."""

from __future__ import annotations

from html import escape

import gradio as gr

from copassist.ui.agenda import AgendaTab
from copassist.ui.ask import AskTab
from copassist.ui.documents import DocumentsTab
from copassist.ui.overview import OverviewTab
from copassist.ui.register import RegisterTab
from copassist.words import LANGUAGES, words
from copassist.workspace import Workspace


def build_page(workspace: Workspace, language: str) -> gr.Blocks:
    """The whole page in ``language``.

    One page a language, rather than ``gr.I18n``: that translates only fixed labels in the
    browser, while column names, choices and all that Python says would stay behind.
    """
    say = words(language)
    page = gr.Blocks(title=say("ui.title"), analytics_enabled=False)
    with page:
        gr.HTML(head(language, workspace.community), elem_id="head")
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap"):
            with gr.Tab(say("ui.ask.tab"), id="ask"):
                ask = AskTab(workspace, language)
            with gr.Tab(say("ui.agenda.tab"), id="agenda"):
                agenda = AgendaTab(workspace, language)
            with gr.Tab(say("ui.register.tab"), id="register") as register_tab:
                register = RegisterTab(workspace, language)
            with gr.Tab(say("ui.documents.tab"), id="documents"):
                documents = DocumentsTab(workspace, language)
            with gr.Tab(say("ui.overview.tab"), id="overview") as overview_tab:
                overview = OverviewTab(workspace, language)
        register.on_select(register_tab)
        overview.on_select(overview_tab)
        agenda.on_load(page)
        ask.on_load(page)
        documents.on_load(page)
    return page


def head(language: str, community: str) -> str:
    """Name, community, and the other language."""
    say = words(language)
    others = "".join(
        f'<a href="/{other}/" hreflang="{other}" lang="{other}">'
        f"{escape(words(other)('ui.this_language'))}</a>"
        for other in LANGUAGES
        if other != language
    )
    shown = "" if community == "default" else f"<p>{escape(community)}</p>"
    return (
        f'<header class="cop-head"><h1>{escape(say("ui.title"))}</h1>'
        f"<p>{escape(say('ui.subtitle'))}</p>{shown}<nav>{others}</nav></header>"
    )
