"""Files to a library: scan, parse apart, split, write, embed; streaming, in bounded memory.

Words first: a worker process parses while this one writes, so that everything is found by full
text within the minute; then, both cores free, all that was written is embedded. Wherever a run is
stopped, what was finished stays, and the next run goes on from there.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, Final

from copassist.errors import (
    DocumentNotFoundError,
    EmptyFileError,
    ForbiddenError,
    MissingFileError,
    SyncRefusedError,
    UnreadableError,
)
from copassist.extraction import register_of
from copassist.library import Library
from copassist.originals import sha256_of, storable
from copassist.passages import DEFAULT_LEVEL, LEVELS, Document, document_id, version_id
from copassist.rows import NewVersion
from ingest import sync
from ingest.manysessions import by_session
from ingest.metadata import Metadata, guess_metadata
from ingest.reading import reading
from ingest.report import Progress, Report
from ingest.sandbox import Outcome, Parsed, Sandbox, Source
from ingest.split import split_sections

APPEND: Final = 500
"""Passages written to the catalogue at a time."""
IGNORED: Final = (".", "~$", "Thumbs.db", "desktop.ini")
"""Beginnings of names that are nobody's records: hidden files, editors' locks, systems' litter."""
ENDINGS: Final = ("~", ".tmp", ".swp", ".part", ".crdownload")
"""Ends of names that editors and browsers use while they write."""

INCOMPLETE: Final = "incomplete"
"""What an archive or a mail was read by when not all that it holds could be: it is opened again by
the next run, which tries what failed as it tries any file that failed."""


def is_litter(name: str) -> bool:
    """Whether a file of this name in a folder is no record. One that is given by its name is read
    all the same, or it is told why not."""
    return name.startswith(IGNORED) or name.endswith(ENDINGS)


def scan(paths: Iterable[Path], library: Path | None = None) -> list[Source]:
    """The files of ``paths``, each named relative to the folder given, sorted by name.

    The folder of the ``library`` itself, where it lies in one of them, is left out. Raises
    :class:`MissingFileError` for a path that does not exist, :class:`ForbiddenError` for a folder
    that may not be looked into.
    """
    sources: dict[str, Source] = {}
    for path in paths:
        for name, file in _named(path, library):
            called = _called(name, file, sources)
            sources[called] = Source(file, called)
    return [sources[name] for name in sorted(sources)]


def _called(name: Path, file: Path, sources: Mapping[str, Source]) -> str:
    """``name``, after as many of the folders around it as tell it from another file's in
    ``sources``: "mars.md" and "2024/mars.md"."""
    folder = file.parents[len(name.parts) - 1]
    called = storable(name.as_posix())
    for parent in (folder.resolve(), *folder.resolve().parents) if called in sources else ():
        known = sources.get(called)
        if known is None or known.path.resolve() == file.resolve():
            break
        called = f"{storable(parent.name)}/{called}"
    return called


def _named(path: Path, library: Path | None) -> list[tuple[Path, Path]]:
    """The files of ``path``, each with its name."""
    try:
        if path.is_dir():
            return [(file.relative_to(path), file) for file in _files(path, library)]
        if path.is_file():
            return [(Path(path.name), path)]
    except PermissionError as error:
        raise ForbiddenError(path=path) from error
    raise MissingFileError(path=path)


def _files(folder: Path, library: Path | None) -> list[Path]:
    """The files below ``folder``, sorted, and folders that may not be looked into: these fail later
    as files do, so that a sync keeps what the library has of them."""
    closed: list[Path] = []
    files: list[Path] = []
    apart = library.resolve() if library else None
    known = [folder.resolve()]

    def leads_on(path: Path) -> bool:
        there = path.resolve()
        if path.name.startswith(IGNORED) or there == apart:
            return False
        if not path.is_symlink():
            return True
        # what a link leads to is read once: not what is read as it is, nor what is around that
        if any(there.is_relative_to(one) or one.is_relative_to(there) for one in known):
            return False
        known.append(there)
        return True

    found = os.walk(folder, onerror=lambda e: closed.append(Path(e.filename)), followlinks=True)
    for place, folders, names in found:
        where = Path(place)
        folders[:] = [one for one in sorted(folders) if leads_on(where / one)]
        files += [where / name for name in names if not is_litter(name)]
    if folder in closed:
        raise ForbiddenError(path=folder)
    return sorted([*filter(_is_file, files), *closed])


