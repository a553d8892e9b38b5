"""What the tests of the page share: where they run, and at which sizes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from copassist.workspace import Workspace

SHOTS: Final = Path(__file__).resolve().parents[2] / "ci-output" / "page"
FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE: Final = {"width": 390, "height": 844}
LAPTOP: Final = {"width": 1280, "height": 800}


@dataclass(frozen=True)
class Site:
    address: str
    workspace: Workspace
