"""Freed memory goes back to the system."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import pytest

from benchmarks.processes import held_by
from copassist import heap

PIECE = 1000
"""Bytes: few enough to lie in the heap, not in a map of its own."""
PIECES = 60_000


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc" or not Path("/proc/self/smaps_rollup").exists(),
    reason="only glibc keeps freed memory so, only Linux says what is held",
)
def test_what_is_freed_in_the_middle_is_given_back() -> None:
    pieces = [bytes(PIECE) for _ in range(PIECES)]
    last = bytes(PIECE)
    del pieces
    before = held_by(os.getpid()).share
    heap.give_back_freed()
    assert held_by(os.getpid()).share < before - PIECES * PIECE / 2
    assert last


def test_systems_without_it_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    heap._malloc_trim.cache_clear()
    monkeypatch.setattr(sys, "platform", "win32")
    try:
        heap.give_back_freed()
        assert heap._malloc_trim() is None
    finally:
        heap._malloc_trim.cache_clear()
