"""``python -m ingest PATH...``: files and folders into a library."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Never

from tqdm import tqdm

from copassist.cli.common import (
    Command,
    Parser,
    add_library_options,
    cli_words,
    run,
    settings_of,
    tell,
    write_json,
)
from copassist.errors import CopassistError
from copassist.library import Library
from copassist.passages import KINDS, LEVELS
from copassist.settings import Settings
from copassist.words import Words
from ingest.pipeline import Ingestion
from ingest.report import Progress, Report
from ingest.watch import watch

SOME_FAILED: Final = 3


def parse(line: Sequence[str]) -> tuple[Command, argparse.Namespace]:
    say = cli_words()
    parser = Parser(prog="python -m ingest", description=say("cli.ingest.help"))
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help=say("cli.ingest.paths"))
    parser.add_argument("--kind", choices=KINDS, help=say("cli.ingest.kind"))
    parser.add_argument("--level", choices=LEVELS, help=say("cli.ingest.level"))
    parser.add_argument("--sync", action="store_true", help=say("cli.ingest.sync"))
    parser.add_argument("--yes", action="store_true", help=say("cli.ingest.yes"))
    parser.add_argument("--watch", action="store_true", help=say("cli.ingest.watch"))
    add_library_options(parser)
    return ingest, parser.parse_args(line)


def ingest(arguments: argparse.Namespace) -> int:
    """Exit code 0, or 3 when the run finished though some files could not be read."""
    settings = settings_of(arguments)
    if not arguments.watch:
        return ingest_once(arguments, settings)
    tell(cli_words()("cli.ingest.watching"))
    watch(arguments.paths, lambda: _again(arguments, settings), threading.Event())
    return 0


def _again(arguments: argparse.Namespace, settings: Settings) -> None:
    """One round of watching; a round that is refused is said, and watching goes on."""
    try:
        ingest_once(arguments, settings)
    except CopassistError as error:
        tell(error.describe(settings.language))


def ingest_once(arguments: argparse.Namespace, settings: Settings) -> int:
    """One run over the paths; watching a folder keeps the library in step with it."""
    say = cli_words()
    with (
        Library(settings) as library,
        tqdm(unit=say("cli.ingest.unit"), file=sys.stderr, disable=None) as bar,
    ):
        report = Ingestion(
            library,
            kind=arguments.kind,
            level=arguments.level,
            sync_folder=arguments.sync or arguments.watch,
            yes=arguments.yes,
            removing=lambda path: tell(say("cli.ingest.removing", path=path)),
            progress=lambda progress: _show(bar, progress),
        ).run(arguments.paths)
    if arguments.json:
        write_json(report.to_dict(settings.language))
    else:
        _tell(report, say)
    return SOME_FAILED if report.failed else 0


def _show(bar: tqdm[Never], progress: Progress) -> None:
    """Passages embedded out of those written, once files are read."""
    words_first = progress.embedded == 0
    bar.total = progress.files_total if words_first else progress.passages
    bar.n = progress.files if words_first else progress.embedded
    bar.set_postfix_str(progress.name[-40:] if words_first else "", refresh=False)
    bar.refresh()


def _tell(report: Report, say: Words) -> None:
    for name in ("added", "replaced", "unchanged", "removed", "duplicate", "failed"):
        count = len(getattr(report, name))
        if count:
            print(say(f"cli.ingest.{name}", count=count))
    print(say("cli.ingest.done", passages=report.passages, seconds=f"{report.seconds:.1f}"))
    for _, error in report.failed:
        tell("  " + error.describe(say.language))


if __name__ == "__main__":
    sys.exit(run(parse))
