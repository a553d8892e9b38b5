"""Zipped XML (Word, OpenDocument, EPUB) read part by part, within limits.

lxml and zipfile: the office libraries refuse a package with a part missing, and skip text boxes,
footnotes and tracked changes; the XML has them all.
"""

from __future__ import annotations

import zipfile
from typing import IO, TYPE_CHECKING, Final

from lxml import etree

from copassist.errors import DamagedFileError, ProtectedFileError, TooLargeError
from ingest.parsers.base import MAX_XML_BYTES

if TYPE_CHECKING:
    from lxml.etree import _Element

_ENCRYPTED: Final = 0x1
_CORE: Final = frozenset({"title", "language", "created", "modified"})


class Package:
    """The parts of one zipped document. Nothing is fetched, no entity is expanded."""

    def __init__(self, file: IO[bytes], source: str) -> None:
        self.source = source
        self._zip = zipfile.ZipFile(file)
        self.names = frozenset(self._zip.namelist())

    def xml(self, name: str) -> _Element | None:
        """The root of part ``name``, or ``None`` where there is no such part."""
        data = self.read(name)
        return None if data is None else parse_xml(data)

    def read(self, name: str) -> bytes | None:
        """The bytes of part ``name``; raises :class:`TooLargeError` beyond the limit."""
        if name not in self.names:
            return None
        info = self._zip.getinfo(name)
        if info.flag_bits & _ENCRYPTED:
            raise ProtectedFileError(path=self.source)
        if info.file_size > MAX_XML_BYTES:
            most = MAX_XML_BYTES // 1_000_000
            raise TooLargeError(path=self.source, limit="megabytes", most=most)
        with self._zip.open(info) as part:
            return part.read(MAX_XML_BYTES)

    def optional(self, name: str) -> _Element | None:
        """Like :meth:`xml`; ``None`` too where the part is broken: what it says of the document,
        or beside it, must not cost the document."""
        try:
            return self.xml(name)
        except etree.XMLSyntaxError:
            return None

    def required(self, name: str) -> _Element:
        """Like :meth:`xml`; raises :class:`DamagedFileError` where the part is missing."""
        root = self.xml(name)
        if root is None:
            raise DamagedFileError(path=self.source, problem="part", detail=name)
        return root


def core_properties(package: Package) -> dict[str, str]:
    """Title, language and file dates that an Office package declares; none that it does not."""
    root = package.optional("docProps/core.xml")
    found: dict[str, str] = {}
    for child in root if root is not None else ():
        name = etree.QName(child).localname if isinstance(child.tag, str) else ""
        if name in _CORE and child.text and child.text.strip():
            found[name] = child.text.strip()
    return found


def parse_xml(data: bytes) -> _Element:
    """The root of ``data``: no entities, no network, no document type fetched."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    return etree.fromstring(data, parser)
