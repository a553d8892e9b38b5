"""Rules that read a record: what is an action, whose, due when; what is a decision; and no more."""

# ruff: noqa: E501 - a line and what is read in it stand side by side

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copassist.extraction import read_register, register_of
from copassist.extraction.dates import due_cell, due_in, session_day
from copassist.extraction.lines import lines_of
from copassist.extraction.people import people_of
from copassist.extraction.sections import kind_of
from copassist.extraction.texts import fold, plain
from copassist.extraction.undertakings import assigned_to
from copassist.passages import Document, Locator, Passage
from copassist.records import Action, Register

GOLD = Path(__file__).parent / "data" / "register_gold"
SESSION = "2026-03-10"


def passages_of(text: str) -> tuple[Passage, ...]:
    """Raw slices of Markdown, one per heading section, heading line at the top of each."""
    marks = list(re.finditer(r"^(#{1,6})[ \t]+(.+?)[ \t#]*$", text, re.MULTILINE))
    edges = [0, *(mark.start() for mark in marks), len(text)]
    path: list[tuple[int, str]] = []
    found: list[Passage] = []
    for index in range(len(edges) - 1):
        if index:
            level = len(marks[index - 1].group(1))
            path = [step for step in path if step[0] < level]
            path.append((level, marks[index - 1].group(2)))
        piece = text[edges[index] : edges[index + 1]].strip("\n")
        if piece.strip():
            headings = tuple(title for _, title in path)
            found.append(Passage("v", len(found), piece, Locator(headings=headings)))
    return tuple(found)


def read(text: str, date: str | None = SESSION) -> Register:
    document = Document("d", "default", "r.md", "Rencontre", "minutes", date)
    return read_register(document, passages_of(text))


def only(text: str) -> Action:
    (action,) = read(text).actions
    return action


LIST = "## Présences\n* Marie Roy\n* Sam Lee\n* Jo\n\n## Mesures de suivi\n"
PROSE = "## Présences\n* Marie Roy\n* Sam Lee\n* Jo\n\n## Discussion\n"


@pytest.mark.parametrize(
    ("line", "owner", "certain"),
    [
        ("* Marie enverra le lien.", "Marie", True),
        ("* Marie et Sam s'engagent à préparer le guide.", "Marie et Sam", True),
        ("* Sam doit appeler la salle.", "Sam", True),
        ("* Marie – Rédiger le résumé.", "Marie", True),
        ("* Sam Lee : rapport sur les coûts", "Sam Lee", True),
        ("* Le comité organisera la journée.", "Le comité", True),
        ("* Jo demande à Marie d'envoyer le compte rendu.", "Marie", True),
        ("* Sam to send the slides to Marie", "Sam", True),
        ("* Marie will book the room.", "Marie", True),
        ("* Jo asked Sam to review the draft.", "Sam", True),
        ("* Réserver la salle -> Marie", "Marie", True),
        ("* Réserver la salle → Marie ou Sam ?", "Marie ou Sam", False),
        ("* Réserver la salle -> Qui ?", None, True),
        ("* Elle enverra le lien.", None, True),
        ("* [ ] @sam.lee new poster by Friday", "@sam.lee", True),
        ("* [ ] @ann, @sam sheets to the branches", "@ann, @sam", True),
        ("* [ ] @everyone check the list", None, True),
        ("* Confirmer le courriel de Marie.", None, True),
        ("* Voir avec Sam pour la suite", None, True),
        ("* The files need to be sent to Marie and Sam to share them", None, True),
        ("* Ask Marie to review the draft", None, True),
        ("* Budget – préparer la version finale", None, True),
        ("* Avoid Lock-in to one vendor", None, True),
    ],
)
def test_owner_in_a_list_of_actions(line: str, owner: str | None, certain: bool) -> None:
    action = only(LIST + line)
    assert (action.owner, action.owner_certain) == (owner, certain)


@pytest.mark.parametrize(
    ("line", "owner", "due"),
    [
        ("Marie → le protocole, avant le 15 juin", "Marie", "2026-06-15"),
        ("Lettre au CISSS → Sam + Jo, avant Noël", "Sam + Jo", None),
        ("rappel par texto → Priya, this week", "Priya", "2026-03-13"),
        ("entente avec l'avocate → Jo circule", "Jo", None),
        ("walk-in half-days → all, by end of April", "all", "2026-04-30"),
        ("fall figures → Soledad, May", "Soledad", "2026-05-31"),
        ("Sam ==> lettre au supérieur", "Sam", None),
        ("Gabarit du tutorat — Mylène — 23 mai", "Mylène", "2026-05-23"),
        ("Note sur la version 6 — Marie + Sam — avant le 31 mars", "Marie + Sam", "2026-03-31"),
        ("Marie – lettre de mission – 15/04", "Marie", "2026-04-15"),
        ("Tout le monde – relire", "Tout le monde", None),
        ("farmers with trucks: Sam", "Sam", None),
        ("conteneur et branchement : Léandre, avant la fonte", "Léandre", None),
        ("Sam + Jo : comité du 2 mai", "Sam + Jo", None),
        ("Marie prend un poste à l'université en août.", None, None),
        ("Relancer la direction (Marie, d'ici le 15 avril)", "Marie", "2026-04-15"),
        ("Relancer la direction (Marie) – 15 avril", "Marie", "2026-04-15"),
        ("Relancer la direction (M. Lee)", "M. Lee", None),
        ("Relancer la direction (M. Dupont)", None, None),
        ("Resp. Marie : relancer la direction", "Marie", None),
        ("Relancer la direction. Responsable : Marie", "Marie", None),
        ("MR : relancer la direction", "MR", None),
        ("Relancer la direction (SL)", "SL", None),
        ("BC : relancer la direction", None, None),
        ("Tous : lire l'article", "Tous", None),
        ("Livrable : Rapport", None, None),
        ("Guide – Volume – Annexe", None, None),
        ("clinique juridique → qui??", None, None),
    ],
)
def test_signs_set_an_owner_and_a_date_apart(line: str, owner: str | None, due: str | None) -> None:
    found = [(one.owner, one.due_date) for one in read(f"{LIST}* {line}").actions]
    assert found == [(owner, due)]


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("ACTIONS : Marie photos | Sam tuto, 1 page | Jo lettre", ["Marie", "Sam", "Jo"]),
        ("Actions: Marie to publish; Sam to write one page; all to reply", ["Marie", "Sam", "all"]),
        ("## À faire\nMarie – formulaire, 30 nov. // Sam – protecteur de scie", ["Marie", "Sam"]),
        ("SUIVIS\nMarie : la convention\nSam : une page sur l'escalade", ["Marie", "Sam"]),
        ("Actions: Marie to publish and Sam is away", ["Marie"]),
    ],
)
def test_one_line_or_bare_lines_give_several_people_something(text: str, owners: list[str]) -> None:
    found = read(f"## Présences\n* Marie Roy\n* Sam Lee\n* Jo\n\n## Suite\n\n{text}\n").actions
    assert [one.owner for one in found] == owners


@pytest.mark.parametrize(
    ("line", "owner"),
    [
        ("Marie enverra le lien d'invitation.", "Marie"),
        ("Vern demande aux groupes de travail d'élaborer un plan.", "groupes de travail"),
        ("Après discussion, Sam va contacter la ville.", "Sam"),
        ("Action : Marie prépare le bilan.", "Marie"),
        ("Action item Sam: share the notes", "Sam"),
        ("TODO: mettre à jour la page", None),
        ("- [ ] Relire la charte", None),
        ("* Réserver la salle => **Sam**", "Sam"),
        ("@lea.b ajoute un lien dans le menu.", "@lea.b"),
        ("Sam, who leads the team, has agreed to host the next call.", None),
    ],
)
def test_owner_in_prose(line: str, owner: str | None) -> None:
    actions = read(PROSE + line).actions
    assert [action.owner for action in actions] == ([owner] if actions else [])
    assert actions or owner is None


