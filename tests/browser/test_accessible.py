"""axe-core on every tab, in both languages, light and dark, on a laptop and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any, Final

import pytest
from driving import LAPTOP, PHONE, Site
from playwright.sync_api import Page, expect

from app import SAMPLES
from copassist.uploads import Given

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),
    # Gradio 6 with pandas 3, in its own queue's statistics
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting'"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]
TABS: Final = 5
SERIOUS: Final = ("serious", "critical")
AXE: Final = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text()


@pytest.fixture
def filled(site: Site, tmp_path: Any) -> Site:
    """The site with three records of the sample community."""
    names = ("2026-04-15 Compte rendu.md", "2026-03-11 Compte rendu.docx")
    given = []
    for name in names:
        [path] = SAMPLES.rglob(name)
        copy = tmp_path / name
        copy.write_bytes(path.read_bytes())
        given.append(Given(copy, name))
    batch = site.workspace.uploads.add(given)
    site.workspace.uploads.wait(batch.id, 300)
    return site


def findings(page: Page) -> list[str]:
    """Serious and critical findings of axe-core, each with where it stands."""
    page.evaluate(AXE)
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{found['id']}: {node['target']} {node['failureSummary'][:300]}"
        for found in result["violations"]
        if found["impact"] in SERIOUS
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("language", "viewport"), [("fr", LAPTOP), ("en", PHONE)])
def test_no_serious_finding(  # noqa: PLR0917  # fixtures
    filled: Site,
    visit: Callable[..., Page],
    shot: Callable[[Page, str], None],
    language: str,
    scheme: str,
    viewport: dict[str, int],
) -> None:
    page = visit(f"/{language}/", locale=language, color_scheme=scheme, viewport=viewport)
    page.locator("#question textarea").fill("Que propose-t-on au lieu des embouts de crayon?")
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#sources .cop-card").first).to_be_visible()
    found = {"ask": findings(page)}
    page.locator("#sources [data-act=open]").first.click()
    expect(page.locator("#sources .cop-viewer")).to_be_visible()
    found["source"] = findings(page)
    for number in range(1, TABS):
        page.get_by_role("tab").nth(number).click()
        page.wait_for_timeout(1500)
        if number == 1:
            page.locator("button.primary:visible").first.click()
            expect(page.locator("#agenda .cop-agenda")).to_be_visible()
        shot(page, f"{language}-{scheme}-{number}")
        found[str(number)] = findings(page)
    assert {tab: these for tab, these in found.items() if these} == {}
