"""Renderings read back: the same agenda, minute for minute, in every format."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import docx
import pytest
from agenda_material import ACTIONS, COMING, DOCUMENTS, REGISTER, SESSIONS, TODAY, day, source
from docx.oxml.ns import qn
from icalendar import Calendar

from copassist.agendas import Agenda, AgendaRequest, draft
from copassist.agendas.history import readable
from copassist.conversations import Turn
from copassist.formats import load_formats
from copassist.records import Action, Register, agenda_reference
from copassist.render import (
    agenda_docx,
    agenda_ics,
    agenda_markdown,
    layout,
    minutes_docx,
    minutes_markdown,
)
from copassist.render.conversation import conversation_file
from copassist.words import words

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
REQUEST = AgendaRequest(
    COMING, 120, 8, "in-person", "Partager notre vécu", "formal", "13:30", ("partage-de-vecu",)
)


def make(request: AgendaRequest = REQUEST, register: Register = REGISTER) -> Agenda:
    return draft(request, register, DOCUMENTS, load_formats(), TODAY)


def texts(data: bytes) -> str:
    document = docx.Document(BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("start", [None, "13:30"])
def test_the_docx_holds_every_item_with_its_minutes_and_sources(
    language: str, start: str | None
) -> None:
    request = AgendaRequest(COMING, 120, 8, "online", language=language, start=start)
    agenda = make(request)
    document = docx.Document(BytesIO(agenda_docx(agenda)))
    table = document.tables[1]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    column = 3 if start else 2
    assert [int(row[column]) for row in rows[1:-1]] == [item.minutes for item in agenda.items]
    assert rows[-1][column] == "120"
    titles = [row[column - 2] for row in rows[1:-1]]
    for title, item in zip(titles, agenda.items, strict=True):
        assert title.startswith(item.title)
    text = texts(agenda_docx(agenda))
    for citation in agenda.citations:
        assert citation.document.title in text
        assert f"[{citation.label}]" in text
    assert document.core_properties.identifier == agenda.id
    assert document.core_properties.title == agenda.title


def test_the_docx_uses_styles_repeats_its_head_and_links_labels_to_sources() -> None:
    document = docx.Document(BytesIO(agenda_docx(make())))
    styles = {paragraph.style.name for paragraph in document.paragraphs if paragraph.style}
    assert {"Title", "Heading 1", "Source"} <= styles
    head = document.tables[1].rows[0]._tr
    assert head.find(f".//{qn('w:tblHeader')}") is not None
    body = document.element.body
    anchors = {link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))}
    marks = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    assert anchors
    assert anchors <= marks
    assert body.find(f".//{qn('w:lang')}") is None
    normal = document.styles["Normal"].element
    assert normal.find(f".//{qn('w:lang')}").get(qn("w:val")) == "fr-CA"


def test_a_file_for_members_says_due_days_in_full_and_nobody_is_late() -> None:
    agenda = make()
    assert any(point.overdue for item in agenda.items for point in item.points)
    for text in (texts(agenda_docx(agenda)), agenda_markdown(agenda)):
        assert "20 novembre 2026" in text
        assert "d'ici le" not in text
        assert "en retard" not in text
        assert "sans nouvelles" not in text
        assert "responsable non précisé" in text
        assert "Consigner seulement les repères" in text


def test_a_due_date_that_names_no_one_day_stays_as_written() -> None:
    def due(said: str, when: str | None) -> str:
        one = Action("Écrire", day(11), "Luc", due=said, due_date=when, source=source(11, "x"))
        agenda = make(REQUEST, Register(actions=(one,), sessions=REGISTER.sessions))
        item = next(item for item in agenda.items if item.id == "follow_ups")
        return layout.follow_up_rows(item, "fr")[0].due

    assert due("avant le 2026-12-01", "2026-12-01") == "1er décembre 2026"
    assert due("d'ici le mardi 1er décembre", "2026-12-01") == "1er décembre 2026"
    for said in (
        "1er décembre, sinon le 8",
        "1er décembre à midi",
        "avant la fête du 1er décembre",
    ):
        assert due(said, "2026-12-01") == said
    assert due("en mars", "2027-03-31") == "en mars"
    assert due("du 3 au 7 mai; retour le 9 mai", "2027-05-09") == "du 3 au 7 mai; retour le 9 mai"
    assert due("à la rentrée", None) == "à la rentrée"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_how_the_program_chose_stays_out_of_the_file(language: str) -> None:
    agenda = make(AgendaRequest(COMING, 120, 8, "in-person", "Robotique", language=language))
    say = words(language)
    activity = next(item for item in agenda.items if item.format)
    for text in (texts(agenda_docx(agenda)), agenda_markdown(agenda)):
        assert activity.why not in text
        assert say("agenda.timings.source") not in text
        assert say("agenda.intention.frame") not in text
        assert agenda.id not in text
        assert activity.aim in text
    assert agenda.id in docx.Document(BytesIO(agenda_docx(agenda))).core_properties.identifier


def test_files_bear_the_community_and_the_day() -> None:
    named = replace(SESSIONS[-1], title="CoP Robotique – Compte rendu")
    agenda = make(register=replace(REGISTER, sessions=(*SESSIONS[:-1], named)))
    document = docx.Document(BytesIO(agenda_docx(agenda)))
    assert [one.text for one in document.paragraphs[:2]] == ["CoP Robotique", agenda.title]
    assert "**CoP Robotique**" in agenda_markdown(agenda)
    footer = document.sections[0].footer.paragraphs[0].text
    assert footer.startswith("Ordre du jour – 3 décembre 2026\t")
    assert layout.file_title(agenda) == "Ordre du jour – 2026-12-03"
    (event,) = Calendar.from_ical(agenda_ics(agenda, NOW)).walk("VEVENT")
    assert event["SUMMARY"] == "Rencontre – CoP Robotique – 3 décembre 2026"
    assert make().community == ""


@pytest.mark.parametrize(
    ("title", "community"),
    [
        ("Compte rendu – Communauté de pratique Robotique", "Communauté de pratique Robotique"),
        ("Robotics Community of Practice – Minutes", "Robotics Community of Practice"),
        ("CoP du 16 septembre – Notes", ""),
        ("CoP : notes de la rencontre", ""),
        ("Communauté de pratique – Compte rendu", ""),
    ],
)
def test_a_community_is_called_as_its_records_call_it(title: str, community: str) -> None:
    named = replace(SESSIONS[-1], title=title)
    agenda = make(register=replace(REGISTER, sessions=(*SESSIONS[:-1], named)))
    assert agenda.community == community


def test_markdown_holds_the_table_the_follow_ups_and_the_notes() -> None:
    agenda = make()
    text = agenda_markdown(agenda)
    assert text.startswith("# Projet d'ordre du jour – rencontre du 3 décembre 2026\n")
    assert "| 13 h 30 | Mot de bienvenue et tour de table" in text
    assert "| **120** |" in text
    assert "| Envoyer la grille à tout le monde | Luc |" in text
    assert "\n[1]" in text
    assert "Rencontre 11, 10 novembre 2026" in text
    columns = {line.count(" | ") for line in text.splitlines() if line.startswith("| 1")}
    assert len(columns) == 1


def test_words_of_the_records_never_become_markdown() -> None:
    odd = Action(
        "Lire | [la page](http://x) <b>et</b> # *tout*",
        day(11),
        "A|B",
        status="open",
        source=source(11, "| cellule | [lien](x)"),
    )
    text = agenda_markdown(make(REQUEST, Register(actions=(odd,), sessions=REGISTER.sessions)))
    line = next(one for one in text.splitlines() if "Lire" in one)
    assert line.replace("\\|", "").count("|") == 5
    assert "\\|" in text
    assert "](" not in text.replace("\\]", "")


def test_the_calendar_entry_is_private_nameless_and_as_long_as_the_session() -> None:
    data = agenda_ics(make(), NOW)
    calendar = Calendar.from_ical(data)
    (event,) = calendar.walk("VEVENT")
    assert event["UID"].startswith("odj-2026-12-03")
    assert event["CLASS"] == "PRIVATE"
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(minutes=120)
    assert event.decoded("DTSTART").isoformat() == "2026-12-03T13:30:00-05:00"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["America/Toronto"]
    text = data.decode().replace("\r\n ", "")
    for name in ("Luc", "Amina", "Rosalie", "ATTENDEE", "ORGANIZER", "grille"):
        assert name not in text
    assert len(data) < 4000


def test_without_a_start_the_entry_takes_the_day() -> None:
    data = agenda_ics(make(AgendaRequest(COMING, 60)), NOW)
    (event,) = Calendar.from_ical(data).walk("VEVENT")
    assert event.decoded("DTSTART") == date(2026, 12, 3)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_minutes_template_links_back_and_carries_rules_and_follow_ups(language: str) -> None:
    agenda = make(AgendaRequest(COMING, 120, 8, formats=("partage-de-vecu",), language=language))
    record = next(item.record for item in agenda.items if item.confidential)
    for text in (minutes_markdown(agenda), texts(minutes_docx(agenda))):
        assert agenda_reference(text) == agenda.id
        assert record in text
        assert ACTIONS[0].text in text
        assert ("Prochaine rencontre" if language == "fr" else "Next meeting") in text


def test_an_agenda_of_an_empty_register_renders_everywhere() -> None:
    agenda = make(AgendaRequest(COMING, 30), Register())
    assert agenda_markdown(agenda)
    assert agenda_docx(agenda)
    assert minutes_docx(agenda)
    assert minutes_markdown(agenda)
    assert agenda_ics(agenda, NOW)


def test_what_a_docx_cannot_hold_is_left_out() -> None:
    agenda = make(replace(REQUEST, theme="Le papier\x0bligné\x00"))
    assert "Le papier ligné" in texts(agenda_docx(agenda))
    assert "Le papier ligné" in texts(minutes_docx(agenda))
    turn = Turn(1, 1, "Où\x0best-il ?", "", {"answer": "Là.\x0c [1]", "citations": []})
    text = texts(conversation_file("Où\x0best-il ?", [turn], "docx", "fr"))
    assert text == "Où est-il ?\nOù est-il ?\nLà.  [1]"


@pytest.mark.parametrize(
    ("language", "line"), [("fr", ", p. 2 : « Là. »"), ("en", ", p. 2: “Là.”")]
)
def test_a_source_is_punctuated_as_its_language_is(language: str, line: str) -> None:
    document = {"title": "Compte rendu", "date": "2026-05-20"}
    citation = {"label": 1, "document": document, "locator": "p. 2", "quote": "Là."}
    turn = Turn(1, 1, "Où ?", "", {"answer": "Là. [1]", "citations": [citation]})
    assert line in conversation_file("Où ?", [turn], "md", language).decode()


def test_labels_in_a_row_are_written_as_a_run() -> None:
    assert layout.label_runs((1, 2, 3, 4, 7)) == "[1]–[4][7]"
    assert layout.label_runs((1, 2, 9)) == "[1][2][9]"


def test_a_list_that_an_action_announces_stays_a_list_in_one_line() -> None:
    text = "Préparer un document avec :\n    - Le modèle.\n        - Les champs\n    - Le cycle"
    assert readable(text) == "Préparer un document avec : Le modèle; Les champs; Le cycle"
    assert readable("- [ ] Envoyer\nla liste") == "Envoyer la liste"


def test_a_conversation_taken_away_keeps_headline_and_lines_of_the_register() -> None:
    said = (
        "**Deux actions restent ouvertes.**\n\n- Prêter la tablette [1]  \n  *Fatou · échue*\n"
        "- Imprimer la grille [2]\n\n> La grille\n> est prête. [2]\n\n*Compte rendu, 2026-05-20*"
    )
    turn = Turn(1, 1, "Qu'est-ce qui reste ouvert?", "", {"answer": said, "citations": []})
    markdown = conversation_file("Ouvert", [turn], "md", "fr").decode()
    assert "**Deux actions restent ouvertes.**" in markdown
    assert "*Fatou · échue*" in markdown
    assert "Compte rendu, 2026" not in markdown
    made = docx.Document(BytesIO(conversation_file("Ouvert", [turn], "docx", "fr")))
    told = [(paragraph.text, paragraph.style.name) for paragraph in made.paragraphs[2:]]
    assert told == [
        ("Deux actions restent ouvertes.", "Normal"),
        ("Prêter la tablette [1] Fatou · échue", "List Bullet"),
        ("Imprimer la grille [2]", "List Bullet"),
        ("La grille est prête. [2]", "Normal"),
    ]
