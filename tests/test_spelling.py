"""Misspelt names find the right ones, and words stay themselves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copassist.spelling import allowed, close_terms, distance

VOCABULARY = [
    "topshee",
    "tremblay",
    "blaisonneau",
    "blaise",
    "guay",
    "guy",
    "tremble",
    "talbourdet",
]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("topshe", "topshee"),
        ("topsheee", "topshee"),
        ("trembley", "tremblay"),
        ("blaisoneau", "blaisonneau"),
        ("talbuordet", "talbourdet"),
    ],
)
def test_misspelt_names(written: str, meant: str) -> None:
    assert close_terms(written, VOCABULARY)[0] == meant


@pytest.mark.parametrize("written", ["guay", "roy", "2024", "zopshee", "animation", "2024-03-12"])
def test_no_neighbour(written: str) -> None:
    assert close_terms(written, VOCABULARY) == ()


WORDS = st.text("abcé", max_size=9)


@settings(deadline=None)
@given(WORDS, WORDS)
def test_distance_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert distance(one, other, 2) == distance(other, one, 2) <= 3
    assert (distance(one, other, 2) == 0) == (one == other)


@settings(deadline=None)
@given(st.text("abcdefgh", min_size=5, max_size=12), st.data())
def test_one_slip_is_always_found(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(word) - 1))
    slip = word[:at] + word[at + 1 :]
    if slip != word and allowed(word):
        assert slip in close_terms(word, [slip, "zzzzzz"])
