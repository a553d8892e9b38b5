"""An answer with a chat model's synthesis: its sentences and the quotes share their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from copassist.answers import Answer, Citation, Sentence
from copassist.citations import cite, quote_in
from copassist.pagebreaks import turned
from copassist.plaintext import plain
from copassist.sanitize import sanitize
from copassist.synthesis import Checked, Evidence, Synthesis
from copassist.words import words


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
