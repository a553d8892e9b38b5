"""Vectors follow words: passages that full text already finds wait here for their embedding.

Passages of several documents are embedded together, so that short records fill whole batches; a
version counts as embedded once all its passages are. Stopped anywhere, it begins again with the
versions that were not finished. One process embeds at a time; another one waits, then makes what
is still waiting.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
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
    or removed meanwhile are passed over, those that came meanwhile are made too; ``cancelled``
    stops after the group under way.
    """
    cancelled = cancelled or threading.Event()
    seen: set[str] = set()
    if not library.catalogue.waiting():
        return 0
    with library.embedding(cancelled) as mine:
        if mine:
            library.token_vectors.remove_unfinished()
        while mine and not cancelled.is_set():
            new = [s for s in library.catalogue.waiting() if s.id not in seen]
            if not new:
                break
            seen |= {version.id for version in new}
            _embed(library, new, progress, cancelled)
    return len(seen)


def _embed(
    library: Library, versions: list[Stored], progress: Progress, cancelled: threading.Event
) -> None:
    writers: dict[str, TokenWriter] = {}
    try:
        for group in _groups(_passages(library, versions)):
            texts = [embedded_text(passage) for _, passage in group]
            embedded = library.embeddings.embed_passages(texts)
            _store(library, list(zip(group, embedded, strict=True)), writers)
            progress(len(group))
            if cancelled.is_set():
                break
    finally:
        for writer in writers.values():
            writer.abandon()


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
    library: Library, group: list[tuple[Waiting, Embedded]], writers: dict[str, TokenWriter]
) -> None:
    """Vectors, then token vectors, then the word that both are there: in this order, so that a
    version said to be embedded is. ``writers`` are those of versions that go on after the group.
    """
    with library.writing():
        ready = library.catalogue.ready_places({version.id for (version, _), _ in group})
        group = [pair for pair in group if pair[0][0].id in ready]
        _add_vectors(library, group, ready)
        finished: list[str] = []
        for version, pairs in groupby(group, key=lambda pair: pair[0][0]):
            run = list(pairs)
            writer = writers.pop(version.id, None) or library.token_vectors.writer(version.id)
            writers[version.id] = writer
            writer.add([embedded.tokens for _, embedded in run])
            if run[-1][0][1].number == version.passages - 1:
                writers.pop(version.id).finish()
                finished.append(version.id)
        library.catalogue.mark_embedded(finished)


def _add_vectors(
    library: Library, group: list[tuple[Waiting, Embedded]], ready: Mapping[str, tuple[str, str]]
) -> None:
    """One write a collection: Chroma takes as long for one vector as for a hundred."""
    for community, level in sorted(set(ready.values())):
        mine = [
            (passage, embedded)
            for (version, passage), embedded in group
            if ready[version.id] == (community, level)
        ]
        library.vectors.add(
            community,
            level,
            [(passage.version, passage.number) for passage, _ in mine],
            np.stack([embedded.vector for _, embedded in mine]),
        )
