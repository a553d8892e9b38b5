"""What a later record changes is told before the rule it changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from copassist.answers import Revision
from copassist.assistant import Assistant
from copassist.changes import tells_a_change
from copassist.library import Library
from copassist.passages import Hit
from copassist.sentences import Span
from copassist.synthesis import Evidence, gather
from copassist.testing import fake_chat
from ingest.pipeline import Ingestion

RULE = "# Le stylo lecteur\n\nLe prêt du stylo lecteur dure quatre semaines.\n"
LATER = "# Rencontre du 11 février 2026\n\n{}\n"
CHANGE = "La durée du prêt du stylo lecteur passe à six semaines."
TODAY = date(2026, 5, 1)
ASKED = "Combien de semaines dure le prêt du stylo lecteur ?"


@pytest.mark.parametrize(
    ("text", "language", "changes"),
    [
        (CHANGE, "fr", True),
        ("On oublie le 28 mai, visite le 2 juin 9 h.", "fr", True),
        ("La deuxième passation est déplacée du 4 au 15 mai.", "fr", True),
        ("Après une bonne demi-heure, on se rallie : la grille a quatre niveaux.", "fr", True),
        ("Le Drive n'est plus utilisé.", "fr", True),
        ("Le Drive est fermé depuis le 20 février.", "fr", True),
        ("One each from now on, with a second if nobody waits.", "en", True),
        ("We stay on Zoom up to June 30.", "en", True),
        ("The limit was raised to $120.", "en", True),
        ("Le prêt est de quatre semaines.", "fr", False),
        ("Il convient à l'élève qui bute sur des mots isolés.", "fr", False),
        ("En cas de perte, l'école remplace à ses frais.", "fr", False),
        ("Cards are kept in the drawer.", "en", False),
        ("On garde un bon souvenir de la journée.", "fr", False),
        ("On change de sujet.", "fr", False),
        ("Je ne sais plus qui l'a dit.", "fr", False),
        ("Bien entendu, tout le monde est le bienvenu.", "fr", False),
        ("À partir de 9 h, accueil.", "fr", False),
        ("La salle est fermée à clé.", "fr", False),
        ("Anne a décidé de ne pas venir.", "fr", False),
        ("Nothing was decided.", "en", False),
        ("We stay in touch.", "en", False),
        ("As of writing, nothing is known.", "en", False),
        ("From March to May we meet online.", "en", False),
        ("She dropped a coffee.", "en", False),
        ("Never leave a kit unattended.", "en", False),
    ],
)
def test_sentences_that_tell_a_change(text: str, language: str, changes: bool) -> None:
    assert tells_a_change(text, language) is changes


OTHERS = ("Le café est payé par le groupe.", "La grille a six critères.", "Anne apporte les clés.")
"""Far from all that is asked, so that two passages about it lie close to one another."""


def filled(
    library: Library, records: Callable[..., Path], later: str, today: date = TODAY
) -> Assistant:
    others = {f"{n}.md": f"# Autre {n}\n\n{text}\n" for n, text in enumerate(OTHERS)}
    texts = {"stylo.md": RULE, "2026-02-11.md": LATER.format(later)}
    Ingestion(library).run([records(texts | others)])
    return Assistant(library, today=lambda: today)


def test_a_later_change_is_quoted_before_what_it_changes(
    library: Library, records: Callable[..., Path]
) -> None:
    answer = filled(library, records, f"Le local est froid. {CHANGE}").ask(ASKED)
    change, rule, *_ = answer.citations
    assert (change.document.date, rule.document.date) == ("2026-02-11", None)
    assert CHANGE in change.quote
    assert rule.revision == Revision("answer.undated_proposed", change.label)
    assert "un autre, daté, dit peut-être autre chose : voir [1]" in answer.text


def test_a_chat_model_reads_the_change_first(
    library: Library, records: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(library, records, f"Le local est froid. {CHANGE}")
    given: list[Sequence[Evidence]] = []

    def gathered(found: Sequence[tuple[Hit, Span]]) -> tuple[Evidence, ...]:
        given.append(gather(found))
        return gather(found)

    monkeypatch.setattr("copassist.assistant.gather", gathered)
    Assistant(library, fake_chat(CHANGE), lambda: TODAY).ask(ASKED)
    [evidence] = given
    told = [one.span.text for one in evidence]
    assert told[0] == CHANGE
    assert told.count(CHANGE) == 1
    assert any("dure quatre semaines" in one for one in told[1:])


@pytest.mark.parametrize("today", [date(2026, 1, 20), date(2029, 5, 1)])
def test_what_is_to_come_or_long_past_changes_no_guide(
    library: Library, records: Callable[..., Path], today: date
) -> None:
    """A guide without a date may well be younger than minutes of three years ago."""
    answer = filled(library, records, CHANGE, today).ask(ASKED)
    assert not any(one.revision for one in answer.citations)


@pytest.mark.parametrize(
    ("later", "asked"),
    [
        # no change is told; what changes is something else; the question is about what was
        ("Le prêt du stylo lecteur aux écoles va bien, disent-elles.", ASKED),
        ("La rencontre de mars est déplacée au 18.", ASKED),
        (CHANGE, "Combien de semaines durait le prêt du stylo lecteur ?"),
    ],
)
def test_what_changes_nothing_of_it_is_not_told_first(
    library: Library, records: Callable[..., Path], later: str, asked: str
) -> None:
    answer = filled(library, records, later).ask(asked)
    assert not any(one.revision for one in answer.citations)
