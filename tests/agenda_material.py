"""A small community's register for the tests of agendas and their renderings."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date
from typing import Final

from copassist.agendas import Agenda, AgendaItem, AgendaRequest, draft
from copassist.agendas.items import clock_time, minutes_of
from copassist.formats import load_formats
from copassist.passages import Document, Locator
from copassist.records import (
    Action,
    Decision,
    NextSession,
    Register,
    Session,
    Source,
    Topic,
)

TODAY: Final = date(2026, 11, 22)
COMING: Final = "2026-12-03"
MONTHS: Final = range(4, 12)
DOCUMENTS: Final = {
    f"d{month}": Document(
        f"d{month}",
        "default",
        f"2026-{month:02}-10.md",
        f"Rencontre {month}",
        "minutes",
        f"2026-{month:02}-10",
    )
    for month in MONTHS
}


def day(month: int) -> str:
    return f"2026-{month:02}-10"


def source(month: int, quote: str) -> Source:
    return Source(f"d{month}", f"v{month}:1", quote, Locator(headings=("Suivis",)))


def session(month: int, next_session: NextSession | None = None) -> Session:
    turns = ("Amina", "Luc", "Rosalie")
    return Session(
        day(month),
        f"Rencontre {month}",
        attendance=month,
        facilitation=turns[month % 3],
        note_taking=turns[(month + 1) % 3],
        next_session=next_session,
        source=source(month, f"Rencontre du 10 du mois {month}"),
    )


ANNOUNCED: Final = NextSession(COMING, "L'écriture cursive au premier cycle", "Rosalie")
SESSIONS: Final = tuple(session(month, ANNOUNCED if month == 11 else None) for month in MONTHS)
ACTIONS: Final = (
    Action(
        "Envoyer la grille à tout le monde",
        day(11),
        "Luc",
        due="d'ici le 20 novembre",
        due_date="2026-11-20",
        status="open",
        item="Grille d'observation",
        source=source(11, "Luc envoie la grille à tout le monde d'ici le 20 novembre"),
    ),
    Action("Réserver la salle", day(10), status="open", source=source(10, "Réserver la salle")),
    Action(
        "Imprimer les affiches",
        day(10),
        "elle",
        owner_certain=False,
        status="open",
        source=source(10, "Elle imprime les affiches"),
    ),
    Action("Écrire au comité", day(9), "Amina", status="done", source=source(9, "fait")),
    Action("Vérifier le budget", day(11), "Amina", source=source(11, "Amina vérifie le budget")),
    Action("Relancer la direction", day(5), "Luc", source=source(5, "Luc relance la direction")),
)
TOPICS: Final = (
    Topic("Grille d'observation", day(10), source=source(10, "Grille d'observation")),
    Topic("Tenue du crayon", day(4), source=source(4, "Tenue du crayon")),
    Topic("Tour de table", day(4), source=source(4, "Tour de table")),
    Topic(
        "Évaluation du geste",
        day(11),
        deferred=True,
        source=source(11, "Évaluation du geste : reporté à la prochaine rencontre"),
    ),
    Topic("Vidéos de classe", day(11), source=source(11, "Vidéos de classe")),
)
DECISIONS: Final = (
    Decision(
        "Adopter la grille d'observation commune",
        day(11),
        "Grille d'observation",
        source=source(11, "Décision : adopter la grille d'observation commune"),
    ),
)
REGISTER: Final = Register(SESSIONS, DECISIONS, ACTIONS, TOPICS)


FORMATS = load_formats()
LENGTHS = range(30, 245, 5)


def make(request: AgendaRequest, register: Register = REGISTER, gaps: Iterable[str] = ()) -> Agenda:
    return draft(request, register, DOCUMENTS, FORMATS, TODAY, tuple(gaps))


def by_id(agenda: Agenda, name: str) -> AgendaItem:
    return next(item for item in agenda.items if item.id == name)


def total(agenda: Agenda) -> int:
    return sum(item.minutes for item in agenda.items)


def hold_clock(agenda: Agenda) -> None:
    times = agenda.clock()
    if agenda.start is None:
        assert times == ()
        return
    assert times[0][0] == agenda.start
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(times))
    assert times[-1][1] == clock_time(minutes_of(agenda.start) + agenda.minutes)
