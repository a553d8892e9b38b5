"""Vue d'ensemble: what the library holds, as pictures that lead to their lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any, Final

import gradio as gr

from copassist.conversations import Turn
from copassist.passages import KINDS, Document
from copassist.records import Register
from copassist.register import OpenAction, Thread, open_actions, threads
from copassist.ui.ask import panel
from copassist.ui.markup import day
from copassist.ui.register import Line, item, opened
from copassist.words import words
from copassist.workspace import Workspace

AGES: Final = (30, 90, 180, 365)
"""Days that part open actions: a month, a season, half a year, a year."""
TOPICS: Final = 12
"""Topics drawn: those of the most sessions."""
SESSIONS: Final = 24
"""Sessions drawn, the latest: two years of a monthly community."""


# --- plain functions -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, and the lines it stands for."""

    label: str
    count: int
    lines: tuple[Line, ...] = ()


def by_age(found: Sequence[OpenAction], language: str) -> list[Bar]:
    """Open actions by the age of their session, youngest first; undated last."""
    say = words(language)
    parted: dict[str, list[Line]] = {}
    for one in found:
        parted.setdefault(_age(one.age, language), []).append(
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
    order = [_age(limit, language) for limit in (*AGES, AGES[-1] + 1)] + [_age(None, language)]
    return [
        Bar(label, len(parted[label]), tuple(parted[label])) for label in order if label in parted
    ]


def _age(days: int | None, language: str) -> str:
    say = words(language)
    if days is None:
        return say("ui.undated")
    for limit in AGES:
        if days <= limit:
            return say("ui.overview.days", count=limit)
    return say("ui.overview.older", count=AGES[-1])


def by_year(documents: Sequence[Document], language: str) -> list[Bar]:
    """Dated minutes by year."""
    years = Counter(
        document.date[:4] for document in documents if document.date and document.kind == "minutes"
    )
    lines = {
        year: tuple(
            Line(document.title, (day(document.date, language),), None)
            for document in documents
            if document.kind == "minutes" and (document.date or "").startswith(year)
        )
        for year in years
    }
    return [Bar(year, years[year], lines[year]) for year in sorted(years)]


def by_kind(documents: Sequence[Document], language: str) -> list[Bar]:
    """Documents by kind."""
    say = words(language)
    bars = []
    for kind in KINDS:
        of_kind = [document for document in documents if document.kind == kind]
        if of_kind:
            lines = tuple(
                Line(one.title, (day(one.date, language), one.path), None) for one in of_kind
            )
            bars.append(Bar(say(f"ui.kind.{kind}"), len(of_kind), lines))
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
        f'<ul class="cop-lines">{"".join(item(one, documents, language) for one in bar.lines)}</ul>'
        "</details>"
        for bar in bars
    )
    body = drawn or f'<p class="cop-empty">{escape(say("ui.overview.none"))}</p>'
    return f'<section class="cop-chart"><h2>{escape(title)}</h2>{body}</section>'


def topics_html(found: Sequence[Thread], documents: dict[str, Document], language: str) -> str:
    """Topics over time: a row a topic, a dot a session that it came up in."""
    say = words(language)
    often = sorted(found, key=lambda one: (-len(one.sessions), one.title))[:TOPICS]
    often = [one for one in often if len(one.sessions) > 1]
    heading = f"<h2>{escape(say('ui.overview.topics'))}</h2>"
    if not often:
        none = f'<p class="cop-empty">{escape(say("ui.overview.none"))}</p>'
        return f'<section class="cop-chart">{heading}{none}</section>'
    days = sorted({when for one in often for when in one.sessions})[-SESSIONS:]
    head = "".join(f'<th scope="col"><span>{when[:7]}</span></th>' for when in days)
    body = "".join(_topic_row(one, days, documents, language) for one in often)
    corner = escape(say("ui.overview.topic"))
    return (
        f'<section class="cop-chart">{heading}<div class="cop-table" tabindex="0" role="region" '
        f'aria-label="{escape(say("ui.overview.topics"))}"><table class="cop-dots"><thead><tr>'
        f'<th scope="col">{corner}</th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
        "</section>"
    )


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
    last = one.topics[-1]
    line = item(Line(one.title, (), last.source), documents, language)
    return f'<tr><th scope="row"><ul class="cop-lines">{line}</ul></th>{"".join(cells)}</tr>'


def gaps_html(gaps: Sequence[Turn], language: str) -> str:
    """Questions that the records do not answer, kept by those who asked."""
    say = words(language)
    listed = "".join(
        f"<li>{escape(gap.question)} "
        f'<span class="cop-where">{escape(day(gap.asked[:10], language))}</span></li>'
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
        + bars_html(say("ui.overview.years"), by_year(documents, language), known, language)
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
        self.page = panel("", False, "overview")
        self.source = panel("", False, "overview-source")
        self.page.click(self._open, None, [self.source, self.page], show_progress="hidden")
        self.source.click(self._leaf, None, self.source, show_progress="hidden")

    def on_select(self, tab: gr.Tab) -> None:
        """Drawn anew whenever the tab is opened."""
        tab.select(self._page, None, self.page, show_progress="hidden")

    def _page(self) -> str:
        return page(self.workspace, date.today(), self.language)

    def _open(self, event: gr.EventData) -> tuple[Any, ...]:
        return opened(self.workspace, dict(event._data or {}), self.language), gr.skip()

    def _leaf(self, event: gr.EventData) -> str:
        return opened(self.workspace, dict(event._data or {}), self.language)
