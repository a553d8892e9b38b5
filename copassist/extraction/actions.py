"""Actions of a record: quoted, with owner and due date as written, and never inferred.

Where they stand
    A list under « Mesures de suivi », "Action items", "Next steps"...: each of its lines.
    A table with a column of actions and one of owners, due dates or states: each of its rows.
    A check box, anywhere.
    A label (« Action : », « TODO », "Action item Sam:") or an owner after an arrow, anywhere.
    A sentence in which somebody undertakes something (see ``undertakings``), anywhere.
"""

# ruff: noqa: E501 - patterns and vocabularies are read whole, one wording after another

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from copassist.extraction.antecedents import only_one_in, renewed, with_antecedent
from copassist.extraction.dates import (
    Due,
    due_cell,
    due_in,
    due_in_state,
    due_renewed,
    first_date,
    only_a_date,
    session_day,
)
from copassist.extraction.decisions import states_decision
from copassist.extraction.lines import Line
from copassist.extraction.owners import (
    FIRST_PERSON,
    LINK_ONLY,
    in_some_sentence,
    is_label,
    label_of,
    owner_of,
    owner_over,
    spoken_by,
)
from copassist.extraction.people import GROUP, PEOPLE, UNASSIGNED, People, certain, likely
from copassist.extraction.reports import (
    Report,
    is_participle,
    report_in,
    status_said,
    tells_done,
    tells_how_it_stands,
    told_in,
)
from copassist.extraction.sections import (
    OF_ACTIONS,
    SPOKEN,
    kind_of,
    opens_or_closes,
    opens_reports,
)
from copassist.extraction.signed import shared_out
from copassist.extraction.tables import Row, rows_of
from copassist.extraction.texts import POINTS, fold, plain, says_nothing, straight
from copassist.extraction.undertakings import (
    Undertaking,
    by_pronoun,
    dated_present,
    dated_pronoun,
    is_idea,
    is_question,
    leading_owner,
    marked_owner,
    renews,
    starts_with_verb,
    takes_on,
    undertaking_in,
)
from copassist.records import Action

_BOX: Final = re.compile(r"\[(?P<mark>[ xX✓✔]?)\](?!\()\s*|(?P<sign>[☐☑☒✅✓✔])\s*")
_TICKED: Final = re.compile(r"\W*[✔✅☑✓]")
_CROSSED: Final = re.compile(r"\W*[❌✗✘☐]")
_DONE: Final = re.compile(
    r"(?:[\[(]|[-–—:] ?|✔|✅|☑|✓|^)\s*(?:c'est )?(?:fait|faite|faits|faites|done|terminée?s?|complétée?s?|(?:complete|close)(?! (?:the|an?|our|your|his|her|their|this|these|all)\b)|completed|réalisée?s?"
    r"|réglée?s?|closed|finished|livrée?s?|envoyée?s?|sent)\b(?! (?:par|by|un|une|le|la|des|partie))|[✔✅☑✓]|~~.+~~",
    re.IGNORECASE,
)
_UNDERWAY: Final = re.compile(
    r"\b(?:en cours|in progress|ongoing|started|commencée?|à poursuivre|reste à)\b", re.I
)
_PAST: Final = re.compile(
    rf"^(?:{PEOPLE}|{GROUP}|[A-Z]\w+) (?:a|ont|est|sont|has|have) (?:bien |déjà |already |été |been )?(?:[a-zà-ÿ]+(?:é|ée|és|ées|i|is|it|u|us|ert|ed|nt|ne))\b"
)
_TO_DO: Final = re.compile(
    r"\b(?:il faut|qu'il faut|à \w+(?:er|ir|re)\b|reste|doit|doivent|needs? to|to \w+|will)\b"
)
_INTRO: Final = re.compile(
    r"(?:suivant|ci-dessous|following|below|actions?|tâches?|items?|veuillez ajouter|:\s*$)", re.I
)
_URL: Final = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class _Context:
    document: str
    session_date: str | None
    day: date | None
    people: People
    marked_groups: frozenset[int]
    """Lists in which somebody marked owners: their other lines are tasks as well."""


