"""Follow-up questions: "et en 2019 ?", "qui s'en occupe ?" made to stand alone. Pure.

A question is a follow-up when it leans on what came before and says little itself: it opens with
"et" or "what about", or holds a pronoun or a demonstrative ("cette décision") and few words of
its own. Most are rewritten by rule:

- another moment ("et en 2019 ?", "et l'automne dernier ?") takes the place of the moment of the
  question before;
- another object after the same preposition ("et pour les parents ?") takes its object's place;
- everything else is asked about what the question before was about: "À propos du format des
  rencontres : qui s'en occupe ?". Clumsy, but what it was taken to mean is there to read, and
  the words to search for are in it.

What a rule cannot place (:attr:`Standalone.sure` is false) a chat model may rewrite better;
:func:`faithful` says whether what it wrote may be used.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from copassist.analysis import fold, terms
from copassist.claims import facts, names_of
from copassist.dates import written_dates
from copassist.language import guess_language
from copassist.periods import read_period
from copassist.periods.mentions import accentless
from copassist.periods.openings import SESSION
from copassist.words import words

OWN_WORDS: Final = 2
"""Content words of its own up to which a question with a pronoun leans on the one before: "quand
a-t-il été adopté" has one or two; "pourquoi le comité a-t-il refusé la grille" three."""
OPENING_WORDS: Final = 4
"""The same for a question that opens with "et": more is a question by itself."""
POINTING_WORDS: Final = 3
"""The same for one with a demonstrative, whose noun is one of them."""
TIMES_LONGER: Final = 2
"""A question that a model rewrote is at most so many times as long as the longest before it..."""
ALWAYS_ALLOWED: Final = 160
"""... or has at most this many characters."""
LOST_WORDS: Final = 1
"""Content words of the question before that its subject may leave out: its verb. Where more
would be lost the whole question is quoted."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of a conversation, as it was understood, and what was answered."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that can be answered by itself."""

    question: str
    rewritten: bool = False
    sure: bool = True
    """Whether a rule placed every word: else a model may do better."""


