"""Sentences: verbatim slices, French and English, prose and lists."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copassist.passages import Locator, Passage
from copassist.sentences import sentences, sentences_of

PIECES = st.sampled_from(
    [
        "M. Roy",
        "été. ",
        "C'est dit",
        ". ",
        "! ",
        "\n",
        "\n\n",
        "- ",
        "| a | b |\n",
        "|---|---|\n",
        "# Titre\n",
        "```\n",
        "« ",
        " »",
        "(",
        ")",
        "1. ",
        "> ",
        "p. ex. ",
        "https://exemple.org/a.b ",
        "Suivi",
        " ",
        "…",
        "===\n",
        "\r\n",
        "\u00a0",
        "é",
    ]
)


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
def test_spans_are_ordered_slices(text: str) -> None:
    last = 0
    for span in sentences(text):
        assert span.text == text[span.start : span.end]
        assert span.text == span.text.strip() != ""
        assert span.start >= last
        last = span.end


@settings(deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_every_letter_of_prose_stands_in_a_span(text: str) -> None:
    if "```" in text:
        return
    covered = {at for span in sentences(text) for at in range(span.start, span.end)}
    missing = [c for at, c in enumerate(text) if c.isalpha() and at not in covered]
    assert not missing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On a refait la page cet été. Elle sera revue.", 2),
        ("M. Roy et Mme Guay animent. Me Côté note.", 2),
        ("Apporter le matériel (p. ex. des cartons). Merci.", 2),
        ("C'est prêt, c.-à-d. Lucie l'a relu. On publie.", 2),
        ("Le 1er mars. Puis le 2.", 2),
        ("Voir l'art. 5 du guide. Il suffit.", 2),
        ("Crayons, papier, etc. Tout est là.", 2),
        ("Crayons, papier, etc. sont là.", 1),
        ("J.-P. Tremblay et A. B. Côté proposent. Adopté.", 2),
        ("Le taux est de 2.5 pour cent. Il monte à 3,5.", 2),
        ("C'était en 2024. On recommence.", 2),
        ("Voir https://exemple.org/a.html?x=1. Ensuite on décide.", 2),
        ("On hésite... Puis on vote… Voilà.", 3),
        ("Il dit : « Non. Jamais. » On note.", 2),
        ("Qui anime ? Lucie ! Parfait.", 3),
        ("Le vote (voir annexe. Elle suit.) est remis. Bien.", 2),
        ("Dr. Lee agreed, e.g. on costs. Mr. Roy did not.", 2),
        ("Fixed in v. 2.0 at 10 a.m. on Monday. Done.", 2),
        ("1. Premier point. Et sa suite.\nReplié.\n2. Second point.", 2),
        ("Voici. 1. Premier point du plan. 2. Second point.", 3),
        ("Une phrase\nrepliée sur deux lignes. Une autre.", 2),
        ("- un\n- deux. Et demi\n- trois", 3),
        ("| Qui | Quoi |\n|---|---|\n| Lucie | Vidéos |", 2),
        ("# Suivis\n\nRien. Vraiment.", 3),
        ("Titre\n=====\nTexte ici.", 2),
        ("```\na. B\nc. D\n```\nFin.", 2),
        ("Présents : Anne, Luc, Marie, Paul et Jeanne Gagnon\nAbsent : Guy\nLieu : Laval", 3),
        ("> Cité ici.\n> Et là.", 2),
        ("", 0),
        ("---\n\n***\n", 0),
    ],
)
def test_counts(text: str, expected: int) -> None:
    spans = sentences(text)
    assert len(spans) == expected, [span.text for span in spans]


def test_roles() -> None:
    text = "## Suivis\n- Lucie écrit\n\nTexte.\n\n| a | b |\n\n```\nx = 1\n```\n"
    assert [span.role for span in sentences(text)] == [
        "heading",
        "item",
        "sentence",
        "row",
        "code",
    ]


def test_markers_stay_out() -> None:
    assert [span.text for span in sentences("## Suivis\n  * Lucie écrit\n2) Guy lit")] == [
        "Suivis",
        "Lucie écrit",
        "Guy lit",
    ]


def test_a_heading_that_nothing_marks_is_by_itself() -> None:
    text = "5. L'échauffement\nmoteur\nCinq minutes, tous les jours. On commence par l'épaule."
    place = Locator(page=2, headings=("Guide", "5. L'échauffement moteur"))
    found = sentences_of(Passage("v", 0, text, place))
    assert [(span.role, span.text) for span in found] == [
        ("heading", "5. L'échauffement\nmoteur"),
        ("sentence", "Cinq minutes, tous les jours."),
        ("sentence", "On commence par l'épaule."),
    ]
    assert all(text[span.start : span.end] == span.text for span in found)
    elsewhere = Passage("v", 1, text, Locator(headings=("6. La tenue",)))
    assert sentences_of(elsewhere) == sentences(text)
