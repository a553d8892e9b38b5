"""How soon the page can be used, and shows something after each action: ``python -m
benchmarks.feedback``. Chromium measures, on a started application over the sample community."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

from benchmarks.people import served

INTERACTIVE: Final = 2.0
"""Seconds until the question can be typed (issue of the page)."""
VISIBLE: Final = 0.2
"""Seconds until an action shows something (issue of the page)."""
OPENINGS: Final = 5

_UNTIL: Final = """([act, shown]) => new Promise((done) => {
  const count = () => document.querySelectorAll(shown).length;
  const before = count();
  const began = performance.now();
  document.querySelector(act).click();
  const look = () => {
    if (count() > before) done(performance.now() - began);
    else requestAnimationFrame(look);
  };
  look();
})"""
ACTIONS: Final = (
    ("ask", "#question .submit-button", ".cop-wait"),
    ("a source opened", "#chat .cop-cite", ".cop-wait"),
    ("back to the sources", "#sources [data-act=back]", ".cop-wait"),
)
ROWS: Final = (
    ("agenda", 1, ".cop-go", ".cop-pressed"),
    ("a line of the register", 2, "#register [data-act=source]", ".cop-wait"),
    ("a document chosen", 3, "#documents [data-act=choose]", ".cop-wait"),
    ("the list sorted", 3, "#documents [data-act=sort]", ".cop-wait"),
)


def main() -> int:
    path = shutil.which("chromium")
    if path is None:
        print("Chromium is not installed (Debian: apt-get install chromium)", file=sys.stderr)
        return 1
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        opened = [_open(browser.new_page(), address) for _ in range(OPENINGS)]
        page = browser.new_page()
        _open(page, address)
        page.locator("#model p.cop-model").wait_for(timeout=120_000)
        taken = dict(_actions(page))
        browser.close()
    print(f"question can be typed after: {', '.join(f'{one:.2f}' for one in opened)} s")
    for name, seconds in taken.items():
        print(f"{name}: something to see after {seconds * 1000:.0f} ms")
    return int(min(opened) > INTERACTIVE or max(taken.values()) > VISIBLE)


def _open(page: Page, address: str) -> float:
    """Seconds from the address entered until the question can be typed."""
    page.goto(address)
    page.locator("#question textarea").wait_for(timeout=60_000)
    return float(page.evaluate("performance.now()")) / 1000


def _actions(page: Page) -> list[tuple[str, float]]:
    taken = []
    page.locator("#question textarea").fill("Comment accompagner la gaucherie?")
    for name, act, shown in ACTIONS:
        taken.append((name, float(page.evaluate(_UNTIL, [act, shown])) / 1000))
        page.locator("#sources .cop-sources, #sources .cop-viewer").first.wait_for()
        page.wait_for_timeout(3500)
    for name, tab, act, shown in ROWS:
        page.get_by_role("tab").nth(tab).click()
        page.locator(act).first.wait_for()
        page.wait_for_timeout(500)
        taken.append((name, float(page.evaluate(_UNTIL, [act, shown])) / 1000))
        page.wait_for_timeout(3500)
    return taken


if __name__ == "__main__":
    sys.exit(main())
