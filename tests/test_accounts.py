"""What closes an action without naming it: prose told in passing, and sheets kept up to date."""

# ruff: noqa: E501 - what was taken on and what is told of it are read side by side

from __future__ import annotations

from datetime import date

import pytest

from copassist.extraction import read_register, read_tracker, register_of
from copassist.passages import Document, Locator, Passage
from copassist.records import Action, Register
from copassist.register import gather, open_actions

TODAY = date(2026, 12, 1)
PRESENT = "Présents : Fatou Diarra, Étienne Roy, Nadia Kaci, Hoa Nguyen\n\n"


def minutes(day: str, text: str, heading: str = "Discussion") -> Register:
    document = Document(day, "default", f"{day}.md", "Rencontre", "minutes", day)
    head = Passage(day, 0, PRESENT, Locator(headings=("Rencontre",)))
    body = Passage(day, 1, f"## {heading}\n\n{text}", Locator(headings=("Rencontre", heading)))
    return read_register(document, [head, body])


def sheet(*rows: str, name: str = "Suivis") -> Register:
    document = Document("s", "default", "suivis.xlsx", "Suivis", "tool")
    return read_tracker(document, [Passage("s", 0, "\n".join(rows), Locator(sheet=name))])


def gathered(*registers: Register) -> tuple[Action, ...]:
    return gather({str(n): one for n, one in enumerate(registers)}, TODAY).actions


@pytest.mark.parametrize(
    ("taken_on", "told", "closed"),
    [
        ("Fatou prépare un tableau des frais perçus.", "Fatou a déposé son tableau des frais : 6 310 $ perçus en 2024.", True),
        ("Étienne relance le garage Boréal pour sa soumission.", "Étienne présente la soumission du garage Boréal : 5 950 $.", True),
        ("Nadia enverra la lettre au conseil.", "La lettre au conseil a été envoyée, Nadia a eu une réponse.", True),
        ("Nadia enverra la lettre au conseil.", "Lettre au conseil : Nadia l'a envoyée le 3.", True),
        ("Nadia will send the letter to the council.", "Nadia sent the letter to the council last week.", True),
        ("Hoa will order the cards for the printer.", "The cards for the printer have been ordered, says Étienne.", True),
        ("Nadia prépare le formulaire de renouvellement.", "Le formulaire de renouvellement est parti mardi.", True),
        # on a day that is past, in another form of the verb, by nobody named
        ("Nadia doit rendre le dosimètre.", "Le dosimètre est rendu au cégep depuis le 2 avril.", True),
        ("Nadia doit rendre le dosimètre.", "Le dosimètre doit être rendu au cégep avant le 2 mai.", False),
        # somebody else's doing, or another thing of theirs
        ("Nadia enverra la lettre au conseil.", "Étienne a envoyé ses vœux au conseil d'école.", False),
        ("Nadia enverra la lettre au conseil.", "Nadia a présenté le budget de la fête.", False),
        # denied, begun, said, hoped
        ("Nadia enverra la lettre au conseil.", "Nadia n'a pas envoyé la lettre au conseil.", False),
        ("Nadia enverra la lettre au conseil.", "Nadia a commencé la lettre au conseil.", False),
        ("Nadia enverra la lettre au conseil.", "Nadia a proposé une lettre au conseil.", False),
        ("Nadia enverra la lettre au conseil.", "Quand la lettre au conseil sera envoyée, on avisera.", False),
        ("Nadia will send the letter to the council.", "Nadia hasn't sent the letter to the council yet.", False),
        ("Nadia will send the letter to the council.", "Nadia started the letter to the council.", False),
        ("Fatou dépose le tableau des bénévoles d'ici mai.", "Fatou a failli déposer le tableau des bénévoles.", False),
        ("Fatou dépose le tableau des bénévoles d'ici mai.", "Fatou a choisi de reporter le tableau des bénévoles.", False),
        ("Fatou dépose le tableau des bénévoles d'ici mai.", "Fatou est tombée malade, le tableau des bénévoles est en retard.", False),
        ("Fatou dépose le tableau des bénévoles d'ici mai.", "Fatou présente l'avancement du tableau des bénévoles.", False),
        ("Fatou dépose le tableau des bénévoles d'ici mai.", "Fatou a déposé la moitié du tableau des bénévoles.", False),
        ("Fatou dépose le tableau des bénévoles d'ici mai.", "Fatou a travaillé sur le tableau des bénévoles, il reste trois noms.", False),
        ("Nadia will send the grant report.", "Nadia failed to send the grant report.", False),
        ("Nadia will send the grant report.", "Nadia shared that the grant report is late.", False),
        ("Nadia will send the grant report.", "Nadia used the grant report template.", False),
        ("Nadia prépare la commande des chandails.", "La moitié de la commande des chandails est livrée.", False),
        ("Nadia prépare la commande des chandails.", "La commande des chandails est prête à envoyer.", False),
        ("Nadia prépare la commande des chandails.", "Qui prend la commande des chandails est réglé.", False),
        ("Nadia prépare la commande des chandails.", "Avant la commande des chandails, la cotisation est reçue.", False),
    ],
)  # fmt: skip
def test_prose_of_a_later_session_closes_what_it_tells_done(
    taken_on: str, told: str, closed: bool
) -> None:
    later = minutes("2026-04-10", told)
    [asked] = [
        one
        for one in gathered(minutes("2026-03-10", taken_on), later)
        if one.session_date == "2026-03-10"
    ]
    assert (asked.status == "done") is closed
    if closed:
        assert asked.closed_by is not None
        assert asked.closed_by.quote == told


