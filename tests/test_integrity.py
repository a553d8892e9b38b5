"""Names, containers, writers side by side, damage: what is in stays in, and is told."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from crashes import InlineSandbox

from copassist.errors import DamagedFileError, ProtectedFileError
from copassist.library import Library
from copassist.settings import Settings
from copassist.testing import FakeEmbeddings
from ingest import filetypes
from ingest.pipeline import Ingestion
from ingest.report import Report

Records = Callable[[dict[str, str]], Path]

OLD = "# Rencontre du 12 mars 2024\n\nLa tablette sera prêtée aux familles pendant l'été.\n"
NEW = "# Rencontre du 9 avril 2024\n\nLe papier ligné convient mieux que la feuille blanche.\n"
THIRD = "# Rencontre du 7 mai 2024\n\nLe pupitre incliné repose le poignet.\n"


@pytest.fixture(autouse=True)
def parsed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker processes: they are ``test_sandbox.py``'s."""
    monkeypatch.setattr("ingest.pipeline.Sandbox", InlineSandbox)


def paths(library: Library) -> list[str]:
    return [document.path for document in library.documents()]


def best(library: Library, question: str) -> str:
    [hit, *_] = library.search(question, 1)
    return hit.document.path


def pack(folder: Path, name: str, members: dict[str, str]) -> None:
    with zipfile.ZipFile(folder / name, "w") as archive:
        for member, text in members.items():
            archive.writestr(member, text)


# --- two names, the same bytes -----------------------------------------------------------------


def test_a_copy_keeps_the_old_content_when_the_first_file_changes(
    library: Library, records: Records
) -> None:
    folder = records({"a.md": OLD, "b.md": OLD})
    Ingestion(library).run([folder])
    library.edit("a.md", {"title": "Prêt de tablettes"})

    report = Ingestion(library).run([records({"a.md": NEW})])

    assert (report.replaced, report.unchanged) == (("a.md",), ("b.md",))
    assert paths(library) == ["a.md", "b.md"]
    assert [document.title for document in library.documents()] == ["Prêt de tablettes"] * 2
    assert best(library, "À qui prête-t-on la tablette ?") == "b.md"
    assert best(library, "papier ligné") == "a.md"
    assert library.verify() == []
    assert Ingestion(library).run([folder]).unchanged == ("a.md", "b.md")


def test_names_that_part_and_meet_again(library: Library, records: Records) -> None:
    folder = records({"a.md": OLD, "b.md": OLD, "c.md": OLD})
    Ingestion(library).run([folder])
    Ingestion(library).run([records({"a.md": NEW})])
    assert [(d.path, d.also) for d in library.documents()] == [("a.md", ()), ("b.md", ("c.md",))]

    report = Ingestion(library).run([records({"b.md": NEW})])
    assert report.duplicate == (("b.md", "a.md"),)
    assert [(d.path, d.also) for d in library.documents()] == [("a.md", ("b.md",)), ("c.md", ())]

    Ingestion(library).run([records({"a.md": OLD, "b.md": OLD})])
    names = sorted(sorted([d.path, *d.also]) for d in library.documents())
    assert names == [["a.md", "b.md", "c.md"]]
    assert best(library, "tablette") in ("a.md", "b.md", "c.md")
    assert library.verify() == []


