"""Questions that the register answers: what is open, what was decided, when it last came up, what a
session was about.

Only words that ask for a *line of the register* are recognised, and only at the beginning of the
question: "Qu'a-t-on décidé sur… ?" asks for decisions, "Quand le gestionnaire a-t-il décidé… ?"
tells a story and is left to the search. What the recognised words leave over is the subject; a
question whose subject the register does not know goes to the search too (``registeranswers``).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Final, Literal

from copassist.analysis import terms
from copassist.dates import written_dates
from copassist.periods import read_period
from copassist.periods.mentions import bare
from copassist.queryterms import standard

Asked = Literal["open", "decided", "last", "status", "owner", "deferred", "next", "session"]

LONGEST: Final = 300
"""Characters of a question to the register: a longer message tells more than it asks."""


@dataclass(frozen=True, slots=True)
class RegisterQuestion:
    """What is asked of the register. ``since`` and ``until`` are ISO days, both included."""

    asked: Asked
    subject: str = ""
    """The words left over: a subject or a person; empty where everything is asked for."""
    since: str | None = None
    until: str | None = None
    latest: bool = False
    """Of the last session only."""
    overdue: bool = False
    in_force: bool = False
    """Only decisions that no later one changes."""
    person: bool = False
    """The subject can only be somebody: « que doit faire Karim ? »."""
    anaphora: bool = False
    """« en » stands for a subject that an earlier question names."""

    @property
    def wanted(self) -> tuple[frozenset[str], ...]:
        """The subject's terms, as each language reads them."""
        return subject_terms(self.subject)


YEARS_BACK: Final = 5
"""Years among which a day or a month without one is looked for."""


def when_it_met(
    asked: RegisterQuestion, question: str, sessions: Iterable[str]
) -> RegisterQuestion:
    """``asked``; a day or month that ``question`` names without its year is that of the latest year
    in which one of ``sessions`` (ISO days) fell into it: asked in November, "October 16" may be
    last year's."""
    since, until = asked.since, asked.until
    dates = list(written_dates(question))
    if not since or not until or any(one.year for one in dates):
        return asked
    if not any(one.month for one in dates):  # « cet automne » is this one
        return asked
    held = sorted(sessions)
    for back in range(YEARS_BACK + 1):
        first, last = _years_before(since, back), _years_before(until, back)
        if any(first <= day <= last for day in held):
            return replace(asked, since=first, until=last)
    return asked


def _years_before(day: str, years: int) -> str:
    kept = "02-28" if day[5:] == "02-29" and years else day[5:]
    return f"{int(day[:4]) - years:04}-{kept}"


@lru_cache(maxsize=256)
def subject_terms(subject: str) -> tuple[frozenset[str], ...]:
    """Terms of a subject in French and in English, without words that any question holds."""
    found = (frozenset(terms(subject, one)) - _generic(one) for one in ("fr", "en"))
    return tuple(dict.fromkeys(one for one in found if one))


@lru_cache(maxsize=2)
def _generic(language: str) -> frozenset[str]:
    return frozenset(terms(_GENERIC, language))


_GENERIC: Final = """rencontre réunion séance session compte rendu procès-verbal registre communauté
comité groupe équipe cop membre prochain prochaine dernier dernière fois sujet thème question point
chose encore toujours déjà maintenant actuellement moment aujourd'hui jour date précédent passé
stp merci bonjour ici svp donc alors exactement finalement récemment jusqu'ici ensemble dire savoir
liste lister nous notre avons part propos ouvert suivi action tâche décision engagement mesure
meeting minutes register community group team member next last latest time topic subject thing
still yet now currently today please thanks hello so far recently already ever tell list show
action item task follow-up decision commitment open everything anything previous past our"""

_PIECE: Final = re.compile(r"\{(?P<name>[a-z_]+)\}")


