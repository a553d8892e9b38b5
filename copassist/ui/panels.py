"""Panels of our own HTML whose buttons reach Python, and the person whose browser sends a click."""

from __future__ import annotations

from importlib import resources
from typing import Any, Final

import gradio as gr

from copassist.ui.cookies import PERSON

QUIET: Final[dict[str, Any]] = {"show_progress": "hidden"}
"""Options of an event that Gradio draws no progress over: ``panel.js`` says that it was heard."""


def person_of(request: gr.Request) -> str:
    """The number in the person's browser; ``middleware.py`` gives one to a browser without."""
    return str(request.cookies.get(PERSON, ""))


def panel(value: str, elem_id: str, shows: str = "", **options: Any) -> gr.HTML:
    """Our own HTML, whose buttons reach Python.

    ``shows`` is the id of the panel where the answer to a click appears, when it is another one.
    """
    script = resources.files("copassist.ui").joinpath("panel.js").read_text(encoding="utf-8")
    return gr.HTML(
        value,
        js_on_load=script,
        elem_id=elem_id,
        shows=shows,
        padding=False,
        apply_default_css=False,
        **options,
    )
