"""Agendas drafted from the register, edited by hand, recognised in a chat."""

from copassist.agendas.drafts import draft
from copassist.agendas.edits import (
    add_item,
    alternatives,
    change_minutes,
    drop_point,
    edit_item,
    move_item,
    regenerate,
    remove_item,
    swap_format,
    usual_bounds,
)
from copassist.agendas.items import (
    Agenda,
    AgendaItem,
    AgendaPoint,
    AgendaRequest,
    AgendaStep,
    Citation,
    Proposal,
    Wording,
    written_clock,
    written_day,
)
from copassist.agendas.requests import AskedAgenda, asks_for_agenda, read_request

__all__ = [
    "Agenda",
    "AgendaItem",
    "AgendaPoint",
    "AgendaRequest",
    "AgendaStep",
    "AskedAgenda",
    "Citation",
    "Proposal",
    "Wording",
    "add_item",
    "alternatives",
    "asks_for_agenda",
    "change_minutes",
    "draft",
    "drop_point",
    "edit_item",
    "move_item",
    "read_request",
    "regenerate",
    "remove_item",
    "swap_format",
    "usual_bounds",
    "written_clock",
    "written_day",
]
