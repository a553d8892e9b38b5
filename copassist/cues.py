"""Words that change what a sentence commits itself to: "ne ... pas", "pourrait", "certains".

Data of ``data/cues.<language>.toml``, compiled once; ``claims.py`` reads sentences with them.
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

from copassist.language import as_language

PATTERNS: Final = (
    *("neutral", "negation", "reversal", "only", "all", "most", "some", "condition"),
    *("tentative", "permission", "advice", "obligation", "future", "conditional", "infinitive"),
    *("delegation", "generic", "limit", "change", "pointing", "impersonal"),
)
WORDS: Final = (
    *("future_not", "conditional_not", "infinitive_not", "agent", "oblique", "articles"),
    *("titles", "conjunctions", "joining"),
)
_NOTHING: Final = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of one language, on text in lower case without accents."""

    patterns: Mapping[str, re.Pattern[str]]
    words: Mapping[str, frozenset[str]]
    numbers: Mapping[str, int]
    ordinals: Mapping[str, int]
    multipliers: Mapping[str, float]
    units: Mapping[str, str]
    moments: Mapping[str, str]
    opposites: tuple[tuple[str, str], ...]
    """Pairs of words that cannot stand for each other."""
    contraries: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    """Pairs of little words that cannot, of which no stem is kept: "before" and "after"."""

    def has(self, kind: str, text: str) -> bool:
        """Whether ``text`` holds a cue of ``kind``, exceptions of ``kind_not`` apart."""
        exceptions = self.words.get(f"{kind}_not", frozenset())
        return any(found[0] not in exceptions for found in self.patterns[kind].finditer(text))


@cache
def cues(language: str) -> Cues:
    """The cues of ``language``, French where it has none."""
    known = as_language(language)
    source = resources.files("copassist").joinpath(f"data/cues.{known}.toml")
    data: dict[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
    return Cues(
        patterns=MappingProxyType({kind: _compiled(data[kind]) for kind in PATTERNS}),
        words=MappingProxyType({kind: frozenset(data[kind]) for kind in WORDS}),
        numbers=MappingProxyType(data["numbers"]),
        ordinals=MappingProxyType(data["ordinals"]),
        multipliers=MappingProxyType(data["multipliers"]),
        units=MappingProxyType(data["units"]),
        moments=MappingProxyType(data["moments"]),
        opposites=tuple((first, second) for first, second in data["opposites"]),
        contraries=tuple(
            (_compiled([first]), _compiled([second])) for first, second in data["contraries"]
        ),
    )


def _compiled(patterns: list[str]) -> re.Pattern[str]:
    if not patterns:
        return _NOTHING
    # An elided word ends in its apostrophe, where the next word begins.
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?:(?<=')|(?!\w))")
