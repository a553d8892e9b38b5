"""PowerPoint: a slide's text in reading order, its tables, its notes.

python-pptx: the reference library for the format, by the author of python-docx.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from langchain_core.documents import Document

from copassist.passages import Locator
from ingest.parsers.base import SectionParser, section, source_of
from ingest.parsers.blocks import one_line, table_sections
from ingest.parsers.package import Package, core_properties

if TYPE_CHECKING:
    from langchain_core.documents.base import Blob

SAME_LINE: Final = 150_000
"""Shapes whose tops differ by less than this many EMU (4 mm) stand side by side."""


class PptxParser(SectionParser):
    """One section a slide, one for each of its tables, one for its notes."""

    def sections(self, blob: Blob) -> Iterator[Document]:
        from pptx import Presentation

        with blob.as_bytes_io() as file:
            properties = core_properties(Package(file, source_of(blob)))
            deck = Presentation(file)
            for number, slide in enumerate(deck.slides, start=1):
                for document in slide_sections(slide, number):
                    if properties:
                        document.metadata["properties"], properties = properties, {}
                    yield document


def slide_sections(slide: Any, number: int) -> Iterator[Document]:
    """Title first, then shapes from top to bottom and left to right; notes last."""
    title = slide.shapes.title
    heading = one_line(title.text_frame.text) if title is not None else ""
    place = Locator(slide=number, headings=(heading,) if heading else ())
    shapes = list(flat(slide.shapes))
    texts = [heading] if heading else []
    tables: list[list[list[str]]] = []
    for shape in sorted(shapes, key=reading_order):
        if title is not None and shape.shape_id == title.shape_id:
            continue
        if getattr(shape, "has_table", False):
            tables.append([[cell.text for cell in row.cells] for row in shape.table.rows])
        elif shape.has_text_frame and shape.text_frame.text.strip():
            texts.append(shape.text_frame.text.strip())
        elif getattr(shape, "has_chart", False):
            texts += _chart(shape.chart)
    yield section("\n\n".join(texts), place)
    for table in tables:
        yield from table_sections(table, place)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = slide.notes_slide.notes_text_frame.text
        yield section(notes, Locator(slide=number, part="notes", headings=place.headings))


def flat(shapes: Iterable[Any]) -> Iterator[Any]:
    """Shapes with groups opened."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from flat(shape.shapes)
        else:
            yield shape


def reading_order(shape: Any) -> tuple[int, int]:
    """Rows of shapes from the top, each from the left. A shape without a place comes first."""
    return ((shape.top or 0) // SAME_LINE, shape.left or 0)


def _chart(chart: Any) -> list[str]:
    return (
        [chart.chart_title.text_frame.text]
        if chart.has_title and chart.chart_title.has_text_frame
        else []
    )
