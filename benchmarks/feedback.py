"""How soon the page can be used, and shows something after each action: ``python -m
benchmarks.feedback [--library DIR]``.

Chromium measures, on a started application (its model loaded) over the sample community, or over
a copy of another library. An action has shown something once the browser has painted it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Final

from playwright.sync_api import BrowserContext, Page, sync_playwright

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
  const painted = () => requestAnimationFrame(() => done(performance.now() - began));
  const look = () => requestAnimationFrame(count() > before ? painted : look);
  look();
})"""
_TAB: Final = "#tabs button[role=tab]:nth-of-type({})"
ACTIONS: Final = (
    ("ask", "#question .submit-button", ".cop-wait"),
    ("a source opened", "#chat .cop-cite", ".cop-wait"),
    ("back to the sources", "#sources [data-act=back]", ".cop-wait"),
)
ROWS: Final = (
    ("a draft agenda", 1, ".cop-go", ".cop-pressed"),
    ("the register opened", None, _TAB.format(3), "#register .cop-busy, #register li"),
    ("a line of the register", 2, "#register [data-act=source]", ".cop-wait"),
    ("the list sorted", 3, "#documents [data-act=sort]", ".cop-wait"),
    ("a document chosen", 3, "#documents [data-act=choose]", ".cop-wait"),
    ("a correction saved", 3, "#card button.primary", ".cop-pressed"),
    ("the overview opened", None, _TAB.format(5), "#overview :is(.cop-busy, .cop-chart)"),
    ("a month of the overview", 4, "#overview .cop-months button", ".cop-wait"),
    ("a new conversation", 0, "#history button.sm", ".cop-pressed"),
)
"""What is done, on which tab (None: from the one open), by a press on what, and what shows it."""


def main() -> int:
    path = shutil.which("chromium")
    if path is None:
        print("Chromium is not installed (Debian: apt-get install chromium)", file=sys.stderr)
        return 1
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, help="a library to copy, rather than the samples")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder), arguments.library) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="fr-CA")
        _open(page, address)
        page.locator("#model p.cop-model").wait_for(timeout=120_000)
        taken = dict(_actions(page))
        page.close()
        first = [_visit(browser.new_context(), address) for _ in range(OPENINGS)]
        known = browser.new_context()
        _visit(known, address)
        again = [_visit(known, address) for _ in range(OPENINGS)]
        browser.close()
    for name, opened in (("first visit", first), ("next visits", again)):
        listed = ", ".join(f"{one:.2f}" for one in opened)
        print(f"{name}: question can be typed after {listed} s (median {median(opened):.2f})")
    for name, seconds in sorted(taken.items(), key=lambda pair: -pair[1]):
        print(f"{name}: something to see after {seconds * 1000:.0f} ms")
    slow = median(first) > INTERACTIVE or max(taken.values()) > VISIBLE
    return int(slow)


def _visit(context: BrowserContext, address: str) -> float:
    """:func:`_open`, and closed again: each page holds one of the browser's six connections."""
    page = context.new_page()
    seconds = _open(page, address)
    page.close()
    return seconds


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
        if tab is not None:
            page.get_by_role("tab").nth(tab).click()
        if act.startswith("#history"):
            page.locator("#history .label-wrap").click()
        page.locator(act).first.wait_for()
        page.wait_for_timeout(500)
        taken.append((name, float(page.evaluate(_UNTIL, [act, shown])) / 1000))
        page.wait_for_timeout(3500)
    return taken


if __name__ == "__main__":
    sys.exit(main())
