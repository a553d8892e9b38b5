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
    add_item,
    alternatives,
    change_minutes,
    drop_point,
    edit_item,
    move_item,
    regenerate,
    remove_item,
    swap_format,
    usual_bounds,
)
from copassist.agendas.differences import what_changed
from copassist.errors import AgendaError
from copassist.formats import find_format
from copassist.records import (
    agenda_reference,
)
from copassist.render import agenda_markdown
from copassist.words import words


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
    with pytest.raises(AgendaError, match="peut durer de 1 à 90"):
        change_minutes(agenda, "activity-1", 200)
    with pytest.raises(AgendaError, match="ne peut pas durer"):
        change_minutes(agenda, "follow_ups", 89)
    with pytest.raises(AgendaError, match="Aucun point"):
        change_minutes(agenda, "nothing", 5)


def test_a_theme_lasts_as_long_as_its_facilitator_says_whatever_its_format() -> None:
    agenda = make(AgendaRequest(COMING, 75, 8, theme="Robotique", formats=("troika",)))
    item = by_id(agenda, "activity-1")
    least, _, most = item.bounds
    assert usual_bounds(item) is None
    for minutes in (least - 3, most + 9):
        changed = change_minutes(agenda, "activity-1", minutes)
        held = by_id(changed, "activity-1")
        assert held.minutes == minutes == sum(step.minutes for step in held.steps)
        assert usual_bounds(held) == (least, most)
        assert total(changed) == 75


def test_minutes_typed_stay_whatever_is_changed_afterwards() -> None:
    agenda = make(AgendaRequest(COMING, 90, 8, theme="Robotique"))
    agenda = change_minutes(agenda, "activity-1", 33)
    agenda = change_minutes(agenda, "follow_ups", 7)
    agenda = swap_format(agenda, "activity-1", "partage-de-vecu")
    assert by_id(agenda, "activity-1").minutes == 33
    assert by_id(agenda, "follow_ups").minutes == 7
    assert total(agenda) == 90


def test_minutes_left_over_go_to_the_activity_and_not_to_the_frame() -> None:
    agenda = make(AgendaRequest(COMING, 90, 8, theme="Robotique"))
    freed = change_minutes(agenda, "follow_ups", by_id(agenda, "follow_ups").minutes - 5)
    grown = {one.id for one in freed.items if one.minutes > by_id(agenda, one.id).minutes}
    assert grown == {"activity-1"}
    small = change_minutes(change_minutes(agenda, "activity-1", 10), "follow_ups", 5)
    assert by_id(small, "open_discussion").minutes > 0
    assert by_id(small, "welcome").minutes <= 15
    assert by_id(small, "harvest").minutes <= 10
    assert by_id(small, "questions").minutes <= 7
    assert total(small) == 90
    left = remove_item(small, "open_discussion")
    assert total(left) == 90


def test_an_item_is_added_by_hand_and_stays() -> None:
    request = AgendaRequest(COMING, 90, 8)
    agenda = add_item(make(request), " Photo de groupe ", 5, "Dans la cour.\n")
    agenda = add_item(agenda, "Merci", 3)
    ids = [one.id for one in agenda.items]
    assert ids.index("added-1") < ids.index("added-2") < ids.index("questions")
    added = by_id(agenda, "added-1")
    assert (added.title, added.minutes, added.text) == ("Photo de groupe", 5, "Dans la cour.")
    assert total(agenda) == 90
    again = regenerate(agenda, make(request))
    assert by_id(again, "added-1") == added
    assert total(again) == 90
    with pytest.raises(AgendaError, match="titre"):
        add_item(agenda, "  ", 5)
    with pytest.raises(AgendaError, match="peut durer de"):
        add_item(agenda, "Rien", 0)


def test_a_follow_up_is_taken_out_with_its_source_and_stays_out() -> None:
    request = AgendaRequest(COMING, 90, 8)
    agenda = make(request)
    points = by_id(agenda, "follow_ups").points
    less = drop_point(agenda, "follow_ups", 1)
    item = by_id(less, "follow_ups")
    assert [one.text for one in item.points] == [one.text for one in (points[0], *points[2:])]
    assert "Amina vérifie le budget" not in {one.quote for one in item.citations}
    assert {label for one in item.points for label in one.labels} == {
        one.label for one in item.citations
    }
    assert by_id(regenerate(less, make(request)), "follow_ups").points == item.points
    assert drop_point(less, "follow_ups", 99) == less


