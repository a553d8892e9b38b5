"""What an ingestion tells: its progress while it runs, its report at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from copassist.errors import CopassistError, SyncRefusedError, UnreadableError
from copassist.uploads import Stage


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts so far; totals grow while archives are opened."""

    files: int = 0
    files_total: int = 0
    passages: int = 0
    """Passages found by their words."""
    embedded: int = 0
    """Of these, found by their sense too."""
    name: str = ""
    """The file just finished."""
    to_embed: int = 0
    """Once files are read: passages whose vectors this run makes, some of them of earlier runs."""

    @property
    def stage(self) -> Stage:
        """What of this a person is shown."""
        if self.to_embed:
            return Stage("passages", min(self.embedded, self.to_embed), self.to_embed)
        return Stage("files", self.files, self.files_total)


@dataclass(frozen=True, slots=True)
class Report:
    """What became of each file; every file given is in exactly one of the lists."""

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    duplicate: tuple[tuple[str, str], ...] = ()
    """(path, path of the document that has the same bytes)."""
    failed: tuple[tuple[str, UnreadableError], ...] = ()
    passages: int = 0
    seconds: float = 0.0
    refused: SyncRefusedError | None = None
    """Why what the folder no longer holds was not removed."""

    def to_dict(self, language: str) -> dict[str, Any]:
        """As the command-line contract writes it; reasons and hints in ``language``."""
        return {
            "added": list(self.added),
            "replaced": list(self.replaced),
            "unchanged": list(self.unchanged),
            "removed": list(self.removed),
            "duplicate": [{"path": path, "of": of} for path, of in self.duplicate],
            "failed": [{"path": path, **_told(error, language)} for path, error in self.failed],
            "refused": self.refused and _told(self.refused, language),
            "passages": self.passages,
            "seconds": round(self.seconds, 3),
        }


def _told(error: CopassistError, language: str) -> dict[str, str]:
    return {"reason": error.reason(language), "hint": error.hint(language)}