@lru_cache(maxsize=1)
def _openings() -> tuple[tuple[Asked, re.Pattern[str]], ...]:
    """The openings of ``data/registerquestions.toml``, with what is asked, in their order."""
    source = resources.files("copassist").joinpath("data/registerquestions.toml")
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    pieces: dict[str, str] = data["pieces"]

    def whole(pattern: str) -> str:
        return _PIECE.sub(lambda piece: pieces[piece["name"]], pattern)

    return tuple(
        (asked, re.compile(rf"{data['polite']}{whole(pattern)}(?!\w)"))
        for asked, patterns in data["openings"].items()
        for pattern in patterns
    )


_ANAPHORA: Final = "en"
"""How the groups of an opening that stand for an earlier question's subject begin: « en »."""
_SUBJECTS: Final = ("whom", "thing")
"""How those begin that name somebody or something."""
_IN_SESSION: Final = re.compile(
    r"(?:(?:a|lors de|pendant|durant|at|in|during) )?(?:la |l'|the |our |notre )*"
    r"(?:derniere (?:rencontre|reunion|seance)|last (?:meeting|session)|latest (?:meeting|session))"
)
_BY_NEXT: Final = re.compile(
    r"\b(?:d'ici|avant|pour|before|by|for) (?:a )?(?:la |notre |the |our )*"
    r"(?:prochaine (?:rencontre|reunion|seance|fois)|next (?:meeting|session|one))"
)
"""Left out of a question about what is open: all of that is to be done by then."""
_LATE: Final = re.compile(r"\b(?:en retard|overdue|late)\b")
_IN_FORCE: Final = re.compile(r"\b(?:en vigueur|in force)\b")
_AFTER: Final = re.compile(
    r"\s*(?:$|[?!.,;:]|(?:pour|sur|au|aux|a|concernant|quant|chez|de|du|des|d'|depuis|dans|avec|en"
    r"|avant|apres|cote|par|encore|toujours|maintenant|actuellement|aujourd'hui|presentement|ici"
    r"|parmi|for|on|about|regarding|from|in|at|with|since|before|after|of|by|right|now|so|today"
    r"|currently|yet|still|among|under|entre|between|la|the|until|jusqu'|d'ici|qui)\b|d'|t il)"
)
"""What may follow « qu'est-ce qui reste ouvert » : "What is open source?" asks something else."""
_AND_IS_IT_DONE: Final = re.compile(
    r"[, ]+(?:et|pis|puis|and) (?:est[- ]ce que c'est|c'est|est[- ]ce|is it|has it been|was it)"
    r"[ -]*(?:déjà |already )?(?:fait|faite|réglé|réglée|done|finished)[ ?!.]*$",
    re.IGNORECASE,
)
"""A second question about an action (« … et est-ce que c'est fait ? »): the line that answers the
first says how the action stands, too."""
_AND_WHERE: Final = re.compile(
    r"(?:,? ?(?:et |and )?"
    r"(?:qui (?:l'|va l')?anim\w*|(?:c'est )?(?:ou|quand|a quelle heure)(?: aura t elle lieu)?"
    r"|(?:sur )?quel(?: est le)? theme|who(?:'s| is)? (?:run|chair|facilitat|lead|host)\w*(?: it)?"
    r"|wh(?:ere|en)(?: is it)?|(?:at )?what time|on what)\W*)+"
)
"""A second question about the next session: the line that announces it answers that, too."""
_STORY: Final = re.compile(
    r"\b(?:parce que|puisque|lorsque|afin|because|whether|in order to|so that|pourquoi|why|comment"
    r"|how|combien|how many)\b"
)
"""Words that make of a question more than a look-up: they ask for reasons or manners."""


