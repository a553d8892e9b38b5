"""Owners and due dates that signs set apart in a line of a list of actions.

« Gabarit – Mylène – 23 février », « Lettre au supérieur → Maude, avant le 5 avril », « Karine →
protocole v3 », "farmers with trucks: Ted". Only for lists of actions: elsewhere a dash or a colon
says nothing of whose a thing is.
"""

# ruff: noqa: E501 - patterns and vocabularies are read whole, one wording after another

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from copassist.dates import WEEKDAYS
from copassist.extraction.dates import first_date
from copassist.extraction.people import EVERYONE, PEOPLE, People, certain, likely
from copassist.extraction.texts import ARROW, fold, plain, straight
from copassist.extraction.undertakings import Undertaking, leading_owner, undertaking_in
from copassist.sentences import sentences

LONGEST_DUE: Final = 40
"""Longest text read as a due date (« avant la prochaine rencontre »); longer text is prose."""
_ARROW: Final = re.compile(rf" ?{ARROW} ?")
_DASH: Final = re.compile(r" [–—-]{1,2} ")
_COLON: Final = re.compile(r" ?: ")
_OWNER: Final = re.compile(rf"(?P<owner>{EVERYONE}\b|{PEOPLE})(?P<rest>.*)", re.DOTALL)
_DUE: Final = re.compile(
    r"(?:avant|d'ici|pour l|au plus tard|fin |debut |mi-|courant |des que|la semaine|le \d|asap"
    rf"|(?:{'|'.join(WEEKDAYS)})\b|by |before |until |end of|early |mid-"
    r"|this (?:week|month)|next |as soon)"
)
_LIST: Final = re.compile(
    r"\W*(?:actions?|[àa] faire|reste à faire|suivis?|tâches?|to ?-?do|next steps?|follow[- ]?ups?)\W* ?: ?",
    re.IGNORECASE,
)
_APART: Final = re.compile(r" ?(?:;|//|\|) ?| / ")
_BARS: Final = re.compile(r" (?://|\|) ")
_TELLS: Final = r"(?:est|sont|a|ont|était|étaient|avait|avaient|n'|ne|aussi|non plus|dit|pense|trouve|is|are|was|were|has|have|had|says|thinks|too)"
"""What is told of somebody after the name, and gives nobody anything to do: « Zoé aussi »."""
_SHARE: Final = re.compile(
    rf"(?P<owner>{EVERYONE}\b|{PEOPLE})[ :–—-]+(?!{_TELLS}\b)(?=[a-zà-ÿ0-9«\"'])"
)


def signed_owner(words: str, people: People) -> Undertaking | None:
    """Whose a line of a list of actions is, and by when, where signs say so."""
    line = straight(words)
    for read in (_after_arrow, _before_arrow, _between_dashes, _after_colon, _before_comma):
        found = read(line, people)
        if found is not None:
            return replace(
                found,
                owner=_as_written(found.owner or "", line, words),
                due=_as_written(found.due, line, words),
            )
    return None


def _as_written(said: str, line: str, words: str) -> str:
    """What stands in ``words`` where ``line``, the same with plain signs, says ``said``."""
    at = line.index(said)
    return words[at : at + len(said)]


def shared_out(
    text: str, people: People, *, listed: bool = False
) -> tuple[tuple[str, Undertaking], ...]:
    """« Actions : Élise photos | Tuan mot de code »: each part of one line with its owner.

    Parts are verbatim slices of ``text``; none where it does not give several people something.
    ``listed``: the line stands in a list of actions, and need not say so itself.
    """
    opening = _LIST.match(text)
    if opening is None and not (listed and _BARS.search(text)):
        return ()
    start = opening.end() if opening else 0
    parts = tuple(_parts(text, start))
    if opening and len(parts) < 2:  # « À faire : Luc remet la clé. Zoé relit la fiche. »
        parts = tuple(span.text for span in sentences(text[start:]))
    if len(parts) < 2:
        return ()
    found = [(part, said) for part in parts if (said := _of_part(plain(part), people)) is not None]
    return tuple(found) if len(found) > 1 else ()


