"""What kind of answer a question expects (a sum, a number of something, an address), and whether a
passage holds one.

"Answer type" is question answering's term (Li and Roth, "Learning question classifiers", 2002). A
type can only rule an answer out: a passage with a sum of money may still be about another sum. Only
types that a pattern recognises reliably are here: "who" and "which" were tried and left out, since
nearly every passage names somebody, and an answer to "which tool" need not say "tool".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from copassist.analysis import terms
from copassist.language import Language, guess_language
from copassist.passages import Passage
from copassist.plaintext import plain

COUNTED_WITHIN: Final = 4
"""Words between a number and what it counts: "8 des 20 écoles", "écoles visitées : 8"."""


@dataclass(frozen=True, slots=True)
class AnswerType:
    """Questions that ``asks`` finds are answered only by a passage in which ``holds`` is found."""

    asks: re.Pattern[str]
    holds: re.Pattern[str]


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


_NUMBER_WORD: Final = (
    r"deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt"
    r"|trente|quarante|cinquante|soixante|cents?|mille|\w+aines?|plusieurs|aucune?|two|three|four"
    r"|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|dozen"
    r"|hundreds?|thousands?|several|both|none"
)
_NUMBER: Final = rf"\d|\b(?:une?|one|{_NUMBER_WORD})\b"
_TIME_UNIT: Final = (
    r"(?:secondes?|minutes?|heures?|jours?|journées?|semaines?|mois|années?|ans?"
    r"|seconds?|hours?|days?|weeks?|months?|years?|yrs?)"
)
_EVERY: Final = r"\b(?:trimestr|annuel|hebdo|mensuel|monthly|weekly|yearly|daily|quarterly)"
_ASKED_FOR: Final = (
    r"\b(?:c'est quoi|quel(?:le)? est|what(?:'s| is)|donne\w*(?:[ -]moi)?|(?:do )?(?:we|you) have)"
    r" (?:le |l'|son |the |an? |his |her |their )?"
)
_MAIL = AnswerType(
    _pattern(
        rf"{_ASKED_FOR}(?:adresse )?(?:courriel|e-?mail)(?: address)?"
        r"(?: (?:de |d'|of |for )(?!\d)|\W*$)",
        rf"{_ASKED_FOR}adresse (?:courriel|électronique)",
        r"[’']s e-?mail(?: address)?\W*$",
    ),
    _pattern(r"\w@\w"),
)
_PHONE = AnswerType(
    _pattern(
        rf"{_ASKED_FOR}(?:numéro de (?:téléphone|tél\w*|cell\w*)|téléphone|(?:tele)?phone"
        r"(?: number)?)(?: (?:de |d'|du |of |for )|\W*$)",
        r"[’']s (?:tele)?phone number\W*$",
    ),
    _pattern(
        r"\d{3}[\s.\u2010-\u2013-]?\d{4}",
        r"(?:\d{1,2}[\s.]){3,}\d{2}",
        r"\b[2-9]11\b",
        r"\bposte \d",
    ),
)
_PRICE_FR: Final = (
    r"(?:prix|montant|budget|coûts?|somme|salaire|loyer|amende|tarif|cotisation|économies)"
)
_PRICE_EN: Final = r"(?:price|costs?|fees?|budget|salary|rent)"
_MONEY = AnswerType(
    _pattern(
        rf"\bquel(?:le)?s? (?:(?:est|était|sera|sont) (?:les? |la |l['’]|notre ))?{_PRICE_FR}\b",
        r"\bcombien d['’]argent\b",
        r"\bcombien (?:a |ont )?coût\w*",
        r"\bcombien \w*(?: \w+){0,3} (?:payer|versée?s?|gagne)\b",
        r"\bcombien gagne",
        rf"\bwhat(?: is|'s| was)?(?: the| our)?(?: \w+)? {_PRICE_EN}\b",
        r"\bhow much (?:\w+ ){0,6}?(?:money|cost|charge|pay|paid|spend|spent|save|saved|earn)\b",
    ),
    _pattern(r"[€$£]|\b(?:euros?|dollars?|gratuit\w*|free|sans frais|no fee)\b|\d\s?k\b"),
)
_SHARE = AnswerType(
    _pattern(
        r"\b(?:pourcentage|percentage|per cent|percent)\b", r"\bquel(?:le)? (?:taux|proportion)\b"
    ),
    _pattern(
        r"%|\b(?:pour ?cent|per ?cent|moitié|tiers|quarts?|half|thirds?|quarters?)\b",
        rf"(?:{_NUMBER})\w* (?:sur|of|out of|/) (?:{_NUMBER})",
    ),
)
_DURATION = AnswerType(
    _pattern(
        rf"\bcombien (?:de |d')(?:temps|{_TIME_UNIT})\b",
        r"\bquelle durée\b",
        rf"\bhow many {_TIME_UNIT}\b",
    ),
    _pattern(
        rf"(?:{_NUMBER})\w*(?:\W+\w+){{0,2}}?\W*\b{_TIME_UNIT}\b",
        r"\d\s?(?:h|min|s|j)\b",
        _EVERY,
    ),
)
_ANY_NUMBER = AnswerType(
    _pattern(r"\b(?:combien|how (?:many|much|long|often))\b"),
    _pattern(
        _NUMBER,
        _EVERY,
    ),
)
TYPES: Final = (_MAIL, _PHONE, _MONEY, _SHARE, _DURATION, _ANY_NUMBER)

_ASKS_FIRST: Final = _pattern(
    r"\b(?:comment|pourquoi|où|quand|qu[ei]|quel\w*"
    r"|how (?!many)\w+|why|where|when|who|which|what)\b"
)
"""Another question than how many: "comment savoir combien de lignes" asks for a way to know."""
_COUNTED: Final = _pattern(
    r"\bcombien (?:de |d['’])(?:(?:nos|vos|ces|mes) )?([^\W\d_]{3,})",
    r"\bhow many (?:of (?:our|the|us|my) )?([^\W\d_]{3,}(?: [^\W\d_]{3,})?)",
)
"""What is counted: the noun; in English, where an adjective may stand before it, two words."""
_UNDER_ANY_NAME: Final = _pattern(
    r"(?:personnes?|gens|monde|people|persons?|folks|staff|members?|membres?|participant\w*"
    r"|idées?|ideas?|projets?|projects?|points?|sujets?|topics?|items?|fois|times?|choses?|things?"
    r"|ways?|façons?|sortes?|kinds?"
    r"|more|must|can|could|should|may|will|did|do|does|have|has|had|are|were|was|is|been|came|went"
    r"|wrote|got|took|said|made|chose|\w+ed)\b"
)
"""What a passage may count under many other names ("64 en ligne", "dix pitchs"), and verbs ("how
many came")."""
_WORD: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_IS_NUMBER: Final = re.compile(rf"\d|(?:nombre|number|{_NUMBER_WORD})\Z", re.IGNORECASE)


def lacks_answer(question: str, passages: Sequence[Passage]) -> bool:
    """Whether ``question`` expects something of a kind that none of ``passages`` holds."""
    expected = [kind for kind in TYPES if kind.asks.search(question)]
    return any(not any(kind.holds.search(one.text) for one in passages) for kind in expected)


def lacks_count(question: str, passages: Sequence[Passage]) -> bool:
    """Whether ``question`` counts something ("combien d'écoles") that none of ``passages`` has a
    number beside. False where one is in another language: there it has another name.

    A passage may count it under another name in the question's own language too ("dix pitchs"): of
    136 questions with an answer that expect a number or a sum, 13 find no such number, 9 of them
    with the right passage among the three (docs/experiments.md).
    """
    language = guess_language(question)
    asked = _COUNTED.search(question)
    if not asked or _ASKS_FIRST.search(question[: asked.start()]):
        return False
    noun = asked[1] or asked[2]
    if (
        _UNDER_ANY_NAME.match(noun)
        or _MONEY.asks.search(question)
        or _DURATION.asks.search(question)
    ):
        return False
    wanted = frozenset(terms(noun, language))
    return all(
        passage.language == language and not _counts(passage.text, wanted, language)
        for passage in passages
    )


def _counts(text: str, wanted: frozenset[str], language: Language) -> bool:
    words = _WORD.findall(plain(text))
    there = [place for place, word in enumerate(words) if wanted & set(terms(word, language))]
    return any(
        _IS_NUMBER.match(word)
        for place in there
        for word in words[max(0, place - COUNTED_WITHIN) : place + COUNTED_WITHIN + 1]
    )
