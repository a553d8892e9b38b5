"""A conversation as HTML: each question, its answer, and labels that open their sources.

Gradio's chat component names its messages in English and reads Markdown marks aloud to screen
readers, and its labels are links that lead nowhere; hence HTML of ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from html import escape, unescape
from itertools import groupby
from typing import Any, Final

from markdown_it import MarkdownIt

from copassist.citations import SOURCE_LINE
from copassist.conversations import Turn
from copassist.pagebreaks import turned
from copassist.ui.markup import busy, day
from copassist.ui.prose import continues, dotted, plain
from copassist.words import unbroken, words

RENDERED: Final = 256
"""Answers whose HTML is kept: a conversation is shown whole at every question, three times as the
answer grows; one of ten answers took 22 ms of processor time each time."""

_OPENS, _CLOSES = "\u2e28", "\u2e29"
"""Around a sentence to be marked, until it is HTML: punctuation, beside which emphasis still begins
and ends as it does beside a space; nobody types it."""
_LABEL: Final = re.compile(r"\[(\d{1,2})\](?!\()")
_HEADING_END: Final = re.compile(r"(?<![.:?!…])</h\d>\s*")
_LABEL_LINK: Final = re.compile(r'<a href="#source-(\d+)-(\d+)">\[(\d+)\]</a>')
_LINE_DATE: Final = re.compile(r", (\d{4}-\d{2}-\d{2})(?=,|$)")
_ROW_LABELS: Final = re.compile(
    r"^(> ?)(\|.*\|) *((?:\[\\\[\d+\\\]\]\(#source-\d+-\d+\) *)+)$", re.M
)
_PAGE: Final = re.compile(r"\bp\. (?=\d)")
_LABELS_AT_END: Final = re.compile(r"\s*(?:\[\d{1,2}\]\s*)+$")
_HEADING_MARK: Final = re.compile(r"^\s*#{1,6} ")
_EMPHASIS: Final = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
_ROW: Final = re.compile(r"\s*\|.*\|\s*")
_BOX: Final = re.compile(r"^(\s*(?:[-*+•]\s+)?)\[[ xX]\] ", re.M)
_BOX_SHOWN: Final = re.compile(rf"(<(?:li|p)>\n?{_OPENS}?)\[([ xX])\] ")
_QUOTED: Final = re.compile(r"(\s*>\s?)(.*)")
_TEMPLATE_LINK: Final = re.compile(r"!?\[([^\]]*)\]\(\{\{[^)]*\)")
"""A link whose address a site's template would have made: no link to Markdown."""
_LEFT_MARK: Final = re.compile(r"(?<!\w)\*\*(?=\w)|(?<=[\w.,;:!?)»])\*\*(?!\w)|(?<=\n)\*\*(?=\s|<)")
"""Emphasis that an excerpt has cut in two."""


def conversation_html(turns: Sequence[Turn], language: str) -> str:
    """Turns with their answers, latest last; labels open their sources."""
    say = words(language)
    if not turns:
        return (
            f'<section class="cop-welcome"><h2>{escape(say("ui.ask.welcome"))}</h2>'
            f"<p>{escape(say('ui.ask.welcome_help'))}</p></section>"
        )
    told = "".join(
        f'<article class="cop-turn" data-turn="{turn.id}">'
        f'<h2 class="cop-asked"><span class="cop-unseen">{escape(say("ui.ask.you"))} </span>'
        f"{escape(unbroken(turn.question))}</h2>{_understood(turn, language)}"
        f'<div class="cop-told">{_told(turn, language)}</div></article>'
        for turn in turns
    )
    return (
        f'<div class="cop-talk" role="log" aria-label="{escape(say("ui.ask.chat"))}">{told}</div>'
    )


def _understood(turn: Turn, language: str) -> str:
    """A follow-up as it was answered: rewritten to stand alone."""
    question = (turn.answer or {}).get("understood")
    if not question:
        return ""
    said = words(language)("followup.understood", question=question)
    return f'<p class="cop-where">{escape(said)}</p>'


