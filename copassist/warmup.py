"""The models loaded behind the page: people read the page while they load."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Literal

from copassist.chatmodels import Chat
from copassist.embeddings import SentenceEmbeddings
from copassist.errors import CopassistError, ModelError
from copassist.rerankers import Reranker
from copassist.synthesis import prepare

State = Literal["loading", "ready", "failed"]


class Warmup:
    """Loads the embedding model once, in a thread, then the reranker, then the chat model if this
    process runs it. What needs a model meanwhile waits on its lock."""

    def __init__(
        self,
        embeddings: SentenceEmbeddings,
        chat: Chat | None = None,
        language: str = "fr",
        reranker: Reranker | None = None,
    ) -> None:
        self._embeddings = embeddings
        self._reranker = reranker
        self._chat = chat
        self._language = language
        self._thread = threading.Thread(target=self._load, name="warm-up", daemon=True)
        self.error: CopassistError | None = None

    @property
    def state(self) -> State:
        """Where the embedding model stands; ``error`` says why it failed."""
        if self.error is not None:
            return "failed"
        return "ready" if self._embeddings.loaded else "loading"

    def start(self) -> None:
        """Begin, and return at once."""
        self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Until all that is to be loaded is, or has failed, or ``seconds`` have passed."""
        self._thread.join(seconds)

    def _load(self) -> None:
        try:
            self._embeddings.embed_question("?")  # the first pass is slower than the next ones
        except CopassistError as error:
            self.error = error
            return
        if self._reranker is not None:
            with suppress(ModelError):  # told by the first question
                self._reranker.scores("?", ["?"])
        if self._chat is not None:
            with suppress(ModelError):  # told under the first answer that asks for it
                prepare(self._chat, self._language)
