"""What every rendering of an agenda says, before any format: the same words in the same order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any, Final

from copassist.agendas import Agenda, AgendaItem, AgendaPoint, Citation, written_clock, written_day
from copassist.dates import WEEKDAYS, written_dates
from copassist.words import Words, words

SHORTEST_RUN: Final = 2
"""Labels in a row that are still written one by one."""
_BY: Final = re.compile(
    rf"\W*(?:(?:d'ici|avant|pour|au plus tard|le|la|au|by|before|on|for|the|due|no later than"
    rf"|{'|'.join(WEEKDAYS)})\b\W*)*"
)
"""Words around a day that its date in full can do without; « sinon le 17 » and « à midi » are not
among them."""
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML 1.0, and so a DOCX, cannot hold (section 2.2)."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the agenda's table, each cell as text."""

    time: str
    title: str
    intention: str
    minutes: str
    lead: str
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """A row of the follow-ups: what, who, by when. What is late, or without news, is for the
    facilitator's page: the file goes to those who are named in it."""

    text: str
    owner: str
    due: str
    labels: tuple[int, ...]


def printable(value: Any) -> Any:
    """``value`` with a space for every character that a DOCX cannot hold, in all its texts.

    A theme or a question pasted from slides may hold a vertical tab.
    """
    if isinstance(value, str):
        return _UNPRINTABLE.sub(" ", value)
    if isinstance(value, tuple | list):
        return type(value)(printable(one) for one in value)
    if isinstance(value, Mapping):
        return {key: printable(one) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: printable(getattr(value, f.name)) for f in fields(value)})
    return value


def file_title(agenda: Agenda, day: str = "") -> str:
    """What the agenda is called as a file, by its day (ISO 8601 unless ``day`` is given)."""
    return words(agenda.language)("agenda.file", date=day or agenda.date)


def minutes_title(agenda: Agenda, day: str = "") -> str:
    """The same for its minutes template."""
    return words(agenda.language)("agenda.template.file", date=day or agenda.date)


def meeting_title(agenda: Agenda) -> str:
    """The session as an appointment: whose it is, and when."""
    day = written_day(agenda.date, agenda.language)
    said = (words(agenda.language)("agenda.meeting"), agenda.community, day)
    return " – ".join(part for part in said if part)


def facts(agenda: Agenda) -> tuple[tuple[str, str], ...]:
    """Date, time, length, people, mode and theme, as far as they are known."""
    say = words(agenda.language)
    found = [("date", written_day(agenda.date, agenda.language))]
    times = agenda.clock()
    if times:
        start, end = (written_clock(one, agenda.language) for one in (times[0][0], times[-1][1]))
        found.append(("time", say("render.range", start=start, end=end)))
    found.append(("length", say("agenda.duration", minutes=agenda.minutes)))
    if agenda.people is not None:
        found.append(("people", str(agenda.people)))
    if agenda.mode is not None:
        found.append(("mode", say(f"agenda.modes.{agenda.mode}")))
    if agenda.theme:
        found.append(("theme", agenda.theme))
    return tuple((say(f"agenda.{key}"), value) for key, value in found)


def roles(agenda: Agenda) -> tuple[tuple[str, str], ...]:
    """Roles by function, blank where the records do not say whose turn it is."""
    say = words(agenda.language)
    return (
        (say("agenda.facilitation"), agenda.facilitation or ""),
        (say("agenda.note_taking"), agenda.note_taking or ""),
        (say("agenda.timekeeping"), ""),
    )


def headers(agenda: Agenda) -> tuple[str, ...]:
    """The agenda table's headers; no time column without a start."""
    keys = ["item", "intention", "minutes", "lead"]
    if agenda.start is not None:
        keys.insert(0, "time")
    return tuple(words(agenda.language)(f"agenda.table_{key}") for key in keys)


def rows(agenda: Agenda) -> tuple[Row, ...]:
    """The agenda's table."""
    say = words(agenda.language)
    times = agenda.clock() or (("", ""),) * len(agenda.items)
    return tuple(
        Row(
            time=written_clock(start, agenda.language) if start else "",
            title=item.title,
            # a welcome or a break has none that members need to be told
            intention=_intention(item, say),
            minutes=str(item.minutes),
            lead=item.lead or "",
            labels=unsaid_labels(item),
        )
        for item, (start, _) in zip(agenda.items, times, strict=True)
    )


def _intention(item: AgendaItem, say: Words) -> str:
    return "" if item.intention == "frame" else say(f"agenda.intention.{item.intention}")


