"""Title, kind, session date and language, guessed from names and content so that no one fills in
a form. Guesses are shown and can be corrected; where they disagree, a note says so.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any, Final

from langchain_core.documents import Document

from copassist.dates import written_dates
from copassist.extraction.sections import SPOKEN, kind_of, outermost
from copassist.language import guess_language
from copassist.passages import KINDS, QUOTED
from copassist.plaintext import plain
from copassist.sentences import sentences
from ingest.sessiondate import MAILS, session_date

SAMPLE: Final = 6_000
"""Characters of a record looked at: two pages hold its heading, attendance and first items."""

FIRST_HEADINGS: Final = 2
"""Headings that may date a record: its title and the line under it."""

TITLE_CHARACTERS: Final = 150
TITLE_LINE: Final = 100
"""Most characters of a first line that titles a record without being a heading; proposed."""
TITLED_ABOVE: Final = frozenset({".txt", ".docx", ".doc", ".odt", ".rtf"})
"""Kinds of file whose title often stands at the top in no heading style."""
TOP_LINES: Final = 12
"""First lines among which a record says its day and that it is minutes; proposed."""
FIRST_WORDS: Final = 50
"""Characters that may stand before "compte rendu" in such a line: a community's name."""
MAIL_LINES: Final = 8
"""First lines among which a mail pasted as text says what it is about."""
GUIDE_HEADINGS: Final = 3
GUIDE_CHARACTERS: Final = 2_000
"""An undated text of so many headings and characters explains something: a guide."""

MINUTES_SIGNS: Final = 2
"""Signs (attendance, actions, next meeting, a dated name...) that together make minutes."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a document without asking. ``date`` is ISO 8601, a whole day, or unknown;
    ``notes`` are doubts, told by :func:`copassist.notes.describe`."""

    title: str
    kind: str
    date: str | None
    language: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Opening:
    """How a record begins: its first headings, the lines under them, and a sample of its text."""

    headings: tuple[str, ...]
    lines: tuple[str, ...]
    text: str
    titles: tuple[str, ...]
    """What may title it, best first."""


def guess_metadata(
    path: str,
    sections: Sequence[Document],
    properties: Mapping[str, Any],
    today: date | None = None,
) -> Metadata:
    """Metadata of the record at ``path`` (relative, forward slashes).

    ``properties`` are its front matter or core properties; ``today`` (the clock's by default)
    only tells which dates are too far ahead to be true.
    """
    opening = _opening(path, sections)
    title = _title(path, opening, properties)
    kind = _kind(path, title, opening, properties)
    language = _language(opening, properties)
    day, notes = session_date(
        path,
        opening.headings[:FIRST_HEADINGS],
        opening.lines,
        properties,
        minutes=kind == "minutes",
        language=language,
        today=today or date.today(),
    )
    return Metadata(title, kind, day, language, notes)


def _opening(path: str, sections: Sequence[Document]) -> _Opening:
    headings: dict[str, None] = {}
    lines: list[str] = []
    texts: list[str] = []
    seen = 0
    for section in sections:
        for heading in map(_clean, _headings(section)):
            if not _of_conversation(path, heading):
                headings.setdefault(heading)
        if seen < SAMPLE:
            text = section.page_content[: SAMPLE - seen]
            texts.append(text)
            seen += len(text)
            lines.extend(_lines(text, headings))
    above = _above(path, sections[0]) if sections else ""
    titles = [above, *list(headings)[:FIRST_HEADINGS]]
    if _headings_are_guesses(path):  # only one that stands over all is a title
        titles = [above, _clean(outermost(map(_headings, sections)))]
    return _Opening(tuple(headings), tuple(lines), "\n".join(texts), tuple(filter(None, titles)))


def _headings(section: Document) -> tuple[str, ...]:
    """What a section stands under; who wrote what a mail quotes is no title of it."""
    place = section.metadata.get("locator", {})
    return () if place.get("part") == QUOTED else tuple(place.get("headings") or ())


def _of_conversation(path: str, heading: str) -> bool:
    """Whether a heading is but a day at which a conversation kept as text was cut."""
    return PurePosixPath(path).suffix.lower() in {".txt", ""} and _only_a_date(heading)


