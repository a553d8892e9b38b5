"""Records that hold several sessions: a year's minutes in one document, newest first or last.

Many communities keep one document and go on writing in it, each session under a heading with its
day. Each section then is of its own session (``Locator.day``), and the record of the latest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from langchain_core.documents import Document

from ingest.sessiondate import days_of

FEWEST: Final = 2
"""Sessions from which a record holds several."""
SHARE: Final = 0.6
"""Least share of the headings of one depth that name a day where they are those of sessions:
minutes with one point about « la sortie du 12 mai » among six are of one session; proposed."""

Path = tuple[str, ...]


def on_their_days(
    sections: Sequence[Document], title: str, path: str, properties: Mapping[str, Any], today: date
) -> list[Document]:
    """``sections`` of the record at ``path``, each that stands under a session's heading with that
    session's day in its locator; as they are where the record holds one session."""
    paths = [tuple(one.metadata.get("locator", {}).get("headings") or ()) for one in sections]
    days = _session_days(paths, title, path, properties, today)
    if not days:
        return list(sections)
    depth = len(next(iter(days)))
    return [
        _dated(section, days.get(above[:depth]))
        for section, above in zip(sections, paths, strict=True)
    ]


def latest_day(sections: Sequence[Document]) -> str | None:
    """The day of the latest session of ``sections``; ``None`` where they are of one."""
    days = (one.metadata.get("locator", {}).get("day") for one in sections)
    return max(filter(None, days), default=None)


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
        if len(set(found.values())) >= FEWEST and len(found) >= SHARE * len(headings):
            return found
    return {}


def _dated(section: Document, day: str | None) -> Document:
    if day is None:
        return section
    locator = {**section.metadata.get("locator", {}), "day": day}
    return Document(section.page_content, metadata={**section.metadata, "locator": locator})
