"""Agendas: exact minutes, sourced claims, nothing past announced, edits that keep the sum."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import TypeVar

import pytest
from agenda_material import (
    ACTIONS,
    ANNOUNCED,
    COMING,
    DOCUMENTS,
    REGISTER,
    SESSIONS,
    TODAY,
    TOPICS,
    day,
    session,
    source,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from copassist.agendas import (
    Agenda,
    AgendaItem,
    AgendaRequest,
    agenda_id_in,
    alternatives,
    asks_for_agenda,
    change_minutes,
    draft,
    edit_item,
    move_item,
    read_request,
    regenerate,
    remove_item,
    swap_format,
    timing,
)
from copassist.agendas.history import readable, short_title
from copassist.agendas.items import INTENTIONS, clock_time, minutes_of
from copassist.errors import AgendaError, UsageError
from copassist.formats import MODES, find_format, load_formats
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
FORMATS = load_formats()
LENGTHS = range(30, 245, 5)


def make(request: AgendaRequest, register: Register = REGISTER, gaps: Iterable[str] = ()) -> Agenda:
    return draft(request, register, DOCUMENTS, FORMATS, TODAY, tuple(gaps))


def by_id(agenda: Agenda, name: str) -> AgendaItem:
    return next(item for item in agenda.items if item.id == name)


def total(agenda: Agenda) -> int:
    return sum(item.minutes for item in agenda.items)


# Two hundred generated requests over generated registers ----------------------------------------

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
    assert all(item.minutes >= 1 and item.intention in INTENTIONS for item in agenda.items)
    assert by_id(agenda, "follow_ups")
    hold_clock(agenda)
    hold_formats(agenda, request, register)
    hold_breaks(agenda)
    hold_citations(agenda, register)
    hold_follow_ups(agenda, register, request)
    hold_announcements(agenda, register, request)
    assert Agenda.from_dict(json.loads(json.dumps(agenda.to_dict()))) == agenda


def hold_clock(agenda: Agenda) -> None:
    times = agenda.clock()
    if agenda.start is None:
        assert times == ()
        return
    assert times[0][0] == agenda.start
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(times))
    assert times[-1][1] == clock_time(minutes_of(agenda.start) + agenda.minutes)


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
    assert longest <= max(timing.LONGEST_STRETCH + timing.STRETCH_SLACK, block + 60)


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


# The frame and what comes back ------------------------------------------------------------------


def test_the_frame_follows_the_style_in_the_order_of_the_field() -> None:
    light = [item.id for item in make(AgendaRequest(COMING, 90, 8)).items]
    assert light == [
        "welcome", "follow_ups", "information", "deferred-1", "activity-1", "questions",
        "harvest", "next", "close",
    ]  # fmt: skip
    formal = make(AgendaRequest(COMING, 90, 8, style="formal"))
    assert [item.id for item in formal.items][:3] == ["welcome", "adopt_agenda", "adopt_minutes"]
    assert by_id(formal, "adopt_minutes").title == "Adoption du compte rendu du 10 novembre 2026"
    titles = [item.title for item in formal.items]
    assert "Questions diverses" in titles
    assert "Récolte et appréciation" in titles
    assert formal.title == "Projet d'ordre du jour – rencontre du 3 décembre 2026"


def test_follow_ups_say_owner_due_and_overdue_as_written() -> None:
    points = by_id(make(AgendaRequest(COMING, 90, 8)), "follow_ups").points
    assert [point.text for point in points] == [
        "Envoyer la grille à tout le monde",
        "Vérifier le budget",
        "Réserver la salle",
        "Imprimer les affiches",
        "Relancer la direction",
    ]
    assert points[4].note == "état à vérifier; sans nouvelles depuis le 10 mai 2026"
    first = points[0]
    assert (first.owner, first.due, first.overdue) == ("Luc", "d'ici le 20 novembre", True)
    assert points[1].note == "état à vérifier"
    assert points[2].owner == "responsable non précisé"
    assert points[2].due == "sans échéance"
    assert points[3].owner == "elle (à confirmer)"


def test_actions_without_news_come_last_and_the_oldest_are_counted() -> None:
    old = [
        Action(f"Tâche {n} du comité", day(5), status="open", source=source(5, f"Tâche {n}"))
        for n in range(9)
    ]
    later = Action(
        "Préparer le bilan", day(4), due="fin janvier", due_date="2027-01-31", status="open",
        source=source(4, "Préparer le bilan, fin janvier"),
    )  # fmt: skip
    register = replace(REGISTER, actions=(*old, later, ACTIONS[0]))
    agenda = make(AgendaRequest(COMING, 90, 8), register)
    item = by_id(agenda, "follow_ups")
    assert [point.text for point in item.points[:2]] == [
        "Envoyer la grille à tout le monde",
        "Préparer le bilan",
    ]
    assert ["sans nouvelles" in point.note for point in item.points] == [False] * 2 + [True] * 5
    assert "Et 4 plus anciens" in item.why
    assert any(warning.startswith("4 suivis plus anciens") for warning in agenda.warnings)


def test_an_action_said_twice_is_one_follow_up_with_two_sources() -> None:
    again = replace(ACTIONS[1], session_date=day(11), source=source(11, "Réserver la salle!"))
    register = replace(REGISTER, actions=(ACTIONS[1], again))
    item = by_id(make(AgendaRequest(COMING, 60, 8), register), "follow_ups")
    assert len(item.points) == 1
    assert len(item.points[0].labels) == 2


def test_the_announced_theme_and_facilitation_are_taken_up_for_that_session_only() -> None:
    ours = make(AgendaRequest(COMING, 90, 8))
    assert ours.theme == ANNOUNCED.theme
    assert ours.facilitation == "Rosalie"
    activity = by_id(ours, "activity-1")
    assert "annoncé" in activity.why
    assert activity.citations[0].quote == "Rencontre du 10 du mois 11"
    other = make(AgendaRequest("2026-12-10", 90, 8))
    assert other.theme != ANNOUNCED.theme
    assert "Le compte rendu du 10 novembre 2026 annonçait une rencontre le 3 décembre 2026" in (
        " ".join(other.warnings)
    )


def test_a_past_announced_session_is_never_mentioned() -> None:
    late = draft(
        AgendaRequest("2027-01-15", 90, 8),
        REGISTER,
        DOCUMENTS,
        FORMATS,
        date(2026, 12, 20),
    )
    assert "3 décembre" not in json.dumps(late.to_dict(), ensure_ascii=False)
    assert late.theme != ANNOUNCED.theme


def test_an_undated_announcement_counts_when_its_record_is_the_latest() -> None:
    undated = NextSession(None, "Les portfolios", None)
    sessions = (*SESSIONS[:-1], session(11, undated))
    assert make(AgendaRequest("2027-01-15", 90, 8), replace(REGISTER, sessions=sessions)).theme == (
        "Les portfolios"
    )
    older = (*SESSIONS[:-2], session(10, undated), session(11))
    assert make(AgendaRequest("2027-01-15", 90, 8), replace(REGISTER, sessions=older)).theme != (
        "Les portfolios"
    )


def test_what_the_register_dates_after_the_session_does_not_exist_yet() -> None:
    agenda = make(AgendaRequest("2026-08-01", 90, 8))
    cited = {citation.document.date for citation in agenda.citations}
    assert all(when is not None and when < "2026-08-01" for when in cited)
    assert any("est déjà passée" in warning for warning in agenda.warnings)


def test_turns_are_proposed_when_records_show_them_and_blank_otherwise() -> None:
    sessions = tuple(replace(one, next_session=None) for one in SESSIONS)
    agenda = make(AgendaRequest(COMING, 90, 8), replace(REGISTER, sessions=sessions))
    # 9, 10, 11: Amina, Luc, Rosalie
    assert agenda.facilitation == "Amina"
    assert "à tour de rôle" in by_id(agenda, "welcome").why
    assert agenda.note_taking == "Luc"
    alone = tuple(replace(one, facilitation="Luc", note_taking=None) for one in sessions)
    blank = make(AgendaRequest(COMING, 90, 8), replace(REGISTER, sessions=alone))
    assert blank.facilitation is None
    assert blank.note_taking is None


def test_a_deferred_point_comes_back_until_it_is_treated() -> None:
    agenda = make(AgendaRequest(COMING, 90, 8))
    item = by_id(agenda, "deferred-1")
    assert item.title == "Point reporté : Évaluation du geste"
    assert item.citations[0].quote == "Évaluation du geste : reporté à la prochaine rencontre"
    earlier = replace(TOPICS[3], session_date=day(9))
    treated = Topic("L'évaluation du geste", day(10), source=source(10, "évaluation du geste"))
    register = replace(REGISTER, topics=(earlier, treated))
    later = make(AgendaRequest(COMING, 90, 8), register)
    assert not any(one.id.startswith("deferred") for one in later.items)


# Themes -----------------------------------------------------------------------------------------


def test_themes_come_from_the_records_and_recent_ones_are_not_proposed() -> None:
    agenda = make(AgendaRequest(COMING, 90, 8), gaps=["Comment choisir les cahiers lignés?"])
    origins = {one.title: one.origin for one in agenda.proposals}
    assert origins == {
        "Évaluation du geste": "deferred",
        "Comment choisir les cahiers lignés?": "gap",
        "Tenue du crayon": "unseen",
    }
    assert all(one.citations for one in agenda.proposals if one.origin != "gap")
    recent = make(AgendaRequest(COMING, 90, 8), gaps=["Les vidéos de classe"])
    assert "Les vidéos de classe" not in {one.title for one in recent.proposals}


def test_a_long_deferred_line_is_a_point_with_a_short_title_and_no_theme() -> None:
    line = (
        "--> Question à regarder plus tard : " + "est-ce qu'on a besoin d'une clé de contrôle " * 4
    )
    topics = (Topic(line, day(11), deferred=True, source=source(11, line)),)
    sessions = tuple(replace(one, next_session=None) for one in SESSIONS)
    agenda = make(AgendaRequest(COMING, 90, 8), Register(sessions, topics=topics))
    title = by_id(agenda, "deferred-1").title
    assert title.startswith("Point reporté : Question à regarder plus tard")
    assert title.endswith("…")
    assert len(title) < 120
    assert agenda.theme is None
    assert agenda.citations[-1].quote == line


def test_headings_that_name_no_subject_are_no_themes() -> None:
    topics = tuple(Topic(name, day(4), source=source(4, name)) for name in ("Conclusions", "Varia"))
    sessions = tuple(replace(one, next_session=None) for one in SESSIONS)
    agenda = make(AgendaRequest(COMING, 90, 8), Register(sessions, topics=topics))
    assert agenda.theme is None


def test_an_overdue_follow_up_of_a_topic_becomes_a_problem_to_solve() -> None:
    old = replace(
        ACTIONS[0], session_date=day(6), item="Budget des affiches", due_date="2026-07-01"
    )
    sessions = tuple(replace(one, next_session=None) for one in SESSIONS)
    register = Register(sessions, (), (old,), ())
    agenda = make(AgendaRequest(COMING, 120, 8), register)
    assert agenda.theme == "Budget des affiches"
    assert by_id(agenda, "activity-1").format == "resolution-de-probleme"


def test_a_theme_treated_before_is_marked_as_resumed_with_its_source() -> None:
    agenda = make(AgendaRequest(COMING, 90, 8, theme="Les vidéos de classe"))
    item = by_id(agenda, "activity-1")
    assert item.why.startswith("Reprise : sujet déjà traité le 10 novembre 2026")
    assert item.citations[0].quote == "Vidéos de classe"
    new = by_id(make(AgendaRequest(COMING, 90, 8, theme="Robotique")), "activity-1")
    assert new.why.startswith("Thème demandé.")
    assert new.citations == ()


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ("résoudre un problème", {"resolution-de-probleme"}),
        ("parler d'un cas", {"codeveloppement-professionnel", "sagesse-du-groupe", "troika",
                             "clinique-de-cas", "analyse-de-pratique-gease"}),
        ("faire le bilan", {"retour-experience", "quoi-alors-quoi-maintenant-quoi"}),
    ],
)  # fmt: skip
def test_the_wish_chooses_the_activity(wish: str, expected: set[str]) -> None:
    request = AgendaRequest(COMING, 120, 8, theme="Robotique", wish=wish)
    assert by_id(make(request), "activity-1").format in expected


def test_a_confidential_format_is_never_chosen_unasked_and_brings_its_rule() -> None:
    for minutes in LENGTHS:
        for people in (4, 8, 12, 30):
            agenda = make(AgendaRequest(COMING, minutes, people, theme="Robotique"))
            assert not any(item.confidential for item in agenda.items)
    asked = AgendaRequest(COMING, 120, 6, formats=("Partage de vécu",))
    item = by_id(make(asked), "activity-1")
    assert item.confidential
    assert (
        item.record
        == "Consigner seulement les repères et ressources mentionnées, sans attribution."
    )
    english = by_id(make(replace(asked, language="en")), "activity-1")
    assert english.record.startswith("Record only")


# What does not fit ------------------------------------------------------------------------------


def test_what_is_cut_is_said_and_the_follow_ups_stay() -> None:
    many = tuple(
        Action(f"Tâche numéro {n}", day(11), status="open", source=source(11, f"Tâche {n}"))
        for n in range(40)
    )
    agenda = make(AgendaRequest(COMING, 30, 8, style="formal"), replace(REGISTER, actions=many))
    assert len(by_id(agenda, "follow_ups").points) == 40
    assert not any(item.id.startswith("activity") for item in agenda.items)
    said = " ".join(agenda.warnings)
    assert "est retiré : il manque" in said
    assert "Les suivis sont gardés" in said
    assert "40 suivis en" in said


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (AgendaRequest(COMING, 45, 8, formats=("atelier-coconstruction",)), "demande au moins 75"),
        (AgendaRequest(COMING, 120, 20, formats=("codeveloppement",)), "unknown"),
        (AgendaRequest(COMING, 120, 20, formats=("troika", "bocal")), ""),
        (AgendaRequest(COMING, 120, 20, formats=("lecons-apprises",)), "de 4 à 12 personnes"),
    ],
)
def test_a_wished_format_is_kept_or_refused_with_its_reason(
    request_: AgendaRequest, said: str
) -> None:
    if said == "unknown":
        with pytest.raises(UsageError, match="codeveloppement-professionnel"):
            make(request_)
        return
    agenda = make(request_)
    held = [item.format for item in agenda.items if item.format]
    if said:
        assert any(said in warning for warning in agenda.warnings)
        assert request_.formats[0] not in held
    else:
        assert held == list(request_.formats)


@pytest.mark.parametrize(
    "change",
    [
        {"date": "3 décembre"},
        {"minutes": 25},
        {"minutes": 245},
        {"people": 0},
        {"mode": "zoom"},
        {"style": "baroque"},
        {"start": "25:00"},
        {"formats": ("méditation",)},
    ],
)
def test_a_request_that_cannot_be_met_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        make(replace(AgendaRequest(COMING, 90, 8), **change))  # type: ignore[arg-type]


def test_unsourced_lines_are_not_said_and_a_check_can_refuse_sources() -> None:
    register = replace(REGISTER, actions=tuple(replace(one, source=None) for one in ACTIONS[:2]))
    agenda = make(AgendaRequest(COMING, 90, 8), register)
    assert by_id(agenda, "follow_ups").points == ()
    assert any("sans source" in warning for warning in agenda.warnings)
    none = draft(
        AgendaRequest(COMING, 90, 8), REGISTER, DOCUMENTS, FORMATS, TODAY, holds=lambda _: False
    )
    assert none.citations == ()
    assert none.theme is None
    assert none.facilitation is None


def test_an_empty_register_still_gives_an_agenda() -> None:
    agenda = make(AgendaRequest(COMING, 90, 8), Register())
    assert total(agenda) == 90
    assert "thème à choisir" in by_id(agenda, "activity-1").title


# Edits ------------------------------------------------------------------------------------------


def test_minutes_changed_by_hand_are_kept_and_the_others_make_up() -> None:
    agenda = make(AgendaRequest(COMING, 90, 8, start="13:30"))
    changed = change_minutes(agenda, "follow_ups", 20)
    assert by_id(changed, "follow_ups").minutes == 20
    assert by_id(changed, "follow_ups").frozen
    assert total(changed) == 90
    again = change_minutes(changed, "welcome", 5)
    assert by_id(again, "follow_ups").minutes == 20
    assert total(again) == 90
    hold_clock(again)


def test_impossible_minutes_are_refused_in_words() -> None:
    agenda = make(AgendaRequest(COMING, 90, 8))
    with pytest.raises(AgendaError, match="peut durer de"):
        change_minutes(agenda, "activity-1", 200)
    with pytest.raises(AgendaError, match="ne peut pas durer"):
        change_minutes(agenda, "follow_ups", 89)
    with pytest.raises(AgendaError, match="aucun point"):
        change_minutes(agenda, "nothing", 5)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([60, 90, 150, 240]), st.data())
def test_any_run_of_edits_keeps_the_sum_and_the_bounds(minutes: int, data: st.DataObject) -> None:
    request = AgendaRequest(COMING, minutes, 12, start="09:00")
    agenda = make(request)
    for _ in range(data.draw(st.integers(1, 5))):
        name = data.draw(st.sampled_from([item.id for item in agenda.items]))
        try:
            match data.draw(st.integers(0, 3)):
                case 0:
                    agenda = change_minutes(agenda, name, data.draw(st.integers(1, 120)))
                case 1:
                    agenda = swap_format(agenda, name, data.draw(st.sampled_from(FORMATS)))
                case 2:
                    agenda = move_item(agenda, name, data.draw(st.integers(0, 10)))
                case _:
                    agenda = remove_item(agenda, name)
        except AgendaError:
            continue
        assert total(agenda) == minutes
        hold_clock(agenda)
        for item in agenda.items:
            known = find_format(FORMATS, item.format) if item.format else None
            if known is not None:
                working = [step.minutes for step in item.steps if not step.pause]
                assert known.bounds[0] <= sum(working) <= known.bounds[2]
                assert sum(step.minutes for step in item.steps) == item.minutes


def test_a_format_swapped_by_hand_changes_steps_title_and_rule() -> None:
    agenda = make(AgendaRequest(COMING, 120, 8, theme="Robotique"))
    swapped = swap_format(agenda, "activity-1", "partage-de-vecu")
    item = by_id(swapped, "activity-1")
    assert item.title == "Partage de vécu : Robotique"
    assert item.confidential
    assert item.record
    assert item.steps[0].title == "Accueil, intention et règles de parole"
    assert total(swapped) == 120
    with pytest.raises(AgendaError, match="n'est pas une activité"):
        swap_format(agenda, "welcome", "triz")
    with pytest.raises(AgendaError, match="aucun format"):
        swap_format(agenda, "activity-1", "méditation")
    warned = swap_format(agenda, "activity-1", "cafe-du-monde")
    assert any("de 12 à 200 personnes" in warning for warning in warned.warnings)


def test_a_title_written_by_hand_survives_a_swap() -> None:
    agenda = make(AgendaRequest(COMING, 120, 8, theme="Robotique"))
    titled = edit_item(agenda, "activity-1", title="Robots et nous")
    assert by_id(swap_format(titled, "activity-1", "triz"), "activity-1").title == "Robots et nous"


def test_alternatives_fit_the_item_and_leave_its_own_format_out() -> None:
    agenda = make(AgendaRequest(COMING, 120, 8, theme="Robotique"))
    item = by_id(agenda, "activity-1")
    for one in alternatives(agenda, "activity-1"):
        assert one.id != item.format
        assert one.bounds[0] <= item.minutes
        assert one.group[0] <= 8 <= one.group[1]


def test_regenerating_keeps_hand_made_edits() -> None:
    request = AgendaRequest(COMING, 90, 8)
    agenda = change_minutes(make(request), "follow_ups", 15)
    agenda = edit_item(agenda, "welcome", lead="Paul")
    fresh = make(request, replace(REGISTER, topics=()))
    again = regenerate(agenda, fresh)
    assert by_id(again, "follow_ups").minutes == 15
    assert by_id(again, "welcome").lead == "Paul"
    assert not any(item.id.startswith("deferred") for item in again.items)
    assert total(again) == 90
    assert again.id == agenda.id
    one = regenerate(agenda, fresh, only=["activity-1"])
    assert any(item.id.startswith("deferred") for item in one.items)
    assert total(one) == 90


def test_labels_follow_the_reading_order_after_a_move() -> None:
    agenda = make(AgendaRequest(COMING, 90, 8))
    moved = move_item(agenda, "deferred-1", 0)
    assert moved.items[0].id == "deferred-1"
    assert moved.items[0].citations[0].label == 1


def test_the_identity_of_an_agenda_is_found_in_filled_minutes() -> None:
    agenda = make(AgendaRequest(COMING, 90, 8))
    assert agenda_id_in(f"Référence de l'ordre du jour : {agenda.id}.") == agenda.id
    assert agenda_id_in("odj-2026") is None
    assert make(AgendaRequest(COMING, 90, 8)).id == agenda.id
    assert make(AgendaRequest(COMING, 95, 8)).id != agenda.id


def test_json_holds_what_the_contract_names() -> None:
    values = make(AgendaRequest(COMING, 90, 8)).to_dict()
    assert {"title", "date", "start", "minutes", "style", "items", "warnings"} <= set(values)
    names = {
        "title", "intention", "minutes", "lead", "format", "why", "steps", "citations",
    }  # fmt: skip
    for item in values["items"]:
        assert names <= set(item)
        assert all({"title", "minutes"} <= set(step) for step in item["steps"])
        for citation in item["citations"]:
            assert {"label", "quote", "locator", "passage", "document"} == set(citation)


# Asked for in a chat ----------------------------------------------------------------------------

ASKED = [
    (
        "Prépare un ordre du jour de 90 minutes pour huit personnes, en ligne, sur l'écriture"
        " cursive",
        {"minutes": 90, "people": 8, "mode": "online", "theme": "l'écriture cursive"},
    ),
    (
        "Peux-tu me faire un ordre du jour de 1 h 30 pour mardi prochain à 13 h 30 en ligne pour"
        " une douzaine de personnes sur l'enseignement en ligne ?",
        {
            "minutes": 90, "date": "2026-11-24", "start": "13:30", "people": 12, "mode": "online",
            "theme": "l'enseignement en ligne",
        },
    ),
    (
        "Prépare un ordre du jour sur l'enseignement en ligne",
        {"mode": None, "theme": "l'enseignement en ligne", "minutes": None, "date": None},
    ),
    (
        "J'ai besoin d'un ordre du jour formel de deux heures et quart le 2026-12-03 à 9 h pour"
        " quatre-vingt-dix personnes au sujet de la révision des mandats",
        {
            "minutes": 135, "date": "2026-12-03", "start": "09:00", "people": 90,
            "style": "formal", "theme": "la révision des mandats",
        },
    ),
    (
        "Prépare un ordre du jour d'une heure et demie pour le 3 décembre, 13 h 30, en présence,"
        " huit à dix personnes",
        {"minutes": 90, "date": "2026-12-03", "start": "13:30", "people": 10, "mode": "in-person"},
    ),
    (
        "Prépare l'ordre du jour de la rencontre du 3 décembre de 13 h à 15 h 30 en visioconférence"
        " pour vingt-deux personnes portant sur la tenue du crayon",
        {"minutes": 150, "start": "13:00", "people": 22, "mode": "online",
         "theme": "la tenue du crayon"},
    ),
    (
        "Fais-moi un odj de trois quarts d'heure demain, nous serons six, thème : les portfolios",
        {"minutes": 45, "date": "2026-11-23", "people": 6, "theme": "les portfolios"},
    ),
    (
        "Il me faut un ordre du jour pour jeudi, deux heures, hybride, quinze personnes, avec un"
        " codéveloppement",
        {"minutes": 120, "date": "2026-11-26", "mode": "hybrid", "people": 15,
         "formats": ("codeveloppement-professionnel",)},
    ),
    (
        "Draft an agenda for ninety minutes, eight people, online, about cursive writing",
        {"language": "en", "minutes": 90, "people": 8, "mode": "online",
         "theme": "cursive writing"},
    ),
    (
        "Can you prepare a formal agenda for our meeting on December 3, 2026 from 1:30 pm to 3 pm,"
        " in person, 12 members, on peer review?",
        {"date": "2026-12-03", "start": "13:30", "minutes": 90, "mode": "in-person", "people": 12,
         "theme": "peer review", "style": "formal"},
    ),
    (
        "Prepare a two and a half hour agenda for 20 people in three weeks, hybrid, about"
        " governance",
        {"minutes": 150, "people": 20, "date": "2026-12-13", "mode": "hybrid",
         "theme": "governance"},
    ),
    (
        "Write an agenda for an hour and a half next Tuesday on Zoom for 10 people on onboarding",
        {"minutes": 90, "date": "2026-11-24", "mode": "online", "people": 10,
         "theme": "onboarding"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ASKED)
def test_details_are_read_from_a_message(text: str, expected: dict[str, object]) -> None:
    found = read_request(text, TODAY)
    assert found is not None
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    "text",
    [
        "Quel était l'ordre du jour du 3 mai ?",
        "Qui a préparé l'ordre du jour de la dernière rencontre ?",
        "Qu'a-t-on décidé sur l'ordre du jour ?",
        "What was on the agenda?",
        "Did we ever draft an agenda on budget?",
        "Qu'est-ce qui reste ouvert ?",
        "Comment faire une grille ?",
    ],
)
def test_a_question_is_no_order(text: str) -> None:
    assert not asks_for_agenda(text)
    assert read_request(text, TODAY) is None


def test_missing_details_are_asked_for_and_completed() -> None:
    asked = read_request("Prépare un ordre du jour sur les portfolios", TODAY)
    assert asked is not None
    assert asked.missing == ("date", "minutes", "people", "mode")
    assert not asked.ready
    assert asked.questions()[0] == "À quelle date se tient la rencontre ?"
    with pytest.raises(ValueError, match="date"):
        asked.request()
    more = asked.completed("Le 3 décembre, 90 minutes, en ligne", TODAY)
    assert more.ready
    assert more.missing == ("people",)
    whole = more.completed("huit", TODAY).request(style="formal")
    assert whole == AgendaRequest(
        "2026-12-03", 90, 8, "online", "les portfolios", "formal", language="fr",
        wish=whole.wish,
    )  # fmt: skip
    assert total(make(whole)) == 90


def test_the_order_to_write_is_no_wish_to_write() -> None:
    asked = read_request(
        "Rédige un ordre du jour de 2 h pour le 3 décembre sur la robotique", TODAY
    )
    assert asked is not None
    assert asked.wish is not None
    assert "Rédige" not in asked.wish


@given(st.integers(0, 400))
def test_a_day_without_year_is_the_next_one(days: int) -> None:
    when = TODAY + timedelta(days=days % 365)
    months = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    text = f"Prépare un ordre du jour pour le {when.day} {months.split()[when.month - 1]}"
    found = read_request(text, TODAY)
    assert found is not None
    assert found.date == when.isoformat()
