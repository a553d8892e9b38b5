"""Vue d'ensemble: what the library holds, as pictures that lead to their lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from html import escape
from typing import Final

import gradio as gr

from copassist.analysis import fold
from copassist.conversations import Turn
from copassist.passages import KINDS, Document
from copassist.records import Register
from copassist.register import OpenAction, Thread, open_actions, threads
from copassist.ui.clicks import opened
from copassist.ui.documentlines import preview
from copassist.ui.markup import busy, button, day, local_day
from copassist.ui.panels import QUIET, panel
from copassist.ui.registerlines import Line, item
from copassist.words import LANGUAGES, Words, words
from copassist.workspace import Workspace

AGES: Final = (30, 90, 180, 365)
"""Limits between the ages of open actions, in days: a month, a season, half a year, a year."""
TOPICS: Final = 12
"""Topics drawn: those that came up in the most sessions."""
YEARS: Final = 8
"""Years drawn, the latest."""
LISTED: Final = 50
"""Lines below a bar: the tabs of the register and the documents list and search all of them."""
SESSIONS: Final = 24
"""Sessions drawn, the latest: two years of a monthly community."""


# --- plain functions -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, and the lines it stands for."""

    label: str
    count: int
    lines: tuple[Line, ...] = ()
    documents: tuple[Document, ...] = ()


def by_age(found: Sequence[OpenAction], language: str) -> list[Bar]:
    """Open actions by the age of their session, youngest first; undated last."""
    say = words(language)
    parted: dict[str, list[Line]] = {}
    for one in found:
        parted.setdefault(age_of(one.age, language), []).append(
            Line(
                one.action.text,
                (
                    one.action.owner or say("agenda.unknown_owner"),
                    day(one.action.session_date, language),
                ),
                one.action.source,
                say("agenda.overdue") if one.overdue else "",
            )
        )
    order = [age_of(limit, language) for limit in (*AGES, AGES[-1] + 1)] + [age_of(None, language)]
    return [
        Bar(label, len(parted[label]), tuple(parted[label])) for label in order if label in parted
    ]


def age_of(days: int | None, language: str) -> str:
    say = words(language)
    if days is None:
        return say("ui.undated")
    least = 0
    for limit in AGES:
        if days <= limit:
            key = "between" if least else "days"
            return say(f"ui.overview.{key}", least=least, count=limit)
        least = limit + 1
    return say("ui.overview.older", count=AGES[-1])


def once_a_session(documents: Sequence[Document], register: Register) -> list[Document]:
    """``documents``; one that records several sessions, once for each, dated that session's day."""
    days: dict[str, list[str]] = {}
    for session in register.sessions:
        if session.date and session.source:
            days.setdefault(session.source.document, []).append(session.date)
    return [
        replace(document, date=on)
        for document in documents
        for on in (days[document.id] if len(days.get(document.id, ())) > 1 else [document.date])
    ]


def by_month(documents: Sequence[Document]) -> dict[int, dict[int, list[Document]]]:
    """Dated minutes by year, then by month (1 to 12); every year between the first and last."""
    dated = [one for one in documents if one.kind == "minutes" and len(one.date or "") >= 7]
    years = [int((one.date or "")[:4]) for one in dated]
    found: dict[int, dict[int, list[Document]]] = {
        year: {} for year in range(min(years, default=1), max(years, default=0) + 1)
    }
    for one, year in zip(dated, years, strict=True):
        found[year].setdefault(int((one.date or "")[5:7]), []).append(one)
    return found


def months_html(found: dict[int, dict[int, list[Document]]], language: str) -> str:
    """A row a year, a square a month: darker for more sessions; each opens its records."""
    say = words(language)
    heading = f"<h2>{escape(say('ui.overview.years'))}</h2>"
    if not found:
        none = f'<p class="cop-empty">{escape(say("ui.overview.none"))}</p>'
        return f'<section class="cop-chart">{heading}{none}</section>'
    names = [say(f"agenda.month.{month}") for month in range(1, 13)]
    letters = zip(say("ui.overview.months").split(","), names, strict=True)
    head = "".join(
        f'<th scope="col"><abbr title="{escape(name)}">{letter}</abbr></th>'
        for letter, name in letters
    )
    latest = sorted(found, reverse=True)[:YEARS]
    most = max((len(held) for year in latest for held in found[year].values()), default=1)
    body = "".join(
        f'<tr><th scope="row">{year}</th>'
        + "".join(
            _month(year, month, found[year].get(month, ()), most, language)
            for month in range(1, 13)
        )
        + "</tr>"
        for year in sorted(latest)
    )
    return (
        f'<section class="cop-chart">{heading}<table class="cop-months"><thead><tr><td></td>{head}'
        f"</tr></thead><tbody>{body}</tbody></table></section>"
    )