@pytest.mark.parametrize(
    "line",
    [
        "On pourrait inviter une conférencière.",
        "Marie pourrait envoyer le lien.",
        "Marie enverra-t-elle le lien ?",
        "We might explore another tool.",
        "Sam would like to present.",
        "Il faudra du temps.",
        "La rencontre aura lieu en mai.",
        "Marie a présenté le bilan.",
        "Cela doit être utile.",
        "L'atelier se tiendra au local.",
        "* Idée : un bulletin",
    ],
)
def test_ideas_questions_and_stories_are_no_actions(line: str) -> None:
    assert read(PROSE + line).actions == ()


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("- [x] Relire la charte", "done"),
        ("- [ ] Relire la charte", "open"),
        ("* Relire la charte (fait)", "done"),
        ("* ~~Relire la charte~~", "done"),
        ("* Relire la charte, en cours", "open"),
        ("* Marie a relu la charte.", "done"),
        ("* Marie relira la charte qu'ils ont adoptée.", "open"),
    ],
)
def test_status(line: str, status: str) -> None:
    assert only(LIST + line).status == status


def test_a_list_of_done_things_is_done_and_a_review_is_unknown() -> None:
    done = read("## Actions réalisées\n* Réserver la salle\n")
    assert [action.status for action in done.actions] == ["done"]
    review = read("## Review Action items\n* Sam to book the room\n")
    assert [(a.owner, a.status) for a in review.actions] == [("Sam", "unknown")]


def test_table_of_commitments() -> None:
    text = (
        "## Suivi des engagements\n\n| Action | Responsable | Échéance | État |\n"
        "|---|---|---|---|\n"
        "| Écrire le guide | Léa | 15 avril | fait |\n"
        "| Trouver une salle |  | S1 2027 | |\n"
    )
    first, second = read(text).actions
    assert (first.owner, first.due, first.due_date, first.status) == (
        "Léa",
        "15 avril",
        "2026-04-15",
        "done",
    )
    assert (second.owner, second.due_date, second.status) == (None, "2027-06-30", "open")


def test_a_table_of_follow_ups_without_a_state() -> None:
    text = (
        "## Suivis\n\n| Suivi | Responsable | Échéance |\n|---|---|---|\n"
        "| Relancer le réseau au sujet des navettes | Amir | 15 avril |\n"
        "| Trouver une salle pour la formation | Claudine | fait |\n"
    )
    first, second = read(text).actions
    assert (first.text, first.owner, first.due, first.status) == (
        "Relancer le réseau au sujet des navettes",
        "Amir",
        "15 avril",
        "open",
    )
    assert (second.owner, second.due, second.status) == ("Claudine", None, "done")


def test_a_last_word_that_is_a_sentence_labels_nothing() -> None:
    text = "## Suivis\n\nAmir : le réseau ajoute une navette le jeudi dès septembre.\nFait."
    assert not any(line.headings[1:] for line in lines_of([Passage("v", 0, text)]))


MINUTES_IN_A_TABLE = """Présences : Anne Roy, Fatou Diallo, Karim Benali

| Point | Discussion | Décision | Responsable |
|---|---|---|---|
| 1. Assurances | La Ville couvre le vélo. | Pas plus de 600 $ de livres à la fois. | Karim |
| 2. Frais de retard | On attend les chiffres. | Monter un tableau. | Fatou, pour le 10 juin |
| 3. Grainothèque | Personne n'a eu le temps. | Reporté à l'automne. | — |
| 4. Outil | Les courriels se perdent. | On passe à Teams. | Anne crée l'équipe d'ici le 30 mai |
| 5. Prochaine rencontre |  | 10 juin 2026, 9 h, par Zoom |  |
"""


def test_minutes_kept_in_a_table() -> None:
    found = read(MINUTES_IN_A_TABLE)
    assert [(one.item, one.text) for one in found.decisions] == [
        ("Assurances", "Pas plus de 600 $ de livres à la fois."),
        ("Frais de retard", "Monter un tableau."),
        ("Outil", "On passe à Teams."),
    ]
    assert [(one.owner, one.due_date, one.text) for one in found.actions] == [
        ("Karim", None, "Pas plus de 600 $ de livres à la fois."),
        ("Fatou", "2026-06-10", "Monter un tableau."),
        ("Anne", "2026-05-30", "Anne crée l'équipe d'ici le 30 mai"),
    ]
    titles = [one.title for one in found.topics if not one.deferred]
    assert titles == ["Assurances", "Frais de retard", "Grainothèque", "Outil"]
    [session] = found.sessions
    assert session.next_session is not None
    assert session.next_session.date == "2026-06-10"


@pytest.mark.parametrize(
    ("sentence", "owner"),
    [
        ("Fatou demande une soumission avant le 1er mai.", "Fatou"),
        ("Karim prend sa retraite le 30 avril.", None),
        ("Anne fait déjà ça avec deux écoles depuis le 3 mars.", None),
    ],
)
def test_what_somebody_known_does_by_a_day(sentence: str, owner: str | None) -> None:
    text = f"Présences : Anne Roy, Fatou Diallo, Karim Benali\n\n## Formation\n\n{sentence}\n"
    assert [one.owner for one in read(text).actions] == ([owner] if owner else [])


def test_lines_nested_under_a_name_are_that_persons() -> None:
    text = "## Next Steps\n* Sam to:\n  * review the draft\n  * update the page\n* Book the room\n"
    assert [(a.text, a.owner) for a in read(text).actions] == [
        ("review the draft", "Sam"),
        ("update the page", "Sam"),
        ("Book the room", None),
    ]


def test_a_list_cut_between_passages_goes_on() -> None:
    headings = ("Notes",)
    first = "## Notes\n* Divers\n  * Mesures de suivi\n    * Relire la charte"
    second = "* Réserver la salle\n    * Imprimer le guide\n* Tour de table"
    cut = [Passage("v", i, t, Locator(headings=headings)) for i, t in enumerate((first, second))]
    document = Document("d", "default", "r.md", "Rencontre", "minutes", SESSION)
    assert [action.text for action in read_register(document, cut).actions] == [
        "Relire la charte",
        "Réserver la salle",
        "Imprimer le guide",
    ]


def test_notes_after_the_list_are_not_actions() -> None:
    text = "## Next Steps\n* Plan the day\n\nSam, on the project\n* It was used last year\n"
    assert [action.text for action in read(text).actions] == ["Plan the day"]


def test_agenda_points_are_not_actions() -> None:
    text = "## Ordre du jour\n* Prochaines étapes\n  * Infographie\n  * Formation\n"
    assert read(text).actions == ()


