"""An answer and its citations, verbatim: sentences of the records, each with its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from textwrap import dedent
from typing import Any

from copassist.citations import quote_in, shown
from copassist.excerpts import Quote
from copassist.pagebreaks import Half, turned
from copassist.passages import Document, Hit, Passage, place
from copassist.sanitize import sanitize
from copassist.words import Words, words


@dataclass(frozen=True, slots=True)
class Revision:
    """That a decision quoted was changed since: how, and the label of what changed it."""

    status: str
    """Key of the words: ``answer.superseded_proposed``, ``answer.changed_proposed``."""
    label: int


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
    focus: str = ""
    """The sentence of the quote to look at first, verbatim; empty where none stands out."""
    before: Half | None = None
    after: Half | None = None
    """What completes, on the page before or after, the sentence that the quote begins or ends
    with."""
    also: tuple[Document, ...] = ()
    """Other documents found that hold the very same words: minutes copy from one another."""
    revision: Revision | None = None
    """What became of the decision in the quote."""

    def __post_init__(self) -> None:
        if not quote_in(self.quote, self.passage.text):
            raise ValueError(self.quote)

    def to_dict(self, language: str) -> dict[str, Any]:
        return {
            "label": self.label,
            "quote": self.quote,
            "focus": self.focus,
            "before": self.before and asdict(self.before),
            "after": self.after and asdict(self.after),
            "locator": place(self.passage.locator, self.document, language),
            "passage": self.passage.id,
            "document": self.document.to_dict(),
            "also": [document.to_dict() for document in self.also],
            "revision": self.revision and asdict(self.revision),
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
    """As it was asked."""
    text: str
    abstained: bool
    citations: tuple[Citation, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    synthesis: str = ""
    """What the chat model made of it, Markdown with the same labels; ``text`` stays verbatim."""
    understood: str = ""
    """As it was answered, where a follow-up was rewritten to stand alone; else empty."""
    pending: str = ""
    """The sentence the model is writing, unchecked: to be shown as such or not at all."""
    growing: bool = False
    """The model is still to write, or writing."""
    refused: bool = False
    """The model read the extracts and found that they do not answer."""
    unsupported: int = 0
    """Sentences of the model that nothing supports, left out or struck through."""
    problem: str = ""
    """Why the chat model that was asked wrote nothing: one line for the reader."""
    doubtful: bool = False
    """What is quoted may not be what was asked for."""
    near: tuple[Hit, ...] = ()
    """The passages read for the answer; where nothing answers, those close enough to be shown."""
    model: str = "none"
    prompt: str | None = None
    language: str = "fr"
    id: str | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    tokens: Mapping[str, int] = field(default_factory=dict)
    """What the model's prompt and answer took: ``prompt``, ``cached`` (of these), ``output``."""
    origin: str = "passages"
    """``passages`` found by search, lines of the ``register``, or a draft ``agenda``."""
    agenda: Mapping[str, Any] | None = None
    """What was asked of an agenda, and the draft once there is one (``agendas/requests.py``)."""

    def to_dict(self) -> dict[str, Any]:
        """As the command-line contract writes it."""
        return {
            "id": self.id,
            "question": self.question,
            "understood": self.understood,
            "answer": self.synthesis or self.text,
            "extracts": self.text,
            "synthesis": self.synthesis,
            "refused": self.refused,
            "unsupported": self.unsupported,
            "abstained": self.abstained,
            "doubtful": self.doubtful,
            "problem": self.problem,
            "model": self.model,
            "prompt": self.prompt,
            "origin": self.origin,
            "agenda": self.agenda,
            "passages": [hit.passage.id for hit in self.near],
            "tokens": dict(self.tokens),
            "citations": [citation.to_dict(self.language) for citation in self.citations],
            "sentences": [
                {"text": s.text, "labels": list(s.labels), "supported": s.supported}
                for s in self.sentences
            ],
            "seconds": {name: round(value, 3) for name, value in self.seconds.items()},
        }


def extract(question: str, hits: Sequence[Hit], quotes: Sequence[Quote], language: str) -> Answer:
    """The verbatim answer of these quotes."""
    citations = tuple(
        Citation(
            label,
            quote.text,
            quote.hit.passage,
            quote.hit.document,
            quote.focus,
            quote.before,
            quote.after,
            _also_in(quote, hits),
            _revision(quote, quotes),
        )
        for label, quote in enumerate(quotes, start=1)
    )
    return Answer(
        question=question,
        text="\n\n".join(_quoted(citation, language) for citation in citations),
        abstained=False,
        citations=citations,
        sentences=tuple(Sentence(one.quote, (one.label,)) for one in citations),
        near=tuple(hits),
        language=language,
    )


def _also_in(quote: Quote, hits: Sequence[Hit]) -> tuple[Document, ...]:
    """The documents of other ``hits`` in which the words of ``quote`` stand too."""
    others = {
        other.document.id: other.document
        for other in hits
        if quote_in(quote.text, other.passage.text)
    }
    others.pop(quote.hit.document.id, None)
    return tuple(others.values())


def _revision(quote: Quote, quotes: Sequence[Quote]) -> Revision | None:
    for label, later in enumerate(quotes, start=1):
        if quote.status and later.hit.passage.id == quote.later:
            return Revision(f"answer.{quote.status}", label)
    return None


def nothing_found(question: str, hits: Sequence[Hit], language: str) -> Answer:
    """The same words every time, and the passages that came near all the same."""
    return Answer(
        question=question,
        text=words(language)("answer.nothing"),
        abstained=True,
        near=tuple(hits),
        language=language,
    )


def _quoted(citation: Citation, language: str) -> str:
    """The quote as a Markdown block, its list or table kept, and its source under it."""
    say = words(language)
    document = citation.document
    said = _over_pages(sanitize(dedent(citation.quote)).strip(), citation, language)
    block = "\n".join(f"> {line}" for line in said.splitlines())
    where = place(citation.passage.locator, document, language)
    source = ", ".join(part for part in (document.title, _dated(document, say), where) if part)
    if citation.also:
        titles = " ; ".join(f"{other.title} ({_dated(other, say)})" for other in citation.also)
        source += f". {say('answer.also', titles=titles)}"
    told = f"{block} {shown(citation.label)}\n\n*{source}*"
    if citation.revision:
        told += f"\n\n{say(citation.revision.status)} {shown(citation.revision.label)}"
    return told


def _over_pages(said: str, citation: Citation, language: str) -> str:
    """``said`` with the halves of its sentences that stand on other pages, the pages named."""
    if citation.before:
        said = turned(citation.before.page + 1, said, language)
        said = f"{sanitize(citation.before.text)} {said}"
    if citation.after:
        after = turned(citation.after.page, sanitize(citation.after.text), language)
        said = f"{said} {after}"
    return said


def _dated(document: Document, say: Words) -> str:
    return document.date or say("answer.undated")