def actions_in(
    lines: Sequence[Line], document: str, session_date: str | None, people: People
) -> tuple[Action, ...]:
    """Every action of a record, in order, each once."""
    context = _Context(
        document, session_date, session_day(session_date), people, _marked(lines, people)
    )
    tabled = {id(row.line): row for row in rows_of(lines)}
    found: list[Action] = []
    for line in lines:
        if row := tabled.get(id(line)):
            found.extend(_of_row(row, context))
        elif line.role != "heading" and (line.role != "row" or shared_out(line.text, people)):
            found.extend(_of_line(line, context))
    return tuple({(fold(a.text), a.item, a.owner): a for a in reversed(found)}.values())[::-1]


def tracked_in(
    lines: Sequence[Line], document: str, people: People, day: str | None
) -> tuple[Action, ...]:
    """The rows of a sheet of follow-ups, which is kept up to date between the sessions.

    Only tables that say who does what and how it stands; each row is of the session at which
    its action was taken on, where a column says so, and tells its state on the day of the latest,
    or of the sheet's title (« mis à jour le 10 novembre »), else on ``day``, the document's own, else
    on the day by which the last of what is done was due: the sheet was kept until then.
    """
    rows = [row for row in rows_of(lines) if {"action", "owner", "status"} <= row.cells.keys()]
    found: list[Action] = []
    for row in rows:
        since = due_cell(row.cells.get("since", ""), session_day(day))
        taken = since.day if since else None
        context = _Context(document, taken, session_day(taken or day), people, frozenset())
        found.extend(replace(one, report=True) for one in _of_row(row, context))
    titles = {heading for row in rows for heading in row.line.headings}
    days = [said.day for title in titles if (said := first_date(title)) is not None]
    known = [one for one in (*days, *(one.session_date for one in found)) if one]
    kept = (one.due_date for one in found if one.status == "done" and one.due_date)
    told = max(known, default=day or max(kept, default=None))
    return tuple(replace(one, told=told) for one in found)


def _marked(lines: Sequence[Line], people: People) -> frozenset[int]:
    owned: dict[int, int] = defaultdict(int)
    for line in lines:
        if line.role == "item" and marked_owner(line.words, people):
            owned[line.group] += 1
    return frozenset(owned)


def _of_row(row: Row, context: _Context) -> Iterator[Action]:
    if not row.cells.get("action"):
        yield from _in_charge(row, context)
        return
    task, state, when = (row.cells.get(column, "") for column in ("action", "status", "due"))
    if not state and status_said(when) == "done":  # « Échéance : fait »
        state, when = when, ""
    status = _row_status(task, state)
    owner = _row_owner(row, context)
    due = due_cell(when, context.day)
    if due is None and status != "done":
        due = due_in_state(state, context.day)
    yield Action(
        task,
        context.session_date,
        owner,
        certain(owner) if owner else True,
        due.text if due else None,
        due.day if due else None,
        status,
        item=row.line.item,
        source=row.line.source(context.document, row.quote),
        subject=task if state else None,
        state=state or None,
        report=bool(state),
    )


_UNTIL: Final = re.compile(r"[,;]? (?:pour|avant|d'ici|by|before) ", re.IGNORECASE)
"""« Fatou, pour le 10 juin »."""


def _in_charge(row: Row, context: _Context) -> Iterator[Action]:
    """Who is to see to what a row of minutes decides, or undertakes it in the owners' column."""
    written, decided = row.cells.get("owner", ""), row.decision
    said = undertaking_in(written, context.people)
    task = written if said is not None else decided
    owner = said.owner if said is not None else _row_owner(row, context)
    owner = _UNTIL.split(owner)[0].strip() if owner else None
    if not task or not owner:
        return
    due = due_in(f"{written} {row.cells.get('due', '')}", context.day)
    yield Action(
        task,
        context.session_date,
        owner,
        certain(owner),
        due.text if due else None,
        due.day if due else None,
        "open",
        item=row.item,
        source=row.line.source(context.document, row.quote),
    )


def _row_status(task: str, state: str) -> str:
    ticked = re.match(
        r"(?:x|oui|yes|100 ?%|fait|done|termine|complete|realise|regle|ferme|closed?)", fold(state)
    )
    said = status_said(state)
    if said == "open" or _CROSSED.match(state):
        return "open"
    ticked = ticked or _TICKED.match(state)
    return "done" if ticked or said or is_participle(state) or _DONE.search(task) else "open"


def _row_owner(row: Row, context: _Context) -> str | None:
    written = row.cells.get("owner", "")
    if written and likely(written):
        return written
    for column in ("action", "status"):
        said = undertaking_in(row.cells.get(column, ""), context.people)
        if said is not None and said.owner is not None:
            return said.owner
    return None


