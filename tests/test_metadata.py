"""Titles, kinds, dates and languages without forms, as real names and headings have them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from langchain_core.documents import Document

from copassist.notes import describe
from ingest.metadata import Metadata, guess_metadata

TODAY = date(2026, 11, 22)


def guess(path: str, text: str = "", *headings: str, **properties: Any) -> Metadata:
    metadata = {"locator": {"headings": headings}, "unit": "prose"}
    return guess_metadata(path, [Document(page_content=text, metadata=metadata)], properties, TODAY)


@pytest.mark.parametrize(
    ("path", "text", "headings", "properties", "expected"),
    [
        ("CR/2018-10-17.md", "Présents\n- Anne", ("Comité",), {}, "2018-10-17"),
        ("Réunions/2024-07-11.md", "Notes", ("11 July 2094",), {}, "2024-07-11"),
        ("meetings/2024-11-14.md", "Notes", ("10 October 2024",), {}, "2024-11-14"),
        (
            "meetings/2024-10-10.md",
            "Held on 25 September 2024",
            ("10 October 2024",),
            {},
            "2024-10-10",
        ),
        (
            "_posts/2013-06-12-compte-rendu-du-10-juin-2013.md",
            "",
            (),
            {"date": "2013-06-12"},
            "2013-06-10",
        ),
        ("_posts/2012-12-21-compte-rendu-reunion-du-1712.md", "", (), {}, "2012-12-17"),
        ("2013-02-14-compte-rendu-reunion-du-11-fevrier.md", "", (), {}, "2013-02-11"),
        ("2014-01-07-compte-rendu-du-18-decembre.md", "", (), {}, "2013-12-18"),
        ("compte rendu des réunions du 18 et 25 février 2013.docx", "", (), {}, "2013-02-25"),
        ("CR-GT-7.md", "**Date:** 01.02.2023", ("Compte Rendu Groupe n°7",), {}, "2023-02-01"),
        (
            "Compte rendu.docx",
            "Réunion du 12 mars 2024\nAdoption du PV du 9 février 2024",
            (),
            {},
            "2024-03-12",
        ),
        (
            "Compte rendu.docx",
            "Adoption du compte rendu du 9 février 2024\nDate : 12 mars 2024",
            (),
            {},
            "2024-03-12",
        ),
        ("Compte rendu.docx", "Prochaine rencontre : le 9 avril 2024", (), {}, None),
        ("CR comité de suivi 2024-03-12.md", "", (), {}, "2024-03-12"),
        ("CR version finale 2024-03-12.docx", "", (), {}, "2024-03-12"),
        ("a.md", "Procès-verbal de la séance publique du 12 mars 2024", (), {}, "2024-03-12"),
        ("a.md", "Comité de suivi, 12 mars 2024", (), {}, "2024-03-12"),
        (
            "a.md",
            "Compte rendu de la dernière rencontre de l'année, 12 mars 2024",
            (),
            {},
            "2024-03-12",
        ),
        ("a.md", "Meeting hosted by the library, March 12, 2024", (), {}, "2024-03-12"),
        ("a.md", "Minutes of the reporting committee, March 12, 2024", (), {}, "2024-03-12"),
        ("a.md", "Suivi de la réunion du 9 avril 2024", (), {}, None),
        ("2023-2024/CR 12 mars.docx", "", (), {}, "2024-03-12"),
        ("2023-2024/CR 3 octobre.docx", "", (), {}, "2023-10-03"),
        ("Rencontre 2024-03-12/notes de réunion.docx", "", (), {}, "2024-03-12"),
        ("PV_20240312.pdf", "", (), {}, "2024-03-12"),
        ("PV 12-03-2024.pdf", "", (), {}, "2024-03-12"),
        ("Minutes March 12, 2024.docx", "", (), {}, "2024-03-12"),
        ("minutes.docx", "Meeting held on Tuesday, March 12th, 2024", (), {}, "2024-03-12"),
        ("Compte rendu mars 2024.docx", "", (), {}, None),
        (
            "Compte rendu.docx",
            "Séance du 1er avril 2024",
            (),
            {"created": "2024-05-30T10:00:00"},
            "2024-04-01",
        ),
        ("Guide d'animation.docx", "Publié par l'équipe le 3 mai 2021", (), {}, None),
        ("notes de réunion.md", "Texte", (), {"date": "2024-03-12"}, "2024-03-12"),
        ("Compte rendu.md", "Réunion du 31 février 2024", (), {}, None),
    ],
)
def test_session_dates(
    path: str,
    text: str,
    headings: tuple[str, ...],
    properties: dict[str, Any],
    expected: str | None,
) -> None:
    assert guess(path, text, *headings, **properties).date == expected


def test_disagreement_is_told() -> None:
    found = guess("meetings/2024-11-14.md", "Notes", "10 October 2024")
    assert found.notes == ("note.date_doubt?chosen=2024-11-14&other=2024-10-10",)
    assert "2024-10-10" in describe(found.notes[0], "fr")
    assert "2024-10-10" in describe(found.notes[0], "en")


def test_a_date_too_far_ahead_is_not_kept() -> None:
    found = guess("Réunions/notes de réunion.md", "Notes", "11 July 2094")
    assert found.date is None
    assert found.notes == ("note.date_implausible?other=2094-07-11",)


def test_a_record_posted_later_is_no_disagreement() -> None:
    assert guess("2013-06-12-compte-rendu-du-10-juin-2013.md").notes == ()


def test_month_alone_is_told() -> None:
    assert guess("Compte rendu mars 2024.docx").notes == ("note.date_incomplete?other=2024-03",)


@pytest.mark.parametrize(
    ("path", "text", "heading", "kind"),
    [
        ("2018-10-30 Procès-verbal.md", "", "", "minutes"),
        ("April 11 2026 meeting.docx", "Present | Ann, Dev\nAway | Kyle", "Seed group", "minutes"),
        ("2025-11-26 notes.md", "présents MT, JP, DF, ÉR\n\nnext 17 déc", "26 nov ❄️", "minutes"),
        ("Correction guide p5.eml", "Ne pas tenir compte de la page 5.", "", "other"),
        ("Rencontres/2018-10-17.md", "", "Conseil", "minutes"),
        ("Personnes/2018-11-29.md", "## Présents\n- Anne\n## Actions\n- rien", "Groupe", "minutes"),
        ("Rencontres/README.md", "", "Comptes rendus", "other"),
        ("Guide d'animation.docx", "", "", "guide"),
        ("4_FAQ.md", "", "Foire aux questions", "guide"),
        ("Gabarit de compte rendu.docx", "", "", "tool"),
        ("Gabarit d'ordre du jour.docx", "", "", "tool"),
        ("suivi.xlsx", "", "", "tool"),
        ("Ordre du jour 2024-03-12.docx", "", "", "other"),
        ("2015-01-03-bientot-assemblee-generale.md", "", "", "other"),
        ("guides/versions.md", "", "", "guide"),
        ("photo.md", "Une image", "", "other"),
        ("notes 12 juin.txt", "CDP - 12 juin 2025\nprésents: Nadia, Sylvain", "", "minutes"),
        (
            "may13 notes.txt",
            "May 13 2025, The Shop\nhere: Dana, Tom\n\nNEXT june 17",
            "",
            "minutes",
        ),
        ("Note dictée 30 oct.docx", "jeudi 30 octobre, on était chez Nadia", "", "minutes"),
        (
            "Bilan - 11 dec 2025.pptx",
            "So, decided today\nLaser: 6 months\nNext: January",
            "",
            "minutes",
        ),
        ("notes sur la lecture.txt", "Lire à voix haute.", "", "other"),
        # who wrote, who was there and what is to do, as people put it
        (
            "notes chez Luc.txt",
            "notes prises par luc\n\nmardi 4 mars 2025\npresents: ana, rémi\n\nà faire\n- appeler",
            "",
            "minutes",
        ),
        ("Réseau 4 mars 2025.docx", "Everyone sat down. All present.", "", "minutes"),
        ("2025-03-04.md", "Luc late. Present Ana, Rémi, Zoé and me.", "", "minutes"),
        ("2025-03-04.docx", "The yard, 4 March 2025. Minutes by Ana Roy.", "", "minutes"),
        ("2025-03-04.docx", "In the room: Ana, Luc\n\nFollow-up", "", "minutes"),
        (
            "mars.txt",
            "Transcription automatique (après la réunion)\n\nrencontre du 4",
            "",
            "minutes",
        ),
        ("May meeting, autotranscript.txt", "Ana: are we recording?\nLuc: yes", "", "minutes"),
        ("Prise de notes en réunion.txt", "Écrire peu, relire vite.", "", "other"),
        # notes taken in a hurry
        (
            "2025-05-27_notes_karim.txt",
            "CdP / renc. 2\n\nprés: Mél, JG, moi. abs: KB",
            "",
            "minutes",
        ),
        (
            "notes_2025-06-05_luc.txt",
            "GABARIT 5 juin 25\n\nprés : RT, SG. Abs : Jo.",
            "",
            "minutes",
        ),
        ("notes-sept16-2025.txt", "ARKC sept 16 2025\nhere MD JP LT me", "", "minutes"),
        ("notes-sept16-2025.txt", "Here Be Dragons, by N. Ott, is long.", "", "other"),
        ("2026-09-17.txt", "Objet : La rencontre de ce matin\n\nOn était six.", "", "minutes"),
        ("bilan_annuel_2025.md", "Le Gabarit, une première année", "Le Gabarit", "other"),
    ],
)
def test_kinds(path: str, text: str, heading: str, kind: str) -> None:
    assert guess(path, text, *([heading] if heading else [])).kind == kind


@pytest.mark.parametrize(
    ("path", "text", "properties", "day"),
    [
        # a weekday beside the day tells the year, counted back from when the file was made
        ("Jan 20 memo.docx", "it's Tuesday January 20th", {"created": "2026-01-21"}, "2026-01-20"),
        # in short too, and of another day nearby
        ("notes 16 apr.txt", "webinar wed 15 apr: 38 live", {}, "2026-04-16"),
        ("notes 16 avr.txt", "atelier mer. 15 avr.", {}, "2026-04-16"),
        ("notes 16 avr.txt", "la fiche : Sam 15 avr", {}, None),
        ("note 30 oct.docx", "jeudi soir 30 octobre", {"modified": "2025-11-02"}, "2025-10-30"),
        (
            "cr.docx",
            "mardi 17 juin",
            {"created": "2024-07-01", "modified": "2025-06-18"},
            "2025-06-17",
        ),
        (
            "notes 12 juin.docx",
            "",
            {"created": "2013-12-23", "modified": "2025-06-20"},
            "2025-06-12",
        ),
        # what stands at the top with its year tells it; the day of a template never does
        (
            "Ordre du jour 8 déc.docx",
            "Ordre du jour du 8 décembre 2025\n\n1. Mot de bienvenue",
            {"created": "2013-12-23"},
            "2025-12-08",
        ),
        ("Ordre du jour 8 déc.docx", "1. Mot de bienvenue", {"created": "2013-12-23"}, None),
        # a file made soon after a day tells its year; one made long after does not
        ("CR 12 mars.docx", "Suivis", {"created": "2025-04-01"}, "2025-03-12"),
        ("CR 12 mars.docx", "Suivis", {"created": "2025-12-01"}, None),
        # a mail is of the day it was sent, whatever day it is about
        ("RE_ rencontre du 21 mai.eml", "On déplace au 28.", {"date": "2026-04-17"}, "2026-04-17"),
    ],
)
def test_a_day_without_its_year(
    path: str, text: str, properties: dict[str, Any], day: str | None
) -> None:
    kind = {} if path.endswith(".eml") else {"kind": "minutes"}
    assert guess(path, text, **kind, **properties).date == day


def test_a_heading_tells_the_year_that_the_name_leaves_out() -> None:
    found = guess("Agenda Dec 8.docx", "", "Agenda: 8 December 2025", created="2025-01-20")
    assert found.date == "2025-12-08"


def test_kind_stated_in_front_matter_wins() -> None:
    assert guess("2018-10-30 Procès-verbal.md", kind="guide").kind == "guide"


@pytest.mark.parametrize(
    ("path", "heading", "properties", "title"),
    [
        ("a.md", "Suivis du groupe", {"title": "Bilan de l&#8217;année"}, "Bilan de l’année"),
        (
            "Guide.pdf",
            "1. À qui s'adresse ce guide",
            {"title": "Le crayon", "created": "x"},
            "Le crayon",
        ),
        ("Le crayon.txt", "1. À qui s'adresse ce guide", {}, "Le crayon"),
        ("a.pdf", "", {"title": "Microsoft Word - Document1", "created": "x"}, "A"),
        ("Guide_d-accueil.docx", "", {"title": "Présentation PowerPoint"}, "Guide d-accueil"),
        ("Plan-de-travail.docx", "", {}, "Plan de travail"),
        (
            "x.docx",
            "Charte du groupe",
            {"title": "Vieux titre", "created": "x"},
            "Charte du groupe",
        ),
        ("Rencontres/2018-10-17.md", "17 octobre 2018", {}, "Rencontres, 2018-10-17"),
        ("outils/README.md", "", {}, "Outils"),
        ("a.md", "**Titre** [lien](http://x.y)", {}, "Titre lien"),
    ],
)
def test_titles(path: str, heading: str, properties: dict[str, Any], title: str) -> None:
    assert guess(path, "", *([heading] if heading else []), **properties).title == title


def test_language_of_the_content() -> None:
    assert guess("a.md", "The board will meet in May with the members.").language == "en"
    assert guess("a.md", "Le comité se réunit en mai avec les membres.").language == "fr"


def test_real_minutes_named_by_their_day_keep_it(shared: Any) -> None:
    folder = shared / "corpus" / "en_git_lab_book_cop" / "docs" / "community" / "meetings"
    paths = sorted(folder.glob("20*.md"))
    assert len(paths) >= 10
    for path in paths:
        text = path.read_text(encoding="utf-8")
        heading = text.splitlines()[0].removeprefix("# ")
        found = guess(f"meetings/{path.name}", text, heading)
        assert (found.kind, found.date) == ("minutes", path.stem)


def sections(*texts: tuple[str, tuple[str, ...]]) -> list[Document]:
    return [
        Document(page_content=text, metadata={"locator": {"headings": headings}, "unit": "prose"})
        for text, headings in texts
    ]


NAMED = "Compte rendu – Biblios du Bas-Fleuve"
TITLED = f"{NAMED}\n\n18 mars 2025, visioconférence"
ABOUT = "notes rapides de la rencontre du 16 septembre 2025"
MAIL = f"De : Maude\nObjet : {ABOUT}\n\nBonjour,"


@pytest.mark.parametrize(
    ("path", "texts", "title", "kind"),
    [
        (
            "CR.docx",
            [(TITLED, ()), ("Suivis\n\n…", ("Suivis",))],
            TITLED.split("\n", maxsplit=1)[0],
            "minutes",
        ),
        ("a.docx", [("Suivis\n\nAnne.", ("Suivis",)), ("B", ("Prêt",))], "Prêt", "other"),
        ("a.txt", [(MAIL, ()), ("NAVETTES\n…", ("NAVETTES",))], ABOUT, "minutes"),
        ("Prêts.pdf", [("Avis", ()), ("Liens", ("Liens",)), ("B", ("B",))], "Prêts", "other"),
        (
            "a.pdf",
            [("T", ("Bilan",)), ("A", ("Bilan", "A")), ("B", ("Bilan", "B"))],
            "Bilan",
            "other",
        ),
        ("Prêts.docx", [("Présences : Anne, Karim\n\nLe 12 mars.", ())], "Prêts", "other"),
    ],
)
def test_a_title_may_stand_above_all_headings(
    path: str, texts: list[tuple[str, tuple[str, ...]]], title: str, kind: str
) -> None:
    found = guess_metadata(path, sections(*texts), {}, TODAY)
    assert (found.title, found.kind) == (title, kind)
