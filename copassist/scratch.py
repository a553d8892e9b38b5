"""Temporary folders, each owned by a process: what a killed one leaves is swept by the next.

Copies of people's files lie there (members of archives, files given to the page), so they are
kept inside the library and never in the system's folder for temporary files, and they do not
outlive their owner for long. Beside each folder stands a lock that its process holds as long as
it lives: a folder whose lock can be had has lost its owner.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

from filelock import FileLock, Timeout

from copassist.errors import LibraryUnwritableError

SCRATCH: Final = "scratch"
UPLOADS: Final = "uploads"
"""Subfolders of a library that hold such folders: for documents unpacked, for files given to the
page."""
LOCK: Final = ".lock"


@contextmanager
def scratch_folder(parent: Path, prefix: str = "") -> Iterator[Path]:
    """An empty folder below ``parent`` that is gone afterwards.

    Raises :class:`LibraryUnwritableError` when it cannot be made.
    """
    folder = parent / f"{prefix}{uuid4().hex[:12]}"
    lock = FileLock(_lock(folder), thread_local=False)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()  # before the folder is there: one without an owner may be swept at once
        folder.mkdir()
    except OSError as error:
        raise LibraryUnwritableError(path=parent) from error
    try:
        yield folder
    finally:
        _remove(folder, lock)


def sweep(parent: Path, prefix: str = "") -> int:
    """Remove the folders below ``parent`` whose process is gone; gives how many there were."""
    swept = 0
    for lost in list(parent.glob(f"{prefix}*{LOCK}")):
        folder = lost.with_name(lost.name.removesuffix(LOCK))
        lock = FileLock(lost, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        _remove(folder, lock)
        swept += 1
    return swept


def _remove(folder: Path, lock: FileLock) -> None:
    """The folder, then its lock: killed in between, the lock still says that there is more."""
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        _lock(folder).unlink(missing_ok=True)
    lock.release()


def _lock(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}{LOCK}")
