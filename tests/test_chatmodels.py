"""From a spec to a chat model; real ones only under the mark ``llm``."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.outputs import ChatGenerationChunk
from openai import APIConnectionError, AuthenticationError, NotFoundError

from copassist import chatmodels
from copassist.chatmodels import Chat, Message, Usage, chat_model, local_server
from copassist.errors import (
    ModelError,
    ModelForbiddenError,
    ModelMissingError,
    ModelUnknownError,
    SettingsError,
)
from copassist.models.modelstore import GGUF_MAGIC, find
from copassist.settings import Settings, load_settings
from copassist.testing import FakeChatModel, fake_chat


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Specs may be resolved; nothing is asked of what they give."""
    monkeypatch.setattr(chatmodels, "ALLOW_MODEL_REQUESTS", True)


def given(tmp_path: Path, **values: Any) -> Settings:
    return load_settings(**({"llm": "auto", "models": tmp_path} | values))


def test_no_unit_test_reaches_a_model(tmp_path: Path) -> None:
    for spec in ("local", "openai-compatible", "openai:gpt-9"):
        with pytest.raises(ModelForbiddenError):
            chat_model(given(tmp_path, llm=spec))
    with pytest.raises(ModelForbiddenError):
        local_server(tmp_path / "x.gguf")


def test_auto_takes_what_there_is(tmp_path: Path, allowed: None) -> None:
    assert chat_model(given(tmp_path)) is None
    (tmp_path / "tiny.gguf").write_bytes(GGUF_MAGIC)
    local = chat_model(given(tmp_path))
    assert local is not None
    assert (local.name, local.remote, local.constrains) == ("local:tiny", False, True)
    server = chat_model(given(tmp_path, llm_base_url="http://models.example/v1", llm_model="m"))
    assert server is not None
    assert (server.name, server.place, server.remote) == (
        "openai-compatible:m",
        "models.example",
        True,
    )
    assert chat_model(given(tmp_path, llm="none", llm_base_url="http://a/v1")) is None


def test_what_is_missing_is_said(tmp_path: Path, allowed: None) -> None:
    with pytest.raises(ModelMissingError):
        chat_model(given(tmp_path, llm="local"))
    with pytest.raises(SettingsError):
        chat_model(given(tmp_path, llm="openai-compatible"))
    unknown = chat_model(given(tmp_path, llm="nobody:nothing"))
    assert unknown is not None
    assert unknown.remote
    with pytest.raises(ModelUnknownError):
        unknown.complete([("human", "?")])


def test_a_server_on_this_machine_is_not_remote(tmp_path: Path, allowed: None) -> None:
    found = chat_model(given(tmp_path, llm_base_url="http://127.0.0.1:9/v1"))
    assert found is not None
    assert not found.remote


def test_words_stream_and_are_counted() -> None:
    usage = Usage()
    chat = fake_chat("Le groupe a adopté la grille. [S1]")
    pieces = list(chat.stream([("system", "a"), ("human", "b")], usage=usage))
    assert "".join(pieces) == "Le groupe a adopté la grille. [S1]"
    assert len(pieces) > 5
    assert 0 < usage.first_token <= usage.total
    assert usage.output_tokens == 34


def test_the_fake_repeats_what_shares_words_with_the_question() -> None:
    prompt = (
        "[S1] Julie enverra la grille aux membres.\n[S2] Le traiteur est payé.\n\n"
        "Question : Qui doit envoyer la grille aux membres ?"
    )
    assert fake_chat().complete([("human", prompt)]) == (
        "Julie enverra la grille aux membres. [S1]"
    )


ASKED: Final = httpx2.Request("POST", "http://127.0.0.1:9")


class Broken(FakeChatModel):
    """A server that fails the same way each time."""

    error: Any

    def _stream(self, *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        raise self.error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (APIConnectionError(request=ASKED), "(127.0.0.1) ne répond pas. Vérifiez qu'il"),
        (
            AuthenticationError("401", response=httpx2.Response(401, request=ASKED), body=None),
            "refuse la clé. Corrigez COPASSIST_LLM_API_KEY.",
        ),
        (
            NotFoundError("404 - rien", response=httpx2.Response(404, request=ASKED), body=None),
            "ne peut pas servir : 404 - rien. Lancez",
        ),
    ],
)
def test_errors_of_a_server_become_ours(error: Exception, told: str) -> None:
    def connect() -> BaseChatModel:
        return Broken(error=error)

    with pytest.raises(ModelError) as raised:
        Chat("muet", "127.0.0.1", connect).complete([("human", "?")])
    assert told in raised.value.describe("fr")


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("url", ["127.0.0.1:8080", "http://["])
def test_what_is_no_address_is_refused(tmp_path: Path, url: str) -> None:
    settings = given(tmp_path, llm="openai-compatible", llm_base_url=url)
    with pytest.raises(SettingsError) as raised:
        chat_model(settings)
    assert "http://127.0.0.1:8080/v1" in raised.value.describe("fr")


@pytest.fixture(scope="module")
def model_file() -> Path:
    path = find(None, load_settings().models)
    if path is None:
        pytest.skip("no chat model on this machine: python -m copassist models pull")
    return path


@pytest.mark.llm
@pytest.mark.timeout(600)
def test_the_local_model_keeps_to_a_schema_and_remembers_its_prompt(model_file: Path) -> None:
    chat = chat_model(load_settings(llm="local", llm_model=str(model_file)))
    assert chat is not None
    schema = {
        "type": "object",
        "properties": {"n": {"type": "array", "items": {"enum": [2, 3]}, "maxItems": 2}},
        "required": ["n"],
    }
    prefix: Message = ("system", "Tu réponds en français, brièvement. " * 4)
    reply = chat.complete([prefix, ("human", "Deux nombres ?")], schema=schema)
    assert set(json.loads(reply)["n"]) <= {2, 3}
    usage = Usage()
    assert "".join(chat.stream([prefix, ("human", "Dis oui.")], max_tokens=5, usage=usage))
    assert usage.cached_tokens > usage.prompt_tokens / 2


@pytest.mark.llm
@pytest.mark.timeout(600)
def test_the_local_server_is_on_loopback_and_wants_its_key(model_file: Path) -> None:
    url, key = local_server(model_file)
    assert url.startswith("http://127.0.0.1:")
    assert len(key) >= 32
    request = urllib.request.Request(f"{url}/v1/models", headers={"Authorization": "Bearer no"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(
            urllib.request.Request(
                f"{url}/v1/chat/completions", data=b"{}", headers=dict(request.header_items())
            )
        )
    assert refused.value.code == 401
    refused.value.close()
