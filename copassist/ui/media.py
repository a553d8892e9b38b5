"""Which originals a browser may show, rather than download."""

from __future__ import annotations

from typing import Final

READ_HERE: Final = {
    ".pdf": "application/pdf",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".csv": "text/plain; charset=utf-8",
}
"""Shown without running anything of it; HTML, pictures with scripts and the rest are not here."""
