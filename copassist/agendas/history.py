"""What the register says that an agenda needs: what is open, put off, announced, long unseen.

Pure functions over a :class:`Register`. Everything is seen from the session being prepared:
what the register dates on that day or later does not exist yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from copassist.agendas.items import written_day
from copassist.analysis import fold, terms
from copassist.extraction.sections import kind_of
from copassist.extraction.topics import LONGEST_SUBJECT
from copassist.formats import find_format, load_formats
from copassist.passages import Document
from copassist.plaintext import plain
from copassist.records import Action, Decision, Register, Session, Source, Topic
from copassist.register import coming_back, is_overdue, named_in, same_topic
from copassist.words import words

RECENT_SESSIONS: Final = 3
"""A theme treated in this many last sessions is not proposed again. Proposed: about a season of
monthly meetings."""
QUIET_SESSIONS: Final = 2
"""An action that none of this many last sessions mentions is "without news", unless it falls due
later. Proposed: what one session passes over is taken up by the next, or hardly ever."""
LIVE_SESSIONS: Final = 6
"""A working group that met in none of this many last sessions of the community is resting, and
its actions are without news too."""
MOST_QUIET: Final = 5
"""Actions without news that an agenda names: enough to choose from; the others are counted."""
UNSEEN_SESSIONS: Final = 4
"""A topic is "not seen for long" when at least this many sessions went by without it."""
ROTATION_SESSIONS: Final = 6
"""Last sessions in which people who take turns are looked for: members leave."""
MOST_SEEMING: Final = 8
"""Actions that seem done that an agenda names, latest news first. Proposed: as many as a group
confirms in five minutes."""
FEWEST_TURNS: Final = 3
"""Sessions that must say who led them before a rotation is seen in it."""
_NO_THEME: Final = frozenset({
    "annonces", "announcements", "background", "commentaires", "comments", "conclusion",
    "conclusions", "context", "contexte", "discussion", "discussions", "divers", "general",
    "liens", "links", "notes", "objectifs", "objectives", "presentation", "presentations",
    "question", "questions", "remarques", "resources", "ressources", "resume", "summary",
})  # fmt: skip
"""Headings that name a part of the minutes and no subject, beside those ``kind_of`` knows."""
_LEADING: Final = " \t\n-–—>→•*[]☐☑"
_LISTED: Final = re.compile(r"[ \t]*[-–—*•+▪◦][ \t]+(?=\S)")

_COMMUNITY: Final = re.compile(
    r"(?!.*(?:\d|\b(?:comptes? rendus?|minutes|notes|rencontre|réunion|séance|meeting)\b))"
    r"(?:(?:communauté de pratique|community of practice|cdp|cop)\b(?! *$)"
    r"|.+\bcommunity of practice$)",
    re.IGNORECASE,
)
"""Part of a record's title that names whose it is and no session of it: « Communauté de pratique
Robotique »."""

Subject = frozenset[str]


def readable(text: str) -> str:
    """A record's line without its markup, bullets and arrows; its words as written, on one line.

    A PDF breaks a line where the page ends. The list that a line announces follows it, its items
    apart.
    """
    first, *listed = text.strip().split("\n")
    if listed and all(_LISTED.match(one) for one in listed):
        items = "; ".join(plain(_LISTED.sub("", one)).strip(" .;") for one in listed)
        return f"{plain(first).strip().lstrip(_LEADING)} {items}"
    return " ".join(plain(text).split()).lstrip(_LEADING)


def short_title(text: str) -> str:
    """A record's line as a title: whole where it is short, else cut at a word, with "…"."""
    title = readable(text).rstrip(" .:;")
    if len(title) <= LONGEST_SUBJECT:
        return title
    return title[:LONGEST_SUBJECT].rsplit(" ", 1)[0].rstrip(" ,;:(") + "…"


def written_news(action: Action, language: str) -> str:
    """What a later session seems to say of an action, with its day; empty where none does."""
    news = action.news
    return told_news(news.status, news.day, news.source.quote, language) if news else ""


def told_news(status: str, day: str, quote: str, language: str) -> str:
    """News in words: how the task seems to stand, since when, and what tells it."""
    key = "seems_done" if status == "done" else "news"
    date = written_day(day, language)
    return words(language)(f"agenda.{key}", date=date, words=short_title(quote))


