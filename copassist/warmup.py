"""The embedding model loaded behind the page: people read the page while it loads."""

from __future__ import annotations

import threading
from typing import Literal

from copassist.embeddings import SentenceEmbeddings
from copassist.errors import CopassistError

State = Literal["loading", "ready", "failed"]


class Warmup:
    """Loads a model once, in a thread. What needs the model meanwhile waits on the model's lock."""

    def __init__(self, embeddings: SentenceEmbeddings) -> None:
        self._embeddings = embeddings
        self._thread = threading.Thread(target=self._load, name="warm-up", daemon=True)
        self.error: CopassistError | None = None

    @property
    def state(self) -> State:
        """Where the loading stands; ``error`` says why it failed."""
        if self.error is not None:
            return "failed"
        return "ready" if self._embeddings.loaded else "loading"

    def start(self) -> None:
        """Begin, and return at once."""
        self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Until it is loaded or has failed, or ``seconds`` have passed."""
        self._thread.join(seconds)

    def _load(self) -> None:
        try:
            self._embeddings.embed_question("?")  # the first pass is slower than the next ones
        except CopassistError as error:
            self.error = error
