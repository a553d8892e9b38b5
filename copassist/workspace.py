"""What a person at the page can do, as plain functions: the tabs of ``ui/`` only call these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Condition
from typing import Any, Final

from copassist.answers import Answer
from copassist.assistant import NEAR, Assistant
from copassist.chatmodels import Chat
from copassist.conversations import Conversations, Turn, documents_of, forget_answers_of
from copassist.dates import typed_day
from copassist.errors import CopassistError, DocumentNotFoundError, InputError
from copassist.filters import Filters
from copassist.library import Library
from copassist.originals import sha256_of
from copassist.passages import KINDS, LEVELS, Document
from copassist.proposals import Proposal, Proposals, State, with_accepted
from copassist.records import Register
from copassist.scratch import UPLOADS
from copassist.suggestions import suggestions
from copassist.uploads import Ingest, Uploads
from copassist.warmup import Warmup
from copassist.words import words

ANSWERERS: Final = 4
"""Questions answered side by side: the model's lock lets one embed at a time, the rest overlaps."""
NEWS_SECONDS: Final = 1.0
"""How often someone who follows an answer looks whether it was given up."""
EXCERPT: Final = 240
"""Characters of a passage that is only near."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What removing a document takes away with it."""

    document: Document
    passages: int
    decisions: int
    actions: int
    members: int = 0
    """Documents inside it: attachments of a mail, files of an archive."""


