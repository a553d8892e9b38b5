"""What all parsers share: sections, limits, and the one boundary where foreign errors stop."""

from __future__ import annotations

import sys
from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

from langchain_core.document_loaders.base import BaseBlobParser
from langchain_core.documents import Document

from copassist.errors import (
    DamagedFileError,
    EmptyFileError,
    ProtectedFileError,
    TooLargeError,
    UnreadableError,
)
from copassist.passages import Locator
from ingest.cleaning import clean

if TYPE_CHECKING:
    from langchain_core.documents.base import Blob

UNITS: Final = ("prose", "table", "list", "transcript")
MAX_CHARACTERS: Final = 20_000_000
"""Most text one file may give: six times *War and Peace*. More is a bomb or a data dump."""
MAX_XML_BYTES: Final = 150_000_000
"""Largest part of an office file that is unpacked: the 872-page handbook's is 8 MB."""
TABLE_ROWS: Final = 40
"""Rows in one table section: about what fits on a printed page; the header is repeated."""
DETAIL_CHARACTERS: Final = 160

FOREIGN: Final[Mapping[str, tuple[str, ...]]] = {
    "builtins": (
        "ArithmeticError",
        "AssertionError",
        "AttributeError",
        "EOFError",
        "LookupError",
        "NameError",
        "NotImplementedError",
        "OSError",
        "RecursionError",
        "RuntimeError",
        "SyntaxError",
        "TypeError",
        "ValueError",  # and so UnicodeError, binascii.Error, JSONDecodeError
    ),
    "csv": ("Error",),
    "email.errors": ("MessageError",),
    "lxml.etree": ("LxmlError",),
    "lzma": ("LZMAError",),
    "olefile.olefile": ("OleFileError",),
    "openpyxl.utils.exceptions": ("InvalidFileException",),
    "PIL": ("UnidentifiedImageError",),
    "PIL.Image": ("DecompressionBombError",),
    "pdfminer.psexceptions": ("PSException",),
    "pdfplumber.utils.exceptions": ("MalformedPDFException", "PdfminerException"),
    "pptx.exc": ("PythonPptxError",),
    "pypdf.errors": ("PyPdfError", "DependencyError"),
    "pypdfium2": ("PdfiumError",),
    "struct": ("error",),
    "subprocess": ("SubprocessError",),
    "xlrd": ("XLRDError",),
    "xlrd.compdoc": ("CompDocError",),
    "xml.etree.ElementTree": ("ParseError",),
    "xml.sax": ("SAXException",),
    "yaml": ("YAMLError",),
    "zipfile": ("BadZipFile", "LargeZipFile"),
    "zlib": ("error",),
}
"""Module -> exceptions that libraries raise on a damaged file. Broken files make them stumble on
plain KeyError or AttributeError too, so those are here: whatever a parser raises is that file's
trouble, never the run's."""
_PROBLEMS: Final = {
    "zipfile": "zip",
    "zlib": "zip",
    "lzma": "zip",
    "lxml": "xml",
    "xml": "xml",
    "pypdf": "pdf",
    "pypdfium2": "pdf",
}
"""Top module of an exception -> what is told of it (``problems.`` in the words)."""
PROTECTED: Final = ("FileNotDecryptedError", "WrongPasswordError")


@dataclass(frozen=True, slots=True)
class Member:
    """A document inside another: ``name`` is ``pack.zip/folder/a.md``, ``path`` its copy."""

    name: str
    path: Path
    error: UnreadableError | None = None
    """Why there is no copy: it alone is not read."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold. Sizes in bytes."""

    members: int = 2_000
    """Ten years of a weekly community with three attachments a week: 1,560."""
    member_bytes: int = 200_000_000
    total_bytes: int = 1_000_000_000
    ratio: float = 200.0
    """Office files inside do not shrink, text does 3 to 20 times, logs up to 100."""
    depth: int = 3
    """Archives in archives: three boxes deep is somebody's real backup, more is a trap."""


@runtime_checkable
class Container(Protocol):
    """A parser whose files hold other documents: archives, mails with attachments."""

    def expand(self, blob: Blob, scratch: Path, limits: Limits) -> Iterator[Member]:
        """Each document inside, written below ``scratch`` and nowhere else."""
        ...


class SectionParser(BaseBlobParser):
    """A parser gives its raw sections; this class cleans, counts and guards them."""

    verbatim: bool = False
    """Whether sections are slices of an already cleaned source, to be left as they are."""

    @abstractmethod
    def sections(self, blob: Blob) -> Iterator[Document]:
        """Sections in reading order, made with :func:`section`."""

    def lazy_parse(self, blob: Blob) -> Iterator[Document]:
        """Sections with text, in reading order, none across two pages, slides or headings.

        Raises only leaves of :class:`UnreadableError`; :class:`EmptyFileError` when there is
        no text at all.
        """
        source = source_of(blob)
        characters = 0
        with translated(source):
            for document in self.sections(blob):
                text = document.page_content if self.verbatim else clean(document.page_content)
                text = text.strip("\n") if self.verbatim else text.strip()
                if not text.strip():
                    continue
                characters += len(text)
                if characters > MAX_CHARACTERS:
                    raise TooLargeError(
                        path=source, limit="characters", most=MAX_CHARACTERS // 1_000_000
                    )
                document.page_content = text
                yield document
            if not characters and not isinstance(self, Container):
                raise EmptyFileError(path=source)


def section(
    text: str,
    locator: Locator,
    unit: str = "prose",
    *,
    properties: Mapping[str, Any] | None = None,
) -> Document:
    """One section as a langchain document."""
    metadata: dict[str, Any] = {"locator": locator.to_dict(), "unit": unit}
    known = {key: value for key, value in (properties or {}).items() if value}
    if known:
        metadata["properties"] = known
    return Document(page_content=text, metadata=metadata)


def source_of(blob: Blob) -> str:
    """The name by which people know the file of ``blob``."""
    return blob.source or "?"


def unlike(name: str, names: Collection[str]) -> str:
    """``name``, numbered where another member has it: "a.md", then "a (2).md"."""
    path, number = PurePosixPath(name), 1
    while name in names:
        number += 1
        name = path.with_name(f"{path.stem} ({number}){path.suffix}").as_posix()
    return name


@contextmanager
def translated(source: str) -> Iterator[None]:
    """Turn what libraries raise on a broken file into leaves of :class:`UnreadableError`."""
    try:
        yield
    except UnreadableError:
        raise
    except MemoryError as error:
        raise TooLargeError(path=source, limit="memory") from error
    except foreign() as error:
        if type(error).__name__ in PROTECTED:
            raise ProtectedFileError(path=source) from error
        problem = _PROBLEMS.get(type(error).__module__.partition(".")[0], "content")
        raise DamagedFileError(path=source, problem=problem, detail=detail_of(error)) from error


def foreign() -> tuple[type[BaseException], ...]:
    """The exceptions of :data:`FOREIGN` whose modules are loaded: others cannot be raised."""
    return tuple(
        getattr(sys.modules[module], name)
        for module, names in FOREIGN.items()
        if module in sys.modules
        for name in names
        if hasattr(sys.modules[module], name)
    )


def detail_of(error: BaseException) -> str:
    """The technical reason in a few words: logs and reports have it, people need not."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0].strip() if lines else ''}"[:DETAIL_CHARACTERS]
