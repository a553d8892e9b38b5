"""axe-core on every tab, in both languages, light and dark, on a laptop and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Final

import pytest
from driving import LAPTOP, PHONE, TABS, ask, choose, drop, fit, tab
from playwright.sync_api import Page, expect

from copassist.words import words

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),
    # Gradio 6 with pandas 3, in its own queue's statistics
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting'"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]
SERIOUS: Final = ("serious", "critical")
AXE: Final = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text()
LIGHT: Final = "axe.run(document, {resultTypes: ['violations']})"
DARK: Final = "axe.run(document, {resultTypes: ['violations'], runOnly: ['color-contrast']})"
"""Of the same page, the dark changes colours alone."""
QUESTION: Final = "Qu'est-ce qui est reporté à l'automne au sujet de l'écriture au clavier?"


def findings(page: Page, shot: Callable[[Page, str], None], name: str) -> list[str]:
    """Serious and critical findings of axe-core, light and dark, at both widths."""
    found = []
    for width, viewport in (("laptop", LAPTOP), ("phone", PHONE)):
        page.set_viewport_size(viewport)
        for scheme in ("light", "dark"):
            # Gradio reads the browser's preference once, when it opens
            page.evaluate("on => document.body.classList.toggle('dark', on)", scheme == "dark")
            shot(page, f"{name}-{width}-{scheme}")
            fit(page)
            result = page.evaluate(LIGHT if scheme == "light" else DARK)
            found += [
                f"{name} {width} {scheme} {one['id']}: {node['target']} "
                f"{node['failureSummary'][:300]}"
                for one in result["violations"]
                if one["impact"] in SERIOUS
                for node in one["nodes"]
            ]
    page.set_viewport_size(LAPTOP)
    return found


def empty_files(folder: Path) -> list[Path]:
    """So many that the list of what became of them scrolls; the library stays as it is."""
    folder.mkdir()
    files = [folder / f"vide {number}.txt" for number in range(12)]
    for file in files:
        file.touch()
    return files


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_serious_finding(
    visit: Callable[..., Page], shot: Callable[[Page, str], None], drafts: Path, language: str
) -> None:
    say = words(language)
    page = visit(f"/{language}/", locale=language)
    page.evaluate(AXE)
    found = findings(page, shot, f"{language}-ask-empty")
    ask(page, QUESTION)
    page.locator("#history .label-wrap").click()
    page.locator("#filters .label-wrap").click()
    page.locator("#sources [data-act=judge]").first.click()
    expect(page.locator("#sources .cop-comment")).to_be_visible()
    found += findings(page, shot, f"{language}-ask")
    page.locator("#sources [data-act=open]").first.click()
    expect(page.locator("#sources .cop-viewer")).to_be_visible()
    found += findings(page, shot, f"{language}-source")
    page.locator("#sources [data-act=back]").click()
    for name in TABS[1:]:
        tab(page, name)
        if name == "agenda":
            page.get_by_role("button", name=say("ui.agenda.make")).click()
            expect(page.locator("#agenda .cop-agenda")).to_be_visible()
        if name == "register":
            page.locator("#register [data-act=source]").first.click()
            expect(page.locator("#register-source .cop-viewer")).to_be_visible()
        if name == "documents":
            drop(page, *empty_files(drafts))
            choose(page, "Grille d'observation.docx")
        found += findings(page, shot, f"{language}-{name}")
        if name == "register":
            page.set_viewport_size(PHONE)
            page.locator("#register-source [data-act=close]").click()
            page.set_viewport_size(LAPTOP)
    assert found == []
