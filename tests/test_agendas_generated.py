"""Two hundred generated requests over generated registers: every rule of an agenda holds."""

from __future__ import annotations

import json
from datetime import date, timedelta
from random import Random
from typing import TypeVar, get_args

import pytest
from agenda_material import (
    COMING,
    FORMATS,
    LENGTHS,
    TODAY,
    by_id,
    hold_clock,
    make,
    total,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from copassist.agendas import (
    Agenda,
    AgendaRequest,
    draft,
    timing,
)
from copassist.agendas.history import readable, short_title
from copassist.agendas.items import Intention
from copassist.formats import MODES, find_format
from copassist.passages import Document, Locator
from copassist.records import (
    Action,
    Decision,
    NextSession,
    Register,
    Session,
    Source,
    Topic,
)

T = TypeVar("T")


FIRST = date(2025, 1, 1)
TITLES = (
    "Grille d'observation",
    "Tenue du crayon",
    "Budget",
    "Questions diverses",
    "Accueil des nouveaux membres",
    "Difficulté avec les parents",
    "Bilan de l'année",
    "Onboarding new members",
    "Lecture | écriture *ensemble*",
)
NAMES = (None, "Amina", "Luc", "Rosalie et Paul", "Équipe 3")
KNOWN = {
    name: Document(name, "default", f"{name}.md", f"Compte rendu {name}", "minutes")
    for name in ("a", "b", "c")
}


def register_of(seed: int) -> Register:
    """A register with gaps and contradictions of every kind, the same for the same seed.

    Not a strategy of its own: drawing some hundred values an example is what takes the time.
    """
    dice = Random(seed)

    def some_day() -> str:
        return (FIRST + timedelta(days=dice.randrange(880))).isoformat()

    def a_source() -> Source | None:
        name = dice.choice(["a", "b", "c", "forgotten"])
        number = dice.randrange(30)
        found = Source(name, f"{name}:{number}", f"« mot à mot » no {number}", Locator(page=1))
        return found if dice.random() < 0.9 else None

    def maybe(value: T) -> T | None:
        return value if dice.random() < 0.5 else None

    days = sorted({some_day() for _ in range(dice.randrange(7))})
    when = (*days, None)

    def coming() -> NextSession:
        theme = maybe(f"Annoncé : {dice.choice(TITLES)}")
        return NextSession(maybe(some_day()), theme, dice.choice(NAMES))

    def held(one: str) -> Session:
        return Session(
            one,
            f"Rencontre {one}",
            maybe(dice.randrange(2, 40)),
            dice.choice(NAMES),
            dice.choice(NAMES),
            tuple(dice.sample(TITLES, dice.randrange(3))),
            tuple(dice.sample([known.id for known in FORMATS], dice.randrange(2))),
            maybe(coming()),
            a_source(),
        )

    def undertaken() -> Action:
        return Action(
            f"Préparer : {dice.choice(TITLES)}",
            dice.choice(when),
            dice.choice(NAMES),
            dice.random() < 0.7,
            maybe("bientôt"),
            maybe(some_day()),
            dice.choice(["open", "done", "unknown"]),
            item=maybe(dice.choice(TITLES)),
            source=a_source(),
        )

    return Register(
        tuple(held(one) for one in days),
        tuple(
            Decision(dice.choice(TITLES), dice.choice(when), None, source=a_source())
            for _ in range(dice.randrange(4))
        ),
        tuple(undertaken() for _ in range(dice.randrange(30))),
        tuple(
            Topic(dice.choice(TITLES), dice.choice(when), dice.random() < 0.4, a_source())
            for _ in range(dice.randrange(8))
        ),
    )


REQUESTS = st.builds(
    AgendaRequest,
    date=st.integers(0, 880).map(lambda days: (FIRST + timedelta(days=days)).isoformat()),
    minutes=st.sampled_from(LENGTHS),
    people=st.none() | st.integers(1, 120),
    mode=st.none() | st.sampled_from(MODES),
    theme=st.none() | st.sampled_from(TITLES),
    style=st.sampled_from(["light", "formal"]),
    start=st.none() | st.times().map(lambda time: time.strftime("%H:%M")),
    formats=st.lists(st.sampled_from([one.id for one in FORMATS]), max_size=2).map(tuple),
    language=st.sampled_from(["fr", "en"]),
    wish=st.sampled_from([None, "résoudre un problème", "un cas", "écrire un guide"]),
)


@settings(max_examples=200, deadline=None)
@given(REQUESTS, st.integers(0, 10**6), st.lists(st.sampled_from(TITLES), max_size=2))
def test_generated_agendas_hold_every_rule(
    request: AgendaRequest, seed: int, gaps: list[str]
) -> None:
    register = register_of(seed)
    agenda = draft(request, register, KNOWN, FORMATS, TODAY, gaps)
    assert total(agenda) == request.minutes
    assert len({item.id for item in agenda.items}) == len(agenda.items)
    assert all(item.minutes >= 1 and item.intention in get_args(Intention) for item in agenda.items)
    assert by_id(agenda, "follow_ups")
    hold_clock(agenda)
    hold_formats(agenda, request, register)
    hold_breaks(agenda)
    hold_citations(agenda, register)
    hold_follow_ups(agenda, register, request)
    hold_announcements(agenda, register, request)
    assert Agenda.from_dict(json.loads(json.dumps(agenda.to_dict()))) == agenda


def hold_formats(agenda: Agenda, request: AgendaRequest, register: Register) -> None:
    for item in agenda.items:
        assert item.bounds[0] <= item.minutes <= item.bounds[2]
        if item.format is None:
            assert item.steps == ()
            continue
        known = find_format(FORMATS, item.format)
        assert known is not None
        working = [step for step in item.steps if not step.pause]
        assert sum(step.minutes for step in item.steps) == item.minutes
        assert known.bounds[0] <= sum(step.minutes for step in working) <= known.bounds[2]
        bounds = {step.title(agenda.language): step for step in known.steps}
        for step in working:
            of_format = bounds[step.title]
            assert of_format.least <= step.minutes <= of_format.most
        if request.people is not None:
            assert known.group[0] <= request.people <= known.group[1]
        if known.confidential:
            assert item.confidential
            assert item.record == known.record(agenda.language)


def hold_breaks(agenda: Agenda) -> None:
    """No stretch without a break is longer than the rule and its slack allow."""
    pauses = {"Pause", "Break"}
    stretch = longest = 0
    for item in agenda.items:
        for title, minutes in [(s.title, s.minutes) for s in item.steps] or [
            (item.title, item.minutes)
        ]:
            stretch = 0 if title in pauses else stretch + minutes
            longest = max(longest, stretch)
    # an open exchange, or a deferred point, is one block that nothing cuts
    block = max((i.minutes for i in agenda.items if not i.steps), default=0)
    # ... and steps are blocks too: where none ends near the middle, a few minutes more
    slack = timing.STRETCH_SLACK + timing.ROUND
    assert longest <= max(timing.LONGEST_STRETCH + slack, block + 60)


def hold_citations(agenda: Agenda, register: Register) -> None:
    lines = (*register.sessions, *register.decisions, *register.actions, *register.topics)
    given = {(line.source.document, line.source.quote) for line in lines if line.source}
    cited = [citation for item in agenda.items for citation in item.citations]
    cited += [citation for one in agenda.proposals for citation in one.citations]
    for citation in cited:
        assert (citation.document.id, citation.quote) in given
        assert citation.document is KNOWN[citation.document.id]
    labels = {citation.label for citation in cited}
    assert labels == set(range(1, len(labels) + 1))
    for item in agenda.items:
        own = {citation.label for citation in item.citations}
        for point in item.points:
            assert point.labels
            assert set(point.labels) <= own
        if item.id.startswith("deferred") or item.lead:
            assert item.citations


def hold_follow_ups(agenda: Agenda, register: Register, request: AgendaRequest) -> None:
    """Every open action that a source supports is there, whatever was cut."""
    points = by_id(agenda, "follow_ups").points
    said = agenda.warnings
    for action in register.actions:
        known = action.source is not None and action.source.document in KNOWN
        before = action.session_date is None or action.session_date < request.date
        if action.status == "open" and known and before:
            listed = any(point.text == readable(action.text) for point in points)
            assert listed or any("sans nouvelles" in w or "without news" in w for w in said)
    owners = {action.owner for action in register.actions}
    allowed = {name for name in owners if name} | {
        "responsable non précisé", "no owner given", "à confirmer", "to be confirmed",
    }  # fmt: skip
    for point in points:
        assert any((point.owner or "").startswith(name) for name in allowed)


def hold_announcements(agenda: Agenda, register: Register, request: AgendaRequest) -> None:
    before = [one for one in register.sessions if one.date and one.date < request.date]
    latest = max((one.date for one in before if one.date), default=None)
    ours = [
        one.next_session
        for one in before
        if one.next_session
        and (
            one.next_session.date == request.date
            or (one.next_session.date is None and one.date == latest)
        )
    ]
    if request.theme is None and agenda.theme and agenda.theme.startswith("Annoncé"):
        assert agenda.theme in {short_title(one.theme or "") for one in ours}
    reasons = ("Animation annoncée", "Facilitation announced")
    if by_id(agenda, "welcome").why.startswith(reasons):
        assert agenda.facilitation in {one.facilitation for one in ours}


@pytest.mark.parametrize(
    ("minutes", "breaks"), [(30, 0), (90, 0), (95, 1), (170, 1), (175, 2), (240, 2)]
)
def test_breaks_come_with_length(minutes: int, breaks: int) -> None:
    assert timing.breaks_needed(minutes) == breaks


@pytest.mark.parametrize("minutes", LENGTHS)
@pytest.mark.parametrize("style", ["light", "formal"])
def test_minutes_add_up_for_every_length(minutes: int, style: str) -> None:
    for people in (None, 2, 9, 30):
        agenda = make(AgendaRequest(COMING, minutes, people, style=style))
        assert total(agenda) == minutes
