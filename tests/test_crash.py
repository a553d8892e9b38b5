"""Pull the plug at any moment: nothing is lost, doubled or half there.

Run on request, ``COPASSIST_TEST_KILLS=100``: it does not hold every time. On a
quiet machine it passed; on a busy one it failed twice (25 kills): vectors waited to be made again,
or were missing. Why is not known yet. README.md says so too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = int(os.environ.get("COPASSIST_TEST_KILLS", "0"))
SECONDS_A_KILL = 20
"""On a machine so busy that a run of two seconds takes ten."""
SCRIPT = Path(__file__).with_name("crashes.py")


@pytest.mark.slow
@pytest.mark.timeout(120 + KILLS * SECONDS_A_KILL)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes as POSIX does")
@pytest.mark.skipif(not KILLS, reason="on request: COPASSIST_TEST_KILLS=100; see its docstring")
def test_a_library_killed_again_and_again_is_as_one_left_in_peace(
    capsys: pytest.CaptureFixture[str],
) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(KILLS), "20261122"],
        capture_output=True,
        text=True,
        check=False,
        cwd=SCRIPT.parents[1],
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    with capsys.disabled():
        print({key: value for key, value in told.items() if key not in ("calm", "stormy")})
    assert told["kills"] == KILLS
    assert told["searches"]["sense"] > 0
    assert told["stormy"]["disagreements"] == []
    assert told["stormy"] == told["calm"]
