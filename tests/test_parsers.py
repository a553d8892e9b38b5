"""One table: what each format gives, with the place of each text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import recordfiles as files
import xlrd
from fpdf import FPDF
from langchain_core.documents import Document
from langchain_core.documents.base import Blob
from recordfiles import SHARED

from copassist.errors import (
    DamagedFileError,
    EmptyFileError,
    ImageOnlyError,
    ProtectedFileError,
    TooLargeError,
    UnknownTypeError,
    UnreadableError,
)
from copassist.passages import Locator
from ingest.cleaning import clean, decode
from ingest.filetypes import BY_NAME, BY_SUFFIX, FILE_TYPES, file_type, load_parser, parser_for
from ingest.parsers import images, mail, pdf
from ingest.parsers.archive import members
from ingest.parsers.base import UNITS, Container, Limits, SectionParser
from ingest.parsers.blocks import Block, trusted
from ingest.parsers.mail import Attachment, stored
from ingest.parsers.markdown import headings
from ingest.parsers.pdf import better, rubbish
from ingest.parsers.pdftext import tidy, undouble, unhyphenate
from ingest.parsers.sheets import XlsParser, delimiter_of
from ingest.parsers.transcripts import turns_of

ROWS = f"{' | '.join(files.HEADER)}\n{' | '.join(files.ROW)}"
EXPECTED: dict[str, list[tuple[str, str, str]]] = {
    # name: (place as a French reader sees it, unit, words that stand there)
    "cr.md": [
        ("§ Compte rendu › Suivis", "prose", files.SENTENCE),
        ("§ Compte rendu › Suivis", "prose", "# pas un titre"),
        ("§ Compte rendu › Suite", "prose", files.NEXT),
    ],
    "cr.txt": [("", "prose", f"{files.SENTENCE}\n\n{files.NEXT}")],
    "cr.rst": [
        ("§ Titre › Suivis", "prose", files.SENTENCE),
        ("§ Titre › Suite", "prose", files.NEXT),
    ],
    "cr.html": [
        ("§ Compte rendu › Suivis", "prose", files.SENTENCE),
        ("§ Compte rendu › Suivis", "table", ROWS),
        ("§ Compte rendu › Suite", "prose", files.NEXT),
    ],
    "cr.docx": [
        ("§ Compte rendu › Suivis", "prose", files.SENTENCE),
        ("§ Compte rendu › Suivis", "table", ROWS),
        ("§ Compte rendu › Suite", "prose", files.NEXT),
    ],
    "changes.docx": [
        ("", "prose", "Gardé ajouté"),
        ("zone de texte", "prose", "Dans la boîte"),
        ("", "prose", "Avec une note"),
        ("notes de bas de page", "prose", "Au bas de la page"),
    ],
    "teams.docx": [("00:00:03", "transcript", f"Noël Roy : {files.SENTENCE}")],
    "cr.pptx": [
        ("diapo 1, § Suivis", "prose", files.SENTENCE),
        ("diapo 2, § Suite", "prose", files.NEXT),
        ("diapo 2, § Suite", "table", ROWS),
        ("diapo 2, notes de présentation, § Suite", "prose", "À dire lentement"),
    ],
    "cr.xlsx": [
        ("feuille Suivis, l. 2-41", "table", "Action | Responsable\nAction 1 | Maïté"),
        ("feuille Suivis, l. 42-61", "table", "Action | Responsable\nAction 41 | Maïté"),
        ("feuille Tableau, l. 2, § Freins", "list", "cher"),
        ("feuille Tableau, l. 2-4, § Idées", "list", "un\ndeux\ntrois"),
    ],
    "cr.csv": [("l. 2", "table", ROWS)],
    "cr.pdf": [
        (f"p. {n}", "prose", f"Page {files.WORDS[n]} : les participants ont convenu {n} fois.")
        for n in range(1, 6)
    ],
    "cr.odt": [
        ("§ Suivis", "prose", files.SENTENCE),
        ("notes de bas de page, § Suivis", "prose", "Au bas de la page"),
        ("§ Suite", "prose", files.NEXT),
    ],
    "cr.odp": [
        ("diapo 1, § Suivis", "prose", files.SENTENCE),
        ("diapo 2, § Suite", "prose", files.NEXT),
    ],
    "cr.ods": [("feuille Suivis, l. 2", "table", ROWS)],
    "cr.rtf": [("§ Suivis", "prose", files.SENTENCE), ("§ Suite", "prose", files.NEXT)],
    "cr.vtt": [
        ("00:00:03", "transcript", f"Noël Roy : {files.SENTENCE}"),
        ("00:12:31", "transcript", f"Maïté : {files.NEXT}"),
    ],
    "cr.srt": [("00:00:03", "transcript", files.SENTENCE), ("00:12:31", "transcript", files.NEXT)],
    "cr.eml": [
        ("en-tête", "prose", "Subject: Suivis d’avril"),
        ("corps du message", "prose", files.SENTENCE),
    ],
    "cr.epub": [
        ("§ Compte rendu › Suivis", "prose", files.SENTENCE),
        ("§ Compte rendu › Suite", "prose", files.NEXT),
    ],
}
PROPERTIES: dict[str, dict[str, str]] = {
    "cr.md": {"title": "Rencontre d’avril", "date": "2024-04-18"},
    "cr.rst": {"date": "2024-04-18"},
    "cr.html": {"title": "Rencontre d’avril", "language": "fr"},
    "cr.docx": {"title": "Rencontre d’avril"},
    "cr.pdf": {"title": "Rencontre d'avril"},
    "cr.epub": {"title": "Livre"},
    "cr.eml": {"title": "Suivis d’avril", "date": "2024-04-18"},
}
ABSENT = {
    "cr.html": ("alert", "color:red"),
    "changes.docx": ("retiré",),
    "cr.pdf": ("page 3 de 5", "partici-"),
    "cr.vtt": ("généré", "-->", "<v"),
    "cr.eml": ("<p>",),
}


def parsed(path: Path) -> list[Document]:
    return parser_for(path).parse(Blob.from_path(path))


def place(document: Document) -> str:
    return Locator.from_dict(document.metadata["locator"]).label("fr")


@pytest.mark.parametrize("name", EXPECTED)
def test_sections_and_their_places(name: str, tmp_path: Path) -> None:
    found = parsed(files.write(name, tmp_path))
    at = 0
    for where, unit, words in EXPECTED[name]:
        while not (
            place(found[at]) == where
            and found[at].metadata["unit"] == unit
            and words in found[at].page_content
        ):
            at += 1
            assert at < len(found), (
                where,
                unit,
                words,
                [(place(d), d.page_content) for d in found],
            )
    everything = "\n".join(document.page_content for document in found)
    for words in ABSENT.get(name, ()):
        assert words not in everything


@pytest.mark.parametrize("name", PROPERTIES)
def test_properties_stand_on_the_first_section(name: str, tmp_path: Path) -> None:
    first, *others = parsed(files.write(name, tmp_path))
    assert first.metadata["properties"].items() >= PROPERTIES[name].items()
    assert not any("properties" in document.metadata for document in others)


@pytest.mark.parametrize("name", ["cr.pptx", "cr.xlsx"])
def test_a_file_that_does_not_say_when_it_was_made_was_not_made_now(
    name: str, tmp_path: Path
) -> None:
    """openpyxl and python-pptx make up what is missing."""
    path = files.write(name, tmp_path)
    with zipfile.ZipFile(path) as package:
        parts = {part: package.read(part) for part in package.namelist()}
    for part in ("_rels/.rels", "[Content_Types].xml"):
        parts[part] = re.sub(rb"<(?:Override|Relationship)[^>]*core[^>]*/>", b"", parts[part])
    del parts["docProps/core.xml"]
    path.write_bytes(files.zipped(parts))
    assert not any("properties" in one.metadata for one in parsed(path))


def test_every_type_has_a_parser_and_its_own_suffixes() -> None:
    suffixes = [suffix for row in FILE_TYPES for suffix in row.suffixes]
    assert len(suffixes) == len(set(suffixes)) == len(BY_SUFFIX)
    for row in FILE_TYPES:
        assert isinstance(load_parser(row.parser), SectionParser)


@pytest.mark.parametrize("name", EXPECTED)
def test_units_are_known_and_nothing_is_blank(name: str, tmp_path: Path) -> None:
    for document in parsed(files.write(name, tmp_path)):
        assert document.metadata["unit"] in UNITS
        assert document.page_content.strip()


# --- names that lie --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        ("cr.pdf", "lie.docx", "pdf"),
        ("cr.docx", "lie.zip", "docx"),
        ("cr.docx", "lie.txt", "docx"),
        ("cr.xlsx", "lie.docx", "xlsx"),
        ("cr.odt", "lie.docx", "odt"),
        ("cr.epub", "lie.zip", "epub"),
        ("cr.zip", "lie.docx", "zip"),
        ("cr.zip", "Tout v1.2 notes", "zip"),
        ("pdf.zip", "lie.zip", "zip"),
        ("scan.png", "lie.pdf", "image"),
        ("cr.rtf", "lie.doc", "rtf"),
        ("cr.md", "lie.pdf", "text"),
        ("cr.md", "Hackathon Notes", "text"),
        ("cr.md", "v1.2 notes", "text"),
        ("cr.md", "LICENSE", "text"),
        ("cr.md", "cr.MD", "markdown"),
    ],
)
def test_content_wins_over_the_name(content: str, name: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / name
    made = files.FILES | {"pdf.zip": pdf_as_it_is}
    path.write_bytes(made[content]())
    assert file_type(path).name == kind


def pdf_as_it_is() -> bytes:
    """An archive that begins with a PDF, not made smaller: its mark is among the first bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("cr.pdf", files.pdf(1))
    return file.getvalue()


