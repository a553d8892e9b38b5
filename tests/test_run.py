"""What ``make run`` decides: when the samples go in, and which chat model is fetched."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from copassist.catalogue import Catalogue
from copassist.errors import ModelFetchError
from copassist.models import embeddinggemma, modelstore
from copassist.models.packagedmodels import EMBEDDING_GEMMA, QWEN_CODER
from copassist.passages import Document, document_id
from copassist.rows import NewVersion
from copassist.settings import Settings, load_settings
from copassist.words import words

PROJECT: Final = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def run() -> Iterator[ModuleType]:
    sys.path.insert(0, str(PROJECT / "scripts"))
    try:
        yield import_module("run")
    finally:
        sys.path.remove(str(PROJECT / "scripts"))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"COPASSIST_{name.upper()}", raising=False)
    return load_settings(library=tmp_path / "library", models=tmp_path / "models")


def put_one_document(settings: Settings) -> None:
    catalogue = Catalogue(f"sqlite:///{settings.library / 'catalogue.sqlite'}")
    identity = document_id("default", "a.md")
    new = NewVersion(Document(identity, "default", "a.md", "A"), "0" * 64, ".md")
    catalogue.stage(new)
    catalogue.publish(new)
    catalogue.close()


def test_samples_go_into_a_new_library_once(run: ModuleType, settings: Settings) -> None:
    assert run.wants_samples(settings)
    with run.Library(settings) as library:
        library.catalogue.put(run.LOADED, "done")
    assert not run.wants_samples(settings), "someone who took them away does not want them back"


def test_samples_that_were_interrupted_go_on(run: ModuleType, settings: Settings) -> None:
    assert run.wants_samples(settings)
    put_one_document(settings)
    assert run.wants_samples(settings)


def test_samples_stay_out_of_a_library_in_use(run: ModuleType, settings: Settings) -> None:
    settings.library.mkdir()
    put_one_document(settings)
    assert not run.wants_samples(settings)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, QWEN_CODER.name),
        ({"llm": "local"}, QWEN_CODER.name),
        ({"llm": "local", "llm_model": "hf:a/b/c.gguf"}, "hf:a/b/c.gguf"),
        ({"llm": "none"}, None),
        ({"llm": "openai-compatible"}, None),
        ({"llm": "mistralai:mistral-small"}, None),
        ({"llm_base_url": "http://127.0.0.1:11434/v1"}, None),
    ],
)
def test_the_chat_model_that_is_fetched(
    run: ModuleType, settings: Settings, changes: dict[str, str], wanted: str | None
) -> None:
    assert run.wanted_chat_model(settings.model_copy(update=changes)) == wanted


def test_a_chat_model_that_is_there_is_not_fetched(run: ModuleType, settings: Settings) -> None:
    settings.models.mkdir()
    (settings.models / QWEN_CODER.file).write_bytes(b"GGUF")
    assert run.wanted_chat_model(settings) is None


def test_a_fetch_that_fails_is_one_line(
    run: ModuleType,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object) -> Path:
        raise ModelFetchError(name="m", problem="pip")

    monkeypatch.setattr(modelstore, "pull", fail)
    run.fetch_chat_model("m", settings, words("en"))
    begun, failed = capsys.readouterr().out.splitlines()
    assert begun.startswith("Chat model m: being fetched")
    assert failed.startswith("No chat model, answers remain extracts. ")


def test_the_better_model_is_fetched_before_anything_is_read(
    run: ModuleType, settings: Settings
) -> None:
    assert run.wants_better_model(settings)
    assert not run.wants_better_model(settings.model_copy(update={"embedding": "bundled"}))
    put_one_document(settings)
    assert not run.wants_better_model(settings), "what a library was made with stays"


def test_a_library_that_needs_the_better_model_gets_it(
    run: ModuleType, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = settings.model_copy(update={"embedding": EMBEDDING_GEMMA.name})
    settings.library.mkdir()
    put_one_document(settings)
    assert run.wants_better_model(asked)
    with run.Library(settings) as library:
        library.catalogue.put("embedding", embeddinggemma.NAME)
    assert run.wants_better_model(settings)

    def fail(*_: object) -> Path:
        raise ModelFetchError(name="m", problem="pip")

    monkeypatch.setattr(modelstore, "pull", fail)
    for needing in (settings, asked):
        with pytest.raises(ModelFetchError):
            run.fetch_better_model(needing, words("en"))


def test_the_better_model_that_is_there_is_not_fetched(run: ModuleType, settings: Settings) -> None:
    (settings.models / EMBEDDING_GEMMA.kept).mkdir(parents=True)
    assert not run.wants_better_model(settings)


@pytest.mark.parametrize("problem", [ModelFetchError(name="m", problem="pip"), KeyboardInterrupt()])
def test_without_the_better_model_the_bundled_one_serves(
    run: ModuleType,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    problem: BaseException,
) -> None:
    def fail(*_: object) -> Path:
        raise problem

    monkeypatch.setattr(modelstore, "pull", fail)
    run.fetch_better_model(settings, words("en"))
    said = capsys.readouterr().out
    assert "The small model that comes along will serve." in said
    assert "library reindex" in said, "how to change later on"
    assert "run the same command again" not in said, "it would not be fetched then"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_page_is_served_and_ends_with_what_started_it(settings: Settings) -> None:
    settings.library.mkdir()
    put_one_document(settings)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "COPASSIST_LIBRARY": str(settings.library),
        "COPASSIST_LLM": "none",
        "COPASSIST_PORT": str(port),
    }
    command = [sys.executable, "scripts/run.py"]
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout
        assert running.stdout.readline() == f"http://127.0.0.1:{port}\n"
        taken = subprocess.run(
            [sys.executable, "app.py"],
            cwd=PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) is not None
    assert taken.returncode == 1
    [line] = taken.stderr.splitlines()
    assert str(port) in line
    with socket.socket() as again:
        assert again.connect_ex(("127.0.0.1", port)) != 0
