"""Pages of a PDF: pictures, and quotes found where they stand."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from fpdf import FPDF
from PIL import Image

from copassist.errors import DamagedFileError
from copassist.pdfpages import page_count, page_picture, quote_boxes

SENTENCE = (
    "Fatou présente le cadre du service d'ergothérapie, et Nathalie apporte quarante crayons."
)


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    """Two pages; the sentence is broken over lines in the lower half of the second."""
    made = FPDF(format="letter")
    made.set_font("helvetica", size=14)
    made.add_page()
    made.cell(text="Page une")
    made.add_page()
    made.set_y(180)
    made.multi_cell(w=90, text=SENTENCE)
    path = tmp_path / "deux.pdf"
    made.output(str(path))
    return path


def test_a_page_becomes_a_picture(pdf: Path) -> None:
    assert page_count(pdf) == 2
    with Image.open(BytesIO(page_picture(pdf, 2))) as picture:
        assert picture.format == "WEBP"
        assert picture.width == 1100
        assert picture.height > picture.width


@pytest.mark.parametrize("width", [612, 10])
def test_a_page_as_long_as_a_web_site_becomes_a_picture(width: int, tmp_path: Path) -> None:
    made = FPDF(unit="pt", format=(width, 14_400))
    made.add_page()
    path = tmp_path / "long.pdf"
    made.output(str(path))
    with Image.open(BytesIO(page_picture(path, 1))) as picture:
        assert picture.height == 16_000
        assert picture.width < 1100


def test_a_quote_is_boxed_line_by_line_where_it_stands(pdf: Path) -> None:
    boxes = quote_boxes(pdf, 2, SENTENCE)
    assert len(boxes) >= 3
    assert all(0.5 < box.top < 0.95 and box.left + box.width < 0.6 for box in boxes)
    assert [box.top for box in boxes] == sorted(box.top for box in boxes)
    [word] = quote_boxes(pdf, 2, "quarante")
    assert word.width < 0.15


def test_a_quote_read_in_another_order_is_boxed_piece_by_piece(tmp_path: Path) -> None:
    made = FPDF(format="letter")
    made.set_font("helvetica", size=14)
    made.add_page()
    for line in ("Le cadre est présenté.", "Logo du réseau", "Les crayons sont apportés."):
        made.cell(text=line, new_x="LMARGIN", new_y="NEXT")
    path = tmp_path / "ordre.pdf"
    made.output(str(path))
    boxes = quote_boxes(path, 1, "Le cadre est présenté. Les crayons sont apportés. Oui.")
    assert len(boxes) == 2
    assert boxes[0].top < boxes[1].top


def test_what_is_not_there_is_not_boxed(pdf: Path) -> None:
    assert quote_boxes(pdf, 1, SENTENCE) == ()
    assert quote_boxes(pdf, 2, "Fatou absente") == ()
    assert quote_boxes(pdf, 2, " … ") == ()


def test_damaged_files_and_missing_pages_are_said(pdf: Path, tmp_path: Path) -> None:
    with pytest.raises(DamagedFileError):
        page_picture(pdf, 3)
    broken = tmp_path / "casse.pdf"
    broken.write_bytes(b"%PDF-1.4 rien")
    with pytest.raises(DamagedFileError):
        page_count(broken)
