"""The support check, on an adversarial table and on real quotes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copassist.support import REASONS, check, unmet
from copassist.words import LANGUAGES, words

TABLE = Path(__file__).parent / "data" / "support_pairs.tsv"
LEAST_ACCURACY = 0.95
MISSES = 10
"""Of all pairs; each is listed when the number grows."""


def pairs() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source, delimiter="\t", quoting=csv.QUOTE_NONE))


def wrong(part: str) -> list[str]:
    missed = []
    for pair in pairs():
        if pair["part"] != part:
            continue
        found = check(pair["sentence"], pair["passage"], pair["language"])
        if found.supported != (pair["supported"] == "1"):
            missed.append(f"{pair['kind']} {pair['supported']}: {pair['sentence']} {found.reasons}")
    return missed


@pytest.mark.parametrize("part", ["dev", "test"])
def test_the_adversarial_table_is_judged_rightly(part: str) -> None:
    total = sum(pair["part"] == part for pair in pairs())
    missed = wrong(part)
    assert 1 - len(missed) / total >= LEAST_ACCURACY, "\n".join(missed)


def test_nothing_false_passes_for_supported() -> None:
    passed = [miss for part in ("dev", "test") for miss in wrong(part) if " 0: " in miss]
    assert not passed, "\n".join(passed)


def test_the_table_is_large_and_balanced() -> None:
    rows = pairs()
    assert len(rows) >= 140
    assert {row["language"] for row in rows} == set(LANGUAGES)
    supported = sum(row["supported"] == "1" for row in rows)
    assert 0.4 <= supported / len(rows) <= 0.6


def test_a_real_quote_supports_itself(shared: Path) -> None:
    failed = []
    for language in ("fr", "en"):
        lines = (shared / "eval" / f"questions_{language}.jsonl").read_text(encoding="utf-8")
        for line in lines.splitlines():
            quote = json.loads(line).get("gold_quote")
            if quote and not check(quote, quote, language).supported:
                failed.append(quote)
    assert not failed


@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(["fr", "en"]))
def test_any_text_is_judged(sentence: str, passage: str, language: str) -> None:
    found = check(sentence, passage, language)
    assert 0.0 <= found.coverage <= 1.0
    assert found.supported == (not found.reasons)
    assert set(found.reasons) <= set(REASONS)


def test_every_reason_has_words() -> None:
    for language in LANGUAGES:
        for reason in REASONS:
            assert words(language)(f"support.{reason}")


def test_dates_and_names_may_come_from_the_title() -> None:
    sentence = "Le 17 octobre 2018, le groupe a retenu la licence Apache."
    passage = "Le groupe a retenu la licence Apache."
    assert check(sentence, passage, "fr").reasons == ("date",)
    assert check(sentence, passage, "fr", context="Rencontre du 2018-10-17").supported


def test_a_question_on_another_year_or_place_is_unmet() -> None:
    source = "Rencontre du 2013-06-10\nOrange a décliné le partenariat du FabLab de Lannion."
    assert unmet("Quel partenaire du FabLab s'est désisté en juin 2013 ?", source) == frozenset()
    assert unmet("Qui a gagné le concours du FabLab en 2015 ?", source) == {("year", "2015")}
    assert unmet("Quelle salle à Québec ?", source) == {("name", "quebec")}


@pytest.mark.parametrize(
    ("question", "source", "lacking"),
    [
        ("Chat GPT dans un examen ?", "Pas d'outil comme ChatGPT en évaluation.", set()),
        ("Et ChatGPT en classe ?", "On essaie Chat GPT en classe.", set()),
        ("Qui vient de Ste-Marguerite ?", "L'école Sainte-Marguerite viendra.", set()),
        ("Qui vient de Sainte-Anne ?", "Ceux de Ste-Anne viennent.", set()),
        ("Qui vient de Ste-Anne ?", "L'école Sainte-Marguerite viendra.", {"sainte-anne"}),
        ("Qui vient de St. Jean ?", "Ceux de Saint-Jean viennent.", set()),
        ("Chat GPT dans un examen ?", "Le chat de GPS dort.", {"gpt"}),
        ("Qui est Marie Roy ?", "Écrire à marieroy.", {"marie", "roy"}),
    ],
)
def test_names_spelled_otherwise_are_met(question: str, source: str, lacking: set[str]) -> None:
    assert {value for _, value in unmet(question, source)} == lacking


def test_a_heading_before_the_colon_says_where_a_sentence_stands() -> None:
    passage = (
        '- Don\'t say "Why this way?", but instead say "What are the advantages of this?".\n\n'
        "- Don't be afraid to tell the author that a piece of code was very clear."
    )
    said = 'Don\'t say "Why this way?", but instead say "What are the advantages of this?"'
    place = "Peer review · Guidelines for reviewing other people's code"
    headed = f"Guidelines for reviewing other people's code: {said}"
    assert check(headed, passage, context=place).supported
    opposite = headed.replace("Don't say", "Say")
    assert not check(opposite, passage, context=place).supported
    assert not check(
        "Guidelines for reviewing other people's code:", passage, context=place
    ).supported
