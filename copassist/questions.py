"""Questions with known answers: read from JSONL, from the CNIL set, from SQuAD files.

A question file holds one JSON object a line with ``id``, ``question``, ``gold_files`` (any one
suffices), ``gold_quote``, ``answerable``; optionally ``language``, ``type``,
``reference_answer`` and ``also_answered_by`` (documents that say the same in other words, such
as a twin in the other language).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from copassist.errors import QuestionsError
from copassist.words import DEFAULT_LANGUAGE, LANGUAGES

Part = Literal["dev", "test"]

UNANSWERABLE_SET: Final = "unanswerable"
"""The set of a question that no document answers."""

SQUAD_LANGUAGE: Final = "fr"
"""The SQuAD files this was written for are French, and say so nowhere."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something a member might ask, and what would be a right answer."""

    id: str
    question: str
    gold_files: tuple[str, ...] = ()
    """Paths of documents that answer; any one suffices."""
    gold_quote: str = ""
    """The words that answer, verbatim from a gold file; empty where nobody marked them."""
    answerable: bool = True
    also_answered_by: tuple[str, ...] = ()
    """Paths of documents that answer too, but not in the words of ``gold_quote``."""
    language: str = DEFAULT_LANGUAGE
    """Language of the question (of its answer, only where ``type`` is not ``cross``)."""
    type: str = ""
    reference_answer: str = ""
    """The answer in somebody's own words; empty where nobody wrote it."""

    @property
    def set(self) -> str:
        """The collection its answer stands in: the first folder of its first gold file."""
        if not self.gold_files:
            return UNANSWERABLE_SET
        folder, _, name = self.gold_files[0].partition("/")
        return folder if name else ""

    @property
    def part(self) -> Part:
        """See :func:`part`."""
        return part(self.id)


def part(question_id: str) -> Part:
    """The half a question belongs to: ``test`` is looked at only to report.

    Decided by the parity of the first byte of the SHA-256 of its id, so that it never moves,
    whatever file the question stands in.
    """
    return "test" if hashlib.sha256(question_id.encode()).digest()[0] & 1 else "dev"


def load_questions(path: Path) -> tuple[Question, ...]:
    """The questions of a JSONL file, in its order.

    A question's language is its ``language`` field; else what the file's name ends in
    (``..._en.jsonl``); else what its id begins with (``en-036``); else the default language.
    Raises :class:`QuestionsError` with the line that cannot be used.
    """
    questions: list[Question] = []
    for number, line in enumerate(_read(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            questions.append(_question(row, _language_of_name(path.stem)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise QuestionsError(path=path, line=number, problem=_problem(error)) from error
    if not questions:
        raise QuestionsError(path=path, line=0, problem="0")
    _refuse_repeated_ids(path, questions)
    return tuple(questions)


def load_squad(path: Path) -> tuple[Question, ...]:
    """The questions of a SQuAD 1.x file; the gold file is ``{title}.txt``, the quote the answer.

    :func:`squad_documents` gives the documents to ingest under those names. Raises
    :class:`QuestionsError` where the file is not one.
    """
    try:
        return tuple(
            Question(
                id=str(entry.get("id") or f"{title}-{index}-{number}"),
                question=entry["question"],
                gold_files=(f"{title}.txt",),
                gold_quote=entry["answers"][0]["text"],
                language=SQUAD_LANGUAGE,
            )
            for title, index, paragraph in _squad_paragraphs(path)
            for number, entry in enumerate(paragraph["qas"])
        )
    except (LookupError, TypeError, AttributeError) as error:
        raise QuestionsError(path=path, line=0, problem=_problem(error)) from error


def squad_documents(path: Path) -> dict[str, str]:
    """File name -> text of every article of a SQuAD file, paragraphs in order."""
    texts: dict[str, list[str]] = {}
    for title, _, paragraph in _squad_paragraphs(path):
        texts.setdefault(f"{title}.txt", []).append(paragraph["context"])
    return {name: "\n\n".join(contexts) for name, contexts in texts.items()}


def _question(row: Mapping[str, Any], file_language: str | None) -> Question:
    answerable = bool(row.get("answerable", True))
    gold_files = _paths(row, "gold_files")
    if answerable and not gold_files:
        raise ValueError("gold_files")
    question_id = str(row["id"])
    return Question(
        id=question_id,
        question=str(row["question"]),
        gold_files=gold_files,
        gold_quote=str(row.get("gold_quote") or ""),
        answerable=answerable,
        also_answered_by=_paths(row, "also_answered_by"),
        language=row.get("language")
        or file_language
        or _known_language(question_id.split("-", maxsplit=1)[0])
        or DEFAULT_LANGUAGE,
        type=str(row.get("type") or ""),
        reference_answer=str(row.get("reference_answer") or ""),
    )


def _paths(row: Mapping[str, Any], field: str) -> tuple[str, ...]:
    paths = row.get(field) or []
    if not (isinstance(paths, list) and all(isinstance(path, str) for path in paths)):
        raise ValueError(field)
    return tuple(paths)


def _language_of_name(stem: str) -> str | None:
    return _known_language(stem.rsplit("_", 1)[-1]) if "_" in stem else None


def _known_language(code: str) -> str | None:
    return code if code in LANGUAGES else None


def _refuse_repeated_ids(path: Path, questions: Sequence[Question]) -> None:
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise QuestionsError(path=path, line=0, problem=question.id)
        seen.add(question.id)


def _squad_paragraphs(path: Path) -> Iterable[tuple[str, int, Mapping[str, Any]]]:
    try:
        articles = json.loads(_read(path))["data"]
        return [
            (article["title"], index, paragraph)
            for article in articles
            for index, paragraph in enumerate(article["paragraphs"])
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise QuestionsError(path=path, line=0, problem=_problem(error)) from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsError(path=path, line=0, problem=_problem(error)) from error


def _problem(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return f"{type(error).__name__}: {error}"
