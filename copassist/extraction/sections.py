"""What a heading of a record announces: follow-ups, decisions, the people present, a topic...

The words are those of the minutes of real communities, in French (Québec and France) and in
English. They are matched folded (no case, no accents) and whole, so that « Actions du club » or
"Decision making in teams" stay ordinary topics.
"""

# ruff: noqa: E501 - patterns and vocabularies are read whole, one wording after another

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, Literal

from copassist.dates import FULL_MONTHS
from copassist.extraction.texts import fold, title_of

Kind = Literal[
    "follow_up",
    "review",
    "done",
    "decisions",
    "people",
    "agenda",
    "next",
    "deferred",
    "ideas",
    "frame",
    "topic",
]

_OF_SESSION: Final = (
    r"(?: (?:de|du|des|d'|d'ici|pour|a|lors de|avant|from|for|of|before|until)(?: ?(?:la|le|les|l'|the))?"
    r" ?.{0,60}(?:reunion|rencontre|seance|session|atelier|mois|semaine|meeting|week|month).{0,60}"
    r"|(?: [-–—]|,) (?:reunion|rencontre|seance|session|meeting)(?: (?:du|de|of) .{1,40})?)?"
)
_MONTH: Final = "|".join(fold(month) for month in FULL_MONTHS)
_TODO: Final = (
    r"(?:mesures?|points?|actions?|elements?) de suivi|suivis?(?: (?:et|/|&) (?:actions?|taches?)| a (?:faire|donner|realiser))?|a faire|reste a faire|todos?|to-dos?"
    r"|to do(?: list)?|taches?(?: a (?:faire|realiser|venir))?|(?:liste|releve|plan|tableau)s? (?:de |des |d'|les )?(?:actions?|taches?)"
    r"|prochaines (?:etapes|actions)|suites?(?<=s)|suites? a donner|(?:actions?|taches?) (?:et|/|&) suivis?|(?:ce )?qu'(?:on a|il (?:nous )?(?:y a|reste)) a faire|ce que nous avons a faire"
    r"|pour la prochaine (?:fois|rencontre|reunion|seance)|qui fait quoi(?: ?\?)?|engagements?(?: pris)?"
    r"|actions?(?: a (?:faire|mener|prendre|entreprendre|realiser|suivre|venir|poser))?"
    r"|suivi des (?:actions|engagements|decisions|mesures|taches)"
    r"|action (?:items?|points?|list|log|plan)|next steps?|follow[- ]?ups?(?: items?| actions?)?"
    r"|tasks?|commitments?|assignments?|who does what|(?:open|new|outstanding) (?:actions?|items?)"
)
_DECIDED: Final = (
    r"(?:releve (?:de|des) )?(?:decisions?|resolutions?)(?: (?:prises?|adoptees?|made|taken))?"
    r"|(?:resolution|decision)s? ?(?:n[o°.]* ?|#)?\d[\d.-]*|points? (?:decides|adoptes)"
    r"|(?:(?:so|bon|donc),? )?(?:(?:ce )?qu'on a |ce que nous avons |what we(?:'ve)? |on a |we )?(?:decidee?s?|convenue?s?|decided|agreed)"
    r"(?: (?:(?:le |on )?\d.*|on \w+ \d.*|aujourd'hui|today|ensemble|together))?"
)
_LAST: Final = (
    r"(?:derniere?s? |precedente?s? )?(?:comptes?[- ]rendus?|proces[- ]verb(?:al|aux)|pv)\b.*"
    r"|derniere?s? (?:rencontre|reunion|seance|session|atelier)s?|(?:rencontre|reunion|seance|session) precedente"
)
"""What minutes call the session before and its record."""
_WORDINGS: Final[tuple[tuple[Kind, str], ...]] = (
    (
        "done",
        r"(?:actions?|taches?|mesures?|points?|suivis?|items?|tasks?|todos?)?\s*(?:realise|complete|termine"
        r"|accompli|acheve|fait|regle|close|ferme)(?:e|s|es|ees|d)?"
        r"|done|(?:completed?|closed|finished|done) (?:actions?|items?|tasks?|action items)",
    ),
    (
        "review",
        r"(?:retour|suivi|point|revue|etat|bilan) (?:sur |de |des |du )?(?:les |l')?"
        r"(?:(?:mesures?|points?|actions?) (?:de suivi|precedente?s?|en cours)|dernier(?:e|es|s)? (?:actions?|mesures?).*"
        rf"|suivis?{_OF_SESSION})"
        rf"|(?:suivis?|suites|affaires? decoulant)(?: (?:au|du|des|de|d'|a|sur|de la|a la|sur le|sur la|de l'))? ?(?:{_LAST})"
        rf"|suivis? (?:de |d'|du mois (?:de |d'))(?:{_MONTH})"
        r"|where (?:things|we) (?:are|stand)|(?:old|last month's|last time's) promises"
        r"|review(?: of)?(?: the)?(?: last| previous| open| outstanding)? (?:action items?|actions)"
        r"|(?:previous|last|outstanding) (?:actions?|action items?)",
    ),
    ("follow_up", rf"(?:{_TODO}){_OF_SESSION}"),
    ("decisions", rf"(?:{_DECIDED}){_OF_SESSION}"),
    (
        "people",
        r"(?:liste des )?(?:personnes |membres |etaient )?(?:participant\W*e?\W*s?|participants? et participantes|participantes? et participants?"
        r"|(?:presences?|present\W*e?\W*s?) (?:et|/|&) (?:absences?|absent\W*e?\W*s?)|absences?"
        r"|presents?|presences?|present\W*e\W*s|presente?s|absent\W*e?\W*s?|excuse\W*e?\W*s?|invite\W*e?\W*s?)"
        r"|attendees|attendance|in attendance|attending|apologies|regrets|people present|who was there",
    ),
    (
        "agenda",
        r"(?:l'|projet d'|proposition d')?ordre d[ue] jour(?: et presentations)?|l'ordre de jour|odj|agenda"
        r"|(?:meeting|draft|proposed) agenda|sommaire|au programme|programme",
    ),
    (
        "next",
        r"(?:date de (?:la )?)?prochaine?s? (?:rencontre|reunion|seance|session|rendez-vous|atelier)s?"
        r"|next (?:meeting|session|gathering|call)s?|prochaine|next",
    ),
    (
        "deferred",
        r"(?:points?|sujets?) (?:reportes?|en attente|en suspens|non traites?)|reports?|stationnement"
        r"|parking lot|deferred(?: items?| topics?)?|postponed|a reporter"
        r"|(?:points? )?(?:pas|non) (?:abordee?s?|traitee?s?|discutee?s?)(?: faute de temps)?|faute de temps"
        r"|(?:on n'a )?pas eu le temps(?: de (?:parler|discuter).*)?|ce qui (?:traine|reste en plan|est reste en plan)|en suspens"
        r"|not done|no time(?: for)?|ran out of time(?: for)?|did not get to|didn't get to|loose ends|still hanging",
    ),
    ("ideas", r"(?:suggestions?|idees?|ideas?|remue-meninges|brainstorm\w*|boite a idees)\b.*"),
    (
        "frame",
        r"(?:mot de )?bienvenue.*|introductions?|presentations?|tour de table|table ronde|roundtable"
        r"|round table|welcome|accueil|ouverture(?: de la .*)?|levee(?: de (?:la |l').*)?|ajournement.*|cloture.*|fin\b.*|close\b.*"
        r"|adoption d.*|adopter .*|lecture d.*|(?:approval|adoption) of .*|mot de la fin|fermeture"
        r"|(?:examiner le |review (?:of )?(?:the )?(?:last |previous )?)"
        r"(?:dernier proces-verbal|(?:meeting )?minutes|meeting notes)"
        r"|(?:proces-verbal|compte[- ]rendu) de la derniere (?:reunion|rencontre)"
        r"|notes?(?: de (?:la )?(?:reunion|rencontre|seance))?|notes reunion|meeting notes|minutes"
        r"|proces-verbal(?: -.*)?|discussions?|points? de discussion|points? cles|key points"
        r"|en resume.*|resume|summary|(?:periode de )?questions?(?: et .*| and .*|/.*)?|commentaires?|comments?|remarques?"
        r"|affaires? (?:nouvelles?|courantes?|diverses?)|(?:decisions?|suivis?|actions?)(?: (?:et|/|&) |/)(?:decisions?|suivis?|actions?)"
        r"|questions diverses|varia|divers|autres? sujets?|any other business|aob|resources?|ressources?"
        r"|links?|liens?|sujets?|topics?|themes? de la discussion|agenda items?|recolte.*"
        r"|appreciation.*|informations? generales?.*|prochain ordre du jour|forward agenda|annexes?",
    ),
)
_PATTERNS: Final = tuple((kind, re.compile(pattern)) for kind, pattern in _WORDINGS)