@pytest.mark.parametrize("kind", ["odt", "odp", "ods"])
def test_templates_are_read_as_what_they_are_for(kind: str, tmp_path: Path) -> None:
    media = f"{BY_NAME[kind].media_type}-template".encode()
    path = tmp_path / "gabarit.zip"
    path.write_bytes(files.zipped({"mimetype": media, "content.xml": b"<x/>"}))
    assert file_type(path).name == kind


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.wav", b"RIFF\x00\x01\x02", UnknownTypeError),
        ("signed.p7s", b"-----BEGIN PKCS7-----", UnknownTypeError),
        ("plan.odg", files.zipped({"mimetype": b"x", "content.xml": b"<x/>"}), UnknownTypeError),
        ("plan.pages", files.zipped({"preview.jpg": b"x"}), UnknownTypeError),
        ("a.md", b"", EmptyFileError),
        ("a.txt", b" \r\n\t\n", EmptyFileError),
        ("a.md", "\ufeff\u200b\n".encode(), EmptyFileError),
        ("a.csv", b"\n\n", EmptyFileError),
        ("a.html", b"<html><script>x</script></html>", EmptyFileError),
        ("a.docx", b"PK\x03\x04 and then nothing", DamagedFileError),
        ("a.pdf", b"%PDF-1.7\n\x00\x01\xff", DamagedFileError),
        ("a.png", b"\x89PNG\r\n\x1a\n", DamagedFileError),
        ("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), DamagedFileError),
        ("a.xlsx", files.zipped({"[Content_Types].xml": b"", "xl/a": b""}), DamagedFileError),
        ("a.docx", files.zipped({"_rels/.rels": b"", "word/a": b""}), DamagedFileError),
        (
            "a.docx",
            files.zipped({"_rels/.rels": b"", "word/document.xml": b"<w"}),
            DamagedFileError,
        ),
    ],
)
def test_unreadable_files_say_why(
    name: str, data: bytes, error: type[UnreadableError], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(error) as raised:
        parsed(path)
    for language in ("fr", "en"):
        assert path.name in raised.value.describe(language)


def test_a_password_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ProtectedFileError):
        parsed(files.write("locked.pdf", tmp_path))


