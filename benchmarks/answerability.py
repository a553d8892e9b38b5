"""What tells questions that the records answer from those that they do not:
``python -m benchmarks.answerability LIBRARY QUESTIONS.jsonl... [--save FILE]``.

The library holds the records that ``docs/evaluation.md`` is about. Asked are the question files
named, ``tests/data/questions_more.jsonl``, the pairs that training left out (``pairs.py``), and
``data/unanswerable.jsonl``: questions as members would ask them, near misses most of them, each
looked for in the records when it was written (``near``: the document that comes nearest).

For each signal of a search: how often it puts a question with an answer above one without (AUC;
also within fifths of questions of about equal length, since length only tells who wrote them),
and the share of unanswerable questions refused where 2, 5 and 10 % of the answerable ones are.
Then what ``copassist/answerability.py`` does with them. ``--part test``: the test part, to be
looked at only to report; the pairs are all of the other part. ``--save FILE`` keeps the signals
of every question and reads them there when asked again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import inf, log
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.ingestion import ROOT
from benchmarks.pairs import LEFT_OUT, TODAY, asked
from copassist.analysis import terms
from copassist.answerability import PASSAGES_READ, cannot_answer, is_doubtful, met, too_far
from copassist.assistant import READ
from copassist.library import Library
from copassist.passages import Hit
from copassist.queryterms import QueryTerm, query_terms
from copassist.questions import Question, load_questions
from copassist.settings import load_settings
from copassist.tokencodec import Floats

OURS: Final = (
    ROOT / "tests" / "data" / "questions_more.jsonl",
    ROOT / "benchmarks" / "data" / "unanswerable.jsonl",
)
WRONGLY: Final = (0.02, 0.05, 0.1)
"""Shares of answerable questions refused at which signals are compared."""
STRATA: Final = 5
"""Fifths of about equal length that AUC is also taken within."""


@dataclass(frozen=True, slots=True)
class Found:
    """A question, and all that a search makes of it."""

    question: str
    hits: Sequence[Hit]
    met: Floats
    """Best cosine of every token of the question in each passage: (passages, tokens)."""
    sentences: Sequence[Floats]
    """Cosine of the question with every sentence of each passage."""
    rarity: Mapping[QueryTerm, float]
    """How rare each of its words is in the library: log of the inverse of its share."""

    def covered(self, texts: Sequence[str], language: str) -> float:
        """The share of the question's words, weighted by rarity, that stand in ``texts``."""
        there = frozenset(term for text in texts for term in terms(text, language))
        held = [
            weight
            for word, weight in self.rarity.items()
            if any(there.issuperset(phrase) for phrase in word.phrases)
        ]
        return sum(held) / (sum(self.rarity.values()) or 1.0)


def in_context(hit: Hit) -> str:
    return "\n".join((hit.document.title, *hit.passage.locator.headings, hit.passage.text))


def worst(met: Floats, tokens: int) -> float:
    return float(np.sort(met)[:tokens].mean())


def signal(hits: Sequence[Hit], name: str) -> float:
    return hits[0].signals.get(name, 0.0)


