"""Answers: the sentences of the records that answer a question, verbatim, each with its source.

First comes what no model writes: an excerpt of each of the best passages, around the sentences
that come closest to the question. Where a chat model is there, its synthesis follows
(``synthesis.py``): only sentences that code found supported count, and they cite the same sources.
Where nothing comes close enough the answer says that the records hold nothing on this, and no
model is asked.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import partial
from textwrap import dedent
from typing import Any, Final

from copassist.answerability import cannot_answer, is_doubtful, near_enough
from copassist.candidates import QUOTES, Candidate, candidates, choose, ranked
from copassist.changes import LOOKED_AT, changing_sentences, later_change
from copassist.chatmodels import Chat
from copassist.citations import cite, quote_in, shown
from copassist.errors import ModelError
from copassist.excerpts import Find, Quote, with_other_halves
from copassist.filters import Filters
from copassist.followups import Exchange, faithful, standalone
from copassist.library import Library
from copassist.pagebreaks import Half, turned
from copassist.passages import Document, Hit, Passage, place
from copassist.plaintext import plain
from copassist.prompts import prompt
from copassist.recency import (
    asks_of_next_session,
    asks_what_holds,
    by_recency,
    latest_day,
    not_before,
)
from copassist.register import has_met_since
from copassist.revisions import with_revisions
from copassist.sanitize import sanitize
from copassist.sentences import Span
from copassist.synthesis import Checked, Evidence, Synthesis, as_data, gather, synthesise
from copassist.words import Words, words

READ: Final = 6
"""Passages read for sentences: where recall by passage flattens (docs/evaluation.md)."""
NEAR: Final = 3
"""Passages shown as near when nothing answers."""
FOLLOW_UP: Final = "followup"
FOLLOW_UP_TOKENS: Final = 60
"""Most that a model may write for a question made to stand alone: two lines."""

_DECIDES: Final = re.compile(
    r"d[ée]ci[ds]|adopt|retenu|convenu|résolu|approuv|agreed|resolved|resolution|approved",
    re.IGNORECASE,
)
"""Words of a decision, which the register may know to be revised."""


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


class Assistant:
    """Answers questions from one library, with or without a chat model."""

    def __init__(
        self,
        library: Library,
        chat: Chat | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._library = library
        self._chat = chat
        self._today = today
        self._strike = library.settings.unsupported == "strike"

    @property
    def chat(self) -> Chat | None:
        """The chat model, for the page to say which one answers and where text goes."""
        return self._chat

    def ask(
        self,
        question: str,
        filters: Filters | None = None,
        language: str = "fr",
        history: Sequence[Exchange] = (),
    ) -> Answer:
        """The whole answer. ``language`` is that of the words around the quotes; ``history`` what
        was asked before, oldest first.

        A chat model that fails leaves the verbatim answer, which needs none.
        """
        *_, answer = self.stream(question, filters, language, history)
        return answer

    def stream(
        self,
        question: str,
        filters: Filters | None = None,
        language: str = "fr",
        history: Sequence[Exchange] = (),
    ) -> Iterator[Answer]:
        """The verbatim answer at once, then the same with the model's synthesis as it grows."""
        understood = self.understand(question, history, language)
        for answer in self._stream(understood, filters, language):
            rewritten = understood if understood != question else ""
            yield replace(answer, question=question, understood=rewritten)

    def understand(self, question: str, history: Sequence[Exchange], language: str) -> str:
        """``question`` as it reads without the conversation: rewritten by rule, or by the model
        where no rule places its words and what the model writes stays within the conversation. A
        model that is writing something else is not waited for."""
        ruled = standalone(question, history, language)
        if ruled.sure or self._chat is None or self._chat.busy:
            return ruled.question
        asked = prompt(FOLLOW_UP, language)
        messages = asked.messages(before=as_data(history[-1].question), question=as_data(question))
        try:
            lines = self._chat.complete(messages, max_tokens=FOLLOW_UP_TOKENS).splitlines()
        except ModelError:
            return ruled.question
        written = lines[0].strip() if lines else ""
        return written if faithful(written, question, history) else ruled.question

    def _revised(self, quotes: Sequence[Quote], find: Find) -> Sequence[Quote]:
        """``quotes`` with the later decisions that revise theirs.

        The register is read only where a quote decides something.
        """
        if not any(_DECIDES.search(quote.text) for quote in quotes):
            return quotes
        register, _ = self._library.register(self._today())
        return with_revisions(quotes, register.decisions, find)

    def _stream(self, question: str, filters: Filters | None, language: str) -> Iterator[Answer]:
        started = time.perf_counter()
        all_hits = self._library.search(question, LOOKED_AT, filters, self._today())
        hits = all_hits[:READ]
        seconds = {"retrieval": time.perf_counter() - started}
        model = self._library.embeddings.name
        found: list[Candidate] = []
        if not cannot_answer(question, hits, model):
            found = candidates(question, hits, self._library)
        chosen, stale = choose(found), False
        if asks_of_next_session(question):
            day = latest_day(chosen)
            found, chosen = not_before(found, day), not_before(chosen, day)
            register, _ = self._library.register(self._today())
            stale = bool(day) and has_met_since(day, register, self._today())
        find = partial(self._library.passage_of, filters=filters)
        quotes = by_recency(question, self._revised(chosen, find))
        doubtful = bool(quotes) and (stale or is_doubtful(hits, model))
        changing: list[tuple[Hit, Span]] = []
        if quotes and not doubtful and asks_what_holds(question):
            change = later_change(question, quotes[0], all_hits, self._library, self._today())
            if change is not None:
                quotes, changing = with_change(quotes, change), changing_sentences(change)
        quotes = with_other_halves(quotes, find)
        answer = (
            extract(question, hits, quotes, language)
            if quotes
            else nothing_found(question, near_enough(hits, model), language)
        )
        asks = self._chat is not None and not answer.abstained
        answer = replace(answer, doubtful=doubtful, growing=asks)
        seconds |= dict.fromkeys(
            ("verbatim", "first_token", "total"), time.perf_counter() - started
        )
        yield replace(answer, seconds=dict(seconds))
        if self._chat is None or answer.abstained:
            return
        evidence = gather([*changing, *((one.hit, one.span) for one in ranked(found))])
        try:
            for state in synthesise(self._chat, question, evidence, language):
                seconds["total"] = time.perf_counter() - started
                seconds["first_token"] = seconds["verbatim"] + state.usage.first_token
                grown = with_synthesis(answer, state, evidence, strike=self._strike)
                yield replace(grown, seconds=dict(seconds))
        except ModelError as error:
            name, problem = str(error.values.get("name", "")), error.describe(language)
            failed = replace(answer, model=name, problem=problem, growing=False)
            yield replace(failed, seconds=dict(seconds))


