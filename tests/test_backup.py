"""A whole library in one file, and back."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from copassist.backup import backup, restore
from copassist.errors import BackupError, LibraryUnwritableError, SettingsError
from copassist.library import Library
from copassist.settings import Settings
from copassist.testing import FakeEmbeddings
from ingest.pipeline import Ingestion

Records = Callable[[dict[str, str]], Path]

TEXTS = {
    "2024-03-12.md": "# Rencontre du 12 mars 2024\n\nLa tablette sera prêtée aux familles.\n",
    "2024-04-09.md": "# Rencontre du 9 avril 2024\n\nLe papier ligné convient mieux.\n",
}


def test_what_was_saved_comes_back_whole(
    settings: Settings, library: Library, records: Records, tmp_path: Path
) -> None:
    Ingestion(library).run([records(TEXTS)])
    library.edit("2024-03-12.md", {"title": "Prêt"})
    before = [(hit.passage, hit.document, hit.signals) for hit in library.search("tablette")]

    assert backup(library, tmp_path / "sauvegarde.zip") == 2
    library.remove("2024-03-12.md")
    library.close()
    restore(settings, tmp_path / "sauvegarde.zip")

    with Library(settings, FakeEmbeddings()) as again:
        assert again.verify() == []
        after = [(hit.passage, hit.document, hit.signals) for hit in again.search("tablette")]
    assert after == before
    assert sorted(path.name for path in settings.library.parent.iterdir()) == [
        "library",
        "records",
        "sauvegarde.zip",
    ]


@pytest.mark.parametrize(
    "damage", ["cut", "flipped", "missing", "outside", "not a zip", "encrypted", "listed"]
)
def test_a_damaged_backup_touches_nothing(
    settings: Settings, library: Library, records: Records, tmp_path: Path, damage: str
) -> None:
    Ingestion(library).run([records(TEXTS)])
    file = tmp_path / "sauvegarde.zip"
    backup(library, file)
    _damage(file, damage)

    with pytest.raises(BackupError):
        restore(settings, file)

    assert library.verify() == []
    assert len(library.documents()) == 2


def test_what_cannot_be_put_in_place_leaves_the_old_library(
    settings: Settings,
    library: Library,
    records: Records,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Ingestion(library).run([records(TEXTS)])
    backup(library, tmp_path / "sauvegarde.zip")
    library.close()
    rename = Path.rename

    def refused(path: Path, target: Path) -> Path:
        if path.name == "library" and target == settings.library:
            raise OSError("Directory not empty")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(LibraryUnwritableError):
        restore(settings, tmp_path / "sauvegarde.zip")
    with Library(settings, FakeEmbeddings()) as again:
        assert len(again.documents()) == 2


@pytest.mark.parametrize("name", ["catalogue_url", "chroma_url"])
def test_what_servers_hold_is_neither_saved_nor_replaced(
    settings: Settings, library: Library, records: Records, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "sauvegarde.zip"
    Ingestion(library).run([records(TEXTS)])
    backup(library, file)
    library.settings = settings.model_copy(update={name: "scheme://reader:secret@host/library"})
    with pytest.raises(SettingsError, match="host/library") as saving:
        backup(library, file)
    with pytest.raises(SettingsError) as restoring:
        restore(library.settings, file)
    assert "secret" not in f"{saving.value} {restoring.value}"
    assert library.verify() == []


def test_a_place_that_cannot_be_made_is_said(
    settings: Settings, library: Library, tmp_path: Path
) -> None:
    backup(library, tmp_path / "sauvegarde.zip")
    (tmp_path / "file").touch()
    elsewhere = settings.model_copy(update={"library": tmp_path / "file" / "library"})
    with pytest.raises(LibraryUnwritableError):
        restore(elsewhere, tmp_path / "sauvegarde.zip")


def _damage(file: Path, how: str) -> None:
    data = bytearray(file.read_bytes())
    if how == "cut":
        file.write_bytes(data[: len(data) // 2])
    elif how == "flipped":
        # in the middle of the first member's compressed bytes
        data[200] ^= 0xFF
        file.write_bytes(data)
    elif how == "not a zip":
        file.write_bytes(b"%PDF-1.7")
    elif how == "encrypted":
        entry = data.rindex(b"PK\x01\x02")  # the manifest's, in the central directory
        data[entry + 8] |= 1
        file.write_bytes(data)
    elif how == "listed":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("manifest.json", '{"format": 1, "files": ["catalogue.sqlite"]}')
    else:
        with zipfile.ZipFile(file) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        if how == "missing":
            del members["catalogue.sqlite"]
        else:
            manifest = members["manifest.json"].replace(b'"catalogue.sqlite"', b'"../catalogue"')
            members["manifest.json"] = manifest
            members["../catalogue"] = members["catalogue.sqlite"]
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
