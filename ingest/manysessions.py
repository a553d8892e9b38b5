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


def on_their_days(
    sections: Sequence[Document],
    about: Metadata,
    path: str,
    properties: Mapping[str, Any],
    today: date,
) -> list[Document]:
    """``sections`` of the record at ``path``, each that stands under a session's heading with that
    session's day in its locator; as they are where the record holds one session.

    Conversations are cut at their days alike; one of a single day is dated by it, where nothing
    else dates the record.
    """
    paths = [tuple(one.metadata.get("locator", {}).get("headings") or ()) for one in sections]
    fewest = FEWEST if about.date else 1
    days = _session_days(paths, about.title, path, properties, today)
    if len(set(days.values())) < fewest:
        return list(sections)
    depth = len(next(iter(days)))
    return [
        _dated(section, days.get(above[:depth]))
        for section, above in zip(sections, paths, strict=True)
    ]


def as_dated(about: Metadata, sections: Sequence[Document]) -> Metadata:
    """What is known of a record, its date that of the latest of its ``sections``' sessions.

    What a mail quotes is older than the mail.
    """
    places = [one.metadata.get("locator", {}) for one in sections]
    latest = max((one["day"] for one in places if one.get("day")), default=None)
    if latest is None or any(one.get("part") == QUOTED for one in places):
        return about
    return replace(about, date=latest, notes=())  # the notes are doubts about its date


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
