"""The same short minutes in every format the product reads, made on the spot."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

SHARED: Final = Path(__file__).resolve().parents[2] / "shared"
"""The folder of real corpora, questions and odd files that may stand beside the project."""
HEADING: Final = "Suivis"
SENTENCE: Final = "Noël enverra les vidéos d’ici le 12 mai."
NEXT: Final = "La prochaine rencontre portera sur l’accueil."
HEADER: Final = ("Action", "Responsable")
ROW: Final = ("Réserver la salle", "Maïté")

MARKDOWN: Final = f"""---
title: Rencontre d’avril
date: 2024-04-18
author: [Noël, Maïté]
---
# Compte rendu

## {HEADING}

{SENTENCE}

```
# pas un titre
```

Suite
-----

{NEXT}
"""


def markdown() -> bytes:
    return MARKDOWN.encode()


def text() -> bytes:
    return f"{SENTENCE}\r\n\r\n{NEXT}\r\n".encode("cp1252")


def rst() -> bytes:
    return (
        ":Date: 2024-04-18\n\n=====\nTitre\n=====\n\n"
        f"{HEADING}\n------\n\n{SENTENCE}\n\nSuite\n-----\n\n{NEXT}\n"
    ).encode()


def html() -> bytes:
    return (
        "<!doctype html><html lang='fr'><head><title>Rencontre d’avril</title>"
        "<style>p{color:red}</style><script>alert(1)</script></head><body>"
        f"<h1>Compte rendu</h1><h2>{HEADING}</h2><p>{SENTENCE}</p>"
        f"<table><tr><th>{HEADER[0]}</th><th>{HEADER[1]}</th></tr>"
        f"<tr><td>{ROW[0]}</td><td>{ROW[1]}</td></tr></table>"
        f"<h2>Suite</h2><p>{NEXT}</p><img src='http://192.0.2.1/x.png'></body></html>"
    ).encode()


def docx() -> bytes:
    from docx import Document

    document = Document()
    document.core_properties.title = "Rencontre d’avril"
    document.add_heading("Compte rendu", 1)
    document.add_heading(HEADING, 2)
    document.add_paragraph(SENTENCE)
    table = document.add_table(rows=0, cols=2)
    for row in (HEADER, ROW):
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words
    document.add_heading("Suite", 2)
    document.add_paragraph(NEXT)
    return _saved(document.save)


DOCX_BODY: Final = """<?xml version="1.0" encoding="UTF-8"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:v="urn:schemas-microsoft-com:vml">
<w:body>
<w:p><w:r><w:t>Gardé </w:t></w:r>
<w:ins w:id="1" w:author="a"><w:r><w:t>ajouté</w:t></w:r></w:ins>
<w:del w:id="2" w:author="a"><w:r><w:delText>retiré</w:delText></w:r></w:del></w:p>
<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:txbxContent>
<w:p><w:r><w:t>Dans la boîte</w:t></w:r></w:p></w:txbxContent></mc:Choice>
<mc:Fallback><w:txbxContent><w:p><w:r><w:t>Dans la boîte</w:t></w:r></w:p></w:txbxContent>
</mc:Fallback></mc:AlternateContent></w:r></w:p>
<w:p><w:r><w:t>Avec une note</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>
</w:body></w:document>"""
DOCX_NOTES: Final = """<?xml version="1.0" encoding="UTF-8"?>
<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:footnote w:id="2"><w:p><w:r>
<w:t>Au bas de la page</w:t></w:r></w:p></w:footnote></w:footnotes>"""


def docx_changes() -> bytes:
    """Tracked changes, a text box and a footnote, in a package with everything else missing."""
    return zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "word/document.xml": DOCX_BODY.encode(),
            "word/footnotes.xml": DOCX_NOTES.encode(),
        }
    )


def docx_transcript() -> bytes:
    from docx import Document

    document = Document()
    for speaker, time, words in (
        ("Noël Roy", "0:03", SENTENCE),
        ("Maïté Cyr", "0:41", "D’accord."),
        ("Noël Roy", "1:02:07", NEXT),
    ):
        document.add_paragraph(f"{speaker}   {time}\n{words}")
    return _saved(document.save)


def pptx() -> bytes:
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    for title, words in ((HEADING, SENTENCE), ("Suite", NEXT)):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = words
    slide.notes_slide.notes_text_frame.text = "À dire lentement"
    cells = slide.shapes.add_table(2, 2, Inches(1), Inches(4), Inches(4), Inches(1)).table
    for y, row in enumerate((HEADER, ROW)):
        for x, words in enumerate(row):
            cells.cell(y, x).text = words
    return _saved(deck.save)


def xlsx() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "Suivis"
    sheet.append(HEADER)
    for number in range(1, 61):
        sheet.append((f"Action {number}", "Maïté"))
    board = book.create_sheet("Tableau")
    for row in (("Freins", "Idées"), ("cher", "un"), (None, "deux"), (None, "trois")):
        board.append(row)
    return _saved(book.save)


def csv() -> bytes:
    return ("\ufeff" + "\r\n".join(";".join(row) for row in (HEADER, ROW))).encode("utf-8")


def pdf(pages: int = 5) -> bytes:
    from fpdf import FPDF

    document = FPDF()
    document.set_title("Rencontre d'avril")
    for number in range(1, pages + 1):
        document.add_page()
        document.set_font("helvetica", size=12)
        document.cell(text="Communauté de pratique", new_x="LMARGIN", new_y="NEXT")
        document.multi_cell(
            0, text=f"Page {WORDS[number % 10]} : les partici-\npants ont convenu {number} fois."
        )
        document.set_y(-30)
        document.cell(text=f"page {number} de {pages}")
    return bytes(document.output())


WORDS: Final = ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"]


def picture() -> bytes:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (400, 100), "white")
    ImageDraw.Draw(image).text((20, 30), "Bonjour", fill="black", font_size=40)
    return _saved(lambda file: image.save(file, "PNG"))


def pdf_picture() -> bytes:
    from PIL import Image

    image = Image.open(io.BytesIO(picture()))
    return _saved(lambda file: image.save(file, "PDF"))


def pdf_locked() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(1))))
    writer.encrypt("secret", algorithm="RC4-128")
    return _saved(writer.write)


ODF: Final = "urn:oasis:names:tc:opendocument:xmlns:"


def open_document(kind: str, body: str, styles: str = "") -> bytes:
    names = " ".join(
        f'xmlns:{short}="{ODF}{name}:1.0"'
        for short, name in (
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("draw", "drawing"),
            ("presentation", "presentation"),
            ("style", "style"),
            ("fo", "xsl-fo-compatible"),
        )
    )
    content = (
        f"<office:document-content {names}>{styles}<office:body><office:{kind}>{body}"
        f"</office:{kind}></office:body></office:document-content>"
    )
    media = {"text": "text", "presentation": "presentation", "spreadsheet": "spreadsheet"}[kind]
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{media}".encode(),
            "content.xml": content.encode(),
        }
    )


def odt() -> bytes:
    return open_document(
        "text",
        f'<text:h text:outline-level="1">{HEADING}</text:h><text:p>{SENTENCE}'
        "<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>Au bas de la page</text:p></text:note-body></text:note></text:p>"
        f'<text:h text:outline-level="1">Suite</text:h><text:p>{NEXT}</text:p>',
    )


def odp() -> bytes:
    pages = "".join(
        f'<draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>{title}</text:p>'
        f"</draw:text-box></draw:frame><draw:frame><draw:text-box><text:p>{words}</text:p>"
        "</draw:text-box></draw:frame></draw:page>"
        for title, words in ((HEADING, SENTENCE), ("Suite", NEXT))
    )
    return open_document("presentation", pages)


def ods() -> bytes:
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{c}</text:p></table:table-cell>" for c in row)
        + "</table:table-row>"
        for row in (HEADER, ROW)
    )
    return open_document("spreadsheet", f'<table:table table:name="Suivis">{rows}</table:table>')


def rtf() -> bytes:
    def escaped(words: str) -> str:
        return "".join(c if c.isascii() else f"\\u{ord(c)}?" for c in words)

    return (
        "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Arial;}}"
        f"\\pard\\outlinelevel0 {HEADING}\\par\\pard {escaped(SENTENCE)}\\par"
        f"\\pard\\outlinelevel0 Suite\\par\\pard {escaped(NEXT)}\\par}}"
    ).encode("ascii")


def vtt() -> bytes:
    return (
        f"WEBVTT\n\nNOTE généré\n\n1\n00:00:03.000 --> 00:00:05.000\n<v Noël Roy>{SENTENCE}</v>\n\n"
        f"00:12:31.000 --> 00:12:35.000 align:start\n<v Maïté>{NEXT * 30}</v>\n"
    ).encode()


def srt() -> bytes:
    return (
        f"1\n00:00:03,000 --> 00:00:05,000\n{SENTENCE}\n\n"
        f"2\n00:12:31,000 --> 00:12:35,000\n{NEXT * 30}\n"
    ).encode()


def eml() -> bytes:
    from email.message import EmailMessage

    message = EmailMessage()
    message["Subject"] = "Suivis d’avril"
    message["From"] = "Noël <noel@example.org>"
    message["To"] = "groupe@example.org"
    message["Date"] = "Thu, 18 Apr 2024 10:00:00 -0400"
    message.set_content(SENTENCE)
    message.add_alternative(f"<p>{SENTENCE}</p>", subtype="html")
    message.add_attachment(markdown(), maintype="text", subtype="markdown", filename="../cr.md")
    return message.as_bytes()


def archive() -> bytes:
    return zipped(
        {
            "dossier/cr.md": markdown(),
            "../../évasion.txt": text(),
            "__MACOSX/x": b"x",
            "autre.zip": zipped({"a.csv": csv()}),
        }
    )


def epub() -> bytes:
    return zipped(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": b"<container><rootfiles><rootfile full-path='o/b.opf'/>"
            b"</rootfiles></container>",
            "o/b.opf": b"<package xmlns:dc='http://purl.org/dc/elements/1.1/'>"
            b"<dc:title>Livre</dc:title>"
            b"<manifest><item id='a' href='un.html'/></manifest><spine><itemref idref='a'/></spine>"
            b"</package>",
            "o/un.html": html(),
        }
    )


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip of ``parts``, the same bytes whatever the hour."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    file = io.BytesIO()
    save(file)
    return file.getvalue()


FILES: Final[dict[str, Callable[[], bytes]]] = {
    "cr.md": markdown,
    "cr.txt": text,
    "cr.rst": rst,
    "cr.html": html,
    "cr.docx": docx,
    "changes.docx": docx_changes,
    "teams.docx": docx_transcript,
    "cr.pptx": pptx,
    "cr.xlsx": xlsx,
    "cr.csv": csv,
    "cr.pdf": pdf,
    "cr.odt": odt,
    "cr.odp": odp,
    "cr.ods": ods,
    "cr.rtf": rtf,
    "cr.vtt": vtt,
    "cr.srt": srt,
    "cr.eml": eml,
    "cr.epub": epub,
    "cr.zip": archive,
    "scan.png": picture,
    "scan.pdf": pdf_picture,
    "locked.pdf": pdf_locked,
}
"""Name -> what makes it."""


def write(name: str, folder: Path) -> Path:
    """The file ``name`` of :data:`FILES`, written to ``folder``."""
    path = folder / name
    path.write_bytes(FILES[name]())
    return path
