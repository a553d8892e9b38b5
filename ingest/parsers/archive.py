"""Zip archives: their members as documents of their own, within limits, and nothing outside.

zipfile, Python's own. Members are written under names made here, so none can escape.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Final

from langchain_core.documents import Document

from copassist.errors import DamagedFileError, ProtectedFileError, TooLargeError
from ingest.cleaning import clean
from ingest.parsers.base import (
    Limits,
    Member,
    SectionParser,
    foreign,
    source_of,
    translated,
    unlike,
)

if TYPE_CHECKING:
    from langchain_core.documents.base import Blob

CHUNK: Final = 1 << 20
RATIO_BYTES: Final = 10_000_000
"""Below this size a member may shrink as it likes: a blank table does."""
_UTF8_NAME: Final = 0x800
_ENCRYPTED: Final = 0x1
_LITTER: Final = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".git")


class ZipParser(SectionParser):
    """Gives no section: an archive is its members (see :func:`members`)."""

    def sections(self, blob: Blob) -> Iterator[Document]:  # noqa: ARG002
        return iter(())

    def expand(self, blob: Blob, scratch: Path, limits: Limits) -> Iterator[Member]:
        """The archive's documents, those of archives inside included."""
        if blob.path is None:
            return
        yield from members(Path(blob.path), scratch, limits, name=source_of(blob))


@dataclass(slots=True)
class _Budget:
    """What is left to unpack, over an archive and those inside it."""

    limits: Limits
    source: str
    members: int = 0
    bytes: int = 0
    written: int = 0

    def refuse(self, limit: str, most: float) -> TooLargeError:
        return TooLargeError(path=self.source, limit=limit, most=round(most))


def members(
    path: Path, scratch: Path, limits: Limits, *, name: str | None = None
) -> Iterator[Member]:
    """Each file in the archive at ``path``, copied below ``scratch``.

    Names are ``pack.zip/folder/a.md`` whatever ``..`` or drive they were given. Links, folders
    and system litter are left out; archives inside are opened too. One that is damaged, or
    encrypted unlike others, has its error instead of a copy.

    Raises :class:`TooLargeError` beyond a limit, before anything is written where the archive
    declares it, and :class:`ProtectedFileError` when every member is encrypted.
    """
    budget = _Budget(limits, name or path.name)
    yield from _open(path, name or path.name, scratch, budget, depth=1)


def _open(path: Path, name: str, scratch: Path, budget: _Budget, depth: int) -> Iterator[Member]:
    if depth > budget.limits.depth:
        raise budget.refuse("archives", budget.limits.depth)
    with zipfile.ZipFile(path) as archive:
        infos = [info for info in archive.infolist() if _wanted(info)]
        _check(infos, budget)
        if infos and all(info.flag_bits & _ENCRYPTED for info in infos):
            raise ProtectedFileError(path=budget.source)
        names: set[str] = set()
        for info in infos:
            inner = unlike(safe_name(info), names)  # "a.md" and "./a.md" are two
            names.add(inner)
            copy = scratch / f"{budget.written:05}{PurePosixPath(inner).suffix[:16]}"
            budget.written += 1
            member = _copied(archive, info, Member(f"{name}/{inner}", copy), budget)
            if member.error is None and copy.suffix.lower() == ".zip" and _opens(copy):
                yield from _open(copy, member.name, scratch, budget, depth + 1)
                copy.unlink()
            else:
                yield member


def _copied(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, member: Member, budget: _Budget
) -> Member:
    """``member`` once it is copied, or with the error that concerns it alone."""
    if info.flag_bits & _ENCRYPTED:
        return replace(member, error=ProtectedFileError(path=member.name))
    try:
        with translated(member.name), archive.open(info) as file:
            _write(file, member.path, info, budget)
    except DamagedFileError as error:
        return replace(member, error=error)
    return member


def _opens(path: Path) -> bool:
    """Whether an archive inside another can be read; else it fails alone, as a member."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            return not infos or not all(info.flag_bits & _ENCRYPTED for info in infos)
    except foreign():
        return False


def _check(infos: list[zipfile.ZipInfo], budget: _Budget) -> None:
    limits = budget.limits
    budget.members += len(infos)
    if budget.members > limits.members:
        raise budget.refuse("files", limits.members)
    for info in infos:
        packed = max(info.compress_size, 1)
        if info.file_size > RATIO_BYTES and info.file_size / packed > limits.ratio:
            raise budget.refuse("ratio", limits.ratio)
    if budget.bytes + sum(info.file_size for info in infos) > limits.total_bytes:
        raise budget.refuse("megabytes", limits.total_bytes / 1_000_000)


def _write(file: IO[bytes], copy: Path, info: zipfile.ZipInfo, budget: _Budget) -> None:
    """Copy one member, counting: what an archive declares is not what it unpacks to."""
    limits, size = budget.limits, 0
    packed = max(info.compress_size, 1)
    with copy.open("wb") as out:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            budget.bytes += len(chunk)
            for used, most in ((size, limits.member_bytes), (budget.bytes, limits.total_bytes)):
                if used > most:
                    raise budget.refuse("megabytes", most / 1_000_000)
            if size > RATIO_BYTES and size / packed > limits.ratio:
                raise budget.refuse("ratio", limits.ratio)
            out.write(chunk)


def _wanted(info: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    link = stat.S_ISLNK(info.external_attr >> 16)
    litter = any(part in _LITTER or part.startswith("~$") for part in parts)
    return bool(parts) and not info.is_dir() and not link and not litter


def safe_name(info: zipfile.ZipInfo) -> str:
    """The member's name, relative, with forward slashes and without a step upwards.

    Names without the UTF-8 flag are read as code page 437 by zipfile; macOS writes UTF-8
    without saying so.
    """
    name = info.filename
    if not info.flag_bits & _UTF8_NAME and not name.isascii():
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    parts = clean(name).replace("\\", "/").split("/")
    kept = [part.strip() for part in parts if part.strip() not in {"", ".", ".."}]
    if kept and kept[0].endswith(":"):
        kept = kept[1:]
    return "/".join(kept) or "?"
