"""What the tests of the page share: where they run, at which sizes, and how a page is used."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.sync_api import Locator, Page, expect

from copassist.words import Words, words
from copassist.workspace import Workspace

SHOTS: Final = Path(__file__).resolve().parents[2] / "ci-output" / "page"
FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AT_ONCE: Final = "tout de suite"
"""A question with these words is answered even while ``Site.answering`` is cleared."""
PHONE: Final = {"width": 390, "height": 844}
LAPTOP: Final = {"width": 1280, "height": 800}
TABS: Final = ("ask", "agenda", "register", "documents", "overview")
SHOWN: Final = {
    "ask": "#question textarea",
    "agenda": ".cop-go:visible",
    "register": "#register li, #register .cop-empty",
    "documents": "#documents :is(table, .cop-empty)",
    "overview": "#overview :is(.cop-charts, .cop-empty)",
}
"""What stands on a tab once its content has come."""
EVERY_READER: Final = (
    ("fr", "laptop", LAPTOP),
    ("fr", "phone", PHONE),
    ("en", "laptop", LAPTOP),
    ("en", "phone", PHONE),
)


def _open() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@dataclass(frozen=True)
class Site:
    """``reading`` and ``answering`` hold what goes on behind the page while they are cleared."""

    address: str
    workspace: Workspace
    reading: threading.Event = field(default_factory=_open)
    answering: threading.Event = field(default_factory=_open)


@dataclass(frozen=True)
class Reader:
    """Somebody at a page: what it says, and how wide it is."""

    page: Page
    language: str
    width: str

    @property
    def say(self) -> Words:
        return words(self.language)

    @property
    def name(self) -> str:
        return f"{self.language}-{self.width}"


def tab(page: Page, name: str) -> None:
    """A tab opened, and what it shows there."""
    page.get_by_role("tab").nth(TABS.index(name)).click()
    expect(page.locator(SHOWN[name]).first).to_be_visible()


def settled(page: Page) -> None:
    """What the page asks for when it opens has come: nothing of it may arrive later."""
    expect(page.locator("#examples button, #chat .cop-turn").first).to_be_visible()


def give_day(field: Locator, day: str) -> None:
    """The session's day written over the one that the page offers, once that has come: between a
    driver's selecting and its writing it would stay in front."""
    expect(field).not_to_have_value("")
    field.fill(day)


def fit(page: Page) -> None:
    """Nothing wider than the window."""
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def ask(page: Page, question: str) -> None:
    """Ask, and wait until the answer to this very question is there."""
    tab(page, "ask")
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    asked = page.locator("#chat .cop-turn").last
    expect(asked.locator(".cop-asked")).to_contain_text(question)
    expect(asked.locator(".cop-busy")).to_have_count(0)
    expect(page.locator("#sources .cop-sources")).to_be_visible()


def drop(page: Page, *files: Path) -> None:
    """Give files to the page, and wait until it says what became of them.

    The page may still tell of an earlier batch with files of the same names.
    """
    tab(page, "documents")
    told = page.locator("#batch [data-batch]:has(.cop-outcomes)")
    before = told.get_attribute("data-batch") if told.count() else ""
    page.locator("#upload input[type=file]").set_input_files([str(file) for file in files])
    expect(page.locator(f"#batch [data-batch]:not([data-batch='{before}'])")).to_be_visible()
    expect(page.locator("#batch .cop-outcomes")).to_be_visible()
    expect(page.locator("#batch")).to_contain_text(files[0].name)


def choose(page: Page, name: str) -> None:
    """A document, by a word of its file's name."""
    tab(page, "documents")
    page.locator("#search-documents input, #search-documents textarea").fill(name)
    row = page.locator("#documents tbody tr").filter(has_text=name)
    expect(page.locator("#documents tbody tr")).to_have_count(1)
    row.locator("[data-act=choose]").click()
    expect(page.locator("#card .cop-where").first).to_contain_text(name)
