"""Language and search terms: what two ways of saying one thing have in common.

``terms`` turns a text into the tokens that the full-text index stores; ``query_terms`` turns a
question into groups of such tokens, any of which will do. Both must agree, which
``tests/data/alike.tsv`` checks pair by pair.

Terms hold ASCII letters and digits only, save dates (``2024-03-12``, ``2024-03``, ``03-12``)
and decimals (``3.5``): an index that cuts at ``-`` or ``.`` still finds them as phrases.
"""

from __future__ import annotations

import html
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from threading import Lock
from types import MappingProxyType
from typing import Final, Literal

import snowballstemmer  # type: ignore[import-untyped]  # ships no types

from copassist.dates import MONTHS, WrittenDate, written_dates

Language = Literal["fr", "en"]
Phrase = tuple[str, ...]
"""Terms that stand side by side."""

LANGUAGES: Final[tuple[Language, ...]] = ("fr", "en")
DEFAULT: Final[Language] = "fr"
_SAMPLE: Final = 20_000
"""Characters looked at to guess a language: several pages say enough."""

_CACHED_TOKENS: Final = 1 << 17
"""Distinct words whose terms are remembered: about the vocabulary of 100,000 passages (20 MB)."""


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """One thing a question asks for: any phrase of ``written`` or ``synonyms`` will do."""

    word: str
    """As the question has it."""
    written: tuple[Phrase, ...]
    """The word's own terms: as its question's language stems it first, then as the other does."""
    synonyms: tuple[Phrase, ...] = ()
    """Other ways of saying it, from ``data/synonyms.toml``."""


# Language ---------------------------------------------------------------------------------------

_LETTERS = re.compile(r"[^\W\d_]+")
_FRENCH = re.compile(
    r"\bqu|\b[dlns]['’]|(?:eur|rice|eux|aux|ique|aire|age|isme|oir|ette|elle|euse)s?\b"
)
_ENGLISH = re.compile(r"th|w|k|sh|(?:ing|ly|ed|ness|ship|[^e]ty|['’]s)\b")
_FRENCH_LETTERS = frozenset("éèêëàâçîïôûùœæ")


@cache
def _word_list(name: str) -> frozenset[str]:
    source = resources.files("copassist").joinpath(f"data/{name}.txt")
    lines = source.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def guess_language(text: str, default: str = DEFAULT, margin: int = 1) -> Language:
    """The language of ``text`` by its function words; ``default`` where nothing tells.

    A word of both lists counts for both. Leaving ``default`` takes ``margin`` more words of the
    other language; with a margin of 1, French accents and English letter pairs break ties.
    """
    sample = text[:_SAMPLE].lower()
    words = _LETTERS.findall(sample)
    french = sum(word in _word_list("function-words.fr") for word in words)
    english = sum(word in _word_list("function-words.en") for word in words)
    fallback: Language = "en" if default == "en" else "fr"
    if abs(french - english) >= margin:
        return "fr" if french > english else "en"
    if margin > 1:
        return fallback
    accents = sum(letter in _FRENCH_LETTERS for letter in sample) + len(_FRENCH.findall(sample))
    pairs = len(_ENGLISH.findall(sample))
    if accents == pairs:
        return fallback
    return "fr" if accents > pairs else "en"


# Plain text -------------------------------------------------------------------------------------

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HTML_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,500}>|\{[{%:][^{}\n]*[}%]?\}")
_LINK = re.compile(
    r"!?\[([^\[\]]*)\]"
    r"(?:\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+[\"'][^)]*)?\)|\[[^\[\]]*\])"
)
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]:?")
_URL = re.compile(r"<?\b(?:https?://|ftp://|mailto:|www\.)[^\s<>\")\]]+>?", re.IGNORECASE)
_LINE_MARK = re.compile(
    r"^[ \t>]*(?:#{1,6}(?=\s)|[-*+•](?=\s)|\||`{3,}\w*|~{3,}\w*|[=-]{3,}[ \t]*$)?"
    r"[ \t]*(?:\[[ xX]\][ \t])?",
    re.MULTILINE,
)
_TABLE_RULE = re.compile(r"^[ \t|:+=-]+$", re.MULTILINE)
_EMPHASIS = re.compile(r"\*+|`+|~~|(?<![^\W_])_{1,3}(?=\S)|(?<=\S)_{1,3}(?![^\W_])|\\(?=[^\w\s])")
_EMPHASIS_MARKS = re.compile(r"[*`~_\\]")
_PIPE = re.compile(r"[ \t]*\|[ \t]*")
_BLANKS = re.compile(r"[ \t\u00a0\u202f]+")
_EMPTY_LINES = re.compile(r"\n\s*\n+")