@pytest.mark.parametrize(
    ("words", "due", "day"),
    [
        ("Envoyer le plan d'ici le 20 mars", "d'ici le 20 mars", "2026-03-20"),
        ("Présenter le bilan le 14 novembre 2026.", "le 14 novembre 2026", "2026-11-14"),
        ("Finaliser pour le 5 janvier", "pour le 5 janvier", "2027-01-05"),
        ("Terminer dans deux semaines", "dans deux semaines", "2026-03-24"),
        ("Send it by March 27th", "by March 27th", "2026-03-27"),
        ("Finish by Friday", "by Friday", "2026-03-13"),
        ("À remettre avant vendredi prochain", "avant vendredi prochain", "2026-03-13"),
        ("Réunir le groupe le lundi", None, None),
        ("Relire les notes de la réunion du 14 mai", None, None),
        ("Rapporter d'ici la prochaine rencontre", "d'ici la prochaine rencontre", None),
        ("Rappeler Ann dans douze jours", "dans douze jours", "2026-03-22"),
        ("Livrer la trousse pour T3 2026", "pour T3 2026", "2026-09-30"),
        ("Remettre le rapport d'ici S3 2026", "d'ici S3 2026", None),
        ("İlker envoie le texte d'ici le 12 juin", "d'ici le 12 juin", "2026-06-12"),
        ("Envoyer le plan d'ici mercredi le 15 avril", "d'ici mercredi le 15 avril", "2026-04-15"),
        ("Envoyer le plan d'ici la mi-avril", "d'ici la mi-avril", "2026-04-15"),
        ("Send it by the middle of April", "by the middle of April", "2026-04-15"),
        ("Envoyer le plan pour le 15.04.2026", "pour le 15.04.2026", "2026-04-15"),
        ("Envoyer le plan pour le 3/4", "pour le 3/4", "2026-04-03"),
        ("Réserver pour 1/2 journée", None, None),
        ("Réserver le local pour 3/4 du groupe", None, None),
        ("Engager quelqu'un pour 5/6 heures", None, None),
    ],
)
def test_due_dates(words: str, due: str | None, day: str | None) -> None:
    found = due_in(words, session_day(SESSION))
    assert (found.text, found.day) == (due, day) if found else due is None


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("mercredi le 15 avril 2026", "2026-04-15"),
        ("15-04-2026", "2026-04-15"),
        ("15.04.2026", "2026-04-15"),
        ("2026/04/15", "2026-04-15"),
        ("15/04/26", "2026-04-15"),
        ("mercredi 15/04/2026", "2026-04-15"),
        ("04/15/2026", "2026-04-15"),
        ("3/4", "2026-04-03"),
        ("version 1.2.10", None),
    ],
)
def test_due_dates_as_a_cell_holds_them(written: str, day: str | None) -> None:
    due = due_cell(written, session_day(SESSION))
    assert due is not None
    assert due.day == day


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Il est décidé de tenir deux rencontres par mois.", True),
        ("Le CA a voté l'ouverture du compte.", True),
        ("Le bilan a été approuvé à l'unanimité.", True),
        ("Décision : garder la formule actuelle.", True),
        ("Pour l'instant, nous utiliserons le forum.", True),
        ("The group agreed to meet monthly.", True),
        ("We as the board endorse the plan.", True),
        ("It was decided to keep the name.", True),
        ("-> on en achète deux à partager, 1 200 $ en tout.", True),
        ("=> we write one page, all directors to sign it", True),
        ("Entente : pause d'eau aux 45 minutes.", True),
        ("Le prêt passe de six à trois semaines.", True),
        ("La sortie du mardi est remplacée par le samedi matin.", True),
        ("On a dit non : on attend la refonte.", True),
        ("The fair is moved to Saturday June 6.", True),
        ("-> on verra en mai.", False),
        ("-> Marie apporte les deux.", False),
        ("La route passe de la ville à la rivière.", False),
        ("-> on attend la réponse de la Ville", False),
        ("-> we are not sure about the budget", False),
        ("On a gardé un bon souvenir de la fête.", False),
        ("On a changé trois ampoules cette semaine.", False),
        ("Le taux d'absence passe de 12 % à 18 %, ce qui inquiète.", False),
        ("La secrétaire est remplacée par Marie pour la soirée.", False),
        ("The chairs were moved to the 2nd floor.", False),
        ("Feu vert attendu de la Ville avant juin.", False),
        ("Décision : reportée à la prochaine rencontre", False),
        ("Bien que rien ne soit encore décidé, on penche pour une scie.", False),
        ("On pourrait décider de garder le nom.", False),
        ("Qui décide du nom ?", False),
        ("Il faudrait adopter une règle.", False),
        ("Nous espérons trouver une salle.", False),
        ("Approved by the clerk", False),
        ("We agreed that it can be hard.", False),
        ("Everyone found the guide useful.", False),
        ("Proposé par Lucie Gauthier-Nadon, appuyé par Samuel Ouellet.", False),
        ("Le compte rendu du 20 mai 2026 est adopté sans modification, proposé par Anne.", False),
        ("L'ordre du jour est adopté avec l'ajout du point « budget ».", False),
        ("Il est proposé par Anne Roy d'adopter le procès-verbal de la séance du 3 mai.", False),
        ("Résolution 2026-02 : Adoption de l'ordre du jour", False),
        ("Ordre du jour adopté à l'unanimité.", False),
        ("La séance est levée à 21 h, à l'unanimité.", False),
        ("The minutes of March 3 were approved.", False),
        ("We approved the agenda as amended.", False),
        ("It was agreed to adjourn at 8.", False),
        ("Le conseil approuve à l'unanimité le compte rendu de mars.", False),
        ("La séance est close à 21 h, à l'unanimité.", False),
        ("L'ordre du jour est adopté; le budget de 5 000 $ est approuvé.", True),
        ("Le procès-verbal est adopté et la cotisation est fixée à 30 dollars.", True),
        ("Décision : la levée de l'embargo sur les achats est adoptée.", True),
        ("Décision : la réunion est ouverte au public.", True),
        ("Notes : le budget de 2024 est adopté.", True),
        ("Il est résolu que les comptes rendus seront adoptés par courriel.", True),
        ("Le groupe a adopté un nouveau modèle de compte rendu.", True),
        ("On convient de demander un dépôt de 20 $ pour les liseuses.", True),
        ("On passe à quatre rencontres par année au lieu de cinq.", True),
        ("On revient aux six semaines pour les bacs.", True),
        ("On laisse donc tomber Teams.", True),
        ("Pour que ça dure, on limite à cinq sachets par personne.", True),
        ("Nous recommandons d'ouvrir à 9 h le samedi.", True),
        ("Répartition adoptée : 1 800 $ pour les bacs, 900 $ pour le triporteur.", True),
        ("Ce qu'on a décidé ce jour-là", False),
        ("On passe beaucoup de temps à chercher les clés.", False),
        ("On revient sur la sortie de mai, qui a plu.", False),
        ("On décide de limiter à huit inscriptions.", True),
        ("Le bruit dérange, et on s'entend pour essayer le samedi matin.", True),
        ("Le groupe convient d'imprimer la fiche.", True),
        ("La décision du 18 mars est annulée : plus de dépôt.", True),
        ("Il convient de fermer la porte.", False),
        ("Le conseil municipal de Matane a refusé la soumission.", False),
        ("Résolution CA-2026-02-15 : La cotisation passe à vingt dollars.", True),
        ("Le comité a approuvé l'ordre du jour type pour les rencontres.", True),
        ("The group adopted the new notes template.", True),
        ("Moved by Ann Lee, seconded by Sam Roy.", False),
        ("Proposé par Lucie Roy, appuyé par Sam Roy : on achète la grille.", True),
        ("Après une heure, on se rallie : la fiche garde deux pages.", True),
        ("Karim aurait préféré l'autre logiciel mais se rallie.", False),
        ("Bon, accepté : douze cartes pour l'an prochain.", True),
        ("Compromis : une fiche de trois pages au plus.", True),
        ("On autorise jusqu'à 300 $ pour les jeux.", True),
        ("On ajoute un point à l'ordre du jour.", False),
        ("Bref, on déplace les ateliers au mardi, à partir de mai.", True),
        ("On s'est entendus sur ceci : désormais une seule page.", True),
        ("C'est donc six à partir de septembre.", True),
        ("La carte est exacte, on garde la contribution et on continue.", False),
        ("Anne revient sur ce qui s'est décidé en mars.", False),
        ("Le groupe de Luc a choisi de la faire quand même.", False),
        ("Les accents? --> orthographe rectifiée acceptée partout.", True),
        ("Personne ne vient → on coupe à une rencontre par mois.", True),
        ("Les effectifs baissent --> on mise plutôt sur les bénévoles.", False),
        ("Quelle différence --> le flux de demande de permis.", False),
        ("So: talks go to Mondays at noon, beginning in May.", True),
        ("New target is eight working days for captions.", True),
        ("The move to another tool is suspended.", True),
        ("We stay on the old tool up to June 30.", True),
        ("In the end the group came round to Ann's idea: two forms.", True),
        ("OK so we agreed, recordings come down after a year.", True),
        ("Compromise, ten per season it is, with a sheet.", True),
        ("One item each from now on, instead of two.", True),
        ("We'll only repair those that are read.", True),
        ("Vote 6–1: no microwaves, ever.", True),
        ("We have no board, rather it is distributed among teams.", False),
        ("He uses the first, because it is compatible with the other.", False),
        ("We keep losing the keys of the cabinet.", False),
        ("On garde la porte ouverte à d'autres idées pour l'an prochain.", False),
        ("On oublie souvent de remplir le formulaire.", False),
        ("On quitte la salle vers 16 h 30 comme d'habitude.", False),
        ("On coupe souvent la parole aux nouveaux membres.", False),
        ("On maintient que cet outil n'est pas fiable.", False),
        ("On accorde beaucoup d'importance à la lecture.", False),
        ("On arrête pas de recevoir des courriels là-dessus.", False),
        ("C'est donc plus facile de travailler à partir de ce gabarit.", False),
        ("Nous nous sommes bien entendus avec la direction.", False),
        ("On s'est mis d'accord pour en reparler.", False),
        ("Vote 12 à 14 personnes attendues.", False),
        ("The library is open from September 3 on weekdays only.", False),
        ("We keep the door open to other ideas.", False),
        ("We will only know in March what they think.", False),
        ("We agreed, more or less, that nobody had read the text.", False),
        ("New rule is a bad idea, says Paul.", False),
        ("The tuition fees are raised to a level nobody can pay.", False),
        ("Anne → Paul → document obligatoire à lire", False),
        ("→ le plagiat est interdit selon la politique", False),
        ("Le texte a été lu par tous. Adopté.", False),
        ("Au lieu du mardi, on tiendra dorénavant le marché le samedi.", True),
        ("Le carnet convenu en mai est abandonné : à partir de juin, tout va au tableau.", True),
        ("On remplace l'affiche : elle tient désormais en une page.", True),
        ("Après un tour de table, on adopte la grille du voisin.", True),
        ("On ne prend pas le nouveau logiciel.", True),
        ("On achète la presse usagée (350 $).", True),
        ("On met donc fin à l'essai du tableau blanc.", True),
        ("Le contrat du traducteur n'est pas renouvelé en mai.", True),
        ("Le marché se tient dehors. Unanime.", True),
        ("We are ending the Saturday class after its third edition.", True),
        ("We are not renewing the licence in June.", True),
        ("We let Trello go; the list is on the door.", True),
        ("The monthly fee is withdrawn.", True),
        ("From March we pay the helpers by the hour.", True),
        ("Okay so we drop the form and Ann phones two people.", True),
        ("So it is settled, a helper gets 20 dollars.", True),
        ("Ann wants a stand at the fair. Everyone in favour.", True),
        ("The slot moves: still the first Monday, but at noon.", True),
        ("On a rien décidé là-dessus mais c'est écrit.", False),
        ("Le groupe a pas encore tranché pour la presse.", False),
        ("Nothing was decided about the fair.", False),
        ("On ne prend pas le temps de relire.", False),
        ("On achète toujours trop de papier, 40 $ par mois.", False),
        ("The signal is dropped by the router.", False),
        ("We let the children go before noon.", False),
        ("From March we hoped for more.", False),
        ("From March, we were online only.", False),
        ("From May we saw fewer families.", False),
        ("From June, we hope to see more people.", False),
        ("From January we have been meeting in Room 2.", False),
        ("Students are dropped at the door every morning.", False),
        ("The form is dropped at the end of June.", True),
        ("We are ending the year with a party.", False),
        ("We're stopping here for today.", False),
        ("We let Maria go first.", False),
        ("On verra désormais les enfants plus souvent.", False),
        ("Les parents disent qu'on sait désormais que c'est difficile.", False),
        ("On ne prend pas assez de temps pour chaque enfant.", False),
        ("On ne retient pas grand-chose de la conférence.", False),
        ("Nous tiendrons deux rencontres par mois.", True),
        ("Nous parlerons du budget en mai.", False),
        ("Nous recevrons Mme Lavoie.", False),
        ("Nous passerons au point suivant.", False),
        ("On passe au point 4.", False),
        ("On passe à la période de questions.", False),
        ("On revient aux suivis.", False),
        ("On revient à nos moutons.", False),
        ("On passe à table.", False),
        ("This will be a busy month, not only for us.", False),
        ("La direction a accepté de prêter le local.", False),
        ("Simon a décidé de prendre sa retraite.", False),
        ("Le calendrier est approuvé par le comité.", True),
        ("Le calendrier est approuvé par le centre de services.", False),
    ],
)
def test_decisions(text: str, kept: bool) -> None:
    decisions = read("## Discussion\n" + text).decisions
    assert [decision.text for decision in decisions] == ([text] if kept else [])


