"""Small pieces of HTML that several tabs show. Everything that comes from a document is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from types import MappingProxyType
from typing import Any

from copassist.agendas.items import written_day
from copassist.errors import CopassistError
from copassist.words import unbroken, words


def day(iso: str | None, language: str) -> str:
    """A session date as a reader writes it; what is not a whole date stays as it is."""
    if iso is None:
        return words(language)("ui.undated")
    try:
        return written_day(iso, language)
    except ValueError:
        return iso


def local_time(utc: str) -> datetime:
    """A moment kept as ISO 8601 in UTC, by the clock of this computer."""
    return datetime.fromisoformat(utc).astimezone()


def local_day(utc: str, language: str) -> str:
    """The day of such a moment as a reader writes it: in Québec an evening is UTC's next day."""
    return day(local_time(utc).date().isoformat(), language)


def button(
    act: str,
    text: str,
    kind: str = "quiet",
    attributes: Mapping[str, str] = MappingProxyType({}),
    icon: str = "",
    /,
    **data: object,
) -> str:
    """A button whose click reaches Python with ``act`` and ``data`` (see ``panel.js``).

    ``attributes`` are more of HTML's, such as ``aria-label``; ``icon`` is HTML before the text.
    """
    named = {**attributes, **{f"data-{key}": str(value) for key, value in data.items()}}
    more = "".join(f' {name}="{escape(value)}"' for name, value in named.items())
    return (
        f'<button type="button" class="cop-button cop-{kind}" data-act="{act}"{more}>'
        f"{icon}{escape(text)}</button>"
    )


def link(
    address: str, text: str, kind: str = "quiet", download: bool = False, new: bool = False
) -> str:
    """A link that looks like :func:`button`; ``new`` opens it in a tab of its own."""
    more = (" download" if download else "") + (' target="_blank" rel="noopener"' if new else "")
    return f'<a class="cop-button cop-{kind}" href="{escape(address)}"{more}>{escape(text)}</a>'


def notice(text: str, kind: str, language: str) -> str:
    """A line that says how something went; its kind, of ``ui.notice``, is said in words too."""
    word = words(language)(f"ui.notice.{kind}")
    role = "alert" if kind == "problem" else "status"
    return (
        f'<p class="cop-notice cop-{kind}" role="{role}">'
        f"<strong>{escape(word)}</strong> {escape(unbroken(text))}</p>"
    )


def problem(error: CopassistError, language: str) -> str:
    """An error as a person reads it: what happened and what to do."""
    return notice(error.describe(language), "problem", language)


def busy(text: str) -> str:
    """A line that says what is under way."""
    return (
        '<p class="cop-busy" role="status"><span class="cop-spin" aria-hidden="true"></span>'
        f"{escape(text)}</p>"
    )


def community_name(community: str, language: str) -> str:
    """What a community is called; the default one, which nobody named, by our words."""
    return words(language)("ui.community") if community == "default" else community


def source_line(document: Mapping[str, Any], locator: str, language: str) -> str:
    """Kind, date and place of a source."""
    place = locator.replace(f"{document['title']} › ", "")  # the title is said above it
    # Of a guide nobody expects a date; of minutes, its absence is worth saying.
    dated = document["date"] or document["kind"] == "minutes"
    when = day(document["date"], language) if dated else ""
    pieces = [words(language)(f"ui.kind.{document['kind']}"), when, place]
    return escape(" · ".join(piece for piece in pieces if piece))
