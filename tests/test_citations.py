"""Labels and quotes."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from copassist.citations import (
    cite,
    defuse,
    find_quote,
    labels,
    quote_in,
    shown,
    written,
)

KNOWN = frozenset(range(1, 7))
READER_LABEL = re.compile(r"\[\s*(\d{1,2})\s*\]")

pieces = st.one_of(
    st.sampled_from(
        [
            *("[S1]", "[S2]", "[s3]", "[S 4]", "[S1, S2]", "[S5;6]", "[S1 et S3]", "[S99]", "[S]"),
            *("[1]", "[12]", "[1, 2]", "[2024]", "[S1](http://x.example)", "![S2](x)", "[S3]: y"),
            *("[voir", "[", "]", "[[", "]]", "[S", "[S1", "[S1,", " ", "\n", "\u00a0", ". ", "été"),
            *("[lien](https://a.example)", "Le groupe a adopté le guide", "12 %", "S1", "(S1)"),
        ]
    ),
    st.text(alphabet="[]S s1290,;(:)éa \n\u00a0\u202f", max_size=8),
)
texts = st.lists(pieces, max_size=12).map("".join)


@settings(max_examples=1000, deadline=None)
@given(texts, st.data())
def test_no_prefix_shows_an_invented_label_or_takes_back_what_it_showed(
    text: str, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(text)))
    part, whole = cite(text[:cut], KNOWN), cite(text, KNOWN, final=True)
    assert whole.text.startswith(part.text)
    assert whole.used[: len(part.used)] == part.used
    for seen in (part, whole):
        assert set(seen.used) <= KNOWN
        assert len(set(seen.used)) == len(seen.used)
        numbers = [int(number) for number in READER_LABEL.findall(seen.text)]
        assert set(numbers) == set(range(1, len(seen.used) + 1))
        firsts = list(dict.fromkeys(numbers))
        assert firsts == sorted(firsts)


@settings(max_examples=300, deadline=None)
@given(texts)
def test_no_label_becomes_the_text_of_a_link(text: str) -> None:
    assert not re.search(r"\[\d{1,2}\][(:]", cite(text, KNOWN, final=True).text)


@pytest.mark.parametrize(
    ("text", "expected", "used"),
    [
        ("Adopté [S3]. Puis [S1].", "Adopté [1]. Puis [2].", (3, 1)),
        ("Adopté [S3] et [S3].", "Adopté [1] et [1].", (3,)),
        ("Adopté [S9].", "Adopté.", ()),
        ("Adopté [S1][S99](non).", "Adopté [1] (non).", (1,)),
        ("Adopté [0[S99]].", "Adopté [0…].", ()),
        ("Adopté [[3]0].", "Adopté […0].", ()),
        ("Adopté [S2, S4].", "Adopté [1][2].", (2, 4)),
        ("Adopté [S2 et 4].", "Adopté [1][2].", (2, 4)),
        ("En [2024], [1] selon [12].", "En [2024], selon.", ()),
        ("Voir [S1](http://x.example)", "Voir [1] (http://x.example)", (1,)),
        ("Fini [S1", "Fini", ()),
    ],
)
def test_labels_are_renumbered_by_first_use(
    text: str, expected: str, used: tuple[int, ...]
) -> None:
    seen = cite(text, KNOWN, final=True)
    assert (seen.text, seen.used) == (expected, used)


def test_labels_already_shown_keep_their_number() -> None:
    assert cite("Oui [S4] [S2].", KNOWN, used=(2,), final=True).text == "Oui [2] [1]."


def test_an_unfinished_label_waits() -> None:
    assert cite("Adopté [S", KNOWN).text == "Adopté"
    assert cite("Adopté [S1", KNOWN).text == "Adopté"
    assert cite("Adopté [S1]", KNOWN).text == "Adopté [1]"
    assert cite("Adopté [voir", KNOWN).text == "Adopté [voir"


def test_labels_give_their_place_and_numbers() -> None:
    (label,) = labels("Adopté [S2, S4].")
    assert "Adopté [S2, S4]."[label.start : label.end] == "[S2, S4]"
    assert label.numbers == (2, 4)


@given(st.integers(1, 999))
def test_a_written_label_reads_back(number: int) -> None:
    (label,) = labels(written(number))
    assert label.numbers == (number,)
    assert cite(written(number), {number}, final=True).text == shown(1)


@given(texts)
@example("[S1\n]")
@example("[S1,\nS2]")
def test_a_document_cannot_bring_labels(text: str) -> None:
    assert not any(label.numbers for label in labels(defuse(text)))


@pytest.mark.parametrize(
    ("quote", "text", "verbatim"),
    [
        ("a adopté le guide", "Le comité n'a pas adopté le guide.", None),
        ("a adopté le guide", "Le comité a\n  adopté le\u00a0guide.", "a\n  adopté le\u00a0guide"),
        ("possible", "C'est impossible.", None),
        ("adoptée", "La règle est adoptee.", None),
        ("12 %", "soit 12\u202f% des voix", "12\u202f%"),
        ("(sur 38)", "adhérents (sur 38) présents", "(sur 38)"),
        ("", "texte", None),
    ],
)
def test_a_quote_is_found_character_for_character(
    quote: str, text: str, verbatim: str | None
) -> None:
    span = find_quote(quote, text)
    assert (text[slice(*span)] if span else None) == verbatim
    assert quote_in(quote, text) is (verbatim is not None)
