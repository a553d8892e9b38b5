"""Tables of PDF pages: wrapped cells are put into rows, and what is no table stays as it was."""

# ruff: noqa: E501 - texts and the rows they become are read side by side

from __future__ import annotations

from collections.abc import Sequence

import pytest
from fpdf import FPDF
from langchain_core.documents.base import Blob

from ingest.parsers.pdf import PdfParser
from ingest.parsers.pdftables import Cells, with_rows

FOLLOW_UPS: Cells = (
    ("Action", "Responsable", "Échéance", "État"),
    ("Soumission pour la formation FALC", "Fatou", "1er octobre", "Fait. Mots Clairs : 1 150 $."),
    ("Cadenas à code pour le caisson", "Rosaire", "—", "Acheté (38 $)."),
    ("Horaire type du samedi", "Sandrine", "3 novembre", ""),
)


def page_of(rows: Cells, borders: str = "ALL") -> Blob:
    document = FPDF()
    document.add_page()
    document.set_font("helvetica", size=11)
    document.multi_cell(0, 6, "Suivis de septembre, lus par Sandrine.", new_x="LMARGIN")
    with document.table(width=140, borders_layout=borders) as table:
        for row in rows:
            cells = table.row()
            for cell in row:
                cells.cell(cell.replace("—", "-"))
    document.multi_cell(0, 6, "Le triporteur passera l'hiver au garage.", new_x="LMARGIN")
    return Blob.from_data(bytes(document.output()), path="suivis.pdf")


def lines_of(blob: Blob) -> list[str]:
    return "\n".join(part.page_content for part in PdfParser().lazy_parse(blob)).split("\n")


def test_cells_wrapped_over_several_lines_are_rows_again() -> None:
    assert lines_of(page_of(FOLLOW_UPS)) == [
        "Suivis de septembre, lus par Sandrine.",
        "Action | Responsable | Échéance | État",
        "Soumission pour la formation FALC | Fatou | 1er octobre | Fait. Mots Clairs : 1 150 $.",
        "Cadenas à code pour le caisson | Rosaire | - | Acheté (38 $).",
        "Horaire type du samedi | Sandrine | 3 novembre",
        "Le triporteur passera l'hiver au garage.",
    ]


def test_a_table_without_lines_stays_as_it_was_read() -> None:
    assert not [line for line in lines_of(page_of(FOLLOW_UPS, "NONE")) if " | " in line]


@pytest.mark.parametrize(
    ("text", "tables", "rows"),
    [
        ("Avant\nA faire\nQui\nPlier les\ndraps Hoa\nAprès", (("A faire", "Qui"), ("Plier les draps", "Hoa")),
         "Avant\nA faire | Qui\nPlier les draps | Hoa\nAprès"),
        # a word cut at a line's end inside of a cell
        ("A\nB\nhiver-\nnation\nHoa", (("A", "B"), ("hiver-\nnation", "Hoa")), "A | B\nhivernation | Hoa"),
        # an empty cell in the middle keeps its place, and so the ones after it
        ("A\nB\nC\nun\ntrois", (("A", "B", "C"), ("un", "", "trois")), "A | B | C\nun | | trois"),
        # drawn row by row across wrapped cells: another order, so nothing is done
        ("A B\nPlier Hoa\nles draps", (("A", "B"), ("Plier\nles draps", "Hoa")), "A B\nPlier Hoa\nles draps"),
        ("Rien de tel", (("A", "B"), ("C", "D")), "Rien de tel"),
    ],
)  # fmt: skip
def test_a_table_takes_the_place_of_its_own_characters(
    text: str, tables: Sequence[Sequence[str]], rows: str
) -> None:
    table = tuple(tuple(row) for row in tables)
    assert with_rows(text, [table]) == rows
    assert "".join(rows.split()).replace("|", "").replace("-", "") == "".join(text.split()).replace(
        "-", ""
    )