_ANNOUNCES: Final = re.compile(
    r"(?:activité|activity|atelier|discussions?|décisions?|points? d'information|information|bilan"
    r"|présentation|thème|theme|topic|presentation)"
    r"(?: (?:et|and) (?:discussions?|décisions?|suites?|decisions?|activité))? ?[:–—] ?(?=\S)",
    re.IGNORECASE,
)
_FORMAT_FIRST: Final = re.compile(r"(?P<format>[^–—:]{3,60}?) ?[–—:] (?P<rest>\S.*)")


def theme_of(title: str) -> str:
    """The subject a heading names, without what kind of item it is or how it was held.

    « Activité : TRIZ – la collaboration entre l'école et la maison » is about the collaboration;
    « Activité : World Café » names no subject: empty.
    """
    named = readable(title)
    announced_by = _ANNOUNCES.match(named.replace("’", "'"))
    if announced_by is None:
        return named
    rest = named[announced_by.end() :]
    if _format_named(rest):
        return ""
    split = _FORMAT_FIRST.match(rest)
    return split["rest"] if split and _format_named(split["format"]) else rest


def _format_named(words: str) -> bool:
    return find_format(load_formats(), words.strip()) is not None or _close_to_format(words)


def _close_to_format(words: str) -> bool:
    """Records name a format in their own way: « Codéveloppement professionnel »."""
    said = set(fold(words).split())
    return any(
        said and (said <= set(fold(name).split()) or set(fold(name).split()) <= said)
        for one in load_formats()
        for name in (one.name_fr, one.name_en)
    )


def is_theme(title: str) -> bool:
    """Whether a heading or a line names a subject that a session could work on."""
    named = theme_of(title)
    plain_words = fold(named).split()
    generic = len(plain_words) == 1 and plain_words[0] in _NO_THEME
    return 0 < len(named) <= LONGEST_SUBJECT and not generic and kind_of(named) == "topic"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An action that is still open, with every source that says the same."""

    action: Action
    overdue: bool
    sources: tuple[Source, ...]
    quiet: bool = False
    """The last sessions say nothing of it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is by rotation, and the session of that person's last one."""

    name: str
    session: Session


@dataclass(frozen=True, slots=True)
class Announcement:
    """A coming session as a record announces it."""

    session: Session
    day: str | None
    theme: str | None
    facilitation: str | None