@pytest.mark.parametrize(
    ("text", "decisions"),
    [
        (
            "**Décision :** La formule mensuelle est abandonnée. Dès septembre, on revient à six "
            "semaines. Lucie l'écrit à tous.",
            ["**Décision :** La formule mensuelle est abandonnée. Dès septembre, on revient à six "
             "semaines."],
        ),
        (
            "Décision : On révise l’ordre adopté le 5 novembre. On commence par les pointes.",
            ["Décision : On révise l’ordre adopté le 5 novembre. On commence par les pointes."],
        ),
        (
            "Décision : on est toujours deux, sinon on annule la sortie. Anne achète un cadenas.",
            ["Décision : on est toujours deux, sinon on annule la sortie."],
        ),
        (
            "Décision : On achète la grille. Le budget le permet.",
            ["Décision : On achète la grille."],
        ),
        (
            "Tom pays for two months from the budget. Agreed. He writes to Ann.",
            ["Tom pays for two months from the budget. Agreed."],
        ),
        (
            "Solution : une carte-cadeau de 40 $ par lecture. Adopté.",
            ["Solution : une carte-cadeau de 40 $ par lecture. Adopté."],
        ),
        ("Est-ce qu'on garde le local ? Accepté.", []),
        (
            "Il est décidé que la règle de mars est annulée. Il est décidé de s'en passer.",
            ["Il est décidé que la règle de mars est annulée.", "Il est décidé de s'en passer."],
        ),
    ],
)  # fmt: skip
def test_what_no_longer_holds_is_told_with_what_does(text: str, decisions: list[str]) -> None:
    found = read("## Discussion\n" + text).decisions
    assert [one.text for one in found] == decisions
    assert all(one.source and one.source.quote in text for one in found)


@pytest.mark.parametrize(
    "said", ["Résolution 12 : on achète deux tablettes.", "**Décision no 3 : garder la formule actuelle**"]
)  # fmt: skip
def test_a_numbered_decision_on_its_line_is_that_decision(said: str) -> None:
    text = f"## Budget\n\n{said}\n\nIl en reste 300 $ pour le matériel.\n\nZoé remercie Luc.\n"
    assert [one.text for one in read(text).decisions] == [said]


def test_a_numbered_decision_titled_by_a_heading_stands_under_it() -> None:
    text = "## Résolution 12 : achat de tablettes\n\nDeux tablettes, pas plus.\n"
    assert [one.text for one in read(text).decisions] == ["Deux tablettes, pas plus."]


def test_a_section_of_decisions_holds_decisions() -> None:
    text = "## Décisions\n* Budget adopté\n* Local : rue Principale\n\n## Résolution #3\n* Oui\n"
    found = read(text).decisions
    assert [d.text for d in found] == ["Budget adopté", "Local : rue Principale", "Oui"]
    assert found[0].session_date == SESSION


@pytest.mark.parametrize("label", ["Décision :", "**Décision :**", "**Décision** :", "Decision:"])
def test_a_label_of_one_decision_reaches_no_further(label: str) -> None:
    """Told by a label alone, the paragraph after the next is no decision any more."""
    told = "Les tablettes se prêtent deux semaines."
    after = "Luc raconte que sa classe les aime.\n\nLocal\n\nLe local est froid."
    found = read(f"## Tablettes\n{label}\n\n{told}\n\n{after}").decisions
    assert [one.text for one in found] == [told]
    listed = read(f"## Tablettes\n{label}\n\n* Deux semaines\n* Trois l'été\n\n{after}").decisions
    assert [one.text for one in listed] == ["Deux semaines", "Trois l'été"]


