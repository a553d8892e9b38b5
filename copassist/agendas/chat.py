"""An agenda asked for in a chat: what was understood, what is missing, and the draft itself.

Nothing is kept between messages but the messages: what was asked is read again from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date

from copassist.agendas.drafting import announced_day, draft_from, likely_minutes
from copassist.agendas.items import Agenda, AgendaItem, AgendaPoint, written_day
from copassist.agendas.requests import (
    REQUIRED,
    AskedAgenda,
    asks_for_agenda,
    asks_something_else,
    read_request,
)
from copassist.answers import Answer, Citation, Sentence
from copassist.citations import quote_in, shown
from copassist.filters import Filters
from copassist.library import Library
from copassist.sanitize import sanitize
from copassist.words import Words, words


def asked_before(
    earlier: Sequence[str], text: str, today: date, language: str
) -> AskedAgenda | None:
    """The agenda that ``text`` asks for, or completes: ``earlier`` are the messages before it.

    ``None`` where it does neither: any other question interrupts a request, and is answered.
    """
    if asks_for_agenda(text):
        return read_request(text, today, language)
    pending: AskedAgenda | None = None
    for message in earlier:
        if asks_for_agenda(message):
            pending = read_request(message, today, language)
        elif pending is not None:
            pending = _completed(pending, message, today)
    if pending is None or pending.ready:
        return None
    return _completed(pending, text, today)


def _completed(asked: AskedAgenda, text: str, today: date) -> AskedAgenda | None:
    """The request with what ``text`` adds; ``None`` where it adds nothing that was missing."""
    if asks_something_else(text):
        return None
    more = asked.completed(text, today)
    answered = set(asked.missing) - set(more.missing)
    return more if answered else None


def answer_to(
    question: str, asked: AskedAgenda, library: Library, today: date, language: str
) -> Answer:
    """The draft, or the questions without which there is none.

    The date of the session that the records announce, and the usual length of those before it,
    stand in for what was not given, and it is said. Raises :class:`UsageError` for a request that
    cannot be met.
    """
    say = words(language)
    assumed: list[str] = []
    if not asked.ready:
        asked, assumed = _with_what_records_tell(asked, library, today)
    if not asked.ready:
        return _questions(question, asked, say)
    agenda = draft_from(library, asked.request(), today)
    return _told(question, agenda, asked, assumed, library)


def _with_what_records_tell(
    asked: AskedAgenda, library: Library, today: date
) -> tuple[AskedAgenda, list[str]]:
    """``asked`` with the day announced and the usual length where it gives none, and the keys of
    the words that say which was assumed."""
    register, _ = library.register(today)
    assumed: list[str] = []
    if asked.date is None and (day := announced_day(register, today)):
        asked = replace(asked, date=day)
        assumed.append("agenda_announced")
    if asked.minutes is None:
        minutes = likely_minutes(library, register, today, asked.date)
        asked = replace(asked, minutes=minutes)
        assumed += ["agenda_length"] if minutes else []
    return asked, assumed


def _questions(question: str, asked: AskedAgenda, say: Words) -> Answer:
    needed = [say(f"agenda.ask.{name}") for name in asked.missing if name in REQUIRED]
    others = [say(f"agenda.ask.{name}") for name in asked.missing if name not in REQUIRED]
    parts = [f"**{say('registeranswers.agenda_needs')}**", _list(needed)]
    if others:
        parts += [say("registeranswers.agenda_optional"), _list(others)]
    if facts := list(_facts(asked, say)):
        parts.append(f"*{say('registeranswers.agenda_read', facts=' · '.join(facts))}*")
    return Answer(
        question,
        "\n\n".join(parts),
        abstained=False,
        language=say.language,
        origin="agenda",
        agenda={"asked": asdict(asked), "missing": list(asked.missing), "draft": None},
    )


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _facts(asked: AskedAgenda, say: Words) -> Iterator[str]:
    if asked.date:
        yield written_day(asked.date, say.language)
    if asked.minutes:
        yield say("agenda.duration", minutes=asked.minutes)
    if asked.people:
        yield say("agenda.reasons.people_known", people=asked.people)
    if asked.mode:
        yield say(f"agenda.modes.{asked.mode}")
    if asked.theme:
        yield asked.theme


def _told(
    question: str, agenda: Agenda, asked: AskedAgenda, assumed: Sequence[str], library: Library
) -> Answer:
    """The draft as an answer: its items with their minutes, its lines with their sources."""
    say = words(agenda.language)
    citations = _citations(agenda, library)
    known = {one.label for one in citations}
    lines, sentences = [], []
    for number, item in enumerate(agenda.items, 1):
        lines.append(_item(number, item, known, say))
        for point in item.points:
            labels = tuple(label for label in point.labels if label in known)
            lines.append(f"   - {_point(point, labels)}")
            if labels:
                sentences.append(Sentence(_plain(point.text), labels))
    parts = [
        f"**{_plain(agenda.title)}** · {' · '.join(_facts(asked, say))}",
        " ".join(say(f"registeranswers.{key}") for key in assumed),
        "\n".join(lines),
        "\n".join(f"- *{_plain(warning)}*" for warning in agenda.warnings),
        say("registeranswers.agenda_open"),
    ]
    return Answer(
        question,
        "\n\n".join(part for part in parts if part),
        abstained=False,
        citations=citations,
        sentences=tuple(sentences),
        language=agenda.language,
        origin="agenda",
        agenda={"asked": asdict(asked), "missing": [], "draft": agenda.to_dict()},
    )


def _citations(agenda: Agenda, library: Library) -> tuple[Citation, ...]:
    """The agenda's citations, labels kept, as those of an answer."""
    places = {}
    for one in agenda.citations:
        version, _, number = one.passage.rpartition(":")
        if number:
            places[one.label] = (version, int(number))
    shown_ = Filters(community=library.settings.community)
    passages = library.catalogue.ready_passages(places.values(), shown_)
    found = []
    for one in agenda.citations:
        passage, document = passages.get(places.get(one.label, ("", 0)), (None, None))
        if passage is not None and document is not None and quote_in(one.quote, passage.text):
            found.append(Citation(one.label, one.quote, passage, document))
    return tuple(found)


def _item(number: int, item: AgendaItem, known: set[int], say: Words) -> str:
    inside = {label for point in item.points for label in point.labels}
    own = [one.label for one in item.citations if one.label not in inside and one.label in known]
    minutes = say("agenda.duration", minutes=item.minutes)
    lead = f" · {_plain(item.lead)}" if item.lead else ""
    return f"{number}. **{_plain(item.title)}** · {minutes}{lead} {''.join(map(shown, own))}"


def _point(point: AgendaPoint, labels: Sequence[int]) -> str:
    facts = " · ".join(_plain(fact) for fact in (point.owner, point.due, point.note) if fact)
    told = f" *({facts})*" if facts else ""
    return f"{_plain(point.text)}{told} {''.join(map(shown, labels))}"


def _plain(text: str) -> str:
    return " ".join(sanitize(text).split())
