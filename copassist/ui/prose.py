"""A passage as readable text: headings, lists and tables of its Markdown, a run of it marked.

Not a Markdown renderer: the passage may begin inside a list or a table, and the mark must fall on
the very characters of the text, so lines are read one by one and nothing is moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Final

Mark = tuple[int, int]

_HEADING: Final = re.compile(r"\s{0,3}#{1,6}\s+")
_ITEM: Final = re.compile(r"(\s*)([-*+•]|\d{1,3}[.)])\s+(\[[ xX]\]\s+)?")
_ROW: Final = re.compile(r"\s*\|.*\|\s*$")
_RULE: Final = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_ADDRESS: Final = r"\]\(\s*(?:\{\{[^}]*\}\}|[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\"\s*)?\)"
_UNSEEN: Final = re.compile(
    rf"!\[[^\]]*{_ADDRESS}(?:\{{:[^}}]*\}})?"  # a picture
    rf"|\[(?=[^\]]*{_ADDRESS})|{_ADDRESS}(?:\{{:[^}}]*\}})?"
    r"|\*\*|__|`|<br\s*/?>"
)
"""Marks of Markdown that a reader does not read: pictures, addresses of links (a template of the
site in them too), emphasis, code."""
_STARTS_BLOCK: Final = re.compile(r"([-*+•–—]|\d{1,3}[.)]|#{1,6}|\||>)\s")
_ENDS_LINE: Final = ".!?:;…»|"
BOXES: Final = {"[ ]": "☐ ", "[x]": "☑ "}


def prose(text: str, mark: Mark | None = None) -> str:
    """``text`` as HTML, escaped; ``text[start:end]`` of ``mark`` inside ``<mark>``."""
    pieces: list[str] = []
    table: list[str] = []
    before = ""
    for start, line in _lines(text):
        if _ROW.match(line) and "|" in line.strip().strip("|"):
            if not _RULE.match(line):
                table.append(_row(line, start, mark))
            continue
        if table:
            pieces.append(_table(table))
            table = []
        elif pieces and not _HEADING.match(before) and continues(before, line):
            begin = len(line) - len(line.lstrip())
            more = f" {_inline(line, begin, start, mark)}</div>"
            whole = pieces[-1].removesuffix("</div>") + more
            pieces[-1] = whole.replace("</mark> <mark>", " ")
            before = line
            continue
        pieces.append(_line(line, start, mark))
        before = line
    if table:
        pieces.append(_table(table))
    return "".join(pieces)


def continues(before: str, line: str) -> bool:
    """Whether a page's width, rather than its writer, ended the line before.

    That one then ends no sentence, and this one begins with a small letter and nothing new.
    """
    said, more = before.rstrip(), line.lstrip()
    if not said or not more:
        return False
    return more[0].islower() and said[-1] not in _ENDS_LINE and not _STARTS_BLOCK.match(more)


def plain(text: str) -> str:
    """``text`` without the marks of Markdown within its lines."""
    return _UNSEEN.sub("", text)


def dotted(line: str) -> str:
    """A row of a Word table, whose cells stand between bare pipes, as a reader reads it.

    As long as before, so that places in the text stay where they are. Rows of Markdown, between
    pipes, are tables.
    """
    return line if _ROW.match(line) else line.replace(" | ", " · ")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, dotted(line.rstrip("\r\n"))
        start += len(line)


def _line(line: str, start: int, mark: Mark | None) -> str:
    if not line.strip():
        return '<div class="cop-gap"></div>'
    if heading := _HEADING.match(line):
        return f"<h4>{_inline(line, heading.end(), start, mark)}</h4>"
    if item := _ITEM.match(line):
        indent, bullet, box = len(item[1]) // 2, item[2], (item[3] or "").strip().lower()
        sign = BOXES.get(box, "• " if len(bullet) == 1 else f"{bullet} ")
        said = _inline(line, item.end(), start, mark)
        return f'<div class="cop-item" style="--deep:{indent}">{sign}{said}</div>'
    return f"<div>{_inline(line, 0, start, mark)}</div>"


def _row(line: str, start: int, mark: Mark | None) -> str:
    cells = []
    at = line.index("|") + 1
    for cell in re.finditer(r"((?:[^|\\]|\\.)*)\|", line[at:]):
        begin, end = at + cell.start(1), at + cell.end(1)
        cells.append(f"<td>{_inline(line[:end], begin, start, mark).strip()}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _table(rows: list[str]) -> str:
    return f'<div class="cop-table"><table><tbody>{"".join(rows)}</tbody></table></div>'


def _inline(line: str, begin: int, start: int, mark: Mark | None) -> str:
    """``line[begin:]`` without the marks of Markdown; ``start`` is the line's place in the text."""
    shown: list[str] = []
    for left, right in _seen(line, begin):
        shown += _marked(line, left, right, start, mark)
    return "".join(shown)


def _seen(line: str, begin: int) -> Iterator[tuple[int, int]]:
    at = begin
    for unseen in _UNSEEN.finditer(line, begin):
        if unseen.start() > at:
            yield at, unseen.start()
        at = unseen.end()
    if at < len(line):
        yield at, len(line)


def _marked(line: str, left: int, right: int, start: int, mark: Mark | None) -> Iterator[str]:
    first, last = (mark[0] - start, mark[1] - start) if mark else (right, right)
    first, last = min(max(first, left), right), min(max(last, left), right)
    yield escape(line[left:first])
    if first < last:
        yield f"<mark>{escape(line[first:last])}</mark>"
    yield escape(line[max(first, last) : right])