def _month(year: int, month: int, held: Sequence[Document], most: int, language: str) -> str:
    if not held:
        return '<td><span class="cop-square"></span></td>'
    say = words(language)
    name = f"{say(f'agenda.month.{month}')} {year}"
    label = say("ui.overview.held", month=name, count=len(held))
    # One session: its record. Several: the list of them, below the squares.
    data: dict[str, object] = (
        {"name": held[0].id} if len(held) == 1 else {"month": f"{year}-{month:02}"}
    )
    act = "read" if len(held) == 1 else "month"
    kind = f"square{_shade(len(held), most)}"
    named = {"aria-label": label, "title": label}
    return f"<td>{button(act, str(len(held)), kind, named, **data)}</td>"


def _shade(count: int, most: int) -> str:
    """The class that makes a square paler than the fullest month's."""
    if count * 3 <= most:
        return " cop-some"
    return " cop-more-of" if count * 3 <= most * 2 else ""


def month_html(documents: Sequence[Document], month: str, language: str) -> str:
    """The records of one month, each to be opened."""
    held = [one for one in documents if one.kind == "minutes" and (one.date or "")[:7] == month]
    year, number = month.split("-")
    title = f"{words(language)(f'agenda.month.{int(number)}')} {year}"
    listed = "".join(document_item(one, language) for one in held)
    close = button("close", words(language)("ui.source.close"), "plain")
    return (
        f'<section class="cop-viewer" aria-label="{escape(title)}">'
        f'<div class="cop-viewer-bar">{close}</div>'
        f'<h2 tabindex="-1">{escape(title)}</h2><ul class="cop-lines">{listed}</ul></section>'
    )


def document_item(document: Document, language: str) -> str:
    """A document in a list, with a button that opens it."""
    facts = escape(" · ".join((day(document.date, language), document.path)))
    opens = button("read", words(language)("ui.documents.preview"), name=document.id)
    return (
        f'<li><div>{escape(document.title)}</div><div class="cop-where">{facts} {opens}</div></li>'
    )


def by_kind(documents: Sequence[Document], language: str) -> list[Bar]:
    """Documents by kind."""
    say = words(language)
    bars = []
    for kind in KINDS:
        of_kind = [document for document in documents if document.kind == kind]
        if of_kind:
            latest = sorted(of_kind, key=lambda one: one.date or "", reverse=True)
            bars.append(Bar(say(f"ui.kind.{kind}"), len(of_kind), documents=tuple(latest)))
    return bars


def bars_html(
    title: str, bars: Sequence[Bar], documents: dict[str, Document], language: str
) -> str:
    """Bars with their count in figures; each opens to its lines."""
    say = words(language)
    most = max((bar.count for bar in bars), default=1)
    drawn = "".join(
        f'<details><summary><span class="cop-bar-label">{escape(bar.label)}</span>'
        f'<span class="cop-bar" style="--share:{bar.count / most:.3f}" aria-hidden="true"></span>'
        f"<span>{bar.count}</span></summary>"
        f'<ul class="cop-lines">{_items(bar, documents, language)}</ul></details>'
        for bar in bars
    )
    body = drawn or f'<p class="cop-empty">{escape(say("ui.overview.none"))}</p>'
    return f'<section class="cop-chart"><h2>{escape(title)}</h2>{body}</section>'


def _items(bar: Bar, documents: dict[str, Document], language: str) -> str:
    lines = [item(one, documents, language) for one in bar.lines[:LISTED]]
    lines += [document_item(one, language) for one in bar.documents[:LISTED]]
    left = bar.count - len(lines)
    if left > 0:
        more = words(language)("ui.overview.more", count=left)
        lines.append(f'<li class="cop-where">{escape(more)}</li>')
    return "".join(lines)


def topics_html(found: Sequence[Thread], documents: dict[str, Document], language: str) -> str:
    """Topics over time: a row a topic, a dot a session that it came up in."""
    say = words(language)
    usual = skeleton()
    found = [one for one in found if fold(one.title) not in usual]
    found = [one for one in found if len(one.sessions) > 1]
    days = sorted({when for one in found for when in one.sessions})[-SESSIONS:]

    def drawn(one: Thread) -> int:
        return len(set(one.sessions) & set(days))

    often = sorted((one for one in found if drawn(one)), key=lambda one: (-drawn(one), one.title))
    often = often[:TOPICS]
    heading = f"<h2>{escape(say('ui.overview.topics'))}</h2>"
    if not often:
        none = f'<p class="cop-empty">{escape(say("ui.overview.no_topics"))}</p>'
        return f'<section class="cop-chart">{heading}{none}</section>'
    head = "".join(
        f'<th scope="col"><span>{_month_of(when, language)}</span></th>' for when in days
    )
    body = "".join(_topic_row(one, days, documents, language) for one in often)
    corner = escape(say("ui.overview.topic"))
    return (
        f'<section class="cop-chart">{heading}<div class="cop-table" tabindex="0" role="region" '
        f'aria-label="{escape(say("ui.overview.topics"))}"><table class="cop-dots"><thead><tr>'
        f'<th scope="col">{corner}</th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
        f"{_legend(say)}"
        "</section>"
    )


