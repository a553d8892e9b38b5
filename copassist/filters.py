"""What a search may look at: communities, levels, kinds, periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from copassist.passages import LEVELS


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on documents; ``since`` and ``until`` are ISO dates, both inclusive.

    Who may see what is ``community`` and ``levels``: they choose the collections searched.
    A document without a session date passes no period.
    """

    community: str = "default"
    levels: tuple[str, ...] = LEVELS
    kind: str | None = None
    since: str | None = None
    until: str | None = None

    @property
    def narrow(self) -> bool:
        """Whether some documents of the collections searched may be refused."""
        return any((self.kind, self.since, self.until))

    def accept(self, document: Any) -> bool:
        """Whether passages of ``document`` (a :class:`~copassist.passages.Document`, or a row
        with its community, level, kind and date) may be shown.
        """
        if document.community != self.community or document.level not in self.levels:
            return False
        if self.kind and document.kind != self.kind:
            return False
        if not (self.since or self.until):
            return True
        return bool(
            document.date
            and (not self.since or document.date >= self.since)
            and (not self.until or document.date[: len(self.until)] <= self.until)
        )
