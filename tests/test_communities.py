"""Two communities in one library: each tab shows one, a question can be put to the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from fpdf import FPDF

from app import ingestion
from copassist.conversations import Turn
from copassist.library import Library
from copassist.passages import Document
from copassist.records import Register
from copassist.router import Router
from copassist.settings import Settings
from copassist.testing import FakeEmbeddings
from copassist.ui import ask, clicks, overview
from copassist.ui.page import shown_community
from copassist.workspace import Workspace

OURS = """# Compte rendu

## Suivis

Nathalie apportera quarante crayons courts à la rencontre de mai.
"""
THEIRS = """# Compte rendu

## Suivis

Karim apportera trois ardoises lignées à la rencontre de juin.
"""
PERSON = "anne"


@pytest.fixture
def workspace(
    settings: Settings, library: Library, records: Callable[..., Path]
) -> Iterator[Workspace]:
    """The page of one community, in a library where « autre » has its own under the same name."""
    name = "2026-05-20 Compte rendu.md"
    ingestion(library)([records({name: OURS})], {}, lambda _: None, threading.Event())
    theirs = records({name: THEIRS, "2019-06-03 Compte rendu.md": THEIRS.replace("trois", "six")})
    _pdf(theirs / "guide.pdf")
    with Library(settings.model_copy(update={"community": "autre"}), FakeEmbeddings()) as other:
        ingestion(other)([theirs], {}, lambda _: None, threading.Event())
    opened = Workspace(library, Router(library), ingestion(library))
    yield opened
    opened.close()


def _pdf(path: Path) -> None:
    made = FPDF()
    for said in ("Les ardoises se lavent au savon doux.", "Les pinceaux sèchent à plat."):
        made.add_page()
        made.set_font("helvetica", size=14)
        made.multi_cell(0, 8, said)
    made.output(str(path))


def answered(workspace: Workspace, question: str, community: str | None) -> Turn:
    filters = workspace.filters("", None, None, community)
    turn = workspace.ask(PERSON, None, question, filters)
    workspace.wait(turn.id, 60)
    kept = workspace.conversations.turn(PERSON, turn.id)
    assert kept is not None
    assert kept.answer is not None, kept.error
    return kept


def test_a_question_to_the_other_community_leads_to_its_sources(workspace: Workspace) -> None:
    turn = answered(workspace, "Qui apportera les ardoises lignées?", "autre")
    assert turn.answer is not None
    cited = turn.answer["citations"]
    assert {one["document"]["community"] for one in cited} == {"autre"}
    shown = clicks.act(workspace, PERSON, {"act": "open", "turn": turn.id, "label": 1}, "fr")
    assert "<mark>" in shown
    assert "ardoises" in shown
    assert "crayons" not in shown  # the document of the same name is another community's
    document, original = workspace.original(cited[0]["document"]["id"])
    assert document.community == "autre"
    assert "ardoises" in original.read_text()

    ours = answered(workspace, "Qui apportera les crayons courts?", None)
    assert ours.answer is not None
    assert {one["document"]["community"] for one in ours.answer["citations"]} == {"default"}


def test_leafing_goes_on_in_the_other_community(workspace: Workspace) -> None:
    turn = answered(workspace, "Comment se lavent les ardoises, au savon?", "autre")
    assert turn.answer is not None
    [pdf] = [
        one["document"]["id"]
        for one in turn.answer["citations"]
        if one["document"]["path"].endswith(".pdf")
    ]
    for label in (1, 0):  # from a source, and from a document that was only near
        data = {"act": "leaf", "turn": turn.id, "label": label, "name": pdf, "page": 2}
        assert f"/page/{pdf}/2" in clicks.act(workspace, PERSON, data, "fr")


def test_what_is_open_elsewhere_is_not_answered_from_here(workspace: Workspace) -> None:
    turn = answered(workspace, "Qu'est-ce qui reste ouvert?", "autre")
    assert turn.answer is not None
    assert {one["document"]["community"] for one in turn.answer["citations"]} <= {"autre"}


def test_a_session_of_the_other_community_is_looked_up_in_its_own_register(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathered: list[str | None] = []
    register = workspace.library.register

    def remember(
        today: date, community: str | None = None, *, news: bool = True
    ) -> tuple[Register, dict[str, Document]]:
        gathered.append(community)
        return register(today, community, news=news)

    monkeypatch.setattr(workspace.library, "register", remember)
    turn = answered(workspace, "Que doit apporter Karim à la rencontre du 3 juin 2019?", "autre")
    assert turn.answer is not None
    assert {one["document"]["date"] for one in turn.answer["citations"]} == {"2019-06-03"}
    assert gathered == ["autre"]  # once, and not ours
    sessions = register(date(2026, 6, 1), "autre")[0].sessions
    assert {one.date for one in sessions} == {"2019-06-03", "2026-05-20"}


def test_no_agenda_of_ours_is_drafted_for_the_other_community(workspace: Workspace) -> None:
    asked = "Prépare un ordre du jour de 90 minutes pour le 10 juin 2026"
    for community, drafted in ((None, True), ("autre", False)):
        turn = answered(workspace, asked, community)
        assert ((turn.answer or {})["origin"] == "agenda") is drafted


def test_the_tabs_show_one_community_and_say_which(workspace: Workspace) -> None:
    assert [one.community for one in workspace.library.documents()] == ["default"]
    assert "ardoises" not in overview.page(workspace, date(2026, 6, 1), "fr")
    register, _ = workspace.library.register(date(2026, 6, 1))
    assert all("ardoises" not in one.text for one in register.actions)
    assert shown_community(workspace, "fr") == "Communauté principale"
    choices = ask.communities(workspace, "fr")
    assert choices == [("Communauté principale", "default"), ("autre", "autre")]
    assert "2019" in [value for _, value in ask.periods(workspace, "fr")]
