"""How well search and answers do on questions whose answers are known. Pure, given a search.

What counts as right
--------------------
A **document** is right when it is one of the question's gold files or of ``also_answered_by``
(the twin of a record in the other language answers as well). ``document_strict`` counts the
gold files alone. Documents rank by their best passage.

A **passage** is right when it stands in a right document and its folded text holds the folded
gold quote; or, where the splitter cut through the quote, when at least half of the quote's
words stand at the edge where the cut fell (see :func:`holds_quote`). A twin says it in other
words, which no quote can check, so passage figures can only be reached through the gold quote.

Right alternatives count as one: a question is found at rank *r* when the first right one stands
there. R@k is thus the share of questions found in the first k (elsewhere: hit rate, success),
MRR the mean of 1/r over the first :data:`DEPTH` passages, nDCG@10 the mean of 1/log2(1+r) over
the first 10. Questions without an answer count for abstention only; questions without a gold
quote for documents only.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from copassist.errors import QuestionsError
from copassist.passages import Document, Hit
from copassist.questions import Question

Search = Callable[[str, int], Sequence[Hit]]
"""Question, number of passages wanted -> passages found, best first."""
Refuses = Callable[[str], bool]
"""Question -> whether the assistant says that the records hold nothing on it."""

DEPTH: Final = 50
"""Passages asked for: enough for ten distinct documents, and for the tail that MRR sees."""
QUOTE_SHARE: Final = 0.5
"""Share of a cut quote's words that a passage must hold to answer on its own."""
RESAMPLES: Final = 2000
CONFIDENCE: Final = 0.95
SEED: Final = 20261122
"""Bootstrap: percentile intervals over questions (Efron and Tibshirani 1993, ch. 13)."""

METRICS: Final = ("R@1", "R@5", "R@10", "MRR", "nDCG@10")
VIEWS: Final = ("document", "document_strict", "passage")


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over ``n`` questions with its bootstrap confidence interval; all in 0..1."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one question: rank of the first right one from 1, ``None`` if not found."""

    id: str
    question: str
    language: str
    set: str
    type: str
    answerable: bool
    document: int | None = None
    document_strict: int | None = None
    passage: int | None = None
    quoted: bool = True
    """Whether the passage could be judged: the question comes with a gold quote."""
    refused: bool | None = None
    """``None`` where answers were not asked for."""
    best: str = ""
    """Path of the first document found."""


@dataclass(frozen=True, slots=True)
class Group:
    """Figures of the answerable questions of one group: view -> metric -> figure."""

    name: str
    figures: Mapping[str, Mapping[str, Figure]]


@dataclass(frozen=True, slots=True)
class Abstention:
    """Shares of refusals: the first should be low, the second high."""

    wrongly_refused: Figure | None
    """Among questions that have an answer."""
    rightly_refused: Figure | None
    """Among questions that have none."""


@dataclass(frozen=True, slots=True)
class Report:
    """All figures, and every question's outcome, from which the figures can be made again."""

    groups: tuple[Group, ...]
    """``all`` first, then ``language:fr``, ``set:NAME``, ``type:cross``..., by name."""
    outcomes: tuple[Outcome, ...]
    abstention: Abstention | None = None

    def group(self, name: str) -> Group:
        """The group of that name; ``KeyError`` where there is none."""
        for group in self.groups:
            if group.name == name:
                return group
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON; :func:`load_report` reads it back."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Change:
    """One question that moved between two runs; ranks as in :class:`Outcome`."""

    id: str
    question: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs, question by question, on the questions they share, in one view."""

    view: str
    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    same: int
    difference: Figure
    """Mean change of the reciprocal rank, with a paired bootstrap interval; in -1..1."""


def evaluate(
    questions: Sequence[Question], search: Search, refuses: Refuses | None = None
) -> Report:
    """Ask every question and report. ``search`` sees answerable ones, ``refuses`` all."""
    return report([judge(question, search, refuses) for question in questions])


def judge(question: Question, search: Search, refuses: Refuses | None = None) -> Outcome:
    """One question's outcome."""
    hits = search(question.question, DEPTH) if question.answerable else ()
    return Outcome(
        id=question.id,
        question=question.question,
        language=question.language,
        set=question.set,
        type=question.type,
        answerable=question.answerable,
        document=document_rank(hits, question.gold_files + question.also_answered_by),
        document_strict=document_rank(hits, question.gold_files),
        passage=passage_rank(hits, question),
        quoted=bool(question.gold_quote),
        refused=None if refuses is None else refuses(question.question),
        best=hits[0].document.path if hits else "",
    )


