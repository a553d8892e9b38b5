"""The words of PDF pages made fit to be read: no repeated margins, whole words, single letters.

All pure; ``pdf.py`` reads the pages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ingest.cleaning import clean

MARGIN_LINES: Final = 3
"""Lines at the top and bottom of a page among which headers and footers are looked for; on a
short page, a quarter of its lines: forms and slides repeat what is no margin."""
REPEATS: Final = 3
"""A margin line is a header when as many neighbouring pages have it, numbers aside."""
NEIGHBOURS: Final = 6
"""Pages looked at on either side: headers change with the chapter and alternate left and right."""

LIGATURES: Final = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\t": " "}
)
_SOFT_HYPHEN: Final = re.compile("\u00ad[ \t]*\n")
"""What many programs draw where they cut a word at a line's end."""
_HYPHEN: Final = re.compile(r"(\w+)[-\u2010]\n(\w+)")
_NUMBER: Final = re.compile(r"\d+")
_WORD: Final = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]+)*")
_KEPT_HYPHEN: Final = re.compile(
    "peut|c'est|est|dit|celui|celle|ceux|celles|là|demi|non|vice|ex|co|grand|après|avant|sous|sur|"
    "entre|lui|elle|eux|nous|vous|moi|toi|rendez|compte|self|well|long|short|high|low|post|pre|"
    "semi|anti|e",
    re.IGNORECASE,
)
"""First halves after which a hyphen at a line's end is most often the word's own."""


def cleaned(text: str) -> str:
    """``text`` of a page or a cell as read, made fit to be kept: soft hyphens at the ends of lines
    become plain ones, by which :func:`unhyphenate` knows words that were cut."""
    return clean(_SOFT_HYPHEN.sub("-\n", text))


def tidy(texts: Sequence[str]) -> list[str]:
    """Pages without repeated headers and footers, with words whole and letters single."""
    pages = [clean(text.translate(LIGATURES)).split("\n") for text in texts]
    pages = [[re.sub(r" {2,}", " ", line).strip() for line in page] for page in pages]
    pages = without_margins(pages)
    vocabulary = Counter(
        word.lower() for page in pages for line in page for word in _WORD.findall(line)
    )
    return [unhyphenate(undouble("\n".join(page)), vocabulary) for page in pages]


def without_margins(pages: Sequence[list[str]]) -> list[list[str]]:
    """``pages`` (as lines) less the lines that neighbouring pages repeat at the same edge.

    Lines are peeled from the outside as long as they repeat, numbers that count the pages being
    alike so that "page 3 of 12" does, and "Total : 125 $" does not. The first time, words are kept,
    and the very same line with a date: a running title is often the title.
    """
    filled = [[line for line in page if line] for page in pages]
    edges = [
        (_edge(page, number, top=True), _edge(page, number, top=False))
        for number, page in enumerate(filled)
    ]
    kept: list[list[str]] = []
    seen: set[str] = set()
    often = Counter(line for page in filled for line in set(page))

    def news(lines: Sequence[str]) -> list[str]:
        fresh = [
            line
            for line in lines
            if line not in seen and (not _NUMBER.search(line) or often[line] > 1)
        ]
        seen.update(fresh)
        return fresh

    for number, page in enumerate(filled):
        near = edges[max(0, number - NEIGHBOURS) : number + NEIGHBOURS + 1]
        top = _peeled(page, number, [edge[0] for edge in near])
        bottom = _peeled(page[::-1], number, [edge[1] for edge in near])
        last = len(page) - bottom
        kept.append(news(page[:top]) + page[top:last] + news(page[last:]))
    return kept


_NUMBERED: Final = re.compile(r"(?!page|folio|feuille|diapo|slide)[^\W\d_]{4,} (?:n[o°] ?)?#\W*")
"""Things numbered as pages are: "Résolution 3" may well open the third."""


@dataclass(frozen=True, slots=True)
class _Edge:
    """A line at the top or the bottom of a page: its words, its numbers, the page's place."""

    words: str
    numbers: tuple[int, ...]
    page: int

    def repeats(self, other: _Edge) -> bool:
        """Whether both say the same, numbers apart that count the pages."""
        if self.words != other.words or _NUMBERED.fullmatch(self.words):
            return self == replace(other, page=self.page)
        return all(
            one == two or one - two == self.page - other.page
            for one, two in zip(self.numbers, other.numbers, strict=True)
        )


def _peeled(lines: Sequence[str], page: int, near: Sequence[Sequence[_Edge]]) -> int:
    """How many of the first ``lines`` are repeated by the edges ``near``."""
    count = 0
    for line in lines[: min(MARGIN_LINES, max(1, len(lines) // 4))]:
        own = _read_edge(line, page)
        wanted = min(REPEATS, max(2, len(near)))  # of two pages, both
        if sum(any(own.repeats(other) for other in edge) for edge in near) < wanted:
            break
        count += 1
    return count


def _read_edge(line: str, page: int) -> _Edge:
    numbers = tuple(int(found) for found in _NUMBER.findall(line))
    return _Edge(_NUMBER.sub("#", line).lower(), numbers, page)


def _edge(lines: Sequence[str], page: int, *, top: bool) -> tuple[_Edge, ...]:
    return tuple(
        _read_edge(line, page) for line in (lines[:MARGIN_LINES] if top else lines[-MARGIN_LINES:])
    )


def undouble(text: str) -> str:
    """Letters that fake bold draws twice, single: "SSAAMMPPLLEE" is "SAMPLE"."""
    return "\n".join(_undouble(line) if _doubled(line) else line for line in text.split("\n"))


def _doubled(line: str) -> bool:
    words = line.split()
    pairs = [word for word in words if len(word) % 2 == 0 and word[::2] == word[1::2]]
    long = [word for word in pairs if len(word) >= 6 and word.isalpha()]
    return bool(long) and 2 * sum(map(len, pairs)) > sum(map(len, words))


def _undouble(line: str) -> str:
    return " ".join(
        word[::2] if len(word) % 2 == 0 and word[::2] == word[1::2] else word
        for word in line.split()
    )


def unhyphenate(text: str, vocabulary: Counter[str]) -> str:
    """Words cut at a line's end, whole again.

    The hyphen is the word's own when the document writes the word with it elsewhere, or begins
    like a French or English compound and never writes it in one.
    """

    def whole(match: re.Match[str]) -> str:
        head, tail = match[1], match[2]
        if not (head[-1].isalpha() and tail[0].islower()):
            return f"{head}-{tail}" if head[-1].isalnum() and tail[0].isalnum() else match[0]
        joined, hyphenated = (head + tail).lower(), f"{head}-{tail}".lower()
        if vocabulary[joined] > vocabulary[hyphenated]:
            return head + tail
        if vocabulary[hyphenated] or _KEPT_HYPHEN.fullmatch(head):
            return f"{head}-{tail}"
        return head + tail

    return _HYPHEN.sub(whole, text)
