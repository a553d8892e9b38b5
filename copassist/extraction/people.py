"""Who is named, as written. A name is only ever a slice of the text, never a guess.

Somebody is *known* when the record lists them as present, when a handle marks them, when their
first name is a common one, or when another session of the same document lists them.
A capital letter alone does not make a person: « Budget – préparer la version finale ».
"""

# ruff: noqa: E501, SIM905 - patterns and vocabularies are read whole, one wording after another

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from copassist.dates import FULL_MONTHS, WEEKDAYS
from copassist.extraction.lines import Line
from copassist.extraction.sections import kind_of
from copassist.extraction.texts import fold, plain, straight

UPPER: Final = "A-ZÀ-ÖØ-Þ"
WORD: Final = rf"[{UPPER}][\w'-]*(?:\.[\w'-]+)*"
HANDLE: Final = r"@[\w.-]*\w"
PERSON: Final = (
    rf"(?:{HANDLE}|(?:{WORD}|[{UPPER}]\.)(?: (?:de |du |des |d'|van |von |le |la )?(?:{WORD}|[{UPPER}]\.)){{0,3}})"
    rf"(?: ?\({HANDLE}\))?"
)
AND: Final = r"(?: ?, ?(?:et |and |ou |or )?| ?/ ?| ?& ?| ?\+ ?| et | and | ou | or | (?=@))"
MOST_NAMES: Final = 8
"""Names read as the owners of one action. More are a list of people, and a pattern without a
bound takes quadratic time on one."""
PEOPLE: Final = rf"{PERSON}(?:{AND}{PERSON}){{0,{MOST_NAMES - 1}}}"
ACRONYM: Final = r"CA|GT|CdP|CoP|WG"
GROUP_NOUN: Final = (
    r"groupe|groupes|équipe|équipes|comité|sous-comité|mission|secrétariat|conseil|bureau"
    r"|direction|trésorier|trésorière|secrétaire|président|présidente|présidence|coordination"
    r"|coordonnateur|coordonnatrice|animation|animateur|animatrice|membres|participants|participantes"
    r"|personne responsable|responsable|responsables|conseillère|conseiller|ensemble des membres"
    r"|team|teams|group|working group|members|committee|board|chair|secretary|treasurer|coordinator"
    r"|facilitator|attendees"
)
GROUP_HEAD: Final = (
    rf"(?<![\w'-])(?:(?:[Ll]es?|[Ll]a|[Ll]'|[Nn]otre|[Tt]ous les|[Tt]outes les|[Ll]'ensemble des|[Tt]he|[Aa]ll|[Oo]ur) ?)?"
    rf"(?:(?!(?:for|of|to|in|on|with|from|and|pour|de|du|des|aux?|avec|sur|par|et|dans"
    rf"|we|you|they|are|is|was|were|be|been|has|have|had|nous|vous|on|il|elle|que|qui|a|ont|est|sont|telling|asking) )[\w'-]+ ){{0,3}}?(?:(?i:{GROUP_NOUN})|{ACRONYM})\b"
)
GROUP: Final = (
    rf"{GROUP_HEAD}(?: (?!(?:a|à|au|aux|ont|est|sont|qui|que|et|and|who|that|has|have|is|are|was|were|to|will|va|vont|doit"
    r"|doivent|pour|avec|mais|se|y|en|lui|leur|nous|vous)\b)[\w'-]+){0,7}?"
)
EVERYONE: Final = (
    r"(?:[Tt]out le monde|[Tt]ous|[Tt]outes|[Cc]hacun(?:e)?|[Ee]veryone|[Ee]verybody|[Aa]ll)"
)
PRONOUN: Final = (
    r"(?:[Ii]ls?|[Ee]lles?|[Oo]n|[Nn]ous|[Hh]e|[Ss]he|[Tt]hey|[Ww]e|[Cc]elui-ci|[Cc]elle-ci)"
)

UNASSIGNED: Final = (
    r"(?:(?:personnes? )?responsables? |personne (?:n'a (?:encore )?été |n'est )?|owner |nobody |no one )?"
    r"(?:non |pas (?:encore )?|à |reste à |to be |not (?:yet )?|un)(?:désignée?|déterminer|confirmer|préciser|nommer|trouver"
    r"|identifier|attribuée?|assignée?|définir|définie?|venir|determined|confirmed|assigned|named|found|decided)"
    r"|personne n'a (?:encore )?été désignée?|sans responsable|(?:toujours )?pas de responsable|no owner|tbd|tbc"
)
"""What a record writes where an owner should stand, and nobody does."""
_UNASSIGNED: Final = re.compile(rf"\W*(?:{UNASSIGNED})\b.*", re.IGNORECASE)

