"""argparse in the person's language: help, and a wrong usage told in one line.

argparse speaks through gettext, whose catalogues are compiled files that Python does not ship;
so its few titles are given here, and its messages are known by their English form, the same from
Python 3.11 on, and told again from our words.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, NoReturn

from copassist.cli.common import cli_words
from copassist.errors import UsageError

MESSAGES: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "required": re.compile(r"the following arguments are required: (?P<known>.+)"),
        "unquoted": re.compile(r"unrecognized arguments: (?P<known>(?!-)\S+(?: (?!-)\S+)*)"),
        "unknown": re.compile(r"unrecognized arguments: (?P<known>.+)"),
        "ambiguous": re.compile(r"ambiguous option: (?P<name>\S+) could match (?P<known>.+)"),
        "choice": re.compile(
            r"argument (?P<name>.+?): invalid choice: (?P<value>.+) \(choose from (?P<known>.+)\)"
        ),
        "value": re.compile(r"argument (?P<name>.+?): invalid \w+ value: (?P<value>.+)"),
        "lacking": re.compile(r"argument (?P<name>.+?): expected (?:at least )?one argument"),
        "other": re.compile(r"argument (?P<name>.+?): (?P<known>.+)"),
    }
)
"""What argparse says (3.11 to 3.14), by the key of ``cli.usage`` that says it in our words."""
_REPR: Final = re.compile(r"(?<![^\s(,])'|'(?=,|$)")
"""The quotes that Python puts around values; an apostrophe stands between letters."""
DAY: Final = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


class Parser(argparse.ArgumentParser):
    """argparse, telling a wrong usage in one line with exit code 2."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, add_help=False, formatter_class=_Formatter)
        say = cli_words()
        self._positionals.title = say("cli.usage.positionals")
        self._optionals.title = say("cli.usage.options")
        self.add_argument("-h", "--help", action="help", help=say("cli.usage.help"))

    def error(self, message: str) -> NoReturn:
        problem = self._choice_lacking(message) or in_our_words(message)
        raise UsageError(problem=cli_words()("cli.usage.told", program=self.prog, problem=problem))

    def _choice_lacking(self, message: str) -> str:
        """That a command lacks its second word, and those there are; argparse names none."""
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                lacking = MESSAGES["required"].fullmatch(message)
                if lacking and lacking["known"] == action.metavar:
                    return cli_words()("cli.usage.which", known=", ".join(action.choices))
        return ""


def in_our_words(message: str) -> str:
    """argparse's ``message`` in the person's language, or as it is where it is not known."""
    for key, form in MESSAGES.items():
        if found := form.fullmatch(message):
            values = {name: _REPR.sub("", value) for name, value in found.groupdict().items()}
            return cli_words()(f"cli.usage.{key}", **values)
    return message


def day(text: str) -> str:
    """A year, month or day as ``--since`` and ``--until`` take it; argparse tells of any other."""
    if not DAY.fullmatch(text):
        raise argparse.ArgumentTypeError(cli_words()("cli.usage.day", value=text))
    return text


def count(text: str) -> int:
    """A whole number of one or more; argparse tells of any other."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(cli_words()("cli.usage.count", value=text))
    return int(text)


class _Formatter(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        shown = cli_words()("cli.usage.usage") if prefix is None else prefix
        super().add_usage(usage, actions, groups, shown)
