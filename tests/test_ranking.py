"""Ranking and answerability: small cases worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copassist.answerability import (
    DOUBTFUL,
    EVEN,
    is_doubtful,
    near_enough,
    poorly_met,
    too_far,
)
from copassist.models import bundled, embeddinggemma
from copassist.passages import Document, Hit, Passage
from copassist.ranking import rank

KEYS = [("v", number) for number in range(4)]


def a_hit(signals: dict[str, float]) -> Hit:
    return Hit(Passage("v", 0, "Texte."), Document("d", "c", "a.md", "A"), 1.0, signals)


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


def test_one_document_whose_vectors_wait_does_not_reorder_the_others() -> None:
    signals = {
        KEYS[0]: {"dense": 0.9, "late": 0.5, "lexical": 3.0},
        KEYS[1]: {"dense": 0.8, "late": 0.9},
        KEYS[2]: {"dense": 0.7, "late": 0.5, "period": 1.0},
    }
    settled = [key for key, _ in rank(signals)]
    waiting = [key for key, _ in rank({**signals, KEYS[3]: {"lexical": 1.0}})]
    assert [key for key in waiting if key != KEYS[3]] == settled == [KEYS[1], KEYS[2], KEYS[0]]


def test_a_passage_whose_vectors_wait_comes_first_when_its_words_are_the_nearest() -> None:
    signals = {
        KEYS[0]: {"late": 0.5, "lexical": 1.0},
        KEYS[1]: {"late": 0.52},
        KEYS[2]: {"late": 0.51},
        KEYS[3]: {"lexical": 9.0},
    }
    assert rank(signals)[0][0] == KEYS[3]


def test_nothing_found() -> None:
    assert rank({}) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_alike_candidates_keep_their_order(late: list[float]) -> None:
    ranked = rank({key: {"late": late[0]} for key in KEYS[: len(late)]})
    assert [key for key, _ in ranked] == KEYS[: len(late)]


def test_the_period_asked_about_is_preferred() -> None:
    signals = {KEYS[0]: {"late": 0.5}, KEYS[1]: {"late": 0.5, "period": 1.0}}
    assert [key for key, _ in rank(signals)] == [KEYS[1], KEYS[0]]


def test_of_two_as_close_the_one_whose_sentence_stands_out_is_preferred() -> None:
    signals = {
        KEYS[0]: {"late": 0.5, "sentence": 0.01},
        KEYS[1]: {"late": 0.5, "sentence": 0.08},
        KEYS[2]: {"late": 0.5},  # no sentence is kept: as the others are on average
    }
    assert [key for key, _ in rank(signals)] == [KEYS[1], KEYS[2], KEYS[0]]


def test_of_two_that_say_the_same_the_readers_own_comes_first() -> None:
    signals = {KEYS[0]: {"late": 0.5}, KEYS[1]: {"late": 0.5, "language": 1.0}}
    assert [key for key, _ in rank(signals)] == [KEYS[1], KEYS[0]]


@pytest.mark.parametrize(
    ("worst", "model", "poorly"),
    [(0.5, bundled.NAME, False), (0.3, bundled.NAME, True), (0.3, "another", False)],
)
def test_the_best_passage_must_meet_all_of_the_question(
    worst: float, model: str, poorly: bool
) -> None:
    assert poorly_met([a_hit({"late": 0.7, "worst": worst})], model) is poorly


@pytest.mark.parametrize(("signals", "doubtful"), [({}, False), ({"odds": EVEN}, True)])
def test_doubt_begins_elsewhere_where_passages_are_read(
    signals: dict[str, float], doubtful: bool
) -> None:
    bounds = DOUBTFUL[embeddinggemma.NAME]
    hit = a_hit({"worst": (bounds.read + bounds.unread) / 2, **signals})
    assert is_doubtful([hit], embeddinggemma.NAME) is doubtful


def test_between_answered_and_refused_lies_doubt() -> None:
    sure, doubtful = a_hit({"worst": 0.5}), a_hit({"worst": 0.44})
    assert not is_doubtful([sure], bundled.NAME)
    assert is_doubtful([doubtful], bundled.NAME)
    assert not poorly_met([doubtful], bundled.NAME)
    assert not is_doubtful([doubtful], "another")
    assert not is_doubtful([], bundled.NAME)


@pytest.mark.parametrize(
    ("worst", "odds", "poorly"),
    [(0.31, EVEN, False), (0.31, -1.0, True), (0.29, EVEN, True), (0.29, 3.0, False)],
)
def test_who_read_the_passage_is_heard(worst: float, odds: float, poorly: bool) -> None:
    read = a_hit({"worst": worst, "odds": odds})
    assert poorly_met([read], embeddinggemma.NAME) is poorly


def test_of_those_that_were_read_the_likeliest_tells() -> None:
    first, second = a_hit({"worst": 0.31, "odds": -1.0}), a_hit({"worst": 0.31, "odds": EVEN})
    assert not poorly_met([first, second], embeddinggemma.NAME)
    unread = a_hit({"worst": 0.9})
    assert poorly_met([first, unread], embeddinggemma.NAME)


def test_a_question_about_something_else() -> None:
    far, near, waiting = ({"late": 0.45, "lexical": 3.0}, {"late": 0.55}, {"lexical": 3.0})
    assert too_far([a_hit(far)], bundled.NAME)
    assert not too_far([a_hit(near)], bundled.NAME)
    assert not too_far([a_hit(waiting)], bundled.NAME)
    assert not too_far([a_hit(far)], "another")


def test_words_enough_excuse_a_passage_whose_tokens_stay_far() -> None:
    far, remote = {"late": 0.49, "language": 1.0}, {"late": 0.43, "language": 1.0}
    one_word, several = a_hit({"late": 0.4, "lexical": 3.0}), a_hit({"late": 0.4, "lexical": 6.4})
    assert too_far([a_hit(far), one_word], bundled.NAME)
    assert not too_far([a_hit(far), several], bundled.NAME)
    assert too_far([a_hit(remote), several], bundled.NAME)


def test_passages_in_another_language_need_not_come_as_close() -> None:
    between = {"late": 0.48, "worst": 0.37}
    own, other = a_hit({**between, "language": 1.0}), a_hit(between)
    assert poorly_met([own], bundled.NAME)
    assert too_far([own], bundled.NAME)
    assert not poorly_met([other], bundled.NAME)
    assert not too_far([other], bundled.NAME)


def test_what_is_remote_is_not_shown_as_near() -> None:
    near, remote = a_hit({"late": 0.45, "language": 1.0}), a_hit({"late": 0.43, "language": 1.0})
    foreign, waiting = a_hit({"late": 0.43}), a_hit({})
    hits = [near, remote, foreign, waiting]
    assert near_enough(hits, bundled.NAME) == (near, foreign, waiting)
    assert near_enough(hits, "another") == tuple(hits)


def test_what_is_least_met_is_not_known_while_vectors_wait() -> None:
    assert not poorly_met([a_hit({"lexical": 3.0})], bundled.NAME)


def test_wholes_count_where_the_model_is_one_for_it() -> None:
    """Of two that come as close by their tokens, the closer whole; what sense did not find last."""
    signals = {
        KEYS[0]: {"late": 0.8},
        KEYS[1]: {"late": 0.8, "dense": 0.4},
        KEYS[2]: {"late": 0.8, "dense": 0.6},
        KEYS[3]: {"late": 0.1, "dense": 0.3},
    }
    assert [key for key, _ in rank(signals)] == [KEYS[0], KEYS[1], KEYS[2], KEYS[3]]
    wholes = [key for key, _ in rank(signals, embeddinggemma.NAME)]
    assert wholes == [KEYS[2], KEYS[1], KEYS[0], KEYS[3]]


def test_what_waits_for_its_vectors_loses_nothing_by_it() -> None:
    signals = {KEYS[0]: {"late": 0.5, "dense": 0.5}, KEYS[1]: {"late": 0.52, "dense": 0.6}}
    signals |= {KEYS[2]: {"late": 0.51, "dense": 0.4}, KEYS[3]: {"lexical": 9.0}}
    scores = [dict(rank(signals, model))[KEYS[3]] for model in ("", embeddinggemma.NAME)]
    assert scores[0] == scores[1]
