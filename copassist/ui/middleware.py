"""Between the page and the browser: what may load, the page's language, the person's number.

A content security policy lets the page load from this server only, so nothing in a document can
make a browser fetch something elsewhere.
"""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copassist.settings import http_host
from copassist.ui.cookies import LANGUAGE, PERSON, YEAR
from copassist.words import LANGUAGES

POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'self'"
)
"""Gradio compiles its templates in the browser: hence 'unsafe-eval'. Nothing from elsewhere."""
OK: Final = 200
ADDRESSES: Final = 8
"""Pages kept: a machine is reached by one or two names, in two languages."""
ADDRESS_HEADERS: Final = (
    "accept-encoding",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-gradio-server",
)

# Gradio's own words ("Drop a file here") follow navigator.language; ours follow the address.
_SPEAK: Final = (
    '<script>for (const name of ["language", "languages"]) Object.defineProperty(navigator, name, '
    '{{get: () => name === "language" ? "{language}" : ["{language}"]}});</script>'
)


LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""What this machine calls itself, in a browser."""


class LocalNames:
    """Refuses what is asked under a name that is not this machine's, where only it is served.

    A page elsewhere whose name is made to lead here (DNS rebinding) could read every document: to
    the browser it would be the same site. ``refusal`` is what it is answered.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str], refusal: str) -> None:
        self._app = app
        self._names = names
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not self._is_local(Headers(scope=scope)):
            await PlainTextResponse(self._refusal, 400)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_local(self, headers: Headers) -> bool:
        """A browser always sends the name; whoever sends none is no page."""
        asked = headers.get("host")
        return asked is None or http_host(f"http://{asked}") in self._names


class PageMiddleware:
    """Headers on every response; the page itself in its language, with the person's cookies.

    Gradio renders the page anew at each visit (35 ms of processor time), though it is the same
    for everybody who reaches the server by the same address. So one is kept for each address.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._pages: OrderedDict[Hashable, _Kept] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        found = re.fullmatch(rf"/({'|'.join(LANGUAGES)})/?", scope["path"])
        if found is None:
            await self._app(scope, receive, _with_policy(send))
            return
        request = Request(scope)
        key = _cache_key(request)
        kept = self._pages.get(key)
        if kept is None:
            kept = await self._page(request, receive, found[1])
            self._keep(key, request, kept)
        headers = [*kept.headers, *_cookies(found[1], request.cookies), *_policy()]
        start = {"type": "http.response.start", "status": kept.status, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": kept.body})

    async def _page(self, request: Request, receive: Receive, language: str) -> _Kept:
        """The page that Gradio renders, put into ``language``."""
        start: Message = {}
        body = bytearray()

        async def gather(message: Message) -> None:
            start.update(message if message["type"] == "http.response.start" else {})
            body.extend(message.get("body", b""))

        await self._app(request.scope, receive, gather)
        headers = dict(start["headers"])
        plain = b"content-encoding" not in headers
        shown = _in_language(bytes(body), language) if plain else bytes(body)
        headers[b"content-length"] = str(len(shown)).encode()
        return _Kept(start["status"], tuple(headers.items()), shown)

    def _keep(self, key: Hashable, request: Request, kept: _Kept) -> None:
        """Keep a page that is the same for everybody: complete, and setting no cookie."""
        own = any(name == b"set-cookie" for name, _ in kept.headers)
        if request.method == "GET" and not request.url.query and kept.status == OK and not own:
            self._pages[key] = kept
            if len(self._pages) > ADDRESSES:
                self._pages.popitem(last=False)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A response, ready to be sent again."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def _cache_key(request: Request) -> Hashable:
    """All that Gradio's page depends on: the address, and the proxies' headers.

    A HEAD request, or one with a query, has a key of its own that nothing is kept under.
    """
    through = (request.headers.get(name) for name in ADDRESS_HEADERS)
    return (request.method, str(request.url), *through)


def _with_policy(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *_policy()]
        await send(message)

    return sending


def _policy() -> list[tuple[bytes, bytes]]:
    return [
        (b"content-security-policy", POLICY.encode()),
        (b"referrer-policy", b"same-origin"),
        (b"x-content-type-options", b"nosniff"),
    ]


def _in_language(html: bytes, language: str) -> bytes:
    speak = _SPEAK.format(language=language).encode()
    html = html.replace(b'lang="en"', b'lang="' + language.encode() + b'"', 1)
    return html.replace(b"<head>", b"<head>" + speak, 1)


def _cookies(language: str, cookies: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """The language, for the next visit; a number for a browser that has none yet."""
    flags = f"Path=/; Max-Age={YEAR}; SameSite=Lax; HttpOnly"
    given = [f"{LANGUAGE}={language}; {flags}"]
    if not cookies.get(PERSON):
        given.append(f"{PERSON}={secrets.token_urlsafe(16)}; {flags}")
    return [(b"set-cookie", one.encode()) for one in given]
