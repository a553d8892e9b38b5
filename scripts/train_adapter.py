"""Train an embedding model's adapter on questions and the passages that answer them.

    python scripts/train_adapter.py --library DIR --out copassist/data/embeddinggemma.safetensors

Two files hold what is practised on. ``adapter_pairs.jsonl``: questions written, one by one, for
passages drawn at random from the records the figures in docs/evaluation.md are about, passages
with the answer to an evaluation question left out. ``practice_questions.jsonl``: questions of
sixteen communities invented for this, whose records are in ``practice/``; a third of them have no
answer there, though they speak of what the records speak of. The library must hold the documents
of both; the model that learns is the one it was made with (COPASSIST_EMBEDDING), whatever adapter
it had then.

A step takes questions, their passages and for each a passage that lies near the question too; all
passages of the step but its own are wrong for a question, unless they say nearly the same. What
the product compares is trained at once. Which passage is right: softmax cross-entropy (van den
Oord et al. 2018, InfoNCE) of the cosine of the pooled vectors, and of mean MaxSim of the token
vectors (Khattab and Zaharia 2020, ColBERT). Whether it answers at all: logistic loss of how close
it comes to what it meets least of the question (``retrieval.WORST``), for right passages, for wrong
ones and for the nearest ones of questions without an answer.

``--begin`` goes on from an adapter there is. Both in ``copassist/data`` saw no pair about
``fr_fablab_lannion`` and ``en_nhs_rap_cop``: ``adapter`` all others for one epoch after the one
before it, without the communities; ``embeddinggemma`` for one from nothing, then two with the
first eight communities and four questions without an answer a step.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 (everybody's name for it)
from torch import Tensor, nn

from copassist import adapter, bundled, embeddinggemma
from copassist.library import Library
from copassist.modeltext import embedded_text
from copassist.passages import Passage
from copassist.retrieval import WORST
from copassist.settings import load_settings

PAIRS = Path(__file__).with_name("adapter_pairs.jsonl")
PRACTICE = Path(__file__).with_name("practice_questions.jsonl")
RANK = 16
EPOCHS = 2
QUESTIONS_A_STEP = 24
MISSES_A_STEP = 6
"""Questions without an answer. A near passage each, as for the others: two gave those nothing more
(docs/evaluation.md)."""
BATCH = 32
"""Texts that the lower layers read at once."""
BOUND_RATE = 1e-2
"""Of learning where the bound of what answers lies."""
WARM_UP = 15
"""Steps; then the rate falls to a twentieth along a cosine."""
TEMPERATURE = 0.02
LONGEST = 160
"""Tokens of a passage that are trained on; the longest two fifths are cut."""
CONFUSED = 20
"""Wrong passages kept for a question, out of the nearest :data:`NEAR` by the vectors there are."""
NEAR = 60
SAME_WORDS = 0.6
"""Share of the shorter passage's words from which two passages say the same."""
MISLEADING = 12
"""Nearest passages kept for a question without an answer; the nearer, the more often shown."""
OFTEN = 3.0
"""Mean place, among those, of the one shown."""
ANSWERS = 0.35
"""Closeness to what is least met from which a passage answers, before it is learned."""
SOFTNESS = 0.05
"""Of that bound: how much closer makes it e times as likely."""
LEAST_WEIGHT = 0.5
"""Of the logistic loss beside the two others."""


@dataclass(frozen=True, slots=True)
class Pair:
    question: str
    right: int
    wrong: tuple[int, ...]
    """Places among the passages: the one that answers, and those taken for it."""


@dataclass(frozen=True, slots=True)
class Miss:
    question: str
    near: tuple[int, ...]
    """Places of the nearest passages, nearest first; none answers."""


@dataclass(frozen=True, slots=True)
class Material:
    texts: tuple[str, ...]
    """Passages as they are embedded."""
    pairs: tuple[Pair, ...]
    misses: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class Step:
    pairs: tuple[Pair, ...]
    wrong: tuple[int, ...]
    """The place of a passage for each pair."""
    misses: tuple[tuple[str, int], ...]
    """A question without an answer, and the place of a passage near it."""


