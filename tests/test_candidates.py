"""Which passages are quoted beside the best one."""

from __future__ import annotations

import pytest

from copassist.candidates import KEEP, KEEP_READ, LIKELY, worth_quoting
from copassist.passages import Document, Hit, Locator, Passage


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
