"""Answers from the register and agendas asked for, over a small community."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app import ingestion
from copassist.answers import Answer
from copassist.citations import quote_in
from copassist.errors import UsageError
from copassist.filters import Filters
from copassist.followups import Exchange
from copassist.library import Library
from copassist.passages import Document, Passage
from copassist.records import NextSession, Register, Session, Source, Topic
from copassist.registeranswers import answer_from_register
from copassist.registerquestions import read_question
from copassist.router import Router

TODAY = date(2026, 11, 22)
SEPTEMBER = """# Compte rendu du 16 septembre 2026

## Embouts de crayon

**Décision :** On offre un embout triangulaire à tout élève du premier cycle.

## Suivis

- [ ] Karim envoie le sondage sur les embouts, pour le 1er octobre.
- [ ] Lucie réserve la salle.
"""
OCTOBER = """# Compte rendu du 28 octobre 2026

## La fréquence des rencontres

**Décision :** La décision du 16 septembre sur les embouts est révisée : on les prête.

## Suivis

- [x] Lucie réserve la salle.
- [ ] Fatou met au propre la page des paliers, d'ici le 4 décembre.

## Prochaine rencontre

Le 9 décembre 2026. Thème : l'écriture au clavier. Animation : Fatou.
"""


@pytest.fixture
def router(library: Library, records: Callable[..., Path]) -> Router:
    folder = records(
        {
            "2026-09-16 Compte rendu.md": SEPTEMBER,
            "2026-10-28 Compte rendu.md": OCTOBER,
        }
    )
    ingestion(library)([folder], {"kind": "minutes"}, lambda _: None, threading.Event())
    return Router(library, None, lambda: TODAY)


def holds_together(answer: Answer) -> None:
    """Every label is a citation's, every citation is used and verbatim."""
    used = {int(number) for number in re.findall(r"\[(\d+)\]", answer.text)}
    assert used == {one.label for one in answer.citations}
    assert all(quote_in(one.quote, one.passage.text) for one in answer.citations)
    assert all(sentence.labels for sentence in answer.sentences)


def test_what_is_open(router: Router) -> None:
    answer = router.ask("Qu'est-ce qui reste ouvert ?")
    assert answer.origin == "register"
    assert "2 actions restent ouvertes au 22 novembre 2026. Échéance passée : 1." in answer.text
    assert "Lucie" not in answer.text
    holds_together(answer)


def test_the_next_session_is_announced_in_the_records_words(router: Router) -> None:
    answer = router.ask("C'est où déjà, la prochaine rencontre ?")
    assert "annoncée est le 9 décembre 2026. Animation : Fatou." in answer.text
    assert "Le 9 décembre 2026. Thème : l'écriture au clavier. Animation : Fatou." in answer.text
    assert "Annoncée dans le compte rendu" in answer.text
    holds_together(answer)


def test_an_agenda_takes_the_usual_length_where_records_tell_it(
    library: Library, records: Callable[..., Path]
) -> None:
    told = OCTOBER.replace("## La fréq", "De 13 h 30 à 15 h.\n\n## La fréq")
    folder = records({"2026-10-28 Compte rendu.md": told})
    ingestion(library)([folder], {"kind": "minutes"}, lambda _: None, threading.Event())
    answer = Router(library, None, lambda: TODAY).ask("Fais-moi un ordre du jour")
    assert "9 décembre 2026 · 90 min" in answer.text
    assert "celle des dernières rencontres" in answer.text


def test_the_length_that_is_announced_comes_before_the_usual_one(
    library: Library, records: Callable[..., Path]
) -> None:
    told = OCTOBER.replace("## La fréq", "De 13 h 30 à 15 h.\n\n## La fréq")
    told = told.replace("Le 9 décembre 2026.", "Le 9 décembre 2026, de 13 h à 15 h.")
    folder = records({"2026-10-28 Compte rendu.md": told})
    ingestion(library)([folder], {"kind": "minutes"}, lambda _: None, threading.Event())
    ask = Router(library, None, lambda: TODAY).ask
    assert "9 décembre 2026 · 120 min" in ask("Fais-moi un ordre du jour").text
    assert " · 90 min" in ask("Fais-moi un ordre du jour pour le 16 décembre 2026").text


def test_what_a_session_was_about(router: Router) -> None:
    answer = router.ask("De quoi a-t-on parlé à la dernière rencontre ?")
    assert answer.text.startswith("**Rencontre du 28 octobre 2026 :**\n\n**Points traités**\n\n- ")
    assert answer.text.index("**Décisions**") < answer.text.index("on les prête")
    assert answer.text.index("**Suivis**") < answer.text.index("Fatou met au propre")
    assert "On offre un embout" not in answer.text
    holds_together(answer)
    both = router.ask("Résume les rencontres de 2026")
    assert both.text.startswith("**2 rencontres, la plus récente d'abord :**")
    assert "On offre un embout triangulaire à tout élève du premier cycle" in both.text
    holds_together(both)


