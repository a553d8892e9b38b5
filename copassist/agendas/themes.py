"""Themes that the records propose for a session, each with its reason and its source."""

from __future__ import annotations

from collections.abc import Sequence

from copassist.agendas.history import (
    History,
    Past,
    is_theme,
    short_title,
    stuck,
    theme_of,
    treated_recently,
    unseen,
)
from copassist.agendas.items import Proposal, written_day
from copassist.agendas.sourcing import Sourcing
from copassist.records import Source
from copassist.words import words

MOST_PROPOSALS: tuple[tuple[str, int], ...] = (
    ("deferred", 3),
    ("open", 2),
    ("gap", 3),
    ("unseen", 3),
)
"""How many of each origin: a facilitator chooses among a handful, not a list."""


def propose(
    history: History, known: Past, gaps: Sequence[str], sourcing: Sourcing
) -> tuple[Proposal, ...]:
    """Themes, best first: announced, put off, stuck, asked without answer, long unseen.

    None that one of the last sessions treated, save what that session itself announced or put
    off; none twice; none of the past without a source.
    """
    say = words(history.language)

    def of(day: str | None) -> str:
        return written_day(day, history.language)

    found: list[Proposal] = []

    def add(
        origin: str, title: str, why: str, *, sourced: bool, source: Source | None = None
    ) -> None:
        title = short_title(theme_of(title))
        subject = history.subject(title)
        if not subject or any(subject == history.subject(one.title) for one in found):
            return
        citations = sourcing.cite(source)
        if sourced and not citations:
            return
        found.append(Proposal(title, origin, why, citations))

    ours = known.announced
    if ours is not None and ours.theme:
        why = say("agenda.reasons.theme_announced", date=of(ours.session.date))
        add("announced", ours.theme, why, sourced=True, source=ours.session.source)
    limits = dict(MOST_PROPOSALS)
    fit = [one for one in known.deferred if is_theme(one.title)]
    for topic in fit[: limits["deferred"]]:
        why = say("agenda.reasons.theme_deferred", date=of(topic.session_date))
        add("deferred", topic.title, why, sourced=True, source=topic.source)
    blocked = [one for one in stuck(known.follow_ups) if one.action.item]
    for one in blocked[: limits["open"]]:
        why = say("agenda.reasons.theme_open", date=of(one.action.session_date))
        if not treated_recently(one.action.item or "", history):
            add("open", one.action.item or "", why, sourced=True, source=one.action.source)
    for gap in [one for one in gaps if not treated_recently(one, history)][: limits["gap"]]:
        add("gap", gap, say("agenda.reasons.theme_gap"), sourced=False)
    for topic in unseen(history)[: limits["unseen"]]:
        why = say("agenda.reasons.theme_unseen", date=of(topic.session_date))
        add("unseen", topic.title, why, sourced=True, source=topic.source)
    return tuple(found)
