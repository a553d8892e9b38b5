"""Which passages are quoted beside the best one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app import ingestion
from copassist.assistant import Assistant
from copassist.candidates import (
    KEEP,
    KEEP_READ,
    LIKELY,
    STANDS_OUT,
    Candidate,
    standing_out,
    worth_quoting,
)
from copassist.embeddings import Embedded
from copassist.library import Library
from copassist.passages import Document, Hit, Locator, Passage
from copassist.queryterms import standard
from copassist.sentences import Role, Span


def hit(score: float, odds: float | None = None) -> Hit:
    signals = {} if odds is None else {"odds": odds}
    document = Document("d", "c", "d.md", "Rencontre")
    return Hit(Passage("v", 0, "Julie anime.", Locator()), document, score, signals)


@pytest.mark.parametrize(
    ("behind", "odds", "quoted"),
    [
        (KEEP - 0.1, None, True),
        (KEEP + 0.1, None, False),
        (KEEP + 0.1, LIKELY + 1, True),
        (KEEP_READ + 0.1, LIKELY + 1, False),
        (0.0, LIKELY - 0.1, False),
    ],
)
def test_another_passage_is_quoted_where_it_comes_close_and_likely_answers(
    behind: float, odds: float | None, quoted: bool
) -> None:
    assert worth_quoting(hit(2.0 - behind, odds), hit(2.0, LIKELY)) is quoted


@pytest.mark.parametrize(
    ("own", "role", "shown"),
    [
        ((0.0, STANDS_OUT + 0.1, 0.0), "sentence", "1"),
        ((0.0, STANDS_OUT + 0.1, 0.0), "item", "1"),
        ((0.0, STANDS_OUT + 0.1, 0.0), "row", ""),
        ((0.0, STANDS_OUT - 0.1, 0.0), "sentence", ""),
        ((0.0, STANDS_OUT + 0.1), "sentence", ""),
        ((), "sentence", ""),
    ],
)
def test_a_sentence_far_closer_than_the_others_is_the_one_to_look_at(
    own: tuple[float, ...], role: Role, shown: str
) -> None:
    found = [
        Candidate(hit(1.0), Span(at, at + 1, str(at), role), close, close)
        for at, close in enumerate(own)
    ]
    assert standing_out(found) == shown


def test_a_question_is_embedded_as_the_search_reads_it(
    library: Library, records: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "# Grille\n\nLa grille d'écriture compte cinq critères bien distincts.\n"
    ingestion(library)([records({"grille.md": said})], {}, lambda _: None, threading.Event())
    asked: list[str] = []
    embed = library.embeddings.embed_question

    def remember(text: str) -> Embedded:
        asked.append(text)
        return embed(text)

    monkeypatch.setattr(library.embeddings, "embed_question", remember)
    spoken = "nb de critères dans la grille d'écriture svp"
    assert not Assistant(library).ask(spoken).abstained
    assert len(asked) > 1
    assert set(asked) == {standard(spoken)} != {spoken}
