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
from ingest.parsers.titles import numbered_titles

MINUTES = """Compte rendu
1. Mot de bienvenue (5 min)
Nathalie accueille David.
2. Suivis (10 min)
La grille est envoyée.
3. Questions diverses
4. Prochaine rencontre (5 min)
Le 12 mars, à l'école du Phare."""
WHY = "3.4 Pourquoi nous ne distribuons plus d’embouts"
AGENDA = """Ordre du jour
1. Mot de bienvenue
2. Suivis
3. Prochaine rencontre
"""


def titles(*pages: str) -> list[list[tuple[int, str]]]:
    return [[(one.level, one.text) for one in page] for page in numbered_titles(pages)]


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
    assert Locator(page=2, headings=("3. La tenue du crayon", WHY)) in found


lines = st.lists(
    st.sampled_from(
        ["1. Suivis", "2. Budget", "2.1 Papier", "3. Levée", "du texte.", "Un mot", ""]
    ),
    max_size=12,
).map("\n".join)


@given(st.lists(lines, min_size=1, max_size=3))
def test_nothing_is_lost_or_moved(pages: list[str]) -> None:
    path = HeadingPath()
    for number, (page, found) in enumerate(zip(pages, numbered_titles(pages), strict=True), 1):
        sections = list(slices(page, found, page=number, path=path))
        told = "\n".join(section.page_content for section in sections)
        bare = {one.text for one in found}  # kept in the heading path where nothing is under them
        kept = [line for line in page.split("\n") if line.strip() and line not in bare]
        assert [line for line in told.split("\n") if line.strip() and line not in bare] == kept
        assert all(section.metadata["locator"]["page"] == number for section in sections)
