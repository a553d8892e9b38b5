"""Does this passage support this sentence? Deterministic, and pure.

A sentence is read as clauses (``claims.py``). Each must find, in the passage, a clause or a run
of neighbouring clauses that

- covers its content words,
- says the same numbers, dates, amounts and names, with no other in their place,
- denies what it denies, and is at least as sure of it,
- is as wide in scope ("tous", "certains", "seulement"),
- and gives each name the same part ("Marie enverra à Paul" is not "Paul enverra à Marie").

Comparing with the best clauses and not with the passage as a bag of words is the point: a long
passage holds nearly every word of a false sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from copassist.analysis import fold, terms
from copassist.claims import (
    Claim,
    Clause,
    Fact,
    facts,
    names_of,
    opening_name,
    opposite_stems,
    read,
    words_of,
)
from copassist.cues import cues
from copassist.language import guess_language
from copassist.sentences import sentences

MIN_COVERAGE: Final = 0.6
"""Least share of a sentence's content words that its passage must hold; tuned on the
development part of ``tests/data/support_pairs.tsv``."""
MIN_CLAUSE_COVERAGE: Final = 0.5
"""The same for each clause of it, which is shorter."""
LONGEST_RUN: Final = 4
"""Neighbouring clauses that may support one clause together."""
NEAR_BEST: Final = 0.02
"""How close to the best run another must score to be heard too: equal, rounding apart."""
TIGHTNESS: Final = 0.3
"""Weight of a run's saying nothing else against its covering the clause."""
SAME_STEM: Final = 5
"""Letters from which a stem that begins another counts as the same word."""

_SAINT: Final = re.compile(r"\bS(?:ain)?t(e?)(?:\. ?|[ -])(?=[A-ZÀ-Þ])")
_MIXED: Final = re.compile(r"\b\w*[a-zà-ÿ][A-ZÀ-ÖØ-Þ]\w*")
"""A word with capitals inside, which others write in two."""

REASONS: Final = (
    *("content", "number", "date", "amount", "name", "owner", "negation", "modality", "scope"),
    "reference",
)
"""Why a sentence is not supported: keys of ``[support]`` in the words files. The last is not found
here: what a pronoun stands for is another sentence's to tell (``pointing.py``)."""

_REASON_OF_FACT: Final = {
    **dict.fromkeys(("date", "month", "year", "weekday", "season", "time"), "date"),
    **dict.fromkeys(("number $", "number €", "number %"), "amount"),
    "name": "name",
}


@dataclass(frozen=True, slots=True)
class Support:
    """Whether a passage supports a sentence, and if not why."""

    supported: bool
    reasons: tuple[str, ...]
    """Of :data:`REASONS`, in that order; empty when supported."""
    coverage: float
    """Share of the sentence's content words found where the passage speaks of them, 0 to 1."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring clauses of one passage, and the sentences they stand in."""

    clauses: tuple[Clause, ...]
    sentences: tuple[Claim, ...]

    @property
    def content(self) -> frozenset[str]:
        return frozenset().union(*(clause.content for clause in self.clauses))

    @property
    def facts(self) -> frozenset[Fact]:
        return frozenset().union(*(clause.facts for clause in self.clauses))

    @property
    def sentence_content(self) -> frozenset[str]:
        return frozenset().union(*(sentence.content for sentence in self.sentences))

    @property
    def sentence_facts(self) -> frozenset[Fact]:
        return frozenset().union(*(sentence.facts for sentence in self.sentences))


def check(
    sentence: str, passage_text: str, language: str | None = None, *, context: str = ""
) -> Support:
    """Whether ``passage_text`` supports ``sentence``.

    ``context``: what the passage stands under (title, session date, headings). Names and dates
    may come from there, nothing else. ``language``: of the sentence; guessed without.
    """
    known = language if language in ("fr", "en") else guess_language(sentence)
    sentence = _without_place(sentence, context)
    parts = _sentences(passage_text)
    names = names_of((sentence, *parts, context), known)
    claim = read(sentence, known, names)
    if not claim.content and not claim.facts:
        # "Oui." claims something only together with its question: nothing here can check it.
        return Support(False, ("content",), 0.0)
    passage = tuple(read(part, known, names) for part in parts)
    around = read(context, known, names).facts
    verdicts = [_judge(clause, claim, passage, around) for clause in claim.clauses]
    coverage = _weighted(verdicts)
    reasons = {reason for verdict in verdicts for reason in verdict.reasons}
    said = any(verdict.covered for verdict in verdicts) or any(
        claim.facts & sentence.facts for sentence in passage
    )
    if coverage < MIN_COVERAGE or not said:
        reasons.add("content")  # what stands in the title alone is supported by nothing
    if _stranger(sentence, (*parts, context), known):
        reasons.add("name")
    if _swapped(claim, passage):
        reasons.add("owner")
    ordered = tuple(reason for reason in REASONS if reason in reasons)
    return Support(not ordered, ordered, coverage)


