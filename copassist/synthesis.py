"""The model's answer under the verbatim one: short sentences, each checked before it counts.

The evidence is numbered sentences of the passages found. The model writes a few sentences in
their words with their numbers; code does the rest:

- a sentence is shown as fact only when ``support`` finds it in the evidence it names, or else
  in other evidence, whose number it then gets: a small model often answers rightly and numbers
  wrongly, or not at all;
- an unsupported one is left out, or struck through, as the caller chooses;
- what the model writes passes ``sanitize``; what documents say enters the prompt as data, one
  line each, without anything that could end a turn or pass for a label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from copassist.analysis import plain
from copassist.chatmodels import Chat, Usage
from copassist.citations import Label, defuse, labels, settled, written
from copassist.instructions import instructing, instructs, without_instructions
from copassist.passages import Hit, context_of
from copassist.prompts import prompt
from copassist.sanitize import sanitize
from copassist.sentences import Span, sentences
from copassist.support import check

EVIDENCE: Final = 8
"""Sentences given to a model: about 350 tokens, which two cores read in eight seconds."""
LONGEST: Final = 220
"""Characters of a sentence given to a model; longer ones are cut at a word. Checked in full."""
MOST_TOKENS: Final = 160
"""Of an answer: three sentences."""
MOST_SENTENCES: Final = 5
"""Beyond which a model repeats itself."""
PROMPT: Final = "answer"

_NOT_FOUND: Final = re.compile(r"\W*(?:non trouv|not found|aucune phrase|pas trouv)", re.IGNORECASE)
_SPECIAL: Final = re.compile(r"<\|[^<>]{0,40}\|>|<<?/?SYS>>?|\[/?INST\]|</?s>|<\|", re.IGNORECASE)
"""Marks by which chat templates tell turns apart: a server would read them as such."""
_ROLE: Final = re.compile(r"^\W*(?:system|user|assistant|human|question)\W*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may support an answer."""

    number: int
    hit: Hit
    span: Span
    """In ``hit.passage.text``."""

    @property
    def surroundings(self) -> str:
        """The passage it stands in, without what speaks to an assistant."""
        return without_instructions(self.hit.passage.text)

    @property
    def context(self) -> str:
        """Title, date and headings: where names and dates of an answer may come from."""
        return context_of(self.hit.passage, self.hit.document)


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence of the model: the evidence that supports it, or why none does."""

    text: str
    numbers: tuple[int, ...]
    supported: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Synthesis:
    """What the model has said so far."""

    model: str
    prompt: str
    sentences: tuple[Checked, ...] = ()
    pending: str = ""
    """Being written, not checked yet: never to be shown as fact."""
    done: bool = False
    not_found: bool = False
    """The model said that the evidence does not answer."""
    usage: Usage = field(default_factory=Usage)

    @property
    def supported(self) -> tuple[Checked, ...]:
        return tuple(sentence for sentence in self.sentences if sentence.supported)

    @property
    def unsupported(self) -> int:
        """Sentences that nothing supports, to be counted."""
        return len(self.sentences) - len(self.supported)

    def marked(self, *, strike: bool = False) -> str:
        """Markdown with evidence labels (``[S2]``), for ``citations.cite``.

        Unsupported sentences are left out, or with ``strike`` struck through and unlabelled.
        """
        parts = []
        for sentence in self.sentences:
            if sentence.supported:
                marks = "".join(map(written, sentence.numbers))
                parts.append(f"{sentence.text} {marks}")
            elif strike:
                parts.append(f"~~{sentence.text.replace('~', '')}~~")
        return " ".join(parts)


def gather(found: Sequence[tuple[Hit, Span]], limit: int = EVIDENCE) -> tuple[Evidence, ...]:
    """The first ``limit`` of ``found`` (best first), newest document first, numbered from 1.

    Sentences that speak to an assistant are passed over (``instructions.py``).
    """
    allowed = [(hit, span) for hit, span in found if not _instructs(hit, span)]
    kept = list(dict.fromkeys((hit.passage.id, span.start) for hit, span in allowed))[:limit]
    by_place = {(hit.passage.id, span.start): (hit, span) for hit, span in found}
    ordered = sorted((by_place[place] for place in kept), key=_in_document)
    ordered.sort(key=lambda pair: pair[0].document.date or "", reverse=True)
    return tuple(Evidence(n, hit, span) for n, (hit, span) in enumerate(ordered, start=1))


def as_data(text: str, longest: int | None = None) -> str:
    """Words of a document or a person as one line that no prompt can mistake for its own."""
    line = " ".join(plain(_SPECIAL.sub(" ", text)).split())
    line = _ROLE.sub("", defuse(_SPECIAL.sub(" ", line))).strip()
    if longest is not None and len(line) > longest:
        line = line[:longest].rsplit(" ", 1)[0] + "…"
    return line


def evidence_lines(evidence: Sequence[Evidence]) -> str:
    """The evidence as a model reads it: under each document's date, a numbered line a sentence."""
    lines: list[str] = []
    shown = ""
    for one in evidence:
        document = one.hit.document
        if document.date and document.id != shown:
            lines.append(f"({document.date})")
        shown = document.id
        lines.append(f"{written(one.number)} {as_data(one.span.text, LONGEST)}")
    return "\n".join(lines)


