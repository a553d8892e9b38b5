"""The messages that one mail holds: its own words, and those it quotes, each with who wrote them.

A reply carries what it answers, line by line behind « > », under « Le mar. 19 août 2025 à 09:30,
Sylvain Côté a écrit : » or under the header block of Outlook. Read as one text, a sentence of one
person is cited as another's, and searches end in rows of marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

LONGEST_ATTRIBUTION: Final = 3
"""Lines that « Le …, X a écrit : » may be wrapped over."""

_MARKS: Final = re.compile(r"(?:[ \t]*>)+ ?")
_WROTE: Final = re.compile(
    r"(?P<who>(?:le|on)\b.{6,160}?)[ ,]*(?:<[^<>\s]+>|\[mailto:[^\]]+\])?[ ,]*"
    r"(?:a écrit|wrote|schrieb)[ \u00a0]?:$",
    re.IGNORECASE | re.DOTALL,
)
_OPENS: Final = re.compile(r"(?:le|on)\b.*\d", re.IGNORECASE)
_SURE: Final = re.compile(r"\d{1,2} ?[:h] ?\d{2}|@")
"""A time of day or an address, which « Le maire nous a écrit : » has not."""
LONGEST_LINE: Final = 200
"""Characters of a line that can say who wrote what follows."""
_RULE: Final = re.compile(
    r"[-_ ]{3,}(?:message d'origine|message original|original message|forwarded message"
    r"|message transféré)?[-_ ]{3,}$",
    re.IGNORECASE,
)
FIELD: Final = (
    r"[*_]*(?P<name>de|from|envoyé|sent|date|à|to|cc|cci|bcc|objet|subject)[*_]*[ \u00a0]?:"
)
"""The name of a header line kept in a text, with the marks of bold letters."""
SENDER: Final = frozenset(("de", "from"))
SENT: Final = frozenset(("envoyé", "sent", "date"))
_FIELD: Final = re.compile(FIELD + r"[*_]*\s*(?P<value>.*)", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"\s*(?:<[^<>]*>|\[mailto:[^\]]*\])")


@dataclass(slots=True)
class Message:
    """``written`` says who wrote it and when, as the mail does; empty for the mail's own words."""

    written: str
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words, without marks."""
        return "\n".join(self.lines).strip("\n")


def messages_of(body: str) -> tuple[Message, ...]:
    """The messages in ``body``, in its order, those without words left out.

    A reply between the lines is a message of its own again, by whoever wrote at that depth.
    """
    found: list[Message] = [Message("")]
    writers: dict[int, str] = {0: ""}
    lines = [_unmarked(line) for line in body.split("\n")]
    at, last = 0, 0
    while at < len(lines):
        depth, words = lines[at]
        if said := _attribution(lines, at):
            size, written, inner = said
            writers[inner] = written
            found.append(Message(written))
            at, last = at + size, inner
            continue
        if words and depth != last:
            found.append(Message(writers.get(depth, "")))
            last = depth
        found[-1].lines.append(words)
        at += 1
    return tuple(message for message in found if message.text.strip())


def _unmarked(line: str) -> tuple[int, str]:
    marks = _MARKS.match(line)
    return (marks.group().count(">"), line[marks.end() :]) if marks else (0, line)


def _attribution(lines: Sequence[tuple[int, str]], at: int) -> tuple[int, str, int] | None:
    """Lines that say who wrote what follows: how many, what they say, and at what depth it is."""
    depth, words = lines[at]
    if _OPENS.match(words):
        for size in range(1, LONGEST_ATTRIBUTION + 1):
            said = " ".join(text.strip() for _, text in lines[at : at + size])
            match = _WROTE.fullmatch(said) if len(said) <= LONGEST_LINE else None
            if match and (_SURE.search(said) or _deeper(lines, at + size, depth)):
                return size, _ADDRESS.sub("", match["who"]).strip(" ,"), depth + 1
    return _header_block(lines, at)


def _deeper(lines: Sequence[tuple[int, str]], at: int, depth: int) -> bool:
    """Whether the next line with words is quoted deeper."""
    following = next((level for level, words in lines[at:] if words.strip()), depth)
    return following > depth


def _header_block(lines: Sequence[tuple[int, str]], at: int) -> tuple[int, str, int] | None:
    depth, words = lines[at]
    ruled = len(words) <= LONGEST_LINE and _RULE.fullmatch(words.strip()) is not None
    start = at + 1 if ruled else at
    fields = dict(_fields(lines, start, depth))
    sender = next((value for name, value in fields.items() if name in SENDER), "")
    sent = next((value for name, value in fields.items() if name in SENT), "")
    mailed = ruled or "@" in sender or {"envoyé", "sent"} & fields.keys()
    if not (sender and sent and mailed):  # « De : 18 h à 20 h » invites
        return None
    written = f"{_ADDRESS.sub('', sender).strip()}, {sent.strip()}"
    return start - at + len(fields), written, depth


def _fields(lines: Sequence[tuple[int, str]], start: int, depth: int) -> Iterator[tuple[str, str]]:
    for at in range(start, len(lines)):
        level, words = lines[at]
        match = _FIELD.fullmatch(words.strip())
        if match is None or level != depth:
            return
        yield match["name"].lower(), match["value"]
