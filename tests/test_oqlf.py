"""What the product writes in French follows the usage it promises (OQLF; docs of the field).

Read: every French words file, the French texts of the activity formats, the prompts, and agendas
drafted from a register. "Varia" is recognised on reading, in code, and never written.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from agenda_material import COMING, DOCUMENTS, REGISTER, TODAY

from copassist.agendas import AgendaRequest, draft
from copassist.formats import load_formats
from copassist.render import (
    agenda_docx,
    agenda_ics,
    agenda_markdown,
    minutes_docx,
    minutes_markdown,
)
from copassist.ui.agendapage import page as shown
from copassist.words import flatten

ROOT = Path(__file__).resolve().parents[1]

ROLES = (
    r"animateurs?|modérateurs?|facilitateurs?|présentateurs?|rédacteurs?|rapporteurs?"
    r"|coordonnateurs?|coordinateurs?|organisateurs?|participants?|utilisateurs?|intervenants?"
    r"|directeurs?|enseignants?|conseillers?|présidents?|administrateurs?|employés?|délégués?"
    r"|consultants?|chargés?"
)
FEMININE = r"(?:\w*(?:trice|ante|ente|ère|euse|ée)s?)"
RULES = {
    "varia": r"\bvaria\b",
    "seconder": r"\bsecond(?:er|é|ée|és|ées|eur|euse|ent)\b",
    "point médian": r"\w[·•‧∙]\w",
    "abbreviated doublet": r"\w\((?:e|ne|trice|ère|euse)s?\)|\w-e-s\b|\w\.e\.s\b",
    "anonymisé": r"\banonymis\w+",
    "compte-rendu": r"\bcomptes?-rendus?\b",
    "e-mail, chat, cloud": r"\b(?:e-?mails?|chat|cloud|brainstorming|meeting|feedback)\b",
}
ROLE = re.compile(rf"\b(?:{ROLES})\b", re.IGNORECASE)


def faults(text: str) -> Iterator[str]:
    """Every fault of ``text``: the rule and the words around."""
    for name, pattern in RULES.items():
        for found in re.finditer(pattern, text, re.IGNORECASE):
            yield f"{name}: {text[max(0, found.start() - 20) : found.end() + 20]}"
    for found in ROLE.finditer(text):
        around = text[max(0, found.start() - 40) : found.end() + 40]
        pair = rf"{FEMININE}\s+(?:et|ou)\s+{found.group()}|{found.group()}\s+(?:et|ou)\s+{FEMININE}"
        if not re.search(pair, around, re.IGNORECASE):
            yield f"generic masculine: {around}"


@pytest.mark.parametrize(
    "text",
    [
        "Varia",
        "Proposé par Luc, secondé par Amina",
        "les participant·e·s",
        "les participants",
        "Animateur : ________",
        "un(e) animateur(trice)",
        "les données anonymisées",
        "le compte-rendu",
    ],
)
def test_the_lint_sees_a_fault(text: str) -> None:
    assert list(faults(text))


@pytest.mark.parametrize(
    "text",
    [
        "Questions diverses",
        "les participantes et participants",
        "conseillères et conseillers",
        "Animation : ________",
        "dans une seconde",
        "Prise de notes",
    ],
)
def test_the_lint_lets_good_french_pass(text: str) -> None:
    assert not list(faults(text))


def test_words_shown_in_french_follow_the_rules() -> None:
    files = sorted((ROOT / "copassist" / "data").glob("*.fr.toml"))
    assert files
    found = [
        f"{path.name}, {key}: {fault}"
        for path in files
        for key, text in flatten(tomllib.loads(path.read_text("utf-8"))).items()
        for fault in faults(text)
    ]
    assert not found


def test_the_formats_follow_the_rules() -> None:
    found = []
    for one in load_formats():
        texts = [one.name_fr, one.purpose("fr"), one.record("fr"), one.online_variant("fr")]
        texts += [*one.roles, *one.material("fr"), *(step.title_fr for step in one.steps)]
        found += [f"{one.id}: {fault}" for text in texts for fault in faults(text)]
    assert not found


def test_the_prompts_follow_the_rules() -> None:
    # a prompt quotes what it forbids between guillemets: only its own words are read
    found = [
        f"{path.name}: {fault}"
        for path in sorted((ROOT / "prompts").glob("*.md"))
        if not path.name.endswith(".en.md")
        for fault in faults(re.sub(r"«[^»]*»|\"[^\"]*\"", "", path.read_text("utf-8")))
    ]
    assert not found


def docx_text(data: bytes) -> str:
    """All that a Word file says: body, tables, headers and footers."""
    parts = [name for name in ZipFile(BytesIO(data)).namelist() if name.startswith("word/")]
    texts = [ZipFile(BytesIO(data)).read(name).decode() for name in parts if name.endswith(".xml")]
    paragraphs = (re.split(r"</w:p>", text) for text in texts)
    said = (
        "".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", one)) for many in paragraphs for one in many
    )
    return unescape("\n".join(said))


@pytest.mark.parametrize("style", ["light", "formal"])
@pytest.mark.parametrize("minutes", [30, 90, 180, 240])
def test_agendas_and_templates_follow_the_rules(style: str, minutes: int) -> None:
    for people in (None, 6, 30):
        request = AgendaRequest(COMING, minutes, people, "hybrid", style=style, start="09:00")
        agenda = draft(request, REGISTER, DOCUMENTS, load_formats(), TODAY, ["Quel cahier ?"])
        now = datetime(2026, 11, 22, tzinfo=UTC)
        written = [
            agenda_markdown(agenda),
            minutes_markdown(agenda),
            agenda_ics(agenda, now).decode().replace("\r\n ", ""),
            "\n".join(agenda.warnings),
            docx_text(agenda_docx(agenda)),
            docx_text(minutes_docx(agenda)),
            shown(agenda, "fr"),
        ]
        assert not [fault for text in written for fault in faults(text)]
