"""Work that takes every core: for one at a time, with few waiting.

Reading a question and passages together takes some .4 seconds on all cores of a small machine.
Thirty people who ask at once would wait eleven seconds for one another (docs/performance.md); so
who comes while others wait already is not kept, and does without. Where that happens the cores are
left to everybody's searches for a while.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Final, TypeVar

from copassist.models.hub import all_cores

PLACES: Final = 2
"""One is served, one waits: nobody waits longer than it takes twice."""
REST: Final = 4.0
"""As many times what it took it rests, once somebody was turned away. Thirty people's answers came
within 2.3 s, 95 in 100 of them, with 1, within 1.8 with 4 (docs/performance.md)."""

Made = TypeVar("Made")


class OneAtATime:
    """A thread of one's own that computes on all cores; thread-safe."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, name, all_cores)
        self._lock = Lock()
        self._taken = 0
        self._crowded = False
        """Whether somebody was turned away since it last rested."""
        self._rests_until = 0.0

    def run(self, work: Callable[[], Made]) -> Made | None:
        """What ``work`` gives or raises; ``None`` where all :data:`PLACES` are taken, or it
        rests."""
        if not self._take_place():
            return None
        try:
            return self._thread.submit(self._timed, work).result()
        finally:
            with self._lock:
                self._taken -= 1

    def _take_place(self) -> bool:
        with self._lock:
            if self._taken == PLACES:
                self._crowded = True
            if self._taken == PLACES or time.monotonic() < self._rests_until:
                return False
            self._taken += 1
            return True

    def _timed(self, work: Callable[[], Made]) -> Made:
        began = time.monotonic()
        try:
            return work()
        finally:
            ended = time.monotonic()
            with self._lock:
                if self._crowded:
                    self._rests_until = ended + REST * (ended - began)
                    self._crowded = False
