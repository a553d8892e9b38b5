"""When something is due, as written, and the day that means for a session of a given date."""

# ruff: noqa: E501 - patterns and vocabularies are read whole, one wording after another

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from copassist.dates import COUNTED, MONTHS, WEEKDAYS, months_later, written_dates
from copassist.extraction.texts import fold, straight

REACH: Final = 60
"""Characters before a date in which what introduces it stands (« a remettre le »)."""
LOOK_BACK: Final = 62
"""Days a date without a year may lie before its session and still be of that year: records are
often written up to two months late. Earlier than that, the following year is meant."""

_MONTHS: Final = {fold(name): number for name, number in MONTHS.items()}
_MONTH: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY: Final = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_COUNT: Final = rf"\d{{1,2}}|{'|'.join(sorted(COUNTED, key=len, reverse=True))}"
_YEAR: Final = r"(?:19|20)\d{2}"
_ON: Final = rf"(?:{_DAY}),? (?:le )?"
"""The weekday before a date: « mercredi 15 avril », « mercredi le 15 avril »."""


@dataclass(frozen=True, slots=True)
class Due:
    """``text`` verbatim; ``day`` ISO 8601, ``None`` when the words name no day."""

    text: str
    day: str | None = None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _around(session: date | None, month: int, day: int) -> date | None:
    """The day of that month that a record of ``session`` means when it names no year."""
    if session is None:
        return None
    found = _made(session.year, month, day)
    if found is not None and found < session - timedelta(days=LOOK_BACK):
        return _made(session.year + 1, month, day)
    return found


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _numeric(match: re.Match[str], _session: date | None) -> date | None:
    found = next(written_dates(match.group()), None)
    return date.fromisoformat(found.iso) if found and found.iso else None


def _slashed(match: re.Match[str], session: date | None) -> date | None:
    # French records write the day first; month-first is only read where nothing else is possible
    day, month = int(match["d"]), int(match["m"])
    if month > 12 >= day:
        day, month = month, day
    return _around(session, month, day) if 1 <= month <= 12 else None


def _in_words(match: re.Match[str], session: date | None) -> date | None:
    month = _MONTHS[match["m"]]
    if match["y"]:
        return _made(int(match["y"]), month, int(match["d"]))
    return _around(session, month, int(match["d"]))


def _month_end(match: re.Match[str], session: date | None) -> date | None:
    month = _MONTHS[match["m"]]
    if match["y"]:
        year = int(match["y"])
    elif session is None:
        return None
    else:
        year = session.year + (1 if month < session.month else 0)
    part = match["part"] or ""
    if re.search(r"\bmi", part):
        return _made(year, month, 15)
    if re.search(r"\b(?:debut|early)", part):
        return _made(year, month, 10)
    return _end_of_month(year, month)


def _term(match: re.Match[str], _session: date | None) -> date | None:
    """The end of a quarter ("T1", "Q1") or of a half-year ("S1", "H1")."""
    month = int(match["n"]) * (6 if match["kind"] in "sh" else 3)
    return _end_of_month(int(match["y"]), month) if month <= 12 else None  # "S3" may be a week


def _year_end(match: re.Match[str], _session: date | None) -> date | None:
    return _made(int(match["y"]), 12, 31)


def _weekday(match: re.Match[str], session: date | None) -> date | None:
    if session is None:
        return None
    ahead = (WEEKDAYS[match["day"]] - session.weekday() - 1) % 7 + 1
    return session + timedelta(days=ahead)


def _after(match: re.Match[str], session: date | None) -> date | None:
    if session is None:
        return None
    written, unit = match["n"], match["unit"]
    count = int(written) if written.isdigit() else COUNTED[written]
    if unit.startswith(("jour", "day")):
        return session + timedelta(days=count)
    if unit.startswith(("semaine", "week")):
        return session + timedelta(weeks=count)
    return months_later(session, count)


def _week(match: re.Match[str], session: date | None) -> date | None:
    """The Friday of the session's week, or of the one after."""
    if session is None:
        return None
    friday = session + timedelta(days=(4 - session.weekday()) % 7)
    following = re.search(r"prochaine|next", match.group()) is not None
    return friday + timedelta(weeks=1) if following else friday


def _month_of_session(_match: re.Match[str], session: date | None) -> date | None:
    return None if session is None else _end_of_month(session.year, session.month)


def _undated(_match: re.Match[str], _session: date | None) -> date | None:
    return None


