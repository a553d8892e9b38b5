"""An agenda asked for in a chat: recognised, its details read, the missing ones named.

"Prépare un ordre du jour de 90 minutes pour huit personnes, en ligne, sur l'écriture cursive".
Nothing is guessed: what the text does not say is asked for.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from copassist.agendas.clocks import EARLIEST, clock, hours_written, time_at
from copassist.agendas.items import AgendaRequest, clock_time
from copassist.agendas.numbers import NUMBER, PEOPLE, lengths, number
from copassist.analysis import fold
from copassist.dates import WEEKDAYS, WrittenDate, months_later, possible, written_dates
from copassist.formats import load_formats

REQUIRED: Final = ("date", "minutes")
WANTED: Final = ("people", "mode")
"""Details that change which activity fits: asked for, but a draft can do without."""


@dataclass(frozen=True, slots=True)
class AskedAgenda:
    """What a message says of the agenda it asks for; ``None`` where it says nothing."""

    language: str
    date: str | None = None
    minutes: int | None = None
    people: int | None = None
    mode: str | None = None
    theme: str | None = None
    style: str | None = None
    start: str | None = None
    formats: tuple[str, ...] = ()
    wish: str | None = None
    """The rest of the message: its words tell the purpose."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the details to ask for, those a draft needs first."""
        return tuple(name for name in (*REQUIRED, *WANTED) if getattr(self, name) is None)

    @property
    def ready(self) -> bool:
        """Whether a draft can be made."""
        return all(getattr(self, name) is not None for name in REQUIRED)

    def request(self) -> AgendaRequest:
        """The request, with the usual values for what the message leaves out.

        Raises ``ValueError`` while the date or the length is missing: see :attr:`ready`.
        """
        if not self.ready:
            raise ValueError(", ".join(self.missing))
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        return AgendaRequest(**{name: value for name, value in known.items() if value is not None})

    def completed(self, answer: str, today: datetime.date) -> AskedAgenda:
        """The same with what a following message adds ("Le 3 décembre, en ligne")."""
        added = _details(answer, today, self.language)
        changes: dict[str, Any] = {}
        for name in self.missing:
            value = getattr(added, name)
            if value is None and self.missing == (name,) and name in ("minutes", "people"):
                value = _bare_number(answer)
            if value is not None:
                changes[name] = value
        for name in ("theme", "start", "style"):
            if getattr(self, name) is None and getattr(added, name) is not None:
                changes[name] = getattr(added, name)
        return replace(self, **changes)


