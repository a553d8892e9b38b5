"""Composition root: settings -> library -> assistant -> page. ``python app.py``."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from copassist.chatmodels import chat_model
from copassist.cli.common import Command, add_place_options, cli_words, run, settings_of
from copassist.cli.parser import Parser
from copassist.errors import CopassistError
from copassist.library import Library
from copassist.router import Router
from copassist.uploads import Progress, Report
from copassist.workspace import Workspace

SAMPLES = Path(__file__).parent / "samples"


def parse(line: Sequence[str]) -> tuple[Command, argparse.Namespace]:
    parser = Parser(prog="python app.py", description=cli_words()("cli.app.help"))
    add_place_options(parser)
    return page, parser.parse_args(line)


def page(arguments: argparse.Namespace) -> int:
    """Serve the page until it is stopped."""
    settings = settings_of(arguments)
    with Library(settings) as library:
        from copassist.ui.server import serve

        threading.Thread(target=resume, args=(library,), name="resume", daemon=True).start()
        assistant = Router(library, chat_model(settings))
        serve(settings, Workspace(library, assistant, ingestion(library), SAMPLES))
    return 0


def resume(library: Library) -> None:
    """In the background: finish or undo what a killed process left, and make missing vectors."""
    try:
        library.check_model()
        library.recover()
        library.embed()
    except CopassistError as error:
        print(error.describe(cli_words().language), file=sys.stderr)


def ingestion(library: Library) -> Callable[..., Report]:
    """What the page calls to ingest files: ``copassist`` itself cannot import ``ingest``."""

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
    sys.exit(run(parse))