_ASIDE: Final = re.compile(r"(?<=\w) ?:? ?\([^()]*\)\W*$")
_RULES: Final = re.compile(r"\W*r[èÈ]gle", re.IGNORECASE)
"""« Règles », which is « Réglés » without its accents."""
_TITLED: Final = re.compile(
    r"(?P<one>\W*(?:résolution|resolution|décision|decision)\D{0,4}\d[\d.-]*)\W.*", re.I
)


@lru_cache(1024)
def kind_of(heading: str) -> Kind:
    """The kind of section that ``heading`` opens; ``topic`` when it is none of ours."""
    words = fold(title_of(_ASIDE.sub("", heading)))
    if not words:
        return "frame"
    if _RULES.match(heading):
        return "topic"
    for kind, pattern in _PATTERNS:
        if pattern.fullmatch(words):
            return kind
    return "topic"


def kind_over(heading: str) -> Kind:
    """The same of a heading by its mark, in which a title may follow « Résolution 12 ». A plain line
    that goes on so is the resolution itself."""
    titled = _TITLED.fullmatch(heading)
    return kind_of(titled["one"] if titled else heading)


_ONE: Final = re.compile(r"\W*(?:décision|decision|action|suivi|note|rappel|reminder)\W*:\W*", re.I)


def announces_one(label: str) -> bool:
    """Whether ``label`` names the one paragraph or list that follows (« Décision : »), and opens
    no section."""
    return _ONE.fullmatch(label) is not None


