"""Doubts and remarks about a document, kept as short strings and told in the reader's language.

A note is a key of the words file and the values of its placeholders, written like the end of an
address: ``note.date_doubt?chosen=2024-11-14&other=2024-10-10``. So the catalogue keeps plain
strings, and no language is chosen before somebody reads.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlencode

from copassist.words import DEFAULT_LANGUAGE, words

SECTION: Final = "note"
"""Every note's key stands below this one in the words files."""


def note(key: str, **values: str) -> str:
    """The note ``note.{key}`` with its values, as a string to keep."""
    query = urlencode(values)
    return f"{SECTION}.{key}?{query}" if query else f"{SECTION}.{key}"


def describe(kept: str, language: str = DEFAULT_LANGUAGE) -> str:
    """A kept note in one sentence of ``language``.

    Raises ``KeyError`` for a key that the words file lacks: a defect of ours.
    """
    key, _, query = kept.partition("?")
    return words(language)(key, **dict(parse_qsl(query, keep_blank_values=True)))
