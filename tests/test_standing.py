"""How open tasks seem to stand: which later sentence is their news, and when there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from copassist.passages import Document, Key, Locator, Passage
from copassist.records import (
    Action,
    Register,
    Source,
    Telling,
    register_from_dict,
    register_to_dict,
)
from copassist.sentencekinds import KINDS, Weights, save, weights_for
from copassist.standing import FEATURES, LIKELY, with_news
from copassist.tellings import with_tellings
from copassist.tokencodec import Floats, quantise
from copassist.tokenvectors import PassageVectors, TokenVectors

POSTER, SURVEY, OTHER = np.eye(3, dtype=np.float32)
"""What sentences are about: those of one subject have one vector."""


def weights(**link: float) -> Weights:
    """Links told by these features alone; a kind by one number of the vector."""
    each = np.array([link.get(name, 0.0) for name in FEATURES], np.float32)
    bias = np.zeros(len(KINDS), np.float32)
    return Weights(np.eye(3, dtype=np.float32), bias, np.zeros(3, np.float32), each, LIKELY - 0.5)


CLOSE = weights(cosine=1.0)
"""A sentence of the same subject speaks of a task; nothing else counts."""


def action(text: str, day: str = "2025-01-10", **values: Any) -> Action:
    return replace(
        Action(text, day, status="open", source=Source("d", "a:0", text), place=0),
        **values,
    )


def telling(place: int, day: str, *, done: float = 1.0, pending: float = -1.0) -> Telling:
    return Telling(Source("e", "b:0", f"phrase {place}"), day, place, -3.0, done, pending)


def held(*later: Floats, task: Floats = POSTER) -> dict[Key, Floats]:
    return {("a", 0): np.stack([task]), ("b", 0): np.stack(later)}


def told(
    actions: Sequence[Action], tellings: Sequence[Telling], known: dict[Key, Floats]
) -> Register:
    register = Register(actions=tuple(actions), tellings=tuple(tellings))
    return with_news(register, lambda keys: [known.get(key) for key in keys], CLOSE)


def test_the_later_sentence_of_the_same_subject_is_news() -> None:
    found = told(
        [action("Josée fait imprimer l'affiche")],
        [telling(0, "2025-02-14"), telling(1, "2025-02-14")],
        held(SURVEY, POSTER),
    )
    (one,) = found.actions
    assert one.news is not None
    assert (one.news.status, one.news.day, one.news.source.quote) == (
        "done",
        "2025-02-14",
        "phrase 1",
    )
    assert one.seems_done
    assert one.is_current, "news is a proposal: it closes nothing"


def test_news_may_be_that_a_task_is_still_to_be_done() -> None:
    later = telling(0, "2025-02-14", done=-1.0, pending=2.0)
    (one,) = told([action("affiche")], [later], held(POSTER)).actions
    assert one.news is not None
    assert one.news.status == "open"
    assert not one.seems_done


@pytest.mark.parametrize(
    ("task", "day"),
    [
        pytest.param(action("affiche"), "2025-01-10", id="of the same session"),
        pytest.param(action("affiche"), "2024-12-01", id="earlier"),
        pytest.param(action("affiche"), "2026-02-10", id="more than a year later"),
        pytest.param(action("affiche", status="done"), "2025-02-14", id="done for certain"),
        pytest.param(
            action("affiche", corrected=("status",)), "2025-02-14", id="a person said how it stands"
        ),
        pytest.param(action("affiche", place=None), "2025-02-14", id="its sentence is not known"),
        pytest.param(action("affiche", place=7), "2025-02-14", id="no such sentence"),
        pytest.param(action("affiche", session_date=None), "2025-02-14", id="undated"),
    ],
)
def test_no_news(task: Action, day: str) -> None:
    (one,) = told([task], [telling(0, day)], held(POSTER)).actions
    assert one == task


def test_no_news_of_another_subject_nor_without_vectors() -> None:
    task = action("affiche")
    assert told([task], [telling(0, "2025-02-14")], held(SURVEY)).actions == (task,)
    assert told([task], [telling(0, "2025-02-14")], {}).actions == (task,)


@pytest.mark.parametrize(
    ("feature", "quote", "owner"),
    [
        ("owned", "Amélie nous la montre", "Amélie"),
        ("common", "L'affiche est sur tous les murs", None),
    ],
)
def test_names_and_rare_words_count(feature: str, quote: str, owner: str | None) -> None:
    task = action("Imprimer l'affiche", owner=owner)
    tellings = [
        replace(telling(0, "2025-02-14"), source=Source("e", "b:0", "On a bien ri du sondage")),
        replace(telling(1, "2025-02-14"), source=Source("e", "b:0", quote)),
    ]
    register = Register(actions=(task,), tellings=tuple(tellings))
    known = held(OTHER, OTHER)
    found = with_news(
        register, lambda keys: [known[key] for key in keys], weights(**{feature: 2.0})
    )
    news = found.actions[0].news
    assert news is not None
    assert news.source.quote == quote


DOCUMENT = Document("e", "c", "notes.md", "Notes", kind="minutes", date="2025-02-14")


def passage(text: str) -> Passage:
    return Passage("v", 0, text, Locator(), "")


def test_sentences_that_may_tell_something_are_kept_and_actions_learn_their_place() -> None:
    text = "# Suivis\n\nL'affiche est au mur. Il fait froid. Luc appelle le centre."
    quote = "Luc appelle le centre."
    own = Action(quote, "2025-02-14", source=Source("e", "v:0", quote))
    cold = np.array([0, -9, -9], np.float32)
    vectors = np.stack([POSTER * 9, np.array([0, 2, 0], np.float32), cold, cold])
    read = with_tellings(Register(actions=(own,)), DOCUMENT, [passage(text)], [vectors], CLOSE)
    assert [one.source.quote for one in read.tellings] == ["L'affiche est au mur."]
    assert read.tellings[0].done == 2.0
    assert read.tellings[0].session_date == "2025-02-14"
    assert read.actions[0].place == 3
    assert register_from_dict(register_to_dict(read), "e") == read


def test_a_passage_whose_sentences_are_cut_otherwise_tells_nothing() -> None:
    read = with_tellings(
        Register(),
        DOCUMENT,
        [passage("Une phrase. Une autre.")],
        [np.ones((5, 3), np.float32)],
        CLOSE,
    )
    assert read.tellings == ()


def test_vectors_of_sentences_come_back_as_near_as_they_are_kept(tmp_path: Path) -> None:
    drawn = np.random.default_rng(3).normal(size=(6, 64)).astype(np.float32)
    vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    kept = TokenVectors(tmp_path)
    writer = kept.writer("v")
    encoded = quantise(vectors)
    writer.add([PassageVectors(vectors[0], encoded, encoded)])
    writer.finish()
    back, none = kept.sentence_vectors([("v", 0), ("w", 0)])
    assert none is None
    assert back is not None
    assert np.all((back * vectors).sum(axis=1) > 0.9)


def test_weights_are_read_as_they_were_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(CLOSE, "some-model", tmp_path)
    assert weights_for("a model nothing was learned of") is None
    from copassist import sentencekinds

    monkeypatch.setattr(sentencekinds, "DATA", tmp_path)
    weights_for.cache_clear()
    read = weights_for("some-model")
    weights_for.cache_clear()
    assert read is not None
    assert read.link.tolist() == CLOSE.link.tolist()
    assert read.link_bias == pytest.approx(CLOSE.link_bias)


def test_a_sentence_that_surely_gives_somebody_something_to_do_is_an_action() -> None:
    text = "prés: Mélanie, Luc\n\nMélanie mesure les portes. Les portes coincent. Luc appelle."
    by_rule = Action("Luc appelle.", "2025-02-14", "Luc", source=Source("e", "v:0", "Luc appelle."))
    sure, unsure = np.array([2, -9, -9], np.float32), np.array([-2, -9, -9], np.float32)
    vectors = np.stack([unsure, sure, sure, sure])
    read = with_tellings(Register(actions=(by_rule,)), DOCUMENT, [passage(text)], [vectors], CLOSE)
    known, found = read.actions
    assert known == replace(by_rule, place=3)
    assert (found.text, found.owner, found.owner_certain, found.by_vector) == (
        *("Mélanie mesure les portes.", "Mélanie", False, True),
    )
    again = with_tellings(read, DOCUMENT, [passage(text)], [vectors], CLOSE)
    assert again == read, "told twice, nothing is there twice"
