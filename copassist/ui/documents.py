"""Documents: what the library holds, what goes in, what is corrected and what is taken away."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

import gradio as gr
from gradio.utils import get_upload_folder

from copassist.errors import CopassistError
from copassist.notes import describe
from copassist.passages import KINDS, LEVELS, Document
from copassist.sourceview import open_source
from copassist.ui import source
from copassist.ui.ask import panel
from copassist.ui.markup import busy, button, day, link, notice, problem
from copassist.uploads import Batch, Given
from copassist.words import words
from copassist.workspace import Consequences, Workspace

TICK: Final = 0.7
"""Seconds between two looks at a batch under way."""
OUTCOMES: Final = ("added", "replaced", "unchanged", "removed")
FILE_COLUMN: Final = 5


# --- plain functions -------------------------------------------------------------------------


def rows(documents: Sequence[Document], language: str) -> list[list[Any]]:
    """The table: latest session first, undated last; the file's name tells rows apart."""
    say = words(language)
    by_title = sorted(documents, key=lambda document: document.title.casefold())
    latest = sorted(by_title, key=lambda document: document.date or "", reverse=True)
    return [
        [
            document.title,
            say(f"ui.kind.{document.kind}"),
            document.date or "",
            document.passages,
            say(f"ui.level.{document.level}"),
            document.path,
        ]
        for document in latest
    ]


def matching(documents: Sequence[Document], text: str | None, language: str) -> list[Document]:
    """Those whose title, file, date or kind hold every word of ``text``, accents apart."""
    say = words(language)
    wanted = _folded(text or "").split()
    found = []
    for document in documents:
        kind = say(f"ui.kind.{document.kind}")
        held = _folded(f"{document.title} {document.path} {document.date} {kind}")
        if all(word in held for word in wanted):
            found.append(document)
    return found


