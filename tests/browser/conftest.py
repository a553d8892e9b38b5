"""The page served on a free loopback port, and Chromium to drive it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from driving import FLAGS, LAPTOP, SHOTS, Site
from playwright.sync_api import Browser, Page, sync_playwright

from app import SAMPLES, ingestion
from copassist.answers import Assistant
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


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The whole application over an empty library with fake embeddings."""
    import uvicorn

    from copassist.ui.server import application, listen

    settings = load_settings(library=tmp_path / "library", llm="none", port=0)
    with Library(settings, FakeEmbeddings()) as library:
        workspace = Workspace(library, Assistant(library), ingestion(library), SAMPLES)
        listening = listen(settings)
        config = uvicorn.Config(application(workspace, settings), log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}", workspace)
        server.should_exit = True
        thread.join(20)
        workspace.close()


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Open the page as somebody; at the end, nothing was asked of any other machine, and no
    script failed."""
    outside: list[str] = []
    failed: list[str] = []
    contexts = []

    def opened(path: str = "/", locale: str = "fr-CA", **options: Any) -> Page:
        context = chromium.new_context(locale=locale, **{"viewport": LAPTOP, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("request", lambda request: _note(request.url, site.address, outside))
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.goto(site.address + path)
        page.wait_for_selector("#question textarea")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert outside == []
    assert failed == []


def _note(url: str, address: str, outside: list[str]) -> None:
    if not url.startswith((address, "data:", "blob:")):
        outside.append(url)


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """Keep a screenshot for people to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> None:
        page.wait_for_timeout(400)  # Gradio's transitions
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    return take
