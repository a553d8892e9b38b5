"""Words shown to people: one TOML file per language, never text in code.

``words("fr")("errors.empty_file.reason", path="a.md")`` looks a dotted key up and fills its
``{placeholders}``. ``tests/test_words.py`` holds both files to the same keys and placeholders.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

LANGUAGES: Final = ("fr", "en")
DEFAULT_LANGUAGE: Final = "fr"
_SPACED: Final = re.compile(r" (?=[?!:;»%])|(?<=«) ")
"""OQLF, "Espacement avant et après les principaux signes de ponctuation"; and signs that others
put a space before, where somebody typed one."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; call it with a dotted key."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The text at ``key``, placeholders filled.

        Raises ``KeyError`` for an unknown key or a missing value: that is a defect of ours,
        which the tests catch, and not something a person can mend.
        """
        return self.texts[key].format(**values)

    def below(self, prefix: str) -> Mapping[str, str]:
        """Every text under ``prefix.``, by the rest of its key, unfilled."""
        start = prefix + "."
        return {
            key.removeprefix(start): text
            for key, text in self.texts.items()
            if key.startswith(start)
        }


def flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested tables to dotted keys."""
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = str(value)
    return flat


def words(language: str) -> Words:
    """The words of ``language``, or of the default language where we have none."""
    # only the languages we have are kept: an address of the page may name any (?lang=...)
    known = language[:2].lower()
    return _words(known if known in LANGUAGES else DEFAULT_LANGUAGE)


@cache
def _words(known: str) -> Words:
    source = resources.files("copassist").joinpath(f"data/words.{known}.toml")
    texts = flatten(tomllib.loads(source.read_text(encoding="utf-8")))
    shown = {key: unbroken(text) for key, text in texts.items() if key.startswith("ui.")}
    return Words(known, MappingProxyType(texts | shown))


def unbroken(text: str) -> str:
    """``text`` with the spaces of French that no line may end at as non-breaking ones.

    On the page lines break anywhere; the words files, and what is typed, have plain spaces.
    """
    return _SPACED.sub("\u00a0", text)
