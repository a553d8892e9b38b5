"""The library: what is put in is found, what is replaced or removed is gone, from every store."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import sqlalchemy as sa

from copassist import testing
from copassist.embeddings import Embedded
from copassist.errors import (
    DocumentNotFoundError,
    LibraryUnwritableError,
    MissingFileError,
    ModelMismatchError,
    ModelMissingError,
    SettingsError,
)
from copassist.filters import Filters
from copassist.library import Library
from copassist.retriever import LibraryRetriever
from copassist.settings import Settings
from copassist.testing import FAKE_DIMENSION, FakeEmbeddings
from copassist.vectors import Vectors
from ingest.pipeline import Ingestion, scan
from ingest.report import Progress

Records = Callable[[dict[str, str]], Path]

MARCH = "# Rencontre du 12 mars 2024\n\nLa tablette sera prêtée aux familles pendant l'été.\n"
APRIL = "# Rencontre du 9 avril 2024\n\nLe papier ligné convient mieux que la feuille blanche.\n"


def found(library: Library, question: str, **filters: str) -> list[str]:
    hits = library.search(question, 5, Filters(**filters) if filters else None)  # type: ignore[arg-type]
    return [hit.document.path for hit in hits]


def test_what_is_put_in_is_found_with_its_source(library: Library, records: Records) -> None:
    folder = records({"2024-03-12.md": MARCH, "2024-04-09.md": APRIL})

    report = Ingestion(library).run([folder])

    assert report.added == ("2024-03-12.md", "2024-04-09.md")
    [best, *_] = library.search("À qui prête-t-on la tablette ?")
    assert best.document.path == "2024-03-12.md"
    assert best.document.date == "2024-03-12"
    assert best.passage.text in MARCH
    assert library.original(best.document).read_text(encoding="utf-8") == MARCH
    assert library.verify() == []


def test_the_same_bytes_again_are_unchanged(library: Library, records: Records) -> None:
    folder = records({"a.md": MARCH})
    Ingestion(library).run([folder])

    report = Ingestion(library).run([folder])

    assert (report.unchanged, report.added, report.passages) == (("a.md",), (), 0)


def test_new_bytes_replace_in_one_step(library: Library, records: Records) -> None:
    Ingestion(library).run([records({"a.md": MARCH})])

    report = Ingestion(library).run([records({"a.md": APRIL})])

    assert report.replaced == ("a.md",)
    [only] = library.documents()
    assert only.passages == 1
    assert "papier ligné" in library.search("papier")[0].passage.text
    assert not any("tablette" in hit.passage.text for hit in library.search("tablette"))
    assert library.verify() == []


def test_copies_are_indexed_once_and_found_under_both_names(
    library: Library, records: Records
) -> None:
    folder = records({"a.md": MARCH, "copie/b.md": MARCH})

    report = Ingestion(library).run([folder])

    assert (report.added, report.duplicate) == (("a.md",), (("copie/b.md", "a.md"),))
    [document] = library.documents()
    assert document.also == ("copie/b.md",)
    assert library.catalogue.document("default", "copie/b.md") == document
    assert Ingestion(library).run([folder]).unchanged == ("a.md", "copie/b.md")


def test_a_copy_that_changes_becomes_its_own_document(library: Library, records: Records) -> None:
    Ingestion(library).run([records({"a.md": MARCH, "b.md": MARCH})])

    report = Ingestion(library).run([records({"b.md": APRIL})])

    assert report.added == ("b.md",)
    assert [document.path for document in library.documents()] == ["a.md", "b.md"]
    assert library.documents()[0].also == ()


def test_what_is_removed_is_gone_from_every_store(library: Library, records: Records) -> None:
    Ingestion(library).run([records({"a.md": MARCH, "b.md": APRIL})])
    [first, _] = library.documents()
    original = library.original(first)

    library.remove("a.md")

    assert "a.md" not in found(library, "tablette")
    assert not original.exists()
    assert {key[0] for _, _, key in library.vectors.ids()} == {library.documents()[0].version}
    assert library.token_vectors.versions() == [library.documents()[0].version]
    assert library.verify() == []
    with pytest.raises(DocumentNotFoundError):
        library.remove("a.md")


def test_what_is_removed_is_in_no_file(library: Library, records: Records) -> None:
    secret = "Le code du placard est chez Ginevra."
    Ingestion(library).run([records({"a.md": f"{MARCH}\n{secret}\n", "b.md": APRIL})])
    assert files_with(library, secret)

    library.remove("a.md")

    assert files_with(library, "Ginevra") == []  # nor in the database's log, while it is open


def files_with(library: Library, text: str) -> list[str]:
    """The library's files that hold ``text`` as it is written."""
    files = (one for one in library.folder.rglob("*") if one.is_file())
    return [one.name for one in files if text.encode() in one.read_bytes()]


