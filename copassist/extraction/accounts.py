"""Sentences that tell, in passing, that something is done: « Fatou a déposé son tableau : 71 %… ».

Prose seldom says that an action is closed; it tells what somebody has done, and readers know what
that settles. Such a sentence undertakes nothing and reports on nothing by itself:
``tasks.followed`` closes an earlier action with it where owner and words agree, and drops it
otherwise. Only verbs that complete a task count (``reports.COMPLETING``), and only where the
sentence does not deny it, call it late, or speak of a draft or a half.
"""

# ruff: noqa: E501 - patterns and vocabularies are read whole, one wording after another

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from copassist.extraction.dates import due_in, due_in_state, session_day
from copassist.extraction.lines import Line
from copassist.extraction.people import PEOPLE, People
from copassist.extraction.reports import COMPLETING, status_said
from copassist.extraction.texts import plain, straight
from copassist.extraction.undertakings import REACH, is_idea, is_question
from copassist.records import Action
from copassist.sentences import sentences

LONGEST: Final = 400
"""Characters of one: a longer run is no sentence that tells one thing."""
SHORTEST: Final = 3
"""Words of a sentence that can tell what was done: « C'est fait. » does not say of what."""

_ADVERBS: Final = r"(?:(?:déjà|bien|enfin|finalement|aussi|depuis|tout|toute|toutes|tous|également|rapidement|already|now|since|finally|also|just) ){0,2}"
_COMPLETED: Final = rf"(?P<verb>(?:{'|'.join(sorted(COMPLETING))})(?:e|s|es)?)\b"
_OPEN: Final = r"(?:^|(?<=[,;:] )|(?<= et )|(?<= and ))"
_SUBJECT: Final = re.compile(
    rf"{_OPEN}(?P<owner>{PEOPLE}) (?:(?:l'|les |lui |leur |nous |y |en |s'|se |m'|me |nous l'|nous les ) ?)?$"
)
_DID: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:(?<= )|(?<='))(?:a|ont|est|sont) {_ADVERBS}{_COMPLETED}",
        rf"(?<= )(?:(?:has|have|had) )?{_ADVERBS}{_COMPLETED}",
        # what is told of the session itself: somebody shows the work
        r"(?<= )(?P<verb>présente(?:nt)?|dépose(?:nt)?|remet(?:tent)?|rapporte(?:nt)?|presents?|brings? back|shares?) ",
    )
)
"""Verbs that tell something done; their subject is looked for before them, as in
``undertakings``."""
_SETTLED: Final = re.compile(
    r"(?P<subject>\S.{8,}?)[ ,:;–—-]+(?:(?:et |and )?(?:c'est|ça y est|tout est|est|sont|a été|ont été|is|are|was|were|has been|have been|it's) )"
    r"(?:(?:maintenant|enfin|déjà|bien|finalement|now|finally|already|all) ){0,2}"
    r"(?P<verb>réglée?s?|faite?s?|terminée?s?|complétée?s?|envoyée?s?|reçue?s?|arrivée?s?|livrée?s?|installée?s?|commandée?s?|publiée?s?|imprimée?s?|signée?s?"
    r"|affichée?s?|déposée?s?|partie?s?|rendue?s?|remise?s?|transmise?s?|approuvée?s?|prête?s?|en place|en ligne|settled|done|sent|received|delivered|installed|ordered|published|printed|signed|posted|fixed|finished|complete|completed|online|approved|in place|ready)"
    r"(?![\w-])(?! (?:par |pour |à la|à l'|à [a-zà-ÿ]+(?:er|ir|re)\b|to \w|plus tard|soon|later|si |if |by (?:the )?(?:end|next)|en partie|à moitié|every|chaque|tous les|toutes les))",
    re.IGNORECASE,
)
_ONWARD: Final = re.compile(
    r" (?:(?:de |d'|à |pour )(?:ne pas |se |s'|le |la |les |en |y )?[a-zà-ÿ]+(?:er|ir|re|oir)\b|to [a-z]|that\b|qu[e']|une demande\b|help\b)"
)
"""What follows a verb that then completes nothing: « a choisi de reporter », "shared that"."""
_DENIED: Final = re.compile(
    r"\b(?:il (?:en )?reste|reste(?:nt)? à|en retard|l'an dernier|l'année dernière|last year|remains?|still|encore|late|overdue|malade|sick"
    r"|brouillon|ébauche|première version|moitié|avancement|à compléter|draft|for comments?|pour commentaires?|template|half|commencé|failli"
    r"|n'(?:a|ont|est|sont|avait|y a)|ne (?:sont|l'a)|pas encore|toujours pas|not|never|hasn't|haven't|didn't|isn't|aren't|wasn't|sauf|except|presque|almost|nearly|partly|à moitié|en partie)\b"
)
_HOPED: Final = re.compile(
    r"^(?:qui|la moitié|une partie|half|who|some)\b"
    r"|\b(?:quand|lorsque|si|une fois|dès que|avant|when|if|once|until|after|before|après|should|devraient|devrait)\b",
    re.IGNORECASE,
)
"""Words before a state that make it asked, supposed or still to come."""


def accounts_in(
    lines: Sequence[Line], document: str, session_date: str | None, people: People
) -> tuple[Action, ...]:
    """Every sentence of a record that tells something done, by somebody known or in the passive.

    Each is a report that is ``done``; its ``subject`` is the sentence, or what it says is settled.
    """
    day = session_day(session_date)
    found: list[Action] = []
    for line in lines:
        if line.role == "heading" or line.kind in ("people", "ideas", "agenda", "next"):
            continue
        for sentence in _sentences(line):
            words = plain(sentence)
            if len(words) > LONGEST or len(words.split()) < SHORTEST:
                continue
            if _is_due(words, day) or is_question(words):
                continue
            told = _done_in(straight(words), people)
            if told is None or is_idea(words):
                continue
            done, subject = told
            found.append(
                Action(
                    sentence,
                    session_date,
                    done or None,
                    status="done",
                    item=line.item,
                    source=line.source(document, sentence),
                    subject=subject,
                    report=True,
                )
            )
    return tuple(found)


def _is_due(words: str, session: date | None) -> bool:
    """Whether a sentence names a day that something is due. One that is past, and that no word
    calls due, is the day it was done: « est rendu depuis le 2 octobre »."""
    due = due_in(words, session)
    past = due and due.day and session and due.day <= str(session)
    return due is not None and not (past and due_in_state(words, session) is None)


def _sentences(line: Line) -> Iterator[str]:
    for cell in line.text.split("|") if line.role == "row" else (line.text,):
        yield from (cell[span.start : span.end] for span in sentences(cell))


def _done_in(line: str, people: People) -> tuple[str, str] | None:
    """Who did it, empty where the sentence does not say, and the words that tell what; ``None``
    where nothing is told as done."""
    if _DENIED.search(line):
        return None
    for pattern in _DID:
        for match in pattern.finditer(line):
            subject = _SUBJECT.search(line, max(0, match.start() - REACH), match.start())
            onward = _ONWARD.match(line, match.end("verb"))
            if subject and not onward and people.knows(subject["owner"]):
                return subject["owner"], line
    settled = _SETTLED.search(line)
    if settled and not _HOPED.search(line[: settled.start("verb")]) and status_said(line) != "open":
        return "", line[settled.start("subject") : settled.end("verb")]
    return None
