"""An action that only announces its list (« Consolider un document avec : ») takes it along."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from copassist.passages import Passage
from copassist.records import Action

LONGEST: Final = 600
"""Characters that are taken along: a longer list is a document by itself."""

_LINE: Final = re.compile(r"\n(?P<indent>[ \t]*)(?=\S)(?P<words>.*)")


def with_what_follows(actions: Iterable[Action], passages: Sequence[Passage]) -> tuple[Action, ...]:
    """``actions`` whose text ends with a colon quote the deeper lines under them too."""
    texts = {passage.id: passage.text for passage in passages}
    return tuple(_whole(action, texts) for action in actions)


def _whole(action: Action, texts: dict[str, str]) -> Action:
    source = action.source
    if source is None or not action.text.rstrip(" *_").endswith(":"):
        return action
    text = texts.get(source.passage, "")
    start = text.find(source.quote)
    if start < 0 or action.text not in source.quote:
        return action
    end = _end_of_list(text, start, start + len(source.quote))
    quote = text[start:end]
    if end == start + len(source.quote) or len(quote) > LONGEST:
        return action
    told = quote[quote.index(action.text) :]
    return replace(action, text=told, source=replace(source, quote=quote))


def _end_of_list(text: str, start: int, end: int) -> int:
    """Where the lines that are indented deeper than the one at ``start`` end."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    depth = len(line) - len(line.lstrip())
    while (match := _LINE.match(text, end)) and len(match["indent"].expandtabs()) > depth:
        end = match.end()
    return end
