"""Agendas and minutes templates as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from copassist.agendas import Agenda, AgendaItem, written_day
from copassist.render import layout
from copassist.words import Words, words

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|#])")
BLANK_ROWS: Final = 3
"""Empty rows for actions in a minutes template: a session seldom takes on more a page."""


def agenda_markdown(agenda: Agenda) -> str:
    """The agenda as a document to share: facts, table, follow-ups, activities, sources."""
    say = words(agenda.language)
    parts = [
        f"# {_text(agenda.title)}",
        f"**{_text(agenda.community)}**" if agenda.community else "",
        _fields(layout.facts(agenda), say),
        _fields(_blanks(layout.roles(agenda)), say),
        _agenda_table(agenda),
    ]
    for item in agenda.items:
        parts += _item(item, say)
    parts += _sources(agenda, say)
    return "\n\n".join(part for part in parts if part) + "\n"


def minutes_markdown(agenda: Agenda) -> str:
    """A template of minutes to fill in during the session; its reference links it back."""
    say = words(agenda.language)
    title = say("agenda.template.title", date=written_day(agenda.date, agenda.language))
    present = [(say(f"agenda.template.{key}"), "") for key in ("present", "absent")]
    parts = [
        f"# {title}",
        _fields([(say("agenda.reference"), agenda.id)], say),
        _fields(layout.facts(agenda), say),
        _fields([*layout.roles(agenda), *present], say),
        f"*{say('agenda.template.reminder')}*",
    ]
    for item in agenda.items:
        if item.intention != "frame":
            parts += _minutes_item(item, say)
    parts += [
        f"## {say('agenda.template.decisions')}",
        f"- {say('agenda.template.decision')} ",
        f"## {say('agenda.template.actions')}",
        f"*{say('agenda.template.hint')}*",
        _table(layout.action_headers(say), [("", "", "")] * BLANK_ROWS),
        f"## {say('agenda.template.postponed')}",
        "- ",
        f"## {say('agenda.template.next')}",
        _fields([(say(f"agenda.template.next_{k}"), "") for k in ("date", "theme", "lead")], say),
        f"## {say('agenda.template.appreciation')}",
        "- ",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _item(item: AgendaItem, say: Words) -> list[str]:
    follow_ups = layout.follow_up_rows(item, say.language)
    if not (item.text or item.points or item.steps or item.wording):
        return []
    parts = [f"## {_text(item.title)} ({say('agenda.duration', minutes=item.minutes)})"]
    parts.append("  \n".join(map(_text, layout.lead_in(item).splitlines())))
    if follow_ups:
        lines = [
            (
                _text(one.text),
                _text(one.owner),
                _text(one.due),
                layout.label_text(one.labels),
            )
            for one in follow_ups
        ]
        parts.append(_table((*layout.follow_up_headers(say), say("agenda.sources")), lines))
    recalled = [
        f"- {_text(point.text)} {layout.label_text(point.labels)}"
        for point in layout.plain_points(item)
    ]
    if item.wording:
        labels = layout.label_text(item.wording.labels)
        parts.append(_fields(layout.wording(item, say), say))
        parts.append(" ".join(filter(None, (_text(layout.written_by(item, say)), labels))))
    parts.append("\n".join(recalled))
    if item.steps:
        headers = (say("agenda.table_step"), say("agenda.table_minutes"))
        steps = [(_text(title), minutes) for title, minutes in layout.step_rows(item)]
        parts.append(_table(headers, steps))
    if item.format:
        parts.append(_fields(layout.details(item, say), say))
    return parts


def _minutes_item(item: AgendaItem, say: Words) -> list[str]:
    parts = [f"## {_text(item.title)}"]
    rows = layout.follow_up_rows(item, say.language)
    if rows:
        headers = (*layout.follow_up_headers(say), say("agenda.template.state"))
        lines = [(_text(one.text), _text(one.owner), _text(one.due), "") for one in rows]
        parts.append(_table(headers, lines))
    if item.record:
        parts.append(_fields([(say("agenda.record"), item.record)], say))
    decision = f"- {say('agenda.template.decision')} "
    learned = _fields([(say("agenda.template.learned"), "")], say)
    parts.append(decision if item.intention == "decision" else learned)
    return parts


def _agenda_table(agenda: Agenda) -> str:
    lines: list[Sequence[str]] = []
    for row in layout.rows(agenda):
        title = f"{_text(row.title)} {layout.label_text(row.labels)}".strip()
        cells = [title, row.intention, row.minutes, _text(row.lead)]
        lines.append([row.time, *cells] if agenda.start is not None else cells)
    say = words(agenda.language)
    total = [f"**{say('agenda.total')}**", "", f"**{agenda.minutes}**", ""]
    lines.append(["", *total] if agenda.start is not None else total)
    return _table(layout.headers(agenda), lines)


def _sources(agenda: Agenda, say: Words) -> list[str]:
    if not agenda.citations:
        return []
    notes = [
        f"{layout.label_runs(labels)} {_text(said)}" for labels, said in layout.sources(agenda)
    ]
    # two spaces: one source a line, and no list that would renumber them
    return [f"## {say('agenda.sources')}", "  \n".join(notes)]


def _blanks(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(label, value or "…") for label, value in fields]


def _fields(fields: Iterable[tuple[str, str]], say: Words) -> str:
    lines = (
        "- " + say("render.field", label=f"**{label}**", value=_text(value)).rstrip()
        for label, value in fields
    )
    return "\n".join(lines)


def _table(headers: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    found = [headers, ["---"] * len(headers), *lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in found)


def _text(text: str) -> str:
    """Text of records as text: nothing in it becomes Markdown or breaks a table."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
