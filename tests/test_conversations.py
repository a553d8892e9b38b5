"""Conversations: each person's own, found again, and emptied of documents taken away."""

from __future__ import annotations

from copassist.conversations import TITLE_CHARACTERS, Conversations, forget_answers_of, shortened
from copassist.library import Library

ANSWER = {"answer": "Oui.", "citations": [{"document": {"id": "d1"}}], "near": []}


def test_a_turn_waits_until_it_is_answered(library: Library) -> None:
    kept = Conversations(library.catalogue, "default")
    turn = kept.ask("anne", None, "Qui apporte les crayons ?")
    assert turn.waiting
    kept.answer(turn.id, ANSWER)
    [found] = kept.turns("anne", turn.conversation)
    assert not found.waiting
    assert found.answer == ANSWER


def test_nobody_sees_or_touches_anothers_conversation(library: Library) -> None:
    kept = Conversations(library.catalogue, "default")
    turn = kept.ask("anne", None, "Question")
    assert kept.of("bruno") == []
    assert kept.turns("bruno", turn.conversation) == []
    assert kept.turn("bruno", turn.id) is None
    kept.rename("bruno", turn.conversation, "Autre")
    kept.judge("bruno", turn.id, "up")
    kept.delete("bruno", turn.conversation)
    [mine] = kept.of("anne")
    assert mine.title == "Question"
    assert kept.turns("anne", mine.id)[0].verdict is None
    other = kept.ask("bruno", turn.conversation, "Suite")
    assert other.conversation != turn.conversation


def test_conversations_are_continued_renamed_and_deleted(library: Library) -> None:
    kept = Conversations(library.catalogue, "default")
    first = kept.ask("anne", None, "Première")
    assert kept.ask("anne", first.conversation, "Deuxième").conversation == first.conversation
    assert [turn.question for turn in kept.turns("anne", first.conversation)] == [
        "Première",
        "Deuxième",
    ]
    kept.rename("anne", first.conversation, "  ")
    kept.rename("anne", first.conversation, "Les crayons")
    assert [one.title for one in kept.of("anne")] == ["Les crayons"]
    kept.delete("anne", first.conversation)
    assert kept.of("anne") == []
    assert kept.turn("anne", first.id) is None


def test_the_words_of_a_removed_document_leave_the_answers(library: Library) -> None:
    kept = Conversations(library.catalogue, "default")
    quoting, other = kept.ask("anne", None, "Un"), kept.ask("anne", None, "Deux")
    kept.answer(quoting.id, ANSWER)
    kept.answer(other.id, {"answer": "Non.", "citations": [], "near": []})
    assert forget_answers_of(library.catalogue, {"d1"}) == 1
    assert (kept.turn("anne", quoting.id) or quoting).answer == {"withdrawn": True}
    assert (kept.turn("anne", other.id) or other).answer != {"withdrawn": True}
    assert forget_answers_of(library.catalogue, {"d1"}) == 0


def test_a_removed_document_is_not_named_beside_another_one(library: Library) -> None:
    kept = Conversations(library.catalogue, "default")
    turn = kept.ask("anne", None, "Un")
    cited = {"document": {"id": "d1"}, "also": [{"id": "d2"}]}
    kept.answer(turn.id, {"answer": "Oui.", "citations": [cited], "near": []})
    assert forget_answers_of(library.catalogue, {"d2"}) == 1
    assert (kept.turn("anne", turn.id) or turn).answer == {"withdrawn": True}


def test_what_happens_to_an_answer_while_it_grows_stays(library: Library) -> None:
    kept = Conversations(library.catalogue, "default")
    judged, emptied = kept.ask("anne", None, "Un"), kept.ask("anne", None, "Deux")
    for turn in (judged, emptied):
        kept.answer(turn.id, ANSWER | {"writing": True})
    kept.comment("anne", judged.id, " Très clair ")
    kept.answer(judged.id, ANSWER)
    assert (kept.turn("anne", judged.id) or judged).answer == ANSWER | {"comment": "Très clair"}
    forget_answers_of(library.catalogue, {"d1"})
    kept.answer(emptied.id, ANSWER)
    assert (kept.turn("anne", emptied.id) or emptied).answer == {"withdrawn": True}


