"""The list of documents: searched, sorted, a page at a time, as a table whose rows open them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Final

from copassist.analysis import fold
from copassist.passages import LEVELS, Document
from copassist.ui.markup import button, day
from copassist.words import words

PAGE: Final = 25
"""Documents listed at once: two screens; thousands cost no more than these."""
SORTS: Final = ("date", "title", "kind", "level")
"""What the list can be sorted by."""


@dataclass(frozen=True, slots=True)
class Listing:
    """How the list is looked at: words sought, column sorted by, page (from 0), document chosen."""

    search: str = ""
    sort: str = "date"
    reverse: bool = True
    page: int = 0
    chosen: str | None = None

    def by(self, key: str) -> Listing:
        """Sorted by ``key``; the other way round if it already was."""
        reverse = not self.reverse if key == self.sort else key == "date"
        return replace(self, sort=key if key in SORTS else self.sort, reverse=reverse, page=0)


def ordered(documents: Sequence[Document], listing: Listing, language: str) -> list[Document]:
    """Documents in the order asked for; those without a date last, whichever way."""
    say = words(language)
    by_title = sorted(documents, key=lambda document: fold(document.title))
    if listing.sort == "date":
        dated = [document for document in by_title if document.date]
        dated.sort(key=lambda document: document.date or "", reverse=listing.reverse)
        return dated + [document for document in by_title if not document.date]
    keys: dict[str, Callable[[Document], str]] = {
        "title": lambda document: fold(document.title),
        "kind": lambda document: fold(say(f"ui.kind.{document.kind}")),
        "level": lambda document: str(LEVELS.index(document.level)),
    }
    return sorted(by_title, key=keys[listing.sort], reverse=listing.reverse)


def list_html(
    documents: Sequence[Document], listing: Listing, language: str, samples: frozenset[str]
) -> str:
    """One page of the documents found, as a table whose rows open them."""
    say = words(language)
    if not documents:
        return f'<p class="cop-empty">{escape(say("ui.documents.empty"))}</p>'
    found = matching(documents, listing.search, language)
    if not found:
        return f'<p class="cop-empty">{escape(say("ui.documents.none_found"))}</p>'
    first = min(listing.page, (len(found) - 1) // PAGE) * PAGE
    shown = ordered(found, listing, language)[first : first + PAGE]
    rows = "".join(_row(one, listing.chosen, one.id in samples, language) for one in shown)
    heads = "".join(_head(key, listing, language) for key in ("title", "kind", "date", "level"))
    counted = say("ui.documents.shown", first=first + 1, last=first + len(shown), count=len(found))
    turns = "".join(
        button("page", say(f"ui.documents.{key}"), "plain", page=first // PAGE + step)
        for key, step, there in (
            ("before", -1, first > 0),
            ("after", 1, first + PAGE < len(found)),
        )
        if there
    )
    return (
        f'<table class="cop-list"><caption class="cop-unseen">{escape(say("ui.documents.list"))}'
        f"</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f'<p class="cop-foot" role="status"><span>{escape(counted)}</span> {turns}</p>'
    )


def _head(key: str, listing: Listing, language: str) -> str:
    say = words(language)
    name = say(f"ui.documents.column_{key}")
    state, sign = "none", ""
    if listing.sort == key:
        state, sign = ("descending", " ↓") if listing.reverse else ("ascending", " ↑")
    label = say("ui.documents.sort", name=name)
    sorts = button("sort", f"{name}{sign}", "quiet", {"aria-label": label}, key=key)
    return f'<th scope="col" aria-sort="{state}" class="cop-column-{key}">{sorts}</th>'


def _row(document: Document, chosen: str | None, sample: bool, language: str) -> str:
    say = words(language)
    tag = f' <span class="cop-tag">{escape(say("ui.documents.sample"))}</span>' if sample else ""
    pressed = {"aria-pressed": str(document.id == chosen).lower()}
    opens = button("choose", document.title, "row", pressed, id=document.id, goes="card")
    when = escape(day(document.date, language)) if document.date else "–"
    here = ' class="cop-chosen"' if document.id == chosen else ""
    return (
        f'<tr{here}><th scope="row">{opens}'
        f'<span class="cop-where">{_path(document.path)}{tag}</span></th>'
        f"<td>{escape(say(f'ui.kind.{document.kind}'))}</td><td>{when}</td>"
        f"<td>{escape(say(f'ui.level.{document.level}'))}</td></tr>"
    )


def _path(path: str) -> str:
    """A path on one line: where it is too long, the folder is cut."""
    folder, slash, file = path.rpartition("/")
    above = f'<span class="cop-folder">{escape(folder)}</span>{slash}' if folder else ""
    return f'<span class="cop-path" title="{escape(path)}">{above}' + (
        f'<span class="cop-file">{escape(file)}</span></span>'
    )


def matching(documents: Sequence[Document], text: str | None, language: str) -> list[Document]:
    """Those whose title, file, date or kind hold every word of ``text``."""
    say = words(language)
    return [
        one
        for one in documents
        if holds(
            f"{one.title} {one.path} {one.date} {day(one.date, language)}"
            f" {say(f'ui.kind.{one.kind}')}",
            text,
        )
    ]


def holds(text: str, sought: str | None) -> bool:
    """Whether ``text`` holds every word of ``sought``, accents, capitals and ligatures apart."""
    folded = fold(text)
    return all(word in folded for word in fold(sought or "").split())
