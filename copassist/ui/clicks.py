"""What a click on a source shows: the viewer where the words stand, or what it changed.

``data`` is what ``panel.js`` sends of the button pressed.
"""

from __future__ import annotations

from typing import Any

from copassist.conversations import Turn, Verdict
from copassist.errors import CopassistError
from copassist.sourceview import open_source
from copassist.ui import source
from copassist.ui.markup import notice, problem
from copassist.words import words
from copassist.workspace import Workspace


def open_cited(
    workspace: Workspace, turn: Turn | None, label: int, language: str, near: bool = False
) -> str:
    """The viewer at citation ``label`` of an answer (or at near passage ``label``, from 0)."""
    answer = turn.answer if turn else None
    if turn is None or answer is None or answer.get("withdrawn"):
        return notice(words(language)("ui.ask.withdrawn"), "info", language)
    cited = answer["near"][label : label + 1] if near else answer["citations"][label - 1 : label]
    if not cited:
        return source.cards(turn, language)
    [one] = cited
    number = int(one["passage"].rpartition(":")[2])
    quote = None if near else one["quote"]
    try:
        view = open_source(
            workspace.library,
            one["document"]["id"],
            number,
            quote,
            community=one["document"].get("community"),
        )
    except CopassistError as error:
        return problem(error, language)
    count = 0 if near else len(answer["citations"])
    return source.viewer(view, language, turn.id, label, count)


def act(workspace: Workspace, person: str, data: dict[str, Any], language: str) -> str:
    """What a click in the panel beside a conversation shows."""
    turn_id = int(data.get("turn") or 0)
    label = int(data.get("label") or 0)
    kind = data.get("act")
    if kind in ("open", "near"):
        turn = workspace.conversations.turn(person, turn_id)
        return open_cited(workspace, turn, label, language, near=kind == "near")
    if kind == "leaf":
        return _leaf(workspace, person, data, language)
    if kind == "judge":
        _judge(workspace, person, turn_id, data.get("verdict"))
    elif kind == "comment":
        workspace.conversations.comment(person, turn_id, str(data.get("text") or ""))
    elif kind == "note":
        workspace.conversations.note_gap(person, turn_id)
    turn = workspace.conversations.turn(person, turn_id)
    return source.cards(turn, language) if turn else source.empty_panel(language)


def _judge(workspace: Workspace, person: str, turn_id: int, said: str | None) -> None:
    """A second press on the same thumb takes it back."""
    verdict: Verdict | None = "up" if said == "up" else "down"
    before = workspace.conversations.turn(person, turn_id)
    if before and before.verdict == verdict:
        verdict = None
    workspace.conversations.judge(person, turn_id, verdict)


def _leaf(workspace: Workspace, person: str, data: dict[str, Any], language: str) -> str:
    """Another page of the PDF that is open."""
    turn_id = int(data["turn"]) if data.get("turn") else None
    label = int(data.get("label") or 0)
    turn = workspace.conversations.turn(person, turn_id) if turn_id else None
    citations = (turn.answer or {}).get("citations", ()) if turn else ()
    cited = citations[label - 1] if 0 < label <= len(citations) else None
    number = int(cited["passage"].rpartition(":")[2]) if cited else 0
    quote = cited["quote"] if cited else None
    try:
        document, _ = workspace.original(data["name"])
        view = open_source(
            workspace.library,
            document.id,
            number,
            quote,
            int(data["page"]),
            document.community,
        )
    except CopassistError as error:
        return problem(error, language)
    return source.viewer(view, language, turn_id, label, len(citations))


def opened(workspace: Workspace, data: dict[str, Any], language: str) -> str:
    """The viewer at the source of a line of the register; or another page of it."""
    try:
        if data.get("act") == "leaf":
            view = open_source(workspace.library, str(data["name"]), page=int(data["page"]))
        else:
            number = int(str(data["passage"]).rpartition(":")[2])
            view = open_source(workspace.library, str(data["document"]), number, str(data["quote"]))
    except CopassistError as error:
        return problem(error, language)
    return source.viewer(view, language)
