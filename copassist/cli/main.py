"""``python -m copassist``: the table of commands."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import Final

from copassist.cli.common import Command, cli_words, run
from copassist.cli.parser import Parser

COMMANDS: Final = (
    "search",
    "ask",
    "agenda",
    "records",
    "documents",
    "library",
    "models",
    "eval",
    "feedback",
    "doctor",
)
"""Each is a module of this package with ``add_arguments(parser)`` and ``run(arguments)``."""
MODULES: Final = {"eval": "evaluate"}
"""Where the command's name is not one a module may have."""


def parse(line: Sequence[str]) -> tuple[Command, argparse.Namespace]:
    """The command named first on the line, and its options."""
    say = cli_words()
    parser = Parser(prog="python -m copassist", description=say("cli.description"))
    choices = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True, parser_class=Parser
    )
    for name in COMMANDS:
        help_text = say(f"cli.{name}.help")
        module = import_module(f"copassist.cli.{MODULES.get(name, name)}")
        child = choices.add_parser(name, help=help_text, description=help_text)
        module.add_arguments(child)
        child.set_defaults(run=module.run)
    arguments = parser.parse_args(line)
    return arguments.run, arguments


def main() -> int:
    """Entry point; gives the exit code."""
    return run(parse)
