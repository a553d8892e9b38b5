"""Uploads: taken in behind the page, found again, and gone from where they were sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from copassist.errors import LibraryBusyError
from copassist.scratch import sweep
from copassist.uploads import KEPT, Batch, Given, Progress, Stage, Uploads

READING = Stage("files", 1, 2)


@dataclass(frozen=True)
class Counts:
    stage: Stage = READING
    name: str = "a.md"


@dataclass(frozen=True)
class Done:
    names: tuple[str, ...]

    def to_dict(self, language: str) -> dict[str, Any]:  # noqa: ARG002
        return {"added": list(self.names)}


class Ingestion:
    """Says one progress, waits for ``go``, then names what it found."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.told = threading.Event()
        self.options: Mapping[str, str] = {}
        self.error: Exception | None = None

    def __call__(
        self,
        paths: Sequence[Path],
        options: Mapping[str, str],
        progress: Callable[[Progress], None],
        cancelled: threading.Event,  # noqa: ARG002
    ) -> Done:
        self.options = options
        progress(Counts())
        self.told.set()
        self.go.wait(10)
        if self.error:
            raise self.error
        [folder] = paths
        found = [file for file in sorted(folder.rglob("*")) if file.is_file()]
        return Done(tuple(file.relative_to(folder).as_posix() for file in found))


def sent(tmp_path: Path, *names: str) -> list[Given]:
    files = []
    for number, name in enumerate(names):
        path = tmp_path / "sent" / str(number)
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
        files.append(Given(path, name))
    return files


def finished(uploads: Uploads, batch: Batch) -> Batch:
    uploads.close()
    found = uploads.get(batch.id)
    assert found is not None
    return found


def test_a_batch_is_found_again_while_it_goes_on(tmp_path: Path) -> None:
    ingestion = Ingestion()
    uploads = Uploads(ingestion, tmp_path / "uploads")
    files = sent(tmp_path, "été.docx", "b.md")
    batch = uploads.add(files, {"level": "core"})
    assert batch.names == ("été.docx", "b.md")
    assert not any(file.path.exists() for file in files)
    assert ingestion.told.wait(10)
    again = uploads.latest()
    assert again is not None
    assert again.running
    assert again.progress == Counts()
    ingestion.go.set()
    done = finished(uploads, batch)
    assert not done.running
    assert done.report == Done(("b.md", "été.docx"))
    assert ingestion.options == {"level": "core"}
    assert list((tmp_path / "uploads").iterdir()) == []


def test_what_became_of_a_batch_is_told_to_who_gave_it(tmp_path: Path) -> None:
    ingestion = Ingestion()
    uploads = Uploads(ingestion, tmp_path / "uploads")
    batch = uploads.add(sent(tmp_path, "a.md"), person="anne")
    assert ingestion.told.wait(10)
    assert uploads.latest("luc") == uploads.latest("anne")  # whoever comes sees that it is read
    ingestion.go.set()
    finished(uploads, batch)
    assert uploads.latest("luc") is None
    assert uploads.latest("anne") == uploads.get(batch.id)


def test_names_never_lead_outside(tmp_path: Path) -> None:
    ingestion = Ingestion()
    ingestion.go.set()
    uploads = Uploads(ingestion, tmp_path / "uploads")
    batch = uploads.add(
        sent(tmp_path, "../../x.md", "/etc/y.md", "C:\\z\\w.md", "..", "dossier/v.md")
    )
    done = finished(uploads, batch)
    assert isinstance(done.report, Done)
    assert set(done.report.names) == {"x.md", "etc/y.md", "C:/z/w.md", "document", "dossier/v.md"}


@pytest.mark.parametrize("error", [LibraryBusyError(path="p", seconds=1)])
def test_an_error_ends_a_batch_in_words(tmp_path: Path, error: Exception) -> None:
    ingestion = Ingestion()
    ingestion.go.set()
    ingestion.error = error
    uploads = Uploads(ingestion, tmp_path / "uploads")
    done = finished(uploads, uploads.add(sent(tmp_path, "a.md")))
    assert done.error is error
    assert not done.running


def test_a_batch_can_be_stopped(tmp_path: Path) -> None:
    ingestion = Ingestion()
    uploads = Uploads(ingestion, tmp_path / "uploads")
    batch = uploads.add(sent(tmp_path, "a.md"))
    uploads.cancel(batch.id)
    ingestion.go.set()
    assert finished(uploads, batch).cancelled


def test_a_batch_that_is_in_or_forgotten_is_not_stopped(tmp_path: Path) -> None:
    ingestion = Ingestion()
    ingestion.go.set()
    uploads = Uploads(ingestion, tmp_path / "uploads")
    batches = [uploads.add(sent(tmp_path, "a.md")) for _ in range(KEPT)]
    for batch in batches:
        uploads.wait(batch.id)
    uploads.add(sent(tmp_path, "a.md"))
    for batch in batches:
        uploads.cancel(batch.id)
    assert uploads.get(batches[0].id) is None
    assert not finished(uploads, batches[1]).cancelled


def test_of_two_files_of_one_name_none_is_lost(tmp_path: Path) -> None:
    ingestion = Ingestion()
    ingestion.go.set()
    uploads = Uploads(ingestion, tmp_path / "uploads")
    batch = uploads.add(sent(tmp_path, "cr/mars.md", "cr/mars.md", "cr/mars.md"))
    assert batch.names == ("cr/mars.md", "cr/mars (2).md", "cr/mars (3).md")
    done = finished(uploads, batch)
    assert isinstance(done.report, Done)
    assert set(done.report.names) == set(batch.names)


def test_a_batch_whose_file_has_gone_leaves_no_folder(tmp_path: Path) -> None:
    uploads = Uploads(Ingestion(), tmp_path / "uploads")
    files = [*sent(tmp_path, "a.md"), Given(tmp_path / "gone", "b.md")]
    with pytest.raises(FileNotFoundError):
        uploads.add(files)
    assert list((tmp_path / "uploads").iterdir()) == []
    uploads.close()


def test_what_the_browser_is_sending_has_an_owner_and_goes_with_it(tmp_path: Path) -> None:
    uploads = Uploads(Ingestion(), tmp_path / "uploads")
    (uploads.arrivals / "secret.md").write_text("texte")
    assert uploads.arrivals.parent == tmp_path / "uploads"
    assert sweep(tmp_path / "uploads") == 0
    uploads.close()
    assert list((tmp_path / "uploads").iterdir()) == []
