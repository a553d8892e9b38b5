"""Whether the passages found can answer at all: what a question asks for, and whether it is there.

Rules, each of which can only say no. A question for a sum of money needs a sum in one of the best
passages; a question for a number, a number in one of them; and the names and years of a question
must stand in one of them, or in its title, date or headings.

On the training half of the visible questions they refuse 1 of 47 with an answer and 11 of 23
without one (amounts alone: 0 and 5; docs/evaluation.md). Nothing that retrieval measures adds to
them: with questions in a member's own words, the best cosine, MaxSim and BM25, their margins, the
agreement of the retrievers and the rare words covered separate the answerable from plausible
unanswerable ones hardly better than chance (AUC .34 to .68 on the training half), and a logistic
of two signals, .73 there, gave .56 on the test half, refusing 30 % wrongly. What is left to do is
the work of reading: ``support.py``, sentence by sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from copassist.passages import Hit
from copassist.support import unmet

PASSAGES_READ: Final = 3
"""Best passages looked at for what the question asks."""

_ASKS_MONEY: Final = re.compile(
    r"\b(?:à quel prix|quel (?:prix|montant|budget|coût)|quelle somme|combien (?:a |ont )?coût\w*"
    r"|combien \w*(?: \w+){0,3} (?:payer|versée?s?)"
    r"|how much (?:\w+ ){0,6}?(?:cost|pay|paid|spend|spent)|what (?:price|fee|budget|salary))\b",
    re.IGNORECASE,
)
_MONEY: Final = re.compile(
    r"[€$£]|\b(?:euros?|dollars?|gratuit\w*|free|sans frais|no fee)\b|\d\s?k\b", re.IGNORECASE
)
_ASKS_NUMBER: Final = re.compile(
    r"\b(?:combien|how (?:many|much|long|often)|pourcentage|percentage)\b", re.IGNORECASE
)
_NUMBER: Final = re.compile(
    r"\d|\b(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|cent|mille"
    r"|plusieurs|\w+aine|trimestriel\w*|one|two|three|four|five|six|seven|eight|nine|ten|eleven"
    r"|twelve|dozen|hundred|thousand|several|both|monthly|quarterly|yearly|weekly|daily)\b",
    re.IGNORECASE,
)


def lacks_what_is_asked(question: str, passages: Sequence[str]) -> bool:
    """Whether ``question`` asks for an amount that none of the best ``passages`` holds.

    ``passages`` are the texts found, best first; with none there is nothing to answer with.
    """
    best = passages[:PASSAGES_READ]
    if not best:
        return True
    wanted = [
        what
        for asks, what in ((_ASKS_MONEY, _MONEY), (_ASKS_NUMBER, _NUMBER))
        if asks.search(question)
    ]
    return any(not any(what.search(text) for text in best) for what in wanted)


def cannot_answer(question: str, hits: Sequence[Hit]) -> bool:
    """Whether the best passages lack what ``question`` names: a person, a place, a year, a sum."""
    best = hits[:PASSAGES_READ]
    if lacks_what_is_asked(question, [hit.passage.text for hit in best]):
        return True
    return bool(unmet(question, "\n".join(map(_with_context, best))))


def _with_context(hit: Hit) -> str:
    document = hit.document
    context = (document.title, document.date or "", *hit.passage.locator.headings)
    return f"{' · '.join(context)}\n{hit.passage.text}"
