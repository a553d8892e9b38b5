"""Whose a task is: said in its line, over it, or by who speaks; as written, never inferred."""

# ruff: noqa: E501 - patterns and vocabularies are read whole, one wording after another

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from copassist.extraction.lines import Line
from copassist.extraction.people import GROUP, HANDLE, PEOPLE, People, certain
from copassist.extraction.sections import OF_ACTIONS, kind_of
from copassist.extraction.signed import signed_owner
from copassist.extraction.texts import fold, says_nothing, straight
from copassist.extraction.undertakings import (
    Undertaking,
    acting,
    assigned_to,
    by_pronoun,
    leading_owner,
    marked_owner,
    undertaking_in,
    unlisted_owner,
)
from copassist.sentences import sentences

_LABEL: Final = re.compile(
    r"(?:actions? items?|actions?|mesures? de suivi|points? d'action|suivi|to ?-?do|à faire|tâches?|next steps?|follow[- ]?up|AP|AI)"
    r"(?: #?\d+)?(?: (?:pour|for|de|à|avec|with)(?= )| (?=[A-ZÀ-Þ@]))?(?P<owner>[^:–—]{0,40}?) ?(?::|[–—-] )\s*(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_LABEL_FOR: Final = re.compile(
    rf"(?:[Aa]ctions?(?: items?)?|[Mm]esures? de suivi|[Pp]oints? d'action|[Ss]uivi) (?:pour|for|de la part de|avec|with) (?P<owner>{GROUP}|{PEOPLE})\b",
)
_WITH: Final = re.compile(r"(?:[Pp]oints? d'action|[Aa]ction) (?:avec|with) ")
_TRAILS: Final = re.compile(r"\s*(?: to| will| to do| doit| doivent)? ?:?$")
"""What may follow the name in a label: "Sam to:", « Guillaume : »."""
LINK_ONLY: Final = re.compile(r"(?:https?://\S+|www\.\S+)\W*")


def owner_of(words: str, line: Line, people: People) -> Undertaking:
    """The owner of a task: said in the line, or by the label it stands under."""
    said_by: tuple[Callable[[], Undertaking | None], ...] = (
        lambda: marked_owner(words, people),
        lambda: in_some_sentence(words, people),
        lambda: leading_owner(words, people),
        lambda: _named(assigned_to(words), "assigned"),
        lambda: signed_owner(words, people),
        lambda: label_of(words, people),
        lambda: _named(owner_over(line, people), "label"),
        lambda: Undertaking() if by_pronoun(words) else None,  # somebody, whom it does not name
        lambda: _handled(words),
        lambda: _unlisted(words),
    )
    return next((found for said in said_by if (found := said()) is not None), Undertaking())


def _named(owner: str | None, rule: str) -> Undertaking | None:
    return Undertaking(owner, certain(owner), rule) if owner else None


_HANDLED: Final = re.compile(rf"{HANDLE}(?:(?: ?[,/&+] ?| et | and ){HANDLE})*(?=[ :])")


_TO_ALL: Final = frozenset(
    f"@{name}" for name in ["everyone", "all", "here", "channel", "tous", "toutes"]
)


def _handled(words: str) -> Undertaking | None:
    """ "@ann new poster by Friday": a task of a list that begins with a handle is that person's."""
    match = _HANDLED.match(words)
    if match is None or fold(match.group()) in _TO_ALL:
        return None
    return Undertaking(match.group(), True, "signed")


def _unlisted(words: str) -> Undertaking | None:
    said = (unlisted_owner(span.text) for span in sentences(words))
    return next((found for found in said if found is not None), None)


def in_some_sentence(words: str, people: People) -> Undertaking | None:
    for span in sentences(words):
        said = undertaking_in(span.text, people)
        if said is not None and said.owner is not None:
            return said
    return undertaking_in(words, people)


def owner_over(line: Line, people: People) -> str | None:
    """The name that a list of actions hangs on: « Guillaume : », "### Sam", a parent line."""
    over = [parent.words for parent in reversed(line.parents) if is_label(parent, people)]
    if line.lead:
        over.append(line.lead)
    if line.headings and line.kind in OF_ACTIONS:
        over.append(line.headings[-1])
    for words in over:
        bare = _TRAILS.sub("", words.strip())
        if people.may_own(bare):
            return bare
    return None


def label_of(words: str, people: People) -> Undertaking | None:
    """« Action : … », "Action item Sam: …", « Mesure de suivi pour le GT pour… »."""
    line = straight(words)
    if match := _LABEL_FOR.match(line):
        owner = words[slice(*match.span("owner"))]
        mine = not _WITH.match(line) and people.may_own(owner)
        return Undertaking(owner if mine else None, rule="label")
    match = _LABEL.match(line)
    if match is None or LINK_ONLY.fullmatch(match["rest"]) or says_nothing(match["rest"]):
        return None
    written = words[slice(*match.span("owner"))].strip(" ,-")
    if written:
        return Undertaking(written, certain(written), "label") if people.may_own(written) else None
    return _of_rest(words[match.start("rest") :], people)


def _of_rest(rest: str, people: People) -> Undertaking:
    """Who a labelled action is for, when what follows the label says it."""
    said = undertaking_in(rest, people) or leading_owner(rest, people) or acting(rest, people)
    if said is None and (group := re.match(rf"(?P<owner>{GROUP}),", straight(rest))):
        said = Undertaking(rest[slice(*group.span("owner"))])
    if said is None:
        return Undertaking(rule="label")
    return Undertaking(said.owner, said.owner_certain, "label")


def is_label(line: Line, people: People) -> bool:
    """A line that only says whose, or of what kind, the lines nested in it are."""
    if not line.children:
        return False
    words = straight(line.words).strip()
    if kind_of(words) in OF_ACTIONS:
        return True
    bare = _TRAILS.sub("", words)
    said = words.endswith((":", " to")) or bare == words
    return said and people.may_own(bare)


FIRST_PERSON: Final = frozenset(("i", "i'll", "je", "j"))
_SPEAKER: Final = re.compile(rf"(?P<who>{PEOPLE}) ?: ")


def spoken_by(said: Undertaking, line: Line) -> Undertaking | None:
    """« Dev Patel : I'll send mine »: who speaks undertakes; where nobody is named, nobody does."""
    who = _SPEAKER.match(straight(line.words))
    return replace(said, owner=line.words[slice(*who.span("who"))]) if who else None