def test_a_paragraph_that_opens_a_list_of_decisions() -> None:
    lines = ["Two items per person.", "Ann: money. Luc: seeds.", "Meet every two months."]
    text = "First meeting as one group. We agreed:\n\n" + "\n".join(lines) + "\n\nIt rained."
    assert [one.text for one in read(f"## Start\n{text}").decisions] == lines


def test_a_point_is_named_by_its_line_in_bold() -> None:
    text = "**D-07 – IA générative.** Pas d'outil en examen. À rediscuter en juin."
    found = [one.title for one in read(f"## Points\n{text}\n").topics if one.deferred]
    assert found == ["IA générative"]


def test_what_is_to_be_discussed_again_is_decided_all_the_same() -> None:
    text = "Pas d'outil en examen. Valable jusqu'en juin, à rediscuter à la prochaine rencontre."
    assert [one.text for one in read(f"## Décisions\n{text}\n").decisions] == [text]


def test_session_facts() -> None:
    session = read(
        "# Rencontre\n\nAnimation : Marie Roy\nPrise de notes : Sam Lee\n\n"
        "Attendance: 5 in person, 2 online.\n\n## Ordre du jour\n1. Budget\n2. Local\n\n"
        "## Prochaine rencontre\n* Le 14 avril 2026\n* Thème : l'écriture cursive\n"
        "* Animation : Jo\n"
    ).sessions[0]
    assert session.attendance == 7
    assert (session.facilitation, session.note_taking) == ("Marie Roy", "Sam Lee")
    assert session.items == ("Budget", "Local")
    coming = session.next_session
    assert coming is not None
    assert (coming.date, coming.theme, coming.facilitation) == (
        "2026-04-14",
        "l'écriture cursive",
        "Jo",
    )


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("## Présents\n* Ann\n* Bob\n* Ann\n", 2),
        ("## Présents\n* Ann\n* Bob\n\n## 3. Absences\n* Zoé\n", 2),
        ("## Présences et absences\n* Ann\n* Bob\n* Absente : Zoé\n", 2),
        ("Présents : 4 personnes: Théo, Élise, Jérôme, Cédric\n", 4),
        ("Présents: Théo, Élise, Jérôme\n", 3),
        ("Présents : Théo, Élise, Jérôme. Absents : Zoé, Luc (malade)\n", 3),
        ("En visio. Présents : Théo (hôte, prend les notes), Élise.\n", 2),
        ("**Animation :** Théo Roy\n**Participants :** Théo, Élise. **Absente :** Zoé\n", 2),
        ("## Présences\nMarie Roy, Luc Côté, Zoé Gagnon, Paul Roy\n", 4),
        ("## Présences\nMarie Roy et Luc Côté.\nExcusée : Zoé Gagnon\n", 2),
        ("## Présences\n* Marie Roy, École du Phare\n* Luc Côté, enseignant\n", 2),
        ("# Rencontre\n\nPrésents : Marie, Luc\nAbsents : Paul, Jean\n", 2),
        ("Here: everyone, Tom late.\n", None),
        ("Salle 3. Luc, Zoé (notes), Ana, Théo R.\n", 4),
        ("Laval, Gatineau, Rimouski, Alma.\n", None),
        ("Élise suit deux personnes qui prennent des notes.\n", None),
        ("Ce sont 18 personnes qui se sont retrouvées.\n", 18),
        ("13 personnes ont participé, pour les deux dernières réunions.\n", None),
        ("Rien sur les gens.\n", None),
    ],
)
def test_attendance(text: str, count: int | None) -> None:
    assert read(text).sessions[0].attendance == count


@pytest.mark.parametrize(
    ("text", "status", "owner", "due"),
    [
        ("## Retour sur les suivis\n* Affiches : fait par Zoé, 40 copies.\n", "done", None, None),
        ("## Retour sur les suivis\n* Affiches : Luc est malade, on reporte au 4 mai.\n", "open", None, "2026-05-04"),
        ("## Retour sur les suivis\n* Grille envoyée le 2 mars comme prévu.\n", "done", None, None),
        ("## Retour sur les suivis\n* Lettre : partie le 2 mars, deux réponses.\n", "done", None, None),
        ("## Retour sur les suivis\n* Lettre : on en a relu la moitié le 2 mars, dit-elle.\n", "unknown", None, None),
        ("## Suivis de mars\n* Affiches : pas de nouvelles de Luc.\n", "open", None, None),
        ("## Where things are\n* Posters: Sam did half. He asks for 4 May. Granted.\n", "open", "Sam", "2026-05-04"),
        ("## Where things are\n* Sam's posters: he has the text. For 4 May.\n", "open", "Sam", "2026-05-04"),
        ("## Where things are\n* Sam to call the printer by 4 May.\n", "open", "Sam", "2026-05-04"),
        ("## Where things are\n* Posters (A3): nearly there, he says. For 4 May.\n", "open", None, "2026-05-04"),
        # what was done by a day, or for so many, is put off to none
        ("## Retour sur les suivis\n* Affiches : il en a imprimé pour 30 élèves.\n", "unknown", None, None),
        ("## Retour sur les suivis\n* Affiches : elle les a livrées pour le 4 avril.\n", "unknown", None, "2026-04-04"),
        ("## Where things are\n* Posters: she asks for two 11x17 copies.\n", "unknown", None, None),
        ("## Divers\nLa liste n'est pas corrigée. Marie s'engage pour le 4 mai.\n", "open", "Marie", "2026-05-04"),
        ("## Divers\nMarie a un texte. Elle le dépose au plus tard le 4 mai.\n", "open", "Marie", "2026-05-04"),
        ("## Divers\nMarie n'a pas sorti le dossier. Plus d'excuse. Nouvelle date : 4 mai.\n", "open", "Marie", "2026-05-04"),
        # whose it is of two is not guessed
        ("## Divers\nMarie attend le dossier. Sam l'a perdu. Nouvelle date : 4 mai.\n", "open", None, "2026-05-04"),
    ],
)  # fmt: skip
def test_what_is_told_of_a_follow_up_and_its_new_day(
    text: str, status: str, owner: str | None, due: str | None
) -> None:
    [action] = read(f"Présences : Zoé, Luc\n\n{text}", "2026-04-09").actions
    assert (action.status, action.owner, action.due_date) == (status, owner, due)


REPORTED = [
    ("Demande de fonds : le dossier est parti le 26 février, signé par le directeur.", "done"),
    ("Tableur : la version 1.2 est en circulation.", "unknown"),
    ("Banque : ça y est, les 32 textes y sont.", "done"),
    ("Préparer le guide (Marie) : le texte est chez l'imprimeur.", "unknown"),
    ("Guide : Marie a relu le texte, il manque une page.", "unknown"),
]


@pytest.mark.parametrize(("line", "status"), REPORTED)
@pytest.mark.parametrize(
    "heading", ["Suivis", "Suivis du dernier compte rendu", "3. Suivis et actions (10 min)"]
)
def test_under_follow_ups_what_a_subject_is_told_of_is_a_report(
    heading: str, line: str, status: str
) -> None:
    for text in (line, f"* {line}"):
        [action] = read(f"## Présences\n* Marie Roy\n\n## {heading}\n\n{text}\n").actions
        assert (action.report, action.status) == (True, status)


@pytest.mark.parametrize(
    ("heading", "line"),
    [
        ("Suivis", "Guide : Marie l'enverra à l'imprimeur."),
        ("Suivis", "Guide : le texte est prêt, Marie doit l'imprimer."),
        ("Suivis", "Guide : le texte est long, il faut le couper."),
        ("Suivis", "Marie : la convention"),
        ("Suivis", "Guide : version 2, pour le 4 mai"),
        ("Follow-up", "Website: a broken link on the home page"),
        ("Ce qu'on a à faire", "Site web : la page d'accueil est en panne."),
        ("Suites", "Site web : la page d'accueil est en panne."),
    ],
)
def test_what_is_still_to_be_done_is_an_open_action(heading: str, line: str) -> None:
    [action] = read(f"## Présences\n* Marie Roy\n\n## {heading}\n* {line}\n").actions
    assert action.status == "open"