_AGENDA: Final = (
    r"(?:ordre\s+du\s+jour|ordres\s+du\s+jour|odj|agenda|deroule(?:ment)?\s+(?:de|d['’]une|pour)"
    r"|plan\s+de\s+(?:rencontre|reunion|seance)|meeting\s+plan|session\s+plan)"
)
_DO: Final = (
    r"(?:prepar\w*|redig\w*|propos\w*|dress\w*|batis\w*|bati\w*|etabli\w*|elabor\w*|constru\w*"
    r"|mont\w*|genere\w*|cree\w*|creer|fais|faire|faites|donne\w*|ecri\w*|concoi\w*|concevoir"
    r"|planifi\w*|organis\w*|esquiss\w*|ebauch\w*|draft|write|make|build|create|prepare|propose"
    r"|give|plan|generate|suggest|put\s+together|set\s+up|need|want|like|besoin|veux|voudrais"
    r"|aimerais|souhait\w*|il\s+(?:me|nous)\s+faut)"
)
_ASKED: Final = re.compile(rf"\b{_DO}\b[^.?!\n]{{0,60}}?\b{_AGENDA}")
_BARE: Final = re.compile(rf"^\W*(?:un\s+|a\s+|an\s+|projet\s+d['’]|draft\s+)*{_AGENDA}\b")
_MEETING: Final = r"(?:rencontre|reunion|seance|meeting|session)"
_PLAN: Final = re.compile(
    r"^\W*(?:(?:peux[- ]tu|pouvez[- ]vous|(?:can|could) you|please|help\s+(?:me|us)(?:\s+to)?"
    r"|(?:aide|aidez)[- ](?:moi|nous)\s+a)\s+)*"
    r"(?:m['’]aider\s+a\s+|(?:me|nous)\s+)?"
    r"(?:(?:prepar|planifi|mont)(?:e[rsz]?|ons)|bati(?:r|s|ssez|ssons)"
    r"|conc(?:ois|evez|evons|evoir)|plan(?!\s+b\b))\b(?:[- ](?:moi|nous|me|us))?"
    r"(?:[^.?!\n]{0,20}(?:heures?|minutes?|hours?)\s+(?:de|of)\b)?"
    rf"(?:(?!\b(?:d[eu]s?|of|from)\b|d['’])[^.?!\n]){{0,40}}?\b{_MEETING}\b"
)
"""« Aide-moi à préparer la rencontre du 9 décembre », "plan a one hour session"; not « prépare le
résumé de la rencontre », nor « montre-moi la rencontre »."""
_WHAT_TO_PUT: Final = re.compile(
    r"^(?!\W*(?:qui|quand|ou|combien|pourquoi|comment|who|when|where|how|why)\b)"
    r"(?s:.*?)\b(?:on\s+(?:met|mettrait|devrait|pourrait)|devrait-on|mettre|mettrait-on|should|shall|could)\b"
    rf"[^.?!\n]{{0,40}}?(?:{_AGENDA}|\b(?:parler|discuter|talk|discuss|cover)\b[^.?!\n]{{0,30}}?"
    rf"\b(?:prochaine\s+{_MEETING}|next\s+{_MEETING}|prochaine\s+fois|next\s+time)\b)"
)
"""« Qu'est-ce qu'on devrait mettre à l'ordre du jour ? »: what a draft proposes."""
_BARE_FOR: Final = re.compile(rf"^\W*(?:un\s+|a\s+|an\s+|l['’])?{_AGENDA}\s+(?:pour|for)\b")
_QUESTION: Final = re.compile(
    r"^\W*(?:qui|quand|quels?|quelles?|ou|combien|pourquoi|qu['’]|que\b|est-ce\s+que|comment"
    r"|who|when|what|which|where|how|why|did|was|were|has|have)\b"
)
_POLITE: Final = re.compile(
    r"^\W*(?:est-ce\s+que\s+(?:tu|vous)\s+p\w+|(?:can|could|would|will)\s+you|que\s+dirais)"
)