_OPENS: Final = re.compile(
    r"^(?!(?:et|pis) si\b|and if\b)(?:(?:et|pis|puis|mais|alors|donc|sinon,?|and|but|then|so) "
    r"|(?:what|how) about )+",
    re.IGNORECASE,
)
_CONNECTS: Final = re.compile(
    r"^(?:(?:alors|donc|so|then) )+(?!(?:et|and|what about|how about)\b)", re.IGNORECASE
)
"""Opens a question of its own as well: "alors comment inscrire un enfant ?"."""
_AND_ASKS: Final = re.compile(
    r"^(?:et|pis|puis|mais|alors|donc|and|but|then|so) (?=(?:qui|qu['e]|quoi|quand|pourquoi"
    r"|comment|où|combien|quel(?:le)?s?|est-ce|who|what|when|why|how|where|which|is|was|did|does)\b)",
    re.IGNORECASE,
)
"""What need not be said before a question that is told what it is about."""
_ANAPHORA: Final = re.compile(
    r"\b(?:[smtl]'en|en (?:a-t-on|a-t-il|est-on|est-il|parle-t-on)|ça|cela|eux|elles?|ils?"
    r"|cel(?:le|les|ui)-(?:ci|là)|ceux-(?:ci|là)|l[ea] même|le cas|là-dessus"
    r"|it|they|them|their|its|he|she|him|her|his|those|these|that|this)(?!\w)"
    r"|\bl'(?=(?:a|ont|avai\w+|avons|est|étai\w+)\b)"
    r"|\b(?:qui|on) (?:l[ea] |les |lui |leur |l')(?=\w)"
    # « quand la réunit-on ? », but not « on fait quand le bilan ? »
    r"|\b(?:pourquoi|quand|comment|où) (?:l[ea] |les |lui |leur |l')(?=\w+[-'])",
    re.IGNORECASE,
)
_IT_IS: Final = re.compile(
    r"^(?:est-ce que )?c'(?:est|était|a été)(?:-tu)? (?!quoi\b|qui\b|où\b)"
    r"(?:(?!(?:le|la|les|l'|un|une|des|du|de|notre)\b)[\w'-]+\W*){1,3}$",
    re.IGNORECASE,
)
"""« Est-ce que c'est fini ? »: of something named before."""
_OF_NOTHING: Final = re.compile(
    r"^(?:pourquoi|quand|comment|why|when|how come|how)(?: est-ce qu['e])? ?"
    r"(?:a-t-on|avait-on|avons-nous|on a|on avait|did we|have we|we) (?:finalement |finally )?"
    r"[\w'-]+[ ?!.]*$",
    re.IGNORECASE,
)
"""« Pourquoi a-t-on changé ? »: what was changed is what was asked about before."""
_POINTING: Final = re.compile(
    r"(?<!est-)\b(?:cet?|cette|ces|this|that|these|those) "
    r"(?!ann[ée]e|mois|semaine|temps|jours?|year|month|week|time)(?=[^\W\d_]{3})",
    re.IGNORECASE,
)
_TURNS_TO: Final = re.compile(
    r"^(?:et|pis|puis|and) (?:le|la|les|l'|nos|notre|the|our) ?[^\W\d_][^,?]*, ?\w", re.IGNORECASE
)
"""« Pis le transport, y est-tu remboursé ? »: something else, asked about in the same breath."""
_POINTS_NOWHERE: Final = re.compile(
    r"\b(?:cet?|cette|this|that) (?:groupe?|communaut[ée]|community|comité|committee|club|réseau"
    r"|network)\b|(?<=\w) that (?=(?:the|our|we|they|you|all|every|no|some|an?) "
    r"|[^\W\d_]+ (?:is|are|was|were|has|have|can|will|must)\b)",
    re.IGNORECASE,
)
"""« Ce groupe » is who asks, and "is it true that phones are..." only joins two clauses."""
_OWN_SUBJECT: Final = re.compile(
    r"\b(?:le|la|les|l'|un|une|des|du|notre|nos|mon|ma|mes|chaque|the|our|an?) ?[^\W\d_]{3,}.*"
    r"-(?:t-)?(?:ils?|elles?)\b"
    r"|\b(?:y a-t-il|il y a|y avait-il|faut-il|fallait-il|s'agit-il|is there"
    r"|(?:est|était)-il [^\W\d_]+ (?:de |d'|que |qu')|was there|were there|are there"
    r"|(?:is|was) it [^\W\d_]+ (?:to\b|[^\W\d_]+ (?:is|are|was|were|has|have|can|will|must)\b)"
    r"|about|regarding|concernant|à propos|au sujet"
    r"|s'en (?:occupe|charge)\w*,? (?:du|de la|des|de l'|d'|de) ?[^\W\d_]{3,})\b",
    re.IGNORECASE,
)
"""What gives a question a subject of its own, whatever pronoun it holds: "le comité a-t-il",
"faut-il", "what did they say about the website"."""
_PREPOSITIONS: Final = (
    *("pour", "chez", "avec", "dans", "sur", "par", "selon", "aux", "au", "à", "en"),
    *("for", "with", "about", "in", "at", "by", "on", "from"),
)
_PREPOSITION: Final = "|".join(_PREPOSITIONS)
_OBJECT: Final = re.compile(rf"^(?P<preposition>{_PREPOSITION}) (?P<object>.+)$", re.IGNORECASE)
_ASKS_WHICH: Final = re.compile(r"\b(?:quel(?:le)?s?|which|what|whose)\b", re.IGNORECASE)
"""« À quelle école ? » names no other object: it asks for one."""
_BEFORE_DATE: Final = re.compile(
    r"\b(?:en|le|la|du|de|au|dans|pour|depuis|in|on|of|during|for|since|l')[  ]*$", re.IGNORECASE
)
_DETERMINER: Final = {
    "fr": r"l'|(?:le|la|les|un|une|des|du|aux?|notre|nos|cette|cet|ce|ces) ",
    "en": r"(?:the|our|an?|this|that|these|those) ",
}
_NOUN: Final = re.compile(rf"(?<!\w)(?:{'|'.join(_DETERMINER.values())})\w", re.IGNORECASE)
_CLAUSE: Final = re.compile(r"\b(?:si|quand|lorsque|parce que|if|when|because) $", re.IGNORECASE)
"""Before a noun with a verb of its own: « si la batterie gonfle »."""
_AUXILIARY: Final = re.compile(
    r"(?:did|does|do|was|were|is|are|has|have|had|will|can|should) $", re.IGNORECASE
)
"""Before its subject, in an English question: "did the group decide about the list"."""
_GENERIC: Final = frozenset(
    ["group", "comit", "committe", "membr", "member", "communaut", "moment", "endroit", "lieu"]
)
"""Stems of who asks and decides: a question is not about them."""
_NAME: Final = re.compile(r"(?<![\w'-])[A-ZÀ-ÖØ-Þ][^\W\d_][\w'-]*(?: [A-ZÀ-ÖØ-Þ][^\W\d_][\w'-]*)?")
_ABOUT: Final = re.compile(r"^(?:À propos |About )(?P<subject>.+?) ?: ", re.IGNORECASE)
_SPLIT_ARTICLE: Final = {
    **{"du ": "le ", "au ": "le ", "aux ": "les ", "des ": "les "},
    **{"de ": "", "d'": ""},
}


