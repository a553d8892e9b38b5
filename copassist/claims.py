"""What a sentence claims: its clauses, and for each who, how many, when, whether and how surely.

Deterministic reading with the word lists of ``cues.py``; no model, no grammar. It reads just
enough to compare two sentences, which ``support.py`` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from copassist.analysis import fold, stop_words, terms
from copassist.cues import Cues, cues
from copassist.dates import written_dates
from copassist.language import as_language
from copassist.plaintext import plain

FACT: Final = 3
INTENDED: Final = 2
"""To be done: future, obligation, a task in the infinitive."""
TENTATIVE: Final = 1
"""An idea, a wish, a proposal, a permission."""

_APOSTROPHES: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "´": "'", "‑": "-"})
_WORD: Final = re.compile(r"[^\W_]+(?:[-·][^\W_]+)*")
_BOUNDARY: Final = r"(?<!\d),|,(?!\d)|[;()!?«»\"]|(?<=[^\W\d]) ?: |(?<=\w) [–—] |(?<=\w) - "
"""Where clauses part; a comma or colon between digits is a number or a time."""
_NUMBER: Final = (
    r"(?P<sign>[$€])? ?(?P<digits>\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?"
    r"|\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:[.,]\d+)?)(?P<ordinal>(?:ers?|eres?|res?|e|es|eme|nde?|st|nd|rd|th)(?!\w))?"
)
_TIME: Final = re.compile(
    r"(?<!\w)([01]?\d|2[0-4])(?: ?h ?([0-5]\d)?|:([0-5]\d))(?!\w)( ?[ap]\.?m)?"
)
_TITLE_STOP: Final = re.compile(r"\b(M|MM|Dr|Mr|Mrs|Ms|Prof)\.(?=\s)")
_CAPITAL: Final = re.compile(r"[A-ZÀ-ÖØ-Þ]")
_ACRONYM: Final = re.compile(r"(?=.*[A-Z].*[A-Z]|.*[A-Z].*\d|.*[a-z].*[A-Z])[\w-]{2,}")
_PERFECT_OF_BE: Final = re.compile(
    r"\b(?:a|ai|as|ont|avait|avaient|avons|aura|ayant|avoir|aurait) ete\b"
)
_POINT_IN_TIME: Final = re.compile(r"\d|month\d\d")
_SETTLED: Final = (
    *("only", "all", "most", "some", "permission", "obligation", "tentative", "advice", "negation"),
    *("condition", "generic"),
)
"""Cues that are compared as such, and so are not words to be covered too; ``tentative`` keeps
its content."""

Fact = tuple[str, str]
"""Something that must agree exactly: a kind and a value, ``("name", "marie")``."""


@dataclass(frozen=True)
class Clause:
    """A part of a sentence with one thing to say."""

    text: str
    facts: frozenset[Fact]
    language: str

    @cached_property
    def folded(self) -> str:
        """In lower case without accents, straight apostrophes, harmless phrases taken away."""
        return self._cues.patterns["neutral"].sub(" ", folded(self.text))

    @property
    def _cues(self) -> Cues:
        return cues(self.language)

    @cached_property
    def content(self) -> frozenset[str]:
        """Stems of the words that say what it is about; names, numbers and cues apart."""
        text = self.folded
        for kind in _SETTLED:
            if kind != "tentative":
                text = self._cues.patterns[kind].sub(" ", text)
        names = {stem for kind, value in self.facts if kind == "name" for stem in _stems(value)}
        read = (term for term in terms(text, self.language) if not _POINT_IN_TIME.match(term))
        known = {fold(word) for word in (*self._cues.units, *self._cues.moments)}
        units = {stem for word in known for stem in _stems(word)}
        return frozenset(read) - names - units - _number_stems(self.language)

    @cached_property
    def denied(self) -> bool:
        """Whether it says that something is not so: one of "ne ... pas" and "refuser", not both."""
        restricted = self._cues.patterns["only"].sub(" ", self.folded)
        negated = self._cues.has("negation", restricted)
        return negated != self._cues.has("reversal", self.folded)

    @cached_property
    def force(self) -> int:
        """``FACT``, ``INTENDED`` or ``TENTATIVE``."""
        text = self._cues.patterns["advice"].sub(" ", self.folded)
        if any(self._cues.has(kind, text) for kind in ("tentative", "permission", "conditional")):
            return TENTATIVE
        if any(self._cues.has(kind, text) for kind in ("obligation", "future")) or self._task:
            return INTENDED
        return FACT

    @property
    def _task(self) -> bool:
        first = _WORD.search(self.folded)
        if first is None or first[0] in self._cues.words["infinitive_not"]:
            return False
        return self._cues.patterns["infinitive"].fullmatch(first[0]) is not None

    @cached_property
    def scope(self) -> frozenset[str]:
        """Of ``only``, ``all``, ``most``, ``some``, ``condition``: those it holds."""
        kinds = ("only", "all", "most", "some", "condition")
        return frozenset(kind for kind in kinds if self._cues.has(kind, self.folded))


@dataclass(frozen=True)
class Claim:
    """A sentence read: its clauses in order, and the part each name plays in it."""

    text: str
    language: str
    clauses: tuple[Clause, ...]
    names: frozenset[str]

    @property
    def facts(self) -> frozenset[Fact]:
        return frozenset().union(*(clause.facts for clause in self.clauses))

    @property
    def content(self) -> frozenset[str]:
        return frozenset().union(*(clause.content for clause in self.clauses))

    @cached_property
    def parts(self) -> dict[str, str]:
        """Of each name: ``agent`` (who does it) or ``other``; left out when it is both."""
        return _parts(self.text, self.names, self.language)

    @cached_property
    def delegated(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]] | None:
        """Of "A demande à B de faire X": {A}, {B} and the stems of X; ``None`` without."""
        return _delegated(self)


def folded(text: str) -> str:
    """``text`` in lower case, without accents, its apostrophes straight and blanks single."""
    return " ".join(fold(text.translate(_APOSTROPHES)).split())


def read(text: str, language: str, names: frozenset[str]) -> Claim:
    """The claim of one sentence. ``names``: what :func:`names_of` found in all that is compared."""
    text = _TITLE_STOP.sub(r"\1", plain(text).translate(_APOSTROPHES))
    clauses = tuple(
        Clause(part, facts(part, language, names), language) for part in _split(text, language)
    )
    return Claim(text, language, _gathered(clauses), names)


def words_of(text: str) -> tuple[str, ...]:
    """The words of ``text``, folded, in order; one with hyphens is one."""
    return tuple(map(fold, _WORD.findall(plain(text).translate(_APOSTROPHES))))


def names_of(sentences: tuple[str, ...], language: str) -> frozenset[str]:
    """Folded names of ``sentences``, read together: a word that one of them writes small is none.

    A capital where a sentence begins tells nothing, unless another capital or an acronym
    follows it, a dash or colon sets it apart, or it is written so elsewhere.
    """
    texts = [_TITLE_STOP.sub(r"\1", plain(text).translate(_APOSTROPHES)) for text in sentences]
    certain: set[str] = set()
    opening: list[str] = []
    small: set[str] = set()
    for text in texts:
        words = list(_WORD.finditer(text))
        small |= {fold(word[0]) for word in words if word[0][0].islower()}
        for index, word in enumerate(words):
            if not (_CAPITAL.match(word[0]) or _ACRONYM.fullmatch(word[0])):
                continue
            tells = _ACRONYM.fullmatch(word[0]) or not _opens(text, word.start())
            if tells or _set_apart(text, words, index):
                certain.add(fold(word[0]))
            else:
                opening.append(fold(word[0]))
    twice = {word for word in opening if opening.count(word) > 1}
    common = stop_words(as_language(language)) | cues(language).words["titles"]
    moments = frozenset(cues(language).moments)
    months = {name for name in (certain | twice) if any(True for _ in written_dates(name))}
    return frozenset((certain | twice) - small - common - moments - months)


def opening_name(text: str, language: str) -> str | None:
    """The first word of ``text``, folded, where it may be somebody's name: "Paul enverra", but
    not "Le groupe", "Adoption du guide" or "Envoyer la grille"."""
    words = [found[0] for found in _WORD.finditer(plain(text).translate(_APOSTROPHES))][:2]
    if len(words) < 2 or not _CAPITAL.match(words[0]):
        return None
    first, following = map(fold, words)
    known = cues(language)
    if first in stop_words(as_language(language)) or first.split("-")[0] in known.numbers:
        return None
    nominal = known.words["oblique"] | known.words["articles"]
    if following in nominal or known.patterns["infinitive"].fullmatch(first):
        return None
    settled = any(known.has(kind, first) for kind in ("only", "all", "most", "some", "negation"))
    return None if settled else first


def facts(text: str, language: str, names: frozenset[str]) -> frozenset[Fact]:
    """What ``text`` says that must agree exactly with its source."""
    found: set[Fact] = {("name", fold(word)) for word in _WORD.findall(text) if fold(word) in names}
    rest = text
    for date in written_dates(text):
        if date.month and date.day:
            found.add(("date", f"{date.month:02}-{date.day:02}"))
        if date.month:
            found.add(("month", str(date.month)))
        if date.year:
            found.add(("year", str(date.year)))
        rest = rest[: date.start] + " " * (date.end - date.start) + rest[date.end :]
    small = _PERFECT_OF_BE.sub(lambda match: " " * len(match[0]), folded(rest))
    for time in _TIME.finditer(small):
        found.add(("time", f"{int(time[1])}:{time[2] or time[3] or '00'}{(time[4] or '').strip()}"))
    small = _TIME.sub(" ", small)
    found.update(_moments(small, language))
    found.update(_numbers(small, language))
    return frozenset(found)


# Parts of a sentence ----------------------------------------------------------------------------


def _split(text: str, language: str) -> Iterator[str]:
    words = "|".join(sorted(cues(language).words["conjunctions"]))
    at = 0
    for found in re.finditer(rf"{_BOUNDARY}|(?<!\w)(?:{words})(?!\w)", text, re.IGNORECASE):
        if text[at : found.start()].strip():
            yield text[at : found.start()].strip()
        at = found.end()
    if text[at:].strip():
        yield text[at:].strip()


def _gathered(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """Clauses that say too little alone ("à Toulouse", "Les orthopédagogues") join a neighbour."""
    gathered: list[Clause] = []
    waiting: Clause | None = None
    for clause in clauses:
        current = clause if waiting is None else _joined(waiting, clause)
        waiting = None
        if _says_enough(current):
            gathered.append(current)
        elif gathered and current is clause and not current.content:
            gathered[-1] = _joined(gathered[-1], current)
        else:
            waiting = current
    if waiting is not None:
        if gathered:
            gathered[-1] = _joined(gathered[-1], waiting)
        else:
            gathered.append(waiting)
    return tuple(gathered)


def _says_enough(clause: Clause) -> bool:
    return len(clause.content) + min(len(clause.facts), 2) >= 2


def _joined(first: Clause, second: Clause) -> Clause:
    return Clause(f"{first.text}, {second.text}", first.facts | second.facts, first.language)


def _opens(text: str, at: int) -> bool:
    before = text[:at].rstrip(' \t\n«"“(*_-–—•')
    return not before or before[-1] in ".!?:|\n;"


def _set_apart(text: str, words: list[re.Match[str]], index: int) -> bool:
    word = words[index]
    after = text[word.end() : word.end() + 3]
    if re.match(r"\s?[–—:-]\s", after):
        return True
    following = words[index + 1] if index + 1 < len(words) else None
    return (
        following is not None
        and _CAPITAL.match(following[0]) is not None
        and text[word.end() : following.start()].isspace()
    )


def _moments(small: str, language: str) -> Iterator[Fact]:
    for word, value in cues(language).moments.items():
        if re.search(rf"(?<!\w){word}s?(?!\w)", small):
            kind, number = value.split()
            yield kind, number


def _numbers(small: str, language: str) -> Iterator[Fact]:
    known = cues(language)
    units = "|".join(sorted(map(re.escape, known.units), key=len, reverse=True))
    multipliers = "|".join(sorted(known.multipliers, key=len, reverse=True))
    tail = rf"(?: ?(?P<times>{multipliers})(?!\w))?(?: ?(?:de |d')?(?P<unit>{units})(?!\w))?"
    written = _written_number(language)
    for found in re.finditer(rf"(?<![\w.,])(?:{_NUMBER}|(?P<words>{written})(?!\w)){tail}", small):
        if found["words"]:
            value, ordinal = _value_of_words(found["words"], known)
        else:
            value, ordinal = _value_of_digits(found["digits"], language), bool(found["ordinal"])
        value *= known.multipliers.get(found["times"] or "", 1)
        sign = found["sign"] or ""
        unit = known.units.get(found["unit"] or "", sign)
        yield ("ordinal" if ordinal else f"number {unit}".strip()), f"{value:g}"


@lru_cache(maxsize=4)
def _written_number(language: str) -> str:
    known = cues(language)
    numbers = "|".join(sorted(known.numbers, key=len, reverse=True))
    ordinals = "|".join(sorted(known.ordinals, key=len, reverse=True))
    # "first," and "en premier." are adverbs: an ordinal stands before what it counts
    return rf"(?:{numbers})(?:[- ](?:et[- ])?(?:{numbers}|une?|one))*|(?:{ordinals})(?= [a-z])"


@lru_cache(maxsize=4)
def opposite_stems(language: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """The pairs of ``opposites``, as stems."""
    pairs = (
        (frozenset(terms(first, language)), frozenset(terms(second, language)))
        for first, second in cues(language).opposites
    )
    return tuple((first, second) for first, second in pairs if first and second)


@lru_cache(maxsize=4)
def _number_stems(language: str) -> frozenset[str]:
    known = cues(language)
    words = (*known.numbers, *known.ordinals, *known.multipliers)
    return frozenset(stem for word in words for stem in terms(word, language))


def _value_of_words(text: str, known: Cues) -> tuple[float, bool]:
    total, ordinal = 0.0, False
    for word in re.findall(r"[a-z]+", text):
        if word in known.ordinals:
            return float(known.ordinals[word]), True
        value = 1 if word in {"un", "une", "one"} else known.numbers.get(word, 0)
        joined = (value in (100, 1000) and total) or (value == 20 and total == 4)
        total = total * value if joined else total + value
    return total, ordinal


def _value_of_digits(digits: str, language: str) -> float:
    joined = re.sub(r"[ \u00a0\u202f]", "", digits)
    if language == "en" and re.fullmatch(r"\d{1,3}(?:,\d{3})+", joined):
        return float(joined.replace(",", ""))
    return float(joined.replace(",", ".", 1).replace(",", ""))


@lru_cache(maxsize=4096)
def _stems(word: str) -> frozenset[str]:
    return frozenset(stem for language in ("fr", "en") for stem in terms(word, language))


# Who does what ----------------------------------------------------------------------------------


def _parts(text: str, names: frozenset[str], language: str) -> dict[str, str]:
    runs = _runs(text, names, language)
    by = any(part == "agent" for _, part, _ in runs)
    parts: dict[str, set[str]] = {}
    previous = ""
    for run, part, follows in runs:
        current = part
        if part == "bare":
            if follows == "joined" and previous:
                current = previous
            else:
                current = "other" if by or follows == "same clause" else "agent"
        previous = current
        for name in run:
            parts.setdefault(name, set()).add(current)
    return {name: found.pop() for name, found in parts.items() if len(found) == 1}


def _runs(
    text: str, names: frozenset[str], language: str
) -> list[tuple[tuple[str, ...], str, str]]:
    """Runs of names: the names, their part by preposition, and how they follow the last run."""
    known = cues(language).words
    tokens = [(fold(found[0]), found.start(), found.end()) for found in _WORD.finditer(text)]
    runs: list[tuple[tuple[str, ...], str, str]] = []
    index, last_end = 0, -1
    while index < len(tokens):
        if tokens[index][0] not in names:
            index += 1
            continue
        first = index
        while index < len(tokens) and tokens[index][0] in names:
            index += 1
            if index < len(tokens) and text[tokens[index - 1][2] : tokens[index][1]].strip():
                break
        run = tuple(token for token, _, _ in tokens[first:index])
        between = text[last_end : tokens[first][1]] if last_end >= 0 else None
        follows = _follows(between, known["joining"], known["conjunctions"])
        runs.append((run, _preposition([word for word, _, _ in tokens[:first]], known), follows))
        last_end = tokens[index - 1][2]
    return runs


def _preposition(before: list[str], words: Mapping[str, frozenset[str]]) -> str:
    skipped = 0
    for word in reversed(before[-4:]):
        if word in words["agent"]:
            return "agent"
        if word in words["oblique"]:
            return "other"
        if word in words["titles"] or word in words["articles"]:
            continue
        skipped += 1
        if skipped > 1:
            break
    return "bare"


def _follows(between: str | None, joining: frozenset[str], conjunctions: frozenset[str]) -> str:
    if between is None:
        return "first"
    words = [fold(word) for word in _WORD.findall(between)]
    if all(word in joining for word in words):
        return "joined"
    if re.search(r"[;.!?]|,\s", between) or any(word in conjunctions for word in words):
        return "new clause"
    return "same clause"


def _delegated(
    claim: Claim,
) -> tuple[frozenset[str], frozenset[str], frozenset[str]] | None:
    known = cues(claim.language)
    text = folded(claim.text)
    verb = known.patterns["delegation"].search(text)
    if verb is None:
        return None
    before = frozenset(word for word in _WORD.findall(text[: verb.start()]) if word in claim.names)
    after = [found for found in _WORD.finditer(text, verb.end()) if found[0] in claim.names]
    if not before or not after:
        return None
    task = frozenset(terms(text[after[0].end() :], claim.language))
    return before, frozenset({after[0][0]}), task
