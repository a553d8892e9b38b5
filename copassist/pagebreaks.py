"""Sentences that a page break cuts in two.

A passage never crosses a page, so that its locator is exact; a sentence does. Where a quote begins
or ends with one half, the other half is shown beside it, with the number of its page
(``excerpts.py``); what is read out of minutes is read out of whole sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from copassist.passages import Passage
from copassist.sentences import sentences_of
from copassist.words import words

_UNENDED: Final = re.compile(r"[a-zà-öø-ÿœ][,’'»”)–-]?\s*$")
"""A word at the end of a page. Numbers there are most often the page's, capitals its footer's: in
42 PDF files of others 7 of the 25 places where no stop ends a page and a small letter begins the
next were no cut sentence; of the 17 left by this one is not."""
_GOES_ON: Final = re.compile(r"\s*(?!o\s)[a-zà-öø-ÿœ]")
"""A small letter; an o by itself is a bullet that has lost its font."""
_PROSE: Final = ("sentence", "item")


@dataclass(frozen=True, slots=True)
class Half:
    """The part of a sentence that stands on another page, verbatim."""

    page: int
    text: str


def cut_sentence(passage: Passage, following: Passage) -> tuple[Half, Half] | None:
    """Both halves of the sentence that begins in ``passage`` and goes on in ``following``, on the
    next page: nothing ends it there, and nothing begins here."""
    pages = passage.locator.page, following.locator.page
    if pages[0] is None or pages[1] is None or pages[1] != pages[0] + 1:
        return None
    if not (_UNENDED.search(passage.text) and _GOES_ON.match(following.text)):
        return None
    last, first = sentences_of(passage)[-1:], sentences_of(following)[:1]
    if not (last and first) or last[0].role not in _PROSE or first[0].role != "sentence":
        return None
    return Half(pages[0], last[0].text), Half(pages[1], first[0].text)


def turned(page: int, text: str, language: str) -> str:
    """``text`` after the mark of the page that it stands on: "[p. 2] deux classes"."""
    return f"[{words(language)('locator.page', page=page)}] {text}"


def whole_sentences(passages: Sequence[Passage]) -> list[tuple[Passage, str]]:
    """``passages`` of one version, in order, with every sentence whole in the passage that it
    begins in; and for each, the second half that its text ends with and that stands on the next
    page: empty where there is none."""
    found = [(passage, "") for passage in passages]
    for at, (one, other) in enumerate(pairwise(passages)):
        if halves := cut_sentence(one, other):
            half = halves[1].text
            found[at] = (replace(found[at][0], text=f"{found[at][0].text}\n{half}"), half)
            rest = other.text.lstrip().removeprefix(half)
            found[at + 1] = (replace(other, text=rest.lstrip()), "")
    return found
