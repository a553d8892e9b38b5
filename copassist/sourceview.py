"""A source opened at a passage: a page of a PDF, or the text around it, with the words marked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from copassist.citations import find_quote
from copassist.errors import DamagedFileError
from copassist.library import Library
from copassist.passages import Document, Passage
from copassist.pdfpages import Box, page_count, quote_boxes

AROUND: Final = 30
"""Passages shown before and after the one opened: several screens, quick for any length."""


@dataclass(frozen=True, slots=True)
class Part:
    """A passage as shown: ``mark`` is the quote's place in ``text``."""

    passage: Passage
    new_headings: tuple[str, ...] = ()
    """Headings that begin here, innermost last."""
    opened: bool = False
    mark: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class SourceView:
    """What the viewer shows of a document."""

    document: Document
    number: int
    """The passage opened."""
    last: int
    """The document's last passage."""
    parts: tuple[Part, ...] = ()
    page: int | None = None
    """The PDF page shown, from 1."""
    pages: int = 0
    boxes: tuple[Box, ...] = ()
    """The words marked on the page."""


def open_source(  # noqa: PLR0913, PLR0917  # what a place in a document is
    library: Library,
    name: str,
    number: int = 0,
    quote: str | None = None,
    page: int | None = None,
    community: str | None = None,
) -> SourceView:
    """A document (by id or path) opened at passage ``number``, ``quote`` marked in it.

    ``page`` leafs to another page of a PDF; ``community`` is the settings' by default. Raises
    :class:`~copassist.errors.DocumentNotFoundError`, also where it was removed meanwhile.
    """
    document = library.catalogue.document(community or library.settings.community, name)
    passages = library.catalogue.version_passages(document.version)
    number = min(max(number, 0), len(passages) - 1)
    view = SourceView(document, number, len(passages) - 1, _parts(passages, number, quote))
    if not document.path.lower().endswith(".pdf") or not passages:
        return view
    return _on_page(library.original(document), view, passages[number], quote, page)


def _parts(passages: list[Passage], number: int, quote: str | None) -> tuple[Part, ...]:
    first = max(0, number - AROUND)
    shown: list[Part] = []
    before: tuple[str, ...] = ()
    for passage in passages[first : number + AROUND + 1]:
        opened = passage.number == number
        shown.append(
            Part(
                passage=passage,
                new_headings=_new_headings(before, passage.locator.headings),
                opened=opened,
                mark=find_quote(quote, passage.text) if opened and quote else None,
            )
        )
        before = passage.locator.headings
    return tuple(shown)


def _new_headings(before: tuple[str, ...], now: tuple[str, ...]) -> tuple[str, ...]:
    shared = 0
    for one, other in zip(before, now, strict=False):
        if one != other:
            break
        shared += 1
    return now[shared:]


def _on_page(
    path: Path, view: SourceView, opened: Passage, quote: str | None, page: int | None
) -> SourceView:
    own = opened.locator.page
    shown = page or own
    if shown is None:
        return view
    boxes: tuple[Box, ...] = ()
    try:
        pages = page_count(path)
        shown = min(max(shown, 1), pages)
        if shown == own:
            boxes = quote_boxes(path, shown, quote or opened.text)
    except DamagedFileError:  # the text that was read of it is still there
        return view
    parts = tuple(part for part in view.parts if part.passage.locator.page == shown)
    return replace(view, parts=parts, page=shown, pages=pages, boxes=boxes)