_FILLER: Final = re.compile(
    r",? \b(?:déjà|deja|donc|finalement|au juste|coudonc|là)(?!\w)", re.IGNORECASE
)
_INITIAL: Final = re.compile(r"\b([A-ZÀ-Ý][\w'-]+ [A-ZÀ-Ý])\.(?! ?[A-ZÀ-Ý])")
"""« Sylvie B. », but not « Que M. Tremblay »."""
_CLEFTS: Final = tuple(
    (re.compile(spoken, re.IGNORECASE), written)
    for spoken, written in (
        (r"\b(?:c'est qui|qui c'est|qui est[- ]ce) qui\b", "qui"),
        (r"\bc'(?:est|était) qui(?=,? (?:le|la|les)\b)", "qui est"),
        (r"\bc'(?:est|était) quoi (?=qu(?:i|e)\b|qu')", "qu'est-ce "),
        (r"\bc'(?:est|était) quoi,? les\b", "quelles sont les"),
        (r"\b(?:c'(?:est|était) quand|quand c'est) (?=qu)", "quand est-ce "),
        (r"\bc'est à qui\b", "à qui"),
        (
            r"^(?:c'est|c)[- ]?(?:tu|ti)? [^\W\d_][\w'-]+ qui (?=dev|doi|anim|fait\b|s'occup)",
            "qui ",
        ),
    )
)


def _as_written(question: str) -> str:
    """``question`` as it would be written: « c'est qui déjà qui anime ? » is « qui anime ? »."""
    question = _AND_IS_IT_DONE.sub(
        "", standard(unicodedata.normalize("NFC", question)).replace("’", "'")
    )
    question = _INITIAL.sub(r"\1", _FILLER.sub("", question))
    for spoken, written in _CLEFTS:
        question = spoken.sub(written, question)
    return question


def read_question(text: str, today: date, earlier: Sequence[str] = ()) -> RegisterQuestion | None:
    """What ``text`` asks of the register, or ``None`` where it asks for something else.

    ``earlier``: the questions before it, oldest first, for « quand en a-t-on parlé ? ».
    """
    found = _read(text, today)
    if found is None or not found.anaphora or found.subject:
        return found
    for question in reversed(earlier):
        before = _read(question, today)
        # of an ordinary question all is its subject: question words are no terms
        subject = before.subject if before else _trimmed(question)
        if subject and subject_terms(subject):
            return replace(found, subject=subject)
    return None


def _read(text: str, today: date) -> RegisterQuestion | None:
    text = _as_written(text)
    flat = flattened(text)
    if len(flat) > LONGEST:
        return None
    lead = len(flat) - len(flat.lstrip())
    for asked, pattern in _openings():
        match = pattern.match(flat, lead)
        if match is None:
            continue
        groups = [name for name, words in match.groupdict().items() if words]
        named = [match.span(name) for name in groups if name.startswith(_SUBJECTS)]
        said = _Said(text, flat, asked, tuple(named), match.end())
        if _STORY.search(" ".join(flat[start:end] for start, end in said.rest)):
            return None
        anaphora = any(name.startswith(_ANAPHORA) for name in groups)
        return _question(said, today, anaphora=anaphora)
    return None


@dataclass(frozen=True, slots=True)
class _Said:
    """A question whose opening was recognised. ``flat`` is as long as ``text``."""

    text: str
    flat: str
    asked: Asked
    named: tuple[tuple[int, int], ...]
    """Where the opening itself names somebody or something."""
    end: int
    """Of the opening."""

    @property
    def rest(self) -> tuple[tuple[int, int], ...]:
        return (*self.named, (self.end, len(self.text)))


