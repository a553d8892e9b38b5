"""An agenda asked for in a chat: recognised, read, its missing details named."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from agenda_material import (
    TODAY,
    make,
    total,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from copassist.agendas import (
    AgendaRequest,
    asks_for_agenda,
    read_request,
)
from copassist.agendas.chat import asked_before
from copassist.agendas.drafting import draft_from, offered_day
from copassist.library import Library
from ingest.pipeline import Ingestion

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
    (
        "Prépare un ordre du jour pour le 2 décembre, 9h à 12h, 20 personnes",
        {"date": "2026-12-02", "start": "09:00", "minutes": 180, "people": 20},
    ),
    (
        "Prépare un ordre du jour pour le 2 décembre, 13 h à 15 h 30, de 15 à 20 enseignants",
        {"start": "13:00", "minutes": 150, "people": 20},
    ),
    (
        "Prépare un ordre du jour, 9:00 – 11:30, 20 pers., le 2/12",
        {"date": "2026-12-02", "start": "09:00", "minutes": 150, "people": 20},
    ),
    ("Odj le 22/04 de 9 heures à midi", {"date": "2027-04-22", "start": "09:00", "minutes": 180}),
    ("Odj 22/04, 1/2 journée, entre 9 h et 11 h", {"date": "2027-04-22", "minutes": 120}),
    ("Odj 90 min à 9 heures", {"date": None, "start": "09:00", "minutes": 90}),
    ("Draft an agenda, 90 minutes, 11/30", {"date": "2026-11-30", "minutes": 90}),
    ("Draft an agenda from 11 to 1 pm", {"start": "11:00", "minutes": 120}),
    ("Draft an agenda from 1 to 3", {"start": "13:00", "minutes": 120}),
    ("Prépare un ordre du jour de 1 h à 1 h 30", {"start": None, "minutes": 60}),
    ("Prépare un ordre du jour de 90 minutes pour de 10 à 20 personnes", {"start": None}),
    ("Aide-moi à préparer la rencontre du 9 décembre 2026", {"date": "2026-12-09"}),
    ("Bâtis-moi une rencontre de 75 min sur le clavier", {"minutes": 75, "theme": "le clavier"}),
    ("plan a one hour session about grips", {"minutes": 60, "theme": "grips"}),
    ("Planifie deux heures de rencontre sur le clavier", {"minutes": 120, "theme": "le clavier"}),
    ("ordre du jour pour jeudi", {"date": "2026-11-26", "wish": "pour jeudi"}),
    ("On met quoi à l'ordre du jour de la prochaine rencontre?", {"minutes": None}),
    ("What should be on the agenda next time?", {"date": None}),
    ("De quoi on devrait parler à la prochaine rencontre?", {"theme": None}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ASKED)
def test_details_are_read_from_a_message(text: str, expected: dict[str, object]) -> None:
    found = read_request(text, TODAY, str(expected.get("language", "fr")))
    assert found is not None
    assert {name: getattr(found, name) for name in expected} == expected


def test_an_order_is_read_however_its_accents_are_kept() -> None:
    text = "Prépare un ordre du jour de 90 minutes pour le 3 décembre sur l'été à l'école"
    assert read_request(unicodedata.normalize("NFD", text), TODAY, "fr") == read_request(
        text, TODAY, "fr"
    )


@pytest.mark.parametrize(
    "when", ["dans cent cent cent cent cent semaines", "dans cent cent cent mois", "le 05/00/2027"]
)
def test_a_day_that_nobody_means_is_asked_for(when: str) -> None:
    asked = read_request(f"Prépare un ordre du jour {when}", TODAY, "fr")
    assert asked is not None
    assert asked.date is None


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
        "Montre-moi les décisions de la dernière rencontre",
        "Concernant la rencontre du 3 mars, qu'a-t-on décidé ?",
        "Conclusions de la dernière rencontre",
        "Prépare un résumé de la dernière rencontre",
        "Préparatifs de la rencontre de mai",
        "Comment mettre un point à l'ordre du jour ?",
        "Who should cover the costs of the next meeting?",
        "When should the agenda be sent?",
        "Qui a mis ça à l'ordre du jour ?",
        "c'était quoi l'ordre du jour du 28 octobre",
        "On a préparé la rencontre avec qui ?",
        "Comment préparer une rencontre ?",
        "What should a good README cover?",
        "Que devrait-on mettre dans un README ?",
    ],
)
def test_a_question_is_no_order(text: str) -> None:
    assert not asks_for_agenda(text)
    assert read_request(text, TODAY, "fr") is None


def test_missing_details_are_asked_for_and_completed() -> None:
    asked = read_request("Prépare un ordre du jour sur les portfolios", TODAY, "fr")
    assert asked is not None
    assert asked.missing == ("date", "minutes", "people", "mode")
    assert not asked.ready
    with pytest.raises(ValueError, match="date"):
        asked.request()
    more = asked.completed("Le 3 décembre, 90 minutes, en ligne", TODAY)
    assert more.ready
    assert more.missing == ("people",)
    whole = more.completed("huit personnes, formel", TODAY).request()
    assert whole == AgendaRequest(
        "2026-12-03", 90, 8, "online", "les portfolios", "formal", language="fr",
        wish=whole.wish,
    )  # fmt: skip
    assert total(make(whole)) == 90


@pytest.mark.parametrize(
    ("said", "completes"),
    [
        ("Le 3 décembre, 90 minutes", True),
        ("Que dirais-tu du 3 décembre ?", True),
        ("Qui vient ? Huit personnes", True),
        ("Qu'a-t-on décidé le 3 mars 2026 ?", False),
        ("What was decided on March 3, 2026?", False),
    ],
)
def test_another_question_completes_no_order(said: str, completes: bool) -> None:
    before = ["Prépare un ordre du jour sur les portfolios"]
    assert (asked_before(before, said, TODAY, "fr") is not None) == completes


def test_the_order_to_write_is_no_wish_to_write() -> None:
    asked = read_request(
        "Rédige un ordre du jour de 2 h pour le 3 décembre sur la robotique", TODAY, "fr"
    )
    assert asked is not None
    assert asked.wish is not None
    assert "Rédige" not in asked.wish


@settings(deadline=None)
@given(st.integers(0, 400))
def test_a_day_without_year_is_the_next_one(days: int) -> None:
    when = TODAY + timedelta(days=days % 365)
    months = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    text = f"Prépare un ordre du jour pour le {when.day} {months.split()[when.month - 1]}"
    found = read_request(text, TODAY, "fr")
    assert found is not None
    assert found.date == when.isoformat()


def test_the_day_offered_is_the_one_announced_while_it_is_to_come(
    library: Library, records: Callable[..., Path]
) -> None:
    text = (
        "# Compte rendu du 28 octobre 2026\n\n## Présences\n\nAnne, Karim\n\n"
        "## Prochaine rencontre\n\n* Le 9 décembre 2026\n"
    )
    Ingestion(library).run([records({"2026-10-28-compte-rendu.md": text})])
    for today, offered in (("2026-11-02", "2026-12-09"), ("2026-12-20", "2027-01-03")):
        assert offered_day(library, date.fromisoformat(today)) == offered
        agenda = draft_from(library, AgendaRequest("", 90), date.fromisoformat(today))
        assert agenda.date == offered