_NOT_PEOPLE: Final = frozenset(
    """qui who tbd tbc nom name personne nobody tous all chacun a à confirmer determiner definir article
    point note notes question questions reponse action actions item decision le la les un une des du de
    the an this that these il elle on nous vous ils elles he she we they it in at by for from to and et ou
    lui lui-meme elle-meme eux eux-memes moi toi soi
    cela ca ceci ceux celles celui celle ceux-ci celles-ci celui-ci celle-ci ce cette ces cet chaque tout toute tous toutes certains certaines plusieurs aucun aucune
    rien quelque quelqu'un quiconque mon ton son notre votre leur leurs lequel laquelle mais donc ainsi
    alors puis ensuite enfin aussi toujours encore deja ici aujourd'hui hier demain sans avec selon apres
    pendant lors dans sur sous vers chez entre parmi afin comme car dont ou
    probably maybe perhaps also still then now however there here where what which both some many most
    several each another other more less next last first second new any every nothing something anything
    everything with without within after before since during while because although though but so as
    you your our their his her my its not only once until unless such same very just even
    besoin need needs want plan link liens lien oui non yes no si if when quand comment how pourquoi why
    januar""".split()
    + [fold(name) for name in (*FULL_MONTHS, *WEEKDAYS)]
)
_SPLIT: Final = re.compile(
    r" ?, ?(?:et |and |ou |or )?| ?/ ?| ?& ?| ?\+ ?| et | and | ou | or | (?=@)"
)
_AFTER_NAME: Final = re.compile(r"\s+[-–—:]\s*|[,;:]\s|\s*\((?!@)|\s[–—-]|–")
_ALTERNATIVE: Final = re.compile(r" ou | or |/.*\?|\?")


@cache
def _first_names() -> frozenset[str]:
    source = resources.files("copassist").joinpath("data/first_names.txt")
    lines = source.read_text(encoding="utf-8").splitlines()
    return frozenset(fold(line) for line in lines if line and not line.startswith("#"))


@dataclass(frozen=True, slots=True)
class People:
    """The names of one record: ``names`` whole, ``parts`` each word of them, ``initials`` those
    that one of them alone has; all folded, without « Mme » or « M. »."""

    names: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    initials: frozenset[str] = frozenset()

    def knows(self, written: str) -> bool:
        """Whether ``written``, one name or several, is surely made of people."""
        words = straight(plain(written)).strip()
        if not re.fullmatch(PEOPLE, words):
            return False
        pieces = [piece for piece in _SPLIT.split(words) if piece.strip()]
        return bool(pieces) and all(self._knows(piece) for piece in pieces)

    def may_own(self, written: str) -> bool:
        """Whether ``written`` is somebody known, a group or an office (« la présidente »)."""
        return self.knows(written) or names_group(written)

    def _knows(self, piece: str) -> bool:
        if re.search(HANDLE, piece):
            return True
        words = [word for word in re.split(r"[ .]+", fold(piece)) if word]
        if not words or all(word in _NOT_PEOPLE for word in words):
            return False
        if fold(piece) in self.names or (piece.isupper() and fold(piece) in self.initials):
            return True
        if untitled := _untitled(fold(piece)):  # « M. Roy » is known where a Roy is listed
            return self.parts.issuperset(untitled.split())
        first = words[0].split("-")[0]
        return first in self.parts or words[0] in self.parts or first in _first_names()


def first_known(text: str, people: People) -> str | None:
    """The first of a sentence's names that is surely somebody, as written."""
    words = straight(plain(text))
    for found in re.finditer(rf"(?<![\w'-]){PERSON}", words):
        whole = found.group()
        for name in (whole, whole.split(" ")[0]):  # « Karine Wooclap »
            if people.knows(name):
                return name
    return None


def likely(written: str) -> bool:
    """Whether ``written`` can be a name at all: no article, month, « Qui ? » or "TBD"."""
    if _UNASSIGNED.fullmatch(straight(written)):
        return False
    words = fold(written).strip(" ?!.").split()
    if re.match(r"(?:[ldcjsnm]|qu)'[a-z]", " ".join(words)) and not names_group(written):
        return False
    return bool(words) and words[0].lstrip("@") not in _NOT_PEOPLE


def names_group(written: str) -> bool:
    """Whether all of ``written`` names a group or an office: « le comité », "the chair"."""
    return re.fullmatch(GROUP, straight(written)) is not None


def certain(written: str) -> bool:
    """False where the record itself hesitates: « Yann ou Cédric ? »."""
    return _ALTERNATIVE.search(straight(written)) is None


