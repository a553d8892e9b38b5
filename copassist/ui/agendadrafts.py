"""A person's draft agenda: made, kept, changed by hand, taken up again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, Final

from copassist.agendas import (
    Agenda,
    AgendaItem,
    AgendaRequest,
    Wording,
    change_minutes,
    edit_item,
    move_item,
    regenerate,
    swap_format,
)
from copassist.agendas.drafting import draft_from, worded_from
from copassist.agendas.numbers import NUMBER, number
from copassist.agendas.wording import with_wording
from copassist.analysis import fold
from copassist.draftstore import Drafts
from copassist.errors import CopassistError, InputError
from copassist.ui.clicks import opened
from copassist.ui.markup import problem
from copassist.words import words
from copassist.workspace import Workspace

PLACED: Final = ("move", "minutes", "format")
"""What is done to an item in the list itself."""

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
            # by name as well as by time: both may bear the same second
            if draft and draft["id"] in known:
                break
            if draft and (latest is None or turn.asked > latest.saved):
                save(workspace, person, Agenda.from_dict(draft))
                break
    return saved(workspace, person)


def history_choices(workspace: Workspace, person: str, language: str) -> list[tuple[str, int]]:
    """The states of a person's drafts, latest first, by when they were saved."""
    say = words(language)
    return [
        (
            say(
                "ui.agenda.state", saved=one.saved[:16].replace("T", " "), title=one.draft["title"]
            ),
            one.id,
        )
        for one in drafts(workspace).of(person)
    ]


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
    from copassist.citations import find_quote

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
) -> Agenda:
    """The agenda with one item as the fields say. Raises :class:`CopassistError`."""
    before = next(one for one in agenda.items if one.id == item)
    if said is not None and said.strip() != words_of(before):
        agenda = edit_item(agenda, item, wording=by_hand(said))
    if title != before.title or (lead or None) != before.lead:
        agenda = edit_item(agenda, item, title=title, lead=lead)
    if chosen and chosen != before.format:
        agenda = swap_format(agenda, item, chosen)
    if minutes is not None and round(minutes) != before.minutes:
        agenda = change_minutes(agenda, item, round(minutes))
    return agenda


def placed(agenda: Agenda, data: Mapping[str, Any]) -> Agenda:
    """The agenda with an item moved, timed or held otherwise as ``agenda.js`` tells. Raises
    :class:`CopassistError`."""
    item = str(data["item"])
    if data["act"] == "move":
        return move_item(agenda, item, int(data["position"]))
    if data["act"] == "format":
        return swap_format(agenda, item, str(data["format"]))
    said = str(data["minutes"]).strip()
    return change_minutes(agenda, item, int(said) if said.isdecimal() else 0)
