"""What the model reads of a passage, and where its sentences stand in it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copassist.modeltext import embedded_text, sentence_places
from copassist.passages import Passage
from copassist.plaintext import plain
from copassist.sentences import sentences

TEXTS = {
    "prose": "La grille est adoptée. Julie écrit au comité; Marc relit.",
    "wrapped": "La grille est adoptée par le groupe\nentier. Julie écrit.",
    "marks": "## Suivis\n\n- **Julie** écrit au [comité](https://exemple.ca).\n- Marc *relit*.",
    "table": "| qui | quoi |\n|---|---|\n| Julie | écrit au comité |\n| Marc | relit |",
    "said twice": "Adopté.\n\nLa grille est adoptée.\n\nAdopté.",
    "entities": "Qui &amp; quoi ? Julie écrit <b>vite</b>.",
}


def found(passage: Passage) -> list[str]:
    text = embedded_text(passage)
    return [text[first:last] for first, last in sentence_places(passage)]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_sentence_is_found_where_it_stands(text: str) -> None:
    passage = Passage("v", 0, text, header="Réunion · 2024-03-12 · Suivis")
    for span, there in zip(sentences(text), found(passage), strict=True):
        assert "".join(there.split()) == "".join(plain(span.text).split()).strip("|")


def test_a_sentence_said_twice_has_two_places() -> None:
    first, _, last = sentence_places(Passage("v", 0, TEXTS["said twice"]))
    assert first[1] < last[0]


def test_words_of_the_header_are_not_taken_for_the_sentence() -> None:
    passage = Passage("v", 0, "Suivis du comité.", header="Suivis du comité.")
    [(first, _)] = sentence_places(passage)
    assert first > len(passage.header)


@given(st.text(alphabet="ab .!|*_#<>&[]()-\n", max_size=60), st.text(alphabet="ab .", max_size=9))
def test_places_are_in_order_and_apart(text: str, header: str) -> None:
    passage = Passage("v", 0, text, header=header)
    places = [place for place in sentence_places(passage) if place != (0, 0)]
    assert len(sentence_places(passage)) == len(sentences(text))
    for (_, end), (start, _) in pairwise(places):
        assert end <= start
