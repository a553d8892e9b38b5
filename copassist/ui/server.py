"""The web server around the page: languages, sources as pictures and files, and what may load.

The page is served once a language, below ``/fr`` and ``/en``; ``/`` goes to the one chosen
before, else to the browser's. A content security policy lets it load from this server only, so
nothing in a document can make a browser fetch something elsewhere.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import socket
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote as in_address

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copassist.errors import CopassistError, DocumentNotFoundError, PageAddressError, PageError
from copassist.pdfpages import page_picture
from copassist.render import (
    agenda_docx,
    agenda_ics,
    agenda_markdown,
    minutes_docx,
    minutes_markdown,
)
from copassist.render.conversation import conversation_file
from copassist.settings import Settings
from copassist.ui.cookies import LANGUAGE, PERSON, YEAR
from copassist.ui.media import READ_HERE
from copassist.words import DEFAULT_LANGUAGE, LANGUAGES, words
from copassist.workspace import Workspace

KEEP_ALIVE: Final = 75
"""Seconds that a connection at rest stays open. uvicorn's five end while people read an answer,
and a question sent just then may meet a connection being closed."""
POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'self'"
)
"""Gradio compiles its templates in the browser: hence 'unsafe-eval'. Nothing from elsewhere."""

# Gradio's own words ("Drop a file here") follow navigator.language; ours follow the address.
_SPEAK: Final = (
    '<script>for (const name of ["language", "languages"]) Object.defineProperty(navigator, name, '
    '{{get: () => name === "language" ? "{language}" : ["{language}"]}});</script>'
)


def serve(settings: Settings, workspace: Workspace) -> None:
    """Serve the page until interrupted; the model is loaded once the page can be had.

    Raises :class:`PageError` where the port is taken.
    """
    import uvicorn

    listening = listen(settings)
    app = application(workspace, settings)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=KEEP_ALIVE,
    )
    server = uvicorn.Server(config)
    print(f"http://{settings.host}:{listening.getsockname()[1]}", flush=True)
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        workspace.close()


def listen(settings: Settings) -> socket.socket:
    """The socket that the page is served on, so that a port taken is known at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen()
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PageError(port=settings.port) from error
        raise PageAddressError(host=settings.host, port=settings.port) from error
    return listening


def application(workspace: Workspace, settings: Settings) -> FastAPI:
    """The whole web application, ready to be served."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_TEMP_DIR"] = str(workspace.uploads.arrivals)
    import gradio as gr

    from copassist.ui.page import build_page
    from copassist.ui.theme import style, theme

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.router.lifespan_context = _starting(app.router.lifespan_context, workspace)
    _add_routes(app, workspace)
    _add_downloads(app, workspace)
    for language in LANGUAGES:
        page = build_page(workspace, language)
        page.queue(default_concurrency_limit=8, api_open=False)
        gr.mount_gradio_app(
            app,
            page,
            f"/{language}",
            theme=theme(),
            css=style(),
            footer_links=[],
            run_history=False,
            ssr_mode=False,
            enable_monitoring=False,
            show_error=True,
            i18n=gr.I18n(**{language: dict(words(language).below("ui.gradio"))}),
            max_file_size=settings.file_megabytes * 1024 * 1024,
        )
    app.add_middleware(PageMiddleware)
    return app


def preferred_language(cookie: str | None, header: str) -> str:
    """The language chosen before, else the first of ``Accept-Language`` that we speak."""
    if cookie in LANGUAGES:
        return str(cookie)
    weighted = []
    for position, one in enumerate(header.split(",")):
        tag, _, quality = one.strip().partition(";q=")
        weight = float(quality) if re.fullmatch(r"[01](\.\d{1,3})?", quality) else 1.0
        weighted.append((-weight, position, tag[:2].lower()))
    return next((tag for _, _, tag in sorted(weighted) if tag in LANGUAGES), DEFAULT_LANGUAGE)


def _starting(lifespan: Callable[[Any], Any], workspace: Workspace) -> Callable[[Any], Any]:
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def begun(app: Any) -> Any:
        async with lifespan(app) as state:
            workspace.start()
            yield state

    return begun


def _add_routes(app: FastAPI, workspace: Workspace) -> None:
    @app.get("/")
    def home(request: Request) -> Response:
        language = preferred_language(
            request.cookies.get(LANGUAGE), request.headers.get("accept-language", "")
        )
        return RedirectResponse(f"/{language}/", headers={"Vary": "Accept-Language, Cookie"})

    @app.get("/manifest.json")
    def manifest() -> Response:
        return JSONResponse({"name": words(DEFAULT_LANGUAGE)("ui.title"), "start_url": "/"})

    @app.get("/page/{document}/{number}")
    def page(document: str, number: int) -> Response:
        try:
            _, path = workspace.original(document)
            picture = page_picture(path, number)
        except CopassistError as error:
            return PlainTextResponse(error.describe(), 404)
        forever = {"Cache-Control": f"private, max-age={YEAR}, immutable"}
        return Response(picture, media_type="image/webp", headers=forever)

    @app.get("/original/{document}")
    def original(document: str, open: str = "") -> Response:  # the address says it
        try:
            known, path = workspace.original(document)
        except DocumentNotFoundError as error:
            return PlainTextResponse(error.describe(), 404)
        name = known.path.rpartition("/")[2]
        shown = READ_HERE.get(PurePosixPath(name.lower()).suffix) if open else None
        place = "inline" if shown else "attachment"
        return FileResponse(
            path,
            media_type=shown or "application/octet-stream",
            headers={
                "Content-Disposition": f"{place}; filename*=UTF-8''{in_address(name)}",
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "no-store",
            },
        )


def _add_downloads(app: FastAPI, workspace: Workspace) -> None:
    """A person's conversations and draft agenda as files."""

    @app.get("/conversation/{number}.{form}")
    def conversation(number: int, form: str, request: Request, lang: str = "fr") -> Response:
        person = request.cookies.get(PERSON, "")
        turns = workspace.conversations.turns(person, number)
        if not turns or form not in ("md", "docx"):
            return PlainTextResponse("404", 404)
        titles = {one.id: one.title for one in workspace.conversations.of(person)}
        data = conversation_file(titles[number], turns, form, lang)
        return _download(data, f"conversation-{number}.{form}")

    @app.get("/agenda.{form}")
    def agenda(form: str, request: Request, lang: str = "fr", ref: str = "") -> Response:
        from copassist.ui.agenda import called, saved

        person = request.cookies.get(PERSON, "")
        kept = called(workspace, ref) if ref else saved(workspace, person)
        if kept is None or form not in ("md", "docx", "ics"):
            return PlainTextResponse(words(lang)("ui.agenda.none"), 404)
        if form == "md":
            data = agenda_markdown(kept).encode()
        else:
            data = agenda_docx(kept) if form == "docx" else agenda_ics(kept, datetime.now(UTC))
        return _download(data, f"{kept.id}.{form}")

    @app.get("/minutes.{form}")
    def minutes(form: str, request: Request, lang: str = "fr") -> Response:
        from copassist.ui.agenda import saved

        kept = saved(workspace, request.cookies.get(PERSON, ""))
        if kept is None or form not in ("md", "docx"):
            return PlainTextResponse(words(lang)("ui.agenda.none"), 404)
        data = minutes_docx(kept) if form == "docx" else minutes_markdown(kept).encode()
        return _download(data, f"{kept.id}-{words(lang)('ui.agenda.minutes_name')}.{form}")

    @app.get("/register-{view}.{form}")
    def register(view: str, form: str, lang: str = "fr") -> Response:
        from copassist.render.registerfile import (
            COLUMNS,
            register_csv,
            register_table,
            register_xlsx,
        )

        if view not in COLUMNS or form not in ("csv", "xlsx"):
            return PlainTextResponse("404", 404)
        known, documents = workspace.library.register(date.today())
        table = register_table(known, view, documents, lang)
        data = register_csv(table) if form == "csv" else register_xlsx(table, view)
        return _download(data, f"{view}.{form}")


