"""The meeting itself: how many came, who led it and took notes, what was on, what comes next."""

# ruff: noqa: E501, SIM905 - patterns and vocabularies are read whole, one wording after another

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Final

from copassist.extraction.columns import cells_of
from copassist.extraction.dates import first_date, session_day
from copassist.extraction.decisions import CONDITION
from copassist.extraction.lines import Line
from copassist.extraction.people import PERSON, UPPER, listed
from copassist.extraction.sections import kind_of
from copassist.extraction.tables import rows_of
from copassist.extraction.texts import fold, plain, straight, title_of
from copassist.formats import load_formats
from copassist.passages import Document
from copassist.records import NextSession, Session, Topic, agenda_reference

_NUMBERS: Final = {
    word: number
    for number, word in enumerate(
        """un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize
        dix-sept dix-huit dix-neuf vingt""".split(),
        1,
    )
} | {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), 1
    )
}
_COUNT: Final = rf"\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}"
_IN_ROOM: Final = re.compile(
    rf"\b(?P<room>{_COUNT}) (?:in[- ]person|en (?:présence|salle|personne|présentiel))\b.{{0,12}}?"
    rf"\b(?P<remote>{_COUNT}) (?:online|remote(?:ly)?|virtual(?:ly)?|en ligne|à distance|en distanciel)",
    re.IGNORECASE,
)
_STATED: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:présente?s?|présences?|participants?|attendance|attendees) ?(?:: ?|\((?=\d+\)))(?P<n>{_COUNT})\b(?! (?:janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc))",
        rf"\b(?P<n>{_COUNT}) participants? ?(?::|$|étaient|were|présents)",
        rf"\b(?P<n>{_COUNT}) (?:personnes|membres|participants|participantes|people|members|attendees)\b[^.;]{{0,20}}?"
        r"\b(?:étaient|sont|se sont|ont (?:pu )?(?:participé|bravé|répondu|assisté)|présente?s|réuni|retrouvé|were|was|attended|joined|participated)",
        rf"\b(?P<n>{_COUNT}) personnes (?:qui (?:étaient|ont (?:participé|assisté))|étaient|présentes)",
    )
)
_EACH_OF_TWO: Final = re.compile(r"réunions du \d+ et|les deux dernières réunions", re.IGNORECASE)
_OF_THIS: Final = (
    r"(?: (?:de (?:la |cette )?|d'|du |of (?:the |this )?)"
    r"(?:rencontre|réunion|séance|assemblée|jour|compte rendu|procès-verbal|meeting|session))?"
)
"""What a role may be said to be of; « animation des ateliers » is another one."""
_ROLES: Final = {
    role: re.compile(
        # without a colon a name must follow: « Animation et accueil » names nobody
        rf"(?:(?:{nouns}){_OF_THIS}(?: ?[:–—] ?| - | (?:par |by )?(?=(?-i:[{UPPER}@])))|(?:{said}) (?:par|by) )"
        r"(?P<who>[^ .;:·|\n][^.;:·|\n]{1,79})",
        re.IGNORECASE,
    )
    for role, nouns, said in (
        (
            "facilitation",
            "animation|animat(?:eur|rice)|facilitation|facilitator|présidence|chair(?:person)?|host",
            "(?:animé|présidé)e?|facilitated|chaired|hosted",
        ),
        (
            "note_taking",
            "prise de notes?|secrétaire|secrétariat|scribe|note[- ]?tak(?:er|ing)|rédaction",
            "notes? prises?|minutes(?: taken)?|notes",
        ),
    )
}
_AFTER_ROLE: Final = (
    r"(?: (?:de (?:la |cette )?(?:rencontre|réunion|séance)|of the (?:meeting|session)|aujourd'hui|today))?"
    r"(?: ?[,/&+][^()]*| (?:et|and) [^()]*)?"
)
"""What may follow a role in brackets; « présidence de la commission » is another one."""
_BESIDE: Final = {
    role: re.compile(rf"(?P<who>{PERSON}) ?\((?:[^()]*, )?(?:{words})\b{_AFTER_ROLE}\)")
    for role, words in (
        (
            "facilitation",
            "animation|anime|animatrice|animateur|présidence|facilitation|facilitator|chair",
        ),
        (
            "note_taking",
            "prise de notes|prend (?:des |les )?notes|notes|secrétaire|scribe|note[- ]taker|minutes",
        ),
    )
}
"""« Luc Roy (animation) », among those present."""
PRESENT_LINES: Final = 8
"""First lines in which a record lists who is there; proposed."""
_OTHER_ROLE: Final = re.compile(
    r",? (?:/ .*|(?:prise de )?notes?|secrétaire|animation|minutes)$", re.IGNORECASE
)
"""What is said next on the line: « Animation : Luc / notes Zoé »."""
LONG_NAME: Final = 12
"""Characters from which a format's name of one word is not met by chance."""
ROLE_WORDS: Final = 8
"""Most words of who leads or writes: two full names; longer, the line is a sentence."""
DATE_WITHIN: Final = 60
"""Characters after « prochaine rencontre » in which its date stands."""
_NEXT: Final = re.compile(
    r"(?:(?:date de la )?(?:prochaine?s? (?:rencontre|réunion|séance|session|rendez-vous|rendez|CoP|CdP|communauté de pratique)s?|next (?:meeting|session)s?)"
    r"|(?:^|(?<=[.;!?] ))(?:la )?(?:prochaine|next)(?= ?:|,| c'est| le \d| \d{1,2}(?:st|nd|rd|th|er)? [a-zà-ÿ]{3}))"
    r"(?: (?:c'est|aura lieu|se tiendra|(?:est|sera)(?: prévue| fixée)?|prévue|will be(?: held)?|is(?: scheduled| planned)?))?"
    r" ?(?::|,|–|-|le|on|for|\(|(?=\d)) ?(?P<rest>.+)",
    re.IGNORECASE,
)
_MOVES: Final = (
    r"\b(?:on|nous) (?:la )?(?:déplace|déplaçons|reporte|reportons|devance|devançons)(?: donc)?"
)
_MOVED: Final = re.compile(
    rf"(?:{_MOVES} (?:la |notre |cette )?(?:prochaine )?(?:rencontre|réunion|séance)"
    r"|\b(?:rencontre|réunion|séance|meeting|session)\b[^.;]{0,30}? (?:(?:est|is|has been) )?(?:déplacée|reportée|devancée|moved|rescheduled|postponed)"
    r"|\bwe(?:'re| are)? (?:moving|moved|rescheduling) (?:it|the (?:next )?(?:meeting|session)))"
    r"(?: (?:de |d'|by )(?:une? |a |one |two |deux )?(?:jours?|semaines?|mois|days?|weeks?|month))?"
    r"(?: (?:au|to)| ?[:,]) (?P<rest>.+)",
    re.IGNORECASE,
)
_MOVED_ALONE: Final = re.compile(rf"(?:^|(?<=[.!] )){_MOVES} au (?P<rest>.+)", re.IGNORECASE)
"""« On déplace au jeudi 28 mai », in a mail about the next session, which it does not name."""
_CANCELLED: Final = re.compile(
    r"\b(?:annulée?|cancel?led)\b.*?\b(?:donc|plutôt|so|instead)\b", re.IGNORECASE
)
"""« 11 mai : annulée. Donc le 25 mai »: the day after it counts."""
_ABOUT_ONE: Final = re.compile(
    r"\b(?:rencontre|réunion|séance|meeting|session|ordre du jour|agenda)\b", re.IGNORECASE
)
_THEME: Final = re.compile(
    r"(?:(?:thème|sujet|thématique|theme|topic)s? ?:?|(?:à prévoir|au (?:programme|menu)|à l'ordre du jour|on the agenda|planned) ?:)"
    r" (?P<what>[^.;\n]{3,120})",
    re.IGNORECASE,
)

