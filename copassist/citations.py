"""Labels and quotes: what ties a sentence of an answer to the words it rests on. Pure functions.

Two kinds of label:

- The evidence given to a model is numbered ``[S1]``, ``[S2]``..., and that is what a model is
  asked to write. A letter and a number in brackets: neither a year (``[2024]``), a footnote nor
  the text of a Markdown link looks like it. Look-alikes in documents are taken apart by
  :func:`defuse` before a model sees them.
- A reader sees ``[1]``, ``[2]``... numbered by first use. Only :func:`cite` writes these. Since
  the model's own ``[1]`` would look the same, one or two bare digits in brackets are dropped.

Everything works on text that is still arriving: what is shown of a prefix is a prefix of what
is shown of the whole (``tests/test_citations.py`` holds it to that).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

SOURCE_LINE: Final = re.compile(r"^\*(?!\*).*(?<!\*)\*$")
"""A source on a line of its own, as `answers.py` writes it under a quote. Neither a headline, which
is bold, nor what is said under an item, which is indented."""
_WRITTEN: Final = r"\[\s*S\s*\d{1,3}(?:\s*[,;]?\s*(?:et|and|&)?\s*S?\s*\d{1,3})*\s*\]"
_BARE: Final = r"\[\s*\d{1,2}(?:\s*[,;]\s*\d{1,2})*\s*\]"
"""What a reader would take for a label: never more than 99 of them, so a year stays a year."""
_LABEL: Final = re.compile(rf"(?P<space>\s*)(?P<label>{_WRITTEN}|{_BARE})", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d{1,3}")
_UNFINISHED: Final = re.compile(r"\s*(?:\[[\sSETAND\d,;&]*)?\Z", re.IGNORECASE)
"""What may still become a label, or the space before one that will be dropped."""
_LOOK_ALIKE: Final = re.compile(r"\[(\s*S\s*\d[^\[\]]*)\]", re.IGNORECASE)
_WOULD_LINK: Final = ("(", ":")
"""After ``]`` these would make a label the text of a Markdown link, or define one."""
_OPEN: Final = re.compile(r"\[[\s\d,;]*\Z")
"""Text that what follows could make into a label."""
_LEFT_OUT: Final = "…"


@dataclass(frozen=True, slots=True)
class Label:
    """A label as a model wrote it, at ``text[start:end]``: the evidence numbers it names."""

    start: int
    end: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """Text as a reader sees it; label ``[n]`` stands for evidence number ``used[n - 1]``."""

    text: str
    used: tuple[int, ...]


def written(number: int) -> str:
    """The label of evidence ``number``, as a model reads and writes it."""
    return f"[S{number}]"


def shown(number: int) -> str:
    """The label a reader sees."""
    return f"[{number}]"


def defuse(text: str) -> str:
    """Document text in which nothing looks like a label of ours: its brackets become round."""
    return _LOOK_ALIKE.sub(r"(\1)", text)


def labels(text: str) -> tuple[Label, ...]:
    """The labels of ``text``, in order. Bare numbers in brackets name nothing."""
    return tuple(
        Label(found.start("label"), found.end(), _numbers(found["label"]))
        for found in _LABEL.finditer(text)
    )


def settled(text: str) -> str:
    """``text``, still arriving, up to what may yet become a label or the space before one."""
    return text[: _UNFINISHED.search(text).start()]  # type: ignore[union-attr]  # matches ""


def cite(
    text: str, known: Collection[int], used: tuple[int, ...] = (), *, final: bool = False
) -> Cited:
    """``text`` as a reader sees it: labels renumbered by first use, unknown ones dropped.

    ``known``: the evidence numbers there are. ``used``: those already shown above this text,
    which keep their labels. While text is arriving (``final=False``) an unfinished label at its
    end, and the space before it, are withheld.
    """
    ready = settled(text)
    order = list(used)
    pieces: list[str] = []
    at = 0
    for found in _LABEL.finditer(ready):
        pieces.append(ready[at : found.start()])
        at = found.end()
        numbers = [number for number in _numbers(found["label"]) if number in known]
        order += [number for number in dict.fromkeys(numbers) if number not in order]
        shows = dict.fromkeys(order.index(number) + 1 for number in numbers)
        if shows:
            pieces += [found["space"], *map(shown, shows)]
        shown_so_far = "".join(pieces)
        if shown_so_far.endswith("]") and ready.startswith(_WOULD_LINK, at):
            pieces.append(" ")
        elif not shows and _OPEN.search(shown_so_far):
            # "[0[S99]]" without its inside would read as a label that nobody wrote
            pieces.append(_LEFT_OUT)
    pieces.append(ready[at:])
    rest = text[len(ready) :] if final else ""
    return Cited("".join(pieces) + ("" if "[" in rest else rest), tuple(order))


def find_quote(quote: str, text: str) -> tuple[int, int] | None:
    """Where ``quote`` stands in ``text``: ``text[start:end]`` is the verbatim slice.

    Character for character but for runs of white space, and never inside a word: "possible" is
    no quote of "impossible". Nothing fuzzy: that is how "a adopté" passes for "n'a pas adopté".
    """
    words = quote.split()
    if not words:
        return None
    start = r"(?<!\w)" if words[0][0].isalnum() else ""
    end = r"(?!\w)" if words[-1][-1].isalnum() else ""
    found = re.search(start + r"\s+".join(map(re.escape, words)) + end, text)
    return found.span() if found else None


def quote_in(quote: str, text: str) -> bool:
    """Whether ``text`` holds ``quote`` verbatim, white space apart."""
    return find_quote(quote, text) is not None


def _numbers(label: str) -> tuple[int, ...]:
    if "s" not in label.lower():
        return ()
    return tuple(dict.fromkeys(int(number) for number in _NUMBER.findall(label)))
