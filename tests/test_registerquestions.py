"""Which questions go to the register, and which do not."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from copassist.registerquestions import read_question

TODAY = date(2026, 11, 22)
ASKED = {
    "open": (
        ("Qu'est-ce qui reste ouvert ?", ""),
        ("qu'est-ce qui reste à faire?", ""),
        ("Que reste-t-il à faire ?", ""),
        ("Qu'est-ce qu'il nous reste à faire pour la prochaine rencontre ?", ""),
        ("Quelles actions sont encore ouvertes ?", ""),
        ("Quels suivis sont en retard ?", ""),
        (
            "Quelles sont les actions en suspens sur la grille d'observation ?",
            "grille d'observation",
        ),
        ("Y a-t-il des suivis en retard ?", ""),
        ("Qu'est-ce qui n'est pas encore réglé ?", ""),
        ("Où en sont les suivis ?", ""),
        ("Que doit faire Karim ?", "Karim"),
        ("Qu'est-ce que Fatou a à faire ?", "Fatou"),
        ("Qu'est-ce que Samuel doit encore faire ?", "Samuel"),
        ("Qu'est-ce qui reste ouvert pour Nathalie ?", "Nathalie"),
        ("Liste des actions ouvertes depuis septembre 2026", ""),
        ("What is still open?", ""),
        ("What's left to do?", ""),
        ("Which action items are overdue?", ""),
        ("What does Karim still have to do?", "Karim"),
        ("Open action items", ""),
        ("Peux-tu me dire qu'est-ce qui reste ouvert ?", ""),
        ("Qu'est-ce qui reste à faire d'ici la prochaine rencontre?", ""),
        ("Qu'est-ce que Mathieu a encore sur les bras?", "Mathieu"),
        ("what does Tom still owe us", "Tom"),
        ("Karim devait faire quoi déjà?", "Karim"),
        ("Qui doit faire quoi ?", ""),
        ("c'est quoi qu'il reste à faire", ""),
        ("Y a-tu des affaires en retard?", ""),
        ("Qu'est-ce qui traîne?", ""),
        ("what's on Karim's plate", "Karim"),
        ("anything overdue?", ""),
        ("Qu'est-ce que Sylvie B. doit faire ?", "Sylvie B"),
        ("What does Helen M. still have to do?", "Helen M"),
        ("What is Olivier supposed to do?", "Olivier"),
        ("Qu'est-ce que Karim a promis ?", "Karim"),
        ("Qu'est-ce qui reste ouvert sur les actions ?", ""),
        ("Qu'est-ce qui reste ouvert dans la CoP, Merci ?", ""),
        ("Qu'est-ce qui reste à faire pour la Communauté ? SVP", ""),
    ),
    "session": (
        ("De quoi a-t-on parlé le 28 octobre ?", ""),
        ("De quoi avez-vous parlé à la dernière rencontre ?", ""),
        ("qu'est-ce qui s'est dit la dernière fois?", ""),
        ("Qu'est-ce qu'on a fait à la rencontre de mars 2026 ?", ""),
        ("Résume la rencontre d'octobre", ""),
        ("fais-moi un résumé de la dernière rencontre", ""),
        ("What did we talk about at the last meeting?", ""),
        ("What happened last time?", ""),
        ("Summarize the last meeting", ""),
    ),
    "status": (
        ("Le formulaire de renouvellement est-tu parti?", "formulaire de renouvellement"),
        ("la section santé du guide en est où", "section santé du guide"),
        ("Où en est-on avec la grille d'observation ?", "grille d'observation"),
        ("A-t-on reçu la réponse de Patrice ?", "réponse de Patrice"),
        ("Est-ce que le sondage est terminé ?", "sondage"),
        ("Are the bilingual safety signs done?", "bilingual safety signs"),
        ("Has the letter to the insurer been sent?", "letter to the insurer"),
        ("Le rapport du comité a-t-il été envoyé ?", "rapport du comité"),
        ("Les paniers de Noël ont-ils été livrés ?", "paniers de Noël"),
        ("Where are we with the checkout guide?", "checkout guide"),
        ("where are we at with the checkout guide", "checkout guide"),
        ("Have the videos been posted?", "videos"),
        ("on a-tu reçu les ardoises", "ardoises"),
        ("ça avance-tu, les capsules vidéo", "capsules vidéo"),
    ),
    "decided": (
        ("c'est quoi qu'on a décidé pour les embouts", "embouts"),
        ("on avait décidé quoi déjà pour les embouts", "embouts"),
        ("quelles décisions on a prises à la dernière rencontre", ""),
        ("remind me what we decided about the grips", "grips"),
        ("Quelles décisions sont en vigueur ?", ""),
        ("What decisions are in force?", ""),
        ("what did we end up deciding about the grips", "grips"),
        ("Qu'a-t-on décidé sur les embouts de crayon ?", "embouts de crayon"),
        ("Qu'a-t-on décidé à la dernière rencontre ?", ""),
        ("Qu'avons-nous décidé au sujet du papier ?", "sujet du papier"),
        ("Qu'est-ce qui a été décidé à propos de l'ordre des lettres ?", "ordre des lettres"),
        ("Quelles décisions ont été prises en 2026 ?", ""),
        (
            "Quelles sont les décisions concernant la fréquence des rencontres ?",
            "fréquence des rencontres",
        ),
        ("A-t-on décidé quelque chose sur la grille ?", "grille"),
        ("What did we decide about the grid?", "grid"),
        ("What was decided at the last meeting?", ""),
        ("Which decisions were made in 2026?", ""),
        ("What are the latest decisions?", ""),
        ("Bonjour, qu'a-t-on décidé sur le lignage ?", "lignage"),
    ),
    "last": (
        ("c'est quand qu'on a parlé des embouts", "embouts"),
        ("la dernière fois qu'on a parlé des embouts c'était quand", "embouts"),
        ("Quand a-t-on parlé de la gaucherie pour la dernière fois ?", "gaucherie"),
        ("À quand remonte la dernière discussion sur les capsules vidéo ?", "capsules vidéo"),
        ("Quand avons-nous discuté de la tenue du crayon ?", "tenue du crayon"),
        ("Quand la fréquence des rencontres a-t-elle été abordée ?", "fréquence des rencontres"),
        ("Dans quelles rencontres a-t-on parlé des embouts ?", "embouts"),
        ("When did we last talk about left-handed children?", "left-handed children"),
        ("When was the frequency of meetings last discussed?", "frequency of meetings"),
    ),
    "owner": (
        ("c'est qui qui s'occupe des capsules vidéo", "capsules vidéo"),
        ("c'est qui le responsable des capsules vidéo", "capsules vidéo"),
        ("who's doing the videos", "videos"),
        ("Qui fait les capsules vidéo ?", "capsules vidéo"),
        ("c tu Nathalie qui devait écrire aux directions?", "écrire aux directions"),
        ("Qui est responsable de la page « trois paliers » ?", "page « trois paliers »"),
        (
            "Qui devait apporter des exemples de pratiques au clavier ?",
            "apporter des exemples de pratiques au clavier",
        ),
        ("Qui s'occupe de la troisième capsule ?", "troisième capsule"),
        ("Qui s'est engagé à écrire aux directions ?", "écrire aux directions"),
        ("qui devait écrire aux directions et est-ce que c'est fait?", "écrire aux directions"),
        ("Who is responsible for the three-tier page?", "three-tier page"),
        ("Who is in charge of the third video?", "third video"),
        ("Who was supposed to bring keyboard examples?", "bring keyboard examples"),
    ),
    "deferred": (
        ("qu'est-ce qu'on a remis à plus tard", ""),
        ("Qu'est-ce qui a été reporté ?", ""),
        ("Qu'est-ce qui est reporté à l'automne ?", "automne"),
        ("What was postponed in March?", ""),
        ("Quels points ont été remis à plus tard ?", ""),
        ("What was postponed?", ""),
    ),
    "next": (
        ("c'est quand déjà la prochaine rencontre", ""),
        ("la prochaine, c'est quand?", ""),
        ("à quelle heure la prochaine rencontre?", ""),
        ("c'est qui qui anime la prochaine rencontre pis c'est où?", ""),
        ("Qui anime la prochaine rencontre, et c'est quand?", ""),
        ("quand est-ce qu'on se voit la prochaine fois", ""),
        ("c'est qui déjà qui anime la prochaine rencontre", ""),
        ("Qui va animer la prochaine ?", ""),
        ("c'est à qui le tour d'animer", ""),
        ("when's the next meeting and who's hosting", ""),
        ("who's up next to facilitate", ""),
        ("c'est quand pis où la prochaine fois qu'on se voit?", ""),
        ("Quand et où a lieu la prochaine rencontre ?", ""),
        ("Who is running things next time, and when is it?", ""),
        ("Quand est la prochaine rencontre ?", ""),
        ("Quand a lieu la prochaine rencontre et qui l'anime ?", ""),
        ("When is the next meeting and who chairs it?", ""),
        ("Quel est le thème de la prochaine rencontre ?", ""),
        ("Qui anime la prochaine rencontre ?", ""),
        ("When is the next meeting?", ""),
        ("c'est quand la prochaine rencontre?", ""),
        ("La prochaine rencontre, c'est où?", ""),
        ("on se revoit quand?", ""),
        ("When do we meet next and who's running it?", ""),
    ),
}
SEARCHED = (
    "What is open source?",
    "What is open data and who uses it?",
    "What is left recursion?",
    "Qu'est-ce qui reste ouvert comme question philosophique ?",
    "Comment installer Python ?",
    "Quelle est la tenue du crayon recommandée ?",
    "Pourquoi a-t-on décidé de changer l'ordre des lettres ?",
    "Comment a-t-on décidé de l'ordre des lettres ?",
    "Quand le gestionnaire du réseau électrique a-t-il décidé de se lancer sérieusement dans le libre ?",  # noqa: E501
    "Qui a inventé la grille ?",
    "Qui était présent le 28 octobre ?",
    "Quand commence l'école ?",
    "Qui anime la communauté ?",
    "What is open government?",
    "What did the speaker say about open source?",
    "When did the group start?",
    "Who wrote the guide?",
    "Who said that tests are useful?",
    "Quels sont les points d'accord ?",
    "Quels sont les avantages de la cursive ?",
    "Qu'est-ce que la graphomotricité ?",
    "Qu'est-ce qu'une bonne tenue du crayon ?",
    "Combien de personnes étaient là ?",
    "Quel outil a été adopté pour observer ?",
    "Pourquoi les embouts ont-ils été abandonnés ?",
    "What happens after the meeting?",
    "What are the next steps for installing the package?",
    "Que doit contenir un bon README ?",
    "Qui peut contribuer au guide ?",
    "Comment prépare-t-on une rencontre ?",
    "Quel était l'ordre du jour du 3 mai ?",
    "Quand faut-il consulter en ergothérapie ?",
    "Quels exercices faire avant d'écrire ?",
    "Explique la règle sur le papier.",
    "Résume le guide",
    "De quoi a-t-on parlé au sujet de la gaucherie ?",
    "Qu'est-ce qui s'est passé avec les embouts en mars ?",
    "Qu'est-ce qu'on a fait pour la gaucherie ?",
    "What happened to the grid in 2025?",
    "Que M. Tremblay doit-il faire ?",
    "What is the grid supposed to do for pupils?",
    "What is due diligence?",
    "How do people use tests?",
    "Why was the monthly schedule abandoned?",
    "Which editor is best?",
    "Où est la salle ?",
    "À qui le rapport est envoyé ?",
    "Quand la peinture a été livrée ?",
    "Par qui le rapport a été signé ?",
    "Qui est arrivé ?",
    "A-t-on eu des plaintes ?",
    "What is the state of the art in compost?",
    "Did everyone get a vote?",
    "What is the committee working on?",
    "Is the laser safe for children?",
    "Quand faut-il que le formulaire soit rempli ?",
    "Est-ce que le prêt est gratuit ?",
    "Sous quelle licence ce guide est-il distribué ?",
    "Quelle est la prochaine étape du guide ?",
    "c'est quoi les avantages de la cursive",
    "c'est qui la madame du RÉCIT",
    "La prochaine version sort quand ?",
    "Qui fait partie du comité ?",
    "C'était quand ?",
    # their words are those of any question, but name something here
    "Quelles décisions a-t-on prises sur Teams ?",
    "Qu'a-t-on décidé pour Teams ?",
    "Qu'est-ce qui reste à faire sur Teams ?",
    "Qu'a-t-on décidé sur les actions ?",
    "What did we decide about action items?",
)


@pytest.mark.parametrize(
    ("text", "asked", "subject"),
    [(text, asked, subject) for asked, rows in ASKED.items() for text, subject in rows],
)
def test_asked_of_the_register(text: str, asked: str, subject: str) -> None:
    found = read_question(text, TODAY)
    assert found is not None
    assert (found.asked, found.subject) == (asked, subject)


def test_forty_each_way() -> None:
    assert sum(map(len, ASKED.values())) >= 40
    assert len(SEARCHED) >= 38


@pytest.mark.parametrize("text", SEARCHED)
def test_left_to_the_search(text: str) -> None:
    assert read_question(text, TODAY) is None


def test_questions_of_members_are_left_to_the_search(shared: Path) -> None:
    """One of the 67 asks for a line of the register; it is searched where none holds it."""
    taken = []
    for name in ("questions_fr", "questions_en"):
        lines = (shared / "eval" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        questions = [json.loads(line)["question"] for line in lines]
        taken += [one for one in questions if read_question(one, TODAY)]
    assert [one[:20] for one in taken] == ["Qui devait esquisser"]


def test_periods_and_the_last_session() -> None:
    found = read_question("Quelles décisions ont été prises en 2026 ?", TODAY)
    assert found is not None
    assert (found.since, found.until) == ("2026-01-01", "2026-12-31")
    found = read_question("Qu'a-t-on décidé à la dernière rencontre ?", TODAY)
    assert found is not None
    assert found.latest


@pytest.mark.parametrize(
    ("text", "subject", "since", "until"),
    [
        ("What was decided since March?", "", "2026-03-01", None),
        ("What was decided in March last year about the grid?", "grid", "2025-03-01", "2025-03-31"),
        ("Qu'a-t-on décidé l'an dernier en mars ?", "", "2025-03-01", "2025-03-31"),
        ("Qu'a-t-on décidé à l'automne de l'an dernier ?", "", "2025-09-01", "2025-12-21"),
        ("Qu'a-t-on décidé avant la réunion du 12 ?", "", None, "2026-11-11"),
        ("What was decided from March 3 to 15, 2024?", "", "2024-03-03", "2024-03-15"),
        ("What is still open today?", "", None, None),
        ("Qu'est-ce qui reste à faire aujourd'hui ?", "", None, None),
    ],
)
def test_words_of_a_period_are_no_subject(
    text: str, subject: str, since: str | None, until: str | None
) -> None:
    found = read_question(text, TODAY)
    assert found is not None
    assert (found.subject, found.since, found.until) == (subject, since, until)


def test_a_question_is_read_however_its_accents_are_kept() -> None:
    question = "Qu'a-t-on décidé l'été dernier sur les règles ?"
    found = read_question(question, TODAY)
    assert found is not None
    assert read_question(unicodedata.normalize("NFD", question), TODAY) == found


def test_en_is_what_was_asked_before() -> None:
    earlier = ["Qu'a-t-on décidé sur les embouts ?"]
    for follow_up in ("Quand en a-t-on parlé la dernière fois ?", "C'était quand ça ?"):
        found = read_question(follow_up, TODAY, earlier)
        assert found is not None
        assert (found.asked, found.subject) == ("last", "embouts")
    assert read_question("Quand en a-t-on parlé la dernière fois ?", TODAY) is None


def test_the_period_asked_about_is_the_one_that_search_reads() -> None:
    found = read_question("Qu'a-t-on décidé depuis 2020, à la rencontre de mars 2024 ?", TODAY)
    assert found is not None
    assert (found.since, found.until) == ("2024-03-01", "2024-03-31")
    assert read_question("Qu'a-t-on décidé avant 2018 ou depuis 2020 ?", TODAY) is None
