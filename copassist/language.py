"""Which language a text is in, and the lists of words that tell."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Final, Literal

Language = Literal["fr", "en"]

LANGUAGES: Final[tuple[Language, ...]] = ("fr", "en")
DEFAULT: Final[Language] = "fr"
_SAMPLE: Final = 20_000
"""Characters looked at to guess a language: several pages say enough."""

LETTERS = re.compile(r"[^\W\d_]+")
_FRENCH = re.compile(
    r"\bqu|\b[dlns]['’]|(?:eur|rice|eux|aux|ique|aire|age|isme|oir|ette|elle|euse)s?\b"
)
_ENGLISH = re.compile(r"th|w|k|sh|(?:ing|ly|ed|ness|ship|[^e]ty|['’]s)\b")
_FRENCH_LETTERS = frozenset("éèêëàâçîïôûùœæ")


def as_language(name: str) -> Language:
    """The language of that name, French where we have no other."""
    return "en" if name == "en" else "fr"


@cache
def word_list(name: str) -> frozenset[str]:
    """The lines of ``data/NAME.txt`` that are no remarks."""
    source = resources.files("copassist").joinpath(f"data/{name}.txt")
    lines = source.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def guess_language(text: str, default: str = DEFAULT, margin: int = 1) -> Language:
    """The language of ``text`` by its function words; ``default`` where nothing tells.

    A word of both lists counts for both. Leaving ``default`` takes ``margin`` more words of the
    other language; with a margin of 1, French accents and English letter pairs break ties.
    """
    sample = text[:_SAMPLE].lower()
    words = LETTERS.findall(sample)
    french = sum(word in word_list("function-words.fr") for word in words)
    english = sum(word in word_list("function-words.en") for word in words)
    fallback = as_language(default)
    if abs(french - english) >= margin:
        return "fr" if french > english else "en"
    if margin > 1:
        return fallback
    accents = sum(letter in _FRENCH_LETTERS for letter in sample) + len(_FRENCH.findall(sample))
    pairs = len(_ENGLISH.findall(sample))
    if accents == pairs:
        return fallback
    return "fr" if accents > pairs else "en"
