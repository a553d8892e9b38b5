"""The server around the page: languages, sources, downloads, and nothing from elsewhere."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from app import ingestion
from copassist.assistant import Assistant
from copassist.corrections import Corrections
from copassist.errors import PageAddressError, PageError
from copassist.library import Library
from copassist.settings import load_settings
from copassist.testing import FakeEmbeddings
from copassist.ui.cookies import PERSON
from copassist.ui.media import read_here
from copassist.ui.middleware import PageMiddleware
from copassist.ui.registerlines import Chosen, downloads
from copassist.ui.server import application, listen, preferred_language, web_address
from copassist.workspace import Workspace

MINUTES = "# Compte rendu\n\n## Suivis\n\nNathalie apportera quarante crayons courts en mai.\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A library of one record; made once, for the page takes seconds to build."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "records").mkdir()
    (folder / "records" / "2026-05-20 été.md").write_text(MINUTES)
    with Library(load_settings(library=folder / "library", llm="none"), FakeEmbeddings()) as opened:
        ingestion(opened)([folder / "records"], {}, lambda _: None, threading.Event())
        made = Workspace(opened, Assistant(opened), ingestion(opened))
        yield made
        made.close()


@pytest.fixture(scope="module")
def served(workspace: Workspace) -> Iterator[TestClient]:
    async def made() -> FastAPI:
        return application(workspace, workspace.library.settings)

    # Inside a loop: without one, Gradio makes loops that nobody closes.
    with TestClient(asyncio.run(made()), base_url="http://127.0.0.1") as opened:
        yield opened


@pytest.fixture
def client(served: TestClient) -> TestClient:
    """Somebody new."""
    served.cookies.clear()
    return served


def test_the_page_speaks_the_browsers_language_until_told_otherwise(client: TestClient) -> None:
    english = {"accept-language": "en-CA,en;q=0.9,fr;q=0.5"}
    first = client.get("/", headers=english, follow_redirects=False)
    assert first.headers["location"] == "/en/"
    page = client.get("/fr/")
    assert 'lang="fr"' in page.text
    assert PERSON in page.cookies
    again = client.get("/", headers=english, follow_redirects=False)
    assert again.headers["location"] == "/fr/"
    assert PERSON not in client.get("/en/").cookies


def test_a_page_kept_is_the_same_for_all_save_for_whom(client: TestClient) -> None:
    first = client.get("/fr/")
    client.cookies.clear()
    second = client.get("/fr/")
    assert second.text == first.text
    assert second.headers["content-security-policy"] == first.headers["content-security-policy"]
    assert second.cookies[PERSON] != first.cookies[PERSON]
    assert 'lang="en"' in client.get("/en/").text
    elsewhere = client.get("/fr/", headers={"x-forwarded-host": "cop.exemple.ca"})
    assert "http://cop.exemple.ca/fr" in elsewhere.text
    assert "cop.exemple.ca" not in client.get("/fr/").text


@pytest.mark.parametrize(
    ("cookie", "header", "language"),
    [
        (None, "", "fr"),
        (None, "de, en;q=0.3, fr;q=0.2", "en"),
        (None, "en;q=0.1, fr", "fr"),
        (None, "fr; q=0.2, en; q=0.9", "en"),
        ("en", "fr", "en"),
        ("xx", "pt-BR", "fr"),
    ],
)
def test_preferred_language(cookie: str | None, header: str, language: str) -> None:
    assert preferred_language(cookie, header) == language


def test_the_page_has_an_icon(client: TestClient) -> None:
    answer = client.get("/favicon.ico")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "<svg" in answer.text


def test_only_this_server_may_be_loaded_from(client: TestClient) -> None:
    for path in ("/fr/", "/fr/config", "/nothing"):
        policy = client.get(path).headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy


def test_originals_are_downloaded_as_they_came(client: TestClient, workspace: Workspace) -> None:
    [document] = workspace.library.documents()
    given = client.get(f"/original/{document.id}")
    assert given.content == MINUTES.encode()
    assert given.headers["content-disposition"].startswith("attachment; filename*=UTF-8''2026-05")
    shown = client.get(f"/original/{document.id}?open=1")
    assert shown.headers["content-type"].startswith("text/plain")
    assert shown.headers["content-disposition"].startswith("inline")
    shown = client.get("/original/nothing", headers={"accept-language": "en"})
    assert (shown.status_code, shown.text.partition(" ")[0]) == (404, "No")
    assert client.get(f"/page/{document.id}/1").status_code == 404


def test_an_original_that_is_lost_is_told_in_the_readers_language(
    client: TestClient, workspace: Workspace
) -> None:
    [document] = workspace.library.documents()
    path = workspace.library.original(document)
    aside = path.rename(path.with_suffix(".aside"))
    try:
        for language, told in (("fr", "n'est plus dans la bibliothèque"), ("en", "no longer in")):
            lost = client.get(f"/original/{document.id}", headers={"accept-language": language})
            assert lost.status_code == 404
            assert told in lost.text
    finally:
        aside.rename(path)


@pytest.mark.parametrize(
    ("name", "data", "shown"),
    [
        ("été.TXT", "été".encode(), "text/plain; charset=utf-8"),
        ("été.md", "été".encode("cp1252"), "text/plain; charset=windows-1252"),
        ("été.pdf", b"%PDF-1.7", "application/pdf"),
        ("été.html", b"<p>", None),
    ],
)
def test_a_text_is_shown_in_its_own_encoding(
    tmp_path: Path, name: str, data: bytes, shown: str | None
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert read_here(name, path) == shown


def test_the_registers_files_hold_what_is_chosen(client: TestClient, workspace: Workspace) -> None:
    [action] = workspace.library.register(date.today())[0].actions
    chosen = Chosen("Nathalie", "crayons", "2026")
    for view, csv_rows in (("open", 1), ("actions", 1), ("decisions", 0)):
        links = re.findall(r'href="([^"]+)"', downloads(view, chosen, "fr"))
        assert len(links) == 2
        csv_file, xlsx = (client.get(unescape(one)) for one in links)
        assert csv_file.text.count("\n") == 1 + csv_rows
        assert xlsx.content.startswith(b"PK")
    for other in (Chosen("Karim"), Chosen(topic="pupitre"), Chosen(period="2025")):
        [link, _] = re.findall(r'href="([^"]+)"', downloads("open", other, "fr"))
        assert client.get(unescape(link)).text.count("\n") == 1
    Corrections(workspace.library.catalogue).put(action, {"status": "done"})
    for view, rows in (("open", 0), ("actions", 1)):
        [link, _] = re.findall(r'href="([^"]+)"', downloads(view, Chosen(), "fr"))
        assert client.get(unescape(link)).text.count("\n") == 1 + rows
    Corrections(workspace.library.catalogue).drop(action)


def test_conversations_and_agendas_are_their_persons_only(
    client: TestClient, workspace: Workspace
) -> None:
    client.get("/fr/")
    person = client.cookies[PERSON]
    turn = workspace.ask(person, None, "Qui apportera les crayons courts ?")
    workspace.wait(turn.id, 60)
    for form in ("md", "docx"):
        assert client.get(f"/conversation/{turn.conversation}.{form}").status_code == 200
    text = client.get(f"/conversation/{turn.conversation}.md").text
    assert "quarante crayons" in text
    assert client.get("/agenda.docx").status_code == 404
    assert client.get(f"/conversation/{2**70}.md").status_code == 404
    client.cookies.clear()
    assert client.get(f"/conversation/{turn.conversation}.md").status_code == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:7860", 200),
        ("localhost", 200),
        ("[::1]:7860", 200),
        ("piege.exemple.ca:7860", 400),
        ("127.0.0.1.exemple.ca", 400),
        ("[::1", 400),
        ("", 400),
    ],
)
def test_a_name_made_to_lead_here_opens_nothing(
    client: TestClient, workspace: Workspace, host: str, status: int
) -> None:
    [document] = workspace.library.documents()
    given = client.get(f"/original/{document.id}", headers={"host": host})
    assert given.status_code == status
    assert (given.content == MINUTES.encode()) == (status == 200)
    assert ("COPASSIST_HOST" in given.text) == (status != 200)


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://127.0.0.1:7860"), ("::1", "http://[::1]:7860")],
)
def test_the_address_told_can_be_opened(host: str, address: str) -> None:
    assert web_address(host, 7860) == address


def test_a_port_taken_is_one_line() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PageError) as told:
            listen(load_settings(port=port))
    assert str(port) in str(told.value)


def test_an_address_of_another_machine_is_one_line() -> None:
    with pytest.raises(PageAddressError) as told:
        listen(load_settings(host="192.0.2.1", port=0))
    assert "192.0.2.1" in str(told.value)


def test_an_idle_page_holds_no_connection_open(client: TestClient) -> None:
    """Gradio's heartbeat would: one for each tab of a browser, which has six in all."""
    for language in ("fr", "en"):
        assert client.get(f"/{language}/config").json()["connect_heartbeat"] is False


def test_a_page_that_gives_a_cookie_is_not_kept_for_others() -> None:
    asked: list[str] = []

    async def gradio(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope["path"])
        own = scope["path"] == "/fr/"
        headers = [(b"set-cookie", b"sien=1")] if own else []
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'<html lang="en"></html>'})

    opened = TestClient(PageMiddleware(gradio))
    for path in ("/fr/", "/fr/", "/en/", "/en/", "/en/?a=1", "/en/?a=1"):
        assert opened.get(path).status_code == 200
    assert asked == ["/fr/", "/fr/", "/en/", "/en/", "/en/"]
