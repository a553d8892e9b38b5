"""Answers: the sentences of the records that answer a question, verbatim, each with its source.

No model writes here. The best passages are cut into sentences, each sentence is compared with
the question by late interaction, and the best are quoted; where nothing comes close enough the
answer says that the records hold nothing on this.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from copassist.citations import quote_in, shown
from copassist.embeddings import Embedded, SentenceEmbeddings
from copassist.filters import Filters
from copassist.library import Library
from copassist.passages import Document, Hit, Passage, place
from copassist.sentences import Span, sentences
from copassist.words import words

READ: Final = 6
"""Passages read for sentences: where recall by passage flattens (docs/evaluation.md)."""
QUOTES: Final = 3
"""Most sentences quoted: what a person reads before opening a source."""
SHORTEST: Final = 20
"""Characters below which a line ("Oui.", "Suivis") answers nothing by itself."""
KEEP: Final = 0.985
"""A sentence is quoted when it comes this close to the best one. Late-interaction scores of E5
lie between .78 and .92, so .985 of the best is about a tenth of that range."""


@dataclass(frozen=True, slots=True)
class Citation:
    """What ties a sentence to its source.

    ``quote`` is verbatim in ``passage.text``, white space apart: one that is not cannot be made
    (``ValueError``, a defect of ours).
    """

    label: int
    quote: str
    passage: Passage
    document: Document

    def __post_init__(self) -> None:
        if not quote_in(self.quote, self.passage.text):
            raise ValueError(self.quote)

    def to_dict(self, language: str) -> dict[str, Any]:
        return {
            "label": self.label,
            "quote": self.quote,
            "locator": place(self.passage.locator, self.document, language),
            "passage": self.passage.id,
            "document": self.document.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer; ``labels`` name its citations."""

    text: str
    labels: tuple[int, ...]
    supported: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer and all it rests on. ``text`` is Markdown with ``[1]`` labels."""

    question: str
    text: str
    abstained: bool
    citations: tuple[Citation, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    near: tuple[Hit, ...] = ()
    """The passages that were read, for "what is near" when nothing answers."""
    model: str = "none"
    prompt: str | None = None
    language: str = "fr"
    id: str | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As the command-line contract writes it."""
        return {
            "id": self.id,
            "question": self.question,
            "answer": self.text,
            "abstained": self.abstained,
            "model": self.model,
            "prompt": self.prompt,
            "citations": [citation.to_dict(self.language) for citation in self.citations],
            "sentences": [
                {"text": s.text, "labels": list(s.labels), "supported": s.supported}
                for s in self.sentences
            ],
            "seconds": {name: round(value, 3) for name, value in self.seconds.items()},
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be quoted; ``score`` is its MaxSim with the question."""

    hit: Hit
    span: Span
    score: float


class Assistant:
    """Answers questions from one library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def ask(self, question: str, filters: Filters | None = None, language: str = "fr") -> Answer:
        """The verbatim answer. ``language`` is that of the words around the quotes."""
        started = time.perf_counter()
        hits = self._library.search(question, READ, filters)
        found = time.perf_counter()
        answer = extract(question, hits, self._library.embeddings, language)
        seconds = {"retrieval": found - started, "total": time.perf_counter() - started}
        return _timed(answer, seconds | {"first_token": seconds["total"]})


def extract(
    question: str, hits: Sequence[Hit], embeddings: SentenceEmbeddings, language: str
) -> Answer:
    """The verbatim answer out of passages found, or the one that says nothing was found."""
    chosen = choose(candidates(question, hits, embeddings))
    if not chosen:
        return nothing_found(question, hits, language)
    citations: list[Citation] = []
    quoted: list[Sentence] = []
    for label, candidate in enumerate(chosen, start=1):
        quote = candidate.span.text
        citations.append(Citation(label, quote, candidate.hit.passage, candidate.hit.document))
        quoted.append(Sentence(quote, (label,)))
    return Answer(
        question=question,
        text="\n\n".join(_line(citation, language) for citation in citations),
        abstained=False,
        citations=tuple(citations),
        sentences=tuple(quoted),
        near=tuple(hits),
        language=language,
    )


def nothing_found(question: str, hits: Sequence[Hit], language: str) -> Answer:
    """The same words every time, and the passages that came nearest."""
    return Answer(
        question=question,
        text=words(language)("answer.nothing"),
        abstained=True,
        near=tuple(hits),
        language=language,
    )


def candidates(
    question: str, hits: Sequence[Hit], embeddings: SentenceEmbeddings
) -> list[Candidate]:
    """Every sentence, item and row of ``hits``, scored against the question."""
    pairs = [
        (hit, span)
        for hit in hits
        for span in sentences(hit.passage.text)
        if _may_answer(hit, span)
    ]
    if not pairs:
        return []
    asked = embeddings.embed_question(question)
    embedded = embeddings.embed_passages([_in_context(hit, span) for hit, span in pairs])
    return [
        Candidate(hit, span, maxsim(asked.tokens, one))
        for (hit, span), one in zip(pairs, embedded, strict=True)
    ]


def _may_answer(hit: Hit, span: Span) -> bool:
    """Not a heading, a question or a scrap: those are found, and answer nothing."""
    said = " ".join(span.text.split())
    return (
        span.role not in ("heading", "code")
        and len(said) >= SHORTEST
        and not said.endswith(("?", "? »", "?**"))
        and said not in hit.passage.locator.headings
    )


def choose(found: Sequence[Candidate]) -> list[Candidate]:
    """At most :data:`QUOTES` sentences, best first, none said twice."""
    chosen: list[Candidate] = []
    seen: set[str] = set()
    for candidate in sorted(found, key=lambda one: -one.score):
        folded = " ".join(candidate.span.text.split()).casefold()
        if candidate.score < KEEP * (chosen[0] if chosen else candidate).score:
            break
        if folded not in seen:
            seen.add(folded)
            chosen.append(candidate)
        if len(chosen) == QUOTES:
            break
    return chosen


def maxsim(question: NDArray[np.float32], passage: Embedded) -> float:
    """Mean over the question's tokens of the best cosine among the passage's tokens."""
    if not len(question) or not len(passage.tokens):
        return 0.0
    return float((question @ passage.tokens.T).max(axis=1).mean())


def _in_context(hit: Hit, span: Span) -> str:
    """A sentence under its headings: "Le 3 mai" answers only where one knows of what."""
    path = " › ".join(hit.passage.locator.headings)
    return f"{path}\n{span.text}" if path else span.text


def _line(citation: Citation, language: str) -> str:
    say = words(language)
    document = citation.document
    quote = " ".join(citation.quote.split())
    source = say(
        "answer.source",
        title=document.title,
        date=document.date or say("answer.undated"),
        place=place(citation.passage.locator, document, language),
    )
    return f"{say('answer.quote', quote=quote)} {shown(citation.label)}  \n*{source}*"


def _timed(answer: Answer, seconds: Mapping[str, float]) -> Answer:
    return replace(answer, seconds=seconds)
