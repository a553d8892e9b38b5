"""Citations of an agenda: register sources turned into labelled quotes, or refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from copassist.agendas.items import Agenda, AgendaItem, Citation, Proposal
from copassist.passages import Document, Locator
from copassist.records import Source


@dataclass(slots=True)
class Sourcing:
    """Gives each source one label. A source whose document is unknown, or that ``holds`` does
    not confirm, is refused: what rests on it alone is not said."""

    documents: Mapping[str, Document]
    language: str
    holds: Callable[[Source], bool]
    known: dict[Source, Citation] = field(default_factory=dict)

    def cite(self, *sources: Source | None) -> tuple[Citation, ...]:
        """The citations of those sources that can be cited, each once."""
        found = (self._citation(source) for source in sources if source is not None)
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def _citation(self, source: Source) -> Citation | None:
        if source in self.known:
            return self.known[source]
        document = self.documents.get(source.document)
        if document is None or not source.quote.strip() or not self.holds(source):
            return None
        place = _below(document, source.locator).label(self.language)
        citation = Citation(len(self.known) + 1, source.quote, place, document, source.passage)
        self.known[source] = citation
        return citation


def _below(document: Document, place: Locator) -> Locator:
    """The place without the document's own title, which stands beside it."""
    if place.headings[:1] == (document.title,):
        return replace(place, headings=place.headings[1:])
    return place


def relabelled(agenda: Agenda) -> Agenda:
    """The agenda with its labels numbered in reading order: items first, then proposals.

    A quote is known by its words and its place, so items of two drafts can stand together.
    """
    order: dict[tuple[str, str, str], int] = {}

    def numbered(citations: tuple[Citation, ...]) -> dict[int, Citation]:
        found = {}
        for one in citations:
            place = (one.document.id, one.locator, one.quote)
            found[one.label] = replace(one, label=order.setdefault(place, len(order) + 1))
        return found

    def item(one: AgendaItem) -> AgendaItem:
        found = numbered(one.citations)
        points = tuple(
            replace(point, labels=tuple(found[label].label for label in point.labels))
            for point in one.points
        )
        wording = one.wording and replace(
            one.wording, labels=tuple(found[label].label for label in one.wording.labels)
        )
        return replace(one, citations=tuple(found.values()), points=points, wording=wording)

    def proposal(one: Proposal) -> Proposal:
        return replace(one, citations=tuple(numbered(one.citations).values()))

    items = tuple(map(item, agenda.items))
    return replace(agenda, items=items, proposals=tuple(map(proposal, agenda.proposals)))