@pytest.mark.parametrize("name", ["scan.png", "scan.pdf"])
def test_pictures_without_ocr_are_reported(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "can_recognise", lambda: False)
    with pytest.raises(ImageOnlyError):
        parsed(files.write(name, tmp_path))


@pytest.mark.parametrize("name", ["scan.png", "scan.pdf"])
def test_pictures_are_read_with_ocr(name: str, tmp_path: Path) -> None:
    if not images.can_recognise():
        pytest.skip("no tesseract on this machine")
    (document,) = parsed(files.write(name, tmp_path))
    assert "Bonjour" in document.page_content
    assert place(document) == "p. 1"


# --- Markdown --------------------------------------------------------------------------------


def test_markdown_sections_are_slices_of_the_source() -> None:
    """Of the sample community, and of real records where these stand beside the project."""
    ours = sorted((Path(__file__).parents[1] / "samples").rglob("*.md"))
    assert len(ours) >= 5
    for path in (*ours, *sorted((SHARED / "corpus").rglob("*.md"))[::7]):
        source = clean(decode(path.read_bytes()))
        for document in parsed(path):
            assert document.page_content in source, path


def test_no_line_of_markdown_is_lost_or_doubled(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    source = "avant\n\n# A\n\n## B\n\ntexte b\n\n## C\n\n# D\n> # cité\n\n- # dans une liste\n"
    path.write_text(source, encoding="utf-8")
    found = [(place(d), d.page_content) for d in parsed(path)]
    assert found == [
        ("", "avant"),
        ("§ A › B", "## B\n\ntexte b"),
        ("§ A › C", "## C"),
        ("§ D", "# D\n> # cité\n\n- # dans une liste"),
    ]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("# Un *deux* [trois](x) `quatre`", [(1, "Un deux trois quatre")]),
        ("Titre\n=====\n\nAutre\n---", [(1, "Titre"), (2, "Autre")]),
        ("une\ndeux\ntrois\n---", []),
        ("~~~\n# non\n~~~\n    # non plus", []),
        ("## Titre {#ancre .classe}", [(2, "Titre")]),
        ("<h2 align='center'>Un <b>titre</b></h2>", [(2, "Un titre")]),
        ("", []),
    ],
)
def test_headings(source: str, found: list[tuple[int, str]]) -> None:
    assert [(heading.level, heading.text) for heading in headings(source)] == found


