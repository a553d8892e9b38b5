"""What the group settled, verbatim. A wish, an opinion and somebody else's approval are not."""

# ruff: noqa: E501, SIM905 - patterns and vocabularies are read whole, one wording after another

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Final

from copassist.dates import COUNTED, FULL_MONTHS, WEEKDAYS
from copassist.extraction.lines import Line
from copassist.extraction.people import GROUP, PERSON, likely
from copassist.extraction.sections import kind_of
from copassist.extraction.tables import rows_of
from copassist.extraction.texts import POINTS, plain, says_nothing, straight
from copassist.extraction.topics import is_deferred
from copassist.extraction.undertakings import is_question
from copassist.records import Decision
from copassist.sentences import sentences

_LABEL: Final = re.compile(
    r"(?:(?:proposition |approche |solution |option )?(?:décision|décidé|adopté|retenu|adoptée|retenue|entente)s?"
    r"|résolution|decision|decided|agreed|resolution|resolved|motion(?: carried| passed)?)"
    r"(?: ?(?:n[o°.]* ?|#)? ?(?:[A-Z]{1,4}-?)?\d[\d.-]*)? ?(?::|[–—-] ) ?(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_DECIDED: Final = r"(?:décidé|voté|adopté|approuvé|convenu|choisi|retenu|tranché|entériné|statué|opté|élu|reconduit|validé|ratifié|accepté|rejeté|refusé)"
_BODY: Final = (
    r"\b(?:[Oo]n|[Nn]ous|(?:[Ll]e |[Ll]a |[Ll]'|[Ll]es )?(?:groupe(?! d[e'u])|CA|conseil|comité|assemblée|communauté|équipe"
    r"|association|membres|participants?(?: et (?:les )?participantes)?|personnes présentes|CdP|CoP|GT|bureau|CCSO|AG)\b[^.;:?!]{0,40}?)"
)
_DECIDES: Final = (
    r"décide|décidons|décident|convient|convenons|conviennent"
    r"|(?:s'entend|nous entendons|s'entendent|se met d'accord|nous mettons d'accord|se mettent d'accord) (?:pour|sur)"
)
_START: Final = r"(?:^|[;:] )(?:[Bb]on,? |[Bb]ref,? |[Dd]onc,? |[Aa]lors,? |[Ff]inalement,? |OK,? |[Cc]onclusion ?: )?"
_MEASURE: Final = r"(?:semaines?|mois|jours?|minutes?|heures?|ans|années?|fois|rencontres?)"
_AMOUNT: Final = r"(?:\d+|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|douze|quinze|vingt)"
_WEEKDAY: Final = rf"(?:{'|'.join(WEEKDAYS)}|1er)"
_TELLS: Final = r"(?:verr|voi|voy|sai|sav|saur|parl|pens|croi|croy|compren|enten|trouv|peu[tv]|pouv|pourr|constat|remarqu|observ|connaî|connai|souhait|espèr|compte|compto)"
"""How verbs begin by which a group tells how things are: « on parle désormais de trois écoles »."""
_ON_AGENDA: Final = r"(?:l[ae]s? |l'|nos |notre )?(?:\w+ )?(?:points?|suivis?|période|table|questions?|sujets?|moutons|ordre du jour)\b"
"""Where a session goes on to: « on passe au point 4 », « on revient à nos moutons »."""
_FRENCH: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b[Ii]l (?:est|a été|fut) (?:\w+ )?(?:{_DECIDED}|entendu|résolu)(?:e|s)?\b(?! par\b)",
        rf"{_BODY} (?:a|ont|avons|avez) (?:\w+ )?{_DECIDED}",
        rf"\b(?:est|sont|a été|ont été|fut|furent) (?:\w+ ){{0,2}}?(?:{_DECIDED})(?:e|s|es)?\b(?! par (?!(?:le |la |les |l')?(?:groupe|CA|conseil|comité|membres|assemblée)))",
        rf"\bpuis (?:{_DECIDED})e?s\b",
        r"\bà l'unanimité\b",
        r"\b[Aa]dopté(?:e|s|es)?(?: à | par |\.|$)",
        r"^[Vv]alid(?:ation d[eu'] ?|ée?s? par (?:les? |la |l')?(?:membres|groupe|participants|GT|CA|comité))",
        r"\bappuyée? par\b",
        r"^[Aa]ccepté(?:e|s|es)?(?: à l'unanimité| avec| sans|\.|!|$)",
        r"\b[Aa]doptée?s? ?:",
        rf"^(?:[Dd]onc,? |[Ff]inalement,? |[Dd]orénavant,? |[Dd]ésormais,? )?(?:[Oo]n|[Nn]ous) (?:ne )?(?:passe|passons|revient|revenons|limite|limitons) (?:(?:à|aux?)\b(?! {_ON_AGENDA})|plus\b)",
        r"(?:^|, )[Oo]n limite (?:à|les?|la|l'|désormais)\b",
        r"^(?:[Dd]onc,? |[Ff]inalement,? )?(?:[Oo]n|[Nn]ous) (?:(?:laisse|laissons)(?: donc)? tomber|(?:ferme|fermons) le dossier|abandonne|abandonnons|(?:met|mettons)(?: donc)? fin)\b",
        rf"\b(?:[Oo]n|[Nn]ous) (?!{_TELLS}[a-zà-ÿ]*\b)[a-zà-ÿ]+(?:ra|rons|e|ons|t)(?: donc)? (?:dorénavant|désormais)\b",
        r"\b(?:est|sont)(?: donc)? (?:abandonnée?s?|supprimée?s?)(?: ?:| à (?:partir|compter) d)",
        r"\bn'(?:est|sont) (?:pas|plus) (?:renouvelée?s?|reconduite?s?)\b",
        rf"{_START}(?:[Oo]n|[Nn]ous) ne (?:prend|prenons|retient|retenons|renouvelle|renouvelons|poursuit|poursuivons) (?:pas|plus)\b(?! (?:le temps|la peine|assez|grand-chose|toujours|souvent))",
        rf"{_START}(?:[Oo]n|[Nn]ous) (?:achète|achetons) (?:l[ae]s? |l'|une? |des |{_AMOUNT}\b).*\d ?\$",
        r"^(?:[Nn]ous|[Oo]n) (?:recommand(?:e|ons)) ",
        r"^(?:[Aa]près [a-zà-ÿ' ]{3,30}?,? )?(?:[Nn]ous|[Oo]n) (?:optons|opte|retenons|retient|adoptons|adopte|tombons d'accord|tombe d'accord) ",
        rf"(?:(?:^|[,;:] (?:et |puis |donc |alors )?)(?:[Nn]ous|[Oo]n)|{_BODY}) (?:ne )?(?:{_DECIDES})\b",
        r"\b[Dd]écision\b[^.;:]{0,60} (?:est|a été) (?:annulée|révisée|abandonnée|levée|remplacée|modifiée|renversée|reconduite|confirmée|maintenue)\b",
        r"\bconsensus (?:est|a été|sur|du groupe)\b",
        r"(?:^|[,;:] (?:et |puis |donc |mais )?|\b[Dd]onc )(?:[Oo]n|[Nn]ous) (?:a|avons) (?:dit (?:oui|non)\b|déplacé|annulé)\b(?!.*\b(?:cette semaine|à cause)\b)",
        r"^(?:[Dd]onc,? |[Ff]inalement,? )?(?:[Oo]n|[Nn]ous) (?:ne )?(?:(?:déplace|déplaçons|annule|annulons) (?:à|aux?|la?|les?|l')|(?:touche|touchons) pas\b)",
        rf"\b(?:passe|passent) (?:de |d'){_AMOUNT}(?: {_MEASURE})? à {_AMOUNT} {_MEASURE}\b",
        rf"\b(?:est|sont|a été|ont été) (?:\w+ ){{0,2}}?(?:déplacée?s? (?:au|du) (?:{_WEEKDAY}|\d)|remplacée?s? par (?:l[ae]s? |l'|une? |des ))",
        r"^[Ff]eu vert\b(?! (?:attendu|demandé|à venir))",
        rf"{_START}(?:[Oo]n|[Nn]ous) (?:ne )?(?:autoris|suspend|retir|décal|fix|recondui|supprim|réserv|ramèn|prolong|renouvel|déplac|annul|repouss|remplac)"
        rf"(?:e|t|ons|enons|eons|sons)? ?(?::|(?:l[ae]s? |l'|une? |nos |jusqu'|à |{_AMOUNT}\b)(?!.*\bordre du jour\b))",
        r"(?:^|[;:,] )(?:[Oo]n|[Nn]ous) se rallie(?:nt)?\b(?=.*[:,])",
        r"\b(?:[Oo]n s'est|[Nn]ous nous sommes) (?:tous |toutes |enfin |finalement )?(?:entendue?s?|mise?s? d'accord|ralliée?s?) ?(?::|sur|pour (?!en |se |le dire)|à (?!l'idée de voir))",
        r"^(?:[Bb]on,? |[Dd]onc,? |OK,? )?(?:[Aa]ccepté|[Cc]ompromis) ?:",
        rf"\b[Cc]'est donc {_AMOUNT}\b[^.;:?]{{0,40}} à (?:partir|compter) d",
        r"^[Vv]a pour\b",
        r"^[Vv]ot(?:e|é) ?:? ?\d+ ?(?:[-–—/] ?\d+|pour|for)\b",
    )
)
_PLAN: Final = re.compile(
    rf"(?:^|[,.:;] )[Nn]ous (?:ne )?(?P<verb>[a-zà-ÿ]+rons)\b(?! (?:à|aux?) {_ON_AGENDA})"
)
_PLANS: Final = frozenset(
    """utiliserons emploierons adopterons garderons conserverons changerons remplacerons abandonnerons
    cesserons arrêterons limiterons appliquerons fixerons déplacerons réduirons augmenterons
    maintiendrons tiendrons désignerons suspendrons alternerons accepterons refuserons
    exigerons fermerons fonctionnerons créerons passerons reviendrons opterons concentrerons""".split()
)
"""What a group says that it will do when it changes how it goes about things: « nous parlerons du
budget », « nous recevrons une invitée » are plans for a day."""
_PLAN_EN: Final = re.compile(
    r"(?:^|[,.:;] )[Ww]e(?:'ll| will) (?:be (?:using|moving|switching|adopting|holding|meeting)"
    r"|(?:now |only |no longer )?(?:use|adopt|keep(?! you)|move|switch|meet|hold|stop|replace|review|run|focus|drop))\b"
)
_GROUP_EN: Final = (
    r"(?:[Ww]e|[Tt]he (?:group|board|committee|team|members|council|meeting|community|working group)"
    r"|[Ee]veryone|[Mm]embers|[Aa]ttendees|[Pp]articipants)"
)
_MONTH_EN: Final = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_TELLS_EN: Final = r"(?:have|had|are|were|was|saw|see|got|went|met|knew|know|felt|feel|heard|hear|found|find|lost|began|hope|think|expect|wonder|may|might|could|can|would|should)"
"""Verbs that tell how things are, were or may be: "from March we had more people"."""
_ENGLISH: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b[Ii]t (?:was|is|has been) (?:\w+ )?(?:agreed|decided|resolved)\b",
        rf"\b{_GROUP_EN}(?: \([^()]*\)| as [^,.]{{2,40}})? (?:have |has )?(?:all |also |formally |unanimously )?"
        r"(?:decided|adopted|approved|voted|resolved|chose|endorsed?|ratified|rejected|settled on|opted)\b",
        rf"\b{_GROUP_EN} (?:have |has )?(?:all |also |unanimously )?(?:agreed|concluded) (?:to\b|on\b|that .*\b(?:will|would|should|shall|must)\b)",
        r"^(?:Agreed|Decided|Approved|Resolved|Adopted|Endorsed)\b(?! by (?:the )?(?:clerk|minister|government))",
        r"^Concluded that .*\b(?:will|would|should|shall|must)\b",
        r"\b[Mm]embers recommend\b",
        r"\b[Ww]e (?:have )?agreed,(?! (?:to disagree|and|more or less|in principle|roughly|sort of|reluctantly))|\b[Ww]e(?: have|'ve)? (?:all )?agreed:",
        r"\b(?:group|everyone|everybody|we|all) (?:finally )?(?:came round|settled) (?:to|on|for)\b",
        r"^[Cc]ompromise[,:] |, (?:[a-z]+ ){1,5}it is(?:[,.]|$)|^[Ww]here we (?:ended|landed)\b",
        r"^(?:[Tt]he )?[Nn]ew (?:rule|target|limit|slot|deadline|threshold|format|maximum|minimum)(?: is (?:now )?(?:\d|one|two|three|four|five|six|seven|eight|nine|ten|twelve|the )|:)",
        r"\b(?:is|are) (?:hereby |now )?(?:lowered|raised|reduced|increased|extended|scrapped|lifted|waived) (?:from|to|till|until|for|as of|by) (?=[^.]{0,30}\d|this|next|now|the end)|\b(?:is|are) (?:now )?suspended\b",
        rf"\bfrom now on\b|\bfrom {_MONTH_EN} (?:\d{{1,2}}(?:st|nd|rd|th)? )?on(?:[,.;:]|$)",
        r"\b(?:goes?|moves?|go) (?:back )?to (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days\b",
        r"(?:^|[:;,] )(?:(?:[Oo]kay|OK),? )?(?:[Ss]o,? )?[Ww]e (?:(?:move|switch) (?:the|our|to|back|over)|stay (?:on|at|with)|keep (?:them|it|using) (?:for|until|at|on|as)|go with|go for|drop (?:the|it|them|our)|cancel (?:the|it|our)) ?\b",
        r"^[Ww]e(?:'ll| will) only (?!know|see|be\b|have|find|get|need|hear|learn|feel)[a-z]",
        r"\b[Mm]otion (?:was )?(?:carried|passed|adopted)|\bcarried unanimously\b|\bunanimously (?:adopted|approved)\b",
        r"^[Ww]e (?:have )?(?:identified|set|fixed|agreed on) (?:\w+ ){0,3}(?:goals|priorities|objectives)\b",
        r"^[Ww]e(?: have|'ve) (?:switched|moved|changed) to\b",
        r"^[Ww]e(?: are|'re) (?:now )?(?:re-[a-z]+ing|realigning|restructuring|renaming|moving to|switching|going with|adopting|cancell?ing|dropping|replacing|ending|stopping|(?:not|no longer) (?:renewing|continuing)) (?!(?:by|here|there|in|the (?:year|day|session|meeting|term|season))\b)",
        r"^[Ww]e let (?:the |our )?[A-Z][\w-]+ go(?=[.,;:]|$| (?:at|from|in|after|as of)\b)",
        r"\b(?:is|are) (?:hereby |now )?(?:withdrawn|dropped|discontinued|abolished)\b(?! (?:(?:by|off|from|in|into|on)\b|at\b(?! the end)))",
        rf"^From (?:{_MONTH_EN}|next (?:month|year|term|fall|spring)),? we (?!{_TELLS_EN}\b)[a-z]+\b(?<!ed)",
        r"^(?:The|Our) (?:slot|time|schedule|meeting|session)s? moves?(?: to\b| ?:)",
        r"\b(?:[Ss]o|[Tt]hen) it(?: is|'s) settled\b",
        r"(?:^|[,:;] )(?:(?:OK|[Oo]kay|[Ss]o),? )?[Ww]e said (?:yes|no)(?: again)?(?: to\b|[,.])",
        r"(?:^|[.:;] )(?:It|This|They) will be (?:a|an|the)\b[^.?]*, not\b(?! (?:only|just|to mention))",
        rf"\b(?:(?:is|are|was|were|has been|have been) (?:now )?)?(?:moved|rescheduled|brought forward) (?:from \w[^.;]{{0,30}} )?to (?:the \d{{1,2}}(?:st|nd|rd|th)\b(?! floor)|(?i:{'|'.join(WEEKDAYS)})|(?i:{'|'.join(FULL_MONTHS)}) \d)",
    )
)
_HYPOTHETICAL: Final = re.compile(
    r"\b(?:si |avant d|pour (?:décider|choisir)|bien que|à condition|serait|seraient|pourrait|pourraient|devrait|faudrait"
    r"|soit encore|if |before |whether |might|could|should we|may be|would like|until we|once we)\b",
    re.IGNORECASE,
)
_ELSEWHERE: Final = re.compile(
    r"\b(?:conseil (?:municipal|général|régional|d'arrondissement|des ministres)|greffier|ministre|gouvernement|clerk|minister|government|proposal .* was approved|propos\w+ .* approuv)\b",
    re.IGNORECASE,
)
_EITHER: Final = re.compile(
    r"\b(?:or not|ou non|ou pas)\b|^(?:voici )?ce (?:qu'on|que (?:nous|le groupe)|qui) [^.;]{0,40}$",
    re.IGNORECASE,
)
"""Undecided, or a label: « Ce qu'on a décidé »."""
_UNDOES: Final = re.compile(
    r"\b(?:révise|modifie|annule|abandonne|remplace|(?:révisé|modifié|annulé|abandonné|remplacé|levé)e?s?"
    r"|revised?|amended?|abandoned|dropped|cancell?ed|replaced?|rescinded)\b[^,;:]{0,60}$"
)
"""A sentence that ends so says what no longer holds; the next one, what does."""
CONDITION: Final = re.compile(
    r"\b(?:sinon|à défaut|s'ils?|si (?!bien)|otherwise|unless|if)\b[^.;]*", re.IGNORECASE
)
"""« Sinon on annule la sortie » undoes nothing."""
_UNDECIDED: Final = re.compile(
    r"\b(?:a|avons|ont|est|sommes) (?:encore |toujours )?(?:rien|pas|jamais)(?: encore| vraiment)? (?:décidé|tranché|conclu|statué|convenu)"
    r"|\brien (?:n'(?:est|a été)|de) (?:encore )?(?:décidé|tranché|conclu)|\bnothing (?:was |is |has been )?(?:decided|settled|agreed)",
    re.IGNORECASE,
)
"""« On a rien décidé là-dessus »."""
_HEARSAY: Final = re.compile(r"\bce qui (?:s'est|a été|avait été) (?:décidé|convenu)\b")
_ENDORSES: Final = re.compile(
    r"(?:agreed|adopted|accepted|approved|passed|carried|OK'd|unanimous(?:ly)?|adoptée?s?|acceptée?s?"
    r"|approuvée?s?|entendu|unanimité|à l'unanimité|unanime|(?:everyone|all) in favou?r(?:, [^.!]{3,60})?)(?: (?:both|all|as is|by all|unanimously|for now"
    r"|all round|à l'unanimité|tel(?:le)? quel(?:le)?|pour l'instant))?\s?[.!]?",
    re.IGNORECASE,
)
"""A word that settles what the sentence before it proposes."""
_OF_RECORDS: Final = re.compile(
    r"\b(?:lue?s? (?:et|par|à)|lecture d[eu]s?|ordre du jour|procès-verb\w+|comptes? rendus?|minutes|agenda|read)\b",
    re.I,
)
"""What « Adopté. » then settles is procedure."""
_MOVERS: Final = re.compile(
    r"(?:[Pp]roposée?|[Mm]oved) (?:par|by) [^.;:,]{3,60}, (?:(?:et|and) )?"
    r"(?:appuyée?|secondée?|seconded) (?:par|by) [^.;:,]{3,60}\.?"
)
"""Who moved and seconded what was said before: names, and nothing decided."""
_RECORD: Final = (
    r"(?:le |les |l'|the |du |de l'|des |la (?:lecture|version) d[ue] |(?:last|previous) (?:meeting's |month's )?)?"
    r"(?:projet d[e'] ?|draft |dernier |dernière )?"
    r"(?:comptes?[ -]rendus?|procès-verb(?:al|aux)|PV(?= d[ue])|ordre du jour|minutes|agenda(?! ?\d))\b"
    r"(?! (?:type|modèle|allégé|simplifié|commun|partagé|local|template|format|model)\b)"
)
_PROCEDURE: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^{_RECORD}[^.;:,]{{0,90}}? (?:est|sont|a été|ont été|fut|is|are|was|were|has been|have been)"
        r" (?:\w+ ){0,2}?(?:adopté|approuvé|accepté|validé|approved|adopted|accepted)",
        rf"\b(?:adopt|approuv|accept|valid)(?:er|e|ent|é|ons|ion d[eu]|ation d[eu])(?: à l'unanimité| tel quel| telle quelle)? {_RECORD}",
        rf"\b(?:adoption|approbation|approval)(?:, avec modifications?,)? (?:of |d[eu] ?(?:l')?)?{_RECORD}",
        rf"\b(?:approved?|adopted?|accept(?:ed)?) (?:\w+ )?{_RECORD}",
        rf"^{_RECORD}[^.;:,]{{0,60}} (?:adopté|approuvé|approved|adopted)e?s?(?: |\.|$)",
        r"\b(?:séance|rencontre|réunion|assemblée) (?:est|a été|fut) (?:levée|ajournée|close|ouverte(?! (?:au|aux|à)\b))\b",
        r"\b(?:levée|clôture) de (?:la |l')(?:séance|réunion|rencontre|assemblée)\b",
        r"\b(?:meeting|session) (?:(?:is|was|be) )?(?:adjourned|closed(?! to\b)|called to order)\b|\bto adjourn\b",
    )
)
"""Meeting procedure: the agenda and the last minutes adopted, the meeting closed. Settled, but
nobody looks among decisions for it."""
_MORE: Final = re.compile(r";|\d\s?[$€%]|\bet (?:le|la|les|l'|un|une) [^,.;]* (?:est|sont|a été)\b")
"""Signs that the sentence settles something else besides."""
_OTHERWISE: Final = re.compile(
    r"\b(?:désormais|dorénavant|sera|seront|seraient|toujours|chaque|from now on|will|always|every)\b"
)
"""A change in how minutes are adopted from now on: that is a decision, and no procedure."""
SHORTEST: Final = 4
"""Words under which a line is a heading or a note to oneself, not a decision stated."""
_THEIRS: Final = re.compile(rf"^(?P<who>{PERSON}) (?:a|has|had|have) ")
_SETTLED: Final = re.compile(
    r"\b(?:acceptée?s?|refusée?s?|waived)\b"
    r"|^(?:pas|plus) d[e'] ?\w+ [^.;]*\bsans\b|^no (?:more )?\w+ [^.;]*\b(?:without|unless)\b"
)
"""What an arrow may point at as settled: « --> orthographe rectifiée acceptée partout »."""
_BY_ALL: Final = re.compile(
    r"(?:on|nous|we) (?!(?:ne |n'|en |y )?(?:reparl|rediscut|revien|verra|verrons|est|sommes|étions|était|attend|pense|croi|espère|souhait|aimerai|se demande|a\b|ont\b|avons)"
    r"|(?:will see|are|were|have|had|need|hope|think|wait)\b)[a-zà-ÿ]"
)
_BY_ALL_SETTLED: Final = re.compile(
    r"(?:on|nous) (?:coupe|retire|passe|garde|arrête|annule|limite|ajoute|enlève|revient)(?:ons)?\b"
    r"|we (?:cut|drop|move|keep|stop|cancel|limit|add|go back)\b"
)
"""The same in the middle of a line, where arrows also stand for "so" and "then"."""
_ANNOUNCES: Final = re.compile(
    r"\b(?:on a|nous avons|c'est|we) (?:tranché|décidé|settled|decided)(?: (?:it|that|ça|cela))?\W*$"
)
"""« Le jumelage, on a tranché. » The next sentence says how."""


