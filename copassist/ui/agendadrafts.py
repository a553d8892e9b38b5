"""A person's draft agenda: made, kept, changed by hand, taken up again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from copassist.agendas import (
    Agenda,
    AgendaItem,
    AgendaRequest,
    Wording,
    change_minutes,
    drop_point,
    edit_item,
    move_item,
    regenerate,
    swap_format,
    written_clock,
    written_day,
)
from copassist.agendas.differences import what_changed
from copassist.agendas.drafting import USUAL_MINUTES, draft_from, offered_session, worded_from
from copassist.agendas.edits import item_of
from copassist.agendas.items import STYLES
from copassist.agendas.numbers import NUMBER, number
from copassist.agendas.wording import with_wording
from copassist.analysis import fold
from copassist.citations import find_quote
from copassist.draftstore import Drafts, SavedDraft
from copassist.errors import AgendaError, CopassistError, InputError
from copassist.formats import MODES
from copassist.ui.clicks import opened
from copassist.ui.markup import local_time, problem
from copassist.words import Words, words
from copassist.workspace import Workspace

PLACED: Final = ("move", "minutes", "format", "point")
"""What is done to an item in the list itself."""
EMPTY: Final = ("", "", USUAL_MINUTES, "", MODES[0], STYLES[0], "")
"""The fields of the form as they are before anything is offered or typed: day, start, minutes,
people, mode, style, theme."""

_PEOPLE: Final = re.compile(rf"(?P<count>{NUMBER})(?:\s+[^\W\d]+)*")


def drafted(workspace: Workspace, request: AgendaRequest, today: date) -> Agenda:
    """A draft from what the records say is open. Raises :class:`CopassistError`."""
    return draft_from(workspace.library, request, today)


def drafts(workspace: Workspace) -> Drafts:
    """Every state of every draft of the community."""
    return Drafts(workspace.library.catalogue, workspace.community)


def saved(workspace: Workspace, person: str) -> Agenda | None:
    """The person's latest draft."""
    kept = drafts(workspace).latest(person)
    return Agenda.from_dict(kept.draft) if kept else None


def called(workspace: Workspace, reference: str) -> Agenda | None:
    """The agenda that filled-in minutes refer to, as it was last saved."""
    kept = drafts(workspace).called(reference)
    return Agenda.from_dict(kept.draft) if kept else None


def save(workspace: Workspace, person: str, agenda: Agenda) -> None:
    """Keep a draft: it is there when the page is opened again, and so are those before it."""
    drafts(workspace).save(person, agenda.to_dict())


def adopted(workspace: Workspace, person: str) -> Agenda | None:
    """The latest draft; one made in a conversation since is taken up first."""
    known = {one.agenda for one in drafts(workspace).of(person)}
    latest = drafts(workspace).latest(person)
    for conversation in workspace.conversations.of(person)[:1]:
        for turn in reversed(workspace.conversations.turns(person, conversation.id)):
            draft = ((turn.answer or {}).get("agenda") or {}).get("draft")
            # by id as well as by time: times are kept to the second
            if draft and draft["id"] in known:
                break
            if draft and (latest is None or turn.asked > latest.saved):
                save(workspace, person, _taken_up(latest, Agenda.from_dict(draft)))
                break
    return saved(workspace, person)


def _taken_up(latest: SavedDraft | None, agenda: Agenda) -> Agenda:
    """A conversation's draft with what was changed by hand for the same session, if that fits; it
    keeps its own reference, by which it is known to have been taken up."""
    before = Agenda.from_dict(latest.draft) if latest else None
    try:
        return replace(with_hand_edits(before, agenda), id=agenda.id)
    except AgendaError:  # the draft before it stays among the saved states
        return agenda


def made(
    workspace: Workspace, person: str, request: AgendaRequest, today: date
) -> tuple[Agenda, str]:
    """A draft kept for the person, and the key of what to say of it.

    One of the same session keeps what was changed by hand; another session's stays among the
    saved states. Raises :class:`CopassistError`.
    """
    agenda, before = drafted(workspace, request, today), saved(workspace, person)
    said = "made"
    if before is not None and (before.removed or any(one.frozen for one in before.items)):
        said = "made_keeping" if before.date == agenda.date else "made_beside"
    agenda = with_hand_edits(before, agenda)
    save(workspace, person, agenda)
    return agenda, f"ui.agenda.{said}"


def with_hand_edits(before: Agenda | None, agenda: Agenda) -> Agenda:
    """``agenda`` with what a person changed in the draft ``before`` of the same session. Raises
    :class:`AgendaError` where that takes too long for it."""
    if before is None or before.date != agenda.date:
        return agenda
    return regenerate(before, agenda)


def form_of(agenda: Agenda) -> list[Any]:
    """What the form of a request says of a draft: its fields, in order."""
    people = "" if agenda.people is None else str(agenda.people)
    known = [agenda.date, agenda.start or "", agenda.minutes, people]
    return [*known, agenda.mode or MODES[0], agenda.style, agenda.theme or ""]


def offered_form(workspace: Workspace, person: str, today: date) -> list[Any]:
    """The form to begin with: the draft under way, else an empty one for the next session."""
    agenda = saved(workspace, person)
    if agenda is not None and agenda.date >= today.isoformat():
        return form_of(agenda)
    day, minutes = offered_session(workspace.library, today)
    return [day, EMPTY[1], minutes, *EMPTY[3:]]


