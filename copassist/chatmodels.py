"""Chat models: a spec becomes one client, whatever runs behind it.

==========================  =======================================================
``none``                    no model: answers stay verbatim extracts
``local``                   a GGUF file in this process (``xllamacpp``), on loopback only
``openai-compatible``       a server at ``llm_base_url`` (llama.cpp, Ollama, vLLM...)
``provider:model``          anything ``langchain.chat_models.init_chat_model`` knows
``auto``                    a configured server, else ``local`` if a model is here, else none
==========================  =======================================================

A model has no tools, is given documents as data, and what it writes is checked by
``citations`` and ``support`` before anyone reads it as fact.
"""

from __future__ import annotations

import atexit
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Literal

from copassist.errors import (
    ModelError,
    ModelForbiddenError,
    ModelKeyError,
    ModelMissingError,
    ModelUnknownError,
    ModelUnreachableError,
    SettingsError,
    first_line,
)
from copassist.models import modelstore
from copassist.models.packagedmodels import QWEN_CODER
from copassist.settings import http_host

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel, LanguageModelInput
    from langchain_core.messages import AIMessage
    from langchain_core.runnables import Runnable

    from copassist.settings import Settings

ALLOW_MODEL_REQUESTS = True
"""Tests switch this off (``tests/conftest.py``): then no real model can be reached."""

CONTEXT_TOKENS: Final = 4096
"""Of the local model: 117 MB of cache at 1.5 billion parameters, and several times a prompt."""
ANSWER_TOKENS: Final = 400
"""Most that a model may write for one answer: about 250 French words."""
PROMPT_CACHE_MIB: Final = 512
"""Prompts the local server remembers: four full contexts of a model of 1.5 billion parameters."""
REQUEST_SECONDS: Final = 180.0
"""Longest silence of a model: a full context on two cores takes about 90 seconds to read."""
LOOPBACK: Final = "127.0.0.1"
THIS_MACHINE: Final = frozenset({LOOPBACK, "localhost", "::1"})
"""Hosts from which no text leaves this machine, and which are never asked through a proxy."""

Message = tuple[Literal["system", "human", "ai"], str]
Schema = Mapping[str, Any]


@dataclass(slots=True)
class Usage:
    """What one request took; filled while it streams. Seconds and tokens."""

    first_token: float = 0.0
    total: float = 0.0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    """Tokens of the prompt that the server had read before."""
    output_tokens: int = 0


@dataclass(frozen=True)
class Chat:
    """A chat model to talk to. Nothing is started or joined before the first request."""

    name: str
    """As answers record it: ``local:qwen2.5-coder-1.5b-instruct``."""
    place: str
    """Where text goes: ``local`` for this machine, else a host or a provider's name."""
    connect: Callable[[], BaseChatModel] = field(repr=False)
    constrains: bool = False
    """Whether it can be held to a JSON schema by ``response_format``."""
    runs_here: bool = False
    """Whether this process runs it: loading it stops all threads for seconds (xllamacpp 2026.10
    keeps the interpreter's lock), so that it is better done before anyone asks."""
    _talking: set[object] = field(default_factory=set, repr=False, compare=False)
    """A mark for each request under way."""

    @cached_property
    def model(self) -> BaseChatModel:
        """The LangChain model, started at its first use."""
        return self.connect()

    @property
    def remote(self) -> bool:
        """Whether text leaves this machine."""
        return self.place != "local"

    @property
    def busy(self) -> bool:
        """Whether a request would wait for another: a model on this machine answers one at a
        time."""
        return not self.remote and bool(self._talking)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None = None,
        max_tokens: int = ANSWER_TOKENS,
        usage: Usage | None = None,
    ) -> Iterator[str]:
        """The model's words as they come.

        ``schema``: a JSON schema its answer must follow, where the server can hold it to one.
        Raises :class:`ModelError` when it cannot be had or stops answering.
        """
        took = usage if usage is not None else Usage()
        options = self._options(schema, max_tokens)
        started = time.perf_counter()
        mark = object()
        self._talking.add(mark)
        try:
            for piece in _translated(self, lambda: _chunks(self.model.bind(**options), messages)):
                text = piece.text
                if text and not took.first_token:
                    took.first_token = time.perf_counter() - started
                _count(piece, took)
                if text:
                    yield text
        finally:  # also where whoever listens has heard enough
            self._talking.discard(mark)
        took.total = time.perf_counter() - started

    def complete(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None = None,
        max_tokens: int = ANSWER_TOKENS,
    ) -> str:
        """All of :meth:`stream` at once."""
        return "".join(self.stream(messages, schema=schema, max_tokens=max_tokens))

    def _options(self, schema: Schema | None, max_tokens: int) -> dict[str, Any]:
        options: dict[str, Any] = {"max_tokens": max_tokens}
        if schema is not None and self.constrains:
            described = {"name": "reply", "schema": dict(schema), "strict": True}
            options["response_format"] = {"type": "json_schema", "json_schema": described}
        return options


def chat_model(settings: Settings) -> Chat | None:
    """The chat model that ``settings.llm`` asks for; ``None`` for none.

    Raises :class:`ModelMissingError` for ``local`` without a file, :class:`SettingsError` for
    ``openai-compatible`` without a base URL, :class:`ModelUnknownError` for a spec that nobody
    knows.
    """
    spec = _resolve(settings)
    if spec == "none":
        return None
    if not ALLOW_MODEL_REQUESTS:
        raise ModelForbiddenError(name=spec)
    if spec == "local":
        return _local(settings)
    if spec == "openai-compatible":
        return _openai_compatible(settings)
    return _hosted(spec)


