"""What a question asks for: groups of search terms, any of which will do.

Its terms are those of ``analysis.py``, so that questions and indexed texts agree; synonyms come
from ``data/synonyms.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from copassist.analysis import Phrase, date_terms, fold, stop_words, token_terms, tokens
from copassist.dates import WrittenDate
from copassist.language import LANGUAGES, LETTERS, Language, guess_language
from copassist.plaintext import plain


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """One thing a question asks for: any of its ``phrases`` will do."""

    written: tuple[Phrase, ...]
    """The word's own terms: as its question's language stems it first, then as the other does."""
    synonyms: tuple[Phrase, ...] = ()
    """Other ways of saying it, from ``data/synonyms.toml``."""

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        return (*self.written, *self.synonyms)


_NAMED = re.compile(r"(?<!^)\b[A-ZÀ-ÖØ-Þ][^\W_]*|\b[^\W_]+[A-ZÀ-ÖØ-Þ\d][^\W_]*")
"""Words with a capital, save the question's first unless it has another or a digit inside."""
_PARTS = re.compile(r"[^\w]+")


@cache
def _synonyms() -> Mapping[Phrase, tuple[Phrase, ...]]:
    """Every phrase of ``data/synonyms.toml``, in both languages' terms, with its equals."""
    source = resources.files("copassist").joinpath("data/synonyms.toml")
    groups: Sequence[Sequence[str]] = tomllib.loads(source.read_text(encoding="utf-8"))["groups"]
    found: dict[Phrase, dict[Phrase, None]] = {}
    for group in groups:
        phrases = {phrase: None for variant in group for phrase in _phrases(variant)}
        for phrase in phrases:
            found.setdefault(phrase, {}).update(phrases)
    return MappingProxyType({phrase: tuple(equals) for phrase, equals in found.items()})


def _phrases(variant: str) -> Iterator[Phrase]:
    for language in LANGUAGES:
        words = [word for word in tokens(plain(variant)) if _written(word, language)]
        if len(words) == 1 and isinstance(words[0], str):
            yield from _alternatives(words[0], language)
        elif words and not _foreign(variant, language):
            yield tuple(term for word in words for term in _written(word, language))


def _foreign(variant: str, language: Language) -> bool:
    """Whether a phrase holds a function word that only the other language has."""
    other: Language = "en" if language == "fr" else "fr"
    words = {fold(word) for word in LETTERS.findall(variant)}
    return bool(words & (stop_words(other) - stop_words(language)))


@cache
def _longest_synonym() -> int:
    return max(len(phrase) for phrase in _synonyms())


_SPOKEN: Final = (
    (re.compile(r"\by ?a[- ]tu\b", re.IGNORECASE), "y a-t-il"),
    (re.compile(r"(?<=[^\W_sx])-(?:t-)?tu\b", re.IGNORECASE), ""),  # « peux-tu » is somebody
    (re.compile(r"\b(?:pkoi|pk)\b", re.IGNORECASE), "pourquoi"),
    (re.compile(r"\b(?:ke|ko|que|quo)ss[ée]\b", re.IGNORECASE), "qu'est-ce"),
    (re.compile(r"\bc (?=quoi|qui|quand|où|ou|encore|un|le|la|les|pour|à|en\b)"), "c'est "),
    (re.compile(r"\bnb(?= d[e'])", re.IGNORECASE), "nombre"),
    (re.compile(r"\bpis\b"), "et"),
    (re.compile(r",? ?\b(?:svp|s\.v\.p\.|stp|pls|plz)(?!\w)", re.IGNORECASE), ""),
    (re.compile(r"\bw/o\b"), "without"),
    (re.compile(r"\by reste(?:-tu)?\b", re.IGNORECASE), "il reste"),
)


def standard(question: str) -> str:
    """A question as it would be written: « Ça marche-tu ? » asks with its « -tu » and says no more.

    The model and the index know no spoken Québec French: closeness of « les textos, ça marche-tu
    partout ? » to the passage's least-met words is .32 with it and .36 without; of « nb de critères
    dans la grille d'écriture svp », .53 as it is and .64 written out.
    """
    for pattern, written in _SPOKEN:
        question = pattern.sub(written, question)
    return question


def query_terms(question: str) -> tuple[QueryTerm, ...]:
    """What ``question`` asks for, a group a word, stop words left out.

    Each group holds the word as its language stems it, and its synonyms; names and acronyms are
    also stemmed as the other language does, so that a French question finds them in an English
    record. (Doing so for every word lost document recall@10 on real questions: "format" is not
    "formation".) A phrase of the synonyms ("compte rendu") is one group.
    """
    language = guess_language(question)
    text = plain(question)
    named = frozenset(name.lower() for name in _NAMED.findall(text))
    words = [word for word in tokens(text) if _written(word, language)]
    found: dict[tuple[Phrase, ...], QueryTerm] = {}
    index = 0
    while index < len(words):
        taken, term = _group(words, index, language, named)
        if term.written:
            found.setdefault(term.written, term)
        index += taken
    return tuple(found.values())


def _written(token: str | WrittenDate, language: Language) -> Phrase:
    if isinstance(token, WrittenDate):
        return tuple(date_terms(token))[:1]
    return token_terms(token, language)


def _group(
    words: Sequence[str | WrittenDate], index: int, language: Language, named: frozenset[str]
) -> tuple[int, QueryTerm]:
    """The longest run of ``words`` from ``index`` that the synonyms know, else the one word."""
    for length in range(min(_longest_synonym(), len(words) - index), 1, -1):
        run = words[index : index + length]
        phrase = tuple(term for word in run for term in _written(word, language))
        if phrase in _synonyms():
            return length, QueryTerm((phrase,), _others((phrase,)))
    word = words[index]
    if isinstance(word, WrittenDate):
        return 1, QueryTerm((_written(word, language),))
    written = _alternatives(word, language)
    if not named.isdisjoint(_PARTS.split(word.lower())):
        written |= _alternatives(word, "en" if language == "fr" else "fr")
    return 1, QueryTerm(tuple(written), _others(written))


def _alternatives(token: str, language: Language) -> dict[Phrase, None]:
    """Phrases that find ``token``: a compound is found joined, or by its parts side by side."""
    phrase = token_terms(token, language)
    if not phrase:
        return {}
    parts = token_terms(token.replace("-", "."), language) if "-" in token else phrase
    if parts and parts != phrase and phrase[1:] == parts:
        return {phrase[:1]: None, parts: None}
    return {phrase: None}


def _others(written: Iterable[Phrase]) -> tuple[Phrase, ...]:
    known = dict.fromkeys(written)
    found = {other: None for phrase in known for other in _synonyms().get(phrase, ())}
    return tuple(phrase for phrase in found if phrase not in known)
