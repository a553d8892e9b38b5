"""The page's plain functions: what is shown, escaped, marked and said, without a browser."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copassist.agendas import AgendaRequest
from copassist.conversations import Conversation, Turn
from copassist.passages import Document, Locator, Passage
from copassist.records import Action, Decision, Register, Session, Source
from copassist.sourceview import Part, SourceView
from copassist.ui import (
    agendadrafts,
    agendapage,
    ask,
    documentlines,
    documentlist,
    overview,
    registerlines,
    sessions,
    source,
    talk,
)
from copassist.ui.markup import local_time
from copassist.ui.prose import dotted, prose
from copassist.ui.talk import answer_html, excerpt, unwrapped

EVIL = "<img src=x onerror=alert(1)>"
DOCUMENT = Document("d1", "default", "a.md", f"Titre {EVIL}", "minutes", "2026-05-20", passages=3)
CITATION = {
    "label": 1,
    "quote": f"Nathalie apporte {EVIL} les crayons.",
    "locator": "§ Suivis",
    "passage": "v:0",
    "document": DOCUMENT.to_dict(),
}
ANSWER = {
    "answer": "« Nathalie apporte. » [1] et [7]",
    "abstained": False,
    "citations": [CITATION, CITATION | {"label": 2}],
    "near": [],
}
TURN = Turn(5, 1, "Qui apporte ?", "2026-11-01T10:00:00+00:00", ANSWER)


def test_boxes_of_a_list_of_tasks_are_shown_as_boxes() -> None:
    told = "> - [ ] Lina : apporter les cartes\n> - [x] Marc : réserver la salle\n> - [A] un renvoi"
    shown = answer_html(told, "fr", ("[ ] Lina : apporter les cartes",))
    assert "☐ Lina : apporter les cartes</mark>" in shown
    assert "☑ Marc : réserver la salle" in shown
    assert "[A] un renvoi" in shown


def test_labels_open_their_sources_and_others_stay_text() -> None:
    shown = talk.conversation_html([TURN], "fr")
    assert "Qui apporte\u00a0?" in shown
    assert 'data-act="open" data-turn="5" data-label="1"' in shown
    assert "[7]" in shown
    assert "#source" not in shown


def test_lines_that_a_page_has_cut_are_made_whole() -> None:
    cut = "> Un embout à tout élève dont la\n> tenue était crispée.\n> 2. Le poste\n> de travail"
    assert unwrapped(cut) == (
        "> Un embout à tout élève dont la tenue était crispée.\n> 2. Le poste de travail"
    )
    listed = "> Voici :\n> - un\n> - deux"
    assert unwrapped(listed) == listed


def test_an_answer_holds_nothing_that_acts() -> None:
    shown = answer_html(f"> {EVIL} ![x](http://y/z.png) [z](javascript:1) **gras**", "fr")
    assert set(re.findall(r"<(\w+)", shown)) <= {"blockquote", "p", "strong"}


@pytest.mark.parametrize(
    ("told", "focus", "marked"),
    [
        ("> - Un point.\n> - **Prêt :** Fatou a la clé.", "**Prêt :** Fatou a la clé.", 1),
        ("> - **Prêt : Fatou a la clé.**", "**Prêt : Fatou a la clé.**", 1),
        (
            "> Un point. Fatou a\n> la clé du\n> local. Autre point.",
            "Fatou a\nla clé du\nlocal.",
            1,
        ),
        ("> **Fatou a la clé. Autre point.**", "**Fatou a la clé.", 0),
        ("> Fatou a la clé. [\\[1\\]](#source-5-1)\n\nFatou a la clé.", "Fatou a la clé.", 1),
        ("> \u2e28Fatou\u2e29 a la clé.", "autre chose", 0),
    ],
)
def test_the_sentence_to_look_at_is_marked_whole(told: str, focus: str, marked: int) -> None:
    shown = answer_html(told, "fr", (focus,))
    inside = re.findall(r'<mark class="cop-focus"[^>]*>(.*?)</mark>', shown, re.S)
    assert len(inside) == marked
    assert all(" ".join(re.sub(r"<[^>]*>", "", one).split()).endswith(".") for one in inside)
    assert all(one.count("<strong>") == one.count("</strong>") for one in inside)
    assert "**" not in shown
    assert not set("\u2e28\u2e29") & set(shown)


def test_what_an_excerpt_cuts_leaves_no_marks() -> None:
    told = "> - **10h00 : présentation\n>   **\n>     * usinage\n> [x]({{ site.url }}/y) et 2 ** 3"
    shown = answer_html(told, "fr")
    assert "<code>" not in shown
    assert "**1" not in shown
    assert "x et 2 ** 3" in shown
    card = excerpt('Voir [le document]({{ site.url }}/doc/ "Statuts") -> [@Yann](/yann/)', 99)
    assert card == "Voir le document -> @Yann"


def test_a_source_line_says_its_date_once_and_without_marks() -> None:
    assert "<em>Réunion du 3 juillet 2018, p.\u00a02</em>" in answer_html(
        "*Réunion du 3 juillet 2018, 2018-07-03, p. 2*", "fr"
    )
    assert "<em>Guide, p.\u00a02</em>" in answer_html("*Guide, sans date, p. 2*", "fr")
    cut = answer_html("*Portes ouvertes, 2013-10-22, § Lycée › **Une matinée*", "fr")
    assert "<em>Portes ouvertes, 22 octobre 2013, § Lycée › Une matinée</em>" in cut


def test_lines_of_a_source_flow_and_addresses_are_not_read() -> None:
    shown = prose("Un coup de pouce au\ncours d'une régate. Un\nprojet pourra.\nAutre ligne\n")
    assert shown == (
        "<div>Un coup de pouce au cours d&#x27;une régate. Un projet pourra.</div>"
        "<div>Autre ligne</div>"
    )
    jekyll = "![-7]({{ site.url }}/wp/7.jpg)Voir [@yann]({{ site.url }}/membres/yann/) ici"
    assert prose(jekyll) == "<div>Voir @yann ici</div>"
    assert prose("Voir [@Theo]( /membres/theo/)") == "<div>Voir @Theo</div>"


def test_a_table_keeps_its_label() -> None:
    told = "> | a | b |\n> |---|---|\n> | c | d | [\\[1\\]](#source-5-1)"
    shown = answer_html(told, "fr")
    assert "<td>d</td>" in shown
    assert 'data-label="1"' in shown


def test_source_lines_say_dates_as_readers_write_them() -> None:
    line = "*Titre, 2026-04-15, § Suivis*"
    assert "15 avril 2026" in answer_html(line, "fr")
    assert "April 15, 2026" in answer_html(line, "en")
    assert "2026-04-15" in answer_html("Le 2026-04-15, on verra.", "fr")


def test_excerpts_end_at_a_word_without_marks() -> None:
    said = "## Points\n\n- **Décision :** on garde le papier."
    assert excerpt(said, 24) == "Points — Décision : on…"
    assert excerpt("### Où en est-on ?\n\nOn garde le papier.", 99) == (
        "Où en est-on ? On garde le papier."
    )


def test_an_excerpt_of_a_table_or_a_task_reads_as_words() -> None:
    row = "| Mettre les capsules en ligne | Karim | En partie |\n|---|---|---|\n| b | c |  |"
    assert excerpt(row, 99) == "Mettre les capsules en ligne · Karim · En partie b · c"
    assert excerpt("- [ ] Geneviève écrit aux directions.", 99) == (
        "Geneviève écrit aux directions."
    )


def test_a_word_is_asked_for_once_an_answer_is_judged() -> None:
    assert "comment-5" not in source.cards(TURN, "fr")
    assert "comment-5" in source.cards(replace(TURN, verdict="down"), "fr")
    kept = replace(TURN, verdict="down", answer=ANSWER | {"comment": f"Non {EVIL}"})
    assert "comment-5" not in source.cards(kept, "fr")
    assert "<img" not in source.cards(kept, "fr")


def test_nothing_found_leads_somewhere() -> None:
    near = ANSWER | {"abstained": True, "near": [CITATION]}
    shown = source.cards(replace(TURN, answer=near), "fr")
    for way in ('data-act="note"', "mailto:?subject=", 'data-act="near"'):
        assert way in shown


@pytest.mark.parametrize(
    "turn",
    [
        replace(TURN, answer=None),
        replace(TURN, answer=None, error="interrupted"),
        replace(TURN, answer={"withdrawn": True}),
        replace(TURN, answer=ANSWER | {"abstained": True, "near": [CITATION]}),
        TURN,
    ],
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_state_of_an_answer_is_said_and_escaped(turn: Turn, language: str) -> None:
    assert talk.answer_text(turn, language)
    shown = source.cards(turn, language)
    assert "<img" not in shown
    assert re.search(r"\w{3}", shown)


def test_occurrences_go_round() -> None:
    part = Part(Passage("v", 0, "Nathalie apporte les crayons."), opened=True, mark=(0, 8))
    view = SourceView(DOCUMENT, 0, 0, (part,))
    shown = source.viewer(view, "fr", turn=5, label=2, count=2)
    assert "<mark>Nathalie</mark>" in shown
    assert shown.count('data-label="1"') == 2
    assert "2 sur 2" in shown
    assert "data-turn" not in source.viewer(view, "fr")


def test_copying_takes_the_sources_along() -> None:
    text = source.copy_text(TURN, ANSWER, "fr")
    assert text.startswith("Qui apporte ?")
    assert "[1][2] Titre" in text
    assert "20 mai 2026, § Suivis" in text


def test_what_is_copied_is_fit_for_a_letter() -> None:
    told = (
        "> **Décision :** on garde le papier\n> ligné.\n>\n> - [ ] Karim le dit [1]\n\n"
        "*Rencontre du 20 mai 2026, 2026-05-20, § Suivis*\n\n"
        "> | qui | quoi |\n> |---|---|\n> | Fatou | sondage | [2]\n\n*Tableau, sans date*\n\n"
        "- Lucie relance. [3]  \n  *Lucie · en retard*"
    )
    minutes = CITATION["document"] | {"title": "Rencontre du 20 mai 2026"}
    table = minutes | {"title": "Tableau", "date": None}
    cited = [
        CITATION | {"label": 1, "document": minutes},
        CITATION | {"label": 2, "document": table, "locator": ""},
        CITATION | {"label": 3, "document": minutes},
    ]
    answer = ANSWER | {"answer": told, "citations": cited, "doubtful": True}
    question, doubt, *lines = source.copy_text(TURN, answer, "fr").split("\n\n")
    assert question == TURN.question
    assert doubt.startswith("À vérifier")
    assert lines == [
        "«\u00a0Décision : on garde le papier ligné.\n- Karim le dit\u00a0» [1]",
        "«\u00a0qui · quoi\nFatou · sondage\u00a0» [2]",
        "- Lucie relance. [3]\n  Lucie · en retard",
        "Sources\n[1][3] Rencontre du 20 mai 2026, § Suivis\n[2] Tableau",
    ]


# --- prose -----------------------------------------------------------------------------------


def test_markdown_becomes_readable_text() -> None:
    text = "## Suivis\n\n- [ ] **Karim** : [lien](http://x)\n\n| a | b |\n|---|---|\n| c | d |\n"
    shown = prose(text)
    assert "<h4>Suivis</h4>" in shown
    assert "☐ Karim : lien" in shown
    assert "<tr><td>c</td><td>d</td></tr>" in shown
    assert "http" not in shown


def test_the_mark_falls_on_the_very_characters() -> None:
    text = "- **Décision :** on garde\n  le papier ligné.\n"
    start, end = text.index("on garde"), text.index(" ligné")
    marked = "".join(re.findall(r"<mark>(.*?)</mark>", prose(text, (start, end))))
    assert marked == "on garde le papier"


@given(st.text(alphabet="ab<>&|#*-[]() \n.1", max_size=80), st.data())
def test_nothing_but_our_own_tags_comes_out(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    shown = prose(text, (start, end))
    tags = set(re.findall(r"</?(\w+)", shown))
    assert tags <= {"div", "h4", "mark", "table", "tbody", "tr", "td"}
    letters = re.sub(r"<[^>]*>", "", shown)
    assert {c for c in unescape(letters) if c in "ab"} <= set(text)


# --- documents -------------------------------------------------------------------------------


def test_the_list_is_latest_first_and_searched_without_accents() -> None:
    older = replace(DOCUMENT, id="d2", title="Été", path="b.md", date="2025-01-01")
    undated = replace(DOCUMENT, id="d3", title="Guide", path="c.md", date=None, kind="guide")
    listing = documentlist.Listing()
    shown = documentlist.ordered([undated, older, DOCUMENT], listing, "fr")
    assert [one.path for one in shown] == ["a.md", "b.md", "c.md"]
    turned = documentlist.ordered([undated, older, DOCUMENT], listing.by("date"), "fr")
    assert [one.path for one in turned] == ["b.md", "a.md", "c.md"]
    titled = documentlist.ordered([undated, DOCUMENT, older], listing.by("title"), "fr")
    assert titled[0] is older
    assert documentlist.matching([older, undated], "ete compte", "fr") == [older]
    assert documentlist.matching([older, undated], None, "fr") == [older, undated]
    assert documentlist.holds("Le cœur de l'École", "ecole coeur")
    assert documentlist.matching([older, DOCUMENT], "mai 2026", "fr") == [DOCUMENT]
    assert documentlist.matching([older, DOCUMENT], "2026-05", "fr") == [DOCUMENT]


@pytest.mark.parametrize("sort", documentlist.SORTS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_thousands_of_documents_are_listed_page_by_page(sort: str, language: str) -> None:
    many = [replace(DOCUMENT, id=f"d{n}", title=f"Titre {n}") for n in range(3000)]
    listing = replace(documentlist.Listing().by(sort), page=10**6)
    shown = documentlist.list_html(many, listing, language, frozenset({"d2999"}))
    assert 0 < shown.count('data-act="choose"') <= documentlist.PAGE
    assert "3000" in shown
    assert documentlist.list_html([], listing, language, frozenset())


def test_a_document_is_replaced_under_its_own_name_by_its_own_type(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    payload = {"path": str(tmp_path / "x"), "orig_name": "autre.md"}
    [taken] = documentlines.replacement(payload, tmp_path, DOCUMENT)
    assert taken.name == DOCUMENT.path
    assert documentlines.same_type("Autre.MD", "a.md")
    assert not documentlines.same_type("autre.pdf", "a.md")


def test_only_uploaded_files_are_taken(tmp_path: Path) -> None:
    folder = tmp_path / "browser"
    folder.mkdir()
    (folder / "x").write_text("x")
    (tmp_path / "secret").write_text("s")
    payload = [
        {"path": str(folder / "x"), "orig_name": "Été (1).md"},
        {"path": str(folder / ".." / "secret"), "orig_name": "secret"},
        {"path": "/etc/passwd"},
    ]
    [taken] = documentlines.given(payload, folder)
    assert taken.name == "Été (1).md"
    assert documentlines.given(None, folder) == []


def test_what_became_of_each_file_is_said_failures_first() -> None:
    report = {
        "added": ["b.md"],
        "replaced": [],
        "unchanged": [],
        "removed": ["a.zip/vieux.md"],
        "duplicate": [{"path": "c.md", "of": "b.md"}],
        "failed": [{"path": EVIL, "reason": "Vide.", "hint": "Vérifiez."}],
        "passages": 3,
    }
    shown = documentlines.outcome(report, cancelled=True, language="fr")
    assert shown.index("cop-failed") < shown.index("cop-duplicate") < shown.index("cop-added")
    assert "<img" not in shown
    assert "Vérifiez." in shown
    assert '<ul class="cop-outcomes" tabindex="0">' in shown
    assert "Fichiers lus\u00a0: 2. Non lus\u00a0: 1." in shown  # and not how many the library holds


# --- register, agenda, overview --------------------------------------------------------------

SOURCE = Source("d1", "v:0", "Nathalie apporte les crayons.", Locator())
REGISTER = Register(
    actions=(
        Action(
            "Apporter", "2026-01-10", "Nathalie", due="mars", due_date="2026-03-01", source=SOURCE
        ),
        Action("Finir", "2026-02-10", None, status="done", source=SOURCE),
    ),
    decisions=(Decision("On garde.", "2026-01-10", None, "revised", "v:9", source=SOURCE),),
)
TODAY = date(2026, 11, 22)


def test_open_actions_say_owner_and_lateness_in_words() -> None:
    [line] = registerlines.lines(REGISTER, "open", TODAY, "fr")
    assert line.warning == "en retard"
    assert "Nathalie" in line.facts
    everything = registerlines.lines(REGISTER, "actions", TODAY, "fr")
    assert "responsable non précisé" in everything[0].facts
    assert registerlines.matching(everything, "nathalie") == [line]


def test_a_link_between_decisions_is_a_proposal_until_confirmed() -> None:
    [line] = registerlines.lines(REGISTER, "decisions", TODAY, "fr")
    assert "à confirmer" in line.facts[-1]


@pytest.mark.parametrize("view", registerlines.VIEWS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_view_of_the_register_is_listed(view: str, language: str) -> None:
    found = registerlines.lines(REGISTER, view, TODAY, language)
    assert registerlines.listing(found, {"d1": DOCUMENT}, language)
    assert "<img" not in registerlines.listing(found, {"d1": DOCUMENT}, language)


def test_bars_count_what_they_open_to() -> None:
    from copassist.register import open_actions

    bars = overview.by_age(open_actions(REGISTER, TODAY), "fr")
    assert [(bar.count, len(bar.lines)) for bar in bars] == [(1, 1)]
    assert overview.by_month([DOCUMENT]) == {2026: {5: [DOCUMENT]}}
    assert 'data-act="read"' in overview.months_html(overview.by_month([DOCUMENT]), "fr")
    assert "mai 2026" in overview.month_html([DOCUMENT], "2026-05", "fr")
    source = Source("d1", "v:0", "…", Locator())
    both = [Session(day, "Comptes rendus", source=source) for day in ("2026-03-10", "2026-05-12")]
    twice = overview.once_a_session([DOCUMENT], Register(sessions=tuple(both)))
    assert {month: len(of) for month, of in overview.by_month(twice)[2026].items()} == {3: 1, 5: 1}
    assert overview.once_a_session([DOCUMENT], REGISTER) == [DOCUMENT]
    shown = overview.bars_html("Titre", overview.by_kind([DOCUMENT], "fr"), {}, "fr")
    assert "<img" not in shown
    assert ">1<" in shown


def test_the_page_keeps_for_its_facilitator_what_the_files_leave_out() -> None:
    from agenda_material import COMING, make

    shown = agendapage.page(make(AgendaRequest(COMING, 120, 8)), "fr")
    for told in ("en retard", "sans nouvelles depuis", "Format retenu pour", "Minutes : "):
        assert told in shown


def test_no_agenda_teaches_what_to_do() -> None:
    assert "durée" in agendapage.page(None, "fr")
    assert agendadrafts.item_choices(None) == []


@pytest.fixture
def montreal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This computer's clock in Québec."""
    with monkeypatch.context() as clock:
        clock.setenv("TZ", "America/Toronto")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("montreal")
