"""One task through the sessions: which later line is the latest state of an earlier one.

Minutes speak of one task again and again: it is taken on, reported on, put off, restated, done.
:func:`followed` links these lines, so that only the latest of each task is open, with the lines
before it as its sources. A wrong link hides somebody's work, so it takes a shared owner, or none
named on one side, and words that hardly two tasks share; what is not linked is listed twice, and
that is the lesser harm.

Which words: the stems of the task (``analysis.terms``, no stop words) without its owner, its due
date and the verbs that any task may begin with.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Final

from copassist.analysis import terms
from copassist.extraction.texts import fold, plain
from copassist.language import guess_language
from copassist.records import Action

OF_SHORTER: Final = 0.6
"""Share of the shorter line's terms that two lines of one task have in common..."""
OF_LONGER: Final = 0.4
"""... and of the longer one's, unless the later is a report, which names its task in few words."""
AT_LEAST: Final = 2
"""Fewest terms that two lines share, unless a report by the same owner names its task in one."""
IN_SESSION: Final = 0.5
"""Share of a report's terms that a task taken on in the same session by the same owner must
repeat, to be read as what remains to be done of what was reported."""

_ANY_TASK: Final = """envoyer envoie enverra préparer rédiger faire mettre vérifier vérifie
contacter créer partager
déposer proposer produire terminer compléter reprendre ajouter demander réserver finaliser organiser
relancer poursuivre continuer commencer transmettre fournir écrire prendre donner regarder
voir valider report send prepare write make check contact create share draft update finish complete
review follow provide continue start set get find look ask add work discuss action suivi tâche todo
task item"""
_INFINITIVES: Final = {
    "rendu": "rendre",
    "remis": "remettre",
    "soumis": "soumettre",
    "transmis": "transmettre",
    "reçu": "recevoir",
    "obtenu": "obtenir",
    "écrit": "écrire",
    "inscrit": "inscrire",
    "traduit": "traduire",
    "construit": "construire",
    "lu": "lire",
    "vendu": "vendre",
    "ouvert": "ouvrir",
    "repris": "reprendre",
    "sent": "send",
    "bought": "buy",
    "written": "write",
    "wrote": "write",
    "made": "make",
    "spoke": "speak",
    "spoken": "speak",
    "brought": "bring",
    "built": "build",
    "found": "find",
    "paid": "pay",
    "sold": "sell",
    "taught": "teach",
    "drawn": "draw",
    "chosen": "choose",
}
"""Participles and pasts whose stem is not their verb's."""
_PARTICIPLE: Final = re.compile(rf"\b({'|'.join(_INFINITIVES)})(?:es|e|s)?\b", re.IGNORECASE)

SAME_SUBJECT: Final = 0.75
"""Share of the shorter line's terms where no owner tells that a report speaks of this task."""


OF_ACCOUNT: Final = 0.5
"""Share of an action's terms, its verb's included, that a sentence and its heading must hold to
close the action in passing; a sentence that names nobody must hold ``SAME_SUBJECT`` of them."""
ACCOUNT_MONTHS: Final = 12
"""A sentence told in passing more months later than this is about something else."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A line to compare: its terms, who owns it and what it says, folded."""

    action: Action
    terms: frozenset[str]
    owner: frozenset[str]
    text: str
    whole: frozenset[str]
    """Its terms with those of its verb."""
    place: frozenset[str]
    """The terms of the item it stands under."""
    code: str
    """What it is numbered by: « A-03 »."""
    language: str
    account: bool
    """Whether it only tells in passing what is done."""


