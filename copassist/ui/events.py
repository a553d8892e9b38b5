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


def shown(elem_id: str = "") -> str:
    """JavaScript that brings a part of the page into view, where it is not, and gives it the focus.

    Without an id it is the part that the button pressed named (``data-goes``, see ``panel.js``).
    """
    place = f"'{elem_id}'" if elem_id else "window.copGoes || ''"
    return _SHOW.replace("PLACE", place)


_SHOW: Final = """() => {
  const part = document.getElementById(PLACE);
  window.copGoes = '';
  const first = part?.querySelector('h2, textarea, p');
  if (!first) return;
  if (first.matches('p')) first.tabIndex = -1;
  first.focus({ preventScroll: true });
  const top = part.getBoundingClientRect().top;
  if (top < 0 || top > innerHeight / 2) part.scrollIntoView({ block: 'start' });
}"""
