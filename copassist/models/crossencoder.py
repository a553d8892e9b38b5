"""EmbeddingGemma as a cross-encoder: question and passage go through it together.

Vectors that were made apart tell whether a passage speaks of what is asked; only who reads both at
once sees that it speaks of it and does not answer. The model is the one that makes the vectors,
with other updates of its upper layers (``adapter.py``) and one more matrix, trained by
``scripts/train_cross_encoder.py`` on questions, the passages that answer them, and passages near
questions that none answers. What comes out is the logarithm of the odds that the passage answers.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from itertools import takewhile
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from copassist.models import adapter, embeddinggemma
from copassist.models.hub import one_core
from copassist.models.oneatatime import OneAtATime
from copassist.models.packagedmodels import EMBEDDING_GEMMA

if TYPE_CHECKING:
    from torch import Tensor

FILE: Final = "crossencoder.safetensors"
"""The updates, and the matrix that turns what the last layer gives into one number."""
WEIGHT: Final = "head.weight"
BIAS: Final = "head.bias"
"""Names of that matrix in the file: (1, 2 · width) and (1,)."""
QUESTION: Final = "task: search result | query: "
PASSAGE: Final = "\ntitle: none | text: "
"""The prompts that the model was published with."""
QUESTION_TOKENS: Final = 60
PASSAGE_TOKENS: Final = 256
"""Most that is read of each; the longest passages of the corpora are cut."""


class GemmaCrossEncoder:
    """A :class:`~copassist.rerankers.Reranker`; loaded at its first use, thread-safe."""

    name = EMBEDDING_GEMMA.name
    signal = "odds"
    weight = 0.3
    """Of 435 questions the right passage comes first for .743 instead of .720, and among the first
    three for .883 instead of .871; .2 and .5 do alike (docs/experiments.md)."""

    def __init__(self, models: Path, seconds: float = inf) -> None:
        """No text but the first is begun later than ``seconds`` after the first."""
        self._models = models
        self._seconds = seconds
        self._reading = OneAtATime("reranking")
        self._passes = ThreadPoolExecutor(os.cpu_count() or 1, "reading", one_core)

    def scores(self, question: str, texts: Sequence[str]) -> list[float] | None:
        """The logarithm of the odds that each text answers the question, of as many of the first
        as there was time for; ``None`` where several wait for theirs."""
        return self._reading.run(partial(self._scores, question, texts))

    @cached_property
    def _loaded(self) -> tuple[Any, Any, Tensor, Tensor]:
        """Tokenizer, encoder, and what turns its states into a number."""
        import torch
        from safetensors.numpy import load_file

        model = embeddinggemma.load(self._models, FILE)
        tensors = load_file(adapter.path(FILE))
        head, bias = (torch.from_numpy(tensors[name]).float() for name in (WEIGHT, BIAS))
        return model.tokenizer, model[0].auto_model, head, bias

    def _scores(self, question: str, texts: Sequence[str]) -> list[float]:
        asked, read = joined_ids(self._loaded[0], question, texts)
        latest = time.monotonic() + self._seconds
        passes = [
            self._passes.submit(self._score, ids, asked, latest if place else inf)
            for place, ids in enumerate(read)
        ]
        found = [one.result() for one in passes]
        # two passes may look at the clock in the other order: none counts after one left unread
        first = takewhile(lambda score: score is not None, found)
        return [score for score in first if score is not None]

    def _score(self, read: Sequence[int], asked: int, latest: float) -> float | None:
        """Of tokens of which the first ``asked`` are the question; ``None`` after ``latest``."""
        if time.monotonic() > latest:
            return None
        import torch

        _, encoder, head, bias = self._loaded
        with torch.inference_mode():
            ids, present = padded([read])
            hidden = encoder(input_ids=ids, attention_mask=present.long()).last_hidden_state
            states = both_means(hidden, torch.arange(ids.shape[1])[None] < asked, present)
            return float(states @ head.T + bias)


def joined_ids(tokenizer: Any, question: str, texts: Sequence[str]) -> tuple[int, list[list[int]]]:
    """The tokens of the question followed by those of each text, and how many the question has."""

    def tokens(text: str, most: int) -> list[int]:
        ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids[:most]

    first = [tokenizer.bos_token_id, *tokens(QUESTION + question, QUESTION_TOKENS)]
    ends = [tokenizer.eos_token_id]
    return len(first), [[*first, *tokens(PASSAGE + text, PASSAGE_TOKENS), *ends] for text in texts]


def padded(texts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """The tokens of several texts, side by side, and which of them are there: (n, longest)."""
    import torch

    whole = [torch.tensor(one) for one in texts]
    ids = torch.nn.utils.rnn.pad_sequence(whole, batch_first=True)
    lengths = torch.tensor([len(one) for one in whole])
    return ids, torch.arange(ids.shape[1])[None] < lengths[:, None]


def both_means(hidden: Tensor, asked: Tensor, present: Tensor) -> Tensor:
    """Means of the states of the question's tokens and of the passage's, side by side:
    (n, tokens, width) to (n, 2 · width). ``asked`` and ``present`` tell which tokens are."""
    import torch

    parts = (asked & present, ~asked & present)
    means = [(hidden * one[..., None]).sum(1) / one.sum(1, keepdim=True) for one in parts]
    return torch.cat(means, dim=-1)