def test_a_line_as_long_as_a_paragraph_is_no_heading() -> None:
    assert (
        kind_of("Suivi de mars. " + "La liste reste à corriger depuis trois mois. " * 4) == "topic"
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("an invitation for the May meeting", None),
        ("Ana will prepare the budget for 2027.", None),
        ("Ana will write the plan for March 2027.", None),
        ("Ana writes the survey for Q3 2026.", None),
        ("Ana will book the room for next Monday.", "2026-04-13"),
        ("Ana will send it for the 12 May meeting.", "2026-05-12"),
    ],
)
def test_what_a_thing_is_for_is_a_deadline_only_where_it_is_a_day(
    text: str, day: str | None
) -> None:
    due = due_in(text, session_day("2026-04-09"))
    assert (due.day if due else None) == day


@pytest.mark.parametrize(
    ("line", "owner", "due"),
    [
        ("Marie : demander les clés au voisin, pour le 4 mai", "Marie", "2026-05-04"),
        ("Marie : lire lentement, c'est mieux pour tous", None, None),  # may be what she said
        ("Sam s'occupe de la commande avant le congé de Noël.", "Sam", None),
        # what somebody does anyway, or may
        ("Marie fait six heures d'auto pour venir.", None, None),
        ("Le comité met 1 800 $, nous 600 $.", None, None),
        ("Marie met the people of the fair.", None, None),
        ("Deux minutes chacun, au sablier (Marie apporte le sien).", None, None),
        ("They'll gladly let us pay for a helper.", None, None),
        ("Marie parle du rapport. Il pleut depuis le 3 mai.", None, None),
        ("Marie parle du rapport. Il existe une date limite : le 15 mai.", None, None),
        ("Marie saw the room. She wants it by May 15.", None, None),
        # a present tells what is, unless it takes something on or names a day
        ("Sam prend la parole.", None, None),
        ("Marie fait un retour sur l'atelier de mars.", None, None),
        ("Jo ajoute une précision.", None, None),
        ("Jo teste l'outil depuis janvier.", None, None),
        ("Jo teste l'outil depuis le 3 mars.", None, None),
        ("Jo teste l'outil d'ici le 4 mai.", "Jo", "2026-05-04"),
        ("Marie envoie à Sam le lien d'ici le 4 mai.", "Marie", "2026-05-04"),
        ("Le comité prépare des rencontres pour les familles.", None, None),
        ("Marie relance la direction.", "Marie", None),
        ("Marie prépare l'affiche.", "Marie", None),
        ("Le local est réservé, Marie s'en charge.", "Marie", None),
    ],
)
def test_who_is_to_do_what_in_prose(line: str, owner: str | None, due: str | None) -> None:
    found = [(action.owner, action.due_date) for action in read(PROSE + line).actions]
    assert found == ([(owner, due)] if owner else [])


def test_words_that_are_no_date_tell_by_when() -> None:
    said = due_in("Passer la commande avant le congé de Noël.", session_day(SESSION))
    assert said is not None
    assert (said.text, said.day) == ("avant le congé de Noël", None)


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("À faire : Marie remet la clé (30 mai). Sam relit la fiche. Le local est loué.", ["Marie", "Sam"]),
        ("À faire : Marie est malade. Sam aussi.", ["Marie"]),
        ("## À faire\n\nMarie : version 2 du guide, 5 mai\n\nSam : on a aimé ça\n", ["Marie"]),
        ("## À faire\n\nMarie : version 2 du guide\n\nSam : merci à tous\n\nSam : il pleuvait\n", ["Marie"]),
        ("## Follow-up\n1. Marie, pay question, 10 May\n2. Sam + Jo, script\n", ["Marie", "Sam + Jo"]),
        (
            "## Who does what\n| Task | Name | Date | Status |\n|---|---|---|---|\n"
            "| close the account | Marie | 2 May | |\n",
            ["Marie"],
        ),
    ],
)  # fmt: skip
def test_lists_of_actions_in_other_shapes(text: str, owners: list[str]) -> None:
    assert [action.owner for action in read(PROSE + text).actions] == owners


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("Présences : Zoé Roy (animation), Luc Côté, Ana Diaz (notes)\n", ("Zoé Roy", "Ana Diaz")),
        ("Zoé (chair), Luc, Ana (minutes).\n", ("Zoé", "Ana")),
        ("Zoé (animation et notes), Luc, Ana (prend les notes aujourd'hui).\n", ("Zoé", "Ana")),
        ("Zoé (présidence de la commission scolaire) est venue.\n", (None, None)),
        ("Animation : Zoé Roy / notes Luc\n", ("Zoé Roy", None)),
        ("Animation de la rencontre : Zoé\n\nSecrétaire d'assemblée : Luc\n", ("Zoé", "Luc")),
        ("Présidée par Zoé Roy\n\nRédaction du compte rendu : Luc\n", ("Zoé Roy", "Luc")),
        ("Animation – Zoé\n\nPrise de notes Luc\n", ("Zoé", "Luc")),
        ("Animation des ateliers de mars\n\nRédaction du guide\n", (None, None)),
        ("Présidence du CA : Zoé\n\nRédaction du guide : Luc\n", (None, None)),
        ("Animation et accueil\n", (None, None)),
        ("**Animation :** Zoé Roy **Notes :** Luc\n", ("Zoé Roy", None)),
    ],
)
def test_who_leads_and_who_writes(text: str, roles: tuple[str | None, str | None]) -> None:
    [session] = read(text).sessions
    assert (session.facilitation, session.note_taking) == roles


@pytest.mark.parametrize(
    ("text", "decisions"),
    [
        (
            "Il est résolu ce qui suit :\n- une formation de 2 heures ;\n- une clé par personne.\n",
            ["une formation de 2 heures ;", "une clé par personne."],
        ),
        (
            "On adopte la grille suivante :\n- 30 degrés : une pause\n- 40 degrés : on arrête\n",
            ["On adopte la grille suivante :\n- 30 degrés : une pause\n- 40 degrés : on arrête"],
        ),
        (
            "Le marché est le samedi.\n\nPas de plastique.\n\nCes deux points ont été adoptés.\n",
            ["Le marché est le samedi.", "Pas de plastique."],
        ),
        # fewer lines than it says: it stands for itself
        ("Pas de plastique.\n\nCes trois points ont été adoptés.\n", ["Ces trois points ont été adoptés."]),
        (
            "Luc préfère cinq. Vote : 6 pour, 1 abstention. L'essai dure dix jours.\n",
            ["Vote : 6 pour, 1 abstention. L'essai dure dix jours."],
        ),
        (
            "Luc propose dix jours. Vote : 6 pour, 1 contre. Zoé rit.\n",
            ["Luc propose dix jours. Vote : 6 pour, 1 contre."],
        ),
        (
            "Luc lit le texte. Vote : 7 pour, 2 contre. La proposition est adoptée.\n",
            ["Vote : 7 pour, 2 contre. La proposition est adoptée."],
        ),
    ],
)  # fmt: skip
def test_what_only_points_at_a_decision_is_led_to_it(text: str, decisions: list[str]) -> None:
    assert [one.text for one in read(f"## Discussion\n{text}").decisions] == decisions


def test_what_a_sentence_points_back_at_is_decided_once() -> None:
    text = "## Décisions\n* On garde le local\n* On ferme le site\n\nCes deux points ont été adoptés.\n"
    assert [one.text for one in read(text).decisions] == ["On garde le local", "On ferme le site"]


def test_a_column_of_names_is_of_owners_where_it_follows_what_is_to_be_done() -> None:
    head = "## À faire\n| {} |\n|---|---|---|\n| {} |\n"
    for columns, row, owner in (
        ("Action | Nom | Statut", "corriger la page | Marie | en cours", "Marie"),
        ("Nom | Action | Statut", "Site web | corriger la page | en cours", None),
        ("Action | Nom | Responsable", "corriger | Site web | Marie", "Marie"),
    ):
        [action] = read(head.format(columns, row)).actions
        assert action.owner == owner


