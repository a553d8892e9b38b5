"""Models on this machine; nothing here reaches an index."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from copassist.errors import ModelDamagedError, ModelFetchError, ModelUnknownError
from copassist.models import modelstore
from copassist.models.modelfolder import SCRATCH
from copassist.models.modelstore import (
    GGUF_MAGIC,
    find,
    pull,
    pull_packaged,
    stored,
)
from copassist.models.packagedmodels import (
    EMBEDDING_GEMMA,
    PACKAGED,
    QWEN_CODER,
    PackagedModel,
    Part,
)

PARTS = (GGUF_MAGIC + b"one", b"two", b"three")
TINY = PackagedModel(
    name="tiny",
    parts=tuple(Part(f"tiny-{n}", "1.0", f"tiny/{n:02d}.bin") for n in (1, 2, 3)),
    bytes=sum(map(len, PARTS)),
    sha256=hashlib.sha256(b"".join(PARTS)).hexdigest(),
    licence="CC0-1.0",
)


class Index:
    """A package index of three wheels that can fail at one of them, and counts what it gave."""

    def __init__(self, failing: str | None = None, parts: tuple[bytes, ...] = PARTS) -> None:
        self.failing = failing
        self.parts = {
            part.package: (part.member, content)
            for part, content in zip(TINY.parts, parts, strict=True)
        }
        self.given: list[str] = []

    def fetch(self, package: str, version: str, folder: Path) -> Path:
        if package == self.failing:
            raise ModelFetchError(name=package, problem="no network")
        self.given.append(package)
        member, content = self.parts[package]
        wheel = folder / f"{package}-{version}.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(member, content)
        return wheel


def test_parts_are_joined_checked_and_removed(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = pull_packaged(TINY, tmp_path, lambda *now: seen.append(now), Index().fetch)
    assert path.read_bytes() == b"".join(PARTS)
    assert [entry.name for entry in tmp_path.iterdir()] == ["tiny.gguf"]
    assert seen[-1] == (TINY.bytes, TINY.bytes)
    assert [present for present, _ in seen] == sorted(present for present, _ in seen)


def test_an_interrupted_pull_goes_on_where_it_was(tmp_path: Path) -> None:
    with pytest.raises(ModelFetchError):
        pull_packaged(TINY, tmp_path, lambda *_: None, Index(failing="tiny-3").fetch)
    again = Index()
    pull_packaged(TINY, tmp_path, lambda *_: None, again.fetch)
    assert again.given == ["tiny-3"]


def test_a_failed_fetch_names_the_model(tmp_path: Path) -> None:
    with pytest.raises(ModelFetchError) as caught:
        pull_packaged(TINY, tmp_path, lambda *_: None, Index(failing="tiny-3").fetch)
    assert caught.value.values == {"name": "tiny", "problem": "no network"}


def test_what_a_killed_pull_left_goes_with_the_next(tmp_path: Path) -> None:
    source = tmp_path / "mine.gguf"
    source.write_bytes(GGUF_MAGIC)
    models = tmp_path / "models"
    kept, wanted = models / EMBEDDING_GEMMA.kept, models / f"{QWEN_CODER.file}.parts"
    for folder in (
        kept,
        models / f"{EMBEDDING_GEMMA.file}.parts",
        models / f"{EMBEDDING_GEMMA.kept}{SCRATCH}abc",
        wanted,
    ):
        folder.mkdir(parents=True)
    (models / f"abc{modelstore.UNFINISHED}").write_bytes(b"half")
    pull(str(source), models)
    left = {path for path in models.iterdir() if path.name != modelstore.LOCK}
    assert left == {kept, wanted, models / "mine.gguf"}


def test_two_pulls_at_once_take_turns(tmp_path: Path) -> None:
    source = tmp_path / "mine.gguf"
    source.write_bytes(GGUF_MAGIC)
    models = tmp_path / "models"
    models.mkdir()
    pulled: list[Path] = []
    told = threading.Event()
    second = threading.Thread(
        target=lambda: pulled.append(pull(str(source), models, waiting=told.set))
    )
    with FileLock(models / modelstore.LOCK):
        second.start()
        assert told.wait(10)
        assert not pulled
    second.join()
    assert pulled == [models / "mine.gguf"]


def test_a_model_that_is_there_needs_no_right_to_write(tmp_path: Path) -> None:
    models = tmp_path / "models"
    kept = models / EMBEDDING_GEMMA.kept
    kept.mkdir(parents=True)
    assert pull(EMBEDDING_GEMMA.name, models) == kept
    assert [path.name for path in models.iterdir()] == [kept.name]  # no lock was taken


def test_a_model_that_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    pull_packaged(TINY, tmp_path, lambda *_: None, Index().fetch)
    again = Index()
    pull_packaged(TINY, tmp_path, lambda *_: None, again.fetch)
    assert again.given == []


def test_other_bytes_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    forged = Index(parts=(PARTS[0], b"TWO", PARTS[2]))
    with pytest.raises(ModelDamagedError):
        pull_packaged(TINY, tmp_path, lambda *_: None, forged.fetch)
    assert list(tmp_path.iterdir()) == []


def test_a_wheel_without_its_part_is_a_failed_fetch(tmp_path: Path) -> None:
    def empty(package: str, version: str, folder: Path) -> Path:
        wheel = folder / "empty.whl"
        zipfile.ZipFile(wheel, "w").close()
        return wheel

    with pytest.raises(ModelFetchError):
        pull_packaged(TINY, tmp_path, lambda *_: None, empty)


def test_a_gguf_file_is_copied_whole(tmp_path: Path) -> None:
    source = tmp_path / "mine.gguf"
    source.write_bytes(GGUF_MAGIC + b"x")
    folder = tmp_path / "models"
    assert pull(str(source), folder).read_bytes() == GGUF_MAGIC + b"x"
    assert find("mine", folder) == folder / "mine.gguf"
    source.write_bytes(b"not a model")
    with pytest.raises(ModelDamagedError):
        pull(str(source), tmp_path / "elsewhere")


def test_a_full_disk_is_a_failed_fetch_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path) -> Iterator[bytes]:
        yield GGUF_MAGIC
        raise OSError("No space left on device")

    monkeypatch.setattr(modelstore, "_blocks", full)
    source = tmp_path / "mine.gguf"
    source.write_bytes(GGUF_MAGIC)
    with pytest.raises(ModelFetchError, match="No space left"):
        pull(str(source), tmp_path / "models")
    left = [path.name for path in (tmp_path / "models").iterdir()]
    assert not set(left) - {modelstore.LOCK}


def test_an_unknown_name_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ModelUnknownError):
        pull("no-such-model", tmp_path)


def test_the_packaged_model_is_found_before_others(tmp_path: Path) -> None:
    assert find(None, tmp_path) is None
    (tmp_path / "other.gguf").write_bytes(GGUF_MAGIC)
    assert find(None, tmp_path) == tmp_path / "other.gguf"
    (tmp_path / QWEN_CODER.file).write_bytes(GGUF_MAGIC)
    assert find(None, tmp_path) == tmp_path / QWEN_CODER.file
    assert find("hf:owner/repo/other.gguf", tmp_path) == tmp_path / "other.gguf"
    assert find("absent", tmp_path) is None


def zipped(folder: Path) -> tuple[PackagedModel, Path]:
    """A model of one part, the zip of a folder, and the wheel that holds it."""
    archive, wheel = folder / "a.zip", folder / "a.whl"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("inner/modules.json", "[]")
    with zipfile.ZipFile(wheel, "w") as opened:
        opened.write(archive, "p/chunk.bin")
    content = archive.read_bytes()
    model = PackagedModel(
        name="folded",
        parts=(Part("p", "0.1", "p/chunk.bin"),),
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        licence="CC0-1.0",
        inside="inner",
    )
    return model, wheel


def test_a_folder_is_unpacked_and_its_archive_removed(tmp_path: Path) -> None:
    model, wheel = zipped(tmp_path)
    folder = tmp_path / "models"
    folder.mkdir()
    path = pull_packaged(model, folder, lambda *_: None, lambda *_: wheel)
    assert [one.name for one in folder.iterdir()] == ["folded"]
    assert (path / "modules.json").read_text() == "[]"

    def fail(*_: object) -> Path:
        raise AssertionError("fetched again")

    assert pull_packaged(model, folder, lambda *_: None, fail) == path
    (folder / model.file).write_bytes((tmp_path / "a.zip").read_bytes())
    (path / "modules.json").unlink()
    path.rmdir()
    assert pull_packaged(model, folder, lambda *_: None, fail).is_dir(), "killed while unpacking"


def test_an_archive_that_is_damaged_goes(tmp_path: Path) -> None:
    model, _ = zipped(tmp_path)
    (tmp_path / model.file).write_bytes(bytes(model.bytes))
    with pytest.raises(ModelDamagedError):
        pull_packaged(model, tmp_path, lambda *_: None)
    assert not (tmp_path / model.file).exists()


def test_the_list_shows_what_is_here_and_what_could_be(tmp_path: Path) -> None:
    assert [(line.name, line.path) for line in stored(tmp_path)] == [
        (name, None) for name in PACKAGED
    ]
    (tmp_path / "other.gguf").write_bytes(GGUF_MAGIC)
    assert [line.name for line in stored(tmp_path)] == ["other", *PACKAGED]
    (tmp_path / EMBEDDING_GEMMA.kept).mkdir()
    (tmp_path / EMBEDDING_GEMMA.kept / "weights").write_bytes(b"12345")
    [here] = [line for line in stored(tmp_path) if line.name == EMBEDDING_GEMMA.name]
    assert (here.path, here.bytes) == (tmp_path / EMBEDDING_GEMMA.kept, 5)
