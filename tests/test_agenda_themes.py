"""Themes that the records propose, and the activities chosen for them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from agenda_material import (
    ACTIONS,
    COMING,
    LENGTHS,
    SESSIONS,
    by_id,
    day,
    make,
    source,
)

from copassist.agendas import (
    AgendaRequest,
)
from copassist.records import (
    Decision,
    Register,
    Topic,
)


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


def test_a_point_put_off_that_a_later_session_decided_on_does_not_come_back() -> None:
    put_off = Topic(
        "Le prêt des tablettes aux familles", day(10), deferred=True, source=source(10, "reporté")
    )
    sessions = tuple(replace(one, next_session=None) for one in SESSIONS)
    said = "Les tablettes sont prêtées aux familles pour six semaines"
    decided = Decision(said, day(11), None, source=source(11, said))
    earlier = replace(decided, session_date=day(9), source=source(9, said))
    other = Decision("Les familles sont invitées en mai", day(11), None, source=source(11, "mai"))

    def back(*decisions: Decision) -> bool:
        register = Register(sessions, decisions, topics=(put_off,))
        agenda = make(AgendaRequest(COMING, 90, 8), register)
        return agenda.theme == put_off.title

    assert back()
    assert back(earlier, other)
    assert not back(decided)
    again = replace(put_off, session_date=day(11), source=source(11, "encore reporté"))
    agenda = make(
        AgendaRequest(COMING, 90, 8), Register(sessions, (decided,), topics=(put_off, again))
    )
    assert agenda.theme == put_off.title


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