_Reading = Callable[[re.Match[str], date | None], date | None]
_FORMS: Final[tuple[tuple[re.Pattern[str], _Reading], ...]] = tuple(
    (re.compile(rf"(?<![\w/]){pattern}(?![\w/])"), reading)
    for pattern, reading in (
        (
            rf"(?:{_ON})?(?:\d{{4}}(?P<s>[-/.])\d{{1,2}}(?P=s)\d{{1,2}}|\d{{1,2}}(?P<t>[-/.])\d{{1,2}}(?P=t)\d{{4}}|\d{{1,2}}/\d{{1,2}}/\d\d)",
            _numeric,
        ),
        (
            rf"(?:{_ON})?(?P<d>\d{{1,2}})(?:er|e)?(?: ?(?:,|et|-|au|to|&) ?\d{{1,2}})? (?P<m>{_MONTH})\.?(?: (?P<y>{_YEAR}))?",
            _in_words,
        ),
        (
            rf"(?:(?:{_DAY}),? )?(?P<m>{_MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y>{_YEAR}))?",
            _in_words,
        ),
        (
            # a half or three quarters are days only where « le » or a weekday says so, or at the end
            rf"(?:{_ON}|(?<=le )|(?=\d/\d$)|(?!(?:1/[234]|[23]/[34])\b))(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})(?! ?(?:journee|temps|heure|page))",
            _slashed,
        ),
        (rf"(?P<kind>[shtq])(?P<n>[1-4])[ -](?P<y>{_YEAR})", _term),
        (
            rf"(?P<part>(?:la )?(?:fin|mi|debut)[ -](?:du mois )?(?:de |d')?|(?:the )?(?:end|middle) of |early |mid[- ]|late )?(?P<m>{_MONTH})(?: (?P<y>{_YEAR}))?",
            _month_end,
        ),
        (
            rf"(?:(?:dans|sous|d'ici|in|within)(?: les| the)? )(?P<n>{_COUNT}) (?P<unit>jours?|semaines?|mois|days?|weeks?|months?)",
            _after,
        ),
        (rf"(?:next |this )?(?P<day>{_DAY})(?: prochain)?", _weekday),
        (
            r"(?:la |the )?(?:fin de |end of )?(?:la |the )?(?:semaine prochaine|next week|fin de (?:la )?semaine|end of (?:the )?week|cette semaine|this week)",
            _week,
        ),
        (r"(?:la |the )?(?:fin du mois|end of (?:the )?month)", _month_of_session),
        (
            r"(?:la |le |the |our )?(?:prochaine? (?:rencontre|reunion|seance|session|atelier)|next (?:meeting|session|[A-Za-z]{2,6} meeting))",
            _undated,
        ),
        (
            r"(?:(?:le|la|les|the) )?(?:conge d[eu]s? [a-z]+|vacances(?: (?:de |d'|des )[a-z]+)?|(?:temps des )?fetes|relache|rentree"
            r"|noel|paques|holidays?|christmas|thanksgiving|(?:march|spring|winter|summer) break)",
            _undated,
        ),
        (rf"(?P<y>{_YEAR})", _year_end),
    )
)
_SPANS: Final = (_month_end, _term, _year_end)
"""Readings of whole months, quarters and years, which a thing may also be *for*."""
_INTRODUCED: Final = re.compile(
    r"(?:(?<!\w)(?:d'ici(?: a)?(?: au| le| la| les)?|avant(?: le| la)?|au plus tard(?: le)?|pour(?: le| la)?"
    r"|echeance(?: ?:)?|date limite ?:?|remise(?: ?:)?|le|des(?: le| la)?|a remettre le"
    r"|(?:re)?(?:report|repouss|differ|remis|deplac)\w* (?:au|a la|a l'|a|en|pour(?: le| la)?|jusqu'(?:au|en|a))"
    r"|(?:postponed|deferred|moved|pushed(?: back)?|carried over|delayed) (?:to|until|till)(?: the)?"
    r"|(?<!agenda )(?<!minutes )(?<!notes )for(?: the)?|by(?: the)?(?: end of day| eod)?|before(?: the)?|due(?: by| on)?:?|no later than|until|on|deadline:?)"
    r"|(?<!\w)(?=(?:dans|sous|d'ici|in|within) )|[,(]| [–-]) ?$"
)
_LEADS: Final = re.compile(rf"^ ?(?=\d{{1,2}}/\d|(?:{'|'.join(WEEKDAYS)}) \d)")
_UNDATED_INTRODUCED: Final = re.compile(
    r"(?<!\w)(?:d'ici|avant|pour|by|before|until|for|at|a) ?(?:a )?$"
)


def _flat(text: str) -> str:
    """Folded character by character, so that places stay the same."""
    return "".join(unicodedata.normalize("NFKD", one)[0].lower()[0] for one in straight(text))


