"""Records that hold several sessions: a year's minutes in one document, newest first or last.

Many communities keep one document and go on writing in it, each session under a heading with its
day. Each section then is of its own session (``Locator.day``), and the record of the latest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from langchain_core.documents import Document

from copassist.dates import written_dates
from copassist.passages import QUOTED
from ingest.metadata import Metadata
from ingest.sessiondate import days_of

FEWEST: Final = 2
"""Sessions from which a record holds several."""
SHARE: Final = 0.6
"""Least share of the headings of one depth that name a day where they are those of sessions:
minutes with one point about « la sortie du 12 mai » among six are of one session; proposed."""

Path = tuple[str, ...]


def by_session(
    sections: Sequence[Document],
    about: Metadata,
    path: str,
    properties: Mapping[str, Any],
    today: date,
) -> tuple[list[Document], Metadata]:
    """``sections`` of the record at ``path``, each that stands under a session's heading with that
    session's day in its locator, and what is known of the record, dated by the latest; both as
    they are where the record holds one session.

    Conversations are cut at their days alike. One of a single day is dated by it, where nothing
    else says when it was; its passages are of the record's day, which a person may correct. A mail
    keeps its own day: what it quotes is older.
    """
    paths = [tuple(one.metadata.get("locator", {}).get("headings") or ()) for one in sections]
    days = _session_days(paths, about.title, path, properties, today)
    latest = max(days.values(), default=None)
    if len(set(days.values())) < FEWEST:
        return list(sections), about if about.date or not latest else replace(about, date=latest)
    depth = len(next(iter(days)))
    dated = [
        _dated(section, days.get(above[:depth]))
        for section, above in zip(sections, paths, strict=True)
    ]
    if any(one.metadata.get("locator", {}).get("part") == QUOTED for one in sections):
        return dated, about
    return dated, replace(about, date=latest, notes=())  # the notes are doubts about its date


def _session_days(
    paths: Sequence[Path], title: str, path: str, properties: Mapping[str, Any], today: date
) -> dict[Path, str]:
    """The day of each session's heading, by its path: of the outermost depth that has several."""
    for depth in range(1, max(map(len, paths), default=0) + 1):
        headings = list(dict.fromkeys(one[:depth] for one in paths if len(one) >= depth))
        days = days_of([one[-1] for one in headings], title, path, properties, today)
        found = {
            one: day.isoformat() for one, day in zip(headings, days, strict=True) if day is not None
        }
        several = len(set(found.values())) >= FEWEST or (found and all(map(_is_bare, headings)))
        if several and len(found) >= SHARE * len(headings):
            return found
    return {}


def _is_bare(heading: Path) -> bool:
    """Whether a heading is nothing but a day, as the days of a conversation are."""
    return any(one.text == heading[-1] for one in written_dates(heading[-1]))


def _dated(section: Document, day: str | None) -> Document:
    if day is None:
        return section
    locator = {**section.metadata.get("locator", {}), "day": day}
    return Document(section.page_content, metadata={**section.metadata, "locator": locator})