def followed(
    actions: Sequence[Action], until: str, accounts: Sequence[Action]
) -> tuple[Action, ...]:
    """``actions`` (by date, undated first) with each task's earlier lines linked to its latest.

    An earlier line becomes ``done``, with ``closed_by``, when a later one says so, and gets
    ``replaced_by`` when a later one is its state now; the latest line of an open task carries
    the others as ``earlier``, and their owner and due date where it names none itself. Lines
    dated after ``until`` (ISO 8601), or undated, say nothing of others. ``accounts`` close what
    no line of a list speaks of, and are not among what is given.
    """
    count = len(actions)
    said = (*_said(actions), *_said(accounts, account=True))
    actions = (*actions, *accounts)
    after: dict[int, int] = {}
    open_lines = _OpenLines(said)
    dated = [n for n, one in enumerate(actions) if day_of(one) and day_of(one) <= until]

    def moment(number: int) -> tuple[str, bool]:
        """A sheet kept up to date speaks after the minutes of its day."""
        return day_of(actions[number]), actions[number].told is not None

    for _, group in groupby(sorted(dated, key=moment), key=moment):
        session = tuple(group)
        spoken_of = _spoken_of(session, said, open_lines)
        open_lines.replace(spoken_of, session)
        # a report and what remains of it stand for one task: either leads to this line
        after |= {_end(earlier, after): number for earlier, number in spoken_of.items()}
        after |= _within_session(session, said)
    return _told(actions, after)[:count]


def day_of(action: Action) -> str:
    """The day on which a line says how its task stands, ISO 8601; empty when unknown."""
    return action.told or action.session_date or ""


def _spoken_of(
    session: Iterable[int], said: Sequence[_Said], open_lines: _OpenLines
) -> dict[int, int]:
    """The open lines of earlier sessions that this one speaks of, each with where it does."""
    found: dict[int, int] = {}
    for number in session:
        for earlier in open_lines.near(number):
            task = said[earlier]
            if not _is_state_of(task, said[number]):
                continue
            known = found.setdefault(earlier, number)
            if _closeness(task, said[number]) > _closeness(task, said[known]):
                found[earlier] = number
    return found


def _end(number: int, after: Mapping[int, int]) -> int:
    """The latest line of the task of a line."""
    while number in after:
        number = after[number]
    return number


class _OpenLines:
    """The latest line of each task still open, found by the terms that it holds."""

    def __init__(self, said: Sequence[_Said]) -> None:
        self._said = said
        self._by_term: dict[str, set[int]] = defaultdict(set)

    def near(self, number: int) -> list[int]:
        """The lines that share a term with this one, or have none."""
        held = self._said[number].terms or ("",)
        return sorted({line for term in held for line in self._by_term.get(term, ())})

    def replace(self, old: Iterable[int], new: Iterable[int]) -> None:
        for number in old:
            for term in self._said[number].terms or ("",):
                self._by_term[term].discard(number)
        for number in new:
            if self._said[number].action.status != "done":
                for term in self._said[number].terms or ("",):
                    self._by_term[term].add(number)


def _within_session(session: Sequence[int], said: Sequence[_Said]) -> dict[int, int]:
    """Lines of one session that another of its lines says again, each with that one.

    « Recensement (Samuel) : six sur neuf », and at the end « Samuel – relancer les trois qui
    n'ont pas répondu »: what is taken on is what remains of what was reported.
    """
    found: dict[int, int] = {}
    for number in session:
        if said[number].action.report or said[number].action.status == "done":
            continue
        for other in session:
            # a line that this one leads to already must not lead back to it
            if other in found or other == _end(number, found):
                continue
            if _remains(said[other], said[number]):
                found[other] = number
    return found


def _remains(one: _Said, task: _Said) -> bool:
    if one.action.status == "done" or not share_a_name(one.owner, task.owner):
        return False
    due = one.action.due_date
    same_due = due is not None and due == task.action.due_date
    if one.action.report:
        told = (one.action.subject or one.action.text, one.action.state or "")
        whole = _terms(" ".join(told), one.action, _language(one.action))
        own = len(one.terms & task.terms)
        close = own >= IN_SESSION * len(one.terms) or (own and same_due)
        return bool(close) and len(whole & task.terms) >= AT_LEAST
    if same_due and alike(one.terms, task.terms, OF_SHORTER, OF_LONGER):
        return True
    # a list at the end says in few words what prose has said at length
    common, other_due = len(one.terms & task.terms), due and task.action.due_date
    return (
        (same_due or not other_due)
        and AT_LEAST <= common >= SAME_SUBJECT * len(task.terms)
        and len(task.terms) <= len(one.terms)
    )


