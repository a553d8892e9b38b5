"""Questions to begin with: about subjects of the records, never about the frame of a session."""

from __future__ import annotations

from dataclasses import replace

from copassist.passages import Document
from copassist.suggestions import MOST, suggestions

MINUTES = Document("m", "default", "m.md", "Compte rendu", "minutes", "2026-05-20")
GUIDE = Document("g", "default", "g.md", "Guide des lettres", "guide")


def topics(*titles: str) -> dict[str, list[dict[str, str]]]:
    return {"topics": [{"title": title} for title in titles]}


def test_subjects_are_asked_about_without_number_or_minutes() -> None:
    register = topics("1. Suivis", "3. Décision : les embouts de crayon (8 min)")
    asked = suggestions([MINUTES, GUIDE], [(MINUTES, register)], "fr")
    assert asked == (
        "Qu'a-t-on dit sur « les embouts de crayon »?",
        "Que dit « Guide des lettres »?",
    )


def test_the_frame_of_a_session_is_no_subject() -> None:
    register = topics("Points d'information (5 min)", "Activité : TRIZ (28 min)", "Point : Suivis")
    assert suggestions([MINUTES], [(MINUTES, register)], "fr") == ()


def test_few_and_in_the_readers_language_where_there_is_any() -> None:
    guides = [replace(GUIDE, id=str(n), title=f"Guide numéro {n}") for n in range(9)]
    assert len(suggestions(guides, [], "fr")) == MOST
    english = replace(GUIDE, id="e", title="Community summary", language="en")
    assert suggestions([*guides, english], [], "en") == ("What does “Community summary” say?",)
    assert len(suggestions(guides, [], "en")) == MOST


def test_questions_of_several_sorts_come_first() -> None:
    register = topics("Décision : les embouts", "Sujet : la gaucherie") | {
        "decisions": [{"text": "On garde le guide."}],
        "actions": [{"text": "Aline relance l'école."}],
    }
    guides = [replace(GUIDE, id=str(n), path=f"a/{n}.md", title=f"Guide {n}") for n in range(3)]
    assert suggestions([MINUTES, *guides], [(MINUTES, register)], "fr") == (
        "Qu'a-t-on dit sur « les embouts »?",
        "Qu'a-t-on décidé en 2026?",
        "Qu'est-ce qui reste ouvert?",
        "Que dit « Guide 0 »?",
    )


def test_guides_of_several_folders_rather_than_neighbours() -> None:
    places = ("a/1.md", "a/2.md", "b/3.md", "c/4.md", "d/5.md")
    guides = [replace(GUIDE, id=path, path=path, title=f"Guide {path[2]}") for path in places]
    asked = suggestions(guides, [], "en")
    assert asked == tuple(f"What does “Guide {n}” say?" for n in (1, 3, 4, 5))