def _question(said: _Said, today: date, *, anaphora: bool) -> RegisterQuestion | None:
    """The question with its period and its subject, unless these show that it is another one."""
    asked = said.asked
    period = read_period(said.text, today)
    if period.mentions and not (period.since or period.until):
        return None  # "avant 2018 ou depuis 2020" is no one stretch of sessions
    places = [(one.start, one.end) for one in period.mentions]
    if asked == "open" and (before := _BY_NEXT.search(said.flat)):
        places.append(before.span())
    in_session = _last_session(said)
    if in_session:
        places.append(in_session.span())
    left = said.text
    for start, end in places:
        left = left[:start] + " " * (end - start) + left[end:]
    if asked in {"open", "deferred"} and not _AFTER.match(flattened(left[said.end :])):
        return None
    rest = " ".join(left[start:end] for start, end in said.rest)
    subject = _trimmed(rest)
    if subject and not subject_terms(subject) and _names_a_thing(rest, asked):
        return None
    if not subject_terms(subject) or (asked == "next" and _AND_WHERE.fullmatch(flattened(subject))):
        subject = ""
    if (asked in {"last", "owner", "status"} and not subject and not anaphora) or (
        asked in {"next", "session"} and subject
    ):
        return None
    if asked == "session" and not (period.mentions or in_session):
        return None
    return RegisterQuestion(
        asked,
        subject,
        period.since,
        period.until,
        latest=in_session is not None,
        overdue=asked == "open" and _LATE.search(said.flat) is not None,
        in_force=asked == "decided" and _IN_FORCE.search(said.flat) is not None,
        person=asked == "open" and bool(said.named),
        anaphora=anaphora,
    )


_PROPER_NAME: Final = re.compile(
    r"(?<=\w )(?<!\bl[ae] )(?<!\bles )(?<!\bnos )(?<!\bnotre )(?<!\bthe )(?<!\bour )"
    r"[A-ZÀ-Þ][a-zß-ÿ]{2,}"
)
"""« Teams » without an article, not « l'Équipe » nor « la CoP »: those are who asks."""
_SUBJECT_FOLLOWS: Final = re.compile(
    r"\b(?:sur|au sujet|a propos|concernant|quant|about|regarding|concerning)\b"
)


def _names_a_thing(rest: str, asked: Asked) -> bool:
    """Whether words that any question holds are meant all the same: « sur Teams » is no group, and
    decisions « sur les actions » are not all decisions. What is open on actions are all of them."""
    told = asked != "open" and _SUBJECT_FOLLOWS.search(flattened(rest))
    return bool(told or _PROPER_NAME.search(rest))


def _last_session(said: _Said) -> re.Match[str] | None:
    """The words that mean the last session, where the question may name one."""
    if said.asked not in {"open", "decided", "deferred", "session"}:
        return None
    last = _IN_SESSION.search(said.flat)
    return last or (_LAST_TIME.search(said.flat) if said.asked == "session" else None)


_EDGES: Final = re.compile(
    r"^(?:(?:pour|la|derniere|fois|dernierement|de|du|des|d'|le|les|l'|a|au|aux|sur|avec|au sujet"
    r"|propos|concernant|quant|en ce qui concerne|par rapport|par|dans|of|for|on|about|regarding"
    r"|with|in|the|to|from|by|that|which|last|time|faire|doit|encore|restent|reste|est|sont|etre|be|up"
    r"|concerning|as|une?)\b ?'?)+"
)
_LAST_TIME: Final = re.compile(
    r"\b(?:pour )?(?:la )?(?:derniere fois|dernierement|the last time|last time)\W*$"
)


def _trimmed(words: str) -> str:
    """The words of a subject without the little ones before it and the signs after it."""
    words = " ".join(words.replace("\u00a0", " ").split()).strip(" ?!.,;:")
    match = _EDGES.match(flattened(words))
    words = words[match.end() :].strip() if match else words
    last = _LAST_TIME.search(flattened(words))
    return words[: last.start()].strip() if last else words


def flattened(text: str) -> str:
    """``text`` in lower case, without accents, hyphens as spaces: as long as it was."""
    return bare(text).translate(_PLAIN_SIGNS)


_PLAIN_SIGNS: Final = str.maketrans(
    dict.fromkeys("’ʼ", "'") | dict.fromkeys("-\u2010\u2011\u00a0\u202f\t\n", " ")
)
