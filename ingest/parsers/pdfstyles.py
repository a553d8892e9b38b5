"""How the lines of a PDF page look: how large, and whether all in bold.

pypdf tells the font of every piece of text as it extracts it; pieces are gathered into lines here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import sqrt
from typing import Any, Final

LETTER: Final = 0.5
"""Mean width of a letter over the size of its font: .45 to .55 in usual text faces."""
GAP: Final = 2.0
"""Blank between two cells, over the size of the font: some four letters; proposed."""

_BOLD: Final = re.compile(r"bold|black(?![a-z])|heavy|demi(?![a-z])|(?:SF|CM)BX", re.IGNORECASE)
"""In a font's name; TeX's bold faces end in BX."""


@dataclass(frozen=True, slots=True)
class StyledLine:
    """A line as extracted. ``size`` in points, to half of one, of most of its characters."""

    text: str
    size: float
    bold: bool
    """All of it."""
    row: bool = False
    """Whether wide blanks stand between its pieces: cells of a table."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text as drawn, beginning at ``place`` points from the left."""

    text: str
    size: float = 0.0
    bold: bool = False
    place: float = 0.0


@dataclass(slots=True)
class Styles:
    """What ``PageObject.extract_text(visitor_text=styles.visit)`` fills."""

    _pieces: list[_Piece] = field(default_factory=list)

    def visit(
        self,
        text: str,
        page: Sequence[float],
        line: Sequence[float],
        font: Any,
        size: float | None,
    ) -> None:
        """A piece of text, the matrices that it is drawn by, and its font."""
        try:
            name = str((font or {}).get("/BaseFont", ""))
            points = (size or 0.0) * _scale(page) * _scale(line)
            place = float(line[4]) * float(page[0]) + float(page[4])
            piece = _Piece(text, round(2 * points) / 2, _BOLD.search(name) is not None, place)
        except (ArithmeticError, AttributeError, ValueError):  # a broken font or matrix
            piece = _Piece(text)
        self._pieces.append(piece)

    def lines(self) -> list[StyledLine]:
        """The lines of the page that hold something, in order."""
        found: list[StyledLine] = []
        held: list[_Piece] = []
        for piece in [*self._pieces, _Piece("\n")]:
            first, *rest = piece.text.split("\n")
            held.append(replace(piece, text=first))
            for following in rest:
                found += _line(held)
                held = [replace(piece, text=following)]
        return found


def _line(pieces: Sequence[_Piece]) -> list[StyledLine]:
    written = [piece for piece in pieces if piece.text.strip()]
    if not written:
        return []
    sizes: Counter[float] = Counter()
    for piece in written:
        sizes[piece.size] += len(piece.text)
    words = " ".join("".join(piece.text for piece in pieces).split())
    [(size, _)] = sizes.most_common(1)
    row = any(_apart(one, other) for one, other in pairwise(written))
    return [StyledLine(words, size, all(piece.bold for piece in written), row)]


def _apart(one: _Piece, other: _Piece) -> bool:
    """Whether ``other`` begins far behind the end of ``one``, its letters of usual width."""
    end = one.place + len(one.text) * one.size * LETTER
    return other.place - end > GAP * one.size


def _scale(matrix: Sequence[float]) -> float:
    a, b, c, d, *_ = (float(number) for number in matrix)
    return sqrt(abs(a * d - b * c))