class LowRank(nn.Module):
    """A linear layer and its update."""

    def __init__(self, linear: nn.Linear, begin: adapter.Update | None) -> None:
        super().__init__()
        self.linear = linear
        scale = 1 / math.sqrt(linear.in_features)
        down = torch.randn(RANK, linear.in_features) * scale
        up = torch.zeros(linear.out_features, RANK)
        if begin is not None:
            down, up = torch.tensor(begin.down), torch.tensor(begin.up)
        self.down, self.up = nn.Parameter(down.float()), nn.Parameter(up.float())

    def forward(self, inputs: Tensor) -> Tensor:
        given: Tensor = self.linear(inputs)
        return given + adapter.SCALE * ((inputs @ self.down.T) @ self.up.T)


Layers = Sequence[tuple[int, Any]]
"""Layers and their numbers."""


class Encoder(ABC):
    """A model without its adapter: frozen below, learning above."""

    question: str
    passage: str
    """Its prompts."""
    learning_layers: int
    """Upper layers that learn. What those below give is computed once and kept."""
    matrices: tuple[str, ...]
    """Of each of them."""
    named: str
    """What a layer's number follows in the names of its matrices."""
    rate: float

    def __init__(
        self, tokenizer: Any, model: nn.Module, begin: Mapping[str, adapter.Update]
    ) -> None:
        self.tokenizer = tokenizer
        self.tokenizer.padding_side = "right"
        self.model: Any = model
        self.model.requires_grad_(requires_grad=False)
        self.model.eval()
        layers = list(enumerate(self.model.get_submodule(self.named)))
        self.below = layers[: -self.learning_layers]
        self.above = layers[-self.learning_layers :]
        self.learning: dict[str, LowRank] = {}
        for number, layer in self.above:
            layer.train()  # drop-out, where something learns
            for name in self.matrices:
                holder, _, leaf = name.rpartition(".")
                parent = layer.get_submodule(holder)
                full = f"{self.named}.{number}.{name}.weight"
                wrapped = LowRank(getattr(parent, leaf), begin.get(full))
                setattr(parent, leaf, wrapped)
                self.learning[full] = wrapped
        self._known: dict[str, Tensor] = {}

    @abstractmethod
    def words(self, ids: Tensor) -> Tensor:
        """Token ids to what the first layer reads."""

    @abstractmethod
    def through(self, layers: Layers, hidden: Tensor, present: Tensor) -> Tensor:
        """``hidden`` after ``layers``."""

    @abstractmethod
    def pooled_space(self, hidden: Tensor) -> Tensor:
        """What the last layer gives, as the vectors that are compared."""

    def parameters(self) -> list[nn.Parameter]:
        return [factor for low in self.learning.values() for factor in (low.down, low.up)]

    def updates(self) -> dict[str, adapter.Update]:
        return {
            name: adapter.Update(low.down.detach().numpy(), low.up.detach().numpy())
            for name, low in self.learning.items()
        }

    def encode(
        self, role: str, texts: Sequence[str], longest: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Unit vectors (n, d), unit token vectors (n, tokens, d), which tokens are words."""
        states = [self._known[role + text][:longest] for text in texts]
        lengths = torch.tensor([len(state) for state in states])
        hidden = nn.utils.rnn.pad_sequence(list(states), batch_first=True)
        present = torch.arange(hidden.shape[1])[None] < lengths[:, None]
        hidden = self.pooled_space(self.through(self.above, hidden, present))
        pooled = (hidden * present[..., None]).sum(1) / lengths[:, None]
        words = present.clone()
        words[:, : len(self.tokenizer(role.rstrip())["input_ids"]) - 1] = False
        words[torch.arange(len(states)), lengths - 1] = False
        return F.normalize(pooled, dim=-1), F.normalize(hidden, dim=-1), words

    @torch.no_grad()
    def know(self, role: str, texts: Sequence[str]) -> None:
        """Keep what the layers that do not learn give for each text: every step asks for some."""
        ids = {
            role + text: self.tokenizer(role + text, truncation=True, max_length=LONGEST)
            for text in texts
        }
        order = sorted(ids, key=lambda text: len(ids[text]["input_ids"]))
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            padded = self.tokenizer.pad([ids[text] for text in batch], return_tensors="pt")
            present = padded["attention_mask"].bool()
            hidden = self.through(self.below, self.words(padded["input_ids"]), present)
            for text, states in zip(batch, hidden, strict=True):
                self._known[text] = states[: len(ids[text]["input_ids"])].clone()


class E5(Encoder):
    """The bundled model."""

    question, passage = "query: ", "passage: "
    learning_layers = 6
    matrices = (
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
        "attention.output.dense",
        "intermediate.dense",
        "output.dense",
    )
    named = "encoder.layer"
    rate = 3e-4

    def __init__(self, library: Library, begin: Mapping[str, adapter.Update]) -> None:
        weights = bundled.read_weights(bundled.default_weights().read_bytes())
        super().__init__(library.embeddings.model.tokenizer, bundled.encoder_of(weights), begin)

    def words(self, ids: Tensor) -> Tensor:
        given: Tensor = self.model.embeddings(input_ids=ids)
        return given

    def through(self, layers: Layers, hidden: Tensor, present: Tensor) -> Tensor:
        for _, layer in layers:
            hidden = layer(hidden, present[:, None, None, :])
        return hidden

    def pooled_space(self, hidden: Tensor) -> Tensor:
        return hidden


class Gemma(Encoder):
    """EmbeddingGemma."""

    question, passage = "task: search result | query: ", "title: none | text: "
    learning_layers = 12
    matrices = (
        "self_attn.q_proj",
        "self_attn.k_proj",
        "self_attn.v_proj",
        "self_attn.o_proj",
        "mlp.gate_proj",
        "mlp.up_proj",
        "mlp.down_proj",
    )
    named = "layers"
    rate = 2e-4

    def __init__(self, library: Library, begin: Mapping[str, adapter.Update]) -> None:
        whole = embeddinggemma.published(library.settings.models)
        super().__init__(whole.tokenizer, whole[0].auto_model, begin)
        self.kinds: list[str] = self.model.config.layer_types
        wider, narrower = whole[2].linear.weight, whole[3].linear.weight
        self.projection = (narrower @ wider).detach()[: embeddinggemma.DIMENSION]

    def words(self, ids: Tensor) -> Tensor:
        given: Tensor = self.model.embed_tokens(ids)
        return given

    def through(self, layers: Layers, hidden: Tensor, present: Tensor) -> Tensor:
        places = torch.arange(hidden.shape[1])[None]
        turned = {kind: self.model.rotary_emb(hidden, places, kind) for kind in set(self.kinds)}
        # No text here is longer than the window of the layers that look around them only.
        seen = present[:, None, None, :].expand(-1, 1, hidden.shape[1], -1)
        for number, layer in layers:
            hidden = layer(
                hidden,
                position_embeddings=turned[self.kinds[number]],
                attention_mask=seen,
                position_ids=places,
            )
        return hidden

    def pooled_space(self, hidden: Tensor) -> Tensor:
        ended: Tensor = self.model.norm(hidden)
        return ended @ self.projection.T


def read_material(library: Library, left_out: Sequence[str]) -> Material:
    """What is practised on, but for the documents whose path begins with one of ``left_out``: to
    see what practice on some records gives on others."""
    every: list[Passage] = []
    paths: list[str] = []
    for document in library.documents():
        for passage in library.catalogue.version_passages(document.version):
            every.append(passage)
            paths.append(document.path)
    places: dict[str, list[int]] = {}
    for place, path in enumerate(paths):
        places.setdefault(path, []).append(place)
    asked = [
        question
        for file in (PAIRS, PRACTICE)
        for question in map(json.loads, file.read_text(encoding="utf-8").splitlines())
        if not (question["document"] or question["near"]).startswith(tuple(left_out))
    ]
    pairs, misses = [], []
    near = _nearest(library, [question["question"] for question in asked])
    for question, nearest in zip(asked, near, strict=True):
        if question["document"] is None:
            records = question["near"].split("/")[0] + "/"
            own = [place for place in nearest if paths[place].startswith(records)]
            if own:
                misses.append(Miss(question["question"], tuple(own[:MISLEADING])))
            continue
        right = [
            place
            for place in places.get(question["document"], ())
            if _answers(every[place], question)
        ]
        wrong = _wrong(every, right[0], nearest) if right else ()
        if wrong:
            pairs.append(Pair(question["question"], right[0], wrong))
    return Material(tuple(map(embedded_text, every)), tuple(pairs), tuple(misses))


def _nearest(library: Library, questions: list[str]) -> list[list[int]]:
    """The places of the passages nearest to each question, nearest first."""
    made = [library.token_vectors.vectors(document.version) for document in library.documents()]
    vectors = np.concatenate([one for one in made if one is not None])
    model = library.embeddings.model
    torch.set_num_threads(os.cpu_count() or 1)  # loaded, it is set to one
    asked = model.encode_query(questions, batch_size=64, normalize_embeddings=True)
    order = np.argsort(-(asked @ vectors.T), axis=1)[:, :NEAR]
    places: list[list[int]] = order.tolist()
    return places


def _wrong(every: Sequence[Passage], right: int, near: Sequence[int]) -> tuple[int, ...]:
    """Those of ``near`` that do not say nearly what the right passage says."""
    said = every[right].text
    wrong = [at for at in near if at != right and not same_words(every[at].text, said)]
    return tuple(wrong[:CONFUSED])


def _answers(passage: Passage, question: Mapping[str, str]) -> bool:
    """Whether it is the passage that a question names by its opening words, or by a quote."""
    said = " ".join(passage.text.split())
    if "opening" in question:
        return said.startswith(question["opening"])
    return " ".join(question["quote"].split()) in said


def same_words(one: str, other: str) -> bool:
    """Whether two passages say nearly the same: neither is then wrong where the other is right."""
    first, second = (set(re.findall(r"\w{3,}", text.lower())) for text in (one, other))
    return len(first & second) > SAME_WORDS * max(1, min(len(first), len(second)))


def loss_of(encoder: Encoder, texts: Sequence[str], step: Step, bound: Tensor) -> Tensor:
    """Cross-entropy of the right passages, by pooled vectors and by token vectors, and logistic
    loss of what they meet least of the question against ``bound``."""
    pairs, count = step.pairs, len(step.pairs)
    places = [pair.right for pair in pairs] + [*step.wrong] + [place for _, place in step.misses]
    questions = [pair.question for pair in pairs] + [question for question, _ in step.misses]
    longest = min(LONGEST, max(64, *(len(texts[pair.right]) // 3 for pair in pairs)))
    asked, asked_tokens, asked_words = encoder.encode(encoder.question, questions, LONGEST)
    found, found_tokens, found_words = encoder.encode(
        encoder.passage, [texts[at] for at in places], longest
    )
    alike = torch.tensor(
        [
            [
                column != row and same_words(texts[at], texts[pair.right])
                for column, at in enumerate(places)
            ]
            for row, pair in enumerate(pairs)
        ]
    )
    similar = torch.einsum("qtd,psd->qpts", asked_tokens, found_tokens)
    best = similar.masked_fill(~found_words[None, :, None, :], -1).amax(-1).float()
    weights = asked_words / asked_words.sum(1, keepdim=True)
    late = (best * weights[:, None, :]).sum(-1)
    right = torch.arange(count)
    as_right = torch.zeros(alike.shape).masked_fill(alike, -torch.inf)
    losses = [
        F.cross_entropy(score[:count] / TEMPERATURE + as_right, right)
        for score in (asked.float() @ found.float().T, late)
    ]
    answers = (_least_met(best, asked_words) - bound) / SOFTNESS
    taken_for_it = answers[:count, count : 2 * count].diagonal()
    near = torch.cat(
        [
            taken_for_it[~alike[:, count : 2 * count].diagonal()],
            answers[count:, 2 * count :].diagonal(),
        ]
    )
    others = answers[:count, :count][~alike[:, :count] & ~torch.eye(count, dtype=torch.bool)]
    logistic = [F.softplus(wrong).mean() for wrong in (-answers[right, right], near, others)]
    return sum(losses, start=LEAST_WEIGHT * sum(logistic, start=torch.zeros(())))


def _least_met(best: Tensor, words: Tensor) -> Tensor:
    """Mean of the lowest of ``best`` (questions, passages, tokens) that are words, of each
    question as many as the product takes: (questions, passages)."""
    few = (words.sum(1) * WORST).round().clamp(min=1)
    ordered = best.masked_fill(~words[:, None, :], torch.inf).sort(-1).values
    taken = torch.arange(best.shape[-1])[None] < few[:, None]
    return ordered.masked_fill(~taken[:, None, :], 0).sum(-1) / few[:, None]


def steps_of(material: Material, chance: np.random.Generator) -> Iterator[Step]:
    """One epoch; passages of like length together, or most of a step would be padding."""
    pairs, misses = material.pairs, material.misses
    lengths = np.array([len(material.texts[pair.right]) for pair in pairs])
    order = np.argsort(lengths * chance.uniform(0.75, 1.33, len(pairs)))
    for chosen in chance.permutation(len(pairs) // QUESTIONS_A_STEP):
        at = order[chosen * QUESTIONS_A_STEP : (chosen + 1) * QUESTIONS_A_STEP]
        mine = tuple(pairs[i] for i in at)
        without = chance.choice(len(misses), min(MISSES_A_STEP, len(misses)), replace=False)
        yield Step(
            mine,
            tuple(int(chance.choice(pair.wrong)) for pair in mine),
            tuple(_one_near(chance, misses[i]) for i in without),
        )


def _one_near(chance: np.random.Generator, miss: Miss) -> tuple[str, int]:
    return miss.question, miss.near[min(int(chance.exponential(OFTEN)), len(miss.near) - 1)]


def train(encoder: Encoder, material: Material, seed: int, epochs: int) -> None:
    chance = np.random.default_rng(seed)
    parameters = encoder.parameters()
    bound = nn.Parameter(torch.tensor(ANSWERS))
    optimizer = torch.optim.AdamW(
        [{"params": parameters}, {"params": [bound], "lr": BOUND_RATE}],
        lr=encoder.rate,
        weight_decay=0.01,
    )
    steps = epochs * (len(material.pairs) // QUESTIONS_A_STEP)
    every = (step for _ in range(epochs) for step in steps_of(material, chance))
    for number, step in enumerate(every):
        falling = 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * number / steps))
        optimizer.param_groups[0]["lr"] = encoder.rate * min(1, (number + 1) / WARM_UP) * falling
        with half_precision():
            loss = loss_of(encoder, material.texts, step, bound)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch's
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        print(f"\r{number + 1}/{steps} {loss.item():.3f} ", end="", flush=True)
    print()


def half_precision() -> torch.autocast:
    """Products in bfloat16: half the time where the processor has them, the same gradient (cosine
    .995)."""
    return torch.autocast("cpu", dtype=torch.bfloat16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--leave-out", action="append", default=[], metavar="PATH")
    parser.add_argument("--begin", type=Path, metavar="FILE")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    with Library(load_settings(library=arguments.library)) as library:
        material = read_material(library, arguments.leave_out)
        print(f"{len(material.pairs)} pairs, {len(material.misses)} without", flush=True)
        learner = E5 if library.embeddings.name == bundled.NAME else Gemma
        encoder = learner(library, adapter.read(arguments.begin) if arguments.begin else {})
    asked = [one.question for one in (*material.pairs, *material.misses)]
    with half_precision():
        encoder.know(encoder.question, asked)
        encoder.know(encoder.passage, material.texts)
    train(encoder, material, arguments.seed, arguments.epochs)
    adapter.write(encoder.updates(), arguments.out)


if __name__ == "__main__":
    main()
