"""Evaluation: what counts as right, and figures worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import log2
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copassist import evaluation
from copassist.errors import QuestionsError
from copassist.evaluation import (
    compare,
    document_rank,
    evaluate,
    folded_words,
    holds_quote,
    load_report,
    markdown_table,
    passage_rank,
    same_path,
    save_report,
)
from copassist.passages import Document, Hit, Passage
from copassist.questions import (
    Question,
    load_questions,
    load_squad,
    part,
    squad_documents,
)


def hit(path: str, text: str = "", also: Sequence[str] = ()) -> Hit:
    names = tuple(also)
    document = Document(id=path, community="default", path=path, title=path, also=names)
    return Hit(Passage(version=path, number=0, text=text), document, 1.0)


QUESTION = Question(
    id="fr-1",
    question="Qui anime ?",
    gold_files=("set/a.md",),
    gold_quote="L’animation se fera à tour de rôle, dès octobre.",
    also_answered_by=("twin/a.md",),
)


class TestHoldsQuote:
    def test_whole_quote_whatever_the_spaces_accents_and_markup(self) -> None:
        text = "Suivis.\n**L'animation** se  fera\nà tour de [rôle](https://a.b/c), dès octobre !"
        assert holds_quote(text, QUESTION.gold_quote)

    def test_larger_half_at_the_edge_of_a_cut(self) -> None:
        assert holds_quote("Décision. L'animation se fera à tour", QUESTION.gold_quote)
        assert holds_quote("tour de rôle, dès octobre. Autre point.", QUESTION.gold_quote)

    def test_smaller_half_is_not_enough(self) -> None:
        assert not holds_quote("dès octobre. Autre point.", QUESTION.gold_quote)

    def test_half_in_the_middle_of_a_passage_is_another_sentence(self) -> None:
        text = "On a dit : l'animation se fera à tour de bras. Rien de plus."
        assert not holds_quote(text, QUESTION.gold_quote)

    def test_words_are_not_cut(self) -> None:
        assert not holds_quote("professionnels : 500 €", "professionnels : 50")

    def test_quote_over_more_than_two_passages(self) -> None:
        assert holds_quote("se fera à tour de rôle dès", QUESTION.gold_quote)

    def test_no_quote_is_never_held(self) -> None:
        assert not holds_quote("texte", " ")

    @given(st.text(), st.text(), st.text(min_size=1))
    def test_a_text_holds_what_was_put_in_it(self, before: str, after: str, quote: str) -> None:
        quote = " ".join(folded_words(quote))
        assert holds_quote(f"{before} {quote} {after}", quote) or not quote


class TestRanks:
    def test_documents_rank_by_their_best_passage(self) -> None:
        hits = [hit("x.md"), hit("x.md"), hit("y.md"), hit("set/a.md")]
        assert document_rank(hits, ("set/a.md",)) == 3

    def test_twin_answers_by_document_only(self) -> None:
        hits = [hit("twin/a.md", "Facilitation rotates."), hit("set/a.md", QUESTION.gold_quote)]
        outcome = evaluation.judge(QUESTION, lambda _q, _k: hits)
        assert (outcome.document, outcome.document_strict, outcome.passage) == (1, 2, 2)

    def test_quote_in_another_document_is_not_an_answer(self) -> None:
        assert passage_rank([hit("other.md", QUESTION.gold_quote)], QUESTION) is None

    def test_other_names_of_the_same_bytes_count(self) -> None:
        hits = [hit("other.md", QUESTION.gold_quote, also=["set/a.md"])]
        assert document_rank(hits, QUESTION.gold_files) == 1
        assert passage_rank(hits, QUESTION) == 1

    def test_paths_seen_from_another_folder_or_in_another_unicode_form(self) -> None:
        assert same_path("set/fr/a.md", "fr/a.md")
        assert same_path("re\u0301union.md", "r\u00e9union.md")
        assert not same_path("ba.md", "a.md")


def ranked_search(ranks: dict[str, int | None]) -> evaluation.Search:
    def search(text: str, k: int) -> list[Hit]:
        hits = [hit(f"wrong{n}.md") for n in range(k)]
        rank = ranks[text]
        if rank is not None:
            hits[rank - 1] = hit("set/a.md", "the words")
        return hits

    return search


def questions(*ids: str) -> list[Question]:
    return [Question(i, i, ("set/a.md",), "the words", language="en") for i in ids]


class TestFigures:
    def test_by_hand(self) -> None:
        ranks: dict[str, int | None] = {"a": 1, "b": 2, "c": 7, "d": None}
        made = evaluate(questions(*ranks), ranked_search(ranks))
        figures = made.group("all").figures["passage"]
        assert figures["R@1"].value == pytest.approx(1 / 4)
        assert figures["R@5"].value == pytest.approx(2 / 4)
        assert figures["R@10"].value == pytest.approx(3 / 4)
        assert figures["MRR"].value == pytest.approx((1 + 1 / 2 + 1 / 7) / 4)
        expected = (1 + 1 / log2(3) + 1 / log2(8)) / 4
        assert figures["nDCG@10"].value == pytest.approx(expected)
        assert figures["R@5"].low <= 0.5 <= figures["R@5"].high

    def test_groups_by_language_set_and_type(self) -> None:
        ranks: dict[str, int | None] = {"a": 1}
        made = evaluate(questions("a"), ranked_search(ranks))
        assert [group.name for group in made.groups] == ["all", "language:en", "set:set"]

    def test_no_quote_counts_for_documents_only(self) -> None:
        asked = [Question("a", "a", ("set/a.md",))]
        figures = evaluate(asked, ranked_search({"a": 1})).group("all").figures
        assert figures["document"]["R@1"].n == 1
        assert figures["passage"]["R@1"].n == 0

    def test_abstention(self) -> None:
        asked = [*questions("a", "b"), Question("u", "u", answerable=False)]
        ranks: dict[str, int | None] = {"a": 1, "b": 1}
        made = evaluate(asked, ranked_search(ranks), refuses=lambda text: text in {"b", "u"})
        assert made.abstention is not None
        assert made.abstention.wrongly_refused is not None
        assert made.abstention.rightly_refused is not None
        assert made.abstention.wrongly_refused.value == 0.5
        assert made.abstention.rightly_refused.value == 1.0

    def test_intervals_are_the_same_every_time(self) -> None:
        values = [0.0, 1.0, 0.5, 1.0]
        assert evaluation.mean_figure(values) == evaluation.mean_figure(values)

    def test_saved_run_comes_back(self, tmp_path: Path) -> None:
        ranks: dict[str, int | None] = {"a": 1, "b": None}
        made = evaluate(questions("a", "b"), ranked_search(ranks))
        save_report(made, tmp_path / "run.json")
        assert load_report(tmp_path / "run.json") == made

    def test_comparison_question_by_question(self) -> None:
        asked = questions("a", "b", "c")
        before = evaluate(asked, ranked_search({"a": 1, "b": None, "c": 3}))
        after = evaluate(asked, ranked_search({"a": 2, "b": 1, "c": 3}))
        told = compare(before, after)
        assert [(c.id, c.before, c.after) for c in told.better] == [("b", None, 1)]
        assert [(c.id, c.before, c.after) for c in told.worse] == [("a", 1, 2)]
        assert told.same == 1
        assert told.difference.value == pytest.approx(0.5 / 3)

    def test_table_has_a_row_for_each_view(self) -> None:
        made = evaluate(questions("a"), ranked_search({"a": 1}))
        rows = len(made.groups) * len(evaluation.VIEWS)
        assert markdown_table(made).count("\n") == 2 + rows


PARTS = ["test", "test", "dev", "dev"]
"""Of fr-001, fr-003, fr-005, fr-007: a question that changed part would spoil the test part."""


class TestFiles:
    def write(self, folder: Path, *rows: object, name: str = "questions_en.jsonl") -> Path:
        path = folder / name
        path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
        return path

    def test_fields_and_language_of_the_name(self, tmp_path: Path) -> None:
        row = {"id": "1", "question": "Who?", "gold_files": ["a/b.md"], "gold_quote": "Me."}
        [question] = load_questions(self.write(tmp_path, row))
        assert question == Question("1", "Who?", ("a/b.md",), "Me.", language="en")
        assert question.set == "a"

    def test_language_of_the_id(self, tmp_path: Path) -> None:
        row = {"id": "en-7", "question": "Who?", "answerable": False}
        [question] = load_questions(self.write(tmp_path, row, name="more.jsonl"))
        assert (question.language, question.answerable) == ("en", False)
        assert question.set == "unanswerable"

    @pytest.mark.parametrize(
        "rows",
        [
            [],
            [{"id": "1"}],
            [{"id": "1", "question": "Who?"}],
            [["not", "an", "object"]],
            [{"id": "1", "question": "Who?", "gold_files": "a.md"}],
            [{"id": "1", "question": "?", "answerable": False}] * 2,
        ],
    )
    def test_what_cannot_be_used(self, tmp_path: Path, rows: list[object]) -> None:
        with pytest.raises(QuestionsError):
            load_questions(self.write(tmp_path, *rows))

    def test_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(QuestionsError):
            load_questions(tmp_path / "none.jsonl")
        with pytest.raises(QuestionsError):
            load_report(tmp_path / "none.json")

    def test_squad(self, tmp_path: Path) -> None:
        path = tmp_path / "squad.json"
        entry = {"question": "Q ?", "answers": [{"text": "réponse", "answer_start": 4}]}
        article = {"title": "F1", "paragraphs": [{"context": "Une réponse.", "qas": [entry]}]}
        path.write_text(json.dumps({"data": [article]}), encoding="utf-8")
        [question] = load_squad(path)
        assert question.gold_quote == "réponse"
        assert squad_documents(path) == {question.gold_files[0]: "Une réponse."}

    @pytest.mark.parametrize("qas", [[{"question": "Q ?", "answers": []}], None])
    def test_a_squad_file_without_answers(self, tmp_path: Path, qas: object) -> None:
        path = tmp_path / "squad.json"
        article = {"title": "F1", "paragraphs": [{"context": "Une réponse.", "qas": qas}]}
        path.write_text(json.dumps({"data": [article]}), encoding="utf-8")
        with pytest.raises(QuestionsError):
            load_squad(path)

    def test_a_line_ends_where_json_says(self, tmp_path: Path) -> None:
        path = tmp_path / "questions.jsonl"
        row = {"id": "1", "question": "Qui\u2028anime ?", "gold_files": ["a.md"]}
        path.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8-sig")
        assert load_questions(path)[0].question == "Qui\u2028anime ?"

    def test_parts_never_move(self) -> None:
        halves = [part(f"q{n}") for n in range(1000)]
        assert 400 < halves.count("dev") < 600
        assert [part(f"fr-{n:03d}") for n in (1, 3, 5, 7)] == PARTS

    def test_real_sets(self, shared: Path) -> None:
        assert len(load_questions(shared / "eval" / "questions_fr.jsonl")) == 38
        assert len(load_questions(shared / "eval" / "questions_en.jsonl")) == 29
        assert len(load_questions(shared / "eval" / "cnil" / "queries.jsonl")) == 79
        squad = shared / "eval" / "service_public" / "filtered_spf_qr_test.json"
        texts = squad_documents(squad)
        asked = load_squad(squad)
        assert len(asked) == 105
        assert all(q.gold_quote in texts[q.gold_files[0]] for q in asked)