@dataclass(frozen=True, slots=True)
class History:
    """The register up to, and without, the session being prepared. Dates ascend."""

    register: Register
    day: str
    """Of the session being prepared."""
    today: date
    language: str
    dates: tuple[str, ...]
    """Days on which there was a session, each once."""
    series: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By document id, the days of the sessions that its folder keeps: working groups of one
    community meet each at their own pace."""

    @classmethod
    def of(
        cls,
        register: Register,
        day: str,
        today: date,
        language: str,
        documents: Mapping[str, Document] = MappingProxyType({}),
    ) -> History:
        """What of ``register`` lies before ``day``; undated lines are kept."""

        def before(when: str | None) -> bool:
            return when is None or when < day

        known = Register(
            sessions=tuple(one for one in register.sessions if before(one.date)),
            decisions=tuple(one for one in register.decisions if before(one.session_date)),
            actions=tuple(
                one if one.news is None or before(one.news.day) else replace(one, news=None)
                for one in register.actions
                if before(one.session_date)
            ),
            topics=tuple(one for one in register.topics if before(one.session_date)),
        )
        dated = {one.date for one in known.sessions if one.date}
        days = _series(known, documents)
        return cls(known, day, today, language, tuple(sorted(dated)), days)

    @property
    def recent(self) -> tuple[str, ...]:
        return self.dates[-RECENT_SESSIONS:]

    def sessions(self) -> tuple[Session, ...]:
        """Dated sessions, latest first."""
        dated = [one for one in self.register.sessions if one.date]
        return tuple(sorted(dated, key=lambda one: one.date or "", reverse=True))

    def subject(self, title: str) -> Subject:
        """The terms that make the subject of ``title``."""
        return _subject(title, self.language)


def _series(register: Register, documents: Mapping[str, Document]) -> Mapping[str, tuple[str, ...]]:
    folders: dict[str, set[str]] = {}
    folder_of = {one.id: one.path.rpartition("/")[0] for one in documents.values()}
    for session in register.sessions:
        if session.date and session.source and session.source.document in folder_of:
            folders.setdefault(folder_of[session.source.document], set()).add(session.date)
    days = {folder: tuple(sorted(found)) for folder, found in folders.items()}
    return {one: days[folder] for one, folder in folder_of.items() if folder in days}


@lru_cache(maxsize=4096)
def _subject(title: str, language: str) -> Subject:
    return frozenset(terms(plain(theme_of(title)), language))


@dataclass(frozen=True, slots=True)
class Past:
    """What of the register an agenda takes up."""

    announced: Announcement | None
    """What was announced of the session being prepared."""
    elsewhere: Announcement | None
    """A coming session announced for another day."""
    follow_ups: tuple[FollowUp, ...]
    left_out: int
    """Actions without news, not among the follow-ups."""
    deferred: tuple[Topic, ...]


def past(history: History) -> Past:
    """Everything :func:`announced`, :func:`follow_ups` and :func:`deferred` find."""
    ours, elsewhere = announced(history)
    found, left_out = follow_ups(history)
    return Past(ours, elsewhere, found, left_out, deferred(history))


def follow_ups(history: History) -> tuple[tuple[FollowUp, ...], int]:
    """Open actions, and how many are left out.

    Overdue first, then by due date, then latest first; then those that seem done, to be confirmed;
    those without news come last. Of both only the latest are named, and the others are counted: a
    list of years of loose ends helps no one.
    """
    grouped: dict[tuple[str, str], list[Action]] = {}
    for action in history.register.actions:
        if not action.is_current:
            continue
        # letter by letter, not by terms: "envoyer" and "ne pas envoyer" share their terms
        said = " ".join(plain(action.text).casefold().split()).rstrip(" .;!")
        key = said, (action.owner or "").casefold()
        grouped.setdefault(key, []).append(action)
    found = [_follow_up(actions, history) for actions in grouped.values()]
    found.sort(key=lambda one: one.action.session_date or "", reverse=True)
    seeming = [one for one in found if one.action.seems_done]
    seeming.sort(key=lambda one: one.action.news.day if one.action.news else "", reverse=True)
    quiet = [one for one in found if one.quiet]
    current = [one for one in found if not (one.quiet or one.action.seems_done)]
    current.sort(key=lambda one: (not one.overdue, one.action.due_date or "9999"))
    named = (*current, *seeming[:MOST_SEEMING], *quiet[:MOST_QUIET])
    return named, len(found) - len(named)


def deferred(history: History) -> tuple[Topic, ...]:
    """Points put off in one of the last sessions and not treated since, latest first, each once.

    What was put off longer ago, without anybody asking for it again, is left in the register.
    """
    since = history.dates[-LIVE_SESSIONS:][0] if history.dates else ""
    return tuple(
        topic
        for topic in _latest_first(coming_back(history.register))
        if topic.session_date is None or topic.session_date >= since
    )


def announced(history: History) -> tuple[Announcement | None, Announcement | None]:
    """The announcement of the session being prepared, and one of another session still to come.

    An announcement without a date is of the session that follows: it counts when its record is
    the latest. An announced date that is past, or before its own record, is never repeated.
    """
    ours: Announcement | None = None
    other: Announcement | None = None
    latest = history.dates[-1] if history.dates else None
    for session in history.sessions():
        said = session.next_session
        if said is None:
            continue
        found = Announcement(session, said.date, said.theme, said.facilitation)
        if said.date == history.day or (said.date is None and session.date == latest):
            ours = ours or found
        elif (
            session.date == latest
            and said.date is not None
            and said.date >= history.today.isoformat()
        ):
            other = other or found
    return ours, other


def rotation(history: History, role: Callable[[Session], str | None]) -> Turn | None:
    """Whose turn it is to facilitate, or to take notes, when the records show a rotation.

    A rotation is at least two people over the last sessions, none twice in a row; then it is
    the turn of whoever's last one is the oldest.
    """
    turns: dict[str | None, Session] = {}
    for session in history.sessions():
        if role(session):
            turns.setdefault(session.date, session)
    last = list(turns.values())[:ROTATION_SESSIONS]
    names = [(role(session) or "").strip() for session in last]
    if len(names) < FEWEST_TURNS or len(set(names)) < 2:
        return None
    if any(one == following for one, following in pairwise(names)):
        return None
    latest: dict[str, Session] = {}
    for name, session in zip(names, last, strict=True):
        latest.setdefault(name, session)
    name, session = list(latest.items())[-1]
    return Turn(name, session)


def community_named(history: History) -> str:
    """What the latest record that says so calls the community; empty where none does."""
    parts = (part for one in history.sessions() for part in one.title.split(" – "))
    return next((part.strip() for part in parts if _COMMUNITY.match(part.strip())), "")


def attendance(history: History) -> tuple[int, tuple[Session, ...]] | None:
    """The median attendance of the last sessions that count it, and those sessions."""
    counted = [one for one in history.sessions() if one.attendance][:RECENT_SESSIONS]
    if not counted:
        return None
    numbers = sorted(one.attendance or 0 for one in counted)
    return numbers[len(numbers) // 2], tuple(counted)


def last_decisions(history: History) -> tuple[Decision, ...]:
    """Decisions of the last session, still in force."""
    if not history.dates:
        return ()
    return tuple(
        one
        for one in history.register.decisions
        if one.session_date == history.dates[-1] and one.status != "superseded"
    )


def treated_recently(title: str, history: History) -> bool:
    """Whether one of the last sessions treated this."""
    return _treated(history.subject(title), history, among=history.recent)


def last_treated(title: str, history: History) -> Topic | None:
    """The last time a topic of this subject was treated, as the register has it."""
    subject = history.subject(title)
    for topic in _latest_first(one for one in history.register.topics if not one.deferred):
        if topic.session_date and same_topic(subject, history.subject(topic.title)):
            return topic
    return None


def unseen(history: History) -> tuple[Topic, ...]:
    """Topics not seen for long, those treated in most sessions first: their last occurrence."""
    if len(history.dates) <= UNSEEN_SESSIONS:
        return ()
    since = history.dates[-UNSEEN_SESSIONS]
    groups: list[tuple[Subject, list[Topic]]] = []
    for topic in _latest_first(history.register.topics):
        if topic.session_date is None or topic.deferred or not is_theme(topic.title):
            continue
        subject = history.subject(topic.title)
        for known, members in groups:
            if same_topic(known, subject):
                members.append(topic)
                break
        else:
            groups.append((subject, [topic]))
    old = [
        members
        for subject, members in groups
        if (members[0].session_date or "") < since
        and subject
        and not _treated(subject, history, after=members[0].session_date)
    ]
    old.sort(key=lambda members: -len({one.session_date for one in members}))
    return tuple(members[0] for members in old)


def stuck(found: Sequence[FollowUp]) -> tuple[FollowUp, ...]:
    """Overdue follow-ups that belong to a topic: a problem the group has not got out of."""
    return tuple(one for one in found if one.overdue and _of_topic(one.action))


def _of_topic(action: Action) -> bool:
    return action.item is not None and is_theme(action.item)


def _follow_up(actions: Sequence[Action], history: History) -> FollowUp:
    latest = max(actions, key=lambda one: one.session_date or "")
    overdue = is_overdue(latest, history.today)
    sources = [one.source for one in actions if one.source is not None]
    sources += latest.earlier[-1:]
    sources += [latest.news.source] if latest.news else []
    return FollowUp(latest, overdue, tuple(dict.fromkeys(sources)), _quiet(latest, history))


def _quiet(action: Action, history: History) -> bool:
    """Whether the last sessions of its series passed over an action that was due by then, and that
    does not seem done."""
    if action.seems_done:
        return False
    known = history.series.get(action.source.document, ()) if action.source else ()
    days = known if len(known) > QUIET_SESSIONS else history.dates
    if len(days) <= QUIET_SESSIONS:
        return False
    if action.due_date is not None and action.due_date >= days[-1]:
        return False
    day = max(action.session_date or "", action.news.day if action.news else "")
    return day < days[-QUIET_SESSIONS] or day < history.dates[-LIVE_SESSIONS:][0]


def _latest_first(topics: Iterable[Topic]) -> list[Topic]:
    return sorted(topics, key=lambda one: one.session_date or "", reverse=True)


def _treated(
    subject: Subject,
    history: History,
    *,
    after: str | None = None,
    among: Sequence[str] | None = None,
) -> bool:
    """Whether a session after a day, or among some days, treated ``subject`` or decided on it."""

    def counts(day: str | None) -> bool:
        if day is None:
            return False
        return day in among if among is not None else after is None or day > after

    put_off = [
        (one.session_date, history.subject(one.title))
        for one in history.register.topics
        if one.deferred
    ]
    titles = [
        (one.session_date, one.title) for one in history.register.topics if not one.deferred
    ] + [(one.date, item) for one in history.register.sessions for item in one.items]
    treated = [day for day, title in titles if same_topic(subject, history.subject(title))]
    decided = [
        one.session_date
        for one in history.register.decisions
        if named_in(subject, history.subject(one.text))
    ]
    again = {when for when, known in put_off if same_topic(subject, known)}
    return any(counts(day) and day not in again for day in (*treated, *decided))