class Workspace:
    """The library, the assistant and what goes on behind the page."""

    def __init__(
        self,
        library: Library,
        assistant: Assistant,
        ingest: Ingest,
        samples: Path | None = None,
    ) -> None:
        """``samples``: the folder of the fictional community, to tell its documents from others."""
        self.library = library
        self.community = library.settings.community
        self.conversations = Conversations(library.catalogue, self.community)
        self.uploads = Uploads(ingest, library.folder / UPLOADS)
        self.warmup = Warmup(
            library.embeddings, assistant.chat, library.settings.language, library.reranker
        )
        self._assistant = assistant
        self._samples = samples
        self._executor = ThreadPoolExecutor(ANSWERERS, thread_name_prefix="answers")
        self._answering: dict[int, Future[None]] = {}
        self._news = Condition()
        self._version: dict[int, int] = {}
        """How often each turn under way has grown."""

    def start(self) -> None:
        """Begin loading the model, and settle what an earlier run left unanswered."""
        self.conversations.give_up_waiting("interrupted")
        self.warmup.start()

    def close(self) -> None:
        """Let what is under way end."""
        self.uploads.close()
        self._executor.shutdown(wait=True, cancel_futures=True)

    # --- asking ------------------------------------------------------------------------------

    def ask(
        self,
        person: str,
        conversation: int | None,
        question: str,
        filters: Filters | None = None,
        language: str = "fr",
    ) -> Turn:
        """Begin to answer, and return at once; :meth:`wait` for the answer.

        Raises :class:`InputError` for an empty question.
        """
        if not question.strip():
            raise InputError(problem=words(language)("ui.ask.empty_question"))
        turn = self.conversations.ask(person, conversation, question.strip())
        future = self._executor.submit(self._answer, turn, filters, language)
        self._answering[turn.id] = future
        future.add_done_callback(lambda _: self._answered(turn.id))
        return turn

    def _answered(self, turn: int) -> None:
        self._answering.pop(turn, None)
        self._tell(turn)
        self._version.pop(turn, None)

    def wait(self, turn: int, seconds: float | None = None) -> None:
        """Until that turn is answered (or ``seconds`` have passed: raises ``TimeoutError``)."""
        future = self._answering.get(turn)
        if future is not None:
            future.result(seconds)

    def follow(self, turn: int) -> Iterator[None]:
        """Once for each piece of news about a turn, and once more when it is answered."""
        seen = 0
        while (future := self._answering.get(turn)) is not None and not future.done():
            with self._news:
                if self._version.get(turn, 0) == seen:
                    self._news.wait(NEWS_SECONDS)
                now = self._version.get(turn, 0)
            if now != seen:
                seen = now
                yield
        yield

    def _tell(self, turn: int) -> None:
        with self._news:
            self._version[turn] = self._version.get(turn, 0) + 1
            self._news.notify_all()

    def _answer(self, turn: Turn, filters: Filters | None, language: str) -> None:
        kept: str | None = None
        try:
            history = self.conversations.before(turn)
            for answer in self._assistant.stream(turn.question, filters, language, history):
                # the verbatim answer, then whole sentences: nothing is kept for each letter
                if answer.synthesis != kept:
                    kept = answer.synthesis
                    written = record_of(answer) | {"writing": answer.growing}
                    self.conversations.answer(turn.id, written)
                    self._tell(turn.id)
            self.conversations.answer(turn.id, record_of(answer))
            self._forget_removed(answer)
        except CopassistError as error:
            self.conversations.answer(turn.id, None, error.describe(language))
        except BaseException:
            # A defect of ours: the person must not wait for ever.
            self.conversations.answer(turn.id, None, CopassistError().describe(language))
            raise

    def _forget_removed(self, answer: Answer) -> None:
        """A document taken away while it was quoted loses its words here, as in answers kept."""
        catalogue = self.library.catalogue
        quoted = documents_of(record_of(answer))
        found = catalogue.ready_places([version for _, version in quoted])
        lost = [one for one in quoted if one[1] not in found]  # removed, or replaced: that may stay
        gone = [one for one in lost if all(s.status != "ready" for s in catalogue.stored(one[0]))]
        if gone:
            forget_answers_of(catalogue, {name for one in gone for name in one})

    def filters(
        self,
        kind: str | None,
        since: str | None,
        until: str | None,
        community: str | None = None,
    ) -> Filters:
        """Conditions as the page's fields give them: empty ones are none."""
        return Filters(
            community=community or self.community,
            kind=kind or None,
            since=since or None,
            until=until or None,
        )

    def examples(self, language: str) -> tuple[str, ...]:
        """Questions to begin with."""
        catalogue = self.library.catalogue
        return suggestions(self.library.documents(), catalogue.registers(self.community), language)

    # --- documents ---------------------------------------------------------------------------

    def consequences(self, name: str) -> Consequences:
        """What removing a document would take away. Raises ``DocumentNotFoundError``."""
        document = self.library.catalogue.document(self.community, name)
        registers = self.library.catalogue.registers(self.community)
        register = next((read for other, read in registers if other.id == document.id), {})
        return Consequences(
            document,
            document.passages,
            len(register.get("decisions", ())),
            len(register.get("actions", ())),
            len(self.library.catalogue.members(document.community, document.path)),
        )

    def remove(self, name: str) -> Document:
        """Take a document away for good, and its words out of the answers kept."""
        return self.library.remove(name, self.community)

    def correct(self, name: str, changes: Mapping[str, str | None], language: str) -> Document:
        """Correct title, kind, date or level. Raises :class:`InputError` for an unusable value.

        What is as it was is no correction: a title that nobody touched follows a file replaced.
        """
        checked = checked_changes(changes, language)
        before = self.library.catalogue.document(self.community, name)
        new = {key: value for key, value in checked.items() if value != getattr(before, key)}
        return self.library.edit(name, new) if new else before

    def proposals(self) -> list[tuple[Proposal, Register]]:
        """What a chat model proposes for the register and nobody has settled, each with what it
        would add; those whose words no longer stand in their document are left out."""
        catalogue = self.library.catalogue
        documents = {one.id: one for one, _ in catalogue.registers(self.community)}
        found = []
        for one in Proposals(catalogue).of(documents, "proposed"):
            document = documents[one.document]
            passages = catalogue.version_passages(document.version)
            made = with_accepted(Register(), document, one, passages)
            if made != Register():
                found.append((one, made))
        return found

    def settle(self, name: str, state: State) -> None:
        """Accept or refuse a proposal. Raises :class:`LineNotFoundError` where there is none."""
        catalogue = self.library.catalogue
        documents = {one.id for one, _ in catalogue.registers(self.community)}
        Proposals(catalogue).settle(documents, name, state)

    def samples(self) -> list[Document]:
        """The documents of the fictional sample community: those with the very same bytes."""
        known = self._sample_digests
        versions = {s.id for s in self.library.catalogue.stored() if s.sha256 in known}
        return [document for document in self.library.documents() if document.version in versions]

    def remove_samples(self) -> int:
        """Take the sample community away; gives how many documents it had."""
        samples = self.samples()
        for document in samples:
            self.remove(document.id)
        return len(samples)

    @property
    def chat(self) -> Chat | None:
        """The chat model that writes syntheses, if there is one."""
        return self._assistant.chat

    @cached_property
    def _sample_digests(self) -> frozenset[str]:
        if self._samples is None:
            return frozenset()
        files = (path for path in self._samples.rglob("*") if path.is_file())
        return frozenset(sha256_of(path) for path in files)

    def original(self, name: str) -> tuple[Document, Path]:
        """A document and the file it was read from. Raises ``DocumentNotFoundError``."""
        document = self._anywhere(name)
        return document, self.library.original(document)

    def _anywhere(self, name: str) -> Document:
        """A document of this community, else of another that answers were searched in."""
        catalogue = self.library.catalogue
        try:
            return catalogue.document(self.community, name)
        except DocumentNotFoundError:
            others = [known for known in catalogue.documents() if known.id == name]
            if not others:
                raise
            return others[0]


def record_of(answer: Answer) -> dict[str, Any]:
    """An answer as it is kept: the contract's JSON, and what was near where nothing answers."""
    near = answer.near[:NEAR] if answer.abstained else ()
    return answer.to_dict() | {
        "language": answer.language,
        "near": [
            {
                "quote": hit.passage.text[:EXCERPT],
                "locator": hit.passage.locator.label(answer.language),
                "passage": hit.passage.id,
                "document": hit.document.to_dict(),
            }
            for hit in near
        ],
    }


def checked_changes(changes: Mapping[str, str | None], language: str) -> dict[str, str | None]:
    """Corrections as a person typed them, ready for the library. Raises :class:`InputError`."""
    say = words(language)
    checked: dict[str, str | None] = {key: (value or "").strip() for key, value in changes.items()}
    if "title" in checked and not checked["title"]:
        raise InputError(problem=say("ui.documents.title_needed"))
    if checked.get("kind", KINDS[0]) not in KINDS or checked.get("level", LEVELS[0]) not in LEVELS:
        raise InputError(problem=say("ui.documents.choose_from_list"))
    if "date" in checked:
        checked["date"] = typed_day(checked["date"], language) if checked["date"] else None
    return checked
