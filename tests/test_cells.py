"""Cells keep their columns, whatever is merged, blank or commented around them."""

from __future__ import annotations

import io
from pathlib import Path

import recordfiles as files
from langchain_core.documents.base import Blob

from copassist.passages import Locator
from ingest.filetypes import parser_for
from ingest.parsers.sheets import BLOCK_ROWS, sheet_sections


def parsed(path: Path) -> list[tuple[str, str]]:
    """Place and text of each section."""
    return [
        (Locator.from_dict(one.metadata["locator"]).label("fr"), one.page_content)
        for one in parser_for(path).parse(Blob.from_path(path))
    ]


def test_spans_of_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<table><tr><th>École</th><th colspan=2>Présences</th><th>Suivi</th></tr>"
        "<tr><td rowspan=2>Des Pins</td><td>12</td><td>14</td><td>Line</td></tr>"
        "<tr><td>9</td><td>8</td><td>Marc</td></tr>"
        "<tr><td>Du Lac</td><td>3</td><td>4</td><td>Ève</td></tr></table>",
        encoding="utf-8",
    )
    [(_, table)] = parsed(page)
    assert table.splitlines() == [
        "École | Présences | | Suivi",
        "Des Pins | 12 | 14 | Line",
        "| 9 | 8 | Marc",
        "Du Lac | 3 | 4 | Ève",
    ]


def test_merged_cells_of_a_text(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    table = document.add_table(3, 3)
    for at, words in enumerate(("Action", "Qui", "Échéance")):
        table.cell(0, at).text = words
    table.cell(1, 0).merge(table.cell(1, 1)).text = "Trouver une salle"
    table.cell(1, 2).text = "12 mai"
    for at, words in enumerate(("Écrire", "Line", "3 juin")):
        table.cell(2, at).text = words
    document.save(str(tmp_path / "cr.docx"))
    [(_, text)] = parsed(tmp_path / "cr.docx")
    assert text.splitlines() == [
        "Action | Qui | Échéance",
        "Trouver une salle | | 12 mai",
        "Écrire | Line | 3 juin",
    ]


def test_a_blank_row_does_not_shift_what_follows() -> None:
    rows = [
        ("Thème", "Action", "Responsable"),
        ("Lecture", "Trouver des textes", "Line"),
        (None, None, None),
        (None, "Relire la grille", "Marc"),
        (None, "L’envoyer", "Ève"),
    ]
    texts = [section.page_content for section in sheet_sections("Suivis", rows)]
    assert texts == [
        "Thème | Action | Responsable\nLecture | Trouver des textes | Line",
        "Thème | Action | Responsable\n| Relire la grille | Marc\n| L’envoyer | Ève",
    ]


def test_a_long_table_keeps_its_header_where_it_is_looked_at_in_pieces() -> None:
    rows = [("Thème", "Action"), *(("Lecture", "Lire") for _ in range(BLOCK_ROWS))]
    texts = [section.page_content for section in sheet_sections(None, [*rows, ("", "Écrire")])]
    assert texts[-1] == "Thème | Action\nLecture | Lire\n| Écrire"


def test_comments_of_a_workbook(tmp_path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.comments import Comment

    book = Workbook()
    sheet = book.active
    sheet.title = "Suivis"
    sheet.append(("Action", "Responsable"))
    sheet.append(("Réserver la salle", "Line"))
    sheet["B2"].comment = Comment("Line est en congé jusqu’en mai.", "Marc")
    kept = io.BytesIO()
    book.save(kept)
    (tmp_path / "suivis.xlsx").write_bytes(kept.getvalue())
    assert parsed(tmp_path / "suivis.xlsx") == [
        ("feuille Suivis, l. 2", "Action | Responsable\nRéserver la salle | Line"),
        ("feuille Suivis, l. 2, commentaires", "Line est en congé jusqu’en mai."),
    ]


def test_comments_of_an_open_sheet(tmp_path: Path) -> None:
    cells = (
        "<table:table-cell><text:p>Réserver la salle</text:p></table:table-cell>"
        "<table:table-cell><office:annotation><text:p>En congé jusqu’en mai.</text:p>"
        "</office:annotation><text:p>Line</text:p></table:table-cell>"
    )
    header = "".join(
        f"<table:table-cell><text:p>{words}</text:p></table:table-cell>"
        for words in ("Action", "Responsable")
    )
    rows = "".join(f"<table:table-row>{row}</table:table-row>" for row in (header, cells))
    sheet = f'<table:table table:name="Suivis">{rows}</table:table>'
    (tmp_path / "suivis.ods").write_bytes(files.open_document("spreadsheet", sheet))
    assert parsed(tmp_path / "suivis.ods") == [
        ("feuille Suivis, l. 2", "Action | Responsable\nRéserver la salle | Line"),
        ("feuille Suivis, l. 2, commentaires", "En congé jusqu’en mai."),
    ]
