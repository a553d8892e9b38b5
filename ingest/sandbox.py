"""Parsing apart: worker processes with a time limit, a memory limit and no way out.

A bomb, a hang or a crash in a parser takes its worker down and nothing else: the worker is
killed with whatever it started, replaced, and only that file fails. Workers are plain
``python -m ingest.worker`` processes rather than ``multiprocessing`` ones, which would import the
caller's main module again (for the page: all of Gradio).
"""

from __future__ import annotations

import os
import pickle
import queue
import shutil
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple, Self

from langchain_core.documents import Document

from copassist.errors import (
    CopassistError,
    DamagedFileError,
    LibraryUnwritableError,
    MissingFileError,
    TooLargeError,
    TooSlowError,
    UnreadableError,
)
from copassist.scratch import SCRATCH, scratch_folder

if TYPE_CHECKING:
    from types import TracebackType

    from copassist.settings import Settings

COMMAND: Final = (sys.executable, "-m", "ingest.worker")
"""What starts a worker; the tests give one whose parsers misbehave."""
_LENGTH: Final = struct.Struct("<Q")
LOOK_AHEAD: Final = 4
"""Finished files a worker may be ahead of its consumer: enough to hide one slow batch of
vectors, few enough that memory stays at a handful of documents."""
LAST_WORDS_SECONDS: Final = 2.0
"""How long a worker that stopped answering has to end by itself, and so to say why."""
WORKER_FILES: Final = 400
"""A worker is replaced after this many files, so that no library's leak adds up."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to parse: where it is, the name people know it by, and how deep it was packed."""

    path: Path
    name: str
    depth: int = 0
    error: UnreadableError | None = None
    """Why what it was packed in could not give it."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """All that one file gave.

    ``sections`` carry ``locator`` and ``unit`` in their metadata. ``members`` are documents it
    holds (an archive's files, a mail's attachments), there until the sandbox is closed.
    """

    source: Source
    sections: tuple[Document, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    members: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: ``parsed``, or the ``error`` that says why not."""

    source: Source
    parsed: Parsed | None = None
    error: UnreadableError | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is asked. ``scratch`` is the only folder it may write to."""

    path: str
    name: str
    scratch: str
    depth: int
    file_bytes: int
    seconds: float


class Packed(NamedTuple):
    """A document inside the one that was parsed."""

    name: str
    path: str
    error: UnreadableError | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What it answers; sections as plain pairs, which pickle in a tenth of the time."""

    sections: tuple[tuple[str, dict[str, Any]], ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    members: tuple[Packed, ...] = ()
    error: UnreadableError | None = None
    leave: bool = False
    """The worker has grown and asks to be replaced."""


def send(stream: IO[bytes], message: object) -> None:
    """Write one message: its length, then the pickle."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one message; raises ``EOFError`` when the other side is gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (size,) = _LENGTH.unpack(head)
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return pickle.loads(data)


class Worker:
    """One parsing process, started on first use and again after it was killed."""

    def __init__(self, settings: Settings, command: Sequence[str] = COMMAND) -> None:
        self._settings = settings
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._files = 0
        self._lock = threading.Lock()

    def run(self, task: Task) -> Reply:
        """Have ``task`` done. A hung or dead worker becomes the error of its file."""
        process = self._started()
        late = threading.Event()

        def stop() -> None:
            late.set()
            self._kill(process)

        timer = threading.Timer(task.seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            send(process.stdin, task)
            reply = receive(process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError):
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=LAST_WORDS_SECONDS)
            code = process.poll()
            self.close()
            return Reply(error=_death(task, late.is_set(), code))
        finally:
            timer.cancel()
        self._files += 1
        assert isinstance(reply, Reply)
        if late.is_set() or reply.leave or self._files >= WORKER_FILES:  # late: killed all the same
            self.close()
        return reply

    def close(self) -> None:
        """Kill the process and what it started; a later :meth:`run` starts another."""
        with self._lock:
            process, self._process, self._files = self._process, None, 0
        if process is not None:
            self._kill(process)
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()

    def _started(self) -> subprocess.Popen[bytes]:
        """The running process, or a new one that has loaded what it needs.

        Its start is not on the clock of the first file. Raises :class:`CopassistError` when it
        cannot start at all: then it is the installation that is broken, and not a file.
        """
        with self._lock:
            if self._process is not None:
                return self._process
            process = self._process = self._launch()
        try:
            assert process.stdout is not None
            receive(process.stdout)
        except (EOFError, OSError) as error:
            if self._process is None:  # closed meanwhile, not broken
                return process
            self.close()
            raise CopassistError from error
        return process

    def _launch(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*self._command, str(self._settings.parse_megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parents[1],
            env=os.environ | {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1"},
            start_new_session=True,  # so that it and its children can be killed as one
        )

    @staticmethod
    def _kill(process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            with suppress(ProcessLookupError, PermissionError):
                if hasattr(os, "killpg"):
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()


def _death(task: Task, late: bool, code: int | None) -> UnreadableError:
    if late or code == -getattr(signal, "SIGXCPU", 24):  # the worker's own limit, see worker.py
        return TooSlowError(path=task.name, seconds=f"{task.seconds:g}")
    if code in {-signal.SIGABRT, -getattr(signal, "SIGKILL", 9)}:
        # What C libraries and the system do when memory runs out; no exception is left to tell.
        return TooLargeError(path=task.name, limit="memory")
    return DamagedFileError(path=task.name, problem="crashed", detail=f"status {code}")


class Sandbox:
    """A set of workers and their scratch folder, inside the library. Use it as a context manager.

    ``workers`` beyond one only help where parsing, and not embedding, is what takes the time.
    """

    def __init__(
        self, settings: Settings, workers: int = 1, command: Sequence[str] = COMMAND
    ) -> None:
        self._settings = settings
        self._workers = [Worker(settings, command) for _ in range(workers)]
        self._idle: queue.Queue[Worker] = queue.Queue()
        for worker in self._workers:
            self._idle.put(worker)
        self._left = ExitStack()
        self._scratch = self._left.enter_context(scratch_folder(settings.library / SCRATCH))
        self._number = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill the workers and remove the scratch folder, members included."""
        for worker in self._workers:
            worker.close()
        self._left.close()

    def parse(self, path: Path, name: str | None = None, depth: int = 0) -> Parsed:
        """Parse one file in a free worker; raises the leaf of ``UnreadableError`` it earned."""
        outcome = self.outcome(Source(path, name or path.name, depth))
        if outcome.error is not None:
            raise outcome.error
        assert outcome.parsed is not None
        return outcome.parsed

    def outcome(self, source: Source) -> Outcome:
        """Parse one file; never raises for the file's sake."""
        worker = self._idle.get()
        try:
            return self._run(worker, source)
        finally:
            self._idle.put(worker)

    def parse_many(self, sources: Iterable[Source]) -> Iterator[Outcome]:
        """Outcomes in order of completion, at most :data:`LOOK_AHEAD` a worker ahead.

        ``sources`` is drawn from as workers become free, under a lock. Closing the generator
        abandons what is left.
        """
        pending, feed = iter(sources), threading.Lock()
        done: queue.Queue[Outcome | None] = queue.Queue(maxsize=LOOK_AHEAD * len(self._workers))
        stop, broken = threading.Event(), threading.Event()

        def put(item: Outcome | None) -> None:
            while not stop.is_set():
                with suppress(queue.Full):
                    done.put(item, timeout=0.2)
                    return

        def drive() -> None:
            broken_off = True
            try:
                while not stop.is_set():
                    with feed:
                        source = next(pending, None)
                    if source is None:
                        break
                    put(self.outcome(source))
                broken_off = False
            finally:
                if broken_off:
                    broken.set()
                put(None)

        with ThreadPoolExecutor(len(self._workers), "sandbox") as threads:
            drivers = [threads.submit(drive) for _ in self._workers]
            running = len(drivers)
            try:
                while running and not broken.is_set():
                    outcome = done.get()
                    if outcome is None:
                        running -= 1
                    else:
                        yield outcome
            finally:
                stop.set()
                if running:
                    for worker in self._workers:
                        worker.close()
        for driver in drivers:
            driver.result()  # what went wrong with the list of sources, and not with a file

    def _run(self, worker: Worker, source: Source) -> Outcome:
        settings = self._settings
        try:
            size = source.path.stat().st_size
        except OSError:
            return Outcome(source, error=MissingFileError(path=source.name))
        if size > settings.file_megabytes * 1_000_000:
            most = settings.file_megabytes
            error = TooLargeError(path=source.name, limit="megabytes", most=most)
            return Outcome(source, error=error)
        scratch = self._folder()
        reply = worker.run(
            Task(
                str(source.path.resolve()),
                source.name,
                str(scratch.resolve()),  # as above: a worker's own folder is another
                source.depth,
                settings.file_megabytes * 1_000_000,
                settings.parse_seconds,
            )
        )
        if not reply.members or reply.error:
            shutil.rmtree(scratch, ignore_errors=True)
        if reply.error is not None:
            return Outcome(source, error=reply.error)
        return Outcome(source, parsed=_parsed(source, reply))

    def _folder(self) -> Path:
        with self._lock:
            self._number += 1
            folder = self._scratch / f"{self._number:06}"
        try:
            folder.mkdir()
        except OSError as error:  # no room, and for the next file neither
            raise LibraryUnwritableError(path=self._scratch) from error
        return folder


def _parsed(source: Source, reply: Reply) -> Parsed:
    return Parsed(
        source=source,
        sections=tuple(
            Document(page_content=text, metadata=metadata) for text, metadata in reply.sections
        ),
        properties=reply.properties,
        notes=reply.notes,
        members=tuple(
            Source(Path(one.path), one.name, source.depth + 1, one.error) for one in reply.members
        ),
    )
