"""The kinds of answer that questions expect: there, not there, or not to be told."""

from __future__ import annotations

import pytest

from copassist.answertypes import lacks_answer, lacks_count
from copassist.language import guess_language
from copassist.passages import Passage


def a_passage(text: str, language: str) -> Passage:
    return Passage("v", 0, text, language=language)


@pytest.mark.parametrize(
    ("question", "passage", "lacking"),
    [
        ("À quel prix l'avons-nous achetée ?", "La découpeuse est arrivée.", True),
        ("C'est quoi le courriel de madame Lemire?", "Mme Lemire a répondu.", True),
        ("C'est quoi le courriel de madame Lemire?", "lemire@exemple.test", False),
        ("Quel est le sens du courriel du 18 mai ?", "Nadia demande un report.", False),
        ("What is in the email from Dana?", "Dana asks for a room.", False),
        ("What's the email policy?", "One list for all.", False),
        ("Pourquoi a-t-on changé d'adresse courriel ?", "Trop de pourriels.", False),
        ("Donne-moi le sujet du dernier courriel", "Report du solde.", False),
        ("What's Brent's email?", "Brent will look into it.", True),
        ("Quel est le téléphone de la garderie ?", "418 555\u20111234", False),
        ("Quel est le téléphone de la garderie ?", "La garderie ouvre à 7 h.", True),
        ("What's the phone number for Brent?", "Brent will look into it.", True),
        ("What's the phone number for Brent?", "Brent: 819 555-0123", False),
        ("À quel prix l'avons-nous achetée ?", "Elle a coûté 1 200 €.", False),
        ("Quel loyer paie-t-on pour le local ?", "Le local est au 2e étage.", True),
        ("Combien d'argent reste-t-il ?", "Il reste 200 $ au fonds.", False),
        ("Combien d'argent reste-t-il ?", "Il reste 3 rencontres.", True),
        ("Quel pourcentage a répondu ?", "Les 40 membres ont reçu le sondage.", True),
        ("Quel pourcentage a répondu ?", "Trois sur dix ont répondu.", False),
        ("Combien de temps avait-on pour répondre ?", "Répondez dans deux semaines.", False),
        ("Combien de temps avait-on pour répondre ?", "Répondez aux 3 questions.", True),
        ("How many weeks did the trial last?", "It ran from 3 sites.", True),
        ("Combien d'experts étaient là ?", "Une trentaine d'experts.", False),
        ("Combien d'experts étaient là ?", "Les experts étaient là.", True),
        ("How much does it cost?", "It costs 20 euros.", False),
        ("How much does it cost each year?", "It is hosted by the department.", True),
        ("Qui anime ?", "Personne.", False),
    ],
)
def test_what_a_question_expects_must_be_there(question: str, passage: str, lacking: bool) -> None:
    assert lacks_answer(question, [a_passage(passage, guess_language(question))]) is lacking


@pytest.mark.parametrize(
    ("question", "passage", "lacking"),
    [
        (
            "Combien de badges a-t-on oubliés ?",
            "Le 12 mai, l'accueil a distribué les badges.",
            True,
        ),
        ("Combien de badges a-t-on oubliés ?", "À l'accueil, 8 des 120 badges restaient.", False),
        ("Combien de badges a-t-on oubliés ?", "| Badges oubliés | 8 |", False),
        ("Combien de badges a-t-on oubliés ?", "En mai 2024, le nombre de badges a varié.", False),
        ("Combien de nos écoles ont répondu ?", "Deux écoles ont répondu.", False),
        (
            "Combien de nos écoles ont répondu ?",
            "Les écoles du territoire ont toutes répondu aux 3 questions.",
            True,
        ),
        ("How many free seats are left?", "We have three seats.", False),
        ("How many free seats are left?", "The seats were booked on May 3.", True),
        # What may be called otherwise, or is no noun at all:
        ("Combien de personnes sont venues ?", "64 en ligne au plus fort.", False),
        ("How many came to the talk?", "64 online.", False),
        ("Comment savoir combien de lignes ont été lues ?", "Le journal garde 2 traces.", False),
    ],
)
def test_what_is_counted_stands_beside_its_number(
    question: str, passage: str, lacking: bool
) -> None:
    assert lacks_count(question, [a_passage(passage, guess_language(question))]) is lacking


def test_what_is_counted_has_another_name_in_another_language() -> None:
    passages = [a_passage("The badges were late.", "en"), a_passage("Eight people came.", "en")]
    assert not lacks_count("Combien de badges a-t-on oubliés ?", passages)


def test_any_of_the_passages_will_do() -> None:
    passages = [a_passage("Les badges sont prêts.", "fr"), a_passage("8 badges oubliés.", "fr")]
    assert not lacks_count("Combien de badges a-t-on oubliés ?", passages)
    assert lacks_count("Combien de badges a-t-on oubliés ?", passages[:1])