_NEXT_LEAD: Final = re.compile(
    rf"(?:^|[.;·,] ?)(?:{_ROLES['facilitation'].pattern})", re.IGNORECASE
)
_LEADS: Final = re.compile(
    rf"(?:^|[.;,·] ?)(?P<who>{PERSON}) (?:anime(?:ra)?|présidera|facilitates|chairs)\b"
)


def session_in(lines: Sequence[Line], document: Document, topics: Sequence[Topic]) -> Session:
    """What a record says of its own meeting; nothing it does not say."""
    first = lines[0] if lines else None
    return Session(
        document.date,
        document.title,
        attendance_in(lines),
        _role("facilitation", lines),
        _role("note_taking", lines),
        _items(lines, topics),
        formats_in(lines),
        next_session_in(lines, document.date, document.id, document.title),
        first.source(document.id) if first else None,
        next((found for line in lines if (found := agenda_reference(line.text))), None),
    )


def attendance_in(lines: Sequence[Line]) -> int | None:
    """The number of people stated, else the number listed as present, else ``None``."""
    for line in lines:
        words = straight(line.words)
        if _EACH_OF_TWO.search(words):
            return None
        if both := _IN_ROOM.search(words):
            return _number(both["room"]) + _number(both["remote"])
        for pattern in _STATED:
            if match := pattern.search(words):
                return _number(match["n"])
    return len(listed([line for line in lines if not _absent(line)])) or None


def _absent(line: Line) -> bool:
    return any(
        re.match(r"absen[tc]|excuse|apologies|regrets", fold(title_of(over))) is not None
        for over in (*line.headings, line.lead, *(parent.words for parent in line.parents))
    )


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text.lower()]


def _role(name: str, lines: Sequence[Line]) -> str | None:
    for line in lines:
        if _over_next(line):
            continue
        for row in line.text.split("\n"):
            words = " : ".join(cells_of(row)) if line.role == "row" else plain(row)
            match = _ROLES[name].match(straight(words)) or _ROLES[name].search(
                straight(words), words.find("·") + 1 or len(words)
            )
            if match and len(match["who"].split()) <= ROLE_WORDS:
                who = _OTHER_ROLE.sub("", words[slice(*match.span("who"))].rstrip())
                return re.split(r", (?=[a-zà-ÿ])", who)[0].strip(" ,:")
    beside = (_BESIDE[name].search(straight(line.words)) for line in lines[:PRESENT_LINES])
    return next((found["who"] for found in beside if found), None)


