"""What a model proposes: only verbatim, owned by whom the sentence names, and never by itself."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app import ingestion
from copassist.errors import LineNotFoundError
from copassist.library import Library
from copassist.proposals import Proposals, checked, propose
from copassist.testing import fake_chat

TODAY = date(2026, 11, 22)
MINUTES = """# Compte rendu du 28 octobre 2026

## Échanges

Au bout du compte le papier ligné ira à toutes les classes de première. Pour le sondage,
on compte sur Karim avant le 1er novembre. Fatou aime le clavier.

**Décision :** La prochaine année commence en septembre.
"""
REPLY = json.dumps(
    {
        "decisions": [
            {"quote": "Au bout du compte le papier ligné ira à toutes les classes de première."},
            {"quote": "Le papier ligné est refusé par toutes les classes."},
            {"quote": "**Décision :** La prochaine année commence en septembre."},
            {"quote": "Échanges"},
            "rien",
        ],
        "actions": [
            {
                "quote": "Pour le sondage,\non compte sur Karim avant le 1er novembre.",
                "owner": "Karim",
                "due": "avant le 1er novembre",
            },
            {"quote": "Fatou aime le clavier.", "owner": "Lucie", "due": None},
        ],
    }
)


@pytest.fixture
def minutes(library: Library, records: Callable[..., Path]) -> Path:
    folder = records({"2026-10-28 Compte rendu.md": MINUTES})
    take_in(library, folder)
    return folder


def take_in(library: Library, folder: Path) -> None:
    ingestion(library)([folder], {"kind": "minutes"}, lambda _: None, threading.Event())


def proposed(library: Library, reply: str = REPLY) -> Proposals:
    register, documents = library.register(TODAY)
    store = Proposals(library.catalogue)
    for document in documents.values():
        passages = library.catalogue.version_passages(document.version)
        for one in propose(fake_chat(reply), document, passages, register):
            store.add(one)
    return store


def test_only_what_holds_is_proposed(library: Library, minutes: Path) -> None:
    store = proposed(library)
    register, documents = library.register(TODAY)
    found = store.of(documents, "proposed")
    assert [(one.kind, one.owner) for one in found] == [("decision", None), ("action", "Karim")]
    assert found[1].due == "avant le 1er novembre"
    assert len(register.decisions) == 1
    assert not register.actions


def test_accepted_ones_are_in_the_register_and_stay(library: Library, minutes: Path) -> None:
    store = proposed(library)
    _, documents = library.register(TODAY)
    decision, action = store.of(documents, "proposed")
    store.settle(documents, action.id[:6], "accepted")
    store.settle(documents, decision.id, "refused")
    changed = MINUTES.replace("## Échanges", "## Échanges du jour")
    (minutes / "2026-10-28 Compte rendu.md").write_text(changed, encoding="utf-8")
    take_in(library, minutes)
    register, documents = library.register(TODAY)
    [line] = register.actions
    assert (line.owner, line.due_date) == ("Karim", "2026-11-01")
    assert line.source is not None
    assert library.holds(line.source)
    proposed(library)
    assert store.of(documents, "proposed") == []
    library.remove("2026-10-28 Compte rendu.md")
    assert store.of(documents) == []


def test_a_reply_that_is_no_json_proposes_nothing() -> None:
    for reply in ("Non trouvé.", "[]", "{}", '{"decisions": null}', '{"actions": [{"quote": 3}]}'):
        assert list(checked(reply, MINUTES, "d")) == []


def test_an_unknown_proposal(library: Library) -> None:
    with pytest.raises(LineNotFoundError):
        Proposals(library.catalogue).settle([], "abc", "accepted")