def test_a_card_is_its_front_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("---\ntitle: Atelier\ndescription: Matomo\n---\n", encoding="utf-8")
    (document,) = parsed(path)
    assert "description: Matomo" in document.page_content
    assert place(document) == "propriétés"


@pytest.mark.parametrize(
    "matter", ["title: [", "date: 2024-13-45", "- liste", "a: !!python/object:os.x"]
)
def test_front_matter_that_does_not_parse_is_text(matter: str, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"---\n{matter}\n---\n\nLe texte.\n", encoding="utf-8")
    assert "Le texte." in "".join(document.page_content for document in parsed(path))


# --- PDF -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "others", "whole"),
    [
        ("les partici-\npants", "", "les participants"),
        ("peut-\nêtre", "", "peut-être"),
        ("mi-\nparcours", "mi-parcours", "mi-parcours"),
        ("2023-\n2024", "", "2023-2024"),
        ("Jean-\nMarie", "", "Jean-Marie"),
        ("fin -\nsuite", "", "fin -\nsuite"),
    ],
)
def test_words_cut_at_a_line_end(text: str, others: str, whole: str) -> None:
    from collections import Counter

    assert unhyphenate(text, Counter(others.split())) == whole


@pytest.mark.parametrize("hyphen", ["-", "\u00ad"])
@pytest.mark.parametrize("engine", ["pypdf", "pdfium"])
def test_words_cut_at_a_line_end_of_a_page(
    hyphen: str, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = FPDF()
    page.set_font("helvetica")
    page.add_page()
    for line in (f"On parle de la con{hyphen}", "version des fiches, et peut-", "être du prêt."):
        page.cell(text=line, new_x="LMARGIN", new_y="NEXT")
    path = tmp_path / "cr.pdf"
    page.output(str(path))
    if engine == "pdfium":
        monkeypatch.setattr(pdf, "_pypdf", lambda *_: None)
    [found] = parsed(path)
    words = " ".join(found.page_content.split())
    assert words == "On parle de la conversion des fiches, et peut-être du prêt."


@pytest.mark.parametrize(
    ("text", "single"),
    [
        ("SSAAMMPPLLEE", "SAMPLE"),
        ("TToottaall 1122", "Total 12"),
        ("1122 3344", "1122 3344"),
        ("il a vu maman", "il a vu maman"),
    ],
)
def test_doubled_letters(text: str, single: str) -> None:
    assert undouble(text) == single


def test_rubbish_is_measured_and_the_better_engine_kept() -> None:
    text = "Une phrase ordinaire, avec ses espaces et ses accents. " * 10
    assert rubbish(text) == rubbish("") == 0
    for bad in ("\ue001\ue002" * 20, "a\nb\n" * 20, text.replace(" ", ""), "(cid:12)" * 30):
        assert rubbish(bad) > 1
        assert better(bad, text) == text
    assert better(text, text.upper()) == text
    assert better(text[:100], text) == text
    assert better(text, "") == text


def test_margins_go_except_the_first_time() -> None:
    pages = [
        f"Titre du guide\n{number}\nCorps {word}\n" + "ligne\n" * 5 + f"fin {word}\np. {number}"
        for number, word in enumerate("abcdefgh")
    ]
    first, *_, last = tidy(pages)
    assert first == "Titre du guide\nCorps a\n" + "ligne\n" * 5 + "fin a"
    assert last == "Corps h\n" + "ligne\n" * 5 + "fin h"
    assert tidy(["seule\npage"]) == ["seule\npage"]


# --- sheets, archives, mails -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [("a,b\nc,d", ","), ("a, b; c\nd; e\nf, g; h", ";"), ("a\tb\n1,5\t2,5", "\t"), ("seul", ",")],
)
def test_delimiters(text: str, delimiter: str) -> None:
    assert delimiter_of(text) == delimiter