def plain(text: str) -> str:
    """``text`` without Markdown, HTML or addresses: what is embedded, never what is quoted."""
    text = unicodedata.normalize("NFC", text)
    if "<" in text or "{" in text:
        text = _HTML_TAG.sub(" ", _COMMENT.sub(" ", text))
    if "[" in text:
        # twice: a linked picture is a link inside a link
        text = _FOOTNOTE.sub(" ", _LINK.sub(r"\1", _LINK.sub(r"\1", text)))
    if ":" in text or "www." in text:
        text = _URL.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    text = _LINE_MARK.sub("", _TABLE_RULE.sub("", text))
    if "|" in text:
        text = _PIPE.sub(" | ", text)
    if _EMPHASIS_MARKS.search(text):
        text = _EMPHASIS.sub("", text)
    return _EMPTY_LINES.sub("\n", _BLANKS.sub(" ", text)).strip(" \n|")


# Tokens -----------------------------------------------------------------------------------------

_MIDDLE_DOTS = "·•⋅‧∙・"
_TOKEN = re.compile(
    rf"[^\W_]+(?:['.&/@{_MIDDLE_DOTS}-][^\W_]+|,(?=\d)[^\W_]+"
    r"|\((?:e|s|es|ne|le|te|fe|sse|ve|ice|rice|trice|euse|ère)s?\)[^\W_]*)*"
)
_THOUSANDS = re.compile(r"(?<![\d.,:/-])(\d{1,3})((?:[ \u00a0\u202f]\d{3})+)(?![\d:/-])")
_SAME_MARK = re.compile(r"[’‘ʼ´‑‐_]")
_SAME = {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "‑": "-", "‐": "-", "_": " "}
_DATE_HINT = re.compile(r"\d|" + "|".join(sorted({name[:3] for name in MONTHS})), re.IGNORECASE)

_SHORT_CAPITALS = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{2,3}\b")

_WEEKDAY = re.compile(
    r"(?i:\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
    r"[\s,]*(?:le |the )?$)"
)
_ELISION = re.compile(r"^(?:[ldjmtsnc]|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu|presqu|entr)'(?=\w)")
_PARENTHESES = re.compile(r"\([^)]*\)")
_LONG_FEMININE = r"(?:[rt]*ice|euse|i?ère)"
_FEMININE = rf"(?:(?:e|ne|le|te|fe|sse|ve|{_LONG_FEMININE})s?)"
_SLASHED = re.compile(rf"([^\W\d_]{{2,}})/(?:{_FEMININE}|es)(?:/s)?$")
_HYPHENED = re.compile(
    rf"([^\W\d_]{{2,}}?)s?-(?:es?|(?:e|ne|le|te|ve)-s|{_LONG_FEMININE}(?:-?s)?)$"
)
_DOTTED = re.compile(
    rf"([^\W\d_]{{2,}}?)s?\.(?:es?|nes?|(?:e|ne|le|te|ve|fe)\.s|{_LONG_FEMININE}(?:\.?s)?)$"
)
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
    return frozenset(fold(word) for word in _word_list(f"stopwords.{language}"))


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
    known: Language = "en" if language == "en" else "fr"
    found: list[str] = []
    last: Phrase = ()
    for token in _tokens(plain(text)):
        if isinstance(token, WrittenDate):
            found.extend(_date_terms(token))
            last = ()
            continue
        new = _token_terms(token, known)
        if new and new != last:
            found += new
            last = new
    return found


def _tokens(text: str) -> Iterator[str | WrittenDate]:
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


def _date_terms(found: WrittenDate) -> Iterator[str]:
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
def _token_terms(token: str, language: Language) -> Phrase:
    """The terms of one token of :func:`_words`: it may hold apostrophes, hyphens, dots, slashes."""
    if token.isalpha():
        return _word_terms(token, language)
    token = _inclusive(token)
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


def _inclusive(token: str) -> str:
    """``participant·e·s``, ``participant(e)s``, ``-e-s``, ``.e.s``, ``/e/s`` to the first form."""
    for dot in _MIDDLE_DOTS:
        if dot in token:
            return token.split(dot, maxsplit=1)[0]
    if "(" in token:
        token = _PARENTHESES.sub("", token)
    for pattern in (_SLASHED, _HYPHENED, _DOTTED):
        if match := pattern.match(token):
            return match.group(1)
    return token


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
    repeated = [term for part in parts for term in _token_terms(part, language)]
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


_NAMED = re.compile(r"(?<!^)\b[A-ZÀ-ÖØ-Þ][^\W_]*|\b[^\W_]+[A-ZÀ-ÖØ-Þ\d][^\W_]*")
"""Words with a capital, save the question's first unless it has another or a digit inside."""
_PARTS = re.compile(r"[^\w]+")

