"""Changes made by hand to an agenda: the sum holds, and what was changed stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from agenda_material import (
    COMING,
    FORMATS,
    REGISTER,
    by_id,
    hold_clock,
    make,
    total,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from copassist.agendas import (
    AgendaRequest,
    alternatives,
    change_minutes,
    edit_item,
    move_item,
    regenerate,
    remove_item,
    swap_format,
)
from copassist.errors import AgendaError
from copassist.formats import find_format
from copassist.records import (
    agenda_reference,
)


def test_minutes_changed_by_hand_are_kept_and_the_others_make_up() -> None:
    agenda = make(AgendaRequest(COMING, 90, 8, start="13:30"))
    changed = change_minutes(agenda, "follow_ups", 20)
    assert by_id(changed, "follow_ups").minutes == 20
    assert by_id(changed, "follow_ups").frozen
    assert total(changed) == 90
    again = change_minutes(changed, "welcome", 5)
    assert by_id(again, "follow_ups").minutes == 20
    assert total(again) == 90
    hold_clock(again)


def test_impossible_minutes_are_refused_in_words() -> None:
    agenda = make(AgendaRequest(COMING, 90, 8))
    with pytest.raises(AgendaError, match="peut durer de"):
        change_minutes(agenda, "activity-1", 200)
    with pytest.raises(AgendaError, match="ne peut pas durer"):
        change_minutes(agenda, "follow_ups", 89)
    with pytest.raises(AgendaError, match="Aucun point"):
        change_minutes(agenda, "nothing", 5)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([60, 90, 150, 240]), st.data())
def test_any_run_of_edits_keeps_the_sum_and_the_bounds(minutes: int, data: st.DataObject) -> None:
    request = AgendaRequest(COMING, minutes, 12, start="09:00")
    agenda = make(request)
    for _ in range(data.draw(st.integers(1, 5))):
        name = data.draw(st.sampled_from([item.id for item in agenda.items]))
        try:
            match data.draw(st.integers(0, 3)):
                case 0:
                    agenda = change_minutes(agenda, name, data.draw(st.integers(1, 120)))
                case 1:
                    agenda = swap_format(agenda, name, data.draw(st.sampled_from(FORMATS)))
                case 2:
                    agenda = move_item(agenda, name, data.draw(st.integers(0, 10)))
                case _:
                    agenda = remove_item(agenda, name)
        except AgendaError:
            continue
        assert total(agenda) == minutes
        hold_clock(agenda)
        for item in agenda.items:
            known = find_format(FORMATS, item.format) if item.format else None
            if known is not None:
                working = [step.minutes for step in item.steps if not step.pause]
                assert known.bounds[0] <= sum(working) <= known.bounds[2]
                assert sum(step.minutes for step in item.steps) == item.minutes


def test_a_format_swapped_by_hand_changes_steps_title_and_rule() -> None:
    agenda = make(AgendaRequest(COMING, 120, 8, theme="Robotique"))
    swapped = swap_format(agenda, "activity-1", "partage-de-vecu")
    item = by_id(swapped, "activity-1")
    assert item.title == "Partage de vécu : Robotique"
    assert item.confidential
    assert item.record
    assert item.steps[0].title == "Accueil, intention et règles de parole"
    assert total(swapped) == 120
    with pytest.raises(AgendaError, match="n'est pas une activité"):
        swap_format(agenda, "welcome", "triz")
    with pytest.raises(AgendaError, match="Aucun format"):
        swap_format(agenda, "activity-1", "méditation")
    warned = swap_format(agenda, "activity-1", "cafe-du-monde")
    assert any("de 12 à 200 personnes" in warning for warning in warned.warnings)


def test_a_title_written_by_hand_survives_a_swap() -> None:
    agenda = make(AgendaRequest(COMING, 120, 8, theme="Robotique"))
    titled = edit_item(agenda, "activity-1", title="Robots et nous")
    assert by_id(swap_format(titled, "activity-1", "triz"), "activity-1").title == "Robots et nous"


def test_alternatives_fit_the_item_and_leave_its_own_format_out() -> None:
    agenda = make(AgendaRequest(COMING, 120, 8, theme="Robotique"))
    item = by_id(agenda, "activity-1")
    for one in alternatives(agenda, "activity-1"):
        assert one.id != item.format
        assert one.bounds[0] <= item.minutes
        assert one.group[0] <= 8 <= one.group[1]


def test_regenerating_keeps_hand_made_edits() -> None:
    request = AgendaRequest(COMING, 90, 8)
    agenda = change_minutes(make(request), "follow_ups", 15)
    agenda = edit_item(agenda, "welcome", lead="Paul")
    fresh = make(request, replace(REGISTER, topics=()))
    again = regenerate(agenda, fresh)
    assert by_id(again, "follow_ups").minutes == 15
    assert by_id(again, "welcome").lead == "Paul"
    assert not any(item.id.startswith("deferred") for item in again.items)
    assert total(again) == 90
    assert again.id == agenda.id
    one = regenerate(agenda, fresh, only=["activity-1"])
    assert any(item.id.startswith("deferred") for item in one.items)
    assert total(one) == 90


def test_labels_follow_the_reading_order_after_a_move() -> None:
    agenda = make(AgendaRequest(COMING, 90, 8))
    moved = move_item(agenda, "deferred-1", 0)
    assert moved.items[0].id == "deferred-1"
    assert moved.items[0].citations[0].label == 1


def test_the_identity_of_an_agenda_is_found_in_filled_minutes() -> None:
    agenda = make(AgendaRequest(COMING, 90, 8))
    assert agenda_reference(f"Référence de l'ordre du jour : {agenda.id}.") == agenda.id
    assert agenda_reference("odj-2026") is None
    assert make(AgendaRequest(COMING, 90, 8)).id == agenda.id
    assert make(AgendaRequest(COMING, 95, 8)).id != agenda.id


def test_json_holds_what_the_contract_names() -> None:
    values = make(AgendaRequest(COMING, 90, 8)).to_dict()
    assert {"title", "date", "start", "minutes", "style", "items", "warnings"} <= set(values)
    names = {
        "title", "intention", "minutes", "lead", "format", "why", "steps", "citations",
    }  # fmt: skip
    for item in values["items"]:
        assert names <= set(item)
        assert all({"title", "minutes"} <= set(step) for step in item["steps"])
        for citation in item["citations"]:
            assert {"label", "quote", "locator", "passage", "document"} == set(citation)
