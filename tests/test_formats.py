"""The activity formats: what is checked on load, and minutes shared out exactly."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copassist.errors import FormatsError
from copassist.formats import (
    TIMING_BASES,
    Format,
    find_format,
    fits,
    load_formats,
    parse_formats,
    scale,
    spread,
    suitable,
)
from copassist.words import words


def _entries() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    data = resources.files("copassist").joinpath("data")
    return (
        json.loads(data.joinpath("formats.json").read_text(encoding="utf-8")),
        json.loads(data.joinpath("formats.en.json").read_text(encoding="utf-8")),
    )


def test_all_formats_load_with_both_languages_and_their_timing_basis() -> None:
    formats = load_formats()
    assert len(formats) == 29
    for one in formats:
        assert one.timing_basis in TIMING_BASES
        for language in ("fr", "en"):
            assert one.name(language)
            assert one.purpose(language)
            assert one.record(language)
            assert one.online_variant(language)
            assert len(one.material(language)) == len(one.material("fr"))
        assert all(words("fr")(f"agenda.purpose.{tag}") for tag in one.tags)
    assert load_formats() is formats


def test_the_seven_confidential_formats_say_what_may_be_minuted() -> None:
    confidential = [one for one in load_formats() if one.confidential]
    assert len(confidential) == 7
    assert all(one.record("fr") and one.record("en") for one in confidential)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"total_minutes_min": 45}, "total_minutes_min = 45, sum(steps) = 46"),
        ({"total_minutes_max": 130}, "total_minutes_max = 130, sum(steps) = 125"),
        ({"timing_basis": "guessed"}, "timing_basis = guessed"),
        ({"group_size_min": 9}, "group_size: 9 <= 8"),
        ({"group_size_min": "four"}, "four"),
        ({"record_fr": ""}, "record_fr"),
        ({"steps": []}, "steps"),
    ],
)
def test_an_entry_that_contradicts_itself_is_named_with_what_is_wrong(
    change: dict[str, Any], said: str
) -> None:
    entries, english = _entries()
    entries[0] |= change
    with pytest.raises(FormatsError) as raised:
        parse_formats(entries, english)
    assert said in str(raised.value)
    assert "codeveloppement-professionnel" in str(raised.value)


def test_a_step_outside_its_bounds_a_missing_field_and_a_twin_are_refused() -> None:
    entries, english = _entries()
    entries[1]["steps"][0]["minutes"] = 50
    with pytest.raises(FormatsError, match="accelerateur-de-projet"):
        parse_formats(entries, english)
    entries, english = _entries()
    del entries[2]["source"]
    with pytest.raises(FormatsError, match="source"):
        parse_formats(entries, english)
    entries, english = _entries()
    with pytest.raises(FormatsError, match="id × 2"):
        parse_formats([*entries, entries[0]], english)
    with pytest.raises(FormatsError):
        parse_formats({}, english)
    with pytest.raises(FormatsError):
        parse_formats([None], english)


@given(st.sampled_from(load_formats()), st.data())
def test_scaled_steps_stay_within_bounds_and_add_up(known: Format, data: st.DataObject) -> None:
    least, _, most = known.bounds
    minutes = data.draw(st.integers(least, most))
    shares = scale(known, minutes)
    assert sum(shares) == minutes
    for share, step in zip(shares, known.steps, strict=True):
        assert step.least <= share <= step.most


def test_usual_minutes_give_usual_steps_and_impossible_totals_are_refused() -> None:
    for one in load_formats():
        assert scale(one, one.bounds[1]) == tuple(step.minutes for step in one.steps)
        with pytest.raises(ValueError, match="not within"):
            scale(one, one.bounds[0] - 1)
        with pytest.raises(ValueError, match="not within"):
            scale(one, one.bounds[2] + 1)


BOUNDS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20)).map(
        lambda parts: (parts[0], parts[0] + parts[1], parts[0] + parts[1] + parts[2])
    ),
    min_size=1,
    max_size=12,
)


@given(BOUNDS, st.data())
def test_spread_is_exact_and_never_moves_one_part_twice_as_far(
    bounds: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    total = data.draw(
        st.integers(sum(bound[0] for bound in bounds), sum(bound[2] for bound in bounds))
    )
    shares = spread(bounds, total)
    assert sum(shares) == total
    assert all(bound[0] <= share <= bound[2] for share, bound in zip(shares, bounds, strict=True))


def test_suitable_formats_fit_people_time_and_purpose_the_nearest_length_first() -> None:
    formats = load_formats()
    found = suitable(formats, 8, 60, "online", ("reflexion-collective",))
    assert found
    assert found[0].id == "reflexion-collective"
    for one in found:
        assert one.group[0] <= 8 <= one.group[1]
        assert one.bounds[0] <= 60
        assert "reflexion-collective" in one.tags
    assert suitable(formats, 1, 60) == ()
    assert suitable(formats, None, 5) == (find_format(formats, "tour-de-table-ouverture"),)
    assert not suitable(formats, 8, 60, None, ("no such purpose",))


def test_a_format_that_needs_a_room_is_not_offered_online() -> None:
    entries, english = _entries()
    entries[0]["online_ok"] = False
    known = parse_formats(entries[:1], english)[0]
    assert fits(known, 6, 90, "in-person")
    assert fits(known, 6, 90)
    assert not fits(known, 6, 90, "online")
    assert not fits(known, 6, 90, "hybrid")


def test_a_format_is_found_by_id_or_name_in_either_language() -> None:
    formats = load_formats()
    for name in (
        "partage-de-vecu",
        "Partage de vécu",
        "PARTAGE DE VECU",
        "Sharing lived experience",
    ):
        found = find_format(formats, name)
        assert found is not None
        assert found.id == "partage-de-vecu"
    assert find_format(formats, "méditation") is None