def test_which_decisions_hold(router: Router) -> None:
    answer = router.ask("Quelles décisions sont en vigueur ?")
    assert "Une décision est en vigueur." in answer.text
    assert "on les prête" in answer.text
    assert "On offre un embout" not in answer.text  # revised since
    holds_together(answer)
    assert "2 décisions" in router.ask("Quelles décisions a-t-on prises ?").text


def test_of_somebody(router: Router) -> None:
    answer = router.ask("Que doit faire Karim ?")
    assert "Karim envoie le sondage" in answer.text
    assert "Fatou" not in answer.text
    holds_together(answer)


def test_of_somebody_with_nothing_open(router: Router) -> None:
    answer = router.ask("Que doit faire Lucie ?")
    assert answer.origin == "register"
    assert "aucune action ouverte pour « Lucie »" in answer.text


def test_decisions_with_what_changed_them(router: Router) -> None:
    answer = router.ask("Qu'a-t-on décidé sur les embouts ?")
    assert "2 décisions" in answer.text
    assert "semble révisée plus tard (à confirmer) le 28 octobre 2026" in answer.text
    holds_together(answer)


def test_another_period_is_looked_up_in_the_register_too(router: Router) -> None:
    before = [Exchange("Quelles décisions ont été prises en septembre 2026 ?")]
    answer = router.ask("Et en octobre ?", history=before)
    assert answer.origin == "register"
    assert answer.understood == "Quelles décisions ont été prises en octobre 2026 ?"
    assert "est révisée" in answer.text
    assert "embout triangulaire à tout" not in answer.text.replace("\n", " ")
    holds_together(answer)
    again = router.ask("et en septembre ?", history=[*before, Exchange(answer.understood)])
    assert (again.origin, again.question) == ("register", "et en septembre ?")


@pytest.mark.parametrize(
    ("question", "today", "year"),
    [
        ("Qu'a-t-on décidé le 16 septembre ?", date(2027, 11, 22), "2026"),
        ("What did we decide on October 28?", date(2027, 11, 22), "2026"),
        ("Qu'a-t-on décidé en septembre ?", date(2027, 11, 22), "2026"),
        ("Qu'a-t-on décidé le 16 septembre 2027 ?", date(2027, 11, 22), None),
        ("Qu'a-t-on décidé le 3 juin ?", date(2027, 11, 22), None),
    ],
)
def test_a_day_without_its_year_is_that_of_a_session(
    router: Router, question: str, today: date, year: str | None
) -> None:
    """A year later, « le 16 septembre » is the one at which the group met."""
    answer = Router(router._library, None, lambda: today).ask(question)
    days = {one.document.date for one in answer.citations if answer.origin == "register"}
    assert {(day or "")[:4] for day in days} == ({year} if year else set())


def test_when_last(router: Router) -> None:
    before = [Exchange("Qu'a-t-on décidé sur les embouts ?")]
    answer = router.ask("Quand en a-t-on parlé la dernière fois ?", history=before)
    assert "La dernière fois : le 28 octobre 2026." in answer.text
    holds_together(answer)


def test_who(router: Router) -> None:
    answer = router.ask("Qui s'occupe de la page des paliers ?")
    assert "Selon les comptes rendus : Fatou." in answer.text
    holds_together(answer)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("La réservation de la salle est-tu faite?", "c'est fait"),
        ("La réservation de la cantine est-elle faite ?", None),
        ("Où en est-on avec la page des paliers ?", "ce n'est pas terminé"),
        ("Où en est-on avec la salle ?", "c'est fait"),
        ("Où en est-on avec le sondage ?", None),  # of before the last session, and not heard of
    ],
)
def test_how_something_stands(router: Router, question: str, said: str | None) -> None:
    answer = router.ask(question)
    assert (answer.origin == "register") is (said is not None)
    if said:
        assert said in answer.text
        holds_together(answer)


def test_next(router: Router) -> None:
    answer = router.ask("Quand est la prochaine rencontre ?")
    assert "9 décembre 2026" in answer.text
    assert "9 décembre 2026" in answer.citations[0].quote
    holds_together(answer)


def test_a_session_that_a_message_moved_is_told_with_the_message() -> None:
    quote = "On déplace la rencontre au 16 décembre 2026."
    held = Passage("m", 0, quote), Document("m", "default", "m.txt", "Rencontre", date="2026-11-09")
    moved = NextSession("2026-12-16", source=Source("m", "m:0", quote), told="2026-11-09")
    register = Register((Session("2026-10-28", "Octobre", next_session=moved),))
    asked = "Quand est la prochaine rencontre ?"
    question = read_question(asked, TODAY)
    assert question is not None
    answer = answer_from_register(asked, question, register, lambda _: held, TODAY, "fr")
    assert answer is not None
    assert "16 décembre 2026" in answer.text
    assert "Déplacée par un message du 9 novembre 2026" in answer.text
    holds_together(answer)


