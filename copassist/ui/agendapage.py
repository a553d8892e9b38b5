"""A draft agenda as HTML: its items with what they cite, and what changes them in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from types import MappingProxyType
from typing import Final

from copassist.agendas import (
    Agenda,
    AgendaItem,
    AgendaPoint,
    alternatives,
    usual_bounds,
    written_clock,
)
from copassist.agendas.items import LONGEST
from copassist.agendas.wording import TALKED
from copassist.formats import find_format, load_formats
from copassist.render import layout
from copassist.ui.markup import button, link
from copassist.words import Words, words

FORMS: Final = ("docx", "ics", "md")
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def page(agenda: Agenda | None, language: str, refused: Mapping[str, str] = _NOTHING) -> str:
    """The whole draft as HTML; each label opens its source.

    ``refused``: by item, a message (HTML) about what was just tried in its fields.
    """
    say = words(language)
    if agenda is None:
        return f'<p class="cop-empty">{escape(say("ui.agenda.teach"))}</p>'
    times = agenda.clock() or (("", ""),) * len(agenda.items)
    items = "".join(
        _item(agenda, item, start, language, refused.get(item.id, ""))
        for item, (start, _) in zip(agenda.items, times, strict=True)
    )
    downloads = "".join(
        link(f"/agenda.{form}?lang={language}", say(f"ui.agenda.{form}"), "plain", download=True)
        for form in FORMS
    ) + "".join(
        link(f"/minutes.{form}?lang={language}", say(f"ui.agenda.minutes_{form}"), download=True)
        for form in ("docx", "md")
    )
    total = escape(say("ui.agenda.total", minutes=agenda.minutes))
    return (
        f'<section class="cop-agenda"><h2>{escape(agenda.title)}</h2>'
        f'<p class="cop-after">{downloads}</p>{_warnings(agenda, language)}<ol>{items}</ol>'
        f"<p><strong>{total}</strong></p></section>"
    )


def _warnings(agenda: Agenda, language: str) -> str:
    if not agenda.warnings:
        return ""
    title = escape(words(language)("ui.agenda.warnings", count=len(agenda.warnings)))
    listed = "".join(f"<li>{escape(one)}</li>" for one in agenda.warnings)
    return f'<details class="cop-notice"><summary>{title}</summary><ul>{listed}</ul></details>'


def _item(agenda: Agenda, item: AgendaItem, start: str, language: str, refused: str) -> str:
    say = words(language)
    facts = [
        written_clock(start, language) if start else "",
        say(f"agenda.intention.{item.intention}"),
        item.lead or "",
        say("agenda.confidential") if item.confidential else "",
    ]
    worded = _wording(item, language)
    points = "".join(
        f"<li>{_point(point, say)} {_labels(item, point.labels, language)}"
        f"{_drop(number, point, say)}</li>"
        for number, point in enumerate(item.points)
    )
    steps = "".join(
        f"<li>{escape(step.title)} ({escape(say('agenda.duration', minutes=step.minutes))})</li>"
        for step in item.steps
    )
    return (
        f'<li data-item="{escape(item.id)}"><h3>{escape(item.title)}</h3>'
        f"{_tools(agenda, item, language)}{refused}{_beyond(item, say)}"
        f'<div class="cop-where">{escape(" · ".join(fact for fact in facts if fact))}</div>'
        + "".join(f"<p>{escape(line)}</p>" for line in item.text.splitlines())
        + f"<div>{escape(item.why)} {_labels(item, layout.unsaid_labels(item), language)}</div>"
        + (f"<ul>{points}</ul>" if points else "")
        + worded
        + (f'<ol class="cop-steps">{steps}</ol>' if steps else "")
        + (_details(item, say) if item.format else "")
        + "</li>"
    )


def _tools(agenda: Agenda, item: AgendaItem, language: str) -> str:
    """What moves an item, changes its minutes and swaps its format, in place (``agenda.js``).

    The handle is for a pointer; from the keyboard, the buttons do the same.
    """
    say = words(language)
    steps = "".join(
        f'<button type="button" class="cop-button cop-quiet" data-step="{step}" '
        f'aria-label="{escape(name)}" title="{escape(name)}">{arrow}</button>'
        for step, arrow, way in ((-1, "↑", "up"), (1, "↓", "down"))
        for name in [say("ui.agenda.move", way=say(f"ui.agenda.{way}"), title=item.title)]
    )
    minutes = escape(say("ui.agenda.minutes_of", title=item.title))
    drag, unit = escape(say("ui.agenda.drag")), escape(say("ui.agenda.min"))
    return (
        '<div class="cop-tools">'
        f'<span class="cop-handle" aria-hidden="true" title="{drag}">⠿</span>'
        f'<input type="number" class="cop-minutes" min="1" max="{LONGEST}" '
        f'value="{item.minutes}" aria-label="{minutes}"><span aria-hidden="true">{unit}</span>'
        f"{steps}{_formats(agenda, item, language)}</div>"
    )


def _beyond(item: AgendaItem, say: Words) -> str:
    """That an activity is longer or shorter than its format is meant to be, beside its minutes."""
    bounds = usual_bounds(item)
    if bounds is None:
        return ""
    said = say("ui.agenda.beyond", least=bounds[0], most=bounds[1])
    return f'<div class="cop-where">{escape(said)}</div>'


def _drop(number: int, point: AgendaPoint, say: Words) -> str:
    """What takes one line out of its item (``agenda.js``)."""
    name = escape(say("ui.agenda.drop_point", text=point.text))
    return (
        f' <button type="button" class="cop-button cop-quiet" data-point="{number}" '
        f'aria-label="{name}" title="{name}">×</button>'
    )


def _formats(agenda: Agenda, item: AgendaItem, language: str) -> str:
    """The formats an activity could be held as; nothing for another item."""
    choices = format_choices(agenda, item.id, language) if item.format else []
    if len(choices) < 2:
        return ""
    name = escape(words(language)("ui.agenda.format_of", title=item.title))
    options = "".join(
        f'<option value="{escape(value)}"{" selected" if value == item.format else ""}>'
        f"{escape(label)}</option>"
        for label, value in choices
    )
    return f'<select class="cop-format" aria-label="{name}">{options}</select>'


def _wording(item: AgendaItem, language: str) -> str:
    """The aim and the questions, and that a model wrote them where one did."""
    if item.wording is None:
        return ""
    say = words(language)
    told = "".join(
        f"<p><strong>{escape(label)}</strong> {escape(text)}</p>"
        for label, text in layout.wording(item, say)
    )
    written = escape(layout.written_by(item, say))
    labels = _labels(item, item.wording.labels, language)
    return f'{told}<p class="cop-where">{written} {labels}</p>'


def _details(item: AgendaItem, say: Words) -> str:
    """What holding the activity takes, and where its minutes come from."""
    timing = (say("agenda.timing"), say(f"agenda.timings.{item.timing_basis}"))
    told = "".join(
        f"<li>{escape(say('render.field', label=label, value=text))}</li>"
        for label, text in (*layout.details(item, say), timing)
    )
    name = escape(say("ui.agenda.details"))
    return f'<details class="cop-where"><summary>{name}</summary><ul>{told}</ul></details>'


def _point(point: AgendaPoint, say: Words) -> str:
    late = say("agenda.overdue") if point.overdue else ""
    facts = [fact for fact in (point.owner, point.due, late, point.note) if fact]
    more = f'<span class="cop-where">{escape(" · ".join(facts))}</span>' if facts else ""
    return f"{escape(point.text)} {more}"


def _labels(item: AgendaItem, labels: Iterable[int], language: str) -> str:
    """A button a label; its name says which document it opens."""
    say = words(language)
    known = {one.label: one for one in item.citations}
    return "".join(
        button(
            "cite",
            f"[{label}]",
            "quiet",
            {"aria-label": name, "title": name},
            document=known[label].document.id,
            quote=known[label].quote,
        )
        for label in labels
        if label in known
        for name in [say("ui.agenda.source", label=label, title=known[label].document.title)]
    )


def format_choices(agenda: Agenda | None, item: str | None, language: str) -> list[tuple[str, str]]:
    """Formats the item could be held as, its own first."""
    found = next((one for one in agenda.items if one.id == item), None) if agenda else None
    if agenda is None or found is None or found.intention not in TALKED:
        return []
    own = find_format(load_formats(), found.format) if found.format else None
    offered = ([own] if own else []) + list(alternatives(agenda, found.id))
    return [(one.name(language), one.id) for one in offered]
