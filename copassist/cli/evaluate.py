"""``eval FILE.jsonl``: how well search does on questions whose answers are known."""

from __future__ import annotations

import argparse
from pathlib import Path

from copassist import evaluation
from copassist.answers import Assistant
from copassist.cli.common import add_library_options, cli_words, settings_of, tell, write_json
from copassist.errors import NotYetError
from copassist.library import Library
from copassist.questions import load_questions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    say = cli_words()
    parser.add_argument("file", type=Path, metavar="FILE.jsonl", help=say("cli.eval.file"))
    parser.add_argument("--answers", action="store_true", help=say("cli.eval.answers"))
    parser.add_argument("--part", choices=("dev", "test"), help=say("cli.eval.part"))
    parser.add_argument("--save", type=Path, metavar="RUN", help=say("cli.eval.save"))
    parser.add_argument("--compare", type=Path, metavar="RUN", help=say("cli.eval.compare"))
    add_library_options(parser)


def run(arguments: argparse.Namespace) -> int:
    if arguments.answers:
        raise NotYetError(command="eval --answers")
    settings = settings_of(arguments)
    questions = load_questions(arguments.file)
    if arguments.part:
        questions = tuple(q for q in questions if q.part == arguments.part)
    with Library(settings) as library:
        assistant = Assistant(library)
        made = evaluation.evaluate(
            questions,
            library.search,
            lambda question: assistant.ask(question).abstained,
        )
    if arguments.save:
        evaluation.save_report(made, arguments.save)
    if arguments.compare:
        compared = evaluation.compare(evaluation.load_report(arguments.compare), made)
        tell(str(compared))
    if arguments.json:
        write_json(made.to_dict())
    else:
        print(evaluation.markdown_table(made))
    return 0