def _parts(text: str, start: int) -> Iterator[str]:
    for cut in (*_APART.finditer(text, start), None):
        part = text[start : cut.start() if cut else len(text)].strip()
        if part:
            yield part
        start = cut.end() if cut else start


def _of_part(words: str, people: People) -> Undertaking | None:
    said = undertaking_in(words, people) or leading_owner(words, people)
    if said is not None and said.owner is not None:
        return said
    if said := signed_owner(words, people):
        return said
    match = _SHARE.match(straight(words))
    if match is None or not _is_known(match["owner"], people):
        return None
    return _signed(words[slice(*match.span("owner"))])


def _after_arrow(line: str, people: People) -> Undertaking | None:
    *_, last = (None, *_ARROW.finditer(line))
    if last is None or not line[: last.start()].strip():
        return None
    return _owner_of(line[last.end() :], people, believed=True)


def _before_arrow(line: str, people: People) -> Undertaking | None:
    first = _ARROW.search(line)
    if first is None:
        return None
    owner = line[: first.start()].strip()
    return _signed(owner) if _is_known(owner, people) else None


def _between_dashes(line: str, people: People) -> Undertaking | None:
    """A cell that is nothing but a name, and the one after it when that is a date."""
    cells = [cell.strip(" .!") for cell in _DASH.split(line)]
    for place, cell in enumerate(cells[1:], start=1):
        due = cells[place + 1] if place + 1 < len(cells) and _is_due(cells[place + 1]) else ""
        if _is_known(cell, people) or (due and _is_likely(cell)):
            return _signed(cell, due)
    if len(cells) > 1 and _is_known(cells[0], people):
        return _signed(cells[0], cells[-1] if len(cells) > 2 and _is_due(cells[-1]) else "")
    return None


def _before_comma(line: str, people: People) -> Undertaking | None:
    """ "Ana, pay question, 10 May": who begins the line, where what follows is no name."""
    match = re.match(rf"(?P<owner>{PEOPLE}), (?=[a-zà-ÿ0-9])", line)
    if match is None or not _is_known(match["owner"], people):
        return None
    *_, last = line.split(", ")
    return _signed(match["owner"], last.strip(" .") if _is_due(last.strip(" .")) else "")


def _after_colon(line: str, people: People) -> Undertaking | None:
    *_, last = (None, *_COLON.finditer(line))
    return None if last is None else _owner_of(line[last.end() :], people, believed=False)


def _owner_of(said: str, people: People, *, believed: bool) -> Undertaking | None:
    """Who ``said`` begins with, alone, or before a date in it.

    A name nobody knows counts when a date follows it. ``believed``: also when nothing does, and
    what a known one does may be told after it (« Jocelyn voit avec l'avocate »).
    """
    match = _OWNER.match(said)
    if match is None:
        return None
    owner, rest = match["owner"], match["rest"]
    first, comma, others = owner.partition(",")
    if comma and not _is_known(owner, people) and _is_due(others.strip()):
        owner, rest = first, f",{others}{rest}"  # "Soledad, May"
    due = rest.strip(" ,;:.!()")
    dated = not due or _is_due(due)
    if _is_known(owner, people):
        told = believed and re.match(r" [a-zà-ÿ]", rest) is not None
        if dated or told or rest.lstrip().startswith("("):
            return _signed(owner, due if due and dated else "")
    elif dated and (believed or due) and _is_likely(owner):
        return _signed(owner, due)
    return None


def _signed(owner: str, due: str = "") -> Undertaking:
    return Undertaking(owner, certain(owner), "signed", due)


def _is_known(owner: str, people: People) -> bool:
    return re.fullmatch(EVERYONE, owner) is not None or people.knows(owner)


def _is_likely(owner: str) -> bool:
    return re.fullmatch(PEOPLE, owner) is not None and likely(owner)


def _is_due(text: str) -> bool:
    if not text or len(text) > LONGEST_DUE:
        return False
    return _DUE.match(fold(text)) is not None or first_date(text) is not None
