"""Prompts are data: Markdown files of ``prompts/``, edited by people, checked when loaded.

A file ``NAME.LANGUAGE.md`` begins with front matter and holds messages in turn::

    ---
    name: answer
    version: 1
    variables: [evidence, question]
    ---
    <!-- system -->
    Tu réponds...
    <!-- human -->
    {{evidence}}
    Question : {{question}}

What never changes comes first, so that a server that keeps what it has read need not read it
again. Values are put in once: a ``{{name}}`` inside a value stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, cast

import yaml

from copassist.errors import PromptError
from copassist.words import DEFAULT_LANGUAGE, words

Role = Literal["system", "human", "ai"]

_FIELDS: Final = frozenset({"name", "version", "variables"})
_FRONT_MATTER: Final = re.compile(r"\A---\n(?P<fields>.*?)\n---\n(?P<body>.*)\Z", re.DOTALL)
_TURN: Final = re.compile(r"^<!-- (?P<role>system|human|ai) -->\n", re.MULTILINE)
_VARIABLE: Final = re.compile(r"\{\{(\w+)\}\}")
_FILE: Final = re.compile(r"(?P<name>[a-z][a-z0-9-]*)\.(?P<language>fr|en)\.md")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt ready to be filled."""

    name: str
    version: int
    language: str
    variables: frozenset[str]
    turns: tuple[tuple[Role, str], ...]
    path: str

    @property
    def id(self) -> str:
        """What an answer records: ``answer@1``."""
        return f"{self.name}@{self.version}"

    def messages(self, **values: str) -> tuple[tuple[Role, str], ...]:
        """The messages with their variables filled.

        Raises :class:`PromptError` naming what is missing or unknown.
        """
        if missing := self.variables - values.keys():
            raise _error(self.path, "missing_values", names=_list(missing))
        if unknown := values.keys() - self.variables:
            raise _error(self.path, "unknown_values", names=_list(unknown))
        return tuple(
            (role, _VARIABLE.sub(lambda found: values[found[1]], text)) for role, text in self.turns
        )


def prompt(name: str, language: str = DEFAULT_LANGUAGE) -> Prompt:
    """The prompt ``name`` in ``language``, or in the default language where there is none.

    Raises :class:`PromptError` if no such prompt exists or any file cannot be used.
    """
    known = prompts()
    found = known.get((name, language)) or known.get((name, DEFAULT_LANGUAGE))
    if found is None:
        raise _error(name, "absent")
    return found


@cache
def prompts() -> Mapping[tuple[str, str], Prompt]:
    """Every prompt of the package, by (name, language). A fault in one is found at once."""
    # A namespace package: an editable install puts entries on its path that are no folders,
    # which importlib.resources refuses.
    for place in import_module("prompts").__path__:
        if Path(place).is_dir():
            return MappingProxyType(load_prompts(Path(place)))
    raise _error("prompts/", "absent")


def load_prompts(folder: Path) -> dict[tuple[str, str], Prompt]:
    """The prompts of ``folder``, checked: fields, variables, and the same in every language."""
    found: dict[tuple[str, str], Prompt] = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if matched := _FILE.fullmatch(file.name):
            read = parse(_text(file), file.name, matched["language"])
            if read.name != matched["name"]:
                raise _error(file.name, "other_name", name=read.name)
            found[read.name, read.language] = read
    for (name, _), one in found.items():
        default = found.get((name, DEFAULT_LANGUAGE), one)
        if (one.version, one.variables) != (default.version, default.variables):
            raise _error(one.path, "differs", other=default.path)
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise _error(file.name, "not_utf8") from error


def parse(text: str, path: str, language: str = DEFAULT_LANGUAGE) -> Prompt:
    """A prompt from the text of its file.

    Raises :class:`PromptError` for front matter that is missing or has other fields, for a body
    without turns, and for variables declared and not used or used and not declared.
    """
    matched = _FRONT_MATTER.match(text)
    if matched is None:
        raise _error(path, "no_front_matter")
    fields = _fields(matched["fields"], path)
    turns = _turns(matched["body"], path)
    used = {name for _, body in turns for name in _VARIABLE.findall(body)}
    declared = frozenset(fields["variables"])
    if missing := used - declared:
        raise _error(path, "undeclared", names=_list(missing))
    if idle := declared - used:
        raise _error(path, "unused", names=_list(idle))
    return Prompt(fields["name"], fields["version"], language, declared, turns, path)


def _fields(source: str, path: str) -> dict[str, Any]:
    try:
        fields = yaml.safe_load(source)
    except yaml.YAMLError as error:
        raise _error(path, "no_front_matter") from error
    if not isinstance(fields, dict):
        raise _error(path, "no_front_matter")
    if unknown := {str(field) for field in fields} - _FIELDS:
        raise _error(path, "unknown_fields", names=_list(unknown))
    if missing := _FIELDS - fields.keys():
        raise _error(path, "missing_fields", names=_list(missing))
    name, version, variables = fields["name"], fields["version"], fields["variables"]
    listed = isinstance(variables, list) and all(isinstance(one, str) for one in variables)
    if not (isinstance(name, str) and isinstance(version, int) and listed):
        raise _error(path, "wrong_types")
    return fields


def _turns(body: str, path: str) -> tuple[tuple[Role, str], ...]:
    before, *rest = _TURN.split(body)
    if before.strip() or not rest:
        raise _error(path, "no_turns")
    pairs = zip(rest[::2], rest[1::2], strict=True)
    return tuple((cast(Role, role), text.strip()) for role, text in pairs)


def _list(names: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(names))


def _error(path: str, key: str, **values: object) -> PromptError:
    return PromptError(path=path, problem=words(DEFAULT_LANGUAGE)(f"prompts.{key}", **values))
