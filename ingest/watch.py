"""Following a folder: whatever changes in it is ingested once it has been quiet for a moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from copassist.errors import MissingFileError
from ingest.pipeline import is_litter

QUIET_SECONDS: Final = 2.0
"""Editors save in bursts (temporary file, rename, lock file): two seconds without any event is
past every burst seen with LibreOffice and vim."""


class _Changes(FileSystemEventHandler):
    """Tells that a record changed: no file that editors have for a moment, nor one of ``library``.

    Moved files count at both ends.
    """

    def __init__(self, changed: threading.Event, library: Path | None) -> None:
        self._changed = changed
        self._library = library

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.is_directory or event.event_type in ("opened", "closed_no_write"):
            return
        paths = (str(event.src_path), str(getattr(event, "dest_path", "") or ""))
        if any(path and self._is_record(Path(path).absolute()) for path in paths):
            self._changed.set()

    def _is_record(self, path: Path) -> bool:
        return not is_litter(path.name) and self._library not in path.parents


def watch(
    folders: list[Path],
    act: Callable[[], None],
    stop: threading.Event,
    quiet: float = QUIET_SECONDS,
    library: Path | None = None,
) -> None:
    """Call ``act`` now and after every burst of changes below ``folders``, until ``stop``.

    Changes of the ``library``'s own files, which ``act`` makes, are none.

    Raises :class:`~copassist.errors.MissingFileError` for a folder that does not exist.
    """
    for folder in folders:
        if not folder.exists():
            raise MissingFileError(path=folder)
    changed = threading.Event()
    observer = _observing(folders, _Changes(changed, library and library.absolute()), quiet)
    try:
        act()
        while not stop.is_set():
            if not changed.wait(timeout=quiet):
                continue
            while changed.is_set() and not stop.is_set():
                changed.clear()
                stop.wait(quiet)
            if not stop.is_set():
                act()
    finally:
        observer.stop()
        observer.join()


def _observing(folders: list[Path], changes: _Changes, quiet: float) -> BaseObserver:
    """An observer at work: by the system's notices, or where it has none left by looking.

    Linux gives each user so many notices (``fs.inotify.max_user_watches``), and an editor or a
    synchronised folder may hold them all.
    """
    observer: BaseObserver = Observer()
    try:
        return _started(observer, folders, changes)
    except OSError:
        observer.stop()
        return _started(PollingObserver(timeout=quiet), folders, changes)


def _started(observer: BaseObserver, folders: list[Path], changes: _Changes) -> BaseObserver:
    for folder in folders:
        observer.schedule(changes, str(folder), recursive=True)
    observer.start()
    return observer
