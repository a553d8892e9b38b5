"""The page in Chromium: what is found again, the keyboard alone, large text, conversations."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from driving import AT_ONCE, LAPTOP, PHONE, TABS, Site, ask, choose, drop, fit, settled, tab
from playwright.sync_api import Browser, Page, expect

from app import SAMPLES
from copassist.uploads import Given

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    # Gradio 6 with pandas 3, in its own queue's statistics
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting'"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]
expect.set_options(timeout=60_000)  # a machine with other work to do

QUESTION: Final = "Qu'est-ce qui est reporté à l'automne au sujet de l'écriture au clavier?"
ANSWERED: Final = "est reporté à"


def note(folder: Path, name: str, said: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"# {said}\n\n{said}.\n")
    return path


def reopened(chromium: Browser, page: Page, site: Site) -> Page:
    """The browser closed, and opened again by the same person: cookies are all that is left."""
    kept = page.context.storage_state()
    page.context.close()
    again = chromium.new_context(locale="fr-CA", viewport=LAPTOP, storage_state=kept).new_page()
    again.set_default_timeout(30_000)
    again.goto(site.address)
    again.wait_for_selector("#question textarea")
    settled(again)
    return again


def test_a_browser_closed_during_an_upload_finds_it_again(
    visit: Callable[..., Page], chromium: Browser, site: Site, drafts: Path
) -> None:
    page = visit()
    site.reading.clear()
    try:
        tab(page, "documents")
        file = note(drafts, "longue lecture.md", "La colle sèche lentement")
        page.locator("#upload input[type=file]").set_input_files(str(file))
        expect(page.locator("#batch .cop-busy")).to_be_visible()
        page = reopened(chromium, page, site)
        tab(page, "documents")
        expect(page.locator("#batch .cop-busy")).to_be_visible()
    finally:
        site.reading.set()
    expect(page.locator("#batch .cop-added")).to_contain_text(file.name)
    choose(page, file.name)
    expect(page.locator("#documents")).to_contain_text("La colle sèche lentement")
    page.context.close()


def ask_without_waiting(page: Page) -> None:
    """The question is sent; its answer is held back."""
    page.locator("#question textarea").fill(QUESTION)
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#chat .cop-busy")).to_be_visible()


def test_a_browser_closed_during_an_answer_finds_it_again(
    visit: Callable[..., Page], chromium: Browser, site: Site
) -> None:
    page = visit()
    site.answering.clear()
    try:
        ask_without_waiting(page)
        page = reopened(chromium, page, site)
        expect(page.locator("#chat .cop-asked")).to_contain_text(QUESTION)
        expect(page.locator("#chat .cop-busy")).to_be_visible()
    finally:
        site.answering.set()
    expect(page.locator("#chat .cop-told")).to_contain_text(ANSWERED)
    expect(page.locator("#sources .cop-card").first).to_be_visible()
    page.context.close()


def test_a_second_question_does_not_wait_for_the_first(
    visit: Callable[..., Page], site: Site
) -> None:
    page = visit()
    site.answering.clear()
    try:
        ask_without_waiting(page)
        ask(page, f"Qu'est-ce qui est reporté à l'automne, {AT_ONCE}?")
        expect(page.locator("#chat .cop-turn").first.locator(".cop-busy")).to_be_visible()
        page.locator("#chat .cop-turn").last.locator(".cop-cite").first.click()
        expect(page.locator("#sources .cop-viewer")).to_be_visible()
    finally:
        site.answering.set()
    expect(page.locator("#chat .cop-turn").first).to_contain_text(ANSWERED)
    expect(page.locator("#sources .cop-viewer")).to_be_visible()  # still reading


def test_a_question_typed_while_the_page_opens_keeps_its_place(
    visit: Callable[..., Page], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening, known = threading.Event(), site.workspace.examples

    def held(language: str) -> tuple[str, ...]:
        opening.wait(60)
        return known(language)

    monkeypatch.setattr(site.workspace, "examples", held)
    page = visit(settle=False)
    ask(page, QUESTION)
    opening.set()
    page.locator("#filters > button").click()
    page.locator("#filters input").last.click()
    expect(page.get_by_role("option", name="2026")).to_be_visible()  # the page has opened
    expect(page.locator("#chat .cop-asked")).to_contain_text(QUESTION)
    expect(page.locator("#examples")).to_be_hidden()
    page.keyboard.press("Escape")
    ask(page, f"Et encore, {AT_ONCE}?")
    expect(page.locator("#chat .cop-asked")).to_have_count(2)


def test_the_keyboard_alone_asks_opens_and_comes_back(visit: Callable[..., Page]) -> None:
    page = visit()
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("#sources .cop-card").first).to_be_visible()
    walk(page, "open")
    page.keyboard.press("Enter")
    expect(page.locator("#sources .cop-viewer h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#sources .cop-card").first).to_be_visible()
    page.get_by_role("tab").first.focus()
    for _ in TABS[1:4]:
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#documents table")).to_be_visible()
    walk(page, "choose")
    page.keyboard.press("Enter")
    expect(page.locator("#card")).to_be_visible()


def walk(page: Page, act: str) -> None:
    """Tab until a button that does ``act`` has the focus, and shows it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.dataset?.act") == act:
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("viewport", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_back_closes_the_source_then_goes_to_the_tab_before(
    visit: Callable[..., Page], viewport: dict[str, int]
) -> None:
    page = visit(viewport=viewport)
    ask(page, QUESTION)
    viewer = page.locator("#sources .cop-viewer")
    page.locator("#sources [data-act=open]").first.click()
    expect(viewer).to_be_visible()
    page.go_back()
    expect(viewer).to_be_hidden()
    expect(page.locator("#sources .cop-card").first).to_be_visible()
    page.locator("#sources [data-act=open]").first.click()
    page.locator("#sources [data-act=back]").click()  # closed by hand: no step is left of it
    expect(page.locator("#sources .cop-card").first).to_be_visible()
    tab(page, "documents")
    tab(page, "register")
    page.locator("#register [data-act=source]").first.click()
    opened = page.locator("#register-source .cop-viewer")
    expect(opened).to_be_visible()
    page.go_back()
    expect(opened).to_be_hidden()
    page.go_back()
    expect(page.locator("#documents table")).to_be_visible()
    page.reload()
    expect(page.locator("#documents table")).to_be_visible()
    page.go_back()
    expect(page.locator("#chat .cop-asked")).to_be_visible()


def test_a_conversation_taken_up_again_stands_at_its_last_question(
    visit: Callable[..., Page],
) -> None:
    page = visit()
    ask(page, QUESTION)
    ask(page, "Qui anime la prochaine rencontre ?")
    page.reload()
    expect(page.locator("#chat .cop-turn")).to_have_count(2)
    expect(page.locator("#chat .cop-turn").last).to_be_in_viewport()


@pytest.mark.parametrize("viewport", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_text_twice_as_large_still_fits(
    visit: Callable[..., Page], shot: Callable[[Page, str], None], viewport: dict[str, int]
) -> None:
    page = visit(viewport=viewport)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    ask(page, QUESTION)
    fit(page)
    shot(page, f"large-{viewport['width']}-ask")
    for name in TABS[1:]:
        tab(page, name)
        fit(page)
        shot(page, f"large-{viewport['width']}-{name}")


def test_a_conversation_is_renamed_taken_away_and_deleted(visit: Callable[..., Page]) -> None:
    page = visit()
    ask(page, QUESTION)
    page.locator("#sources [data-act=judge][data-verdict=up]").click()
    word = page.locator("#sources .cop-comment input")
    word.fill("Très clair")
    word.press("Enter")
    expect(page.locator("#sources .cop-done")).to_contain_text("Très clair")
    page.locator("#sources [data-act=copy]").click()
    expect(page.locator("#sources [data-act=copy]")).to_have_text("Copié")

    page.locator("#history .label-wrap").click()
    title = page.get_by_label("Renommer celle-ci")
    page.wait_for_load_state("networkidle")  # what ends an answer sets the title, once more
    title.fill("La bibliothèque")
    page.get_by_role("button", name="Renommer", exact=True).click()
    chosen = page.get_by_label("Reprendre une conversation")
    expect(chosen).to_have_value("La bibliothèque")
    with page.expect_download() as download:
        page.locator("#history a[href*='.md']").click()
    text = Path(download.value.path()).read_text()
    assert text.startswith("# La bibliothèque")
    assert QUESTION in text
    assert "[1]" in text
    page.get_by_role("button", name="Supprimer cette conversation").click()
    expect(page.locator("#conversation-removal p")).to_be_focused()
    expect(page.locator("#conversation-removal p")).to_be_in_viewport()
    page.get_by_role("button", name="Oui, supprimer").click()
    expect(page.locator("#chat .cop-welcome")).to_be_visible()
    expect(chosen).to_have_value("")


def test_a_document_is_replaced_in_its_place(visit: Callable[..., Page], drafts: Path) -> None:
    page = visit()
    drop(page, note(drafts, "prêts.md", "Le projecteur est chez Aline"))
    choose(page, "prêts.md")
    page.locator("#card").get_by_label("Date de la rencontre").fill("11 février 2026")
    page.get_by_role("button", name="Enregistrer les corrections").click()
    expect(page.locator("#said .cop-done")).to_be_visible()
    page.wait_for_load_state("networkidle")  # what saving still sends draws the card again
    other = note(drafts / "autre", "n'importe quel nom.md", "Le projecteur est chez Ginette")
    page.locator("#card input[type=file]").set_input_files(str(other))
    expect(page.locator("#batch .cop-replaced")).to_contain_text("prêts.md")
    expect(page.locator("#card h2")).to_have_text("Le projecteur est chez Ginette")
    expect(page.locator("#said")).to_contain_text("est remplacé")
    ask(page, "Chez qui est le projecteur?")
    expect(page.locator("#chat .cop-told").last).to_contain_text("Ginette")
    expect(page.locator("#chat .cop-told").last).not_to_contain_text("Aline")


@pytest.fixture
def given_back(site: Site, tmp_path: Path) -> Iterator[None]:
    """The sample community put back for the tests that follow."""
    yield
    files = []
    for path in sorted((SAMPLES / "graphomotricite").rglob("*")):
        if path.is_file():
            copy = tmp_path / str(len(files))
            copy.write_bytes(path.read_bytes())
            files.append(Given(copy, path.relative_to(SAMPLES / "graphomotricite").as_posix()))
    site.workspace.uploads.wait(site.workspace.uploads.add(files).id, 120)


def remove_samples(page: Page) -> None:
    page.get_by_role("button", name="Retirer l'exemple").click()
    page.locator("#samples-removal").get_by_role("button", name="Retirer pour de bon").click()
    expect(page.locator("#samples-said .cop-done")).to_be_visible()
    expect(page.locator("#samples")).to_be_hidden()
    expect(page.locator("#samples-removal")).to_be_hidden()


def test_the_sample_community_goes_once_confirmed(
    visit: Callable[..., Page], site: Site, given_back: None, shot: Callable[[Page, str], None]
) -> None:
    page = visit()
    expect(page.locator("#samples")).to_contain_text("16")
    page.get_by_role("button", name="Retirer l'exemple").click()
    expect(page.locator("#samples-removal p")).to_be_focused()
    page.locator("#samples-removal").get_by_role("button", name="Garder").click()
    expect(page.locator("#samples-removal")).to_be_hidden()
    assert site.workspace.samples() != []
    remove_samples(page)
    assert site.workspace.samples() == []
    tab(page, "documents")
    expect(page.locator("#documents")).not_to_contain_text("Guide de la tenue")
    shot(page, "documents-no-sample")


def test_an_emptied_library_is_filled_and_asked_in_the_same_page(
    visit: Callable[..., Page], site: Site, given_back: None, drafts: Path
) -> None:
    """What the page offered to choose from when it opened, nothing, must not hold it back."""
    page = visit()
    remove_samples(page)
    while left := site.workspace.library.documents():  # of other tests; one may take others along
        site.workspace.remove(left[0].id)
    page.reload()
    expect(page.locator("#chat .cop-welcome")).to_be_visible()
    page.wait_for_timeout(500)  # what opening brings has come: of an empty library, nothing shows
    drop(page, note(drafts, "2026-02-11 clés.md", "La clé du local est chez Ginette"))
    ask(page, "Chez qui est la clé du local?")
    expect(page.locator("#chat .cop-told").last).to_contain_text("Ginette")
    page.locator("#filters > button").click()
    page.get_by_label("Date de la rencontre").first.click()
    expect(page.get_by_role("option", name="2026")).to_be_visible()


def test_eight_tabs_of_one_browser_load(visit: Callable[..., Page]) -> None:
    """A browser has six connections to a server: an idle page must not hold one."""
    first = visit()
    for _ in range(7):
        another = first.context.new_page()
        another.goto(first.url)
        another.wait_for_selector("#question textarea")
        settled(another)