def test_a_comment_is_of_ones_own_answer_and_of_one_that_is_there(library: Library) -> None:
    kept = Conversations(library.catalogue, "default")
    answered, waiting = kept.ask("anne", None, "Un"), kept.ask("anne", None, "Deux")
    kept.answer(answered.id, ANSWER)
    kept.comment("bruno", answered.id, "Non")
    kept.comment("anne", waiting.id, "Oui")
    assert (kept.turn("anne", answered.id) or answered).answer == ANSWER
    assert (kept.turn("anne", waiting.id) or waiting).waiting


def test_gaps_and_interrupted_answers(library: Library) -> None:
    kept = Conversations(library.catalogue, "default")
    turn = kept.ask("anne", None, "Et la suite ?")
    kept.note_gap("anne", turn.id)
    assert [gap.question for gap in kept.gaps()] == ["Et la suite ?"]
    kept.give_up_waiting("interrupted")
    assert (kept.turn("anne", turn.id) or turn).error == "interrupted"


def test_a_synthesis_cut_off_is_no_longer_awaited(library: Library) -> None:
    kept = Conversations(library.catalogue, "default")
    whole, cut = kept.ask("anne", None, "Un"), kept.ask("anne", None, "Deux")
    kept.answer(whole.id, {"answer": "Oui.", "citations": []})
    kept.answer(cut.id, {"answer": "Non.", "citations": [], "writing": True})
    kept.give_up_waiting("interrupted")
    left = {"answer": "Non.", "citations": [], "writing": False}
    assert (kept.turn("anne", cut.id) or cut).answer == left
    assert (kept.turn("anne", whole.id) or whole).answer == {"answer": "Oui.", "citations": []}


def test_what_another_community_waits_for_is_left_to_it(library: Library) -> None:
    ours, theirs = (Conversations(library.catalogue, name) for name in ("default", "autre"))
    waiting, cut = theirs.ask("anne", None, "Un"), theirs.ask("anne", None, "Deux")
    theirs.answer(cut.id, {"answer": "Non.", "citations": [], "writing": True})
    ours.give_up_waiting("interrupted")
    assert (theirs.turn("anne", waiting.id) or cut).waiting
    assert ((theirs.turn("anne", cut.id) or cut).answer or {})["writing"]


def test_titles_are_one_short_line() -> None:
    assert shortened("Un\n deux") == "Un deux"
    long = shortened("mot " * 40)
    assert len(long) <= TITLE_CHARACTERS
    assert long.endswith("mot…")


def test_what_was_asked_before_is_known_as_it_was_understood(library: Library) -> None:
    kept = Conversations(library.catalogue, "default")
    first = kept.ask("anne", None, "Qui anime ?")
    kept.answer(first.id, ANSWER)
    second = kept.ask("anne", first.conversation, "Et en 2019 ?")
    kept.answer(second.id, ANSWER | {"understood": "Qui anime en 2019 ?"})
    kept.ask("anne", None, "Autre conversation")
    third = kept.ask("anne", first.conversation, "Pourquoi ?")
    assert [one.question for one in kept.before(third)] == ["Qui anime ?", "Qui anime en 2019 ?"]
    assert kept.before(first) == ()


def test_what_was_judged_can_be_listed(library: Library) -> None:
    kept = Conversations(library.catalogue, "default")
    plain, liked, noted = (kept.ask("anne", None, text) for text in ("Un", "Deux", "Trois"))
    for turn in (plain, liked, noted):
        kept.answer(turn.id, ANSWER)
    kept.judge("anne", liked.id, "up")
    kept.note_gap("anne", noted.id)
    assert [turn.question for turn in kept.judged()] == ["Deux", "Trois"]
    assert len(kept.judged(every=True)) == 3
    assert Conversations(library.catalogue, "other").judged(every=True) == []