@pytest.mark.parametrize(
    ("task", "status"),
    [("Close the account", "open"), ("Complete the form", "open"), ("Closed the account", "done")],
)
def test_an_order_to_close_is_not_closed(task: str, status: str) -> None:
    table = f"## Actions\n| Action | Owner |\n|---|---|\n| {task} | Marie |\n"
    [action] = read(table).actions
    assert action.status == status


@pytest.mark.parametrize(
    "said",
    [
        "Aucun",
        "Aucun suivi",
        "Aucun suivi pour l'instant.",
        "Rien à signaler.",
        "Rien de nouveau",
        "Aucun autre suivi.",
        "N/A",
        "Aucune décision prise.",
        "Aucune décision n'a été prise.",
        "Pas de suivi.",
        "Il n'y a rien à signaler",
        "None",
        "Nothing to report.",
        "No action items",
        "No decisions were made.",
    ],
)
def test_a_line_that_says_there_is_nothing_is_nothing(said: str) -> None:
    for section in ("Suivis", "Décisions", "Points reportés"):
        found = read(f"## {section}\n\n{said}\n")
        listed = read(f"## {section}\n* {said}\n")
        for one in (found, listed):
            assert (one.actions, one.decisions) == ((), ())
            assert not [topic for topic in one.topics if topic.deferred]
    labelled = read(f"## Budget\nSuivi : {said}\n\nDécision : {said}\n\nPoints reportés : {said}\n")
    assert (labelled.actions, labelled.decisions) == ((), ())
    assert not [topic for topic in labelled.topics if topic.deferred]
    table = f"| Action | Responsable | Échéance |\n|---|---|---|\n| {said} | | |\n"
    assert read(f"## Suivis\n\n{table}").actions == ()


def test_what_was_decided_is_told_by_the_sentence_after() -> None:
    [found] = read(
        "## Jumelage\nLe jumelage, on a tranché. C'est trois semaines au lieu de deux.\n"
    ).decisions
    assert found.text == "Le jumelage, on a tranché. C'est trois semaines au lieu de deux."


def test_under_what_was_decided_stand_no_next_session_and_no_point_put_off() -> None:
    text = (
        "## Présences\n* Marie Roy\n\n## Décidé le 11 décembre (ajouté après)\n"
        "* Aux huit semaines, le jeudi\n* Marie refait le guide pour mars\n"
        "* Coin calme : remis à la prochaine rencontre\n* Prochaine rencontre : le 29 janvier\n"
    )
    found = read(text)
    decided = ["Aux huit semaines, le jeudi", "Marie refait le guide pour mars"]
    assert [one.text for one in found.decisions] == decided
    assert [(one.owner, one.text) for one in found.actions] == [("Marie", decided[1])]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("## Sondage\nRien de décidé; on en reparlera au printemps.", ["Sondage"]),
        ("## Accueil des familles\nBeau sujet; à mettre à l'ordre du jour de janvier.", ["Accueil des familles"]),
        ("## Chute à livres\nBonne idée. À revoir à l'automne.", ["Chute à livres"]),
        ("## Glue guns\nNobody knew. Put on the agenda for June.", ["Glue guns"]),
        ("## Formation FALC\nLa formation est repoussée à l'hiver.", ["Formation FALC"]),
        ("## Pas eu le temps\n* Quand appeler le répondant.\n* Vêtements adaptés", ["Quand appeler le répondant", "Vêtements adaptés"]),
        ("## Parking lot\n* Safety signs (ours are English only)", ["Safety signs (ours are English only)"]),
        ("## Divers\nStationnement : vêtements adaptés; quand appeler le répondant.\n", []),
        ("## Divers\nPas abordé faute de temps : la carte retirée; les imprimantes à résine.\n", ["la carte retirée", "les imprimantes à résine"]),
        # under the record's own title, what was said before names it
        ("# Rencontre\nUne journée portes ouvertes. Tout le monde veut, on en reparle en novembre.", ["Une journée portes ouvertes."]),
        ("## Points\nOn y reviendra avec plaisir, dit une participante.", []),
        ("## Points\nLes clés ont été remises à la rentrée.", []),
        ("## Points\nWe will come back to the office in September.", []),
        ("## Moyeux\nLa livraison est repoussée au 8 juin.", []),
        ("## Crises\nOn en reparle le lendemain, jamais à chaud.", []),
        ("## Livraison\nRemis en main propre au livreur.", []),
        ("## Suites\nIf it's deferred in September we drop it.", []),
    ],
)  # fmt: skip
def test_what_a_group_means_to_take_up_again(text: str, titles: list[str]) -> None:
    assert [one.title for one in read(text).topics if one.deferred] == titles


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Prochaine rencontre : jeudi 16 avril, 9 h.", "2026-04-16"),
        ("PROCHAINE: jeudi 16 avril, 13h30, Victoriaville.", "2026-04-16"),
        ("J'ai dit oui. La prochaine c'est le 16 avril à Shawinigan.", "2026-04-16"),
        ("Owen runs it. Next: Thursday April 16, 1:30.", "2026-04-16"),
        ("Prochaine le 16 avril à Shawinigan.", "2026-04-16"),
        ("prochaine 16 avril, chez Zoé??", "2026-04-16"),
        ("Cookies by Ann. Next 16 Apr.", "2026-04-16"),
        ("Next meeting 16 April.", "2026-04-16"),
        ("Prochaines rencontres : 16 avril, 13 mai", "2026-04-16"),
        ("La prochaine rencontre est le 16 avril.", "2026-04-16"),
        ("La prochaine rencontre sera le jeudi 16 avril.", "2026-04-16"),
        ("Prochaine CoP : 16 avril", "2026-04-16"),
        ("Prochaine : 8 avril, annulée (congrès). Donc le 16 avril.", "2026-04-16"),
        ("Next 16 people who come in get a badge.", None),
        ("Next to the laser stands an extinguisher of April 16.", None),
    ],
)
def test_the_next_session_as_people_write_it(line: str, day: str | None) -> None:
    [session] = read(f"## Divers\n{line}\n").sessions
    assert (session.next_session.date if session.next_session else None) == day


def test_a_mail_about_a_session_says_that_it_is_moved() -> None:
    passages = passages_of("On déplace au jeudi 28 mai, même heure.")
    for title, day in (("RE: rencontre du 21 mai", "2026-05-28"), ("RE: tablettes", None)):
        document = Document("d", "default", "r.eml", title, "minutes", "2026-04-17")
        [session] = read_register(document, passages).sessions
        assert (session.next_session.date if session.next_session else None) == day


def test_what_is_put_off_among_follow_ups_moves_no_session() -> None:
    passages = passages_of(
        "**Suivis**\n\n- Affiches : Luc est malade, on reporte au 28 mai.\n\n"
        "On déplace au 30 mai, dit Zoé de sa visite.\n\n"
        "**Prochaine rencontre : 21 mai 2026, local 3**\n"
    )
    document = Document("d", "default", "n.docx", "Notes de rencontre", "minutes", "2026-04-17")
    [session] = read_register(document, passages).sessions
    assert session.next_session is not None
    assert session.next_session.date == "2026-05-21"


@pytest.mark.parametrize(
    "text",
    [
        "Si on est moins de cinq, on reporte la rencontre au 28 mai.",
        "Est-ce que ça vous va si on déplace la rencontre au 28 mai ?",
        "On déplace la rencontre au 28 mai ?",
    ],
)
def test_what_is_asked_or_hoped_moves_no_session(text: str) -> None:
    document = Document("d", "default", "m", "Ordre du jour de mai", "other", "2026-05-04")
    assert register_of(document, passages_of(text)) is None


