"""The library: catalogue, vectors, token vectors and originals kept in step.

The catalogue decides. A document is written ``staged``, published in one transaction (found by
its words from then on), then embedded; what it replaced is swept away last. Whatever is killed
when, :meth:`Library.repair` finishes or undoes what was left.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from copassist.catalogue import Catalogue, NewVersion, Stored
from copassist.citations import quote_in
from copassist.embeddings import SentenceEmbeddings, load_embeddings
from copassist.errors import (
    LibraryBusyError,
    LibraryUnwritableError,
    ModelMismatchError,
)
from copassist.filters import Filters
from copassist.indexing import Progress, embed_waiting
from copassist.originals import Originals
from copassist.passages import Document, Hit, Passage
from copassist.records import Register, Source, register_from_dict
from copassist.register import gather
from copassist.retrieval import Retrieval
from copassist.settings import Settings
from copassist.tokenvectors import TokenVectors
from copassist.vectors import Vectors


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing on which the stores do not agree; ``problem`` is a key of the words file."""

    problem: str
    name: str


class Library:
    """One folder (or catalogue and Chroma servers) of records. Thread-safe."""

    def __init__(self, settings: Settings, embeddings: SentenceEmbeddings | None = None) -> None:
        self.settings = settings
        self.folder = settings.library
        self.embeddings = embeddings or load_embeddings(settings)
        _make_folder(self.folder)
        self.catalogue = Catalogue(
            settings.catalogue_url or f"sqlite:///{self.folder / 'catalogue.sqlite'}"
        )
        self.vectors = Vectors(self.folder / "vectors", settings.chroma_url)
        self.token_vectors = TokenVectors(self.folder / "tokens")
        self.originals = Originals(self.folder / "originals")
        self.retrieval = Retrieval(
            self.catalogue, self.vectors, self.token_vectors, self.embeddings
        )
        self._lock = FileLock(self.folder / "writing.lock", thread_local=False)
        self._threads = threading.RLock()

    def close(self) -> None:
        self.vectors.close()
        self.catalogue.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- writing -----------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the library for writing, across processes and threads.

        Raises :class:`LibraryBusyError` after ``settings.lock_seconds``.
        """
        with self._threads:
            try:
                with self._lock.acquire(timeout=self.settings.lock_seconds):
                    yield
            except Timeout as error:
                raise LibraryBusyError(
                    path=self.folder, seconds=round(self.settings.lock_seconds)
                ) from error
            except PermissionError as error:
                raise LibraryUnwritableError(path=self.folder) from error

    def replace(
        self,
        new: NewVersion,
        source: Path,
        batches: Iterable[Sequence[Passage]],
        register: Callable[[], Mapping[str, Any] | None] = lambda: None,
    ) -> bool:
        """Put a document in, in one step for every reader; its vectors follow with ``embed``.

        ``batches`` are passages in reading order, held one batch at a time; ``register`` is
        asked once they are all in. Gives whether the document replaced an earlier version.
        """
        with self.writing():
            self.check_model()
            self.originals.add(source, new.sha256)
            self.catalogue.stage(new)
            for batch in batches:
                self.catalogue.append(new.id, batch)
            replaced = self.catalogue.publish(new, register())
            self._sweep(new.document.id)
            return replaced

    def embed(
        self,
        progress: Progress = lambda _: None,
        cancelled: threading.Event | None = None,
    ) -> int:
        """Make the vectors that wait; see :func:`copassist.indexing.embed_waiting`."""
        return embed_waiting(self, progress, cancelled)

    def remove(self, name: str, community: str | None = None) -> Document:
        """Take a document away for good: rows, vectors, original. By id, path or other name.

        Raises :class:`~copassist.errors.DocumentNotFoundError`.
        """
        with self.writing():
            document = self.catalogue.document(community or self.settings.community, name)
            self.catalogue.supersede(document.id)
            self._sweep(document.id)
            return document

    def repair(self) -> int:
        """Finish or undo what a killed process left. Gives the number of things mended."""
        with self.writing():
            mended = self._sweep()
            known = {(s.community, s.level, s.id): s.passages for s in self.catalogue.stored()}
            stray: dict[tuple[str, str], list[tuple[str, int]]] = {}
            for community, level, key in self.vectors.ids():
                if key[1] >= known.get((community, level, key[0]), 0):
                    stray.setdefault((community, level), []).append(key)
            for (community, level), keys in stray.items():
                self.vectors.remove(community, level, keys)
                mended += len(keys)
            versions = {stored.id for stored in self.catalogue.stored()}
            for version in set(self.token_vectors.versions()) - versions:
                self.token_vectors.remove(version)
                mended += 1
            mended += self._remove_stray_originals()
        return mended + self.embed()

    def reindex(self, progress: Progress = lambda _: None) -> None:
        """Make every vector again, with the model of the settings; may be stopped and resumed."""
        with self.writing():
            if self.catalogue.get("reindexing") != self.embeddings.name:
                self.catalogue.put("reindexing", self.embeddings.name)
                self.vectors.clear()
                self.catalogue.mark_all_unembedded()
                self._remember_model()
        self.embed(progress)
        self.catalogue.put("reindexing", "")

    def edit(self, name: str, changes: Mapping[str, str | None]) -> Document:
        """Correct title, kind, date, language or level of a document."""
        community = self.settings.community
        with self.writing():
            document = self.catalogue.document(community, name)
            self.catalogue.edit(document.id, changes)
            level = changes.get("level")
            if level and level != document.level:
                self._move_vectors(document, level)
        return self.catalogue.document(community, document.id)

    # --- reading -----------------------------------------------------------------------------

    def search(self, question: str, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """The ``k`` best passages for a question, best first."""
        self.check_model()
        return self.retrieval.search(
            question, k, filters or Filters(community=self.settings.community)
        )

    def documents(self, community: str | None = None) -> list[Document]:
        """The documents of one community (the settings' by default), by path."""
        return self.catalogue.documents(community or self.settings.community)

    def original(self, document: Document) -> Path:
        """The file a document was read from."""
        [stored] = [s for s in self.catalogue.stored(document.id) if s.id == document.version]
        return self.originals.path(stored.sha256, stored.suffix)

    def register(self, today: date) -> tuple[Register, dict[str, Document]]:
        """The community's register as of ``today``, and the documents its sources name, by id."""
        read = self.catalogue.registers(self.settings.community)
        documents = {document.id: document for document, _ in read}
        by_document = {
            document.id: register_from_dict(kept, document.id) for document, kept in read
        }
        return gather(by_document, today), documents

    def holds(self, source: Source) -> bool:
        """Whether a quote of the register still stands in the passage it names."""
        version, _, number = source.passage.rpartition(":")
        everywhere = Filters(community=self.settings.community)
        found = self.catalogue.ready_passages([(version, int(number))], everywhere)
        return any(quote_in(source.quote, passage.text) for passage, _ in found.values())

    def check_model(self) -> None:
        """Raises :class:`ModelMismatchError` if the library was made with another model."""
        stored = self.catalogue.get("embedding")
        if stored is None:
            self._remember_model()
        elif stored != self.embeddings.name:
            raise ModelMismatchError(stored=stored, wanted=self.embeddings.name)

    def verify(self) -> list[Disagreement]:
        """Everything on which catalogue, vectors, token vectors and originals disagree."""
        found: list[Disagreement] = []
        wanted: set[tuple[str, str, tuple[str, int]]] = set()
        stored = self.catalogue.stored()
        tokens = set(self.token_vectors.versions())
        for version in stored:
            if version.status != "ready":
                found.append(Disagreement("unfinished", version.path))
                continue
            if not self.originals.intact(version.sha256, version.suffix):
                found.append(Disagreement("original_missing", version.path))
            if not version.passages:
                continue
            if not version.embedded:
                found.append(Disagreement("vectors_waiting", version.path))
                continue
            if version.id not in tokens:
                found.append(Disagreement("tokens_missing", version.path))
            wanted |= {
                (version.community, version.level, (version.id, number))
                for number in range(version.passages)
            }
        there = set(self.vectors.ids())
        missing = {key[0] for _, _, key in wanted - there}
        found += [
            Disagreement("vectors_missing", version.path)
            for version in stored
            if version.id in missing
        ]
        waiting = {version.id for version in stored if not version.embedded}
        found += [
            Disagreement("vectors_stray", f"{key[0]}:{key[1]}")
            for _, _, key in sorted(there - wanted)
            if key[0] not in waiting
        ]
        known = {version.id for version in stored}
        found += [Disagreement("tokens_stray", name) for name in sorted(tokens - known)]
        found += [
            Disagreement("original_stray", path.name) for path in self._stray_originals(stored)
        ]
        return found

    # --- inside ------------------------------------------------------------------------------

    def _remember_model(self) -> None:
        self.catalogue.put("embedding", self.embeddings.name)

    def _sweep(self, document: str | None = None) -> int:
        """Delete every version that is not ready, whole: vectors first, rows last."""
        doomed = [s for s in self.catalogue.stored(document) if s.status != "ready"]
        for version in doomed:
            self._sweep_version(version)
        return len(doomed)

    def _sweep_version(self, version: Stored) -> None:
        if version.passages:
            self.retrieval.follow_other_writers()
            keys = [(version.id, number) for number in range(version.passages)]
            self.vectors.remove(version.community, version.level, keys)
            self.retrieval.announce_write()
        self.token_vectors.remove(version.id)
        self.catalogue.forget(version.id)
        if not any(s.sha256 == version.sha256 for s in self.catalogue.stored()):
            self.originals.remove(version.sha256, version.suffix)

    def _move_vectors(self, document: Document, level: str) -> None:
        passages = self.catalogue.version_passages(document.version)
        keys = [(passage.version, passage.number) for passage in passages]
        self.retrieval.follow_other_writers()
        self.vectors.move(document.community, document.level, level, keys)
        self.retrieval.announce_write()

    def _stray_originals(self, stored: Sequence[Stored]) -> list[Path]:
        wanted = {self.originals.path(s.sha256, s.suffix) for s in stored}
        return [path for path in self.originals.all() if path not in wanted]

    def _remove_stray_originals(self) -> int:
        stray = self._stray_originals(self.catalogue.stored())
        for path in stray:
            path.unlink(missing_ok=True)
        return len(stray)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryUnwritableError(path=folder) from error
