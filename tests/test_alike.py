"""Two ways of writing the same thing find the same passages: ``data/alike.tsv``, searched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from copassist.library import Library
from copassist.settings import load_settings
from copassist.testing import FakeEmbeddings
from ingest.pipeline import Ingestion

PAIRS: Final = [
    (one, other)
    for _, one, other in (
        line.split("\t")
        for line in (Path(__file__).parent / "data" / "alike.tsv").read_text("utf-8").splitlines()
    )
]
WRITTEN: Final = sorted({text for pair in PAIRS for text in pair})
SHARE: Final = 0.1
"""Of all passages, at most, that words may find: a search that gives all finds anything."""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A record for each way of writing."""
    folder = tmp_path_factory.mktemp("alike")
    records = folder / "records"
    records.mkdir()
    for number, text in enumerate(WRITTEN):
        (records / f"{number:03}.md").write_text(f"Point {number:03} : {text}.", encoding="utf-8")
    settings = load_settings(library=folder / "library", llm="none")
    with Library(settings, FakeEmbeddings()) as opened:
        Ingestion(opened).run([records])
        yield opened


def found_by_words(library: Library, question: str) -> set[str]:
    hits = library.search(question, k=200)
    return {hit.passage.text.partition(" : ")[2][:-1] for hit in hits if "lexical" in hit.signals}


def test_the_table_is_long_enough() -> None:
    assert len(set(PAIRS)) >= 150


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_each_finds_both(library: Library, one: str, other: str) -> None:
    for question in (one, other):
        found = found_by_words(library, question)
        assert {one, other} <= found
        assert len(found) < SHARE * len(WRITTEN)