def decisions_in(line: Line, document: str, session_date: str | None) -> Iterator[Decision]:
    """Every decision that ``line`` states, each quoted by its whole sentence."""
    if line.role == "heading" or line.kind in ("people", "review", "ideas"):
        return
    if line.kind == "agenda" and not line.parents:
        return
    if line.kind == "decisions":
        own = line.role != "row" and not (line.parents and line.kind == line.parents[-1].kind)
        own = own and not line.words.endswith(":")
        if own and not _is_procedure(straight(plain(line.text))) and not _leaves_open(line):
            yield _decision(line, line.text, document, session_date)
        return
    pieces = line.pieces()
    last = ""
    for at, piece in enumerate(pieces):
        if piece not in last and (whole := _settled_at(pieces, at, line)):
            last = whole
            yield _decision(line, whole, document, session_date)


def _settled_at(pieces: Sequence[str], at: int, line: Line) -> str | None:
    """The decision that the sentence at ``at`` states, with the one beside it where that says what
    was settled, or that it was; ``None`` where it states none."""
    piece, after = pieces[at], "".join(pieces[at + 1 : at + 2])
    said = straight(plain(piece))
    if not states_decision(piece, line):
        endorsed = _ENDORSES.fullmatch(straight(plain(after))) is not None
        asked = is_question(said) or _OF_RECORDS.search(said)
        return _joined(line.text, piece, after) if endorsed and not asked else None
    if _COUNTS.fullmatch(said):
        return _voted(pieces, at, line.text)
    undoes = _UNDOES.search(said) and not CONDITION.search(said)
    if after and (undoes or _ANNOUNCES.search(said)) and not states_decision(after, line):
        return _joined(line.text, piece, after)
    return piece


