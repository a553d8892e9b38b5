"""What a line of a record says once its Markdown is taken off; nothing else is changed."""

# ruff: noqa: E501 - patterns are read whole, one wording after another

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_IMAGE: Final = re.compile(r"!\[[^\]]*\]\((?:[^()]|\([^()]*\))*\)")
_LINK: Final = re.compile(r"\[(?P<words>(?:[^\[\]]|\[[^\]]*\])*)\]\((?:[^()]|\([^()]*\))*\)")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
_EMPHASIS: Final = re.compile(r"\*{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)|~~|`")
_LINK_BROKEN_BY_A_LINE: Final = re.compile(r"\]\s*\n\s*\(")
_NUMBERING: Final = re.compile(
    r"^\W*(?:\d{1,2}(?:\.\d{1,2})+ (?=[A-ZÀ-ÖØ-Þ])|\d{1,2}(?:\.\d{1,2})*[.)]|(?:[A-Za-z]|[IVX]{2,5})[.)]|#)?\s*"
)
DURATION: Final = r"\(\d{1,3} ?(?:min\.?|minutes?|mn|h(?: ?\d{2})?|heures?|hours?|hrs?)\)"
"""How long an item lasts, as agendas write it after its title."""
_TIMED: Final = re.compile(rf"\s*{DURATION}\s*:?$", re.IGNORECASE)
_STRAIGHT: Final = str.maketrans("’‘\u00a0\u202f\n", "''   ")
ARROW: Final = r"(?:[-–—=]{1,2}(?:>|&gt;)|→|➜|⇒)"
"""What note takers point with: « -> Marie », "=> we write one page"."""
POINTS: Final = re.compile(rf"{ARROW} ?")
"""An arrow, up to what it points at."""
_REMEMBERED: Final = 4096
"""Lines whose plain form is kept: each is asked for by several rules, within one record."""


@lru_cache(_REMEMBERED)
def plain(text: str) -> str:
    """``text`` without links, emphasis, tags and entities, on one line; the words as written."""
    text = _IMAGE.sub("", _LINK_BROKEN_BY_A_LINE.sub("](", text))
    text = _TAG.sub(" ", html.unescape(_LINK.sub(r"\g<words>", text)))
    return " ".join(_EMPHASIS.sub("", text).split())


def straight(text: str) -> str:
    """``text`` with plain apostrophes and spaces, for patterns: same length, same places."""
    return text.translate(_STRAIGHT)


@lru_cache(_REMEMBERED)
def fold(text: str) -> str:
    """``text`` for comparing: no Markdown, case or accents; one space between words."""
    bare = unicodedata.normalize("NFKD", straight(plain(text)).casefold())
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


_NOTHING: Final = re.compile(
    r"(?:(?:il )?n'y a |y a |there (?:is|are|was|were) )?"
    r"(?:(?:pas|plus) (?:d[e'] ?|encore )?|aucune?s?|rien|neant|sans objet|n ?/ ?a|nothing|none|nil|no|not applicable)"
    r"(?: ?(?:de |d'|a |an?y |to |in )?(?:nouveau|nouvelle|neuf|particulier|special|signaler|ajouter|declarer|rapporter|new|report|particular"
    r"|suivi|action|tache|mesure|decision|resolution|point|sujet|suite|item|follow-?up|task|step|autre|other)(?:e?s)?)*"
    r"(?: (?:(?:n'a |n'est |was |were )?(?:ete )?(?:prise?|reportee?|prevue?|decidee?|taken|made|deferred|planned))s?)?"
    r"(?: (?:a|de|pour|lors de|at|for|this|cette|aujourd'hui|today)(?: (?:cette|la|l'instant|ce|moment|le|the|now|time|meeting|fois(?:-ci)?|rencontre|reunion|seance|session))*)?"
)


def says_nothing(words: str) -> bool:
    """Whether a whole line or cell says that there is nothing: « Aucun suivi », « N/A »."""
    return _NOTHING.fullmatch(fold(words).strip(" .!-–—:*")) is not None


def line_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each line of ``text`` begins and ends, its line break left out."""
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def title_of(text: str) -> str:
    """A heading without its numbering, duration, closing colon and surrounding punctuation."""
    bare = _TIMED.sub("", _NUMBERING.sub("", plain(text), count=1))
    return bare.strip(" .:–—-#")
