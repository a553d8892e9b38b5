"""What a process and all it started take of the machine, read from ``/proc`` (Linux)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple, Self

POLL_SECONDS: Final = 0.5
"""Between two looks at the memory of a group: one takes some 30 ms of a process of 1 GB, whose
pages the system walks (measured beside other programs; status files would say at once, but count
shared pages for every process)."""
MEGABYTE: Final = 1_000_000
"""In bytes, here and in all that is reported."""
PROC: Final = Path("/proc")


class Held(NamedTuple):
    """What is in memory, in bytes."""

    share: int
    """Proportional: a page counts once, divided among the processes that have it, those that are
    not looked at too. The resident size where the system does not say it."""
    resident: int
    """A page counts once for every process that has it."""


class PeakMemory:
    """The most memory that ``process`` and its descendants held at once, while it is entered.

    In megabytes of 10^6 bytes: proportional set sizes added up, which is the measure; and resident
    ones, which it stays below. Beside other programs that use the same files the first is too low,
    with several processes the second is too high.
    """

    def __init__(self, process: int) -> None:
        self.megabytes = 0.0
        self.resident = 0.0
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
            held = [held_by(process) for process in descendants(self._process)]
            self.megabytes = max(self.megabytes, sum(one.share for one in held) / MEGABYTE)
            self.resident = max(self.resident, sum(one.resident for one in held) / MEGABYTE)


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


def held_by(process: int) -> Held:
    """What a process has in memory; nothing once it has ended."""
    found: dict[str, int] = {}
    for name in ("status", "smaps_rollup"):
        try:
            lines = (PROC / str(process) / name).read_text().splitlines()
        except OSError:  # it has just ended, or the system has no such file
            continue
        for line in lines:
            field, _, value = line.partition(":")
            if field in ("VmRSS", "Pss"):
                found[field] = int(value.split()[0]) * 1024  # "kB" there are 1024 bytes
    resident = found.get("VmRSS", 0)
    return Held(found.get("Pss", resident), resident)


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