def follows_up(question: str) -> bool:
    """Whether ``question`` cannot be understood without the one before it."""
    text = _straight(question)
    own = len(_content(text))
    text = _POINTS_NOWHERE.sub(" ", text)
    if _CONNECTS.match(text) and _NOUN.search(_without_moments(text)):
        text = _CONNECTS.sub("", text)
    if _OPENS.match(text):
        return own <= OPENING_WORDS and not _TURNS_TO.match(text)
    if own == 0:
        return True  # "pourquoi ?", "who does it?"
    if _POINTING.search(text) and own <= POINTING_WORDS:
        return True
    if own > OWN_WORDS or _OWN_SUBJECT.search(text):
        return False
    return any(one.search(text) for one in (_ANAPHORA, _IT_IS, _OF_NOTHING))


def standalone(question: str, history: Sequence[Exchange], language: str) -> Standalone:
    """``question`` as it reads after the last of ``history``; itself if it needs nothing.

    ``language``: of the words put around it.
    """
    text = _straight(question)
    if not history or not follows_up(text):
        return Standalone(question)
    before = _straight(history[-1].question)
    if _OPENS.match(text):
        rest = _bare(_OPENS.sub("", text))
        replaced = (
            _other_moment(rest, before)
            or _other_object(rest, before)
            or _other_noun(rest, before)
            or _other_name(rest, before)
        )
        if replaced:
            return Standalone(_marked(replaced), rewritten=True)
    about = _subject(before)
    said = about if about is not None else f"« {before} »"
    text = _AND_ASKS.sub("", text)
    asked = f"{text[:1].lower()}{text[1:]}"
    told = words(language if language in ("fr", "en") else guess_language(question))
    joined = told("followup.about", subject=_of(said, told.language), question=asked)
    return Standalone(_marked(joined), rewritten=True, sure=about is not None)


def faithful(written: str, question: str, history: Sequence[Exchange]) -> bool:
    """Whether ``written`` is one question that says nothing the conversation does not: no other
    number, date or name, and some of the words of the question before."""
    longest = TIMES_LONGER * max(len(one.question) for one in history)
    if "\n" in written or not written.endswith("?"):
        return False
    if len(written) > max(ALWAYS_ALLOWED, longest):
        return False
    language = guess_language(written)
    told = "\n".join((question, *(f"{one.question}\n{one.answer}" for one in history[-2:])))
    names = names_of((written, told), language)
    if facts(written, language, names) - facts(told, language, names):
        return False
    return bool(_content(written) & _content(history[-1].question))


@dataclass(frozen=True, slots=True)
class _Moment:
    """Words of a question that name a time: ``text[start:end]`` with what opens it ("en",
    "depuis la réunion du"), from ``named`` on without the session, from ``bare`` on the date."""

    start: int
    named: int
    bare: int
    end: int
    dated: bool
    """Whether a date is written in it, unlike "l'an dernier"."""


