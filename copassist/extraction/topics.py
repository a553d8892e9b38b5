"""What a session treated, and what it put off to a later one."""

# ruff: noqa: E501 - patterns and vocabularies are read whole, one wording after another

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from copassist.dates import FULL_MONTHS
from copassist.extraction.dates import only_a_date
from copassist.extraction.lines import Line
from copassist.extraction.people import People
from copassist.extraction.reports import report_in
from copassist.extraction.sections import OF_ACTIONS, SPOKEN, kind_of, kind_over
from copassist.extraction.tables import rows_of
from copassist.extraction.texts import fold, plain, says_nothing, straight, title_of
from copassist.records import Topic

ENOUGH: Final = 2
"""Topics that headings must name; with fewer, agenda lines or labels are read for topics too."""

_NEXT: Final = r"(?:prochaine?s? (?:\w+ )?(?:rencontre|réunion|séance|session|atelier)s?|(?:rencontre|réunion|séance) (?:suivante|ultérieure|du \d))"
_WHEN: Final = (
    rf"(?:{'|'.join(FULL_MONTHS)}|printemps|automne|hiver|été|rentrée|l'an prochain"
    r"|l'année prochaine|spring|fall|autumn|winter|summer|next (?:year|month))\b"
)
_LATER: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!à )\b(?:reportée?s?|repoussée?s?|ajournée?s?)\b (?:à|au|aux|en|jusqu|pour)",
        rf"(?<!à )\b(?:remise?s?|différée?s?)\b (?:à|au|en) (?:l'(?:automne|hiver|été)\b|printemps\b|plus tard|(?:la |une )?{_NEXT})",
        r"\b(?:point|sujet|discussion|item|présentation)s?\b[^.;]{0,60}\b(?:reportée?s?|repoussée?s?|ajournée?s?|en suspens)\b",
        r"\b(?:est|sont|a été|ont été|sera|seront) (?:\w+ )?(?:reportée?s?|repoussée?s?|ajournée?s?|différée?s?)\b",
        r"\bà (?:reprendre|revoir|rediscuter|traiter|aborder|remettre|reporter)\b[^.;]{0,60}"
        + _NEXT,
        r"\b(?:à|mettre à|mis à|inscrit à|mettre sur) l'ordre du jour (?:de la|d'une|du) (?:prochain|suivant|rencontre suivante)",
        r"\bser(?:a|ont) (?:\w+ )?(?:discutée?s?|abordée?s?|traitée?s?|reprise?s?|revue?s?|présentée?s?|débattue?s?)\b[^.;]{0,40}(?:"
        + _NEXT
        + r"|lors des réunions|plus tard|ultérieurement)",
        r"\b(?:à|en) (?:regarder |traiter |voir |discuter )?(?:en )?inters?c?ess?ion\b|\bregarder en interscession\b",
        r"\b(?:point|question|sujet)\b[^.;]{0,30}\b(?:reste à creuser|à creuser)\b",
        r"\b(?:deferred|postponed|tabled|carried over|held over|put off|pushed back)\b",
        r"\b(?:will be|was|is|has been|to be) (?:pushed|moved|bumped) to (?:the next|another|a later|a future|next)\b",
        r"\b(?:to be|will be) (?:discussed|addressed|covered|revisited|picked up) (?:at|in|during) (?:the next|a later|a future|another|our next)\b",
    )
)