def test_what_is_told_closes_nothing_of_its_own_day_nor_after_a_year() -> None:
    told = "Nadia a envoyé la lettre au conseil."
    for day in ("2026-03-10", "2026-02-10", "2027-06-01"):
        found = gathered(
            minutes("2026-03-10", "Nadia enverra la lettre au conseil."), minutes(day, told)
        )
        assert [one.status for one in found] == ["open"], day


def test_what_closes_nothing_is_no_line_of_the_register() -> None:
    assert gathered(minutes("2026-04-10", "Nadia a envoyé la lettre au conseil.")) == ()


HEADER = "No | Date | Action | Qui | Échéance | Statut"


def test_a_sheet_of_follow_ups_is_read_with_its_states() -> None:
    found = sheet(
        HEADER,
        "1 | 2026-03-10 | Vérifier les assurances du triporteur | Étienne | 2026-04-15 | Fait",
        "2 | 2026-03-10 | Ménage dans le nuage | Hoa | 2026-12-15 | En cours",
        "3 | 2026-05-12 | Cadenas à code | Nadia | | Acheté (38 $)",
        "4 | 2026-05-12 | Modèle de lettre | Nadia | 2026-06-01 | Planifié",
    ).actions
    assert [(one.owner, one.due_date, one.status) for one in found] == [
        ("Étienne", "2026-04-15", "done"),
        ("Hoa", "2026-12-15", "open"),
        ("Nadia", None, "done"),
        ("Nadia", "2026-06-01", "open"),
    ]
    assert {one.told for one in found} == {"2026-05-12"}
    assert [one.session_date for one in found][:3:2] == ["2026-03-10", "2026-05-12"]


def test_a_sheet_without_dates_of_its_own_speaks_of_when_its_last_task_done_was_due() -> None:
    march = minutes("2026-03-10", "Étienne vérifie les assurances du triporteur d'ici avril.")
    tracked = sheet(
        "No | Action | Qui | Échéance | Statut",
        "1 | Vérifier les assurances du triporteur | Étienne | 2026-04-15 | Fait",
        "2 | Imprimer le guide des crayons | Hoa | 2026-12-15 | À faire",
    )
    assert {one.told for one in tracked.actions} == {"2026-04-15"}
    asked = gathered(march, tracked)[-1]
    assert (asked.session_date, asked.status) == ("2026-03-10", "done")


