"""A conversation as a file to keep or send: questions, answers, and each answer's sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any, Final

from copassist.agendas import written_day
from copassist.citations import SOURCE_LINE
from copassist.conversations import Turn
from copassist.render.layout import printable
from copassist.words import words

_EMPHASIS: Final = re.compile(r"(\*{1,2})(?=\S)(.+?)(?<=\S)\1")
_ITEM: Final = "- "


def conversation_file(title: str, turns: Sequence[Turn], form: str, language: str) -> bytes:
    """A conversation as ``md`` (UTF-8) or ``docx``; turns still waiting are left out."""
    told = [turn for turn in turns if turn.answer is not None]
    if form == "docx":
        return _docx(printable(title), printable(told), language)
    return _markdown(title, told, language).encode()


def _markdown(title: str, turns: Sequence[Turn], language: str) -> str:
    pieces = [f"# {title}"]
    for turn in turns:
        pieces += [f"## {turn.question}", _said(turn, language)]
        sources = list(_sources(turn.answer or {}, language))
        if sources:
            listed = "\n".join(f"- {source}" for source in sources)
            pieces.append(f"{words(language)('ui.source.title')}\n\n{listed}")
    return "\n\n".join(pieces) + "\n"


def _docx(title: str, turns: Sequence[Turn], language: str) -> bytes:
    from docx import Document

    made = Document()
    made.core_properties.title = title
    made.add_heading(title, 1)
    for turn in turns:
        made.add_heading(turn.question, 2)
        for paragraph in _said(turn, language).split("\n\n"):
            for text, style in _paragraphs(paragraph):
                made.add_paragraph(text, style=style)
        sources = list(_sources(turn.answer or {}, language))
        if sources:
            made.add_heading(words(language)("ui.source.title"), 3)
        for source in sources:
            made.add_paragraph(source, style="List Bullet")
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def _paragraphs(markdown: str) -> Iterator[tuple[str, str | None]]:
    """The items of a list, each with the lines under it; or the whole, on one line."""
    gathered: list[list[str]] = []
    lines = (line.strip().removeprefix(">").strip() for line in markdown.splitlines())
    for line in filter(None, lines):
        if line.startswith(_ITEM) or not gathered:
            gathered.append([])
        gathered[-1].append(line)
    for one in gathered:
        text = _EMPHASIS.sub(r"\2", " ".join(one))
        item = text.startswith(_ITEM)
        yield text.removeprefix(_ITEM), "List Bullet" if item else None


def _said(turn: Turn, language: str) -> str:
    answer = turn.answer or {}
    if answer.get("withdrawn"):
        return words(language)("ui.ask.withdrawn")
    # The list of sources below says them again.
    lines = [line for line in answer["answer"].splitlines() if not SOURCE_LINE.match(line)]
    doubt = words(language)("answer.doubtful") + "\n\n" if answer.get("doubtful") else ""
    return doubt + "\n".join(line.rstrip() for line in lines).strip()


def _sources(answer: Mapping[str, Any], language: str) -> Iterator[str]:
    """Each citation on one line: label, title, date, place, and the words quoted."""
    say = words(language)
    for citation in answer.get("citations", ()):
        document = citation["document"]
        when = document["date"]
        place = [
            document["title"],
            written_day(when, language) if when and len(when) == 10 else when or say("ui.undated"),
            citation["locator"],
        ]
        quote = say("answer.quote", quote=" ".join(citation["quote"].split()))
        source = f"[{citation['label']}] {', '.join(piece for piece in place if piece)}"
        yield say("render.field", label=source, value=quote)
