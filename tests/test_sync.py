"""A library that follows a folder."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from watchdog.observers import Observer

from copassist.errors import ForbiddenError, MissingFileError, SyncRefusedError
from copassist.library import Library
from copassist.passages import Document
from ingest.pipeline import Ingestion, scan
from ingest.sync import difference
from ingest.watch import watch

Records = Callable[[dict[str, str]], Path]

TEXTS = {f"{name}.md": f"# Rencontre {name}\n\nOn parle de {name}.\n" for name in "abcdef"}


def sync(library: Library, folder: Path, *, yes: bool = False) -> tuple[str, ...]:
    return Ingestion(library, sync_folder=True, yes=yes).run([folder]).removed


def paths(library: Library) -> list[str]:
    return [document.path for document in library.documents()]


def test_what_left_the_folder_leaves_the_library(library: Library, records: Records) -> None:
    folder = records(TEXTS)
    sync(library, folder)
    (folder / "c.md").unlink()

    assert sync(library, folder) == ("c.md",)
    assert paths(library) == [name for name in TEXTS if name != "c.md"]
    assert library.verify() == []


def test_a_renamed_file_keeps_its_document_and_its_corrections(
    library: Library, records: Records
) -> None:
    folder = records(TEXTS)
    sync(library, folder)
    library.edit("b.md", {"title": "Titre corrigé"})
    (folder / "b.md").rename(folder / "z.md")

    assert sync(library, folder) == ()
    assert "z.md" in paths(library)
    assert "b.md" not in paths(library)
    assert library.catalogue.document("default", "z.md").title == "Titre corrigé"
    assert library.verify() == []
    names = {*TEXTS, "z.md"} - {"b.md"}
    assert Ingestion(library).run([folder]).unchanged == tuple(sorted(names))


def test_an_emptied_folder_removes_nothing_unless_told(library: Library, records: Records) -> None:
    folder = records(TEXTS)
    sync(library, folder)
    for name in ("a.md", "b.md", "c.md"):
        (folder / name).unlink()

    records({"g.md": "# Rencontre g\n\nOn parle de g.\n"})
    told: list[str] = []
    report = Ingestion(library, sync_folder=True, removing=told.append).run([folder])
    assert isinstance(report.refused, SyncRefusedError)
    assert "--yes" in report.refused.describe("fr")
    assert (report.added, report.removed, told) == (("g.md",), (), [])
    assert len(paths(library)) == 7
    assert "dense" in library.search("On parle de g")[0].signals
    assert sync(library, folder, yes=True) == ("a.md", "b.md", "c.md")


def test_removals_are_told_before_they_happen(library: Library, records: Records) -> None:
    folder = records(TEXTS)
    sync(library, folder)
    (folder / "a.md").unlink()
    told: list[list[str]] = []

    Ingestion(
        library, sync_folder=True, removing=lambda path: told.append([path, *paths(library)])
    ).run([folder])

    assert told == [["a.md", *TEXTS]]


def test_members_of_an_archive_stay_with_it() -> None:
    inside = Document("1", "default", "pack.zip/a.md", "A")
    outside = Document("2", "default", "b.md", "B", also=("copie.md",))
    found = difference([inside, outside], {"pack.zip", "b.md"})
    assert (found.removed, found.renamed) == ((), ())
    assert found.aliases == ((outside, "copie.md"),)
    assert difference([inside], set()).removed == (inside,)


@pytest.mark.parametrize(
    "name", ["notes.md~", "grille.pdf.crdownload", ".notes.md.swp", "~$notes.docx", ".git/notes.md"]
)
def test_what_a_folder_holds_by_the_way_is_read_only_by_its_name(name: str, tmp_path: Path) -> None:
    for one in ("notes.md", name):
        (tmp_path / one).parent.mkdir(exist_ok=True)
        (tmp_path / one).write_text("x")
    assert [one.name for one in scan([tmp_path])] == ["notes.md"]
    given = tmp_path / name
    assert [one.name for one in scan([given])] == [given.name]


def test_a_library_within_the_folder_is_not_read_itself(
    library: Library, records: Records, tmp_path: Path
) -> None:
    (records(TEXTS) / "a.md").rename(tmp_path / "a.md")
    sync(library, tmp_path)
    (tmp_path / "a.md").unlink()
    told = Ingestion(library, sync_folder=True).run([tmp_path])
    assert told.removed == ("a.md",)
    assert not told.failed
    assert not told.duplicate


def test_a_burst_of_changes_is_acted_on_once(tmp_path: Path) -> None:
    acted: list[float] = []
    stop = threading.Event()
    (tmp_path / "library").mkdir()
    thread = threading.Thread(
        target=watch,
        args=([tmp_path], lambda: acted.append(time.monotonic()), stop, 0.3, tmp_path / "library"),
    )
    thread.start()
    try:
        _wait_for(lambda: len(acted) == 1)
        for number in range(5):
            (tmp_path / "notes.md").write_text(str(number))
        _wait_for(lambda: len(acted) == 2)
        (tmp_path / ".notes.md.swp").write_text("x")
        (tmp_path / "library" / "catalogue.sqlite").write_text("x")
        time.sleep(1)
        assert len(acted) == 2
    finally:
        stop.set()
        thread.join(10)


def test_a_folder_is_looked_at_where_the_system_has_no_notices_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: object) -> None:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    monkeypatch.setattr(Observer, "start", refuse)
    acted: list[float] = []
    stop = threading.Event()
    thread = threading.Thread(
        target=watch, args=([tmp_path], lambda: acted.append(time.monotonic()), stop, 0.2)
    )
    thread.start()
    try:
        _wait_for(lambda: len(acted) == 1)
        (tmp_path / "notes.md").write_text("x")
        _wait_for(lambda: len(acted) == 2)
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


def test_what_may_not_be_looked_into_is_told_and_stays(
    library: Library, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = records({**TEXTS, "prive/g.md": "# Privé\n\nOn garde ceci.\n"})
    sync(library, folder)
    listed = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("prive"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    report = Ingestion(library, sync_folder=True).run([folder])
    [(name, error)] = report.failed
    assert (name, type(error)) == ("prive", ForbiddenError)
    assert report.removed == ()
    assert "prive/g.md" in paths(library)


def test_files_that_only_show_their_names_are_told_and_stay(
    library: Library, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = records({**TEXTS, "prive/g.md": "# Privé\n\nOn garde ceci.\n"})
    sync(library, folder)
    asked = Path.stat

    def refuse(self: Path, **options: bool) -> os.stat_result:
        if self.parent.name == "prive":
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return asked(self, **options)

    def unread(path: Path) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", refuse)
    monkeypatch.setattr("ingest.pipeline.sha256_of", unread)
    report = Ingestion(library, sync_folder=True).run([folder])
    assert "prive/g.md" in [name for name, _ in report.failed]
    assert {type(error) for _, error in report.failed} == {ForbiddenError}
    assert report.removed == ()
    with pytest.raises(ForbiddenError):
        scan([folder / "prive" / "g.md"])


def test_a_folder_that_is_not_there_cannot_be_watched(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        watch([tmp_path / "rien"], lambda: None, threading.Event())


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
