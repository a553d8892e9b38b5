"""Sentences that point back: « Sept écoles sur neuf en ont déjà. » Of what?

Taken out of its passage, such a sentence is true word for word and says nothing, or seems to say
what was asked about. So the words it points back to are shown before it. Pure.
"""

from __future__ import annotations

from typing import Final

from copassist.claims import folded
from copassist.cues import cues
from copassist.passages import Passage
from copassist.sentences import Span, sentences_of

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


def antecedent(passage: Passage, span: Span, language: str) -> str:
    """The words of ``passage`` before ``span`` that it may point back to: the sentence before it,
    with the one before that where it points back too; before the first one, the heading. Empty
    where there are none, or too many."""
    spans = [one for one in sentences_of(passage) if one.end <= span.start]
    said = [one for one in spans if one.role != "heading"]
    taken: list[str] = []
    for one in reversed(said[-STEPS:]):
        taken.insert(0, " ".join(one.text.split()))
        if not points_back(one.text, language):
            break
    words = " ".join(taken)
    if not words and passage.locator.headings:
        words = f"{passage.locator.headings[-1].rstrip(' :.')} :"
    return words if len(words) <= LONGEST else ""