def _without_place(sentence: str, context: str) -> str:
    """``sentence`` without the heading before its colon: « Revue de code : ne dites pas… » says
    where the record says it, and then what."""
    place, colon, said = sentence.partition(":")
    places = {one.strip().casefold() for one in context.split("·")}
    return (
        said.strip() if colon and said.strip() and place.strip().casefold() in places else sentence
    )


def unmet(question: str, source: str) -> frozenset[Fact]:
    """Names and years of ``question`` that ``source`` (a passage and what it stands under) lacks.

    A passage on another year or another place does not answer: on 38 real French questions with
    their nearest sentences, something was unmet for 6 of 9 that have no answer and 4 of 29 that
    have one. A signal for abstaining, not a verdict.
    """
    known = guess_language(question)
    question, source = (_SAINT.sub(r"Saint\1-", text) for text in (question, source))
    names = names_of((question, source), known)
    there = facts(source, known, names)
    stems = frozenset(terms(source, known))
    asked = {fact for fact in facts(question, known, names) if fact[0] in ("name", "year")}
    met = _otherwise_written(question, source)
    return frozenset(
        (kind, value)
        for kind, value in asked - there
        if kind == "year" or not (value in met or frozenset(terms(value, known)) <= stems)
    )


def _otherwise_written(question: str, source: str) -> frozenset[str]:
    """Words of ``question`` that ``source`` has in another spelling: « Chat GPT » as « ChatGPT »,
    or the other way round."""
    asked, there = words_of(question), words_of(source)
    mixed = {fold(word) for word in _MIXED.findall(f"{question}\n{source}")}
    whole = mixed & set(there)
    joined = mixed & {a + b for a, b in pairwise(there)}
    parts = {one for pair in pairwise(asked) if "".join(pair) in whole for one in pair}
    return frozenset(word for word in asked if word in parts or word in joined)


@dataclass(frozen=True, slots=True)
class _Verdict:
    reasons: frozenset[str]
    covered: int
    content: int


def _weighted(verdicts: Sequence[_Verdict]) -> float:
    content = sum(verdict.content for verdict in verdicts)
    return sum(verdict.covered for verdict in verdicts) / content if content else 1.0


def _judge(
    clause: Clause, claim: Claim, passage: tuple[Claim, ...], around: frozenset[Fact]
) -> _Verdict:
    """The kindest verdict among the runs that speak of ``clause`` best."""
    scored = [(_score(clause, run), run) for run in _runs(passage) if _pure(clause, run)]
    if not scored:
        return _Verdict(frozenset({"content"}), 0, len(clause.content))
    best = max(score for score, _ in scored)
    near = [run for score, run in scored if score >= best - NEAR_BEST]
    verdicts = [_compare(clause, claim, run, passage, around) for run in near]
    return min(verdicts, key=lambda verdict: len(verdict.reasons))


def _runs(passage: tuple[Claim, ...]) -> Iterator[_Run]:
    flat = [(clause, sentence) for sentence in passage for clause in sentence.clauses]
    for start in range(len(flat)):
        for end in range(start + 1, min(start + LONGEST_RUN, len(flat)) + 1):
            clauses, homes = zip(*flat[start:end], strict=True)
            yield _Run(clauses, tuple(dict.fromkeys(homes)))


def _pure(clause: Clause, run: _Run) -> bool:
    """Whether a run of several clauses brings no rival of a fact of ``clause``: with "20 € ...
    50 €" in one run, either would pass for the other's."""
    if len(run.clauses) == 1:
        return True
    kinds = {kind for kind, _ in clause.facts}
    return not any(kind in kinds and (kind, value) not in clause.facts for kind, value in run.facts)


def _score(clause: Clause, run: _Run) -> float:
    if not clause.content:
        return len(clause.facts & run.facts) / max(len(clause.facts | run.facts), 1)
    covered = len(_covered(clause.content, run.content))
    either = len(clause.content) + len(run.content) - covered
    return covered / len(clause.content) + TIGHTNESS * covered / max(either, 1)


def _covered(wanted: frozenset[str], there: frozenset[str]) -> frozenset[str]:
    return frozenset(
        term for term in wanted if term in there or any(_same(term, other) for other in there)
    )


@lru_cache(maxsize=1 << 14)
def _same(first: str, second: str) -> bool:
    short, long = sorted((first, second), key=len)
    return len(short) >= SAME_STEM and long.startswith(short)


