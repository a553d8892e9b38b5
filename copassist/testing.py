"""Fakes to test with, each with a rule small enough to predict; and a check of what is shown.

Shipped with the package so that whoever builds on it tests with the same ones.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import Field

from copassist.analysis import terms
from copassist.chatmodels import Chat
from copassist.embeddings import Embedded, SentenceEmbeddings
from copassist.language import guess_language
from copassist.modeltext import Place
from copassist.tokencodec import Floats

FAKE_DIMENSION: Final = 64
"""Directions of the fake embedding: enough that two words of a test rarely share one."""
SHARED_TERMS: Final = 2
"""Words a sentence and the question have in common from which the fake takes it for an answer."""

_EVIDENCE: Final = re.compile(r"^(\[S\d+\]) (.+)$", re.MULTILINE)
_QUESTION: Final = re.compile(r"^Question ?: (.+)$", re.MULTILINE)


class FakeChatModel(BaseChatModel):
    """Says ``replies`` in turn; without any, repeats each numbered sentence of the prompt that
    shares two words with its question, labelled, or says that it found none.
    """

    replies: list[str] = Field(default_factory=list)
    asked: list[list[BaseMessage]] = Field(default_factory=list)
    """Every request, for tests to look at."""

    @property
    def _llm_type(self) -> str:
        return "fake"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002  # the signatures are LangChain's
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> ChatResult:
        return ChatResult(
            generations=[ChatGeneration(message=AIMessage(content=self._reply(messages)))]
        )

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002  # the signatures are LangChain's
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> Iterator[ChatGenerationChunk]:
        reply = self._reply(messages)
        # Three letters at a time, so that labels and words arrive in pieces.
        for start in range(0, len(reply), 3):
            yield ChatGenerationChunk(message=AIMessageChunk(content=reply[start : start + 3]))
        size = sum(len(str(message.content)) for message in messages)
        usage = UsageMetadata(input_tokens=size, output_tokens=len(reply), total_tokens=size)
        yield ChatGenerationChunk(message=AIMessageChunk(content="", usage_metadata=usage))

    def _reply(self, messages: list[BaseMessage]) -> str:
        self.asked.append(messages)
        if self.replies:
            return self.replies[(len(self.asked) - 1) % len(self.replies)]
        prompt = str(messages[-1].content)
        question = _QUESTION.search(prompt)
        wanted = set(terms(question[1], "fr")) if question else set()
        found = [
            f"{text} {label}"
            for label, text in _EVIDENCE.findall(prompt)
            if len(wanted & set(terms(text, "fr"))) >= SHARED_TERMS
        ]
        return " ".join(found) or "Non trouvé."


def fake_chat(*replies: str) -> Chat:
    """A :class:`FakeChatModel` as ``chatmodels.chat_model`` would give it."""
    model = FakeChatModel(replies=list(replies))
    return Chat("fake", "local", lambda: model, constrains=False)


class FakeReranker:
    """Likes a text the better, the fewer letters it has."""

    name = "fake"
    signal = "reader"
    weight = 1.0

    def __init__(self, *, busy: bool = False, most: int | None = None) -> None:
        self.busy = busy
        """Others wait already: it reads nothing."""
        self.most = most
        """Texts that it has time for."""
        self.asked: list[tuple[str, list[str]]] = []
        """Every request, for tests to look at."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float] | None:
        self.asked.append((question, list(texts)))
        return None if self.busy else [-float(len(text)) for text in texts[: self.most]]


class FakeEmbeddings(SentenceEmbeddings):
    """Every stem is one axis, chosen by its hash; a text is the sum of its stems.

    So two texts are near when they share stems, and a passage's token vectors are its stems', its
    sentences' those of their words alone.
    """

    def __init__(self, name: str = "fake") -> None:
        super().__init__(name, Path())

    @property
    def loaded(self) -> bool:
        return True

    # stems are the same in a question and in a passage
    def _forward(
        self,
        texts: Sequence[str],
        role: str,  # noqa: ARG002
        sentences: Sequence[Sequence[Place]],
    ) -> list[Embedded]:
        return [_embedded(text, places) for text, places in zip(texts, sentences, strict=True)]


def _embedded(text: str, places: Sequence[Place]) -> Embedded:
    language = guess_language(text)
    tokens = _axes(terms(text, language))
    sentences = [_sum(_axes(terms(text[first:last], language))) for first, last in places]
    return Embedded(
        _sum(tokens), tokens, np.array(sentences, np.float32).reshape(-1, FAKE_DIMENSION)
    )


def _axes(stems: Sequence[str]) -> Floats:
    tokens: Floats = np.zeros((max(len(stems), 1), FAKE_DIMENSION), np.float32)
    for row, one in enumerate(stems or [""]):
        digest = hashlib.sha256(one.encode()).digest()
        tokens[row, int.from_bytes(digest[:4]) % FAKE_DIMENSION] = 1.0
    return tokens


def _sum(tokens: Floats) -> Floats:
    vector: Floats = tokens.sum(axis=0)
    return vector / np.linalg.norm(vector)


def acts(markdown: str) -> tuple[str, ...]:
    """What of ``markdown`` would act when rendered, as kinds of token: pictures, HTML, links that
    leave the page. Read as permissively as any page may: with HTML, tables and struck words."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    found: list[str] = []
    for token in _with_children(parser.parse(markdown)):
        if token.type in {"image", "html_block", "html_inline"}:
            found.append(token.type)
        if token.type == "link_open" and not str(token.attrGet("href") or "").startswith("#"):
            found.append("link")
    return tuple(found)


def _with_children(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _with_children(token.children or ())
