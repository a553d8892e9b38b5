"""Dates that other words look like."""

from __future__ import annotations

import pytest

from copassist.analysis import terms
from copassist.dates import falls_within, typed_day, written_dates
from copassist.errors import InputError
from copassist.support import check


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Depuis sept ans", []),
        ("le 3 sept 2023", [(2023, 9, 3)]),
        ("mar. 26 mai 2026 10:44", [(2026, 5, 26)]),
        ("Mar. 26, 2026", [(2026, 3, 26)]),
        ("sept. 2023", [(2023, 9, None)]),
        ("since March", [(None, 3, None)]),
        ("between March and May 2023", [(None, 3, None), (2023, 5, None)]),
        ("the May meeting", [(None, 5, None)]),
        ("May meetings be recorded?", []),
        ("we may meet", []),
        ("la rencontre de mars 19 h", [(None, 3, None)]),
        ("En mai, 12 personnes", [(None, 5, None)]),
        ("March 12, 2024", [(2024, 3, 12)]),
        ("le 05/00/2024, le 00/03/2024", []),
    ],
)
def test_dates(text: str, read: list[tuple[int | None, int | None, int | None]]) -> None:
    assert [(one.year, one.month, one.day) for one in written_dates(text)] == read


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-24",
        "24/09/2026",
        "24 septembre 2026",
        "le jeudi 24 sept. 2026 ",
        "24\u00a0septembre 2026",
        "September 24, 2026",
        "Thursday, 24 Sep 2026",
    ],
)
def test_a_day_is_read_however_it_is_typed(text: str) -> None:
    assert typed_day(text, "fr") == "2026-09-24"


@pytest.mark.parametrize(
    "text",
    ["", "septembre 2026", "24 septembre", "2026-02-30", "24 septembre 2026, 13 h", "hier"],
)
def test_half_a_day_is_refused_in_words(text: str) -> None:
    with pytest.raises(InputError) as refused:
        typed_day(text, "fr")
    assert "24 septembre 2026" in refused.value.describe("fr")
    assert "--help" not in refused.value.describe("fr")


def test_seven_is_no_september() -> None:
    assert "month09" not in terms("les sept membres", "fr")


def test_september_does_not_support_seven() -> None:
    passage = "Les écoles participent en septembre."
    assert not check("Les sept écoles participent.", passage).supported


@pytest.mark.parametrize(
    ("day", "since", "until", "inside"),
    [
        ("2024-03-12", "2024-03-12", "2024-03-12", True),
        ("2024-03-12", "2024-03-13", None, False),
        ("2024-03", "2024-03-01", None, True),
        ("2024", "2024-03-01", "2024-03-31", True),
        ("2024-03", "2024-04-01", None, False),
        ("2024-12-31", None, "2024", True),
        ("2024-12", "2024", "2024", True),
        ("2025-01-01", None, "2024-12", False),
        ("2024-03", None, "2024-02-28", False),
        ("2024-03-12", None, None, True),
        (None, "2024", None, False),
        ("", None, None, False),
    ],
)
def test_days_months_and_years_of_a_time(
    day: str | None, since: str | None, until: str | None, inside: bool
) -> None:
    assert falls_within(day, since, until) is inside
