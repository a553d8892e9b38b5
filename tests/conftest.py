"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import postgres
import pytest
from recordfiles import SHARED

from copassist.chatmodels import Chat, chat_model
from copassist.library import Library
from copassist.models.modelstore import find
from copassist.settings import Settings, load_settings
from copassist.testing import FakeEmbeddings

os.environ["COPASSIST_RERANKER"] = "none"
os.environ["COPASSIST_EMBEDDING"] = "bundled"
"""A model that happens to be on this machine changes no test; those of rerankers name theirs."""


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


@pytest.fixture(scope="session")
def local_chat() -> Chat:
    """The local model, for tests marked ``llm``; they skip where it has not been pulled."""
    settings = load_settings(llm="local")
    if find(settings.llm_model, settings.models) is None:
        pytest.skip("no chat model here: python -m copassist models pull NAME")
    chat = chat_model(settings)
    assert chat is not None
    return chat


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a library that does not exist yet, away from the person's own."""
    return load_settings(library=tmp_path / "library", models=tmp_path / "models", llm="none")


@pytest.fixture
def library(settings: Settings) -> Iterator[Library]:
    """An empty library with fake embeddings, real SQLite and real Chroma."""
    with Library(settings, FakeEmbeddings()) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL server for ``postgres.new_database``; tests skip where none is installed."""
    found = postgres.programs()
    if found is None:
        pytest.skip("no PostgreSQL here (Debian: postgresql)")
    with postgres.cluster(found) as server:
        yield server


@pytest.fixture
def records(tmp_path: Path) -> Callable[..., Path]:
    """Write ``{name: text}`` into a folder of records and give the folder."""
    folder = tmp_path / "records"

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return folder

    return write
