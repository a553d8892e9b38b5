"""Which code read a document: the name of what parsers and rules make of a file now.

Kept with each version, so that ``--again`` knows the documents that other code read. The name is
made of the code's own text, comments included: to read once too often costs time, once too seldom
leaves in the library what an older parser saw.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

READERS: Final = (
    "ingest/parsers/*.py",
    "ingest/cleaning.py",
    "ingest/filetypes.py",
    "ingest/manysessions.py",
    "ingest/metadata.py",
    "ingest/sessiondate.py",
    "ingest/split.py",
    "copassist/extraction/*.py",
    "copassist/dates.py",
    "copassist/formats.py",
    "copassist/language.py",
    "copassist/pagebreaks.py",
    "copassist/passages.py",
    "copassist/plaintext.py",
    "copassist/records.py",
    "copassist/sentences.py",
    "copassist/data/*.txt",
    "copassist/data/formats*.json",
)
"""Files that have a say in it. ``tests/test_again.py`` names what they import and is not here."""


@cache
def reading(root: Path = Path(__file__).parents[1]) -> str:
    """The name of the code at ``root``: 16 hexadecimal digits of the SHA-256 of its text."""
    digest = hashlib.sha256()
    for pattern in READERS:
        for path in sorted(root.glob(pattern)):
            text = path.read_text(encoding="utf-8")  # the same whatever the line ends
            digest.update(f"{path.relative_to(root).as_posix()}\0{text}\0".encode())
    return digest.hexdigest()[:16]
