"""Sentences in which somebody undertakes something, and who that is, as written.

Each rule is a pattern over one sentence without its Markdown. The subject must be a person the
record knows, a handle, a named group or, kept apart as uncertain, a pronoun. Questions, wishes
and possibilities (« pourrait », « aimerait », "might", "can") never match: an idea is no action.
"""

# ruff: noqa: E501, SIM905 - patterns and vocabularies are read whole, one wording after another

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from copassist.extraction.dates import NEW_DAY, first_date
from copassist.extraction.people import (
    EVERYONE,
    GROUP,
    GROUP_HEAD,
    HANDLE,
    PEOPLE,
    PERSON,
    PRONOUN,
    People,
    certain,
    likely,
    names_group,
)
from copassist.extraction.texts import ARROW, fold, straight

STATES: Final = frozenset(
    """sera seront aura auront pourra pourront faudra vaudra suffira existera permettra permettront
    restera resteront dépendra dépendront durera dureront coûtera commencera débutera semblera
    paraîtra deviendra deviendront voudra voudront saura sauront conviendra appartiendra""".split()
)
"""Futures that tell how things will be, not what somebody will do."""

_PRESENT: Final = (
    r"envoie|transmet|ajoute(?! (?:que|qu'))|fait(?! (?:valoir|remarquer|observer|savoir|part|état|suite|semblant|confiance|(?:[\w,]+ )?(?:heures?|minutes?|kilomètres|km))\b)|contacte?|relance|prépare|rédige|organise|vérifie|met(?! (?:\d|(?:the|with|an?|two|three|several|our|their|his|her)\b))|crée|publie"
    r"|complète|partage|appelle|invite(?! (?:chaque|chacun|tous|tout|toutes|les|le groupe|la salle)\b)|réserve|achète|commande|corrige|traduit|diffuse|planifie"
    r"|prend(?! (?:un(?:e)? (?:poste|congé|pause|retraite)|sa retraite|son (?:congé|temps)|congé|froid|part|fin|place|le train|l'avion))|regarde|teste|installe|imprime|apporte(?! (?:le|la|les) siens?(?:nes?)?\b)|fournit|soumet|produit|révise|finalise|rappelle(?= [A-ZÀ-ÖØ-Þ])"
    r"|s'attaque à|s'occupe|se charge|s'engage|s'efforce|s'informe|se renseigne|s'en (?:charge|occupe)"
)
_SLIP: Final = r"(?:(?:se |s'|y |en |lui |leur |nous |vous |me |m'|l'|le |la |les |donc |aussi |ensuite |également )+)?"
_FUTURE: Final = rf"{_SLIP}(?P<verb>[a-zà-ÿ]{{2,}}(?:ra|ront))\b"
_MODAL: Final = (
    r"(?!(?:doi|dev|va|vont)\w* (?:\w+ )?(?:y )?(?:être|avoir|falloir|pouvoir|devoir)\b)(?:va|vont|doit|doivent|devra|devront)"
    r"(?: (?:aussi|donc|ensuite|encore|également|d'abord|désormais))? "
    r"(?:(?:se |s'|y |en |lui |leur |nous |vous |me |l'|le |la |les )+)?[a-zà-ÿ]+(?:er|ir|re|oir)\b"
)
_PLEDGE: Final = (
    r"(?:s'(?:est |sont )?engagée?s? (?:à|de)|s'engagent? (?:à|de)|s'occupent? d|se chargent? d|prend(?:ra)? en charge"
    r"|prennent en charge|propose(?:nt|ra)? (?:de |d'|également de )|accepte(?:nt)? (?:de |d')|offre(?:nt)? de "
    r"|se porte(?:nt)? volontaire|est (?:chargée?|responsable|en charge|mandatée?) d|sont (?:chargé|responsable|mandaté)e?s d"
    r"|a (?:pour mandat|la responsabilité) d|reste à confirmer par)"
)
_ENGLISH_WILL: Final = (
    r"(?:will|shall|'ll|is going to|are going to|has agreed to|have agreed to|agreed to|agrees to"
    r"|offered to|volunteered to|has offered to|undertakes? to|undertook to|committed to|is to|are to"
    r"|must|has to|have to|needs? to|is responsible for|takes? (?:charge of|the lead on)|took on)"
    r"(?: also| then| both)? (?!be (?!organi[sz]ing|sending|preparing|writing|contacting|leading|drafting"
    r"|setting|presenting|hosting|working|sharing|responsible)|have\b|need\b|not\b|probably\b|likely\b|(?:gladly |happily )?(?:let|allow)\b)[a-z]"
)
_ENGLISH_TO: Final = r"to:?(?= ?$| (?!be\b|date\b|the\b|a\b|an\b|this\b|that\b|which\b|whom\b|our\b|some\b)[a-z][a-z-]+)"
_SUBJECT: Final = rf"(?P<owner>{PEOPLE})(?: ?\([^()]*\))?"
_OPEN: Final = r"(?:^|(?<=[,;:(\]] )|(?<=[;:(])|(?<= [–-] )|(?<=-> )|(?<=→ )|(?<=\. )|(?<= et )|(?<= and )|(?<= que ))"
_OPEN_LINE: Final = r"(?:^|(?<=[,;:(\]] )|(?<=[;:(])|(?<= [–-] )|(?<=\. ))"
_TOGETHER: Final = rf"(?P<owner>{GROUP}|{EVERYONE})"
_TEAM: Final = rf"(?P<owner>{GROUP_HEAD}(?: (?:of|on|from)(?: the)? [\w'-]+)?|{EVERYONE})"


