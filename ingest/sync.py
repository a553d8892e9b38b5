"""Making a library match a folder: what is gone from the folder goes from the library.

A file that was only renamed is no removal: its bytes are under another name by then, and the
document takes that name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final

from copassist.errors import SyncRefusedError
from copassist.library import Library
from copassist.passages import Document

MOST: Final = 0.3
"""Share of a library above which removals want a yes: an unplugged disk looks like an emptied
folder. The share was asked for; nothing was measured."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a folder lacks of a library. ``renamed`` pairs a document with a name it still has."""

    removed: tuple[Document, ...] = ()
    renamed: tuple[tuple[Document, str], ...] = ()
    aliases: tuple[tuple[Document, str], ...] = ()
    """Other names that are gone while the document stays."""


def difference(documents: Iterable[Document], names: Collection[str]) -> Difference:
    """Compare a library's documents with the names a folder has now; pure.

    What was inside an archive or a mail stays as long as that file is there, goes and is renamed
    with it.
    """
    documents = list(documents)
    containers = {document.path for document in documents}

    def inside(path: str) -> bool:
        parts = path.split("/")
        return any("/".join(parts[:end]) in containers for end in range(1, len(parts)))

    def there(name: str) -> bool:
        parts = name.split("/")
        return any("/".join(parts[:end]) in names for end in range(1, len(parts) + 1))

    removed: list[Document] = []
    renamed: list[tuple[Document, str]] = []
    aliases: list[tuple[Document, str]] = []
    for document in documents:
        left = [name for name in document.also if there(name)]
        if inside(document.path) and not there(document.path) and not left:
            continue
        if there(document.path):
            aliases += [(document, name) for name in document.also if name not in left]
        elif left:
            renamed.append((document, left[0]))
            aliases += [(document, name) for name in document.also if name not in left]
        else:
            removed.append(document)
    return Difference(tuple(removed), tuple(renamed), tuple(aliases))


def apply(
    library: Library,
    found: Difference,
    total: int,
    *,
    yes: bool,
    removing: Callable[[str], None] = lambda _: None,
) -> tuple[str, ...]:
    """Carry a difference out; gives the paths removed, each told to ``removing`` before any goes.

    Raises :class:`SyncRefusedError`, having removed nothing, when more than :data:`MOST` of
    ``total`` documents would go and ``yes`` was not given.
    """
    gone = [
        path
        for document in found.removed
        for path in (document.path, *library.catalogue.members(document.community, document.path))
    ]
    if not yes and len(gone) > MOST * total:
        raise SyncRefusedError(count=len(gone), total=total, percent=f"{100 * MOST:g}")
    for document in found.removed:
        removing(document.path)
    with library.writing():
        for document, name in found.aliases:
            library.catalogue.remove_alias(document.community, name)
        for document, name in found.renamed:
            library.catalogue.rename(document.id, name)
        for document in found.removed:
            library.catalogue.supersede(document.id)
        library.sweep()
    return tuple(gone)