def _month_of(day: str, language: str) -> str:
    name = words(language)(f"agenda.month.{int(day[5:7])}") if len(day) >= len("2019-02") else ""
    return escape(f"{name} {day[:4]}".strip())


@cache
def skeleton() -> frozenset[str]:
    """Items that every session has, in both languages: they are no subject."""
    return frozenset(
        fold(text)
        for language in LANGUAGES
        for text in words(language).below("agenda.items").values()
    )


def _legend(say: Words) -> str:
    """What the dots mean; beside the picture for eyes, since each dot is read out by itself."""
    signs = (("●", "ui.overview.treated"), ("○", "ui.register.deferred"))
    told = " · ".join(f"{sign} {escape(say(key))}" for sign, key in signs)
    return f'<p class="cop-where" aria-hidden="true">{told}</p>'


def _topic_row(
    one: Thread, days: Sequence[str], documents: dict[str, Document], language: str
) -> str:
    say = words(language)
    cells = []
    for when in days:
        there = [topic for topic in one.topics if topic.session_date == when]
        if not there:
            cells.append("<td></td>")
            continue
        deferred = all(topic.deferred for topic in there)
        word = say("ui.register.deferred" if deferred else "ui.overview.treated")
        cells.append(
            f'<td title="{escape(word)}">{"○" if deferred else "●"}'
            f'<span class="cop-unseen">{escape(word)}</span></td>'
        )
    return f'<tr><th scope="row">{_topic(one, documents)}</th>{"".join(cells)}</tr>'


def _topic(one: Thread, documents: dict[str, Document]) -> str:
    """A topic's name, which opens where it came up last."""
    cited = one.topics[-1].source
    if cited is None or cited.document not in documents:
        return escape(one.title)
    return button(
        "source",
        one.title,
        "row",
        document=cited.document,
        passage=cited.passage,
        quote=cited.quote,
    )


def gaps_html(gaps: Sequence[Turn], language: str) -> str:
    """Questions that the records do not answer, kept by those who asked."""
    say = words(language)
    listed = "".join(
        f"<li>{escape(gap.question)} "
        f'<span class="cop-where">{escape(local_day(gap.asked, language))}</span></li>'
        for gap in gaps
    )
    body = (
        f'<ul class="cop-lines">{listed}</ul>'
        if listed
        else f'<p class="cop-empty">{escape(say("ui.overview.no_gaps"))}</p>'
    )
    return f'<section class="cop-chart"><h2>{escape(say("ui.overview.gaps"))}</h2>{body}</section>'


def page(workspace: Workspace, today: date, language: str) -> str:
    """The whole overview."""
    say = words(language)
    documents = workspace.library.documents()
    if not documents:
        return f'<p class="cop-empty">{escape(say("ui.documents.empty"))}</p>'
    register, known = workspace.library.register(today)
    return (
        '<div class="cop-charts">'
        + bars_html(say("ui.overview.kinds"), by_kind(documents, language), known, language)
        + months_html(by_month(once_a_session(documents, register)), language)
        + _actions(register, known, today, language)
        + gaps_html(workspace.conversations.gaps(), language)
        + "</div>"
        + topics_html(threads(register), known, language)
    )


def _actions(register: Register, documents: dict[str, Document], today: date, language: str) -> str:
    bars = by_age(open_actions(register, today), language)
    return bars_html(words(language)("ui.overview.actions"), bars, documents, language)


# --- the tab ---------------------------------------------------------------------------------


class OverviewTab:
    """The tab's components; wiring them is all this class does."""

    def __init__(self, workspace: Workspace, language: str) -> None:
        self.workspace = workspace
        self.language = language
        drawing = busy(words(language)("ui.overview.drawing"))
        self.page = panel(drawing, "overview", "overview-source")
        self.source = panel("", "overview-source")
        for shown in (self.page, self.source):
            shown.click(self._opened, None, self.source, **QUIET)

    def on_select(self, tab: gr.Tab) -> None:
        """Drawn anew whenever the tab is opened."""
        tab.select(self._page, None, self.page, **QUIET)

    def _page(self) -> str:
        return page(self.workspace, date.today(), self.language)

    def _opened(self, event: gr.EventData) -> str:
        data = dict(event._data or {})
        if data.get("act") == "read":
            return preview(self.workspace, str(data["name"]), None, self.language)
        if data.get("act") == "month":
            library = self.workspace.library
            register, _ = library.register(date.today())
            documents = once_a_session(library.documents(), register)
            return month_html(documents, str(data["month"]), self.language)
        return opened(self.workspace, data, self.language)
