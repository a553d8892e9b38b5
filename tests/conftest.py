"""Fixtures shared by all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real corpora, questions and odd files that may stand beside the project."""
    if not SHARED.is_dir():
        pytest.skip("no folder of real records beside the project")
    return SHARED