def _is_state_of(earlier: _Said, later: _Said) -> bool:
    """Whether the later line speaks of the earlier one's task."""
    if earlier.owner and later.owner and not share_a_name(earlier.owner, later.owner):
        return False
    earlier, later = _in_one_language(earlier, later)
    if later.account:
        return _is_told_in(earlier, later)
    if _is_numbered_alike(earlier, later) or earlier.text == later.text:
        return True
    if not (earlier.action.report or later.action.report):
        return alike(earlier.terms, later.terms, OF_SHORTER, OF_LONGER)
    common = len(earlier.terms & later.terms)
    shorter = min(len(earlier.terms), len(later.terms))
    owned = share_a_name(earlier.owner, later.owner)
    least = 1 if owned and shorter == 1 else AT_LEAST
    if common >= least and common >= (OF_SHORTER if owned else SAME_SUBJECT) * shorter:
        return True
    return owned and common > 0 and _is_placed_alike(earlier, later)


def _in_one_language(one: _Said, other: _Said) -> tuple[_Said, _Said]:
    """Both with terms of the language of the longer: of a few words, the language is a guess."""
    if one.language == other.language:
        return one, other
    if len(one.text) < len(other.text):
        return _compared(one.action, other.language, one.account), other
    return one, _compared(other.action, one.language, other.account)


def _is_numbered_alike(earlier: _Said, later: _Said) -> bool:
    """Whether two lines have one number and one subject: numbers begin again at each session."""
    one, other = (
        frozenset(term for term in said.terms if not term.isdigit()) for said in (earlier, later)
    )
    common, shorter = len(one & other), min(len(one), len(other))
    return bool(earlier.code == later.code != "" and common and common >= OF_SHORTER * shorter)


def _is_placed_alike(earlier: _Said, later: _Said) -> bool:
    """Whether one owner's report is of the same due day, or names its task by what it stood under.

    « Vérifier les assurances du triporteur », where « Triporteur » was the item's title.
    """
    due = month_day(earlier.action.due_date)
    if due and due == month_day(later.action.due_date):
        return True
    named = len(later.terms & (earlier.terms | earlier.place))
    return named >= AT_LEAST and named >= OF_SHORTER * len(later.terms)


def month_day(day: str | None) -> str:
    """``MM-DD`` of an ISO day: a column of due dates leaves the year out, which is then read as
    the next."""
    return (day or "")[5:10]


def _is_told_in(earlier: _Said, account: _Said) -> bool:
    """Whether a sentence told in passing settles an action: same owner, or nearly its words."""
    months = _months(account.action.session_date) - _months(earlier.action.session_date)
    owned = share_a_name(earlier.owner, account.owner)
    own, share = (earlier.whole, OF_ACCOUNT) if owned else (earlier.terms, SAME_SUBJECT)
    common = own & (account.whole | account.place)
    return (
        months <= ACCOUNT_MONTHS
        and len(common) >= AT_LEAST
        and len(common) >= share * len(own)
        and bool(common & account.whole)
    )


def _months(day: str | None) -> int:
    year, month = (day or "0001-01")[:7].split("-")
    return 12 * int(year) + int(month)


def alike(one: frozenset[str], other: frozenset[str], of_shorter: float, of_longer: float) -> bool:
    """Whether two lines share these shares of their terms, the shorter line's and the longer's.

    With more than half of the shorter's, one common word makes no two lines of several alike.
    """
    common = len(one & other)
    shorter, longer = sorted((len(one), len(other)))
    return common > 0 and common >= of_shorter * shorter and common >= of_longer * longer


def _closeness(earlier: _Said, line: _Said) -> tuple[bool, bool, int]:
    """A report speaks of a task rather than a new line does, and that rather than what is told in
    passing; then the one that shares more."""
    return not line.account, line.action.report, len(earlier.terms & line.terms)


def _told(actions: Sequence[Action], after: Mapping[int, int]) -> tuple[Action, ...]:
    """The links written into the lines."""
    found = list(actions)
    lines: dict[int, list[int]] = defaultdict(list)
    for number in sorted(after):
        lines[_end(number, after)].append(number)
    for last, earlier in lines.items():
        for number in earlier:
            found[number] = _passed(actions[number], actions[last])
        found[last] = _latest(actions[last], [actions[number] for number in earlier])
    return tuple(found)


