"""How events of the page reach Python."""

from __future__ import annotations

from typing import Any, Final

AS_SENT: Final[dict[str, Any]] = {"preprocess": False}
"""For every event that reads a choice among what the library holds: values as the browser sends
them.

Gradio else refuses, in English and before any code of ours runs, a value that is not among the
choices it last sent to that very page. Those may be older than the library (files dropped since, a
document removed elsewhere) or forgotten (the server started anew), and then the field fails every
event that reads it, until the page is loaded again. What is no longer there simply finds nothing.
"""
