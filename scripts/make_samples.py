"""Make the .docx and .pdf files of the fictional community from their Markdown sources.

``scripts/sample_sources/A/B.pdf.md`` becomes ``samples/graphomotricite/A/B.pdf``. Dates inside
the files are fixed, so that the same sources and libraries give the same bytes. PDF needs the
DejaVu fonts (Debian: ``fonts-dejavu-core``), embedded as subsets: the core PDF fonts lack ’ and œ.

    python scripts/make_samples.py [--out DIR] [--fonts DIR]
"""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from docx import Document
from docx.text.paragraph import Paragraph as DocxParagraph
from fpdf import FPDF
from fpdf.enums import TableCellFillMode
from fpdf.fonts import FontFace
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

PROJECT: Final = Path(__file__).resolve().parents[1]
SOURCES: Final = PROJECT / "scripts" / "sample_sources"
SAMPLES: Final = PROJECT / "samples" / "graphomotricite"
FONTS: Final = Path("/usr/share/fonts/truetype/dejavu")
"""Where Debian's fonts-dejavu-core puts them."""

AUTHOR: Final = "Graphomotricité (communauté fictive)"
MADE: Final = datetime(2026, 11, 2, 12, tzinfo=UTC)
"""Date written inside every file: after the last of the compte rendus."""
ENGLISH_FOLDER: Final = "Partenaires"

PDF_FONT: Final = "DejaVu"
PDF_SIZES: Final = {1: 16.0, 2: 12.5, 3: 10.5}
"""Points, by heading level."""
PDF_BODY: Final = 9.5
PDF_LINE: Final = 5.0
"""Millimetres."""
PDF_MARGIN: Final = 20.0
PDF_INDENT: Final = 5.0


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    text: str
    number: int | None = None
    """Rank in an ordered list; ``None`` for a bullet."""


@dataclass(frozen=True, slots=True)
class Table:
    rows: tuple[tuple[str, ...], ...]
    """The first row is the header."""


Block = Heading | Paragraph | Item | Table


def read_blocks(markdown: str) -> list[Block]:
    """The blocks of a source: headings, paragraphs, flat lists, tables. Inline ``**`` is kept."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    return [block for node in SyntaxTreeNode(tokens).children for block in _blocks_of(node)]


def _blocks_of(node: SyntaxTreeNode) -> Iterator[Block]:
    match node.type:
        case "heading":
            yield Heading(int(node.tag[1:]), _text(node))
        case "paragraph":
            yield Paragraph(_text(node))
        case "bullet_list":
            yield from (Item(_text(item.children[0])) for item in node.children)
        case "ordered_list":
            yield from (
                Item(_text(item.children[0]), rank) for rank, item in enumerate(node.children, 1)
            )
        case "table":
            rows = (row for part in node.children for row in part.children)
            yield Table(tuple(tuple(_text(cell) for cell in row.children) for row in rows))
        case other:
            raise ValueError(f"a sample source may not hold: {other}")


def _text(node: SyntaxTreeNode) -> str:
    return node.children[0].content if node.children else ""


def make_docx(blocks: Sequence[Block], language: str) -> bytes:
    """A Word file with real styles: Title, Heading 1 and 2, lists, tables."""
    document = Document()
    core = document.core_properties
    core.author, core.last_modified_by, core.language = AUTHOR, AUTHOR, language
    core.created = core.modified = MADE.replace(tzinfo=None)
    core.comments = ""
    for block in blocks:
        match block:
            case Heading(level, text):
                document.add_heading(text, level=level - 1)
                core.title = text if level == 1 else core.title
            case Paragraph(text):
                _add_runs(document.add_paragraph(), text)
            case Item(text, number):
                style = "List Bullet" if number is None else "List Number"
                _add_runs(document.add_paragraph(style=style), text)
            case Table(rows):
                table = document.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
                for rank, row in enumerate(rows):
                    for cell, text in zip(table.add_row().cells, row, strict=True):
                        _add_runs(cell.paragraphs[0], f"**{text}**" if rank == 0 else text)
                document.add_paragraph()
    buffer = io.BytesIO()
    document.save(buffer)
    return _with_fixed_times(buffer.getvalue())


def _add_runs(paragraph: DocxParagraph, text: str) -> None:
    for rank, part in enumerate(text.split("**")):
        if part:
            paragraph.add_run(part).bold = rank % 2 == 1 or None


def _with_fixed_times(archive: bytes) -> bytes:
    """The same zip, its members dated :data:`MADE` rather than now."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as before,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            member = zipfile.ZipInfo(name, MADE.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(member, before.read(name))
    return buffer.getvalue()


