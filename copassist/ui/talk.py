"""A conversation as HTML: each question, its answer, and labels that open their sources.

Gradio's chat component names its messages in English and reads Markdown marks aloud to screen
readers, and its labels are links that lead nowhere; hence HTML of ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from html import escape, unescape
from typing import Final

from markdown_it import MarkdownIt

from copassist.conversations import Turn
from copassist.ui.markup import busy, day
from copassist.ui.prose import continues, plain
from copassist.words import words

RENDERED: Final = 256
"""Answers whose HTML is kept: a conversation is shown whole at every question, three times as the
answer grows; one of ten answers took 22 ms of processor time each time."""

_LABEL_LINK: Final = re.compile(r'<a href="#source-(\d+)-(\d+)">\[(\d+)\]</a>')
_SOURCE_LINE: Final = re.compile(r"^\*(?!\*).*(?<!\*)\*$")
_LINE_DATE: Final = re.compile(r", (\d{4}-\d{2}-\d{2})(?=,|$)")
_ROW_LABELS: Final = re.compile(
    r"^(> ?)(\|.*\|) *((?:\[\\\[\d+\\\]\]\(#source-\d+-\d+\) *)+)$", re.M
)
_PAGE: Final = re.compile(r"\bp\. (?=\d)")
_ROW: Final = re.compile(r"\s*\|.*\|\s*")
_BOX: Final = re.compile(r"^(\s*(?:[-*+•]\s+)?)\[[ xX]\] ", re.M)
_QUOTED: Final = re.compile(r"(\s*>\s?)(.*)")
_TEMPLATE_LINK: Final = re.compile(r"!?\[([^\]]*)\]\(\{\{[^)]*\)")
"""A link whose address a site's template would have made: no link to Markdown."""
_LEFT_MARK: Final = re.compile(r"(?<!\w)\*\*(?=\w)|(?<=[\w.,;:!?)»])\*\*(?!\w)|(?<=\n)\*\*(?=\s|<)")
"""Emphasis that an excerpt has cut in two."""


def conversation_html(turns: Sequence[Turn], answers: Sequence[str], language: str) -> str:
    """Turns with their answers in Markdown (see ``ask.answer_text``), latest last."""
    say = words(language)
    if not turns:
        return (
            f'<section class="cop-welcome"><h2>{escape(say("ui.ask.welcome"))}</h2>'
            f"<p>{escape(say('ui.ask.welcome_help'))}</p></section>"
        )
    told = "".join(
        f'<article class="cop-turn" data-turn="{turn.id}">'
        f'<h2 class="cop-asked"><span class="cop-unseen">{escape(say("ui.ask.you"))} </span>'
        f"{escape(_unbroken(turn.question))}</h2>{_understood(turn, language)}"
        f'<div class="cop-told">{_told(turn, answer, language)}</div></article>'
        for turn, answer in zip(turns, answers, strict=True)
    )
    return (
        f'<div class="cop-talk" role="log" aria-label="{escape(say("ui.ask.chat"))}">{told}</div>'
    )


def _unbroken(text: str) -> str:
    """A sign that a space comes before stays on the line of its word."""
    return re.sub(r" (?=[?!:;»])|(?<=«) ", "\u00a0", text)


def _understood(turn: Turn, language: str) -> str:
    """A follow-up as it was answered: rewritten to stand alone."""
    question = (turn.answer or {}).get("understood")
    if not question:
        return ""
    said = words(language)("followup.understood", question=question)
    return f'<p class="cop-where">{escape(said)}</p>'


def _told(turn: Turn, answer: str, language: str) -> str:
    if turn.waiting:
        return busy(words(language)("ui.ask.searching"))
    return answer_html(answer, language)


@lru_cache(maxsize=RENDERED)
def answer_html(markdown: str, language: str) -> str:
    """An answer's Markdown as HTML that holds nothing but text and labels."""
    say = words(language)
    markdown = _TEMPLATE_LINK.sub(r"\1", localized(markdown, language))
    html = _renderer().render(unwrapped(_below_rows(markdown)))
    html = _LEFT_MARK.sub("", html)

    def label(link: re.Match[str]) -> str:
        name = escape(say("ui.source.open_label", label=link[2]))
        return (
            f'<button type="button" class="cop-cite" data-act="open" data-turn="{link[1]}" '
            f'data-label="{link[2]}" aria-label="{name}" title="{name}">{link[3]}</button>'
        )

    return _LABEL_LINK.sub(label, _PAGE.sub("p.\u00a0", html))


def _below_rows(markdown: str) -> str:
    """Labels after a table's last row go below it: in the row they would be one cell too many."""
    return _ROW_LABELS.sub(r"\1\2\n\1\n\1\3", markdown)


def localized(markdown: str, language: str) -> str:
    """Lines that name a source, as a reader writes them: its date, once, and no marks."""
    return "\n".join(
        _source_line(line, language) if _SOURCE_LINE.match(line) else line
        for line in markdown.split("\n")
    )


def _source_line(line: str, language: str) -> str:
    # Of a guide nobody expects a date; the card says it where one is missing.
    said = plain(line.strip("*")).replace(f", {words(language)('answer.undated')}", "", 1)

    def dated(found: re.Match[str]) -> str:
        written = day(found[1], language)
        return "" if written in said[: found.start()] else f", {written}"

    return f"*{_LINE_DATE.sub(dated, said)}*"


def unwrapped(markdown: str) -> str:
    """Lines that a page's width has cut, made whole again; other line ends stay.

    Text of a PDF breaks wherever its column ends. A line is joined to the one before where that
    one ends no sentence and this one begins with a small letter.
    """
    lines: list[str] = []
    for line in markdown.split("\n"):
        if lines and _continues(lines[-1], line):
            lines[-1] = f"{lines[-1].rstrip()} {_quoted(line)[1].lstrip()}"
        else:
            lines.append(line)
    return "\n".join(lines)


def _continues(before: str, line: str) -> bool:
    mark, said = _quoted(before)
    own_mark, more = _quoted(line)
    said, more = said.rstrip(), more.lstrip()
    if bool(mark.strip()) != bool(own_mark.strip()):
        return False
    return _SOURCE_LINE.match(said) is None and continues(said, more)


def _quoted(line: str) -> tuple[str, str]:
    found = _QUOTED.fullmatch(line)
    return (found[1], found[2]) if found else ("", line)


def excerpt(text: str, most: int) -> str:
    """The beginning of a passage on one line, cut at a word, without marks of Markdown."""
    lines = [_without_cells(line) for line in _BOX.sub(r"\1", text).split("\n")]
    html = _renderer().render(plain("\n".join(lines)))
    flat = " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
    if len(flat) <= most:
        return flat
    return flat[:most].rsplit(" ", 1)[0].rstrip(" .,;:…") + "…"


def _without_cells(line: str) -> str:
    """A table's row as words; the line below its head as none."""
    if not _ROW.fullmatch(line):
        return line
    cells = [cell.strip() for cell in line.strip(" |").split("|")]
    return " · ".join(cell for cell in cells if cell.strip("-: ")) + "\n"


@cache
def _renderer() -> MarkdownIt:
    """CommonMark and tables, without HTML, images or links other than to our sources.

    Nor are there blocks of code: what an excerpt begins with is often indented.
    """
    renderer = MarkdownIt("commonmark", {"html": False, "breaks": True})
    renderer.enable(["strikethrough", "table"]).disable(["image", "code"])
    renderer.validateLink = lambda url: url.startswith("#source-")  # type: ignore[method-assign]
    return renderer