def _over_next(line: Line) -> bool:
    return line.kind == "next" or kind_of(line.lead) == "next"


def _items(lines: Sequence[Line], topics: Sequence[Topic]) -> tuple[str, ...]:
    listed_items = [
        title_of(line.words)
        for line in lines
        if line.role == "item" and line.kind == "agenda" and not line.parents
    ]
    return tuple(listed_items) or tuple(topic.title for topic in topics if not topic.deferred)


def formats_in(lines: Sequence[Line]) -> tuple[str, ...]:
    """Ids of the activity formats that a record calls by their whole name, French or English."""
    said = f" {_bare(' '.join(line.words for line in lines))} "
    return tuple(dict.fromkeys(found for name, found in _format_names() if f" {name} " in said))


@cache
def _format_names() -> tuple[tuple[str, str], ...]:
    names = [
        (_bare(name), known.id)
        for known in load_formats()
        for name in (known.name_fr, known.name_en)
    ]
    # a name of one common word ("Tour") would be found in any record
    return tuple(pair for pair in names if " " in pair[0] or len(pair[0]) >= LONG_NAME)


def moved_in(lines: Sequence[Line], document: str, day: str, title: str) -> NextSession | None:
    """What a message of ``day`` says that the next session is moved to, if it does."""
    for words, line in _lines_moving(lines, session_day(day), title):
        due = first_date(words, session_day(day))
        if due and due.day and due.day >= day:
            return NextSession(due.day, source=line.source(document), told=day)
    return None


def _lines_announcing(lines: Sequence[Line], day: date | None) -> Iterator[tuple[str, Line]]:
    """The end of each line that says when the next session is, and the line."""
    for line in lines:
        match = _NEXT.search(straight(line.words))
        # a record titled so announces a session, and is not the minutes of the one before it
        if match and (line.role != "heading" or line.words != line.record):
            yield from _dated_rest(line, match, day)


def _lines_moving(
    lines: Sequence[Line], day: date | None, title: str
) -> Iterator[tuple[str, Line]]:
    """The same of lines that move it; without a word for it, only outside of any section, which
    would be about something else."""
    for line in lines if _ABOUT_ONE.search(title) else ():
        words = straight(line.words)
        sectioned = any(heading != line.record for heading in line.headings)
        match = _MOVED.search(words) or (None if sectioned else _MOVED_ALONE.search(words))
        if match and line.role != "heading" and not _is_open(words, match):
            yield from _dated_rest(line, match, day)


def _is_open(words: str, match: re.Match[str]) -> bool:
    """Whether it is moved only under a condition, or asked: « si on est moins de cinq, on… »."""
    condition = CONDITION.search(words[: match.start("rest")])
    asked = re.match(r"[^.!?]*\?", match["rest"]) is not None
    return asked or (condition is not None and condition.end() == match.start("rest"))


def _dated_rest(line: Line, match: re.Match[str], day: date | None) -> Iterator[tuple[str, Line]]:
    rest = line.words[match.start("rest") :]
    if cancelled := _CANCELLED.search(rest):
        rest = rest[cancelled.end() :]
    if (found := first_date(rest[:DATE_WITHIN], day)) and found.day:
        yield rest, line


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))


def next_session_in(
    lines: Sequence[Line], session_date: str | None, document: str, title: str
) -> NextSession | None:
    """Date, theme and facilitation announced for the following session, as far as they are.

    A record whose ``title`` speaks of a session may say that it is moved; what announces one in
    so many words comes first.
    """
    day = session_day(session_date)
    announcing = list(_announcing(lines, day, title))
    said = [
        (words, line) for words, line in announcing if line.kind != "next" or line.role != "heading"
    ]
    when = next(
        (
            (due.day, line)
            for words, line in announcing
            if (due := first_date(words, day)) and due.day
        ),
        None,
    )
    theme = next(
        ((m["what"].strip(), line) for words, line in said if (m := _THEME.search(words))), None
    )
    lead = next(
        (
            (m["who"].strip(), line)
            for words, line in said
            if (m := _NEXT_LEAD.search(words) or _LEADS.search(words))
        ),
        None,
    )
    first = when or theme or lead
    if first is None:
        return None
    return NextSession(
        when[0] if when else None,
        theme[0] if theme else None,
        lead[0] if lead else None,
        first[1].source(document),
    )


def _announcing(lines: Sequence[Line], day: date | None, title: str) -> Iterator[tuple[str, Line]]:
    """The words that speak of the next session, each with its line: those under a heading of it,
    then rows of a table about it, then sentences that give its date or move it."""
    yield from ((line.words, line) for line in lines if line.kind == "next")
    for row in rows_of(lines):
        if kind_of(row.cells.get("item", "")) == "next":
            yield " ".join(cell for column, cell in row.cells.items() if column != "item"), row.line
    yield from _lines_announcing(lines, day)
    yield from _lines_moving(lines, day, title)
