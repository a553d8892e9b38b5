"""The lines of a record with all that stands over each: headings, labels, the item it is under."""

# ruff: noqa: E501 - patterns and vocabularies are read whole, one wording after another

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from copassist.extraction.mailheaders import header_runs, outside
from copassist.extraction.sections import SPOKEN, Kind, announces_one, kind_of, kind_over, outermost
from copassist.extraction.texts import ARROW, plain, title_of
from copassist.extraction.typeset import is_typeset, is_wrapped, paragraphs
from copassist.pagebreaks import whole_sentences
from copassist.passages import QUOTED, Passage
from copassist.records import Source
from copassist.sentences import Block, Role, blocks, sentences

LABEL_LENGTH: Final = 90
"""Longest plain line read as the label of what follows: a heading typed without its marks."""

_BOLD_LINE: Final = re.compile(r"\s*(?:\*\*|__)(?P<title>[^*_\n]*[^*_\n.!?…])(?:\*\*|__)\s*:?\s*$")
_ARROW_BETWEEN: Final = re.compile(rf"{ARROW}[\s*_]*\||\|[\s*_]*{ARROW}")
"""An arrow where two sentences meet: the owner it points at belongs to the first."""
BESIDE: Final = 40
"""Characters on either side of that place in which an arrow is looked for: with the whole text on
either side, a line of 800 sentences took three seconds."""
POINTED_WORDS: Final = 5
"""Most words of a line after an arrow that only names an owner: two full names."""
_ENTRY: Final = re.compile(
    rf"[\w.'’@-]{{1,40}}(?:(?: ?[+&/,] ?| )[\w.'’@-]{{1,40}}){{0,4}} ?(?::|[–—-] |{ARROW}) ?\S"
)
"""A line of a list typed without marks: « Youssef : la convention », « Fatou – le formulaire »."""
_STATEMENT: Final = re.compile(r"[A-ZÀ-ÖØ-Þ\d].{5,250}[.;!]$")
"""A line that is a sentence of its own, and does not go on in the next line."""
_PLACEHOLDER: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_FRONT_MATTER: Final = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """A block of a passage. ``text`` is verbatim, ``words`` the same without Markdown. A sentence
    that goes on over the page is whole in both."""

    passage: Passage
    text: str
    words: str
    role: Role
    headings: tuple[str, ...] = ()
    """Heading path, outermost first, then the labels that stand over the line."""
    parents: tuple[Line, ...] = ()
    """The list items it is nested in, outermost first; the paragraph a list hangs on comes first."""
    kind: Kind = "topic"
    """Of the nearest section that says what its lines are."""
    children: int = 0
    group: int = 0
    """Lines of one list at one depth share a number."""
    lead: str = ""
    """The short line that this list hangs on, when it is not a section of ours."""
    reopened: bool = False
    """Prose has come since the first list of the section: it may have moved on."""
    cells: tuple[str, ...] = ()
    """Of a row whose text has no bars: a table that a PDF gave as wrapped lines."""
    record: str = ""
    """The heading over all others, which is the record's own title; empty where there is none."""
    overleaf: str = ""
    """What its passage ends with here, and stands on the next page."""

    def source(self, document: str, quote: str | None = None) -> Source:
        """Where this line, or a part of it, stands."""
        text = self.on_its_page(self.text if quote is None else quote)
        return Source(document, self.passage.id, text, self.passage.locator)

    def on_its_page(self, quote: str) -> str:
        """``quote``, a part of this line, without what stands on the next page."""
        if quote in self.passage.text.removesuffix(self.overleaf):
            return quote
        return quote.removesuffix(self.overleaf).rstrip() or quote

    @property
    def item(self) -> str | None:
        """The heading or label it stands under, as a reader would name it."""
        for heading in reversed(self.headings):
            if kind_of(heading) in ("topic", "frame") and heading != self.record:
                return title_of(heading)
        return title_of(self.headings[-1]) if self.headings else None

    def pieces(self) -> tuple[str, ...]:
        """Its sentences, each verbatim."""
        if self.role == "row":
            return (self.text,)
        spans = [(span.start, span.end) for span in sentences(self.text)]
        joined: list[tuple[int, int]] = []
        for start, end in spans:
            pointed = joined and _ARROW_BETWEEN.search(
                f"{self.text[: joined[-1][1]][-BESIDE:]}|{self.text[start : start + BESIDE]}"
            )
            apart = joined and "\n" in self.text[joined[-1][1] : start]
            if apart and len(self.text[start:end].split()) > POINTED_WORDS:
                pointed = None  # a line of its own that opens with an arrow concludes
            joined.append((joined.pop()[0] if pointed else start, end))
        return tuple(self.text[start:end] for start, end in joined) or (self.text,)


