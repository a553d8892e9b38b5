"""Nothing leaves the machine: no connection is even tried, from a new library to an answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).resolve().parents[1]
SAMPLE: Final = (
    PROJECT / "samples" / "graphomotricite" / "Comptes rendus" / ("2026-04-15 Compte rendu.md")
)

WATCHED: Final = """
import runpy, sys
LOOPBACK = ("127.0.0.1", "::1", "localhost", None)

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            print("TRIED", event, address, file=sys.stderr)
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        if arguments[0] not in LOOPBACK:
            print("TRIED", event, arguments[0], file=sys.stderr)

sys.addaudithook(watch)
module, *sys.argv[1:] = sys.argv[1:]
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def watched(module: str, *arguments: str, library: Path) -> subprocess.CompletedProcess[str]:
    """A command in a process that tells of every attempt to reach another machine."""
    return subprocess.run(
        [sys.executable, "-c", WATCHED, module, *arguments, "--library", str(library)],
        cwd=PROJECT,
        env={**os.environ, "COPASSIST_LLM": "none"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_watch_sees_an_attempt(tmp_path: Path) -> None:
    """The test below would pass if it saw nothing."""
    script = tmp_path / "calls_out.py"
    script.write_text("import socket\nsocket.socket(type=2).connect(('192.0.2.1', 9))\n")
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, "calls_out"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "TRIED socket.connect ('192.0.2.1', 9)" in done.stderr


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.timeout(600)
def test_no_connection_is_tried(tmp_path: Path) -> None:
    ingested = watched("ingest", str(SAMPLE), library=tmp_path)
    asked = watched(
        "copassist",
        "ask",
        "Quand la lettre aux familles a-t-elle été envoyée ?",
        library=tmp_path,
    )
    for done in (ingested, asked):
        assert done.returncode == 0, done.stderr
        assert "TRIED" not in done.stderr
    assert "13 avril" in asked.stdout
