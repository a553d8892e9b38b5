"""A library read anew by later parsers, out of its own files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import recordfiles as files

from copassist.answers import Assistant
from copassist.library import Library
from ingest import pipeline
from ingest.pipeline import Ingestion

GUIDE = "# Le guide\n\nLa grille se remplit au crayon.\n"
MINUTES = "# Rencontre du 12 mars 2026\n\nFatou prête la tablette aux familles.\n"


@pytest.fixture
def filled(library: Library, records: Callable[..., Path]) -> Library:
    folder = records(
        {"guide.md": GUIDE, "copie du guide.md": GUIDE, "note.md": "# Note\n\nUn mot.\n"}
    )
    (folder / "envoi.zip").write_bytes(files.zipped({"2026-03-12.md": MINUTES.encode()}))
    Ingestion(library).run([folder])
    return library


def versions(library: Library) -> dict[str, str]:
    return {document.path: document.version for document in library.documents()}


def test_everything_is_read_again_once(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    before = versions(filled)
    assert "envoi.zip/2026-03-12.md" in before
    same = Ingestion(filled, again=True).run([])
    assert not same.replaced
    monkeypatch.setattr(pipeline, "READING", "later")
    told = Ingestion(filled, again=True).run([])
    assert set(told.replaced) >= {"copie du guide.md", "note.md", "envoi.zip/2026-03-12.md"}
    after = versions(filled)
    assert after.keys() == before.keys()
    assert not set(after.values()) & set(before.values())
    assert filled.verify() == []
    assert "au crayon" in Assistant(filled).ask("Comment se remplit la grille ?").text
    assert "la tablette" in Assistant(filled).ask("Qui prête la tablette aux familles ?").text
    assert not Ingestion(filled, again=True).run([]).replaced


def test_what_people_said_of_documents_stays(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Titles and dates corrected, other names, kinds given and levels."""
    [guide] = [one for one in filled.documents() if one.also]
    filled.edit(guide.id, {"title": "Guide de la grille", "kind": "tool", "level": "core"})
    monkeypatch.setattr(pipeline, "READING", "later")
    Ingestion(filled, again=True).run([])
    [again] = [one for one in filled.documents() if one.id == guide.id]
    assert (again.title, again.kind, again.level, again.also) == (
        "Guide de la grille",
        "tool",
        "core",
        guide.also,
    )


def test_a_kind_given_to_all_stays(
    library: Library, records: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    Ingestion(library, kind="minutes").run([records({"guide.md": GUIDE})])
    monkeypatch.setattr(pipeline, "READING", "later")
    Ingestion(library, again=True).run([])
    assert [one.kind for one in library.documents()] == ["minutes"]


def test_giving_the_same_files_changes_nothing(
    filled: Library, records: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only who asks for it waits for a whole library to be read."""
    before = versions(filled)
    monkeypatch.setattr(pipeline, "READING", "later")
    told = Ingestion(filled).run([records({})])
    assert not told.replaced
    assert versions(filled) == before
