"""What every command shares: options, settings, JSON out, errors as one line."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from copassist.errors import CopassistError, OutputError, SettingsError, UsageError
from copassist.settings import Settings, load_settings
from copassist.words import DEFAULT_LANGUAGE, Words, words

INTERRUPTED: Final = 130
"""What shells give a program stopped from the keyboard (128 + SIGINT)."""

Command = Callable[[argparse.Namespace], int]


def cli_words() -> Words:
    """The words of the command line's language, even where the settings cannot be read."""
    return words(os.environ.get("COPASSIST_LANGUAGE", DEFAULT_LANGUAGE))


def add_place_options(parser: argparse.ArgumentParser) -> None:
    """``--library`` and ``--community``: what is spoken of."""
    say = cli_words()
    parser.add_argument("--library", type=Path, metavar="DIR", help=say("cli.options.library"))
    parser.add_argument("--community", metavar="NAME", help=say("cli.options.community"))


def add_library_options(parser: argparse.ArgumentParser) -> None:
    """``--library``, ``--community``, ``--json``: the contract's common options."""
    say = cli_words()
    add_place_options(parser)
    parser.add_argument("--json", action="store_true", help=say("cli.options.json"))


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Settings of the environment, with the options given on top.

    Raises :class:`UsageError` when it is an option that cannot be used.
    """
    given = {
        name: value
        for name in ("library", "community", "llm")
        if (value := getattr(arguments, name, None)) is not None
    }
    try:
        return load_settings(**given)
    except SettingsError as error:
        variable = str(error.values["name"])
        name = variable.removeprefix("COPASSIST_").lower()
        if name in given:
            problem = error.reason(cli_words().language).replace(variable, f"--{name}")
            raise UsageError(problem=problem) from error
        raise


def write_json(value: Any, stream: IO[str] | None = None) -> None:
    """One JSON document on standard output, readable and in UTF-8."""
    json.dump(value, stream or sys.stdout, ensure_ascii=False, indent=1, default=str)
    (stream or sys.stdout).write("\n")


def tell(text: str) -> None:
    """A line for the person on standard error, where it never mixes with JSON."""
    print(text, file=sys.stderr)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What the system says of a file that cannot be written, as an :class:`OutputError`."""
    try:
        yield
    except OSError as error:
        raise OutputError(path=path) from error


def save(path: Path, data: bytes) -> None:
    """Write a file that was asked for, and say where. Raises :class:`OutputError`."""
    with writing(path):
        path.write_bytes(data)
    tell(str(path))


def tell_waiting() -> None:
    """Another process is writing, and this one waits."""
    tell(cli_words()("cli.waiting"))


def run(parse: Callable[[Sequence[str]], tuple[Command, argparse.Namespace]]) -> int:
    """Run one command line; an error of ours becomes one line and its exit code."""
    try:
        command, arguments = parse(sys.argv[1:])
        return command(arguments)
    except CopassistError as error:
        tell(error.describe(cli_words().language))
        return error.exit_code
    except KeyboardInterrupt:
        tell(cli_words()("cli.interrupted"))
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has seen enough; Python would complain again while closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
