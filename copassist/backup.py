"""A whole library in one file, and back.

A ZIP of the catalogue (SQLite's own online copy), the originals, the token vectors and the
vectors, with a manifest of SHA-256s. Restoring checks every one of them before touching
anything, builds the library beside its place, and puts it there by renaming.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np

from copassist.errors import (
    BackupError,
    LibraryUnwritableError,
    MissingFileError,
    OutputError,
    SettingsError,
)
from copassist.library import CATALOGUE, Library
from copassist.scratch import SCRATCH, scratch_folder, sweep
from copassist.settings import Settings
from copassist.vectors import Vectors

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
BROKEN: Final = (
    OSError,
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    RuntimeError,
)
"""What zipfile and json raise on a file that is not what it should be, or is encrypted."""
RESTORING: Final = "-restoring-"
"""Beside the library: what it is built in until it is whole."""


def backup(library: Library, file: Path) -> int:
    """Write the library to ``file``; gives the number of documents. Readers are not disturbed.

    Written beside its place and renamed, so that a backup that exists is a whole one. Raises
    :class:`SettingsError` where servers hold a part of the library.
    """
    _refuse_servers(library.settings)
    scratch = file.with_name(file.name + ".part")
    digests: dict[str, str] = {}
    try:
        with library.writing(), zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in _members(library):
                archive.writestr(name, data)
                digests[name] = hashlib.sha256(data).hexdigest()
            manifest = {
                "format": FORMAT,
                "created": datetime.now(UTC).isoformat(timespec="seconds"),
                "embedding": library.embeddings.name,
                "files": digests,
            }
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        scratch.replace(file)
    except OSError as error:
        raise OutputError(path=file) from error
    finally:
        scratch.unlink(missing_ok=True)
    return sum(len(library.documents(name)) for name in library.catalogue.communities())


def restore(settings: Settings, file: Path) -> None:
    """Put the library of ``file`` in the place of the settings' one.

    Raises :class:`BackupError`, having touched nothing, if any part of it is not what
    its manifest says; :class:`SettingsError` as :func:`backup` does.
    """
    _refuse_servers(settings)
    manifest = check(file)
    target = settings.library
    prefix = f"{target.name}{RESTORING}"
    if target.exists():  # else a kill fell between two renames, and the library lies there
        sweep(target.parent, prefix)
    with scratch_folder(target.parent, prefix) as folder:
        try:
            building = folder / "library"
            with zipfile.ZipFile(file) as archive:
                for name in manifest["files"]:
                    archive.extract(name, building)
            _load_vectors(building)
            _swap(building, target)
        except OSError as error:
            raise LibraryUnwritableError(path=target) from error


def _refuse_servers(settings: Settings) -> None:
    """A folder put back would no longer be that of the catalogue on a server."""
    for name in ("catalogue_url", "chroma_url"):
        url = getattr(settings, name)
        if url:
            shown = url.rpartition("@")[2].partition("?")[0]  # without a password
            raise SettingsError(name=f"COPASSIST_{name.upper()}", value=shown, problem="backup")


def check(file: Path) -> dict[str, Any]:
    """The manifest of a backup every part of which is intact; raises otherwise."""
    if not file.exists():
        raise MissingFileError(path=file)
    try:
        with zipfile.ZipFile(file) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
            if manifest["format"] != FORMAT:
                raise BackupError(path=file, problem=f"format {manifest['format']}")
            for name, digest in manifest["files"].items():
                if Path(name).is_absolute() or ".." in Path(name).parts:
                    raise BackupError(path=file, problem=name)
                if _digest(archive, name) != digest:
                    raise BackupError(path=file, problem=name)
    except BROKEN as error:
        raise BackupError(path=file, problem=error) from error
    return manifest


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as member:
        digest = hashlib.file_digest(member, "sha256")  # type: ignore[arg-type]  # it has readinto
        return digest.hexdigest()


def _members(library: Library) -> Iterator[tuple[str, bytes]]:
    with scratch_folder(library.folder / SCRATCH) as scratch:
        copy = scratch / CATALOGUE
        yield CATALOGUE, _catalogue_copy(library.folder / CATALOGUE, copy)
    for folder in ("originals", "tokens"):
        for path in sorted((library.folder / folder).rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(library.folder).as_posix(), path.read_bytes()
    by_collection: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for community, level, key in library.vectors.ids():
        by_collection[community, level].append(key)
    for (community, level), keys in sorted(by_collection.items()):
        found = library.vectors.get(community, level, keys)
        buffer = BytesIO()
        np.savez(
            buffer,
            versions=np.array([version for version, _ in keys]),
            numbers=np.array([number for _, number in keys]),
            vectors=np.array([found[key] for key in keys], np.float32),
        )
        yield f"export/{community}.{level}.npz", buffer.getvalue()


def _catalogue_copy(path: Path, copy: Path) -> bytes:
    """SQLite's online backup: consistent whatever is being written."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy.read_bytes()


def _load_vectors(folder: Path) -> None:
    vectors = Vectors(folder / "vectors")
    for path in sorted((folder / "export").glob("*.npz")):
        community, _, level = path.stem.rpartition(".")
        with np.load(path) as stored:
            keys = list(zip(stored["versions"].tolist(), stored["numbers"].tolist(), strict=True))
            vectors.add(community, level, keys, stored["vectors"])
    vectors.close()
    shutil.rmtree(folder / "export", ignore_errors=True)


def _swap(built: Path, target: Path) -> None:
    """Rename ``built`` into the place of ``target``; the old library goes only then."""
    old = built.with_name("old")
    if target.exists():
        target.rename(old)
    try:
        built.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
