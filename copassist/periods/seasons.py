""" "L'automne dernier", "since spring 2021", "l'hiver 2023-2024", "au printemps"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from copassist.periods.mentions import Mention, mention_of
from copassist.periods.openings import OF_YEAR, OPEN, opened, year_said

_SEASONS: Final[Mapping[str, tuple[tuple[int, int], tuple[int, int]]]] = MappingProxyType(
    {
        "printemps": ((3, 1), (6, 20)),
        "spring": ((3, 1), (6, 20)),
        "ete": ((6, 1), (9, 22)),
        "summer": ((6, 1), (9, 22)),
        "automne": ((9, 1), (12, 21)),
        "autumn": ((9, 1), (12, 21)),
        "fall": ((9, 1), (12, 21)),
        "hiver": ((12, 1), (3, 20)),
        "winter": ((12, 1), (3, 20)),
    }
)
"""First and last day of each season, the wider of the calendar's and the weather's: a filter that
leaves out a session costs more than one that lets in another. Winter bears its second year."""

_SEASON_NAME = "|".join(_SEASONS)
_SEASON = re.compile(
    rf"\b{OPEN}(?:la )?"
    r"(?:(?P<last>last|past|previous) |(?P<this>this|cet|cette|ce) "
    r"|(?P<at>(?:in|during|over) (?:the )?|a l'|au |(?:durant|pendant) (?:le |l'))"
    r"|(?:the )?|le |l'|cet )?"
    rf"\b(?P<name>{_SEASON_NAME})\b(?! (?:under|within|on|into|outside|short|behind)\b)"
    r"(?! (?:prochaine?|suivant|qui vient|a venir|de l'an prochain|line|through|apart|break"
    r"|cleaning|house|camp|school|sale)|[- ]back)"
    r"(?: (?:of |de )?(?P<year>20\d\d|19\d\d)(?:[-–/](?:20)?(?P<second>\d\d))?\b"
    rf"|(?P<after> derni(?:er|ere)| passee?)| (?:de |of ){OF_YEAR})?"
)


_BEEN: Final = re.compile(r"(?<!')\bete$")
""" « été » that means "been" (« ce qui a depuis été réglé »): the season would have its article."""


_TO_COME: Final = re.compile(
    r"\b(?:report|remis|repouss|differ|prevu|planifi|programm|attend|annonc"
    r"|postpon|defer|plann|put off|scheduled|expect|push)\w*(?: \w+){0,2} $"
)
"""Words before a season to come: « reporté à l'automne », "planned for the spring"."""


def seasons(text: str, flat: str, today: date) -> Iterator[Mention]:
    """Seasons with a year, said to be past or present, opened on one side, or "in the spring":
    the last one, as "en mars" is the last March."""
    for match in _SEASON.finditer(flat):
        past, this = match["last"] or match["after"], match["this"]
        said = year_said(match, today)
        opens = match["open"] and not _BEEN.search(flat[: match.end("name")])
        last_one = match["at"] and not _TO_COME.search(flat[: match.start()])
        if not (match["year"] or past or this or said or opens or last_one):
            continue
        year = said or _season_year(match["name"], today, bool(past))
        written = int(match["year"] or year)
        if match["second"] and int(match["second"]) == (written + 1) % 100:
            written += 1  # "hiver 2023-2024" bears its second year
        first, last = _season(match["name"], written)
        since, until = opened(match["open"], first, last)
        yield mention_of(text, match.start(), match.end(), since, until)


def _season(name: str, year: int) -> tuple[date, date]:
    (month, day), (end_month, end_day) = _SEASONS[name]
    return date(year - (month > end_month), month, day), date(year, end_month, end_day)


def _season_year(name: str, today: date, past: bool) -> int:
    """The year of the season under way or last begun; if ``past``, of the last one ended."""
    year = today.year + 1
    while True:
        first, last = _season(name, year)
        if (last if past else first) <= today - timedelta(days=past):
            return year
        year -= 1
