"""What a session treated, and what it put off to a later one."""

# ruff: noqa: E501 - patterns and vocabularies are read whole, one wording after another

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from copassist.extraction.dates import first_date
from copassist.extraction.lines import Line
from copassist.extraction.sections import kind_of
from copassist.extraction.texts import fold, plain, straight, title_of
from copassist.records import Topic

ENOUGH: Final = 2
"""Headings that name topics before agenda lines are no longer asked for them."""

_NEXT: Final = r"(?:prochaine?s? (?:\w+ )?(?:rencontre|réunion|séance|session|atelier)s?|(?:rencontre|réunion|séance) (?:suivante|ultérieure|du \d))"
_LATER: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!à )\b(?:reportée?s?|repoussée?s?|remise?s?|différée?s?|ajournée?s?)\b (?:à|au|aux|en|jusqu|pour)",
        r"\b(?:point|sujet|discussion|item|présentation)s?\b[^.;]{0,60}\b(?:reportée?s?|repoussée?s?|ajournée?s?|en suspens)\b",
        r"\b(?:est|sont|a été|ont été|sera|seront) (?:\w+ )?(?:reportée?s?|repoussée?s?|ajournée?s?|différée?s?)\b",
        r"\bà (?:reprendre|revoir|rediscuter|traiter|aborder|remettre|reporter)\b[^.;]{0,60}"
        + _NEXT,
        r"\b(?:à|mettre à|mis à|inscrit à|mettre sur) l'ordre du jour (?:de la|d'une|du) (?:prochain|suivant|rencontre suivante)",
        r"\bser(?:a|ont) (?:\w+ )?(?:discutée?s?|abordée?s?|traitée?s?|reprise?s?|revue?s?|présentée?s?|débattue?s?)\b[^.;]{0,40}(?:"
        + _NEXT
        + r"|lors des réunions|plus tard|ultérieurement)",
        r"\b(?:à|en) (?:regarder |traiter |voir |discuter )?(?:en )?inters?c?ess?ion\b|\bregarder en interscession\b",
        r"\b(?:point|question|sujet)\b[^.;]{0,30}\b(?:reste à creuser|à creuser)\b",
        r"\b(?:deferred|postponed|tabled|carried over|held over|put off|pushed back)\b",
        r"\b(?:will be|was|is|has been|to be) (?:pushed|moved|bumped) to (?:the next|another|a later|a future|next)\b",
        r"\b(?:to be|will be) (?:discussed|addressed|covered|revisited|picked up) (?:at|in|during) (?:the next|a later|a future|another|our next)\b",
    )
)


def is_deferred(words: str) -> bool:
    """Whether a sentence puts a point off to a later session."""
    said = straight(words)
    return any(pattern.search(said) for pattern in _LATER)


def topics_in(
    lines: Sequence[Line], title: str, document: str, session_date: str | None
) -> tuple[Topic, ...]:
    """Topics from headings, else bold lines, else the agenda, else labelled list items.

    Deferred points follow, each titled by its own sentence.
    """
    found: dict[str, Topic] = {}
    for line, name in _named(lines, title):
        found.setdefault(fold(name), Topic(name, session_date, source=line.source(document)))
    for line in lines:
        for piece in _put_off(line):
            found.setdefault(
                "later " + fold(piece),
                Topic(plain(piece), session_date, True, line.source(document, piece)),
            )
    return tuple(found.values())


def _named(lines: Sequence[Line], title: str) -> tuple[tuple[Line, str], ...]:
    headed = tuple(_from_headings(lines, title))
    labelled = {line.headings for line in lines if line.headings}
    if len(headed) >= ENOUGH or (headed and len(labelled) > ENOUGH):
        return headed
    for source in (_from_agenda(lines), _from_labels(lines)):
        names = tuple(source)
        if len(names) >= ENOUGH:
            return (*headed, *names)
    return headed


def _from_headings(lines: Sequence[Line], title: str) -> Iterator[tuple[Line, str]]:
    paths = {line.passage.locator.headings for line in lines if line.passage.locator.headings}
    roots = {path[0] for path in paths}
    # a single outermost heading is the record's own title
    own = roots if len(roots) == 1 and len(paths) > 1 else frozenset()
    seen: set[str] = set()
    for line in lines:
        for depth, heading in enumerate(line.headings):
            if heading in seen or (depth == 0 and heading in own):
                continue
            seen.add(heading)
            above = [kind_of(over) for over in line.headings[: depth + 1]]
            name = title_of(heading)
            closed = any(kind not in ("topic", "frame", "agenda", "people") for kind in above)
            if (
                not closed
                and above[-1] == "topic"
                and not _only_a_date(name)
                and fold(name) != fold(title)
            ):
                yield line, name


def _only_a_date(name: str) -> bool:
    found = first_date(name)
    return found is not None and len(name) - len(found.text) <= len("Le  :")


def _from_agenda(lines: Sequence[Line]) -> Iterator[tuple[Line, str]]:
    for line in lines:
        if line.role == "item" and line.kind == "agenda" and not line.parents:
            name = title_of(line.words)
            if kind_of(name) == "topic":
                yield line, name


def _from_labels(lines: Sequence[Line]) -> Iterator[tuple[Line, str]]:
    for line in lines:
        if line.role != "item" or line.parents or line.kind != "topic":
            continue
        label = re.match(r"(?P<name>[^:.?!]{3,80}?) ?:(?: |$)", line.words)
        name = label["name"] if label else (line.words if line.children else "")
        if name and len(name) <= 80 and kind_of(name) == "topic":
            yield line, title_of(name)


def _put_off(line: Line) -> Iterator[str]:
    if line.role == "heading" or line.kind in ("people", "agenda"):
        return
    if line.kind == "deferred" and line.role == "item" and not line.parents:
        yield line.text
        return
    for piece in line.pieces():
        if is_deferred(plain(piece)):
            yield piece
