"""Token vectors made small: neighbours in meaning merged, what is left kept in two bits a number.

Three steps, none of which is trained, so that any embedding model serves:

1. **Pooling.** The tokens of a passage are clustered (Ward) and each cluster keeps its mean, one
   for every :data:`POOLED` tokens (Clavié, Chaffin and Adams 2024, "Reducing the Footprint of
   Multi-Vector Retrieval with Minimal Performance Impact via Token Pooling").
2. **Centring.** The passage's mean is kept apart, in eight bits: the token vectors of one text
   are much alike, and what sets them apart is what must be quantised finely.
3. **Two bits.** What is left is rotated, which makes its numbers alike and nearly normal, and
   each is put to the nearest of four levels (Max 1960, "Quantizing for minimum distortion"). One
   scale a token makes its inner product with the original exact (after Gao and Long 2024,
   "RaBitQ").

Measured on 16 questions and 540 passages of 122 tokens: MaxSim correlates .946 with the exact one
at 5.2 KB a passage; one bit without pooling .922 at 6.5 KB. On other passages, of 100 tokens: int8
.997 at 39 KB, pooling by 2 alone .977 at 19 KB. Trained codes did worse, for the same reason that
the mean is kept apart: product quantisation of 64 bytes a token .857, the 128 first principal
components .676. Over the whole corpus 4.8 KB a passage (docs/experiments.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

POOLED: Final = 2.5
"""Tokens merged into one vector, on average. Correlations as above: 2 gives .961 at 6.4 KB, 2.5
.946 at 5.2 KB, 3 .935 at 4.4 KB; the aim is under 6 KB."""
LEVELS: Final = np.array([-1.510, -0.4528, 0.4528, 1.510], np.float32)
"""The four levels of least distortion for a normal number of variance 1 (Max 1960, table I)."""
MEAN_STEPS: Final = 127.0
"""Steps on each side of zero for the passage's mean."""
CODES_A_BYTE: Final = 4


@dataclass(frozen=True, slots=True)
class Encoded:
    """``n`` vectors of one passage, of ``dimension`` numbers each.

    ``codes`` (n, dimension / 4 rounded up), ``scales`` (n,), ``mean`` (dimension,) in steps of
    ``mean_scale``.
    """

    codes: Bytes
    scales: NDArray[np.float16]
    mean: NDArray[np.int8]
    mean_scale: np.float32


def encode(tokens: Floats) -> Encoded:
    """``tokens`` (n, dimension), unit vectors, pooled and made small; ``n`` may be 0."""
    return quantise(pool(tokens))


def quantise(vectors: Floats) -> Encoded:
    """``vectors`` (n, dimension), unit vectors of one passage, each kept; ``n`` may be 0."""
    dimension = vectors.shape[1]
    mean, mean_scale = _quantised_mean(vectors)
    rest = (vectors - mean * mean_scale) @ rotation(dimension).T
    spread = np.linalg.norm(rest, axis=1, keepdims=True) / np.sqrt(dimension)
    normal = rest / np.where(spread == 0, 1, spread)
    chosen = np.zeros(normal.shape, np.uint8)
    for bound in (LEVELS[1:] + LEVELS[:-1]) / 2:
        chosen += normal > bound
    levels = LEVELS[chosen]
    overlap = (levels * rest).sum(axis=1)
    scales = (rest * rest).sum(axis=1) / np.where(overlap == 0, 1, overlap)
    return Encoded(_packed(chosen), scales.astype(np.float16), mean, mean_scale)


def encode_all(passages: Sequence[Floats]) -> list[Encoded]:
    """:func:`encode` of each."""
    products_on_one_thread()
    return [encode(tokens) for tokens in passages]


def quantise_all(passages: Sequence[Floats]) -> list[Encoded]:
    """:func:`quantise` of each."""
    products_on_one_thread()
    return [quantise(vectors) for vectors in passages]


@cache
def products_on_one_thread() -> None:
    """From now on numpy multiplies on one thread: the products here are too small to be shared.

    With two, the one that waits spins: on a busy machine 36 ms of processor time a passage
    compressed instead of 4, and 46 ms for a search's passages instead of 28 (docs/performance.md).
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # no types

    threadpool_limits(limits=1, user_api="blas")


def similarities(
    question: Floats,
    codes: Bytes,
    scales: NDArray[np.float16],
    means: Floats,
    counts: NDArray[np.int64],
) -> Floats:
    """Inner product of each question token with each vector kept: (vectors, question tokens).

    ``codes`` and ``scales`` of several passages one after the other, ``counts`` vectors of each,
    none of them 0; ``means`` (passages, dimension).
    """
    around = np.repeat(means @ question.T, counts, axis=0)
    products: Floats = _without_means(question, codes, scales) + around
    return products


def max_similarities(
    question: Floats,
    codes: Bytes,
    scales: NDArray[np.float16],
    means: Floats,
    counts: NDArray[np.int64],
) -> Floats:
    """The best of a passage's :func:`similarities`: (passages, question tokens)."""
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    products = _without_means(question, codes, scales)
    best: Floats = np.maximum.reduceat(products, starts, axis=0) + means @ question.T
    return best


