"""The better embedding model: its adapter, and, where it was pulled, the model itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from copassist.embeddings import SentenceEmbeddings, load_embeddings
from copassist.errors import ModelDamagedError
from copassist.models import adapter, embeddinggemma
from copassist.models.packagedmodels import EMBEDDING_GEMMA
from copassist.settings import load_settings

WIDTH, INNER = 768, 1152
SHAPES = {
    "self_attn.q_proj": (WIDTH, WIDTH),
    "self_attn.k_proj": (256, WIDTH),
    "self_attn.v_proj": (256, WIDTH),
    "self_attn.o_proj": (WIDTH, WIDTH),
    "mlp.gate_proj": (INNER, WIDTH),
    "mlp.up_proj": (INNER, WIDTH),
    "mlp.down_proj": (WIDTH, INNER),
}
"""Of the matrices of one layer, as Google publishes them."""


def test_the_adapter_fits_the_model() -> None:
    updates = adapter.load(embeddinggemma.ADAPTER)
    assert len(updates) == 12 * len(SHAPES)
    for name, update in updates.items():
        layers, number, matrix = name.removesuffix(".weight").split(".", 2)
        assert (layers, 12 <= int(number) < 24) == ("layers", True)
        assert update.delta.shape == SHAPES[matrix]


def test_a_folder_that_is_not_the_model_is_named(tmp_path: Path) -> None:
    folder = embeddinggemma.folder_in(tmp_path)
    folder.mkdir()
    (folder / "modules.json").write_text("[{")
    with pytest.raises(ModelDamagedError, match=str(folder)):
        embeddinggemma.published(tmp_path)


@pytest.fixture(scope="module")
def model() -> SentenceEmbeddings:
    settings = load_settings(embedding=EMBEDDING_GEMMA.name)
    if not embeddinggemma.folder_in(settings.models).is_dir():
        pytest.skip("not here: python -m copassist models pull embeddinggemma-300m")
    return load_embeddings(settings)


@pytest.mark.llm
def test_what_answers_comes_closest_across_languages(model: SentenceEmbeddings) -> None:
    asked = model.embed_question("Who facilitates, now that Julie is tired of always doing it?")
    turns, budget = model.embed_passages(
        ["L'animation se fera à tour de rôle dès octobre.", "Le budget a été adopté sans débat."]
    )
    assert asked.vector.shape == (embeddinggemma.DIMENSION,)
    assert asked.vector @ turns.vector > asked.vector @ budget.vector + 0.1
    close = (asked.tokens @ turns.tokens.T).max(axis=1).mean()
    assert close > (asked.tokens @ budget.tokens.T).max(axis=1).mean()


@pytest.mark.llm
def test_a_text_is_where_its_tokens_are(model: SentenceEmbeddings) -> None:
    said = "Fatou prête la tablette. Il pleuvait beaucoup ce soir-là."
    [made] = model.embed_passages([said], [[(0, 24), (25, len(said))]])
    mean = made.tokens.mean(axis=0)
    assert mean @ made.vector > 0.9 * np.linalg.norm(mean)
    tablet = model.embed_question("À qui est la tablette ?").vector
    assert made.sentences[0] @ tablet > made.sentences[1] @ tablet