def session_day(iso: str | None) -> date | None:
    """The date of a session, or ``None`` when it is unknown or only a month or a year."""
    if iso is None:
        return None
    try:
        return date.fromisoformat(iso[:10])
    except ValueError:
        return None


def first_date(text: str, session: date | None = None) -> Due | None:
    """The first date written in ``text``, whatever introduces it."""
    flat = _flat(text)
    found = [(match, reading) for form, reading in _FORMS if (match := form.search(flat))]
    if not found:
        return None
    match, reading = min(found, key=lambda one: (one[0].start(), -one[0].end()))
    day = reading(match, session)
    return Due(text[slice(*match.span())], day.isoformat() if day else None)


def only_a_date(text: str) -> bool:
    """Whether ``text`` is nothing but a date: « Le 15 avril : »."""
    found = first_date(text)
    return found is not None and len(text) - len(found.text) <= len("Le  :")


def due_in(text: str, session: date | None) -> Due | None:
    """When ``text`` says its action is due, if it does.

    A date counts only where words such as « d'ici », « pour le », "by" introduce it, or where it
    opens the line: « la réunion du 14 mai » is no deadline.
    """
    flat = _flat(text)
    for pattern, reading in _FORMS:
        for match in pattern.finditer(flat):
            before = flat[max(0, match.start() - REACH) : match.start()]
            introduced = _UNDATED_INTRODUCED if reading is _undated else _INTRODUCED
            lead = introduced.search(before)
            opens = match.start() <= REACH and not before.strip() and _LEADS.match(flat)
            dated = reading is _weekday and re.search(r"prochain|next|this", match.group())
            relative = reading is _after or bool(dated)
            if reading is _weekday and not dated and lead and lead.group().strip() in {"le", "on"}:
                continue  # « le lundi » is every Monday
            if lead and lead.group().startswith("for") and reading in _SPANS:
                continue  # "the March meeting", "the budget for 2027": of it, not due by it
            if lead is None and not opens and not relative:
                continue
            day = reading(match, session)
            start = (
                match.start() - len(before) + lead.start()
                if lead and lead.group().strip() not in {",", "(", "-", "–"}
                else match.start()
            )
            return Due(text[start : match.end()].strip(" ."), day.isoformat() if day else None)
    return None


def due_cell(text: str, session: date | None) -> Due | None:
    """A cell of a « Échéance » column: all of it is the due date."""
    written = text.strip(" .")
    if not written or re.fullmatch(
        r"[-–—?.\s]*|tbd|à (?:confirmer|déterminer|préciser)", written, re.IGNORECASE
    ):
        return None
    span = _SPAN.search(written)
    found = (first_date(span["until"], session) if span else None) or first_date(written, session)
    return Due(written, found.day if found else None)


_SPAN: Final = re.compile(
    r"\b(?:du|from|entre(?: le)?|between) .{1,40}? (?:au|jusqu'au|to|until|till|et(?: le)?|and) (?P<until>.+)",
    re.IGNORECASE,
)
"""« Du 17 novembre au 27 février »: due at its end."""


def due_in_state(text: str, session: date | None) -> Due | None:
    """When the state of an action says that it is due now: « reporté au 20 mai », "by June".

    A bare « le 17 novembre » or « depuis le… » tells what happened, and no deadline.
    """
    for clause in re.split(r"[.;] +", text):
        if renewed := due_renewed(clause, session):
            return renewed
        found = due_in(clause, session)
        if found is not None and _DUE_WORDS.match(_flat(found.text)):
            return found
    return None


NEW_DAY: Final = r"(?:nouvelle (?:date|échéance|promesse)|new (?:date|deadline|promise)) ?:"
"""What is said before the day to which a promise is renewed: « Nouvelle date : 15 mai »."""
_RENEWAL: Final = re.compile(
    rf"\b(?:{NEW_DAY}|asks? for) (?=\S)",
    re.IGNORECASE,
)


def due_renewed(clause: str, session: date | None) -> Due | None:
    """The day to which a promise is renewed, where a clause says so."""
    found = _RENEWAL.search(straight(clause))
    said = first_date(clause[found.end() :][:REACH], session) if found else None
    if found is None or said is None or not clause[found.end() :].startswith(said.text):
        return None
    return Due(said.text.strip(" ."), said.day)


_DUE_WORDS: Final = re.compile(
    r"(?:d'ici|avant|au plus tard|pour|echeance|date limite|remise|a remettre|(?:re)?(?:report|repouss|differ|remis|deplac)"
    r"|by|before|due|no later|until|deadline|for |postponed|deferred|moved|pushed|carried|delayed|dans|sous|in|within|next|this)"
)
