"""How long answers take, warm: ``python -m benchmarks.answers QUESTIONS.jsonl --library DIR``.

One question is asked first and not counted: it loads the embedding model and, where there is
one, the chat model, whose prompt begins with what never changes. Then each question is asked
once. Seconds since it was asked until the verbatim answer, the model's first token and the end;
prompt tokens, and the share of them that the server had read before.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

import numpy as np

from copassist.answers import Answer
from copassist.assistant import Assistant
from copassist.chatmodels import chat_model
from copassist.library import Library
from copassist.questions import load_questions
from copassist.settings import load_settings

WARM_UP: Final = {
    "fr": "Que s'est-il dit à la dernière rencontre ?",
    "en": "What was said at the last meeting?",
}
SECONDS: Final = ("verbatim", "first_token", "total")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--llm", default="auto", metavar="SPEC")
    parser.add_argument("--limit", type=int, help="ask only so many")
    arguments = parser.parse_args()
    settings = load_settings(library=arguments.library, llm=arguments.llm)
    questions = load_questions(arguments.questions)[: arguments.limit]
    with Library(settings) as library:
        chat = chat_model(settings)
        assistant = Assistant(library, chat)
        for language in sorted({question.language for question in questions}):
            assistant.ask(WARM_UP[language], language=language)
        answers = [assistant.ask(one.question, language=one.language) for one in questions]
    told = [answer for answer in answers if answer.prompt]
    print(f"{chat.name if chat else 'none'}: {len(answers)} questions, {len(told)} to the model")
    print("| | median | p95 | most |", "|---|---|---|---|", sep="\n")
    for name in SECONDS:
        counted = answers if name == "verbatim" else told
        _row(f"{name}, s", [answer.seconds[name] for answer in counted])
    _row("prompt tokens", [answer.tokens["prompt"] for answer in told])
    _row("read before, share", [_cached(answer) for answer in told])
    return 0


def _cached(answer: Answer) -> float:
    return answer.tokens["cached"] / max(answer.tokens["prompt"], 1)


def _row(name: str, values: list[float]) -> None:
    if values:
        cells = (np.median(values), np.quantile(values, 0.95), max(values))
        print(f"| {name} | {' | '.join(f'{cell:.2f}' for cell in cells)} |")


if __name__ == "__main__":
    raise SystemExit(main())
