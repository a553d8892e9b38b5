"""``python -m ingest PATH...``: files and folders into a library."""

from __future__ import annotations

import argparse
import sys
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
from copassist.errors import NotYetError
from copassist.library import Library
from copassist.passages import KINDS, LEVELS
from copassist.words import Words
from ingest.pipeline import Ingestion
from ingest.report import Progress, Report

SOME_FAILED: Final = 3


def parse(line: Sequence[str]) -> tuple[Command, argparse.Namespace]:
    say = cli_words()
    parser = Parser(prog="python -m ingest", description=say("cli.ingest.help"))
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help=say("cli.ingest.paths"))
    parser.add_argument("--kind", choices=KINDS, help=say("cli.ingest.kind"))
    parser.add_argument("--level", choices=LEVELS, help=say("cli.ingest.level"))
    parser.add_argument("--sync", action="store_true", help=say("cli.ingest.sync"))
    parser.add_argument("--watch", action="store_true", help=say("cli.ingest.watch"))
    add_library_options(parser)
    return ingest, parser.parse_args(line)


def ingest(arguments: argparse.Namespace) -> int:
    """Exit code 0, or 3 when the run finished though some files could not be read."""
    for option in ("sync", "watch"):
        if getattr(arguments, option):
            raise NotYetError(command=f"ingest --{option}")
    settings = settings_of(arguments)
    say = cli_words()
    with (
        Library(settings) as library,
        tqdm(unit=say("cli.ingest.unit"), file=sys.stderr, disable=None) as bar,
    ):
        report = Ingestion(
            library,
            kind=arguments.kind,
            level=arguments.level,
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
