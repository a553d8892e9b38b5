"""The session as a calendar entry: when, how long and what, and nobody's name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from copassist.agendas import Agenda
from copassist.render import layout
from copassist.words import words

ZONE: Final = "America/Toronto"
"""Québec's civil time in the IANA database (America/Montreal is an old link to it)."""
PRODUCT: Final = "-//copassist//agenda//FR"


def agenda_ics(agenda: Agenda, now: datetime) -> bytes:
    """An iCalendar file (RFC 5545) with one event; ``now`` is its DTSTAMP.

    With a start, the event is in :data:`ZONE`, whose VTIMEZONE is in the file; without one, it
    takes the day. Private: no attendee, no follow-up, no lead.
    """
    from icalendar import Calendar, Event

    event = Event()
    event.add("uid", f"{agenda.id}@copassist")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("summary", layout.meeting_title(agenda))
    event.add("class", "PRIVATE")
    event.add("description", _description(agenda))
    if agenda.start is None:
        day = date.fromisoformat(agenda.date)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
    else:
        begin = datetime.fromisoformat(f"{agenda.date}T{agenda.start}").replace(
            tzinfo=ZoneInfo(ZONE)
        )
        # wall-clock arithmetic: a session does not change length when clocks do at night
        event.add("dtstart", begin)
        event.add("dtend", begin + timedelta(minutes=agenda.minutes))
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add_component(event)
    year = int(agenda.date[:4])
    # the session's own years are enough: all of them make a file of several pages
    calendar.add_missing_timezones(first_date=date(year, 1, 1), last_date=date(year + 1, 12, 31))
    return bytes(calendar.to_ical())


def _description(agenda: Agenda) -> str:
    say = words(agenda.language)
    lines = []
    for row in layout.rows(agenda):
        length = say("agenda.duration", minutes=row.minutes)
        lines.append(" ".join(filter(None, (row.time, row.title, f"({length})"))))
    return "\n".join(lines)