def unsaid_labels(item: AgendaItem) -> tuple[int, ...]:
    """Labels of the item itself: those of its lines stand beside the lines."""
    lines = {label for point in item.points for label in point.labels}
    return tuple(one.label for one in item.citations if one.label not in lines)


def follow_up_headers(say: Words) -> tuple[str, ...]:
    """Headers of the follow-ups' table."""
    return tuple(say(f"agenda.follow_up_{key}") for key in ("text", "owner", "due"))


def action_headers(say: Words) -> tuple[str, ...]:
    """Headers of the table of new actions in a minutes template."""
    return tuple(say(f"agenda.template.{key}") for key in ("action", "owner", "due"))


def follow_up_rows(item: AgendaItem, language: str) -> tuple[FollowUpRow, ...]:
    """The open follow-ups of an item; a point without owner is no follow-up."""
    return tuple(
        FollowUpRow(point.text, point.owner, _due(point, language), point.labels)
        for point in item.points
        if point.owner is not None
    )


def _due(point: AgendaPoint, language: str) -> str:
    """The due date in full where the record says that day and nothing else; else as it says."""
    said = point.due or ""
    named = list(written_dates(said))
    if point.due_date is None or len(named) != 1:
        return said
    day = date.fromisoformat(point.due_date)
    same = (named[0].month, named[0].day) == (day.month, day.day)
    alone = _BY.fullmatch(said.replace(named[0].text, "", 1).lower().replace("’", "'"))
    return written_day(point.due_date, language) if same and alone else said


def plain_points(item: AgendaItem) -> tuple[AgendaPoint, ...]:
    """Lines to recall that are no follow-ups: decisions."""
    return tuple(point for point in item.points if point.owner is None)


def lead_in(item: AgendaItem) -> str:
    """What stands under an item's title: a person's words, else what its lines are."""
    return item.text or (item.why if plain_points(item) else "")


def details(item: AgendaItem, say: Words) -> tuple[tuple[str, str], ...]:
    """What the group needs beside an activity's steps: label and text."""
    found = [
        ("aim", item.aim),
        ("materials", ", ".join(item.materials)),
        ("online", item.online),
    ]
    if item.record:
        record = (
            f"{say('agenda.confidential')}. {item.record}" if item.confidential else item.record
        )
        found.append(("record", record))
    return tuple((say(f"agenda.{key}"), text) for key, text in found if text)


def wording(item: AgendaItem, say: Words) -> tuple[tuple[str, str], ...]:
    """The item's aim and questions for the group: label and text."""
    if item.wording is None:
        return ()
    found = [
        ("aim", item.wording.aim),
        ("questions", " ".join(item.wording.questions)),
    ]
    return tuple((say(f"agenda.wording.{key}_label"), text) for key, text in found if text)


def written_by(item: AgendaItem, say: Words) -> str:
    """That a model wrote the aim and the questions, where one did."""
    if item.wording is None or not item.wording.model:
        return ""
    return say("agenda.wording.written", model=item.wording.model.rpartition(":")[2])


def sources(agenda: Agenda) -> tuple[tuple[tuple[int, ...], str], ...]:
    """Where claims about the past stand, each place once with all its labels."""
    say = words(agenda.language)
    found: dict[str, list[int]] = {}
    for citation in agenda.citations:
        text = source_text(citation, say, agenda.language)
        found.setdefault(text, []).append(citation.label)
    return tuple((tuple(labels), text) for text, labels in found.items())


def source_text(citation: Citation, say: Words, language: str) -> str:
    """A source as a note: the document's title, its date where the title lacks it, the place.

    The words themselves stand beside, in what they support, or one click away on the page.
    """
    title = citation.document.title or citation.document.path
    day = citation.document.date
    if day and written_day(day, language) not in title and day not in title:
        title = say("render.dated", title=title, date=written_day(day, language))
    if not citation.locator:
        return title
    return say("render.source", title=title, locator=citation.locator)


def label_text(labels: tuple[int, ...]) -> str:
    """``[1][3]``."""
    return "".join(f"[{label}]" for label in labels)


def label_runs(labels: tuple[int, ...]) -> str:
    """``[1]–[4][7]``: labels in a row as their first and last."""
    runs: list[list[int]] = []
    for label in labels:
        if runs and label == runs[-1][-1] + 1:
            runs[-1].append(label)
        else:
            runs.append([label])
    return "".join(
        f"[{run[0]}]–[{run[-1]}]" if len(run) > SHORTEST_RUN else label_text(tuple(run))
        for run in runs
    )


def step_rows(item: AgendaItem) -> tuple[tuple[str, str], ...]:
    """Steps of an activity as title and minutes."""
    return tuple((step.title, str(step.minutes)) for step in item.steps)
