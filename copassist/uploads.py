"""Files given to the page: taken in behind it, one batch after another, and found again later.

A batch belongs to no browser window: it goes on when the window closes, and whoever opens the
page next sees how far it is. What reads the files is handed in (``Ingest``): this package does
not import the one that parses.
"""

from __future__ import annotations

import itertools
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Final, Literal, NamedTuple, Protocol

from copassist.errors import CopassistError
from copassist.scratch import scratch_folder

BATCH: Final = "batch-"
ARRIVALS: Final = "browser-"
"""How the names of folders begin: of a batch, and of what the browser is sending."""
KEPT: Final = 20
"""Batches remembered, for the person who comes back to see what happened."""


class Stage(NamedTuple):
    """What is being counted: files read, then passages whose vectors are made."""

    counted: Literal["files", "passages"]
    done: int
    total: int


class Progress(Protocol):
    """How far a batch is."""

    @property
    def stage(self) -> Stage: ...
    @property
    def name(self) -> str:
        """The file just finished."""


class Report(Protocol):
    """What became of each file, as the command-line contract writes it."""

    def to_dict(self, language: str) -> dict[str, Any]: ...


Ingest = Callable[
    [Sequence[Path], Mapping[str, str], Callable[[Progress], None], threading.Event], Report
]
"""(paths, options ``kind`` and ``level``, progress, cancelled) -> report."""


@dataclass(frozen=True, slots=True)
class Given:
    """A file as a browser sent it: where it lies, and what the person calls it."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Files given together, and how far they are."""

    id: int
    names: tuple[str, ...]
    person: str = ""
    """Whose browser gave it: the others need not know what became of it."""
    progress: Progress | None = None
    report: Report | None = None
    error: CopassistError | None = None
    cancelled: bool = False

    @property
    def running(self) -> bool:
        """Whether there is more to come."""
        return self.report is None and self.error is None


class Uploads:
    """Takes batches in, in turn."""

    def __init__(self, ingest: Ingest, folder: Path) -> None:
        self._ingest = ingest
        self._folder = folder
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._batches: dict[int, Batch] = {}
        self._stops: dict[int, threading.Event] = {}
        self._runs: dict[int, Future[None]] = {}
        self._places: dict[int, ExitStack] = {}
        self._own = ExitStack()
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="uploads")

    def close(self) -> None:
        """Stop after the file under way."""
        for stop in list(self._stops.values()):
            stop.set()
        self._executor.shutdown(wait=True, cancel_futures=True)
        for place in list(self._places.values()):
            place.close()
        self._own.close()

    @cached_property
    def arrivals(self) -> Path:
        """A folder of this process for files on their way from the browser, until :meth:`add`."""
        return self._own.enter_context(scratch_folder(self._folder, ARRIVALS))

    def add(
        self, files: Sequence[Given], options: Mapping[str, str] | None = None, person: str = ""
    ) -> Batch:
        """Take files in behind the page. They are moved: nothing stays where they were sent."""
        with ExitStack() as moving:  # takes the folder away again if a file cannot be moved
            place = moving.enter_context(scratch_folder(self._folder, BATCH))
            names = [_moved(file, place) for file in files]
            kept = moving.pop_all()
        with self._lock:
            batch = Batch(next(self._numbers), tuple(names), person)
            self._batches[batch.id] = batch
            self._stops[batch.id] = threading.Event()
            self._places[batch.id] = kept
            for old in list(self._batches)[:-KEPT]:
                if not self._batches[old].running:
                    del self._batches[old]
        run = self._executor.submit(self._run, batch.id, place, dict(options or {}))
        self._runs[batch.id] = run
        run.add_done_callback(lambda _: self._runs.pop(batch.id, None))
        return batch

    def wait(self, batch: int, seconds: float | None = None) -> None:
        """Until a batch is in; raises ``TimeoutError`` once ``seconds`` have passed."""
        run = self._runs.get(batch)
        if run is not None:
            run.result(seconds)

    def cancel(self, batch: int) -> None:
        """Stop a batch after the file under way; what is in stays in.

        One that has ended, or that is no longer remembered, stays as it was.
        """
        with self._lock:
            known = self._batches.get(batch)
            if known is not None and known.running:
                self._stops[batch].set()
                self._batches[batch] = replace(known, cancelled=True)

    def get(self, batch: int) -> Batch | None:
        with self._lock:
            return self._batches.get(batch)

    def latest(self, person: str = "") -> Batch | None:
        """The batch under way, whoever gave it, else the person's one that ended last."""
        with self._lock:
            batches = list(self._batches.values())
        running = [batch for batch in batches if batch.running]
        own = [batch for batch in batches if batch.person == person]
        return next(iter(running or own[-1:]), None)

    def _run(self, number: int, place: Path, options: Mapping[str, str]) -> None:
        def tell(progress: Progress) -> None:
            self._change(number, progress=progress)

        try:
            report = self._ingest([place], options, tell, self._stops[number])
            self._change(number, report=report)
        except CopassistError as error:
            self._change(number, error=error)
        except BaseException:
            # A defect of ours: the page must not say "under way" for ever.
            self._change(number, error=CopassistError())
            raise
        finally:
            self._stops.pop(number)
            self._places.pop(number).close()

    def _change(self, number: int, **changes: Any) -> None:
        with self._lock:
            self._batches[number] = replace(self._batches[number], **changes)


def _moved(file: Given, place: Path) -> str:
    """Move ``file`` below ``place`` under its own name, cleaned of anything that leads outside.

    Where another file has that name, it gets a number, as browsers give it: "mars (2).md".
    """
    parts = [
        part for part in PurePosixPath(file.name.replace("\\", "/")).parts if part.strip("./ ")
    ]
    name = "/".join(part.replace("\0", "") for part in parts) or "document"
    wanted = target = place / name
    for number in itertools.count(2):
        if not target.exists():
            break
        target = wanted.with_stem(f"{wanted.stem} ({number})")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(file.path, target)
    return target.relative_to(place).as_posix()
