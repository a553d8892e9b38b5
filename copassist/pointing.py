"""Sentences that point back: « Sept écoles sur neuf en ont déjà. » Of what?

Taken out of its passage, such a sentence is true word for word and says nothing, or seems to say
what was asked about. So the words it points back to are shown before it. Pure.
"""

from __future__ import annotations

from typing import Final

from copassist.analysis import terms
from copassist.claims import folded
from copassist.cues import cues
from copassist.passages import Passage
from copassist.sentences import Span, sentences_of
from copassist.words import words

LONGEST: Final = 320
"""Characters shown before a sentence."""
STEPS: Final = 2
"""Sentences looked back, where the one before points back itself."""


def points_back(sentence: str, language: str) -> bool:
    """Whether ``sentence`` opens with a pronoun, or holds one behind little more than who acts.

    A wrong yes costs the reader a line; a wrong no lets a pronoun be read as the question's.
    """
    known = cues(language)
    said = known.patterns["impersonal"].sub(" ", folded(sentence)).strip(' -*_"«“')
    return known.has("pointing", said)


def cut_from(said: str, passage: Passage, near: Span) -> Span:
    """The sentence of ``passage`` that has most of the words of ``said``; of equals, ``near``."""
    wanted = set(terms(said, passage.language))

    def shared(span: Span) -> int:
        return len(wanted & set(terms(span.text, passage.language)))

    return max((near, *sentences_of(passage)), key=shared)


def antecedent(passage: Passage, span: Span) -> str:
    """The words of ``passage`` before ``span`` that it may point back to: the sentence before it,
    with the one before that where it points back too; before the first one, the heading. Empty
    where there are none, or too many."""
    spans = [one for one in sentences_of(passage) if one.end <= span.start]
    said = [one for one in spans if one.role != "heading"]
    taken: list[str] = []
    for one in reversed(said[-STEPS:]):
        taken.insert(0, " ".join(one.text.split()))
        if not points_back(one.text, passage.language):
            break
    said_before = " ".join(taken)
    if not said_before and passage.locator.headings:
        heading = passage.locator.headings[-1].rstrip(" :.")
        said_before = words(passage.language)("render.field", label=heading, value="").rstrip()
    return said_before if len(said_before) <= LONGEST else ""