def _leaves_open(line: Line) -> bool:
    """Whether a line under « Décisions » is a label, says when the next session is or that there is
    no decision, or puts a point off."""
    label = line.words.split(":", 1)[0]
    first = next(iter(sentences(line.words)), None)
    deferred = is_deferred(first.text if first else line.words)
    announces = kind_of(label) == "next" or kind_of(line.words) != "topic"
    return announces or deferred or says_nothing(line.words)


def all_decisions(
    lines: Sequence[Line], document: str, session_date: str | None
) -> Iterator[Decision]:
    """The decisions of a record, each once: those listed under « Décisions » may be pointed back at
    by the sentence after them. Of minutes kept in a table, those in its column of decisions."""
    seen: set[tuple[str, str]] = set()
    for found in _each_decision(lines, document, session_date):
        place = found.source.passage if found.source else ""
        if (place, found.text) not in seen:
            seen.add((place, found.text))
            yield found


def _each_decision(
    lines: Sequence[Line], document: str, session_date: str | None
) -> Iterator[Decision]:
    tabled = {id(row.line): row for row in rows_of(lines) if row.decision}
    for place, line in enumerate(lines):
        row = tabled.get(id(line))
        if row is None:
            for found in decisions_in(line, document, session_date):
                yield from _unfolded(found, lines, place, document)
        elif not _is_procedure(straight(row.decision)):
            source = line.source(document, row.quote)
            yield Decision(row.decision, session_date, row.item, source=source)


