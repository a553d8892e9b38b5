"""What a search may look at: communities, levels, kinds, periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from copassist.dates import falls_within
from copassist.passages import LEVELS


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on documents; ``since`` and ``until`` are ISO dates, both inclusive, of which a
    document's is told apart as far as it goes (:func:`~copassist.dates.falls_within`).

    Who may see what is ``community`` and ``levels``: they choose the collections searched.
    A document without a session date passes no period.
    """

    community: str = "default"
    levels: tuple[str, ...] = LEVELS
    kind: str | None = None
    since: str | None = None
    until: str | None = None
    day: str | None = None
    """Of this very day: a document that tells its month alone is not."""

    @property
    def narrow(self) -> bool:
        """Whether some documents of the collections searched may be refused."""
        return any((self.kind, self.since, self.until, self.day))

    def accept(self, document: Any) -> bool:
        """Whether passages of ``document`` (a :class:`~copassist.passages.Document`, or a row
        with its community, level, kind and date) may be shown.
        """
        if document.community != self.community or document.level not in self.levels:
            return False
        if self.kind and document.kind != self.kind:
            return False
        if self.day and not (document.date or "").startswith(self.day):
            return False
        if not (self.since or self.until):
            return True
        return falls_within(document.date, self.since, self.until)