def people_of(lines: Sequence[Line], known: Iterable[str] = ()) -> People:
    """Everybody the record lists as present, or speaks of by a handle; and ``known``."""
    names = {fold(name) for name in known}
    names.update(fold(name) for name in listed(lines))
    for line in lines:
        for row in line.text.split("\n"):
            if absent := _ABSENT.match(straight(plain(row))):
                names.update(fold(name) for name in _names_in(absent["names"]))
        names.update(fold(handle) for handle in re.findall(HANDLE, line.words))
    names = {_untitled(name) or name for name in names}
    names = {name for name in names if name and name not in _NOT_PEOPLE}
    parts = {part for name in names for part in name.lstrip("@").split() if len(part) > 1}
    return People(frozenset(names), frozenset(parts - _NOT_PEOPLE), _initials(names))


def _untitled(name: str) -> str:
    """What follows a title in a folded name; empty where it has none."""
    bare = _TITLE.sub("", name)
    return bare if bare != name else ""


_TITLE: Final = re.compile(r"^(?:m|mme|mlle|monsieur|madame|mr|mrs|ms|dre?|me|sr|fr)\.? (?=\w)")
_PARTICLES: Final = frozenset("de du des d la le van von".split())
_NO_INITIALS: Final = frozenset("ca gt wg pv cr od oj ti rh ia ai ap".split())
"""What two capitals are in minutes more often than somebody's initials: « CR : à relire »."""


def _initials(names: Iterable[str]) -> frozenset[str]:
    """The initials of ``names``, folded, that one of them alone has."""
    owners = Counter(
        initials for name in names for initials in dict.fromkeys(_initials_of(name)) if initials
    )
    return frozenset(one for one, count in owners.items() if count == 1) - _NO_INITIALS


def _initials_of(name: str) -> Iterator[str]:
    """« mt » of Marie Tremblay; « met » and « mt » of Marie-Ève Tremblay."""
    words = [word for word in name.split() if word not in _PARTICLES]
    if len(words) > 1 and all(word[0].isalpha() for word in words):
        yield "".join(word[0] for word in words)
        yield "".join(part[0] for word in words for part in word.split("-") if part)


_PRESENT: Final = re.compile(
    r"(?:(?:étaient |sont |personnes |membres )?présent(?:[·.(-]?e)?[·.)-]?s?(?: à la réunion)?|(?:étaient )?là|sur place|here|in the room|dans la salle"
    r"|présences?|participant(?:[·.(-]?e)?[·.)-]?s?|present|attendees|participants|attending|in attendance|prés\.?)"
    r"(?: ?\([^()]{1,30}\))? ?: ?(?:\d+ ?/ ?\d+[.,;] ?)?(?P<names>.+)",
    re.IGNORECASE,
)

_GONE: Final = r"(?:absente?s?|abs\.?(?= ?:)|absences?|excusée?s?|pas là|apologies|regrets)"
_ABSENT: Final = re.compile(
    rf"(?:^|.*[.;] ?){_GONE} ?(?:\(\d{{1,3}}\))? ?: ?(?P<names>.+)", re.IGNORECASE
)
_THEN_ABSENT: Final = re.compile(rf"[.;] ?(?=(?:étaient )?{_GONE}\b)", re.IGNORECASE)
"""« Présents : Luc, Zoé. Absente : Ana »: on one line, who is not there follows."""


_SHORT_NAMES: Final = re.compile(
    rf"\W*(?:here|present|prés\.?|présents?) (?P<names>[{UPPER}][\w.'-]*(?: (?:me|moi|[{UPPER}][\w.'-]*)){{2,}})",
)
"""« here MD JP LT Tom me + NEW: Amira »: who was there, in the notes of somebody in a hurry."""
_TITLED: Final = re.compile(r"\b(?:Sr|Mme|Dr|Fr|Mr|Ms|M|Mrs)\b\.? ")


def listed(lines: Sequence[Line]) -> tuple[str, ...]:
    """The people a record lists as present, each as written, without their organisation."""
    found: dict[str, str] = {}
    for line in lines:
        for name in _present_of(line):
            found.setdefault(fold(name), name)
    for name in () if found else _unheaded(lines):
        found.setdefault(fold(name), name)
    return tuple(found.values())


def _present_of(line: Line) -> Iterator[str]:
    words = straight(line.words)
    if inline := _labelled(line):
        rest = re.sub(r"^\d+ personnes? ?: ?", "", inline.group("names"))
        if not re.match(rf"{EVERYONE}\b", rest):
            yield from _names_in(_THEN_ABSENT.split(rest)[0])
        return
    rows = line.text.split("\n") if line.role != "heading" else []
    if short := next(
        filter(None, (_SHORT_NAMES.match(straight(plain(row))) for row in rows)), None
    ):
        yield from _in_short(short["names"])
        return
    over = line.lead or (line.parents[-1].words if line.parents else "")
    labelled = kind_of(over) == "people"
    if line.role == "heading" or not (line.kind == "people" or labelled):
        return
    if kind_of(words) == "people":
        return
    if line.role == "item" and (not line.parents or labelled):
        yield from (not _ABSENT.match(words) and _of_organisation(words)) or _on_a_row(words)
    elif line.role == "sentence" and not re.match(r"\d+ ", words):
        for row in line.text.split("\n"):
            yield from _on_a_row(straight(plain(row)))


