"""Query likelihood: how surely somebody who has a passage before them would ask the question.

A small language model reads the passage, then the question, and the mean log probability it gives
the question's tokens is the passage's score (Ponte and Croft 1998; by a language model, Sachan et
al. 2022, arXiv 2204.07496). It reads both at once, which vectors made apart cannot, and it was
trained on far more text than the embedding model: what each knows the other lacks.

The model is Gemma 3 of 270 million parameters, fetched by ``models pull`` and nothing else, under
its own terms. It runs in torch, since llama.cpp's server tells no probabilities of what it is
given.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from copassist.language import guess_language
from copassist.models.crossencoder import padded
from copassist.models.ggufmodel import unpacked
from copassist.models.hub import fetching, hub_switched_off
from copassist.models.oneatatime import OneAtATime
from copassist.models.packagedmodels import GEMMA_270M
from copassist.prompts import prompt

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import Gemma3ForCausalLM, PreTrainedTokenizerBase

REREAD: Final = "reread"
"""The prompt put around the passage, in the question's language. Whoever rewords it must take the
figures of docs/experiments.md again."""
PLACE: Final = "\0"
"""Stands for the passage while the prompt is cut around it."""
PASSAGE_TOKENS: Final = 150
"""Most of a passage that is read, its one-line context included; the longest third is cut."""
QUESTION_TOKENS: Final = 48


class QueryLikelihood:
    """A :class:`~copassist.rerankers.Reranker`; loaded at its first use, thread-safe."""

    name = GEMMA_270M.name
    signal = "reader"
    weight = 0.3
    """Of 264 questions the right passage came first 147 times instead of 130 and among the first
    three 195 instead of 184; .4 does alike, more loses among the three (docs/experiments.md)."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._reading = OneAtATime("reranking")

    def scores(self, question: str, texts: Sequence[str]) -> list[float] | None:
        """The mean log probability of the question's tokens after each text, at most 0; ``None``
        where several wait for theirs."""
        return self._reading.run(partial(self._scores, question, texts))

    @cached_property
    def _loaded(self) -> tuple[Gemma3ForCausalLM, PreTrainedTokenizerBase]:
        import torch
        from transformers import AutoTokenizer, Gemma3ForCausalLM

        with hub_switched_off(), fetching(self.name):
            folder = unpacked(self._file)
            model = Gemma3ForCausalLM.from_pretrained(folder, dtype=torch.float32)
            return model, AutoTokenizer.from_pretrained(folder)

    def _scores(self, question: str, texts: Sequence[str]) -> list[float]:
        model, tokenizer = self._loaded

        def tokens(text: str, most: int | None = None) -> list[int]:
            ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
            return ids[:most]

        asked = tokens(question, QUESTION_TOKENS)
        if not asked:
            return [0.0] * len(texts)
        before, after = _around(guess_language(question))
        first = [tokenizer.bos_token_id, *tokens(before)]
        between = tokens(after)
        read = [[*first, *tokens(text, PASSAGE_TOKENS), *between] for text in texts]
        return mean_log_probabilities(model, read, asked)


def _around(language: str) -> tuple[str, str]:
    """What the prompt says before the passage, and between the passage and the question."""
    text = "\n".join(said for _, said in prompt(REREAD, language).messages(passage=PLACE))
    before, _, after = f"{text}\n".partition(PLACE)
    return before, after


def mean_log_probabilities(
    model: Gemma3ForCausalLM, read: Sequence[list[int]], asked: list[int]
) -> list[float]:
    """Of the tokens ``asked``, each after all that stands before it, once for each text read."""
    import torch

    whole = [before + asked for before in read]
    ids, present = padded(whole)
    with torch.inference_mode():
        hidden: Tensor = model.model(
            input_ids=ids, attention_mask=present.long(), use_cache=False
        ).last_hidden_state
        # The table of 262,144 tokens is multiplied only where a token of the question is foretold.
        before = torch.stack(
            [
                states[len(text) - 1 : len(text) - 1 + len(asked)]
                for states, text in zip(hidden, read, strict=True)
            ]
        )
        foretold = torch.log_softmax(model.lm_head(before), dim=-1)
        wanted = torch.tensor(asked)[None, :, None].expand(len(read), -1, 1)
        means: list[float] = foretold.gather(2, wanted).mean(dim=(1, 2)).tolist()
    return means