@dataclass(slots=True)
class _State:
    """What carries from block to block, and over passages of one section."""

    headings: tuple[str, ...] = ()
    label: str = ""
    brief: bool = False
    """Whether the label stands over one paragraph or list alone."""
    told: bool = False
    """Whether a paragraph has come under the label."""
    apart: bool = True
    """Whether a blank line, or the passage's beginning, stands before what is read."""
    lead: str = ""
    seen_list: bool = False
    reopened: bool = False
    stack: list[tuple[int, Line]] = field(default_factory=list)
    groups: int = 0
    record: str = ""
    overleaf: str = ""


def lines_of(passages: Sequence[Passage]) -> tuple[Line, ...]:
    """Every block of ``passages``, in order; code is left out, headings are kept as lines."""
    state = _State(record=outermost(map(_headings, passages)))
    found: list[Line] = []
    wrapped = is_wrapped(passages) if is_typeset(passages) else None
    for passage, overleaf in whole_sentences(passages):
        place = _headings(passage)
        if place != state.headings:
            state = _State(headings=place, groups=state.groups, record=state.record)
        state.overleaf = overleaf
        found.extend(_of_passage(passage, state, wrapped))
    return _with_children(found)


def _headings(passage: Passage) -> tuple[str, ...]:
    """What a passage stands under; who wrote what a mail quotes is no title of it."""
    return () if passage.locator.part == QUOTED else passage.locator.headings


def _of_passage(passage: Passage, state: _State, wrapped: bool | None) -> Iterator[Line]:
    """``wrapped``: whether lines of a text without Markdown continue; ``None`` for Markdown."""
    matter = _FRONT_MATTER.match(passage.text)
    after = matter.end() if matter else 0
    found = blocks(passage.text) if wrapped is None else paragraphs(passage, wrapped)
    for block in _level(_without_headers(passage.text, found), state):
        state.apart = passage.text[: block.start].rstrip(" \t").endswith("\n\n") or not block.start
        if block.role == "code" or block.start < after:
            continue
        text = passage.text[block.body : block.end].strip()
        words = plain(_PLACEHOLDER.sub("", text))
        if not words:
            continue
        if block.role == "heading":
            _open_heading(state, title_of(words), passage)
            yield _line(passage, text, block.role, state)
        elif block.role == "item":
            yield _list_item(passage, text, block, state)
        elif block.role == "row":
            state.stack.clear()
            yield _line(passage, text, block.role, state)
        else:
            yield from _paragraph(passage, text, state)