def synthesise(
    chat: Chat, question: str, evidence: Sequence[Evidence], language: str
) -> Iterator[Synthesis]:
    """The model's answer as it grows; the last one is ``done``. Nothing without evidence.

    Raises :class:`copassist.errors.ModelError` when the model stops answering; what was yielded
    before stands.
    """
    if not evidence:
        return
    asked = prompt(PROMPT, language)
    usage = Usage()
    state = Synthesis(chat.name, asked.id, usage=usage)
    messages = asked.messages(evidence=evidence_lines(evidence), question=as_data(question))
    raw = ""
    for piece in chat.stream(messages, max_tokens=MOST_TOKENS, usage=usage):
        raw += piece
        state = _grown(state, raw, evidence, language, final=False)
        if len(state.sentences) >= MOST_SENTENCES:
            break
        yield state
    yield replace(_grown(state, raw, evidence, language, final=True), done=True)


def split_reply(raw: str) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The sentences of a reply, without labels, each with the evidence numbers it named."""
    found: list[tuple[str, tuple[int, ...]]] = []
    at = 0
    for label in (*labels(raw), Label(len(raw), len(raw), ())):
        text = raw[at : label.start]
        at = label.end
        closing = re.match(r"\s*[.!?;,»)]+", text)
        if closing and found:
            text = text[closing.end() :]
        spans = [span.text for span in sentences(text)]
        found += [(one, ()) for one in spans]
        if label.numbers and found:
            last, numbers = found[-1]
            found[-1] = (last, tuple(dict.fromkeys((*numbers, *label.numbers))))
    return tuple((" ".join(text.split()), numbers) for text, numbers in found)


def judge(
    text: str, numbers: Sequence[int], evidence: Sequence[Evidence], language: str
) -> Checked:
    """``text`` with the evidence that supports it: what it named if that holds, else the best
    other, else none."""
    named = [one for one in evidence if one.number in numbers]
    holding = [one for one in named if _holds(text, one.span.text, one, language)]
    if holding:
        return Checked(text, tuple(one.number for one in holding), supported=True)
    if len(named) > 1 and all(one.hit.passage.id == named[0].hit.passage.id for one in named):
        joined = "\n".join(one.span.text for one in named)
        if _holds(text, joined, named[0], language):
            return Checked(text, tuple(one.number for one in named), supported=True)
    others = [one for one in evidence if one not in named]
    for one in others:
        if _holds(text, one.span.text, one, language):
            return Checked(text, (one.number,), supported=True)
    # A neighbouring sentence of the same passage may say what the numbered one leaves open.
    for one in (*named, *others):
        if _holds(text, one.surroundings, one, language):
            return Checked(text, (one.number,), supported=True)
    nearest = named[0] if named else evidence[0]
    reasons = check(text, nearest.surroundings, language, context=nearest.context).reasons
    return Checked(text, (), supported=False, reasons=reasons)


def _holds(text: str, source: str, one: Evidence, language: str) -> bool:
    return check(text, source, language, context=one.context).supported


def _grown(
    state: Synthesis, raw: str, evidence: Sequence[Evidence], language: str, *, final: bool
) -> Synthesis:
    clean = sanitize(raw if final else settled(raw))
    if _NOT_FOUND.match(clean):
        return replace(state, sentences=(), pending="", not_found=True)
    pieces = split_reply(clean)
    complete = pieces if final else pieces[:-1]
    checked = list(state.sentences)
    for text, numbers in complete[len(checked) : MOST_SENTENCES]:
        checked.append(judge(text, numbers, evidence, language))
    pending = "" if final or not pieces else pieces[-1][0]
    return replace(state, sentences=tuple(checked), pending=pending)


def _instructs(hit: Hit, span: Span) -> bool:
    return any(
        start <= span.start < end for start, end in instructing(hit.passage.text)
    ) or instructs(span.text)


def _in_document(pair: tuple[Hit, Span]) -> tuple[str, int, int]:
    hit, span = pair
    return hit.document.path, hit.passage.number, span.start
