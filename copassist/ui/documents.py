"""Documents: what the library holds, what goes in, what is corrected and what is taken away."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any, Final

import gradio as gr
from gradio.utils import get_upload_folder

from copassist.errors import CopassistError
from copassist.notes import describe
from copassist.passages import KINDS, LEVELS, Document
from copassist.sourceview import open_source
from copassist.ui import source
from copassist.ui.documentlist import Listing, list_html
from copassist.ui.markup import busy, button, day, link, notice, problem
from copassist.ui.panels import panel
from copassist.uploads import Batch, Given
from copassist.words import words
from copassist.workspace import Consequences, Workspace

TICK: Final = 0.7
"""Seconds between two looks at a batch under way."""
_DAY: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
OUTCOMES: Final = ("added", "replaced", "unchanged", "removed")
SHOW_CARD: Final = """() => {
  const card = document.getElementById(window.copGoes || '');
  window.copGoes = '';
  if (!card) return;
  card.querySelector('h2')?.focus({ preventScroll: true });
  const top = card.getBoundingClientRect().top;
  if (top < 0 || top > innerHeight / 2) card.scrollIntoView({ block: 'start' });
}"""
"""What is known of the document chosen, brought into view where it is not: on a phone."""


# --- plain functions -------------------------------------------------------------------------


def given(payload: Sequence[Mapping[str, Any]] | None, folder: Path) -> list[Given]:
    """Files as the browser sent them; what does not lie in ``folder`` is nobody's upload."""
    files = []
    for one in payload or ():
        path = Path(str(one["path"])).resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file():
            files.append(Given(path, str(one.get("orig_name") or path.name)))
    return files


def batch_html(batch: Batch | None, language: str) -> str:
    """How far a batch is, or what became of each of its files."""
    if batch is None:
        return ""
    if batch.error is not None:
        return problem(batch.error, language)
    if batch.report is not None:
        told = outcome(batch.report.to_dict(language), batch.cancelled, language)
    else:
        told = under_way(batch, language)
    return f'<div data-batch="{batch.id}">{told}</div>'


def under_way(batch: Batch, language: str) -> str:
    """A progress bar and the same in words."""
    say = words(language)
    progress = batch.progress
    if progress is None:
        return busy(say("ui.documents.starting", count=len(batch.names)))
    reading = progress.files < progress.files_total
    done, total = (
        (progress.files, progress.files_total)
        if reading or not progress.passages
        else (progress.embedded, progress.passages)
    )
    key = "ui.documents.reading" if reading else "ui.documents.embedding"
    line = say(key, done=done, total=total, name=progress.name)
    return (
        f'{busy(line)}<progress max="{max(total, 1)}" value="{done}" '
        f'aria-label="{escape(say("ui.documents.progress"))}"></progress>'
        f"{button('cancel', say('ui.documents.stop'), 'quiet', batch=batch.id)}"
    )


def outcome(report: Mapping[str, Any], cancelled: bool, language: str) -> str:
    """What became of each file, failures first."""
    say = words(language)
    lines = [
        _line("failed", one["path"], f"{one['reason']} {one['hint']}", language)
        for one in report["failed"]
    ]
    lines += [
        _line("duplicate", one["path"], say("ui.documents.duplicate_of", name=one["of"]), language)
        for one in report["duplicate"]
    ]
    lines += [_line(kind, name, "", language) for kind in OUTCOMES for name in report[kind]]
    good = sum(len(report[kind]) for kind in OUTCOMES) + len(report["duplicate"])
    summary = say(
        "ui.documents.summary",
        good=good,
        failed=len(report["failed"]),
        passages=report["passages"],
    )
    kind = "problem" if report["failed"] else "done"
    stopped = notice(say("ui.documents.stopped"), "info", language) if cancelled else ""
    return (
        f'{stopped}{notice(summary, kind, language)}<ul class="cop-outcomes">{"".join(lines)}</ul>'
    )


def _line(kind: str, name: str, more: str, language: str) -> str:
    word = words(language)(f"ui.outcome.{kind}")
    said = f"<br>{escape(more)}" if more else ""
    return (
        f'<li class="cop-{kind}"><strong>{escape(word)}</strong> '
        f"<span>{escape(name)}</span>{said}</li>"
    )


def doubt(kept: str, language: str) -> str:
    """A note about a document, its days as a reader writes them."""
    return _DAY.sub(lambda found: day(found[0], language), describe(kept, language))


def about(document: Document, language: str) -> str:
    """What is known of a document beyond the fields that can be corrected."""
    say = words(language)
    doubts = "".join(f"<li>{escape(doubt(note, language))}</li>" for note in document.notes)
    also = "".join(
        f"<li>{escape(say('ui.documents.also', name=name))}</li>" for name in document.also
    )
    facts = say(
        "ui.documents.facts",
        name=document.path,
        passages=document.passages,
        kilobytes=max(1, round(document.bytes / 1024)),
        added=day(document.added[:10], language),
    )
    listed = f"<ul>{doubts}{also}</ul>" if doubts or also else ""
    address = source.original_address(document.id)
    download = link(address, say("ui.source.download"), download=True)
    return (
        f'<h2 class="cop-card-title" tabindex="-1">{escape(document.title)}</h2>'
        f'<p class="cop-where">{escape(facts)}</p>{listed}<p class="cop-actions">{download}</p>'
    )


def warning(consequences: Consequences, language: str) -> str:
    """What removal takes away, before it is confirmed."""
    say = words(language)
    said = say(
        "ui.documents.consequences",
        title=consequences.document.title,
        passages=consequences.passages,
        decisions=consequences.decisions,
        actions=consequences.actions,
    )
    if consequences.document.also:
        names = ", ".join(consequences.document.also)
        said += " " + say("ui.documents.consequences_names", names=names)
    if consequences.members:
        said += " " + say("ui.documents.consequences_members", count=consequences.members)
    return notice(said, "problem", language)


