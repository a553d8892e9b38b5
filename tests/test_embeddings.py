"""Sentences are embedded once, and found again by what they say."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest
import torch

from copassist import embeddings as module
from copassist.embeddings import Embedded, as_pooled, load_embeddings
from copassist.errors import ModelMissingError
from copassist.library import Library
from copassist.models import bundled, embeddinggemma
from copassist.models.packagedmodels import EMBEDDING_GEMMA
from copassist.modeltext import Place
from copassist.settings import Settings, load_settings
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


@pytest.fixture
def auto(settings: Settings) -> Settings:
    """Settings that leave the model to the library."""
    return settings.model_copy(update={"embedding": "auto"})


def pulled(settings: Settings) -> None:
    (settings.models / EMBEDDING_GEMMA.kept).mkdir(parents=True)


@pytest.mark.parametrize(
    ("held", "name"),
    [
        (None, embeddinggemma.NAME),
        (bundled.NAME, bundled.NAME),
        (embeddinggemma.NAME, embeddinggemma.NAME),
        (f"{EMBEDDING_GEMMA.name}-another-adapter", embeddinggemma.NAME),
        ("multilingual-e5-small", bundled.NAME),
        ("somebody/another-model", "somebody/another-model"),
    ],
)
def test_a_library_keeps_the_model_it_was_made_with(
    auto: Settings, held: str | None, name: str
) -> None:
    pulled(auto)
    assert load_embeddings(auto, held).name == name


@pytest.mark.parametrize(("named", "offline"), [("auto", True), ("somebody/model", False)])
def test_only_a_model_that_a_person_named_is_fetched(
    auto: Settings, monkeypatch: pytest.MonkeyPatch, named: str, offline: bool
) -> None:
    """A library may have been brought from elsewhere."""
    asked: list[bool] = []

    def load(name: str, offline: bool) -> None:
        asked.append(offline)
        raise ModelMissingError(name=name)

    monkeypatch.setattr(module, "_sentence_transformer", load)
    chosen = auto.model_copy(update={"embedding": named})
    with pytest.raises(ModelMissingError, match="somebody/model"):
        load_embeddings(chosen, "somebody/model").embed_question("?")
    assert asked == [offline]


def test_the_bundled_model_serves_where_the_better_one_is_not(auto: Settings) -> None:
    assert load_embeddings(auto).name == bundled.NAME


def test_a_library_made_with_a_model_that_is_not_here_says_which(auto: Settings) -> None:
    with pytest.raises(ModelMissingError, match=EMBEDDING_GEMMA.name):
        load_embeddings(auto, embeddinggemma.NAME).embed_question("?")


def test_an_empty_library_is_of_no_model_yet(auto: Settings) -> None:
    with Library(auto) as library:
        library.check_model()
        assert library.embeddings.name == bundled.NAME
    pulled(auto)
    with Library(auto) as library:
        library.check_model()
        assert library.embeddings.name == embeddinggemma.NAME


def test_what_is_linear_is_done_to_tokens_as_to_their_mean() -> None:
    """Otherwise a token and a text would be vectors of two spaces."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Dense
    from torch import nn

    words, pooling, unit_length = load_embeddings(load_settings()).model
    torch.manual_seed(1)
    wider = Dense(384, 500, activation_function=nn.Identity())
    narrower = Dense(500, 200, bias=False, activation_function=nn.Identity())
    model = SentenceTransformer(
        modules=[words, pooling, wider, narrower, unit_length], device="cpu", truncate_dim=128
    )
    with torch.inference_mode():
        out = model(model.preprocess(["La grille est adoptée."]))
        mean = as_pooled(model, out["token_embeddings"]).mean(dim=1)[0]
    vector = out["sentence_embedding"][0, :128]
    assert mean.shape == (128,)
    assert torch.allclose(mean / mean.norm(), vector / vector.norm(), atol=1e-5)


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
