"""Themes that the records propose for a session, each with its reason and its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Final

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

MOST_PROPOSALS: Final = MappingProxyType({"deferred": 3, "open": 2, "gap": 3, "unseen": 3})
"""How many of each origin: a facilitator chooses among a handful, not a list."""


def propose(
    history: History, known: Past, gaps: Sequence[str], sourcing: Sourcing
) -> tuple[Proposal, ...]:
    """Themes, best first: announced, put off, stuck, asked without answer, long unseen.

    None that one of the last sessions treated, save what that session itself announced or put
    off; none twice; none of the past without a source.
    """
    found: list[Proposal] = []
    for origin, words_, why, source in _suggested(history, known, gaps):
        title = short_title(theme_of(words_))
        subject = history.subject(title)
        if not subject or any(subject == history.subject(one.title) for one in found):
            continue
        citations = sourcing.cite(source)
        if citations or origin == "gap":  # what members asked stands in no record
            found.append(Proposal(title, origin, why, citations))
    return tuple(found)


def _suggested(
    history: History, known: Past, gaps: Sequence[str]
) -> Iterator[tuple[str, str, str, Source | None]]:
    """Origin, words, reason and source of each theme that might be proposed, best first."""
    say = words(history.language)

    def why(origin: str, day: str | None) -> str:
        return say(f"agenda.reasons.theme_{origin}", date=written_day(day, history.language))

    if (ours := known.announced) and ours.theme:
        yield "announced", ours.theme, why("announced", ours.session.date), ours.session.source
    put_off = [one for one in known.deferred if is_theme(one.title)]
    for topic in put_off[: MOST_PROPOSALS["deferred"]]:
        yield "deferred", topic.title, why("deferred", topic.session_date), topic.source
    for one in stuck(known.follow_ups)[: MOST_PROPOSALS["open"]]:
        item, action = one.action.item or "", one.action
        if not treated_recently(item, history):
            yield "open", item, why("open", action.session_date), action.source
    asked = [one for one in gaps if not treated_recently(one, history)]
    for gap in asked[: MOST_PROPOSALS["gap"]]:
        yield "gap", gap, say("agenda.reasons.theme_gap"), None
    for topic in unseen(history)[: MOST_PROPOSALS["unseen"]]:
        yield "unseen", topic.title, why("unseen", topic.session_date), topic.source
