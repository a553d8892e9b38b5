"""Panels of ours whose buttons reach Python, and whose browser it is that they are pressed in."""

from __future__ import annotations

from importlib import resources
from typing import Any

import gradio as gr

from copassist.ui.cookies import PERSON


def person_of(request: gr.Request) -> str:
    """The number in the person's browser; the server gives one to who has none."""
    return str(request.cookies.get(PERSON, ""))


def panel(value: str, elem_id: str, shows: str = "", **options: Any) -> gr.HTML:
    """HTML of ours whose buttons reach Python.

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