def test_the_text_of_an_item_is_written_by_hand() -> None:
    agenda = edit_item(make(AgendaRequest(COMING, 90, 8)), "welcome", text=" Café dès 13 h. ")
    assert by_id(agenda, "welcome").text == "Café dès 13 h."
    assert by_id(agenda, "welcome").frozen
    assert "Café dès 13 h." in agenda_markdown(agenda)


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
                    agenda = swap_format(agenda, name, data.draw(st.sampled_from(FORMATS)).id)
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
                if not item.frozen:
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
    offered = alternatives(agenda, "activity-1")
    assert len(offered) >= 3
    for one in offered:
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


def test_regenerating_keeps_the_order_and_brings_nothing_back_that_was_taken_out() -> None:
    request = AgendaRequest(COMING, 90, 8)
    agenda = remove_item(move_item(make(request), "information", 1), "questions")
    order = [one.id for one in agenda.items]
    assert [one.id for one in regenerate(agenda, make(request)).items] == order
    formal = regenerate(agenda, make(replace(request, style="formal")))
    ids = [one.id for one in formal.items]
    assert ids[:4] == ["welcome", "adopt_agenda", "adopt_minutes", "information"]
    assert "questions" not in ids
    assert total(formal) == 90


def test_what_was_named_otherwise_and_taken_out_does_not_come_back() -> None:
    agenda = make(AgendaRequest(COMING, 90, 8, theme="Robotique"))
    other = alternatives(agenda, "activity-1")[0].id
    for changed, item in (
        (edit_item(agenda, "questions", title="Autre"), "questions"),
        (swap_format(agenda, "activity-1", other), "activity-1"),
    ):
        again = regenerate(remove_item(changed, item), agenda)
        assert item not in [one.id for one in again.items]
        assert item in [one.id for one in regenerate(changed, agenda).items]


def test_what_was_fixed_by_hand_is_said_to_be_too_long_for_a_shorter_session() -> None:
    agenda = change_minutes(make(AgendaRequest(COMING, 120, 8)), "activity-1", 70)
    with pytest.raises(AgendaError, match="70 minutes; la rencontre en dure 60"):
        regenerate(agenda, make(AgendaRequest(COMING, 60, 8)))


def test_each_state_says_what_changed_in_it() -> None:
    say = words("fr")
    agenda = make(AgendaRequest(COMING, 90, 8))
    assert what_changed(None, agenda, say) == "nouveau projet"
    assert what_changed(agenda, agenda, say) == "refait d'après le registre"
    for changed, said in (
        (change_minutes(agenda, "follow_ups", 8), "« Suivis » : 8 min"),
        (
            edit_item(agenda, "follow_ups", title="Où on en est"),
            "« Suivis » devient « Où on en est »",
        ),
        (edit_item(agenda, "follow_ups", lead="Luc"), "« Suivis » modifié"),
        (drop_point(agenda, "follow_ups", 0), "une ligne retirée de « Suivis »"),
        (add_item(agenda, "Photo", 5), "« Photo » ajouté"),
        (remove_item(agenda, "questions"), "« Questions diverses » retiré"),
        (move_item(agenda, "follow_ups", 0), "ordre changé"),
        (change_minutes(add_item(agenda, "Photo", 5), "welcome", 6), "« Photo » ajouté (+ 1)"),
    ):
        assert what_changed(agenda, changed, say) == said


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


def test_a_point_put_off_or_added_can_be_held_as_an_activity() -> None:
    agenda = add_item(make(AgendaRequest(COMING, 120, 8)), "Photo de groupe", 20)
    for name in ("added-1", "deferred-1"):
        title = by_id(agenda, name).title
        held = by_id(swap_format(agenda, name, "troika"), name)
        assert (held.format, held.title) == ("troika", title)