def report(outcomes: Sequence[Outcome]) -> Report:
    """Figures of outcomes already judged."""
    return Report(
        groups=tuple(_group(name, members) for name, members in _groups(outcomes)),
        outcomes=tuple(outcomes),
        abstention=_abstention(outcomes),
    )


# What is right


def document_rank(hits: Sequence[Hit], right: Sequence[str]) -> int | None:
    """Rank of the first right document among the distinct documents of ``hits``."""
    seen: dict[str, bool] = {}
    for hit in hits:
        key = hit.document.id or hit.document.path
        seen[key] = seen.get(key, False) or is_among(hit.document, right)
    return next((rank for rank, found in enumerate(seen.values(), start=1) if found), None)


def passage_rank(hits: Sequence[Hit], question: Question) -> int | None:
    """Rank of the first right passage; see the module's definition."""
    if not question.gold_quote:
        return None
    right = question.gold_files + question.also_answered_by
    for rank, hit in enumerate(hits, start=1):
        if holds_quote(hit.passage.text, question.gold_quote) and is_among(hit.document, right):
            return rank
    return None


def holds_quote(text: str, quote: str) -> bool:
    """Whether ``text`` holds ``quote``, or the larger part of it where a cut fell inside it.

    Both are folded to lower-case words without accents, punctuation and link targets, since
    parsers drop markup. A cut quote begins at the very end of a passage or ends at the very
    start of one, or encloses it; at least :data:`QUOTE_SHARE` of its words must be there.
    """
    words, wanted = folded_words(text), folded_words(quote)
    if not wanted:
        return False
    if _contains(words, wanted):
        return True
    least = max(1, -(-len(wanted) * QUOTE_SHARE // 1))
    if least <= len(words) < len(wanted) and _contains(wanted, words):
        return True
    longest = min(len(words), len(wanted) - 1)
    return any(
        words[-length:] == wanted[:length] or words[:length] == wanted[-length:]
        for length in range(longest, int(least) - 1, -1)
    )


_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)\s]*\)")
_WORD: Final = re.compile(r"[^\W_]+")


@lru_cache(maxsize=4096)
def folded_words(text: str) -> tuple[str, ...]:
    """Words of ``text`` in lower case, without accents, punctuation or Markdown link targets."""
    bare = unicodedata.normalize("NFKD", _LINK.sub(r"\1", text).casefold())
    return tuple(_WORD.findall("".join(c for c in bare if not unicodedata.combining(c))))


def same_path(one: str, other: str) -> bool:
    """Whether two paths name one file, as seen from folders that may differ in depth."""
    one, other = (unicodedata.normalize("NFC", path) for path in (one, other))
    return one == other or one.endswith("/" + other) or other.endswith("/" + one)


def _contains(words: Sequence[str], wanted: Sequence[str]) -> bool:
    # Words are joined with their neighbours' spaces, so that only whole words match.
    return f" {' '.join(wanted)} " in f" {' '.join(words)} "


def is_among(document: Document, right: Sequence[str]) -> bool:
    """Whether one of a document's names is one of the ``right`` paths."""
    names = (document.path, *document.also)
    return any(same_path(name, wanted) for name in names for wanted in right)


# Figures


def _groups(outcomes: Sequence[Outcome]) -> list[tuple[str, list[Outcome]]]:
    answerable = [outcome for outcome in outcomes if outcome.answerable]
    named: dict[str, list[Outcome]] = {}
    for outcome in answerable:
        keys = [f"language:{outcome.language}"]
        keys += [f"set:{outcome.set}"] if outcome.set else []
        keys += [f"type:{outcome.type}"] if outcome.type else []
        for key in keys:
            named.setdefault(key, []).append(outcome)
    return [("all", answerable), *sorted(named.items())]


def _group(name: str, outcomes: Sequence[Outcome]) -> Group:
    figures = {}
    for view in VIEWS:
        ranks = {o.id: getattr(o, view) for o in outcomes if view != "passage" or o.quoted}
        values = scores(ranks)
        figures[view] = {metric: mean_figure(values[metric]) for metric in METRICS}
    return Group(name, figures)


def scores(ranks: Mapping[str, int | None]) -> dict[str, list[float]]:
    """Metric -> each question's value, from the rank at which each was found."""
    from ir_measures import RR, R, iter_calc, nDCG

    measures = {str(R @ 1): "R@1", str(R @ 5): "R@5", str(R @ 10): "R@10", str(RR): "MRR"}
    measures[str(nDCG @ 10)] = "nDCG@10"
    judgements = {question: {"right": 1} for question in ranks}
    runs = {question: _run(rank) for question, rank in ranks.items()}
    values: dict[str, list[float]] = {metric: [] for metric in METRICS}
    if ranks:
        for row in iter_calc([R @ 1, R @ 5, R @ 10, RR, nDCG @ 10], judgements, runs):
            values[measures[str(row.measure)]].append(float(row.value))
    return values