def _is_file(path: Path) -> bool:
    """Whether ``path`` is a file. One that may not be looked at counts: it fails later, so that a
    sync keeps what the library has of it."""
    try:
        return path.is_file()
    except PermissionError:
        return True


class Ingestion:
    """One run over some paths.

    ``sync_folder`` removes what the paths no longer hold; each is told to ``removing`` before any
    goes, and ``yes`` lets even most of the library go. ``again`` reads the library's own files anew
    where parsers and rules have changed since; what people corrected stays, and a kind that is
    known.
    """

    def __init__(  # noqa: PLR0913 - one keyword an option of the command
        self,
        library: Library,
        *,
        kind: str | None = None,
        level: str | None = None,
        progress: Callable[[Progress], None] = lambda _: None,
        cancelled: threading.Event | None = None,
        sync_folder: bool = False,
        yes: bool = False,
        removing: Callable[[str], None] = lambda _: None,
        again: bool = False,
    ) -> None:
        self._sync = sync_folder
        self._yes = yes
        self._removing = removing
        self._again = again
        self._library = library
        self._settings = library.settings
        self._kind = kind
        self._level = level
        self._tell = progress
        self._cancelled = cancelled or threading.Event()
        self._progress = Progress()
        self._lock = threading.Lock()
        self._report = Report()
        self._containers: dict[str, Parsed] = {}
        """Archives and mails whose documents are going in, by their bytes' SHA-256."""
        self._copies: list[Source] = []
        """Other files with the bytes of one of these."""

    def run(self, paths: Sequence[Path]) -> Report:
        """Ingest every file below ``paths``; gives what became of each.

        One file's trouble is in the report, and a sync's that was refused. Raises what
        :func:`scan` does, and :class:`~copassist.errors.LibraryError` for the library's own
        trouble.
        """
        started = time.perf_counter()
        self._library.check_model()
        sources = given = self._held() if self._again else scan(paths, self._settings.library)
        self._library.recover()
        with Sandbox(self._settings) as sandbox:
            while sources:
                sources = self._round(sandbox, sources) or self._finish_containers()
        self._library.sweep()
        if self._sync and not self._cancelled.is_set():
            self._remove_missing({source.name for source in given})
        if not self._cancelled.is_set():
            self._count(to_embed=sum(s.passages for s in self._library.catalogue.waiting()))
        self._library.embed(lambda done: self._count(embedded=done), self._cancelled)
        self._report = replace(self._report, seconds=time.perf_counter() - started)
        return self._report

    def _held(self) -> list[Source]:
        """The library's own files: of an archive or a mail the whole, not what it holds."""
        documents = self._library.documents()
        names = {document.path for document in documents}
        return [
            Source(self._library.original(document), document.path)
            for document in documents
            if not any(one.as_posix() in names for one in PurePosixPath(document.path).parents)
        ]

    def _round(self, sandbox: Sandbox, sources: Sequence[Source]) -> list[Source]:
        """Ingest ``sources``; gives what is left: documents inside them, copies of one another."""
        left: list[Source] = []
        digests: dict[str, str] = {}
        self._count(files_total=len(sources))
        for outcome in sandbox.parse_many(self._to_parse(sources, digests, left)):
            digest = digests[outcome.source.name]
            if outcome.parsed is not None and outcome.parsed.members:
                # before its new members take the names of those it held
                self._library.hand_over(outcome.source.name, digest)
                self._containers[digest] = outcome.parsed
                left += outcome.parsed.members
            else:
                self._finish(outcome, digest)
            if self._cancelled.is_set():
                return []
        return left

    def _to_parse(
        self, sources: Iterable[Source], digests: dict[str, str], left: list[Source]
    ) -> Iterator[Source]:
        """Those of ``sources`` whose bytes the library does not have; the others are settled here.

        A second file with the same bytes waits in ``left`` for what becomes of the first, and in
        ``self._copies`` where the first is an archive or a mail.
        """
        for source in sources:
            if self._cancelled.is_set():
                return
            if source.error is not None:
                self._fail(source.name, source.error)
                continue
            try:
                digest = sha256_of(source.path)
            except (PermissionError, IsADirectoryError):  # a closed folder: see _files
                self._fail(source.name, ForbiddenError(path=source.name))
                continue
            except OSError:
                self._fail(source.name, MissingFileError(path=source.name))
                continue
            if self._settled(source.name, digest):
                continue
            if digest in self._containers:
                self._copies.append(source)
                self._count(files_total=-1)
                continue
            if digest in digests.values():
                left.append(source)
                self._count(files_total=-1)
                continue
            digests[source.name] = digest
            yield source

    def _settled(self, name: str, digest: str) -> bool:
        """Whether ``name`` needs no parsing: unchanged, or the bytes of another document."""
        same = self._library.catalogue.find_bytes(self._settings.community, digest, name)
        if same is None or (name == same.path and self._is_read_otherwise(same, digest)):
            return False
        self._narrow(same)
        self._give_kind(same)
        if name == same.path or name in same.also:
            self._add(name, unchanged=(name,))
            return True
        with self._library.writing():
            # Another process may have taken the other document away since.
            same = self._library.catalogue.find_bytes(self._settings.community, digest, name)
            if same is None:
                return False
            self._library.forget_name(same.community, name)
            self._library.catalogue.add_alias(same.community, name, same.id)
        self._add(name, duplicate=((name, same.path),))
        return True

    def _is_read_otherwise(self, document: Document, digest: str) -> bool:
        """Whether what the library has of a document is to be read anew."""
        if document.version == version_id(document.id, digest, INCOMPLETE):
            return True
        return self._again and document.version != version_id(document.id, digest, reading())

    def _narrow(self, document: Document) -> None:
        """Give bytes that are there already the level asked for, if fewer may see it then; to
        widen it is for a person to do, document by document."""
        if self._level and LEVELS.index(self._level) > LEVELS.index(document.level):
            self._library.edit(document.id, {"level": self._level})

    def _give_kind(self, document: Document) -> None:
        """Give bytes that are there already the kind asked for, unless a person gave another."""
        if self._kind in (None, document.kind):
            return
        if "kind" not in self._library.catalogue.corrections_of(document.id):
            self._library.edit(document.id, {"kind": self._kind}, by_hand=False)

    def _finish_containers(self) -> list[Source]:
        """Write archives and mails once all that they hold is in; gives copies of them, to be
        settled by what became of the first.

        Stopped before, they are opened again: one that is "unchanged" is complete.
        """
        if self._cancelled.is_set():
            return []
        for digest, parsed in reversed(self._containers.items()):
            self._forget_missing_members(parsed)
            self._finish(Outcome(parsed.source, parsed), digest)
        self._containers.clear()
        copies, self._copies = self._copies, []
        return copies

    def _forget_missing_members(self, parsed: Parsed) -> None:
        """A new version of an archive or a mail takes the place of all that the old one held."""
        community = self._settings.community
        names = {member.name for member in parsed.members}
        catalogue = self._library.catalogue
        held = catalogue.members(community, parsed.source.name)
        for path in (*held, *catalogue.names_inside(community, parsed.source.name)):
            if not any(path == name or path.startswith(f"{name}/") for name in names):
                self._library.forget_name(community, path)

    def _finish(self, outcome: Outcome, digest: str) -> None:
        """Write what one file gave, or why it gave nothing."""
        name = outcome.source.name
        parsed = outcome.parsed
        if parsed is None:
            assert outcome.error is not None
            self._fail(name, outcome.error)
        elif not parsed.sections and not parsed.members:
            self._fail(name, EmptyFileError(path=name))
        else:
            try:
                self._write(parsed, digest)
            except (FileNotFoundError, MissingFileError):  # gone since it was read
                self._fail(name, MissingFileError(path=name))

    def _write(self, parsed: Parsed, digest: str) -> None:
        name = parsed.source.name
        guess = guess_metadata(name, parsed.sections, parsed.properties)
        sections, about = by_session(parsed.sections, guess, name, parsed.properties, date.today())
        document = self._document(parsed, about)
        read = replace(document, **self._library.catalogue.corrections_of(document.id))
        passages = list(split_sections(sections, read.title, read.date, language=read.language))
        suffix = storable(parsed.source.path.suffix)
        new = NewVersion(document, digest, suffix, self._reading_of(name))
        with self._library.writing():
            if self._settled(name, digest):  # by another process, while this one was parsing
                return
            if self._is_in(new):
                self._add(name, unchanged=(name,))
                return
            replaced = self._library.replace(
                new,
                parsed.source.path,
                (passages[start : start + APPEND] for start in range(0, len(passages), APPEND)),
                lambda: register_of(read, [replace(one, version=new.id) for one in passages]),
            )
        self._count(passages=len(passages))
        self._add(
            name,
            added=() if replaced else (name,),
            replaced=(name,) if replaced else (),
            passages=len(passages),
        )

    def _reading_of(self, name: str) -> str:
        """Which code read all of a file; where something inside failed, that not all of it is."""
        failed = any(one.startswith(f"{name}/") for one, _ in self._report.failed)
        return INCOMPLETE if failed else reading()

    def _is_in(self, new: NewVersion) -> bool:
        """Whether the library has this version: an archive whose members failed once more."""
        current = self._library.catalogue.current(new.document.community, new.document.path)
        return current is not None and current.id == new.id

    def _document(self, parsed: Parsed, guess: Metadata) -> Document:
        name = parsed.source.name
        community = self._settings.community
        # a new version is shown to nobody who could not see the old one
        known = self._library.catalogue.level_of(community, name)
        kind = self._kind or (self._known_kind(name) if self._again else None) or guess.kind
        return Document(
            id=document_id(community, name),
            community=community,
            path=name,
            title=guess.title,
            kind=kind,
            date=guess.date,
            language=guess.language,
            level=self._level or known or DEFAULT_LEVEL,
            bytes=parsed.source.path.stat().st_size,
            notes=(*guess.notes, *parsed.notes),
        )

    def _known_kind(self, name: str) -> str | None:
        """The kind that a document has, which somebody may have given; « other » says nothing."""
        try:
            kind = self._library.catalogue.document(self._settings.community, name).kind
        except DocumentNotFoundError:
            return None
        return kind if kind != "other" else None

    def _remove_missing(self, names: set[str]) -> None:
        """What is gone from the folder goes; that too much is gone is in the report, since what the
        folder has is in by then."""
        documents = self._library.documents()
        found = sync.difference(documents, names)
        try:
            removed = sync.apply(
                self._library, found, len(documents), yes=self._yes, removing=self._removing
            )
        except SyncRefusedError as error:
            self._report = replace(self._report, refused=error)
        else:
            self._report = replace(self._report, removed=removed)

    # --- telling -----------------------------------------------------------------------------

    def _fail(self, name: str, error: UnreadableError) -> None:
        self._add(name, failed=((name, error),))

    def _add(self, name: str, passages: int = 0, **lists: tuple[Any, ...]) -> None:
        with self._lock:
            grown = {field: getattr(self._report, field) + new for field, new in lists.items()}
            grown["passages"] = self._report.passages + passages
            self._report = replace(self._report, **grown)
        self._count(files=1, name=name)

    def _count(self, name: str = "", **counts: int) -> None:
        with self._lock:
            grown = {field: getattr(self._progress, field) + n for field, n in counts.items()}
            self._progress = replace(self._progress, name=name or self._progress.name, **grown)
            told = self._progress
        self._tell(told)