@dataclass(frozen=True, slots=True)
class Undertaking:
    """``owner`` as written, ``None`` when only the form of the line says it is an action."""

    owner: str | None = None
    owner_certain: bool = True
    rule: str = ""
    due: str = ""
    """By when, as written, where a sign sets it apart (``signed.py``)."""


_QUESTION: Final = re.compile(r"\?\W*$")
_IDEA: Final = re.compile(
    r"\b(?:pourr(?:ait|aient|ions|iez)|aimer(?:ait|ions|aient)|souhaiter(?:ait|ions)|voudrait|devr(?:ait|ions|aient)"
    r"|might|could|would like|may be able|should consider|maybe|peut-être|éventuellement|idéalement)\b",
    re.IGNORECASE,
)
_ASKED: Final = re.compile(
    rf"(?:\b(?:demande(?:nt|ra)?|a demandé|ont demandé|est demandé|prie(?:nt)?|confie(?:nt)?|rappelle(?:nt)?)"
    rf" (?:aux?|à la|à l'|à) ?(?P<owner>(?:{PEOPLE}|[\w' -]{{3,60}}?)) (?:de |d')(?:ne pas |se |s'|lui |leur |nous |y |en )?[a-zà-ÿ]+(?:er|ir|re|oir)\b)"
)
_ASKED_EN: Final = re.compile(
    rf"\b(?:asks|[Aa]sked|reminds|reminded|will ask|has asked|requests|requested|invites|invited)"
    rf" (?P<owner>{PEOPLE}|{GROUP}) to [a-z]"
)
_INVITED: Final = re.compile(
    rf"{_OPEN}(?P<owner>{PEOPLE}|{GROUP}) (?:est|sont|is|are) (?:invitée?s?|priée?s?|chargée?s?|mandatée?s?|asked|invited|assigned)"
    r" (?:à |de |d'|to )"
)
_ASSIGNED: Final = re.compile(
    rf"(?:\b(?:(?i:responsables?|resp\.?|porteurs?|pilotes?|owner|assigned to)|lead|assignée? à|confiée? à|attribuée? à|par les soins de)"
    rf" ?:? (?P<owner>(?:{PERSON})(?:(?: ?, ?| et | and | ?/ ?| & ){PERSON}){{0,7}}))"
)
_VERBS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("modal", rf"(?<= ){_MODAL}"),
        ("pledge", rf"(?<= ){_PLEDGE}"),
        ("future", rf"(?<= ){_FUTURE}"),
        ("will", rf"(?:(?<= )|(?='))(?:also )?{_ENGLISH_WILL}"),
        ("to", rf"(?<= ){_ENGLISH_TO}"),
        (
            "present",
            rf"(?<= )(?:(?:y|en|lui|leur|nous|se) |l')?(?:{_PRESENT})\b(?! partie| part\b)",
        ),
    )
)
_BEFORE_VERB: Final = (
    re.compile(rf"{_OPEN}{_SUBJECT}[ ,]*$"),
    re.compile(rf"{_OPEN}{_TOGETHER} ?$"),
)
"""A subject that ends where the verb begins: verbs are rare, so they are looked for first."""
_BEFORE_TO: Final = (
    re.compile(rf"{_OPEN_LINE}{_SUBJECT}[ ,]*$"),
    re.compile(rf"{_OPEN_LINE}{_TEAM} ?$"),
)
"""« … sent to Guillaume and Stacey to share »: before a bare "to", only what opens a clause acts."""
REACH: Final = 120
"""Characters before a verb in which its subject is looked for: five full names and their commas."""
_PASSIVE: Final = re.compile(
    rf"\b(?:sera|seront|est|sont|be|is|are) (?:faite?s?|préparée?s?|rédigée?s?|envoyée?s?|organisée?s?|assurée?s?|prise?s? en charge"
    rf"|done|prepared|sent|written|organi[sz]ed|handled) (?:par|by) (?P<owner>{PEOPLE})"
)
_BY_PRONOUN: Final = re.compile(
    rf"^(?P<owner>{PRONOUN})(?: {_FUTURE}| (?!doi|dev){_MODAL}| {_PLEDGE}|(?: |(?='))(?!must|ha[sv]|needs?){_ENGLISH_WILL})(?! ?être)"
)
_THIRD_PERSON: Final = frozenset("il elle ils elles he she they celui-ci celle-ci".split())
_ARROW: Final = re.compile(ARROW)
_TRAILING: Final = re.compile(
    rf"(?P<task>\S+.*?) ?{ARROW} ?(?P<owner>[^>→()]+?(?:\(@[^()]*\))?) ?(?:\([^()]*\))?\W*$"
)
_AFTER_COLON: Final = re.compile(
    rf"(?P<task>.{{12,}}?) ?: ?(?P<owner>{HANDLE}(?:(?: ?, ?| et | and | ?/ ?| ){HANDLE}){{0,7}})\W*$"
)
_IN_BRACKETS: Final = re.compile(
    rf"(?P<task>.{{8,}}?) ?[(\[](?P<owner>{PERSON}(?:(?: ?, ?| et | and | ou | or | ?/ ?| & ){PERSON}){{0,7}})(?P<doubt> ?\?)?(?P<when>(?:,| [–—-]) ?[^()\[\],]{{3,40}})?[)\]] ?[.;]?$"
)
_FOR_ALL: Final = re.compile(rf"(?P<owner>{EVERYONE}) ?[:–—-] ?(?P<task>\S.*)")
_LEADING: Final = re.compile(rf"(?P<owner>{PEOPLE})(?: ?(?P<dash>[–—-]|:)) ?(?P<task>\S.*)")


