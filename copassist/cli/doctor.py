"""``doctor``: what is there, what is missing, and how to get it."""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
from collections.abc import Mapping
from importlib import metadata
from typing import Any, Final

from copassist.cli.common import add_library_options, cli_words, settings_of, write_json
from copassist.cli.models import size_of
from copassist.errors import CopassistError
from copassist.library import Library
from copassist.models import modelstore
from copassist.passages import DEFAULT_LEVEL
from copassist.settings import Settings

PACKAGES: Final = ("chromadb", "gradio", "langchain", "sentence-transformers", "torch", "pypdf")
PROGRAMS: Final = {"tesseract": "tesseract-ocr tesseract-ocr-fra", "soffice": "libreoffice-writer"}
"""Optional programs and the Debian packages that hold them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_library_options(parser)


def run(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    found = examine(settings)
    if arguments.json:
        write_json(found)
        return 0
    say = cli_words()
    for name, value in found.items():
        rows = value.items() if isinstance(value, Mapping) else [("", value)]
        for key, what in rows:
            # Names of packages, programs and models are the same in every language.
            label = " ".join(filter(None, (_label(name), _label(key, within=name))))
            told = size_of(what) if name == "models" and isinstance(what, int) else what
            print(f"{label:38} {say('cli.doctor.missing') if told is None else told}")
    if absent := [PROGRAMS[name] for name, path in found["programs"].items() if path is None]:
        print(say("cli.doctor.install", packages=" ".join(absent)))
    return 0


def _label(key: str, within: str = "") -> str:
    texts = cli_words().texts
    own = texts.get(f"cli.doctor.label.{within}_{key}")
    return own or texts.get(f"cli.doctor.label.{key}", key)


def examine(settings: Settings) -> dict[str, Any]:
    """Versions, folders, models, programs, and what the library says of itself."""
    with Library(settings) as library:
        documents = library.documents()
        return {
            "python": platform.python_version(),
            "platform": sys.platform,
            "packages": {name: metadata.version(name) for name in PACKAGES},
            "library": {
                "folder": str(settings.library),
                "community": settings.community,
                "documents": len(documents),
                "passages": sum(document.passages for document in documents),
                "embedding": library.catalogue.get("embedding"),
                **({"vectors": _chroma(library)} if settings.chroma_url else {}),
            },
            "models": {
                "embedding": library.embeddings.name,
                "reranker": settings.reranker,
                "llm": settings.llm,
                **{
                    model.name: model.bytes if model.path else None
                    for model in modelstore.stored(settings.models)
                },
            },
            "programs": {name: shutil.which(name) for name in PROGRAMS},
        }


def _chroma(library: Library) -> str:
    """The Chroma server's address, or what is wrong with it."""
    try:
        library.vectors.get(library.settings.community, DEFAULT_LEVEL, [])
    except CopassistError as error:
        return error.describe(cli_words().language)
    return str(library.settings.chroma_url)
