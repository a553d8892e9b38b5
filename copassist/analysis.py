"""Search terms: what two ways of saying one thing have in common.

``terms`` turns a text into the tokens that the full-text index stores; ``queryterms.py`` turns a
question into groups of such tokens, any of which will do. Both must agree, which
``tests/data/alike.tsv`` checks pair by pair.

Terms hold ASCII letters and digits only, save dates (``2024-03-12``, ``2024-03``, ``03-12``)
and decimals (``3.5``): an index that cuts at ``-`` or ``.`` still finds them as phrases.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from threading import Lock
from types import MappingProxyType
from typing import Final

import snowballstemmer  # type: ignore[import-untyped]  # ships no types

from copassist.dates import MONTHS, WEEKDAYS, WrittenDate, written_dates
from copassist.inclusive import MIDDLE_DOTS, first_form
from copassist.language import Language, as_language, word_list
from copassist.plaintext import plain

Phrase = tuple[str, ...]
"""Terms that stand side by side."""

_CACHED_TOKENS: Final = 1 << 17
"""Distinct words whose terms are remembered: about the vocabulary of 100,000 passages (20 MB)."""

_TOKEN = re.compile(
    rf"[^\W_]+(?:['.&/@{MIDDLE_DOTS}-][^\W_]+|,(?=\d)[^\W_]+"
    r"|\((?:e|s|es|ne|le|te|fe|sse|ve|ice|rice|trice|euse|ère)s?\)[^\W_]*)*"
)
_THOUSANDS = re.compile(r"(?<![\d.,:/-])(\d{1,3})((?:[ \u00a0\u202f]\d{3})+)(?![\d:/-])")
_SAME_MARK = re.compile(r"[’‘ʼ´‑‐_]")
_SAME = {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "‑": "-", "‐": "-", "_": " "}
_DATE_HINT = re.compile(r"\d|" + "|".join(sorted({name[:3] for name in MONTHS})), re.IGNORECASE)

_SHORT_CAPITALS = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{2,3}\b")

_WEEKDAY = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)})[\s,]*(?:le |the )?$", re.IGNORECASE)
_ELISION = re.compile(r"^(?:[ldjmtsnc]|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu|presqu|entr)'(?=\w)")
_ACRONYM_DOTS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]$")
_ORDINAL = re.compile(r"(\d+)(?:er|ere|re|e|eme|nd|nde|st|rd|th)$")
_HOUR = re.compile(r"(\d{1,2})h(\d{2})?$")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+$")
_DECIMAL = re.compile(r"\d+[.,]\d+$")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"})

_ENDINGS: Final = tuple(
    (re.compile(pattern), ending)
    for pattern, ending in (
        (r"(?<=..)(?:trice|teuse)$", "teur"),
        (r"(?<=..)(?:euse|eux)$", "eur"),
        (r"(?<=..)eaux$", "eau"),
        (r"(?<=...)aux$", "al"),
        (r"(?<=...)ere$", "er"),
        (r"(?<=...)ee$", "e"),
        (r"(?<=...)elle$", "el"),
        (r"(?<=...)enne$", "en"),
        (r"(?<=...)onne$", "on"),
        (r"(?<=...)ive$", "if"),
    )
)
"""Endings brought to one form before stemming, on folded words without their final s: Snowball's
French leaves directeur/directrice, conseiller/conseillère and réglé/réglée apart."""

_THEY_DO: Final = re.compile(r"(?<=....)(?<!m)ent$")
"""Third person plural ("organisent"), which Snowball's French leaves on; "président" and
"présidence" lose it alike."""

_EXCEPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "travaux": "travail",
        "lieux": "lieu",
        "milieux": "milieu",
        "jeux": "jeu",
        "enjeux": "enjeu",
        "feux": "feu",
        "voeux": "voeu",
        "cheveux": "cheveu",
        "aveux": "aveu",
        "yeux": "oeil",
        "nouvelle": "nouveau",
        "nouvel": "nouveau",
        "deux": "2",
        # words of the field that Snowball would merge with others of the field
        "copie": "copie",  # and not CoP
        "copier": "copie",
        "formation": "formation",  # and not an activity's format
        "formateur": "formateur",
        "formatrice": "formateur",
    }
)
"""Folded French words without their final s, and the term each gives, not stemmed further."""

_STEMMERS: Final = {
    "fr": snowballstemmer.stemmer("french"),
    "en": snowballstemmer.stemmer("english"),
}
_STEMMING = Lock()
"""Snowball's stemmers keep the word they work on in themselves."""


