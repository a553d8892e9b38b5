"""A record that holds several sessions: each passage is of its own, and so is the register."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import postgres
import pytest
from langchain_core.documents import Document

from copassist.assistant import Assistant
from copassist.corrections import line_id
from copassist.filters import Filters
from copassist.library import Library
from copassist.settings import load_settings
from copassist.testing import FakeEmbeddings
from ingest.manysessions import by_session
from ingest.metadata import Metadata
from ingest.pipeline import Ingestion

TODAY = date(2026, 5, 1)
YEAR = """# Comptes rendus 2026

À garder sous la main : le local ferme à 17 h.

## 14 avril 2026 – École du Littoral

Présents : Anne Roy, Luc Bélanger

### Tablettes

Il est décidé que le prêt des tablettes passe à six semaines. Luc écrit la fiche d'ici le 1er mai.

## 10 mars 2026 – Teams

Présents : Anne Roy

### Tablettes

Il est décidé de prêter les tablettes quatre semaines. Anne commande deux étuis.
"""


def sections(*paths: tuple[str, ...]) -> list[Document]:
    return [Document("…", metadata={"locator": {"headings": path}}) for path in paths]


@pytest.mark.parametrize(
    ("paths", "title", "days"),
    [
        (
            [("A",), ("A", "14 avril 2026"), ("A", "14 avril 2026", "Suivis"), ("A", "2026-03-10")],
            "A", [None, "2026-04-14", "2026-04-14", "2026-03-10"],
        ),
        # the year stands in the title alone
        ([("14 avril, Littoral",), ("10 mars",)], "Notes 2026", ["2026-04-14", "2026-03-10"]),
        # another's day, and one that a point among others names
        ([("CR", "Suivis du 10 mars 2026"), ("CR", "Suivis du 14 avril 2026")], "CR", [None, None]),
        (
            [("CR", one) for one in ("Budget", "Sortie du 12 mai 2026", "Sortie du 3 juin 2026",
             "Local", "Café", "Divers")],
            "CR", [None] * 6,
        ),
        ([("CR", "14 avril 2026"), ("CR", "14 avril 2026", "Suivis")], "CR", [None, None]),
        ([(), ()], "CR", [None, None]),
    ],
)  # fmt: skip
def test_sections_are_of_their_sessions(
    paths: Sequence[tuple[str, ...]], title: str, days: list[str | None]
) -> None:
    about = Metadata(title, "minutes", "2026-01-20", "fr")
    found, dated = by_session(sections(*paths), about, "cr.docx", {}, TODAY)
    assert [one.metadata["locator"].get("day") for one in found] == days
    assert dated.date == max(filter(None, days), default="2026-01-20")


@pytest.mark.parametrize(
    ("about", "path", "headings"),
    [
        # minutes of one day, with points that other days are about
        (Metadata("PV du 12 mars 2026", "minutes", "2026-03-12", "fr"), "pv.md",
         ("12 mars 2026", "14 avril 2026")),
        (Metadata("PV", "minutes", "2026-03-12", "fr"), "pv-2026-03-12.md",
         ("12 mars 2026", "14 avril 2026")),
        (Metadata("Notes", "minutes", "2026-03-12", "fr"), "notes.md",
         ("Retour sur l'atelier du 3 février 2026", "Sortie du 20 avril 2026", "Divers")),
        # to come; programmes and guides; what is no minutes
        (Metadata("Notes", "minutes", "2026-03-12", "fr"), "notes.md",
         ("12 mai 2026", "14 juin 2026")),
        (Metadata("Programme", "other", "2026-01-10", "fr"), "programme.md",
         ("Mardi 7 avril 2026", "Mercredi 8 avril 2026")),
        (Metadata("Foire aux questions", "guide", None, "fr"), "faq.md",
         ("12 mars 2026", "14 avril 2026")),
        (Metadata("Rendez-vous", "other", "2026-03-01", "fr"), "invitation.eml",
         ("12 mars 2026", "14 avril 2026")),
    ],
)  # fmt: skip
def test_a_record_of_one_session_stays_one(
    about: Metadata, path: str, headings: Sequence[str]
) -> None:
    given = sections(*((one,) for one in headings))
    assert by_session(given, about, path, {}, TODAY) == (given, about)


@pytest.fixture
def year(library: Library, records: Callable[..., Path]) -> Library:
    Ingestion(library).run([records({"comptes rendus.md": YEAR})])
    return library


def test_the_register_has_each_session(year: Library) -> None:
    register, documents = year.register(TODAY)
    [document] = documents.values()
    assert document.date == "2026-04-14"
    assert [(one.date, one.attendance) for one in register.sessions] == [
        ("2026-03-10", 1),
        ("2026-04-14", 2),
    ]
    assert [(one.session_date, one.item, one.status) for one in register.decisions] == [
        ("2026-03-10", "Tablettes", "revised"),
        ("2026-04-14", "Tablettes", "in_force"),
    ]
    assert {(one.session_date, one.owner) for one in register.actions} == {
        ("2026-03-10", "Anne"),
        ("2026-04-14", "Luc"),
    }


def test_two_sessions_of_one_day_stay_two(library: Library, records: Callable[..., Path]) -> None:
    text = "# CR\n\n## 14 avril 2026, comité A\n\nPrésents : Anne Roy\n\n"
    text += "## 14 avril 2026, comité B\n\nPrésents : Luc Dion, Marie Bé\n\n"
    text += "## 10 mars 2026\n\nPrésents : Anne Roy\n"
    Ingestion(library).run([records({"cr.md": text})])
    register, _ = library.register(TODAY)
    assert [one.attendance for one in register.sessions] == [1, 1, 2]


def test_the_same_words_in_two_sessions_are_two_lines(
    library: Library, records: Callable[..., Path]
) -> None:
    """What is corrected of one is not corrected of the other."""
    suivis = "## {} 2026\n\nPrésents : Anne Roy\n\n### Suivis\n\n* Anne relance l'école.\n"
    text = "# Comptes rendus\n\n" + suivis.format("14 avril") + "\n" + suivis.format("10 mars")
    Ingestion(library).run([records({"cr.md": text})])
    register, _ = library.register(TODAY)
    assert len({line_id(one) for one in register.actions}) == len(register.actions) == 2


def test_a_citation_is_of_its_session(year: Library) -> None:
    answer = Assistant(year, today=lambda: TODAY).ask(
        "Combien de semaines prête-t-on les tablettes ?"
    )
    assert [one.document.date for one in answer.citations] == ["2026-04-14", "2026-03-10"]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_period_holds_the_sessions_of_it(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path, records: Callable[..., Path]
) -> None:
    address = f"sqlite:///{tmp_path / 'sessions.sqlite'}"
    if engine == "postgresql":
        address = postgres.new_database(request.getfixturevalue("postgresql"), "sessions")
    settings = load_settings(library=tmp_path / "year", catalogue_url=address, llm="none")
    with Library(settings, FakeEmbeddings()) as library:
        files = {"comptes rendus.md": YEAR, "guide.md": "# Guide\n\nRanger les étuis.\n"}
        Ingestion(library).run([records(files)])
        assert library.catalogue.days() == {"2026-03-10", "2026-04-14"}

        def found(**period: str) -> set[str | None]:
            hits = library.search("tablettes", 10, Filters(**period), TODAY)
            return {hit.document.date for hit in hits}

        assert found() >= {"2026-03-10", "2026-04-14"}
        assert found(since="2026-03", until="2026-03") == {"2026-03-10"}
        assert found(since="2026-04-01") == {"2026-04-14"}

        library.edit("guide.md", {"date": "2026-04"})
        assert found(since="2026-04-12", until="2026-04-14") == {"2026-04-14", "2026-04"}
        assert found(day="2026-04-14") == {"2026-04-14"}
        for by_words, period in ((True, {"since": "2026-04-12"}), (False, {"day": "2026-04-14"})):
            hits = library.search("étuis", 10, Filters(**period), TODAY)
            assert any("lexical" in hit.signals for hit in hits) is by_words
