"""The web server around the page: languages, sources as pictures and files, and what may load.

The page is served once a language, below ``/fr`` and ``/en``; ``/`` goes to the one chosen
before, else to the browser's.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import sys
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import resources
from typing import Annotated, Any, Final
from urllib.parse import quote as in_address

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse

from copassist.errors import CopassistError, DocumentNotFoundError, PageAddressError, PageError
from copassist.pdfpages import page_picture
from copassist.render import (
    agenda_docx,
    agenda_ics,
    agenda_markdown,
    layout,
    minutes_docx,
    minutes_markdown,
)
from copassist.render.conversation import conversation_file
from copassist.render.registerfile import COLUMNS, register_csv, register_table, register_xlsx
from copassist.settings import Settings
from copassist.ui.agendadrafts import called, saved
from copassist.ui.cookies import LANGUAGE, PERSON, YEAR
from copassist.ui.media import read_here
from copassist.ui.middleware import LOOPBACK, LocalNames, PageMiddleware
from copassist.ui.registerlines import Chosen, still_open
from copassist.words import DEFAULT_LANGUAGE, LANGUAGES, words
from copassist.workspace import Workspace

GRADIO: Final = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(sys.maxsize),
}
"""No usage is reported to Gradio's makers, and no statistics are kept: by default it computes those
of the last 10,000 events after each event, with pandas. Of thirty people's answers, one in twenty
took longer than 3.10 s with them, and 1.44 s without (docs/performance.md)."""
KEEP_ALIVE: Final = 75
"""Seconds that an idle connection stays open. uvicorn's five end while people read an answer, and
a question sent just then may meet a connection that is being closed."""


def serve(settings: Settings, workspace: Workspace) -> None:
    """Serve the page until interrupted; the model is loaded once the page answers.

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
    print(web_address(settings.host, listening.getsockname()[1]), flush=True)
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        workspace.close()


def web_address(host: str, port: int) -> str:
    """What to type into a browser; an IPv6 address stands in brackets (RFC 3986, 3.2.2)."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def listen(settings: Settings) -> socket.socket:
    """The socket that the page is served on, opened first: a port that is taken is known at once.

    Raises :class:`PageError`, or :class:`PageAddressError` for an address of another machine.
    """
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
    os.environ |= GRADIO
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
    if settings.host in LOOPBACK:
        refusal = "\n".join(words(one)("ui.other_name") for one in LANGUAGES)
        app.add_middleware(LocalNames, names=LOOPBACK, refusal=refusal)
    return app


def preferred_language(cookie: str | None, header: str) -> str:
    """The language chosen before, else the first of ``Accept-Language`` that we speak."""
    if cookie in LANGUAGES:
        return str(cookie)
    weighted = []
    for position, one in enumerate(header.replace(" ", "").split(",")):
        tag, _, quality = one.partition(";q=")
        weight = float(quality) if re.fullmatch(r"[01](\.\d{1,3})?", quality) else 1.0
        weighted.append((-weight, position, tag[:2].lower()))
    return next((tag for _, _, tag in sorted(weighted) if tag in LANGUAGES), DEFAULT_LANGUAGE)


def _language_of(request: Request) -> str:
    return preferred_language(
        request.cookies.get(LANGUAGE), request.headers.get("accept-language", "")
    )


def _starting(lifespan: Callable[[Any], Any], workspace: Workspace) -> Callable[[Any], Any]:
    @asynccontextmanager
    async def begun(app: Any) -> Any:
        async with lifespan(app) as state:
            workspace.start()
            yield state

    return begun


def _add_routes(app: FastAPI, workspace: Workspace) -> None:
    @app.get("/")
    def home(request: Request) -> Response:
        return RedirectResponse(
            f"/{_language_of(request)}/", headers={"Vary": "Accept-Language, Cookie"}
        )

    @app.get("/manifest.json")
    def manifest() -> Response:
        return JSONResponse({"name": words(DEFAULT_LANGUAGE)("ui.title"), "start_url": "/"})

    @app.get("/favicon.ico")
    def icon() -> Response:
        drawn = resources.files("copassist.ui").joinpath("icon.svg").read_bytes()
        return Response(
            drawn, media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"}
        )

    @app.get("/page/{document}/{number}")
    def page(document: str, number: int, request: Request) -> Response:
        try:
            _, path = workspace.original(document)
            picture = page_picture(path, number)
        except CopassistError as error:
            return PlainTextResponse(error.describe(_language_of(request)), 404)
        forever = {"Cache-Control": f"private, max-age={YEAR}, immutable"}
        return Response(picture, media_type="image/webp", headers=forever)

    @app.get("/original/{document}")
    def original(document: str, request: Request, open: str = "") -> Response:  # ?open=1
        language = _language_of(request)
        try:
            known, path = workspace.original(document)
        except DocumentNotFoundError as error:
            return PlainTextResponse(error.describe(language), 404)
        if not path.is_file():
            lost = words(language)("ui.source.lost", title=known.title)
            return PlainTextResponse(lost, 404)
        name = known.path.rpartition("/")[2]
        shown = read_here(name, path) if open else None
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
    """A person's conversations and draft agenda, and the register, as files."""

    @app.get("/conversation/{number}.{form}")
    def conversation(number: int, form: str, request: Request, lang: str = "fr") -> Response:
        person = request.cookies.get(PERSON, "")
        titles = {one.id: one.title for one in workspace.conversations.of(person)}
        if number not in titles or form not in ("md", "docx"):
            return PlainTextResponse("404", 404)
        turns = workspace.conversations.turns(person, number)
        data = conversation_file(titles[number], turns, form, lang)
        return _download(data, f"conversation-{number}.{form}")

    @app.get("/agenda.{form}")
    def agenda(form: str, request: Request, lang: str = "fr", ref: str = "") -> Response:
        person = request.cookies.get(PERSON, "")
        kept = called(workspace, ref) if ref else saved(workspace, person)
        if kept is None or form not in ("md", "docx", "ics"):
            return PlainTextResponse(words(lang)("ui.agenda.none"), 404)
        if form == "md":
            data = agenda_markdown(kept).encode()
        else:
            data = agenda_docx(kept) if form == "docx" else agenda_ics(kept, datetime.now(UTC))
        return _download(data, f"{layout.file_title(kept)}.{form}")

    @app.get("/minutes.{form}")
    def minutes(form: str, request: Request, lang: str = "fr") -> Response:
        kept = saved(workspace, request.cookies.get(PERSON, ""))
        if kept is None or form not in ("md", "docx"):
            return PlainTextResponse(words(lang)("ui.agenda.none"), 404)
        data = minutes_docx(kept) if form == "docx" else minutes_markdown(kept).encode()
        return _download(data, f"{layout.minutes_title(kept)}.{form}")

    @app.get("/register-{view}.{form}")
    def register_file(
        view: str,
        form: str,
        chosen: Annotated[Chosen, Depends()],
        lang: str = "fr",
        open: str = "",  # ?open=1
    ) -> Response:
        if view not in COLUMNS or form not in ("csv", "xlsx"):
            return PlainTextResponse("404", 404)
        today = date.today()
        register, documents = workspace.library.register(today)
        known = chosen.of(register)
        if open:
            known = replace(known, actions=still_open(known, today))
        table = register_table(known, view, documents, lang)
        data = register_csv(table) if form == "csv" else register_xlsx(table, view)
        return _download(data, f"{view}.{form}")


def _download(data: bytes, name: str) -> Response:
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{in_address(name)}",
        "Cache-Control": "no-store",
    }
    return Response(data, media_type="application/octet-stream", headers=headers)
