"""Token vectors beside Chroma, keyed by version: what late interaction reads.

One file a version, memory-mapped, written beside its place and renamed. MaxSim (Khattab and
Zaharia 2020, ColBERT): for each token of the question its best cosine among a passage's tokens;
the mean of these is the passage's score.
"""

from __future__ import annotations

import os
import struct
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from copassist.lexical import Key

SUFFIX: Final = ".tok"
SCALE: Final = 127.0
"""Unit vectors as int8."""
OPEN_FILES: Final = 256
"""Maps kept open between searches."""


class TokenVectors:
    """A folder of compressed token vectors."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._map = lru_cache(maxsize=OPEN_FILES)(self._open)

    def writer(self, version: str) -> TokenWriter:
        """Write one version's passages in order, a batch at a time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return TokenWriter(self._path(version))

    def scores(self, question: NDArray[np.float32], keys: Sequence[Key]) -> NDArray[np.float32]:
        """MaxSim of ``question`` (tokens, dimension) with each passage; NaN where none is kept."""
        return np.array([self._score(question, key) for key in keys], np.float32)

    def remove(self, version: str) -> None:
        self._path(version).unlink(missing_ok=True)
        self._map.cache_clear()

    def versions(self) -> list[str]:
        """Every version that has token vectors."""
        return sorted(path.stem for path in self._folder.glob(f"*{SUFFIX}"))

    def _score(self, question: NDArray[np.float32], key: Key) -> float:
        version, number = key
        try:
            offsets, tokens = self._map(version)
        except FileNotFoundError:
            return float("nan")
        if number + 1 >= len(offsets) or not len(question):
            return float("nan")
        mine = tokens[offsets[number] : offsets[number + 1]].astype(np.float32) / SCALE
        return float((question @ mine.T).max(axis=1).mean()) if len(mine) else 0.0

    def _open(self, version: str) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
        path = self._path(version)
        with path.open("rb") as file:
            file.seek(-16, 2)
            count, dimension = struct.unpack("<qq", file.read(16))
        size = path.stat().st_size - 16 - 8 * count
        shape = (size // max(dimension, 1), dimension)
        tokens = np.memmap(path, np.int8, "r", 0, shape)
        offsets = np.memmap(path, np.int64, "r", size, (count,))
        return np.asarray(offsets), tokens

    def _path(self, version: str) -> Path:
        return self._folder / f"{version}{SUFFIX}"


class TokenWriter:
    """Tokens one passage after the other, then where each begins; there only once finished."""

    def __init__(self, path: Path) -> None:
        self._path = path
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        self._file = os.fdopen(handle, "wb")
        self._scratch = Path(name)
        self._offsets = [0]
        self._dimension = 0

    def add(self, passages: Sequence[NDArray[np.float32]]) -> None:
        """Token vectors (tokens, dimension) of the next passages."""
        for tokens in passages:
            self._dimension = tokens.shape[1]
            self._file.write(np.round(tokens * SCALE).astype(np.int8).tobytes())
            self._offsets.append(self._offsets[-1] + len(tokens))

    def finish(self) -> None:
        """Put the file in its place, in one step."""
        padding = -self._offsets[-1] * self._dimension % 8
        self._file.write(b"\0" * padding)
        self._file.write(np.array(self._offsets, np.int64).tobytes())
        self._file.write(struct.pack("<qq", len(self._offsets), self._dimension))
        self._file.close()
        self._scratch.replace(self._path)

    def abandon(self) -> None:
        """Drop what was not finished; nothing happens after :meth:`finish`."""
        self._file.close()
        self._scratch.unlink(missing_ok=True)
