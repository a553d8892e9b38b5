"""The agenda's list: items dragged, moved from the keyboard, timed in place; the sum holds."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from driving import EVERY_READER, Reader, fit, give_day, tab
from playwright.sync_api import Locator, Page, expect

from copassist.words import Words

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    # Gradio 6 with pandas 3, in its own queue's statistics
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting'"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]
expect.set_options(timeout=60_000)

every_reader = pytest.mark.parametrize(
    "reader", EVERY_READER, ids=lambda one: f"{one[0]}-{one[1]}", indirect=True
)


def titles(draft: Locator) -> list[str]:
    return draft.locator("ol > li > h3").all_text_contents()


def minutes(draft: Locator) -> int:
    return sum(int(one.input_value()) for one in draft.locator(".cop-minutes").all())


def prepared(page: Page, say: Words) -> Locator:
    """A draft of 90 minutes."""
    tab(page, "agenda")
    form = page.locator(".tabitem:visible")
    give_day(form.get_by_label(say("ui.agenda.date")), "2026-12-09")
    form.get_by_label(say("ui.agenda.minutes")).first.fill("90")
    form.get_by_role("button", name=say("ui.agenda.make")).click()
    draft = page.locator("#agenda .cop-agenda")
    expect(draft).to_be_visible()
    return draft


@every_reader
def test_items_are_dragged_moved_and_timed_in_place(
    reader: Reader, shot: Callable[[Page, str], None]
) -> None:
    page, say = reader.page, reader.say
    draft = prepared(page, say)
    before = titles(draft)
    assert minutes(draft) == 90

    second = draft.locator(":scope > ol > li").nth(1)
    handle = second.locator(".cop-handle")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    expect(draft.locator("ol.cop-sorting")).to_be_visible()
    fourth = draft.locator(":scope > ol > li").nth(3).bounding_box()
    assert fourth is not None
    page.mouse.move(box["x"] + 5, fourth["y"] + fourth["height"] * 0.75, steps=8)
    shot(page, f"{reader.name}-agenda-drag")
    page.mouse.up()
    dragged = [before[0], before[2], before[3], before[1], *before[4:]]
    expect(draft.locator("ol > li > h3")).to_have_text(dragged)
    expect(draft.locator("ol.cop-sorting, ol.cop-wait")).to_have_count(0)

    back = draft.locator(":scope > ol > li").nth(3).locator('[data-step="-1"]')
    back.focus()
    page.keyboard.press("Enter")
    expect(draft.locator("ol > li > h3").nth(2)).to_have_text(before[1])
    expect(draft.locator(":scope > ol > li").nth(2).locator('[data-step="-1"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(draft.locator("ol > li > h3")).to_have_text(before)

    field = draft.locator(":scope > ol > li").nth(0).locator(".cop-minutes")
    field.fill("7")
    field.press("Enter")
    expect(draft.locator("ol.cop-wait")).to_have_count(0)
    expect(draft.locator(".cop-minutes").first).to_have_value("7")
    assert minutes(draft) == 90
    draft.locator(".cop-minutes").first.fill("300")
    draft.locator(".cop-minutes").first.press("Enter")
    expect(draft.locator("li .cop-problem")).to_be_visible()
    expect(draft.locator(".cop-minutes").first).to_have_value("7")

    formats = draft.locator("select.cop-format").first
    other = formats.locator("option").nth(1)
    name = other.text_content() or ""
    formats.select_option(index=1)
    expect(draft.locator(":scope > ol > li > h3").filter(has_text=name)).to_have_count(1)
    assert minutes(draft) == 90
    fit(page)
    shot(page, f"{reader.name}-agenda-timed")


@every_reader
def test_items_are_added_written_and_rid_of_a_line(
    reader: Reader, shot: Callable[[Page, str], None]
) -> None:
    page, say = reader.page, reader.say
    form, draft = page.locator(".tabitem:visible"), prepared(page, say)

    lines = draft.locator('[data-item="follow_ups"] [data-point]')
    before = lines.count()
    name = lines.first.get_attribute("aria-label") or ""
    lines.first.click()
    expect(lines).to_have_count(before - 1)
    expect(draft.get_by_role("button", name=name, exact=True)).to_have_count(0)

    form.get_by_role("button", name=say("ui.agenda.add")).first.click()
    add = form.locator("#agenda-add")
    add.click()
    expect(form.locator("#agenda-add-told .cop-problem")).to_be_visible()
    title = form.get_by_label(say("ui.agenda.item_title"))
    title.last.fill("Photo de groupe")
    form.get_by_label(say("ui.agenda.text")).last.fill("Dans la cour.")
    add.click()
    added = draft.locator('[data-item="added-1"]')
    expect(added).to_contain_text("Dans la cour.")
    expect(title.last).to_have_value("")
    expect(title.first).to_have_value("Photo de groupe")
    assert minutes(draft) == 90

    form.get_by_label(say("ui.agenda.text")).first.fill("Devant le gymnase.")
    form.get_by_role("button", name=say("ui.agenda.apply")).click()
    expect(added).to_contain_text("Devant le gymnase.")
    fit(page)
    shot(page, f"{reader.name}-agenda-added")


@every_reader
def test_a_day_is_offered_and_what_is_typed_stays(reader: Reader) -> None:
    page, say = reader.page, reader.say
    tab(page, "agenda")
    day = page.locator(".tabitem:visible").get_by_label(say("ui.agenda.date"))
    expect(day).to_have_value(re.compile(r"20\d\d-\d\d-\d\d"))
    day.fill("2031-01-02")
    tab(page, "ask")
    tab(page, "agenda")
    page.wait_for_timeout(500)
    expect(day).to_have_value("2031-01-02")


@every_reader
def test_after_a_reload_the_form_says_what_the_draft_below_it_says(reader: Reader) -> None:
    page, say = reader.page, reader.say
    tab(page, "agenda")
    form = page.locator(".tabitem:visible")
    give_day(form.get_by_label(say("ui.agenda.date")), "2031-01-08")
    form.get_by_label(say("ui.agenda.minutes")).first.fill("75")
    form.get_by_role("button", name=say("ui.agenda.make")).click()
    expect(page.locator("#agenda .cop-agenda")).to_be_visible()
    page.reload()
    tab(page, "agenda")
    expect(form.get_by_label(say("ui.agenda.date"))).to_have_value("2031-01-08")
    expect(form.get_by_label(say("ui.agenda.minutes")).first).to_have_value("75")
