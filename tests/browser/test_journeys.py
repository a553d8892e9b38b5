"""Three people's journeys, end to end on the sample community: member, coordinator, facilitator.

Each in French and in English, on a laptop and on a phone; screenshots stay in ci-output/page.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import docx
import pytest
from driving import EVERY_READER, Reader, Site, ask, choose, drop, fit, give_day, tab
from mixed import BAD, CORRECTED, REMOVED, SENTENCE, TWICE, mixed_files
from playwright.sync_api import Page, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    # Gradio 6 with pandas 3, in its own queue's statistics
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting'"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]
expect.set_options(timeout=60_000)  # a machine with other work to do

every_reader = pytest.mark.parametrize(
    "reader", EVERY_READER, ids=lambda one: f"{one[0]}-{one[1]}", indirect=True
)
IN_A_PDF: Final = "Combien d'élèves ont gagné à l'embout, devenu un jouet?"
NOWHERE: Final = "Quel est le tarif du stationnement à Helsinki?"


@every_reader
def test_a_member_asks_and_reads_the_highlighted_page(
    reader: Reader, site: Site, shot: Callable[[Page, str], None]
) -> None:
    page, say = reader.page, reader.say
    shot(page, f"{reader.name}-ask-empty")
    expect(page.locator("#samples")).to_be_visible()
    expect(page.locator("#examples button").first).to_be_visible()

    ask(page, IN_A_PDF)
    fit(page)
    shot(page, f"{reader.name}-ask-answer")
    label = page.locator("#chat .cop-cite").first
    label.click()
    heading = page.locator("#sources .cop-viewer h2")
    expect(heading).to_be_focused()
    expect(page.locator("#sources .cop-box").first).to_be_in_viewport()
    picture = page.locator("#sources .cop-page img")
    expect(picture).to_have_js_property("naturalWidth", 1100)
    fit(page)
    shot(page, f"{reader.name}-ask-source")
    with page.expect_download() as download:
        page.locator("#sources a[download]").click()
    original = Path(download.value.path()).read_bytes()
    assert original in [path.read_bytes() for path in _originals(site)]

    page.locator("#sources [data-act=back]").click()
    expect(page.locator("#sources .cop-card").first).to_be_visible()
    expect(label).to_be_focused()  # back where the reading was left

    ask(page, NOWHERE)
    expect(page.locator("#sources h2")).to_have_text(say("ui.source.nothing"))
    expect(page.locator("#sources a[href^='mailto:']")).to_be_visible()
    page.locator("#sources [data-act=near]").first.click()
    expect(heading).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#sources [data-act=note]").click()
    expect(page.locator("#sources .cop-done")).to_be_visible()
    shot(page, f"{reader.name}-ask-nothing")
    tab(page, "overview")
    expect(page.locator("#overview")).to_contain_text(NOWHERE)


def _originals(site: Site) -> list[Path]:
    return [site.workspace.original(one.id)[1] for one in site.workspace.library.documents()]


@every_reader
def test_a_coordinator_drops_twenty_files_corrects_one_and_removes_one(
    reader: Reader, site: Site, drafts: Path, shot: Callable[[Page, str], None]
) -> None:
    page, say, mark = reader.page, reader.say, reader.name
    files = mixed_files(drafts, mark)
    assert len(files) == 20
    drop(page, *files)
    outcome = page.locator("#batch")
    for bad in BAD:
        expect(outcome.locator(".cop-failed").filter(has_text=bad)).to_have_count(1)
    expect(outcome.locator(".cop-failed")).to_have_count(len(BAD))
    expect(outcome.locator(".cop-duplicate")).to_have_count(1)
    expect(outcome).to_contain_text(TWICE)
    for file in files:
        expect(outcome).to_contain_text(file.name)
    fit(page)
    shot(page, f"{reader.name}-documents-drop")

    choose(page, CORRECTED)
    card = page.locator("#card")
    card.get_by_label(say("ui.documents.column_title")).fill(f"Rencontre de février {mark}")
    when = card.get_by_label(say("ui.documents.date"))
    when.fill("février")
    card.get_by_role("button", name=say("ui.documents.save")).click()
    expect(page.locator("#said .cop-problem")).to_be_visible()
    when.fill("2026-02-12")
    card.get_by_label(say("ui.documents.column_kind")).click()
    page.get_by_role("option", name=say("ui.kind.guide")).click()
    card.get_by_role("button", name=say("ui.documents.save")).click()
    expect(page.locator("#said .cop-done")).to_be_visible()
    expect(page.locator("#documents")).to_contain_text(f"Rencontre de février {mark}")
    shot(page, f"{reader.name}-documents-corrected")
    [kept] = [one for one in site.workspace.library.documents() if mark in one.title]
    assert (kept.date, kept.kind) == ("2026-02-12", "guide")

    sentence = SENTENCE.format(mark=mark)
    ask(page, "Jusqu'à quand Ginette prête-t-elle la machine à plastifier?")
    expect(page.locator("#chat .cop-told").last).to_contain_text(sentence)
    choose(page, REMOVED)
    card.get_by_role("button", name=say("ui.documents.remove")).click()
    expect(card.locator(".cop-problem")).to_be_focused()
    expect(card.locator(".cop-problem")).to_be_in_viewport()
    fit(page)
    shot(page, f"{reader.name}-documents-remove")
    card.get_by_role("button", name=say("ui.documents.sure")).click()
    expect(page.locator("#said .cop-done")).to_be_visible()
    ask(page, "Jusqu'à quand Ginette prête-t-elle la machine à plastifier?")
    expect(page.locator("#chat")).not_to_contain_text(sentence)
    expect(page.locator("#sources")).not_to_contain_text(sentence)


@every_reader
def test_a_facilitator_takes_an_agenda_away(
    reader: Reader, shot: Callable[[Page, str], None]
) -> None:
    page, say = reader.page, reader.say
    tab(page, "agenda")
    shot(page, f"{reader.name}-agenda-empty")
    form = page.locator(".tabitem:visible")
    give_day(form.get_by_label(say("ui.agenda.date")), "2026-12-09")
    form.get_by_label(say("ui.agenda.start")).fill("13:30")
    form.get_by_label(say("ui.agenda.people")).fill("9")
    form.get_by_role("button", name=say("ui.agenda.make")).click()
    draft = page.locator("#agenda .cop-agenda")
    expect(draft).to_be_visible()
    fit(page)
    shot(page, f"{reader.name}-agenda-draft")
    draft.locator("[data-act=cite]").first.click()
    opened = page.locator("#agenda-source .cop-viewer")
    expect(opened.locator("mark, .cop-box").first).to_be_in_viewport()
    shot(page, f"{reader.name}-agenda-source")
    page.keyboard.press("Escape")
    expect(opened).to_be_hidden()

    title = f"Accueil et café {reader.name}"
    form.get_by_label(say("ui.agenda.item_title")).fill(title)
    form.get_by_role("button", name=say("ui.agenda.apply"), exact=True).click()
    expect(draft.locator("h3").first).to_have_text(title)
    with page.expect_download() as download:
        draft.locator("a[download][href*='agenda.docx']").click()
    assert download.value.suggested_filename.endswith(".docx")
    items = draft.locator("ol > li > h3").all_text_contents()
    made = docx.Document(str(download.value.path()))
    text = "\n".join(
        [paragraph.text for paragraph in made.paragraphs]
        + [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    )
    assert title in text
    places = [text.index(item) for item in items]
    assert len(items) >= 5
    assert places
    assert say("agenda.sources") in text
    assert "Compte rendu" in text  # the title of a source