def _resolve(settings: Settings) -> str:
    if settings.llm != "auto":
        return settings.llm
    if settings.llm_base_url:
        return "openai-compatible"
    return "local" if modelstore.find(settings.llm_model, settings.models) else "none"


def _local(settings: Settings) -> Chat:
    path = modelstore.find(settings.llm_model, settings.models)
    if path is None:
        raise ModelMissingError(name=settings.llm_model or QWEN_CODER.name)

    def connect() -> BaseChatModel:
        url, key = local_server(path)
        return _client(path.stem, f"{url}/v1", key)

    return Chat(f"local:{path.stem}", "local", connect, constrains=True, runs_here=True)


def _openai_compatible(settings: Settings) -> Chat:
    url = settings.llm_base_url or ""
    host = http_host(url)
    if host is None:
        raise SettingsError(name="COPASSIST_LLM_BASE_URL", value=url, problem="base_url")
    name = settings.llm_model or "default"
    place = "local" if host in THIS_MACHINE else host
    return Chat(
        f"openai-compatible:{name}",
        place,
        lambda: _client(name, url, settings.llm_api_key or "none"),
        constrains=True,
    )


def _hosted(spec: str) -> Chat:
    provider, _, rest = spec.partition(":")

    def connect() -> BaseChatModel:
        from langchain.chat_models import init_chat_model

        try:
            return init_chat_model(spec, temperature=0.0, timeout=REQUEST_SECONDS)
        except ImportError as error:
            raise ModelError(name=spec, problem=str(error)) from error
        except ValueError as error:
            raise ModelUnknownError(name=spec) from error

    return Chat(spec, provider if rest else spec, connect)


def _client(name: str, url: str, key: str) -> BaseChatModel:
    import httpx2
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    # A proxy of the environment must not see what goes to a loopback server.
    direct = http_host(url) in THIS_MACHINE
    return ChatOpenAI(
        model=name,
        base_url=url,
        api_key=SecretStr(key),
        temperature=0.0,
        seed=1,
        timeout=REQUEST_SECONDS,
        max_retries=0,
        stream_usage=True,
        http_client=httpx2.Client(trust_env=False, timeout=REQUEST_SECONDS) if direct else None,
    )


# The local server -------------------------------------------------------------------------------

_servers: dict[Path, tuple[Any, str]] = {}
_starting = Lock()


def local_server(path: Path) -> tuple[str, str]:
    """URL and API key of the server that runs ``path`` in this process, started once.

    It listens on a free port of the loopback interface and wants a random key, so that no other
    program of this machine or page of a browser can use it. Stopped when the process ends.
    Raises :class:`ModelError` if the file cannot be loaded.
    """
    if not ALLOW_MODEL_REQUESTS:
        raise ModelForbiddenError(name=str(path))
    with _starting:
        if path not in _servers:
            _servers[path] = _start(path)
            atexit.register(stop_local_servers)
        server, key = _servers[path]
    return str(server.listening_address), key


def stop_local_servers() -> None:
    """Stop what :func:`local_server` started."""
    with _starting:
        _servers.clear()


def _start(path: Path) -> tuple[Any, str]:
    import xllamacpp  # type: ignore[import-untyped]  # ships no types

    key = secrets.token_urlsafe(32)
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.hostnames = [LOOPBACK]
    params.port = 0
    params.api_keys = [key]
    params.cors_origins = ""
    params.n_ctx = CONTEXT_TOKENS
    params.n_predict = 2 * ANSWER_TOKENS
    params.n_parallel = 1
    params.cache_ram_mib = PROMPT_CACHE_MIB
    params.offline = True
    params.ui = False
    params.endpoint_slots = False
    params.verbosity = -1
    try:
        return xllamacpp.Server(params), key
    except (RuntimeError, ValueError, OSError) as error:
        raise ModelError(name=path.name, problem=str(error)) from error


# Requests ---------------------------------------------------------------------------------------


def _chunks(
    model: Runnable[LanguageModelInput, AIMessage], messages: Sequence[Message]
) -> Iterator[AIMessage]:
    from langsmith.run_helpers import tracing_context

    stream = model.stream(list(messages))
    while True:
        # A tracing service named in the environment must not receive members' documents. The
        # context is entered for each piece: held across a yield it would leak to the caller.
        with tracing_context(enabled=False):
            piece = next(stream, None)
        if piece is None:
            return
        yield piece


def _translated(chat: Chat, chunks: Callable[[], Iterator[AIMessage]]) -> Iterator[AIMessage]:
    """The one boundary where errors of clients and servers become ours."""
    import httpx2
    from langchain_core.exceptions import LangChainException
    from openai import APIConnectionError, AuthenticationError, OpenAIError, PermissionDeniedError

    try:
        yield from chunks()
    except (AuthenticationError, PermissionDeniedError) as error:
        raise ModelKeyError(name=chat.name) from error
    except APIConnectionError as error:
        raise ModelUnreachableError(name=chat.name, place=chat.place) from error
    except (OpenAIError, LangChainException, httpx2.HTTPError, OSError, ValueError) as error:
        raise ModelError(name=chat.name, problem=f"{first_line(error).rstrip('.')}.") from error


def _count(piece: AIMessage, took: Usage) -> None:
    found = piece.usage_metadata
    if not found:
        return
    took.prompt_tokens = max(took.prompt_tokens, found["input_tokens"])
    took.output_tokens = max(took.output_tokens, found["output_tokens"])
    took.cached_tokens = max(
        took.cached_tokens, found.get("input_token_details", {}).get("cache_read", 0)
    )
