"""What may reach a reader's screen from a model or a document: Markdown, and nothing that acts.

A document can ask a model for a picture whose address carries the conversation away, a link to
a false sign-in page, or HTML. So text written by a model keeps its words, lists, tables,
emphasis and code, and loses pictures, HTML, and every address that is not of this library.
Parsed with markdown-it, never with patterns alone: what a page will render is what is checked.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

LIBRARY_SCHEMES: Final = ("#",)
"""Addresses within the page: where a label leads. Nothing else is a link."""

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


def sanitize(markdown: str, *, removed: str = "") -> str:
    """``markdown`` without pictures, HTML, or links and addresses outside the library.

    The words of a link stay; ``removed`` stands for an address that was written out.
    Sanitising twice changes nothing.
    """
    text = _without_hidden(html.unescape(markdown))
    previous = None
    while previous != text:
        # one removal can bring the parts of another together
        previous = text
        text = _HTML.sub("", text)
        text = _OPENING.sub("< ", text)
        text = _REFERENCE.sub("", text)
        text = _IMAGE.sub(r"\1", text)
        text = _LINK.sub(r"\1", text)
        text = _LINK_END.sub("", text)
        text = _ADDRESS.sub(removed, text)
        text = _BARE_DOMAIN.sub(removed, text)
    return text


def acts(markdown: str) -> tuple[str, ...]:
    """What of ``markdown`` would act when rendered: kinds of token."""
    found: list[str] = []
    for token in _walk(_parser().parse(markdown)):
        if token.type in {"image", "html_block", "html_inline"}:
            found.append(token.type)
        if token.type == "link_open" and not str(token.attrGet("href") or "").startswith(
            LIBRARY_SCHEMES
        ):
            found.append("link")
    return tuple(found)


def _without_hidden(text: str) -> str:
    return "".join(
        letter for letter in text if letter in _KEPT or unicodedata.category(letter) not in _HIDDEN
    )


def _walk(tokens: list[Token]) -> list[Token]:
    found: list[Token] = []
    for token in tokens:
        found.append(token)
        found.extend(_walk(token.children or []))
    return found


@cache
def _parser() -> MarkdownIt:
    # as permissive as any page that may render it: HTML and bare addresses on
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
