"""A conversation as a file to keep or send: questions, answers, and each answer's sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any, Final

from copassist.agendas import written_day
from copassist.conversations import Turn
from copassist.words import words

_SOURCE_LINE: Final = re.compile(r"^\*.*\*$")
"""Sources said inside a verbatim answer: the list below it says them again."""


def conversation_file(title: str, turns: Sequence[Turn], form: str, language: str) -> bytes:
    """A conversation as ``md`` (UTF-8) or ``docx``; turns still waiting are left out."""
    told = [turn for turn in turns if turn.answer is not None]
    if form == "docx":
        return _docx(title, told, language)
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
            lines = [line for line in paragraph.splitlines() if line.strip()]
            made.add_paragraph(" ".join(line.strip() for line in lines))
        sources = list(_sources(turn.answer or {}, language))
        if sources:
            made.add_heading(words(language)("ui.source.title"), 3)
        for source in sources:
            made.add_paragraph(source, style="List Bullet")
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def _said(turn: Turn, language: str) -> str:
    answer = turn.answer or {}
    if answer.get("withdrawn"):
        return words(language)("ui.ask.withdrawn")
    lines = [line for line in answer["answer"].splitlines() if not _SOURCE_LINE.match(line.strip())]
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
        yield f"[{citation['label']}] {', '.join(piece for piece in place if piece)} : {quote}"
