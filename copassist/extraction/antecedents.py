"""What an action points back to: « Fatou s'en charge », « Elle présentera l'analyse ».

A sentence before it says what, or who; the action is quoted from that sentence on.
"""

# ruff: noqa: E501 - patterns are read whole, one wording after another

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from copassist.extraction.lines import Line
from copassist.extraction.people import PERSON, People
from copassist.extraction.texts import plain, straight
from copassist.records import Action

_POINTS_BACK: Final = re.compile(
    r" ?(?:(?:va|doit|will|ira) )?(?:le|la|les|en|y) (?!(?:premier|dernier|prochain)\w* )[a-zà-ÿ]| l'[a-zà-ÿ]|.*\bs'en (?:charge|occupe)| s'engage pour (?:le|la) "
    r"|.*\b(?:takes? care of|do|does|handles?|looks? (?:into|after)|deal with) (?:it|this|that|them)\b"
)
"""After the owner: what is undertaken stands in the sentence before (« Fatou s'en charge »)."""
_PRONOUN: Final = re.compile(r"^\w+")
LEAD: Final = 2
"""Words before the owner: with more, the sentence says itself what it speaks of."""
SENTENCES_BACK: Final = 3
"""Sentences before a pronoun among which the nearest that names somebody is looked for."""


def with_antecedent(
    action: Action, rule: str, line: Line, before: Sequence[str], people: People
) -> Action:
    """``action`` with the sentences that its own points back to, and whom its pronoun stands for.

    ``rule`` found it in ``line``, after the sentences ``before``. A pronoun stands for the only
    name in the nearest sentence that has any, to be confirmed; where there is no such name the
    action has no owner, and is quoted from the sentence before it.
    """
    if rule != "pronoun":
        lead, owner, rest = straight(plain(action.text)).partition(straight(action.owner or "\n"))
        opens = owner and len(lead.split()) <= LEAD
        back = before[-1:] if opens and _POINTS_BACK.match(rest) else ()
        return _beginning(action, back[0], line) if back else action
    for sentence in before[: -SENTENCES_BACK - 1 : -1]:
        if named := set(_people_in(plain(sentence), people)):
            told = _beginning(action, sentence, line)
            if not _POINTS_BACK.match(_PRONOUN.sub("", straight(plain(action.text)))):
                told = replace(told, text=action.text)
            return replace(told, owner=named.pop() if len(named) == 1 else None)
    told = _beginning(action, before[-1], line) if before else action
    return replace(told, owner=None)


def renewed(action: Action, line: Line, before: Sequence[str], people: People) -> Action:
    """A report of what the sentences ``before`` on its row of ``line`` say is not done, which the
    one of ``action`` puts off; of the only person whom they name."""
    start = line.text.find(action.text)
    row = line.text[line.text.rfind("\n", 0, start) + 1 : start]
    told = [sentence for sentence in before[-SENTENCES_BACK:] if sentence in row]
    if not told:
        return action
    named = set(_people_in(plain(" ".join(told)), people))
    return replace(
        _beginning(action, told[0], line),
        owner=named.pop() if len(named) == 1 else None,
        subject=plain(told[0]),
        state=plain(action.text),
        report=True,
    )


def _beginning(action: Action, sentence: str, line: Line) -> Action:
    """``action`` quoted from ``sentence`` on."""
    start = line.text.find(sentence)
    end = line.text.find(action.text, start + len(sentence))
    if action.source is None or start < 0 or end < 0:
        return action
    quote = line.text[start : end + len(action.text)]
    return replace(action, text=quote, source=replace(action.source, quote=quote))


_PRONOUN_ACTS: Final = re.compile(r"(?:^|[.!?;:,] )(?:il|elle|he|she) [a-zà-ÿ]", re.IGNORECASE)


def only_one_in(words: str, people: People) -> str | None:
    """Whom the pronoun that acts in ``words`` stands for, where they name one person alone."""
    if not _PRONOUN_ACTS.search(straight(words)):
        return None
    named = set(_people_in(re.sub(r"['’]s\b", "", words), people))  # "Luc's list: he…"
    return named.pop() if len(named) == 1 else None


_NAME: Final = re.compile(PERSON)


def _people_in(words: str, people: People) -> Iterator[str]:
    for match in _NAME.finditer(straight(words)):
        if people.knows(match.group()):
            yield words[slice(*match.span())]