def _without_headers(text: str, found: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks without the headers of mails."""
    runs = header_runs(text)
    if not runs:
        return tuple(found)
    return tuple(
        replace(block, start=start, end=end, body=max(block.body, start))
        for block in found
        for start, end in outside(block.start, block.end, runs)
    )


def _level(found: tuple[Block, ...], state: _State) -> tuple[Block, ...]:
    """The blocks, the first one put back to the depth that cutting the list took from it.

    A passage is trimmed, so a nested item that opens it looks like one of the top. Followed by a
    deeper item it is taken for that one's parent; but under « Mesures de suivi », for a sibling
    of the last item before the cut, so that no action is lost.
    """
    if not state.stack or not found or found[0].role != "item" or found[0].level:
        return found
    depths = [depth for depth, _ in state.stack]
    following = next((block.level for block in found[1:] if block.role == "item"), depths[-1])
    listed = any(kind_of(line.words) in SPOKEN for _, line in state.stack)
    if following == depths[-1] and listed:
        return (replace(found[0], level=following), *found[1:])
    return (
        replace(found[0], level=max((d for d in depths if d < following), default=0)),
        *found[1:],
    )


def _open_heading(state: _State, title: str, passage: Passage) -> None:
    path = passage.locator.headings
    known = any(title_of(heading) == title for heading in path)
    state.label, state.brief = "" if known else title, False
    state.lead = ""
    state.seen_list = state.reopened = False
    state.stack.clear()


def _list_item(passage: Passage, text: str, block: Block, state: _State) -> Line:
    if not state.stack:
        state.groups += 1
    while state.stack and state.stack[-1][0] >= block.level:
        state.stack.pop()
    parents = tuple(line for _, line in state.stack)
    line = _line(passage, text, block.role, state, parents)
    state.stack.append((block.level, line))
    state.seen_list = True
    return line


def _paragraph(passage: Passage, text: str, state: _State) -> Iterator[Line]:
    state.stack.clear()
    for piece in _lines_meant(text):
        said = plain(piece)
        if not said:
            continue
        bold = _BOLD_LINE.match(piece)
        opens = _opens_decisions(said)
        if bold or opens or (len(said) <= LABEL_LENGTH and kind_of(said) in SPOKEN):
            state.label, state.lead = title_of(opens or said), ""
            state.brief, state.told = bool(opens) or announces_one(said), False
            state.seen_list = state.reopened = False
        else:
            if state.brief and state.apart and (state.told or state.seen_list):
                state.label, state.brief = "", False
            state.told = True
            if rows := _entries(piece, state):
                state.lead, state.seen_list = "", True
                state.groups += 1
                yield from (_line(passage, row, "item", state) for row in rows)
                continue
            state.lead = said if len(said) <= LABEL_LENGTH or said.endswith(":") else ""
            state.reopened = state.seen_list
        yield _line(passage, piece, "sentence", state)


def _opens_decisions(said: str) -> str:
    """The end of a paragraph that opens a list of decisions: « … . We agreed: »; else empty."""
    last = re.split(r"(?<=[.!?)]) ", said)[-1] if said.endswith(":") else ""
    return last if last and kind_of(last) == "decisions" else ""


def _entries(text: str, state: _State) -> tuple[str, ...]:
    """The lines under « SUIVIS » or "We agreed:" that are an entry each, though nobody typed a mark
    before them."""
    rows = tuple(row.strip() for row in text.split("\n"))
    shape = {"follow_up": _ENTRY, "decisions": _STATEMENT}.get(_kind(state, ()))
    return rows if shape and len(rows) > 1 and all(map(shape.match, rows)) else ()


def _lines_meant(text: str) -> Iterator[str]:
    """A paragraph, apart from a first or last line that is a label: « Mesures de suivi »."""
    rest = text.split("\n")
    while rest and (_BOLD_LINE.match(rest[0]) or kind_of(rest[0]) in SPOKEN):
        yield rest.pop(0).strip()
    tail: list[str] = []
    while rest and kind_of(rest[-1]) in SPOKEN and not rest[-1].rstrip().endswith("."):
        tail.insert(0, rest.pop().strip())
    if rest:
        yield "\n".join(rest).strip()
    yield from tail


def _line(
    passage: Passage, text: str, role: Role, state: _State, parents: tuple[Line, ...] = ()
) -> Line:
    headings = (*state.headings, state.label) if state.label else state.headings
    return Line(
        passage,
        text,
        plain(_PLACEHOLDER.sub("", text)),
        role,
        headings,
        parents,
        _kind(state, parents),
        group=state.groups * 100 + len(parents),
        lead=state.lead if role == "item" else "",
        reopened=state.reopened,
        record=state.record,
        overleaf=state.overleaf,
    )


_OWN_LINES: Final = frozenset({"agenda", "people", "next"})
"""Kinds that say what their own lines are, and nothing of the headings below them."""


def _kind(state: _State, parents: tuple[Line, ...]) -> Kind:
    for parent in reversed(parents):
        kind = kind_of(parent.words)
        if kind in SPOKEN and kind != "people":
            return kind
    over = [kind_over(heading) for heading in state.headings]
    if state.label:
        over.append(kind_of(state.label))
    for depth, kind in enumerate(reversed(over)):
        if kind in _OWN_LINES and depth:
            continue
        if kind not in ("topic", "frame"):
            return kind
    return "topic"


def _with_children(found: list[Line]) -> tuple[Line, ...]:
    counts: dict[int, int] = {}
    for line in found:
        for parent in line.parents[-1:]:
            counts[id(parent)] = counts.get(id(parent), 0) + 1
    if not counts:
        return tuple(found)
    renewed: dict[int, Line] = {}
    for line in found:
        parents = tuple(renewed[id(parent)] for parent in line.parents)
        renewed[id(line)] = replace(line, children=counts.get(id(line), 0), parents=parents)
    return tuple(renewed[id(line)] for line in found)