SPOKEN: Final = frozenset(
    {"follow_up", "review", "done", "decisions", "people", "next", "deferred"}
)
"""Kinds that a plain line or a list item may announce as well as a heading does."""
_REPORTING: Final = re.compile(rf"suivis?(?: (?:et|/|&) actions?)?{_OF_SESSION}")
OF_ACTIONS: Final = frozenset({"follow_up", "review", "done"})
"""Kinds whose lines are actions: taken on, looked back at, or done."""


_ROUND: Final = re.compile(
    r"(?:mot de )?bienvenue\b.*|accueil\b.*|tour de table\b.*|table ronde\b.*|ouverture\b.*|brise-glace\b.*"
    r"|welcome\b.*|(?:opening )?round ?table\b.*|check-?in\b.*|ice-?breaker\b.*|levee\b.*|cloture\b.*|fermeture\b.*|closing\b.*"
)


def outermost(paths: Iterable[tuple[str, ...]]) -> str:
    """The heading that all others of a record stand under, which is its own title; else empty."""
    known = {path for path in paths if path}
    roots = {path[0] for path in known}
    return roots.pop() if len(roots) == 1 and len(known) > 1 else ""


def opens_reports(headings: Sequence[str]) -> bool:
    """Whether the nearest of ``headings`` that is of actions looks back at them: « Suivis » lists how
    they stand, as « Suivis du dernier compte rendu » does; « À faire » and "Action items" do not."""
    kinds = ((kind_of(heading), heading) for heading in reversed(headings))
    kind, heading = next((one for one in kinds if one[0] in OF_ACTIONS), ("topic", ""))
    return kind == "review" or _REPORTING.fullmatch(fold(title_of(heading))) is not None


def opens_or_closes(headings: Sequence[str]) -> bool:
    """Whether lines stand under a welcome, a round of the table or a closing: what somebody is
    said to do there is done on the spot, and no action."""
    return any(_ROUND.fullmatch(fold(title_of(heading))) for heading in headings[-1:])
