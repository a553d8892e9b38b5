"""``python -m ingest PATH...``: files and folders into a library."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final, Never

from tqdm import tqdm

from copassist.cli.common import (
    INTERRUPTED,
    Command,
    Parser,
    add_library_options,
    cli_words,
    run,
    settings_of,
    tell,
    tell_waiting,
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
    stop = threading.Event()
    watch(arguments.paths, lambda: _again(arguments, settings, stop), stop)
    return INTERRUPTED


def _again(arguments: argparse.Namespace, settings: Settings, stop: threading.Event) -> None:
    """One round of watching; a round that is refused is said, and watching goes on."""
    try:
        if ingest_once(arguments, settings) == INTERRUPTED:
            stop.set()
    except CopassistError as error:
        tell(error.describe(settings.language))


def ingest_once(arguments: argparse.Namespace, settings: Settings) -> int:
    """One run over the paths; watching a folder keeps the library in step with it.

    Stopped by Ctrl+C, it ends after what is under way, and reports what is in by then.
    """
    say = cli_words()
    cancelled = threading.Event()
    with (
        _interruptible(cancelled),
        Library(settings, waiting=tell_waiting) as library,
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
            cancelled=cancelled,
        ).run(arguments.paths)
    if arguments.json:
        write_json(report.to_dict(settings.language))
    else:
        _tell(report, say)
    if cancelled.is_set():
        tell(say("cli.interrupted"))
        return INTERRUPTED
    return SOME_FAILED if report.failed else 0


@contextmanager
def _interruptible(cancelled: threading.Event) -> Iterator[None]:
    """The first Ctrl+C asks the run to end; the next one ends it where it stands."""

    def stop(_: int, __: FrameType | None) -> None:
        cancelled.set()
        signal.signal(signal.SIGINT, before)
        tell(cli_words()("cli.stopping"))

    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


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
