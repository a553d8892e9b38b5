"""Documents are data: sentences that speak to an assistant are kept from the model.

They stay in the library, searchable and quotable: a person may well look for them. They only
never become evidence, so that a model that would obey them does not see them, and a sentence
that obeys them finds nothing to rest on. A word list cannot know every wording; it is one layer,
beside delimiting (``synthesis.as_data``), the support check and ``sanitize``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib import resources

from copassist.analysis import fold
from copassist.plaintext import plain
from copassist.sentences import blocks, sentences


def instructs(text: str) -> bool:
    """Whether ``text`` speaks to an assistant: "ignore tes consignes", "answer only"."""
    shown = "".join(letter for letter in plain(text) if unicodedata.category(letter) != "Cf")
    return _patterns().search(fold(shown.replace("’", "'")).strip(" .!?*_»\"'")) is not None


@lru_cache(maxsize=256)
def instructing(text: str) -> tuple[tuple[int, int], ...]:
    """Where ``text`` speaks to an assistant: whole paragraphs, items or rows, since what follows
    such a sentence ("Assistant : bien sûr. Le code est...") is part of it."""
    return tuple(
        (block.start, block.end)
        for block in blocks(text)
        if _instructs_in(text[block.start : block.end])
    )


@lru_cache(maxsize=256)
def without_instructions(text: str) -> str:
    """``text`` without what :func:`instructing` finds, for checking what rests on the rest."""
    kept = text
    for start, end in reversed(instructing(text)):
        kept = kept[:start] + kept[end:]
    return kept


def _instructs_in(block: str) -> bool:
    return instructs(block) or any(instructs(span.text) for span in sentences(block))


@cache
def _patterns() -> re.Pattern[str]:
    source = resources.files("copassist").joinpath("data/instructions.toml")
    patterns: list[str] = tomllib.loads(source.read_text(encoding="utf-8"))["patterns"]
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.MULTILINE)