def _of_line(line: Line, context: _Context) -> Iterator[Action]:
    if line.kind in ("people", "ideas") and not _BOX.match(line.text):
        return
    if kind_of(line.words) in SPOKEN or says_nothing(line.words):
        return
    if box := _BOX.match(line.text):
        yield _boxed(line, box, context)
    elif shares := shared_out(line.text, context.people, listed=line.kind == "follow_up"):
        yield from (_action(line, part, said, context, None) for part, said in shares)
    elif report := _report_of(line, context):
        yield _reported(line, report, context)
    elif (line.kind in OF_ACTIONS or line.kind == "next") and _is_task(line, context):
        yield from _of_task(line, context)
    elif line.kind == "follow_up" and is_label(line, context.people):
        return
    else:
        yield from _of_prose(line, context)


def _boxed(line: Line, box: re.Match[str], context: _Context) -> Action:
    ticked = (box["mark"] or "").strip() or (box["sign"] or "") in tuple("☑☒✅✓✔")
    words = plain(line.text[box.end() :])
    if report := report_in(words, context.people):
        told = _reported(line, report, context)
        return replace(told, status="done" if ticked else told.status)
    said = owner_of(words, line, context.people)
    return _action(line, line.text, said, context, "done" if ticked else "open")


# -- reports


def _report_of(line: Line, context: _Context) -> Report | None:
    """A line of follow-ups that says how an earlier action stands."""
    if line.kind not in OF_ACTIONS or line.children:
        return None
    report = report_in(line.words, context.people)
    places = (*line.headings, *(parent.words for parent in line.parents))
    if report is not None or not opens_reports(places) or is_question(line.words):
        return report
    told = told_in(line.words)
    at_work = told and (
        context.people.knows(told.subject) or _still_owned(told.state, context) is not None
    )
    return None if at_work else told


def _still_owned(state: str, context: _Context) -> str | None:
    """Who still has something to do, as a state tells it."""
    said = in_some_sentence(state, context.people)
    return said.owner if said and said.rule in ("modal", "future", "pledge", "present") else None


def _reported(line: Line, report: Report, context: _Context) -> Action:
    status = report.status or ("done" if line.kind == "done" else None)
    # « Préparer le guide (Marie) : pour mai » is a task, whose bracket says who
    new = (
        status is None
        and starts_with_verb(report.subject)
        and not tells_how_it_stands(report.state)
    )
    state = _URL.sub(" ", report.state)
    due = (None if status == "done" else due_in_state(state, context.day)) or Due("")
    if new and only_a_date(state):  # « Relancer la direction (Marie) – 15 avril »
        due = due_cell(state, context.day) or due
    owner = report.owner or _still_owned(report.state, context)
    sure = certain(owner) if owner else True
    if owner is None and status == "open" and (owner := only_one_in(line.words, context.people)):
        sure = False  # « Luc en a fait la moitié. Il demande jusqu'au 4 mai. »
    return Action(
        line.text,
        context.session_date,
        owner,
        sure,
        due.text or None,
        due.day,
        status or ("open" if new else "unknown"),
        item=line.item,
        source=line.source(context.document),
        subject=report.subject,
        state=report.state,
        report=not new,
    )


# -- lists of actions


def _is_task(line: Line, context: _Context) -> bool:
    """Whether a line of a section of actions is one of them, and not a detail or a remark."""
    words = straight(line.words)
    moved_on = line.reopened and not _leads_to_tasks(line, context)
    if line.kind == "next" or moved_on or kind_of(words) != "topic" or LINK_ONLY.fullmatch(words):
        return False
    if line.role == "sentence":
        own = _of_its_own(words, context) or label_of(words, context.people) is not None
        return own or _names_a_task(words, line, context)
    if is_label(line, context.people) or is_question(words):
        return False
    return (_stands_alone(line, context) and not _planned(line)) or (
        _of_its_own(words, context) and not is_idea(words)
    )


_TOLD: Final = re.compile(
    r"\b(?:est|sont|(?:a|ont) (?:\w+ )?\w+(?:é|i|u|is|it)e?s?|avait|était|dit|trouve|demande|propose|pense|is|are|was|were|has|have|had|says|said|asks|thinks)\b"
    r"|: ?(?:j'|c'|(?:je|on|il|elle|ils|elles|nous|ça|bravo|merci|absente?|excusée?|I|we|it|she|he|they|thanks?|well done|away)\b)"
)


