"""Vectors follow words: passages that full text already finds wait here for their embedding.

Passages of several documents are embedded together, so that short records fill whole batches.
While the model is at one group, a thread compresses and stores the one before. A version's
vectors are first kept in a file of its own (``tokenvectors.py``), then go to Chroma all at once,
then the version counts as embedded: what a kill takes from Chroma is put back from the files, and
only versions without one begin again. One process embeds at a time; another one waits, then makes
what is still waiting.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final

import numpy as np

from copassist.embeddings import Embedded
from copassist.errors import LibraryDamagedError
from copassist.heap import give_back_freed
from copassist.modeltext import embedded_text, sentence_places
from copassist.passages import Passage
from copassist.records import register_from_dict, register_to_dict
from copassist.rows import Stored
from copassist.sentencekinds import weights_for
from copassist.tellings import with_tellings
from copassist.tokencodec import Floats, encode_all, quantise_all
from copassist.tokenvectors import PassageVectors, TokenWriter

if TYPE_CHECKING:
    from copassist.library import Library

GROUP: Final = 128
"""Passages embedded together: enough to sort by length, few enough that someone who stops waits
some twenty seconds at most, and that their token vectors can be held (128 x 160 tokens x 384 x
4 bytes = 31 MB, twice)."""

RESTORED: Final = 1000
"""Vectors put back into Chroma in one write."""

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
            waiting = library.catalogue.waiting()
            with library.writing():
                restored = restore(library)
            if restored:
                progress(sum(s.passages for s in waiting if s.id in restored))
            seen |= restored
            new = [s for s in library.catalogue.waiting() if s.id not in seen]
            if not new:
                break
            seen |= {version.id for version in new}
            _embed(library, new, progress, cancelled)
    return len(seen)


def restore(library: Library) -> set[str]:
    """Give Chroma the vectors of versions that wait although their files are there.

    The library must be held for writing. Gives the ids of these versions.
    """
    restored: set[str] = set()
    batch: list[tuple[Stored, Floats]] = []
    for version in library.catalogue.waiting():
        vectors = kept(library, version)
        if vectors is not None:
            batch.append((version, vectors))
            restored.add(version.id)
        if sum(len(vectors) for _, vectors in batch) >= RESTORED:
            _publish(library, batch)
            batch = []
    _publish(library, batch)
    return restored


def kept(library: Library, version: Stored) -> Floats | None:
    """The vectors of a version's passages in its own file, if they are all there."""
    try:
        vectors = library.token_vectors.vectors(version.id)
    except LibraryDamagedError:
        return None
    return vectors if vectors is not None and len(vectors) == version.passages else None


def _embed(
    library: Library, versions: list[Stored], progress: Progress, cancelled: threading.Event
) -> None:
    """Make these versions' vectors, one group in the model while the one before is stored."""
    writers: dict[str, TokenWriter] = {}
    stored: Future[None] | None = None

    def store(group: list[Waiting], embedded: list[Embedded]) -> None:
        _store(library, list(zip(group, _compressed(embedded), strict=True)), writers)
        progress(len(group))
        give_back_freed()  # once a group, or what each leaves behind adds up

    with ThreadPoolExecutor(1, "storing") as storing:
        try:
            for group in _groups(_passages(library, versions)):
                embedded = library.embeddings.embed_passages(
                    [embedded_text(passage) for _, passage in group],
                    [sentence_places(passage) for _, passage in group],
                )
                if stored is not None:
                    stored.result()
                stored = storing.submit(store, group, embedded)
                if cancelled.is_set():
                    break
            if stored is not None:
                stored.result()
        finally:
            storing.shutdown()
            for writer in writers.values():
                writer.abandon()


def _compressed(embedded: Sequence[Embedded]) -> list[PassageVectors]:
    tokens = encode_all([one.tokens for one in embedded])
    sentences = quantise_all([one.sentences for one in embedded])
    return list(map(PassageVectors, (one.vector for one in embedded), tokens, sentences))


def _passages(library: Library, versions: Iterable[Stored]) -> Iterator[Waiting]:
    for version in versions:
        for passage in library.catalogue.version_passages(version.id):
            yield version, passage


def _groups(waiting: Iterator[Waiting]) -> Iterator[list[Waiting]]:
    while group := list(islice(waiting, GROUP)):
        yield group


def _store(
    library: Library,
    group: list[tuple[Waiting, PassageVectors]],
    writers: dict[str, TokenWriter],
) -> None:
    """Write a group; versions that end in it get their file. ``writers`` are those of versions
    that go on after the group.
    """
    with library.writing():
        library.check_model()  # another process may reindex with another model meanwhile
        ready = library.catalogue.ready_places({version.id for (version, _), _ in group})
        finished: list[tuple[Stored, Floats]] = []
        for version, pairs in groupby(group, key=lambda one: one[0][0]):
            if version.id not in ready:  # replaced or removed meanwhile
                continue
            run = list(pairs)
            writer = writers.get(version.id) or library.token_vectors.writer(version.id)
            writers[version.id] = writer
            writer.add([made for _, made in run])
            if run[-1][0][1].number == version.passages - 1:
                finished.append((version, writer.finish()))
                del writers[version.id]  # only now: one that cannot be finished is abandoned
        _publish(library, finished, ready)


def _publish(
    library: Library,
    finished: Sequence[tuple[Stored, Floats]],
    places: Mapping[str, tuple[str, str]] | None = None,
) -> None:
    """Vectors to Chroma, then the word that they are there: in this order, so that a version
    said to be embedded is.

    One write a collection: Chroma takes as long for one vector as for a hundred.
    """
    if places is None:
        places = {version.id: (version.community, version.level) for version, _ in finished}
    for place in sorted({places[version.id] for version, _ in finished}):
        mine = [(version, vectors) for version, vectors in finished if places[version.id] == place]
        keys = [(version.id, n) for version, vectors in mine for n in range(len(vectors))]
        library.vectors.add(*place, keys, np.concatenate([vectors for _, vectors in mine]))
    library.catalogue.mark_embedded([version.id for version, _ in finished])
    for version, _ in finished:
        keep_tellings(library, version.id)


def keep_tellings(library: Library, version: str) -> None:
    """Keep, with the register of a version of minutes, what its sentences seem to tell.

    Nothing happens where its vectors are not there, or nothing was learned of their model.
    """
    weights = weights_for(library.embeddings.name)
    found = library.catalogue.register_kept(version)
    if weights is None or found is None or found[0].kind != "minutes":
        return
    document, held = found
    passages = library.catalogue.version_passages(version)
    vectors = library.sentence_vectors([one.key for one in passages])
    register = register_from_dict(held, document.id)
    told = with_tellings(register, document, passages, vectors, weights)
    library.catalogue.put_register(version, register_to_dict(told))
