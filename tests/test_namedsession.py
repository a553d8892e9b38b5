"""The one session that a question is about."""

from __future__ import annotations

from datetime import date

import pytest

from copassist.namedsession import named_session

TODAY = date(2026, 11, 22)
DAYS = ("2025-10-28", "2026-09-16", "2026-10-28")


@pytest.mark.parametrize(
    ("question", "day", "left"),
    [
        ("Qui était à la dernière rencontre?", "2026-10-28", "Qui était là ?"),
        (
            "Que dit le dernier compte rendu sur les embouts ?",
            "2026-10-28",
            "Que dit sur les embouts ?",
        ),
        ("Who was at the last meeting?", "2026-10-28", "Who was there ?"),
        ("Qui était présent le 16 septembre ?", "2026-09-16", "Qui était présent ?"),
        ("Qu'a dit Fatou à la rencontre du 28 octobre 2025 ?", "2025-10-28", "Qu'a dit Fatou ?"),
        ("At the last meeting, what did Fatou say?", "2026-10-28", "what did Fatou say ?"),
        ("What did Fatou say on October 28?", "2026-10-28", "What did Fatou say ?"),
        (
            "Qui apporte quoi à la prochaine rencontre ?",
            "2026-10-28",
            "Qui apporte quoi à la prochaine rencontre ?",
        ),
        ("Who chairs the next meeting?", "2026-10-28", "Who chairs the next meeting?"),
    ],
)
def test_it_is_told_from_what_is_asked_of_it(question: str, day: str, left: str) -> None:
    found = named_session(question, lambda: DAYS, TODAY)
    assert found is not None
    assert found.day == day
    assert found.question.replace(" ?", "?") == left.replace(" ?", "?")


@pytest.mark.parametrize(
    "question",
    [
        "Qui tient les notes ?",
        "Qui était à la dernière rencontre de 2024 ?",
        "Qu'est-ce qui a changé depuis la dernière rencontre ?",
        "Qui était présent le 17 septembre ?",
        "Qu'a dit Fatou en septembre ?",
        "Qu'a-t-on fait entre le 16 septembre et le 28 octobre ?",
        "Qu'avait-on annoncé pour la prochaine rencontre ?",
    ],
)
def test_other_questions_name_none(question: str) -> None:
    assert named_session(question, lambda: DAYS, TODAY) is None


def test_where_no_session_took_place_none_is_named() -> None:
    assert named_session("Qui était à la dernière rencontre ?", lambda: (), TODAY) is None