def is_question(words: str) -> bool:
    """Whether the sentence asks: what nobody answered is nobody's action."""
    return _QUESTION.search(words) is not None


def is_idea(words: str) -> bool:
    """« On pourrait… », "might be useful": said, not undertaken."""
    return _IDEA.search(straight(words)) is not None


def undertaking_in(words: str, people: People) -> Undertaking | None:
    """Who undertakes what in one sentence, outside of any list of actions."""
    line = straight(words)
    if asked := _asked(line, words, people):
        return asked
    for name, pattern in _VERBS:
        for verb in pattern.finditer(line):
            if verb.groupdict().get("verb") in STATES or (is_question(line) and name != "modal"):
                continue
            owner = _before(line, verb.start(), words, name)
            if owner is None or not _can_own(owner, name, people, line, verb):
                continue
            known = people.may_own(owner) or fold(owner) in _ALL
            sure = certain(owner) and (known or not (_alone(owner) or name == "to"))
            return Undertaking(owner, sure, name)
    if (match := _PASSIVE.search(line)) and people.knows(match["owner"]):
        return Undertaking(words[slice(*match.span("owner"))], rule="passive")
    return None


_ALL: Final = frozenset(("tous", "tout le monde", "chacun", "chacune", "everyone", "all"))


def _before(line: str, end: int, words: str, rule: str) -> str | None:
    """The subject that ends at ``end``, as written, when the line has one there."""
    for pattern in _BEFORE_TO if rule == "to" else _BEFORE_VERB:
        # ``pos`` leaves « ^ » at the true start of the line, so a cut name is never taken
        if match := pattern.search(line, max(0, end - REACH), end):
            return words[slice(*match.span("owner"))].strip()
    return None


def _can_own(owner: str, rule: str, people: People, line: str, match: re.Match[str]) -> bool:
    if fold(owner) in _ALL:
        return rule != "present"
    if people.may_own(owner):
        return True
    if not likely(owner):
        return False
    # two capitalised words that act are somebody; one may be any noun that opens a line, so it
    # must act in so many words, and stays to be confirmed
    if not _alone(owner):
        return rule != "present" and not (rule == "to" and _opens_with_verb(owner))
    if rule == "will":
        obliged = re.search(r"\b(?:must|has to|have to|needs? to|is to|are to)\b", match.group())
        return not obliged and _acts(line, match.end())
    return rule in ("modal", "future", "pledge")


