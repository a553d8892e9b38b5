"""What a person is offered to ask first is answered: real model, the fictional community."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from copassist.library import Library
from copassist.router import Router
from copassist.settings import load_settings
from copassist.suggestions import suggestions
from ingest.pipeline import Ingestion

PROJECT: Final = Path(__file__).resolve().parents[1]
QUESTIONS: Final = PROJECT / "tests" / "data" / "sample_questions.jsonl"
TODAY: Final = date(2026, 6, 20)
"""After the last session of the samples."""


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    settings = load_settings(library=tmp_path_factory.mktemp("samples"), llm="none")
    with Library(settings) as library:
        Ingestion(library).run([PROJECT / "samples" / "graphomotricite"])
        yield library


@pytest.fixture(scope="module")
def assistant(samples: Library) -> Router:
    return Router(samples, None, lambda: TODAY)


@pytest.mark.parametrize("readme", ["README.md", "README.en.md"])
def test_the_question_that_the_readme_gives(assistant: Router, readme: str) -> None:
    text = (PROJECT / readme).read_text(encoding="utf-8")
    [question] = re.findall(r"\*\*(?:Demander|Ask)\*\* – .*?[«\"] ?([^»\"]+?) ?[»\"]", text)
    answer = assistant.ask(question)
    assert not answer.abstained
    assert any("embout" in citation.quote for citation in answer.citations)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_questions_that_the_page_offers(
    assistant: Router, samples: Library, language: str
) -> None:
    registers = samples.catalogue.registers(samples.settings.community)
    offered = suggestions(samples.documents(), registers, language)
    assert offered
    refused = [one for one in offered if assistant.ask(one, language=language).abstained]
    assert refused == []


def test_questions_in_members_own_words(assistant: Router) -> None:
    """One of nineteen is refused (« À qui revient-il de contacter les directions… »): a limit."""
    lines = map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines())
    asked = [line["question"] for line in lines if line["answerable"]]
    refused = [question for question in asked if assistant.ask(question).abstained]
    assert len(refused) <= 1, refused
