"""Sentences are embedded once, and found again by what they say."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest

from copassist import embeddings as module
from copassist.embeddings import Embedded, load_embeddings
from copassist.modeltext import Place
from copassist.settings import load_settings
from copassist.testing import FakeEmbeddings


class Counting(FakeEmbeddings):
    """Remembers what it was asked to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def _forward(
        self, texts: Sequence[str], role: str, sentences: Sequence[Sequence[Place]]
    ) -> list[Embedded]:
        self.asked += texts
        return super()._forward(texts, role, sentences)


def test_a_sentence_is_embedded_once() -> None:
    model = Counting()
    said = ["La grille est adoptée.", "Julie écrit.", "La grille est adoptée."]
    first, again = model.embed_sentences(said), model.embed_sentences(said[:2])
    assert model.asked == said[:2]
    assert np.array_equal(first[0], first[2])
    for vector, text in zip([*first, *again], [*said, *said[:2]], strict=True):
        assert np.array_equal(vector, model.embed_passages([text])[0].vector)


def test_the_longest_unused_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SENTENCE_CACHE", 2)
    model = Counting()
    for text in ("un", "deux", "un", "trois", "un", "deux"):
        model.embed_sentences([text])
    assert model.asked == ["un", "deux", "trois", "deux"]


def test_more_sentences_than_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SENTENCE_CACHE", 2)
    assert len(Counting().embed_sentences(["un", "deux", "trois", "quatre"])) == 4


LOADS = """
from copassist.embeddings import load_embeddings
from copassist.settings import load_settings

load_embeddings(load_settings()).embed_question("?")

from huggingface_hub import is_offline_mode

print(is_offline_mode())
"""


def test_a_hub_can_be_asked_once_the_bundled_model_is_loaded() -> None:
    """In a process of its own: Hugging Face's library looks at the environment once."""
    done = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_sentences_come_out_of_their_passage() -> None:
    """With the model itself: its tokens, where they stand, and the prompt before them."""
    model = load_embeddings(load_settings())
    text = "Réunion du 12 mars\nLa tablette est prêtée à Fatou. Il pleuvait."
    lent, rained = (text.index(word) for word in ("La tablette", "Il pleuvait"))
    places = [(lent, rained - 1), (rained, len(text)), (0, 0)]
    long = "Le comité se réunit. " * 200 + "Jamais lu."
    made, cut = model.embed_passages([text, long], [places, [(len(long) - 10, len(long))]])
    [alone] = model.embed_passages([text])
    assert np.allclose(alone.vector, made.vector, atol=1e-5)
    assert np.allclose(np.linalg.norm(made.sentences, axis=1), 1, atol=1e-5)
    asked = model.embed_question("Qui a la tablette ?").vector
    assert made.sentences[0] @ asked > made.sentences[1] @ asked
    assert np.allclose(made.sentences[2], made.vector, atol=1e-6), "not found: as its passage"
    assert np.allclose(cut.sentences[0], cut.vector, atol=1e-6), "beyond what the model reads"
    assert len(made.tokens) == len(alone.tokens)
