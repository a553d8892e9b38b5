"""What may reach a reader's screen from a model or a document: Markdown, and nothing that acts.

A document can ask a model for a picture whose address carries the conversation away, a link to
a false sign-in page, or HTML. So text written by a model keeps its words, lists, tables,
emphasis and code, and loses pictures, HTML, and every address that is not of this library.
``tests/test_sanitize.py`` parses what is left as a page would, and finds nothing that acts.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

_ADDRESS: Final = re.compile(
    r"(?:\b(?:https?|ftps?|file|data|javascript|vbscript|mailto|tel|blob|ws|wss)\s*:\s*/{0,2}|\bwww\.)"
    r"[^\s<>\"'`)\]]*",
    re.IGNORECASE,
)
_BARE_DOMAIN: Final = re.compile(
    r"(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|net|org|io|ca|fr|dev|app|info|biz|xyz|ru|cn|test|example)"
    r"(?:[/?:#][^\s<>\"'`)\]]*)",
    re.IGNORECASE,
)
_HTML: Final = re.compile(r"<(?:!--.*?(?:-->|\Z)|[/!?]?[a-zA-Z][^>]*>)", re.DOTALL)
_OPENING: Final = re.compile(r"<(?=[/!?a-zA-Z])")
"""A tag never closed: set apart from its name, it is a "less than"."""
_IMAGE: Final = re.compile(r"!\[([^\]]*)\](?:\([^)]*(?:\)|\Z)|\[[^\]]*\])?")
_LINK: Final = re.compile(r"\[((?:[^\]\n]|\n(?!\s*\n))*)\]\((?!#)[^)]*(?:\)|\Z)")
_LINK_END: Final = re.compile(r"\]\((?:\)|(?!#)\S*?\))")
"""Of a link whose beginning stands in another passage."""
_REFERENCE: Final = re.compile(r"^ {0,3}\[[^\]\n]+\]:.*$", re.MULTILINE)
_HIDDEN: Final = frozenset({"Cf", "Co", "Cs", "Cn"})
"""Unicode categories that show nothing: zero-width, direction overrides, tags, private use."""
_KEPT: Final = frozenset("\u00ad\u200d")


def sanitize(markdown: str) -> str:
    """``markdown`` without pictures, HTML, or links and addresses outside the library.

    The words of a link stay. Sanitising twice changes nothing.
    """
    text, previous = markdown, None
    while previous != text:
        # one removal can bring the parts of another together
        previous = text
        text = _without_hidden(html.unescape(text))
        text = _HTML.sub("", text)
        text = _OPENING.sub("< ", text)
        text = _REFERENCE.sub("", text)
        text = _IMAGE.sub(r"\1", text)
        text = _LINK.sub(r"\1", text)
        text = _LINK_END.sub("", text)
        text = _ADDRESS.sub("", text)
        text = _BARE_DOMAIN.sub("", text)
    return text


def _without_hidden(text: str) -> str:
    return "".join(
        letter for letter in text if letter in _KEPT or unicodedata.category(letter) not in _HIDDEN
    )
