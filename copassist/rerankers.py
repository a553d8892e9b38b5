"""Rerankers: models that read a question and a passage together, for the best few passages.

Search compares vectors that were made apart; a model that reads both at once tells more, and takes
some hundredths of a second a passage. None comes with the program. ``COPASSIST_RERANKER`` names
any CrossEncoder of sentence-transformers, by its folder or, where a model hub can be reached, by
its name there; ``none`` (the default) leaves the order as search found it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from copassist.hub import fetching, is_folder

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

    from copassist.settings import Settings


class Reranker(Protocol):
    """What search asks of one."""

    name: str

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers, on any scale, higher better. Raises :class:`ModelError`."""


class CrossEncoderReranker:
    """A CrossEncoder; loaded at its first use, thread-safe."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._reading = ThreadPoolExecutor(1, "reranking", _all_cores)
        """One thread of its own: questions wait their turn, and it may take all cores, where
        embedding leaves each pass one (``embeddings.py``)."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        return self._reading.submit(self._scores, question, texts).result()

    def _scores(self, question: str, texts: Sequence[str]) -> list[float]:
        import torch

        found = self._model.predict(
            [(question, text) for text in texts],
            activation_fn=torch.nn.Identity(),  # a sigmoid would make all good ones alike
            show_progress_bar=False,
        )
        scores: list[float] = found.tolist()
        return scores

    @cached_property
    def _model(self) -> CrossEncoder:
        with fetching(self.name):
            from sentence_transformers import CrossEncoder

            here = is_folder(self.name)
            model: CrossEncoder = CrossEncoder(self.name, device="cpu", local_files_only=here)
            return model


def _all_cores() -> None:
    import torch

    torch.set_num_threads(os.cpu_count() or 1)


def load_reranker(settings: Settings) -> Reranker | None:
    """The one of the settings, if any; nothing heavy happens before its first use."""
    return None if settings.reranker == "none" else CrossEncoderReranker(settings.reranker)
