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
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Final

from benchmarks.answerability import OURS
from benchmarks.pairs import LEFT_OUT, TODAY, asked, outcome
from copassist import ranking
from copassist.evaluation import Report, Search, evaluate, report
from copassist.library import Library
from copassist.modeltext import embedded_text
from copassist.passages import Hit, Key
from copassist.questions import Question, load_questions
from copassist.rerankers import Reranker, load_reranker
from copassist.retrieval import POOL
from copassist.settings import load_settings

Order = Callable[[Sequence[Hit], str], list[Hit]]
"""Candidates, and the embedding model's name, to their order."""
SHOWN: Final = ("R@1", "R@5", "R@10")


def by(name: str) -> Order:
    """The list of one retriever."""
    return lambda hits, _: sorted(
        (hit for hit in hits if name in hit.signals), key=lambda hit: -hit.signals[name]
    )


def without(*names: str) -> Order:
    """The ranking as it is, of candidates that lack some signals."""

    def order(hits: Sequence[Hit], model: str) -> list[Hit]:
        known = {hit.passage.key: hit for hit in hits}
        signals = {
            key: {name: value for name, value in hit.signals.items() if name not in names}
            for key, hit in known.items()
        }
        return [replace(known[key], score=score) for key, score in ranking.rank(signals, model)]

    return order


def found_by(name: str) -> Order:
    """The ranking as it is, of one retriever's candidates alone."""
    ranked = without()
    return lambda hits, model: ranked([hit for hit in hits if name in hit.signals], model)


@dataclass(frozen=True, slots=True)
class Recipe:
    order: Order
    read: bool = True
    """Whether the reranker reads the first of that order."""


RECIPES: Final[Mapping[str, Recipe]] = {
    "the program": Recipe(lambda hits, _: list(hits)),
    "not read together": Recipe(lambda hits, _: list(hits), read=False),
    "twins left where they are": Recipe(without()),
    "no words in the score": Recipe(without("lexical")),
    "no period": Recipe(without("period")),
    "no language": Recipe(without("language")),
    "no sentences": Recipe(without("sentence")),
    "no dense cosine": Recipe(without("dense")),
    "late interaction alone": Recipe(without("lexical", "period", "language", "sentence", "dense")),
    "candidates by sense alone": Recipe(found_by("dense")),
    "candidates by words alone": Recipe(found_by("lexical")),
    "ranks of both fused, no late interaction": Recipe(without("late", "sentence")),
    "dense alone": Recipe(by("dense"), read=False),
    "BM25 alone": Recipe(by("lexical"), read=False),
}


class Reading:
    """A reranker that reads no passage twice for one question."""

    def __init__(self, reranker: Reranker) -> None:
        self._reranker = reranker
        self._known: dict[tuple[str, Key], float] = {}

    def __call__(self, question: str, hits: list[Hit]) -> list[Hit]:
        """``hits`` as the program puts them after reading the first of them."""
        order = [(hit.passage.key, hit.score) for hit in hits]
        first = ranking.worth_reranking(order, self._reranker.weight)
        if not first:
            return hits
        known = {hit.passage.key: hit for hit in hits}
        new = [key for key in first if (question, key) not in self._known]
        scores = self._reranker.scores(question, [embedded_text(known[key].passage) for key in new])
        self._known |= {(question, key): one for key, one in zip(new, scores or (), strict=True)}
        read = {key: self._known[question, key] for key in first}
        read_order = ranking.rerank(order, read, self._reranker.weight)
        return [replace(known[key], score=score) for key, score in read_order]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("questions", type=Path, nargs="*")
    arguments = parser.parse_args()
    questions = [one for file in (*arguments.questions, *OURS) for one in load_questions(file)]
    reranker = load_reranker(load_settings(reading_seconds=inf))
    reading = Reading(reranker) if reranker else None
    with Library(load_settings(library=arguments.library, reranker="none")) as library:
        kept: dict[str, list[Hit]] = {}

        def candidates(question: str) -> list[Hit]:
            if question not in kept:
                kept[question] = library.search(question, 2 * POOL, None, TODAY)
            return kept[question]

        for name, recipe in RECIPES.items():
            search = searching(recipe, reading, candidates, library.embeddings.name)
            tell(name, search, questions)
    return 0


def searching(
    recipe: Recipe,
    reading: Reading | None,
    candidates: Callable[[str], list[Hit]],
    model: str,
) -> Search:
    """A search that puts ``candidates`` of a question in the order of ``recipe``."""

    def search(question: str, k: int) -> list[Hit]:
        hits = recipe.order(candidates(question), model)
        return (reading(question, hits) if reading and recipe.read else hits)[:k]

    return search


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
