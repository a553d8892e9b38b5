"""How a line says an earlier action stands: « Liste de lectures (Fatou) : fait. Onze titres… ».

A report names its task in few words, often its owner in brackets, and tells its state. It is no
new undertaking: ``tasks.followed`` puts it in the place of the action that it speaks of.
"""

# ruff: noqa: E501, SIM905 - patterns and vocabularies are read whole, one wording after another

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from copassist.dates import FULL_MONTHS
from copassist.extraction.dates import NEW_DAY
from copassist.extraction.people import UNASSIGNED, People
from copassist.extraction.texts import plain, straight

_CLOSED: Final = re.compile(
    r"(?:c'est |tout est |déjà |bien |all |already |a été |ont été |est |sont |is |was |has been )*(?:"
    r"(?:fait|terminé|complété|réglé|réalisé|livré|envoyé|reçu|déposé|adopté|clo[st]|fermé|achevé|remis|transmis|publié|résolu"
    r"|accompli|abandonné|annulé|conclu|finalisé)(?:e|s|es)?|ça y est"
    r"|done|completed?|finished|closed|resolved|sent|delivered|submitted|published|cancell?ed|dropped|fixed|settled"
    r"|ok|100 ?%|oui|yes|x)(?![\w-])(?! (?:en partie|partiellement|à moitié|à \d|partly|partially|par ailleurs))",
    re.IGNORECASE,
)
_STANDING: Final = (
    r"en cours|en partie|partiellement|(?:fait|terminé|complété|done) (?:en partie|partiellement|à moitié|à \d+ ?%|partly|partially)"
    r"|commencée?s?|amorcée?s?|débutée?s?|entamée?s?|reportée?s?|repoussée?s?|différée?s?|remise?s? (?:à|au)|en attente|en suspens"
    r"|en retard|pas de nouvelles|rien de neuf|no news|à (?:compléter|faire|suivre|poursuivre|venir|relancer|terminer|finir|continuer|valider|reprendre|confirmer)|reste(?:nt)? à"
    r"|(?:pas|non) (?:encore )?(?:fait|commencé|terminé|débuté|réalisé|abouti)e?s?|pas encore|toujours pas|à l'arrêt|presque|bloquée?s?"
    r"|in progress|on ?going|underway|under way|started|begun|partly|partially|postponed|pending|deferred|delayed|not (?:yet|done|started)"
    r"|still (?:to|waiting|in|open)|waiting|to do|to be (?:done|completed|continued|confirmed)|carried over|blocked|half done|nearly|almost"
)
_OPEN_AT_FIRST: Final = re.compile(
    rf"(?:est |sont |is |are |was |has been |a été )*(?:{_STANDING})\b", re.IGNORECASE
)
_OPEN_SOMEWHERE: Final = re.compile(rf"\b(?:{_STANDING})\b", re.IGNORECASE)
_OWNED: Final = re.compile(
    r"(?P<subject>[^:()\n]{3,120}?) ?\((?P<who>[^()]{2,80})\) ?(?::|[–—]) ?(?P<state>\S.*)",
    re.DOTALL,
)
_TOLD: Final = re.compile(
    r"(?P<subject>[^:()\n]{3,120}?(?: ?\([^()\n]{2,40}\))?) ?(?::|[–—]) ?(?P<state>\S.*)", re.DOTALL
)
_NOBODY: Final = re.compile(rf"(?:{UNASSIGNED})\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Report:
    """``subject``, ``owner`` and ``state`` are slices of the line without its Markdown."""

    subject: str
    state: str
    status: str | None
    """``done``, ``open``, or ``None`` where the words tell neither."""
    owner: str | None = None


def status_said(state: str) -> str | None:
    """``done`` or ``open`` as the words of a state tell, ``None`` where they tell neither."""
    said = straight(plain(state)).lstrip(" -–—:*[(")
    if _OPEN_AT_FIRST.match(said):
        return "open"
    if _CLOSED.match(said):
        return "done"
    return "open" if _OPEN_SOMEWHERE.search(said) else None


COMPLETING: Final = frozenset(
    """envoyé déposé remis rendu fait fini terminé complété réglé acheté commandé livré imprimé publié affiché
    installé écrit rédigé monté créé préparé transmis signé réservé obtenu mis contacté appelé rencontré corrigé
    traduit présenté distribué apporté ramassé récupéré soumis partagé organisé réparé nettoyé remisé
    téléphoné parlé avisé invité payé plastifié
    sent submitted finished completed delivered ordered bought purchased printed published posted installed wrote
    written drafted made got booked reserved signed called contacted met spoke spoken translated fixed repaired
    cleaned returned presented brought collected set put built found created updated replaced emailed paid
    done handed mailed picked""".split()
)
"""Participles and pasts that tell a task done: what is asked, received, delayed or said is not."""
_DONE: Final = "|".join(sorted(COMPLETING))
_STEP: Final = re.compile(
    r"pas de (?:réponse|nouvelles)|no (?:answer|reply|news)|en partie|partiellement|partly|half|moitié",
    re.IGNORECASE,
)
_COMPLETED: Final = re.compile(rf"(?:{_DONE})(?:e|s|es)?\b", re.IGNORECASE)


def is_participle(state: str) -> bool:
    """« Acheté (38 $) », "Printed": in a column of states, that the task was done."""
    said = straight(plain(state)).lstrip(" -–—:*[(")
    return _COMPLETED.match(said) is not None and not _STEP.search(said)


_DONE_THEN: Final = re.compile(
    rf"[^,;:.]{{3,80}}? ?:? (?:{_DONE}|parti)(?:e|s|es)? (?:le|la semaine|hier|comme|depuis|on|last)\b",
    re.IGNORECASE,
)


def tells_done(words: str) -> bool:
    """« Grille envoyée le 22 », « Lettre : partie hier »: of what is reviewed, that it is done."""
    found = _DONE_THEN.match(straight(words))
    return found is not None and not re.search(r"\b(?:pas|non|not|sera|doit|à)\b", found.group())


_MONTHS: Final = "|".join(FULL_MONTHS)
_DAY: Final = rf"(?:(?:le |au |the )?\d{{1,2}}(?:er|st|nd|rd|th)? (?:{_MONTHS})|(?:le|au|the) \d{{1,2}}|(?:{_MONTHS}) \d{{1,2}})\b"
"""A day, not the thirty pupils that something is for."""
_HE_DID: Final = (
    rf"(?:il|elle) (?:l'|les? |la |lui |leur |en |y )*(?:a|avait) (?:\w+ )?(?:{_DONE})(?:e|s|es)?\b"
    rf"|(?:he|she) (?:has |had )?(?:{_DONE})\b"
)
"""« Il l'a envoyé pour le 4 mai »: nothing is left to be done by then."""
_RENEWED: Final = re.compile(
    r"\b(?:on|nous) (?:le |la |les |l')?(?:reporte|repousse|remet)(?:t?ons)? (?:ça |le tout |tout )?(?:au|à l[ae']|en)\b"
    rf"|\b{NEW_DAY}|\bs'engage pour\b"
    rf"|\b(?!{_HE_DID})(?:il|elle|he|she) [^.;:]{{2,40}}\b(?:d'ici|pour|avant|au plus tard|by|for|before) {_DAY}"
    rf"|\b(?:he|she) asks for {_DAY}|(?:^|[.!] )for {_DAY}",
    re.IGNORECASE,
)
"""That it is still to be done, by another day."""


def report_in(words: str, people: People) -> Report | None:
    """The report that a line of follow-ups makes, if it is one.

    With an owner in brackets any words may follow; without, they must begin with a state, or
    what comes before the colon might be anybody or anything.
    """
    line = straight(words)
    if match := _OWNED.match(line):
        who = words[slice(*match.span("who"))].strip()
        nobody = _NOBODY.fullmatch(straight(who)) is not None
        if nobody or people.may_own(who):
            return _report(words, match, None if nobody else who)
    match = _TOLD.match(line)
    if match is None or people.knows(match["subject"].strip()):
        return None
    said = match["state"].lstrip(" -–—:*[(")
    if _OPEN_AT_FIRST.match(said) or _CLOSED.match(said) or _NOBODY.match(said):
        return _report(words, match, None)
    if _RENEWED.search(said):
        return replace(_report(words, match, None), status="open")
    return None


_TELLS: Final = re.compile(
    r"\b(?:est|sont|était|étaient|ont|avait|avaient|n'a|n'ont|y a|is|are|was|were|has|have|had)\b"
    r"|\ba (?:\w+ )?(?:\w+(?:é|i|u|is)e?s?|fait|dit|écrit)\b"  # and not the English article
    rf"|\b(?:{_DONE})(?:e|s|es)? (?:le|la semaine|hier|on|last)\b",
    re.IGNORECASE,
)
_AHEAD: Final = re.compile(
    r"\b(?:il faut|faudra|à \w+(?:er|ir|re)\b|reste|doi(?:t|vent)|devra|devront|va|vont|sera|seront|aura|auront|d'ici|pour (?:le|la prochaine)|avant (?:le|la)"
    r"|needs?|must|will|shall|going to|to be|by|before|until)\b|\b\w+(?:era|eront|ira|iront|rons|dra|dront)\b",
    re.IGNORECASE,
)


def tells_how_it_stands(state: str) -> bool:
    """« Le dossier est parti le 26 février »: what is or was, and nothing still to come."""
    said = straight(state)
    return _TELLS.search(said) is not None and _AHEAD.search(said) is None


def told_in(words: str) -> Report | None:
    """The report that a line makes of its subject in any words, where a section only looks back:
    « Tableur : la version 1.2 est en circulation. »"""
    match = _TOLD.match(straight(words))
    if match is None or not tells_how_it_stands(match["state"]):
        return None
    return _report(words, match, None)


def _report(words: str, match: re.Match[str], owner: str | None) -> Report:
    subject, state = (words[slice(*match.span(name))].strip() for name in ("subject", "state"))
    status = status_said(state) or ("done" if tells_done(state) else None)
    return Report(subject, state, status, owner)
