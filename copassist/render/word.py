"""Agendas and minutes templates as DOCX, with real styles that a community can restyle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from copassist.agendas import Agenda, AgendaItem, written_day
from copassist.render import layout
from copassist.words import Words, words

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

FONT: Final = "Arial"
"""On every system, or with a twin of the same widths (Liberation Sans)."""
INK: Final = "1F3B4D"
"""Dark blue of titles and table heads: 10:1 on white (WCAG AAA)."""
PALE: Final = "E8EEF2"
TEXT_WIDTH_CM: Final = 17.0
"""US Letter (21.59 cm), as used in Québec, less margins."""
MARGIN_CM: Final = 2.295
SOURCE_INDENT_CM: Final = 1.6
"""What two labels and a dash take before a source."""
BLANK_ROWS: Final = 4
BLANK_LINES: Final = 2
BLANK_WIDTH: Final = 8
"""Characters of a line to write on: what fits beside the longest label of a fact."""


def agenda_docx(agenda: Agenda) -> bytes:
    """The agenda as a DOCX to share: heading, table, follow-ups, activities, sources as notes."""
    agenda = layout.printable(agenda)
    say = words(agenda.language)
    day = written_day(agenda.date, agenda.language)
    document = _document(agenda, agenda.title, layout.file_title(agenda, day))
    _facts(document, (*layout.facts(agenda), *layout.roles(agenda)), say)
    _agenda_table(document, agenda, say)
    for item in agenda.items:
        _item(document, item, say)
    if agenda.citations:
        document.add_heading(say("agenda.sources"), 1)
        for labels, said in layout.sources(agenda):
            paragraph = document.add_paragraph(style="Source")
            for label in labels:
                _bookmark(paragraph, label)
            paragraph.add_run(f"{layout.label_runs(labels)}\t{said}")
    return _saved(document)


def minutes_docx(agenda: Agenda) -> bytes:
    """A template of minutes to fill in during the session; its reference links it back."""
    agenda = layout.printable(agenda)
    say = words(agenda.language)
    day = written_day(agenda.date, agenda.language)
    title = say("agenda.template.title", date=day)
    document = _document(agenda, title, layout.minutes_title(agenda, day))
    present = tuple((say(f"agenda.template.{key}"), "") for key in ("present", "absent"))
    known = (*layout.facts(agenda), *layout.roles(agenda), *present)
    _facts(document, known, say)
    _labelled(document, say("agenda.reference"), agenda.id, say, "Hint")
    document.add_paragraph(say("agenda.template.reminder"), style="Hint")
    for item in agenda.items:
        if item.intention != "frame":
            _minutes_item(document, item, say)
    _minutes_end(document, say)
    return _saved(document)


def _minutes_item(document: Document, item: AgendaItem, say: Words) -> None:
    document.add_heading(item.title, 1)
    rows = layout.follow_up_rows(item, say.language)
    if rows:
        headers = (*layout.follow_up_headers(say), say("agenda.template.state"))
        table = _table(document, headers, (7.2, 4.5, 2.9, 2.4))
        for row in rows:
            _fill(_row(table), (row.text, row.owner, row.due, ""))
        document.add_paragraph(style="Gap")
    if item.record:
        _labelled(document, say("agenda.record"), item.record, say, "Hint")
    if item.intention == "decision":
        document.add_paragraph(say("agenda.template.decision") + " ")
        return
    _labelled(document, say("agenda.template.learned"), "", say)
    for _ in range(BLANK_LINES):
        document.add_paragraph()


def _minutes_end(document: Document, say: Words) -> None:
    document.add_heading(say("agenda.template.decisions"), 1)
    for _ in range(BLANK_LINES):
        document.add_paragraph(say("agenda.template.decision") + " ", style="List Bullet")
    document.add_heading(say("agenda.template.actions"), 1)
    document.add_paragraph(say("agenda.template.hint"), style="Hint")
    table = _table(document, layout.action_headers(say), (9.5, 4.0, 3.5))
    for _ in range(BLANK_ROWS):
        _fill(_row(table), ("", "", ""))
    document.add_heading(say("agenda.template.postponed"), 1)
    document.add_paragraph(style="List Bullet")
    document.add_heading(say("agenda.template.next"), 1)
    for key in ("next_date", "next_theme", "next_lead"):
        _labelled(document, say(f"agenda.template.{key}"), "", say)
    document.add_heading(say("agenda.template.appreciation"), 1)
    document.add_paragraph(style="List Bullet")


# Parts of an agenda -----------------------------------------------------------------------------


def _facts(document: Document, facts: Iterable[tuple[str, str]], say: Words) -> None:
    """Facts and roles in two columns without lines; a role to fill in has a rule to write on."""
    pairs = list(facts)
    half = (len(pairs) + 1) // 2
    table = document.add_table(rows=half, cols=2)
    table.autofit = False
    for index, (label, value) in enumerate(pairs):
        cell = table.cell(index % half, index // half)
        _width(cell, TEXT_WIDTH_CM / 2)
        paragraph = cell.paragraphs[0]
        paragraph.style = document.styles["Fact"]
        _label_and_text(paragraph, label, value or "_" * BLANK_WIDTH, say)
    document.add_paragraph(style="Gap")


def _agenda_table(document: Document, agenda: Agenda, say: Words) -> None:
    timed = agenda.start is not None
    widths = (1.9, 8.1, 2.6, 1.2, 3.2) if timed else (9.7, 2.6, 1.3, 3.4)
    table = _table(document, layout.headers(agenda), widths)
    for row, item in zip(layout.rows(agenda), agenda.items, strict=True):
        cells = list(_row(table))
        texts = [row.title, row.intention, row.minutes, row.lead]
        _fill(cells, [row.time, *texts] if timed else texts)
        _labels(cells[1 if timed else 0].paragraphs[0], row.labels)
        if item.id.startswith("break-"):
            for cell in cells:
                _shade(cell, PALE)
    cells = list(_row(table))
    total = [say("agenda.total"), "", str(agenda.minutes), ""]
    _fill(cells, ["", *total] if timed else total, bold=True)
    for one in table.rows:
        _right(one.cells[3 if timed else 2])


def _item(document: Document, item: AgendaItem, say: Words) -> None:
    if not (item.text or item.points or item.steps or item.wording):
        return
    minutes = say("agenda.duration", minutes=item.minutes)
    document.add_heading(f"{item.title} ({minutes})", 1)
    for line in layout.lead_in(item).splitlines():
        document.add_paragraph(line, style="Normal" if item.text else "Hint")
    _follow_ups(document, item, say)
    _wording(document, item, say)
    for point in layout.plain_points(item):
        paragraph = document.add_paragraph(point.text, style="List Bullet")
        _labels(paragraph, point.labels)
    if item.format:
        for label, text in layout.details(item, say):
            _labelled(document, label, text, say)
    if item.steps:
        headers = (say("agenda.table_step"), say("agenda.table_minutes"))
        table = _table(document, headers, (15.5, 1.5))
        for title, length in layout.step_rows(item):
            _fill(_row(table), (title, length))
        for one in table.rows:
            _right(one.cells[1])


def _wording(document: Document, item: AgendaItem, say: Words) -> None:
    if item.wording is None:
        return
    for label, text in layout.wording(item, say):
        _labelled(document, label, text, say)
    written = layout.written_by(item, say)
    if written or item.wording.labels:
        _labels(document.add_paragraph(written, style="Hint"), item.wording.labels)


def _follow_ups(document: Document, item: AgendaItem, say: Words) -> None:
    rows = layout.follow_up_rows(item, say.language)
    if not rows:
        return
    table = _table(document, layout.follow_up_headers(say), (8.9, 4.5, 3.6))
    for row in rows:
        cells = _row(table)
        _fill(cells, (row.text, row.owner, row.due))
        _labels(cells[0].paragraphs[0], row.labels)


# The document and its styles --------------------------------------------------------------------


def _document(agenda: Agenda, title: str, footer: str) -> Document:
    import docx
    from docx.shared import Cm

    document = docx.Document()
    _styles(document, "fr-CA" if agenda.language == "fr" else "en-CA")
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.59), Cm(27.94)
    section.left_margin = section.right_margin = Cm(MARGIN_CM)
    section.top_margin = section.bottom_margin = Cm(2.0)
    properties = document.core_properties
    properties.title = title
    properties.identifier = agenda.id
    properties.author = ""
    properties.comments = ""
    properties.language = "fr-CA" if agenda.language == "fr" else "en-CA"
    _footer(document, footer, words(agenda.language))
    if agenda.community:
        document.add_paragraph(agenda.community, style="Community")
    document.add_paragraph(title, style="Title")
    return document


def _styles(document: Document, language: str) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Cm, Pt, RGBColor

    styles: Any = document.styles
    normal = styles["Normal"]
    _font(normal, 10.5)
    normal.paragraph_format.space_after = Pt(4)
    _language(normal, language)
    for name, size, before, after in (("Title", 16, 0, 8), ("Heading 1", 13, 14, 4)):
        style = styles[name]
        _font(style, size)
        style.font.color.rgb = RGBColor.from_string(INK)
        style.font.bold = True
        style.paragraph_format.space_before = Pt(before)
        style.paragraph_format.space_after = Pt(after)
        style.paragraph_format.keep_with_next = True
        _without_border(style)
    for name, points in (
        ("Source", 9.0),
        ("Hint", 9.5),
        ("Fact", 10.5),
        ("Gap", 4),
        ("Cell", 10.0),
        ("Community", 11.5),
    ):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        style.font.size = Pt(points)
        style.paragraph_format.space_after = Pt(2)
    styles["Community"].font.color.rgb = RGBColor.from_string(INK)
    styles["Community"].paragraph_format.keep_with_next = True
    styles["Hint"].font.italic = True
    styles["Hint"].paragraph_format.keep_with_next = True
    _font(styles["Footer"], 8.5)
    stops = styles["Footer"].paragraph_format.tab_stops
    stops.clear_all()
    stops.add_tab_stop(Cm(TEXT_WIDTH_CM), WD_TAB_ALIGNMENT.RIGHT)
    styles["Cell"].paragraph_format.space_before = Pt(2)
    source = styles["Source"].paragraph_format
    source.left_indent, source.first_line_indent = Cm(SOURCE_INDENT_CM), Cm(-SOURCE_INDENT_CM)
    source.tab_stops.add_tab_stop(Cm(SOURCE_INDENT_CM))


def _font(style: Any, size: float) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style.font.name = FONT
    style.font.size = Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)


def _language(style: Any, language: str) -> None:
    style.element.get_or_add_rPr().append(_element("w:lang", {"w:val": language}))


def _without_border(style: Any) -> None:
    from docx.oxml.ns import qn

    properties = style.element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)


def _footer(document: Document, text: str, say: Words) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = document.styles["Footer"]
    paragraph.add_run(text)
    paragraph.add_run("\t")
    before, between = say("render.page", page="\0", pages="\0").split("\0")[:2]
    paragraph.add_run(before)
    _page_field(paragraph, "PAGE")
    paragraph.add_run(between)
    _page_field(paragraph, "NUMPAGES")


def _row(table: Table) -> tuple[_Cell, ...]:
    return tuple(table.add_row().cells)  # type: ignore[no-untyped-call]  # python-docx 1.2


def _table(document: Document, headers: Sequence[str], widths: Sequence[float]) -> Table:
    """A ruled table whose head repeats on each page and whose rows stay whole."""
    table: Table = document.add_table(rows=1, cols=len(headers), style="Table Grid")
    table.autofit = False
    properties = table._tbl.tblPr
    lines = _element("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        lines.append(_element(f"w:{side}", {"w:val": "single", "w:sz": "4", "w:color": "B8C4CC"}))
    for side in ("left", "right", "insideV"):
        lines.append(_element(f"w:{side}", {"w:val": "nil"}))
    properties.append(lines)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = _cm(width)
    head = table.rows[0]
    head._tr.get_or_add_trPr().append(_element("w:tblHeader"))
    _fill(head.cells, headers, bold=True)
    for cell in head.cells:
        _shade(cell, INK)
        for run in cell.paragraphs[0].runs:
            _color(run, "FFFFFF")
    return table


def _fill(cells: Sequence[_Cell], texts: Sequence[str], *, bold: bool = False) -> None:
    for cell, text in zip(cells, texts, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.style = "Cell"
        if text:
            paragraph.add_run(text).bold = bold or None
    row: Any = cells[0]._tc.getparent()
    row.get_or_add_trPr().append(_element("w:cantSplit"))


def _labelled(document: Document, label: str, text: str, say: Words, style: str = "Normal") -> None:
    _label_and_text(document.add_paragraph(style=style), label, text, say)


def _label_and_text(paragraph: Paragraph, label: str, text: str, say: Words) -> None:
    before, after = say("render.field", label=label, value="\0").split("\0")
    paragraph.add_run(before).bold = True
    paragraph.add_run(text + after)


def _labels(paragraph: Paragraph, labels: Sequence[int]) -> None:
    """Labels as links to their sources at the end."""
    for label in labels:
        link = _element("w:hyperlink", {"w:anchor": f"source_{label}", "w:history": "1"})
        run = paragraph.add_run(f"\u00a0[{label}]")
        run.font.superscript = True
        _color(run, INK)
        link.append(run._r)
        paragraph._p.append(link)


def _bookmark(paragraph: Paragraph, label: int) -> None:
    names = {"w:id": str(label), "w:name": f"source_{label}"}
    paragraph._p.append(_element("w:bookmarkStart", names))
    paragraph._p.append(_element("w:bookmarkEnd", {"w:id": str(label)}))


def _page_field(paragraph: Paragraph, name: str) -> None:
    field = _element("w:fldSimple", {"w:instr": name})
    run = paragraph.add_run("1")
    field.append(run._r)
    paragraph._p.append(field)


def _shade(cell: _Cell, color: str) -> None:
    fill = {"w:val": "clear", "w:color": "auto", "w:fill": color}
    cell._tc.get_or_add_tcPr().append(_element("w:shd", fill))


def _width(cell: _Cell, centimetres: float) -> None:
    cell.width = _cm(centimetres)


def _right(cell: _Cell) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _color(run: Any, color: str) -> None:
    from docx.shared import RGBColor

    run.font.color.rgb = RGBColor.from_string(color)


def _cm(centimetres: float) -> Any:
    from docx.shared import Cm

    return Cm(centimetres)


def _element(name: str, attributes: dict[str, str] | None = None) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(name)
    for key, value in (attributes or {}).items():
        element.set(qn(key), value)
    return element


def _saved(document: Document) -> bytes:
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()
