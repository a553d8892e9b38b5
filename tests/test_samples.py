"""The fictional community of ``samples/``: readable, consistent, and said to be fictional."""

from __future__ import annotations

import importlib.util
import io
import json
import re
import sys
import zipfile
from collections import Counter
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

PROJECT: Final = Path(__file__).resolve().parents[1]
SAMPLES: Final = PROJECT / "samples"
COMMUNITY: Final = SAMPLES / "graphomotricite"
QUESTIONS: Final = PROJECT / "tests" / "data" / "sample_questions.jsonl"

MEMBERS: Final = {
    "Anne-Sophie": "Bélanger",
    "David": "Paquette",
    "Fatou": "Diallo",
    "Geneviève": "Lacasse",
    "Karim": "Benali",
    "Lucie": "Gauthier-Nadon",
    "Mireille": "Desrosiers",
    "Nathalie": "Voyer",
    "Patrick": "Thibodeau",
    "Samuel": "Ouellet",
}
SESSIONS: Final = {
    "2025-09-24": ("Geneviève", "Karim", 90),
    "2025-11-05": ("Fatou", "Mireille", 90),
    "2025-12-10": ("Samuel", "Lucie", 90),
    "2026-01-28": ("Nathalie", "Geneviève", 90),
    "2026-03-11": ("Mireille", "Samuel", 90),
    "2026-04-15": ("Patrick", "Nathalie", 60),
    "2026-05-20": ("Lucie", "Fatou", 60),
    "2026-06-17": ("Geneviève", "David", 120),
    "2026-09-16": ("Karim", "Patrick", 90),
    "2026-10-28": ("David", "Mireille", 120),
}
"""Date: facilitation, note-taking, minutes."""
REPLACED: Final = {"2026-03-11": "Anne-Sophie"}
"""Announced to take notes, absent that day."""
NEXT: Final = ("2026-12-09", "Fatou", "Samuel")
MONTHS: Final = {"01": "janvier", "03": "mars", "04": "avril", "05": "mai", "06": "juin"} | {
    "09": "septembre",
    "10": "octobre",
    "11": "novembre",
    "12": "décembre",
}


def folded(text: str) -> str:
    return " ".join(text.split())