def _on_a_row(words: str) -> Iterator[str]:
    """Whom a row under « Présents » names: « Marie Roy, Luc Côté », or « Marie Roy, enseignante »."""
    present = _THEN_ABSENT.split(words)[0]
    if _ABSENT.match(present):
        return
    names = tuple(_names_in(present))
    all_names = len(names) == len(re.split(_BETWEEN, present.strip(" ,;.")))
    if all_names and 2 * _common(names) > len(names) > 1:  # « Lucie Roy, École du Phare » is one
        yield from names
    else:
        yield from _one(words)


def _common(names: Iterable[str]) -> int:
    """How many names begin with a common first name."""
    return sum(fold(name).split()[0].split("-")[0] in _first_names() for name in names)


def _in_short(names: str) -> Iterator[str]:
    """Each of names with nothing between them; a title goes with what follows."""
    for piece in re.sub(
        r"\b(me|moi)\b", "", _TITLED.sub(lambda t: f"{t[0].strip()}_", names)
    ).split():
        yield piece.replace("_", " ")


def _labelled(line: Line) -> re.Match[str] | None:
    """Where a line says who is there: at its beginning, or where one of its rows or sentences
    begins."""
    if _PRESENT.search(straight(line.words)) is None:
        return None
    rows = line.text.split("\n")
    gone = [n for n, row in enumerate(rows) if n and re.match(_GONE, plain(row), re.IGNORECASE)]
    rows = rows[: min(gone, default=len(rows))]
    for row in range(len(rows)):
        words = straight(plain("\n".join(rows[row:])))
        places = (0, *(found.end() for found in re.finditer(r"[.)] ", words)))
        if found := next(filter(None, (_PRESENT.match(words, place) for place in places)), None):
            return found
    return None


_BARE_NAME: Final = re.compile(rf"(?P<name>{PERSON})(?: ?\([^()]*\))?")
BARE_NAMES: Final = 4
"""Lines of nothing but a name that make a list of the people present, at a record's top."""
TOP: Final = 4
"""Lines and paragraphs from a record's beginning that are its top."""
NAME_WORDS: Final = 5
"""Most words of one person's name as listed: « Marie-Ève de la Durantaye Roy »."""


def _unheaded(lines: Sequence[Line]) -> Iterator[str]:
    """Names typed one a line right under the title, with no « Présents » over them."""
    for line in lines[:TOP]:
        rows = [straight(plain(row)).strip() for row in line.text.split("\n")]
        names = [match for row in rows if (match := _BARE_NAME.fullmatch(row))]
        if line.role == "sentence" and len(names) == len(rows) >= BARE_NAMES:
            yield from (match["name"] for match in names)
        for said in re.split(r"(?<=[\da-zà-ÿ)])[.!] ", straight(line.words).rstrip(".")):
            yield from _in_a_row(said)


def _in_a_row(said: str) -> Iterator[str]:
    """« Salle 3. Luc, Zoé (notes), Ana, Tom R. »: a sentence of nothing but names, most of them
    common first names."""
    names = tuple(_names_in(said))
    bare = re.sub(r" ?\([^()]*\)", "", said).strip(" ,.*")
    if len(names) >= BARE_NAMES and re.fullmatch(PEOPLE, bare) and 2 * _common(names) >= len(names):
        yield from names


_BETWEEN: Final = r" ?[,;] ?| et | and "


def _one(words: str) -> Iterator[str]:
    name = _AFTER_NAME.split(words.lstrip("- "), maxsplit=1)[0].strip(" ,.")
    if name and len(name.split()) <= NAME_WORDS and likely(name):
        yield name


def _of_organisation(words: str) -> tuple[str, ...]:
    """« École du Phare : Lucie Roy, enseignante; Karim Benali »: several people of one place."""
    place, colon, rest = words.partition(" : ") if " : " in words else words.partition(": ")
    if not colon or (";" not in rest and not re.fullmatch(PEOPLE, rest)):
        return ()
    names = [name for piece in rest.split(";") for name in _one(piece.strip())]
    return tuple(names) if place else ()


def _names_in(words: str) -> Iterator[str]:
    bare = re.sub(r" ?\((?!@)[^()]*\)", "", words)  # « Luc (hôte, prend les notes) » is one
    for piece in re.split(_BETWEEN, bare):
        if re.match(rf"(?:{PERSON})", piece):
            yield from _one(piece)