def _above(path: str, first: Document) -> str:
    """What a text without headings at its top begins with: its title, or what a mail is about."""
    lines = [line for line in map(_clean, first.page_content.split("\n")) if line]
    over = [one for one in _headings(first) if not _of_conversation(path, one)]
    if over or PurePosixPath(path).suffix.lower() not in TITLED_ABOVE or len(lines) < 2:
        return ""
    subject = next(filter(None, map(_SUBJECT.match, lines[:MAIL_LINES])), None)
    if subject:
        return subject["about"]
    top = lines[0]
    says = len(top) <= TITLE_LINE and top[-1] not in ".,;:" and not _LABELLED.match(top)
    return top if says and "|" not in top else ""


def _headings_are_guesses(path: str) -> bool:
    """Whether the format marks no headings, so that they are told by how lines look."""
    return PurePosixPath(path).suffix.lower() in {".pdf", ".txt", ""}


def _lines(text: str, headings: Mapping[str, None]) -> Iterator[str]:
    for span in sentences(text[: SAMPLE // 2]):
        for line in span.text.splitlines():
            words = _clean(line)
            if words and words not in headings:
                yield words


def _clean(text: str) -> str:
    return " ".join(plain(html.unescape(text)).split())


def _language(opening: _Opening, properties: Mapping[str, Any]) -> str:
    stated = str(properties.get("language", ""))[:2].lower()
    default = stated if stated in {"fr", "en"} else "fr"
    return guess_language(plain(opening.text), default)


# Title ------------------------------------------------------------------------------------------

_JUNK = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel)|document ?\d*|pr[ée]sentation(?: powerpoint)? ?\d*"
    r"|powerpoint presentation"
    r"|classeur ?\d*|book ?\d*|sans titre.*|untitled.*|slide ?\d+"
    r"|diapo.*\d+|titre|title|template|mod[èe]le|layout ?\d*|\W*|new document"
    r"|nouveau document|add your title here|titre du document)(?:\s*-.*)?",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(
    r"\S+\.(?:docx?|pptx?|xlsx?|pdf|odt|odp|ods|md|txt|indd|rtf)", re.IGNORECASE
)
_GENERIC = re.compile(
    r"\W*(?:table des mati[èe]res|table of contents|sommaire|contents|introduction|intro|contexte"
    r"|context|readme|index|home|accueil|notes?|participants?|participant.*|pr[ée]sent\w*|attend\w+"
    r"|ordre du jour|agenda|informations?|pr[ée]ambule|overview|aper[çc]u|license|licence)\W*",
    re.IGNORECASE,
)
_NUMBERING = re.compile(r"^\d{1,2}[ _.-]+(?=[^\W\d_])")
SECTIONS: Final = SPOKEN | {"agenda", "ideas"}
"""Headings of these kinds ("Suivis", "Ordre du jour") open a section, and title nothing."""
_SUBJECT: Final = re.compile(r"(?:objet|sujet|subject|re)\s*:\s*(?P<about>\S.*)", re.IGNORECASE)
_LABELLED: Final = re.compile(r"[^:]{1,25}:")
_SECTION: Final = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.\s+[^\W\d_a-zà-ÿ]|\d{1,2}(?:\.\d{1,2})+\s")
"""A heading that is numbered opens a section, and titles nothing."""
_INDEX_NAMES: Final = frozenset({"readme", "index", "_index", "home", "accueil"})


def _title(path: str, opening: _Opening, properties: Mapping[str, Any]) -> str:
    """The first of front matter or core title, headings and file name that says something."""
    stated = _shortened(_clean(str(properties.get("title", ""))))
    office = not _headings_are_guesses(path) and bool({"created", "modified"} & properties.keys())
    headings = [
        _shortened(heading)
        for heading in opening.titles
        if not _SECTION.match(heading) and kind_of(heading) not in SECTIONS
    ]
    # a core title that also stands at the top was written for this document; one that does not
    # came with a template, and the first heading knows better
    top = {_shortened(line) for line in opening.lines[:FIRST_HEADINGS]}
    first = headings[:1] if office and stated not in top else []
    for title in (*first, stated, *headings):
        if title and not (_junk(title) or _GENERIC.fullmatch(title) or _only_a_date(title)):
            return title
    return _named_title(path) or stated or next(iter(headings), PurePosixPath(path).name)


def _junk(title: str) -> bool:
    return bool(_JUNK.fullmatch(title) or _FILE_NAME.fullmatch(title))


def _only_a_date(title: str) -> bool:
    rest = title
    for found in reversed(list(written_dates(title))):
        rest = rest[: found.start] + rest[found.end :]
    return len(re.sub(r"[\W\d_]|\ble\b", "", rest)) < 3


def _named_title(path: str) -> str:
    """The file's name as words; with its folder's where the name is but a date or ``README``."""
    name = PurePosixPath(path)
    words = _words_of(name.stem)
    if (_only_a_date(words) or words.lower() in _INDEX_NAMES) and name.parent.name:
        folder = _words_of(name.parent.name)
        return folder if words.lower() in _INDEX_NAMES else f"{folder}, {words}"
    return words


def _words_of(name: str) -> str:
    words = _NUMBERING.sub("", name).replace("_", " ").strip()
    if " " not in words:
        dates = list(written_dates(words))
        kept = words[: dates[0].end] if dates and dates[0].start == 0 else ""
        words = f"{kept} {words[len(kept) :].replace('-', ' ')}".strip()
    words = " ".join(words.split())
    return words[:1].upper() + words[1:]


def _shortened(title: str) -> str:
    if len(title) <= TITLE_CHARACTERS:
        return title
    return title[:TITLE_CHARACTERS].rsplit(" ", 1)[0] + "…"


# Kind -------------------------------------------------------------------------------------------

_MINUTES_NAME = re.compile(
    r"\b(?:comptes?[\s-]*rendus?|proc[èe]s[\s-]*verb(?:al|aux)|pv|cr|minutes"
    r"|meeting[\s-]*(?:notes|minutes|summary)"
    r"|notes? (?:rapides |prises )?(?:de |d'|of |from |à |lors de )?(?:la |the )?"
    r"(?:r[ée]union|rencontre|s[ée]ance|meeting)|relev[ée]s? de d[ée]cisions?"
    r"|(?:r[ée]union|rencontre|s[ée]ance) (?:du|d['’](?:hier|aujourd['’]hui)"
    r"|de ce(?:t|tte)? (?:matin|midi|soir|apr[èe]s-midi|avant-midi))"
    r"|assembl[ée]e (?:g[ée]n[ée]rale|constituante)"
    r"|notes? dict[ée]es?|dictated notes?|m[ée]mo vocal|voice (?:memo|note)s?"
    r"|notes? prises? par"
    r"|(?:auto[ -]?)?transcri\w+\b[^\n]{0,40}\b(?:meeting|rencontre|r[ée]union|s[ée]ance)"
    r"|(?:meeting|rencontre|r[ée]union|s[ée]ance)\b[^\n]{0,20}\b(?:auto[ -]?)?transcri\w+)\b",
    re.IGNORECASE,
)
_NOTES: Final = re.compile(r"\bnotes?\b", re.IGNORECASE)
"""With a day in a file's name: "notes 12 juin", "may13 notes"."""
_MEETS: Final = re.compile(r"\b(?:meeting|rencontre|r[ée]union|s[ée]ance)\b", re.IGNORECASE)
_TEMPLATE_NAME = re.compile(
    r"\b(?:gabarits?|templates?|canevas|formulaires?"
    r"|mod[èe]les? d(?:e |')(?:compte|ordre|proc|lettre|courriel|fiche|grille|plan)\w*)\b",
    re.IGNORECASE,
)
"""What is to be filled in, whatever it is to become: "Gabarit de compte rendu"."""
_TOOL_NAME = re.compile(
    r"\b(?:outils?|grilles?|check[\s-]*lists?|liste de v[ée]rification|aide[\s-]*m[ée]moire|form"
    r"|fiches?|trousse|toolkit|tableau de (?:suivi|bord)|calendrier|questionnaire|sondage"
    r"|discussion guide)\b",
    re.IGNORECASE,
)
_GUIDE_NAME = re.compile(
    r"\b(?:guides?|guidance|manuels?|handbook|how[\s-]*to|comment|tutoriels?|tutorials?|playbook"
    r"|faq|foire aux questions|bonnes pratiques|(?:best|good) practices?|pratiques exemplaires"
    r"|principes|principles|charte|politiques?|policy|proc[ée]dures?|contributing|code of conduct"
    r"|mandat|terms of reference|d[ée]finitions?|training|introduction [àa to]+)\b",
    re.IGNORECASE,
)
_ANNOUNCEMENT_NAME = re.compile(
    r"\b(?:invitation|convocation|annonce|bient[ôo]t|rendez[\s-]*vous|save the date"
    r"|c'est ce soir)\b",
    re.IGNORECASE,
)
_ELSE_NAME = re.compile(
    r"\b(?:infolettre|newsletter|gazette|licen[cs]e|ordre du jour|agenda|changelog"
    r"|(?:bilan|rapport) (?:annuel|de l['’]ann[ée]e)|annual (?:review|report))\b",
    re.IGNORECASE,
)
_MINUTES_FOLDER = re.compile(
    r"\b(?:comptes?[\s-]*rendus?|proc[èe]s[\s-]*verb(?:al|aux)|pv|minutes|meetings?|r[ée]unions?"
    r"|rencontres?|s[ée]ances?)\b",
    re.IGNORECASE,
)
_GUIDE_FOLDER = re.compile(
    r"\b(?:guides?|manuels?|handbooks?|tutorials?|training|how[\s-]*to|bonnes[\s-]*pratiques)\b",
    re.IGNORECASE,
)
_TOOL_FOLDER = re.compile(r"\b(?:outils|tools|gabarits|mod[èe]les|templates)\b", re.IGNORECASE)
_ATTENDANCE = (
    r"^[\W\d]*(?:pr[ée]sent\w*|participant\w*|attend(?:ees|ance|ants)|membres pr[ée]sents"
    r"|in attendance|in the room(?= ?:)|dans la salle(?= ?:)|sur place|(?:[ée]taient )?l[àa](?= ?:)"
    r"|here(?= ?:)|pr[ée]s(?=\.? ?:))\b[^\n]{0,20}(?:$|[:|])"
    r"|(?:^[\W\d]*|[.!] )(?:here|pr[ée]s(?:\.|ent(?:e?s)?)?)[ \t]+"
    r"(?-i:(?:[A-ZÀ-Þ][\w.'’-]*[ ,]+){3})"
    r"|(?:^|[.!] )(?:all present|everyone (?:is |was )?(?:present|here)"
    r"|tout le monde (?:est|[ée]tait) l[àa])\b"
)
_SIGNS: Final = tuple(
    re.compile(sign, re.IGNORECASE | re.MULTILINE)
    for sign in (
        _ATTENDANCE,
        r"^[\W\d]*(?:absent\w*|abs(?=\.? ?:)|excus[ée]\w*|regrets|apologies|absences)\b"
        r"[^\n]{0,20}(?:$|:)",
        r"^[\W\d]*(?:action items?|actions?|mesures? (?:de suivi|[àa] prendre)|suivis?"
        r"|[ée]l[ée]ments? de suivi|d[ée]cisions?|next steps|prochaines [ée]tapes|remarques"
        r"|follow[ -]?ups?|[àa] faire|to[ -]?do"
        r"|discussions?|(?:so,? |bon,? )?(?:d[ée]cid[ée]|decided|agreed|convenu)\b[^\n.]{0,60}"
        r")\W*$",
        r"\b(?:prochaine (?:r[ée]union|rencontre|s[ée]ance)|next (?:meeting|session|time is)"
        r"|lev[ée]e de la|meeting adjourned|tour de table|round ?table|la prochaine c'est)\b"
        r"|^[\W\d]*(?:prochaine|next)(?: ?: |[ ,]+(?:le |on )?(?:[^\W\d_]{3,9}\b[^\n]{0,20}$"
        r"|\d{1,2} [^\W\d_]{3,9}\b))",
        r"^\W*(?:ordre du jour|agenda)\W*$",
        r"^\W*(?:prise de notes|secr[ée]taire|note[\s-]*taker|animation|chair)\s*:"
        r"|\b(?:notes|minutes) (?:taken )?(?:by|par|:) (?-i:[A-ZÀ-Þ])"
        r"|[·|–,] minutes (?-i:[A-ZÀ-Þ])",
    )
)
_STATED: Final = {
    "compte rendu": "minutes",
    "compte-rendu": "minutes",
    "procès-verbal": "minutes",
    "meeting": "minutes",
    "outil": "tool",
    "gabarit": "tool",
    "template": "tool",
    "autre": "other",
}
_SHEETS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv"})


def _kind(path: str, title: str, opening: _Opening, properties: Mapping[str, Any]) -> str:
    """minutes, tool, guide or other: stated, else by names, else by what the text looks like."""
    stated = str(properties.get("kind", "")).strip().lower()
    if stated in KINDS or stated in _STATED:
        return _STATED.get(stated, stated)
    name = PurePosixPath(path)
    own = _separated(name.stem)
    if own.strip().lower() in _INDEX_NAMES:
        return _by_place(name, opening, properties)  # it presents its folder, whatever its title
    if name.suffix.lower() in MAILS and _by_name(own) in ("guide", "tool"):
        return "other"  # which it is about
    return (
        _by_name(own)
        or ("minutes" if _like_minutes(name, own, opening) else None)
        or _by_name(title)
        or _by_place(name, opening, properties)
    )


def _like_minutes(name: PurePosixPath, own: str, opening: _Opening) -> bool:
    """A dated record kept among minutes, or one with the marks of minutes."""
    notes = bool(_NOTES.search(own)) and any(one.day for one in written_dates(own))
    named = _dated(own)
    headed = _dated(" ".join(opening.headings[:FIRST_HEADINGS]))
    top = opening.lines[:TOP_LINES]
    if not (named or headed or notes or _dated(" ".join(top))):
        return False
    if (named or headed) and _MINUTES_FOLDER.search(_separated(name.parent.name)):
        return True
    signs = sum(bool(sign.search(plain(opening.text))) for sign in _SIGNS)
    if named or headed:
        held = notes or _MEETS.search(" ".join((own, *opening.headings[:1])))
        return signs + named + bool(signs and held) >= MINUTES_SIGNS
    said = notes or any(_says_minutes(line) for line in (*opening.headings[:FIRST_HEADINGS], *top))
    return signs + said > MINUTES_SIGNS or (said and signs > 0)


def _says_minutes(line: str) -> bool:
    """Whether a line at the top of a record says that it is minutes, at its beginning or soon."""
    found = _MINUTES_NAME.search(line) if len(line) <= TITLE_CHARACTERS else None
    return found is not None and found.start() <= FIRST_WORDS


def _by_place(name: PurePosixPath, opening: _Opening, properties: Mapping[str, Any]) -> str:
    folder = _separated(name.parent.as_posix())
    if name.suffix.lower() in _SHEETS or _TOOL_FOLDER.search(folder):
        return "tool"
    if _GUIDE_FOLDER.search(folder):
        return "guide"
    dated = _dated(_separated(name.stem)) or bool(properties.get("date"))
    long = len(opening.headings) >= GUIDE_HEADINGS and len(opening.text) >= GUIDE_CHARACTERS
    return "guide" if long and not dated else "other"


def _by_name(name: str) -> str | None:
    for pattern, kind in (
        (_TEMPLATE_NAME, "tool"),
        (_ANNOUNCEMENT_NAME, "other"),
        (_MINUTES_NAME, "minutes"),
        (_ELSE_NAME, "other"),
        (_TOOL_NAME, "tool"),
        (_GUIDE_NAME, "guide"),
    ):
        if pattern.search(name):
            return kind
    return None


def _separated(name: str) -> str:
    return re.sub(r"[-_/.]+", " ", name)


def _dated(text: str) -> bool:
    return any(found.iso for found in written_dates(text))
