"""Vectors follow words: passages that full text already finds wait here for their embedding.

Passages of several documents are embedded together, so that short records fill whole batches; a
version counts as embedded once all its passages are. Stopped anywhere, it begins again with the
versions that were not finished.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final

import numpy as np

from copassist.analysis import plain
from copassist.catalogue import Stored
from copassist.embeddings import Embedded
from copassist.passages import Passage
from copassist.tokenvectors import TokenWriter

if TYPE_CHECKING:
    from copassist.library import Library

GROUP: Final = 256
"""Passages embedded together: enough to sort by length, few enough to hold their token vectors
(256 x 160 tokens x 384 x 4 bytes = 63 MB)."""

Waiting = tuple[Stored, Passage]
Progress = Callable[[int], None]


def embed_waiting(
    library: Library,
    progress: Progress = lambda _: None,
    cancelled: threading.Event | None = None,
) -> int:
    """Make the vectors of every version that waits; gives how many versions there were.

    ``progress`` gets the number of passages of each group once it is stored. Versions replaced
    or removed meanwhile are passed over; ``cancelled`` stops after the group under way.
    """
    versions = [s for s in library.catalogue.stored() if s.status == "ready" and not s.embedded]
    with ExitStack() as unfinished:
        writers: dict[str, TokenWriter] = {}
        for group in _groups(_passages(library, versions)):
            embedded = library.embeddings.embed_passages([embedded_text(p) for _, p in group])
            for version, run in groupby(
                zip(group, embedded, strict=True), key=lambda pair: pair[0][0]
            ):
                if version.id not in writers:
                    writer = library.token_vectors.writer(version.id)
                    writers[version.id] = writer
                    unfinished.callback(writer.abandon)
                _store(library, version, [(p, e) for (_, p), e in run], writers[version.id])
            progress(len(group))
            if cancelled is not None and cancelled.is_set():
                break
    return len(versions)


def embedded_text(passage: Passage) -> str:
    """What is embedded of a passage: its words, without markup, under its one-line context."""
    words = plain(passage.text) or passage.text
    return f"{passage.header}\n{words}" if passage.header else words


def _passages(library: Library, versions: Iterable[Stored]) -> Iterator[Waiting]:
    for version in versions:
        for passage in library.catalogue.version_passages(version.id):
            yield version, passage


def _groups(waiting: Iterator[Waiting]) -> Iterator[list[Waiting]]:
    while group := list(islice(waiting, GROUP)):
        yield group


def _store(
    library: Library, version: Stored, run: list[tuple[Passage, Embedded]], writer: TokenWriter
) -> None:
    """One version's part of a group; the last part makes the version embedded."""
    with library.writing():
        if not library.catalogue.is_ready(version.id):
            return
        library.retrieval.follow_other_writers()
        library.vectors.add(
            version.community,
            version.level,
            [(version.id, passage.number) for passage, _ in run],
            np.stack([embedded.vector for _, embedded in run]),
        )
        writer.add([embedded.tokens for _, embedded in run])
        if run[-1][0].number == version.passages - 1:
            writer.finish()
            library.catalogue.mark_embedded(version.id)
        library.retrieval.announce_write()
