"""The model's answer under the verbatim one: short sentences, each checked before it counts.

The evidence is numbered sentences of the passages found. The model writes a few sentences in
their words with their numbers; code does the rest:

- a sentence is shown as fact only when ``support`` finds it in the evidence it names, or else
  in other evidence, whose number it then gets: a small model often answers rightly and numbers
  wrongly, or not at all;
- one that is not supported though all its words are the evidence's, or that is only a fragment
  of it ("Marc Pageau."), is replaced by the evidence's own sentence: what a model cuts off
  ("ne", "on pourrait", "proposé") is what makes a quote false;
- an unsupported one is left out, or struck through, as the caller chooses;
- one that points back (« Sept écoles en ont déjà. ») gives way to the whole sentence it was cut
  from, or has the words before that set in front of it: under a question about something else it
  would seem to speak of that;
- sentences that rest on nothing that search ranked among the first are beside the question,
  however true: a small model copies as readily from the eighth sentence as from the first;
- what the model writes passes ``sanitize``; what documents say enters the prompt as data, one
  line each, without anything that could end a turn or pass for a label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from copassist.analysis import terms
from copassist.chatmodels import Chat, Usage
from copassist.citations import Label, defuse, labels, settled, written
from copassist.instructions import instructing, instructs, without_instructions
from copassist.language import guess_language
from copassist.passages import Hit, context_of
from copassist.plaintext import plain
from copassist.pointing import antecedent, cut_from, points_back
from copassist.prompts import prompt
from copassist.sanitize import sanitize
from copassist.sentences import Span, sentences
from copassist.support import check

EVIDENCE: Final = 4
"""Sentences given to a model, best first: about 150 tokens. With eight, newest first, six of
eleven answers copied one that search had ranked fourth or lower, and five of these were beside
the question (docs/synthesis.md)."""
LEADING: Final = 2
"""An answer that rests on none of the first so many is beside the question (same place)."""
FRAGMENT: Final = 3
"""Content words below which a sentence is a scrap of its source, shown whole instead."""
OWN_WORDS: Final = 0.8
"""Share of a sentence's content words that make it its source's, cut or bent."""
LONGEST_WHOLE: Final = 320
"""Characters up to which a source's own sentence can stand in for a model's."""
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
    """Why what the model wrote is not supported; kept where its source's words replace it."""
    before: str = ""
    """What it points back to, in its source's words."""
    after: str = ""
    """How its source goes on, where a page ends in the middle of it; its day, beside others."""

    @property
    def told(self) -> str:
        """As it is shown."""
        return " ".join(part for part in (self.before, self.text, self.after) if part)


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
    def answers(self) -> bool:
        """Whether it rests on what search ranked first: else it is beside the question."""
        return any(
            number <= LEADING
            for sentence in self.sentences
            if sentence.supported
            for number in sentence.numbers
        )

    @property
    def distinct(self) -> tuple[Checked, ...]:
        """The sentences, none supported twice in the same words: two scraps of one sentence are
        both replaced by the whole."""
        told: dict[str, Checked] = {}
        for number, one in enumerate(self.sentences):
            told.setdefault(one.text if one.supported else f"\n{number}", one)
        return tuple(told.values())

    @property
    def unsupported(self) -> int:
        """Sentences that nothing supports, to be counted."""
        return sum(not sentence.supported for sentence in self.sentences)

    def marked(self, sources: Mapping[int, int] | None = None, *, strike: str = "") -> str:
        """Markdown with labels (``[S2]``), for ``citations.cite``.

        ``sources``: evidence number -> the number to write instead, where several pieces of
        evidence are one source to a reader. Unsupported sentences are left out, or struck
        through, unlabelled and followed by the words of ``strike``.
        """
        parts = []
        for sentence in self.distinct:
            if sentence.supported:
                numbers = [sources[n] if sources else n for n in sentence.numbers]
                marks = "".join(map(written, dict.fromkeys(numbers)))
                parts.append(f"{sentence.told} {marks}")
            elif strike:
                parts.append(f"~~{sentence.text.replace('~', '')}~~ *({strike})*")
        return " ".join(parts)


def gather(found: Sequence[tuple[Hit, Span]]) -> tuple[Evidence, ...]:
    """The first :data:`EVIDENCE` of ``found``, in its order (best first), numbered from 1.

    Sentences that speak to an assistant are passed over (``instructions.py``).
    """
    allowed: dict[tuple[str, int], tuple[Hit, Span]] = {}
    for hit, span in found:
        if not _instructs(hit, span):
            allowed.setdefault((hit.passage.id, span.start), (hit, span))
    ordered = list(allowed.values())[:EVIDENCE]
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