def _names_a_task(words: str, line: Line, context: _Context) -> bool:
    """« Zoé : la fiche, 4 mai », a paragraph under « À faire »; what she says or did is none."""
    said = leading_owner(words, context.people)
    return (
        said is not None
        and line.kind == "follow_up"
        and context.people.knows(said.owner or "")
        and not is_question(words)
        and _TOLD.search(words) is None
    )


def _stands_alone(line: Line, context: _Context) -> bool:
    """At the top of its list, or right under a label: not the detail of another task."""
    if not line.parents:
        return True
    over = line.parents[-1]
    return is_label(over, context.people) or kind_of(over.words) in OF_ACTIONS


def _planned(line: Line) -> bool:
    """Under an agenda, « Prochaines étapes » is a point to discuss, and what it holds as well."""
    return bool(line.headings) and kind_of(line.headings[-1]) == "agenda"


def _of_its_own(words: str, context: _Context) -> bool:
    said = undertaking_in(words, context.people) or marked_owner(words, context.people)
    return said is not None or _french_infinitive(words)


def _french_infinitive(words: str) -> bool:
    first = words.split(maxsplit=1)[0] if words else ""
    return starts_with_verb(words) and re.search(r"(?:er|ir|re|oir)\b", first, re.I) is not None


def _leads_to_tasks(line: Line, context: _Context) -> bool:
    lead = line.lead or (line.parents[0].lead if line.parents else "")
    return bool(lead) and (
        _INTRO.search(lead) is not None or context.people.knows(lead.strip(" :"))
    )


def _of_task(line: Line, context: _Context) -> Iterator[Action]:
    apart = [piece for piece in line.pieces() if _undertaken(plain(piece), context)]
    if len(apart) > 1:
        for piece in apart:
            yield _action(line, piece, owner_of(plain(piece), line, context.people), context, None)
        return
    yield _action(line, line.text, owner_of(line.words, line, context.people), context, None)


def _undertaken(words: str, context: _Context) -> bool:
    said = undertaking_in(words, context.people)
    return said is not None and said.owner is not None


# -- prose and ordinary lists


def _of_prose(line: Line, context: _Context) -> Iterator[Action]:
    if line.kind == "agenda" and not line.parents:
        return
    if line.role == "item" and _for_nobody(line.words):
        yield _action(line, line.text, Undertaking(), context, None)
        return
    before: list[str] = []
    for piece in line.pieces():
        said = _said_in(plain(piece), line, context)
        if said is not None and not (
            said.rule not in ("label", "arrow") and states_decision(piece, line)
        ):
            action = _action(line, piece, said, context, None)
            if said.rule == "renewal":
                yield renewed(action, line, before, context.people)
            else:
                yield with_antecedent(action, said.rule, line, before, context.people)
        before.append(piece)


_NOBODY_YET: Final = re.compile(rf"\(\W*(?:{UNASSIGNED})[^()]{{0,40}}\)\W*$", re.IGNORECASE)


def _for_nobody(words: str) -> bool:
    """« Recenser le matériel (responsable à déterminer) »: a task that waits for somebody."""
    return starts_with_verb(words) and _NOBODY_YET.search(straight(words)) is not None


_TELLS: Final = re.compile(
    rf"^(?:[^,;:.]{{1,50}}, )?(?P<who>{PEOPLE}|[A-ZÀ-Þ]{{2,4}}) (?:(?:suggère|suggèrent|rappelle|rappellent|mentionne|souligne"
    r"|explique|raconte|met en garde|reminds?|suggests|mentions|explains|points out|presented|noted|proposes) (?!à |aux? |to |[A-ZÀ-Þ])"
    r"|propose(?:nt)? (?:d'|de |que )(?!(?:s'occuper|animer|faire (?!plutôt)|préparer|présenter|apporter|rédiger|héberger"
    r"|accueillir|prêter|aider|monter|organiser|écrire|envoyer|donner|appeler|contacter|prendre)\b))"
)
"""Somebody suggests or tells something that nobody has taken on."""


