"""A draft agenda out of the register: structure, time and facts are code, never a model's.

The frame follows the style; follow-ups and deferred points come from the records with their
sources; the activity is chosen from the formats by purpose, people, time and mode. What does
not fit is cut in a fixed order and said, and the follow-ups are what stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from copassist.agendas import timing
from copassist.agendas.activities import activities
from copassist.agendas.desk import Desk
from copassist.agendas.history import (
    Announcement,
    FollowUp,
    History,
    Past,
    attendance,
    community_named,
    last_decisions,
    last_treated,
    past,
    readable,
    rotation,
    short_title,
    written_news,
)
from copassist.agendas.items import (
    Agenda,
    AgendaItem,
    AgendaPoint,
    AgendaRequest,
    Citation,
    Proposal,
    agenda_id,
    checked_request,
    written_owner,
)
from copassist.agendas.sourcing import Sourcing, relabelled
from copassist.agendas.themes import propose
from copassist.formats import Format
from copassist.passages import Document
from copassist.records import Register, Session, Source, Topic
from copassist.register import same_topic
from copassist.words import words

MOST_DEFERRED: Final = 3
"""Most deferred points on one agenda: where more were put off, one session cannot take them all."""
CUT_ORDER: Final = ("information", "deferred", "questions", "discussion", "activity", "harvest")
"""What goes first when it cannot all fit. Welcome, adoptions, follow-ups and closing stay."""


def trusted(source: Source) -> bool:  # noqa: ARG001  # the shape of a check
    """The default check of a source: the register was read from verified quotes."""
    return True


def draft(  # noqa: PLR0913, PLR0917  # each is a thing of its own, and tests give them all
    request: AgendaRequest,
    register: Register,
    documents: Mapping[str, Document],
    formats: Sequence[Format],
    today: date,
    gaps: Sequence[str] = (),
    *,
    holds: Callable[[Source], bool] = trusted,
) -> Agenda:
    """An agenda whose minutes add up to ``request.minutes`` and whose claims carry sources.

    ``documents``: by id, those that sources may name; a line of the register whose source is
    not among them, or that ``holds`` refuses (its quote no longer stands in the document), is
    left out. ``gaps``: questions members asked without answer. ``today`` decides what is
    overdue and what is past; nothing dated on the session's day or later is taken into account.

    Raises :class:`UsageError` for a request that cannot be met.
    """
    desk = _desk(request, register, documents, formats, today, holds)
    known = past(desk.history)
    proposals = propose(desk.history, known, gaps, desk.sourcing)
    theme = _theme(desk, proposals)
    opening, note_taking = _opening(desk, known.announced)
    items, cuts, notes = _items(desk, opening, known, theme)
    warnings = (*notes, *_warnings(desk, known, items, theme, cuts))
    agenda = Agenda(
        id=agenda_id(desk.request),
        title=desk.say("agenda.title", date=desk.day(desk.request.date)),
        date=desk.request.date,
        start=desk.request.start,
        minutes=desk.request.minutes,
        style=desk.request.style,
        language=desk.request.language,
        people=desk.request.people,
        mode=desk.request.mode,
        theme=theme.title if theme else None,
        items=items,
        warnings=tuple(dict.fromkeys(warnings)),
        proposals=_others(desk, proposals, theme),
        facilitation=items[0].lead,
        note_taking=note_taking,
        community=community_named(desk.history),
    )
    return relabelled(agenda)


def _desk(  # noqa: PLR0913, PLR0917  # all that a draft is made from
    request: AgendaRequest,
    register: Register,
    documents: Mapping[str, Document],
    formats: Sequence[Format],
    today: date,
    holds: Callable[[Source], bool],
) -> Desk:
    request, wished = checked_request(request, formats)
    history = History.of(register, request.date, today, request.language, documents)
    return Desk(
        request,
        tuple(formats),
        wished,
        history,
        Sourcing(documents, request.language, holds),
        words(request.language),
        request.people or (attendance(history) or (None, ()))[0],
    )


def _items(
    desk: Desk, opening: Sequence[AgendaItem], known: Past, theme: Proposal | None
) -> tuple[tuple[AgendaItem, ...], Sequence[timing.Cut], Sequence[str]]:
    """The items with their minutes, what was cut to make them fit, and notes on the activities."""
    before = (
        *opening,
        _follow_ups(desk, known.follow_ups, known.left_out),
        _information(desk),
        *_deferred_items(desk, known.deferred, theme),
    )
    closing = _closing(desk)
    chosen, notes = activities(desk, theme, (*before, *closing), CUT_ORDER)
    working = _working_minutes(desk, chosen)
    kept, cuts = timing.fit((*before, *chosen, *closing), working, CUT_ORDER)
    return _timed(desk, kept), cuts, notes


# The frame --------------------------------------------------------------------------------------


def _opening(desk: Desk, ours: Announcement | None) -> tuple[tuple[AgendaItem, ...], str | None]:
    """The first items, and who would take notes by rotation."""
    welcome = _led(desk, desk.item("welcome", "frame", timing.WELCOME), ours)
    noted = _in_turn(desk, welcome, "note_rotation", lambda one: one.note_taking)
    note_taking = noted.lead if noted.lead != welcome.lead else None
    if note_taking is not None:
        welcome = replace(noted, lead=welcome.lead)
    if desk.request.style != "formal":
        return (welcome,), note_taking
    adopt = desk.item("adopt_agenda", "decision", timing.ADOPTION)
    return (welcome, adopt, _last_minutes(desk)), note_taking


def _led(desk: Desk, welcome: AgendaItem, ours: Announcement | None) -> AgendaItem:
    """Facilitation as announced, else by rotation where the records show one, else blank."""
    if ours is not None and ours.facilitation:
        citations = desk.sourcing.cite(ours.session.source)
        day = desk.day(ours.session.date)
        why = desk.say("agenda.reasons.facilitation_announced", date=day)
        if citations:
            return replace(welcome, lead=ours.facilitation, why=why, citations=citations)
    return _in_turn(desk, welcome, "rotation", lambda one: one.facilitation)


def _in_turn(
    desk: Desk, item: AgendaItem, reason: str, role: Callable[[Session], str | None]
) -> AgendaItem:
    """The item led by whoever's turn it is, with the reason and its source added."""
    turn = rotation(desk.history, role)
    citations = desk.sourcing.cite(turn.session.source) if turn else ()
    if turn is None or not citations:
        return item
    day = desk.day(turn.session.date)
    why = desk.say(f"agenda.reasons.{reason}", name=turn.name, date=day)
    added = tuple(one for one in citations if one not in item.citations)
    return replace(
        item,
        lead=turn.name,
        why=" ".join(filter(None, (item.why, why))),
        citations=item.citations + added,
    )


