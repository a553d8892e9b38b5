"""Documents: what the library holds, what goes in, what is corrected and what is taken away."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any, Final

import gradio as gr
from gradio.utils import get_upload_folder

from copassist.errors import CopassistError
from copassist.passages import KINDS, LEVELS, Document
from copassist.ui import events
from copassist.ui.documentlines import (
    about,
    batch_html,
    given,
    preview,
    replacement,
    same_type,
    warning,
)
from copassist.ui.documentlist import Listing, list_html
from copassist.ui.markup import busy, notice, problem
from copassist.ui.panels import QUIET, panel, person_of
from copassist.words import words
from copassist.workspace import Workspace

TICK: Final = 0.7
"""Seconds between two looks at a batch under way."""


class DocumentsTab:
    """The tab's components; wiring them is all this class does."""

    def __init__(self, workspace: Workspace, language: str) -> None:
        self.workspace = workspace
        self.language = language
        self.say = words(language)
        self.listing = gr.State(Listing())
        self.chosen = gr.State(None)
        self.replacing = gr.State(None)
        """The batch that brings a file in the place of a document."""
        self._build_upload()
        with gr.Row(elem_classes="cop-docs"):
            with gr.Column(scale=7, min_width=320):
                self._build_list()
            with gr.Column(scale=5, min_width=320, elem_classes="cop-side"):
                self._build_card()
        self.preview = panel("", "preview")
        self._wire()

    def _build_upload(self) -> None:
        say = self.say
        with gr.Row(elem_classes="cop-upload"):
            with gr.Column(scale=7, min_width=300):
                self.files = gr.File(
                    label=say("ui.documents.upload"),
                    show_label=False,
                    file_count="multiple",
                    height=140,
                    elem_id="upload",
                )
            with gr.Column(scale=5, min_width=260):
                gr.HTML(
                    f'<p class="cop-help">{escape(say("ui.documents.upload_help"))}</p>',
                    padding=False,
                )
                self.upload_level = gr.Dropdown(
                    self._levels(),
                    value="members",
                    label=say("ui.documents.upload_level"),
                    info=say("ui.documents.upload_level_help"),
                )
        self.batch = panel("", "batch")
        self.timer = gr.Timer(TICK, active=False)

    def _build_list(self) -> None:
        self.search = gr.Textbox(
            label=self.say("ui.documents.search"), max_lines=1, elem_id="search-documents"
        )
        self.list = panel(busy(self.say("ui.documents.listing")), "documents", "card")

    def _build_card(self) -> None:
        say = self.say
        kinds = [(say(f"ui.kind.{kind}"), kind) for kind in KINDS]
        self.said = gr.HTML("", elem_id="said", padding=False)
        self.teach = gr.HTML(
            f'<p class="cop-empty">{escape(say("ui.documents.teach"))}</p>', padding=False
        )
        with gr.Column(visible=False, elem_classes="cop-card-form", elem_id="card") as self.card:
            self.about = gr.HTML("", padding=False)
            self.title = gr.Textbox(label=say("ui.documents.column_title"), max_lines=3)
            self.date = gr.Textbox(
                label=say("ui.documents.date"),
                placeholder=say("ui.documents.date_placeholder"),
                max_lines=1,
            )
            with gr.Row():
                self.kind = gr.Dropdown(kinds, label=say("ui.documents.column_kind"), min_width=150)
                self.level = gr.Dropdown(
                    self._levels(), label=say("ui.documents.column_level"), min_width=150
                )
            self.save = gr.Button(say("ui.documents.save"), variant="primary", size="sm")
            with gr.Row(elem_classes="cop-row-buttons"):
                self.show = gr.Button(say("ui.documents.preview"), size="sm", min_width=110)
                self.replace = gr.UploadButton(
                    say("ui.documents.replace"), size="sm", min_width=110, elem_id="replace"
                )
                self.remove = gr.Button(
                    say("ui.documents.remove"), variant="stop", size="sm", min_width=110
                )
            with gr.Column(
                visible=False, elem_classes="cop-confirm", elem_id="removal"
            ) as self.confirm:
                self.warning = gr.HTML("", padding=False)
                with gr.Row(elem_classes="cop-row-buttons"):
                    self.sure = gr.Button(say("ui.documents.sure"), variant="stop", size="sm")
                    self.keep = gr.Button(say("ui.documents.keep"), size="sm")

    def _levels(self) -> list[tuple[str, str]]:
        return [(self.say(f"ui.level.{level}"), level) for level in LEVELS]

    def _wire(self) -> None:
        looked = [self.list, self.listing]
        self.search.change(
            self._search, [self.search, self.listing], looked, trigger_mode="always_last", **QUIET
        )
        self.card_fields = [
            self.card,
            self.teach,
            self.title,
            self.kind,
            self.date,
            self.level,
            self.about,
            self.confirm,
        ]
        self.files.upload(
            self._upload,
            [self.files, self.upload_level],
            [self.files, self.batch, self.timer],
            preprocess=False,
            **QUIET,
        )
        self.timer.tick(self._tick, None, [self.batch, self.timer], **QUIET).success(
            self._refresh_when_done,
            [self.listing, self.chosen, self.replacing],
            [self.list, self.replacing, self.said, *self.card_fields],
            **QUIET,
        )
        self.batch.click(self._cancel, None, self.batch, **QUIET)
        self.list.click(
            self._clicked,
            self.listing,
            [self.list, self.listing, self.chosen, *self.card_fields, self.said],
            **QUIET,
        ).then(None, js=events.shown())
        self.save.click(
            self._save,
            [self.chosen, self.title, self.kind, self.date, self.level],
            [self.said, self.about],
            **QUIET,
        ).then(self._list, self.listing, self.list, **QUIET)
        self.show.click(self._preview, self.chosen, self.preview, **QUIET)
        self.preview.click(self._leaf, None, self.preview, **QUIET)
        self.replace.upload(
            self._replace,
            [self.replace, self.chosen],
            [self.said, self.batch, self.timer, self.replacing],
            preprocess=False,
            **QUIET,
        )
        self.remove.click(self._warn, self.chosen, [self.confirm, self.warning], **QUIET).then(
            None, js=events.shown("removal")
        )
        self.keep.click(lambda: gr.Column(visible=False), None, self.confirm, **QUIET)
        self.sure.click(
            self._remove, self.chosen, [self.said, self.chosen, *self.card_fields], **QUIET
        ).then(self._list, self.listing, self.list, **QUIET)

    def on_select(self, tab: gr.Tab, removed: Any) -> None:
        """The list as it stands, and a batch that may be under way.

        ``removed``: the event after which the sample community is gone.
        """
        parts = [self.list, self.batch, self.timer]
        tab.select(self._opened, self.listing, parts, **QUIET)
        removed.then(self._gone, self.listing, [self.list, *self.card_fields], **QUIET)

    # --- events ------------------------------------------------------------------------------

    def _upload(self, payload: Any, level: str, request: gr.Request) -> tuple[Any, ...]:
        files = given(payload, Path(get_upload_folder()))
        if not files:
            return None, "", gr.Timer(active=False)
        batch = self.workspace.uploads.add(files, {"level": level}, person_of(request))
        return None, batch_html(batch, self.language), gr.Timer(active=True)

    def _opened(self, listing: Listing, request: gr.Request) -> tuple[Any, ...]:
        return self._list(listing), *self._tick(request)

    def _tick(self, request: gr.Request) -> tuple[Any, ...]:
        batch = self.workspace.uploads.latest(person_of(request))
        running = batch is not None and batch.running
        return batch_html(batch, self.language), gr.Timer(active=running)

    def _refresh_when_done(
        self, listing: Listing, chosen: str | None, replacing: int | None
    ) -> tuple[Any, ...]:
        """The list, and of a document replaced what is known of it now."""
        card = (gr.skip(),) * len(self.card_fields)
        latest = self.workspace.uploads.latest()
        if latest is not None and latest.running:
            return gr.skip(), gr.skip(), gr.skip(), *card
        if replacing is None:  # what is being typed in the card stays
            return self._list(listing), None, gr.skip(), *card
        return self._list(listing), None, self._replaced(replacing), *self._card(chosen)

    def _replaced(self, number: int) -> str:
        """That it was done; why it was not stands with the batch."""
        batch = self.workspace.uploads.get(number)
        if batch is None or batch.report is None or batch.report.to_dict(self.language)["failed"]:
            return ""
        return notice(self.say("ui.documents.replaced", name=batch.names[0]), "done", self.language)

    def _cancel(self, event: gr.EventData) -> str:
        number = int((event._data or {}).get("batch") or 0)
        self.workspace.uploads.cancel(number)
        return batch_html(self.workspace.uploads.get(number), self.language)

    def _list(self, listing: Listing) -> str:
        samples = frozenset(document.id for document in self.workspace.samples())
        documents = self.workspace.library.documents()
        if len(samples) == len(documents):
            samples = frozenset()  # the banner says it of all of them
        return list_html(documents, listing, self.language, samples)

    def _search(self, text: str, listing: Listing) -> tuple[str, Listing]:
        listing = replace(listing, search=text or "", page=0)
        return self._list(listing), listing

    def _clicked(self, listing: Listing, event: gr.EventData) -> tuple[Any, ...]:
        """A row, a column's head, or another page of the list."""
        data = dict(event._data or {})
        unchanged = (gr.skip(),) * (len(self.card_fields) + 2)
        if data.get("act") == "sort":
            listing = listing.by(str(data.get("key")))
        elif data.get("act") == "page":
            listing = replace(listing, page=max(0, int(data.get("page") or 0)))
        else:
            chosen = str(data.get("id"))
            listing = replace(listing, chosen=chosen)
            return self._list(listing), listing, chosen, *self._card(chosen), ""
        return self._list(listing), listing, *unchanged

    def _card(self, chosen: str | None) -> tuple[Any, ...]:
        hidden = gr.Column(visible=False)
        document = self._document(chosen)
        if document is None:
            return hidden, gr.HTML(visible=True), "", None, "", None, "", hidden
        return (
            gr.Column(visible=True),
            gr.HTML(visible=False),
            document.title,
            document.kind,
            document.date or "",
            document.level,
            about(document, self.language),
            hidden,
        )

    def _document(self, chosen: str | None) -> Document | None:
        return next((one for one in self.workspace.library.documents() if one.id == chosen), None)

    def _save(self, chosen: str, title: str, kind: str, date: str, level: str) -> tuple[Any, ...]:
        changes = {"title": title, "kind": kind, "date": date, "level": level}
        try:
            document = self.workspace.correct(chosen, changes, self.language)
        except CopassistError as error:
            return problem(error, self.language), gr.skip()
        said = self.say("ui.documents.saved", title=document.title)
        return notice(said, "done", self.language), about(document, self.language)

    def _preview(self, chosen: str) -> str:
        return preview(self.workspace, chosen, None, self.language)

    def _leaf(self, event: gr.EventData) -> Any:
        data = dict(event._data or {})
        if data.get("act") != "leaf":
            return gr.skip()
        return preview(self.workspace, str(data["name"]), int(data["page"]), self.language)

    def _replace(self, payload: Any, chosen: str, request: gr.Request) -> tuple[Any, ...]:
        """Another file in a document's place: what it was called and corrected to be stays."""
        document = self._document(chosen)
        one = payload[0] if isinstance(payload, list) else payload
        if document is None or not one:
            return (gr.skip(),) * 4
        name = str(one.get("orig_name") or one["path"])
        if not same_type(name, document.path):
            suffix = PurePosixPath(document.path).suffix
            said = self.say(
                "ui.documents.replace_type", given=name, path=document.path, suffix=suffix
            )
            return notice(said, "problem", self.language), *(gr.skip(),) * 3
        files = replacement(one, Path(get_upload_folder()), document)
        batch = self.workspace.uploads.add(files, {"level": document.level}, person_of(request))
        said = self.say("ui.documents.replacing", title=document.title, given=name)
        return (
            notice(said, "info", self.language),
            batch_html(batch, self.language),
            gr.Timer(active=True),
            batch.id,
        )

    def _warn(self, chosen: str) -> tuple[Any, ...]:
        try:
            consequences = self.workspace.consequences(chosen)
        except CopassistError as error:
            return gr.Column(visible=True), problem(error, self.language)
        return gr.Column(visible=True), warning(consequences, self.language)

    def _remove(self, chosen: str) -> tuple[Any, ...]:
        try:
            document = self.workspace.remove(chosen)
        except CopassistError as error:
            return problem(error, self.language), None, *self._card(None)
        said = self.say("ui.documents.removed", title=document.title)
        return notice(said, "done", self.language), None, *self._card(None)

    def _gone(self, listing: Listing) -> tuple[Any, ...]:
        return self._list(listing), *self._card(None)
