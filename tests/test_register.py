"""The register over many records: what closes actions, changes decisions, comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import count, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copassist.agendas.history import History, deferred
from copassist.records import Action, Decision, NextSession, Register, Session, Source, Topic
from copassist.register import (
    coming_back,
    gather,
    is_overdue,
    is_owned_by,
    narrowed,
    open_actions,
    threads,
    within,
)

TODAY = date(2026, 5, 1)
_NUMBERS = count()


def source(quote: str) -> Source:
    return Source("d", f"v:{next(_NUMBERS)}", quote)


def action(
    text: str,
    day: str | None,
    owner: str | None = None,
    status: str = "open",
    due: str | None = None,
) -> Action:
    return Action(text, day, owner, True, None, due, status, source=source(text))


def decision(text: str, day: str) -> Decision:
    return Decision(text, day, None, source=source(text))


def gathered(*registers: Register, today: date = TODAY) -> Register:
    return gather({str(i): register for i, register in enumerate(registers)}, today)


def actions(*found: Action) -> Register:
    return Register(actions=found)


def test_a_later_message_moves_the_session_announced_last() -> None:
    minutes = Register(
        (
            Session("2026-03-05", "Mars", next_session=NextSession("2026-04-09")),
            Session("2026-04-09", "Avril", next_session=NextSession("2026-05-21", "Tri", "Zoé")),
        )
    )
    mail = source("On déplace la rencontre au 28 mai")

    def announced(told: str) -> NextSession | None:
        moved = Register(moves=(NextSession("2026-05-28", source=mail, told=told),))
        found = gathered(minutes, moved)
        assert (len(found.sessions), found.moves) == (2, ())
        return found.sessions[-1].next_session

    moved = NextSession("2026-05-28", "Tri", "Zoé", mail, "2026-04-20")
    assert announced("2026-04-20") == moved
    as_said = minutes.sessions[-1].next_session
    assert announced("2026-05-24") == as_said  # it speaks of another one: this one was held
    assert announced("2026-05-20") == as_said  # after today


ASKED = "Marie enverra le guide d'écriture cursive aux écoles"


@pytest.mark.parametrize(
    ("report", "owner", "day", "closed"),
    [
        ("Guide d'écriture cursive envoyé aux écoles (fait)", "Marie", "2026-04-10", True),
        ("Guide d'écriture cursive envoyé aux écoles (fait)", None, "2026-04-10", True),
        (ASKED, "Marie", "2026-04-10", True),
        ("Guide d'écriture cursive envoyé aux écoles (fait)", "Sam", "2026-04-10", False),
        ("Guide d'écriture cursive envoyé aux écoles (fait)", "Marie", "2026-02-10", False),
        ("Guide d'écriture cursive envoyé aux écoles (fait)", "Marie", "2026-06-10", False),
        ("Guide de la salle imprimé", "Marie", "2026-04-10", False),
    ],
)
def test_a_later_session_closes_an_action(
    report: str, owner: str | None, day: str, closed: bool
) -> None:
    done = action(report, day, owner, "done")
    first = gathered(actions(done), actions(action(ASKED, "2026-03-10", "Marie"))).actions
    (asked,) = [one for one in first if one.session_date == "2026-03-10"]
    assert (asked.status == "done") is closed
    assert asked.closed_by == (done.source if closed else None)


def test_what_a_person_reopened_stays_open() -> None:
    asked = replace(action(ASKED, "2026-03-10", "Marie"), corrected=("status",))
    done = action(
        "Guide d'écriture cursive envoyé aux écoles (fait)", "2026-04-10", "Marie", "done"
    )
    [first, _] = gathered(actions(done), actions(asked)).actions
    assert (first.status, first.closed_by) == ("open", None)


def test_an_open_line_closes_nothing() -> None:
    again = gathered(
        actions(action(ASKED, "2026-03-10", "Marie")), actions(action(ASKED, "2026-04-10", "Marie"))
    )
    assert {one.status for one in again.actions} == {"open"}


@pytest.mark.parametrize(
    ("later", "status"),
    [
        ("Les rencontres auront désormais lieu le jeudi à Lévis", "revised"),
        ("La décision sur les rencontres du mardi à Lévis est annulée", "superseded"),
        ("Le budget du guide est adopté", "in_force"),
        ("Les rencontres auront lieu le mardi à Lévis", "in_force"),
    ],
)
def test_a_later_decision_is_proposed_as_a_change(later: str, status: str) -> None:
    first = decision("Les rencontres auront lieu le mardi à Lévis", "2026-01-10")
    second = decision(later, "2026-02-10")
    found = gathered(Register(decisions=(second,)), Register(decisions=(first,))).decisions
    assert found[0].status == status
    assert second.source is not None
    assert found[0].revised_by == (None if status == "in_force" else second.source.passage)
    assert not found[0].confirmed
    assert found[1].status == "in_force"


@pytest.mark.parametrize(
    ("later", "item", "status"),
    [
        # it names the month, in another language; a sum or an hour; the subject of its item
        ("On abandonne la fiche de deux pages adoptée en janvier.", None, "superseded"),
        ("On abandonne la fiche de deux pages adoptée en mars.", None, "in_force"),
        ("On abandonne la vaisselle adoptée en janvier.", None, "in_force"),
        ("The 75 $ paid to helpers is withdrawn.", None, "superseded"),
        ("The $75 paid to helpers is withdrawn.", None, "superseded"),
        ("The 75 $ rent of the room is withdrawn.", None, "in_force"),
        ("The 80 $ paid to helpers is withdrawn.", None, "in_force"),
        ("Instead of asking three helpers of the day, we draw lots.", "Handouts", "revised"),
        ("Instead of asking three helpers of the day, we draw lots.", "Weather", "in_force"),
    ],
)
def test_what_a_later_decision_calls_an_earlier_one_by(
    later: str, item: str | None, status: str
) -> None:
    text = (
        "Agreed: the handout is two pages, read, annotated and signed by helpers, 75 $ a day each."
    )
    first = replace(decision(text, "2026-01-10"), item="The handouts")
    second = replace(decision(later, "2026-02-10"), item=item)
    assert gathered(Register(decisions=(first, second))).decisions[0].status == status


def test_a_year_is_no_month_that_a_decision_is_called_by() -> None:
    first = decision("On adopte le format du soir.", "2025-03-04")
    second = decision("Le format adopté en 2025 est abandonné.", "2026-04-02")
    found = gathered(Register(decisions=(first, second))).decisions
    assert found[0].status == "in_force"


@pytest.mark.parametrize(
    "later",
    [
        "On met donc fin à l'essai du tableau.",
        "On laisse tomber l'essai du tableau.",
        "L'essai du tableau n'est pas renouvelé.",
    ],
)
def test_what_ends_replaces(later: str) -> None:
    first = decision("On essaie le tableau, un essai de trois mois", "2026-01-10")
    found = gathered(Register(decisions=(first, decision(later, "2026-02-10")))).decisions
    assert found[0].status == "superseded"


def test_a_confirmed_decision_is_left_alone() -> None:
    first = replace(decision("Les rencontres ont lieu le mardi", "2026-01-10"), confirmed=True)
    second = decision("Les rencontres ont désormais lieu le jeudi", "2026-02-10")
    assert gathered(Register(decisions=(first, second))).decisions[0] == first


def test_open_actions_are_sorted_by_age_with_overdue_marked() -> None:
    register = gathered(
        actions(
            action("A", "2026-04-01", "Marie Roy", due="2026-04-20"),
            action("B", "2026-02-01", "Sam", due="2026-06-01"),
            action("C", None),
            action("D", "2026-01-01", status="done", due="2026-01-02"),
        )
    )
    found = open_actions(register, TODAY)
    assert [(o.action.text, o.age, o.overdue) for o in found] == [
        ("B", 89, False),
        ("A", 30, True),
        ("C", None, False),
    ]
    lately = within(register, "2026-03-01", None)
    assert [o.action.text for o in open_actions(lately, TODAY)] == ["A"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_three_lines_of_one_task_in_one_session_lead_to_one_of_them(order: tuple[int, ...]) -> None:
    said = (
        "Guide lecture",
        "Guide lecture parents crayons tableau",
        "Guide lecture parents crayons tableau bibliothèque grille dictée cahier portfolio",
    )
    lines = [
        replace(action(said[n], "2026-04-01", "Marie Roy", due="2026-04-20"), due="20 avril")
        for n in order
    ]
    assert len(open_actions(gathered(actions(*lines)), TODAY)) == 1


def test_people_and_due_days() -> None:
    shared = action("A", "2026-01-01", "Janique, Stacey et Guillaume", due="2026-05-01")
    assert is_owned_by(shared, "guillaume")
    assert not is_owned_by(shared, "Guy")
    assert not is_owned_by(shared, "")
    assert not is_overdue(shared, TODAY)
    assert is_overdue(shared, date(2026, 5, 2))


@pytest.mark.parametrize(
    ("person", "found"),
    [
        ("Luc Bédard", ["Luc B.", "Luc B et Zoé"]),
        ("Luc Allard", []),
        ("Zoé Roy", ["Zoé", "Luc B et Zoé"]),
        ("Ana Diaz", []),  # « Ana » may be Ana Cruz, whom the register names
        ("Ana Cruz", ["Ana", "Ana Cruz"]),
        ("Luc", ["Luc B.", "Luc B et Zoé", "Luc M."]),
    ],
)
def test_a_full_name_finds_its_short_form_where_nobody_else_fits(
    person: str, found: list[str]
) -> None:
    owners = ("Luc B.", "Luc B et Zoé", "Luc M.", "Zoé", "Ana", "Ana Cruz")
    register = actions(*(action(owner, "2026-01-01", owner) for owner in owners))
    kept = narrowed(register, person=person).actions
    assert sorted(one.owner or "" for one in kept) == sorted(found)


def test_topics_are_followed_over_sessions() -> None:
    register = Register(
        topics=(
            Topic("Écriture cursive", "2026-01-10"),
            Topic("L'écriture cursive en 2e année", "2026-03-10"),
            Topic("Budget", "2026-02-10"),
            Topic("L'écriture cursive", "2026-04-10", deferred=True),
        )
    )
    first, second = threads(register)
    assert first.last == "2026-03-10"
    assert first.sessions == ("2026-01-10", "2026-03-10", "2026-04-10")
    assert second.title == "Budget"


def test_deferred_points_come_back_until_treated() -> None:
    put_off = Topic("La location d'une salle sera discutée plus tard", "2026-01-10", deferred=True)
    waiting = Topic("Le logo est reporté à la prochaine rencontre", "2026-01-10", deferred=True)
    register = Register(topics=(put_off, waiting, Topic("Location d'une salle", "2026-02-10")))
    assert coming_back(register) == (waiting,)
    wordless = Topic("Ceci", "2026-02-10", deferred=True)
    assert coming_back(Register(topics=(waiting, wordless))) == (waiting, wordless)


@pytest.mark.parametrize(
    ("later", "back"),
    [
        (Register(decisions=(decision("On loue la salle de Lévis", "2026-03-10"),)), False),
        (Register(decisions=(decision("On loue la salle de Lévis", "2026-01-10"),)), True),
        (Register(decisions=(decision("La salle de danse est fermée", "2026-03-10"),)), True),
        (Register((Session("2026-03-10", "Mars", items=("Salle à louer",)),)), False),
        (actions(action("Réserver la salle à louer à Lévis", "2026-03-10")), False),
    ],
)
def test_a_point_put_off_is_as_treated_for_an_answer_as_for_an_agenda(
    later: Register, back: bool
) -> None:
    put_off = Topic("Louer une salle à Lévis", "2026-02-10", deferred=True)
    register = gathered(Register((Session("2026-02-10", "Février"),), topics=(put_off,)), later)
    assert coming_back(register) == ((put_off,) if back else ())
    assert deferred(History.of(register, "2026-05-10", TODAY, "fr")) == coming_back(register)


def test_an_agenda_takes_up_the_points_of_a_session_in_the_order_of_its_record() -> None:
    days = (("Budget", "2026-02-10"), ("Logo", "2026-03-10"), ("Salle", "2026-03-10"))
    put_off = tuple(Topic(title, day, deferred=True) for title, day in days)
    history = History.of(Register(topics=put_off), "2026-05-10", TODAY, "fr")
    assert [one.title for one in deferred(history)] == ["Logo", "Salle", "Budget"]


def test_a_name_of_little_words_is_nobodys() -> None:
    register = Register(actions=(action("A", "2026-01-01", "Marie"),))
    assert narrowed(register, "marie") == register
    assert narrowed(register, "la") == Register()


def test_a_period_keeps_its_own_lines() -> None:
    register = Register(
        (Session("2026-01-01", "a"), Session(None, "b")), actions=(action("A", "2026-03-01"),)
    )
    assert within(register, None, None) == register
    assert within(register, "2026-01-01", "2026-01-31").sessions == (Session("2026-01-01", "a"),)
    assert within(register, "2026-01-01", "2026-01-31").actions == ()


WORDS = st.lists(st.sampled_from(["guide", "salle", "envoyer", "Lévis", "non"]), max_size=4)
LINES = st.builds(
    lambda words, day, status: action(" ".join(words), day, None, status),
    WORDS,
    st.sampled_from([None, "2026-01-01", "2026-02-01", "2026-09-01"]),
    st.sampled_from(["open", "done", "unknown"]),
)


@given(st.lists(LINES, max_size=6))
def test_gathering_loses_no_line_and_closes_only_by_a_later_done_one(lines: list[Action]) -> None:
    found = gathered(actions(*lines)).actions
    assert sorted(one.text for one in found) == sorted(one.text for one in lines)
    done = {one.source: one for one in lines if one.status == "done"}
    for one in found:
        if one.closed_by is not None:
            report = done[one.closed_by]
            assert one.session_date is not None
            assert one.session_date < (report.session_date or "") <= TODAY.isoformat()
