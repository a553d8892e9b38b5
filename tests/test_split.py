"""Passages: slices of their section that lose nothing, cut where it hurts least."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.documents import Document

from copassist.passages import Passage, with_header
from ingest.split import PASSAGE_CHARACTERS, PassageSplitter, cuts, split_sections

SENTENCE = "Les membres ont convenu de tenir la rencontre suivante à Laval en avril. "
PIECES = st.sampled_from(
    [
        SENTENCE,
        "\n",
        "\n\n",
        "- un point de la liste\n",
        "  - un sous-point\n",
        "| Qui | Quoi |\n|---|---|\n",
        "| Lucie | Vidéos à sous-titrer |\n",
        "## Suivis\n",
        "```\ncode = 1\n```\n",
        "x" * 300,
        " ",
        "---\n",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join))


def section(text: str, unit: str = "prose", **locator: Any) -> Document:
    return Document(page_content=text, metadata={"locator": locator, "unit": unit})


def passages(text: str, unit: str = "prose", **locator: Any) -> list[Passage]:
    return list(split_sections([section(text, unit, **locator)], "Titre", "2024-03-12"))


@settings(deadline=None)
@given(TEXTS, st.integers(20, 900))
def test_pieces_joined_are_the_text(text: str, size: int) -> None:
    pieces = cuts(text, size)
    assert "".join("".join(text[start:end].split()) for start, end in pieces) == "".join(
        text.split()
    )
    last = 0
    for start, end in pieces:
        assert last <= start < end
        assert end - start <= size
        last = end


@settings(deadline=None)
@given(TEXTS)
def test_passages_are_slices_of_their_section(text: str) -> None:
    for number, passage in enumerate(passages(text)):
        assert passage.number == number
        assert passage.text in text
        assert passage.text == passage.text.strip() != ""


@settings(deadline=None)
@given(TEXTS)
def test_the_splitter_of_langchain_gives_the_same(text: str) -> None:
    assert PassageSplitter().split_text(text) == [text[a:b] for a, b in cuts(text)]


def test_cuts_stand_between_sentences_and_balance() -> None:
    found = passages(SENTENCE * 12)
    assert [passage.text.count("avril.") for passage in found] == [6, 6]


def test_a_list_is_cut_between_items_and_keeps_its_introduction() -> None:
    items = "".join(f"- {SENTENCE}\n" for _ in range(14))
    found = passages(f"Points convenus :\n{items}")
    assert found[0].text.startswith("Points convenus :\n- Les membres")
    assert len(found) > 1
    assert all(passage.text.endswith("avril.") for passage in found)


def test_sub_items_stay_with_their_item() -> None:
    group = "- Vidéos de la journée\n" + "  - sous-titrage à faire par l'équipe\n" * 5
    found = passages(group * 8)
    assert len(found) > 1
    assert all(passage.text.startswith("- Vidéos") for passage in found)


def test_a_cut_table_carries_its_header_row() -> None:
    rows = "".join(f"| Lucie | Vidéo {n} à sous-titrer avant la prochaine |\n" for n in range(40))
    first, *others = passages(f"| Qui | Quoi |\n|---|---|\n{rows}")
    assert "Qui | Quoi" not in first.header
    assert len(others) > 1
    for passage in others:
        assert passage.header.endswith("\nQui | Quoi")
        assert passage.text.startswith("| Lucie")


def test_header_line() -> None:
    found = passages("Texte.", headings=["Titre", "Suivis", "Vidéos"])
    assert found[0].header == "Titre · 2024-03-12 · Suivis › Vidéos"
    assert found[0].locator.headings == ("Titre", "Suivis", "Vidéos")


def test_lone_headings_are_no_passages_unless_they_are_all_there_is() -> None:
    bare, body = section("## Bienvenue"), section("## Suivis\nRien.")
    assert [p.text for p in split_sections([bare, body], "T")] == ["## Suivis\nRien."]
    assert [p.text for p in split_sections([bare, bare], "T")] == ["## Bienvenue"] * 2


def test_a_heading_is_never_cut_from_its_text() -> None:
    found = passages("## Suivis\n\n" + SENTENCE * 30)
    assert len(found[0].text) > PASSAGE_CHARACTERS / 2


def test_language_of_each_passage() -> None:
    english = "## Notes\nThe members agreed that the next meeting is to be held in Laval."
    sections = [section(SENTENCE), section(english), section("GCcollab on Drupal")]
    assert [p.language for p in split_sections(sections, "T")] == ["fr", "en", "fr"]


def test_rows_of_a_sheet_stay_exact() -> None:
    lines = [f"Lucie | Vidéo {n} à sous-titrer avant la prochaine rencontre" for n in range(5, 45)]
    text = "\n".join(["Qui | Quoi", *lines])
    found = passages(text, "table", sheet="Suivi", rows=(5, 44))
    assert len(found) > 2
    for passage in found:
        assert passage.locator.rows is not None
        first, last = passage.locator.rows
        kept = passage.text.removeprefix("Qui | Quoi\n").splitlines()
        assert kept == lines[first - 5 : last - 4]


def test_a_cell_of_two_lines_is_no_header() -> None:
    """Where rows cannot be told from lines, a passage is of all of its section's rows."""
    notes = [f"Note {n} " + "x" * 400 for n in range(5)]
    text = "\n".join([*notes, "Note 5, première ligne,\net la seconde"])
    assert {one.locator.rows for one in passages(text, sheet="Idées", rows=(1, 6))} == {(1, 6)}


def test_a_header_is_one_line_and_stays_so_under_another_title() -> None:
    [passage] = passages("Lire.", headings=["Suivis\n2024"])
    assert passage.header == "Titre · 2024-03-12 · Suivis 2024"
    assert with_header(passage, "Budget", None).header == "Budget · Suivis 2024"