def _told(turn: Turn, language: str) -> str:
    if turn.waiting:
        return busy(words(language)("ui.ask.searching"))
    cited = (turn.answer or {}).get("citations", ())
    focus = tuple(_focus(one, language) for one in cited if one.get("focus"))
    return answer_html(answer_text(turn, language), language, focus)


def _focus(citation: Mapping[str, Any], language: str) -> str:
    """The sentence to look at, with the half of it that stands on the next page."""
    focus: str = citation["focus"]
    after = citation["after"]
    if not after or not citation["quote"].rstrip().endswith(focus):
        return focus
    return f"{focus} {turned(after['page'], after['text'], language)}"


def error_text(kept: str, language: str) -> str:
    """Why there is no answer, as it is kept with the question."""
    return words(language)("ui.ask.interrupted") if kept == "interrupted" else kept


def answer_text(turn: Turn, language: str) -> str:
    """An answer in Markdown, or what there is instead of one."""
    say = words(language)
    answer = turn.answer
    if turn.error is not None:
        return error_text(turn.error, language)
    if answer is None:
        return f"*{say('ui.ask.searching')}*"
    if answer.get("withdrawn"):
        return f"*{say('ui.ask.withdrawn')}*"
    known = {citation["label"] for citation in answer["citations"]}

    def linked(label: re.Match[str]) -> str:
        number = int(label[1])
        return f"[\\[{number}\\]](#source-{turn.id}-{number})" if number in known else label[0]

    extracts = answer.get("extracts") or answer["answer"]
    if answer.get("doubtful"):
        extracts = f"*{say('answer.doubtful')}*\n\n{extracts}"
    return _LABEL.sub(linked, extracts + synthesis_text(answer, language))


def synthesis_text(answer: Mapping[str, Any], language: str) -> str:
    """What stands under the extracts: the model's checked sentences, and that it is writing."""
    say = words(language)
    written = answer.get("synthesis") or ""
    if answer.get("writing") and not answer["abstained"]:
        written = f"{written} *{say('ui.ask.writing')}*".strip() if written else ""
    if answer.get("problem"):
        return f"\n\n*{answer['problem']}*"
    if answer.get("refused"):
        return f"\n\n*{say('ui.ask.refused')}*"
    if not written:
        if answer.get("writing"):
            return f"\n\n*{say('ui.ask.reading')}*"
        return _nothing_added(answer, language)
    if answer.get("unsupported") and not answer.get("writing"):
        written += f"\n\n*{say('ui.ask.unsupported', count=answer['unsupported'])}*"
    checked = say("ui.ask.checked", model=_model(answer))
    return f"\n\n**{say('ui.ask.synthesis')}** *{checked}*\n\n{written}"


def _nothing_added(answer: Mapping[str, Any], language: str) -> str:
    """That a model was asked, where nothing it wrote may be shown."""
    if not answer.get("prompt"):
        return ""
    return f"\n\n*{words(language)('ui.ask.nothing_added', model=_model(answer))}*"


def _model(answer: Mapping[str, Any]) -> str:
    name: str = answer["model"]
    return name.partition(":")[2] or name


@lru_cache(maxsize=RENDERED)
def answer_html(markdown: str, language: str, focus: tuple[str, ...] = ()) -> str:
    """An answer's Markdown as HTML that holds nothing but text and labels, and sentences of its
    quotes in ``focus`` marked."""
    say = words(language)
    markdown = _TEMPLATE_LINK.sub(r"\1", localized(markdown, language))
    markdown = "\n".join(_dotted(line) for line in _below_rows(markdown).split("\n"))
    html = _renderer().render(_focused(unwrapped(markdown), focus))
    html = _BOX_SHOWN.sub(_box, _LEFT_MARK.sub("", html))
    told = escape(say("ui.ask.closest"))
    html = html.replace(_OPENS, f'<mark class="cop-focus" title="{told}">')
    html = html.replace(_CLOSES, "</mark>")

    def label(link: re.Match[str]) -> str:
        name = escape(say("ui.source.open_label", label=link[2]))
        return (
            f'<button type="button" class="cop-cite" data-act="open" data-turn="{link[1]}" '
            f'data-label="{link[2]}" aria-label="{name}" title="{name}">{link[3]}</button>'
        )

    return _LABEL_LINK.sub(label, _PAGE.sub("p.\u00a0", html))


