"""Fakes to test with, each with a rule small enough to predict.

Shipped with the package so that whoever builds on it tests with the same ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field

from copassist.analysis import terms
from copassist.chatmodels import Chat

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
