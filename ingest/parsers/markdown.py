"""Markdown and its dialects (Quarto, R Markdown), cut at its headings.

markdown-it-py: a CommonMark parser that keeps line numbers, so that sections are slices of the
source, to the letter, and a ``#`` inside a code fence is no heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, Any, Final

from langchain_core.documents import Document

from copassist.passages import Locator
from ingest.cleaning import clean, decode
from ingest.parsers.base import SectionParser, section
from ingest.parsers.blocks import HEADING_CHARACTERS, HeadingPath

if TYPE_CHECKING:
    from langchain_core.documents.base import Blob
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_FRONT_MATTER: Final = re.compile(
    r"\A(---|\+\+\+)[ \t]*\n(.*?)\n(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL
)
_HTML_HEADING: Final = re.compile(r"\s*<h([1-6])[^>]*>(.*?)</h\1>", re.DOTALL | re.IGNORECASE)
_TAG: Final = re.compile(r"<[^>]+>")
_ATTRIBUTES: Final = re.compile(r"\s*\{[#.][^}]*\}\s*$")
_SETEXT_LINES: Final = 2
"""A longer "underlined heading" is a paragraph above a rule."""
_KEYS: Final = {
    "title": "title",
    "titre": "title",
    "date": "date",
    "kind": "kind",
    "type": "kind",
    "lang": "language",
    "language": "language",
    "langue": "language",
    "locale": "language",
}
"""Front matter keys that say something of a record, and the property each becomes."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the source: its level, its words, and the line it begins at."""

    level: int
    text: str
    line: int
    end: int


class MarkdownParser(SectionParser):
    """Sections are raw slices of the source (in NFC, with ``\\n``), heading line on top."""

    verbatim = True

    def sections(self, blob: Blob) -> Iterator[Document]:
        source = clean(decode(blob.as_bytes()))
        properties, text = front_matter(source)
        if text.strip():
            yield from slices(text, headings(text), properties)
        else:  # a card: all that it says stands in its front matter
            yield section(source, Locator(part="properties"), properties=properties)


def front_matter(text: str) -> tuple[dict[str, Any], str]:
    """Properties at the top of ``text`` (YAML or TOML), and the rest of it.

    Front matter that does not parse is left in the text.
    """
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, text
    values = _values(match[1], match[2])
    if values is None:
        return {}, text
    return properties_of(values), text[match.end() :]


def properties_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of :data:`_KEYS` as text, lists joined with commas."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        name = _KEYS.get(str(key).lower())
        if name and value and name not in found:
            found[name] = _words(value)
    return found


def _words(value: object) -> str:
    if isinstance(value, Mapping):
        return _words(next(iter(value.values()), ""))
    if isinstance(value, (list, tuple)):
        return ", ".join(_words(item) for item in value)
    return str(value)


def _values(fence: str, source: str) -> Mapping[str, Any] | None:
    if fence == "+++":
        import tomllib

        try:
            return tomllib.loads(source)
        except tomllib.TOMLDecodeError:
            return None
    import yaml

    try:
        values = yaml.safe_load(source)
    except (yaml.YAMLError, ValueError):  # ValueError: a date that no calendar has
        return None
    return values if isinstance(values, dict) else None


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")


def headings(text: str) -> list[Heading]:
    """Headings of ``text`` in order; those inside code, quotes or lists are not headings."""
    tokens = _markdown().parse(text)
    found: list[Heading] = []
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.level or token.map is None:
            continue
        if token.type == "heading_open" and following is not None:
            words = _ATTRIBUTES.sub("", plain(following)).strip()
            first, end = token.map
            if token.markup in "=-" and end - first > _SETEXT_LINES:
                continue
            found.append(Heading(int(token.tag[1]), words, first, end))
        elif token.type == "html_block" and (match := _HTML_HEADING.match(token.content)):
            words = " ".join(_TAG.sub("", match[2]).split())
            found.append(Heading(int(match[1]), words, token.map[0], token.map[0] + 1))
    return [
        heading for heading in found if heading.text and len(heading.text) <= HEADING_CHARACTERS
    ]


def plain(inline: Token) -> str:
    """The words of an inline token, without its marks, links' addresses or images."""
    words = [
        child.content if child.type in {"text", "code_inline"} else " "
        for child in inline.children or ()
        if child.type in {"text", "code_inline", "softbreak", "hardbreak"}
    ]
    return " ".join("".join(words).split())


def slices(
    text: str,
    found: Sequence[Heading],
    properties: Mapping[str, Any] | None = None,
    *,
    page: int | None = None,
    path: HeadingPath | None = None,
) -> Iterator[Document]:
    """Slices of ``text`` from each heading to the next, in order and nothing rewritten.

    A heading with nothing under it before a deeper one gives no section of its own. ``text`` may be
    one ``page`` of a document, and ``path`` the headings open where it begins, which is kept up.
    """
    lines = text.split("\n")
    path = HeadingPath() if path is None else path
    bounds = [0, *(heading.line for heading in found), len(lines)]
    first = dict(properties or {})
    for number, (start, end) in enumerate(pairwise(bounds)):
        heading = found[number - 1] if number else None
        body = lines[start:end]
        if heading:
            path.enter(heading.level, heading.text)
            after = found[number] if number < len(found) else None
            bare = not any(line.strip() for line in lines[heading.end : end])
            if bare and after and after.level > heading.level:
                continue
        raw = "\n".join(body).strip("\n")
        if raw.strip():
            under = lines[heading.end : end] if heading else body
            place = Locator(page=page, headings=path.path)
            document = section(raw, place, unit_of(under), properties=first)
            first = {}
            yield document


_ITEM: Final = re.compile(r"\s*(?:[-*+•]|\d+[.)])\s")


def unit_of(lines: Sequence[str]) -> str:
    """``table`` or ``list`` where every line is of one, else ``prose``."""
    filled = [line for line in lines if line.strip()]
    if filled and all(line.lstrip().startswith("|") for line in filled):
        return "table"
    if filled and all(_ITEM.match(line) or line.startswith("  ") for line in filled):
        return "list"
    return "prose"