def prepare(chat: Chat, language: str) -> None:
    """Load a model that this process runs, and have it read what every prompt begins with: the
    first answer then waits for neither. Raises :class:`copassist.errors.ModelError`."""
    if chat.runs_here:
        messages = prompt(PROMPT, language).messages(evidence="", question="")
        chat.complete(messages, max_tokens=1)


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
    other; or that evidence's own sentence, where ``text`` is made of its words; else none."""
    named = [one for one in evidence if one.number in numbers]
    whole = _whole(text, named or evidence, language)
    fragment = len(set(terms(text, language))) < FRAGMENT
    supporting = () if fragment and whole else _supporting(text, named, evidence, language)
    if whole and (fragment or (supporting and _is_mixed(text, whole, language))):
        return whole
    if supporting:
        return Checked(text, supporting, supported=True)
    nearest = named[0] if named else evidence[0]
    reasons = check(text, nearest.surroundings, language, context=nearest.context).reasons
    if whole:
        return replace(whole, reasons=reasons)
    return Checked(text, (), supported=False, reasons=reasons)


def _is_mixed(text: str, whole: Checked, language: str) -> bool:
    """Whether ``text`` is the source's sentence with words of another language: « Cependant, having
    examples… » holds in the reader's language alone."""
    own = guess_language(text)
    return own != language and not check(text, whole.text, own).supported


def _supporting(
    text: str, named: Sequence[Evidence], evidence: Sequence[Evidence], language: str
) -> tuple[int, ...]:
    """The numbers of what supports ``text``; empty where nothing does."""
    holding = [one for one in named if _holds(text, one.span.text, one, language)]
    if holding:
        return tuple(one.number for one in holding)
    if len(named) > 1 and all(one.hit.passage.id == named[0].hit.passage.id for one in named):
        joined = "\n".join(one.span.text for one in named)
        if _holds(text, joined, named[0], language):
            return tuple(one.number for one in named)
    others = [one for one in evidence if one not in named]
    for one in others:
        if _holds(text, one.span.text, one, language):
            return (one.number,)
    # A neighbouring sentence of the same passage may say what the numbered one leaves open.
    for one in (*named, *others):
        if _holds(text, one.surroundings, one, language):
            return (one.number,)
    return ()


def _whole(text: str, evidence: Sequence[Evidence], language: str) -> Checked | None:
    """The sentence of ``evidence`` whose words ``text`` is made of, as the document has it."""
    said = set(terms(text, language))
    for one in evidence:
        whole = sanitize(" ".join(plain(one.span.text).split()))
        there = set(terms(whole, language))
        if said and len(said & there) >= OWN_WORDS * len(said) and len(whole) <= LONGEST_WHOLE:
            return Checked(whole, (one.number,), supported=True)
    return None


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
        one = judge(text, numbers, evidence, language)
        checked.append(_understood(one, checked, evidence, language))
    pending = "" if final or not pieces else pieces[-1][0]
    return replace(state, sentences=tuple(checked), pending=pending)


def _understood(
    one: Checked, said: Sequence[Checked], evidence: Sequence[Evidence], language: str
) -> Checked:
    """``one`` with what it points back to: the rest of the sentence it was cut from, or the words
    before that, unless the sentence ``said`` before it is they. Not supported where its source does
    not tell."""
    if not one.supported:
        return one
    source = next(piece for piece in evidence if piece.number == one.numbers[0])
    passage = source.hit.passage
    if not points_back(one.text, passage.language):
        return one
    span = cut_from(one.text, passage, source.span)
    whole = sanitize(" ".join(plain(span.text).split()))
    unclear = replace(one, numbers=(), supported=False, reasons=("reference",))
    if not points_back(whole, passage.language):
        long = len(whole) > LONGEST_WHOLE or instructs(whole)
        return unclear if long else replace(one, text=whole)
    before = sanitize(plain(antecedent(passage, span)))
    if not before or instructs(before):
        return unclear
    last = terms(said[-1].told, language) if said and said[-1].supported else ()
    return one if set(terms(before, language)) <= set(last) else replace(one, before=before)


def _instructs(hit: Hit, span: Span) -> bool:
    return any(
        start <= span.start < end for start, end in instructing(hit.passage.text)
    ) or instructs(span.text)
