"""What a process and all it started take of the machine, read from ``/proc`` (Linux)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

POLL_SECONDS: Final = 0.2
PROC: Final = Path("/proc")


class PeakMemory:
    """The most memory that ``process`` and its descendants held at once, while it is entered.

    Resident set sizes added up: pages that several processes share are counted for each, so the
    figure is too high rather than too low. (The proportional one walks every page to be read.)
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
            held = sum(map(_kilobytes, descendants(self._process))) / 1000
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


def _kilobytes(process: int) -> int:
    try:
        lines = (PROC / str(process) / "status").read_text().splitlines()
    except OSError:  # it has just ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


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