class SamplePdf(FPDF):
    """Letter paper, as in Québec, with the page number at its foot."""

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font(PDF_FONT, size=8)
        self.cell(w=0, h=PDF_LINE, text=f"{self.page_no()} / {{nb}}", align="C")


def make_pdf(blocks: Sequence[Block], language: str, fonts: Path) -> bytes:
    """A text PDF with an outline, an embedded font and page numbers."""
    pdf = SamplePdf(format="Letter")
    pdf.set_margin(PDF_MARGIN)
    pdf.set_auto_page_break(auto=True, margin=PDF_MARGIN)
    pdf.add_font(PDF_FONT, "", fonts / "DejaVuSans.ttf")
    pdf.add_font(PDF_FONT, "B", fonts / "DejaVuSans-Bold.ttf")
    pdf.set_creation_date(MADE)
    pdf.set_author(AUTHOR)
    pdf.set_lang(language)
    pdf.add_page()
    for block in blocks:
        _add_to_pdf(pdf, block)
    return bytes(pdf.output())


def _add_to_pdf(pdf: FPDF, block: Block) -> None:
    match block:
        case Heading(level, text):
            _add_pdf_heading(pdf, level, text)
        case Paragraph(text):
            _add_pdf_text(pdf, text)
        case Item(text, number):
            mark = "•" if number is None else f"{number}."
            pdf.set_left_margin(PDF_MARGIN + PDF_INDENT)
            pdf.set_x(PDF_MARGIN + PDF_INDENT)
            _add_pdf_text(pdf, f"{mark} {text}")
            pdf.set_left_margin(PDF_MARGIN)
            pdf.set_x(PDF_MARGIN)
        case Table(rows):
            _add_pdf_table(pdf, rows)


def _add_pdf_heading(pdf: FPDF, level: int, text: str) -> None:
    if level == 1:
        pdf.set_title(text)
    size = PDF_SIZES[level]
    # A heading alone at the foot of a page helps nobody: keep three lines with it.
    if pdf.will_page_break(size / 2 + 3 * PDF_LINE):
        pdf.add_page()
    pdf.ln(PDF_LINE / 2)
    pdf.set_font(PDF_FONT, "B", size)
    pdf.start_section(text, level=level - 1)
    pdf.multi_cell(w=0, h=size / 2, text=text, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(PDF_LINE / 4)


def _add_pdf_text(pdf: FPDF, text: str) -> None:
    pdf.set_font(PDF_FONT, size=PDF_BODY)
    pdf.multi_cell(
        w=0, h=PDF_LINE, text=text, align="L", markdown=True, new_x="LMARGIN", new_y="NEXT"
    )
    pdf.ln(PDF_LINE / 4)


def _add_pdf_table(pdf: FPDF, rows: tuple[tuple[str, ...], ...]) -> None:
    pdf.set_font(PDF_FONT, size=PDF_BODY)
    pdf.ln(PDF_LINE / 4)
    with pdf.table(
        line_height=PDF_LINE,
        text_align="LEFT",
        v_align="TOP",
        padding=1,
        headings_style=FontFace(emphasis="BOLD"),
        cell_fill_mode=TableCellFillMode.NONE,
    ) as table:
        for row in rows:
            table.row(row)
    pdf.ln(PDF_LINE / 2)


def target_of(source: Path, out: Path) -> Path:
    """Where the file made from ``source`` goes: its path without the final ``.md``."""
    return out / source.relative_to(SOURCES).with_suffix("")


def make_sample(source: Path, fonts: Path) -> bytes:
    """The bytes of the file made from ``source``; its type is the suffix before ``.md``."""
    blocks = read_blocks(source.read_text(encoding="utf-8"))
    language = "en-CA" if source.parent.name == ENGLISH_FOLDER else "fr-CA"
    if source.name.endswith(".pdf.md"):
        return make_pdf(blocks, language, fonts)
    return make_docx(blocks, language)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=SAMPLES)
    parser.add_argument("--fonts", type=Path, default=FONTS)
    arguments = parser.parse_args()
    if not (arguments.fonts / "DejaVuSans.ttf").is_file():
        print(f"No DejaVu fonts in {arguments.fonts}: give --fonts DIR.", file=sys.stderr)
        return 1
    for source in sorted(SOURCES.rglob("*.md")):
        target = target_of(source, arguments.out)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(make_sample(source, arguments.fonts))
        print(target.relative_to(arguments.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
