"""Inclusive forms of French words brought to the first form they join."""

from __future__ import annotations

import re
from typing import Final

MIDDLE_DOTS: Final = "·•⋅‧∙・"
_PARENTHESES = re.compile(r"\([^)]*\)")
_LONG_FEMININE = r"(?:[rt]*ice|euse|i?ère)"
_FEMININE = rf"(?:(?:e|ne|le|te|fe|sse|ve|{_LONG_FEMININE})s?)"
_SLASHED = re.compile(rf"([^\W\d_]{{2,}})/(?:{_FEMININE}|es)(?:/s)?$")
_HYPHENED = re.compile(
    rf"([^\W\d_]{{2,}}?)s?-(?:es?|(?:e|ne|le|te|ve)-s|{_LONG_FEMININE}(?:-?s)?)$"
)
_DOTTED = re.compile(
    rf"([^\W\d_]{{2,}}?)s?\.(?:es?|nes?|(?:e|ne|le|te|ve|fe)\.s|{_LONG_FEMININE}(?:\.?s)?)$"
)


def first_form(token: str) -> str:
    """``participant·e·s``, ``participant(e)s``, ``-e-s``, ``.e.s``, ``/e/s`` to the first form."""
    for dot in MIDDLE_DOTS:
        if dot in token:
            return token.split(dot, maxsplit=1)[0]
    if "(" in token:
        token = _PARENTHESES.sub("", token)
    for pattern in (_SLASHED, _HYPHENED, _DOTTED):
        if match := pattern.match(token):
            return match.group(1)
    return token