def _last_minutes(desk: Desk) -> AgendaItem:
    item = desk.item("adopt_minutes", "decision", timing.ADOPTION)
    for session in desk.history.sessions()[:1]:
        citations = desk.sourcing.cite(session.source)
        if citations:
            title = desk.say("agenda.items.adopt_minutes_of", date=desk.day(session.date))
            return replace(item, title=title, citations=citations)
    return item


def _follow_ups(desk: Desk, open_actions: Sequence[FollowUp], left_out: int) -> AgendaItem:
    points: list[AgendaPoint] = []
    cited: dict[int, Citation] = {}
    told: list[FollowUp] = []
    for one in open_actions:
        citations = desk.sourcing.cite(*(one.sources or (None,)))
        if not citations:
            continue
        cited |= {citation.label: citation for citation in citations}
        points.append(_follow_up(desk, one, tuple(citation.label for citation in citations)))
        told.append(one)
    # those that seem done, and those without news, are asked about in one go
    timed = sum(not (one.quiet or one.action.seems_done) for one in told)
    item = desk.item(
        "follow_ups", "follow-up", timing.follow_up_bounds(timed + (len(points) > timed))
    )
    return replace(
        item,
        points=tuple(points),
        citations=tuple(cited.values()),
        why=_follow_up_reason(desk, points, told, left_out),
    )


def _follow_up(desk: Desk, one: FollowUp, labels: tuple[int, ...]) -> AgendaPoint:
    action = one.action
    owner = written_owner(action, desk.request.language)
    due = action.due or desk.say("agenda.no_due")
    text = readable(action.subject or action.text)
    note = _note(desk, one)
    return AgendaPoint(text, owner, due, one.overdue, note, action.due_date, labels)


