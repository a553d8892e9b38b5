"""``agenda``: still to come."""

from __future__ import annotations

import argparse

from copassist.errors import NotYetError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rest", nargs=argparse.REMAINDER)


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001 (every command has this shape)
    raise NotYetError(command="agenda")