LEAST: Final = "the third of the tokens that it meets least"
MET: Final = "the same, and the odds that it answers"
LENGTH: Final = "length of the question (not to be used)"
THRESHOLDS: Final = tuple(step / 100 for step in range(20, 48, 2))
SIGNALS: Final[Mapping[str, Callable[[Found], float]]] = {
    "late (MaxSim) of the best passage": lambda found: signal(found.hits, "late"),
    LEAST: lambda found: signal(found.hits, "worst"),
    MET: lambda found: met(found.hits[:READ]),
    "odds that the best passage answers": lambda found: signal(found.hits, "odds"),
    "its three worst-met tokens": lambda found: worst(found.met[0], 3),
    "evenness: those three less late": lambda found: (
        worst(found.met[0], 3) - signal(found.hits, "late")
    ),
    "evenness of the best tokens of three passages": lambda found: (
        worst(found.met[:3].max(axis=0), 3) - float(found.met[:3].max(axis=0).mean())
    ),
    "cosine of the best passage": lambda found: signal(found.hits, "dense"),
    "cosine of its best sentence": lambda found: float(found.sentences[0].max(initial=0.0)),
    "the same less the mean of its sentences": lambda found: (
        float(found.sentences[0].max() - found.sentences[0].mean())
        if len(found.sentences[0])
        else 0.0
    ),
    "best sentence of ten passages": lambda found: max(
        float(cosines.max(initial=0.0)) for cosines in found.sentences
    ),
    "words in the best passage, by rarity": lambda found: found.covered(
        [in_context(found.hits[0])], found.hits[0].passage.language
    ),
    "words in the best three, by rarity": lambda found: found.covered(
        [in_context(hit) for hit in found.hits[:3]], found.hits[0].passage.language
    ),
    "BM25 of the best passage": lambda found: signal(found.hits, "lexical"),
    "score, best less fifth": lambda found: found.hits[0].score - found.hits[4].score,
    "score, best less tenth": lambda found: found.hits[0].score - found.hits[9].score,
    "score of the best": lambda found: found.hits[0].score,
    "documents among the best ten, fewer": lambda found: (
        -float(len({hit.document.id for hit in found.hits}))
    ),
    LENGTH: lambda found: -float(found.met.shape[1]),
}
"""Each the higher, the likelier an answer."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search and the rules made of one question."""

    id: str
    part: str
    answerable: bool
    ruled: bool
    """Refused by the rules that need no threshold on what is least met."""
    refused: bool
    doubtful: bool
    signals: Mapping[str, float]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("questions", type=Path, nargs="*")
    parser.add_argument("--part", choices=("dev", "test"), default="dev")
    parser.add_argument("--save", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    kept = arguments.save
    if kept and kept.exists():
        outcomes = [Outcome(**row) for row in json.loads(kept.read_text(encoding="utf-8"))]
    else:
        with Library(load_settings(library=arguments.library, reading_seconds=inf)) as library:
            questions = list(gathered((*arguments.questions, *OURS), arguments.part))
            outcomes = [ask(library, question) for question in questions]
    if kept:
        kept.write_text(json.dumps([asdict(one) for one in outcomes]), encoding="utf-8")
    tell([one for one in outcomes if one.part == arguments.part])
    return 0


def gathered(files: Sequence[Path], part: str) -> Iterator[Question]:
    """The questions of one part."""
    for file in files:
        yield from (question for question in load_questions(file) if question.part == part)
    for number, pair in asked(LEFT_OUT) if part == "dev" else ():
        yield Question(f"pair-{number}", pair["question"], (pair["document"],))


def ask(library: Library, question: Question) -> Outcome:
    hits = library.search(question.question, 10, None, TODAY)
    embedded = library.embeddings.embed_question(question.question)
    keys = [hit.passage.key for hit in hits]
    found = Found(
        question.question,
        hits,
        library.token_vectors.similarities(embedded.tokens, keys),
        [
            np.zeros(0, np.float32) if cosines is None else cosines
            for cosines in library.token_vectors.sentence_similarities(embedded.vector, keys)
        ],
        rarities(library, question.question),
    )
    name, read = library.embeddings.name, hits[:READ]
    return Outcome(
        id=question.id,
        part="dev" if question.id.startswith("pair-") else question.part,
        answerable=question.answerable,
        ruled=cannot_answer(question.question, read, "") or too_far(read[:PASSAGES_READ], name),
        refused=cannot_answer(question.question, read, name),
        doubtful=is_doubtful(read, name),
        signals={title: measure(found) for title, measure in SIGNALS.items()},
    )


def rarities(library: Library, question: str) -> dict[QueryTerm, float]:
    """Of each word of the question: log of all passages over those that hold it."""
    asked_for = query_terms(question)
    wanted = {term for word in asked_for for phrase in word.written for term in phrase}
    known = library.catalogue.frequencies(sorted(wanted))
    passages = sum(version.passages for version in library.catalogue.stored())
    return {
        word: log(1 + passages / (1 + max(known.get(phrase[0], 0) for phrase in word.written)))
        for word in asked_for
    }


def tell(outcomes: Sequence[Outcome]) -> None:
    answerable = [one for one in outcomes if one.answerable]
    without = [one for one in outcomes if not one.answerable]
    print(f"{len(answerable)} questions with an answer, {len(without)} without\n")
    print("| signal | AUC | within lengths | 2 % | 5 % | 10 % wrongly refused |")
    print("|---" * 6 + "|")
    for title in SIGNALS:
        right, wrong = values(answerable, title), values(without, title)
        shares = " | ".join(f"{refused(right, wrong, share):.2f}" for share in WRONGLY)
        within = auc_within(outcomes, title)
        print(f"| {title} | {auc(right, wrong):.3f} | {within:.3f} | {shares} |")
    curve(answerable, without)


def curve(answerable: Sequence[Outcome], without: Sequence[Outcome]) -> None:
    """What is refused by all rules together, by the threshold on what is least met."""
    print("\n| refused | with an answer | without |", "|---|---|---|", sep="\n")
    groups = (answerable, without)
    for threshold in (0.0, *THRESHOLDS):
        shares = [
            np.mean([one.ruled or one.signals[MET] < threshold for one in group])
            for group in groups
        ]
        print(f"| below {threshold:.2f} | {shares[0]:.3f} | {shares[1]:.3f} |")
    for name in ("refused", "doubtful"):
        shares = [np.mean([getattr(one, name) for one in group]) for group in groups]
        print(f"| the program: {name} | {shares[0]:.3f} | {shares[1]:.3f} |")


def values(outcomes: Sequence[Outcome], title: str) -> Floats:
    return np.array([one.signals[title] for one in outcomes], np.float32)


def auc(right: Floats, wrong: Floats) -> float:
    """How often one of ``right`` is above one of ``wrong``; equal ones count half."""
    above = (right[:, None] > wrong[None]).mean() + (right[:, None] == wrong[None]).mean() / 2
    return float(above)


def auc_within(outcomes: Sequence[Outcome], title: str) -> float:
    """AUC among questions of about equal length: the mean over :data:`STRATA`."""
    lengths = values(outcomes, LENGTH)
    edges = np.quantile(lengths, np.linspace(0, 1, STRATA + 1)[1:-1])
    found = []
    for stratum in range(STRATA):
        group = [
            one
            for one, at in zip(outcomes, np.digitize(lengths, edges), strict=True)
            if at == stratum
        ]
        right = values([one for one in group if one.answerable], title)
        wrong = values([one for one in group if not one.answerable], title)
        if len(right) and len(wrong):
            found.append(auc(right, wrong))
    return float(np.mean(found))


def refused(right: Floats, wrong: Floats, share: float) -> float:
    """The share of ``wrong`` below what ``share`` of ``right`` are below."""
    return float((wrong < np.quantile(right, share)).mean())


if __name__ == "__main__":
    sys.exit(main())