def replacement(payload: Mapping[str, Any] | None, folder: Path, document: Document) -> list[Given]:
    """The file that takes a document's place: it is taken in under the document's own name."""
    return [Given(one.path, document.path) for one in given([payload] if payload else [], folder)]


def same_type(given_name: str, path: str) -> bool:
    """Whether both names end alike: a name that says .docx must not hold a PDF."""
    return PurePosixPath(given_name).suffix.lower() == PurePosixPath(path).suffix.lower()


def preview(workspace: Workspace, name: str, page: int | None, language: str) -> str:
    """The document from its beginning."""
    try:
        return source.viewer(open_source(workspace.library, name, page=page), language)
    except CopassistError as error:
        return problem(error, language)


# --- the tab ---------------------------------------------------------------------------------


class DocumentsTab:
    """The tab's components; wiring them is all this class does."""

    def __init__(self, workspace: Workspace, language: str) -> None:
        self.workspace = workspace
        self.language = language
        self.say = words(language)
        self.listing = gr.State(Listing())
        self.chosen = gr.State(None)
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
                    self._levels(), value="members", label=say("ui.documents.upload_level")
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
            with gr.Column(visible=False, elem_classes="cop-confirm") as self.confirm:
                self.warning = gr.HTML("", padding=False)
                with gr.Row(elem_classes="cop-row-buttons"):
                    self.sure = gr.Button(say("ui.documents.sure"), variant="stop", size="sm")
                    self.keep = gr.Button(say("ui.documents.keep"), size="sm")

    def _levels(self) -> list[tuple[str, str]]:
        return [(self.say(f"ui.level.{level}"), level) for level in LEVELS]

    def _wire(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden"}
        looked = [self.list, self.listing]
        self.search.change(
            self._search, [self.search, self.listing], looked, trigger_mode="always_last", **quiet
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
            **quiet,
        )
        self.timer.tick(self._tick, None, [self.batch, self.timer], **quiet).success(
            self._refresh_when_done, self.listing, self.list, **quiet
        )
        self.batch.click(self._cancel, None, self.batch, **quiet)
        self.list.click(
            self._clicked,
            self.listing,
            [self.list, self.listing, self.chosen, *self.card_fields, self.said],
            **quiet,
        ).then(None, js=SHOW_CARD)
        self.save.click(
            self._save,
            [self.chosen, self.title, self.kind, self.date, self.level],
            [self.said, self.about],
            **quiet,
        ).then(self._list, self.listing, self.list, **quiet)
        self.show.click(self._preview, self.chosen, self.preview, **quiet)
        self.preview.click(self._leaf, None, self.preview, **quiet)
        self.replace.upload(
            self._replace,
            [self.replace, self.chosen],
            [self.said, self.batch, self.timer],
            preprocess=False,
            **quiet,
        )
        self.remove.click(self._warn, self.chosen, [self.confirm, self.warning], **quiet)
        self.keep.click(lambda: gr.Column(visible=False), None, self.confirm, **quiet)
        self.sure.click(
            self._remove, self.chosen, [self.said, self.chosen, *self.card_fields], **quiet
        ).then(self._list, self.listing, self.list, **quiet)

    def on_select(self, tab: gr.Tab, removed: Any) -> None:
        """The list as it stands, and a batch that may be under way.

        ``removed``: the event after which the sample community is gone.
        """
        quiet: dict[str, Any] = {"show_progress": "hidden"}
        parts = [self.list, self.batch, self.timer]
        tab.select(self._opened, self.listing, parts, **quiet)
        removed.then(self._gone, self.listing, [self.list, self.said, *self.card_fields], **quiet)

    # --- events ------------------------------------------------------------------------------

    def _upload(self, payload: Any, level: str) -> tuple[Any, ...]:
        files = given(payload, Path(get_upload_folder()))
        if not files:
            return None, "", gr.Timer(active=False)
        batch = self.workspace.uploads.add(files, {"level": level})
        return None, batch_html(batch, self.language), gr.Timer(active=True)

    def _opened(self, listing: Listing) -> tuple[Any, ...]:
        return self._list(listing), *self._tick()

    def _tick(self) -> tuple[Any, ...]:
        batch = self.workspace.uploads.latest()
        running = batch is not None and batch.running
        return batch_html(batch, self.language), gr.Timer(active=running)

    def _refresh_when_done(self, listing: Listing) -> Any:
        batch = self.workspace.uploads.latest()
        if batch is not None and batch.running:
            return gr.skip()
        return self._list(listing)

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

    def _replace(self, payload: Any, chosen: str) -> tuple[Any, ...]:
        """Another file in a document's place: what it was called and corrected to be stays."""
        document = self._document(chosen)
        one = payload[0] if isinstance(payload, list) else payload
        if document is None or not one:
            return gr.skip(), gr.skip(), gr.skip()
        name = str(one.get("orig_name") or one["path"])
        if not same_type(name, document.path):
            suffix = PurePosixPath(document.path).suffix
            said = self.say(
                "ui.documents.replace_type", given=name, path=document.path, suffix=suffix
            )
            return notice(said, "problem", self.language), gr.skip(), gr.skip()
        files = replacement(one, Path(get_upload_folder()), document)
        batch = self.workspace.uploads.add(files, {"level": document.level})
        said = self.say("ui.documents.replacing", title=document.title, given=name)
        return (
            notice(said, "info", self.language),
            batch_html(batch, self.language),
            gr.Timer(active=True),
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
        said = notice(self.say("ui.documents.samples_removed"), "done", self.language)
        return self._list(listing), said, *self._card(None)