_ANY_DAY: Final = date(2024, 12, 31)
"""Which words name a time does not depend on the day they are read."""
_NAMES_SESSION: Final = re.compile(rf"(?:\b(?:la |le |l'|the |notre |our ))?\b{SESSION} ")
_ASKED: Final = re.compile(r"(?:combien|qui|quoi|who|what|how (?:many|much)) (?=\w)", re.IGNORECASE)
_ONE_OF: Final = re.compile(r"^(?:(?:at|in) )?the (?P<named>.+) ones?$", re.IGNORECASE)
_THAT_OF: Final = r"(?:cel(?:le|les|ui)|ceux|the ones?|that) (?=du |de |d'|des |of |from |in |on )"
_AFTER_THE_ONE: Final = re.compile(
    rf"^(?P<opening>depuis|avant|après|jusqu'à|since|before|after|until|till) {_THAT_OF}",
    re.IGNORECASE,
)
_THE_ONE: Final = re.compile(rf"^(?:(?:à|at|in) )?{_THAT_OF}", re.IGNORECASE)


def _moments(text: str) -> list[_Moment]:
    """Periods of ``text`` without the sessions they date, and dates that are of no period."""
    found: list[_Moment] = []
    dates, flat = list(written_dates(text)), accentless(text)
    for mention in read_period(text, _ANY_DAY).mentions:
        sessions = list(_NAMES_SESSION.finditer(flat, mention.start, mention.end))
        named = sessions[-1].end() if sessions else mention.start
        named += len(text[named:]) - len(text[named:].lstrip())
        opened = mention.since is None or mention.until is None
        start = mention.start if opened else named
        inside = [one.start for one in dates if named <= one.start < mention.end]
        one = len(inside) == 1
        bare = inside[0] if one else named
        found.append(_Moment(start, named, bare, mention.end, dated=one))
    for alone in dates:
        if not any(other.start <= alone.start < other.end for other in found):
            opening = _BEFORE_DATE.search(text[: alone.start])
            start = opening.start() if opening else alone.start
            found.append(_Moment(start, start, alone.start, alone.end, dated=True))
    return sorted(found, key=lambda one: one.start)


def _without_moments(text: str) -> str:
    for one in reversed(_moments(text)):
        text = f"{text[: one.start]} {text[one.end :]}"
    return text


def _other_moment(rest: str, before: str) -> str | None:
    """``before`` with its moment replaced by the one that is all of ``rest``."""
    rest = _as_said(rest, before)
    same_session = _THE_ONE.match(rest)
    rest = _THE_ONE.sub("", rest)
    new, old = _moments(rest), _moments(before)
    if _ASKED.match(rest) or len(new) != 1 or len(old) > 1 or _content(_without_moments(rest)):
        return None
    if not old:
        return f"{_bare(before)} {rest}"
    start = old[0].named if same_session else old[0].start
    if new[0].dated and not rest[: new[0].bare].strip():  # "what about 2019?"
        if old[0].dated:
            start = old[0].bare  # the "in" of before remains
        else:
            rest = f"{'en' if guess_language(before) == 'fr' else 'in'} {rest}"
    rest = _of_that_year(rest, before[old[0].start : old[0].end])
    if before[start:].lower().startswith("du ") and rest.lower().startswith("le "):
        rest = f"du {rest[len('le ') :]}"
    return f"{before[:start]}{rest}{before[old[0].end :]}"


def _of_that_year(rest: str, moment: str) -> str:
    """``rest`` with the year of ``moment`` where it names a month and none: "et en avril ?"."""
    new, old = list(written_dates(rest)), list(written_dates(moment))
    if len(new) != 1 or len(old) != 1 or not new[0].month or new[0].year or not old[0].year:
        return rest
    mark = "," if new[0].day and rest[new[0].start].isalpha() else ""
    return f"{rest[: new[0].end]}{mark} {old[0].year}{rest[new[0].end :]}"


def _as_said(rest: str, before: str) -> str:
    """``rest`` less what it only repeats of ``before``, "celle" after a preposition by its name."""
    asked = _ASKED.match(rest)
    if asked and before.lower().startswith(asked[0].lower()):
        rest = rest[asked.end() :]
    rest = _ONE_OF.sub(r"\g<named>", rest)
    session = _NAMES_SESSION.search(accentless(before))
    if session is None:
        return rest
    return _AFTER_THE_ONE.sub(rf"\g<opening> {before[session.start() : session.end()]}", rest)