_PEOPLE: Final = re.compile(
    rf"(?:{NUMBER}(?:\s+(?:a|ou|to|or)\s+|\s*[-–]\s*(?=\d)))?(?P<count>{NUMBER})\s+(?:d['’]\s*|de\s+|of\s+)?"
    rf"(?:autres\s+)?{PEOPLE}"
    rf"|\b(?:nous\s+(?:serons|sommes)|on\s+(?:sera|est|va\s+etre)|we\s+(?:are|will\s+be)|we['’]ll\s+be"
    rf"|there\s+will\s+be)\s+(?:about\s+|environ\s+)?(?P<we>{NUMBER})(?!\s*(?:h\b|heures?|min|hours?))"
)
_MODES: Final = {
    "hybrid": r"hybrides?|comodale?s?|comodal|bimodale?s?|hybrid",
    "online": (
        r"en\s+ligne|a\s+distance|en\s+visio\w*|par\s+visio\w*|en\s+virtuel|virtuel(?:le)?s?|en\s+mode\s+virtuel"
        r"|(?:sur|par|via|on|over|in)\s+(?:zoom|teams|meet|skype)|online|remote(?:ly)?|virtual(?:ly)?|by\s+video"
    ),
    "in-person": (
        r"en\s+presence|en\s+personne|en\s+presentiel|presentiel|sur\s+place|en\s+salle|face\s+a\s+face"
        r"|in[\s-]person|face[\s-]to[\s-]face|on[\s-]site|in\s+a\s+room"
    ),
}
_BEFORE_MODE: Final = re.compile(
    r"(?:^|[,;:.(–-]|\b(?:rencontres?|reunions?|seances?|sessions?|ateliers?|meetings?|workshops?"
    r"|sessions?|jour|agenda|minutes?|min|heures?|demie|hours?|half|et|and|mode|un|une|an?|\d{4}|\d"
    r"|sera|est|be|held|tiendra|an|personnes?|people|membres?|members?|participant\w*)|@)\s*$"
)
"""What a mode of the session may follow; after another word it belongs to that word."""
_THEME: Final = re.compile(
    r"(?:\btheme\s*(?::|sur|est|is)?\s*|\bsujet\s*:\s*|\btopic\s*:\s*|\bsur\s+le\s+theme\s+(?:de\s+|du\s+|d['’])?"
    r"|\bportant\s+sur\s+|\bau\s+sujet\s+(?:de\s+|du\s+|des\s+|d['’])|\ba\s+propos\s+(?:de\s+|du\s+|des\s+|d['’])"
    r"|\bconcernant\s+|\bautour\s+(?:de\s+|du\s+|des\s+|d['’])|\bsur\s+|\babout\s+|\bregarding\s+|\bon\s+(?!(?:devrait|devra|met|mettrait|pourrait|peut|va|veut|a|est|se)\b))"
)
_STYLES: Final = {
    "formal": r"\b(?:formel(?:le)?|officiel(?:le)?|formal)\b",
    "light": r"\b(?:informel(?:le)?|leger|legere|simple|informal|light)\b",
}
_START: Final = re.compile(
    rf"\b(?:a|des|at|from|debut|starting|commence\w*)\s+(?:a\s+|at\s+)?{clock(1)}"
    # 3 décembre, 13 h 30
    rf"|,\s*{clock(2)}(?=\s*(?:[,.;]|$))"
)
_DAYS: Final = "|".join(WEEKDAYS)
_RELATIVE: Final = re.compile(
    rf"\b(?P<tomorrow>demain|tomorrow)\b|\b(?P<today>aujourd['’]hui|ce\s+soir|today|tonight)\b"
    rf"|\b(?:dans|in)\s+(?P<count>{NUMBER}|a)\s+(?P<unit>jours?|days?|semaines?|weeks?|mois|months?)\b"
    rf"|\b(?:next\s+|this\s+|le\s+|ce\s+|on\s+)?(?P<weekday>{_DAYS})"
    r"\b(?:\s+prochain)?"
)
_TRAILING: Final = re.compile(
    r"(?:[\s,;:–-]|\b(?:pour|avec|de|d['’]|le|la|les|a|en|on|for|with|of|at|by|and|et|dans|qui|se|in"
    r"|d['’]une|duree|durant|pendant|s['’]il|prevu|prevue)\s*)+$"
)


def read_request(text: str, today: datetime.date, language: str) -> AskedAgenda | None:
    """What a chat message asks of an agenda in ``language``, or ``None`` where it asks for none.

    A question about a past agenda ("Quel était l'ordre du jour du 3 mai ?") asks for none.
    """
    return _details(text, today, language) if asks_for_agenda(text) else None


def asks_for_agenda(text: str) -> bool:
    """Whether ``text`` asks to have an agenda made."""
    folded = _fold(text)
    if _WHAT_TO_PUT.search(folded) or _PLAN.match(folded):
        return True
    if _opens_a_question(folded):
        return False
    if _ASKED.search(folded) or _BARE_FOR.match(folded):
        return True
    return bool(_BARE.match(folded)) and bool(lengths(folded) or _PEOPLE.search(folded))


def asks_something_else(text: str) -> bool:
    """Whether ``text`` is a question of its own, whatever it holds: "Qu'a-t-on décidé le 3 mars ?"
    does not tell the day of an agenda."""
    return text.rstrip().endswith("?") and _opens_a_question(_fold(text))


def _opens_a_question(folded: str) -> bool:
    return bool(_QUESTION.match(folded)) and not _POLITE.match(folded)