# Questions --------------------------------------------------------------------------------------


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
        words = [word for word in _tokens(plain(variant)) if _written(word, language)]
        if len(words) == 1 and isinstance(words[0], str):
            yield from _alternatives(words[0], language)
        elif words and not _foreign(variant, language):
            yield tuple(term for word in words for term in _written(word, language))


def _foreign(variant: str, language: Language) -> bool:
    """Whether a phrase holds a function word that only the other language has."""
    other: Language = "en" if language == "fr" else "fr"
    words = {fold(word) for word in _LETTERS.findall(variant)}
    return bool(words & (stop_words(other) - stop_words(language)))


@cache
def _longest_synonym() -> int:
    return max(len(phrase) for phrase in _synonyms())


def expand(found: Sequence[str]) -> tuple[Phrase, ...]:
    """Phrases that mean the same as some run of ``found`` terms, those as given left out."""
    given = tuple(found)
    others: dict[Phrase, None] = {}
    for start in range(len(given)):
        for length in range(min(_longest_synonym(), len(given) - start), 0, -1):
            phrase = given[start : start + length]
            others.update(dict.fromkeys(_synonyms().get(phrase, ())))
            others.pop(phrase, None)
    return tuple(others)


_SPOKEN: Final = (
    (re.compile(r"(?<=[^\W_sx])-(?:t-)?tu\b", re.IGNORECASE), ""),  # « peux-tu » is somebody
    (re.compile(r"\bpkoi\b", re.IGNORECASE), "pourquoi"),
    (re.compile(r"\by reste(?:-tu)?\b", re.IGNORECASE), "il reste"),
)


def standard(question: str) -> str:
    """A question as it would be written: « Ça marche-tu ? » asks with its « -tu » and says no more.

    The model and the index know no spoken Québec French: closeness of « les textos, ça marche-tu
    partout ? » to the passage's least-met words is .32 with it and .36 without.
    """
    for pattern, written in _SPOKEN:
        question = pattern.sub(written, question)
    return question


def query_terms(question: str, language: str | None = None) -> tuple[QueryTerm, ...]:
    """What ``question`` asks for, a group a word, stop words left out.

    Each group holds the word as its language stems it, and its synonyms; names and acronyms are
    also stemmed as the other language does, so that a French question finds them in an English
    record. (Doing so for every word lost document recall@10 on real questions: "format" is not
    "formation".) A phrase of the synonyms ("compte rendu") is one group.
    """
    known = language if language in LANGUAGES else guess_language(question)
    text = plain(question)
    named = frozenset(name.lower() for name in _NAMED.findall(text))
    words = [word for word in _tokens(text) if _written(word, known)]
    found: list[QueryTerm] = []
    index = 0
    while index < len(words):
        taken, term = _group(words, index, known, named)
        if term.written and term.written not in [other.written for other in found]:
            found.append(term)
        index += taken
    return tuple(found)


def _written(token: str | WrittenDate, language: Language) -> Phrase:
    if isinstance(token, WrittenDate):
        return tuple(_date_terms(token))[:1]
    return _token_terms(token, language)


def _group(
    words: Sequence[str | WrittenDate], index: int, language: Language, named: frozenset[str]
) -> tuple[int, QueryTerm]:
    """The longest run of ``words`` from ``index`` that the synonyms know, else the one word."""
    for length in range(min(_longest_synonym(), len(words) - index), 1, -1):
        run = words[index : index + length]
        phrase = tuple(term for word in run for term in _written(word, language))
        if phrase in _synonyms():
            surface = " ".join(word if isinstance(word, str) else word.text for word in run)
            return length, QueryTerm(surface, (phrase,), _others((phrase,)))
    word = words[index]
    if isinstance(word, WrittenDate):
        return 1, QueryTerm(word.text, (_written(word, language),))
    written = _alternatives(word, language)
    if not named.isdisjoint(_PARTS.split(word.lower())):
        written |= _alternatives(word, "en" if language == "fr" else "fr")
    return 1, QueryTerm(word, tuple(written), _others(written))


def _alternatives(token: str, language: Language) -> dict[Phrase, None]:
    """Phrases that find ``token``: a compound is found joined, or by its parts side by side."""
    phrase = _token_terms(token, language)
    if not phrase:
        return {}
    parts = _token_terms(token.replace("-", "."), language) if "-" in token else phrase
    if parts and parts != phrase and phrase[1:] == parts:
        return {phrase[:1]: None, parts: None}
    return {phrase: None}


def _others(written: Iterable[Phrase]) -> tuple[Phrase, ...]:
    known = dict.fromkeys(written)
    found = {other: None for phrase in known for other in _synonyms().get(phrase, ())}
    return tuple(phrase for phrase in found if phrase not in known)