def test_what_the_register_does_not_hold_is_searched(router: Router) -> None:
    assert router.ask("Qu'a-t-on décidé sur les tableaux blancs ?").origin == "passages"
    assert router.ask("Qui devait laver le tableau ?").origin == "passages"


def test_filters_are_kept(router: Router) -> None:
    asked = "Qu'est-ce qui reste ouvert ?"
    assert router.ask(asked, Filters(kind="guide")).origin == "passages"
    assert "Karim" not in router.ask(asked, Filters(since="2026-10-01")).text
    assert router.ask(asked, Filters(community="others")).origin == "passages"
    agenda = "Prépare un ordre du jour de 90 minutes"
    assert router.ask(agenda, Filters(community="others")).origin == "passages"


@pytest.mark.parametrize("shown", [None, Filters(since="2026", until="2026")])
def test_a_year_chosen_on_the_page_widens_no_month_asked_about(
    router: Router, shown: Filters | None
) -> None:
    answer = router.ask("Qu'a-t-on décidé en septembre 2026 ?", shown)
    assert "Le registre contient une décision." in answer.text
    assert "On offre un embout" in answer.text


def test_the_last_session_is_that_of_the_period_chosen(router: Router) -> None:
    asked, shown = "De quoi a-t-on parlé à la dernière rencontre ?", Filters(until="2026-09")
    assert "Rencontre du 16 septembre 2026" in router.ask(asked, shown).text


def test_the_last_session_is_no_other_record_of_its_month() -> None:
    known = answered("De quoi a-t-on parlé à la dernière rencontre ?", lambda _: PAPER)
    assert known is not None
    assert "Rencontre du 10 mars 2026" in known.text


def test_a_session_whose_line_may_not_be_shown_is_not_the_last_named() -> None:
    held = {"a:0": PAPER, "b:0": PAPER}
    known = answered("Quand a-t-on parlé du papier ligné la dernière fois ?", held.get)
    assert known is not None
    assert known.text.startswith("**La dernière fois : le 12 février 2026. Le sujet revient dans 2")
    assert "10 mars" not in known.text
    holds_together(known)


PAPER = (
    Passage("a", 0, "Le papier ligné"),
    Document("a", "default", "a.md", "Rencontre", date="2026-02-12"),
)


def answered(asked: str, find: Callable[[str], tuple[Passage, Document] | None]) -> Answer | None:
    """From a register of lines on paper: of two sessions, and of a month."""
    days = {"a": "2026-02-12", "b": "2026-01-15", "c": "2026-03-10", "d": "2026-03"}
    register = Register(
        tuple(Session(day, name) for name, day in days.items()),
        topics=tuple(
            Topic("Le papier ligné", day, source=Source(name, f"{name}:0", "Le papier ligné"))
            for name, day in days.items()
        ),
    )
    question = read_question(asked, TODAY)
    assert question is not None
    return answer_from_register(asked, question, register, find, TODAY, "fr")


def test_an_agenda_asked_for(router: Router) -> None:
    asked = "Prépare un ordre du jour de 90 minutes pour huit personnes, en ligne, sur la cursive"
    answer = router.ask(asked)
    assert answer.origin == "agenda"
    assert answer.agenda is not None
    draft = answer.agenda["draft"]
    assert (draft["date"], draft["minutes"], draft["people"]) == ("2026-12-09", 90, 8)
    assert sum(item["minutes"] for item in draft["items"]) == 90
    assert "Karim envoie le sondage" in answer.text
    holds_together(answer)


def test_what_is_missing_is_asked_for(router: Router) -> None:
    first = "Prépare un ordre du jour pour huit personnes"
    answer = router.ask(first)
    assert answer.agenda is not None
    assert answer.agenda["draft"] is None
    assert "Combien de temps" in answer.text
    again = router.ask("90 minutes, en ligne", history=[Exchange(first)])
    assert again.agenda is not None
    assert again.agenda["draft"]["mode"] == "online"
    other = router.ask("Qu'est-ce qu'un embout ?", history=[Exchange(first)])
    assert other.origin == "passages"
    dated = router.ask("Quels embouts a-t-on vus le 3 mars 2026 ?", history=[Exchange(first)])
    assert dated.origin != "agenda"


def test_a_request_that_cannot_be_met_is_said(router: Router) -> None:
    with pytest.raises(UsageError):
        router.ask("Prépare un ordre du jour de 10 minutes")
