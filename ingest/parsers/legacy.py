"""Word and PowerPoint before 2007, through LibreOffice where it is installed.

No Python library reads these binary formats well; LibreOffice rewrites them in today's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from langchain_core.documents import Document
from langchain_core.documents.base import Blob

from copassist.errors import ConverterMissingError, DamagedFileError
from ingest.parsers.base import SectionParser, source_of
from ingest.parsers.slides import PptxParser
from ingest.parsers.word import DocxParser

CONVERSION_SECONDS: Final = 90
"""LibreOffice takes 5 to 10 s to start cold; the sandbox's own limit stands above this one."""


class _Legacy(SectionParser):
    """Converts to ``suffix`` in the scratch folder, then reads that."""

    suffix: str
    reader: type[SectionParser]

    def sections(self, blob: Blob) -> Iterator[Document]:
        program = shutil.which("soffice") or shutil.which("libreoffice")
        source = source_of(blob)
        if program is None or blob.path is None:
            raise ConverterMissingError(path=source, suffix=Path(source).suffix)
        where = blob.metadata.get("scratch")
        with tempfile.TemporaryDirectory(dir=where if isinstance(where, str) else None) as folder:
            converted = _convert(program, Path(blob.path), Path(folder), self.suffix)
            if converted is None:
                raise DamagedFileError(path=source, problem="converter")
            renamed = Blob.from_path(converted, metadata={"source": source})
            yield from self.reader().sections(renamed)


class DocParser(_Legacy):
    """Word 97 to 2003."""

    suffix = "docx"
    reader = DocxParser


class PptParser(_Legacy):
    """PowerPoint 97 to 2003."""

    suffix = "pptx"
    reader = PptxParser


def _unlimited_memory() -> None:
    """LibreOffice reserves more addresses than it uses; the time limit holds it instead."""
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _convert(program: str, path: Path, folder: Path, suffix: str) -> Path | None:
    """The converted file, or ``None``. In a profile of its own: no macro or lock is shared."""
    subprocess.run(
        [
            program,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            suffix,
            "--outdir",
            str(folder),
            str(path),
        ],
        check=False,
        capture_output=True,
        timeout=CONVERSION_SECONDS,
        preexec_fn=_unlimited_memory if os.name == "posix" else None,
    )
    return next(iter(folder.glob(f"*.{suffix}")), None)
