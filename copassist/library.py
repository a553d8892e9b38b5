"""The library: catalogue, vectors, token vectors and originals kept in step.

The catalogue decides. A document is written ``staged``, published in one transaction (found by
its words from then on), then embedded; what it replaced is swept away last. Whatever is killed
when, :meth:`Library.recover` finishes or undoes what was left: every ingestion and the page begin
with it. :meth:`Library.repair` doubts everything, and reads it all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
from filelock import FileLock, Timeout

from copassist.catalogue import Catalogue
from copassist.citations import quote_in
from copassist.conversations import forget_answers_of
from copassist.corrections import Corrections, corrected
from copassist.draftstore import forget_drafts_of
from copassist.embeddings import SentenceEmbeddings, load_embeddings
from copassist.errors import (
    DocumentNotFoundError,
    LibraryBusyError,
    LibraryDamagedError,
    LibraryUnwritableError,
    ModelMismatchError,
)
from copassist.extraction import register_of
from copassist.filters import Filters
from copassist.indexing import Progress, embed_waiting, keep_tellings, kept, restore
from copassist.originals import Originals
from copassist.passages import Document, Hit, Key, Passage, document_id
from copassist.proposals import Proposals, with_accepted
from copassist.records import Register, Source, register_from_dict
from copassist.register import gather
from copassist.rerankers import Reranker, load_reranker
from copassist.retrieval import Retrieval
from copassist.rows import NewVersion, Stored
from copassist.scratch import SCRATCH, UPLOADS, sweep
from copassist.sentencekinds import weights_for
from copassist.settings import Settings
from copassist.standing import with_news
from copassist.tokencodec import Floats
from copassist.tokenvectors import TokenVectors
from copassist.vectors import Vectors

CATALOGUE: Final = "catalogue.sqlite"
"""The catalogue's file in the library's folder, where it is no server's."""
POLL_SECONDS: Final = 0.02
"""Between two looks at another process's lock: it holds it for some milliseconds a document."""
ROUNDING: Final = 1e-4
"""Most by which a number of a unit vector may differ once Chroma has scaled it to 1 again."""
READ_BY_REGISTER: Final = frozenset({"kind", "date", "title"})
"""What of a document the register reads beside its passages."""
PATIENCE_SECONDS: Final = 2.0
"""Waiting for another process that the person is not told of."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing on which the stores do not agree; ``problem`` is a key of the words file."""

    problem: str
    name: str


