"""Progress on a terminal: what is counted, how fast, how long yet."""

from __future__ import annotations

import io
import sys

import pytest

from copassist.ui.documentlines import under_way
from copassist.uploads import Batch
from copassist.words import words
from ingest.__main__ import _Bar
from ingest.report import Progress


class Terminal(io.StringIO):
    """Keeps what is written to it."""

    def isatty(self) -> bool:
        return True


def test_files_then_passages_with_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with _Bar(words("fr")) as bar:
        bar.show(Progress(files=3, files_total=12, passages=9, name="dossier/compte rendu.md"))
        reading = terminal.getvalue()
        bar.show(Progress(files=12, files_total=12, passages=40, to_embed=40))
        bar.show(Progress(files=12, files_total=12, passages=40, to_embed=40, embedded=10))
    embedding = terminal.getvalue().removeprefix(reading)
    assert "Lecture" in reading
    assert "3/12" in reading
    assert "compte rendu.md" in reading
    assert "fichiers/s" in reading
    assert "10/40" in embedding
    assert "passages/s" in embedding
    assert "compte rendu" not in embedding


@pytest.mark.parametrize(
    ("progress", "told", "value"),
    [
        (Progress(files=3, files_total=12, passages=9, name="cr.md"), "3", '12" value="3'),
        (Progress(files=12, files_total=12, passages=9), "12", '12" value="12'),
        # what an earlier run left without vectors, or what others add meanwhile
        (Progress(12, 12, passages=9, embedded=30, to_embed=40), "30", '40" value="30'),
        (Progress(12, 12, passages=9, embedded=42, to_embed=40), "40", '40" value="40'),
    ],
)
def test_the_page_counts_no_further_than_its_total(
    progress: Progress, told: str, value: str
) -> None:
    shown = under_way(Batch(1, ("cr.md",), progress=progress), "fr")
    assert f'<progress max="{value}"' in shown
    assert told in shown


def test_nothing_is_drawn_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    with _Bar(words("fr")) as bar:
        bar.show(Progress(files=3, files_total=12))
    assert pipe.getvalue() == ""
