"""Make constraints.txt: every version that pyproject.toml needs, direct or not, for every extra.

    python scripts/lock.py [--upgrade | --upgrade-package NAME]

Versions already locked are kept unless ``--upgrade`` is given. The graphics libraries that some
builds of torch bring are left out: torch's own metadata pins them, and its CPU build has none.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[1]
LOCK: Final = PROJECT / "constraints.txt"
PINNED_BY_TORCH: Final = re.compile(r"(?:nvidia|cuda)-.*|triton")

FROM_PIP: Final = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}
"""pip's settings and the variables by which uv, which reads none of them, is told the same."""


def pip_settings() -> dict[str, str]:
    """What pip is told about indexes here, as uv's variables; empty where pip has its defaults."""
    shown = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    found: dict[str, str] = {}
    for line in sorted(shown.splitlines()):  # ":env:" comes first, and wins as it does in pip
        key, _, value = line.partition("=")
        variable = FROM_PIP.get(key.rpartition(".")[2])
        if variable:
            found.setdefault(variable, " ".join(ast.literal_eval(value).split()))
    return found


def compile_lock(options: Sequence[str] = (), current: Path = LOCK) -> str:
    """The text of a fresh lock, starting from the versions of ``current``.

    Raises ``subprocess.CalledProcessError`` with uv's explanation when nothing satisfies all.
    """
    with tempfile.TemporaryDirectory() as scratch:
        draft = Path(scratch) / current.name
        draft.write_text(current.read_text(encoding="utf-8"), encoding="utf-8")
        _compile(draft, options, {**pip_settings(), **os.environ})
        lines = draft.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not PINNED_BY_TORCH.fullmatch(line.partition("==")[0])]
    return "".join(f"{line}\n" for line in kept)


def _compile(draft: Path, options: Sequence[str], environment: Mapping[str, str]) -> None:
    subprocess.run(
        [
            *(sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--all-extras"),
            *("--quiet", "--no-header", "--no-annotate", "--no-config"),
            *("--python", sys.executable, "--index-strategy", "unsafe-best-match"),
            *("--output-file", str(draft), *options),
        ],
        cwd=PROJECT,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=True,
    )


def main(options: Sequence[str]) -> int:
    try:
        fresh = compile_lock(options)
    except subprocess.CalledProcessError as error:
        print(error.stderr.strip(), file=sys.stderr)
        return 1
    changed = len(set(fresh.splitlines()) ^ set(LOCK.read_text(encoding="utf-8").splitlines()))
    LOCK.write_text(fresh, encoding="utf-8")
    print(f"{LOCK.name}: {len(fresh.splitlines())} versions, {changed} lines changed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