def _compare(
    clause: Clause,
    claim: Claim,
    run: _Run,
    passage: tuple[Claim, ...],
    around: frozenset[Fact],
) -> _Verdict:
    # What a clause leaves out ("celle de juin est annulée") its sentence has said.
    covered = len(_covered(clause.content, run.sentence_content))
    reasons = set(_facts_amiss(clause, run, around))
    if not clause.content:
        return _Verdict(frozenset(reasons), 0, 0)
    opposed = _opposed(clause, run) or _contrary(clause, run)
    if covered < MIN_CLAUSE_COVERAGE * len(clause.content) or opposed:
        reasons.add("content")
    if clause.denied != _denied(clause, run):
        reasons.add("negation")
    if clause.force > min(part.force for part in _speaking(clause, run)):
        reasons.add("modality")
    if not _same_scope(clause, run):
        reasons.add("scope")
    if _taken_from_delegate(clause, claim, passage):
        reasons.add("owner")
    return _Verdict(frozenset(reasons), covered, len(clause.content))


def _opposed(clause: Clause, run: _Run) -> bool:
    """Whether ``run`` says "ouvrir" where ``clause`` says "fermer"."""
    missing, there = clause.content - run.content, run.content - clause.content
    return any(
        (one <= missing and other <= there) or (other <= missing and one <= there)
        for one, other in opposite_stems(clause.language)
    )


def _contrary(clause: Clause, run: _Run) -> bool:
    """Whether ``run`` says "après" where ``clause`` says "avant"."""
    there = " ; ".join(part.folded for part in _speaking(clause, run))
    return any(
        (one.search(clause.folded) and other.search(there) and not one.search(there))
        or (other.search(clause.folded) and one.search(there) and not other.search(there))
        for one, other in cues(clause.language).contraries
    )


def _limits(clause: Clause) -> frozenset[str]:
    """ "sauf", "presque", "la moitié": what is said is not said of all."""
    return frozenset(cues(clause.language).patterns["limit"].findall(clause.folded))


def _speaking(clause: Clause, run: _Run) -> tuple[Clause, ...]:
    """The clauses of ``run`` that say something of ``clause`` that no better one says: the
    others ("..., et non des questions fermées") do not colour it."""
    speaking: list[Clause] = []
    said: frozenset[str] = frozenset()
    by_share = sorted(run.clauses, key=lambda part: -len(_covered(clause.content, part.content)))
    for part in by_share:
        new = _covered(clause.content, part.content) - said
        if new:
            speaking.append(part)
            said |= new
    return tuple(speaking) or run.clauses


def _denied(clause: Clause, run: _Run) -> bool:
    return any(part.denied for part in _speaking(clause, run))


def _facts_amiss(clause: Clause, run: _Run, around: frozenset[Fact]) -> Iterator[str]:
    for fact in clause.facts - run.facts:
        kind = fact[0]
        rivals = {other for other in run.facts if other[0] == kind} - clause.facts
        elsewhere = fact in run.sentence_facts or (
            fact in around and (kind == "name" or _REASON_OF_FACT.get(kind) == "date")
        )
        if rivals or not elsewhere:
            yield _REASON_OF_FACT.get(kind, "number")


def _same_scope(clause: Clause, run: _Run) -> bool:
    held = frozenset().union(*(part.scope for part in _speaking(clause, run)))
    if _limits(clause) != frozenset().union(*map(_limits, _speaking(clause, run))):
        return False
    if (clause.scope & {"only", "all", "most"}) - held:
        return False
    # "certaines écoles participent" does not make "les écoles participent" true
    return not ("some" in held and not clause.scope & {"some", "only"}) and not (
        "condition" in held and "condition" not in clause.scope
    )


def _stranger(sentence: str, texts: Sequence[str], language: str) -> bool:
    """Whether ``sentence`` opens with what may be a name and ``texts`` do not know the word."""
    name = opening_name(sentence, language)
    if name is None:
        return False
    stems = frozenset(terms(name, language))
    return not any(_covered(stems, frozenset(terms(text, language))) == stems for text in texts)


def _swapped(claim: Claim, passage: tuple[Claim, ...]) -> bool:
    """Whether two names of the claim have changed parts in the sentence that holds them both."""
    for sentence in passage:
        shared = [name for name in claim.parts if name in sentence.parts]
        changed = [name for name in shared if claim.parts[name] != sentence.parts[name]]
        if len(changed) >= 2:
            return True
    return False


def _taken_from_delegate(clause: Clause, claim: Claim, passage: tuple[Claim, ...]) -> bool:
    """ "A demande à B de faire X": X is B's, whoever asked."""
    names = {value for kind, value in clause.facts if kind == "name"}
    if read(clause.text, clause.language, claim.names).delegated is not None:
        return False
    for sentence in passage:
        if sentence.delegated is None:
            continue
        asking, asked, task = sentence.delegated
        doing = _covered(clause.content, task)
        if names & asking and not names & asked and doing and len(doing) == len(clause.content):
            return True
    return False


@lru_cache(maxsize=256)
def _sentences(text: str) -> tuple[str, ...]:
    return tuple(span.text for span in sentences(text)) or (text,)
