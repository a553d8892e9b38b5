"""The Registre and Ordre du jour tabs' plain functions, on one small record."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any, Literal

import gradio as gr
import pytest

from app import ingestion
from copassist.agendas import Agenda, AgendaRequest, edit_item, remove_item
from copassist.agendas.clocks import hours_written
from copassist.agendas.drafting import USUAL_MINUTES, offered_session
from copassist.analysis import fold
from copassist.corrections import line_id
from copassist.errors import AgendaError, InputError, LineNotFoundError
from copassist.library import Library
from copassist.proposals import Proposal, Proposals
from copassist.records import agenda_reference
from copassist.render import minutes_markdown
from copassist.router import Router
from copassist.schema import drafts
from copassist.ui import agendadrafts as agendas
from copassist.ui import agendapage, registerlines
from copassist.ui import register as registers
from copassist.workspace import Workspace

TODAY = date(2026, 11, 22)
MINUTES = """# Compte rendu du 28 octobre 2026

## Le papier ligné

**Décision :** Le papier ligné est commandé pour toutes les classes.

## Suivis

- [ ] Karim envoie le sondage aux parents, pour le 1er novembre.
- [ ] Fatou met au propre la page des paliers.
"""


@pytest.fixture
def workspace(library: Library, records: Callable[..., Path]) -> Iterator[Workspace]:
    folder = records({"2026-10-28 Compte rendu.md": MINUTES})
    ingestion(library)([folder], {"kind": "minutes"}, lambda _: None, threading.Event())
    opened = Workspace(library, Router(library, None, lambda: TODAY), ingestion(library))
    yield opened
    opened.close()


def shown(workspace: Workspace, view: str) -> list[registerlines.Line]:
    register, _ = workspace.library.register(TODAY)
    return registerlines.lines(register, view, TODAY, "fr")


def test_lines_can_be_corrected(workspace: Workspace) -> None:
    [karim, fatou] = sorted(shown(workspace, "open"), key=lambda one: one.text, reverse=True)
    assert not karim.text.startswith("[")
    registers.quick(workspace, "done", karim.id, "fr")
    given = {"text": fatou.text, "owner": "Lucie", "due": "", "status": "open"}
    changes = registers.really_changed(workspace, fatou.id, given)
    assert changes == {"owner": "Lucie"}
    registers.corrected(workspace, fatou.id, changes, "fr")
    [left] = shown(workspace, "open")
    assert left.id == fatou.id
    assert left.facts[0] == "Lucie"
    assert "corrigé à la main" in left.facts
    registers.corrected(workspace, fatou.id, None, "fr")
    [left] = shown(workspace, "open")
    assert left.facts[0] == "Fatou"


def propose(workspace: Workspace, quote: str, kind: Literal["decision", "action"]) -> str:
    [document] = workspace.library.documents()
    one = Proposal(kind, document.id, quote, "Fatou" if kind == "action" else None)
    assert Proposals(workspace.library.catalogue).add(one)
    return one.id


def test_proposals_wait_for_a_person(workspace: Workspace) -> None:
    assert registerlines.view_choices(0, "fr")[-1][1] != registerlines.PROPOSALS
    settled = propose(
        workspace, "Le papier ligné est commandé pour toutes les classes.", "decision"
    )
    promised = propose(workspace, "Fatou met au propre la page des paliers.", "action")
    propose(workspace, "Des mots que personne n'a écrits.", "action")
    before = {view: len(shown(workspace, view)) for view in ("open", "decisions")}
    found = registerlines.proposals(workspace.proposals(), TODAY, "fr")
    assert [one.proposal for one in found] == [settled, promised]
    assert found[0].facts[0] == "décision"
    assert found[1].facts[:2] == ("action", "Fatou")
    html = registerlines.item(found[0], workspace.library.register(TODAY)[1], "fr")
    assert all(f'data-act="{act}"' in html for act in ("source", "accept", "refuse"))
    assert 'data-act="edit"' not in html
    workspace.settle(settled, "accepted")
    workspace.settle(promised, "refused")
    assert workspace.proposals() == []
    after = {view: len(shown(workspace, view)) for view in ("open", "decisions")}
    assert after == {"open": before["open"], "decisions": before["decisions"] + 1}
    with pytest.raises(LineNotFoundError):
        workspace.settle("0" * 12, "accepted")


def test_one_click_on_a_line_is_taken_back_in_another(workspace: Workspace) -> None:
    [karim, _] = sorted(shown(workspace, "open"), key=lambda one: one.text, reverse=True)
    registers.corrected(workspace, karim.id, {"owner": "Lucie"}, "fr")
    tab = the_tab(workspace)
    chosen = ("open", "", "", "", "")
    event = gr.EventData(None, {"act": "done", "line": karim.id})
    _, _, told, listed, *_ = tab._act(*chosen, "", event)
    assert "Karim envoie" not in listed
    found = re.search(r'data-before="([^"]*)"', told)
    assert found
    back = {"act": "undo", "line": karim.id, "before": unescape(found[1])}
    told, listed = tab._take_back(*chosen, gr.EventData(None, back))
    assert "cop-done" in told
    assert "Karim envoie" in listed
    assert next(one for one in shown(workspace, "open") if one.id == karim.id).facts[0] == "Lucie"


def test_lines_are_found_by_their_days_however_written(workspace: Workspace) -> None:
    every = shown(workspace, "open")
    for said in ("novembre", "1er novembre 2026", "2026-11-01"):
        assert ["Karim" in one.text for one in registerlines.matching(every, said)] == [True]
    assert len(registerlines.matching(every, "2026-10-28")) == 2


def the_tab(workspace: Workspace) -> registers.RegisterTab:
    async def made() -> registers.RegisterTab:
        # Inside a loop: without one, Gradio makes loops that nobody closes.
        with gr.Blocks():
            return registers.RegisterTab(workspace, "fr")

    return asyncio.run(made())


def test_beside_the_fields_of_a_line_stands_its_own_source_alone(workspace: Workspace) -> None:
    tab = the_tab(workspace)
    register, _ = workspace.library.register(TODAY)
    first, second = register.actions

    def press(read: str, **data: str) -> tuple[Any, ...]:
        return tab._act("open", "", "", "", "", read, gr.EventData(None, data))

    assert first.source is not None
    cited = first.source
    where = {"document": cited.document, "passage": cited.passage, "quote": cited.quote}
    _, read, *_ = press("", act="source", **where)
    own, *_ = press(read, act="edit", line=line_id(first))
    assert own == gr.skip()
    other, read, *_ = press(read, act="edit", line=line_id(second))
    assert "cop-viewer" not in other
    assert read == ""


def test_the_count_of_proposals_follows_and_the_last_one_leads_back(workspace: Workspace) -> None:
    settled = propose(
        workspace, "Le papier ligné est commandé pour toutes les classes.", "decision"
    )
    promised = propose(workspace, "Fatou met au propre la page des paliers.", "action")
    tab = the_tab(workspace)
    view = registerlines.PROPOSALS

    def press(act: str, line: str) -> tuple[Any, ...]:
        event = gr.EventData(None, {"act": act, "line": line})
        return tab._act(view, "", "", "", "", "", event)

    *_, views = press("refuse", promised)
    assert views.value == view
    assert any(label.endswith("(1)") for label, _ in views.choices)
    _, _, _, listed, *_, views = press("accept", settled)
    assert views.value == registerlines.VIEWS[0]
    assert view not in [value for _, value in views.choices]
    assert "Karim envoie le sondage" in listed


def test_a_topic_has_a_picture_that_says_its_days(workspace: Workspace) -> None:
    found = next(one for one in shown(workspace, "topics") if one.text == "Le papier ligné")
    assert found.picture.startswith("<svg")
    assert 'aria-label="Rencontres où ce sujet revient\u00a0: 28 octobre 2026"' in found.picture


def test_a_draft_of_the_chat_is_taken_up_in_the_tab(workspace: Workspace) -> None:
    assert agendas.adopted(workspace, "anne") is None
    assert agendas.history_choices(workspace, "anne", "fr") == []
    asked = "Prépare un ordre du jour de 60 minutes le 9 décembre 2026, en ligne"
    turn = workspace.ask("anne", None, asked)
    workspace.wait(turn.id, 60)
    taken = agendas.adopted(workspace, "anne")
    assert taken is not None
    assert (taken.date, taken.minutes) == ("2026-12-09", 60)
    assert agendas.adopted(workspace, "anne") == taken
    assert len(agendas.drafts(workspace).of("anne")) == 1


def test_a_draft_of_the_chat_keeps_what_was_changed_by_hand(workspace: Workspace) -> None:
    agenda, _ = agendas.made(workspace, "anne", AgendaRequest("2026-12-09", 60), TODAY)
    renamed = edit_item(agenda, agenda.items[0].id, title="Bonjour")
    agendas.save(workspace, "anne", renamed)
    turn = workspace.ask("anne", None, "Prépare un ordre du jour de 60 minutes le 9 décembre 2026")
    workspace.wait(turn.id, 60)
    save_before(workspace, "anne")  # as if a second had passed since

    taken = agendas.adopted(workspace, "anne")

    assert taken is not None
    assert taken.items[0].title == "Bonjour"
    assert agendas.adopted(workspace, "anne") == taken
    agendas.drafts(workspace).undo("anne")
    assert agendas.adopted(workspace, "anne") == renamed  # and stays so: it is not taken up again


def save_before(workspace: Workspace, person: str) -> None:
    """The drafts of ``person``, as saved long ago."""
    with workspace.library.catalogue.transaction() as connection:
        connection.execute(
            drafts.update().where(drafts.c.person == person).values(saved="2020-01-01T00:00:00")
        )


def test_redoing_keeps_what_was_changed_by_hand(workspace: Workspace) -> None:
    request = AgendaRequest("2026-12-09", 90, 8, "online", "Le clavier")
    agenda = agendas.drafted(workspace, request, TODAY)
    agendas.save(workspace, "anne", agenda)
    changed = edit_item(agenda, "welcome", title="Accueil et météo")
    agendas.save(workspace, "anne", changed)
    registers.quick(workspace, "done", shown(workspace, "open")[0].id, "fr")
    fresh = agendas.again(workspace, changed, TODAY)
    assert fresh.items[0].title == "Accueil et météo"
    assert sum(item.minutes for item in fresh.items) == 90
    points = {one.id: one.points for one in fresh.items}["follow_ups"]
    assert len(points) == 1
    states = [label for label, _ in agendas.history_choices(workspace, "anne", "fr")]
    assert [label.rpartition(" · ")[2] for label in states] == [
        f"« {agenda.items[0].title} » devient « Accueil et météo »",
        "nouveau projet",
    ]


def test_preparing_again_keeps_what_was_changed_by_hand(workspace: Workspace) -> None:
    def made(request: AgendaRequest) -> tuple[Agenda, str]:
        return agendas.made(workspace, "anne", request, TODAY)

    request = AgendaRequest("2026-12-09", 90, 8)
    agenda, said = made(request)
    assert said == "ui.agenda.made"
    agendas.save(workspace, "anne", edit_item(agenda, "welcome", title="Accueil et météo"))
    longer, said = made(replace(request, minutes=120))
    assert said == "ui.agenda.made_keeping"
    assert longer.items[0].title == "Accueil et météo"
    assert sum(one.minutes for one in longer.items) == 120
    other, said = made(replace(request, date="2027-01-13"))
    assert said == "ui.agenda.made_beside"
    assert other.items[0].title == agenda.items[0].title


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("de 13 h à 15 h 30", 150),
        ("9 h – 11 h 30", 150),
        ("13:00 to 14:15", 75),
        ("11:30 to 1:00", 90),
        ("17 h 30 - 19 h", 90),
        ("de 9 h à midi", 180),
        ("from 11 to 1 pm", 120),
        ("entre 9 h et 11 h 30", 150),
        ("de 10 à 12 enfants", None),
        ("à 13 h, 3 personnes", None),
        ("les 10 et 11 mai", None),
    ],
)
def test_the_hours_of_a_record_tell_how_long_it_lasted(said: str, minutes: int | None) -> None:
    found = hours_written(fold(f"Rencontre du 28 octobre 2026, {said}, en ligne"))
    assert [one.minutes for one in found if one.marked] == ([minutes] if minutes else [])


def test_the_usual_length_is_offered_where_the_records_tell_it(
    library: Library, records: Callable[..., Path]
) -> None:
    hours = {9: "9 h à 11 h", 10: "13 h – 15 h 30", 11: "13:00 à 15:30, puis dîner"}
    opening = "# Compte rendu\n\nRencontre du 10, "
    folder = records(
        {f"2026-{month:02}-10 Compte rendu.md": opening + said for month, said in hours.items()}
    )
    assert offered_session(library, TODAY)[1] == USUAL_MINUTES
    ingestion(library)([folder], {"kind": "minutes"}, lambda _: None, threading.Event())
    assert offered_session(library, TODAY)[1] == 150


def test_the_form_says_what_the_draft_below_it_says(workspace: Workspace) -> None:
    assert agendas.offered_form(workspace, "anne", TODAY)[1:] == list(agendas.EMPTY[1:])
    request = AgendaRequest("2026-12-16", 75, 8, "online", "Robotique", "formal", "09:00")
    agendas.made(workspace, "anne", request, TODAY)
    form = ["2026-12-16", "09:00", 75, "8", "online", "formal", "Robotique"]
    assert agendas.offered_form(workspace, "anne", TODAY) == form
    later = date(2026, 12, 20)
    assert agendas.offered_form(workspace, "anne", later)[0] > "2026-12-20"


def test_filled_in_minutes_lead_back_to_their_agenda(workspace: Workspace) -> None:
    request = AgendaRequest("2026-12-09", 60)
    agenda = agendas.drafted(workspace, request, TODAY)
    agendas.save(workspace, "anne", agenda)
    reference = agenda_reference(minutes_markdown(agenda))
    assert reference == agenda.id
    kept = agendas.drafts(workspace).called(reference)
    assert kept is not None
    assert kept.draft["minutes"] == 60


def test_filled_in_minutes_say_which_agenda_they_answer(workspace: Workspace) -> None:
    agenda = agendas.drafted(workspace, AgendaRequest("2026-12-09", 60), TODAY)
    agendas.save(workspace, "anne", agenda)
    before = len(workspace.library.register(TODAY)[0].actions)
    folder = workspace.library.folder.parent / "records"
    template = minutes_markdown(agenda)
    (folder / "2026-12-09 Compte rendu.md").write_text(template, encoding="utf-8")
    options = {"kind": "minutes"}
    ingestion(workspace.library)([folder], options, lambda _: None, threading.Event())
    register, _ = workspace.library.register(date(2026, 12, 10))
    held = next(one for one in register.sessions if one.date == "2026-12-09")
    assert held.agenda == agenda.id
    assert agendas.called(workspace, held.agenda) == agenda
    assert len([one for one in register.actions if one.session_date != "2026-12-09"]) == before


@pytest.mark.parametrize(
    ("typed", "count"),
    [("", None), (" 10 ", 10), ("Dix", 10), ("une douzaine de personnes", 12), ("12 people", 12)],
)
def test_a_number_of_people_is_typed_in_figures_or_in_words(typed: str, count: int | None) -> None:
    assert agendas.headcount(typed, "fr") == count


@pytest.mark.parametrize("typed", ["plusieurs", "8 à 10", "dix-"])
def test_what_is_no_number_of_people_is_said_of_that_field(typed: str) -> None:
    with pytest.raises(InputError, match="nombre de personnes"):
        agendas.headcount(typed, "fr")


def test_items_are_changed_in_the_list_itself(workspace: Workspace) -> None:
    request = AgendaRequest("2026-12-03", 90, 8, theme="Le papier ligné")
    draft = agendas.drafted(workspace, request, TODAY)
    moved = agendas.placed(draft, {"act": "move", "item": draft.items[1].id, "position": "0"})
    assert [one.id for one in moved.items[:2]] == [draft.items[1].id, draft.items[0].id]
    timed = agendas.placed(draft, {"act": "minutes", "item": "welcome", "minutes": "7"})
    assert sum(one.minutes for one in timed.items) == 90
    assert timed.items[0].minutes == 7
    for said in ("", "-3", "300", "sept"):
        with pytest.raises(AgendaError):
            agendas.placed(draft, {"act": "minutes", "item": "welcome", "minutes": said})
    [_, (_, other), *_] = agendapage.format_choices(draft, "activity-1", "fr")
    swapped = agendas.placed(draft, {"act": "format", "item": "activity-1", "format": other})
    assert other in {one.format for one in swapped.items}
    assert f'<option value="{other}" selected>' in agendapage.page(swapped, "fr")


def test_an_item_taken_away_in_another_window_is_told(workspace: Workspace) -> None:
    draft = agendas.drafted(workspace, AgendaRequest("2026-12-03", 90), TODAY)
    ids = [one.id for one in draft.items]
    lower = agendas.shifted(draft, ids[1], 1)
    assert [one.id for one in lower.items[1:3]] == [ids[2], ids[1]]
    left = remove_item(draft, ids[1])
    with pytest.raises(AgendaError):
        agendas.shifted(left, ids[1], 1)
    with pytest.raises(AgendaError):
        agendas.changed(left, ids[1], "Titre", "", 10, None)
