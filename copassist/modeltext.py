"""What the embedding model reads of a passage, and where the passage's sentences stand in it.

The sentences are found again in that text so that their vectors come out of the passage's own
forward pass, as means of their tokens' vectors ("late chunking", Günther et al. 2024,
arXiv 2409.04701): they cost no second pass, and know what they stand under.
"""

from __future__ import annotations

from copassist.passages import Passage
from copassist.plaintext import plain
from copassist.sentences import sentences_of

Place = tuple[int, int]
"""``text[first:last]``; empty where a sentence was not found."""


def embedded_text(passage: Passage) -> str:
    """What is embedded of a passage: its words, without markup, under its one-line context."""
    words = plain(passage.text) or passage.text
    return f"{passage.header}\n{words}" if passage.header else words


def sentence_places(passage: Passage) -> list[Place]:
    """Where each of ``sentences_of(passage)`` stands in :func:`embedded_text`.

    Compared without white space, which :func:`plain` sets anew line by line.
    """
    text = embedded_text(passage)
    marks = [place for place, character in enumerate(text) if not character.isspace()]
    dense = "".join(text[place] for place in marks)
    reached = len(_dense(passage.header))
    places: list[Place] = []
    for span in sentences_of(passage):
        words = _dense(plain(span.text)).strip("|")
        start = dense.find(words, reached) if words else -1
        if start < 0:
            places.append((0, 0))
            continue
        reached = start + len(words)
        places.append((marks[start], marks[reached - 1] + 1))
    return places


def _dense(text: str) -> str:
    return "".join(text.split())