def expand(path: Path, scratch: Path, limits: Limits | None = None) -> dict[str, Path]:
    parser: Any = parser_for(path)
    assert isinstance(parser, Container)
    blob = Blob.from_path(path, metadata={"source": path.name})
    return {m.name: m.path for m in parser.expand(blob, scratch, limits or Limits())}


def test_the_title_of_an_rtf_has_its_accents(tmp_path: Path) -> None:
    path = tmp_path / "a.rtf"
    path.write_bytes(rb"{\rtf1\ansi{\info{\title R\'e9union d\u8217?avril}}Le comit\'e9.\par}")
    [only] = parsed(path)
    assert only.page_content == "Le comité."
    assert only.metadata["properties"] == {"title": "Réunion d’avril"}


def test_a_delimiter_that_is_said_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "suivis.csv"
    path.write_text("sep=;\nQui;Quoi\nAnne;lit, écrit\n", encoding="utf-8")
    [table] = parsed(path)
    assert table.page_content == "Qui | Quoi\nAnne | lit, écrit"
    assert place(table) == "l. 2"


def test_an_old_workbook_with_a_password_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise xlrd.XLRDError("Workbook is encrypted")

    monkeypatch.setattr(xlrd, "open_workbook", refuse)
    with pytest.raises(ProtectedFileError):
        XlsParser().parse(Blob.from_data(b"", metadata={"source": "a.xls"}))


def test_members_of_an_archive(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    found = expand(files.write("cr.zip", tmp_path), scratch)
    assert sorted(found) == [
        "cr.zip/autre.zip/a.csv",
        "cr.zip/dossier/cr.md",
        "cr.zip/évasion.txt",
    ]
    assert all(path.resolve().parent == scratch.resolve() for path in found.values())
    assert found["cr.zip/dossier/cr.md"].read_bytes() == files.markdown()


def test_an_archive_that_cannot_be_opened_fails_alone_and_names_are_kept_apart(
    tmp_path: Path,
) -> None:
    packed = tmp_path / "p.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.md", "Un.")
        archive.writestr("./a.md", "Deux.")
        archive.writestr("damaged.zip", b"PK\x03\x04 no archive")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    found = expand(packed, scratch)
    assert sorted(found) == ["p.zip/a (2).md", "p.zip/a.md", "p.zip/damaged.zip"]
    assert found["p.zip/a (2).md"].read_text() == "Deux."


