"""Which activities a session holds: by purpose, people, time and mode, or as wished for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from copassist.agendas import timing
from copassist.agendas.desk import Desk
from copassist.agendas.history import attendance
from copassist.agendas.items import AgendaItem, AgendaRequest, Proposal
from copassist.agendas.purposes import BROAD, BY_ORIGIN, SECOND, candidates, purposes_of
from copassist.formats import Format, fits, suitable
from copassist.words import words

MOST_ACTIVITIES: Final = 3
SECOND_FROM: Final = 25
"""Minutes left over from which a second activity is looked for: the shortest take 20 to 25."""


def activities(
    desk: Desk, theme: Proposal | None, others: Sequence[AgendaItem], cuttable: Sequence[str]
) -> tuple[tuple[AgendaItem, ...], tuple[str, ...]]:
    """The session's activities and, in words, the wished formats that cannot be held.

    ``others``: the rest of the session; those of a ``cuttable`` kind give way to what is wished
    for, and to a first activity that has no room otherwise.
    """
    breaks = timing.breaks_needed(desk.request.minutes) * timing.BREAK[1]
    usual = desk.request.minutes - breaks - sum(one.bounds[1] for one in others)
    must = [one for one in others if one.kind not in cuttable]
    most = desk.request.minutes - breaks - sum(one.bounds[0] for one in must)
    chosen, notes = _wished(desk, most)
    reasons = [desk.say("agenda.reasons.format_asked")] * len(chosen)
    if not chosen:
        first = _first(desk, theme, usual, most)
        if first is None:
            return _discussion(desk, theme), (*notes, desk.say("agenda.reasons.no_format"))
        chosen, reasons = [first], [_reason(desk, first)]
        while len(chosen) < MOST_ACTIVITIES:
            left = usual - sum(one.bounds[1] for one in chosen)
            second = _second(desk, chosen, left) if left >= SECOND_FROM else None
            if second is None:
                break
            chosen.append(second)
            reasons.append(desk.say("agenda.reasons.second"))
    if desk.people is None:
        notes.append(desk.say("agenda.warnings.people_unknown"))
    items = _items(desk, chosen, reasons, theme)
    return (_about(desk, items[0], theme), *items[1:]), tuple(notes)


def activity(item: AgendaItem, chosen: Format, request: AgendaRequest) -> AgendaItem:
    """The item as an activity of this format: aim, materials, what may be minuted, timing."""
    language = request.language
    return replace(
        item,
        intention="activity",
        format=chosen.id,
        bounds=chosen.bounds,
        aim=chosen.purpose(language),
        materials=() if request.mode == "online" else chosen.material(language),
        online=chosen.online_variant(language) if request.mode in ("online", "hybrid") else "",
        record=chosen.record(language),
        confidential=chosen.confidential,
        timing_basis=chosen.timing_basis,
    )


def activity_title(chosen: Format, theme: str | None, language: str) -> str:
    """ "1-2-4-Tous : l'écriture cursive"."""
    say = words(language)
    subject = theme or say("agenda.reasons.theme_unset")
    return say("agenda.items.activity", format=chosen.name(language), theme=subject)


def _items(
    desk: Desk, chosen: Sequence[Format], reasons: Sequence[str], theme: Proposal | None
) -> list[AgendaItem]:
    subject = theme.title if theme else None
    found = []
    for number, (one, reason) in enumerate(zip(chosen, reasons, strict=True), 1):
        title = activity_title(one, subject, desk.request.language)
        item = desk.item(f"activity-{number}", "activity", one.bounds, title)
        found.append(replace(activity(item, one, desk.request), why=reason))
    return found


def _about(desk: Desk, item: AgendaItem, theme: Proposal | None) -> AgendaItem:
    """The first activity says where its theme, and the number of people, come from."""
    said = [theme.why if theme else desk.say("agenda.reasons.theme_none"), item.why]
    citations = list(theme.citations) if theme else []
    guessed = attendance(desk.history) if desk.request.people is None else None
    found = desk.sourcing.cite(*(one.source for one in guessed[1])) if guessed else ()
    if found:
        said.append(desk.say("agenda.reasons.people_guessed"))
        citations += [one for one in found if one not in citations]
    return replace(item, why=" ".join(said), citations=tuple(citations))


def _wished(desk: Desk, most: int) -> tuple[list[Format], list[str]]:
    """The formats wished for that can be held together, and why the others cannot."""
    chosen: list[Format] = []
    refused: list[str] = []
    for one in desk.wished:
        left = most - sum(known.bounds[0] for known in chosen)
        name = one.name(desk.request.language)
        if one in chosen:
            continue
        if fits(one, desk.people, left, desk.request.mode):
            chosen.append(one)
        elif fits(one, None, left, desk.request.mode):
            least, largest = one.group
            values = {"least": least, "most": largest, "people": desk.people}
            refused.append(desk.say("agenda.warnings.format_people", format=name, **values))
        elif fits(one, None, left):
            refused.append(desk.say("agenda.warnings.format_online", format=name))
        else:
            values = {"least": one.bounds[0], "minutes": max(0, left)}
            refused.append(desk.say("agenda.warnings.format_minutes", format=name, **values))
    return chosen, refused


def _first(desk: Desk, theme: Proposal | None, usual: int, most: int) -> Format | None:
    """The format that serves the theme's purpose in the time there is, else the broadest.

    A confidential format deals with someone's own case or story: only words of the request or
    of the theme that point to it bring it in.
    """
    words_given = " ".join(filter(None, (desk.request.wish, theme.title if theme else None)))
    asked = purposes_of(words_given)
    origin = (BY_ORIGIN[theme.origin],) if theme and theme.origin in BY_ORIGIN else ()
    used = {one for session in desk.history.sessions()[:2] for one in session.formats}
    for minutes in dict.fromkeys((max(usual, 0), max(most, 0))):
        for tags in (*asked, *origin, *BROAD):
            offered = [
                one
                for one in _offered(desk, minutes, tags)
                if tags in asked or not one.confidential
            ]
            fresh = [one for one in offered if one.id not in used]
            if offered:
                return (fresh or offered)[0]
    return None


def _offered(desk: Desk, minutes: int, tags: Sequence[str]) -> tuple[Format, ...]:
    return suitable(candidates(desk.formats), desk.people, minutes, desk.request.mode, tags)


def _second(desk: Desk, chosen: Sequence[Format], minutes: int) -> Format | None:
    for tags in SECOND:
        for one in _offered(desk, minutes, tags):
            if one not in chosen and not one.confidential and one.bounds[1] <= minutes:
                return one
    return None


def _reason(desk: Desk, chosen: Format) -> str:
    people = (
        desk.say("agenda.reasons.people_unknown")
        if desk.people is None
        else desk.say("agenda.reasons.people_known", people=desk.people)
    )
    purposes = ", ".join(desk.say(f"agenda.purpose.{tag}") for tag in chosen.tags)
    said = desk.say("agenda.reasons.format_chosen", people=people)
    return said + " " + desk.say("agenda.reasons.format_purpose", purposes=purposes)


def _discussion(desk: Desk, theme: Proposal | None) -> tuple[AgendaItem, ...]:
    """Where no format can be held: the theme, talked about; nothing without a theme."""
    if theme is None:
        return ()
    title = desk.say("agenda.items.discussion", theme=theme.title)
    item = desk.item("discussion", "discussion", timing.DISCUSSION, title)
    why = theme.why + " " + desk.say("agenda.reasons.no_format")
    return (replace(item, why=why, citations=theme.citations),)
