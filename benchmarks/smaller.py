"""Refusals where there is less to be mistaken about:
``python -m benchmarks.smaller LIBRARY [QUESTIONS.jsonl...] [--part test]``.

The questions of ``benchmarks/answerability.py``, asked once of all records; then documents are
drawn by lot, each with the same chance, and the candidates that are left ranked again, those of
the document that answers always among them. So a library of one community is imitated by one of
twelve. Candidates are those of the full library: what it crowds out of its first two hundred
does not come back.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.answerability import OURS, WRONGLY, auc, gathered
from benchmarks.pairs import TODAY
from copassist import ranking
from copassist.answerability import DOUBTFUL, POORLY_MET
from copassist.evaluation import same_path
from copassist.library import Library
from copassist.models import bundled
from copassist.passages import Hit
from copassist.questions import Question
from copassist.retrieval import POOL
from copassist.settings import load_settings
from copassist.tokencodec import Floats

SHARES: Final = (1.0, 0.3, 0.1, 0.04, 0.02)
"""Of the documents that are kept."""
DRAWS: Final = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, all its candidates, and which of them are of a document that answers."""

    question: Question
    hits: Sequence[Hit]
    right: Sequence[bool]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("questions", type=Path, nargs="*")
    parser.add_argument("--part", choices=("dev", "test"), default="dev")
    arguments = parser.parse_args()
    with Library(load_settings(library=arguments.library, reranker="none")) as library:
        asked = [
            ask(library, question)
            for question in gathered((*arguments.questions, *OURS), arguments.part)
        ]
        passages = sum(version.passages for version in library.catalogue.stored())
    print("| passages, about | AUC | 2 % | 5 % | 10 % wrongly refused | refused | or doubted |")
    print("|---" * 7 + "|")
    for share in SHARES:
        print(f"| {round(share * passages)} | {line(asked, share)} |", flush=True)
    return 0


def ask(library: Library, question: Question) -> Asked:
    hits = library.search(question.question, 2 * POOL, None, TODAY)
    gold = (*question.gold_files, *question.also_answered_by) if question.answerable else ()
    right = [any(same_path(hit.document.path, path) for path in gold) for hit in hits]
    return Asked(question, hits, right)


def line(asked: Sequence[Asked], share: float) -> str:
    """Shares of the unanswerable refused: by threshold on one signal, and by the program's."""
    chance = np.random.default_rng(1)
    documents = sorted({hit.document.id for one in asked for hit in one.hits})
    met: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(DRAWS if share < 1 else 1):
        kept = {id_ for id_ in documents if chance.random() < share}
        for one in asked:
            met[one.question.answerable] += least_met(one, kept)
    right, wrong = (np.array(met[answerable], np.float32) for answerable in (True, False))
    refused = [f"{(wrong < np.quantile(right, most)).mean():.2f}" for most in WRONGLY]
    thresholds = POORLY_MET[bundled.NAME].own, DOUBTFUL[bundled.NAME].unread
    told = [f"{below(right, one):.2f} / {below(wrong, one):.2f}" for one in thresholds]
    return " | ".join([f"{auc(right, wrong):.3f}", *refused, *told])


def below(values: Floats, threshold: float) -> float:
    return float((values < threshold).mean())


def least_met(one: Asked, kept: set[str]) -> Iterator[float]:
    """How close the best of the passages left comes to what it meets least, if any is left."""
    signals = {
        hit.passage.key: hit.signals
        for hit, right in zip(one.hits, one.right, strict=True)
        if right or hit.document.id in kept
    }
    for key, _ in ranking.rank(signals)[:1]:
        if "worst" in signals[key]:
            yield signals[key]["worst"]


if __name__ == "__main__":
    sys.exit(main())
