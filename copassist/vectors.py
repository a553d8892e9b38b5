"""Passage vectors in Chroma: the only file that knows it. Always rebuildable from the catalogue.

One collection per community and access level, searched without a filter: a metadata ``where`` is
linear in the collection (157 ms at 100,000 vectors, measured with chromadb 1.5.9), and who may
see what is decided by which collections are searched.

Chroma's files are one process's (1.5.9): its HNSW index lives in memory, is saved over itself
from time to time, file after file, and knows nothing of other writers. Killed while it saves, it
leaves an index that lacks vectors, or crashes whoever reads it. So beside its folder stand a
lock, held around every write and every first read, and a state: the mark of the last change, and
whether that change is under way. Another mark than the one remembered means another process
wrote: the client is opened again. "Under way" while nobody holds the lock means that a process
was killed there: nobody reads these files any more, :meth:`Vectors.doubtful` says so, and whoever
may write throws them away and puts back the vectors that are kept beside (``tokenvectors.py``).
Reading never saves the index: what waits in Chroma's log is always less than what makes it save.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from copassist.errors import (
    LibraryBusyError,
    LibraryDamagedError,
    LibraryUnwritableError,
    SettingsError,
)
from copassist.passages import Key
from copassist.settings import http_host

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

BATCH: Final = 1000
"""Vectors per write; Chroma takes at most 5,461 at once."""
PAGE: Final = 10_000
"""Ids per read when all are listed."""
HNSW: Final[dict[str, Any]] = {"space": "cosine"}
"""What a collection is made with; all else is Chroma's default."""
NAME: Final = re.compile(r"cop-(?P<community>.+)\.(?P<level>public|members|core)")
WAIT_SECONDS: Final = 60.0
"""How long the files are waited for: a write of 1,000 vectors holds them for a second or two."""
CLOCK_STEP: Final = 20_000_000
"""Nanoseconds by which a file's time may lag behind the clock: the kernel's own tick, doubled."""
POLL_SECONDS: Final = 0.01
"""Between two looks at the lock: well under the time of a search."""


@dataclass(frozen=True, slots=True)
class _State:
    """The last change of the files: its mark, and whether it is (or was left) under way."""

    mark: str = ""
    writing: bool = False


