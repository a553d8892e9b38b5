"""How well answers do on questions whose answers are known. Pure, given the answers.

What is measured
----------------
**Correctness**: token F1 against the reference answer as SQuAD 1.1 counts it (Rajpurkar et al.
2016), with the articles of French too (FQuAD, d'Hoffschmidt et al. 2020); and key facts, the
share of the reference's numbers, dates and names that the answer or the title and date of a
source it cites says too. Where nobody wrote a reference the gold quote stands for it.

**Citations**: a pair of a sentence and a source it cites *holds* when the quote contains the gold
quote, or when the gold passage supports the sentence. Precision is the share of pairs that hold;
recall the share of answerable questions with at least one that does. That is about the right
source. Whether a source supports the sentence it stands behind, right or not, is *faithful*: the
definition of Liu et al. (2023, arXiv 2304.09848), whose commercial engines reach 74.5 %.

**Unsupported**: of the sentences a model wrote, the share that the check refused; and, read back
from the text that a person sees, the sentences shown as fact that none of their sources supports.

**Abstention**: precision and recall over the questions without an answer, and the share of
answerable ones refused. An answer *abstains* when it says that the records hold nothing.

A question that was wrongly refused counts as zero for correctness and recall, and not at all for
precision.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from copassist.answers import Answer, Citation
from copassist.citations import quote_in
from copassist.claims import Fact, facts, names_of
from copassist.errors import QuestionsError
from copassist.evaluation import Figure, folded_words, holds_quote, mean_figure
from copassist.passages import context_of
from copassist.questions import Question
from copassist.support import check

_ARTICLES: Final = frozenset(
    {*("a", "an", "the", "le", "la", "les", "l", "un", "une", "des", "du", "de", "d", "au", "aux")}
)
"""Words that SQuAD's and FQuAD's F1 leave out."""

MEASURES: Final = (
    *("token_f1", "key_facts", "citation_precision", "citation_recall", "faithful"),
    *("verbatim", "unsupported_written", "unsupported_shown"),
    *("abstention_precision", "abstention_recall", "wrongly_abstained"),
)
"""In the order of the table; keys of ``[answereval]`` in the words files."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one answer was worth. Lists hold one value a pair, a sentence or a quote."""

    id: str
    language: str
    answerable: bool
    abstained: bool
    token_f1: float | None = None
    """``None`` for a question without an answer, as for the two below."""
    key_facts: float | None = None
    """``None`` too where the reference names no number, date or name."""
    cites_gold: float | None = None
    holds: tuple[float, ...] = ()
    faithful: tuple[float, ...] = ()
    verbatim: tuple[float, ...] = ()
    unsupported_written: tuple[float, ...] = ()
    unsupported_shown: tuple[float, ...] = ()
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Figures by group (``all``, ``fr``, ``en``) and measure, and what they are made of."""

    model: str
    groups: Mapping[str, Mapping[str, Figure]]
    outcomes: tuple[Outcome, ...]

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)


def judge(
    question: Question, answer: Answer, gold: Sequence[str], stored: Mapping[str, str]
) -> Outcome:
    """What ``answer`` is worth.

    ``gold``: the texts of the passages that hold the gold quote. ``stored``: passage id -> text
    as the catalogue has it, against which quotes are compared.
    """
    said = () if answer.abstained else _pairs(answer)
    shown = () if answer.abstained else _shown(answer)
    text = answer.synthesis or "\n".join(citation.quote for citation in answer.citations)
    text = "" if answer.abstained else text
    holding = tuple(float(_holds(question, *pair, gold)) for pair in said)
    right = question.answerable
    reference = question.reference_answer or question.gold_quote
    written = [s.supported for s in answer.sentences] if answer.synthesis else []
    return Outcome(
        id=question.id,
        language=question.language,
        answerable=right,
        abstained=answer.abstained,
        token_f1=token_f1(text, reference) if right else None,
        key_facts=_key_facts(reference, text, answer, question.language) if right else None,
        cites_gold=float(any(holding)) if right else None,
        holds=holding if right else (),
        faithful=tuple(float(_supports(*pair)) for pair in said),
        verbatim=tuple(
            float(quote_in(one.quote, stored.get(one.passage.id, ""))) for one in answer.citations
        ),
        unsupported_written=tuple(float(not supported) for supported in written),
        unsupported_shown=tuple(float(not any(_supports(t, c) for c in cs)) for t, cs in shown),
        answer=text,
    )


def report(model: str, outcomes: Sequence[Outcome]) -> Report:
    """The figures of ``outcomes``, with bootstrap intervals over what each is a mean of."""
    languages = sorted({outcome.language for outcome in outcomes})
    groups = {"all": _figures(outcomes)}
    for language in languages if len(languages) > 1 else ():
        groups[language] = _figures([one for one in outcomes if one.language == language])
    return Report(model, groups, tuple(outcomes))


def markdown_table(reports: Iterable[Report], names: Mapping[str, str]) -> str:
    """A row a measure and a column a report and group; ``names`` of :data:`MEASURES`."""
    columns = [
        (f"{made.model} · {group}" if len(made.groups) > 1 else made.model, figures)
        for made in reports
        for group, figures in made.groups.items()
    ]
    lines = [f"| | {' | '.join(name for name, _ in columns)} |", "|---" * (len(columns) + 1) + "|"]
    for measure in MEASURES:
        cells = " | ".join(_cell(figures[measure]) for _, figures in columns)
        lines.append(f"| {names[measure]} | {cells} |")
    return "\n".join(lines) + "\n"


# Runs kept, since a local model takes a quarter of an hour for a file of questions


def keep(model: str, outcome: Outcome, path: Path) -> None:
    """Add an outcome to a run, a JSON object a line."""
    line = json.dumps({"model": model} | asdict(outcome), ensure_ascii=False)
    with path.open("a", encoding="utf-8") as out:
        out.write(line + "\n")


def kept(path: Path) -> dict[tuple[str, str], Outcome]:
    """The outcomes of a run so far, by model and question; none if there is no such file.

    Raises :class:`QuestionsError` where a line is not an outcome.
    """
    found: dict[tuple[str, str], Outcome] = {}
    lines = path.read_bytes().splitlines() if path.is_file() else []  # words may hold U+2028
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            model = row.pop("model")
            lists = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
            outcome = Outcome(**(row | lists))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise QuestionsError(path=path, line=number, problem=str(error)) from error
        found[model, outcome.id] = outcome
    return found


# Correctness


def token_f1(said: str, reference: str) -> float:
    """Harmonic mean of precision and recall over words, 0 to 1; articles and accents aside."""
    one, other = Counter(_words(said)), Counter(_words(reference))
    common = (one & other).total()
    return 2 * common / (one.total() + other.total()) if common else 0.0


def key_facts(reference: str, said: str, language: str) -> float | None:
    """Share of the numbers, dates and names of ``reference`` that ``said`` holds; ``None``
    where it has none."""
    names = names_of((reference, said), language)
    wanted = _coarse(facts(reference, language, names))
    if not wanted:
        return None
    there = _coarse(facts(said, language, names))
    words = set(folded_words(said))
    return sum(fact in there or fact[1] in words for fact in wanted) / len(wanted)


def _key_facts(reference: str, text: str, answer: Answer, language: str) -> float | None:
    sources = {context_of(citation.passage, citation.document) for citation in answer.citations}
    return key_facts(reference, "\n".join((text, *sources)) if text else "", language)


def _coarse(found: frozenset[Fact]) -> frozenset[Fact]:
    """Facts as a reader compares them: 50 places and 50 are the same number."""
    return frozenset((kind.split()[0], value) for kind, value in found)


def _words(text: str) -> list[str]:
    return [word for word in folded_words(text) if word not in _ARTICLES]


# Citations


def _pairs(answer: Answer) -> tuple[tuple[str, Citation], ...]:
    """Each sentence shown as fact with each source it cites."""
    return tuple((text, citation) for text, cited in _shown(answer) for citation in cited)


def _shown(answer: Answer) -> tuple[tuple[str, tuple[Citation, ...]], ...]:
    """Sentences that a reader takes for fact, and their sources."""
    by_label = {citation.label: citation for citation in answer.citations}
    return tuple(
        (sentence.text, tuple(by_label[label] for label in sentence.labels))
        for sentence in answer.sentences
        if sentence.supported
    )


def _holds(question: Question, text: str, citation: Citation, gold: Sequence[str]) -> bool:
    if question.gold_quote and holds_quote(citation.quote, question.gold_quote):
        return True
    context = context_of(citation.passage, citation.document)
    return any(check(text, passage, context=context).supported for passage in gold)


def _supports(text: str, citation: Citation) -> bool:
    """Whether a source supports a sentence, or is the sentence."""
    if quote_in(text, citation.passage.text):
        return True
    context = context_of(citation.passage, citation.document)
    return check(text, citation.passage.text, context=context).supported


# Figures


def _figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    abstained = [float(not one.answerable) for one in outcomes if one.abstained]
    values: dict[str, list[float]] = {
        "token_f1": [one.token_f1 for one in outcomes if one.token_f1 is not None],
        "key_facts": [one.key_facts for one in outcomes if one.key_facts is not None],
        "citation_precision": [value for one in outcomes for value in one.holds],
        "citation_recall": [one.cites_gold for one in outcomes if one.cites_gold is not None],
        "abstention_precision": abstained,
        "abstention_recall": [float(o.abstained) for o in outcomes if not o.answerable],
        "wrongly_abstained": [float(o.abstained) for o in outcomes if o.answerable],
    }
    for name in ("faithful", "verbatim", "unsupported_written", "unsupported_shown"):
        values[name] = [value for one in outcomes for value in getattr(one, name)]
    return {measure: mean_figure(values[measure]) for measure in MEASURES}


def _cell(figure: Figure) -> str:
    if not figure.n:
        return "–"
    return f"{figure.value:.2f} ({figure.low:.2f}-{figure.high:.2f}; {figure.n})"
