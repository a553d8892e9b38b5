"""All that the embedding model made of a version: token vectors, and its passages' own vectors.

One file a version, memory-mapped, written beside its place, made safe on disk and renamed into
it: it is whole or not there, whatever was killed when. Token vectors are what late interaction
reads. MaxSim (Khattab and Zaharia 2020, ColBERT): for each token of the question its best cosine
among a passage's tokens; the mean of these is the passage's score. ``tokencodec.py`` says how
they are kept. Passage vectors are searched in Chroma; here they are kept so that Chroma's files,
which a kill can spoil, are made again in seconds and without the model.

A file holds, one after the other: codes of every token, scales of every token, means of every
passage, their scales, where each passage's tokens begin, the vector of each passage; then a
footer that gives the numbers.
"""

from __future__ import annotations

import os
import struct
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from copassist.errors import LibraryDamagedError
from copassist.lexical import Key
from copassist.tokencodec import Bytes, Encoded, Floats, bytes_a_token, max_similarities

SUFFIX: Final = ".tok"
FOOTER: Final = struct.Struct("<4sIQQ")
"""Magic, dimension, passages, tokens; little-endian, like everything before it."""
MAGIC: Final = b"CTV2"
WITHOUT_VECTORS: Final = b"CTV1"
"""The magic of the first files, which had no passage vectors."""
SCRATCH: Final = ".part-"
"""How the names of files still being written begin."""
OPEN_FILES: Final = 8192
"""Maps kept between searches. A map holds no file open, and its pages are the system's to drop;
Linux allows 65,530 maps a process."""


@dataclass(frozen=True, slots=True)
class _File:
    """One version's file, as views of its map."""

    codes: Bytes
    scales: NDArray[np.float16]
    means: NDArray[np.int8]
    mean_scales: Floats
    offsets: NDArray[np.int64]
    vectors: Floats | None

    @property
    def dimension(self) -> int:
        return int(self.means.shape[1])

    def holds(self, number: int) -> bool:
        return 0 <= number < len(self.offsets) - 1

    def tokens(self, number: int) -> slice:
        return slice(int(self.offsets[number]), int(self.offsets[number + 1]))


class TokenVectors:
    """A folder of compressed token vectors. Thread-safe; other processes may write to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._map = lru_cache(maxsize=OPEN_FILES)(_open)

    def writer(self, version: str) -> TokenWriter:
        """Write one version's passages in order, a batch at a time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return TokenWriter(self._path(version))

    def similarities(self, question: Floats, keys: Sequence[Key]) -> Floats:
        """Best cosine of every question token in each passage: (passages, tokens).

        Their mean is MaxSim. NaN where no vectors are kept; a passage without tokens is as far
        from everything as can be: 0. Raises :class:`LibraryDamagedError` for a file that is not
        what it should be.
        """
        found = np.full((len(keys), len(question)), np.nan, np.float32)
        files = {version: self._file(version) for version in {version for version, _ in keys}}
        known = [
            (place, file, number)
            for place, (version, number) in enumerate(keys)
            if (file := files[version]) is not None
            and file.dimension == question.shape[1]
            and file.holds(number)
        ]
        full = [(place, file, number) for place, file, number in known if _count(file, number)]
        found[[place for place, _, _ in known]] = 0
        if full and len(question):
            places = [place for place, _, _ in full]
            found[places] = _similarities(question, [(file, number) for _, file, number in full])
        return found

    def vectors(self, version: str) -> Floats | None:
        """The passages' unit vectors (passages, dimension), if they are kept here.

        Raises :class:`LibraryDamagedError` for a file that is not what it should be.
        """
        file = self._file(version)
        return None if file is None or file.vectors is None else np.array(file.vectors)

    def holds(self, version: str, passages: int) -> bool:
        """Whether that many passages of a version are kept; raises as above."""
        file = self._file(version)
        return file is not None and len(file.means) == passages

    def remove(self, version: str) -> None:
        """Delete a version's file; nothing happens if there is none."""
        self._path(version).unlink(missing_ok=True)
        self._map.cache_clear()

    def remove_unfinished(self) -> None:
        """Delete what a killed writer left; only while nobody else writes."""
        for path in self._folder.glob(f"{SCRATCH}*"):
            path.unlink(missing_ok=True)

    def versions(self) -> list[str]:
        """Every version that has token vectors."""
        return sorted(path.stem for path in self._folder.glob(f"*{SUFFIX}"))

    def bytes(self) -> int:
        """Room taken on disk."""
        return sum(path.stat().st_size for path in self._folder.glob(f"*{SUFFIX}"))

    def _file(self, version: str) -> _File | None:
        path = self._path(version)
        try:
            seen = path.stat()
        except FileNotFoundError:
            return None
        # A file made again (other model) is another file under the same name.
        return self._map(path, seen.st_ino, seen.st_mtime_ns)

    def _path(self, version: str) -> Path:
        return self._folder / f"{version}{SUFFIX}"


