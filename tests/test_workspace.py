"""The workspace: asking, opening, correcting and removing, as the page does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import recordfiles as files
from langchain_core.language_models import BaseChatModel

from app import ingestion
from copassist.answers import Answer
from copassist.assistant import Assistant
from copassist.chatmodels import Chat
from copassist.citations import quote_in
from copassist.errors import (
    DocumentNotFoundError,
    InputError,
    LibraryBusyError,
    ModelUnknownError,
)
from copassist.library import Library
from copassist.sourceview import open_source
from copassist.testing import FakeEmbeddings, fake_chat
from copassist.ui.talk import answer_text
from copassist.uploads import Given
from copassist.warmup import Warmup
from copassist.workspace import Workspace, checked_changes

MINUTES = """# Compte rendu

## Suivis

Nathalie apportera quarante crayons courts à la rencontre de mai.

## Budget

Le budget du papier ligné est adopté : deux cents dollars.
"""


@pytest.fixture
def workspace(library: Library, records: Callable[..., Path]) -> Iterator[Workspace]:
    """A library with one record, and a folder of samples that holds another."""
    folder = records({"2026-05-20 Compte rendu.md": MINUTES})
    samples = folder.parent / "samples"
    samples.mkdir()
    (samples / "exemple.md").write_text("# Exemple\n\nLa communauté fictive se réunit le mardi.\n")
    ingestion(library)([folder], {}, lambda _: None, threading.Event())
    opened = Workspace(library, Assistant(library), ingestion(library), samples)
    yield opened
    opened.close()


def asked(workspace: Workspace, question: str) -> tuple[int, dict]:  # type: ignore[type-arg]
    turn = workspace.ask("anne", None, question)
    workspace.wait(turn.id, 60)
    answered = workspace.conversations.turn("anne", turn.id)
    assert answered is not None
    assert answered.answer is not None, answered.error
    return turn.id, dict(answered.answer)


def test_an_answer_opens_at_its_words(workspace: Workspace) -> None:
    _, answer = asked(workspace, "Qui apportera les crayons courts ?")
    cited = answer["citations"][0]
    number = int(cited["passage"].rpartition(":")[2])
    view = open_source(workspace.library, cited["document"]["id"], number, cited["quote"])
    [part] = [part for part in view.parts if part.opened]
    assert part.mark is not None
    assert quote_in(cited["quote"], part.passage.text[slice(*part.mark)])
    assert view.page is None


def test_removing_takes_everything_away(workspace: Workspace) -> None:
    turn, answer = asked(workspace, "Qui apportera les crayons courts ?")
    document = answer["citations"][0]["document"]
    before = workspace.consequences(document["id"])
    assert before.passages == document["passages"] > 0
    _, original = workspace.original(document["id"])
    workspace.remove(document["id"])
    assert not original.exists()
    kept = workspace.conversations.turn("anne", turn)
    assert kept is not None
    assert kept.answer == {"withdrawn": True}
    with pytest.raises(DocumentNotFoundError):
        open_source(workspace.library, document["id"])
    assert asked(workspace, "Qui apportera les crayons courts ?")[1]["abstained"]


def test_removed_from_the_terminal_its_words_leave_the_answers_too(workspace: Workspace) -> None:
    turn, answer = asked(workspace, "Qui apportera les crayons courts ?")
    workspace.library.remove(answer["citations"][0]["document"]["path"])
    kept = workspace.conversations.turn("anne", turn)
    assert kept is not None
    assert kept.answer == {"withdrawn": True}


def test_samples_are_told_by_their_bytes(workspace: Workspace, tmp_path: Path) -> None:
    assert workspace.samples() == []
    copy = tmp_path / "copie"
    copy.write_bytes((tmp_path / "samples" / "exemple.md").read_bytes())
    lookalike = tmp_path / "vrai"
    lookalike.write_text("# Vrai\n\nNous avons parlé d'une communauté fictive.\n")
    batch = workspace.uploads.add([Given(copy, "exemple.md"), Given(lookalike, "vrai.md")])
    workspace.uploads.wait(batch.id, 60)
    assert [document.path for document in workspace.samples()] == ["exemple.md"]
    assert workspace.remove_samples() == 1
    assert {one.path for one in workspace.library.documents()} == {
        "2026-05-20 Compte rendu.md",
        "vrai.md",
    }


def test_corrections_are_checked_then_kept(workspace: Workspace) -> None:
    [document] = workspace.library.documents()
    changed = workspace.correct(document.id, {"title": " Mai ", "date": "2026-05-21"}, "fr")
    assert (changed.title, changed.date) == ("Mai", "2026-05-21")
    for wrong in ({"title": " "}, {"date": "20 mai"}, {"kind": "lettre"}, {"level": "tous"}):
        with pytest.raises(InputError):
            checked_changes(wrong, "fr")
    kept = workspace.library.catalogue.corrections_of(document.id)
    workspace.correct(document.id, {"title": "Mai", "kind": document.kind, "date": ""}, "fr")
    assert workspace.library.catalogue.corrections_of(document.id) == kept | {"date": None}
    assert checked_changes({"date": ""}, "fr") == {"date": None}
    assert checked_changes({"date": "20 mai 2026"}, "fr") == {"date": "2026-05-20"}


def test_an_answer_that_cannot_be_kept_is_not_waited_for(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = workspace.conversations.answer

    def busy(turn: int, answer: Mapping[str, Any] | None, error: str | None = None) -> None:
        if answer is not None and "writing" not in answer:
            raise LibraryBusyError(path="p", seconds=1)
        keep(turn, answer, error)

    monkeypatch.setattr(workspace.conversations, "answer", busy)
    turn = workspace.ask("anne", None, "Qui apportera les crayons courts ?")
    workspace.wait(turn.id, 60)
    kept = workspace.conversations.turn("anne", turn.id)
    assert kept is not None
    assert kept.error


def test_an_empty_question_is_refused_at_once(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="recommencez"):  # and not "--help": this is a page
        workspace.ask("anne", None, "  ")


def test_long_documents_are_shown_around_the_passage(
    library: Library, records: Callable[..., Path]
) -> None:
    text = "# Long\n" + "".join(
        f"\n## Point {n}\n\nLe point {n} est discuté longuement.\n" for n in range(90)
    )
    ingestion(library)([records({"long.md": text})], {}, lambda _: None, threading.Event())
    [document] = library.documents()
    view = open_source(library, document.id, 50)
    numbers = [part.passage.number for part in view.parts]
    assert numbers == list(range(20, 81))
    assert view.parts[1].new_headings == ("Point 21",)
    assert open_source(library, document.id, 10_000).number == view.last


def test_a_pdf_that_cannot_be_drawn_is_shown_by_its_text(
    library: Library, records: Callable[..., Path]
) -> None:
    folder = records({"n.md": MINUTES})
    (folder / "cr.pdf").write_bytes(files.pdf())
    ingestion(library)([folder], {}, lambda _: None, threading.Event())
    assert open_source(library, "cr.pdf", 2).page == 3
    library.original(library.catalogue.document("default", "cr.pdf")).write_bytes(b"%PDF-1.7")
    view = open_source(library, "cr.pdf", 2, "les participants")
    assert (view.page, len(view.parts)) == (None, 5)
    assert view.parts[2].mark


def test_an_answer_is_followed_from_its_extracts_to_its_synthesis(
    library: Library, workspace: Workspace
) -> None:
    assert workspace.library is library
    chat = fake_chat("Nathalie apportera quarante crayons courts en mai [S1].")
    with closing(Workspace(library, Assistant(library, chat), ingestion(library))) as talking:
        turn = talking.ask("anne", None, "Qui apportera les crayons courts ?")
        seen = []
        for _ in talking.follow(turn.id):
            now = talking.conversations.turn("anne", turn.id)
            assert now is not None
            seen.append(dict(now.answer or {}))

    reading = {**seen[-1], "synthesis": "", "writing": True}
    assert all(answer["extracts"] == seen[-1]["extracts"] for answer in seen if answer)
    assert seen[-1]["synthesis"].startswith("Nathalie apportera quarante crayons courts")
    assert "writing" not in seen[-1]
    assert "le modèle de langage lit" in answer_text(replace(now, answer=reading), "fr")
    assert "crayons courts" in answer_text(now, "fr")
    assert now.answer is not None


class Interrupted(Assistant):
    """Something happens before its extracts are kept, or between them and its synthesis."""

    happens: Callable[[], object]
    early: bool

    def stream(self, *asked: Any) -> Iterator[Answer]:
        *_, answer = super().stream(*asked)
        if self.early:
            self.happens()
        yield replace(answer, growing=True)
        if not self.early:
            self.happens()
        yield replace(answer, synthesis="Nathalie apportera quarante crayons.")


@pytest.mark.parametrize("early", [True, False])
def test_a_document_removed_while_it_is_quoted_leaves_no_words(
    library: Library, workspace: Workspace, early: bool
) -> None:
    [document] = workspace.library.documents()
    assistant = Interrupted(library)
    assistant.early, assistant.happens = early, lambda: library.remove(document.id)
    with closing(Workspace(library, assistant, ingestion(library))) as asking:
        _, answer = asked(asking, "Qui apportera les crayons courts ?")
    assert answer == {"withdrawn": True}


def test_a_document_replaced_while_it_is_quoted_is_still_quoted(
    library: Library, workspace: Workspace, records: Callable[..., Path]
) -> None:
    def replaced() -> None:
        folder = records({"2026-05-20 Compte rendu.md": MINUTES + "\nFin.\n"})
        ingestion(library)([folder], {}, lambda _: None, threading.Event())

    assistant = Interrupted(library)
    assistant.early, assistant.happens = False, replaced
    with closing(Workspace(library, assistant, ingestion(library))) as asking:
        _, answer = asked(asking, "Qui apportera les crayons courts ?")
    assert answer["synthesis"] == "Nathalie apportera quarante crayons."
    assert answer["citations"]


def test_a_model_that_this_process_runs_is_loaded_before_anyone_asks() -> None:
    asked: list[str] = []

    def connect() -> BaseChatModel:
        asked.append("connected")
        raise ModelUnknownError(name="absent")

    for runs_here in (False, True):
        chat = Chat("local:absent", "local", connect, runs_here=runs_here)
        warmup = Warmup(FakeEmbeddings(), chat)
        warmup.start()
        warmup.wait(30)
        assert warmup.state == "ready"
        assert asked == ["connected"] * runs_here
