"""Ranking and answerability: small cases worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copassist.answerability import lacks_what_is_asked
from copassist.ranking import rank, rarity_of, token_weights

KEYS = [("v", number) for number in range(4)]


def test_late_interaction_decides_and_words_break_ties() -> None:
    signals = {
        KEYS[0]: {"late": 0.8, "dense": 0.1},
        KEYS[1]: {"late": 0.9, "dense": 0.2},
        KEYS[2]: {"late": 0.9, "lexical": 5.0},
    }
    assert [key for key, _ in rank(signals)] == [KEYS[2], KEYS[1], KEYS[0]]


def test_ranks_are_fused_while_vectors_wait() -> None:
    signals = {
        KEYS[0]: {"dense": 0.9, "late": 0.9},
        KEYS[1]: {"dense": 0.8, "lexical": 2.0},
        KEYS[2]: {"lexical": 1.0},
    }
    assert [key for key, _ in rank(signals)] == [KEYS[1], KEYS[0], KEYS[2]]


def test_nothing_found() -> None:
    assert rank({}) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_alike_candidates_keep_their_order(late: list[float]) -> None:
    ranked = rank({key: {"late": late[0]} for key in KEYS[: len(late)]})
    assert [key for key, _ in ranked] == KEYS[: len(late)]


def test_tokens_weigh_as_much_as_their_word_is_rare() -> None:
    rarity = {"Qui": 1.0, "anime": 3.0}
    weights = token_weights(["▁Qui", "▁anim", "e"], rarity.__getitem__)
    assert weights.tolist() == pytest.approx([1 / 7, 3 / 7, 3 / 7])


def test_tokens_weigh_alike_where_nothing_is_known() -> None:
    assert token_weights(["a", "b"], lambda _: 0.0).tolist() == [0.5, 0.5]
    assert token_weights([], lambda _: 1.0).shape == (0,)


def test_tokens_of_a_model_that_marks_no_word() -> None:
    assert token_weights(["a", "b"], {"a": 1.0, "b": 3.0}.__getitem__).tolist() == [0.25, 0.75]


def test_rarer_words_weigh_more() -> None:
    assert rarity_of(1000, 1) > rarity_of(1000, 10) > rarity_of(1000, 1000) > 0


@pytest.mark.parametrize(
    ("question", "passage", "lacking"),
    [
        ("À quel prix l'avons-nous achetée ?", "La découpeuse est arrivée.", True),
        ("À quel prix l'avons-nous achetée ?", "Elle a coûté 1 200 €.", False),
        ("Combien de temps avait-on pour répondre ?", "Répondez dans deux semaines.", False),
        ("Combien d'experts étaient là ?", "Une trentaine d'experts.", False),
        ("Combien d'experts étaient là ?", "Les experts étaient là.", True),
        ("How much does it cost?", "It costs 20 euros.", False),
        ("How much does it cost each year?", "It is hosted by the department.", True),
        ("Qui anime ?", "Personne.", False),
    ],
)
def test_what_is_asked_for_must_be_there(question: str, passage: str, lacking: bool) -> None:
    assert lacks_what_is_asked(question, [passage]) is lacking


def test_no_passage_answers_nothing() -> None:
    assert lacks_what_is_asked("Qui anime ?", [])
