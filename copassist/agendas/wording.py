"""An aim and questions for the group, written by a chat model from what an item cites.

Structure, time and facts are code. For an item at which the group talks and that cites something,
a model may write what to reach and what to ask, held to a JSON schema where its server can:

- an aim opens with a verb of ``[agenda.wording]`` in the words files; what follows must be
  supported by a passage that the item cites (``support``), whose label it then carries;
- a question opens with one of the words files' (a small model's own are stale or ill agreed), and
  names no number, date or name that the passages lack; half its words must be theirs, since a
  question can presuppose what nobody wrote;
- whatever would act on a page, speaks to an assistant, or breaks the French that the product
  promises, is left out.

What a person changed is never touched: frozen items are passed over, here and when the words come.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from copassist.agendas.items import Agenda, AgendaItem, Citation, Wording
from copassist.analysis import terms
from copassist.chatmodels import Chat
from copassist.citations import find_quote
from copassist.claims import facts, names_of, read
from copassist.instructions import instructs, without_instructions
from copassist.passages import Document, Passage, context_of
from copassist.prompts import prompt
from copassist.sanitize import sanitize
from copassist.sentences import sentences
from copassist.support import check
from copassist.synthesis import as_data
from copassist.words import words

PROMPT: Final = "wording"
TALKED: Final = ("activity", "discussion")
"""Intentions of items at which the group thinks together; follow-ups and decisions to recall
already say what is asked of whom."""
MOST_PASSAGES: Final = 2
"""Passages given for one item: a small model mixes up more (as in ``synthesis``)."""
LONGEST_PASSAGE: Final = 700
"""Characters of a passage given: some ten sentences around the quote, about 200 tokens."""
MOST_TOKENS: Final = 200
"""Of one reply: an aim and two questions, with what JSON takes."""
MOST_QUESTIONS: Final = 2
LENGTHS: Final = (12, 110)
"""Characters of an aim or a question after its opening: shorter says nothing, longer rambles."""
LONGEST_OPENING: Final = 45
"""Characters of an opening, which come on top."""
OWN_WORDS: Final = 0.5
"""Least share of a question's content words that the passages must hold; proposed."""

UNSURE: Final = frozenset({"modality"})
"""Reasons to refuse a claim that do not refuse an aim: to compare what "might be bought" commits
nobody, and aims open with verbs of thinking."""
AIM_WORDS: Final = 2 / 3
"""Least share of an aim's content words that one passage must hold, more than a claim needs: at .6
"... pour un groupe d'entreprises" passed, though no record spoke of one."""

_UNWRITTEN: Final = re.compile(r"\w[·•‧∙]\w|\bvaria\b|\bsecond(?:er|é)", re.IGNORECASE)
"""What French output never holds (``tests/test_oqlf.py``), though a record may."""

Read = Callable[[Citation], tuple[Passage, Document] | None]
"""The passage that a citation quotes; ``None`` where it no longer holds."""


@dataclass(frozen=True, slots=True)
class _Evidence:
    label: int
    text: str
    context: str
    given: str
    """What of the text the model reads."""


def waiting(agenda: Agenda) -> tuple[AgendaItem, ...]:
    """The items a model may word: the group talks, something is cited, no person changed them."""
    return tuple(
        item
        for item in agenda.items
        if item.intention in TALKED and item.citations and not item.frozen
    )


def worded(
    chat: Chat, agenda: Agenda, passage_of: Read
) -> Iterator[tuple[AgendaItem, Wording | None]]:
    """Each waiting item, and what holds of the model's words for it; ``None`` if nothing does.

    Raises :class:`~copassist.errors.ModelError`.
    """
    asked = prompt(PROMPT, agenda.language)
    for item in waiting(agenda):
        evidence = _evidence(agenda, item, passage_of)
        if not evidence:
            yield item, None
            continue
        passages = "\n".join(f"- {as_data(one.given)}" for one in evidence)
        subject = as_data(_subject(agenda, item))
        reply = chat.complete(
            asked.messages(passages=passages, subject=subject),
            schema=schema(agenda.language),
            max_tokens=MOST_TOKENS,
        )
        yield item, checked(reply, evidence, agenda.language, chat.name)


def with_wording(agenda: Agenda, item: AgendaItem, wording: Wording | None) -> Agenda:
    """The agenda with the words for ``item``, unless it was changed by hand or drafted anew
    while the model wrote."""
    items = tuple(
        replace(one, wording=wording)
        if one.id == item.id and not one.frozen and _same_matter(one, item)
        else one
        for one in agenda.items
    )
    return replace(agenda, items=items)


def schema(language: str) -> Mapping[str, Any]:
    """The JSON schema of a reply: openings and lengths are part of it."""
    least, most = LENGTHS
    rest = rf'[^"\\\n?.:;]{{{least},{most}}}'
    aim = {"type": "string", "pattern": f"^({'|'.join(_openings('aims', language))}) {rest}\\.$"}
    asked = "|".join(_openings("questions", language))
    question = {"type": "string", "pattern": f"^({asked}) {rest}\\?$"}
    listed = {"type": "array", "items": question, "minItems": 1, "maxItems": MOST_QUESTIONS}
    return {
        "type": "object",
        "properties": {"aim": aim, "questions": listed},
        "required": ["aim", "questions"],
        "additionalProperties": False,
    }