def test_a_message_moves_the_next_session() -> None:
    passages = passages_of("On déplace donc la rencontre d'une semaine : jeudi 28 mai, 9 h.")
    for title, kind, day, moved in (
        ("Ordre du jour de mai", "other", "2026-05-04", True),
        ("Tablettes", "other", "2026-05-04", False),
        ("Ordre du jour de mai", "other", None, False),
        ("Ordre du jour de mai", "guide", "2026-05-04", False),
    ):
        register = register_of(Document("d", "default", "m", title, kind, day), passages)
        assert (register is not None) is moved
        if register:
            [move] = register["moves"]
            assert (move["date"], move["told"]) == ("2026-05-28", "2026-05-04")


def test_deferred_points() -> None:
    text = (
        "## Local\nLa location sera discutée lors de la prochaine rencontre.\n\n"
        "## Budget\nThe vote was postponed.\nLe café est bon.\n"
    )
    put_off = [topic.title for topic in read(text).topics if topic.deferred]
    assert put_off == [
        "La location",
        "The vote",
    ]
    assert [topic.title for topic in read(text).topics if not topic.deferred] == ["Local", "Budget"]
    long = (
        "## Modes de contribution\n- Précision : volet distinct de la gouvernance, qui suppose la "
        "question évacuée aujourd'hui mais qui sera traitée plus tard : qui est responsable ?\n"
    )
    assert [one.title for one in read(long).topics if one.deferred] == ["qui est responsable ?"]


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("## 8. Mesures de suivi :", "follow_up"),
        ("Mesures de suivi pour la réunion de la semaine prochaine", "follow_up"),
        ("Action Items", "follow_up"),
        ("Actions du club", "topic"),
        ("Suivis au compte rendu", "review"),
        ("Suivis du dernier compte rendu", "review"),
        ("Suivi du procès-verbal", "review"),
        ("Affaires découlant du procès-verbal", "review"),
        ("Suivis et actions", "follow_up"),
        ("Décisions et suivis", "frame"),
        ("Tâches à faire", "follow_up"),
        ("Qui fait quoi ?", "follow_up"),
        ("Suivis – rencontre du 10 février", "follow_up"),
        ("3.2 Suivis", "follow_up"),
        ("IV. Suivis", "follow_up"),
        ("Suites", "follow_up"),
        ("Pour la prochaine rencontre", "follow_up"),
        ("Ce qu'on a à faire", "follow_up"),
        ("Participantes et participants", "people"),
        ("Présences et absences", "people"),
        ("Absences", "people"),
        ("Levée de l'assemblée", "frame"),
        ("Période de questions", "frame"),
        ("Affaires nouvelles", "frame"),
        ("Décisions", "decisions"),
        ("Resolution #3", "decisions"),
        ("Résolution 12 : on achète deux tablettes.", "topic"),
        ("Règles", "topic"),
        ("Réglés", "done"),
        ("Cadre de décision ouvert", "topic"),
        ("Participant·e·s", "people"),
        ("Varia", "frame"),
        ("Questions diverses", "frame"),
    ],
)
def test_kinds_of_headings(heading: str, kind: str) -> None:
    assert kind_of(heading) == kind


def test_formats_are_found_by_their_whole_name() -> None:
    text = "## Activité\nUn codéveloppement professionnel, puis un tour.\n"
    assert read(text).sessions[0].formats == ("codeveloppement-professionnel",)


def test_who_is_absent_is_a_person_all_the_same() -> None:
    text = "# Rencontre\n\nPrésents : Yrsa, Luc\nAbsents : Paul, Jean\n"
    names = people_of(lines_of(passages_of(text))).names
    assert names == {"yrsa", "luc", "paul", "jean"}


def test_a_title_is_nobodys_name_and_initials_are_of_one_person_alone() -> None:
    people = people_of(
        lines_of(passages_of("## Présents\n* Mme Marie Roy\n* Max Roy\n* Luc Côté\n"))
    )
    known = {name: people.knows(name) for name in ("Mme Roy", "Mme Dupont", "MR", "LC", "CR")}
    assert known == {"Mme Roy": True, "Mme Dupont": False, "MR": False, "LC": True, "CR": False}
    assert assigned_to("Responsable : Marie") == "Marie"


def test_names_listed_at_another_session_of_the_record_are_recognised() -> None:
    text = "## Mesures de suivi\n* Will – Rédiger la liste\n"
    assert [a.owner for a in read(text).actions] == [None]
    year = Document("d", "default", "r.md", "Comptes rendus", "minutes", "2026-04-07")
    march = Locator(headings=("10 mars", "Présences"), day="2026-03-10")
    april = Locator(headings=("7 avril", "Mesures de suivi"), day="2026-04-07")
    passages = [
        Passage("v", 0, "## Présences\n* Will Stevens\n", march),
        Passage("v", 1, text, april),
    ]
    assert [a.owner for a in read_register(year, passages).actions] == ["Will"]


MAIL = """Bonjour,

De : Paul Roy <paul@exemple.org>
Envoyé : mercredi 4 mars 2026 09:12
À : Marie Tremblay; Karim Haddad
Objet : RE: Marie enverra l'ordre du jour

Karim réserve la salle.

> **From:** Karim Haddad
> **To:** Paul Roy
> **Subject:** Paul will book the room
>
> Paul préparera le café.
"""


@pytest.mark.parametrize("text", [MAIL, f"# Courriels\n\n{MAIL}", MAIL.replace("**", "")])
def test_headers_of_mails_are_nobodys_actions(text: str) -> None:
    found = read(text).actions
    assert {action.owner for action in found} <= {"Karim", "Paul"}
    told = " ".join(action.text for action in found)
    assert "Karim réserve la salle" in told
    assert "Paul préparera le café" in told
    for header in ("Objet", "Subject", "Marie", "book the room", "exemple.org"):
        assert header not in told
        assert all(header not in topic.title for topic in read(text).topics)


def test_one_line_like_a_header_is_a_line() -> None:
    [action] = read("# Suivis\n\n- À : Karim enverra la grille\n").actions
    assert action.owner == "Karim"


def test_an_empty_record_has_an_empty_register() -> None:
    assert read("") == Register()


# -- on real records


def _gold() -> list[str]:
    return sorted(path.stem for path in GOLD.glob("*.json"))


@pytest.mark.parametrize("name", _gold())
def test_every_quote_is_verbatim_and_every_owner_written(name: str, shared: Path) -> None:
    gold = json.loads((GOLD / f"{name}.json").read_text(encoding="utf-8"))
    text = (shared / "corpus" / gold["path"]).read_text(encoding="utf-8")
    passages = {passage.id: passage for passage in passages_of(text)}
    register = read(text, gold["date"])
    for line in (*register.actions, *register.decisions, *register.topics):
        assert line.source is not None
        assert line.source.quote in passages[line.source.passage].text
    for action in register.actions:
        assert action.source is not None
        passage = passages[action.source.passage]
        within = fold(passage.text) + fold(" ".join(passage.locator.headings))
        assert fold(action.owner or "") in within
        assert fold(action.due or "") in within


PIECES = st.sampled_from(
    [
        *(
            "Marie",
            "Sam",
            "Léa",
            "enverra",
            "doit",
            "to",
            "send",
            "will",
            "la",
            "le",
            "liste",
            "@jo",
        ),
        *("Action", "Décision", "Présents", "Suivis", "Responsable", "12 mars", "by Friday", "et"),
        *(":", "-", "–", "*", "#", "##", "###", "|", "->", "[ ]", "x", "?", ".", "(", ")", "**"),
        *("and", "ou", "[lien](http://a.b)", "\n", "\n\n", " "),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40))
def test_never_an_owner_that_is_not_in_the_text(pieces: list[str]) -> None:
    text = " ".join(pieces)
    register = read(text)
    for action in register.actions:
        assert action.source is not None
        assert action.source.quote in text
        if action.owner is not None:
            assert fold(action.owner) in fold(text)
    for decision in register.decisions:
        assert decision.text in text


def test_plain_keeps_the_words() -> None:
    assert plain("Voir [le **guide**](x/(y).md) -&gt; _Jo_ ![image](z)") == "Voir le guide -> Jo"
