"""Cells keep their columns, whatever is merged, blank or commented around them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
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


def page_of(tmp_path: Path, table: str) -> list[tuple[str, str]]:
    (tmp_path / "page.html").write_text(f"<table>{table}</table>", encoding="utf-8")
    return parsed(tmp_path / "page.html")


def test_no_cell_of_a_page_reaches_out_of_its_head(tmp_path: Path) -> None:
    [(_, table)] = page_of(
        tmp_path,
        "<thead><tr><th rowspan=2>École</th><th>Présences</th></tr></thead>"
        "<tbody><tr><td>Des Pins</td><td>12</td></tr></tbody>",
    )
    assert table.splitlines() == ["École | Présences", "Des Pins | 12"]


def test_a_cell_over_very_many_rows(tmp_path: Path) -> None:
    rows = "<tr><td>9</td></tr>" * 150
    head = "<tr><th>École</th><th>Élèves</th></tr><tr><td rowspan=151>Des Pins</td><td>9</td></tr>"
    *_, (_, table) = page_of(tmp_path, head + rows)
    assert table.splitlines()[-1] == "| 9"


@pytest.mark.parametrize("span", ["9" * 5000, "2.5", "²", "-1", "0", " 2 "])
def test_spans_that_are_no_numbers_of_columns(tmp_path: Path, span: str) -> None:
    table = f"<tr><td colspan='{span}'>Action</td><td>Qui</td></tr><tr><td>Lire</td></tr>"
    [(_, text)] = page_of(tmp_path, table)
    assert [cell for cell in text.split("\n")[0].split(" | ") if cell.strip(" |")]


def test_spans_of_spans_stay_small(tmp_path: Path) -> None:
    row = "<tr><td colspan=100 rowspan=100>a</td></tr>"
    sections = page_of(tmp_path, row * 500)
    assert max(len(text) for _, text in sections) < 50_000


def test_blank_cells_side_by_side(tmp_path: Path) -> None:
    [(_, text)] = page_of(
        tmp_path,
        "<tr><th>A</th><th></th><th></th><th>B</th></tr><tr><td>1</td><td><td><td>2</td></tr>",
    )
    assert text.splitlines() == ["A | | | B", "1 | | | 2"]


def test_rows_of_a_text_that_begin_further_right(tmp_path: Path) -> None:
    from docx import Document
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    document = Document()
    table = document.add_table(2, 3)
    for at, words in enumerate(("Action", "Qui", "Échéance")):
        table.cell(0, at).text = words
    table.cell(1, 1).text, table.cell(1, 2).text = "Line", "3 juin"
    row = table.rows[1]._tr
    row.remove(row.tc_lst[0])
    before = OxmlElement("w:gridBefore")
    before.set(qn("w:val"), "1")
    row.get_or_add_trPr().append(before)
    document.save(str(tmp_path / "cr.docx"))
    [(_, text)] = parsed(tmp_path / "cr.docx")
    assert text.splitlines() == ["Action | Qui | Échéance", "| Line | 3 juin"]


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


def test_another_table_below_and_further_right() -> None:
    rows = [
        ("Date", "Thème", "Qui"),
        ("12 mai", "Lecture", "Line"),
        (None, None, None),
        (None, "Poste", "Montant"),
        (None, "Salle", 120),
    ]
    texts = [section.page_content for section in sheet_sections("Suivis", rows)]
    assert texts[-1] == "Poste | Montant\nSalle | 120"


THREADS = (
    '<threads xmlns="x"><threadedComment ref="B2"><text>En congé.</text></threadedComment>'
    '<threadedComment ref="B2"><text>Merci.</text></threadedComment></threads>'
)


def workbook(**changed: str) -> bytes:
    """A note on A2 and a thread on B2, of which Excel keeps a copy; ``changed`` parts by name."""
    from openpyxl import Workbook
    from openpyxl.comments import Comment

    book = Workbook()
    sheet = book.active
    sheet.title = "Suivis"
    sheet.append(("Action", "Responsable"))
    sheet.append(("Réserver la salle", "Line"))
    sheet["A2"].comment = Comment("La grande.", "Marc")
    sheet["B2"].comment = Comment("[Threaded comment] En congé.", "tc={1}")
    kept = io.BytesIO()
    book.save(kept)
    with zipfile.ZipFile(kept) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    relations = "xl/worksheets/_rels/sheet1.xml.rels"
    thread = '<Relationship Id="t" Type="x/threadedComment" Target="../threads.xml"/>'
    parts[relations] = parts[relations].replace("</Relationships>", f"{thread}</Relationships>")
    parts |= {"xl/threads.xml": THREADS} | {f"xl/{name}.xml": xml for name, xml in changed.items()}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return made.getvalue()


def test_notes_beside_threads_of_a_workbook(tmp_path: Path) -> None:
    (tmp_path / "suivis.xlsx").write_bytes(workbook())
    _, *comments = parsed(tmp_path / "suivis.xlsx")
    assert [text for _, text in comments] == ["La grande.", "En congé.", "Merci."]


def test_a_broken_comment_does_not_cost_the_workbook(tmp_path: Path) -> None:
    odd = THREADS.replace('ref="B2"', f'ref="B{"9" * 5000}²"')
    (tmp_path / "suivis.xlsx").write_bytes(workbook(threads=odd))
    assert len(parsed(tmp_path / "suivis.xlsx")) == 5
    (tmp_path / "suivis.xlsx").write_bytes(workbook(threads="<threads"))
    assert [text for _, text in parsed(tmp_path / "suivis.xlsx")] == [
        "Action | Responsable\nRéserver la salle | Line",
        "La grande.",
        "[Threaded comment] En congé.",
    ]


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


def test_comments_in_a_table_of_an_open_text_come_once(tmp_path: Path) -> None:
    def table(cell: str) -> str:
        row = f"<table:table-row><table:table-cell>{cell}</table:table-cell></table:table-row>"
        return f"<table:table>{row}</table:table>"

    note = "<office:annotation><text:p>En congé jusqu’en mai.</text:p></office:annotation>"
    inner = table(f"<text:p>Line{note}</text:p>")
    (tmp_path / "cr.odt").write_bytes(files.open_document("text", table(inner)))
    found = parsed(tmp_path / "cr.odt")
    assert found.count(("commentaires", "En congé jusqu’en mai.")) == 1
    assert any("Line" in text for _, text in found)