def text_of(path: Path) -> str:
    """The text as a reader of that type gives it: Markdown raw, Word with its tables, PDF pages."""
    match path.suffix:
        case ".docx":
            import docx

            document = docx.Document(str(path))
            cells = [
                cell.text for table in document.tables for row in table.rows for cell in row.cells
            ]
            return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)
        case ".pdf":
            import pypdf

            return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
        case _:
            return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Folded text of every sample, by its path relative to ``samples/``."""
    return {
        path.relative_to(SAMPLES).as_posix(): folded(text_of(path))
        for path in sorted(COMMUNITY.rglob("*.*"))
    }


@pytest.fixture(scope="module")
def minutes(texts: dict[str, str]) -> dict[str, str]:
    """Folded text of every compte rendu, by its date."""
    return {
        Path(path).name[:10]: text for path, text in texts.items() if "/Comptes rendus/" in path
    }


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "make_samples", PROJECT / "scripts" / "make_samples.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def questions() -> list[dict[str, Any]]:
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def test_there_are_enough_documents_of_each_kind(texts: dict[str, str]) -> None:
    folders = Counter(path.split("/")[1] for path in texts)
    assert folders["Comptes rendus"] == 10
    assert folders["Guides"] == 2
    assert folders["Outils"] == 3
    suffixes = Counter(Path(path).suffix for path in texts)
    assert suffixes[".docx"] >= 3
    assert suffixes[".pdf"] >= 3
    assert suffixes[".md"] >= 3


def test_every_sample_says_that_it_is_fictional(texts: dict[str, str]) -> None:
    lines = ("Communauté fictive – document d'exemple", "Fictional community – sample document")
    for path, text in texts.items():
        assert any(line in text.replace("’", "'") for line in lines), path
    assert "Tout est fictif" in (SAMPLES / "README.md").read_text(encoding="utf-8")


def test_pdf_text_keeps_its_accents_and_apostrophes() -> None:
    text = folded(text_of(COMMUNITY / "Guides" / "Guide de la tenue du crayon.pdf"))
    assert "Échauffement moteur quotidien de cinq minutes" in text
    assert "l’ergothérapeute" in text


@pytest.mark.parametrize("question", questions(), ids=lambda question: question["id"])
def test_every_gold_quote_stands_in_its_document(
    question: dict[str, Any], texts: dict[str, str]
) -> None:
    assert question["answerable"] == bool(question["gold_files"])
    for path in question["gold_files"]:
        assert folded(question["gold_quote"]) in texts[path]
    for path in question.get("also_answered_by", []):
        assert path in texts
    assert bool(question["gold_quote"]) == bool(question.get("reference_answer"))


def test_questions_are_spread_over_languages_and_documents() -> None:
    every = questions()
    languages = Counter(question["id"].split("-")[1] for question in every)
    assert len(every) == len({question["id"] for question in every}) == 24
    assert languages["fr"] >= 18
    assert languages["en"] >= 3
    assert sum(not question["answerable"] for question in every) >= 5
    assert len({path for question in every for path in question["gold_files"]}) >= 10


def test_people_keep_their_names(texts: dict[str, str]) -> None:
    for path, text in texts.items():
        for first, last in MEMBERS.items():
            following = re.findall(rf"{first} ([A-Z]\w+(?:-[A-Z]\w+)?)", text)
            assert set(following) <= {last}, path
            preceding = re.findall(rf"([\w-]+) {last}", text)
            assert set(preceding) <= {first}, path


def test_every_session_names_the_roles_and_the_next_one(minutes: dict[str, str]) -> None:
    assert list(minutes) == list(SESSIONS)
    roles = [(date, who[0], who[1]) for date, who in SESSIONS.items()]
    for (date, facilitation, notes), following in zip(roles, [*roles[1:], NEXT], strict=True):
        said = re.findall(r"Animation\W+([A-Z][\w-]+)", minutes[date])
        noted = re.findall(r"Prise de notes\W+([A-Z][\w-]+)", minutes[date])
        assert (said[0], noted[0]) == (facilitation, notes), date
        assert said[-1] == following[1], date
        assert noted[-1] == REPLACED.get(following[0], following[2]), date
        year, month, day = following[0].split("-")
        announcement = minutes[date].rpartition("Prochaine rencontre")[2]
        assert f"{int(day)} {MONTHS[month]} {year}" in announcement, date


def test_minutes_of_items_add_up_to_the_session(minutes: dict[str, str]) -> None:
    for date, (_, _, length) in SESSIONS.items():
        assert sum(map(int, re.findall(r"\((\d+) min\)", minutes[date]))) == length, date


def test_every_session_follows_the_skeleton(minutes: dict[str, str]) -> None:
    skeleton = (
        "Mot de bienvenue",
        "Suivis",
        "Activité :",
        "Questions diverses",
        "Récolte et appréciation",
        "Prochaine rencontre",
    )
    for date, text in minutes.items():
        headless = re.sub(r"## (\d+\. )?", "", text)
        places = [headless.find(title) for title in skeleton]
        assert -1 not in places, date
        assert places == sorted(places), date


def test_wording_is_that_of_quebec(texts: dict[str, str]) -> None:
    for path, text in texts.items():
        lowered = text.lower()
        assert not re.search(r"\bvaria\b|\bsecond(?:é|er|ée)\b|compte-rendu", lowered), path
        assert not re.search(r"\w·\w", lowered), path


def test_activities_are_known_formats_within_their_bounds(minutes: dict[str, str]) -> None:
    kept = resources.files("copassist").joinpath("data/formats.json")
    formats = json.loads(kept.read_text(encoding="utf-8"))
    for date, text in minutes.items():
        found = re.search(r"Activité : (.{5,90}?) \((\d+) min\)", text.replace("’", "'"))
        assert found is not None, date
        title, length = found[1], int(found[2])
        known = [item for item in formats if title.startswith(item["name_fr"].split(" (")[0])]
        assert len(known) == 1, (date, title)
        assert known[0]["total_minutes_min"] <= length <= known[0]["total_minutes_max"], date
        assert not known[0]["confidential_by_default"] or "Activité confidentielle" in text, date


def test_made_files_hold_what_their_sources_say(maker: ModuleType, texts: dict[str, str]) -> None:
    sources = sorted(maker.SOURCES.rglob("*.md"))
    assert sources
    for source in sources:
        target = maker.target_of(source, maker.SAMPLES)
        made = re.sub(r"\d+ / \d+(?= |$)", "", texts[target.relative_to(SAMPLES).as_posix()])
        made = "".join(made.split())
        for block in maker.read_blocks(source.read_text(encoding="utf-8")):
            parts = (
                [cell for row in block.rows for cell in row]
                if isinstance(block, maker.Table)
                else [block.text]
            )
            for part in parts:
                assert "".join(part.replace("**", "").split()) in made, (target.name, part)


def test_made_files_carry_no_date_of_the_day(maker: ModuleType) -> None:
    blocks = maker.read_blocks("# Titre\n\n| a | b |\n|---|---|\n| 1 | **2** |\n")
    made = maker.make_docx(blocks, "fr-CA")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        dates = {member.date_time for member in archive.infolist()}
    assert dates == {maker.MADE.timetuple()[:6]}
    assert made == maker.make_docx(blocks, "fr-CA")
