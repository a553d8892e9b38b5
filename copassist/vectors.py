"""Passage vectors in Chroma: the only file that knows it. Always rebuildable from the catalogue.

One collection per community and access level, searched without a filter: a metadata ``where`` is
linear in the collection (157 ms at 100,000 vectors, measured with chromadb 1.5.9), and who may
see what is decided by which collections are searched.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from copassist.errors import LibraryDamagedError, LibraryUnwritableError, SettingsError
from copassist.lexical import Key

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

BATCH: Final = 1000
"""Vectors per write; Chroma takes at most 5,461 at once."""
PAGE: Final = 10_000
"""Ids per read when all are listed."""
SPACE: Final = "cosine"
NAME: Final = re.compile(r"cop-(?P<community>.+)\.(?P<level>public|members|core)")


class Vectors:
    """Vectors by (community, level); thread-safe, opened on first use."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self._folder = folder
        self._url = url
        self._lock = threading.RLock()
        self._client: ClientAPI | None = None

    def add(
        self, community: str, level: str, ids: Sequence[Key], vectors: NDArray[np.float32]
    ) -> None:
        """Store one unit vector per id, shape (len(ids), dimension); existing ids are replaced."""
        with self._lock:
            collection = self._collection(community, level)
            for start in range(0, len(ids), BATCH):
                chunk = ids[start : start + BATCH]
                collection.upsert(
                    ids=[_join(key) for key in chunk],
                    embeddings=vectors[start : start + len(chunk)],
                )

    def remove(self, community: str, level: str, ids: Sequence[Key]) -> None:
        """Delete these; ids that are not there are ignored."""
        with self._lock:
            collection = self._collection(community, level)
            for start in range(0, len(ids), BATCH):
                collection.delete(ids=[_join(key) for key in ids[start : start + BATCH]])

    def get(self, community: str, level: str, ids: Sequence[Key]) -> NDArray[np.float32]:
        """The vectors of ``ids``, in their order, shape (len(ids), dimension)."""
        with self._lock:
            collection = self._collection(community, level)
            found: dict[str, Any] = {}
            for start in range(0, len(ids), BATCH):
                names = [_join(key) for key in ids[start : start + BATCH]]
                answer: Any = collection.get(ids=names, include=["embeddings"])
                found |= dict(zip(answer["ids"], answer["embeddings"], strict=True))
        return np.array([found[_join(key)] for key in ids], np.float32)

    def move(self, community: str, level: str, target: str, ids: Sequence[Key]) -> None:
        """Take vectors from one access level's collection to another's."""
        with self._lock:
            self.add(community, target, ids, self.get(community, level, ids))
            self.remove(community, level, ids)

    def nearest(
        self, community: str, levels: Sequence[str], vector: NDArray[np.float32], limit: int
    ) -> list[tuple[Key, float]]:
        """The ``limit`` nearest of all levels together: (id, cosine similarity), best first."""
        found: list[tuple[Key, float]] = []
        with self._lock:
            for level in levels:
                collection = self._collection(community, level)
                size = collection.count()
                if not size:
                    continue
                answer: Any = collection.query(
                    query_embeddings=vector.reshape(1, -1),
                    n_results=min(limit, size),
                    include=["distances"],
                )
                pairs = zip(answer["ids"][0], answer["distances"][0], strict=True)
                found += [(_split(name), 1.0 - float(distance)) for name, distance in pairs]
        return sorted(found, key=lambda pair: -pair[1])[:limit]

    def ids(self) -> Iterator[tuple[str, str, Key]]:
        """Every (community, level, id) there is."""
        with self._lock:
            for name in self._collections():
                match = NAME.fullmatch(name)
                if match is None:
                    continue
                community, level = match["community"], match["level"]
                collection = self._collection(community, level)
                for offset in range(0, collection.count(), PAGE):
                    for key in collection.get(limit=PAGE, offset=offset, include=[])["ids"]:
                        yield community, level, _split(key)

    def clear(self) -> None:
        """Delete every collection of ours."""
        with self._lock:
            for name in self._collections():
                if NAME.fullmatch(name):
                    self._open().delete_collection(name)

    def reopen(self) -> None:
        """Forget what this process remembers, to see what another process has written."""
        with self._lock:
            if self._client is not None and self._url is None:
                self.close()

    def close(self) -> None:
        with self._lock:
            if self._client is not None:
                self._client.close()  # type: ignore[attr-defined]
                self._client = None

    def _collections(self) -> list[str]:
        return [collection.name for collection in self._open().list_collections()]

    def _collection(self, community: str, level: str) -> Collection:
        return self._open().get_or_create_collection(
            name=f"cop-{community}.{level}",
            embedding_function=None,
            configuration={"hnsw": {"space": SPACE}},
        )

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

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(name="COPASSIST_CHROMA_URL", value=url, problem="http://host:port")
    try:
        return chromadb.HttpClient(
            host=parts.hostname,
            port=parts.port or 8000,
            ssl=parts.scheme == "https",
            settings=Settings(anonymized_telemetry=False),
        )
    except ValueError as error:
        raise SettingsError(name="COPASSIST_CHROMA_URL", value=url, problem=error) from error


def _join(key: Key) -> str:
    version, number = key
    return f"{version}:{number}"


def _split(name: str) -> Key:
    version, _, number = name.rpartition(":")
    return version, int(number)
