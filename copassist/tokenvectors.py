"""All that the embedding model made of a version: vectors of tokens, sentences and passages.

One file a version, memory-mapped, written beside its place, made safe on disk and renamed into
it: it is whole or not there, whatever was killed when. Token vectors are what late interaction
reads. MaxSim (Khattab and Zaharia 2020, ColBERT): for each token of the question its best cosine
among a passage's tokens; the mean of these is the passage's score. ``tokencodec.py`` says how
they are kept. Sentence vectors, which choose what is quoted, are kept the same way, unpooled.
Passage vectors are searched in Chroma; here they are kept so that Chroma's files, which a kill can
spoil, are made again in seconds and without the model.

A file holds, first for the tokens and then for the sentences: codes of each, scales of each, means
of every passage, their scales, where each passage's begin; then the vector of each passage, and a
footer that gives the numbers.
"""

from __future__ import annotations

import os
import struct
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from copassist.errors import LibraryDamagedError, LibraryUnwritableError
from copassist.passages import Key
from copassist.tokencodec import (
    Bytes,
    Encoded,
    Floats,
    bytes_a_token,
    max_similarities,
    similarities,
)

SUFFIX: Final = ".tok"
FOOTER: Final = struct.Struct("<4sIQQQ")
"""Magic, dimension, passages, tokens, sentences; little-endian, like everything before it."""
MAGIC: Final = b"CTV3"
EARLIER: Final = struct.Struct("<4sIQQ")
"""The footer of files that had no sentences; they are read all the same."""
EARLIER_MAGIC: Final = b"CTV2"
SCRATCH: Final = ".part-"
"""How the names of files still being written begin."""
OPEN_FILES: Final = 8192
"""Maps kept between searches. A map holds no file open, and its pages are the system's to drop;
Linux allows 65,530 maps a process."""


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """What is kept of one passage; ``vector`` is (dimension,), of length 1."""

    vector: Floats
    tokens: Encoded
    sentences: Encoded


@dataclass(frozen=True, slots=True)
class _Packed:
    """The tokens of every passage of a version, or the sentences, as views of its file's map."""

    codes: Bytes
    scales: NDArray[np.float16]
    means: NDArray[np.int8]
    mean_scales: Floats
    offsets: NDArray[np.int64]

    def of(self, number: int) -> slice:
        """Where those of a passage stand."""
        return slice(int(self.offsets[number]), int(self.offsets[number + 1]))

    def count(self, number: int) -> int:
        return int(self.offsets[number + 1] - self.offsets[number])


@dataclass(frozen=True, slots=True)
class _File:
    """One version's file."""

    tokens: _Packed
    sentences: _Packed | None
    vectors: Floats

    @property
    def dimension(self) -> int:
        return int(self.vectors.shape[1])

    def holds(self, number: int) -> bool:
        return 0 <= number < len(self.vectors)