def _said_in(words: str, line: Line, context: _Context) -> Undertaking | None:
    if label := label_of(words, context.people):
        return label
    pointed = re.match(r"[–—-]{1,2}> ?", words)
    if pointed and _french_infinitive(words[pointed.end() :]):
        return Undertaking(rule="arrow")
    if marked := marked_owner(words, context.people) or _named_for(words, context):
        return marked
    if renews(words):
        return Undertaking(None, False, "renewal")
    if is_idea(words):
        return None
    said = _undertaken_in(words, line, context)
    tells = _TELLS.search(straight(words))
    return (
        None if said and tells and said.owner in (None, words[slice(*tells.span("who"))]) else said
    )


def _named_for(words: str, context: _Context) -> Undertaking | None:
    """« Zoé : demander les clés pour le 4 mai »: who, what to do and by when, anywhere. Without a
    day, it may be what she said, unless an arrow leads to it."""
    *_, arrow = (None, *POINTS.finditer(words))
    if arrow is not None:
        words = words[arrow.end() :]
    said = leading_owner(words, context.people)
    if said is None or not context.people.knows(said.owner or ""):
        return None
    task = words[len(said.owner or "") :].lstrip(" \u00a0\u202f:–—-")
    given = arrow is not None or due_in(task, context.day) is not None
    return said if _french_infinitive(task) and given else None


_NO_TASK: Final = re.compile(
    r"\bdéjà\b|\bdepuis\b|\bprend (?:ça avec|sa retraite|(?:un |son )?congé)|\b(?:embarque|quitte|nous quitte|part) ",
    re.IGNORECASE,
)
"""What somebody does already, or that somebody leaves or joins: no task."""


def _undertaken_in(words: str, line: Line, context: _Context) -> Undertaking | None:
    said = undertaking_in(words, context.people)
    if said is not None and fold(said.owner or "") in FIRST_PERSON:
        return spoken_by(said, line)
    passing = opens_or_closes(line.headings) or _NO_TASK.search(words)
    if said is not None and said.rule == "present":
        taken = takes_on(words, said.owner or "") or due_in(words, context.day) is not None
        return said if taken and not passing else None
    if said is not None or is_question(words):
        return said
    if line.role in ("item", "sentence") and due_in(words, context.day) and not passing:
        said = dated_present(words, context.people) or dated_pronoun(words)
        if said is not None:
            return said
    if line.role == "item" and line.group in context.marked_groups and _french_infinitive(words):
        return Undertaking(rule="sibling")
    return by_pronoun(words) or _by_speaker(words, line, context)


def _by_speaker(words: str, line: Line, context: _Context) -> Undertaking | None:
    """« Noureen : » over "Will provide links": the label it stands under says who."""
    if not re.match(r"(?:[Ww]ill|[Tt]o|[Vv]a|[Dd]oit|[Dd]evra) [a-z]", words):
        return None
    owner = owner_over(line, context.people)
    return Undertaking(owner, False, "speaker") if owner else None


# -- the record of an action


def _action(
    line: Line, quote: str, said: Undertaking, context: _Context, status: str | None
) -> Action:
    words = _URL.sub(" ", plain(quote))
    # of what is reviewed, « partie le 2 mai » tells what happened
    dated = due_in_state if line.kind == "review" else due_in
    due = (
        due_renewed(words, context.day)
        or dated(words, context.day)
        or due_cell(said.due, context.day)
        or Due("")
    )
    status = status or status_of(quote, line, said)
    ahead = due.day is not None and due.day > (context.session_date or "9999")
    return Action(
        quote,
        context.session_date,
        said.owner,
        said.owner_certain,
        due.text or None,
        due.day,
        "open" if status == "unknown" and ahead else status,
        item=line.item,
        source=line.source(context.document, quote),
    )


_AHEAD: Final = frozenset(
    {"modal", "future", "will", "to", "pledge", "asked", "pronoun", "speaker"}
)
"""Rules whose verb itself says that the thing is still to be done."""


def status_of(quote: str, line: Line, said: Undertaking) -> str:
    """``done`` where the record says so or lists what is done, ``unknown`` for actions reviewed."""
    words = straight(plain(quote))
    if line.kind == "done" or any(kind_of(parent.words) == "done" for parent in line.parents):
        return "done"
    if _UNDERWAY.search(words):
        return "open"
    if line.kind == "review" and tells_done(words):
        return "done"
    past = said.rule not in _AHEAD and _PAST.match(words) and not _TO_DO.search(words)
    if past or _DONE.search(quote):
        return "done"
    return "unknown" if line.kind == "review" else "open"
