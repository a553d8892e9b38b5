"""EmbeddingGemma, where somebody pulled it: the better of the two embedding models.

The folder that ``models pull embeddinggemma-300m`` leaves is the SentenceTransformer that Google
publishes (Vera et al. 2025, arXiv 2509.20354). Here the adapter's updates are added, the weights
rounded to eight bits, and the vectors cut, as the model was trained to allow.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from copassist.errors import ModelDamagedError, ModelError, ModelMissingError
from copassist.heap import give_back_freed
from copassist.models import adapter
from copassist.models.hub import fetching, hub_switched_off
from copassist.models.packagedmodels import EMBEDDING_GEMMA

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DIMENSION: Final = 384
"""Numbers kept of each vector, of 768: as many as the bundled model has."""
LONGEST: Final = 512
"""Tokens read of a text, as many as the bundled model reads; the longest passage of the corpora has
some 310. The model could read 2,048, which takes seconds."""
ADAPTER: Final = "embeddinggemma.safetensors"
"""What practice adds to its weights (``adapter.py``)."""
WEIGHTS: Final = "model.safetensors"
"""The file of its folder that holds them."""
NAME: Final = f"{EMBEDDING_GEMMA.name}-cop2"
"""Of the model with its adapter, and its vectors cut. Change it with either."""

KEPT_TWICE: Final = ("_vocab", "_merges")
"""What transformers' tokenizer goes on holding of what its Rust part was made with: 262,144 words
and 514,906 merges, 140 MB. It reads neither again."""


def folder_in(models: Path) -> Path:
    """Where the model is, if it was pulled."""
    return models / EMBEDDING_GEMMA.kept


def load(models: Path, practised: str = ADAPTER) -> SentenceTransformer:
    """The model as it is used here, with the updates of the file ``practised``. Raises as
    :func:`published`."""
    import torch

    from copassist.models.eightbit import in_eight_bits
    from copassist.models.wordtable import look_up_in_file

    model = published(models)
    model.truncate_dim, model.max_seq_length = DIMENSION, LONGEST
    encoder: Any = model[0].auto_model
    updates = adapter.load(practised)
    for number, layer in enumerate(encoder.layers):  # one whole in memory at a time
        for name, weights in layer.named_parameters(f"layers.{number}"):
            if name in updates:
                weights.data = weights.detach() + torch.from_numpy(updates[name].delta)
        in_eight_bits(layer)
    look_up_in_file(encoder, folder_in(models) / WEIGHTS)
    for left in (*encoder.parameters(), *encoder.buffers()):
        left.data = left.detach().clone()  # the last that held the file of weights in memory
    for copied in KEPT_TWICE:
        vars(model.tokenizer).pop(copied, None)
    give_back_freed()  # the matrices as they were
    return model


def published(models: Path) -> SentenceTransformer:
    """The model as it was pulled. Raises :class:`ModelMissingError` where it was not,
    :class:`ModelDamagedError` where it is not whole."""
    folder = folder_in(models)
    if not folder.is_dir():
        raise ModelMissingError(name=EMBEDDING_GEMMA.name)
    try:
        with hub_switched_off(), fetching(EMBEDDING_GEMMA.name):
            from sentence_transformers import SentenceTransformer

            return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except ModelError as error:
        raise ModelDamagedError(name=folder) from error
