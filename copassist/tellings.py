"""What sentences of minutes tell of tasks, found once their passages have vectors.

The register is read when a document goes in, by rules; its vectors come later. Then each sentence
of minutes gets its kinds (``sentencekinds.py``). Those that may tell something are kept with the
register as tellings; its actions learn which sentence they are, so that ``standing.py`` can
compare the two whenever the register is asked for; and sentences that surely give somebody named
something to do are actions too, where no rule saw them: « MD mesure les portes, b4 nov ».
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from copassist.citations import find_quote
from copassist.extraction.dates import due_in, session_day
from copassist.extraction.lines import lines_of
from copassist.extraction.people import People, first_known, people_of
from copassist.extraction.texts import plain, straight
from copassist.passages import Document, Passage, on_its_day
from copassist.records import Action, Decision, Register, Source, Telling
from copassist.sentencekinds import Weights
from copassist.sentences import sentences_of
from copassist.tokencodec import Floats

MAY_TELL: Final = -2.44
"""Log odds of « done » or « pending » from which a sentence is kept (a chance of .08): of 500
sentences that tell how a task stands, in five communities each told by the other four, 454 are, of
all 3,114 less than half."""
TAKES_ON: Final = -0.4
"""Log odds of « action » from which a sentence that names somebody is one (a chance of .4). Of 354
actions in the minutes of five communities, each told by the other four, rules give 146 (of 177
lines); beside them vectors give 44 of 62 lines so, 27 of 32 from .5, 57 of 93 from .3."""


def with_tellings(
    register: Register,
    document: Document,
    passages: Sequence[Passage],
    vectors: Sequence[Floats | None],
    weights: Weights,
) -> Register:
    """``register``, read from ``passages`` of one document, with its tellings, the places of its
    actions, and the actions that vectors alone tell. ``vectors`` of the sentences of each passage;
    of one without, nothing is told."""
    held = {passage.id: _Read(document, passage) for passage in passages}
    sentences = [
        _Sentence(held[passage.id], number, *odds)
        for passage, its in zip(passages, vectors, strict=True)
        if its is not None and len(its) == len(held[passage.id].spans)
        for number, odds in enumerate(weights.log_odds(its).tolist())
        if held[passage.id].spans[number].role != "heading"
    ]
    by_rule = [one for one in register.actions if not one.by_vector]
    taken = _taken([*by_rule, *register.decisions], held)
    people = people_of(lines_of(passages))
    more = (_action(one, people) for one in sentences if one.key not in taken)
    told = (one for one in sentences if max(one.done, one.pending) >= MAY_TELL)
    return replace(
        register,
        actions=(
            *(replace(one, place=_place(one, held)) for one in by_rule),
            *(one for one in more if one is not None),
        ),
        tellings=tuple(_telling(one) for one in told),
    )


class _Read:
    """A passage with its sentences and the day it speaks on."""

    def __init__(self, document: Document, passage: Passage) -> None:
        self.document = document.id
        self.passage = passage
        self.spans = sentences_of(passage)
        self.day = on_its_day(document, passage.locator).date

    def source(self, number: int) -> Source:
        quote = self.spans[number].text
        return Source(self.document, self.passage.id, quote, self.passage.locator)

    def places(self, quote: str) -> list[int]:
        """The sentences that a quote touches, that of which it has most first."""
        found = find_quote(quote, self.passage.text)
        if found is None:
            return []
        start, end = found
        shared = {n: min(end, one.end) - max(start, one.start) for n, one in enumerate(self.spans)}
        return sorted((n for n in shared if shared[n] > 0), key=lambda n: -shared[n])


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a passage, with the log odds of what it may be."""

    read: _Read
    number: int
    action: float
    done: float
    pending: float

    @property
    def key(self) -> tuple[str, int]:
        return self.read.passage.id, self.number


def _telling(one: _Sentence) -> Telling:
    odds = (round(value, 2) for value in (one.action, one.done, one.pending))
    return Telling(one.read.source(one.number), one.read.day, one.number, *odds)


def _action(one: _Sentence, people: People) -> Action | None:
    """The action that a sentence surely is, of the first person it names; else ``None``."""
    if one.action < max(TAKES_ON, one.done, one.pending):
        return None
    source = one.read.source(one.number)
    owner = first_known(source.quote, people)
    if owner is None:
        return None
    due = due_in(straight(plain(source.quote)), session_day(one.read.day))
    return Action(
        source.quote,
        one.read.day,
        owner,
        owner_certain=False,
        due=due.text if due else None,
        due_date=due.day if due else None,
        status="open",
        source=source,
        place=one.number,
        by_vector=True,
    )


def _taken(
    lines: Sequence[Action | Decision], held: Mapping[str, _Read]
) -> frozenset[tuple[str, int]]:
    """The sentences that lines of the register stand in: passage and number."""
    return frozenset(
        (one.source.passage, number)
        for one in lines
        if one.source is not None and one.source.passage in held
        for number in held[one.source.passage].places(one.source.quote)
    )


def _place(action: Action, held: Mapping[str, _Read]) -> int | None:
    """Which sentence of its passage an action's quote is, or the most of it."""
    source = action.source
    if source is None or source.passage not in held:
        return None
    return next(iter(held[source.passage].places(source.quote)), None)
