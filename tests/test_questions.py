"""The project's own questions: sixty of them, every gold quote verbatim in its document."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from copassist.questions import Question, load_questions

QUESTIONS = load_questions(Path(__file__).parent / "data" / "questions_more.jsonl")


def folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def plain_text(path: Path) -> str:
    """The document read without our parsers, so that they cannot vouch for themselves."""
    if path.suffix == ".pdf":
        from pypdf import PdfReader

        return "\n".join(page.extract_text() for page in PdfReader(path).pages)
    if path.suffix == ".docx":
        from docx import Document

        cells = [p for t in Document(str(path)).tables for c in t._cells for p in c.paragraphs]
        return "\n".join(p.text for p in (*Document(str(path)).paragraphs, *cells))
    return path.read_text(encoding="utf-8")


def test_how_many_of_each() -> None:
    cross = Counter(q.answerable for q in QUESTIONS if q.type == "cross")
    alone = Counter((q.language, q.answerable) for q in QUESTIONS if q.type != "cross")
    assert cross == {True: 11, False: 3}
    assert alone == {("fr", True): 17, ("fr", False): 9, ("en", True): 12, ("en", False): 8}


def test_cross_language_answers_stand_in_the_other_language() -> None:
    for question in QUESTIONS:
        if question.type == "cross" and question.answerable:
            # One set is called French and holds English pages.
            other = {"fr": ("en_", "fr_guide_numerique_gc"), "en": ("fr_",)}[question.language]
            assert question.set.startswith(other)


@pytest.mark.parametrize(
    "question", [q for q in QUESTIONS if q.answerable], ids=lambda question: question.id
)
def test_quote_is_verbatim_in_every_gold_file(question: Question, shared: Path) -> None:
    for name in question.gold_files:
        assert folded(question.gold_quote) in folded(plain_text(shared / "corpus" / name))
    for name in question.also_answered_by:
        assert (shared / "corpus" / name).is_file()
