"""Every setting, read once from ``COPASSIST_*``: nothing else here reads the environment."""

from __future__ import annotations

import re
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal
from urllib.parse import urlsplit

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from copassist.errors import SettingsError

APPLICATION: Final = "copassist"
COMMUNITY_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?")
"""What a community may be called: it becomes part of a Chroma collection's name."""

PROBLEMS: Final = MappingProxyType(
    {
        "int_parsing": "whole",
        "int_from_float": "whole",
        "float_parsing": "number",
        "greater_than": "positive",
        "greater_than_equal": "port",
        "less_than_equal": "port",
        "literal_error": "choice",
        "community": "community",
        "folder": "folder",
    }
)
"""What pydantic may find wrong here, to the key of ``settings`` in the words that says it."""


class Settings(BaseSettings):
    """Frozen; one instance is made at each entrance (page, command) and handed down."""

    # a variable set to nothing is not set: an empty COPASSIST_LIBRARY would be the folder at hand
    model_config = SettingsConfigDict(
        env_prefix="COPASSIST_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    library: Path = Field(default_factory=lambda: user_data_path(APPLICATION))
    """Folder of the catalogue, the vectors and the originals."""
    community: str = "default"
    language: Literal["fr", "en"] = "fr"
    """Language of the command line; the page follows the browser."""
    catalogue_url: str | None = None
    """SQLAlchemy URL; by default SQLite in the library folder."""
    chroma_url: str | None = None
    """``http://host:port`` of a Chroma server; by default Chroma runs in this process."""
    models: Path = Field(default_factory=lambda: user_cache_path(APPLICATION) / "models")
    """Folder of models built or fetched."""

    embedding: str = "auto"
    """``auto`` (that of the two below that the library was made with; for a new one
    ``embeddinggemma-300m`` if it was pulled, else ``bundled``), ``bundled``
    (multilingual-e5-small), ``embeddinggemma-300m``, or any SentenceTransformer name or folder."""
    reranker: str = "auto"
    """``auto``, ``none``, a packaged model or any CrossEncoder name or folder: it reads the best
    passages again with the question."""
    reading_seconds: float = Field(default=0.3, gt=0)
    """How long after the first of them ``embeddinggemma-300m`` may begin to read another: a slow
    machine reads two, a faster one more (docs/performance.md)."""
    llm: str = "auto"
    """``auto``, ``none``, ``local``, ``openai-compatible`` or an ``init_chat_model`` spec."""
    llm_base_url: str | None = None
    llm_api_key: str = ""
    llm_model: str | None = None
    """The model's name at ``llm_base_url``; or, for ``local``, a GGUF by name or path."""

    unsupported: Literal["drop", "strike"] = "drop"
    """What becomes of a model's sentences that no document supports: left out, or shown struck
    through. Never shown as fact."""

    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)

    parse_seconds: float = Field(default=120.0, gt=0)
    """Longest time one file may take to be parsed."""
    parse_megabytes: int = Field(default=1024, gt=0)
    """Most memory a parsing process may take."""
    file_megabytes: int = Field(default=200, gt=0)
    """Largest file that is read at all."""
    lock_seconds: float = Field(default=600.0, gt=0)
    """How long a writer waits for another one."""

    @field_validator("community")
    @classmethod
    def _community_can_name_a_collection(cls, name: str) -> str:
        if not COMMUNITY_NAME.fullmatch(name):
            raise PydanticCustomError("community", "a-z, 0-9, _ -, 1-63")
        return name

    @field_validator("embedding", "reranker")
    @classmethod
    def _a_folder_is_there(cls, name: str) -> str:
        """A path that leads nowhere is refused at once: it would be looked for on the network."""
        if name.startswith(("/", "./", "../", "~")) and not Path(name).expanduser().is_dir():
            raise PydanticCustomError("folder", "no such folder")
        return name


def http_host(url: str) -> str | None:
    """The host of an ``http://`` or ``https://`` address; ``None`` for anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:  # "http://["
        return None
    return parts.hostname if parts.scheme in ("http", "https") else None


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment; ``overrides`` that are not ``None`` win.

    Raises :class:`SettingsError` for the first value that cannot be used.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = f"COPASSIST_{str(first['loc'][0]).upper()}" if first["loc"] else "COPASSIST_*"
        problem = PROBLEMS.get(first["type"], first["msg"])
        known = str(first.get("ctx", {}).get("expected", "")).replace("'", "")
        known = known.replace(" or ", ", ")
        raise SettingsError(
            name=name, value=first["input"], problem=problem, known=known
        ) from error