def _opens_with_verb(owner: str) -> bool:
    """ "Ask Ann Lee to…", "Avoid Lock-in to…": an order, whose object is no owner."""
    first = owner.split(maxsplit=1)[0].lower()
    return (
        first in _IMPERATIVES
        or first in _ORDERS
        or (len(first) > 5 and first.endswith(("ed", "ing")))
    )


def _alone(owner: str) -> bool:
    words = re.findall(r"(?<![\w'])[A-ZÀ-ÖØ-Þ][\w'-]+", owner)
    return len(words) < 2 and not names_group(owner)


def _acts(line: str, end: int) -> bool:
    """Whether the English verb that ends a match is one of doing, not of being."""
    verb = re.match(r"[a-z]+", line[end - 1 :])
    said = verb.group() if verb else ""
    return said in _IMPERATIVES or (
        said == "be" and re.match(r"be [a-z]+ing\b", line[end - 1 :]) is not None
    )


def _asked(line: str, words: str, people: People) -> Undertaking | None:
    """« A demande à B d'envoyer… » is B's."""
    for pattern in (_ASKED, _ASKED_EN, _INVITED):
        for match in pattern.finditer(line):
            owner = words[slice(*match.span("owner"))].strip()
            past = "demandé" in match.group() or "asked" in match.group()
            if people.knows(owner) or (names_group(owner) and not past):
                return Undertaking(owner, certain(owner), "asked")
    return None


_TAKES_ON: Final = re.compile(
    r"\b(?:s'occupe|se charge|s'engage|s'en (?:charge|occupe)|s'attaque|relance)\b", re.IGNORECASE
)


_ERRAND: Final = r"(?:(?:lui|leur|nous) )?(?:envoie|transmet|contacte|prépare|rédige|réserve|achète|commande|imprime)\b"
"""What somebody does after a session: « Zoé prépare l'affiche »; groups do so all year round."""


def takes_on(words: str, owner: str) -> bool:
    """Whether a present says by itself that ``owner`` undertakes something: « Zoé s'en charge »,
    « Zoé prépare l'affiche », what an arrow points at, or what somebody with a handle does.
    « Luc prend la parole » tells what is."""
    line = straight(words)
    errand = re.search(rf"{re.escape(straight(owner))} {_ERRAND}", line)
    if errand and not names_group(owner):
        return True
    pointed = re.search(rf"{ARROW} ?{re.escape(straight(owner))}", line) is not None
    return pointed or "@" in owner or _TAKES_ON.search(line) is not None


_DATED: Final = re.compile(
    rf"{_OPEN}(?P<owner>{PEOPLE}) (?:y |en |lui |leur |se |s'|l'|la |le |les )?(?P<verb>[a-zà-ÿ]+[etdcs]) (?!(?:que|qu'|si |s'il|à |aux? |comment |pourquoi |pardon))"
)
_PASTS: Final = frozenset(
    "did got sent went had met made took gave told said saw found left held paid spoke wrote came put".split()
)
"""Of "Sam sent it on April 9": done, not undertaken."""
_SAYS: Final = frozenset(
    """est et ont fait dit note rappelle souligne annonce signale mentionne explique montre remercie constate
    raconte indique estime pense croit voit sait peut veut doute commente ajoute-t invite souhaite
    lit suggère évoque observe cite décrit répond revient regrette insiste partage part arrive reste semble
    attend avait était serait pourrait devrait prolonge quitte représente travaille habite and the at""".split()
)
"""Verbs of telling and of being: « Geneviève annonce que… d'ici juin » undertakes nothing."""


def dated_present(words: str, people: People) -> Undertaking | None:
    """« Samuel dépose la version 2 d'ici le 12 juin »: what somebody known does by a day.

    "Dana sends the text by Friday" too, of the verbs that orders begin with. The caller checks
    that a due date is written; without one, a present tells what is.
    """
    line = straight(words)
    for match in _DATED.finditer(line):
        if people.knows(match["owner"]) and not _tells(match["verb"]):
            owner = words[slice(*match.span("owner"))]
            return Undertaking(owner, certain(owner), "present")
    return None


def _tells(verb: str) -> bool:
    """Whether a verb tells what is, was or is said, and not what somebody does by a day."""
    english = verb.endswith("s") and verb.removesuffix("s") not in _IMPERATIVES
    return verb in _SAYS | _PASTS or english


