"""Follow-up questions, as members ask them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copassist.followups import Exchange, faithful, follows_up, standalone

FORMAT = "Qu'avait-on décidé pour le format des rencontres ?"
WORKSHOPS = "Qui animait les ateliers en 2018 ?"
SOFTWARE = "Quel logiciel utilise-t-on pour partager les documents ?"
TABLETS = "Qui prête les tablettes aux familles ?"
BUDGET = "Quel budget a été accordé pour la journée du 17 octobre 2018 ?"
BUS = "Combien coûte la location de l'autobus ?"
REPORT = "Who was in charge of the workshop report?"
SPRING = "Qu'a-t-on décidé au printemps 2021 ?"
SINCE = "Qu'a-t-on dit depuis la réunion du 12 mars 2024 ?"
SESSION = "Qui animait la séance du 12 mars 2024 ?"
LIST = "What did the group decide about the mailing list in 2019?"


@pytest.mark.parametrize(
    ("before", "question", "asked"),
    [
        (WORKSHOPS, "et en 2019 ?", "Qui animait les ateliers en 2019 ?"),
        (WORKSHOPS, "Et en mars 2020?", "Qui animait les ateliers en mars 2020 ?"),
        (TABLETS, "et en 2019 ?", "Qui prête les tablettes aux familles en 2019 ?"),
        (BUDGET, "et en 2019 ?", "Quel budget a été accordé pour la journée en 2019 ?"),
        (LIST, "And in 2020?", "What did the group decide about the mailing list in 2020?"),
        (REPORT, "what about 2021?", "Who was in charge of the workshop report 2021?"),
        (FORMAT, "qui s'en occupe ?", "À propos du format des rencontres : qui s'en occupe ?"),
        (TABLETS, "Pourquoi ?", "À propos des tablettes aux familles : pourquoi ?"),
        (BUS, "Qui l’a réservé ?", "À propos de la location de l'autobus : qui l'a réservé ?"),
        (REPORT, "And who does it?", "About the workshop report: who does it?"),
        (LIST, "Was it reviewed?", "About the mailing list in 2019: was it reviewed?"),
        (
            FORMAT,
            "Cette décision a-t-elle été revue ?",
            "À propos du format des rencontres : cette décision a-t-elle été revue ?",
        ),
        (
            SOFTWARE,
            "Quand a-t-il été choisi ?",
            "À propos de « Quel logiciel utilise-t-on pour partager les documents ? » : "
            "quand a-t-il été choisi ?",
        ),
        (TABLETS, "et les crayons ?", "Qui prête les crayons aux familles ?"),
        (TABLETS, "Et aux écoles ?", "Qui prête les tablettes aux écoles ?"),
        (FORMAT, "et pour les parents ?", "Qu'avait-on décidé pour les parents ?"),
        (
            LIST,
            "And what about the website?",
            "What did the group decide about the website in 2019?",
        ),
        (SPRING, "et à l'automne 2021 ?", "Qu'a-t-on décidé à l'automne 2021 ?"),
        (SPRING, "et en 2022 ?", "Qu'a-t-on décidé en 2022 ?"),
        (SPRING, "et 2022 ?", "Qu'a-t-on décidé au printemps 2022 ?"),
        (
            "À quel moment se tient l'heure tranquille ?",
            "Et pourquoi a-t-elle été déplacée ?",
            "À propos de l'heure tranquille : pourquoi a-t-elle été déplacée ?",
        ),
        (SPRING, "Pourquoi ?", "À propos de « Qu'a-t-on décidé au printemps 2021 ? » : pourquoi ?"),
        ("Qu'a-t-on décidé l'an dernier ?", "et cette année ?", "Qu'a-t-on décidé cette année ?"),
        ("Qu'a-t-on décidé l'an dernier ?", "et 2019 ?", "Qu'a-t-on décidé en 2019 ?"),
        (
            "Qu'a-t-on décidé en mars 2018 ?",
            "et l'automne dernier ?",
            "Qu'a-t-on décidé l'automne dernier ?",
        ),
        ("Qu'a-t-on décidé depuis 2018 ?", "et avant 2015 ?", "Qu'a-t-on décidé avant 2015 ?"),
        ("Qu'a-t-on dit en mars 2019 ?", "et en avril ?", "Qu'a-t-on dit en avril 2019 ?"),
        ("Who came on March 3, 2019?", "and on April 7?", "Who came on April 7, 2019?"),
        (SESSION, "et le 15 avril ?", "Qui animait la séance du 15 avril 2024 ?"),
        (SESSION, "et à celle du 15 avril ?", "Qui animait la séance du 15 avril 2024 ?"),
        (SESSION, "et celle du 15 avril ?", "Qui animait la séance du 15 avril 2024 ?"),
        ("Who leads the May meeting?", "and June?", "Who leads the June meeting?"),
        (LIST, "And last year?", "What did the group decide about the mailing list last year?"),
        (
            FORMAT,
            "Alors qui s'en occupe ?",
            "À propos du format des rencontres : qui s'en occupe ?",
        ),
        (TABLETS, "Alors pourquoi ?", "À propos des tablettes aux familles : pourquoi ?"),
        (
            SINCE,
            "et depuis celle du 15 avril ?",
            "Qu'a-t-on dit depuis la réunion du 15 avril 2024 ?",
        ),
        (SINCE, "et avant la réunion du 12 ?", "Qu'a-t-on dit avant la réunion du 12 ?"),
        (SINCE, "et celle du 15 avril ?", "Qu'a-t-on dit depuis la réunion du 15 avril 2024 ?"),
        (SINCE, "et en 2019 ?", "Qu'a-t-on dit en 2019 ?"),
        (
            "Combien de familles sont venues en mars ?",
            "et combien en avril ?",
            "Combien de familles sont venues en avril ?",
        ),
        (
            "What was decided in the March meeting?",
            "And the June one?",
            "What was decided in the June meeting?",
        ),
        ("Qu'est-ce que Nathalie a à faire ?", "pis Kim?", "Qu'est-ce que Kim a à faire ?"),
        ("What does Sam still owe us?", "and Dana?", "What does Dana still owe us?"),
        (
            "Pis le transport, y est-tu remboursé ?",
            "qui s'en occupe ?",
            "À propos du transport : qui s'en occupe ?",
        ),
        (FORMAT, "pis depuis?", "À propos du format des rencontres : pis depuis ?"),
        (TABLETS, "C'est gratuit ?", "À propos des tablettes aux familles : c'est gratuit ?"),
        (
            BUS,
            "est-ce que c'est fini",
            "À propos de la location de l'autobus : est-ce que c'est fini ?",
        ),
        (
            "Que fait-on si la batterie gonfle ?",
            "et si elle prend feu?",
            "À propos de « Que fait-on si la batterie gonfle ? » : et si elle prend feu ?",
        ),
        (
            FORMAT,
            "Pourquoi a-t-on changé ?",
            "À propos du format des rencontres : pourquoi a-t-on changé ?",
        ),
        (FORMAT, "Et Marie ?", "À propos du format des rencontres : et Marie ?"),
    ],
)
def test_a_follow_up_stands_alone(before: str, question: str, asked: str) -> None:
    language = "en" if before in (REPORT, LIST) else "fr"
    found = standalone(question, [Exchange("Autre chose ?"), Exchange(before)], language)
    assert (found.question, found.rewritten) == (asked, True)


@pytest.mark.parametrize(
    "question",
    [
        FORMAT,
        WORKSHOPS,
        SOFTWARE,
        TABLETS,
        BUDGET,
        BUS,
        REPORT,
        LIST,
        "Est-ce permis de publier le code ?",
        "Pourquoi le comité a-t-il refusé la grille ?",
        "Combien de membres y a-t-il ?",
        "Que faut-il apporter à la rencontre ?",
        "Le guide est-il prêt ?",
        "Cette année, qui anime ?",
        "Et si on manque de temps pendant un atelier, que faire ?",
        "What did they say about the website?",
        "Is it possible to reuse code from another department?",
        "Who fixed the printer?",
        "Est-il permis de filmer ?",
        "Est-il obligatoire de s'inscrire ?",
        "Is it mandatory to register?",
        "Is it true that phones are banned?",
        "Was it agreed that minutes are public?",
        "Qui peut joindre ce groupe ?",
        "Who can join this community?",
        "Was it agreed that the minutes are public?",
        "So what is the format?",
        "Alors comment inscrire un enfant autiste à l'atelier ?",
        "Donc quels sont les critères ?",
        "C'est quoi la codéveloppement ?",
        "C'est la responsable qui signe ?",
        "On fait quand le dépistage finalement ?",
        "C'est quand le colloque ?",
        "C'est qui qui s'en occupe, du projecteur ?",
        "Pis le transport, y est-tu remboursé ?",
    ],
)
def test_a_whole_question_stays_as_it_is(question: str) -> None:
    assert not follows_up(question)
    assert standalone(question, [Exchange(FORMAT)], "fr").question == question


def test_the_next_follow_up_is_about_the_same() -> None:
    first = standalone("Qui s'en occupe ?", [Exchange(FORMAT)], "fr").question
    second = standalone("Pourquoi ?", [Exchange(FORMAT), Exchange(first)], "fr")
    assert second.question == "À propos du format des rencontres : pourquoi ?"


def test_what_was_quoted_is_not_quoted_twice() -> None:
    decided = "Qu'est-ce qu'on a décidé sur la fréquence ?"
    first = standalone("Et depuis ?", [Exchange(decided)], "fr").question
    second = standalone("C'était où ?", [Exchange(first)], "fr").question
    third = standalone("Et à quelle école ?", [Exchange(second)], "fr").question
    assert second == "À propos de ce qu'on a décidé sur la fréquence : c'était où ?"
    assert third == "À propos de ce qu'on a décidé sur la fréquence : et à quelle école ?"


def test_without_a_conversation_nothing_is_rewritten() -> None:
    assert standalone("Et en 2019 ?", [], "fr").question == "Et en 2019 ?"


def test_a_model_may_only_say_what_the_conversation_does() -> None:
    history = [Exchange(SOFTWARE, "Le groupe a retenu Nextcloud.")]
    follow_up = "Quand a-t-il été choisi ?"
    assert faithful("Quand le logiciel Nextcloud a-t-il été choisi ?", follow_up, history)
    assert not faithful("Quand a-t-on choisi le logiciel Owncloud ?", follow_up, history)
    assert not faithful("Le logiciel a été choisi en 2019.", follow_up, history)
    assert not faithful("Qui prête les tablettes ?", follow_up, history)


@given(st.text(max_size=60), st.text(max_size=120), st.sampled_from(["fr", "en"]))
def test_any_text_can_follow_any_other(question: str, before: str, language: str) -> None:
    found = standalone(question, [Exchange(before)], language)
    assert found.rewritten == (found.question != question) or not found.rewritten