def test_corrections_outlive_a_new_version(library: Library, records: Records) -> None:
    Ingestion(library).run([records({"a.md": MARCH})])
    library.edit("a.md", {"title": "Prêt de tablettes", "date": "2024-03-13"})

    Ingestion(library).run([records({"a.md": MARCH + "\nFin.\n"})])

    [document] = library.documents()
    assert (document.title, document.date) == ("Prêt de tablettes", "2024-03-13")


def test_words_of_a_corrected_title_and_day_are_found(library: Library, records: Records) -> None:
    Ingestion(library).run([records({"a.md": MARCH})])
    library.edit("a.md", {"title": "Bilan des aquarelles", "date": "2023-09-30"})

    for words in ("aquarelles", "30 septembre 2023"):
        assert any("lexical" in hit.signals for hit in library.search(words)), words
    held = library.catalogue.version_passages(library.documents()[0].version)
    assert all(one.header.startswith("Bilan des aquarelles · 2023-09-30") for one in held)
    assert library.verify() == []


def test_a_title_goes_with_its_words_or_not_at_all(
    library: Library, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    Ingestion(library).run([records({"a.md": MARCH})])
    [before] = library.documents()
    monkeypatch.setattr(library.catalogue.lexical, "add", killed)
    with pytest.raises(KeyboardInterrupt):
        library.edit("a.md", {"title": "Bilan des aquarelles"})

    [after] = library.documents()
    held = library.catalogue.version_passages(after.version)
    assert after == before
    assert all(one.header.startswith(before.title) for one in held)
    assert library.verify() == []


def test_making_it_all_again_writes_the_headers_again(library: Library, records: Records) -> None:
    Ingestion(library).run([records({"a.md": MARCH})])
    with closing(sqlite3.connect(library.folder / "catalogue.sqlite")) as catalogue:
        catalogue.execute("UPDATE documents SET title = 'Bilan des aquarelles'")
        catalogue.commit()
    library.reindex()
    assert any("lexical" in hit.signals for hit in library.search("aquarelles"))


def test_making_it_all_again_makes_the_words_again(library: Library, records: Records) -> None:
    Ingestion(library).run([records({"a.md": MARCH})])
    with closing(sqlite3.connect(library.folder / "catalogue.sqlite")) as catalogue:
        catalogue.execute("UPDATE passage_terms SET header = 'x', body = 'x'")
        catalogue.commit()
    library.reindex()
    assert any("lexical" in hit.signals for hit in library.search("tablette"))


def test_each_term_stands_once_while_a_record_holds_it(
    settings: Settings, library: Library, records: Records
) -> None:
    def listed(table: str) -> set[str]:
        with closing(sqlite3.connect(library.folder / "catalogue.sqlite")) as catalogue:
            return {term for (term,) in catalogue.execute(f"SELECT term FROM {table}")}

    def agree() -> set[str]:
        assert listed("terms") == listed("passage_vocabulary")
        return listed("terms")

    folder = records({"a.md": MARCH, "b.md": APRIL})
    Ingestion(library).run([folder])
    assert {"tablet", "papi"} <= agree()
    library.edit("a.md", {"title": "Bilan des aquarelles"})
    assert "aquarel" in agree()
    Ingestion(library).run([records({"a.md": APRIL.replace("papier", "carton")})])
    assert "tablet" not in agree()
    library.remove("b.md")
    assert "papi" not in agree()
    with closing(sqlite3.connect(library.folder / "catalogue.sqlite")) as catalogue:
        catalogue.execute("DROP TABLE terms")  # as before there was one
    with Library(settings, FakeEmbeddings()):
        assert "carton" in agree()


def test_only_the_versions_asked_for_are_looked_up(
    settings: Settings, library: Library, records: Records
) -> None:
    Ingestion(library).run([records({f"{n}.md": f"{MARCH}\nSéance {n}.\n" for n in range(40)})])
    with closing(sqlite3.connect(library.folder / "catalogue.sqlite")) as catalogue:
        catalogue.execute("CREATE INDEX ix_versions_status ON versions (status)")  # as before
    with Library(settings, FakeEmbeddings()) as again:
        plans: list[str] = []

        @sa.event.listens_for(again.catalogue.engine, "before_cursor_execute")
        def explain(connection: Any, cursor: Any, statement: str, values: Any, *_: Any) -> None:
            if " JOIN passages " in statement or "FROM passages JOIN" in statement:
                rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
                plans.extend(row[3] for row in rows)

        again.search("tablette")
    looked_up = [plan for plan in plans if " versions " in plan]
    assert looked_up
    assert all("(id=?)" in plan for plan in looked_up)


def test_a_level_decides_who_finds_it(library: Library, records: Records) -> None:
    Ingestion(library).run([records({"a.md": MARCH})])
    library.edit("a.md", {"level": "core"})

    everyone = Filters(levels=("public", "members"))
    assert library.search("tablette", filters=everyone) == []
    assert [hit.document.level for hit in library.search("tablette")] == ["core"]
    assert library.verify() == []


def test_filters_narrow_by_kind_and_period(library: Library, records: Records) -> None:
    Ingestion(library).run([records({"2024-03-12.md": MARCH, "2024-04-09.md": APRIL})])

    assert found(library, "papier tablette", since="2024-04-01") == ["2024-04-09.md"]
    assert found(library, "papier tablette", until="2024-03") == ["2024-03-12.md"]
    assert found(library, "papier tablette", kind="guide") == []


def test_communities_do_not_see_each_other(
    settings: Settings, library: Library, records: Records
) -> None:
    other = Library(settings.model_copy(update={"community": "autre"}), FakeEmbeddings())
    with other:
        Ingestion(other).run([records({"a.md": MARCH})])
    assert library.search("tablette") == []
    assert library.documents() == []


def test_a_question_without_a_word_for_the_model_finds_by_what_is_left(
    library: Library, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ingestion(library).run([records({"a.md": "La tablette est prêtée.\n"})])
    nothing = np.zeros((0, FAKE_DIMENSION), np.float32)
    blank = Embedded(np.full(FAKE_DIMENSION, 0.1, np.float32), nothing, nothing)
    monkeypatch.setattr(library.embeddings, "embed_question", lambda _: blank)
    assert [hit.document.path for hit in library.search(" ")] == ["a.md"]


def test_unreadable_files_are_on_the_list_and_the_rest_goes_in(
    library: Library, records: Records
) -> None:
    folder = records({"a.md": MARCH, "vide.md": "", "image.xyz": "\x00\x01"})

    report = Ingestion(library).run([folder])

    assert report.added == ("a.md",)
    assert sorted(path for path, _ in report.failed) == ["image.xyz", "vide.md"]
    assert library.verify() == []


def test_progress_ends_where_the_report_does(library: Library, records: Records) -> None:
    told: list[Progress] = []
    report = Ingestion(library, progress=told.append).run(
        [records({"a.md": MARCH, "b.md": APRIL, "c.md": MARCH})]
    )
    last = told[-1]
    assert (last.files, last.files_total) == (3, 3)
    assert last.passages == last.embedded == report.passages == 2


def test_vectors_that_wait_are_told_and_made_by_repair(library: Library, records: Records) -> None:
    Ingestion(library).run([records({"a.md": MARCH})])
    [document] = library.documents()
    library.vectors.clear()
    library.catalogue.mark_all_unembedded()

    assert [d.problem for d in library.verify()] == ["vectors_waiting"]
    assert found(library, "tablette") == ["a.md"], "found by its words meanwhile"
    library.repair()
    assert library.verify() == []
    assert len(list(library.vectors.ids())) == document.passages


def test_leftovers_of_a_killed_process_are_swept(library: Library, records: Records) -> None:
    Ingestion(library).run([records({"a.md": MARCH})])
    [document] = library.documents()
    library.catalogue.supersede(document.id)

    assert library.search("tablette") == [], "gone at once, before any sweeping"
    assert "unfinished" in {d.problem for d in library.verify()}
    library.repair()
    assert library.verify() == []
    assert list(library.vectors.ids()) == []


def test_another_model_is_refused_until_reindexed(settings: Settings, records: Records) -> None:
    with Library(settings, FakeEmbeddings("one")) as library:
        Ingestion(library).run([records({"a.md": MARCH})])
    with Library(settings, FakeEmbeddings("two")) as library:
        with pytest.raises(ModelMismatchError) as caught:
            library.search("tablette")
        assert "library reindex" in caught.value.describe("en")
        library.reindex()
        assert found(library, "tablette") == ["a.md"]
        assert library.verify() == []


def test_a_model_that_cannot_be_had_costs_no_vectors(
    settings: Settings, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: str) -> Embedded:
        raise ModelMissingError(name="two")

    with Library(settings, FakeEmbeddings("one")) as library:
        Ingestion(library).run([records({"a.md": MARCH})])
    absent = FakeEmbeddings("two")
    monkeypatch.setattr(absent, "embed_question", missing)
    with Library(settings, absent) as library, pytest.raises(ModelMissingError):
        library.reindex()
    with Library(settings, FakeEmbeddings("one")) as library:
        [hit] = library.search("tablette")
        assert "dense" in hit.signals
        assert library.verify() == []


def test_an_emptied_library_takes_a_model_of_other_vectors(
    settings: Settings, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = records({"a.md": MARCH})
    with Library(settings, FakeEmbeddings("one")) as library:
        Ingestion(library).run([folder])
        library.remove("a.md")
    monkeypatch.setattr(testing, "FAKE_DIMENSION", FAKE_DIMENSION // 2)
    with Library(settings, FakeEmbeddings("two")) as library:
        Ingestion(library).run([folder])
        assert found(library, "tablette") == ["a.md"]
        assert library.verify() == []


def test_a_write_of_another_process_is_seen(
    settings: Settings, library: Library, records: Records
) -> None:
    assert library.search("tablette") == []
    with Library(settings, FakeEmbeddings()) as other:
        Ingestion(other).run([records({"a.md": MARCH})])
    [hit] = library.search("tablette")
    assert "dense" in hit.signals


def test_a_disk_that_is_full_is_said(library: Library, records: Records) -> None:
    with library.catalogue.transaction() as connection:
        pages = connection.scalar(sa.text("PRAGMA page_count"))
        connection.execute(sa.text(f"PRAGMA max_page_count = {pages}"))
    many = "\n\n".join(f"## Point {n}\n\nLa tablette numéro {n} sera prêtée." for n in range(500))
    with pytest.raises(LibraryUnwritableError):
        Ingestion(library).run([records({"a.md": many})])


def test_a_chroma_server_that_is_gone_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        def get_collection(self, *_: object, **__: object) -> None:
            raise httpx.ConnectError("Connection refused")

    monkeypatch.setattr("copassist.vectors._server", lambda _: Gone())
    vectors = Vectors(tmp_path / "vectors", "http://127.0.0.1:8000")
    with pytest.raises(SettingsError):
        vectors.nearest("default", ["members"], np.ones(4, np.float32), 1)


def test_a_library_is_a_retriever_of_langchain(library: Library, records: Records) -> None:
    Ingestion(library).run([records({"a.md": MARCH, "b.md": APRIL})])
    [found] = LibraryRetriever(library=library, k=1).invoke("tablette")
    assert "tablette" in found.page_content
    assert found.metadata["document"]["path"] == "a.md"
    assert found.metadata["locator"]


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        scan([tmp_path / "rien"])


def test_a_library_that_cannot_be_made_is_said(settings: Settings, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    with pytest.raises(LibraryUnwritableError):
        Library(settings.model_copy(update={"library": in_the_way / "library"}))
