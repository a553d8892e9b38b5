"""The page served on a free loopback port over the sample community, and Chromium to drive it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from driving import AT_ONCE, FLAGS, LAPTOP, SHOTS, Reader, Site, settled
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app import SAMPLES, ingestion
from copassist.assistant import Assistant
from copassist.library import Library
from copassist.settings import load_settings
from copassist.testing import FakeEmbeddings
from copassist.workspace import Workspace


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole application over the sample community, with fake embeddings; one for all tests."""
    import uvicorn

    from copassist.ui.server import application, listen

    folder = tmp_path_factory.mktemp("site")
    settings = load_settings(library=folder / "library", llm="none", port=0)
    reading, answering = threading.Event(), threading.Event()
    reading.set()
    answering.set()

    class HeldAssistant(Assistant):
        def stream(self, *args: Any, **options: Any) -> Iterator[Any]:
            if AT_ONCE not in str(args[0]):
                answering.wait(60)
            yield from super().stream(*args, **options)

    with Library(settings, FakeEmbeddings()) as library:
        ingest = ingestion(library)
        ingest([SAMPLES / "graphomotricite"], {}, lambda _: None, threading.Event())

        def held(*args: Any) -> Any:
            reading.wait(60)
            return ingest(*args)

        workspace = Workspace(library, HeldAssistant(library), held, SAMPLES)
        listening = listen(settings)
        config = uvicorn.Config(application(workspace, settings), log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            time.sleep(0.05)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield Site(address, workspace, reading, answering)
        server.should_exit = True
        thread.join(20)
        workspace.close()


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Open the page as somebody; at the end, nothing was asked of any other machine, and no
    script failed."""
    outside: list[str] = []
    failed: list[str] = []
    contexts: list[BrowserContext] = []

    def opened(path: str = "/", locale: str = "fr-CA", settle: bool = True, **options: Any) -> Page:
        context = chromium.new_context(locale=locale, **{"viewport": LAPTOP, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("request", lambda request: _note(request.url, site.address, outside))
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.goto(site.address + path)
        page.wait_for_selector("#question textarea")
        if settle:
            settled(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert outside == []
    assert failed == []


def _note(url: str, address: str, outside: list[str]) -> None:
    if not url.startswith((address, "data:", "blob:", "chrome-extension:")):
        outside.append(url)


@pytest.fixture
def reader(visit: Callable[..., Page], request: pytest.FixtureRequest) -> Reader:
    """Somebody new, in a language and at a width: parametrized with ``EVERY_READER``."""
    language, width, viewport = request.param
    page = visit("/", locale=f"{language}-CA", viewport=viewport, has_touch=width == "phone")
    assert page.url.endswith(f"/{language}/")
    return Reader(page, language, width)


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """Keep a screenshot for people to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> None:
        page.screenshot(path=SHOTS / f"{name}.png", animations="disabled")

    return take


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    """Where a test makes its files."""
    return tmp_path / "files"