_IMPERSONAL: Final = frozenset(
    "faut manque pleut neige existe suffit convient importe paraît".split()
)
"""Verbs of « il » that is nobody."""
_DATED_PRONOUN: Final = re.compile(
    r"(?P<owner>Il|Elle|He|She) (?:(?:le|la|les|en|y|lui|leur|se) |l'|s')?(?P<verb>[a-zà-ÿ]+[etdcs])\b(?! que\b)"
)


def dated_pronoun(words: str) -> Undertaking | None:
    """« Elle la dépose au plus tard le 30 mai »: the same of somebody told before."""
    match = _DATED_PRONOUN.match(straight(words))
    if match is None or match["verb"] in _IMPERSONAL or _tells(match["verb"]):
        return None
    return Undertaking(words[slice(*match.span("owner"))], False, "pronoun")


_RENEWS: Final = re.compile(NEW_DAY, re.IGNORECASE)


def renews(words: str) -> bool:
    """« Nouvelle date : 15 mai »: what the sentences before say is not done is put off to then."""
    return _RENEWS.match(straight(words)) is not None


def acting(words: str, people: People) -> Undertaking | None:
    """« Karim ouvre l'espace » after « Action : »: the label says that what follows is a task."""
    match = re.match(
        rf"(?P<owner>{PEOPLE})(?: [A-ZÀ-ÖØ-Þ][\w'-]+)* (?P<verb>[a-zà-ÿ]+)\b",
        straight(words),
    )
    if match is None or not people.knows(match["owner"]) or match["verb"] in ("et", "and", "ou"):
        return None
    owner = words[slice(*match.span("owner"))]
    return Undertaking(owner, certain(owner), "present")


def by_pronoun(words: str) -> Undertaking | None:
    """« Elle enverra… »: somebody undertakes, and the line does not say who."""
    match = _BY_PRONOUN.search(straight(words))
    if match is None or match.groupdict().get("verb") in STATES:
        return None
    owner = words[slice(*match.span("owner"))]
    if fold(owner) not in _THIRD_PERSON:
        return None
    if re.match(r"[Ii]l (?:y |en |faut|s'agi|est|va y)", straight(words)[match.start() :]):
        return None
    return Undertaking(owner, False, "pronoun")


def marked_owner(words: str, people: People) -> Undertaking | None:
    """An owner after an arrow, or in brackets, or as a handle after a colon, at the line's end."""
    line = straight(words)
    if _ARROW.search(line) and (match := _TRAILING.match(line)):
        written = words[slice(*match.span("owner"))].strip()
        if fold(written).strip(" ?") in _NOBODY:
            return Undertaking(rule="arrow")
        named = re.fullmatch(PEOPLE, straight(written)) is not None and likely(written)
        if named and (people.knows(written) or starts_with_verb(match["task"])):
            return Undertaking(written, certain(written), "arrow")
    if "@" in line and (match := _AFTER_COLON.match(line)) and likely(match["owner"]):
        return Undertaking(words[slice(*match.span("owner"))], rule="colon")
    return _in_brackets(line, words, people)


_NOBODY: Final = frozenset(("qui", "who", "", "a determiner", "a confirmer", "tbd", "tbc"))
_OBLIGED: Final = re.compile(r"doi(?:t|vent) être|à \w+(?:er|ir|re)\b")


def _in_brackets(line: str, words: str, people: People) -> Undertaking | None:
    if not line.rstrip(" .;").endswith((")", "]")):
        return None
    match = _IN_BRACKETS.match(line)
    if match is None or not people.knows(match["owner"]):
        return None
    if not (starts_with_verb(match["task"]) or _OBLIGED.search(line)):
        return None
    if match["when"] and first_date(match["when"]) is None:
        return None
    owner = words[slice(*match.span("owner"))]
    return Undertaking(owner, certain(owner) and not match["doubt"], "brackets")


def assigned_to(words: str) -> str | None:
    """« Responsable : Marie », "assigned to Sam", in the line itself."""
    match = _ASSIGNED.search(straight(words))
    if match is None or not likely(match["owner"]):
        return None
    return words[slice(*match.span("owner"))]


def unlisted_owner(words: str) -> Undertaking | None:
    """ "Harsh to find an example": in a list of actions, a name that is listed nowhere."""
    match = re.match(rf"(?P<owner>{PERSON}) to (?P<verb>[a-z]+)\b", straight(words))
    if match is None or match["verb"] not in _IMPERATIVES or not likely(match["owner"]):
        return None
    if _opens_with_verb(match["owner"]):
        return None
    return Undertaking(words[slice(*match.span("owner"))], False, "to")