_COMES_BACK: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bà (?:re)?(?:mettre|inscrire) à l'ordre du jour\b|\b(?:to go|put|goes|back) on the (?:[\w-]+ )?agenda (?:for|in|of)\b",
        r"\b(?:on|nous) (?:en |y )(?:reparle(?:ra|rons)?|rediscute(?:ra|rons)?|reviendra|reviendrons|revient)\b(?=\W*$|[.;,]| (?:à la|à l'|en|au|aux|dans|lors|plus tard|une autre|l'an|quand|le mois|la prochaine) )",
        rf"(?:^|[.;:,–—] ?)à (?:revoir|reprendre|rediscuter|réévaluer)\b[^.;]{{0,30}}\b{_WHEN}",
        rf"\b(?:we'll|we will|will|to|let's) (?:revisit|(?:come back|return) to (?:this|it|that)|pick (?:this|it) up)\b[^.;]{{0,40}}\b(?:{_WHEN}|meeting|session|later)",
        r"^parking lot ?:",
    )
)
"""A group says that it will come back to something: to the item it speaks of, whatever other words
the sentence has."""
_TO_A_DAY: Final = re.compile(
    rf"\b(?:reportée?s?|repoussée?s?|remise?s?|déplacée?s?|postponed|moved|pushed(?: back)?) (?:au|to) (?:(?:1er|\d{{1,2}}) {_WHEN}|{_WHEN} \d{{1,2}})\b",
    re.IGNORECASE,
)
_POINT: Final = re.compile(
    r"\b(?:points?|sujets?|discussions?|items?|présentations?|topics?|presentation)\b",
    re.IGNORECASE,
)

_NOT_PUT_OFF: Final = re.compile(
    r"^(?:si|if)\b|\b(?:ne (?:peu(?:t|vent)|pourra|pourront|doi(?:t|vent)|sera|seront) (?:pas|plus) (?:être )?(?:reporté|repoussé|différé)"
    r"|(?:reportée?s?|repoussée?s?|différée?s?|postponed|deferred) (?:depuis|since|from)|cannot be (?:postponed|deferred))",
    re.IGNORECASE,
)
"""Said of what cannot be put off, or was put off earlier and is treated now."""


def is_deferred(words: str) -> bool:
    """Whether a sentence puts a point off to a later session.

    « La livraison est repoussée au 8 juin » gives something a new day, and is no point.
    """
    said = straight(words)
    if _NOT_PUT_OFF.search(said) or (_TO_A_DAY.search(said) and not _POINT.search(said)):
        return False
    return _comes_back(said) or any(pattern.search(said) for pattern in _LATER)


def _comes_back(said: str) -> bool:
    return any(pattern.search(said) for pattern in _COMES_BACK)


def topics_in(
    lines: Sequence[Line],
    title: str,
    document: str,
    session_date: str | None,
    people: People,
) -> tuple[Topic, ...]:
    """Topics from headings, else bold lines, else the agenda, else labelled list items.

    Deferred points follow, each titled by what its sentence puts off, in its own words.
    """
    found: dict[str, Topic] = {}
    for line, name in _named(lines, title):
        found.setdefault(fold(name), Topic(name, session_date, source=line.source(document)))
    for line in lines:
        if _is_report(line, people):
            continue
        for name, piece in _put_off(line, title):
            found.setdefault(
                "later " + fold(name),
                Topic(name, session_date, True, line.source(document, piece)),
            )
    return tuple(found.values())


def _named(lines: Sequence[Line], title: str) -> tuple[tuple[Line, str], ...]:
    headed = (*_from_headings(lines, title), *_from_rows(lines))
    labelled = {line.headings for line in lines if line.headings}
    if len(headed) >= ENOUGH or (headed and len(labelled) > ENOUGH):
        return headed
    for source in (_from_agenda(lines), _from_labels(lines)):
        names = tuple(source)
        if len(names) >= ENOUGH:
            return (*headed, *names)
    return headed


def _from_headings(lines: Sequence[Line], title: str) -> Iterator[tuple[Line, str]]:
    seen: set[str] = set()
    for line in lines:
        for depth, heading in enumerate(line.headings):
            if heading in seen or (depth == 0 and heading == line.record):
                continue
            seen.add(heading)
            above = [kind_over(over) for over in line.headings[: depth + 1]]
            name = title_of(heading)
            closed = any(kind not in ("topic", "frame", "agenda", "people") for kind in above)
            if (
                not closed
                and above[-1] == "topic"
                and not only_a_date(name)
                and fold(name) != fold(title)
            ):
                yield line, name


def _from_rows(lines: Sequence[Line]) -> Iterator[tuple[Line, str]]:
    """The points of minutes kept in a table."""
    for row in rows_of(lines):
        name = title_of(row.cells.get("item", ""))
        if name and kind_of(name) == "topic":
            yield row.line, name