def _note(desk: Desk, one: FollowUp) -> str:
    """How it stands, as the last record that speaks of it says."""
    said = []
    if one.action.state:
        said.append(short_title(one.action.state))
    elif one.action.status == "unknown":
        said.append(desk.say("agenda.to_check"))
    if news := written_news(one.action, desk.request.language):
        said.append(news)
    if one.quiet:
        said.append(desk.say("agenda.no_news", date=desk.day(one.action.session_date)))
    return "; ".join(said)


def _follow_up_reason(
    desk: Desk, points: Sequence[AgendaPoint], told: Sequence[FollowUp], left_out: int
) -> str:
    if not points:
        return desk.say("agenda.reasons.follow_ups_none")
    seeming = sum(one.action.seems_done for one in told)
    quiet = sum(one.quiet for one in told)
    current = len(points) - seeming - quiet
    key = "one" if current == 1 else "many"
    said = [desk.say(f"agenda.reasons.follow_ups_{key}", count=current)] if current else []
    if seeming:
        said.append(desk.say("agenda.reasons.follow_ups_seeming", count=seeming))
    if quiet:
        said.append(desk.say("agenda.reasons.follow_ups_quiet", count=quiet))
    if left_out:
        said.append(desk.say("agenda.reasons.follow_ups_older", count=left_out))
    overdue = sum(point.overdue for point in points)
    if overdue:
        today = desk.day(desk.history.today.isoformat())
        said.append(desk.say("agenda.reasons.follow_ups_overdue", count=overdue, date=today))
    return " ".join(said)


def _information(desk: Desk) -> AgendaItem:
    item = desk.item("information", "information", timing.INFORMATION)
    points: list[AgendaPoint] = []
    cited: dict[int, Citation] = {}
    for decision in last_decisions(desk.history):
        citations = desk.sourcing.cite(decision.source)
        if citations:
            cited |= {one.label: one for one in citations}
            labels = tuple(one.label for one in citations)
            points.append(AgendaPoint(readable(decision.text), labels=labels))
    if not points:
        return replace(item, why=desk.say("agenda.reasons.information_none"))
    why = desk.say("agenda.reasons.information", date=desk.day(desk.history.dates[-1]))
    return replace(item, why=why, points=tuple(points), citations=tuple(cited.values()))


def _closing(desk: Desk) -> tuple[AgendaItem, ...]:
    questions = desk.item("questions", "information", timing.QUESTIONS)
    return (
        replace(questions, why=desk.say("agenda.reasons.questions")),
        desk.item("harvest", "frame", timing.HARVEST),
        desk.item("next", "frame", timing.NEXT),
        desk.item("close", "frame", timing.CLOSE),
    )


# Theme and deferred points ----------------------------------------------------------------------


def _theme(desk: Desk, proposals: Sequence[Proposal]) -> Proposal | None:
    """The theme asked for, marked as resumed where it was treated before; else the best one."""
    asked = desk.request.theme
    if asked is None:
        return proposals[0] if proposals else None
    subject = desk.history.subject(asked)
    for one in proposals:
        if one.origin != "gap" and same_topic(subject, desk.history.subject(one.title)):
            why = desk.say("agenda.reasons.theme_asked") + " " + one.why
            return replace(one, title=asked, why=why)
    before = last_treated(asked, desk.history)
    citations = desk.sourcing.cite(before.source) if before and before.source else ()
    if before is None or not citations:
        return Proposal(asked, "asked", desk.say("agenda.reasons.theme_asked"))
    why = desk.say("agenda.reasons.reprise", date=desk.day(before.session_date))
    return Proposal(asked, "reprise", why, citations)


def _others(
    desk: Desk, proposals: Sequence[Proposal], theme: Proposal | None
) -> tuple[Proposal, ...]:
    """The proposals that are not the theme."""
    taken = desk.history.subject(theme.title) if theme else frozenset()
    return tuple(one for one in proposals if not same_topic(desk.history.subject(one.title), taken))


def _deferred_items(
    desk: Desk, put_off: Sequence[Topic], theme: Proposal | None
) -> tuple[AgendaItem, ...]:
    """Deferred points come back, latest first, save the one that is the theme."""
    taken = desk.history.subject(theme.title) if theme else frozenset()
    found: list[AgendaItem] = []
    for topic in put_off:
        if len(found) == MOST_DEFERRED:
            break
        subject = desk.history.subject(topic.title)
        citations = () if same_topic(subject, taken) else desk.sourcing.cite(topic.source)
        if not citations:
            continue
        title = desk.say("agenda.items.deferred", title=short_title(topic.title))
        item = desk.item(f"deferred-{len(found) + 1}", "discussion", timing.DEFERRED, title)
        why = desk.say("agenda.reasons.deferred", date=desk.day(topic.session_date))
        found.append(replace(item, why=why, citations=citations))
    return tuple(found)