def test_an_archive_of_a_later_version_inside_fails_alone(tmp_path: Path) -> None:
    later = bytearray(files.zipped({"a.md": b"Un."}))
    later[later.index(b"PK\x01\x02") + 6] = 99
    packed = tmp_path / "p.zip"
    packed.write_bytes(files.zipped({"a.md": b"Un.", "later.zip": bytes(later)}))
    (tmp_path / "scratch").mkdir()
    assert sorted(expand(packed, tmp_path / "scratch")) == ["p.zip/a.md", "p.zip/later.zip"]


MIXED = """Subject: Grille
Content-Type: multipart/{kind}; boundary=b

--b
Content-Type: text/html

<p>Le comité adopte la grille.</p>
--b
Content-Type: text/plain

{plain}
--b--
"""


@pytest.mark.parametrize(
    ("kind", "plain", "said"),
    [
        ("mixed", "Liste de la CdP", ["Le comité adopte la grille.", "Liste de la CdP"]),
        ("alternative", "Le comité adopte la grille.", ["Le comité adopte la grille."]),
    ],
)
def test_a_plain_footer_does_not_stand_for_the_body(
    tmp_path: Path, kind: str, plain: str, said: list[str]
) -> None:
    path = tmp_path / "m.eml"
    path.write_text(MIXED.format(kind=kind, plain=plain), encoding="utf-8")
    blob = Blob.from_path(path, metadata={"source": path.name})
    _, *bodies = parser_for(path).lazy_parse(blob)
    assert [body.page_content.strip() for body in bodies] == said


FORWARDED = """Content-Type: message/rfc822

Subject: Transféré
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/plain

Ailleurs
--c--
--b--
"""


def test_what_a_forwarded_mail_offers_says_nothing_of_the_body(tmp_path: Path) -> None:
    path = tmp_path / "m.eml"
    around = MIXED.format(kind="mixed", plain="Liste de la CdP").removesuffix("--b--\n")
    path.write_text(f"{around}--b\n{FORWARDED}", encoding="utf-8")
    said = [one.page_content for one in parsed(path)]
    assert said[1:] == ["Le comité adopte la grille.", "Liste de la CdP"]


def test_a_subject_in_no_encoding_keeps_its_accents(tmp_path: Path) -> None:
    path = tmp_path / "m.eml"
    path.write_text("Subject: Réunion du comité\n\nBonjour.\n", encoding="utf-8")
    blob = Blob.from_path(path, metadata={"source": path.name})
    first, *_ = parser_for(path).lazy_parse(blob)
    assert first.page_content == "Subject: Réunion du comité"


def test_a_header_over_two_lines_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "m.eml"
    path.write_text("Subject: Réunion\n\tdu comité\n\nBonjour.\n", encoding="utf-8")
    assert parsed(path)[0].page_content == "Subject: Réunion du comité"


@pytest.mark.parametrize(
    ("footer", "kept"),
    [
        ("Total : {amount} $", True),
        ("page {page} de 3", False),
        ("Page {page}", False),
        ("Résolution {page}", True),
        ("Compte rendu du 12 mars 2024", False),
    ],
)
def test_only_numbers_that_count_pages_are_alike(footer: str, kept: bool) -> None:
    pages = [
        "\n".join([*(f"Ligne {page}-{row} du texte" for row in "abcdefghij"), ""])
        + footer.format(page=page, amount=125 * page * page)
        for page in (1, 2, 3)
    ]
    last = [page.split("\n")[-1] for page in tidy(pages)]
    assert last[2].startswith(footer[:5]) == kept