def _from_agenda(lines: Sequence[Line]) -> Iterator[tuple[Line, str]]:
    for line in lines:
        if line.role == "item" and line.kind == "agenda" and not line.parents:
            name = title_of(line.words)
            if kind_of(name) == "topic":
                yield line, name


def _from_labels(lines: Sequence[Line]) -> Iterator[tuple[Line, str]]:
    for line in lines:
        if line.role != "item" or line.parents or line.kind != "topic":
            continue
        label = re.match(r"(?P<name>[^:.?!]{3,80}?) ?:(?: |$)", line.words)
        name = label["name"] if label else (line.words if line.children else "")
        if name and len(name) <= 80 and kind_of(name) == "topic":
            yield line, title_of(name)


def _is_report(line: Line, people: People) -> bool:
    """An action put off is an action still, and no point of a coming session."""
    if line.role == "row":
        return True
    if line.kind not in OF_ACTIONS and not _BOX.match(line.text):
        return False
    return report_in(_BOX.sub("", line.words), people) is not None


_BOX: Final = re.compile(r"^\[[ xX✓]?\] ")


def _put_off(line: Line, title: str) -> Iterator[tuple[str, str]]:
    """What a line puts off, each with the sentence that says so; ``title`` is the record's."""
    if line.role == "heading" or line.kind in ("people", "agenda"):
        return
    label = line.words.partition(":")[0] if ":" in line.words else ""
    named = kind_of(label) == "deferred" and fold(label).strip() not in _PLACES
    if named or (line.kind == "deferred" and _is_entry(line)):
        yield from _entries(line)
        return
    before = ""
    bold = _BOLD_LEAD.match(line.text)
    for piece in line.pieces():
        words = plain(piece)
        if is_deferred(words):
            over = title_of(bold["title"]) if bold else _over(line, title)
            if _comes_back(straight(words)):
                if name := over or _shortened(before):
                    yield name, piece
                continue
            for name in subjects(words, _subject_of(before) or over):
                yield _in_full(name, over), piece
        before = words


_BOLD_LEAD: Final = re.compile(
    r"\*\*(?:[A-Z]{1,3}-?\d{1,3} ?[–—:.-] ?)?(?P<title>[^*\n]{3,80}?)[.:]?\*\*(?=.)"
)
"""« **D-07 – IA générative.** Pas d'outil… à rediscuter en juin. » is about that."""


def _shortened(words: str) -> str:
    """The first words that fit a title, none cut."""
    return words if len(words) <= LONGEST_SUBJECT else words[:LONGEST_SUBJECT].rsplit(" ", 1)[0]


def _entries(line: Line) -> Iterator[tuple[str, str]]:
    """The points that a line under « Points reportés » lists; its label may stand before them.

    « Pas abordé : la carte retirée; les imprimantes à résine » lists two.
    """
    label, colon, rest = line.words.partition(":")
    if colon and kind_of(label) in SPOKEN - {"deferred"}:
        return
    words = rest.strip() if colon and kind_of(label) == "deferred" else line.words
    for point in () if says_nothing(words) else re.split(r" ?; ", words):
        first = point if len(point) <= LONGEST_SUBJECT else point.split(". ", 1)[0]
        names = subjects(point, line.item) if is_deferred(point) else (first.strip(" .;"),)
        for name in names:
            yield name, line.text


def _is_entry(line: Line) -> bool:
    """One of the points listed under « Points reportés », with a mark or a line of its own."""
    alone = line.role == "sentence" and len(line.pieces()) == 1 and len(line.words) <= LONGEST_ENTRY
    return (line.role == "item" and not line.parents) or alone


LONGEST_ENTRY: Final = 120
"""Characters of a line that is a point by itself and no prose about several."""


_PLACES: Final = frozenset(("stationnement", "parking lot"))
"""In the middle of a record, where to leave a car."""


def _over(line: Line, title: str) -> str | None:
    """What « Ce point reste à creuser » speaks of: the list item that it stands under, else the
    heading, unless that is the record's ``title``."""
    parent = title_of(line.parents[-1].words) if line.parents else ""
    if 3 <= len(parent) <= LONGEST_SUBJECT:
        return parent
    own = line.item
    titles = {fold(title), fold(title_of(title)), fold(title_of(line.record))}
    return own if own and fold(own) not in titles and kind_of(own) == "topic" else None