def _other_object(rest: str, before: str) -> str | None:
    """``before`` with the object of its last preposition like ``rest``'s replaced by it."""
    found = _OBJECT.match(rest)
    if found is None or _ASKS_WHICH.search(rest) or _ABOUT.match(before):
        return None
    following = rf"(?=,| (?:{_PREPOSITION}|lors|pendant|during|when|quand)\b|\s*\?|$)"
    preposition = re.escape(found["preposition"])
    old = list(re.finditer(rf"\b{preposition} .+?{following}", before, re.IGNORECASE))
    if not old:
        return None
    return before[: old[-1].start()] + rest + before[old[-1].end() :]


def _other_noun(rest: str, before: str) -> str | None:
    """``before`` with its last noun of the same determiner as ``rest`` ("et les crayons ?")
    replaced by it."""
    found = re.match(r"(?:l'|(?:le|la|les|un|une|des|the|our|an?) )(?=\w)", rest, re.IGNORECASE)
    if found is None or _ABOUT.match(before):
        return None
    alike = r"(?:le |la |l')" if found[0].lower() in ("le ", "la ", "l'") else re.escape(found[0])
    following = (
        rf"(?=,| (?:{_PREPOSITION}|lors|pendant|during|when|quand|a|ont|est|sont)\b|\s*\?|$)"
    )
    old = [
        one
        for one in re.finditer(rf"(?<![\w'-]){alike}\w.*?{following}", before, re.IGNORECASE)
        if not _AUXILIARY.search(before[: one.start()])
    ]
    if not old:
        return None
    return before[: old[-1].start()] + rest + before[old[-1].end() :]


def _other_name(rest: str, before: str) -> str | None:
    """``before`` with the one person it names replaced by the one that is all of ``rest``."""
    if not _NAME.fullmatch(rest):
        return None
    named = [one for one in _NAME.finditer(before) if one.start()]
    if len(named) != 1:
        return None
    return before[: named[0].start()] + rest + before[named[0].end() :]


def _subject(before: str) -> str | None:
    """What ``before`` is about, as a noun phrase; ``None`` where too much would be left out."""
    told = _ABOUT.match(before)
    if told:
        return _with_article(told["subject"])
    bare = _bare(before)
    if _TURNS_TO.match(before):
        return _with_article(_OPENS.sub("", bare).partition(",")[0])
    determiner = _DETERMINER[guess_language(before)]
    times = _moments(bare)
    found = next(
        (
            one
            for one in re.finditer(rf"(?<!\w)(?:{determiner})(?=[^\W\d_])", bare, re.IGNORECASE)
            if not _AUXILIARY.search(bare[: one.start()])
            and not any(time.named <= one.start() < time.end for time in times)
        ),
        None,
    )
    if found is None or _CLAUSE.search(bare[: found.start()]):
        return None
    subject = _with_article(bare[found.start() :])
    lost = _content(bare) - _content(subject) - _GENERIC
    return subject if len(lost) <= LOST_WORDS else None


def _with_article(subject: str) -> str:
    """ "du format" as "le format", "d'une salle" as "une salle": :func:`_of` undone."""
    for contracted, article in _SPLIT_ARTICLE.items():
        if subject.lower().startswith(contracted):
            return article + subject[len(contracted) :]
    return subject


def _of(subject: str, language: str) -> str:
    """``subject`` after "de", in French; in English as it is."""
    if language == "en":
        return subject
    for article, contracted in (("le ", "du "), ("les ", "des ")):
        if subject.lower().startswith(article):
            return contracted + subject[len(article) :]
    vowel = fold(subject[:1]) in "aeiouyh" and bool(subject[:1].strip())
    return f"d'{subject}" if vowel else f"de {subject}"


def _content(text: str) -> frozenset[str]:
    """Stems of the content words of ``text``; forms of "être" that stand in no list left out."""
    return frozenset(terms(text, guess_language(text))) - {"ete", "etre", "fait", "fair"}


def _straight(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("’", "'").split())


def _bare(text: str) -> str:
    return text.strip().rstrip("?!. ").strip()


def _marked(text: str) -> str:
    """``text`` as a question."""
    mark = "?" if guess_language(text) == "en" else " ?"
    bare = _bare(text)
    return f"{bare[:1].upper()}{bare[1:]}{mark}"
