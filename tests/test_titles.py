"""Numbered titles in text that marks none: sections of guides and minutes, and no list."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents.base import Blob

from copassist.passages import Locator
from ingest.parsers.blocks import HeadingPath
from ingest.parsers.markdown import slices
from ingest.parsers.pdf import PdfParser
from ingest.parsers.pdfstyles import StyledLine
from ingest.parsers.text import TextParser
from ingest.parsers.titles import titles_of

MINUTES = """Compte rendu
1. Mot de bienvenue (5 min)
Nathalie accueille David.
2. Suivis (10 min)
La grille est envoyée.
3. Questions diverses
4. Prochaine rencontre (5 min)
Le 12 mars, à l'école du Phare."""
SAMPLES = Path(__file__).parents[1] / "samples"
WHY = "3.4 Pourquoi nous ne distribuons plus d’embouts"
AGENDA = """Ordre du jour
1. Mot de bienvenue
2. Suivis
3. Prochaine rencontre
"""


def titles(*pages: str) -> list[list[tuple[int, str]]]:
    return [[(one.level, one.text) for one in page] for page in titles_of(pages)]


def test_items_of_minutes_are_sections() -> None:
    [found] = titles(MINUTES)
    assert [text.split()[0] for _, text in found] == ["1.", "2.", "3.", "4."]


def test_a_list_is_none_even_before_sections_of_the_same_numbers() -> None:
    assert titles(AGENDA) == [[]]
    [found] = titles(f"{AGENDA}\n{MINUTES}")
    assert found == titles(MINUTES)[0]


def test_numbers_go_on_over_pages_and_deeper() -> None:
    first = "1. La posture\nUn dos droit.\n1.1 La table\nÀ la hauteur du coude."
    second = (
        "Elle se règle.\n1.2 La chaise et ce que chacun\npeut y changer\nDeux pieds.\n2. Le\nDu"
    )
    found = titles(first, second)
    assert found[0] == [(1, "1. La posture"), (2, "1.1 La table")]
    assert found[1][0] == (2, "1.2 La chaise et ce que chacun peut y changer")


@pytest.mark.parametrize(
    "text",
    [
        "1. La grille est adoptée.\nMerci à Anne.\n2. Le budget est reporté.\nÀ voir.",
        "1. Introduction ........ 3\nVoir\n2. Méthode ........ 5\nVoir",
        "1. Introduction 3\nVoir\n2. Méthode 5\nVoir",
        "1) Choisir\nbien.\nPuis\n2) Écrire\nAinsi",
        "12 Mars\nRencontre\n14 Avril\nRencontre",
        "1. Une seule section\nEt son texte.",
        "1 = 1\nA\n2 = 2\nB",
        "",
    ],
)
def test_what_is_no_title(text: str) -> None:
    assert titles(text) == [[]]


def test_a_guide_in_pdf_is_cut_at_its_sections() -> None:
    guide = (
        Path(__file__).parents[1] / "samples/graphomotricite/Guides/Guide de la tenue du crayon.pdf"
    )
    found = [
        Locator.from_dict(s.metadata["locator"]) for s in PdfParser().parse(Blob.from_path(guide))
    ]
    under = ("Guide de pratique : la posture et la tenue du crayon", "3. La tenue du crayon", WHY)
    assert Locator(page=2, headings=under) in found


def line(text: str, size: float = 11.0, *, bold: bool = False, row: bool = False) -> StyledLine:
    return StyledLine(text, size, bold, row)


def test_titles_are_known_by_their_looks() -> None:
    page = [
        line("Compte rendu de la rencontre du 12 mars,", 18.0, bold=True),
        line("à la bibliothèque", 18.0, bold=True),
        line("Présents : Anne, Karim et Fatou, qui anime la rencontre aujourd'hui."),
        line("Suivis", 14.0, bold=True),
        line("Action Responsable Échéance", bold=True, row=True),
        line("Envoyer la grille aux membres Karim 2 avril"),
        line("Décision :", bold=True),
        line("La grille est adoptée telle quelle, et sera revue au printemps par le groupe."),
        line("Toujours la même chose, en bas de page, d'une rencontre à l'autre depuis le début."),
    ]
    [found] = titles_of(["\n".join(one.text for one in page)], [page])
    assert [(one.level, one.text, one.line, one.end) for one in found] == [
        (1, f"{page[0].text} {page[1].text}", 0, 2),
        (2, "Suivis", 3, 4),
    ]


def test_titles_in_capitals_of_a_text(tmp_path: Path) -> None:
    file = tmp_path / "courriel.txt"
    karim = "Les envois partent le mardi, regroupés par région; Karim écrit aux autres."
    lucie = "Lucie a terminé la moitié du fonds local; il reste les cartes anciennes."
    text = f"RENCONTRE DU 12 MARS\n\nPRÊTS\n{karim}\nOK\n\nINVENTAIRE\n{lucie}\n"
    file.write_text(text, encoding="utf-8")
    found = [
        Locator.from_dict(section.metadata["locator"]).headings
        for section in TextParser().parse(Blob.from_path(file))
    ]
    assert found == [("RENCONTRE DU 12 MARS",), ("PRÊTS",), ("INVENTAIRE",)]


def test_a_title_whose_last_word_was_broken_is_one() -> None:
    page = [
        line("Compte rendu du Bas-", 26.0),
        line("Fleuve", 26.0),
        line("Présences : Josée, Amir, Claudine, Pierre-Luc, Maude et les autres membres."),
        line("Suivis", bold=True),
        line("Amir : le réseau ajoute une navette le jeudi, à compter de septembre."),
    ]
    read = "\n".join(["Compte rendu du Bas-Fleuve", *(one.text for one in page[2:])])
    [found] = titles_of([read], [page])
    assert [(one.level, one.text) for one in found] == [
        (1, "Compte rendu du Bas-Fleuve"),
        (2, "Suivis"),
    ]


def test_a_poster_has_no_titles() -> None:
    page = [line(f"Grand mot numéro {n}", 40.0) for n in range(4)] + [line("petit texte, long")]
    assert titles_of(["\n".join(one.text for one in page)], [page]) == [[]]


def test_looks_are_read_out_of_the_file() -> None:
    summary = SAMPLES / "graphomotricite" / "Partenaires" / "Community summary 2026.pdf"
    headings = {
        Locator.from_dict(section.metadata["locator"]).headings[-1:]
        for section in PdfParser().parse(Blob.from_path(summary))
    }
    assert {("Who we are",), ("What did not work",), ("What we share",)} <= headings


lines = st.lists(
    st.sampled_from(
        ["1. Suivis", "2. Budget", "2.1 Papier", "3. Levée", "du texte.", "Un mot", ""]
    ),
    max_size=12,
).map("\n".join)


@given(st.lists(lines, min_size=1, max_size=3))
def test_nothing_is_lost_or_moved(pages: list[str]) -> None:
    path = HeadingPath()
    for number, (page, found) in enumerate(zip(pages, titles_of(pages), strict=True), 1):
        sections = list(slices(page, found, page=number, path=path))
        told = "\n".join(section.page_content for section in sections)
        bare = {one.text for one in found}  # kept in the heading path where nothing is under them
        kept = [line for line in page.split("\n") if line.strip() and line not in bare]
        assert [line for line in told.split("\n") if line.strip() and line not in bare] == kept
        assert all(section.metadata["locator"]["page"] == number for section in sections)
