"""What answers are worth, on answers small enough to be judged by eye."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from copassist.answereval import (
    MEASURES,
    judge,
    keep,
    kept,
    key_facts,
    markdown_table,
    report,
    token_f1,
)
from copassist.answers import Answer, Citation, Sentence
from copassist.errors import QuestionsError
from copassist.passages import Document, Passage
from copassist.questions import Question
from copassist.words import LANGUAGES, words

TEXT = "Le budget accordé est de 1 200 $. Julie enverra la grille aux membres avant le 2 mai."
PASSAGE = Passage("v", 0, TEXT)
DOCUMENT = Document("d", "c", "a.md", "Rencontre", date="2024-04-16")
STORED = {PASSAGE.id: TEXT}
QUESTION = Question(
    "fr-1",
    "Qui envoie la grille, et quand ?",
    ("a.md",),
    "Julie enverra la grille aux membres avant le 2 mai.",
    reference_answer="Julie, avant le 2 mai.",
)
NO_ANSWER = Question("fr-2", "Qui paie le traiteur ?", answerable=False)
REFUSAL = Answer("?", "Rien.", abstained=True)


def extracts(quote: str) -> Answer:
    citation = Citation(1, quote, PASSAGE, DOCUMENT)
    return Answer("?", f"> {quote} [1]", False, (citation,), (Sentence(quote, (1,)),))


def synthesis(*sentences: Sentence) -> Answer:
    citation = Citation(1, TEXT, PASSAGE, DOCUMENT)
    prose = " ".join(one.text for one in sentences if one.supported)
    return Answer("?", f"> {TEXT} [1]", False, (citation,), sentences, synthesis=prose)


def test_a_quote_holds_where_it_contains_the_gold_one() -> None:
    right = judge(QUESTION, extracts(TEXT), [TEXT], STORED)
    assert (right.holds, right.cites_gold, right.verbatim) == ((1.0,), 1.0, (1.0,))
    wrong = judge(QUESTION, extracts("Le budget accordé est de 1 200 $."), ["Autre texte."], STORED)
    assert (wrong.holds, wrong.cites_gold, wrong.faithful) == ((0.0,), 0.0, (1.0,))


def test_a_sentence_holds_where_the_gold_passage_supports_it() -> None:
    outcome = judge(QUESTION, synthesis(Sentence("Julie enverra la grille.", (1,))), [TEXT], STORED)
    assert (outcome.holds, outcome.unsupported_shown) == ((1.0,), (0.0,))


def test_what_no_source_supports_is_counted_where_it_is_shown_as_fact() -> None:
    said = (Sentence("Paul enverra la grille.", (1,)), Sentence("Marie paie.", (), False))
    outcome = judge(QUESTION, synthesis(*said), [TEXT], STORED)
    assert outcome.unsupported_shown == (1.0,)
    assert outcome.unsupported_written == (0.0, 1.0)
    assert outcome.faithful == (0.0,)


def test_a_quote_that_the_catalogue_lacks_is_not_verbatim() -> None:
    assert judge(QUESTION, extracts(TEXT), [TEXT], {PASSAGE.id: "Autre."}).verbatim == (0.0,)


def test_abstention() -> None:
    outcomes = [
        judge(QUESTION, REFUSAL, [TEXT], {}),
        judge(QUESTION, extracts(TEXT), [TEXT], STORED),
        judge(NO_ANSWER, REFUSAL, [], {}),
        judge(NO_ANSWER, extracts(TEXT), [], STORED),
        judge(NO_ANSWER, REFUSAL, [], {}),
    ]
    figures = report("none", outcomes).groups["all"]
    assert figures["abstention_precision"].value == pytest.approx(2 / 3)
    assert figures["abstention_recall"].value == pytest.approx(2 / 3)
    assert figures["wrongly_abstained"].value == 0.5
    assert figures["citation_recall"].value == 0.5
    assert figures["citation_precision"].n == 1


def test_token_f1_leaves_articles_and_accents_out() -> None:
    assert token_f1("L'école est fermée", "ecole est fermee") == 1.0
    assert token_f1("Julie enverra la grille", "Julie") == pytest.approx(0.5)
    assert token_f1("", "Julie") == 0.0


def test_key_facts() -> None:
    assert key_facts("Julie, avant le 2 mai.", "Julie l'enverra le 2 mai.", "fr") == 1.0
    assert key_facts("Julie, avant le 2 mai.", "Julie l'enverra le 3 mai.", "fr") < 1.0  # type: ignore[operator]
    assert key_facts("Oui, tous.", "Non.", "fr") is None
    assert key_facts("Cinquante places.", "Il y a 50 places.", "fr") == 1.0


def test_every_measure_has_words_and_a_row() -> None:
    made = report("none", [judge(QUESTION, extracts(TEXT), [TEXT], STORED)])
    for language in LANGUAGES:
        names = words(language).below("answereval")
        assert set(names) == set(MEASURES)
        assert len(markdown_table([made], names).splitlines()) == len(MEASURES) + 2


def test_a_run_cut_short_goes_on(tmp_path: Path) -> None:
    run = tmp_path / "run.jsonl"
    outcome = replace(judge(QUESTION, extracts(TEXT), [TEXT], STORED), answer="Un.\u2028Deux.")
    assert kept(run) == {}
    keep("none", outcome, run)
    keep("local:x", outcome, run)
    assert kept(run) == {("none", "fr-1"): outcome, ("local:x", "fr-1"): outcome}
    for spoilt in (b"{}\n", b"\xff"):
        run.write_bytes(spoilt)
        with pytest.raises(QuestionsError):
            kept(run)
