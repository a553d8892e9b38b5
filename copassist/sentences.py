"""Text cut into sentences without rewriting any of it: every span is a slice of the text.

Minutes are only half prose: the rest is list items, table rows and headings, and a splitter
that waits for a full stop glues them together. So lines are read into blocks first (heading,
list item, table row, code fence, paragraph), and only paragraphs and long items are cut at
sentence ends, in French and English alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

from copassist.language import word_list
from copassist.passages import Passage

Role = Literal["sentence", "item", "row", "heading", "code"]

LONG_ITEM: Final = 240
"""Characters from which a list item is cut into its sentences: about three lines on screen."""

ASIDE: Final = 200
"""Characters within which a « quotation » or (aside) must close to be kept in one piece."""

WRAPPED: Final = 60
"""Characters under which a column is a list of short lines, and not wrapped prose."""

WRAP_SLACK: Final = 0.85
"""A line this much shorter than its block's widest was ended on purpose, not wrapped."""


@dataclass(frozen=True, slots=True)
class Span:
    """``text`` is ``source[start:end]``, without list marker, ``#`` or outer white space."""

    start: int
    end: int
    text: str
    role: Role = "sentence"


@dataclass(frozen=True, slots=True)
class Block:
    """A run of whole lines, ``source[start:end]``; ``body`` is where its words begin."""

    start: int
    end: int
    body: int
    role: Role
    level: int = 0
    """Depth of a heading (1 to 6); indentation of a list item."""


_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_UNDERLINE = re.compile(r" {0,3}(=+|-{3,})[ \t]*$")
_ITEM = re.compile(
    r"(?P<indent>[ \t>]*)"
    r"(?:[-*+•‣▪◦●○➢✓✔·–—]|\d{1,3}[.)]|[a-z]\)|[ivx]{1,4}\)|[a-e]\.|i{1,3}\.)[ \t]+(?=\S)"
)
_QUOTE_MARK = re.compile(r"[ \t]*(?:>[ \t]?)+")
_ROW = re.compile(r"[ \t]*\||[^|\n]*\|[^|\n]*\|")
_ROW_OF_TWO = re.compile(r"[^|\n]*\|[ \t]*\S")
_DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)+$")
_HARD_BREAK = re.compile(r"(?: {2,}|\\|<br ?/?>)[ \t]*$", re.IGNORECASE)
_OPENS_LINE = re.compile(r"[\W_]*[A-ZÀ-ÖØ-Þ\d]|\*\*|__|<|\[|☐|☑")
_LABEL = re.compile(r"[\W_]*[A-ZÀ-ÖØ-Þ][^\n.:!?]{1,40}?[*_]*[ \u00a0\u202f]?:[*_]*\s")
_TAG = re.compile(
    r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>|\{[^{}]*\}|!\[[^\[\]]*\]\([^()\s]*\)|<!--.*?-->"
)
_WORD = re.compile(r"[^\W_]")

_END = re.compile(
    r"(?:\.{2,}|[.!?…]+)"
    r"(?:[*_\"'”’)\]]+|[\s\u00a0\u202f]*»|\[\^?\w{1,4}\])*"
    r"(?=\s|$)"
)
_LAST_TOKEN = re.compile(r"\S+$")
_NEXT_CHARACTER = re.compile(r"[\s*_\"'“‘«(\[>–—-]*(\S)?")
_INITIAL = re.compile(r"(?:^|[-.(«“\"'’])[A-ZÀ-ÖØ-Þ]\.$")
_ENUMERATOR = re.compile(r"\W*(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[IVX]{1,4})[.)]$")
_LETTERED = re.compile(
    r"(?:plan|annexe|groupe|option|version|partie|volet|phase|niveau|équipe|group|team|part|appendix)"
)