def leading_owner(words: str, people: People) -> Undertaking | None:
    """« Jim – Commencer à rédiger… », "Mike Cardy: reports": who a line of a list of actions is for."""
    shared = _FOR_ALL.match(straight(words))
    if shared and starts_with_verb(shared["task"]):  # « Tous : lire l'article »
        return Undertaking(words[slice(*shared.span("owner"))], rule="leading")
    match = _LEADING.match(straight(words))
    if match is None or not likely(match["owner"]):
        return None
    if match.group().startswith(f"{match['owner']}-{match['task']}"):
        return None  # one name: « Marc-Andre »
    owner = words[slice(*match.span("owner"))].strip()
    if people.knows(owner):
        return Undertaking(owner, certain(owner), "leading")
    verb = starts_with_verb(match["task"])
    apart = match.start("dash") > match.end("owner")  # « EN–FR glossary » is one word
    initials = re.fullmatch(r"[A-Z]{2,5}", owner) is not None and apart
    pointed = match["dash"] != ":" and initials and (verb or match["task"][:1].isupper())
    partly = verb and any(people.knows(name) for name in re.split(r" et | and |, ?", owner))
    # two capitalised words and what to do: most likely somebody, but « Livre Blanc » looks alike
    if pointed or partly or (verb and not _alone(owner)):
        return Undertaking(owner, False, "leading")
    return None


_NOUNS_IN_ER: Final = frozenset(
    """atelier ateliers dossier courrier papier calendrier janvier fevrier hier premier dernier cahier
    metier quartier chantier financier plaisir avenir ordre lettre registre titre offre livre membre
    nombre autre notre votre entre contre cadre centre ministere rencontre semestre trimestre theatre
    octobre novembre decembre septembre chiffre arbre maitre ministre pouvoir savoir devoir espoir soir
    histoire memoire territoire laboratoire formulaire glossaire commentaire inventaire partenaire
    annuaire horaire salaire affaire matiere maniere biere carriere frontiere premiere derniere
    critere caractere fichier clavier panier escalier tutoriel desir loisir souvenir par sur pour
    leur meilleur fer mer hiver serveur enfer cher cancer leader manager scanner flyer newsletter
    computer server user paper number member order letter other whether never under over after
    water power center folder twitter cluster docker jupyter""".split()
)
_INFINITIVE: Final = re.compile(
    r"(?:ne pas |se |s'|en |y |bien |toujours |re-)?(?P<verb>[a-zà-ÿ-]{2,}(?:er|ir|re|oir))\b(?! ?:)",
    re.IGNORECASE,
)
_PREAMBLE: Final = re.compile(r"[^:,;.?!]{1,40}(?: ?:|,) (?=\S)")
_IMPERATIVES: Final = frozenset(
    """add address announce arrange ask assess book bring build buy call chase check clarify clean collect
    compile complete confirm connect consider contact coordinate create decide define deliver design
    develop discuss distribute document draft email ensure establish evaluate examine explore fetch file
    finalise finalize find finish fix follow gather get give have highlight identify implement improve
    include inform install investigate invite keep launch learn lend list look make measure meet move
    organise organize pay phone plan post prepare present print prioritize produce promote propose provide
    publish put reach read register remind replace report request research reserve review revise run
    schedule see seek select send set share speak start submit summarise summarize support talk test
    translate try turn update upload verify work write""".split()
)
_ORDERS: Final = frozenset(
    """avoid instruct allow enable encourage help
    tell let want expect need get""".split()
)
_REQUEST: Final = re.compile(
    r"(?:veuillez|merci de|prière de|please|svp|s'il vous plaît)\b", re.IGNORECASE
)


def starts_with_verb(words: str) -> bool:
    """Whether a line says what to do: « Préparer… », "Send…", possibly after « Article 3 : »."""
    line = straight(words).strip(' -–—•*"«')
    return _verb_first(line) or _verb_after_preamble(line)


def _verb_first(line: str) -> bool:
    if _REQUEST.match(line):
        return True
    match = _INFINITIVE.match(line)
    if match and fold(match["verb"]) not in _NOUNS_IN_ER:
        return True
    first = line.split(maxsplit=1)[0].lower().strip(",.:;") if line else ""
    return first in _IMPERATIVES


def _verb_after_preamble(line: str) -> bool:
    match = _PREAMBLE.match(line)
    return match is not None and _verb_first(line[match.end() :])