def _details(text: str, today: datetime.date, language: str) -> AskedAgenda:
    text = unicodedata.normalize("NFC", text)
    folded = _fold(text)
    used: list[tuple[int, int]] = []
    day = _date(text, folded, today, used)
    start, span = _clock(folded, used)
    minutes = _minutes(folded, used) or span
    people = _people(folded, used)
    theme_at = _theme_span(folded, used)
    mode = _mode(folded, theme_at, used)
    style = next((name for name, words_ in _STYLES.items() if re.search(words_, folded)), None)
    return AskedAgenda(
        language=language,
        date=day,
        minutes=minutes,
        people=people,
        mode=mode,
        theme=_theme(text, folded, theme_at, used),
        style=style,
        start=start,
        formats=_formats(folded),
        wish=_wish(text, folded),
    )


def _wish(text: str, folded: str) -> str | None:
    """What follows the order itself: "rédige" asks for an agenda, not for a writing session."""
    asked = (
        _WHAT_TO_PUT.search(folded)
        or _ASKED.search(folded)
        or _BARE.match(folded)
        or _PLAN.match(folded)
    )
    return text[asked.end() if asked else 0 :].strip() or None


def _fold(text: str) -> str:
    """Folded text as long as ``text`` in NFC, so that places in one are places in the other."""
    text = unicodedata.normalize("NFC", text).replace("\u00a0", " ").replace("\u202f", " ")
    letters = (fold(letter) for letter in text)
    return "".join(letter if len(letter) == 1 else "?" for letter in letters)


def _date(text: str, folded: str, today: datetime.date, used: list[tuple[int, int]]) -> str | None:
    for written in written_dates(text):
        found = _day(written, today)
        if found is not None:
            used.append((written.start, written.end))
            return found.isoformat()
    for match in _IN_FIGURES.finditer(folded):
        found = _day_in_figures(match, today)
        if found is not None:
            used.append(match.span())
            return found.isoformat()
    for match in _RELATIVE.finditer(folded):
        found = _relative(match, today)
        if found is not None:
            used.append(match.span())
            return found.isoformat()
    return None


def _day(written: WrittenDate, today: datetime.date) -> datetime.date | None:
    """A written day; without a year, the next such day."""
    if written.month is None or written.day is None:
        return None
    if written.year is not None:
        return datetime.date(written.year, written.month, written.day)
    for year in range(today.year, today.year + 5):
        try:
            found = datetime.date(year, written.month, written.day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


_IN_FIGURES: Final = re.compile(
    r"(?:\b(?:le|du|on)\s+|(?<![\d/])(?=\d\d/\d\d))(?P<one>\d{1,2})/(?P<other>\d{1,2})(?![\d/])"
)
"""« le 22/4 », "22/04": a day without its year; "1/2" by itself is a half."""


def _day_in_figures(match: re.Match[str], today: datetime.date) -> datetime.date | None:
    """Day first, as in whole dates, unless only month first is possible."""
    day, month = int(match["one"]), int(match["other"])
    if month > 12 >= day:
        day, month = month, day
    if not possible(None, month, day):
        return None
    return _day(WrittenDate(*match.span(), match.group(), None, month, day), today)


def _relative(match: re.Match[str], today: datetime.date) -> datetime.date | None:
    if match["tomorrow"]:
        return today + datetime.timedelta(days=1)
    if match["today"]:
        return today
    if match["count"]:
        count = 1 if match["count"] == "a" else number(match["count"])
        if count is None:
            return None
        if match["unit"].startswith(("mois", "month")):
            return months_later(today, count)
        weeks = match["unit"].startswith(("semaine", "week"))
        return today + datetime.timedelta(days=count * (7 if weeks else 1))
    wanted = WEEKDAYS[match["weekday"]]
    return today + datetime.timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)


def _clock(folded: str, used: list[tuple[int, int]]) -> tuple[str | None, int | None]:
    """The start, and the minutes to the end where both are written: "9 h a 12 h" is neither nine
    hours nor a start at noon, so that ranges are read first."""
    for one in hours_written(folded):
        if one.begin >= EARLIEST and not _overlaps((one.start, one.end), used):
            used.append((one.start, one.end))
            return clock_time(one.begin), one.minutes
    for match in _START.finditer(folded):
        begin = time_at(match, 1 if match["hour1"] or match["noon1"] else 2)
        told = match["half1"] or match["half2"] or (begin or 0) >= EARLIEST
        if begin is not None and told and not _overlaps(match.span(), used):
            used.append(match.span())
            return clock_time(begin), None
    return None, None