def blocks(text: str) -> Iterator[Block]:
    """The blocks of ``text`` in order; lines without a word (rules, blank) belong to none."""
    lines = _lines(text)
    index = 0
    while index < len(lines):
        start, end = lines[index]
        line = text[start:end]
        if fence := _FENCE.match(line):
            index, block = _code(text, lines, index, fence.group(1))
            yield block
            continue
        index += 1
        if not _has_words(line) or _DELIMITER.match(line.rstrip()):
            continue
        if heading := _HEADING.match(line):
            yield Block(start, end, start + heading.end(), "heading", len(heading.group(1)))
        elif _is_row(text, lines, index - 1):
            yield Block(start, end, start, "row")
        elif item := _ITEM.match(line):
            index, end = _rest(text, lines, index, end)
            yield Block(start, end, start + item.end(), "item", len(item.group("indent")))
        elif index < len(lines) and _underlined(text, lines, index):
            level = 1 if text[slice(*lines[index])].lstrip().startswith("=") else 2
            index += 1
            yield Block(start, end, start, "heading", level)
        else:
            index, end = _rest(text, lines, index, end)
            mark = _QUOTE_MARK.match(line)
            yield Block(start, end, start + mark.end() if mark else start, "sentence")


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of ``text``, in order and apart from each other, each a verbatim slice.

    Wrapped lines of a paragraph stay in one span (with their line ends); a list item, a table
    row, a heading and a code fence are a span each. A heading is marked so by its role: answers
    never quote one alone.
    """
    found: list[Span] = []
    for block in blocks(text):
        if block.role == "sentence":
            pieces = _paragraph(text, block.body, block.end)
        elif block.role == "item" and block.end - block.body > LONG_ITEM:
            pieces = _prose(text, block.body, block.end)
        else:
            pieces = iter([(block.body, block.end)])
        for start, end in pieces:
            span = _trimmed(text, start, end, block.role)
            if span is not None:
                found.append(span)
    return tuple(found)


def sentences_of(passage: Passage) -> tuple[Span, ...]:
    """The sentences of a passage's text. A first line that is its heading is a span by itself.

    Nothing marks it as one in text that was no Markdown, and « 5. L'échauffement moteur » would
    begin an item, with the paragraph below it.
    """
    headings = passage.locator.headings
    end = _heading_end(passage.text, headings[-1]) if headings else 0
    if not end:
        return sentences(passage.text)
    top = _trimmed(passage.text, 0, end, "heading")
    below = [
        replace(span, start=span.start + end, end=span.end + end)
        for span in sentences(passage.text[end:])
    ]
    return (top, *below) if top else tuple(below)


def _heading_end(text: str, heading: str) -> int:
    """Where the first line of ``text`` ends, or the second, if all before it is ``heading``."""
    words = heading.split()
    for _, end in _lines(text)[:2]:
        if text[:end].split() == words:
            return end
    return 0


def _lines(text: str) -> list[tuple[int, int]]:
    found = []
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        found.append((start, end))
        start = end + 1
    return found


def _has_words(line: str) -> bool:
    return _WORD.search(line) is not None and _WORD.search(_TAG.sub("", line)) is not None


def _code(text: str, lines: list[tuple[int, int]], index: int, mark: str) -> tuple[int, Block]:
    start = lines[index][0]
    for last in range(index + 1, len(lines)):
        if text[slice(*lines[last])].strip(" \t>").startswith(mark):
            return last + 1, Block(start, lines[last][1], start, "code")
    # an unclosed fence must not swallow the rest of the document
    return index + 1, Block(start, lines[index][1], start, "code")


def _is_row(text: str, lines: list[tuple[int, int]], index: int) -> bool:
    line = text[slice(*lines[index])]
    if "|" not in line:
        return False
    if _ROW.match(line):
        return True
    if not _ROW_OF_TWO.match(line):
        return False
    around = (index - 1, index + 1)
    return any(
        0 <= near < len(lines)
        and "|" in text[slice(*lines[near])]
        and not text[slice(*lines[near])].isspace()
        for near in around
    )


def _underlined(text: str, lines: list[tuple[int, int]], index: int) -> bool:
    return _UNDERLINE.match(text[slice(*lines[index])]) is not None


def _rest(text: str, lines: list[tuple[int, int]], index: int, end: int) -> tuple[int, int]:
    """The lines that continue a paragraph or an item: up to a blank or another block."""
    while index < len(lines):
        line = text[slice(*lines[index])]
        if (
            not _has_words(line)
            or _FENCE.match(line)
            or _HEADING.match(line)
            or _ITEM.match(line)
            or _is_row(text, lines, index)
        ):
            break
        if index + 1 < len(lines) and _underlined(text, lines, index + 1):
            break
        end = lines[index][1]
        index += 1
    return index, end


def _paragraph(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentences of a paragraph, cut first at line ends that were meant."""
    lines = [(start + first, start + last) for first, last in _lines(text[start:end])]
    width = max((last - first for first, last in lines), default=0)
    begin = start
    for (first, last), (following, _) in pairwise(lines):
        if _meant(text[first:last], text[following:end], width):
            yield from _prose(text, begin, last)
            begin = following
    yield from _prose(text, begin, end)


def _meant(line: str, following: str, width: int) -> bool:
    """Whether a line end inside a paragraph was typed on purpose, not by a wrapping editor."""
    if _LABEL.match(following):
        return True
    if not _OPENS_LINE.match(following):
        return False
    word = following.split(maxsplit=1)[0]
    full = len(line.rstrip()) + 1 + len(word) >= width * WRAP_SLACK
    if _HARD_BREAK.search(line):
        # some exports end every wrapped line with a hard break: a full line proves nothing
        return not (full and width >= WRAPPED) or line.rstrip(" \\")[-1:] in ".!?:;,"
    return not full


def _prose(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for mark in _END.finditer(text, start, end):
        if mark.end() < end and _ends(text, begin, mark, end):
            yield begin, mark.end()
            begin = mark.end()
    if begin < end:
        yield begin, end


def _ends(text: str, begin: int, mark: re.Match[str], end: int) -> bool:
    following = _NEXT_CHARACTER.match(text, mark.end(), end)
    character = following.group(1) if following else None
    if character is None or character.islower():
        return False
    if _inside_aside(text, begin, mark.end(), end):
        return False
    if not mark.group().startswith(".") or mark.group().startswith(".."):
        return True
    before = text[begin : mark.start() + 1]
    if _ENUMERATOR.fullmatch(before.strip()):
        return False
    token = _LAST_TOKEN.search(before)
    return token is None or not _abbreviated(before, token.group(), character)


def _abbreviated(before: str, token: str, character: str) -> bool:
    bare = token.strip("([«“\"'’*_").removesuffix(".").lower()
    if bare in {"etc", "al"}:
        return not character.isupper()
    if not word_list("abbreviations").isdisjoint((bare, bare.rsplit("'")[-1])):
        return True
    if _INITIAL.search(token):
        words = before.split()
        return len(words) < 2 or not _LETTERED.fullmatch(words[-2].lower())
    return False


def _inside_aside(text: str, begin: int, at: int, end: int) -> bool:
    for opening, closing in (("«", "»"), ("(", ")"), ("“", "”")):
        last = text.rfind(opening, begin, at)
        if last < 0 or text.find(closing, last, at) >= 0:
            continue
        close = text.find(closing, at, end)
        if 0 <= close - last <= ASIDE:
            return True
    return False


def _trimmed(text: str, start: int, end: int, role: Role) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if not _has_words(text[start:end]):
        return None
    return Span(start, end, text[start:end], role)
