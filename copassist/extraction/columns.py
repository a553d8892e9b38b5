"""Columns of a table of actions or decisions, by the words of its header."""

# ruff: noqa: E501 - patterns and vocabularies are read whole, one wording after another

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from copassist.extraction.texts import fold

Column = Literal["action", "owner", "due", "status", "decision", "item", "since"]

_WORDINGS: Final[tuple[tuple[Column, str], ...]] = (
    (
        "owner",
        r"(?:personnes? )?(?:responsables?|resp|porteu\w+|pilotes?|qui|par qui|owners?|who|lead|leads|assign\w+|assignee"
        r"|person(?: responsible)?|responsible|attribu\w+|ministeres?|organismes?|organisations?|equipes?|partenaires?|charge de projet)",
    ),
    (
        "due",
        r"(?:echeances?|ech|echeancier|delais?|date limite|quand|pour(?: (?:quand|le))?|due(?: date)?|when|deadline|by when|target date|date prevue|date butoir)",
    ),
    (
        "since",
        r"(?:date|(?:date d[eu]s? )?(?:la )?(?:rencontre|reunion|seance|session|meeting)|(?:session|meeting) date|date (?:d'ouverture|de creation|d'ajout|opened|added|raised)|ouverte? le|ajoutee? le|opened|raised|depuis|from)",
    ),
    (
        "status",
        r"(?:statuts?|etat(?: d'avancement)?|avancement|suivi|status|state|progress|fait|done|termine|completed?)",
    ),
    (
        "action",
        r"(?:actions?|taches?|mesures?(?: de suivi)?|engagements?|quoi|a faire|suivis?|action items?|tasks?|what|commitments?"
        r"|livrables?|todo|action(?:s)? a (?:faire|prendre|poser|realiser))",
    ),
    ("decision", r"(?:decisions?(?: prises?)?|resolutions?|conclusions?|outcomes?|decided)"),
    (
        "item",
        r"(?:points?(?: a l'ordre du jour)?|sujets?|objets?|items?|topics?|subjects?|themes?)",
    ),
)
_HEADERS: Final = tuple((column, re.compile(pattern)) for column, pattern in _WORDINGS)
OF_SESSION: Final = r"(?: (?:d[eu]s?|from|of|since|depuis|prises? (?:le|lors|en)|taken) .{1,40})?"
"""« Action du 24 septembre », "Actions from last meeting": still the column of actions."""

_SINCE: Final = re.compile(
    rf"(?:actions?|taches?|mesures?|suivis?|action items?|tasks?){OF_SESSION}"
)
_AS_OF: Final = re.compile(r" (?:au|le|en date du|as of|on|at) .{1,40}$")
_NAME: Final = re.compile(r"(?:noms?|names?) ?:?")
FLAT_WORDS: Final = 9
"""Most words of a flattened header: three columns of three words."""


def cells_of(text: str) -> tuple[str, ...]:
    """The cells of a Markdown row, verbatim, outer bars and white space taken off."""
    inner = text.strip().removeprefix("|").removesuffix("|")
    return tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", inner))


def columns_of(cells: Sequence[str]) -> dict[int, Column]:
    """Which column of a header row says what; empty when this is no header of ours."""
    found: dict[int, Column] = {}
    for index, cell in enumerate(cells):
        for column, pattern in _HEADERS:
            if column not in found.values() and _names(pattern, column, cell):
                found[index] = column
                break
    if "due" not in found.values():  # « Date » beside « Échéance » is when it was taken on
        dates = [index for index, column in found.items() if fold(cells[index]) == "date"]
        found |= dict.fromkeys(dates, "due")
    if "owner" not in found.values():  # first of all, « Nom » is that of a project
        named = [index for index, cell in enumerate(cells) if index and _NAME.fullmatch(fold(cell))]
        found |= dict.fromkeys(named[:1], "owner")
    told = set(found.values())
    if told & {"owner", "due"} and not told & {"action", "decision"}:
        # « Suivi | Responsable | Échéance »: what is followed, not how it stands
        states = [index for index, column in found.items() if column == "status"]
        named = [index for index in states if fold(cells[index]).strip(" :?") == "suivi"]
        found |= dict.fromkeys(named, "action")
        told = set(found.values())
    useful = {"action", "decision"} & told and (len(told) > 1 or len(cells) <= 2)
    return found if useful else {}


def _names(pattern: re.Pattern[str], column: Column, cell: str) -> bool:
    said = fold(cell).strip(" :?")
    # « Décision / suivi », « Qui / pour quand »: the first says what the column is
    if pattern.fullmatch(said) or pattern.fullmatch(said.split("/")[0].strip()):
        return True
    dated = _AS_OF.sub("", said)
    if column == "status" and dated != said:  # « État au 25 mars »
        return pattern.fullmatch(dated) is not None
    return column == "action" and _SINCE.fullmatch(said) is not None


def flat_columns(line: str) -> tuple[Column, ...]:
    """The columns of a header whose cells a PDF left side by side: « Action Responsable État ».

    Empty unless every word of the line belongs to the name of a column.
    """
    found: list[Column] = []
    rest = fold(line).split()
    if not 2 <= len(rest) <= FLAT_WORDS:
        return ()
    while rest:
        size, column = _longest_name(rest)
        if column is None or column in found:
            return ()
        found.append(column)
        rest = rest[size:]
    return tuple(found) if found[:1] == ["action"] and len(found) > 1 else ()


def _longest_name(words: list[str]) -> tuple[int, Column | None]:
    for size in range(min(3, len(words)), 0, -1):
        name = " ".join(words[:size])
        for column, pattern in _HEADERS:
            if pattern.fullmatch(name):
                return size, column
    return 0, None
