"""A model's folder, made beside its place and renamed into it: whole or not there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

SCRATCH: Final = "-unfinished-"
"""After the target's name: how the folders begin in which it is made."""


def made_once(target: Path, make: Callable[[Path], Path]) -> Path:
    """``target``, made the first time; ``make`` gets an empty folder and gives what is to be it.

    Two processes may make it at once, and one that is killed leaves nothing that looks finished.
    Raises what ``make`` raises, ``OSError`` where there is no room or right.
    """
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=f"{target.name}{SCRATCH}"))
    try:
        make(scratch).rename(target)
    except OSError:
        if not target.is_dir():  # else another process was faster
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def scratch_folders(target: Path) -> list[Path]:
    """What killed processes left of making ``target``, and what others are making."""
    return list(target.parent.glob(f"{target.name}{SCRATCH}*"))
