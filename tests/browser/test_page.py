"""The page in Chromium: what people do, in French and in English, on a laptop and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import docx
import pytest
from driving import PHONE, Site
from playwright.sync_api import Page, expect

from app import SAMPLES

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    # Gradio 6 with pandas 3, in its own queue's statistics
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting'"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]

expect.set_options(timeout=90_000)  # a machine with other work to do

SENTENCE: Final = "Mireille apportera quarante crayons courts à la rencontre du 20 mai."
QUESTION: Final = "Qui apportera les crayons courts?"


@pytest.fixture
def minutes(tmp_path: Path) -> Path:
    """A Word record made here."""
    made = docx.Document()
    made.add_heading("Compte rendu du 15 avril 2026", 1)
    made.add_heading("Suivis", 2)
    made.add_paragraph(SENTENCE)
    made.add_heading("Budget", 2)
    made.add_paragraph("Le budget du papier ligné est adopté : deux cents dollars.")
    path = tmp_path / "2026-04-15 Compte rendu été.docx"
    made.save(str(path))
    return path


def upload(page: Page, *files: Path) -> None:
    page.get_by_role("tab", name="Documents").click()
    page.locator("#upload input[type=file]").set_input_files([str(file) for file in files])
    expect(page.locator("#batch .cop-outcomes li")).to_have_count(len(files))


def fit(page: Page) -> None:
    """Nothing wider than the window."""
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def ask(page: Page, question: str) -> None:
    page.get_by_role("tab").first.click()
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#sources .cop-busy")).to_have_count(0)
    expect(page.locator("#sources .cop-sources")).to_be_visible()


def test_a_record_goes_in_answers_and_goes_away(
    visit: Callable[..., Page], site: Site, minutes: Path, shot: Callable[[Page, str], None]
) -> None:
    page = visit()
    assert page.url == f"{site.address}/fr/"
    shot(page, "demander-vide")
    upload(page, minutes)
    expect(page.locator("#batch .cop-added")).to_contain_text(minutes.name)
    expect(page.locator("#documents")).to_contain_text("2026-04-15")
    shot(page, "documents-depot")

    ask(page, QUESTION)
    card = page.locator("#sources .cop-card").first
    expect(card.locator("blockquote")).to_have_text(SENTENCE)
    expect(card).to_contain_text("15 avril 2026")
    shot(page, "demander-reponse")
    page.locator("#chat a[href*='#source-']").first.click()
    expect(page.locator("#sources mark")).to_have_text(SENTENCE)
    expect(page.locator("#sources mark")).to_be_in_viewport()
    shot(page, "source-word")
    with page.expect_download() as download:
        page.locator("#sources a[download]").click()
    assert download.value.suggested_filename == minutes.name
    assert Path(download.value.path()).read_bytes() == minutes.read_bytes()

    page.get_by_role("tab", name="Documents").click()
    choose(page)
    page.get_by_role("button", name="Retirer…").click()
    expect(page.get_by_text("sera retiré pour de bon")).to_be_visible()
    shot(page, "documents-retirer")
    page.get_by_role("button", name="Retirer pour de bon").click()
    expect(page.locator("#said .cop-done")).to_be_visible()

    ask(page, QUESTION)
    expect(page.locator("#sources")).to_contain_text("Rien trouvé")
    expect(page.locator("#sources")).not_to_contain_text("quarante")
    expect(page.locator("#chat")).not_to_contain_text("quarante")
    shot(page, "demander-rien")
    assert list((site.workspace.library.folder / "originals").glob("*/*")) == []


def choose(page: Page) -> None:
    """The first document, by its row."""
    page.locator("#documents [role=gridcell]:visible").first.click()
    expect(page.get_by_role("button", name="Retirer…")).to_be_visible()


def test_a_correction_is_kept(visit: Callable[..., Page], minutes: Path) -> None:
    page = visit()
    upload(page, minutes)
    choose(page)
    date = page.get_by_label("Date de la rencontre", exact=True).last
    date.fill("mai")
    page.get_by_role("button", name="Enregistrer les corrections").click()
    expect(page.locator("#said .cop-problem")).to_contain_text("AAAA-MM-JJ")
    date.fill("2026-05-20")
    page.get_by_role("button", name="Enregistrer les corrections").click()
    expect(page.locator("#documents")).to_contain_text("2026-05-20")


def test_english_dark_on_a_phone(
    visit: Callable[..., Page], minutes: Path, shot: Callable[[Page, str], None]
) -> None:
    page = visit(locale="en-CA", viewport=PHONE, color_scheme="dark", has_touch=True)
    assert page.url.endswith("/en/")
    assert page.locator("html").get_attribute("lang") == "en"
    shot(page, "ask-empty-phone-dark")
    upload(page, minutes)
    expect(page.locator("#batch")).to_contain_text("added")
    fit(page)
    shot(page, "documents-phone-dark")
    ask(page, "Qui apportera les crayons courts?")
    shot(page, "ask-answer-phone-dark")
    page.get_by_role("button", name="See source 1 in the document").click()
    expect(page.locator("#sources mark")).to_be_in_viewport()
    shot(page, "source-phone-dark")
    fit(page)
    page.get_by_role("link", name="Français").click()
    page.wait_for_selector("#question textarea")
    assert page.url.endswith("/fr/")


def test_a_pdf_opens_at_its_page_with_the_words_marked(
    visit: Callable[..., Page], shot: Callable[[Page, str], None]
) -> None:
    [pdf] = SAMPLES.rglob("2026-06-17*.pdf")
    page = visit()
    upload(page, pdf)
    ask(page, "Qu'est-ce qui est reporté à l'automne au sujet de l'écriture au clavier?")
    page.locator("#sources [data-act=open]").first.click()
    box = page.locator("#sources .cop-box").first
    expect(box).to_be_in_viewport()
    picture = page.locator("#sources .cop-page img")
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 1100
    shot(page, "source-pdf")
    page.get_by_role("tab", name="Documents").click()
    expect(page.get_by_text("communauté fictive, là pour essayer")).to_be_visible()
    page.get_by_role("button", name="Retirer la communauté fictive").click()
    expect(page.locator("#said .cop-done")).to_be_visible()
    shot(page, "documents-vide")


def test_a_closed_window_loses_nothing(visit: Callable[..., Page], minutes: Path) -> None:
    page = visit()
    upload(page, minutes)
    ask(page, QUESTION)
    page.reload()
    page.wait_for_selector("#question textarea")
    expect(page.locator("#sources blockquote").first).to_have_text(SENTENCE)
    expect(page.locator("#chat")).to_contain_text(QUESTION)
    page.get_by_role("tab", name="Documents").click()
    expect(page.locator("#batch .cop-added")).to_contain_text(minutes.name)


def test_the_keyboard_alone_asks_and_opens(visit: Callable[..., Page], minutes: Path) -> None:
    page = visit()
    upload(page, minutes)
    page.get_by_role("tab").first.click()
    page.locator("#question textarea").focus()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("#sources .cop-card").first).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.dataset?.act") == "open":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#sources mark")).to_have_text(SENTENCE)
    assert page.evaluate("document.activeElement.tagName") == "H2"