def _in_full(name: str, over: str | None) -> str:
    """« La formation », under « Formation FALC », is that formation."""
    bare = _ARTICLE.sub("", fold(name))
    return over if over and " " not in bare and bare in fold(over).split() else name


_ARTICLE: Final = re.compile(r"^(?:l[ae]s? |l'|the |cette? |ces? |this )")
_PUTS_OFF: Final = re.compile(
    r" ?(?:[:,(–—] ?| - | )(?:(?:n'|ne )?(?:a|ont|est|sont|sera|seront|était|étaient|fut|was|were|is|are|will|has|have|had|to be|could)\b.*"
    r"|(?:(?:de nouveau|encore) )?(?:reportée?s?|repoussée?s?|différée?s?|ajournée?s?|remise?s? (?:à|au)|postponed|deferred|tabled|carried over|pushed)\b.*"
    r"|(?:en|à|as?t) (?:suspens|reprendre|revoir|discuter|traiter|aborder|creuser|reporter|regarder)\b.*)",
    re.IGNORECASE | re.DOTALL,
)
_NAMED: Final = re.compile(
    r"(?:(?:le |la |les |l'|the |ce |cette )?(?:points?|sujets?|questions?|discussions?|items?|thèmes?|topics?)\b"
    r" ?(?:sur |de la |de l'|du |des |de |d'|about |on |of |: ?)?)(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_QUOTED: Final = re.compile(r"« ?([^«»]{3,60}?) ?»|“([^“”]{3,60})”")
_PUTS_OFF_AT_ONCE: Final = re.compile(
    r"\W*(?:il |elle |ils |elles |it |they |c[e']s? (?:points?|sujets?|questions?) |cela |this (?:point |item )?)?(?:(?:est|sont|reste|restent|is|are|was) )?(?:à creuser|reporté|repoussé|différé|ajourné|remis|postponed|deferred|tabled|à reprendre|en suspens)",
    re.IGNORECASE,
)
LONGEST_SUBJECT: Final = 90
"""Characters of a record's line that still make a title, of a point put off or of an agenda's item;
proposed."""
_TOLD_AFTER: Final = re.compile(
    r"(?:plus tard|ultérieurement|prochaine? (?:rencontre|réunion|séance|atelier)|later"
    rf"|next (?:meeting|session)) ?: ?(?P<what>\S.{{4,{LONGEST_SUBJECT}}})$",
    re.IGNORECASE,
)
"""« … qui sera traitée plus tard : qui est responsable du référentiel ? » names it last."""


def subjects(sentence: str, before: str | None) -> tuple[str, ...]:
    """What a sentence puts off, in its words; ``before`` where it only says that it does.

    « Les points « gaucherie » et « capsules » sont reportés » names two.
    """
    if _PUTS_OFF_AT_ONCE.match(straight(sentence)):
        return (before,) if before else (sentence,)
    found = _subject_of(sentence)
    if not found:
        told = _TOLD_AFTER.search(straight(sentence))
        return (sentence[told.start("what") :] if told else sentence,)
    quoted = [one or other for one, other in _QUOTED.findall(found)]
    return tuple(name.strip() for name in quoted) if len(quoted) > 1 else (found,)


def _subject_of(sentence: str) -> str | None:
    """What stands before the verb, without « Le point sur »; ``None`` when it is no short name."""
    verb = _PUTS_OFF.search(straight(sentence))
    if verb is None or verb.start() < 3:
        return None
    subject = sentence[: verb.start()].strip(" :,–—-")
    named = _NAMED.match(straight(subject))
    if named and len(_QUOTED.findall(subject)) < 2:
        subject = subject[named.start("rest") :]
    names_little = re.fullmatch(
        r"(?:il |cela |ça )?(?:reste|restent|est|it|this)", subject, re.IGNORECASE
    )
    return subject if 3 <= len(subject) <= LONGEST_SUBJECT and not names_little else None