def with_change(quotes: Sequence[Quote], change: Quote) -> list[Quote]:
    """``quotes`` after the one that tells what has changed since the first of them."""
    first = quotes[0]
    if not first.status:
        status = "changed_proposed" if first.hit.document.date else "undated_proposed"
        first = replace(first, status=status, later=change.hit.passage.id)
    others = [one for one in quotes[1:] if one.hit.passage.id != change.hit.passage.id]
    return [change, first, *others][: max(QUOTES, len(quotes))]


def with_synthesis(
    answer: Answer, state: Synthesis, evidence: Sequence[Evidence], *, strike: bool = False
) -> Answer:
    """``answer`` with what the model has said so far; sources already cited keep their labels.

    A synthesis that rests on nothing near the question is not shown: what is then left is the
    verbatim answer. ``strike``: unsupported sentences are shown struck through, even alone.
    """
    state = _over_the_page(state, answer, evidence)
    state = _by_date(state, evidence) if state.done else state
    if not state.answers:
        state = replace(state, sentences=tuple(s for s in state.sentences if not s.supported))
    sources = {one.number: _source(answer, one) for one in evidence}
    struck = words(answer.language)("support.unsupported") if strike else ""
    marked = state.marked(sources, strike=struck)
    used = tuple(citation.label for citation in answer.citations)
    prose = cite(marked, set(sources.values()), used, final=True)
    by_source = {sources[one.number]: one for one in reversed(evidence)}
    new = [
        Citation(label, one.span.text, one.hit.passage, one.hit.document)
        for label, one in enumerate(
            map(by_source.__getitem__, prose.used[len(used) :]), len(used) + 1
        )
    ]
    label_of = {source: label for label, source in enumerate(prose.used, start=1)}
    written = tuple(
        Sentence(
            checked.told,
            tuple(dict.fromkeys(label_of[sources[n]] for n in checked.numbers)),
            checked.supported,
        )
        for checked in (state.distinct if marked else ())
    )
    return replace(
        answer,
        synthesis=prose.text,
        pending=state.pending,
        growing=not state.done,
        refused=state.not_found,
        unsupported=state.unsupported,
        citations=(*answer.citations, *new),
        sentences=written if prose.text else answer.sentences,
        model=state.model,
        prompt=state.prompt,
        tokens={
            "prompt": state.usage.prompt_tokens,
            "cached": state.usage.cached_tokens,
            "output": state.usage.output_tokens,
        },
    )


def _over_the_page(state: Synthesis, answer: Answer, evidence: Sequence[Evidence]) -> Synthesis:
    """``state``, its sentences that end where a quoted page does completed as the quote is."""
    cut = {one.passage.id: one for one in answer.citations if one.after}
    passages = {one.number: one.hit.passage.id for one in evidence}

    def completed(sentence: Checked) -> Checked:
        for source in (cut.get(passages[number]) for number in sentence.numbers):
            if source and source.after and _ends_with(source.quote, sentence.text):
                half = sanitize(source.after.text)
                return replace(sentence, after=turned(source.after.page, half, answer.language))
        return sentence

    return replace(state, sentences=tuple(map(completed, state.sentences))) if cut else state


def _ends_with(quote: str, text: str) -> bool:
    return " ".join(plain(quote).split()).endswith(" ".join(text.split()))


def _by_date(state: Synthesis, evidence: Sequence[Evidence]) -> Synthesis:
    """Where sentences rest on records of several days, each with its day and the newest first:
    they may say how something changed."""
    days = {one.number: one.hit.document.date or "" for one in evidence}
    told = [max((days[n] for n in one.numbers), default="") for one in state.sentences]
    if len({day for day, one in zip(told, state.sentences, strict=True) if one.supported}) < 2:
        return state
    dated = [
        replace(one, after=f"{one.after} ({day})".lstrip()) if one.supported and day else one
        for day, one in zip(told, state.sentences, strict=True)
    ]
    order = sorted(range(len(dated)), key=lambda index: told[index], reverse=True)
    return replace(state, sentences=tuple(dated[index] for index in order))


def _source(answer: Answer, one: Evidence) -> int:
    """The label of the quote that holds a piece of evidence, else a number no label has yet."""
    for known in answer.citations:
        if known.passage.id == one.hit.passage.id and quote_in(one.span.text, known.quote):
            return known.label
    return len(answer.citations) + one.number


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
