"""Corrections by hand: kept through re-ingestion, taken back, gone with their document."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from app import ingestion
from copassist.agendas import AgendaRequest
from copassist.agendas.drafting import draft_from
from copassist.corrections import Corrections, checked, found_line, line_id
from copassist.draftstore import Drafts
from copassist.errors import LineNotFoundError, UsageError
from copassist.library import Library
from copassist.records import Action, Register
from copassist.register import narrowed
from copassist.render.registerfile import register_csv, register_table, register_xlsx

TODAY = date(2026, 11, 22)
MINUTES = """# Compte rendu du 28 octobre 2026

## Papier

**Décision :** Le papier ligné est commandé pour toutes les classes.

## Suivis

- [ ] Karim envoie le sondage aux parents, pour le 1er novembre.
- [ ] Fatou met au propre la page des paliers.
"""


def take_in(library: Library, folder: Path) -> None:
    ingestion(library)([folder], {"kind": "minutes"}, lambda _: None, threading.Event())


def actions(library: Library) -> dict[str, Action]:
    register, _ = library.register(TODAY)
    return {one.owner or "": one for one in register.actions}


@pytest.fixture
def minutes(library: Library, records: Callable[..., Path]) -> Path:
    folder = records({"2026-10-28 Compte rendu.md": MINUTES})
    take_in(library, folder)
    return folder


def correct(library: Library, line: Action, **changes: str | None) -> None:
    Corrections(library.catalogue).put(line, checked(line, changes, "fr"))


def test_a_correction_outlives_new_bytes(library: Library, minutes: Path) -> None:
    before = actions(library)
    correct(library, before["Karim"], status="done")
    correct(library, before["Fatou"], owner="Fatou et Lucie", due="15 décembre 2026")
    changed = MINUTES.replace("## Suivis", "## Suivis de la rencontre\n\nUn mot de plus.\n")
    (minutes / "2026-10-28 Compte rendu.md").write_text(changed, encoding="utf-8")
    take_in(library, minutes)
    after = actions(library)
    assert after["Karim"].status == "done"
    assert after["Karim"].corrected == ("status",)
    assert after["Fatou et Lucie"].due_date == "2026-12-15"
    assert after["Fatou et Lucie"].source is not None
    assert "Lucie" not in after["Fatou et Lucie"].source.quote


def test_a_correction_is_taken_back(library: Library, minutes: Path) -> None:
    correct(library, actions(library)["Karim"], status="done", owner="Lucie")
    line = actions(library)["Lucie"]
    assert line_id(line) == line_id(found_line(library.register(TODAY)[0], line_id(line)[:6]))
    assert Corrections(library.catalogue).drop(line)
    assert actions(library)["Karim"].status == "open"


def test_a_text_by_hand_is_what_an_agenda_says(
    library: Library, records: Callable[..., Path]
) -> None:
    table = "| Action | Qui | État |\n|---|---|---|\n| Appeler le CSS | Karim | En cours |\n"
    text = f"# Compte rendu du 28 octobre 2026\n\n## Suivis\n\n{table}"
    take_in(library, records({"2026-10-28 Compte rendu.md": text}))
    correct(library, actions(library)["Karim"], text="Écrire au CSS plutôt que l'appeler")
    agenda = draft_from(library, AgendaRequest("2026-12-09", 90), TODAY)
    [point] = next(one.points for one in agenda.items if one.id == "follow_ups")
    assert (point.text, point.note) == ("Écrire au CSS plutôt que l'appeler", "En cours")


def test_a_decision_s_status_is_confirmed(library: Library, minutes: Path) -> None:
    register, _ = library.register(TODAY)
    [decision] = register.decisions
    made = checked(decision, {"status": "superseded"}, "fr")
    Corrections(library.catalogue).put(decision, made)
    [decision] = library.register(TODAY)[0].decisions
    assert (decision.status, decision.confirmed) == ("superseded", True)


def test_what_cannot_be_corrected_is_said(library: Library, minutes: Path) -> None:
    line = actions(library)["Karim"]
    for changes in ({"status": "perdue"}, {"quote": "autre"}, {}):
        with pytest.raises(UsageError):
            checked(line, changes, "fr")
    with pytest.raises(LineNotFoundError):
        found_line(Register(), "abc")
    with pytest.raises(LineNotFoundError):
        found_line(library.register(TODAY)[0], "")


def test_corrections_and_drafts_go_with_their_document(library: Library, minutes: Path) -> None:
    correct(library, actions(library)["Karim"], owner="Lucie")
    document = actions(library)["Lucie"].source.document  # type: ignore[union-attr]  # it has one
    drafts = Drafts(library.catalogue, "default")
    cited = {"citations": [{"document": {"id": document}}]}
    drafts.save("anne", {"id": "odj-2026-12-09-00000000", "items": [cited]})
    library.remove("2026-10-28 Compte rendu.md")
    assert drafts.latest("anne") is None
    take_in(library, minutes)
    assert set(actions(library)) == {"Karim", "Fatou"}


def test_history_of_drafts(library: Library) -> None:
    drafts = Drafts(library.catalogue, "default")
    for title in ("un", "deux"):
        drafts.save("anne", {"id": "odj-1", "title": title})
    drafts.save("luc", {"id": "odj-2", "title": "autre"})
    assert [one.draft["title"] for one in drafts.of("anne")] == ["deux", "un"]
    assert drafts.get("luc", drafts.of("anne")[0].id) is None
    found = drafts.called("odj-1")
    assert found is not None
    assert found.draft["title"] == "deux"
    before = drafts.undo("anne")
    assert before is not None
    assert before.draft["title"] == "un"
    assert drafts.undo("anne") is None
    assert Drafts(library.catalogue, "others").of("anne") == []


def test_tables_open_elsewhere(library: Library, minutes: Path) -> None:
    register, documents = library.register(TODAY)
    table = register_table(register, "actions", documents, "fr")
    sheet = openpyxl.load_workbook(BytesIO(register_xlsx(table, "actions"))).active
    assert sheet is not None
    rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows == table
    assert rows[1][1] == "Karim envoie le sondage aux parents, pour le 1er novembre."
    told = register_csv([["=1+1", "a"]]).decode("utf-8-sig")
    assert told == "'=1+1,a\r\n"


def test_narrowed(library: Library, minutes: Path) -> None:
    register, _ = library.register(TODAY)
    assert [one.owner for one in narrowed(register, person="karim").actions] == ["Karim"]
    assert [one.owner for one in narrowed(register, topic="paliers").actions] == ["Fatou"]
    correct(library, actions(library)["Karim"], status="done")
    still = narrowed(library.register(TODAY)[0], still=True)
    assert [one.owner for one in still.actions] == ["Fatou"]