class Library:
    """One folder (or catalogue and Chroma servers) of records. Thread-safe.

    ``waiting`` is called when another process is writing and this one begins to wait for it.
    """

    def __init__(
        self,
        settings: Settings,
        embeddings: SentenceEmbeddings | None = None,
        waiting: Callable[[], None] = lambda: None,
        reranker: Reranker | None = None,
    ) -> None:
        self.settings = settings
        self.folder = settings.library
        self.reranker = reranker or load_reranker(settings)
        self._waiting = waiting
        _make_folder(self.folder)
        # Two processes that make the same new library would trip over each other's tables.
        with self._held(FileLock(self.folder / "opening.lock", thread_local=False)):
            self.catalogue = Catalogue(
                settings.catalogue_url or f"sqlite:///{self.folder / CATALOGUE}"
            )
        self.embeddings = embeddings or load_embeddings(settings, self._made_with())
        self.vectors = Vectors(self.folder / "vectors", settings.chroma_url)
        self.token_vectors = TokenVectors(self.folder / "tokens")
        self.originals = Originals(self.folder / "originals")
        self.retrieval = Retrieval(
            self.catalogue,
            self.vectors,
            self.token_vectors,
            self.embeddings,
            self.reranker,
        )
        self._lock = FileLock(
            self.folder / "writing.lock", thread_local=False, poll_interval=POLL_SECONDS
        )
        self._threads = threading.RLock()
        self._embedding = FileLock(self.folder / "embedding.lock", thread_local=False)
        self._embedders = threading.Lock()

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

        Vectors that a killed process left in doubt are settled first, whoever begins to write.
        Raises :class:`LibraryBusyError` after ``settings.lock_seconds``.
        """
        with self._threads, self._held(self._lock):
            if self.vectors.doubtful():
                self._renew_vectors()
            yield

    @contextmanager
    def embedding(self, cancelled: threading.Event) -> Iterator[bool]:
        """Be the only one who makes vectors, across processes and threads; others may write.

        Waits as long as another one is at it; gives ``False`` when ``cancelled`` meanwhile.
        """
        with self._embedders:
            mine = self._acquire_embedding(cancelled)
            try:
                yield mine
            finally:
                if mine:
                    self._embedding.release()

    def _acquire_embedding(self, cancelled: threading.Event) -> bool:
        told = False
        while not cancelled.is_set():
            try:
                self._embedding.acquire(timeout=PATIENCE_SECONDS)
                return True
            except Timeout:
                if not told:
                    self._waiting()
                told = True
            except OSError as error:
                raise LibraryUnwritableError(path=self.folder) from error
        return False

    @contextmanager
    def _held(self, lock: FileLock) -> Iterator[None]:
        try:
            self._acquire(lock)
        except Timeout as error:
            seconds = round(self.settings.lock_seconds)
            raise LibraryBusyError(path=self.folder, seconds=seconds) from error
        except OSError as error:
            raise LibraryUnwritableError(path=self.folder) from error
        try:
            yield
        finally:
            lock.release()

    def _acquire(self, lock: FileLock) -> None:
        patience = min(PATIENCE_SECONDS, self.settings.lock_seconds)
        try:
            lock.acquire(timeout=patience)
        except Timeout:
            self._waiting()
            lock.acquire(timeout=self.settings.lock_seconds - patience)

    def replace(
        self,
        new: NewVersion,
        source: Path,
        batches: Iterable[Sequence[Passage]],
        register: Callable[[], Mapping[str, Any] | None] = lambda: None,
    ) -> bool:
        """Put a document in, in one step for every reader; its vectors follow with ``embed``.

        ``batches`` are passages in reading order, held one batch at a time; ``register`` is
        asked once they are all in. Gives whether the document replaced an earlier version; that
        one can no longer be found, and goes with :meth:`sweep`. Where the earlier bytes have
        other names, they stay, as the document of the first of these.
        """
        with self.writing():
            self.check_model()
            self._take_model()
            self.originals.add(source, new.sha256)
            replaced = self.hand_over(new.document.path, new.sha256)
            self._leave_level(new.document)
            self.catalogue.stage(new)
            try:
                for batch in batches:
                    self.catalogue.append(new.id, batch)
                return self.catalogue.publish(new, register()) or replaced
            except BaseException:
                self.catalogue.discard(new.id)
                if not self.catalogue.holds_bytes(new.sha256):
                    self.originals.remove(new.sha256, new.suffix)
                raise

    def embed(
        self,
        progress: Progress = lambda _: None,
        cancelled: threading.Event | None = None,
    ) -> int:
        """Make the vectors that wait; see :func:`copassist.indexing.embed_waiting`."""
        return embed_waiting(self, progress, cancelled)

    def remove(self, name: str, community: str | None = None) -> Document:
        """Take a document away for good, with everything it holds inside and all its names, and
        its words out of drafts and of answers kept.

        By id, path or other name: whoever withdraws a text must not find it again under another
        name. A name alone goes with :meth:`forget_name`.
        Raises :class:`~copassist.errors.DocumentNotFoundError`.
        """
        with self.writing():
            document = self.catalogue.document(community or self.settings.community, name)
            held = self.catalogue.members(document.community, document.path)
            each = [document, *(self.catalogue.document(document.community, one) for one in held)]
            gone = {name for one in each for name in (one.id, one.version)}
            # First, so that a kill leaves a document to be removed again, and not its words.
            self._forget_words(gone)
            self.catalogue.supersede(document.id)
            self._forget_words(gone)  # what was answered meanwhile
            self.sweep()
            return document

    def _forget_words(self, gone: Collection[str]) -> None:
        forget_drafts_of(self.catalogue, gone)
        forget_answers_of(self.catalogue, gone)

    def forget_name(self, community: str, path: str) -> None:
        """No file has this name any more: its document goes unless it has another name."""
        with self.writing():
            try:
                document = self.catalogue.document(community, path)
            except DocumentNotFoundError:
                return
            if path != document.path:
                self.catalogue.remove_alias(community, path)
            elif document.also:
                self.catalogue.rename(document.id, document.also[0])
            else:
                self.remove(document.id, community)

    def sweep(self) -> int:
        """Delete all that nobody can find any more, whole; gives how many versions there were."""
        with self.writing():
            doomed = self.catalogue.unwanted()
            if doomed:
                self._delete(doomed)
                self.catalogue.empty_log()
            return len(doomed)

    def recover(self) -> int:
        """Finish or undo what a killed process left. Gives the number of things mended.

        Cheap when there is nothing to mend: three queries, and four folders listed.
        """
        for name in (SCRATCH, UPLOADS):
            sweep(self.folder / name)
        doubtful = self.vectors.doubtful()
        with self.writing():
            mended = int(doubtful) + len(restore(self))
            mended += self.sweep()
            stored = self.catalogue.stored()
            mended += self._remove_stray_tokens(stored)
            return mended + self._remove_stray_originals(stored)

    def repair(self) -> int:
        """Mend all that :meth:`verify` finds, but lost originals. Gives how many things."""
        with self.writing():
            mended = self.recover() + self.catalogue.mend_terms()
            stored = self.catalogue.stored()
            mended += len(self._verify_vectors(stored)) + len(self._verify_tokens(stored))
            self._renew_vectors()
        self.embed()
        return mended

    def reindex(self, progress: Progress = lambda _: None) -> None:
        """Make words and every vector again, with the model of the settings; may be stopped and
        resumed."""
        self.embeddings.embed_question("?")  # raises before what there is has gone, if anything
        with self.writing():
            if self.catalogue.get("reindexing") != self.embeddings.name:
                for stored in self.catalogue.stored():
                    self.catalogue.index_words(stored.id)
                self.catalogue.mark_all_unembedded()
                self.vectors.clear()
                for version in self.token_vectors.versions():
                    self.token_vectors.remove(version)
                self._remember_model()
                self.catalogue.put("reindexing", self.embeddings.name)
        self.embed(progress)
        self.catalogue.put("reindexing", "")

    def edit(
        self, name: str, changes: Mapping[str, str | None], *, by_hand: bool = True
    ) -> Document:
        """Correct title, kind, date, language or level of a document; ``by_hand`` for good."""
        community = self.settings.community
        with self.writing():
            document = self.catalogue.document(community, name)
            level = changes.get("level")
            if level and level != document.level:
                # In this order a kill leaves vectors to be put back, and none at the old level.
                self.catalogue.mark_embedded([document.version], False)
                self._remove_vectors(document)
            self.catalogue.edit(document.id, changes, by_hand=by_hand)
            if not changes.keys().isdisjoint(READ_BY_REGISTER):
                document = self.catalogue.document(community, document.id)
                held = self.catalogue.version_passages(document.version)
                self.catalogue.put_register(document.version, register_of(document, held))
                keep_tellings(self, document.version)
            restore(self)
        return self.catalogue.document(community, document.id)

    def hand_over(self, path: str, sha256: str) -> bool:
        """Before new bytes take a document's name: the old ones, and what they hold, stay under
        their other names. Gives whether they had any.
        """
        with self.writing():
            community = self.settings.community
            current = self.catalogue.current(community, path)
            if current is None or current.sha256 == sha256:
                return False
            old = self.catalogue.document(community, current.document_id)
            if old.also:
                [heir, *_] = old.also
                self.catalogue.rename(old.id, heir)
                self.catalogue.keep_corrections(path, document_id(community, heir))
            return bool(old.also)

    # --- reading -----------------------------------------------------------------------------

    def search(
        self,
        question: str,
        k: int = 10,
        filters: Filters | None = None,
        today: date | None = None,
    ) -> list[Hit]:
        """The ``k`` best passages for a question, best first.

        ``today`` is the day that "last autumn" counts from: the calendar's, where it is not given.
        """
        self.check_model()
        chosen = filters or Filters(community=self.settings.community)
        return self.retrieval.search(question, k, chosen, today or date.today())

    def documents(self, community: str | None = None) -> list[Document]:
        """The documents of one community (the settings' by default), by path."""
        return self.catalogue.documents(community or self.settings.community)

    def original(self, document: Document) -> Path:
        """The file a document was read from.

        Raises :class:`DocumentNotFoundError` for one that was replaced or removed meanwhile.
        """
        for stored in self.catalogue.stored(document.id):
            if stored.id == document.version:
                return self.originals.path(stored.sha256, stored.suffix)
        raise DocumentNotFoundError(name=document.path)

    def register(
        self, today: date, community: str | None = None, *, news: bool = True
    ) -> tuple[Register, dict[str, Document]]:
        """The register of one community (the settings' by default) as of ``today``, and the
        documents its sources name, by id. Without ``news`` of its actions it takes a quarter
        less time."""
        read = self.catalogue.registers(community or self.settings.community)
        documents = {document.id: document for document, _ in read}
        by_document = {
            document.id: register_from_dict(kept if news else {**kept, "tellings": ()}, document.id)
            for document, kept in read
        }
        for one in Proposals(self.catalogue).of(documents, "accepted"):
            document = documents[one.document]
            held = self.catalogue.version_passages(document.version)
            by_document[one.document] = with_accepted(
                by_document[one.document], document, one, held
            )
        made = Corrections(self.catalogue).of(documents)
        register = corrected(by_document, made, lambda lines: gather(lines, today))
        weights = weights_for(self.embeddings.name) if news else None
        if weights is not None:
            register = with_news(register, self.sentence_vectors, weights)
        return replace(register, tellings=()), documents

    def sentence_vectors(self, keys: Sequence[Key]) -> Sequence[Floats | None]:
        """The vectors of the sentences of each passage, where they are kept whole."""
        try:
            return self.token_vectors.sentence_vectors(keys)
        except LibraryDamagedError:  # until `library repair`
            return [None] * len(keys)

    def passage_of(
        self, passage: str, filters: Filters | None = None
    ) -> tuple[Passage, Document] | None:
        """The passage of this id and its document, if ``filters`` let it be shown."""
        version, _, number = passage.rpartition(":")
        place = (version, int(number))
        shown = filters or Filters(community=self.settings.community)
        return self.catalogue.ready_passages([place], shown).get(place)

    def holds(self, source: Source) -> bool:
        """Whether a quote of the register still stands in the passage it names."""
        found = self.passage_of(source.passage)
        return found is not None and quote_in(source.quote, found[0].text)

    def check_model(self) -> None:
        """Raises :class:`ModelMismatchError` if the library was made with another model."""
        stored = self.catalogue.get("embedding")
        if stored not in (None, self.embeddings.name) and not self.catalogue.is_empty():
            raise ModelMismatchError(stored=stored, wanted=self.embeddings.name)

    def verify(self) -> list[Disagreement]:
        """Everything on which catalogue, full text, vectors, token vectors and originals disagree.

        Reads every original and every vector.
        """
        stored = self.catalogue.stored()
        return [
            *_unfinished(stored),
            *self._verify_originals(stored),
            *self._verify_terms(stored),
            *self._verify_vectors(stored),
            *self._verify_tokens(stored),
        ]

    # --- inside ------------------------------------------------------------------------------

    def _made_with(self) -> str | None:
        """The model of the library's vectors; ``None`` where it holds no document, whose model is
        still to be chosen."""
        return None if self.catalogue.is_empty() else self.catalogue.get("embedding")

    def _take_model(self) -> None:
        """Before the first document goes in: from here on this model's vectors."""
        before = self.catalogue.get("embedding")
        if before == self.embeddings.name:
            return
        if before is not None:
            self.vectors.clear()  # of documents that are gone, perhaps of another dimension
        self._remember_model()

    def _remember_model(self) -> None:
        self.catalogue.put("embedding", self.embeddings.name)

    def _leave_level(self, document: Document) -> None:
        """Take the vectors of what ``document`` replaces out of the level that it leaves."""
        if self.catalogue.current(document.community, document.path) is None:
            return
        old = self.catalogue.document(document.community, document.id)
        if old.level != document.level:
            self.catalogue.mark_embedded([old.version], False)
            self._remove_vectors(old)

    def _delete(self, doomed: Sequence[Stored]) -> None:
        """Vectors first, rows last, so that a kill in between leaves what to begin again from."""
        places: dict[tuple[str, str], list[Key]] = {}
        for version in doomed:
            keys = places.setdefault((version.community, version.level), [])
            keys += [(version.id, number) for number in range(version.passages)]
            self.token_vectors.remove(version.id)
        for (community, level), keys in places.items():
            if keys:
                self.vectors.remove(community, level, keys)
        self.catalogue.forget([version.id for version in doomed])
        for version in doomed:
            if not self.catalogue.holds_bytes(version.sha256):
                self.originals.remove(version.sha256, version.suffix)

    def _renew_vectors(self) -> None:
        """Give Chroma new files, out of the vectors that are kept beside it.

        In this order: killed anywhere, it is begun again, or goes on with what waits.
        """
        self.catalogue.mark_all_unembedded()
        self.vectors.clear()
        restore(self)

    def _remove_vectors(self, document: Document) -> None:
        keys = [(document.version, number) for number in range(document.passages)]
        self.vectors.remove(document.community, document.level, keys)

    def _remove_stray_tokens(self, stored: Sequence[Stored]) -> int:
        stray = set(self.token_vectors.versions()) - {version.id for version in stored}
        for version in stray:
            self.token_vectors.remove(version)
        return len(stray)

    def _verify_originals(self, stored: Sequence[Stored]) -> list[Disagreement]:
        lost = [
            Disagreement("original_missing", version.path)
            for version in stored
            if version.status == "ready"
            and not self.originals.intact(version.sha256, version.suffix)
        ]
        stray = self._stray_originals(stored)
        return lost + [Disagreement("original_stray", path.name) for path in stray]

    def _verify_terms(self, stored: Sequence[Stored]) -> list[Disagreement]:
        paths = {version.id: version.path for version in stored}
        lacking, stray = self.catalogue.terms_out_of_step()
        return [Disagreement("terms_missing", paths.get(one, one)) for one in lacking] + [
            Disagreement("terms_stray", str(key)) for key in stray
        ]

    def _verify_vectors(self, stored: Sequence[Stored]) -> list[Disagreement]:
        found = [Disagreement("vectors_waiting", s.path) for s in stored if _waits(s)]
        try:
            there = set(self.vectors.ids())
            found += [
                Disagreement("vectors_missing", version.path)
                for version in stored
                if _is_embedded(version) and not self._finds_vectors(version)
            ]
        except LibraryDamagedError:
            return [*found, Disagreement("vectors_damaged", str(self.folder / "vectors"))]
        known = set().union(*map(_keys, stored))
        stray = sorted(there - known)
        return found + [Disagreement("vectors_stray", f"{key[0]}:{key[1]}") for _, _, key in stray]

    def _finds_vectors(self, version: Stored) -> bool:
        """Whether Chroma gives a version's vectors back, and as they are kept beside it."""
        keys = [(version.id, number) for number in range(version.passages)]
        there = self.vectors.get(version.community, version.level, keys)
        vectors = kept(self, version)
        return there.keys() == set(keys) and (
            vectors is None or np.allclose([there[key] for key in keys], vectors, atol=ROUNDING)
        )

    def _verify_tokens(self, stored: Sequence[Stored]) -> list[Disagreement]:
        there = set(self.token_vectors.versions())
        lacking = [s.path for s in stored if _is_embedded(s) and not self._has_tokens(s)]
        stray = sorted(there - {version.id for version in stored})
        return [Disagreement("tokens_missing", path) for path in lacking] + [
            Disagreement("tokens_stray", name) for name in stray
        ]

    def _has_tokens(self, version: Stored) -> bool:
        try:
            return self.token_vectors.holds(version.id, version.passages)
        except LibraryDamagedError:
            return False

    def _stray_originals(self, stored: Sequence[Stored]) -> list[Path]:
        wanted = {self.originals.path(s.sha256, s.suffix) for s in stored}
        return [path for path in self.originals.all() if path not in wanted]

    def _remove_stray_originals(self, stored: Sequence[Stored]) -> int:
        stray = self._stray_originals(stored)
        for path in stray:
            path.unlink(missing_ok=True)
        return len(stray)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryUnwritableError(path=folder) from error


def _keys(version: Stored) -> set[tuple[str, str, Key]]:
    """Where each vector of a version stands."""
    return {
        (version.community, version.level, (version.id, number))
        for number in range(version.passages)
    }


def _is_embedded(version: Stored) -> bool:
    return version.status == "ready" and version.embedded and version.passages > 0


def _waits(version: Stored) -> bool:
    return version.status == "ready" and not version.embedded


def _unfinished(stored: Iterable[Stored]) -> list[Disagreement]:
    return [
        Disagreement("unfinished", version.path) for version in stored if version.status != "ready"
    ]
