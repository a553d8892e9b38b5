"""Answers questions from one library, in two steps.

First comes what no model writes: an excerpt of each of the best passages, around the sentences
that come closest to the question. Where a chat model is there, its synthesis follows
(``synthesis.py``): only sentences that code found supported count, and they cite the same sources.
Where nothing comes close enough the answer says that the records hold nothing on this, and no
model is asked.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from typing import Final

from copassist.answerability import cannot_answer, is_doubtful, near_enough
from copassist.answers import Answer, extract, nothing_found
from copassist.candidates import QUOTES, Candidate, candidates, choose, ranked
from copassist.changes import LOOKED_AT, changing_sentences, later_change
from copassist.chatmodels import Chat
from copassist.errors import ModelError
from copassist.excerpts import Find, Quote, with_other_halves
from copassist.filters import Filters
from copassist.followups import Exchange, faithful, standalone
from copassist.library import Library
from copassist.namedsession import named_session
from copassist.passages import Hit
from copassist.prompts import prompt
from copassist.recency import (
    asks_of_next_session,
    asks_what_holds,
    by_recency,
    latest_day,
    not_before,
)
from copassist.records import Register
from copassist.register import has_met_since, session_days
from copassist.revisions import with_revisions
from copassist.sentences import Span
from copassist.synthesis import as_data, gather, synthesise
from copassist.synthesisanswers import with_synthesis

READ: Final = 6
"""Passages read for sentences: where recall by passage flattens (docs/experiments.md)."""
NEAR: Final = 3
"""Passages shown as near when nothing answers."""
FOLLOW_UP: Final = "followup"
FOLLOW_UP_TOKENS: Final = 60
"""Most that a model may write for a question made to stand alone: two lines."""

_DECIDES: Final = re.compile(
    r"d[ée]ci[ds]|adopt|retenu|convenu|résolu|approuv|agreed|resolved|resolution|approved",
    re.IGNORECASE,
)
"""Words of a decision, which the register may know to be revised."""


Read = Callable[[], Register]
"""The register of the community asked, gathered at the first call and once a question; sessions
and decisions are read in it, not what its actions' news is."""


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What is quoted of the passages found, and what a chat model is given to read."""

    found: Sequence[Candidate] = ()
    quotes: Sequence[Quote] = ()
    changing: Sequence[tuple[Hit, Span]] = ()
    """Sentences that tell what has changed since the first quote, to be read first."""
    doubtful: bool = False


class Assistant:
    """Answers questions from one library, with or without a chat model."""

    def __init__(
        self,
        library: Library,
        chat: Chat | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._library = library
        self._chat = chat
        self._today = today
        self._strike = library.settings.unsupported == "strike"

    @property
    def chat(self) -> Chat | None:
        """The chat model, for the page to say which one answers and where text goes."""
        return self._chat

    def ask(
        self,
        question: str,
        filters: Filters | None = None,
        language: str = "fr",
        history: Sequence[Exchange] = (),
    ) -> Answer:
        """The whole answer. ``language`` is that of the words around the quotes; ``history`` what
        was asked before, oldest first.

        A chat model that fails leaves the verbatim answer, which needs none.
        """
        *_, answer = self.stream(question, filters, language, history)
        return answer

    def stream(
        self,
        question: str,
        filters: Filters | None = None,
        language: str = "fr",
        history: Sequence[Exchange] = (),
    ) -> Iterator[Answer]:
        """The verbatim answer at once, then the same with the model's synthesis as it grows."""
        understood = self.understand(question, history, language)
        for answer in self._stream(understood, filters, language):
            rewritten = understood if understood != question else ""
            yield replace(answer, question=question, understood=rewritten)

    def understand(self, question: str, history: Sequence[Exchange], language: str) -> str:
        """``question`` as it reads without the conversation: rewritten by rule, or by the model
        where no rule places its words and what the model writes stays within the conversation. A
        model that is writing something else is not waited for."""
        ruled = standalone(question, history, language)
        if ruled.sure or self._chat is None or self._chat.busy:
            return ruled.question
        asked = prompt(FOLLOW_UP, language)
        messages = asked.messages(before=as_data(history[-1].question), question=as_data(question))
        try:
            lines = self._chat.complete(messages, max_tokens=FOLLOW_UP_TOKENS).splitlines()
        except ModelError:
            return ruled.question
        written = lines[0].strip() if lines else ""
        return written if faithful(written, question, history) else ruled.question

    def _search(self, question: str, filters: Filters, read: Read) -> tuple[str, list[Hit]]:
        """What was searched for, and the passages found; where one session is asked about, those
        of its day and the question without it, unless they do not answer."""
        search, today = self._library.search, self._today()
        if not (filters.since or filters.until):
            named = named_session(question, lambda: session_days(read(), today), today)
            if named is not None:
                of_day = replace(filters, day=named.day)
                hits = search(named.question, LOOKED_AT, of_day, today)
                if not cannot_answer(named.question, hits[:READ], self._library.embeddings.name):
                    return named.question, hits
        return question, search(question, LOOKED_AT, filters, today)

    def _chosen(self, question: str, hits: Sequence[Hit], filters: Filters, read: Read) -> _Chosen:
        """What of ``hits`` is quoted; nothing where they do not answer."""
        model, today = self._library.embeddings.name, self._today()
        if cannot_answer(question, hits[:READ], model):
            return _Chosen()
        found = candidates(question, hits[:READ], self._library)
        chosen, stale = choose(found), False
        if asks_of_next_session(question):
            day = latest_day(chosen)
            found, chosen = not_before(found, day), not_before(chosen, day)
            stale = bool(day) and has_met_since(day, read(), today)
        find = partial(self._library.passage_of, filters=filters)
        quotes = by_recency(question, _revised(chosen, find, read))
        doubtful = bool(quotes) and (stale or is_doubtful(hits[:READ], model))
        changing: list[tuple[Hit, Span]] = []
        if quotes and not doubtful and asks_what_holds(question):
            change = later_change(question, quotes[0], hits, self._library, today)
            if change is not None:
                quotes, changing = with_change(quotes, change), changing_sentences(change)
        return _Chosen(found, with_other_halves(quotes, find), changing, doubtful)

    def _stream(self, question: str, filters: Filters | None, language: str) -> Iterator[Answer]:
        started = time.perf_counter()
        shown = filters or Filters(community=self._library.settings.community)
        read = cache(lambda: self._library.register(self._today(), shown.community, news=False)[0])
        question, all_hits = self._search(question, shown, read)
        hits = all_hits[:READ]
        seconds = {"retrieval": time.perf_counter() - started}
        chosen = self._chosen(question, all_hits, shown, read)
        near = near_enough(hits, self._library.embeddings.name)
        answer = (
            extract(question, hits, chosen.quotes, language)
            if chosen.quotes
            else nothing_found(question, near, language)
        )
        asks = self._chat is not None and not answer.abstained
        answer = replace(answer, doubtful=chosen.doubtful, growing=asks)
        seconds |= dict.fromkeys(
            ("verbatim", "first_token", "total"), time.perf_counter() - started
        )
        yield replace(answer, seconds=dict(seconds))
        if self._chat is None or answer.abstained:
            return
        others = ((one.hit, one.span) for one in ranked(chosen.found))
        evidence = gather([*chosen.changing, *others])
        try:
            for state in synthesise(self._chat, question, evidence, language):
                seconds["total"] = time.perf_counter() - started
                seconds["first_token"] = seconds["verbatim"] + state.usage.first_token
                grown = with_synthesis(answer, state, evidence, strike=self._strike)
                yield replace(grown, seconds=dict(seconds))
        except ModelError as error:
            name, problem = str(error.values.get("name", "")), error.describe(language)
            failed = replace(answer, model=name, problem=problem, growing=False)
            yield replace(failed, seconds=dict(seconds))


def _revised(quotes: Sequence[Quote], find: Find, read: Read) -> Sequence[Quote]:
    """``quotes`` with the later decisions that revise theirs.

    The register is read only where a quote decides something.
    """
    if not any(_DECIDES.search(quote.text) for quote in quotes):
        return quotes
    return with_revisions(quotes, read().decisions, find)


def with_change(quotes: Sequence[Quote], change: Quote) -> list[Quote]:
    """``quotes`` after the one that tells what has changed since the first of them."""
    first = quotes[0]
    if not first.status:
        status = "changed_proposed" if first.hit.document.date else "undated_proposed"
        first = replace(first, status=status, later=change.hit.passage.id)
    others = [one for one in quotes[1:] if one.hit.passage.id != change.hit.passage.id]
    return [change, first, *others][: max(QUOTES, len(quotes))]