def test_moments_are_told_by_this_computers_clock() -> None:
    evening = "2026-11-23T01:30:00+00:00"
    assert "22 novembre 2026" in documentlines.about(replace(DOCUMENT, added=evening), "fr")
    assert "22 novembre 2026" in overview.gaps_html([replace(TURN, asked=evening)], "fr")
    assert f"{local_time(evening):%Y-%m-%d %H:%M}" == "2026-11-22 20:30"


# --- asking ----------------------------------------------------------------------------------


def test_periods_and_recent_conversations() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert ask.bounds("") == (None, None)
    assert ask.bounds("2025") == ("2025", "2025")
    assert ask.bounds(ask.LAST_YEAR, now.date()) == ("2025-11-22", None)
    recent = Conversation(3, "t", "2026-11-21T20:00:00+00:00")
    old = Conversation(2, "t", "2026-11-20T20:00:00+00:00")
    assert ask.found_again([recent, old], now) == 3
    assert ask.found_again([old], now) is None
    assert ask.found_again([], now) is None


def test_rows_of_a_word_table_read_as_words_where_they_stand() -> None:
    row = "Ouvrir l'espace | Karim | Fait"
    assert dotted(row) == "Ouvrir l'espace · Karim · Fait"
    assert dotted("| a | b |") == "| a | b |"
    assert "|" not in prose(row)
    assert "<mark>Karim</mark>" in prose(row, (18, 23))
    assert "|" not in answer_html(f"> {row} [\\[1\\]](#source-1-1)", "fr")
    assert excerpt(f"{row}\n", 80) == "Ouvrir l'espace · Karim · Fait"


def test_a_doubt_says_its_days_as_readers_write_them() -> None:
    told = documentlines.doubt("note.date_doubt?chosen=2024-11-14&other=2024-10-10", "fr")
    assert "14 novembre 2024" in told
    assert "10 octobre 2024" in told


def test_ages_of_actions_do_not_overlap() -> None:
    assert [overview.age_of(days, "fr") for days in (0, 30, 31, 90, 366)] == [
        "30 jours ou moins",
        "30 jours ou moins",
        "de 31 à 90 jours",
        "de 31 à 90 jours",
        "plus de 365 jours",
    ]


def test_the_page_open_for_longest_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "SESSIONS", 2)
    first, second, third = (gr.Request(session_hash=name) for name in "abc")
    known = sessions.Sessions()
    for one in (first, second, first, third):
        known.add(one)
    assert [one in known for one in (first, second, third)] == [True, False, True]
    known.discard(first)
    known.discard(second)
    assert [one in known for one in (first, second, third)] == [False, False, True]
