"""The process in which files are parsed: ``python -m ingest.worker MEGABYTES``.

Started by :mod:`ingest.sandbox`, it reads tasks from standard input and answers on standard
output until its input ends. It limits its own memory and processor time, and refuses sockets
and writing anywhere but in the scratch folder of the task at hand.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from langchain_core.documents.base import Blob

from copassist.errors import EmptyFileError, TooLargeError, UnreadableError
from ingest.filetypes import file_type, load_parser
from ingest.parsers.base import Container, Limits, source_of, translated
from ingest.sandbox import Packed, Reply, Task, receive, send

try:
    import resource
except ImportError:  # Windows: the time limit holds, the memory limit does not
    resource = None  # type: ignore[assignment]

GROWN: Final = 0.4
"""Share of the memory limit from which a worker is replaced after the file at hand."""
RECURSION: Final = 2_000
"""Deeper nesting than any document has; C stacks overflow well above it."""
MAX_DEPTH: Final = 3
"""Documents in documents: a file in a zip in a mail in a zip."""
PROGRAMS: Final = ("tesseract", "soffice", "libreoffice")
"""Programs a parser may start."""


class Guard:
    """An audit hook (PEP 578): no socket, no writing outside ``scratch``, no other program."""

    _WRITES: Final = frozenset(
        {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "os.truncate"}
    )

    _REFUSED: Final = frozenset(
        {"socket.connect", "socket.getaddrinfo", "socket.bind", "os.system", "os.exec", "os.fork"}
    )

    def __init__(self) -> None:
        self.scratch: str | None = None

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = args
            if isinstance(path, (str, bytes)) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                self._inside(path)
        elif event in self._WRITES:
            for path in args[:2]:
                if isinstance(path, (str, bytes)):
                    self._inside(path)
        elif event in self._REFUSED or (event == "subprocess.Popen" and not self._known(args[0])):
            raise PermissionError(f"{event} in a parser")

    def _inside(self, path: str | bytes) -> None:
        where = os.path.realpath(os.fsdecode(path))
        # The scratch folder itself is what tempfile opens a new file by.
        if where in {os.devnull, self.scratch}:
            return
        if self.scratch is None or not where.startswith(self.scratch + os.sep):
            raise PermissionError(f"{where}: outside the scratch folder")

    @staticmethod
    def _known(program: object) -> bool:
        return (
            Path(os.fsdecode(program)).name in PROGRAMS
            if isinstance(program, (str, bytes))
            else False
        )


def parse(task: Task) -> Reply:
    """Do one task. Raises nothing that the file could cause: errors travel in the reply."""
    path, scratch = Path(task.path), Path(task.scratch)
    try:
        with translated(task.name):
            kind = file_type(path)
        parser = load_parser(kind.parser)
        blob = Blob.from_path(
            path,
            mime_type=kind.media_type,
            metadata={"source": task.name, "scratch": task.scratch},
        )
        sections: list[tuple[str, dict[str, Any]]] = []
        properties: dict[str, Any] = {}
        notes: list[str] = []
        for document in parser.lazy_parse(blob):
            metadata = dict(document.metadata)
            properties |= metadata.pop("properties", {})
            notes += metadata.pop("notes", ())
            sections.append((document.page_content, metadata))
        members = _members(parser, blob, scratch, task)
        if not sections and not members:
            raise EmptyFileError(path=task.name)
    except UnreadableError as error:
        return Reply(error=type(error)(**(error.values | {"path": task.name})), leave=_grown())
    return Reply(
        tuple(sections),
        properties,
        tuple(dict.fromkeys(notes)),
        members,
        leave=_grown(),
    )


def _members(parser: object, blob: Blob, scratch: Path, task: Task) -> tuple[Packed, ...]:
    if not isinstance(parser, Container):
        return ()
    limits = Limits(member_bytes=task.file_bytes, total_bytes=5 * task.file_bytes)
    with translated(source_of(blob)):
        found = tuple(
            Packed(member.name, str(member.path), member.error)
            for member in parser.expand(blob, scratch, limits)
        )
    if found and task.depth >= MAX_DEPTH:
        raise TooLargeError(path=task.name, limit="documents", most=MAX_DEPTH)
    return found


def _grown() -> bool:
    """Whether this process has ever taken so much memory that a fresh one is better."""
    if resource is None:
        return False
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return _most_memory() > GROWN * limit


def _most_memory() -> int:
    """The most bytes this process has had in memory.

    Not ``ru_maxrss`` on Linux: a process is born with that of the one that started it, and a page
    with a model in it would have every worker replaced after every file.
    """
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _limit(megabytes: int) -> None:
    sys.setrecursionlimit(RECURSION)
    if resource is not None:
        size = megabytes * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (size, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: float) -> None:
    """Processor time for the next file: ends a worker whose parent died while it was hung."""
    if resource is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        ceiling = int(used.ru_utime + used.ru_stime + seconds) + 5
        resource.setrlimit(resource.RLIMIT_CPU, (ceiling, resource.RLIM_INFINITY))


def main(megabytes: int) -> None:
    """Serve tasks until standard input ends."""
    _limit(megabytes)
    tasks, replies = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print must not mix in
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    sys.dont_write_bytecode = True
    guard = Guard()
    sys.addaudithook(guard)
    send(replies, None)  # ready
    while True:
        try:
            task: Task = receive(tasks)
        except EOFError:
            return
        guard.scratch = os.path.realpath(task.scratch)
        os.environ["TMPDIR"] = tempfile.tempdir = task.scratch
        _limit_time(task.seconds)
        send(replies, parse(task))


if __name__ == "__main__":
    main(int(sys.argv[1]))
