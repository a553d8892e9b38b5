"""``eval FILE.jsonl``: how well search, or with ``--answers`` answers, do on known questions."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from math import inf
from pathlib import Path

from copassist import answereval, evaluation
from copassist.answers import Answer
from copassist.assistant import Assistant
from copassist.chatmodels import chat_model
from copassist.cli.common import (
    add_library_options,
    cli_words,
    settings_of,
    tell,
    write_json,
    writing,
)
from copassist.errors import UsageError
from copassist.library import Library
from copassist.questions import Question, load_questions
from copassist.router import Router
from copassist.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    say = cli_words()
    parser.add_argument("file", type=Path, metavar="FILE.jsonl", help=say("cli.eval.file"))
    parser.add_argument("--answers", action="store_true", help=say("cli.eval.answers"))
    parser.add_argument("--llm", metavar="SPEC", help=say("cli.ask.llm"))
    parser.add_argument("--part", choices=("dev", "test"), help=say("cli.eval.part"))
    parser.add_argument("--save", type=Path, metavar="RUN", help=say("cli.eval.save"))
    parser.add_argument("--compare", type=Path, metavar="RUN", help=say("cli.eval.compare"))
    add_library_options(parser)


def run(arguments: argparse.Namespace) -> int:
    if arguments.answers and arguments.compare:
        raise UsageError(problem=cli_words()("cli.eval.compare_alone"))
    questions = load_questions(arguments.file)
    if arguments.part:
        questions = tuple(q for q in questions if q.part == arguments.part)
    return _answers(arguments, questions) if arguments.answers else _search(arguments, questions)


def _search(arguments: argparse.Namespace, questions: Sequence[Question]) -> int:
    before = evaluation.load_report(arguments.compare) if arguments.compare else None
    with Library(_unhurried(arguments)) as library:
        assistant = Assistant(library)
        made = evaluation.evaluate(
            questions,
            library.search,
            lambda question: assistant.ask(question).abstained,
        )
    if arguments.save:
        with writing(arguments.save):
            evaluation.save_report(made, arguments.save)
    compared = evaluation.compare(before, made) if before else None
    if arguments.json:
        write_json(made.to_dict() | ({"compared": asdict(compared)} if compared else {}))
    else:
        print(evaluation.markdown_table(made))
        if compared:
            print(evaluation.comparison_table(compared, cli_words().below("evalcompared")))
    return 0


def _answers(arguments: argparse.Namespace, questions: Sequence[Question]) -> int:
    """The verbatim answers, and under a chat model's name what it makes of them: the model's
    answer begins with the verbatim one, so that one run gives both."""
    settings = _unhurried(arguments)
    known = answereval.kept(arguments.save) if arguments.save else {}
    with Library(settings) as library:
        chat = chat_model(settings)
        models = ("none", chat.name) if chat else ("none",)
        assistant = Router(library, chat)
        passages = _Passages(library)
        for number, question in enumerate(questions, start=1):
            if all((model, question.id) in known for model in models):
                continue
            first, *rest = assistant.stream(question.question, None, question.language)
            answers = (first, rest[-1] if rest else first)
            for model, answer in zip(models, answers, strict=False):
                outcome = answereval.judge(
                    question, answer, passages.gold(question), passages.quoted(answer)
                )
                known[model, question.id] = outcome
                if arguments.save:
                    with writing(arguments.save):
                        answereval.keep(model, outcome, arguments.save)
            tell(f"{number}/{len(questions)}")
    reports = [
        answereval.report(model, [known[model, question.id] for question in questions])
        for model in models
    ]
    if arguments.json:
        write_json({"reports": [made.to_dict() for made in reports]})
    else:
        print(answereval.markdown_table(reports, cli_words().below("answereval")))
    return 0


def _unhurried(arguments: argparse.Namespace) -> Settings:
    """Settings under which every passage that should be read is: figures of a slow machine and of
    a fast one are the same."""
    return settings_of(arguments).model_copy(update={"reading_seconds": inf})


class _Passages:
    """Passages as the catalogue has them, for judging answers."""

    def __init__(self, library: Library) -> None:
        self._catalogue = library.catalogue
        self._documents = library.documents()

    def gold(self, question: Question) -> tuple[str, ...]:
        """The passages that hold the gold quote, in the documents that answer."""
        right = question.gold_files + question.also_answered_by
        texts = (
            passage.text
            for document in self._documents
            if evaluation.is_among(document, right)
            for passage in self._catalogue.version_passages(document.version)
        )
        return tuple(text for text in texts if evaluation.holds_quote(text, question.gold_quote))

    def quoted(self, answer: Answer) -> dict[str, str]:
        """Id -> text of every passage of the documents that ``answer`` cites."""
        versions = {citation.document.version for citation in answer.citations}
        return {
            passage.id: passage.text
            for version in versions
            for passage in self._catalogue.version_passages(version)
        }