@pytest.mark.parametrize("name", ["a.md", "b.md"])
def test_removed_for_good_is_removed_under_every_name(
    library: Library, records: Records, name: str
) -> None:
    Ingestion(library).run([records({"a.md": OLD, "b.md": OLD})])
    assert library.remove(name).also == ("b.md",)
    assert (paths(library), library.search("tablette"), library.verify()) == ([], [], [])
    assert list(library.originals.all()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a file's name is Unicode")
def test_a_name_that_is_not_utf8_is_read_as_windows_wrote_it(
    library: Library, records: Records
) -> None:
    folder = records({"a.md": OLD})
    for name, text in ((b"d\xe9cision.md", NEW), (b"1. r\xe9union", THIRD), (b"\x81.md", "Là.")):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text(text, encoding="utf-8")
    names = ("1. réunion", "a.md", "décision.md", "\ufffd.md")
    assert Ingestion(library).run([folder]).added == names
    assert best(library, "papier ligné") == "décision.md"
    assert library.verify() == []
    assert Ingestion(library, sync_folder=True).run([folder]).unchanged == names


# --- documents that hold others ----------------------------------------------------------------


def test_an_archive_is_a_document_and_holds_others(library: Library, records: Records) -> None:
    folder = records({"z.md": THIRD})
    pack(folder, "pack.zip", {"a.md": OLD, "b.md": NEW})
    report = Ingestion(library).run([folder])
    members = ("pack.zip/a.md", "pack.zip/b.md")
    assert sorted(report.added) == ["pack.zip", *members, "z.md"]
    archive = library.catalogue.document("default", "pack.zip")
    assert archive.passages == 0
    assert zipfile.is_zipfile(library.original(archive))
    again = Ingestion(library).run([folder])
    assert (again.unchanged, again.added) == (("pack.zip", "z.md"), ())

    pack(folder, "pack.zip", {"b.md": NEW, "c.md": OLD + "\nFin.\n"})
    changed = Ingestion(library).run([folder])
    assert (changed.replaced, changed.added) == (("pack.zip",), ("pack.zip/c.md",))
    assert paths(library) == ["pack.zip", "pack.zip/b.md", "pack.zip/c.md", "z.md"]
    assert library.verify() == []

    library.remove("pack.zip")
    assert paths(library) == ["z.md"]
    assert library.verify() == []


def test_what_cannot_be_unpacked_fails_alone(library: Library, records: Records) -> None:
    """A byte of one is wrong, another is encrypted: the rest of the archive is read."""
    folder = records({"z.md": "À part.\n"})
    pack(folder, "pack.zip", {"a.md": OLD, "broken.md": "B" * 400, "locked.md": "C" * 400})
    packed = bytearray((folder / "pack.zip").read_bytes())
    packed[packed.index(b"B" * 400)] = ord("X")
    entry = packed.rindex(b"locked.md") - 46  # where its entry in the directory begins
    packed[entry + 8] |= 1  # the flag of what is encrypted
    (folder / "pack.zip").write_bytes(packed)
    report = Ingestion(library).run([folder])
    assert sorted(report.added) == ["pack.zip", "pack.zip/a.md", "z.md"]
    assert {name: type(error) for name, error in report.failed} == {
        "pack.zip/broken.md": DamagedFileError,
        "pack.zip/locked.md": ProtectedFileError,
    }


@pytest.mark.parametrize("outer", ["", "boîte.zip"])
def test_what_failed_in_an_archive_is_tried_again_as_any_file_is(
    library: Library, records: Records, monkeypatch: pytest.MonkeyPatch, outer: str
) -> None:
    folder = records({})
    folder.mkdir()
    pack(folder, "pack.zip", {"a.md": OLD, "b.xyz": "Le papier ligné convient mieux."})
    if outer:
        with zipfile.ZipFile(folder / outer, "w") as archive:
            archive.write(folder / "pack.zip", "pack.zip")
        (folder / "pack.zip").unlink()
    name = f"{outer}/pack.zip".removeprefix("/")
    for _ in range(2):
        report = Ingestion(library).run([folder])
        assert [one for one, _ in report.failed] == [f"{name}/b.xyz"]
    assert (report.added, report.replaced) == ((), ())
    assert {f"{name}/a.md", outer or name} <= set(report.unchanged)

    monkeypatch.setitem(filetypes.BY_SUFFIX, ".xyz", filetypes.BY_NAME["text"])
    report = Ingestion(library).run([folder])
    assert (report.failed, report.added) == ((), (f"{name}/b.xyz",))
    assert Ingestion(library).run([folder]).unchanged == (outer or name,)
    assert library.verify() == []


def test_an_archive_takes_its_documents_along_when_renamed(
    library: Library, records: Records
) -> None:
    folder = records({"z.md": THIRD})
    pack(folder, "pack.zip", {"a.md": OLD, "b.md": NEW})
    Ingestion(library).run([folder])
    (folder / "pack.zip").rename(folder / "boîte.zip")
    report = Ingestion(library, sync_folder=True).run([folder])
    assert report.removed == ()
    assert paths(library) == ["boîte.zip", "boîte.zip/a.md", "boîte.zip/b.md", "z.md"]
    (folder / "boîte.zip").unlink()
    report = Ingestion(library, sync_folder=True, yes=True).run([folder])
    assert report.removed == ("boîte.zip", "boîte.zip/a.md", "boîte.zip/b.md")
    assert library.verify() == []


def test_an_archive_left_half_opened_is_opened_again(library: Library, records: Records) -> None:
    folder = records({})
    folder.mkdir()
    pack(folder, "pack.zip", {"a.md": OLD, "b.md": NEW})
    shutil.copy(folder / "pack.zip", folder / "z.zip")
    stop = threading.Event()
    Ingestion(library, cancelled=stop, progress=lambda p: p.passages and stop.set()).run([folder])
    assert paths(library) == ["pack.zip/a.md"]
    report = Ingestion(library).run([folder])
    assert (report.added, report.unchanged) == (("pack.zip/b.md", "pack.zip"), ("pack.zip/a.md",))
    assert report.duplicate == (("z.zip", "pack.zip"),)


# --- stopped in between ------------------------------------------------------------------------


def test_cancelling_keeps_what_is_finished(library: Library, records: Records) -> None:
    folder = records({f"{n}.md": f"# Rencontre {n}\n\nOn parle de {n}.\n" for n in range(20)})
    stop = threading.Event()
    report = Ingestion(
        library, cancelled=stop, progress=lambda p: stop.set() if p.files == 5 else None
    ).run([folder])
    assert paths(library) == list(report.added)
    assert 5 <= len(report.added) < 20
    assert {one.problem for one in library.verify()} <= {"vectors_waiting"}
    assert len(Ingestion(library).run([folder]).added) == 20 - len(report.added)
    assert library.verify() == []


def test_an_error_in_the_middle_of_a_document_leaves_nothing_of_it(
    library: Library, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ingest.pipeline.register_of", broken)
    with pytest.raises(KeyboardInterrupt):
        Ingestion(library, kind="minutes").run([records({"a.md": OLD})])
    assert (paths(library), library.verify()) == ([], [])


INGEST = """
import sys
sys.path.insert(0, "tests")
from copassist import library
from copassist.testing import FakeEmbeddings
library.load_embeddings = lambda *_: FakeEmbeddings()
from crashes import InlineSandbox
from ingest import __main__, pipeline
pipeline.Sandbox = InlineSandbox
from copassist.cli.common import run
sys.exit(run(__main__.parse))
"""


def ingesting(settings: Settings, folder: Path, *options: str) -> subprocess.Popen[str]:
    """``python -m ingest`` in a process of its own, with the fake model."""
    return subprocess.Popen(
        [sys.executable, "-c", INGEST, str(folder), "--library", str(settings.library), *options],
        cwd=Path(__file__).parents[1],
        env=os.environ | {"COPASSIST_LANGUAGE": "fr"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def many(records: Records, count: int, start: int = 0) -> Path:
    return records(
        {f"{n:04}.md": f"# Rencontre {n}\n\nNuméro {n}.\n" for n in range(start, start + count)}
    )


@pytest.mark.skipif(os.name != "posix", reason="Ctrl+C as POSIX sends it")
def test_ctrl_c_says_so_and_keeps_what_is_finished(settings: Settings, records: Records) -> None:
    process = ingesting(settings, many(records, 3000), "--json")
    with Library(settings, FakeEmbeddings()) as library:
        deadline = time.monotonic() + 90
        while not library.documents() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=90)
        assert process.returncode == 130, err
        assert "Traceback" not in err
        assert "Interrompu" in err
        assert out.startswith("{")
        assert 0 < len(library.documents()) < 3000
        assert {one.problem for one in library.verify()} <= {"vectors_waiting"}


# --- several writers ---------------------------------------------------------------------------


def test_two_processes_and_a_page_write_at_once(settings: Settings, records: Records) -> None:
    folder = many(records, 40)
    first, second = ingesting(settings, folder), ingesting(settings, folder)
    with Library(settings, FakeEmbeddings()) as library:
        reports: list[Report] = []
        threads = [
            threading.Thread(target=lambda: reports.append(Ingestion(library).run([folder])))
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        while first.poll() is None or second.poll() is None:
            library.search("rencontre 17")
        for thread in threads:
            thread.join(90)
        for process in (first, second):
            _, err = process.communicate(timeout=10)
            assert process.returncode == 0, err
        assert len(reports) == 2
        assert len(paths(library)) == 40
        assert library.verify() == []
        hits = library.search("rencontre 17", 5)
        assert len(hits) == 5
        assert all("dense" in hit.signals for hit in hits)


def test_who_waits_is_told(settings: Settings, records: Records) -> None:
    with Library(settings, FakeEmbeddings()) as library:
        Ingestion(library).run([many(records, 1)])
        with library.writing():
            process = ingesting(settings, many(records, 3))
            assert process.stderr is not None
            assert "attente" in process.stderr.readline()
        _, err = process.communicate(timeout=90)
        assert process.returncode == 0, err
        assert len(paths(library)) == 3


# --- damage ------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["cut", "emptied", "database", "gone"])
def test_damaged_vectors_are_made_again_and_words_find_meanwhile(
    settings: Settings, records: Records, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setitem(__import__("copassist.vectors").vectors.HNSW, "sync_threshold", 10)
    folder = many(records, 30)
    with Library(settings, FakeEmbeddings()) as library:
        Ingestion(library).run([folder])
    state = settings.library / "vectors.state"
    state.write_text(state.read_text().replace("done", "writing"))
    [index] = (settings.library / "vectors").glob("*/data_level0.bin")
    for file in index.parent.iterdir():
        file.touch()
    if how == "cut":
        index.write_bytes(index.read_bytes()[:1000])
    elif how == "emptied":
        for file in index.parent.iterdir():
            file.write_bytes(b"")
    elif how == "database":
        (settings.library / "vectors" / "chroma.sqlite3").write_bytes(b"%PDF" * 9999)
    else:
        shutil.rmtree(settings.library / "vectors")
    with Library(settings, FakeEmbeddings()) as library:
        assert best(library, "rencontre 17") == "0017.md"
        assert {"vectors_damaged"} <= {one.problem for one in library.verify()}
        assert Ingestion(library).run([folder]).added == ()
        assert library.verify() == []
        assert "dense" in library.search("rencontre 17", 1)[0].signals


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


@pytest.mark.parametrize("last", ["mark_all_unembedded", "clear", "add", "mark_embedded", "none"])
def test_killed_anywhere_while_vectors_are_put_back_none_is_lost(
    settings: Settings, records: Records, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    """What the crash test met by chance: vectors gone, and said to be there."""
    folder = many(records, 30)
    with Library(settings, FakeEmbeddings()) as library:
        Ingestion(library).run([folder])
    state = settings.library / "vectors.state"
    state.write_text(state.read_text().replace("done", "writing"))

    def cut(act: Callable[..., object]) -> Callable[..., object]:
        def doomed(*arguments: object) -> None:
            act(*arguments)
            raise Killed

        return doomed

    with Library(settings, FakeEmbeddings()) as library, monkeypatch.context() as patch:
        for store in (library.catalogue, library.vectors):
            if hasattr(store, last):
                patch.setattr(store, last, cut(getattr(store, last)))
        if last == "none":
            library.recover()
        else:
            with pytest.raises(Killed):
                library.recover()
    monkeypatch.setattr(FakeEmbeddings, "embed_passages", None)  # it is done without the model
    with Library(settings, FakeEmbeddings()) as library:
        library.recover()
        assert library.verify() == []
        assert len(library.vectors.ids()) == 30
        assert "dense" in library.search("rencontre 17", 1)[0].signals


def test_a_writer_goes_on_when_another_one_was_killed(library: Library, records: Records) -> None:
    Ingestion(library).run([many(records, 5)])
    state = library.folder / "vectors.state"
    state.write_text(state.read_text().replace("done", "writing"))
    Ingestion(library).run([many(records, 5, 5)])
    assert len(library.vectors.ids()) == 10
    assert library.verify() == []


@pytest.mark.parametrize("last", ["remove", "edit", "add"])
def test_killed_while_its_level_changes_a_document_has_all_vectors_at_one_level(
    library: Library, records: Records, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    Ingestion(library).run([many(records, 3)])
    store = library.catalogue if last == "edit" else library.vectors
    act = getattr(store, last)

    def doomed(*arguments: object, **options: object) -> None:
        act(*arguments, **options)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(store, last, doomed)
        with pytest.raises(Killed):
            library.edit("0001.md", {"level": "core"})
    library.recover()
    assert library.verify() == []


def test_repair_mends_full_text_token_vectors_and_vectors(
    library: Library, records: Records
) -> None:
    Ingestion(library).run([many(records, 5)])
    first, second, third, *_ = library.documents()
    with library.catalogue.transaction() as connection:
        connection.execute(sa.text("DELETE FROM passage_terms WHERE rowid = 1"))
        connection.execute(sa.text("INSERT INTO passage_terms (rowid, body) VALUES (999, 'x')"))
    library.token_vectors.remove(second.version)
    library.vectors.remove("default", "members", [(third.version, 0)])
    library.vectors.add(
        "default", "core", [("nulle", 0)], FakeEmbeddings().embed_passages(["x"])[0].vector[None]
    )
    problems = [one.problem for one in library.verify()]
    assert problems == [
        "terms_missing",
        "terms_stray",
        "vectors_missing",
        "vectors_stray",
        "tokens_missing",
    ]
    assert library.repair() > 0
    assert library.verify() == []
    assert best(library, "numéro 0") == first.path
