"""The files themselves, kept by content so that a source can always be opened."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from copassist.errors import LibraryUnwritableError, MissingFileError

CHUNK: Final = 1 << 20
"""Bytes hashed or copied at a time."""


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def storable(name: str) -> str:
    """A file's name as text that a catalogue and a screen can take: where its bytes are no UTF-8,
    as on an old disk of Windows or Latin-1, what code page 1252 reads in them."""
    known = os.fsencode(name)
    try:
        return known.decode("utf-8")
    except UnicodeDecodeError:
        return known.decode("cp1252", errors="replace")


class Originals:
    """A folder of files named by their SHA-256, in 256 subfolders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str, suffix: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}{suffix.lower()}"

    def add(self, source: Path, sha256: str) -> Path:
        """Keep a copy; written beside its place, made safe on disk and renamed, so that it is
        whole or not there, after a power cut too.
        """
        target = self.path(sha256, storable(source.suffix))
        if target.exists():
            return target
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, scratch = tempfile.mkstemp(dir=target.parent, prefix=".part-")
            with os.fdopen(handle, "wb") as out, source.open("rb") as data:
                shutil.copyfileobj(data, out, CHUNK)
                out.flush()
                os.fsync(out.fileno())
            Path(scratch).replace(target)
        except FileNotFoundError as error:
            raise MissingFileError(path=source) from error
        except OSError as error:  # no right to write here, or no room
            raise LibraryUnwritableError(path=self.folder) from error
        return target

    def remove(self, sha256: str, suffix: str) -> None:
        self.path(sha256, suffix).unlink(missing_ok=True)

    def all(self) -> Iterator[Path]:
        """Every file kept, half-written copies included."""
        if self.folder.is_dir():
            yield from (path for path in self.folder.glob("*/*") if path.is_file())

    def intact(self, sha256: str, suffix: str) -> bool:
        """Whether the file is there with the bytes its name says."""
        path = self.path(sha256, suffix)
        return path.is_file() and sha256_of(path) == sha256
