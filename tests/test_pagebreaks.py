"""Sentences that a page break cuts are shown whole, with the page each half stands on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copassist.answers import extract
from copassist.conversations import Turn
from copassist.excerpts import Quote, with_other_halves
from copassist.extraction import read_register
from copassist.pagebreaks import Half, cut_sentence, whole_sentences
from copassist.passages import Document, Hit, Locator, Passage
from copassist.sentences import sentences_of
from copassist.synthesis import Checked, Synthesis, gather
from copassist.synthesisanswers import with_synthesis
from copassist.ui.talk import conversation_html

DOCUMENT = Document("d", "default", "guide.pdf", "Guide")
CUT = (
    "Le guide est prêté. Chaque école le garde dans ses",
    "locaux, sous clé. Fatou en a le double.",
)


def page(number: int, text: str) -> Passage:
    return Passage("v", number, text, Locator(page=number + 1))


def quoted(passages: list[Passage], number: int, text: str) -> Quote:
    """``text`` of one of ``passages``, completed from its neighbours."""
    held = {one.id: (one, DOCUMENT) for one in passages}
    hit = Hit(passages[number], DOCUMENT, 1.0)
    (quote,) = with_other_halves([Quote(hit, text)], held.get)
    return quote


def test_the_halves_of_a_cut_sentence_complete_each_other() -> None:
    passages = [page(0, CUT[0]), page(1, CUT[1])]
    assert cut_sentence(*passages) == (
        Half(1, "Chaque école le garde dans ses"),
        Half(2, "locaux, sous clé."),
    )
    assert quoted(passages, 0, CUT[0]).after == Half(2, "locaux, sous clé.")
    assert quoted(passages, 1, CUT[1]).before == Half(1, "Chaque école le garde dans ses")


def test_headings_and_rows_away_from_the_break_do_not_matter() -> None:
    pages = page(0, f"## Prêt\n\n{CUT[0]}"), page(1, f"{CUT[1]}\n\n| Outil | Prêt |\n|---|---|")
    halves = cut_sentence(*pages)
    assert halves is not None
    assert halves[1] == Half(2, "locaux, sous clé.")


@pytest.mark.parametrize(
    ("number", "text"), [(0, "Le guide est prêté."), (1, "Fatou en a le double.")]
)
def test_a_quote_that_does_not_reach_the_break_stays_as_it_is(number: int, text: str) -> None:
    quote = quoted([page(0, CUT[0]), page(1, CUT[1])], number, text)
    assert (quote.before, quote.after) == (None, None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Le guide est prêté.", "puis rendu."),
        ("Le guide est prêté (« une fois »).", "puis rendu."),
        ("À apporter :", "un crayon court"),
        ("Le guide est prêté", "Chaque école le garde."),
        ("Le guide est prêté", "o une fois\no deux fois"),
        ("Le guide est prêté à l'école 47", "locaux, sous clé."),
        ("Le guide est prêté CENTRE DE SERVICES", "locaux, sous clé."),
        ("| guide | prêté |", "locaux, sous clé."),
        ("Le guide est prêté dans", "| guide | prêté |"),
    ],
)
def test_what_ends_at_the_break_is_not_continued(one: str, other: str) -> None:
    assert cut_sentence(page(0, one), page(1, other)) is None


@pytest.mark.parametrize("place", [Locator(), Locator(page=1), Locator(page=3), Locator(slide=2)])
def test_only_the_next_page_continues(place: Locator) -> None:
    assert cut_sentence(page(0, CUT[0]), replace(page(1, CUT[1]), locator=place)) is None


def test_the_answer_names_the_page_where_the_sentence_goes_on() -> None:
    passages = [page(0, CUT[0]), page(1, CUT[1])]
    for number, shown in enumerate(
        (
            "> Le guide est prêté. Chaque école le garde dans ses [p. 2] locaux, sous clé. [1]",
            "> Chaque école le garde dans ses [p. 2] locaux, sous clé. Fatou en a le double. [1]",
        )
    ):
        quote = quoted(passages, number, CUT[number])
        assert shown in extract("Où est le guide ?", [quote.hit], [quote], "fr").text


def test_every_sentence_is_whole_where_it_begins_and_nothing_is_lost() -> None:
    pages = [page(0, CUT[0]), page(1, CUT[1]), page(2, "Luc a la clé.")]
    found = whole_sentences(pages)
    assert [overleaf for _, overleaf in found] == ["locaux, sous clé.", "", ""]
    assert [one.text for one, _ in found] == [
        f"{CUT[0]}\nlocaux, sous clé.",
        "Fatou en a le double.",
        "Luc a la clé.",
    ]
    said = " ".join(" ".join(one.text for one, _ in found).split())
    assert said == " ".join(one.text for one in pages)


def test_decisions_and_actions_over_the_page_are_whole_and_quoted_where_they_begin() -> None:
    for cut, rest in (
        ("Décision : le groupe prête douze crayons à l'école de", "la Pinède pour six semaines."),
        ("Action : Fatou écrit au fournisseur et demande une", "soumission avant le 3 avril 2026."),
    ):
        pages = [page(0, f"On a parlé du matériel.\n{cut}"), page(1, f"{rest}\nOn se revoit.")]
        document = replace(DOCUMENT, kind="minutes", date="2026-03-12")
        register = read_register(document, pages)
        (line,) = (*register.decisions, *register.actions)
        assert " ".join(line.text.split()) == f"{cut} {rest}"
        assert line.source is not None
        assert line.source.quote == cut
        assert line.source.passage == pages[0].id
        assert [action.due_date for action in register.actions] in ([], ["2026-04-03"])


def test_a_synthesis_completes_the_sentence_as_its_quote_is_completed() -> None:
    quote = quoted([page(0, CUT[0]), page(1, CUT[1])], 0, CUT[0])
    answer = extract("Où est le guide ?", [quote.hit], [quote], "fr")
    spans = sentences_of(quote.hit.passage)
    evidence = gather([(quote.hit, span) for span in spans])
    said = tuple(Checked(one.span.text, (one.number,), supported=True) for one in evidence)
    told = with_synthesis(answer, Synthesis("m", "p", said, done=True), evidence).synthesis
    assert told == f"{said[0].text} [1] {said[1].text} [p. 2] locaux, sous clé. [1]"


def test_the_page_marks_both_halves_of_the_sentence_to_look_at() -> None:
    quote = quoted([page(0, CUT[0]), page(1, CUT[1])], 0, CUT[0])
    quote = replace(quote, focus="Chaque école le garde dans ses")
    answer = extract("Où est le guide ?", [quote.hit], [quote], "fr")
    shown = conversation_html([Turn(1, 1, answer.question, "", answer.to_dict())], "fr")
    assert ">Chaque école le garde dans ses [p.\u00a02] locaux, sous clé.</mark>" in shown
