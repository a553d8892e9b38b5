"""Tables of actions or decisions: which column says what, carried over split passages."""

# ruff: noqa: E501 - patterns and vocabularies are read whole, one wording after another

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from copassist.extraction.lines import Line
from copassist.extraction.texts import fold, plain

Column = Literal["action", "owner", "due", "status", "decision"]

_WORDINGS: Final[tuple[tuple[Column, str], ...]] = (
    (
        "owner",
        r"(?:personnes? )?(?:responsables?|porteu\w+|pilotes?|qui|par qui|owners?|who|lead|leads|assign\w+|assignee"
        r"|person(?: responsible)?|responsible|attribu\w+|ministeres?|organismes?|organisations?|equipes?|partenaires?|charge de projet)",
    ),
    (
        "due",
        r"(?:echeances?|echeancier|delais?|date limite|date|quand|pour quand|due(?: date)?|when|deadline|by when|target date|date prevue|date butoir)",
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
    ("decision", r"(?:decisions?|resolutions?)"),
)
_HEADERS: Final = tuple((column, re.compile(pattern)) for column, pattern in _WORDINGS)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table of actions or decisions; cells without Markdown, ``quote`` verbatim."""

    line: Line
    cells: dict[Column, str]
    quote: str


def cells_of(text: str) -> tuple[str, ...]:
    """The cells of a Markdown row, verbatim, outer bars and white space taken off."""
    inner = text.strip().removeprefix("|").removesuffix("|")
    return tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", inner))


def columns_of(text: str) -> dict[int, Column]:
    """Which column of a header row says what; empty when this is no header of ours."""
    found: dict[int, Column] = {}
    for index, cell in enumerate(cells_of(text)):
        for column, pattern in _HEADERS:
            if column not in found.values() and pattern.fullmatch(fold(cell).strip(" :?")):
                found[index] = column
                break
    told = set(found.values())
    useful = {"action", "decision"} & told and (len(told) > 1 or len(cells_of(text)) <= 2)
    return found if useful else {}


def rows_of(lines: Sequence[Line]) -> Iterator[Row]:
    """The rows under each header of ours, up to the end of its section or another header."""
    columns: dict[int, Column] = {}
    headings: tuple[str, ...] = ()
    for line in lines:
        if line.role != "row":
            if line.role == "heading":
                columns = {}
            continue
        if line.headings != headings:
            columns, headings = {}, line.headings
        if header := columns_of(line.text):
            columns = header
        elif columns:
            cells = cells_of(line.text)
            read = {c: plain(cells[i]) for i, c in columns.items() if i < len(cells)}
            said = read.get("action") or read.get("decision")
            if said:
                yield Row(line, read, line.text)