_SHELL: Final = re.compile(
    r"(?:[Ii]l (?:est|a été) )?[\w' ]{0,30}\b(?:ce qui suit|(?:les )?(?:points|éléments|règles|mesures) suivante?s"
    r"|the following(?: points| rules)?|as follows) ?:"
)
"""« Il est résolu ce qui suit : »: the lines under it are what was decided."""
_BEFORE: Final = re.compile(
    r"(?:[Cc]es|[Ll]es|[Tt]hese|[Tt]he) (?P<count>\d|two|three|four|five|six|deux|trois|quatre|cinq|six) "
    r"(?:points?|propositions?|règles?|mesures?|items?|rules?|proposals?)\b[^.;:]*"
)
"""« Ces trois points ont été adoptés. »: as many lines before it are."""


def _unfolded(
    found: Decision, lines: Sequence[Line], place: int, document: str
) -> Iterator[Decision]:
    """``found``, read in the line at ``place``; or, where it only points at them, the decisions
    that stand in the lines under it or before it."""
    said = straight(plain(found.text))
    pointed: list[Line] = []
    if said.endswith(":"):
        pointed = _listed_under(lines, place)
        if pointed and not _SHELL.fullmatch(said):
            yield _with_list(found, pointed[-1])
            return
    elif before := _BEFORE.match(said):
        pointed = _just_before(lines, place, before["count"])
    for line in pointed:
        yield _decision(line, line.text, document, found.session_date)
    if not pointed:
        yield found


