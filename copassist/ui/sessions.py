"""A set of the pages that are open in browsers."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

import gradio as gr

SESSIONS: Final = 500
"""Pages open at once, in each language, whose state is kept. Beyond that, the one unused for
longest is forgotten, and the next question asked there begins a new conversation."""


class Sessions:
    """A set of open pages. Nothing tells when one is closed, so the oldest are forgotten."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, request: gr.Request) -> bool:
        return str(request.session_hash) in self._known

    def add(self, request: gr.Request) -> None:
        self.discard(request)
        self._known[str(request.session_hash)] = None
        if len(self._known) > SESSIONS:
            self._known.popitem(last=False)

    def discard(self, request: gr.Request) -> None:
        self._known.pop(str(request.session_hash), None)
