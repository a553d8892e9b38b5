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
from typing import Final, Never, Self

from tqdm import tqdm

from copassist.cli.common import (
    INTERRUPTED,
    Command,
    add_library_options,
    cli_words,
    run,
    settings_of,
    tell,
    tell_waiting,
    write_json,
)
from copassist.cli.parser import Parser
from copassist.errors import CopassistError, UsageError
from copassist.library import Library
from copassist.passages import KINDS, LEVELS
from copassist.settings import Settings
from copassist.words import Words
from ingest.pipeline import Ingestion
from ingest.report import Progress, Report
from ingest.watch import watch

SOME_FAILED: Final = 3
NAME_LENGTH: Final = 40
"""Letters of a file's name that are shown: rate and time left must fit beside it."""


def parse(line: Sequence[str]) -> tuple[Command, argparse.Namespace]:
    say = cli_words()
    parser = Parser(prog="python -m ingest", description=say("cli.ingest.help"))
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help=say("cli.ingest.paths"))
    parser.add_argument("--kind", choices=KINDS, help=say("cli.ingest.kind"))
    parser.add_argument("--level", choices=LEVELS, help=say("cli.ingest.level"))
    parser.add_argument("--sync", action="store_true", help=say("cli.ingest.sync"))
    parser.add_argument("--yes", action="store_true", help=say("cli.ingest.yes"))
    parser.add_argument("--again", action="store_true", help=say("cli.ingest.again"))
    parser.add_argument("--watch", action="store_true", help=say("cli.ingest.watch"))
    add_library_options(parser)
    arguments = parser.parse_args(line)
    if not arguments.paths and not arguments.again:
        parser.error("the following arguments are required: PATH")
    if arguments.again and (arguments.paths or arguments.sync or arguments.watch):
        raise UsageError(problem=say("cli.ingest.again_alone"))
    if arguments.watch and arguments.json:
        raise UsageError(problem=say("cli.ingest.watch_json"))
    return ingest, arguments


def ingest(arguments: argparse.Namespace) -> int:
    """Exit code 0; 1 when a sync was refused, 3 when the run finished though some files could not
    be read."""
    settings = settings_of(arguments)
    if not arguments.watch:
        return ingest_once(arguments, settings)
    tell(cli_words()("cli.ingest.watching"))
    stop = threading.Event()
    watch(
        arguments.paths,
        lambda: _round(arguments, settings, stop),
        stop,
        library=settings.library,
    )
    return INTERRUPTED


def _round(arguments: argparse.Namespace, settings: Settings, stop: threading.Event) -> None:
    """One round of watching. What ends a round is told, and watching goes on."""
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
        _Bar(say) as bar,
    ):
        report = Ingestion(
            library,
            kind=arguments.kind,
            level=arguments.level,
            sync_folder=arguments.sync or arguments.watch,
            yes=arguments.yes,
            again=arguments.again,
            removing=lambda path: tell(say("cli.ingest.removing", path=path)),
            progress=bar.show,
            cancelled=cancelled,
        ).run(arguments.paths)
    if arguments.json:
        write_json(report.to_dict(settings.language))
    else:
        _tell(report, say)
    if cancelled.is_set():
        tell(say("cli.interrupted"))
        return INTERRUPTED
    if report.refused is not None:
        tell(report.refused.describe(settings.language))
        return report.refused.exit_code
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


class _Bar:
    """Progress on a terminal, with rate and time left: files read, then passages embedded."""

    def __init__(self, say: Words) -> None:
        self._say = say
        self._bar: tqdm[Never] = tqdm(file=sys.stderr, disable=None, leave=False, unit=" ")
        self._phase = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, progress: Progress) -> None:
        counted, done, total = progress.stage
        self._begin(counted, total)
        self._bar.n = done
        if counted == "files":
            self._bar.set_postfix_str(progress.name[-NAME_LENGTH:], refresh=False)
        self._bar.refresh()

    def _begin(self, phase: str, total: int) -> None:
        """Another thing is counted from now on: rate and time left begin again."""
        if phase != self._phase:
            self._phase = phase
            self._bar.unit = " " + self._say(f"cli.ingest.unit.{phase}")
            self._bar.set_postfix_str("", refresh=False)
            self._bar.set_description_str(self._say(f"cli.ingest.phase.{phase}"), refresh=False)
            self._bar.reset(total)
        self._bar.total = total


def _tell(report: Report, say: Words) -> None:
    for name in ("added", "replaced", "unchanged", "removed", "duplicate", "failed"):
        count = len(getattr(report, name))
        if count:
            print(say(f"cli.ingest.{name}", count=count))
    seconds = f"{report.seconds:.1f}".replace(".", say("cli.decimal"))
    print(say("cli.ingest.done", passages=report.passages, seconds=seconds))
    for _, error in report.failed:
        tell("  " + error.describe(say.language))


if __name__ == "__main__":
    sys.exit(run(parse))
