"""A library read anew by later parsers, out of its own files."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
import recordfiles as files

from copassist.assistant import Assistant
from copassist.library import Library
from ingest import pipeline
from ingest.pipeline import Ingestion
from ingest.reading import READERS, reading

PROJECT: Final = Path(__file__).resolve().parents[1]
NO_SAY: Final = frozenset({"copassist/errors.py", "copassist/notes.py", "copassist/words.py"})
"""Imported by what reads, for what is told: nothing of it is kept with a document."""

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
    monkeypatch.setattr(pipeline, "reading", lambda: "later")
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
    monkeypatch.setattr(pipeline, "reading", lambda: "later")
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
    monkeypatch.setattr(pipeline, "reading", lambda: "later")
    Ingestion(library, again=True).run([])
    assert [one.kind for one in library.documents()] == ["minutes"]


def test_giving_the_same_files_changes_nothing(
    filled: Library, records: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only who asks for it waits for a whole library to be read."""
    before = versions(filled)
    monkeypatch.setattr(pipeline, "reading", lambda: "later")
    told = Ingestion(filled).run([records({})])
    assert not told.replaced
    assert versions(filled) == before


# --- which code read it ----------------------------------------------------------------------


def readers(root: Path = PROJECT) -> set[Path]:
    return {path for pattern in READERS for path in root.glob(pattern)}


def imported(path: Path) -> Iterator[Path]:
    """The project's modules that a file imports anywhere."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        elif isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        modules = [PROJECT.joinpath(*name.split(".")).with_suffix(".py") for name in names]
        yield from (module for module in modules if module.is_file())


def test_all_that_has_a_say_in_reading_is_named() -> None:
    assert all(any(PROJECT.glob(pattern)) for pattern in READERS)
    used = {one for path in readers() if path.suffix == ".py" for one in imported(path)}
    unnamed = {one.relative_to(PROJECT).as_posix() for one in used - readers()}
    assert unnamed == NO_SAY


def test_a_reading_is_named_by_its_code_wherever_it_lies(tmp_path: Path) -> None:
    for path in readers():
        copy = tmp_path / "a" / path.relative_to(PROJECT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    with (tmp_path / "b/ingest/parsers/pdf.py").open("a", encoding="utf-8") as changed:
        changed.write("LATER = True\n")
    assert reading(tmp_path / "a") == reading()
    assert reading(tmp_path / "b") != reading()