def _count(file: _File, number: int) -> int:
    return int(file.offsets[number + 1] - file.offsets[number])


def _similarities(question: Floats, passages: Sequence[tuple[_File, int]]) -> Floats:
    codes = np.concatenate([file.codes[file.tokens(number)] for file, number in passages])
    scales = np.concatenate([file.scales[file.tokens(number)] for file, number in passages])
    means = np.stack([file.means[number] for file, number in passages]).astype(np.float32)
    means *= np.array([[file.mean_scales[number]] for file, number in passages], np.float32)
    counts = np.array([_count(file, number) for file, number in passages], np.int64)
    return max_similarities(question, codes, scales, means, counts)


def _open(path: Path, inode: int, changed: int) -> _File:  # noqa: ARG001 (they key the cache)
    if path.stat().st_size < FOOTER.size:
        raise LibraryDamagedError(path=path, problem="size")
    with path.open("rb") as file:
        whole = np.frombuffer(mmap(file.fileno(), 0, access=ACCESS_READ), np.uint8)
    magic, dimension, passages, tokens = FOOTER.unpack(bytes(whole[-FOOTER.size :]))
    sizes = (
        tokens * bytes_a_token(dimension),
        tokens * 2,
        passages * dimension,
        passages * 4,
        (passages + 1) * 8,
        passages * dimension * 4 if magic == MAGIC else 0,
    )
    if magic not in (MAGIC, WITHOUT_VECTORS) or sum(sizes) + FOOTER.size != len(whole):
        raise LibraryDamagedError(path=path, problem=str(magic))
    ends = np.cumsum(sizes).tolist()
    parts = [whole[end - size : end] for end, size in zip(ends, sizes, strict=True)]
    return _File(
        codes=parts[0].reshape(tokens, bytes_a_token(dimension)),
        scales=parts[1].view("<f2"),
        means=parts[2].view(np.int8).reshape(passages, dimension),
        mean_scales=parts[3].view("<f4"),
        offsets=parts[4].view("<i8"),
        vectors=parts[5].view("<f4").reshape(passages, dimension) if magic == MAGIC else None,
    )


class TokenWriter:
    """Tokens one passage after the other; the file is there only once finished."""

    def __init__(self, path: Path) -> None:
        self._path = path
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=SCRATCH)
        self._file = os.fdopen(handle, "wb")
        self._scratch = Path(name)
        self._offsets = [0]
        self._scales: list[NDArray[np.float16]] = []
        self._means: list[NDArray[np.int8]] = []
        self._mean_scales: list[np.float32] = []
        self._vectors: list[Floats] = []

    def add(self, passages: Sequence[Encoded], vectors: Sequence[Floats]) -> None:
        """The next passages: their token vectors, compressed, and their own (dimension,)."""
        for encoded, vector in zip(passages, vectors, strict=True):
            self._file.write(encoded.codes.tobytes())
            self._offsets.append(self._offsets[-1] + len(encoded.codes))
            self._scales.append(encoded.scales)
            self._means.append(encoded.mean)
            self._mean_scales.append(encoded.mean_scale)
            self._vectors.append(vector)

    def finish(self) -> Floats:
        """Put the file in its place, in one step, once it is safe on disk.

        Gives the passages' vectors (passages, dimension).
        """
        dimension = len(self._means[0]) if self._means else 0
        self._file.writelines(part.tobytes() for part in self._scales)
        self._file.writelines(part.tobytes() for part in self._means)
        self._file.write(np.array(self._mean_scales, "<f4").tobytes())
        self._file.write(np.array(self._offsets, "<i8").tobytes())
        self._file.writelines(vector.astype("<f4").tobytes() for vector in self._vectors)
        self._file.write(FOOTER.pack(MAGIC, dimension, len(self._means), self._offsets[-1]))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._scratch.replace(self._path)
        return np.array(self._vectors, np.float32).reshape(len(self._vectors), dimension)

    def abandon(self) -> None:
        """Drop what was not finished; nothing happens after :meth:`finish`."""
        self._file.close()
        self._scratch.unlink(missing_ok=True)