# Time -------------------------------------------------------------------------------------------


def _breaks(desk: Desk, items: Sequence[AgendaItem]) -> int:
    own = {one.id for one in desk.formats if one.has_pause}
    held = sum(item.format in own for item in items)
    return max(0, timing.breaks_needed(desk.request.minutes) - held)


def _working_minutes(desk: Desk, items: Sequence[AgendaItem]) -> int:
    return desk.request.minutes - _breaks(desk, items) * timing.BREAK[1]


def _timed(desk: Desk, kept: Sequence[AgendaItem]) -> tuple[AgendaItem, ...]:
    """Minutes, steps and breaks; an open exchange takes what the bounds leave over."""
    total = _working_minutes(desk, kept)
    items = list(kept)
    if sum(one.bounds[2] for one in items) < total:
        spare = desk.item("open_discussion", "discussion", timing.OPEN)
        why = desk.say("agenda.reasons.open_discussion")
        items = list(timing.before_the_end(items, replace(spare, why=why)))
    shared = [
        timing.with_steps(one, desk.formats, desk.request.language)
        for one in timing.share(items, total)
    ]
    pause = replace(
        desk.item("break", "frame", timing.BREAK, desk.say("agenda.break")),
        why=desk.say("agenda.reasons.break", minutes=timing.LONGEST_STRETCH),
    )
    return timing.with_breaks(shared, _breaks(desk, kept), pause, desk.formats)


# Warnings ---------------------------------------------------------------------------------------


def _warnings(
    desk: Desk,
    known: Past,
    items: Sequence[AgendaItem],
    theme: Proposal | None,
    cuts: Sequence[timing.Cut],
) -> list[str]:
    cut = [
        desk.say("agenda.warnings.cut", title=one.item.title, minutes=one.missing) for one in cuts
    ]
    return [
        *_date_warnings(desk, known.elsewhere),
        *cut,
        *_follow_up_warnings(desk, items, known.follow_ups, known.left_out),
        *_left_deferred(desk, known.deferred, items, theme, cuts),
    ]


def _date_warnings(desk: Desk, other: Announcement | None) -> list[str]:
    found = []
    if desk.request.date < desk.history.today.isoformat():
        found.append(desk.say("agenda.warnings.past_date", date=desk.day(desk.request.date)))
    if other is not None and desk.sourcing.cite(other.session.source):
        dates = {"date": desk.day(other.session.date), "announced": desk.day(other.day)}
        found.append(desk.say("agenda.warnings.other_date", **dates))
    return found


def _follow_up_warnings(
    desk: Desk, items: Sequence[AgendaItem], open_actions: Sequence[FollowUp], left_out: int
) -> list[str]:
    item = next(one for one in items if one.id == "follow_ups")
    found = []
    current = sum(not one.quiet for one in open_actions)
    if current > item.minutes:
        values = {"count": current, "minutes": item.minutes}
        found.append(desk.say("agenda.warnings.follow_ups_tight", **values))
    if left_out:
        found.append(desk.say("agenda.warnings.older_quiet", count=left_out))
    unsourced = len(open_actions) - len(item.points)
    if unsourced:
        found.append(desk.say("agenda.warnings.unsourced", count=unsourced))
    return found


def _left_deferred(
    desk: Desk,
    put_off: Sequence[Topic],
    items: Sequence[AgendaItem],
    theme: Proposal | None,
    cuts: Sequence[timing.Cut],
) -> list[str]:
    said = {one.title for one in (*items, *(cut.item for cut in cuts))}
    taken = desk.history.subject(theme.title) if theme else frozenset()
    left = []
    for topic in put_off:
        title = desk.say("agenda.items.deferred", title=short_title(topic.title))
        same = same_topic(desk.history.subject(topic.title), taken)
        if title not in said and not same and desk.sourcing.cite(topic.source):
            left.append(desk.say("agenda.warnings.deferred_left", title=short_title(topic.title)))
    return left