def _passed(line: Action, latest: Action) -> Action:
    if line.status == "done" or "status" in line.corrected:  # what a person says of it stands
        return line
    if latest.status == "done":
        return replace(line, status="done", closed_by=line.closed_by or latest.source)
    return replace(line, replaced_by=latest.source)


def _latest(line: Action, earlier: Sequence[Action]) -> Action:
    told = replace(line, earlier=tuple(one.source for one in earlier if one.source is not None))
    if line.status == "done":
        return told
    for one in reversed(earlier):
        if told.owner is None and one.owner is not None:
            told = replace(told, owner=one.owner, owner_certain=one.owner_certain)
        if told.due is None and one.due is not None:
            told = replace(told, due=one.due, due_date=one.due_date)
    return told


# -- terms


def _said(actions: Sequence[Action], *, account: bool = False) -> tuple[_Said, ...]:
    return tuple(_compared(action, _language(action), account) for action in actions)


def _compared(action: Action, language: str, account: bool) -> _Said:
    words = _without_due(action.subject or action.text, action)
    owner = frozenset(terms(action.owner or "", language))
    return _Said(
        action,
        _terms(action.subject or action.text, action, language),
        names(action.owner or ""),
        fold(action.text).strip(" .;"),
        _all_terms(words, language) - owner,
        _all_terms(plain(action.item or ""), language),
        _code_of(action),
        language,
        account,
    )


_CODE: Final = re.compile(r"\W*(?P<code>[A-Z]{1,3}-?\d{1,3})\b")


def _code_of(action: Action) -> str:
    """The number that a line begins with, as its row or its words have it."""
    quote = plain(action.source.quote) if action.source else action.text
    found = _CODE.match(quote) or _CODE.match(action.text)
    return found["code"].replace("-", "") if found else ""


def names(written: str) -> frozenset[str]:
    """The words of an owner as written, folded, without the little ones.

    A first name in two parts gives its initials too, behind ``~``, and one that is abbreviated
    (« M-È », « J.-P. ») behind ``#``.
    """
    folded = fold(written)
    words = frozenset(re.findall(r"[^\W_]+", folded)) - _LITTLE
    return words | {
        f"{'#' if min(len(first), len(second)) == 1 else '~'}{first[0]}{second[0]}"
        for first, second in re.findall(r"\b([^\W_]+)\.?-([^\W_]+)", folded)
    }


_LITTLE: Final = frozenset(["et", "and", "ou", "or", "le", "la", "les", "the", "de", "du", "l"])


def share_a_name(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two owners (:func:`names`) may be somebody in common: « M-È » is « Marie-Ève »."""
    common = {name for name in one & other if len(name) > 1 and name[0] != "~"}
    return bool(common) or any(
        f"~{short[1:]}" in full
        for owner, full in ((one, other), (other, one))
        for short in owner
        if short[0] == "#"
    )


def _language(action: Action) -> str:
    return guess_language(plain(action.source.quote if action.source else action.text))


def _terms(text: str, action: Action, language: str) -> frozenset[str]:
    words = _without_due(text, action)
    return _task_terms(words, language) - _task_terms(action.owner or "", language)


def _without_due(text: str, action: Action) -> str:
    words = plain(text)
    return words.replace(action.due, " ") if action.due else words


def _task_terms(words: str, language: str) -> frozenset[str]:
    return _all_terms(words, language) - _of_any_task(language)


@lru_cache(maxsize=16384)
def _all_terms(words: str, language: str) -> frozenset[str]:
    return frozenset(terms(_as_infinitives(words), language))


def _as_infinitives(words: str) -> str:
    """``words`` with the participles that stems do not bring to their verbs."""
    return _PARTICIPLE.sub(lambda found: _INFINITIVES[found[1].lower()], words)


@lru_cache(maxsize=4)
def _of_any_task(language: str) -> frozenset[str]:
    return frozenset(terms(_ANY_TASK.replace("\n", " "), language))