def _listed_under(lines: Sequence[Line], place: int) -> list[Line]:
    """The items of the list that hangs on the line at ``place``."""
    return list(
        takewhile(
            lambda line: line.role == "item" and line.lead == lines[place].words,
            lines[place + 1 :],
        )
    )


def _just_before(lines: Sequence[Line], place: int, count: str) -> list[Line]:
    """As many lines before the one at ``place``, of its section; none where there are fewer."""
    wanted = int(count) if count.isdigit() else COUNTED[count]
    found = lines[max(0, place - wanted) : place]
    alike = all(line.role != "heading" and line.headings == lines[place].headings for line in found)
    return list(found) if alike and len(found) == wanted else []


LONGEST_LIST: Final = 800
"""Characters of a decision quoted with the list that it announces; longer, it stands alone."""


def _with_list(found: Decision, last: Line) -> Decision:
    """A decision that announces a list, quoted to the end of its ``last`` item."""
    source = found.source
    if source is None or source.passage != last.passage.id:
        return found
    text = last.passage.text
    start = text.find(found.text)
    end = text.find(last.text, start) + len(last.text)
    if start < 0 or not start < end <= start + LONGEST_LIST:
        return found
    quote = last.on_its_page(text[start:end])
    return replace(found, text=text[start:end], source=replace(source, quote=quote))


