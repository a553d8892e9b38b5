"""What each ingredient of the ranking gives: ``python -m benchmarks.ablation LIBRARY [FILE...]``.

Asked are the pairs that training left out (``pairs.py``) and, a part at a time, the questions of
the files named with ``tests/data/questions_more.jsonl``. Every question is searched once, for all
its candidates; each recipe then puts the same candidates in order from their signals, so that
lines differ by the ingredient alone. No reranker reads any: ``pairs.py`` and ``eval`` tell what one
gives, with ``COPASSIST_RERANKER`` and without.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.answerability import OURS
from benchmarks.pairs import LEFT_OUT, TODAY, asked, outcome
from copassist import ranking
from copassist.evaluation import Report, Search, evaluate, report
from copassist.library import Library
from copassist.passages import Hit
from copassist.questions import Question, load_questions
from copassist.retrieval import POOL
from copassist.settings import load_settings

Recipe = Callable[[Sequence[Hit], str], list[Hit]]
"""Candidates, and the embedding model's name, to their order."""
SHOWN: Final = ("R@1", "R@5", "R@10")


def by(name: str) -> Recipe:
    """The list of one retriever."""
    return lambda hits, _: sorted(
        (hit for hit in hits if name in hit.signals), key=lambda hit: -hit.signals[name]
    )


def without(*names: str) -> Recipe:
    """The ranking as it is, of candidates that lack some signals."""

    def order(hits: Sequence[Hit], model: str) -> list[Hit]:
        known = {hit.passage.key: hit for hit in hits}
        signals = {
            key: {name: value for name, value in hit.signals.items() if name not in names}
            for key, hit in known.items()
        }
        return [replace(known[key], score=score) for key, score in ranking.rank(signals, model)]

    return order


def found_by(name: str) -> Recipe:
    """The ranking as it is, of one retriever's candidates alone."""
    ranked = without()
    return lambda hits, model: ranked([hit for hit in hits if name in hit.signals], model)


RECIPES: Final[Mapping[str, Recipe]] = {
    "the program": lambda hits, _: list(hits),
    "twins left where they are": without(),
    "no words in the score": without("lexical"),
    "no period": without("period"),
    "no language": without("language"),
    "no sentences": without("sentence"),
    "no dense cosine": without("dense"),
    "late interaction alone": without("lexical", "period", "language", "sentence", "dense"),
    "candidates by sense alone": found_by("dense"),
    "candidates by words alone": found_by("lexical"),
    "ranks of both fused, no late interaction": without("late", "sentence"),
    "dense alone": by("dense"),
    "BM25 alone": by("lexical"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("questions", type=Path, nargs="*")
    arguments = parser.parse_args()
    questions = [one for file in (*arguments.questions, *OURS) for one in load_questions(file)]
    with Library(load_settings(library=arguments.library, reranker="none")) as library:
        kept: dict[str, list[Hit]] = {}

        def candidates(question: str) -> list[Hit]:
            if question not in kept:
                kept[question] = library.search(question, 2 * POOL, None, TODAY)
            return kept[question]

        for name, recipe in RECIPES.items():
            tell(name, partial(ordered, candidates, recipe, library.embeddings.name), questions)
    return 0


def ordered(
    candidates: Callable[[str], list[Hit]], recipe: Recipe, model: str, question: str, k: int
) -> list[Hit]:
    return recipe(candidates(question), model)[:k]


def tell(name: str, search: Search, questions: Sequence[Question]) -> None:
    """A line a group: the pairs, and each part of the questions."""
    made = {"pairs": report([outcome(search, number, pair) for number, pair in asked(LEFT_OUT)])}
    for part in ("dev", "test"):
        made[part] = evaluate([one for one in questions if one.part == part], search)
    for group, figures in made.items():
        print(f"| {name} | {group} | {line(figures)} |", flush=True)


def line(made: Report) -> str:
    every = made.group("all")
    return " | ".join(
        " / ".join(f"{every.figures[view][metric].value:.3f}" for metric in SHOWN)
        for view in ("document", "passage")
    )


if __name__ == "__main__":
    sys.exit(main())
