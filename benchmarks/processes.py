"""What a process and all it started take of the machine, read from ``/proc`` (Linux)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

POLL_SECONDS: Final = 0.5
"""Between two looks at the memory of a group: one takes some 30 ms of a process of 1 GB, whose
pages the system walks (measured beside other programs; status files would say at once, but count
shared pages for every process)."""
MEGABYTE: Final = 1_000_000
"""In bytes, here and in all that is reported."""
PROC: Final = Path("/proc")


class PeakMemory:
    """The most memory that ``process`` and its descendants held at once, while it is entered.

    In megabytes of 10^6 bytes, the proportional set sizes added up: a page that several processes
    share counts once, divided among them, one of a mapped file too. Where the system does not say
    it, resident set sizes, which count shared pages for each.
    """

    def __init__(self, process: int) -> None:
        self.megabytes = 0.0
        self._process = process
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            held = sum(map(held_bytes, descendants(self._process))) / MEGABYTE
            self.megabytes = max(self.megabytes, held)


def descendants(process: int) -> Iterator[int]:
    """``process`` and all that it started, sessions of their own included."""
    yield process
    for task in PROC.glob(f"{process}/task/*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from descendants(int(child))


def held_bytes(process: int) -> int:
    """Bytes of memory that are a process's own share; 0 once it has ended."""
    for name, field in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            lines = (PROC / str(process) / name).read_text().splitlines()
        except OSError:  # it has just ended, or the system has no such file
            continue
        for line in lines:
            if line.startswith(field):
                return int(line.split()[1]) * 1024  # "kB" there are 1024 bytes
    return 0


class Clock:
    """Seconds since it was made: by the wall, and of processor time of this process's threads
    and of the children it has waited for.
    """

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), processor_seconds()

    @property
    def wall(self) -> float:
        return time.perf_counter() - self._wall

    @property
    def processor(self) -> float:
        return processor_seconds() - self._processor

    def told(self) -> dict[str, float]:
        """Both, in hundredths of a second."""
        return {"wall": round(self.wall, 2), "processor": round(self.processor, 2)}


def processor_seconds() -> float:
    """User and system time of this process and of the children it has waited for."""
    import resource

    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
