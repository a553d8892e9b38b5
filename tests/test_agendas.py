"""Agendas: the frame and what comes back from the records, what does not fit."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from agenda_material import (
    ACTIONS,
    ANNOUNCED,
    COMING,
    DOCUMENTS,
    FORMATS,
    REGISTER,
    SESSIONS,
    TODAY,
    TOPICS,
    by_id,
    day,
    make,
    session,
    source,
    total,
)

from copassist.agendas import (
    AgendaRequest,
    draft,
)
from copassist.agendas.items import written_due
from copassist.errors import UsageError
from copassist.records import (
    Action,
    NextSession,
    Register,
    Topic,
)


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


def test_a_due_day_in_figures_is_written_out() -> None:
    kept = Action("Envoyer la liste", None, due="2026-12-04")
    assert written_due(kept, "fr") == "4 décembre 2026"
    assert written_due(replace(kept, due="avant\nNoël"), "fr") == "avant Noël"
    assert not written_due(replace(kept, due=None), "fr")


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
    assert cited
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
        {"start": "13 pm"},
        {"start": "après dîner"},
        {"formats": ("méditation",)},
    ],
)
def test_a_request_that_cannot_be_met_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        make(replace(AgendaRequest(COMING, 90, 8), **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        ("13:30", "13:30"),
        ("13 h 30", "13:30"),
        ("13\u00a0h\u00a030", "13:30"),
        ("13h", "13:00"),
        ("9 heures", "09:00"),
        ("1:30 p.m.", "13:30"),
        ("12 am", "00:00"),
        ("Midi", "12:00"),
    ],
)
def test_day_and_hour_are_typed_as_people_write_them(typed: str, start: str) -> None:
    agenda = make(AgendaRequest("3 décembre 2026", 90, 8, start=typed))
    assert (agenda.date, agenda.start) == ("2026-12-03", start)


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
