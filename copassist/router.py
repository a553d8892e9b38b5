"""Which way a question goes: an agenda to draft, a look into the register, or the search.

:class:`Router` is an :class:`~copassist.assistant.Assistant` that looks first whether the question
asks for an agenda (``agendas.requests``), then whether the register answers it
(``registerquestions``, ``registeranswers``). All else, and what the register does not hold, goes
to the search as if there were no register.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from copassist.agendas.chat import answer_to, asked_before
from copassist.answers import Answer
from copassist.assistant import Assistant
from copassist.filters import Filters
from copassist.followups import Exchange, standalone
from copassist.register import within
from copassist.registeranswers import answer_from_register
from copassist.registerquestions import read_question, when_it_met


class Router(Assistant):
    """Answers from the register and drafts agendas; leaves everything else to the search."""

    def stream(
        self,
        question: str,
        filters: Filters | None = None,
        language: str = "fr",
        history: Sequence[Exchange] = (),
    ) -> Iterator[Answer]:
        """As :meth:`Assistant.stream`; an answer from the register or an agenda comes at once."""
        started = time.perf_counter()
        answer = self._at_once(question, filters, language, history)
        if answer is None:
            yield from super().stream(question, filters, language, history)
            return
        took = time.perf_counter() - started
        seconds = dict.fromkeys(("retrieval", "verbatim", "first_token", "total"), took)
        yield replace(answer, seconds=seconds)

    def _at_once(
        self, question: str, filters: Filters | None, language: str, history: Sequence[Exchange]
    ) -> Answer | None:
        """The agenda or the register's answer, of the library's own community alone."""
        ours = self._library.settings.community
        shown = filters or Filters(community=ours)
        if shown.community != ours:
            return None
        agenda = self._agenda(question, language, history)
        return agenda or self._register(question, shown, language, history)

    def _register(
        self, question: str, shown: Filters, language: str, history: Sequence[Exchange]
    ) -> Answer | None:
        today, before = self._today(), [one.question for one in history]
        asked, understood = read_question(question, today, before), ""
        if asked is None:  # "et l'automne dernier ?"
            ruled = standalone(question, history, language)
            if ruled.rewritten:
                asked, understood = read_question(ruled.question, today, before), ruled.question
        if asked is None or shown.kind not in (None, "minutes"):
            return None
        register, _ = self._library.register(today)
        register = within(register, shown.since, shown.until)
        held = [one.date for one in register.sessions if one.date]
        asked = when_it_met(asked, understood or question, held)
        find = partial(self._library.passage_of, filters=shown)
        answer = answer_from_register(question, asked, register, find, today, language)
        return answer and replace(answer, understood=understood)

    def _agenda(self, question: str, language: str, history: Sequence[Exchange]) -> Answer | None:
        today = self._today()
        asked = asked_before([one.question for one in history], question, today, language)
        if asked is None:
            return None
        return answer_to(question, asked, self._library, today, language)