def checked(reply: str, evidence: Sequence[_Evidence], language: str, model: str) -> Wording | None:
    """What of a reply holds against the passages; ``None`` if nothing does."""
    try:
        found = json.loads(reply)
    except json.JSONDecodeError:
        return None
    if not isinstance(found, dict):
        return None
    aim, labels = _aim(found.get("aim"), evidence, language)
    asked = found.get("questions")
    questions: list[str] = []
    for one in asked if isinstance(asked, list) else ():
        question = _question(one, evidence, language)
        if question and question not in questions:
            questions.append(question)
    if not aim and not questions:
        return None
    known = labels or tuple(one.label for one in evidence)
    return Wording(aim, tuple(questions[:MOST_QUESTIONS]), known, model)


def _aim(said: object, evidence: Sequence[_Evidence], language: str) -> tuple[str, tuple[int, ...]]:
    """The aim, and the labels of the passages that support it; empty where none does."""
    text = _clean(said)
    opening = _opened(text, "aims", language)
    if opening is None:
        return "", ()
    claim = text[len(opening) :].strip()
    found = [(one.label, check(claim, one.text, language, context=one.context)) for one in evidence]
    labels = tuple(
        label for label, had in found if set(had.reasons) <= UNSURE and had.coverage >= AIM_WORDS
    )
    return (text.rstrip(" .") + ".", labels) if labels else ("", ())


def _question(said: object, evidence: Sequence[_Evidence], language: str) -> str:
    text = re.sub(r"\s*\?+$", "?", _clean(said))
    if _opened(text, "questions", language) is None or not text.endswith("?"):
        return ""
    return text if any(_rests_on(text, one, language) for one in evidence) else ""


def _rests_on(question: str, one: _Evidence, language: str) -> bool:
    """Whether every fact of a question, and half its words, stand in the passage."""
    parts = [span.text for span in sentences(one.text)]
    names = names_of((question, *parts, one.context), language)
    there = facts(f"{one.context}\n{one.text}", language, names)
    if facts(question, language, names) - there:
        return False
    opening = _opened(question, "questions", language) or ""
    content = read(question[len(opening) :], language, names).content
    held = frozenset(terms(one.text, language))
    return bool(content) and len(content & held) >= OWN_WORDS * len(content)


def _clean(said: object) -> str:
    """One plain line; empty for what may not be shown."""
    if not isinstance(said, str):
        return ""
    text = " ".join(said.split())
    least, most = LENGTHS
    fine = least <= len(text) <= most + LONGEST_OPENING and sanitize(text) == text
    return "" if not fine or instructs(text) or _UNWRITTEN.search(text) else text


def _opened(text: str, kind: str, language: str) -> str | None:
    return next((one for one in _openings(kind, language) if text.startswith(one + " ")), None)


def _openings(kind: str, language: str) -> list[str]:
    return words(language)(f"agenda.wording.{kind}").split(", ")


def _subject(agenda: Agenda, item: AgendaItem) -> str:
    return agenda.theme if item.format and agenda.theme else item.title


def _evidence(agenda: Agenda, item: AgendaItem, passage_of: Read) -> tuple[_Evidence, ...]:
    """The passages that speak of the item's subject: its citations may also be about how many
    people come."""
    subject = frozenset(terms(_subject(agenda, item), agenda.language))
    found: list[_Evidence] = []
    for citation in item.citations:
        read_ = passage_of(citation)
        if read_ is None:
            continue
        passage, document = read_
        text = without_instructions(passage.text)
        context = context_of(passage, document)
        about = frozenset(terms(f"{context} {text}", agenda.language))
        if subject & about:
            given = _lines(_around(citation.quote, text))
            found.append(_Evidence(citation.label, text, context, given))
    return tuple(found[:MOST_PASSAGES])


def _around(quote: str, text: str) -> str:
    """The text, or as much of it as a model is given, from a little before the quote on."""
    if len(text) <= LONGEST_PASSAGE:
        return text
    place = find_quote(quote, text)
    start = max(0, (place[0] if place else 0) - LONGEST_PASSAGE // 4)
    start = text.find(" ", start) + 1 if start else 0
    return text[start : start + LONGEST_PASSAGE].rsplit(" ", 1)[0]


def _lines(text: str) -> str:
    """Its lines one after another, without headings: run together they would read as one."""
    lines = (line.strip(" -*•\t") for line in text.splitlines() if not line.startswith("#"))
    return "; ".join(line.rstrip(" ;") for line in lines if line)


def _same_matter(one: AgendaItem, other: AgendaItem) -> bool:
    quotes = [tuple(c.quote for c in item.citations) for item in (one, other)]
    return one.title == other.title and quotes[0] == quotes[1]