def history_choices(workspace: Workspace, person: str, language: str) -> list[tuple[str, int]]:
    """The states of a person's drafts, latest first: when each was saved, and what it changed."""
    say = words(language)
    states = drafts(workspace).of(person)
    known = [Agenda.from_dict(one.draft) for one in states]
    return [
        (_state(one, agenda, before, say), one.id)
        for one, agenda, before in zip(states, known, [*known[1:], None], strict=False)
    ]


def _state(one: SavedDraft, agenda: Agenda, before: Agenda | None, say: Words) -> str:
    at = local_time(one.saved)
    return say(
        "ui.agenda.state",
        saved=written_day(at.date().isoformat(), say.language),
        time=written_clock(f"{at:%H:%M}", say.language),
        change=what_changed(before, agenda, say),
        date=written_day(agenda.date, say.language),
    )


def again(workspace: Workspace, agenda: Agenda, today: date, only: Collection[str] = ()) -> Agenda:
    """The agenda drafted anew from the records, all of it or ``only`` these items; what was
    changed by hand stays. Raises :class:`CopassistError`."""
    request = AgendaRequest(
        agenda.date,
        agenda.minutes,
        agenda.people,
        agenda.mode,
        agenda.theme,
        agenda.style,
        agenda.start,
        language=agenda.language,
    )
    return regenerate(agenda, drafted(workspace, request, today), only)


def cited(workspace: Workspace, data: dict[str, Any], language: str) -> str:
    """The viewer at a citation of the agenda: its quote is looked for in its document."""
    if data.get("act") != "leaf":
        quote = str(data["quote"])
        try:
            document = workspace.library.catalogue.document(
                workspace.community, str(data["document"])
            )
        except CopassistError as error:
            return problem(error, language)
        for passage in workspace.library.catalogue.version_passages(document.version):
            if find_quote(quote, passage.text):
                data = data | {"passage": passage.id}
                break
        else:
            data = data | {"passage": f"{document.version}:0"}
    return opened(workspace, data, language)


def item_choices(agenda: Agenda | None) -> list[tuple[str, str]]:
    """Items to change, by number and title."""
    items = agenda.items if agenda else ()
    return [(f"{number}. {item.title}", item.id) for number, item in enumerate(items, 1)]


def words_of(item: AgendaItem) -> str:
    """An item's aim and questions as they are written by hand: one a line."""
    wording = item.wording or Wording()
    return "\n".join(filter(None, (wording.aim, *wording.questions)))


def by_hand(text: str) -> Wording:
    """What :func:`words_of` gives, changed by a person: a line that asks is a question."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    asked = tuple(line for line in lines if line.endswith("?"))
    return Wording(" ".join(line for line in lines if not line.endswith("?")), asked)


def worded(workspace: Workspace, person: str) -> Iterator[Agenda]:
    """The person's draft each time the chat model has worded an item of it.

    It is the latest state that gets the words, whatever was changed by hand meanwhile.
    Raises :class:`CopassistError`.
    """
    chat, agenda = workspace.chat, saved(workspace, person)
    if chat is None or agenda is None:
        return
    for item, wording in worded_from(workspace.library, agenda, chat):
        latest = drafts(workspace).latest(person)
        if latest is None or latest.agenda != agenda.id:
            return  # another one was begun
        grown = with_wording(Agenda.from_dict(latest.draft), item, wording)
        drafts(workspace).amend(latest.id, grown.to_dict())
        yield grown


def headcount(text: str, language: str) -> int | None:
    """A number of people as typed ("10", "dix", "une douzaine de personnes"); none where nothing
    is. Raises :class:`InputError`."""
    said = (text or "").strip()
    if not said:
        return None
    found = _PEOPLE.fullmatch(fold(said))
    if not found:
        raise InputError(problem=words(language)("agenda.problems.headcount", value=said))
    return number(found["count"])


def changed(  # noqa: PLR0913, PLR0917  # one a field of the form
    agenda: Agenda,
    item: str,
    title: str,
    lead: str,
    minutes: float | None,
    chosen: str | None,
    said: str | None = None,
    text: str = "",
) -> Agenda:
    """The agenda with one item as the fields say. Raises :class:`CopassistError`."""
    before = item_of(agenda, item)
    if text.strip() != before.text:
        agenda = edit_item(agenda, item, text=text)
    if said is not None and said.strip() != words_of(before):
        agenda = edit_item(agenda, item, wording=by_hand(said))
    if title != before.title or (lead or None) != before.lead:
        agenda = edit_item(agenda, item, title=title, lead=lead)
    if chosen and chosen != before.format:
        agenda = swap_format(agenda, item, chosen)
    if minutes is not None and round(minutes) != before.minutes:
        agenda = change_minutes(agenda, item, round(minutes))
    return agenda


def shifted(agenda: Agenda, item: str, by: int) -> Agenda:
    """The agenda with one item ``by`` places further down. Raises :class:`AgendaError`."""
    return move_item(agenda, item, agenda.items.index(item_of(agenda, item)) + by)


def placed(agenda: Agenda, data: Mapping[str, Any]) -> Agenda:
    """The agenda with an item moved, timed, held otherwise or without one of its lines, as
    ``agenda.js`` tells. Raises :class:`CopassistError`."""
    item = str(data["item"])
    if data["act"] == "point":
        return drop_point(agenda, item, int(data["point"]))
    if data["act"] == "move":
        return move_item(agenda, item, int(data["position"]))
    if data["act"] == "format":
        return swap_format(agenda, item, str(data["format"]))
    said = str(data["minutes"]).strip()
    return change_minutes(agenda, item, int(said) if said.isdecimal() else 0)