class Vectors:
    """Vectors by (community, level); thread-safe and safe between processes, opened on first use.

    Every method raises :class:`LibraryDamagedError` when Chroma cannot use its files, or when a
    killed process left them in doubt; :class:`SettingsError` when its server does not answer.
    """

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self._folder = folder
        self._url = url
        self._lock = threading.RLock()
        self._client: ClientAPI | None = None
        self._opened: dict[str, Collection] = {}
        """Collections of this client's files, which nobody else changes while it is open."""
        self._files = FileLock(f"{folder}.lock", thread_local=False, poll_interval=POLL_SECONDS)
        self._state_file = folder.with_name(f"{folder.name}.state")
        self._seen = ""

    def add(
        self, community: str, level: str, ids: Sequence[Key], vectors: NDArray[np.float32]
    ) -> None:
        """Store one unit vector per id, shape (len(ids), dimension); existing ids are replaced."""
        with self._changing():
            self._add(community, level, ids, vectors)

    def remove(self, community: str, level: str, ids: Sequence[Key]) -> None:
        """Delete these; ids that are not there are ignored."""
        with self._changing():
            self._remove(community, level, ids)

    def clear(self) -> None:
        """Delete everything, files included: what a kill spoiled is gone too."""
        if self._url:
            with self._lock, _translated(self._folder, self._url):
                for name in filter(NAME.fullmatch, self._collections()):
                    self._open().delete_collection(name)
            return
        with self._alone():
            self.close()
            self._put(_State(uuid4().hex, writing=True))
            if self._folder.exists():
                shutil.rmtree(self._folder)
            self._put(_State(uuid4().hex))

    def doubtful(self) -> bool:
        """Whether a killed process left a change under way.

        Only to be asked while nobody else may be changing the vectors.
        """
        return not self._url and self._state().writing

    def get(self, community: str, level: str, ids: Sequence[Key]) -> dict[Key, NDArray[np.float32]]:
        """The vectors, each of shape (dimension,), of those of ``ids`` that are there."""
        with self._reading():
            return self._get(community, level, ids)

    def nearest(
        self, community: str, levels: Sequence[str], vector: NDArray[np.float32], limit: int
    ) -> list[tuple[Key, float]]:
        """The ``limit`` nearest of all levels together: (id, cosine similarity), best first."""
        found: list[tuple[Key, float]] = []
        with self._reading():
            for level in levels:
                collection = self._collection(community, level)
                size = collection.count() if collection is not None else 0
                if collection is None or not size:
                    continue
                answer: Any = collection.query(
                    query_embeddings=vector.reshape(1, -1),
                    n_results=min(limit, size),
                    include=["distances"],
                )
                pairs = zip(answer["ids"][0], answer["distances"][0], strict=True)
                found += [(_split(name), 1.0 - float(distance)) for name, distance in pairs]
        return sorted(found, key=lambda pair: -pair[1])[:limit]

    def ids(self) -> list[tuple[str, str, Key]]:
        """Every (community, level, id) there is."""
        with self._reading():
            return [
                (match["community"], match["level"], _split(key))
                for match in map(NAME.fullmatch, self._collections())
                if match is not None
                for key in self._listed(match[0])
            ]

    # --- one process at a time ---------------------------------------------------------------

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the files against other threads and processes."""
        with self._lock:
            try:
                self._folder.parent.mkdir(parents=True, exist_ok=True)
                with self._files.acquire(timeout=WAIT_SECONDS):
                    yield
            except Timeout as error:
                raise LibraryBusyError(path=self._folder, seconds=round(WAIT_SECONDS)) from error
            except OSError as error:
                raise LibraryUnwritableError(path=self._folder) from error

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Change the files, from what the last writer left; cut short, they are in doubt."""
        if self._url:
            with self._lock, _translated(self._folder, self._url):
                yield
            return
        with self._alone(), _translated(self._folder, self._url):
            self._follow()
            mark, began = uuid4().hex, time.time_ns()
            self._put(_State(mark, writing=True))
            yield
            self._make_safe(began)
            self._put(_State(mark))
            self._seen = mark

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Read what this process has in memory, brought up to date unless someone is writing."""
        with self._lock, _translated(self._folder, self._url):
            if not self._url:
                state = self._state()
                if self._client is None or (state.mark != self._seen and not state.writing):
                    self._load()
            yield

    def _follow(self) -> None:
        """Forget what another process has changed since. The files must be held."""
        state = self._state()
        if state.writing:  # and nobody is at it
            raise LibraryDamagedError(path=self._folder, problem="interrupted")
        if state.mark != self._seen:
            self.close()
            self._seen = state.mark

    def _load(self) -> None:
        """Open the files and let Chroma bring its index up to date, while nobody writes."""
        with self._alone():
            self._follow()
            for name in filter(NAME.fullmatch, self._collections()):
                collection = self._open().get_collection(name, embedding_function=None)
                collection.get(limit=1, include=["embeddings"])

    def _make_safe(self, began: int) -> None:
        """Have the index files that changed since on disk: a power cut takes what is not."""
        for path in self._folder.glob("*/*"):
            if path.stat().st_mtime_ns >= began - CLOCK_STEP:
                with path.open("rb") as file:
                    os.fsync(file.fileno())

    def _state(self) -> _State:
        try:
            said, _, mark = self._state_file.read_text(encoding="ascii").partition(" ")
        except FileNotFoundError:
            return _State()
        return _State(mark, said == "writing")

    def _put(self, state: _State) -> None:
        scratch = self._state_file.with_name(f".{self._state_file.name}")
        said = "writing" if state.writing else "done"
        with scratch.open("w", encoding="ascii") as file:
            file.write(f"{said} {state.mark}")
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(self._state_file)

    # --- Chroma ------------------------------------------------------------------------------

    def _add(
        self, community: str, level: str, ids: Sequence[Key], vectors: NDArray[np.float32]
    ) -> None:
        collection = self._open().get_or_create_collection(
            name=_name(community, level),
            embedding_function=None,
            configuration={"hnsw": dict(HNSW)},  # type: ignore[arg-type]
        )
        for start in range(0, len(ids), BATCH):
            chunk = ids[start : start + BATCH]
            collection.upsert(
                ids=[_join(key) for key in chunk],
                embeddings=vectors[start : start + len(chunk)],
            )

    def _remove(self, community: str, level: str, ids: Sequence[Key]) -> None:
        collection = self._collection(community, level)
        if collection is None:
            return
        for start in range(0, len(ids), BATCH):
            collection.delete(ids=[_join(key) for key in ids[start : start + BATCH]])

    def _get(
        self, community: str, level: str, ids: Sequence[Key]
    ) -> dict[Key, NDArray[np.float32]]:
        found: dict[Key, NDArray[np.float32]] = {}
        collection = self._collection(community, level)
        if collection is None:
            return found
        for start in range(0, len(ids), BATCH):
            names = [_join(key) for key in ids[start : start + BATCH]]
            answer: Any = collection.get(ids=names, include=["embeddings"])
            found |= zip(map(_split, answer["ids"]), answer["embeddings"], strict=True)
        return found

    def _listed(self, name: str) -> Iterator[str]:
        """Ids of a collection, read a page at a time."""
        collection = self._open().get_collection(name, embedding_function=None)
        for offset in range(0, collection.count(), PAGE):
            answer: Any = collection.get(limit=PAGE, offset=offset, include=[])
            yield from answer["ids"]

    def close(self) -> None:
        with self._lock:
            self._opened.clear()
            if self._client is not None:
                self._client.close()  # type: ignore[attr-defined]
                self._client = None

    def _collections(self) -> list[str]:
        return [collection.name for collection in self._open().list_collections()]

    def _collection(self, community: str, level: str) -> Collection | None:
        """The collection, if anything was ever put there: reading makes nothing."""
        from chromadb.errors import NotFoundError

        name = _name(community, level)
        if name in self._opened:
            return self._opened[name]
        try:
            found = self._open().get_collection(name, embedding_function=None)
        except NotFoundError:
            return None
        if not self._url:
            self._opened[name] = found
        return found

    def _open(self) -> ClientAPI:
        if self._client is None:
            self._client = _server(self._url) if self._url else _local(self._folder)
        return self._client


def _local(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings
    from chromadb.errors import ChromaError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryUnwritableError(path=folder) from error
    try:
        return chromadb.PersistentClient(
            path=str(folder), settings=Settings(anonymized_telemetry=False)
        )
    except (ChromaError, ValueError, OSError) as error:
        raise LibraryDamagedError(path=folder, problem=error) from error


def _server(url: str) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    host = http_host(url)
    if host is None:
        raise SettingsError(name="COPASSIST_CHROMA_URL", value=url, problem="chroma")
    parts = urlsplit(url)
    try:
        return chromadb.HttpClient(
            host=host,
            port=parts.port or 8000,
            ssl=parts.scheme == "https",
            settings=Settings(anonymized_telemetry=False),
        )
    except ValueError as error:
        raise SettingsError(name="COPASSIST_CHROMA_URL", value=url, problem="silent") from error


@contextmanager
def _translated(folder: Path, url: str | None) -> Iterator[None]:
    """What Chroma says of files it cannot use, and a server that is gone, in our words."""
    from chromadb.errors import ChromaError
    from httpx import HTTPError

    try:
        yield
    except ChromaError as error:
        raise LibraryDamagedError(path=folder, problem=str(error)) from error
    except HTTPError as error:
        raise SettingsError(name="COPASSIST_CHROMA_URL", value=url, problem="silent") from error


def _name(community: str, level: str) -> str:
    return f"cop-{community}.{level}"


def _join(key: Key) -> str:
    version, number = key
    return f"{version}:{number}"


def _split(name: str) -> Key:
    version, _, number = name.rpartition(":")
    return version, int(number)