def _download(data: bytes, name: str) -> Response:
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{in_address(name)}",
        "Cache-Control": "no-store",
    }
    return Response(data, media_type="application/octet-stream", headers=headers)


class PageMiddleware:
    """Headers on every response; the page itself in its language, with the person's number."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        found = re.fullmatch(rf"/({'|'.join(LANGUAGES)})/?", scope["path"])
        answer = _PageAnswer(scope, found[1]) if found else None

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_policy()]
            if answer is None:
                await send(message)
            else:
                for ready in answer.take(message):
                    await send(ready)

        await self._app(scope, receive, sending)


def _policy() -> list[tuple[bytes, bytes]]:
    return [
        (b"content-security-policy", POLICY.encode()),
        (b"referrer-policy", b"same-origin"),
        (b"x-content-type-options", b"nosniff"),
    ]


class _PageAnswer:
    """Holds the page back until it is whole, then lets it go in its language."""

    def __init__(self, scope: Scope, language: str) -> None:
        self._language = language
        self._cookies = dict(Request(scope).cookies)
        self._start: Message | None = None
        self._body = b""

    def take(self, message: Message) -> list[Message]:
        """What can be sent on now."""
        if message["type"] == "http.response.start":
            self._start = message
            return []
        self._body += message.get("body", b"")
        if message.get("more_body") or self._start is None:
            return []
        headers = dict(self._start["headers"])
        if b"content-encoding" not in headers:
            self._body = self._spoken(self._body)
        headers[b"content-length"] = str(len(self._body)).encode()
        self._start["headers"] = [*headers.items(), *self._given()]
        return [self._start, {"type": "http.response.body", "body": self._body}]

    def _spoken(self, html: bytes) -> bytes:
        language = self._language.encode()
        speak = _SPEAK.format(language=self._language).encode()
        html = html.replace(b'lang="en"', b'lang="' + language + b'"', 1)
        return html.replace(b"<head>", b"<head>" + speak, 1)

    def _given(self) -> list[tuple[bytes, bytes]]:
        """The language for next time; a number for who has none."""
        kept = f"Path=/; Max-Age={YEAR}; SameSite=Lax; HttpOnly"
        given = [f"{LANGUAGE}={self._language}; {kept}"]
        if not self._cookies.get(PERSON):
            given.append(f"{PERSON}={secrets.token_urlsafe(16)}; {kept}")
        return [(b"set-cookie", one.encode()) for one in given]
