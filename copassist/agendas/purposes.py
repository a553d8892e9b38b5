"""What a theme or a wish asks for, as purpose tags of the activity formats."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Final

from copassist.analysis import fold
from copassist.formats import Format

WHOLE_WORD: Final = 4
"""Words of ``purposes.toml`` up to this long stand alone ("cas"); longer ones begin a word."""

BY_ORIGIN: Final = {
    "gap": ("reflexion-collective", "apprendre-avant"),
    "open": ("resolution",),
    "deferred": ("reflexion-collective", "decision"),
    "unseen": ("bilan", "reflexion-collective"),
}
"""Purpose of a theme that the records propose, where its words tell none."""
BROAD: Final = (("reflexion-collective",), ("participation", "partage"), ())
"""Purposes tried when nothing else tells; the empty one takes any format."""
SECOND: Final = (("action",), ("partage", "reussites"), ("reflexion-collective", "liens"))
"""What a second activity is for: once a theme was worked on, to act on it, then to share."""
FRAME_ONLY: Final = frozenset({"ouverture", "cloture", "evaluation"})
"""Formats with no other purpose open or close a session: they are never its activity."""


@cache
def _groups() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    source = resources.files("copassist").joinpath("data/purposes.toml")
    tree = tomllib.loads(source.read_text(encoding="utf-8"))
    return tuple(
        (tuple(group["tags"]), re.compile("|".join(map(_pattern, group["words"]))))
        for group in tree["purpose"]
    )


def _pattern(word: str) -> str:
    return rf"\b{word}" + (r"[sx]?\b" if len(word) <= WHOLE_WORD else "")


def purposes_of(text: str) -> tuple[tuple[str, ...], ...]:
    """Groups of purpose tags that the words of ``text`` point to, most precise first."""
    folded = fold(text)
    return tuple(tags for tags, pattern in _groups() if pattern.search(folded))


def candidates(formats: Iterable[Format]) -> tuple[Format, ...]:
    """The formats that can be a session's activity."""
    return tuple(one for one in formats if not set(one.tags) <= FRAME_ONLY)
