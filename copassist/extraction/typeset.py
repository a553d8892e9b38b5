"""The paragraphs of a text without Markdown: what word processors and PDF files give.

There, a heading is a plain line, a bullet may have lost its mark, and a PDF page is a run of
wrapped lines. Where one paragraph ends is told by the line that follows: a mark, a numbered
heading, a label (« Décision : ») or a capital after a line that ended a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from copassist.extraction.columns import flat_columns
from copassist.extraction.sections import SPOKEN, kind_of
from copassist.extraction.texts import ARROW, DURATION, line_spans, title_of
from copassist.passages import Passage
from copassist.sentences import Block, Role

HEADING_LENGTH: Final = 110
"""Longest numbered line taken for a heading: a line of print."""
WRAPPED_WIDTH: Final = 130
"""A line longer than this was not wrapped by anybody: each line of its text is a paragraph."""

_MARKDOWN: Final = re.compile(r"^(?: {0,3}#{1,6} | *[-*+] +\S|\|)|\*\*|^(?:={3,}|-{3,})$", re.M)
_BULLET: Final = re.compile(r"[ \t]*[•▪◦●○‣➢·–—✓✔☐☑][ \t]+(?=\S)")
_NUMBERED: Final = re.compile(r"[ \t]*\d{1,2}(?:\.\d{1,2})*[.)][ \t]+(?=\S)")
_TIMED: Final = re.compile(rf"{DURATION} *:?$", re.IGNORECASE)
_ENDED: Final = re.compile(r"[.!?:;…»][ \t]*$")
_OPENS: Final = re.compile(r"[\W_]*[A-ZÀ-ÖØ-Þ\d]|[\[☐☑]")
_ARROWED: Final = re.compile(ARROW)
"""What a note taker points at is a line of its own: « -> on en achète deux »."""
_LABEL: Final = re.compile(r"[A-ZÀ-ÖØ-Þ][\w'’ -]{1,30}?(?: ?\(\d{1,3}\))? ?:\s")


def is_typeset(passages: Sequence[Passage]) -> bool:
    """Whether no passage of a record shows any Markdown: its lines are then plain print."""
    return not any(_MARKDOWN.search(passage.text) for passage in passages)


def paragraphs(passage: Passage, wrapped: bool) -> Iterator[Block]:
    """The paragraphs of a passage without Markdown, in order; ``wrapped``: lines continue."""
    open_block: Block | None = None
    table = False
    for start, end in line_spans(passage.text):
        line = passage.text[start:end]
        if not line.strip():
            if open_block:
                yield open_block
            open_block, table = None, False
            continue
        role, body = _role(line, passage)
        table = (table and role != "heading") or bool(flat_columns(line))
        last = passage.text[open_block.start : open_block.end] if open_block else ""
        goes_on = wrapped and _continues(last.rsplit("\n", 1)[-1], line, role, table)
        if open_block and goes_on:
            open_block = Block(open_block.start, end, open_block.body, open_block.role)
            continue
        if open_block:
            yield open_block
        open_block = Block(start, end, start + body, role)
        if role in ("heading", "row"):
            yield open_block
            open_block = None
    if open_block:
        yield open_block


def is_wrapped(passages: Sequence[Passage]) -> bool:
    """Whether the lines of a record were cut to a width: on pages always, on slides never, else
    when all fit."""
    if any(passage.locator.slide is not None for passage in passages):
        return False
    if any(passage.locator.page is not None for passage in passages):
        return True
    return all(
        end - start <= WRAPPED_WIDTH
        for passage in passages
        for start, end in line_spans(passage.text)
    )


def _role(line: str, passage: Passage) -> tuple[Role, int]:
    bare = line.strip()
    numbered = _NUMBERED.match(line)
    if _is_heading(bare, passage, numbered is not None):
        return "heading", 0
    if len(bare) <= HEADING_LENGTH and kind_of(bare) in SPOKEN:
        return "sentence", 0
    if " | " in line:
        return "row", 0
    mark = _BULLET.match(line) or numbered
    return ("item", mark.end()) if mark else ("sentence", 0)


def _is_heading(bare: str, passage: Passage, numbered: bool) -> bool:
    if any(title_of(heading) == title_of(bare) for heading in passage.locator.headings[-1:]):
        return True
    if len(bare) > HEADING_LENGTH or not _OPENS.match(bare):
        return False
    named = not _ENDED.search(bare) or bare.endswith(":")
    return _TIMED.search(bare) is not None or (numbered and named and kind_of(bare) != "topic")


def _continues(last: str, line: str, role: Role, table: bool) -> bool:
    """Whether a wrapped line goes on with the one before it."""
    if role != "sentence" or flat_columns(line):
        return False
    if table:
        # the cells of a table that was flattened are put together again by ``flattables``
        return True
    bare = line.strip()
    if (
        _LABEL.match(bare)
        or _ARROWED.match(bare)
        or kind_of(bare) in SPOKEN
        or kind_of(last) in SPOKEN
    ):
        return False
    return not (_ENDED.search(last) and _OPENS.match(bare))
