"""Composition root: settings -> library -> assistant -> page. ``python app.py``."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from copassist.chatmodels import chat_model
from copassist.cli.common import cli_words
from copassist.errors import CopassistError
from copassist.library import Library
from copassist.router import Router
from copassist.settings import load_settings
from copassist.uploads import Progress, Report
from copassist.workspace import Workspace

SAMPLES = Path(__file__).parent / "samples"


def main() -> int:
    """Serve the page; what a person can mend is said in one line."""
    try:
        settings = load_settings()
        with Library(settings) as library:
            from copassist.ui.server import serve

            threading.Thread(target=resume, args=(library,), name="resume", daemon=True).start()
            assistant = Router(library, chat_model(settings))
            serve(settings, Workspace(library, assistant, ingestion(library), SAMPLES))
    except CopassistError as error:
        print(error.describe(cli_words().language), file=sys.stderr)
        return error.exit_code
    return 0


def resume(library: Library) -> None:
    """Behind the page: settle what a killed process left, and make the vectors that wait."""
    try:
        library.check_model()
        library.recover()
        library.embed()
    except CopassistError as error:
        print(error.describe(cli_words().language), file=sys.stderr)


def ingestion(library: Library) -> Callable[..., Report]:
    """What the page calls to take files in: the write side, which ``copassist`` cannot import."""

    def ingest(
        paths: Sequence[Path],
        options: Mapping[str, str],
        progress: Callable[[Progress], None],
        cancelled: threading.Event,
    ) -> Report:
        from ingest.pipeline import Ingestion

        return Ingestion(
            library,
            kind=options.get("kind"),
            level=options.get("level"),
            progress=progress,
            cancelled=cancelled,
        ).run(paths)

    return ingest


if __name__ == "__main__":
    sys.exit(main())
