"""Which sentences point back, and to what."""

from __future__ import annotations

import pytest

from copassist.passages import Locator, Passage
from copassist.pointing import antecedent, points_back
from copassist.sentences import sentences_of

POINT_BACK = {
    "fr": (
        "Sept écoles sur neuf en ont déjà.",
        "Elle sera présentée en mars.",
        "Mais ils sont rangés dans l'armoire.",
        "Marie l'a envoyée aux membres.",
        "Le comité les a approuvées.",
        "C'est Julie qui l'a proposé.",
        "Cela coûte 40 $.",
        "Ces derniers seront remplacés.",
        "On en a acheté douze.",
        "Mme Roy s'en charge.",
        "Tous en ont reçu une.",
        "Les enfants s'en servent comme jouets.",
    ),
    "en": (
        "It will be presented in March.",
        "But they are kept in the cupboard.",
        "Mary sent it to the members.",
        "This was accepted.",
        "Seven of nine schools have them already.",
        "Most of them agreed.",
    ),
}
STAND_ALONE = {
    "fr": (
        "Il a été décidé d'alterner.",
        "Il y a sept écoles.",
        "Il faut clarifier la demande.",
        "Il est important de noter l'heure.",
        "En 2019, le groupe a choisi la salle.",
        "La rencontre aura lieu en ligne.",
        "Le comité a adopté la grille, et Julie l'a envoyée.",
        "Celles qui participent reçoivent un guide.",
        "C'est à Granby que le groupe se réunira.",
        "Les autres membres ont voté.",
        "L'animation se fera à tour de rôle.",
    ),
    "en": (
        "It was decided to alternate.",
        "The committee adopted the grid, and Julie sent it.",
        "This grid is for schools.",
        "Those who take part get a guide.",
        "It is important that minutes be short.",
    ),
}


def passage(text: str, *headings: str) -> Passage:
    return Passage("v", 0, text, Locator(headings=headings))


@pytest.mark.parametrize(
    ("language", "sentence", "expected"),
    [
        (language, sentence, expected)
        for table, expected in ((POINT_BACK, True), (STAND_ALONE, False))
        for language, group in table.items()
        for sentence in group
    ],
)
def test_what_points_back(language: str, sentence: str, expected: bool) -> None:
    assert points_back(sentence, language) is expected


@pytest.mark.parametrize(
    ("text", "headings", "expected"),
    [
        (
            "Le budget est clos. Les pupitres inclinés aident. Sept écoles en ont.",
            ("Matériel",),
            "Les pupitres inclinés aident.",
        ),
        (
            "La grille est prête. Elle sera présentée en mars. Elle tient sur une page.",
            (),
            "La grille est prête. Elle sera présentée en mars.",
        ),
        ("Elle a été adoptée.", ("Suivis", "Grille d'observation"), "Grille d'observation :"),
        ("Elle a été adoptée.", (), ""),
        (f"{'Un long détour. ' * 2}{'mot ' * 90}fin. Elle a été adoptée.", ("Grille",), ""),
    ],
)
def test_what_it_points_back_to(text: str, headings: tuple[str, ...], expected: str) -> None:
    one = passage(text, *headings)
    assert antecedent(one, sentences_of(one)[-1]) == expected
