"""Verbatim answers: every quote stands in its document, and nothing is invented."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from langchain_core.language_models import BaseChatModel

from copassist.answerability import DOUBTFUL, Doubt
from copassist.answers import Citation, Revision
from copassist.assistant import Assistant
from copassist.chatmodels import REQUEST_SECONDS, Chat
from copassist.citations import quote_in
from copassist.conversations import Turn
from copassist.errors import ModelUnknownError
from copassist.excerpts import Quote
from copassist.followups import Exchange
from copassist.library import Library
from copassist.passages import Document, Hit, Passage
from copassist.recency import asks_of_next_session, by_recency, newest_first
from copassist.render.conversation import conversation_file
from copassist.settings import load_settings
from copassist.testing import FakeEmbeddings, fake_chat
from copassist.ui.source import cards
from copassist.ui.talk import answer_text, conversation_html
from copassist.words import words
from ingest.pipeline import Ingestion

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
QUESTIONS = Path(__file__).parent / "data" / "sample_questions.jsonl"


def test_a_quote_that_is_not_verbatim_cannot_be_cited() -> None:
    passage = Passage("v", 0, "Le comité n'a pas adopté la proposition.")
    document = Document("d", "default", "a.md", "A")
    Citation(1, "n'a pas\nadopté", passage, document)
    with pytest.raises(ValueError, match="a adopté"):
        Citation(1, "a adopté", passage, document)


def test_nothing_found_is_said_in_the_same_words(library: Library) -> None:
    answers = [Assistant(library).ask(question) for question in ("Où ?", "Combien de chaises ?")]
    assert {answer.text for answer in answers} == {answers[0].text}
    assert all(answer.abstained and not answer.citations for answer in answers)


def test_a_doubtful_answer_says_so_above_what_it_quotes(
    library: Library, records: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    Ingestion(library).run([records({"a.md": "La tablette est prêtée par Fatou.\n"})])
    assert not Assistant(library).ask("Qui prête la tablette ?").doubtful
    monkeypatch.setitem(DOUBTFUL, library.embeddings.name, Doubt(2.0, 2.0))
    answer = Assistant(library).ask("Qui prête la tablette ?")
    turn = Turn(1, 1, answer.question, "", answer.to_dict())
    exported = conversation_file("Prêt", [turn], "md", "fr").decode()
    for shown in (answer_text(turn, "fr"), exported):
        assert shown.index(words("fr")("answer.doubtful")) < shown.index("prêtée par Fatou")


def test_words_copied_from_minutes_to_minutes_are_quoted_once_with_every_source(
    library: Library, records: Callable[..., Path]
) -> None:
    said = "La tablette est prêtée par Fatou jusqu'au printemps."
    folder = records({f"{month}.md": f"# {month}\n\n{said}\n" for month in ("mars", "avril")})
    Ingestion(library).run([folder])
    answer = Assistant(library).ask("Qui prête la tablette ?")
    [citation] = answer.citations
    assert {citation.document.title, *(other.title for other in citation.also)} == {"Mars", "Avril"}
    assert answer.text.count(said) == 1
    assert "Mars (" in answer.text or "Avril (" in answer.text


def test_headings_and_questions_are_never_the_answer(
    library: Library, records: Callable[..., Path]
) -> None:
    text = "# Prêt de la tablette\n\nQui prête la tablette ?\n\nLa tablette est prêtée par Fatou.\n"
    Ingestion(library).run([records({"a.md": text})])
    answer = Assistant(library).ask("Qui prête la tablette ?")
    assert [citation.quote for citation in answer.citations] == [
        "La tablette est prêtée par Fatou."
    ]
    assert "[1]" in answer.text


def test_every_quote_of_every_answer_stands_in_its_document(library: Library) -> None:
    Ingestion(library).run([SAMPLES])
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    quoted = 0
    for question in (json.loads(line)["question"] for line in lines):
        answer = Assistant(library).ask(question)
        for citation in answer.citations:
            quoted += 1
            document = citation.document
            whole = "\n".join(
                passage.text for passage in library.catalogue.version_passages(document.version)
            )
            assert quote_in(citation.quote, whole)
            if document.path.endswith((".md", ".txt")):
                assert quote_in(citation.quote, library.original(document).read_text("utf-8"))
            assert f"[{citation.label}]" in answer.text
    assert quoted > len(lines) / 2


def test_the_verbatim_answer_comes_first_and_the_synthesis_cites_the_same_sources(
    library: Library, records: Callable[..., Path]
) -> None:
    text = "# Prêt\n\nLa tablette est prêtée par Fatou aux familles. Le crayon reste en classe.\n"
    Ingestion(library).run([records({"a.md": text})])
    chat = fake_chat(
        "Fatou prête la tablette aux familles [S1]. Elle est payée par la Ville [S1] [S9]."
    )

    first, *_, last = Assistant(library, chat).stream("Qui prête la tablette aux familles ?")

    assert (first.synthesis, first.citations[0].label) == ("", 1)
    assert last.text == first.text
    assert "Fatou prête la tablette aux familles [1]" in last.synthesis
    assert "Ville" not in last.synthesis, "nothing supports it"
    assert [sentence.supported for sentence in last.sentences] == [True, False]
    assert last.to_dict()["answer"] == last.synthesis


def test_no_model_is_asked_when_nothing_is_found(library: Library) -> None:
    chat = fake_chat("Tout va bien [S1].")
    answer = Assistant(library, chat).ask("Qui prête la tablette ?")
    assert answer.abstained
    assert answer.model == "none"


def test_a_model_that_cannot_be_had_is_told_under_the_extracts(
    library: Library, records: Callable[..., Path]
) -> None:
    def connect() -> BaseChatModel:
        raise ModelUnknownError(name="nimporte")

    Ingestion(library).run([records({"a.md": "La tablette est prêtée par Fatou.\n"})])
    chat = Chat("nimporte", "nimporte", connect, constrains=False)
    answer = Assistant(library, chat).ask("Qui prête la tablette ?")
    assert answer.problem == ModelUnknownError(name="nimporte").describe("fr")
    shown = answer_text(Turn(1, 1, answer.question, "", answer.to_dict()), "fr")
    assert "prêtée par Fatou" in shown
    assert answer.problem in shown


@pytest.mark.parametrize("unsupported", ["drop", "strike"])
def test_a_model_that_adds_nothing_supported_is_said_to_have_been_asked(
    tmp_path: Path, records: Callable[..., Path], unsupported: str
) -> None:
    settings = load_settings(library=tmp_path / "library", unsupported=unsupported)
    with Library(settings, FakeEmbeddings()) as library:
        Ingestion(library).run([records({"a.md": "La tablette est prêtée par Fatou.\n"})])
        said = "La Ville de Laval paie la tablette [S1]."
        answer = Assistant(library, fake_chat(said)).ask("Qui prête la tablette ?")
    shown = answer_text(Turn(1, 1, answer.question, "", answer.to_dict()), "fr")
    assert "prêtée par Fatou" in shown
    assert ("~~La Ville de Laval" in shown) == (unsupported == "strike")
    assert ("a été consulté, et n'ajoute rien" in shown) == (unsupported == "drop")


def test_a_follow_up_is_answered_as_it_was_understood(
    library: Library, records: Callable[..., Path]
) -> None:
    text = "# Prêt\n\nLa tablette est prêtée par Fatou aux familles depuis mars.\n"
    Ingestion(library).run([records({"a.md": text})])
    history = [Exchange("Qui prête la tablette aux familles ?")]
    answer = Assistant(library).ask("Depuis quand ?", history=history)
    assert answer.question == "Depuis quand ?"
    assert answer.understood == "À propos de la tablette aux familles : depuis quand ?"
    assert answer.citations
    assert Assistant(library).ask("Qui prête la tablette ?", history=history).understood == ""


def test_a_model_rewrites_what_no_rule_places_and_is_not_believed_blindly(
    library: Library,
) -> None:
    before = "Quel logiciel utilise-t-on pour partager les documents ?"
    history = [Exchange(before)]
    ruled = f"À propos de « {before} » : qui l'a choisi ?"
    good = "Qui a choisi le logiciel pour partager les documents ?"
    for written, understood in ((good, good), ("Qui a choisi Owncloud ?", ruled), ("", ruled)):
        assistant = Assistant(library, fake_chat(written or "\n"))
        assert assistant.understand("Qui l'a choisi ?", history, "fr") == understood


def test_a_model_that_is_writing_is_not_waited_for(library: Library) -> None:
    before = "Quel logiciel utilise-t-on pour partager les documents ?"
    chat = fake_chat("Qui a choisi le logiciel pour partager les documents ?")
    chat = replace(chat, place="local")
    assistant = Assistant(library, chat)
    other = chat.stream([("human", "?")])
    next(other)
    assert chat.busy
    ruled = assistant.understand("Qui l'a choisi ?", [Exchange(before)], "fr")
    assert ruled == f"À propos de « {before} » : qui l'a choisi ?"
    other.close()
    assert not chat.busy


def test_a_decision_that_was_changed_says_so_where_it_is_quoted(
    library: Library, records: Callable[..., Path]
) -> None:
    first = "Décision : la grille de lecture en couleur est envoyée chaque mois aux familles."
    then = "Décision : la grille de lecture n'est plus envoyée chaque mois aux familles."
    texts = {
        f"{day}.md": f"# Compte rendu du {day}\n\n## Grille de lecture\n\n{text}\n"
        for day, text in (("2026-03-12", first), ("2026-06-18", then))
    }
    Ingestion(library).run([records(texts)])
    answer = Assistant(library).ask("La grille est-elle envoyée en couleur ?")
    told = {one.document.date: (one.label, one.revision) for one in answer.citations}
    later, _ = told["2026-06-18"]
    assert told["2026-06-18"][1] is None
    assert told["2026-03-12"][1] == Revision("answer.revised_proposed", later)
    said = f"Décision qui semble révisée depuis (à confirmer) : voir [{later}]"
    assert said in answer.text
    turn = Turn(1, 1, answer.question, "", answer.to_dict())
    shown = unescape(re.sub("<[^>]+>", "", conversation_html([turn], "fr")))
    assert said.replace(f"[{later}]", str(later)) in shown
    assert said in unescape(cards(turn, "fr"))


@pytest.mark.llm
@pytest.mark.timeout(600)
def test_the_local_model_answers_from_the_records(
    library: Library, records: Callable[..., Path], local_chat: Chat
) -> None:
    """Its labels are resolved, all it says is supported, and it reads its prompt once."""
    texts = {
        "2024-04-16.md": "# Rencontre du 16 avril 2024\n\nLe budget accordé pour la journée "
        "est de 1 200 $. Julie enverra la grille aux membres avant le 2 mai.\n",
        "2024-05-14.md": "# Rencontre du 14 mai 2024\n\nLe groupe a choisi la salle du deuxième "
        "étage pour les ateliers. Fatou prête la tablette aux familles.\n",
    }
    Ingestion(library).run([records(texts)])
    assistant = Assistant(library, local_chat)
    first = assistant.ask("Quel budget a été accordé pour la journée ?")
    second = assistant.ask("Qui enverra la grille aux membres ?")
    if first.prompt is None or second.prompt is None:
        pytest.skip(f"no word of the model in {REQUEST_SECONDS:.0f} s: this machine is busy")
    for answer in (first, second):
        known = {citation.label for citation in answer.citations}
        named = {int(label) for label in re.findall(r"\[(\d+)\]", answer.synthesis)}
        assert named <= known
        assert bool(named) == bool(answer.synthesis)
        assert (answer.model, answer.prompt) == (local_chat.name, "answer@1")
    assert "1 200 $" in first.synthesis or "Julie" in second.synthesis
    assert second.tokens["cached"] > second.tokens["prompt"] / 2


def quoted(day: str, text: str, score: float) -> Quote:
    document = Document(day, "c", f"{day}.md", f"Rencontre du {day}", date=day)
    return Quote(Hit(Passage(day, 0, text), document, score), text)


def test_how_things_stand_is_told_newest_first() -> None:
    old, new = quoted("2025-11-05", "Chaque mois.", 2.0), quoted("2026-06-17", "Aux six.", 1.8)
    other = quoted("2026-09-01", "Autre chose.", 1.1)
    assert newest_first([old, new, other]) == [new, old, other]
    assert newest_first([]) == []


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("On se voit à quelle fréquence maintenant ?", "2026-06-17"),
        # in the present, of what comes as close; of what was, the closest stays first
        ("Combien de temps garde-t-on la tablette ?", "2026-06-17"),
        ("À quelle fréquence se voyait-on ? C'était quand ?", "2025-11-05"),
        ("Qu'a-t-on décidé sur la fréquence ?", "2025-11-05"),
        ("How long can we keep it?", "2026-06-17"),
        ("Why did we keep it?", "2025-11-05"),
        ("Qui a les clés ?", "2026-06-17"),
        ("Qui est responsable du suivi ?", "2026-06-17"),
        ("Who has the keys?", "2026-06-17"),
        ("What is the deadline?", "2026-06-17"),
        ("What is a shim?", "2025-11-05"),
        ("La fréquence du 5 novembre 2025 ?", "2025-11-05"),
    ],
)
def test_a_question_in_the_present_is_answered_by_the_newest(question: str, first: str) -> None:
    quotes = [quoted("2025-11-05", "Chaque mois.", 2.0), quoted("2026-06-17", "Aux six.", 1.8)]
    assert by_recency(question, quotes)[0].hit.document.date == first


def test_of_what_is_less_close_only_how_things_stand_takes_the_newest() -> None:
    quotes = [quoted("2025-11-05", "Chaque mois.", 2.0), quoted("2026-06-17", "Aux six.", 1.6)]
    days = [
        by_recency(question, quotes)[0].hit.document.date
        for question in ("Combien de temps garde-t-on la tablette ?", "Combien maintenant ?")
    ]
    assert days == ["2025-11-05", "2026-06-17"]


BRINGS = "# Rencontre du {}\n\n{} apporte les cartons à la prochaine rencontre.\n"
WHAT_TO_BRING = {
    "2025-11-05.md": BRINGS.format("5 novembre 2025", "Amir"),
    "2026-06-17.md": BRINGS.format("17 juin 2026", "Lucie")
    + "\n## Prochaine rencontre\n\nLe 16 septembre 2026, en ligne.\n",
}


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("Qui apporte quoi à la prochaine rencontre ?", {"2026-06-17"}),
        ("Qui apporte les cartons ?", {"2025-11-05", "2026-06-17"}),
        ("Qui devait apporter quoi à la prochaine rencontre ?", {"2025-11-05", "2026-06-17"}),
    ],
)
def test_of_the_next_session_the_latest_record_speaks(
    library: Library, records: Callable[..., Path], question: str, days: set[str]
) -> None:
    Ingestion(library).run([records(WHAT_TO_BRING)])
    answer = Assistant(library, today=lambda: date(2026, 6, 20)).ask(question)
    assert {one.document.date for one in answer.citations} == days
    assert not answer.doubtful


def test_the_session_to_come_is_told_from_one_that_was_to_come() -> None:
    assert asks_of_next_session("Who brings what to the next meeting?")
    assert asks_of_next_session("On fait quoi à la prochaine réunion ?")
    assert not asks_of_next_session("When was the next session supposed to be?")
    assert not asks_of_next_session("On fait quoi la prochaine fois que le local est fermé ?")


@pytest.mark.parametrize("later", [{}, {"2026-09-02.md": "# Rencontre du 2 septembre 2026\n"}])
def test_what_was_said_of_a_session_that_took_place_is_doubtful(
    library: Library, records: Callable[..., Path], later: dict[str, str]
) -> None:
    met = {name: f"{text}\nUn tour de table sans suites.\n" for name, text in later.items()}
    counted = {
        name: text.replace("les cartons", "6 cartons") for name, text in WHAT_TO_BRING.items()
    }
    Ingestion(library).run([records(counted | met)])
    today = date(2026, 9, 10 if later else 20)
    asked = Assistant(library, today=lambda: today)
    answer = asked.ask("Combien de cartons apporte-t-on à la prochaine rencontre ?")
    assert [one.document.date for one in answer.citations] == ["2026-06-17"]
    assert answer.doubtful


def test_sentences_of_several_days_bear_them_newest_first(
    library: Library, records: Callable[..., Path]
) -> None:
    texts = {
        "2025-11-05.md": "# Rencontre du 5 novembre 2025\n\nLe groupe se réunit chaque mois.\n",
        "2026-06-17.md": "# Rencontre du 17 juin 2026\n\nLe groupe se réunit aux six semaines.\n",
    }
    Ingestion(library).run([records(texts)])
    chat = fake_chat(
        "Le groupe se réunit chaque mois. Le groupe se réunit aux six semaines. Rien ne change."
    )
    answer = Assistant(library, chat).ask("À quel rythme le groupe se réunit-il ?")
    first, second = answer.synthesis.index("(2026-06-17)"), answer.synthesis.index("(2025-11-05)")
    assert first < second
    assert answer.unsupported == 1
