"""Rerankers: models that read a question and a passage together, for the best few passages.

Search compares vectors that were made apart; a model that reads both at once tells more, and takes
time. ``COPASSIST_RERANKER``:

======================  =====================================================================
``auto``                ``embeddinggemma-300m`` if somebody pulled it, else ``gemma-3-270m`` if
                        somebody did, else none
``none``                the order stays as search found it
``embeddinggemma-300m`` the better embedding model, as it has practised reading both
                        (``crossencoder.py``)
``gemma-3-270m``        another packaged model, which tells how surely the passage would lead to
                        the question (``likelihood.py``)
anything else           a CrossEncoder of sentence-transformers: its folder, or its name on a hub
======================  =====================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Protocol

from copassist.errors import ModelError, ModelMissingError
from copassist.models import embeddinggemma
from copassist.models.crossencoder import GemmaCrossEncoder
from copassist.models.hub import fetching, is_folder
from copassist.models.likelihood import QueryLikelihood
from copassist.models.modelstore import find
from copassist.models.oneatatime import OneAtATime
from copassist.models.packagedmodels import EMBEDDING_GEMMA, GEMMA_270M

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

    from copassist.settings import Settings


class Reranker(Protocol):
    """What search asks of one."""

    name: str
    signal: str
    """What its scores are called among a passage's signals."""
    weight: float
    """Of its scores, standardised over the passages it read, beside search's own score."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float] | None:
        """How well each text answers, on any scale, higher better: of all, or of as many of the
        first as there was time for; ``None`` where so many ask at once that nobody should wait for
        it. Raises :class:`ModelError`."""


class CrossEncoderReranker:
    """A CrossEncoder; loaded at its first use, thread-safe."""

    signal = "reader"
    weight = 1.0
    """As much as search's own score. Not measured: no such model could be had here."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._reading = OneAtATime("reranking")

    def scores(self, question: str, texts: Sequence[str]) -> list[float] | None:
        return self._reading.run(partial(self._scores, question, texts))

    def _scores(self, question: str, texts: Sequence[str]) -> list[float]:
        import torch

        found = self._model.predict(
            [(question, text) for text in texts],
            activation_fn=torch.nn.Identity(),  # a sigmoid would make all good ones alike
            show_progress_bar=False,
        )
        if found.ndim > 1:
            raise ModelError(name=self.name, problem=f"{found.shape[1]} labels, not 1")
        scores: list[float] = found.tolist()
        return scores

    @cached_property
    def _model(self) -> CrossEncoder:
        with fetching(self.name):
            from sentence_transformers import CrossEncoder

            here = is_folder(self.name)
            model: CrossEncoder = CrossEncoder(self.name, device="cpu", local_files_only=here)
            return model


def load_reranker(settings: Settings) -> Reranker | None:
    """The one of the settings, if any; nothing heavy happens before its first use.

    Raises :class:`ModelMissingError` for a packaged one that was not pulled.
    """
    name, models = settings.reranker, settings.models
    if name in ("auto", EMBEDDING_GEMMA.name) and embeddinggemma.folder_in(models).is_dir():
        return GemmaCrossEncoder(models, settings.reading_seconds)
    if name in ("auto", GEMMA_270M.name) and (file := find(GEMMA_270M.name, models)):
        return QueryLikelihood(file)
    if name in ("auto", "none"):
        return None
    if name in (EMBEDDING_GEMMA.name, GEMMA_270M.name):
        raise ModelMissingError(name=name)
    return CrossEncoderReranker(name)