def test_an_agenda_with_hours_is_no_transcript() -> None:
    agenda = [
        "Accueil  9:00",
        "Budget  9:15",
        "Grille : deux avis",
        "Pause  10:30",
        "Suivis  10:45",
    ]
    assert turns_of(agenda) == []
    assert turns_of([line for item in agenda for line in (item, "On en parle.")]) == []
    spoken = [
        "Anne  0:12",
        "Bonjour.",
        "Karim  0:30",
        "Bonjour à tous.",
        "Anne  0:45",
        "On commence.",
    ]
    assert [turn.speaker for turn in turns_of(spoken)] == ["Anne", "Karim", "Anne"]


def test_an_accent_at_the_very_end_is_kept_in_any_encoding() -> None:
    assert decode("Fait par André".encode("cp1252")) == "Fait par André"
    assert decode("Rédigé par André".encode()[:-1]) == "Rédigé par Andr"


def test_attachments_of_a_mail(tmp_path: Path) -> None:
    found = expand(files.write("cr.eml", tmp_path), tmp_path)
    assert {name: path.read_bytes() for name, path in found.items()} == {
        "cr.eml/cr.md": files.markdown()
    }


def test_headers_of_a_message_from_outlook_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its transport headers are those of the mail as it came."""
    message = SimpleNamespace(
        message_class="IPM.Note",
        message_headers={"Subject": "=?utf-8?Q?R=C3=A9union_du_?=\n =?utf-8?Q?comit=C3=A9?="},
        subject="Réunion du comité",
        sender="Anne Roy",
        recipients=(),
        sent_date=None,
        body="Bonjour.",
        html_body=None,
    )
    monkeypatch.setattr(mail, "_outlook", lambda _: message)
    first, _ = mail.MsgParser().parse(Blob.from_data(b"", metadata={"source": "m.msg"}))
    assert first.page_content == "Subject: Réunion du comité\nFrom: Anne Roy"
    assert first.metadata["properties"]["title"] == "Réunion du comité"


def test_attachments_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    blob = Blob.from_data(b"", metadata={"source": "m.eml"})
    sent = [Attachment(name, name.encode()) for name in ("a.md", "a.md", "a (2).md")]
    found = [one.name for one in stored(sent, blob, tmp_path, Limits())]
    assert found == ["m.eml/a.md", "m.eml/a (2).md", "m.eml/a (2) (2).md"]


@pytest.mark.parametrize(
    ("parts", "limits"),
    [
        ({f"{n}.txt": b"x" for n in range(30)}, Limits(members=20)),
        ({"zero.txt": bytes(20_000_000)}, Limits()),
        ({"a.bin": b"x" * 2000}, Limits(total_bytes=1000)),
        ({"a.bin": b"x" * 2000}, Limits(member_bytes=1000)),
        ({"a.zip": files.zipped({"b.zip": files.zipped({"c.txt": b"x"})})}, Limits(depth=2)),
    ],
)
def test_bombs_are_refused(parts: dict[str, bytes], limits: Limits, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(files.zipped(parts))
    with pytest.raises(TooLargeError) as caught:
        list(members(path, tmp_path, limits))
    assert re.search("MB|files in|archives inside|times smaller", caught.value.reason("en"))


BOLD_HTML = """<p><b>Suivis</b></p><p>Karim <b>regroupe</b> les envois.</p>
<p><span style="font-weight: 700">Inventaire</span></p><p>Lucie a terminé.</p>
<ul><li><b>Cartes</b></li></ul>"""
BOLD_ODT = """<text:p><text:span text:style-name="T1">Suivis</text:span></text:p>
<text:p>Karim <text:span text:style-name="T1">regroupe</text:span> les envois.</text:p>
<text:p text:style-name="P1">Inventaire</text:p><text:p>Lucie a terminé.</text:p>"""
STYLES = """<office:automatic-styles><style:style style:name="{}" style:family="text">
<style:text-properties fo:font-weight="bold"/></style:style></office:automatic-styles>"""


SITE = (
    "<div class='breadcrumbs'><a>Accueil</a> &gt; <a>Guides</a></div>"
    "<ul id='menu'><li><a>Écoles</a></li></ul>"
    "<div role='navigation'>Plan du site</div><main><h1>Prêt</h1><p>Deux semaines.</p>"
    "<article><p>Les tablettes.</p><footer>Anne Roy</footer></article></main>"
    "<div class='page-footer'>Tous droits réservés</div><footer><p>© Nos écoles</p></footer>"
)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (SITE, ["Prêt", "Deux semaines.", "Les tablettes.", "Anne Roy"]),
        ("<div class='menu'><h1>Menu du mois</h1><p>Soupe</p></div>", ["Menu du mois", "Soupe"]),
        ("<footer>Le seul texte</footer>", ["Le seul texte"]),
        (
            "<h2 id='navigation'>Navigation</h2><p>Voir <a class='nav'>le plan</a>.</p>",
            ["Navigation", "Voir le plan."],
        ),
        (
            "<section id='cookies'><h2>Cookies</h2><p>Trente jours.</p></section>",
            ["Cookies", "Trente jours."],
        ),
        ("<div class='menu'><p>Lundi : soupe</p></div>", ["Lundi : soupe"]),
        ("<main><p>A</p><footer>Présents : Anne</footer></main>", ["A", "Présents : Anne"]),
        ("<div id='nav'><div role='main'><p>Le <a>texte</a></p></div></div>", ["Le texte"]),
        ("<p class='menu-du-jour'>Soupe</p>", ["Soupe"]),
        ("<h1>Compte<br>rendu</h1><p>Oui.</p>", ["Compte rendu", "Oui."]),
    ],
)
def test_what_stands_around_the_text_of_a_page(tmp_path: Path, body: str, kept: list[str]) -> None:
    file = tmp_path / "page.html"
    file.write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    lines = [line for one in parsed(file) for line in one.page_content.split("\n") if line]
    assert lines == kept


@pytest.mark.parametrize("kind", ["html", "odt"])
def test_lines_in_bold_are_headings_where_nothing_else_is(kind: str, tmp_path: Path) -> None:
    file = tmp_path / f"cr.{kind}"
    if kind == "html":
        file.write_text(f"<html><body>{BOLD_HTML}</body></html>", encoding="utf-8")
    else:
        styles = STYLES.format("T1") + STYLES.format("P1")
        file.write_bytes(files.open_document("text", BOLD_ODT, styles))
    assert [place(section) for section in parsed(file)] == ["§ Suivis", "§ Inventaire"]
    if kind == "html":
        styled = f"<html><body><h2>Rencontre</h2>{BOLD_HTML}</body></html>"
        file.write_text(styled, encoding="utf-8")
        assert [place(section) for section in parsed(file)] == ["§ Rencontre"]


NUMBERED = ("1. Suivis", "Tout est fait.", "2. Transport", "Rien.", "3. Argent", "Il reste 5 $.")


@pytest.mark.parametrize(
    ("lines", "titles"),
    [
        (NUMBERED, ["1. Suivis", "2. Transport", "3. Argent"]),
        (("Compte rendu", "Présents : Ana", *NUMBERED), ["1. Suivis", "2. Transport", "3. Argent"]),
        # a list has nothing under its items; two lines are no record's points; a sentence no title
        (("1. Plier", "2. Couper", "3. Coller"), []),
        (NUMBERED[:4], []),
        (("1. On plie.", "a", "2. On coupe.", "b", "3. On colle.", "c"), []),
        (("1. Suivis", "a", "3. Argent", "b", "4. Divers", "c"), []),
    ],
)
def test_numbered_lines_title_the_points_of_a_record_without_headings(
    lines: Sequence[str], titles: list[str]
) -> None:
    found = trusted([Block(line) for line in lines])
    assert [block.text for block in found if block.level] == titles


def test_numbered_lines_are_no_titles_beside_headings() -> None:
    blocks = [Block("Bilan", 1), Block("Suites", 1), *map(Block, NUMBERED)]
    assert trusted(blocks) == blocks
