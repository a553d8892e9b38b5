"""Questions that name a period, and those that only seem to."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copassist.periods import Period, read_period

TODAY = date(2026, 11, 22)


def ask(question: str) -> Period:
    return read_period(question, TODAY)


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("Qu'a-t-on décidé en mars 2024 ?", "2024-03-01", "2024-03-31"),
        ("Qu'a-t-on décidé en mars ?", "2026-03-01", "2026-03-31"),
        ("Qu'a-t-on décidé en décembre ?", "2025-12-01", "2025-12-31"),
        ("Qui animait à l'automne dernier ?", "2025-09-01", "2025-12-21"),
        ("Qui anime cet automne ?", "2026-09-01", "2026-12-21"),
        ("Qu'a-t-on décidé au printemps ?", "2026-03-01", "2026-06-20"),
        ("Qu'a-t-on décidé à l'automne ?", "2026-09-01", "2026-12-21"),
        ("What did we decide over the winter?", "2025-12-01", "2026-03-20"),
        ("Que fera-t-on à l'automne prochain ?", None, None),
        ("Qu'est-ce qui est reporté à l'automne au sujet du clavier ?", None, None),
        ("What is planned in the spring?", None, None),
        ("Qui animait l’été dernier ?", "2026-06-01", "2026-09-22"),
        ("Quels sujets à l'hiver 2021 ?", "2020-12-01", "2021-03-20"),
        ("What was decided in spring 2021?", "2021-03-01", "2021-06-20"),
        ("Who led last fall?", "2025-09-01", "2025-12-21"),
        ("Qu'a-t-on dit du budget depuis 2019 ?", "2019-01-01", None),
        ("What changed since March 2020?", "2020-03-01", None),
        ("Qu'a-t-on dit du budget avant 2019 ?", None, "2018-12-31"),
        ("Qu'a-t-on dit avant le printemps 2021 ?", None, "2021-02-28"),
        ("Qu'a-t-on dit depuis le printemps 2021 ?", "2021-03-01", None),
        ("What changed after summer 2023?", "2023-09-23", None),
        ("Qu'a-t-on dit jusqu'à l'été 2023 ?", None, "2023-09-22"),
        ("Qu'avait-on dit avant l'an dernier ?", None, "2024-12-31"),
        ("Qu'avait-on dit avant la rentrée ?", None, "2026-08-19"),
        ("Qu'a-t-on dit depuis la réunion du 12 mars 2024 ?", "2024-03-12", None),
        ("What changed since the meeting of March 12, 2024?", "2024-03-12", None),
        ("Qu'avait-on dit avant la séance de mars 2024 ?", None, "2024-02-29"),
        ("Qu'a-t-on dit depuis la mi-mars 2024 ?", "2024-03-01", None),
        ("Qu'avait-on dit avant la fin 2023 ?", None, "2023-12-31"),
        ("Qu'a-t-on dit avant-hier ?", "2026-11-20", "2026-11-20"),
        ("Qu'a-t-on dit du 3 au 15 mars 2024 ?", "2024-03-03", "2024-03-15"),
        ("Le compte rendu du 12 et 13 mars 2024", "2024-03-12", "2024-03-13"),
        ("Qu'a-t-on dit en mars et avril 2023 ?", "2023-03-01", "2023-04-30"),
        ("Qu'a-t-on dit en 2020 et 2021 ?", "2020-01-01", "2021-12-31"),
        ("Qu'a-t-on dit en mars de l'an dernier ?", "2025-03-01", "2025-03-31"),
        ("What was said in March last year?", "2025-03-01", "2025-03-31"),
        ("What was said in March?", "2026-03-01", "2026-03-31"),
        ("Quels sujets à l'hiver 2023-2024 ?", "2023-12-01", "2024-03-20"),
        ("What was decided since March?", "2026-03-01", None),
        ("What changed since May?", "2026-05-01", None),
        ("What was said between March and May 2023?", "2023-03-01", "2023-05-31"),
        ("What was said last March?", "2026-03-01", "2026-03-31"),
        ("What changed since last March?", "2026-03-01", None),
        ("What was said in the May meeting?", "2026-05-01", "2026-05-31"),
        ("May meetings be recorded?", None, None),
        ("Quels sont les sept critères ?", None, None),
        ("Qu'avait-on dit jusqu'à la fin de l'été 2023 ?", None, "2023-09-22"),
        ("What was said until last year?", None, "2025-12-31"),
        ("Qu'a-t-on dit après la réunion du 12 mars 2024 ?", "2024-03-13", None),
        ("Qu'a-t-on dit depuis début 2023 ?", "2023-01-01", None),
        ("What changed since early 2023?", "2023-01-01", None),
        ("What changed since the end of 2023?", "2023-01-01", None),
        ("Qu'avait-on dit avant fin 2023 ?", None, "2023-12-31"),
        ("Qu'a-t-on dit depuis le début de l'hiver 2023 ?", "2022-12-01", None),
        ("Qu'a-t-on dit depuis le compte rendu du printemps 2021 ?", "2021-03-01", None),
        ("Qu'a-t-on dit depuis la rencontre de l'automne dernier ?", "2025-09-01", None),
        ("Qu'a-t-on dit depuis la rencontre d'hier ?", "2026-11-21", None),
        ("Qu'avait-on dit avant la réunion du 12 ?", None, "2026-11-11"),
        ("Qu'a-t-on dit dès la rentrée ?", "2026-08-20", None),
        ("Que disent les comptes rendus des réunions de mars 2024 ?", "2024-03-01", "2024-03-31"),
        ("What was said before two years ago?", None, "2023-12-31"),
        ("Qu'a-t-on dit avant hier ?", "2026-11-20", "2026-11-20"),
        ("What must be done by the end of March?", None, None),
        ("Qu'a-t-on dit entre le 3 et le 15 mars 2024 ?", "2024-03-03", "2024-03-15"),
        ("Que disent les comptes rendus des 12 et 13 mars ?", "2026-03-12", "2026-03-13"),
        ("Le compte rendu du 12, 13 et 14 mars 2024", "2024-03-12", "2024-03-14"),
        ("Le compte rendu du 12 ou du 13 mars 2024", "2024-03-12", "2024-03-13"),
        ("Que dit le compte rendu du 0 ?", None, None),
        ("What was said from March 3 to 15, 2024?", "2024-03-03", "2024-03-15"),
        ("Le compte rendu de mars et avril 2023", "2023-03-01", "2023-04-30"),
        ("Qu'a-t-on dit en janvier et en mars 2023 ?", "2023-01-01", "2023-03-31"),
        ("Qu'a-t-on dit de la mi-mars à la fin avril 2023 ?", "2023-03-01", "2023-04-30"),
        ("Qu'a-t-on dit en mars de cette année ?", "2026-03-01", "2026-03-31"),
        ("Qu'a-t-on dit l'an dernier en mars ?", "2025-03-01", "2025-03-31"),
        ("Qu'a-t-on dit en mars et avril de l'an dernier ?", "2025-03-01", "2025-04-30"),
        ("Qu'a-t-on dit à l'automne de l'an dernier ?", "2025-09-01", "2025-12-21"),
        ("How many did fall this year?", "2026-01-01", "2026-12-31"),
        ("What was said in the last year?", "2025-11-22", "2026-11-22"),
        ("Qu'a-t-on dit au cours de la dernière année ?", "2025-11-22", "2026-11-22"),
        ("What was said last year?", "2025-01-01", "2025-12-31"),
        ("Où en est-on aujourd'hui ?", None, None),
        ("Qui est responsable du site aujourd'hui ?", None, None),
        ("Qu'est-ce qui reste à faire aujourd'hui ?", None, None),
        ("Qu'a-t-on dit aujourd'hui ?", "2026-11-22", "2026-11-22"),
        ("Que dit la rencontre de mars 19 h ?", "2026-03-01", "2026-03-31"),
        ("Does this fall under the mandate?", None, None),
        ("Qui anime en mars prochain ?", None, None),
        ("What is still open today?", None, None),
        ("Le compte rendu du 0", None, None),
        ("Les sujets des réunions de mars 2024", "2024-03-01", "2024-03-31"),
        ("Qu'a-t-on dit dès mars 2024 ?", "2024-03-01", None),
        ("Qu'a-t-on dit dès l'automne 2024 ?", "2024-09-01", None),
        ("Qui participe depuis sept ans ?", None, None),
        ("Qui vient à la rencontre, en mai, 12 personnes ?", "2026-05-01", "2026-05-31"),
        ("Qu'a-t-on dit jusqu'en juin 2020 ?", None, "2020-06-30"),
        ("Qu'a-t-on dit après le 3 mai 2021 ?", "2021-05-04", None),
        ("Qu'a-t-on dit entre mars et mai 2019 ?", "2019-03-01", "2019-05-31"),
        ("What was said from 2018 to 2020?", "2018-01-01", "2020-12-31"),
        ("Qu'a-t-on fait l'an dernier ?", "2025-01-01", "2025-12-31"),
        ("Qu'a-t-on fait il y a deux ans ?", "2024-01-01", "2024-12-31"),
        ("What was done two months ago?", "2026-09-01", "2026-09-30"),
        ("Qu'a-t-on fait au cours des trois derniers mois ?", "2026-08-22", "2026-11-22"),
        ("What was done in the last two years?", "2024-11-22", "2026-11-22"),
        ("Qu'a-t-on fait le mois dernier ?", "2026-10-01", "2026-10-31"),
        ("Qu'a-t-on fait la semaine dernière ?", "2026-11-09", "2026-11-15"),
        ("Qu'a-t-on fait en 2023-2024 ?", "2023-08-01", "2024-07-31"),
        ("Qu'a-t-on fait depuis la rentrée ?", "2026-08-20", None),
        ("Qui présentait à la rentrée 2021 ?", "2021-08-20", "2021-10-15"),
        ("Que dit le compte rendu du 12 ?", "2026-11-12", "2026-11-12"),
        ("Que dit le compte rendu du 25 ?", "2026-10-25", "2026-10-25"),
        ("Que dit le compte rendu du 12 mars 2024 ?", "2024-03-12", "2024-03-12"),
        ("Qui était là à la réunion du 17 octobre 2018 ?", "2018-10-17", "2018-10-17"),
        ("L'assemblée de décembre 2013 a-t-elle délibéré ?", "2013-12-01", "2013-12-31"),
        ("What did they decide on July 18, 2018?", "2018-07-18", "2018-07-18"),
        ("Qu'a-t-on dit entre novembre et février ?", "2025-11-01", "2026-02-28"),
        ("Qu'a-t-on dit de novembre à février 2024 ?", "2023-11-01", "2024-02-29"),
        ("Qu'a-t-on dit de novembre 2023 à février ?", "2023-11-01", "2024-02-29"),
        ("What was said between November and February?", "2025-11-01", "2026-02-28"),
        ("Qu'a-t-on dit depuis mars jusqu'en mai 2021 ?", "2021-03-01", "2021-05-31"),
        ("Qu'a-t-on dit depuis notre rencontre de mars ?", "2026-03-01", None),
        ("Qu'a-t-on dit depuis notre réunion du 12 ?", "2026-11-12", None),
        ("Qu'a-t-on dit avant l'assemblée générale du 12 mars 2024 ?", None, "2024-03-11"),
        ("What changed since our meeting on March 12, 2024?", "2024-03-12", None),
        ("What changed after the annual meeting of June 2024?", "2024-07-01", None),
        ("What was decided at the March meeting?", "2026-03-01", "2026-03-31"),
        ("Who attended the May 5 session?", "2026-05-05", "2026-05-05"),
        ("Where is the March 2019 coding contest?", None, None),
        ("Qu'est-ce qui a depuis été réglé ?", None, None),
        ("Qu'a-t-on dit depuis l'été ?", "2026-06-01", None),
        ("Que faire d'ici à la fin mars ?", None, None),
        # dates of things, not of sessions
        ("Qui rend les vidéos de la journée de septembre accessibles ?", None, None),
        ("Where is the May 2019 coding contest?", None, None),
        ("Quel est le plan 2019-2022 ?", None, None),
        ("Combien de minutes dure la pause ?", None, None),
        ("May we publish the code?", None, None),
        ("Qui anime la prochaine rencontre ?", None, None),
    ],
)
def test_periods(question: str, since: str | None, until: str | None) -> None:
    found = ask(question)
    assert (found.since, found.until) == (since, until)


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("Qu'a-t-on décidé cette année scolaire ?", "2025-08-01", "2026-07-31"),
        ("Qu'a-t-on décidé depuis le début de cette année scolaire ?", "2025-08-01", None),
        ("What was decided this school year?", "2025-08-01", "2026-07-31"),
        ("Qu'a-t-on décidé l'année scolaire dernière ?", "2024-08-01", "2025-07-31"),
        ("Qu'a-t-on décidé en octobre de cette année scolaire ?", "2025-10-01", "2025-10-31"),
        ("Qu'a-t-on décidé cette année scolaire, en mars ?", "2026-03-01", "2026-03-31"),
        ("Qu'a-t-on décidé cette année scolaire, en octobre ?", "2025-10-01", "2025-10-31"),
        ("Qu'a-t-on décidé cette année ?", "2026-01-01", "2026-12-31"),
    ],
)
def test_a_school_year_goes_from_august_to_july(
    question: str, since: str | None, until: str | None
) -> None:
    found = read_period(question, date(2026, 4, 10))
    assert (found.since, found.until) == (since, until)


def test_a_day_that_no_calendar_has_names_no_time() -> None:
    assert ask("Qu'a-t-on décidé à la réunion du 05/00/2024 ?") == Period()


def test_a_period_shows_its_words() -> None:
    (mention,) = ask("Que dit le compte rendu du 12 mars 2024 ?").mentions
    assert mention.words == "compte rendu du 12 mars 2024"


@pytest.mark.parametrize(
    ("question", "day", "held"),
    [
        ("Qu'a-t-on décidé en mars 2024 ?", "2024-03-12", True),
        ("Qu'a-t-on décidé en mars 2024 ?", "2024-03", True),
        ("Qu'a-t-on décidé en mars 2024 ?", "2024", True),
        ("Qu'a-t-on décidé en mars 2024 ?", "2024-04-01", False),
        ("Qu'a-t-on décidé en mars 2024 ?", None, False),
        ("Qu'a-t-on dit depuis 2019 ?", "2026-01-01", True),
        ("Qu'a-t-on dit avant 2019 ?", "2019-01-01", False),
        ("Qu'a-t-on dit ?", "2024-03-12", False),
    ],
)
def test_days_of_a_period(question: str, day: str | None, held: bool) -> None:
    assert ask(question).holds(day) is held


@settings(deadline=None)
@given(st.text(), st.dates(date(2000, 1, 1), date(2050, 1, 1)))
def test_any_question_is_read(question: str, today: date) -> None:
    found = read_period(question, today)
    if found.since and found.until:
        assert date.fromisoformat(found.since) <= date.fromisoformat(found.until)


# fmt: off
WORDS = st.sampled_from([
    "depuis", "avant", "entre", "et", "mars", "2019", "le 12", "12", "dernier", "l'automne", "mai",
    "la rentrée", "en", "il y a deux ans", "réunion du", "compte rendu du", "last month", "to",
    "2018-03-31", "29 février", "since", "from", "2023-2024", "winter", "cet hiver", "31",
    "dès", "jusqu'à", "la fin de", "0", "March", "3 to 15", "l'an dernier", "this year", "in the",
])
# fmt: on


@settings(deadline=None)
@given(st.lists(WORDS, max_size=9).map(" ".join), st.dates(date(2000, 1, 1), date(2050, 1, 1)))
def test_any_words_of_time_give_real_days(question: str, today: date) -> None:
    found = read_period(question, today)
    assert not (found.since and found.until) or found.since <= found.until
    for mention in found.mentions:
        for day in (mention.since, mention.until):
            assert day is None or date.fromisoformat(day)
