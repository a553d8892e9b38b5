"""What the Documents tab says: of a batch of files, of a document, of what removing it does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any, Final

from copassist.errors import CopassistError
from copassist.notes import describe
from copassist.passages import Document
from copassist.sourceview import open_source
from copassist.ui import source
from copassist.ui.markup import busy, button, day, link, local_day, notice, problem
from copassist.uploads import Batch, Given
from copassist.words import words
from copassist.workspace import Consequences, Workspace

_DAY: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
TAKEN_IN: Final = ("added", "replaced", "unchanged")
OUTCOMES: Final = (*TAKEN_IN, "removed")


def given(payload: Sequence[Mapping[str, Any]] | None, folder: Path) -> list[Given]:
    """Files as the browser names them; what does not lie in ``folder`` was never uploaded."""
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
    counted, done, total = progress.stage
    key = "ui.documents.reading" if counted == "files" else "ui.documents.embedding"
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
    read = sum(len(report[kind]) for kind in (*TAKEN_IN, "duplicate"))
    summary = say(
        "ui.documents.summary",
        read=read,
        failed=len(report["failed"]),
        passages=report["passages"],
    )
    kind = "problem" if report["failed"] else "done"
    stopped = notice(say("ui.documents.stopped"), "info", language) if cancelled else ""
    # it scrolls once it is long: from the keyboard too, as it can be focused
    listed = f'<ul class="cop-outcomes" tabindex="0">{"".join(lines)}</ul>'
    return f"{stopped}{notice(summary, kind, language)}{listed}"


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
        added=local_day(document.added, language),
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
    """The file that takes a document's place, to be ingested under the document's name."""
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