def _run(rank: int | None) -> dict[str, float]:
    """A run for the measures' library in which the right one stands at ``rank``."""
    length = rank or DEPTH
    ranked = {f"wrong{place}": float(length - place) for place in range(1, length + 1)}
    if rank is not None:
        ranked["right"] = ranked.pop(f"wrong{rank}")
    return ranked


def mean_figure(values: Sequence[float]) -> Figure:
    """Mean with a percentile bootstrap interval; the same values always give the same one."""
    if not values:
        return Figure(0.0, 0.0, 0.0, 0)
    drawn = np.random.default_rng(SEED).choice(np.asarray(values), (RESAMPLES, len(values)))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn.mean(axis=1), (tail, 1 - tail))
    return Figure(float(np.mean(values)), float(low), float(high), len(values))


def _abstention(outcomes: Sequence[Outcome]) -> Abstention | None:
    asked = [outcome for outcome in outcomes if outcome.refused is not None]
    if not asked:
        return None
    with_answer = [float(bool(o.refused)) for o in asked if o.answerable]
    without = [float(bool(o.refused)) for o in asked if not o.answerable]
    return Abstention(
        wrongly_refused=mean_figure(with_answer) if with_answer else None,
        rightly_refused=mean_figure(without) if without else None,
    )


# Runs kept and compared


def save_report(made: Report, path: Path) -> None:
    """Keep a run as JSON, to compare later ones with."""
    saved = json.dumps(made.to_dict(), ensure_ascii=False, indent=1)
    path.write_text(saved + "\n", encoding="utf-8")


def load_report(path: Path) -> Report:
    """A saved run; its figures are made again from the outcomes.

    Raises :class:`QuestionsError` where the file is not a saved run.
    """
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        outcomes = [Outcome(**row) for row in saved["outcomes"]]
        return report(outcomes)
    except OSError as error:
        raise QuestionsError(path=path, line=0, problem=error.strerror or "") from error
    except (ValueError, KeyError, TypeError) as error:
        raise QuestionsError(path=path, line=0, problem=str(error)) from error


def compare(before: Report, after: Report, view: str = "passage") -> Comparison:
    """What got better and what worse, largest change of the reciprocal rank first."""
    old = {o.id: o for o in before.outcomes if o.answerable}
    pairs = [
        Change(o.id, o.question, getattr(old[o.id], view), getattr(o, view))
        for o in after.outcomes
        if o.id in old and o.answerable and (view != "passage" or o.quoted)
    ]
    moved = sorted((p for p in pairs if p.before != p.after), key=lambda p: -abs(_gain(p)))
    return Comparison(
        view=view,
        better=tuple(p for p in moved if _gain(p) > 0),
        worse=tuple(p for p in moved if _gain(p) < 0),
        same=len(pairs) - len(moved),
        difference=mean_figure([_gain(p) for p in pairs]),
    )


def _gain(change: Change) -> float:
    return _reciprocal(change.after) - _reciprocal(change.before)


def _reciprocal(rank: int | None) -> float:
    return 1 / rank if rank else 0.0


# As a table


def markdown_table(made: Report) -> str:
    """The figures as a Markdown table, a row a group and view, each with its interval."""
    lines = [f"| | n | {' | '.join(METRICS)} |", "|---" * (len(METRICS) + 2) + "|"]
    for group in made.groups:
        for view in VIEWS:
            figures = group.figures[view]
            cells = " | ".join(_cell(figures[metric]) for metric in METRICS)
            lines.append(f"| {group.name}, {view} | {figures['MRR'].n} | {cells} |")
    return "\n".join(lines) + "\n"


def comparison_table(compared: Comparison, names: Mapping[str, str]) -> str:
    """A row a question that moved, with its ranks; what did not move and the mean change below.

    ``names`` of the columns, the two directions and that line: words below ``evalcompared``.
    """
    lines = ["| | {before} | {after} | {question} |".format(**names), "|---" * 4 + "|"]
    for direction in ("better", "worse"):
        for change in getattr(compared, direction):
            ranks = f"{change.before or names['nowhere']} | {change.after or names['nowhere']}"
            question = change.question.replace("|", "\\|")
            lines.append(f"| {names[direction]} | {ranks} | {question} |")
    mean = _cell(compared.difference)
    return "\n".join([*lines, "", names["rest"].format(same=compared.same, mean=mean)]) + "\n"


def _cell(figure: Figure) -> str:
    return f"{figure.value:.2f} ({figure.low:.2f}-{figure.high:.2f})"
