"""Sentences that a page break cuts in two.

A passage never crosses a page, so that its locator is exact; a sentence does. Where a quote begins
or ends with one half, the other half is shown beside it, with the number of its page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from copassist.excerpts import Half, Quote
from copassist.passages import Document, Passage
from copassist.sentences import sentences_of

_ENDED: Final = re.compile(r"""[.!?…:;][)\]»”"'*_\s]*$""")
"""The end of a sentence, or of what leads into a list."""
_PROSE: Final = ("sentence", "item")


Find = Callable[[str], tuple[Passage, Document] | None]
"""Gives a passage by its id, and its document."""


def with_other_halves(quotes: Sequence[Quote], find: Find) -> list[Quote]:
    """``quotes``, the sentences at their edges completed from the pages before and after."""
    return [_with_other_halves(quote, find) for quote in quotes]


def _with_other_halves(quote: Quote, find: Find) -> Quote:
    own = quote.hit.passage
    if own.locator.page is None:
        return quote
    said, whole = (" ".join(text.split()) for text in (quote.text, own.text))
    if whole.startswith(said) and (previous := find(f"{own.version}:{own.number - 1}")):
        halves = cut_sentence(previous[0], own)
        quote = replace(quote, before=halves and halves[0])
    if whole.endswith(said) and (following := find(f"{own.version}:{own.number + 1}")):
        halves = cut_sentence(own, following[0])
        quote = replace(quote, after=halves and halves[1])
    return quote


def cut_sentence(passage: Passage, following: Passage) -> tuple[Half, Half] | None:
    """Both halves of the sentence that begins in ``passage`` and goes on in ``following``, on the
    next page: nothing ends it there, and nothing begins here."""
    pages = passage.locator.page, following.locator.page
    if pages[0] is None or pages[1] is None or pages[1] != pages[0] + 1:
        return None
    if _ENDED.search(passage.text) or not following.text.lstrip()[:1].islower():
        return None
    edges = (*sentences_of(passage)[-1:], *sentences_of(following)[:1])
    if len(edges) < 2 or any(span.role not in _PROSE for span in edges):
        return None
    return Half(pages[0], edges[0].text), Half(pages[1], edges[1].text)
