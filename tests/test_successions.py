"""What a document leaves to what takes its place: its level, its names, what people corrected."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import recordfiles as files

from copassist.conversations import Conversations
from copassist.draftstore import Drafts
from copassist.errors import DocumentNotFoundError, MissingFileError
from copassist.library import Library
from ingest.pipeline import Ingestion, scan
from ingest.sync import difference

Records = Callable[..., Path]

MINUTES = "# Compte rendu du 12 mars 2024\n\n## Suivis\n\n* Fatou enverra la grille aux familles.\n"


def packed(path: Path, files: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


def paths(library: Library) -> dict[str, str]:
    return {document.path: document.level for document in library.documents()}


def words_of(library: Library, path: str) -> str:
    document = library.catalogue.document("default", path)
    return " ".join(one.text for one in library.catalogue.version_passages(document.version))


def test_a_new_version_is_shown_to_nobody_new(library: Library, records: Records) -> None:
    folder = records({"a.md": "Le budget est de dix dollars.\n"})
    Ingestion(library, level="core").run([folder])
    records({"a.md": "Le budget est de vingt dollars.\n"})
    Ingestion(library).run([folder])
    assert paths(library) == {"a.md": "core"}
    records({"a.md": "Le budget est de trente dollars.\n"})
    Ingestion(library, level="public").run([folder])
    assert paths(library) == {"a.md": "public"}
    assert library.verify() == []


def test_what_an_archive_gains_has_its_level(library: Library, records: Records) -> None:
    folder = records({})
    folder.mkdir(exist_ok=True)
    packed(folder / "p.zip", {"a.md": "La grille est prête.\n"})
    Ingestion(library, level="core").run([folder])
    packed(folder / "p.zip", {"a.md": "La grille est prête.\n", "b.md": "Le papier manque.\n"})
    Ingestion(library).run([folder])
    assert set(paths(library).values()) == {"core"}


def test_a_narrower_level_is_given_to_bytes_that_are_there(
    library: Library, records: Records
) -> None:
    folder = records({"a.md": "Le budget est de dix dollars.\n"})
    Ingestion(library, level="public").run([folder])
    Ingestion(library, level="core").run([folder])
    assert paths(library) == {"a.md": "core"}
    Ingestion(library, level="public").run([folder])
    assert paths(library) == {"a.md": "core"}


def test_of_two_equal_archives_one_changes_and_the_other_keeps_its_words(
    library: Library, records: Records
) -> None:
    folder = records({})
    folder.mkdir(exist_ok=True)
    for name in ("a-pack.zip", "copy.zip"):
        packed(folder / name, {"a.md": "Le crayon est vert.\n", "b.md": "Le papier est bleu.\n"})
    Ingestion(library).run([folder])
    packed(
        folder / "a-pack.zip", {"a.md": "Le crayon est rouge.\n", "b.md": "Le papier est bleu.\n"}
    )
    Ingestion(library).run([folder])
    assert "vert" in words_of(library, "copy.zip/a.md")
    assert "rouge" in words_of(library, "a-pack.zip/a.md")
    assert library.verify() == []


def test_a_text_withdrawn_from_an_archive_keeps_no_name_in_it(
    library: Library, records: Records
) -> None:
    shared = "Le papier est bleu.\n"
    folder = records({"other.md": shared})
    packed(folder / "pack.zip", {"a.md": "Le crayon est vert.\n", "b.md": shared})
    Ingestion(library).run([folder])
    packed(folder / "pack.zip", {"a.md": "Le crayon est vert.\n"})
    Ingestion(library).run([folder])
    (folder / "other.md").unlink()
    Ingestion(library, sync_folder=True, yes=True).run([folder])
    assert sorted(paths(library)) == ["pack.zip", "pack.zip/a.md"]


def test_a_file_that_was_in_an_archive_too_outlives_it(library: Library, records: Records) -> None:
    folder = records({})
    folder.mkdir(exist_ok=True)
    packed(folder / "pack.zip", {"a.md": "Le crayon est vert.\n"})
    Ingestion(library).run([folder])
    records({"a.md": "Le crayon est vert.\n"})
    Ingestion(library).run([folder])
    (folder / "pack.zip").unlink()
    found = difference(library.documents(), {"a.md"})
    assert [(document.path, name) for document, name in found.renamed] == [
        ("pack.zip/a.md", "a.md")
    ]
    Ingestion(library, sync_folder=True, yes=True).run([folder])
    assert list(paths(library)) == ["a.md"]


def test_removed_words_leave_drafts_and_answers_under_any_name(
    library: Library, records: Records
) -> None:
    folder = records({"other.md": "Le papier est bleu.\n"})
    packed(folder / "pack.zip", {"a.md": "Le crayon est vert.\n"})
    Ingestion(library).run([folder])
    quoted = library.catalogue.document("default", "pack.zip/a.md").to_dict()
    Drafts(library.catalogue, "default").save(
        "anne", {"id": "odj", "items": [{"citations": [{"document": quoted}]}]}
    )
    kept = Conversations(library.catalogue, "default")
    turn = kept.ask("anne", None, "Quel crayon ?")
    earlier = quoted | {"id": "before-it-was-renamed"}
    kept.answer(turn.id, {"answer": "vert", "citations": [], "near": [{"document": earlier}]})
    library.remove("pack.zip")
    assert Drafts(library.catalogue, "default").latest("anne") is None
    (told,) = kept.turns("anne", turn.conversation)
    assert told.answer == {"withdrawn": True}


def test_a_kill_while_a_document_is_removed_leaves_no_words_behind(
    library: Library, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ingestion(library).run([records({"a.md": "Le crayon est vert.\n"})])
    quoted = library.catalogue.document("default", "a.md").to_dict()
    citation = {"document": quoted}
    Drafts(library.catalogue, "default").save(
        "anne", {"id": "odj", "items": [{"citations": [citation]}]}
    )
    kept = Conversations(library.catalogue, "default")
    before, meanwhile = kept.ask("anne", None, "Quel crayon ?"), kept.ask("anne", None, "Et lui ?")
    kept.answer(before.id, {"answer": "vert", "citations": [citation]})
    supersede = library.catalogue.supersede

    def killed(document: str) -> None:
        supersede(document)
        raise KeyboardInterrupt

    monkeypatch.setattr(library.catalogue, "supersede", killed)
    with pytest.raises(KeyboardInterrupt):
        library.remove("a.md")
    assert Drafts(library.catalogue, "default").latest("anne") is None
    assert (kept.turn("anne", before.id) or before).answer == {"withdrawn": True}
    library.recover()

    Ingestion(library).run([records({"a.md": "Le crayon est vert.\n"})])

    def answering(document: str) -> None:
        kept.answer(meanwhile.id, {"answer": "vert", "citations": [citation]})
        supersede(document)

    monkeypatch.setattr(library.catalogue, "supersede", answering)
    library.remove("a.md")
    assert (kept.turn("anne", meanwhile.id) or meanwhile).answer == {"withdrawn": True}


def test_a_corrected_date_or_kind_reaches_the_register(library: Library, records: Records) -> None:
    folder = records({"notes.md": MINUTES})
    Ingestion(library, kind="other").run([folder])
    assert library.register(date(2024, 5, 1))[0].actions == ()
    library.edit("notes.md", {"kind": "minutes", "date": "2024-03-14"})
    for text in (MINUTES, MINUTES + "\nLevée à midi.\n"):
        records({"notes.md": text})
        Ingestion(library).run([folder])
        (action,) = library.register(date(2024, 5, 1))[0].actions
        assert (action.owner, action.session_date) == ("Fatou", "2024-03-14")


def test_a_kind_is_given_to_what_is_in_but_not_against_a_persons(
    library: Library, records: Records
) -> None:
    folder = records({"notes.md": MINUTES, "grille.md": "# Grille\n\nUne ligne par élève.\n"})
    Ingestion(library).run([folder])
    library.edit("grille.md", {"kind": "tool"})
    for kind in ("guide", "other", "minutes"):
        told = Ingestion(library, kind=kind).run([folder])
        assert told.unchanged == ("grille.md", "notes.md")
        assert {one.path: one.kind for one in library.documents()} == {
            "grille.md": "tool",
            "notes.md": kind,
        }
    (action,) = library.register(date(2024, 5, 1))[0].actions
    assert action.owner == "Fatou"


def test_a_folder_that_a_link_leads_to_is_read_once(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "records", tmp_path / "ailleurs"
    for one in (folder / "2024", elsewhere / "dedans"):
        one.mkdir(parents=True)
        (one / "mars.md").write_text(str(one), encoding="utf-8")
    for name, target in (
        ("lien", elsewhere),
        ("lien bis", elsewhere / "dedans"),  # in what the first one gave
        ("2023", folder / "2024"),
        ("autour", tmp_path),
    ):
        (folder / name).symlink_to(target, target_is_directory=True)
    (elsewhere / "dedans" / "retour").symlink_to(elsewhere, target_is_directory=True)
    assert [one.name for one in scan([folder])] == ["2024/mars.md", "lien/dedans/mars.md"]


def test_folders_with_the_same_names_are_all_read(tmp_path: Path) -> None:
    folders = [tmp_path / one for one in ("2023", "2024", "est/2024", "2024")]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "mars.md").write_text(str(folder), encoding="utf-8")
    named = {source.name: source.path.parent for source in scan(folders)}
    assert named == dict(
        zip(("mars.md", "2024/mars.md", "est/2024/mars.md"), folders, strict=False)
    )


def test_a_file_that_goes_while_it_is_read_is_told_and_the_rest_goes_in(
    library: Library, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = records({"a.md": "Le crayon est vert.\n", "b.md": "Le papier est bleu.\n"})
    add = library.originals.add

    def vanishing(source: Path, sha256: str) -> Path:
        if source.name == "a.md":
            source.unlink()
        return add(source, sha256)

    monkeypatch.setattr(library.originals, "add", vanishing)
    report = Ingestion(library).run([folder])
    assert list(report.added) == ["b.md"]
    [(name, error)] = report.failed
    assert (name, type(error)) == ("a.md", MissingFileError)


def test_an_archive_that_goes_while_it_is_read_leaves_its_place_to_a_copy(
    library: Library, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = records({})
    folder.mkdir()
    for name in ("a.zip", "b.zip"):
        (folder / name).write_bytes(files.zipped({"n.md": b"Le crayon est vert."}))
    add = library.originals.add

    def vanishing(source: Path, sha256: str) -> Path:
        if source.name == "a.zip":
            source.unlink(missing_ok=True)
        return add(source, sha256)

    monkeypatch.setattr(library.originals, "add", vanishing)
    report = Ingestion(library).run([folder])
    assert [name for name, _ in report.failed] == ["a.zip"]
    assert list(report.added) == ["a.zip/n.md", "b.zip"]
    assert report.duplicate == (("b.zip/n.md", "a.zip/n.md"),)


def test_the_file_of_a_document_replaced_meanwhile_is_said_to_be_gone(
    library: Library, records: Records
) -> None:
    folder = records({"a.md": "Le crayon est vert.\n"})
    Ingestion(library).run([folder])
    (before,) = library.documents()
    library.remove("a.md")
    with pytest.raises(DocumentNotFoundError):
        library.original(before)