def _folded(text: str) -> str:
    """Without accents or capitals."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def headers(language: str) -> list[str]:
    say = words(language)
    return [
        say(f"ui.documents.column_{name}")
        for name in ("title", "kind", "date", "passages", "level", "file")
    ]


def choices(documents: Sequence[Document]) -> list[tuple[str, str]]:
    """Documents to choose from, by title and file."""
    named = sorted(documents, key=lambda document: document.title.casefold())
    return [(f"{document.title} ({document.path})", document.id) for document in named]


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
        return outcome(batch.report.to_dict(language), batch.cancelled, language)
    return under_way(batch, language)


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


def about(document: Document, language: str) -> str:
    """What is known of a document beyond the fields that can be corrected."""
    say = words(language)
    doubts = "".join(f"<li>{escape(describe(note, language))}</li>" for note in document.notes)
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
    download = link(source.original_address(document.id), say("ui.source.download"), download=True)
    return f"<p>{escape(facts)}</p>{listed}<p>{download}</p>"


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


def preview(workspace: Workspace, name: str, page: int | None, language: str) -> str:
    """The document from its beginning."""
    try:
        return source.viewer(open_source(workspace.library, name, page=page), language)
    except CopassistError as error:
        return problem(error, language)


def sample_banner(workspace: Workspace, language: str) -> str:
    """Says which documents are fictional."""
    count = len(workspace.samples())
    if not count:
        return ""
    return notice(words(language)("ui.documents.samples", count=count), "info", language)


# --- the tab ---------------------------------------------------------------------------------


class DocumentsTab:
    """The tab's components; wiring them is all this class does."""

    def __init__(self, workspace: Workspace, language: str) -> None:
        self.workspace = workspace
        self.language = language
        self.say = words(language)
        self._build_samples()
        self._build_upload()
        self._build_list()
        self._build_corrections()
        self._wire()

    def _build_samples(self) -> None:
        with gr.Row(visible=False, elem_classes="cop-samples") as self.samples:
            self.samples_text = gr.HTML("")
            self.samples_remove = gr.Button(
                self.say("ui.documents.samples_remove"), size="sm", variant="stop", scale=0
            )

    def _build_upload(self) -> None:
        say = self.say
        with gr.Row():
            with gr.Column(scale=3, min_width=300):
                self.files = gr.File(
                    label=say("ui.documents.upload"),
                    file_count="multiple",
                    height=150,
                    elem_id="upload",
                )
            with gr.Column(scale=2, min_width=260):
                gr.HTML(f'<p class="cop-help">{escape(say("ui.documents.upload_help"))}</p>')
                self.upload_level = gr.Dropdown(
                    self._levels(), value="members", label=say("ui.documents.upload_level")
                )
        self.batch = panel("", False, "batch")
        self.timer = gr.Timer(TICK, active=False)

    def _build_list(self) -> None:
        say = self.say
        gr.HTML(f"<h2>{escape(say('ui.documents.list'))}</h2>")
        self.empty = gr.HTML(
            f'<p class="cop-empty">{escape(say("ui.documents.empty"))}</p>', visible=False
        )
        self.search = gr.Textbox(
            label=say("ui.documents.search"), max_lines=1, elem_id="search-documents"
        )
        self.table = gr.Dataframe(
            headers=headers(self.language),
            datatype=["str", "str", "str", "number", "str", "str"],
            interactive=False,
            type="array",
            label=say("ui.documents.list"),
            show_label=False,
            max_height=420,
            wrap=True,
            column_widths=["380px", "140px", "120px", "100px", "110px", "330px"],
            elem_id="documents",
            buttons=[],
        )

    def _build_corrections(self) -> None:
        say = self.say
        kinds = [(say(f"ui.kind.{kind}"), kind) for kind in KINDS]
        self.chosen = gr.Dropdown(
            [],
            label=say("ui.documents.choose"),
            info=say("ui.documents.choose_help"),
            value=None,
            filterable=True,
            elem_id="chosen",
        )
        with gr.Group(visible=False, elem_classes="cop-group") as self.card:
            with gr.Row():
                with gr.Column(scale=3, min_width=300):
                    self.title = gr.Textbox(label=say("ui.documents.column_title"), max_lines=2)
                    with gr.Row():
                        self.kind = gr.Dropdown(kinds, label=say("ui.documents.column_kind"))
                        self.date = gr.Textbox(
                            label=say("ui.documents.date"),
                            placeholder=say("ui.documents.date_placeholder"),
                            max_lines=1,
                        )
                        self.level = gr.Dropdown(
                            self._levels(), label=say("ui.documents.column_level")
                        )
                with gr.Column(scale=2, min_width=260):
                    self.about = gr.HTML("", padding=True)
            with gr.Row():
                self.save = gr.Button(say("ui.documents.save"), variant="primary", size="sm")
                self.show = gr.Button(say("ui.documents.preview"), size="sm")
                self.remove = gr.Button(say("ui.documents.remove"), variant="stop", size="sm")
            with gr.Group(visible=False, elem_classes="cop-group") as self.confirm:
                self.warning = gr.HTML("", padding=True)
                with gr.Row():
                    self.sure = gr.Button(say("ui.documents.sure"), variant="stop", size="sm")
                    self.keep = gr.Button(say("ui.documents.keep"), size="sm")
        self.said = gr.HTML("", elem_id="said")
        self.preview = panel("", False, "preview")

    def _levels(self) -> list[tuple[str, str]]:
        return [(self.say(f"ui.level.{level}"), level) for level in LEVELS]

    def _wire(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden"}
        held = [self.table, self.empty, self.chosen, self.samples, self.samples_text]
        asked = [self.chosen, self.search]
        self.search.change(
            self._search, self.search, self.table, trigger_mode="always_last", **quiet
        )
        card = [
            self.card,
            self.title,
            self.kind,
            self.date,
            self.level,
            self.about,
            self.confirm,
            self.preview,
        ]
        self.files.upload(
            self._upload,
            [self.files, self.upload_level],
            [self.files, self.batch, self.timer],
            preprocess=False,
            **quiet,
        )
        self.timer.tick(self._tick, None, [self.batch, self.timer], **quiet).success(
            self._refresh_when_done, asked, held, **quiet
        )
        self.batch.click(self._cancel, None, self.batch, **quiet)
        self.table.select(self._select, None, self.chosen, **quiet)
        self.chosen.change(self._show_card, self.chosen, card, **quiet)
        self.save.click(
            self._save,
            [self.chosen, self.title, self.kind, self.date, self.level],
            self.said,
            **quiet,
        ).then(self._held, asked, held, **quiet)
        self.show.click(self._preview, self.chosen, self.preview, **quiet)
        self.preview.click(self._leaf, None, self.preview, **quiet)
        self.remove.click(self._warn, self.chosen, [self.confirm, self.warning], **quiet)
        self.keep.click(lambda: gr.Group(visible=False), None, self.confirm, **quiet)
        self.sure.click(self._remove, self.chosen, [self.said, self.chosen], **quiet).then(
            self._held, asked, held, **quiet
        )
        self.samples_remove.click(self._remove_samples, None, self.said).then(
            self._held, asked, held, **quiet
        )
        self.held = held

    def on_load(self, page: gr.Blocks) -> None:
        """What the page asks when it opens: the list, and a batch that may be under way."""
        page.load(self._held, [self.chosen, self.search], self.held, show_progress="hidden")
        page.load(self._tick, None, [self.batch, self.timer], show_progress="hidden")

    # --- events ------------------------------------------------------------------------------

    def _upload(self, payload: Any, level: str) -> tuple[Any, ...]:
        files = given(payload, Path(get_upload_folder()))
        if not files:
            return None, "", gr.Timer(active=False)
        batch = self.workspace.uploads.add(files, {"level": level})
        return None, batch_html(batch, self.language), gr.Timer(active=True)

    def _tick(self) -> tuple[Any, ...]:
        batch = self.workspace.uploads.latest()
        running = batch is not None and batch.running
        return batch_html(batch, self.language), gr.Timer(active=running)

    def _search(self, text: str) -> Any:
        found = matching(self.workspace.library.documents(), text, self.language)
        return gr.Dataframe(value=rows(found, self.language))

    def _refresh_when_done(self, chosen: str | None, search: str) -> Any:
        batch = self.workspace.uploads.latest()
        if batch is not None and batch.running:
            return tuple(gr.skip() for _ in self.held)
        return self._held(chosen, search)

    def _cancel(self, event: gr.EventData) -> str:
        number = int((event._data or {}).get("batch") or 0)
        self.workspace.uploads.cancel(number)
        return batch_html(self.workspace.uploads.get(number), self.language)

    def _held(self, chosen: str | None, search: str) -> tuple[Any, ...]:
        documents = self.workspace.library.documents()
        found = matching(documents, search, self.language)
        known = {document.id for document in documents}
        banner = sample_banner(self.workspace, self.language)
        return (
            gr.Dataframe(value=rows(found, self.language), visible=bool(documents)),
            gr.HTML(visible=not documents),
            gr.Dropdown(choices=choices(documents), value=chosen if chosen in known else None),
            gr.Row(visible=bool(banner)),
            banner,
        )

    def _select(self, event: gr.SelectData) -> Any:
        path = str(event.row_value[FILE_COLUMN]) if event.row_value else ""
        found = [one.id for one in self.workspace.library.documents() if one.path == path]
        return found[0] if found else gr.skip()

    def _show_card(self, chosen: str | None) -> tuple[Any, ...]:
        hidden = gr.Group(visible=False)
        document = self._document(chosen)
        if document is None:
            return hidden, "", None, "", None, "", hidden, ""
        return (
            gr.Group(visible=True),
            document.title,
            document.kind,
            document.date or "",
            document.level,
            about(document, self.language),
            hidden,
            "",
        )

    def _document(self, chosen: str | None) -> Document | None:
        return next((one for one in self.workspace.library.documents() if one.id == chosen), None)

    def _save(self, chosen: str, title: str, kind: str, date: str, level: str) -> str:
        changes = {"title": title, "kind": kind, "date": date, "level": level}
        try:
            document = self.workspace.correct(chosen, changes, self.language)
        except CopassistError as error:
            return problem(error, self.language)
        return notice(self.say("ui.documents.saved", title=document.title), "done", self.language)

    def _preview(self, chosen: str) -> str:
        return preview(self.workspace, chosen, None, self.language)

    def _leaf(self, event: gr.EventData) -> Any:
        data = dict(event._data or {})
        if data.get("act") != "leaf":
            return gr.skip()
        return preview(self.workspace, str(data["name"]), int(data["page"]), self.language)

    def _warn(self, chosen: str) -> tuple[Any, ...]:
        try:
            consequences = self.workspace.consequences(chosen)
        except CopassistError as error:
            return gr.Group(visible=True), problem(error, self.language)
        return gr.Group(visible=True), warning(consequences, self.language)

    def _remove(self, chosen: str) -> tuple[Any, ...]:
        try:
            document = self.workspace.remove(chosen)
        except CopassistError as error:
            return problem(error, self.language), None
        said = self.say("ui.documents.removed", title=document.title)
        return notice(said, "done", self.language), None

    def _remove_samples(self) -> str:
        count = self.workspace.remove_samples()
        return notice(self.say("ui.documents.samples_removed", count=count), "done", self.language)
