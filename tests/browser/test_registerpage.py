"""The register's lines corrected in the page: the fields are seen, and so is what became of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from driving import LAPTOP, PHONE, tab
from playwright.sync_api import Page, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    # Gradio 6 with pandas 3, in its own queue's statistics
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting'"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]
expect.set_options(timeout=60_000)


@pytest.mark.parametrize("viewport", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_fields_to_correct_a_low_line_come_into_view(
    visit: Callable[..., Page], viewport: dict[str, int]
) -> None:
    page = visit(viewport=viewport)
    tab(page, "register")
    page.get_by_label("Toutes les actions").click()
    last = page.locator("#register [data-act=edit]:visible").last
    expect(last).to_be_attached()
    page.wait_for_timeout(500)
    last.scroll_into_view_if_needed()
    last.click()
    text = page.locator("#correction textarea").first
    expect(text).to_be_focused()
    expect(text).to_be_in_viewport()
    page.locator("#correction").get_by_label("Responsable").fill("Ginette")
    page.get_by_role("button", name="Enregistrer la correction").click()
    expect(page.locator("#correction")).to_be_hidden()
    expect(last).to_be_focused()
    expect(page.locator("#register-said .cop-done")).to_be_in_viewport()
    mark = page.locator("#register [data-act=done]:visible").last
    line = mark.get_attribute("data-line")
    mark.click()
    page.locator("#register-said").get_by_role("button", name="Annuler").click()
    expect(page.locator(f"#register [data-act=done][data-line='{line}']")).to_be_visible()
    last.click()
    page.get_by_role("button", name="Reprendre ce que dit le document").click()
    expect(last).to_be_focused()