def test_a_row_of_few_words_is_compared_in_the_language_of_the_longer_line() -> None:
    row = sheet(
        "who | what | from | due | status", "Hoa | retrieval practice page | 2026-03-10 | | late"
    )
    told = "* Retrieval practice page: Hoa brought a draft. She will cut it by 2 May."
    found = gathered(row, minutes("2026-04-14", told, "Where things are"))
    assert [one.replaced_by is not None for one in found] == [True, False]


def test_from_is_the_session_at_which_a_row_was_taken_on() -> None:
    [found] = sheet(
        "who | what | from | due | status", "Hoa | print the guide | 2026-03-10 | | done"
    ).actions
    assert found.session_date == "2026-03-10"


def test_a_sheet_closes_what_was_taken_on_and_a_later_session_goes_by_it() -> None:
    march = minutes(
        "2026-03-10", "Étienne vérifie la question des assurances avant le 15 avril.", "Triporteur"
    )
    tracked = sheet(
        HEADER,
        "1 | 2026-03-10 | Vérifier les assurances du triporteur | Étienne | 2026-04-15 | Fait",
        "2 | 2026-03-10 | Imprimer le guide des crayons | Hoa | 2026-05-01 | À faire",
    )
    june = minutes("2026-06-02", "Hoa a imprimé le guide des crayons en 40 copies.")
    found = gathered(march, tracked, june)
    assert [one.status for one in found] == ["done", "done", "done"]
    assert found[0].closed_by is not None
    assert found[0].closed_by.document == "s"
    register = gather({"m": march, "s": tracked}, TODAY)
    assert [one.action.text for one in open_actions(register, TODAY)] == [
        "Imprimer le guide des crayons"
    ]


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("Acheté (38 $)", "done"),
        ("Imprimée", "done"),
        ("Printed", "done"),
        ("Priorité haute", "open"),
        ("Activité en mai", "open"),
        ("Need quote", "open"),
        ("Stalled", "open"),
        ("Appelé, pas de réponse", "open"),
        ("Relancé le 3 mai", "open"),
    ],
)
def test_states_in_other_words(state: str, status: str) -> None:
    [found] = sheet(HEADER, f"1 | 2026-03-10 | Affiches | Hoa | | {state}").actions
    assert found.status == status


def test_a_sheet_without_dates_is_of_its_document_s_day() -> None:
    document = Document("s", "default", "Suivi 3 mars.xlsx", "Suivi", "tool", "2026-03-03")
    rows = "Action | Responsable | État\nAcheter les tables pliantes | Fatou | fait"
    tracked = read_tracker(document, [Passage("s", 0, rows, Locator(sheet="Suivi"))])
    january = minutes("2026-01-13", "Fatou achète les tables pliantes d'ici mars.")
    [bought, _] = sorted(gathered(january, tracked), key=lambda one: one.report)
    assert bought.status == "done"


def test_columns_of_one_sheet_are_not_those_of_the_next() -> None:
    document = Document("s", "default", "suivis.xlsx", "Suivis", "tool")
    follow_ups = Passage(
        "s", 0, f"{HEADER}\n1 | 2026-03-10 | Imprimer | Hoa | | Fait", Locator(sheet="Suivis")
    )
    budget = Passage(
        "s",
        1,
        "Poste | Prévu | Dépensé\nAffiches | 200 | 12 | Hoa | | Fait",
        Locator(sheet="Budget"),
    )
    assert [one.text for one in read_tracker(document, [follow_ups, budget]).actions] == [
        "Imprimer"
    ]


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("guide", (HEADER, "1 | 2026-03-10 | Imprimer | Hoa | | Fait")),
        ("tool", ("Poste | Prévu | Dépensé", "Affiches | 200 | 12")),
        ("tool", ("Action | Qui", "Imprimer | Hoa")),
    ],
)
def test_tables_that_nobody_follows_are_no_register(kind: str, rows: tuple[str, ...]) -> None:
    document = Document("s", "default", "t.xlsx", "Tableau", kind)
    assert register_of(document, [Passage("s", 0, "\n".join(rows))]) is None