def _box(found: re.Match[str]) -> str:
    """A task's box, which Markdown writes ``[ ]`` or ``[x]``, as one sees it on paper."""
    return f"{found[1]}{'☐' if found[2] == ' ' else '☑'} "


def _focused(markdown: str, focus: Sequence[str]) -> str:
    """``markdown`` with those sentences between marks of ours. One whose emphasis is open is left
    as it is: it would begin in one element and end in another."""
    markdown = markdown.replace(_OPENS, "").replace(_CLOSES, "")
    for sentence in focus:
        if any(sentence.count(mark) % 2 for mark in ("**", "__", "`")):
            continue
        lines = r"(?:\s|^> ?)+".join(map(re.escape, sentence.split()))
        markdown = re.sub(lines, rf"{_OPENS}\g<0>{_CLOSES}", markdown, count=1, flags=re.M)
    return markdown


def _below_rows(markdown: str) -> str:
    """Labels after a table's last row go below it: in the row they would be one cell too many."""
    return _ROW_LABELS.sub(r"\1\2\n\1\n\1\3", markdown)


def _dotted(line: str) -> str:
    mark, said = _quoted(line)
    return mark + dotted(said)


def localized(markdown: str, language: str) -> str:
    """Lines that name a source, as a reader writes them: its date, once, and no marks."""
    return "\n".join(
        _source_line(line, language) if SOURCE_LINE.match(line) else line
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
    return SOURCE_LINE.match(said) is None and continues(said, more)


def _quoted(line: str) -> tuple[str, str]:
    found = _QUOTED.fullmatch(line)
    return (found[1], found[2]) if found else ("", line)


def excerpt(text: str, most: int) -> str:
    """The beginning of a passage on one line, cut at a word, without marks of Markdown."""
    lines = [_without_cells(line) for line in _BOX.sub(r"\1", text).split("\n")]
    html = _HEADING_END.sub(" — ", _renderer().render(plain("\n".join(lines)))).removesuffix(" — ")
    flat = " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
    if len(flat) <= most:
        return flat
    return flat[:most].rsplit(" ", 1)[0].rstrip(" .,;:…") + "…"


def letter_text(markdown: str, language: str) -> str:
    """An answer as a letter takes it: quotes between quotation marks, no marks of Markdown.

    Lines that name a source are left out: a letter has them once, in a list below.
    """
    lines = [line for line in unwrapped(markdown).split("\n") if not SOURCE_LINE.match(line)]
    told = [
        _as_quote(list(block), language) if quoted else "\n".join(map(_as_letter, block))
        for quoted, block in groupby(lines, key=lambda line: line.startswith(">"))
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(told)).strip()


def _as_quote(lines: Sequence[str], language: str) -> str:
    """A quote's lines as one text between quotation marks, its labels after them."""
    text = "\n".join(_quoted(line)[1] for line in lines)
    labels = _LABELS_AT_END.search(text)
    said = map(_as_letter, text[: labels.start() if labels else None].split("\n"))
    quoted = words(language)("ui.quote", quote="\n".join(line for line in said if line))
    return f"{quoted} {''.join(labels[0].split())}" if labels else quoted


def _as_letter(line: str) -> str:
    said = _BOX.sub(r"\1", _HEADING_MARK.sub("", _without_cells(line).rstrip()))
    return _EMPHASIS.sub(r"\1", plain(said))


def _without_cells(line: str) -> str:
    """A table's row as words; the line below its head as none."""
    if not _ROW.fullmatch(line):
        return dotted(line)
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
