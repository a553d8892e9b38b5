"""Which originals a browser may show, rather than download."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Final

READ_HERE: Final = {
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".md": "text/plain",
    ".csv": "text/plain",
}
"""Shown without running anything of it; HTML, pictures with scripts and the rest are not here."""


def read_here(name: str, path: Path) -> str | None:
    """The type under which a browser shows the original at ``path``, ``None`` where it may not.

    A text that is no UTF-8 is most often Windows' of here; of one that begins with a mark, browsers
    believe the mark.
    """
    shown = READ_HERE.get(PurePosixPath(name.lower()).suffix)
    if shown != "text/plain":
        return shown
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return f"{shown}; charset=windows-1252"
    return f"{shown}; charset=utf-8"
