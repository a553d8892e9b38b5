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


@pytest.fixture(autouse=True)
def no_real_model(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only tests marked ``llm`` can reach a real chat model."""
    if request.node.get_closest_marker("llm") is None:
        monkeypatch.setattr("copassist.chatmodels.ALLOW_MODEL_REQUESTS", False)
