"""A text without its markup: what is embedded and searched, never what is quoted."""

from __future__ import annotations

import html
import re
import unicodedata

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HTML_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,500}>|\{[{%:][^{}\n]*[}%]?\}")
_LINK = re.compile(
    r"!?\[([^\[\]]*)\]"
    r"(?:\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+[\"'][^)]*)?\)|\[[^\[\]]*\])"
)
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]:?")
_URL = re.compile(r"<?\b(?:https?://|ftp://|mailto:|www\.)[^\s<>\")\]]+>?", re.IGNORECASE)
_LINE_MARK = re.compile(
    r"^[ \t>]*(?:#{1,6}(?=\s)|[-*+•](?=\s)|\||`{3,}\w*|~{3,}\w*|[=-]{3,}[ \t]*$)?"
    r"[ \t]*(?:\[[ xX]\][ \t])?",
    re.MULTILINE,
)
_TABLE_RULE = re.compile(r"^[ \t|:+=-]+$", re.MULTILINE)
_EMPHASIS = re.compile(r"\*+|`+|~~|(?<![^\W_])_{1,3}(?=\S)|(?<=\S)_{1,3}(?![^\W_])|\\(?=[^\w\s])")
_EMPHASIS_MARKS = re.compile(r"[*`~_\\]")
_PIPE = re.compile(r"[ \t]*\|[ \t]*")
_BLANKS = re.compile(r"[ \t\u00a0\u202f]+")
_EMPTY_LINES = re.compile(r"\n\s*\n+")


def plain(text: str) -> str:
    """``text`` without Markdown, HTML or addresses."""
    text = unicodedata.normalize("NFC", text)
    if "<" in text or "{" in text:
        text = _HTML_TAG.sub(" ", _COMMENT.sub(" ", text))
    if "[" in text:
        # twice: a linked picture is a link inside a link
        text = _FOOTNOTE.sub(" ", _LINK.sub(r"\1", _LINK.sub(r"\1", text)))
    if ":" in text or "www." in text:
        text = _URL.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    text = _LINE_MARK.sub("", _TABLE_RULE.sub("", text))
    if "|" in text:
        text = _PIPE.sub(" | ", text)
    if _EMPHASIS_MARKS.search(text):
        text = _EMPHASIS.sub("", text)
    return _EMPTY_LINES.sub("\n", _BLANKS.sub(" ", text)).strip(" \n|")
