"""Train EmbeddingGemma to read a question and a passage together: does it answer?

    python scripts/train_cross_encoder.py --library DIR --out FILE

It practises on what ``train_adapter.py`` does, and begins where that ended. A step takes questions
that have an answer, each with its passage and one near it that does not answer, and questions that
have none, each with a passage near it. Logistic loss of each pair, and of how much more the right
passage gets than the wrong one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from adapter_encoders import LONGEST, Gemma
from descent import Group, descend, options
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional
from train_adapter import Material, read_material

from copassist.library import Library
from copassist.models import adapter, crossencoder, embeddinggemma
from copassist.settings import load_settings

EPOCHS = 1
QUESTIONS_A_STEP = 16
MISSES_A_STEP = 10
"""Questions without an answer, each with one passage."""
WRONG_PLACE = 3.0
MISS_PLACE = 2.0
"""Mean place, among the passages near a question, of the one that is shown as wrong."""
RATE = 3e-4
HEAD_RATE = 1e-3
WARM_UP = 20
"""Steps."""
WRONG_WEIGHT = 0.75
MARGIN_WEIGHT = 0.5
"""Of the loss of passages that do not answer, and of the difference, beside that of the right."""


@dataclass(frozen=True, slots=True)
class Step:
    questions: tuple[str, ...]
    right: tuple[int, ...]
    wrong: tuple[int, ...]
    """Places of a passage for each question."""
    misses: tuple[tuple[str, int], ...]


class CrossEncoder:
    """The encoder and the matrix that makes one number of what it gives."""

    def __init__(self, encoder: Gemma) -> None:
        self.encoder = encoder
        self.head = nn.Linear(2 * encoder.model.config.hidden_size, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def scores(self, questions: Sequence[str], texts: Sequence[str], longest: int) -> Tensor:
        """The logarithm of the odds of each pair."""
        encoder = self.encoder
        pairs = [
            crossencoder.joined_ids(encoder.tokenizer, question, [text])
            for question, text in zip(questions, texts, strict=True)
        ]
        asked = torch.tensor([count for count, _ in pairs])
        ids, present = crossencoder.padded(
            [[*read[: count + longest], read[-1]] for count, [read] in pairs]
        )
        with torch.no_grad():
            hidden = encoder.through(encoder.below, encoder.words(ids), present)
        hidden = encoder.model.norm(encoder.through(encoder.above, hidden, present))
        states = crossencoder.both_means(
            hidden, torch.arange(ids.shape[1])[None] < asked[:, None], present
        )
        odds: Tensor = self.head(states.float()).squeeze(-1)
        return odds

    def write(self, path: Path) -> None:
        adapter.write(self.encoder.updates(), path)
        head = {crossencoder.WEIGHT: self.head.weight, crossencoder.BIAS: self.head.bias}
        save_file(load_file(path) | {name: one.detach() for name, one in head.items()}, path)


def loss_of(model: CrossEncoder, texts: Sequence[str], step: Step) -> Tensor:
    count = len(step.questions)
    places = [*step.right, *step.wrong, *(place for _, place in step.misses)]
    questions = [*step.questions, *step.questions, *(question for question, _ in step.misses)]
    longest = min(LONGEST, max(64, *(len(texts[at]) // 3 for at in step.right)))
    odds = model.scores(questions, [texts[at] for at in places], longest)
    right, wrong = odds[:count], odds[count:]
    margin = functional.softplus(wrong[:count] - right).mean()
    answers = functional.softplus(-right).mean() + WRONG_WEIGHT * functional.softplus(wrong).mean()
    return answers + MARGIN_WEIGHT * margin


def steps_of(material: Material, chance: np.random.Generator) -> Iterator[Step]:
    """One epoch; passages of like length together, or most of a step would be padding."""
    pairs, misses = material.pairs, material.misses
    lengths = np.array([len(material.texts[pair.right]) for pair in pairs])
    order = np.argsort(lengths * chance.uniform(0.8, 1.25, len(pairs)))
    left = list(chance.permutation(len(misses)))
    for chosen in chance.permutation(len(pairs) // QUESTIONS_A_STEP):
        at = order[chosen * QUESTIONS_A_STEP : (chosen + 1) * QUESTIONS_A_STEP]
        mine = [pairs[i] for i in at]
        without = [misses[left.pop()] for _ in range(min(MISSES_A_STEP, len(left)))]
        yield Step(
            tuple(pair.question for pair in mine),
            tuple(pair.right for pair in mine),
            tuple(_near(chance, pair.wrong, WRONG_PLACE) for pair in mine),
            tuple((miss.question, _near(chance, miss.near, MISS_PLACE)) for miss in without),
        )


def _near(chance: np.random.Generator, places: Sequence[int], mean: float) -> int:
    return places[min(int(chance.exponential(mean)), len(places) - 1)]


def train(model: CrossEncoder, material: Material, seed: int, epochs: int) -> None:
    chance = np.random.default_rng(seed)
    steps = (step for _ in range(epochs) for step in steps_of(material, chance))
    descend(
        (Group(model.encoder.parameters(), RATE), Group([*model.head.parameters()], HEAD_RATE)),
        (partial(loss_of, model, material.texts, step) for step in steps),
        epochs * (len(material.pairs) // QUESTIONS_A_STEP),
        WARM_UP,
    )


def main() -> None:
    arguments = options(__doc__, EPOCHS)
    begin = arguments.begin or adapter.path(embeddinggemma.ADAPTER)
    with Library(load_settings(library=arguments.library)) as library:
        material = read_material(library, arguments.leave_out)
        print(f"{len(material.pairs)} pairs, {len(material.misses)} without", flush=True)
        model = CrossEncoder(Gemma(library, adapter.read(begin)))
    train(model, material, arguments.seed, arguments.epochs)
    model.write(arguments.out)


if __name__ == "__main__":
    main()