def _minutes(folded: str, used: list[tuple[int, int]]) -> int | None:
    for one in lengths(folded):
        if not _overlaps((one.start, one.end), used):
            used.append((one.start, one.end))
            return one.minutes
    return None


def _people(folded: str, used: list[tuple[int, int]]) -> int | None:
    """The number of people; of a range ("8 à 10"), the larger: the format must hold them all."""
    for match in _PEOPLE.finditer(folded):
        found = number(match["count"] or match["we"])
        if found and not _overlaps(match.span(), used):
            used.append(match.span())
            return found
    return None


def _theme_span(folded: str, used: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Where the theme's words stand: from a marker to the next detail or the end of the clause."""
    for match in _THEME.finditer(folded):
        if _overlaps(match.span(), used) or any(start == match.end() for start, _ in used):
            continue
        if _NO_THEME.match(folded, match.end()):
            continue
        ends = [len(folded), *(start for start, _ in used if start >= match.end())]
        stop = _CLAUSE_ENDS.search(folded, match.end())
        if stop is not None:
            ends.append(stop.start())
        return match.end(), min(ends)
    return None


_NO_THEME: Final = re.compile(
    rf"{'|'.join(_MODES.values())}|(?:place|zoom|teams|meet|skype|line)\b|{NUMBER}\s"
)
"""What "on" or « sur » may stand before and is no theme: a mode, a place, a number of people."""
_CLAUSE_ENDS: Final = re.compile(r"[.;?!\n]|,\s")


def _mode(folded: str, theme: tuple[int, int] | None, used: list[tuple[int, int]]) -> str | None:
    """The mode, where it qualifies the session: "sur l'enseignement en ligne" is a theme."""
    for name, pattern in _MODES.items():
        for match in re.finditer(rf"\b(?:{pattern})\b", folded):
            inside = theme is not None and theme[0] <= match.start() < theme[1]
            before = _BEFORE_MODE.search(_blanked(folded, used)[: match.start()])
            if not inside and (before or _ends_clause(folded, match.end())):
                used.append(match.span())
                return name
    return None


def _ends_clause(folded: str, end: int) -> bool:
    return re.match(r"\s*(?:[,;.!?]|$)", folded[end:]) is not None


def _blanked(folded: str, used: Sequence[tuple[int, int]]) -> str:
    """The text with what was already read as commas: a detail ends a clause."""
    for start, end in used:
        folded = folded[:start] + "," * (end - start) + folded[end:]
    return folded


def _theme(
    text: str,
    folded: str,
    span: tuple[int, int] | None,
    used: Sequence[tuple[int, int]],
) -> str | None:
    if span is None:
        return None
    start, end = span
    later = [one for one, _ in used if start < one < end]
    end = min([end, *later])
    trimmed = _TRAILING.sub("", folded[start:end])
    theme = text[start : start + len(trimmed)].strip(' \u00a0\u202f«»"“”')
    return theme or None


def _formats(folded: str) -> tuple[str, ...]:
    """Formats called by their name, or by the part of it that names no other."""
    flat = re.sub(r"[\W_]+", " ", folded)
    found = []
    for one in load_formats():
        names = {one.name_fr.split("(")[0], one.name_en.split("(")[0]}
        names |= {_SHORT[one.id]} if one.id in _SHORT else set()
        plain_names = {re.sub(r"[\W_]+", " ", _fold(name)).strip() for name in names}
        if any(re.search(rf"\b{re.escape(name)}\b", flat) for name in plain_names):
            found.append(one.id)
    return tuple(found)


_SHORT: Final = {
    "codeveloppement-professionnel": "codéveloppement",
    "analyse-de-pratique-gease": "GEASE",
    "troika": "Troïka",
}
"""What members call a format when it is not its whole name."""


def _bare_number(answer: str) -> int | None:
    match = re.fullmatch(rf"\W*({NUMBER})\W*", _fold(answer))
    return number(match.group(1)) if match else None


def _overlaps(span: tuple[int, int], used: Sequence[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in used)