class TokenVectors:
    """A folder of compressed vectors. Thread-safe; other processes may write to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._map = lru_cache(maxsize=OPEN_FILES)(_open)

    def writer(self, version: str) -> TokenWriter:
        """Write one version's passages in order, a batch at a time."""
        return TokenWriter(self._path(version))

    def similarities(self, question: Floats, keys: Sequence[Key]) -> Floats:
        """Best cosine of every question token in each passage: (passages, tokens).

        Their mean is MaxSim. NaN where no vectors are kept; a passage without tokens is as far
        from everything as can be: 0. Raises :class:`LibraryDamagedError` for a file that is not
        what it should be.
        """
        found = np.full((len(keys), len(question)), np.nan, np.float32)
        known = self._known(keys, question)
        found[[place for place, _, _ in known]] = 0
        full = [(place, file.tokens, n) for place, file, n in known if file.tokens.count(n)]
        if full and len(question):
            gathered = _gathered([(tokens, number) for _, tokens, number in full])
            found[[place for place, _, _ in full]] = max_similarities(question, *gathered)
        return found

    def sentence_similarities(self, question: Floats, keys: Sequence[Key]) -> list[Floats | None]:
        """Cosine of a question's vector (dimension,) with every sentence of each passage.

        ``None`` where no sentences are kept. Raises :class:`LibraryDamagedError` as above.
        """
        found = self._each_sentence(question[None], keys)
        return [None if its is None else its[:, 0] for its in found]

    def standing_out(self, question: Floats, keys: Sequence[Key]) -> Floats:
        """How much closer to a question's vector (dimension,) each passage's best sentence comes
        than the whole passage: (passages,), in cosines.

        NaN where no sentences are kept, or a passage has none. Raises
        :class:`LibraryDamagedError` as above.
        """
        found = np.full(len(keys), np.nan, np.float32)
        known = self._known(keys, question[None])
        full = _full(known)
        if full:
            gathered = _gathered([(sentences, number) for _, sentences, number in full])
            best = max_similarities(question[None], *gathered)[:, 0]
            whole = {place: file.vectors[number] for place, file, number in known}
            places = [place for place, _, _ in full]
            found[places] = best - np.stack([whole[place] for place in places]) @ question
        return found

    def sentence_vectors(self, keys: Sequence[Key]) -> list[Floats | None]:
        """The vectors of every sentence of each passage, (sentences, dimension), as near as they
        are kept; ``None`` where none are. Raises :class:`LibraryDamagedError` as above.
        """
        dimensions = {file.dimension for version, _ in keys if (file := self._file(version))}
        if len(dimensions) != 1:  # none yet, or while another model takes over
            return [None] * len(keys)
        return self._each_sentence(np.eye(dimensions.pop(), dtype=np.float32), keys)

    def _each_sentence(self, against: Floats, keys: Sequence[Key]) -> list[Floats | None]:
        """Inner products of every sentence of each passage with the rows of ``against``:
        (sentences, rows)."""
        found: list[Floats | None] = [None] * len(keys)
        known = [one for one in self._known(keys, against) if one[1].sentences is not None]
        for place, _, _ in known:
            found[place] = np.zeros((0, len(against)), np.float32)
        full = _full(known)
        if full:
            gathered = _gathered([(sentences, number) for _, sentences, number in full])
            products = similarities(against, *gathered)
            own = np.split(products, np.cumsum(gathered[-1])[:-1])
            for (place, _, _), its in zip(full, own, strict=True):
                found[place] = its
        return found

    def _known(self, keys: Sequence[Key], question: Floats) -> list[tuple[int, _File, int]]:
        """Place among ``keys``, file and number of each passage kept by this question's model."""
        files = {version: self._file(version) for version in {version for version, _ in keys}}
        return [
            (place, file, number)
            for place, (version, number) in enumerate(keys)
            if (file := files[version]) is not None
            and file.dimension == question.shape[1]
            and file.holds(number)
        ]

    def vectors(self, version: str) -> Floats | None:
        """The passages' unit vectors (passages, dimension), if they are kept here.

        Raises :class:`LibraryDamagedError` for a file that is not what it should be.
        """
        file = self._file(version)
        return None if file is None else np.array(file.vectors)

    def passage_vectors(self, keys: Sequence[Key]) -> dict[Key, Floats]:
        """The unit vectors of those of ``keys`` that are kept here; raises as above."""
        files = {version: self._file(version) for version in {version for version, _ in keys}}
        return {
            (version, number): np.array(file.vectors[number])
            for version, number in keys
            if (file := files[version]) is not None and file.holds(number)
        }

    def holds(self, version: str, passages: int) -> bool:
        """Whether that many passages of a version are kept; raises as above."""
        file = self._file(version)
        return file is not None and len(file.vectors) == passages

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

    def _file(self, version: str) -> _File | None:
        name = self._name(version)
        try:
            # Some 150 files a question, twice: with a Path for each it took 6 ms more.
            seen = os.stat(name)  # noqa: PTH116
            # A file made again (other model) is another file under the same name.
            return self._map(name, seen.st_ino, seen.st_mtime_ns)
        except FileNotFoundError:  # perhaps swept away since it was seen
            return None

    def _name(self, version: str) -> str:
        return f"{self._folder}{os.sep}{version}{SUFFIX}"

    def _path(self, version: str) -> Path:
        return Path(self._name(version))


def _full(known: Sequence[tuple[int, _File, int]]) -> list[tuple[int, _Packed, int]]:
    """Of the passages known, those of which sentences are kept: place, sentences, number."""
    return [
        (place, file.sentences, number)
        for place, file, number in known
        if file.sentences is not None and file.sentences.count(number)
    ]


def _gathered(
    passages: Sequence[tuple[_Packed, int]],
) -> tuple[Bytes, NDArray[np.float16], Floats, NDArray[np.int64]]:
    """Codes, scales, means and counts of several passages, as the codec wants them."""
    means = np.stack([packed.means[number] for packed, number in passages]).astype(np.float32)
    means *= np.array([[packed.mean_scales[number]] for packed, number in passages], np.float32)
    return (
        np.concatenate([packed.codes[packed.of(number)] for packed, number in passages]),
        np.concatenate([packed.scales[packed.of(number)] for packed, number in passages]),
        means,
        np.array([packed.count(number) for packed, number in passages], np.int64),
    )