def fold(word: str) -> str:
    """``word`` in lower case without accents or ligatures."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.lower().translate(_LIGATURES))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@cache
def stop_words(language: Language) -> frozenset[str]:
    """Words too common to search for, folded; question words among them."""
    return frozenset(fold(word) for word in word_list(f"stopwords.{language}"))


def stem(word: str, language: Language) -> str:
    """The stem of a folded word: in French, feminine and plural brought to one, then Snowball."""
    if language == "en":
        with _STEMMING:
            return str(_STEMMERS["en"].stemWord(word))
    if len(word) > 3 and word[-1] == "s" and word[-2] != "s":
        word = word[:-1]
    if word in _EXCEPTIONS:
        return _EXCEPTIONS[word]
    for pattern, ending in _ENDINGS:
        word, times = pattern.subn(ending, word)
        if times:
            break
    with _STEMMING:
        return _THEY_DO.sub("", str(_STEMMERS["fr"].stemWord(word)))


def terms(text: str, language: str) -> list[str]:
    """The search terms of ``text``, in order, repeated as often as they occur.

    Doublets ("participantes et participants") count once: they name one thing.
    """
    known = as_language(language)
    found: list[str] = []
    last: Phrase = ()
    for token in tokens(plain(text)):
        if isinstance(token, WrittenDate):
            found.extend(date_terms(token))
            last = ()
            continue
        new = token_terms(token, known)
        if new and new != last:
            found += new
            last = new
    return found


def tokens(text: str) -> Iterator[str | WrittenDate]:
    """Words and dates of plain text in order, words in lower case save short acronyms."""
    text = _SAME_MARK.sub(lambda mark: _SAME[mark[0]], text)
    at = 0
    if _DATE_HINT.search(text):
        text = _THOUSANDS.sub(_joined_thousands, text)
        for found in written_dates(text):
            if found.month is None:
                continue
            yield from _words(_WEEKDAY.sub("", text[at : found.start]))
            yield found
            at = found.end
    yield from _words(text[at:])


def _words(text: str) -> list[str]:
    """The words of ``text``: "la TES", "le CA" and "le CÉ" keep their capitals, and so are no stop
    words; among other words in capitals, as in a heading, they are words like others."""
    if not _SHORT_CAPITALS.search(text):
        return _TOKEN.findall(text.lower())
    found = list(_TOKEN.finditer(text))
    shouted = {match for run in _capitals(text, found) if _is_shouted(run) for match in run}
    return [
        match[0]
        if match not in shouted and _SHORT_CAPITALS.fullmatch(match[0])
        else match[0].lower()
        for match in found
    ]


def _capitals(text: str, found: Sequence[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    """Runs of words in capitals with one space between them."""
    run: list[re.Match[str]] = []
    for match in found:
        if run and text[run[-1].end() : match.start()] != " ":
            yield run
            run = []
        if match[0].isupper():
            run.append(match)
        elif run:
            yield run
            run = []
    yield run


def _is_shouted(run: Sequence[re.Match[str]]) -> bool:
    """ "RÉUNION DU CA" and "CE QUE LA TES A DIT"; not "PV CA"."""
    return len(run) > 2 or (len(run) == 2 and any(len(match[0]) > 3 for match in run))


def _joined_thousands(match: re.Match[str]) -> str:
    return match.group(1) + re.sub(r"\D", "", match.group(2))


def date_terms(found: WrittenDate) -> Iterator[str]:
    if found.iso:
        yield found.iso
    if found.day and found.month:
        yield f"{found.month:02}-{found.day:02}"
    if found.year and found.month:
        yield f"{found.year}-{found.month:02}"
    if found.month:
        yield f"month{found.month:02}"
    if found.year:
        yield str(found.year)


@lru_cache(maxsize=_CACHED_TOKENS)
def token_terms(token: str, language: Language) -> Phrase:
    """The terms of one token of :func:`_words`: it may hold apostrophes, hyphens, dots, slashes."""
    if token.isalpha():
        return _word_terms(token, language)
    token = first_form(token)
    if token == "aujourd'hui":
        return ("aujourdhui",)
    token = _ELISION.sub("", token, count=1)
    if token.endswith("'s"):
        token = token[:-2]
    if token.isalpha():
        return _word_terms(token, language)
    if _ACRONYM_DOTS.match(token):
        return _word_terms(token.replace(".", "").upper(), language)  # "c.a." is no "ça"
    if token[0].isdigit() and (number := _number(fold(token))):
        return number
    return _compound(token, language)


def _number(token: str) -> Phrase:
    """Digits in one form, or nothing where ``token`` is no number."""
    if token.isdigit():
        return (token.lstrip("0") or "0",)
    if match := _ORDINAL.match(token):
        return (match.group(1).lstrip("0") or "0",)
    if match := _HOUR.match(token):
        return tuple(part.lstrip("0") or "0" for part in match.groups() if part)
    if _GROUPED.match(token):
        return (token.replace(",", ""),)
    if _DECIMAL.match(token):
        return (token.replace(",", "."),)
    return ()


def _compound(token: str, language: Language) -> Phrase:
    """A compound joined, then its parts: "e-mail" meets "email", "co-animation" "animation"."""
    parts = [part for part in re.split(r"[^\w]+", token) if part]
    if len(parts) == 1:
        return _word_terms(parts[0], language)
    repeated = [term for part in parts for term in token_terms(part, language)]
    found = tuple(
        term for term, before in zip(repeated, [None, *repeated], strict=False) if term != before
    )
    if "-" in token and "/" not in token and _joinable(parts, language):
        return (stem(fold("".join(parts)), language), *found)
    return found


def _joinable(parts: Sequence[str], language: Language) -> bool:
    """Whether a hyphened word is one word, and no "est-ce", "a-t-elle" or "celui-ci"."""
    first, *others = (fold(part) for part in parts)
    if not 1 <= len(others) <= 2 or not "".join([first, *others]).isalpha():
        return False
    if language == "en":
        return len(others) == 1
    common = stop_words(language)
    if any(part in common or len(part) < 3 for part in others):
        return False
    return first not in common or len(first) < 3


def _word_terms(word: str, language: Language) -> Phrase:
    folded = fold(word)
    if not folded or (folded in stop_words(language) and not _SHORT_CAPITALS.fullmatch(word)):
        return ()
    return (stem(folded, language),) if folded.isascii() else (folded,)
