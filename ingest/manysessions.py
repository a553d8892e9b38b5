"""Records that hold several sessions: a year's minutes in one document, newest first or last.

Many communities keep one document and go on writing in it, each session under a heading with its
day. Each section then is of its own session (``Locator.day``), and the record of the latest.
Minutes of one session also have headings with days in them (« Retour sur l'atelier du 3 février »),
and programmes have little else: only headings of sessions count, in minutes, and no day to come.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import PurePosixPath
from typing import Any, Final

from langchain_core.documents import Document

from copassist.dates import WEEKDAYS, written_dates
from copassist.passages import QUOTED
from ingest.metadata import Metadata
from ingest.parsers.messages import CONVERSATION
from ingest.sessiondate import MAILS, days_of

FEWEST: Final = 2
"""Sessions from which a record holds several."""
SHARE: Final = 0.6
"""Least share of the headings of one depth that are of sessions where the record holds several;
proposed."""

_BEFORE_DAY: Final = re.compile(
    rf"[\W\d]*(?:(?:le |the )?(?:{'|'.join(WEEKDAYS)})[\s,]*(?:le |the )?)?"
    r"|.*\b(?:séances?|réunions?|rencontres?|p\.?v\.?|procès-verbal|comptes?[- ]rendus?|c\.?r\.?"
    r"|meetings?|minutes|sessions?|assemblées?)\b[^.;]{0,30}",
    re.IGNORECASE,
)
"""What may stand before the day in a session's heading: nothing, its weekday, or a word for it."""

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

    Conversations are cut at their days in the same way. One of a single day is dated by it, where
    nothing else says when it was. Of a mail, only what it quotes is of other days.
    """
    mail = PurePosixPath(path).suffix.lower() in MAILS
    spoken = any(one.metadata.get(CONVERSATION) for one in sections)
    if not (mail or spoken or about.kind == "minutes"):
        return list(sections), about
    paths = [_headings(one, mail=mail) for one in sections]
    read = partial(days_of, title=about.title, path=path, properties=properties, today=today)
    days = _session_days(paths, read, today, quoted=mail)
    latest = max(days.values(), default=None)
    of_one = about.kind == "minutes" and _names_its_day(path, about.title, days)
    if len(set(days.values())) < FEWEST or of_one:
        dates = spoken and not about.date and latest
        return list(sections), replace(about, date=latest) if dates else about
    depth = len(next(iter(days)))
    dated = [
        _dated(section, days.get(above[:depth]))
        for section, above in zip(sections, paths, strict=True)
    ]
    # a mail keeps its own day; the notes are doubts about the record's
    return dated, about if mail else replace(about, date=latest, notes=())


def _names_its_day(path: str, title: str, days: Iterable[Path]) -> bool:
    """Whether a record's name or title says of which day it is: that of one session. A title that
    is but the first of its sessions' headings does not."""
    own = "" if any(title == one[-1] for one in days) else title
    written = (PurePosixPath(path).stem, own)
    return any(one.iso for text in written for one in written_dates(text))


def _headings(section: Document, *, mail: bool) -> Path:
    locator = section.metadata.get("locator", {})
    quoted = locator.get("part") == QUOTED
    return tuple(locator.get("headings") or ()) if quoted or not mail else ()


def _session_days(
    paths: Sequence[Path],
    read: Callable[[Sequence[str]], Sequence[date | None]],
    today: date,
    *,
    quoted: bool,
) -> dict[Path, str]:
    """The day of each session's heading, by its path: of the outermost depth that has several.

    ``read`` gives the days that headings name; ``quoted``: the headings say who wrote what a mail
    quotes, and when.
    """
    found: dict[Path, str] = {}
    for depth in range(1, max(map(len, paths), default=0) + 1):
        headings = list(dict.fromkeys(one[:depth] for one in paths if len(one) >= depth))
        days = read([one[-1] for one in headings])
        held = {
            one: day.isoformat()
            for one, day in zip(headings, days, strict=True)
            if day is not None and day <= today and (quoted or _is_of_a_session(one[-1]))
        }
        if len(held) >= SHARE * len(headings) and len(set(held.values())) > len(found):
            found = held
        if len(set(found.values())) >= FEWEST:
            break
    return found


def _is_of_a_session(heading: str) -> bool:
    """Whether the day in a heading is what it is about: « 12 mars », « Rencontre du 12 mars », and
    not « La sortie du 12 mars »."""
    day = next((one for one in written_dates(heading) if one.day and one.month), None)
    return day is not None and _BEFORE_DAY.fullmatch(heading[: day.start]) is not None


def _dated(section: Document, day: str | None) -> Document:
    if day is None:
        return section
    locator = {**section.metadata.get("locator", {}), "day": day}
    return Document(section.page_content, metadata={**section.metadata, "locator": locator})