def _open(name: str, inode: int, changed: int) -> _File:  # noqa: ARG001 (they key the cache)
    path = Path(name)
    if path.stat().st_size < EARLIER.size:
        raise LibraryDamagedError(path=path, problem="size")
    with path.open("rb") as file:
        whole = np.frombuffer(mmap(file.fileno(), 0, access=ACCESS_READ), np.uint8)
    footer = FOOTER if bytes(whole[-FOOTER.size :][:4]) == MAGIC else EARLIER
    magic, dimension, passages, *counts = footer.unpack(bytes(whole[-footer.size :]))
    sizes = [size for count in counts for size in _sizes(dimension, passages, count)]
    sizes.append(passages * dimension * 4)
    if magic not in (MAGIC, EARLIER_MAGIC) or sum(sizes) + footer.size != len(whole):
        raise LibraryDamagedError(path=path, problem=str(magic))
    ends = np.cumsum(sizes).tolist()
    parts = [whole[end - size : end] for end, size in zip(ends, sizes, strict=True)]
    tokens, *sentences = (
        _packed(parts[5 * place : 5 * place + 5], dimension, passages, count)
        for place, count in enumerate(counts)
    )
    vectors = parts[-1].view("<f4").reshape(passages, dimension)
    return _File(tokens, sentences[0] if sentences else None, vectors)


def _sizes(dimension: int, passages: int, count: int) -> tuple[int, ...]:
    """Bytes of the five parts of ``count`` tokens or sentences."""
    return (
        count * bytes_a_token(dimension),
        count * 2,
        passages * dimension,
        passages * 4,
        (passages + 1) * 8,
    )


def _packed(parts: Sequence[Bytes], dimension: int, passages: int, count: int) -> _Packed:
    codes, scales, means, mean_scales, offsets = parts
    return _Packed(
        codes=codes.reshape(count, bytes_a_token(dimension)),
        scales=scales.view("<f2"),
        means=means.view(np.int8).reshape(passages, dimension),
        mean_scales=mean_scales.view("<f4"),
        offsets=offsets.view("<i8"),
    )


class _Pack:
    """The tokens of every passage, or the sentences, as they come; codes are the caller's."""

    def __init__(self) -> None:
        self._offsets = [0]
        self._scales: list[NDArray[np.float16]] = []
        self._means: list[NDArray[np.int8]] = []
        self._mean_scales: list[np.float32] = []

    def __len__(self) -> int:
        """How many tokens, or sentences."""
        return self._offsets[-1]

    def add(self, encoded: Encoded) -> bytes:
        """The next passage's; gives its codes."""
        self._offsets.append(len(self) + len(encoded.codes))
        self._scales.append(encoded.scales)
        self._means.append(encoded.mean)
        self._mean_scales.append(encoded.mean_scale)
        return encoded.codes.tobytes()

    def rest(self) -> Iterator[bytes]:
        """What stands after the codes."""
        yield from (part.tobytes() for part in self._scales)
        yield from (part.tobytes() for part in self._means)
        yield np.array(self._mean_scales, "<f4").tobytes()
        yield np.array(self._offsets, "<i8").tobytes()


class TokenWriter:
    """One passage after the other; the file is there only once finished.

    Raises :class:`LibraryUnwritableError` where nothing can be written, or the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with _translated(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=SCRATCH)
        self._file = os.fdopen(handle, "wb")
        self._scratch = Path(name)
        self._tokens, self._sentences = _Pack(), _Pack()
        self._sentence_codes: list[bytes] = []
        self._vectors: list[Floats] = []

    def add(self, passages: Sequence[PassageVectors]) -> None:
        """The next passages. Token codes go to disk at once; the rest is a kilobyte a passage."""
        for made in passages:
            with _translated(self._path.parent):
                self._file.write(self._tokens.add(made.tokens))
            self._sentence_codes.append(self._sentences.add(made.sentences))
            self._vectors.append(made.vector)

    def finish(self) -> Floats:
        """Put the file in its place, in one step, once it is safe on disk.

        Gives the passages' vectors (passages, dimension).
        """
        passages = len(self._vectors)
        dimension = len(self._vectors[0]) if passages else 0
        counts = len(self._tokens), len(self._sentences)
        with _translated(self._path.parent):
            self._file.writelines(self._tokens.rest())
            self._file.writelines(self._sentence_codes)
            self._file.writelines(self._sentences.rest())
            self._file.writelines(vector.astype("<f4").tobytes() for vector in self._vectors)
            self._file.write(FOOTER.pack(MAGIC, dimension, passages, *counts))
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._scratch.replace(self._path)
        return np.array(self._vectors, np.float32).reshape(passages, dimension)

    def abandon(self) -> None:
        """Drop what was not finished; nothing happens after :meth:`finish`."""
        with suppress(OSError):  # closing writes what is left, for which a full disk has no room
            self._file.close()
        self._scratch.unlink(missing_ok=True)


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """What the system says while a file of ``folder`` is written, in our words."""
    try:
        yield
    except OSError as error:
        raise LibraryUnwritableError(path=folder) from error