def test_who_speaks_undertakes_and_who_proposes_does_not() -> None:
    """In a transcript "I" is who speaks; without a name before, it is nobody."""
    said = "Dev Patel : I'll send mine this week."
    assert [one.owner for one in minutes("2026-03-10", said).actions] == ["Dev Patel"]
    for text in (
        "I'll try to put a tag on things.",
        "Avec cet hiver, Karim propose d'arrêter l'alternance jusqu'en mars.",
        "APL propose de faire plutôt un bilan.",
        "Marc proposes a pilot until Dec 31.",
        "Catherine reminds us that money goes back on March 31.",
    ):
        assert minutes("2026-03-10", f"Présents : Karim, Marc, Catherine\n\n{text}").actions == ()


def test_what_is_told_beside_an_undertaking_leaves_it() -> None:
    people = "Présents : Anne Roy, Paul Dion"
    for text, owner in (
        ("Paul rappelle le délai, Anne Roy enverra le formulaire d'ici vendredi.", "Anne Roy"),
        ("Anne suggère un suivi : Paul Dion enverra la liste avant le 12 mai.", "Paul Dion"),
        ("Anne Roy reminds Paul Dion to book the room by May 12.", "Paul Dion"),
        ("Anne Roy rappelle Paul Dion demain pour confirmer d'ici vendredi.", "Anne Roy"),
    ):
        assert [a.owner for a in minutes("2026-03-10", f"{people}\n\n{text}").actions] == [owner]


def test_numbers_that_begin_again_close_nothing() -> None:
    table = "| No | Action | Qui | État |\n|---|---|---|---|\n| A1 | {} | Anne | {} |\n"
    first = minutes("2026-01-10", table.format("Réserver le local pour mars", "en cours"))
    second = minutes("2026-02-10", table.format("Nettoyer le local après la fête", "fait"))
    found = gather({"a": first, "b": second}, date(2026, 4, 1)).actions
    assert [one.status for one in found] == ["open", "done"]


def test_a_state_by_number_closes_what_it_numbers() -> None:
    """« A-01 Drive | ✅ » is about the action that an earlier table calls A-01."""
    taken = minutes(
        "2026-02-11",
        "| No | Quoi | Qui |\n|---|---|---|\n| A-01 | Fermer le Drive des documents | Karim |\n"
        "| A-02 | Envoyer le guide aux écoles | Maryse |\n",
    )
    told = minutes(
        "2026-03-25",
        "| Action | État au 25 mars |\n|---|---|\n| A-01 Drive | ✅ le 20 |\n| A-02 guide | ❌ |\n",
    )
    found = gather({"a": taken, "b": told}, date(2026, 4, 1)).actions
    assert [(one.text, one.status) for one in found] == [
        ("Fermer le Drive des documents", "done"),
        ("Envoyer le guide aux écoles", "open"),
        ("A-01 Drive", "done"),
        ("A-02 guide", "open"),
    ]


@pytest.mark.parametrize(
    ("text", "said", "quote", "owner"),
    [
        # who a pronoun stands for is the only one named just before
        ("Nadia a reçu 143 réponses. Elle présentera l'analyse en mai.", "Elle présentera l'analyse en mai.", None, "Nadia"),
        ("Nadia et Hoa ont reçu 143 réponses. Elle présentera l'analyse.", "Elle présentera l'analyse.", None, None),
        ("Le sondage a eu 143 réponses. Elle présentera l'analyse.", "Le sondage a eu 143 réponses. Elle présentera l'analyse.", None, None),
        # « en », « le »: what it is stands before
        ("Il manque une affiche. Fatou s'en charge d'ici le 6 avril.", "Il manque une affiche. Fatou s'en charge d'ici le 6 avril.", None, "Fatou"),
    ],
)  # fmt: skip
def test_an_action_is_quoted_from_what_it_points_back_to(
    text: str, said: str, quote: str | None, owner: str | None
) -> None:
    [found] = minutes("2026-03-10", text).actions
    assert found.source is not None
    assert (found.text, found.source.quote, found.owner) == (said, quote or text, owner)
    assert found.owner_certain is (owner == "Fatou")