def _without_means(question: Floats, codes: Bytes, scales: NDArray[np.float16]) -> Floats:
    products_on_one_thread()
    dimension = question.shape[1]
    turned = question @ rotation(dimension).T
    # "take" writes rows of four numbers twice as fast as indexing does.
    levels = np.take(_unpacking(), codes, axis=0).reshape(len(codes), -1)[:, :dimension]
    products: Floats = (levels @ turned.T) * scales.astype(np.float32)[:, None]
    return products


def bytes_a_token(dimension: int) -> int:
    """Room of one token's codes."""
    return -(-dimension // CODES_A_BYTE)


def pool(tokens: Floats) -> Floats:
    """Unit means of the clusters of ``tokens``, one for every :data:`POOLED` of them."""
    from scipy.cluster.hierarchy import (  # type: ignore[import-untyped]
        fcluster,
        linkage,
    )

    wanted = int(np.ceil(len(tokens) / POOLED))
    if wanted >= len(tokens):
        return tokens
    clusters = fcluster(linkage(_distances(tokens), "ward"), wanted, "maxclust") - 1
    members = np.zeros((int(clusters.max()) + 1, len(tokens)), np.float32)
    members[clusters, np.arange(len(tokens))] = 1
    return unit(members @ tokens)


def _distances(tokens: Floats) -> Floats:
    """Euclidean distances of all pairs, condensed as scipy has them.

    From inner products: scipy's own way takes as long as all else here together.
    """
    from scipy.spatial.distance import squareform  # type: ignore[import-untyped]

    products = tokens @ tokens.T
    squares = np.diagonal(products)
    distances = np.sqrt(np.maximum(squares[:, None] + squares - 2 * products, 0))
    condensed: Floats = squareform(distances, checks=False)
    return condensed


def unit(vectors: Floats) -> Floats:
    """Rows of length 1; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)


@cache
def rotation(dimension: int) -> Floats:
    """An orthogonal matrix that spreads any vector over all numbers; the same for ever.

    Signs from SHA-256 and cosine transforms, twice: written files depend on it, and a random
    generator's stream may change between versions of its library.
    """
    turned = np.eye(dimension, dtype=np.float64)
    for salt in ("first", "second"):
        turned = _cosine_transform(dimension) @ (_signs(dimension, salt)[:, None] * turned)
    return turned.astype(np.float32)


def _cosine_transform(dimension: int) -> NDArray[np.float64]:
    """The orthonormal DCT-II."""
    frequency = np.arange(dimension)[:, None]
    place = np.arange(dimension)[None, :]
    matrix = np.cos(np.pi * (2 * place + 1) * frequency / (2 * dimension))
    matrix *= np.sqrt(2 / dimension)
    matrix[0] /= np.sqrt(2)
    transform: NDArray[np.float64] = matrix
    return transform


def _signs(dimension: int, salt: str) -> NDArray[np.float64]:
    blocks = -(-dimension // 256)
    digests = b"".join(hashlib.sha256(f"{salt} {i}".encode()).digest() for i in range(blocks))
    bits = np.unpackbits(np.frombuffer(digests, np.uint8))[:dimension]
    return bits.astype(np.float64) * 2 - 1


def _quantised_mean(tokens: Floats) -> tuple[NDArray[np.int8], np.float32]:
    if not len(tokens):
        return np.zeros(tokens.shape[1], np.int8), np.float32(0)
    mean = tokens.mean(axis=0)
    scale = np.float32(np.abs(mean).max() / MEAN_STEPS)
    return np.round(mean / (scale or 1)).astype(np.int8), scale


def _packed(chosen: Bytes) -> Bytes:
    """Four two-bit codes a byte, the first in the lowest bits."""
    count, dimension = chosen.shape
    padded = np.pad(chosen, ((0, 0), (0, -dimension % CODES_A_BYTE)))
    codes = padded.reshape(count, bytes_a_token(dimension), CODES_A_BYTE)
    shifts = np.arange(0, 8, 2, dtype=np.uint8)
    packed: Bytes = np.bitwise_or.reduce(codes << shifts, axis=2).astype(np.uint8)
    return packed


@cache
def _unpacking() -> Floats:
    """Byte -> its four levels, shape (256, 4)."""
    codes = (np.arange(256)[:, None] >> np.arange(0, 8, 2)) & 3
    levels: Floats = LEVELS[codes]
    return levels
