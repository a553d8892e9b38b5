"""Pull the plug at any moment: nothing is lost, doubled or half there.

``COPASSIST_TEST_KILLS=100`` kills more often than continuous integration does, and
``COPASSIST_TEST_SEED`` at other moments. Searches go on in another process all the time, and that
one is killed too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = int(os.environ.get("COPASSIST_TEST_KILLS", "25"))
SEED = os.environ.get("COPASSIST_TEST_SEED", "20261122")
SECONDS_A_KILL = 20
"""On a machine so busy that a run of two seconds takes ten."""
SCRIPT = Path(__file__).with_name("crashes.py")


@pytest.mark.slow
@pytest.mark.timeout(120 + KILLS * SECONDS_A_KILL)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes as POSIX does")
def test_a_library_killed_again_and_again_is_as_one_left_in_peace(
    capsys: pytest.CaptureFixture[str],
) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(KILLS), SEED],
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