_COUNTS: Final = re.compile(r"^[Vv]ot(?:e|é) ?:? ?\d+ ?(?:pour|for|[-–—/] ?\d+)[^.;:]*[.!]?")
"""« Vote : 6 pour, 1 abstention. »: what was voted stands beside it."""


def _voted(pieces: Sequence[str], at: int, text: str) -> str:
    """A vote with what it is about: the sentence after it, or the proposal before."""
    proposed = at > 0 and re.search(r"\bpropos|\bmotion\b", pieces[at - 1], re.IGNORECASE)
    if at + 1 < len(pieces) and not proposed:
        return _joined(text, pieces[at], pieces[at + 1])
    return _joined(text, pieces[at - 1], pieces[at]) if at else pieces[at]


def _joined(text: str, piece: str, after: str) -> str:
    """Two sentences of ``text`` that stand one behind the other, and all between them."""
    start = text.find(piece)
    end = text.find(after, start + len(piece))
    return text[start : end + len(after)] if 0 <= start < end else piece


def states_decision(piece: str, line: Line) -> bool:
    """Whether a sentence says that something was settled by the group."""
    words = straight(plain(piece))
    return not _is_procedure(words) and _settles(words, line)


def _settles(words: str, line: Line) -> bool:
    before, pointed, after = POINTS.search(words), False, ""
    if before:  # what a note taker points at, the whole group doing it
        *_, after = POINTS.split(words)
        shared = _BY_ALL if before.start() == 0 else _BY_ALL_SETTLED
        pointed = shared.match(after) is not None or _SETTLED.search(after) is not None
        words = after if before.start() == 0 else words
    if label := _LABEL.match(words):
        rest = label["rest"]
        return not (is_question(rest) or is_deferred(rest) or says_nothing(rest))
    if len(words.split()) < SHORTEST or any(
        p.search(words) for p in (_EITHER, _ELSEWHERE, _HEARSAY, _UNDECIDED)
    ):
        return False
    if _MOVERS.fullmatch(words):
        return False
    supposed = _HYPOTHETICAL.search(words) and not words.startswith(("Concluded", "Agreed"))
    if supposed or is_question(words):
        return False
    if pointed or any(pattern.search(words) for pattern in (*_FRENCH, *_ENGLISH)):
        theirs = _THEIRS.match(words)
        return theirs is None or not likely(theirs["who"]) or re.match(GROUP, words) is not None
    return line.kind not in ("follow_up", "done") and _states_plan(words)


def _is_procedure(words: str) -> bool:
    label = _LABEL.match(words)
    said = label["rest"] if label else words
    more = _OTHERWISE.search(said) or _MORE.search(said)
    return more is None and any(one.search(said) for one in _PROCEDURE)


def _states_plan(words: str) -> bool:
    """« Nous utiliserons… », "we will meet…": how the group has chosen to go about things."""
    plan = _PLAN.search(words)
    french = plan is not None and plan["verb"] in _PLANS
    return french or _PLAN_EN.search(words) is not None


def _decision(line: Line, quote: str, document: str, session_date: str | None) -> Decision:
    return Decision(quote, session_date, line.item, source=line.source(document, quote))
