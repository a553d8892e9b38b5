"""What the benchmarks say a process holds is what it holds."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks import processes
from benchmarks.processes import MEGABYTE, PeakMemory, descendants, held_by

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are read from /proc")

HOLDS = "held = bytearray(b'1') * {bytes}; print(flush=True); input()"


@contextmanager
def holding(megabytes: int) -> Iterator[subprocess.Popen[str]]:
    """A process that holds that much, and is ready."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS.format(bytes=megabytes * MEGABYTE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


@on_linux
def test_megabytes_are_millions_of_bytes() -> None:
    with holding(40) as process:
        assert 40 < held_by(process.pid).share / MEGABYTE < 80  # the interpreter takes some ten


def test_resident_size_where_the_share_is_not_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "7"
    folder.mkdir()
    (folder / "status").write_text("Name:\tpython\nVmRSS:\t    1000 kB\n")
    monkeypatch.setattr(processes, "PROC", tmp_path)
    assert held_by(7) == (1_024_000, 1_024_000)
    (folder / "smaps_rollup").write_text("55 rollup\nRss:  1000 kB\nPss:   500 kB\n")
    assert held_by(7) == (512_000, 1_024_000)
    assert held_by(8) == (0, 0)


@on_linux
def test_the_peak_is_of_all_that_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "POLL_SECONDS", 0.01)
    with holding(30) as process:
        assert process.pid in descendants(os.getpid())
        before = held_by(os.getpid()).share / MEGABYTE
        with PeakMemory(os.getpid()) as memory:
            time.sleep(0.3)
    assert memory.resident >= memory.megabytes > before + 20
