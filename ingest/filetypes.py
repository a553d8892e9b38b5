"""Which parser reads which file: one table, a row a type, and how the content is recognised.

A name can lie (a ``.docx`` that is a PDF), so where the first bytes are certain they win.
Adding a format is adding a parser file and a row.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from copassist.errors import EmptyFileError, ProtectedFileError, UnknownTypeError
from ingest.cleaning import is_text

if TYPE_CHECKING:
    from langchain_core.document_loaders.base import BaseBlobParser


@dataclass(frozen=True, slots=True)
class FileType:
    """One row: what it is called, and ``module:Class`` of its parser, imported when needed."""

    name: str
    suffixes: tuple[str, ...]
    media_type: str
    parser: str
    text: bool = False
    """Plain text: any text file under one of these suffixes is taken at its word."""


_P: Final = "ingest.parsers."
_OPEN: Final = "application/vnd.openxmlformats-officedocument."
_ODF: Final = "application/vnd.oasis.opendocument."

FILE_TYPES: Final = (
    FileType("pdf", (".pdf",), "application/pdf", _P + "pdf:PdfParser"),
    FileType(
        "docx",
        (".docx", ".docm", ".dotx"),
        _OPEN + "wordprocessingml.document",
        _P + "word:DocxParser",
    ),
    FileType("odt", (".odt", ".ott"), _ODF + "text", _P + "odf:OdtParser"),
    FileType("rtf", (".rtf",), "application/rtf", _P + "rtf:RtfParser"),
    FileType(
        "pptx",
        (".pptx", ".pptm", ".ppsx", ".potx"),
        _OPEN + "presentationml.presentation",
        _P + "slides:PptxParser",
    ),
    FileType("odp", (".odp", ".otp"), _ODF + "presentation", _P + "odf:OdpParser"),
    FileType(
        "xlsx", (".xlsx", ".xlsm", ".xltx"), _OPEN + "spreadsheetml.sheet", _P + "sheets:XlsxParser"
    ),
    FileType("xls", (".xls",), "application/vnd.ms-excel", _P + "sheets:XlsParser"),
    FileType("ods", (".ods", ".ots"), _ODF + "spreadsheet", _P + "odf:OdsParser"),
    FileType("csv", (".csv", ".tsv"), "text/csv", _P + "sheets:CsvParser", text=True),
    FileType(
        "markdown",
        (".md", ".markdown", ".mdown", ".mkd", ".qmd", ".rmd"),
        "text/markdown",
        _P + "markdown:MarkdownParser",
        text=True,
    ),
    FileType(
        "text",
        (".txt", ".text", ".log", ".org", ".adoc", ".asciidoc", ".license", ".licence"),
        "text/plain",
        _P + "text:TextParser",
        text=True,
    ),
    FileType("rst", (".rst", ".rest"), "text/x-rst", _P + "rst:RstParser", text=True),
    FileType("html", (".html", ".htm", ".xhtml"), "text/html", _P + "html:HtmlParser", text=True),
    FileType("epub", (".epub",), "application/epub+zip", _P + "html:EpubParser"),
    FileType("vtt", (".vtt",), "text/vtt", _P + "transcripts:VttParser", text=True),
    FileType("srt", (".srt",), "application/x-subrip", _P + "transcripts:SrtParser", text=True),
    FileType("eml", (".eml",), "message/rfc822", _P + "mail:EmlParser", text=True),
    FileType("msg", (".msg",), "application/vnd.ms-outlook", _P + "mail:MsgParser"),
    FileType("zip", (".zip",), "application/zip", _P + "archive:ZipParser"),
    FileType(
        "image",
        (".png", ".jpg", ".jpeg", ".tif", ".tiff"),
        "image/*",
        _P + "images:ImageParser",
    ),
    FileType("doc", (".doc", ".dot"), "application/msword", _P + "legacy:DocParser"),
    FileType("ppt", (".ppt", ".pps"), "application/vnd.ms-powerpoint", _P + "legacy:PptParser"),
)

BY_NAME: Final = {row.name: row for row in FILE_TYPES}
BY_SUFFIX: Final = {suffix: row for row in FILE_TYPES for suffix in row.suffixes}

_HEAD: Final = 4096
"""Bytes looked at to recognise a file."""
_SUFFIX: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,7}")
"""What looks like a type: ``.wav``. ``.2 notes`` or ``.2024`` are part of a title."""
_MAGIC: Final = (
    (b"{\\rtf", "rtf"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
)
_PDF_WITHIN: Final = 1024
"""The mark of a PDF may stand anywhere in this many bytes (Adobe's implementation note 13)."""
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS: Final = (
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("__properties_version1.0", "msg"),
)
_ZIP_PARTS: Final = (("word/", "docx"), ("ppt/", "pptx"), ("xl/", "xlsx"))
_MIMETYPES: Final = {BY_NAME[n].media_type: n for n in ("odt", "odp", "ods", "epub")}
"""What the file ``mimetype`` in a package says; that of a template ends in "-template"."""


def file_type(path: Path) -> FileType:
    """The row that reads ``path``, by its content where that is certain, else by its name.

    Raises :class:`UnknownTypeError`, :class:`EmptyFileError` (no byte at all) and
    :class:`ProtectedFileError` (an encrypted office file, which hides its type).
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise EmptyFileError(path=str(path))
    suffix = path.suffix.lower()
    named = BY_SUFFIX.get(suffix)
    if named and named.text and is_text(head):
        return named
    certain = _by_content(path, head, named)
    strange = not named and _SUFFIX.fullmatch(path.suffix)
    if certain and not (certain == "zip" and strange):  # what another program keeps in a zip
        return BY_NAME[certain]
    if is_text(head):
        if named:  # text under the name of a binary format
            return BY_NAME["eml" if named.name == "msg" else "text"]
        if not strange:
            return BY_NAME["text"]
    if named:
        return named
    raise UnknownTypeError(path=str(path), suffix=suffix or path.name)


def parser_for(path: Path) -> BaseBlobParser:
    """The parser that reads ``path``; raises what :func:`file_type` does."""
    return load_parser(file_type(path).parser)


@cache
def load_parser(where: str) -> BaseBlobParser:
    """An instance of the parser at ``module:Class``."""
    module, name = where.split(":")
    parser: BaseBlobParser = getattr(import_module(module), name)()
    return parser


def _by_content(path: Path, head: bytes, named: FileType | None) -> str | None:
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head.startswith(b"PK\x03\x04"):  # before PDF: one may lie in it as it is
        return _zip_content(path, named)
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return "pdf"
    if head.startswith(_OLE):
        return _ole_content(path)
    return None


def _zip_content(path: Path, named: FileType | None) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "mimetype" in names:
                media = archive.read("mimetype")[:100].decode("ascii", "replace").strip()
                if found := _MIMETYPES.get(media.removesuffix("-template")):
                    return found
            if "[Content_Types].xml" in names or "_rels/.rels" in names:
                for prefix, name in _ZIP_PARTS:
                    if any(part.startswith(prefix) for part in names):
                        return name
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError):
        return named.name if named and not named.text else None
    return "zip"


def _ole_content(path: Path) -> str | None:
    import olefile

    try:
        with olefile.OleFileIO(path) as ole:
            if ole.exists("EncryptedPackage"):
                raise ProtectedFileError(path=str(path))
            for stream, name in _OLE_STREAMS:
                if ole.exists(stream):
                    return name
    except (OSError, ValueError, IndexError, TypeError, AttributeError):
        return None
    return None
