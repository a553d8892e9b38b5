"""Train an embedding model's adapter on questions and the passages that answer them.

    python scripts/train_adapter.py --library DIR --out copassist/data/embeddinggemma.safetensors

``scripts/adapter_pairs.jsonl`` holds a pair a line: the question, the path of the document and
the opening words of the passage. They were written, one by one, for passages drawn at random
from the records the figures in docs/evaluation.md are about, passages with the answer to an
evaluation question left out. The library must hold those documents; the model that learns is the
one it was made with (COPASSIST_EMBEDDING), whatever adapter it had then.

A step takes questions, their passages and for each a passage that lies near the question too; all
passages of the step but its own are wrong for a question, unless they say nearly the same. Both
ways the product compares are trained at once, with softmax cross-entropy (van den Oord et al.
2018, InfoNCE): the cosine of the pooled vectors, and mean MaxSim of the token vectors
(Khattab and Zaharia 2020, ColBERT). ``--begin`` goes on from an adapter there is. Both in
``copassist/data`` saw all pairs but those about ``fr_fablab_lannion`` and ``en_nhs_rap_cop``:
``adapter`` for one epoch after the one before it (30 minutes on two cores, 13 seconds a step),
``embeddinggemma`` for one from nothing.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
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
from copassist.settings import load_settings

PAIRS = Path(__file__).with_name("adapter_pairs.jsonl")
RANK = 16
EPOCHS = 2
QUESTIONS_A_STEP = 24
WRONG_A_QUESTION = 1
"""Near passages shown with each question: two gave nothing more (docs/evaluation.md)."""
BATCH = 32
"""Texts that the lower layers read at once."""
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


@dataclass(frozen=True, slots=True)
class Pair:
    question: str
    right: int
    wrong: tuple[int, ...]
    """Places among the passages: the one that answers, and those taken for it."""


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


def read_pairs(
    path: Path, library: Library, left_out: Sequence[str]
) -> tuple[list[str], list[Pair]]:
    """The passages' texts as they are embedded, and the pairs, by their places among them.

    Pairs of documents whose path begins with one of ``left_out`` are left out, to see what
    practice on some records gives on others.
    """
    passages: dict[str, dict[str, Passage]] = {}
    for document in library.documents():
        for passage in library.catalogue.version_passages(document.version):
            passages.setdefault(document.path, {})[passage.id] = passage
    places = {id_: at for at, id_ in enumerate(i for below in passages.values() for i in below)}
    every = [passage for below in passages.values() for passage in below.values()]
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        if pair["document"].startswith(tuple(left_out)):
            continue
        right = next(
            (p for p in passages.get(pair["document"], {}).values() if _opens(p, pair["opening"])),
            None,
        )
        if right is not None:
            found.append((pair["question"], places[right.id]))
    near = _nearest(library, [question for question, _ in found])
    pairs = [
        Pair(question, right, _wrong(every, right, places))
        for (question, right), places in zip(found, near, strict=True)
    ]
    return [embedded_text(passage) for passage in every], pairs


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


def _opens(passage: Passage, opening: str) -> bool:
    return " ".join(passage.text.split()).startswith(opening)


def same_words(one: str, other: str) -> bool:
    """Whether two passages say nearly the same: neither is then wrong where the other is right."""
    first, second = (set(re.findall(r"\w{3,}", text.lower())) for text in (one, other))
    return len(first & second) > SAME_WORDS * max(1, min(len(first), len(second)))


def loss_of(
    encoder: Encoder, texts: Sequence[str], pairs: Sequence[Pair], wrong: list[int]
) -> Tensor:
    """Cross-entropy of the right passages, by pooled vectors and by token vectors."""
    places = [pair.right for pair in pairs] + wrong
    longest = min(LONGEST, max(64, *(len(texts[pair.right]) // 3 for pair in pairs)))
    asked, asked_tokens, asked_words = encoder.encode(
        encoder.question, [pair.question for pair in pairs], LONGEST
    )
    found, found_tokens, found_words = encoder.encode(
        encoder.passage, [texts[at] for at in places], longest
    )
    as_right = torch.zeros(len(pairs), len(places))
    weights = asked_words / asked_words.sum(1, keepdim=True)
    for row, pair in enumerate(pairs):
        for column, at in enumerate(places):
            if column != row and same_words(texts[at], texts[pair.right]):
                as_right[row, column] = -torch.inf
    similar = torch.einsum("qtd,psd->qpts", asked_tokens, found_tokens)
    best = similar.masked_fill(~found_words[None, :, None, :], -1).amax(-1)
    late = (best * weights[:, None, :]).sum(-1)
    right = torch.arange(len(pairs))
    scores = (asked @ found.T, late)
    losses = [F.cross_entropy(score / TEMPERATURE + as_right, right) for score in scores]
    return losses[0] + losses[1]


def _some(chance: np.random.Generator, wrong: Sequence[int]) -> Sequence[int]:
    few = min(WRONG_A_QUESTION, len(wrong))
    return chance.choice(wrong, few, replace=False).tolist() if few else ()


def train(
    encoder: Encoder, texts: Sequence[str], pairs: Sequence[Pair], seed: int, epochs: int
) -> None:
    chance = np.random.default_rng(seed)
    parameters = encoder.parameters()
    optimizer = torch.optim.AdamW(parameters, lr=encoder.rate, weight_decay=0.01)
    lengths = np.array([len(texts[pair.right]) for pair in pairs])
    steps = epochs * (len(pairs) // QUESTIONS_A_STEP)
    step = 0
    for _ in range(epochs):
        # passages of like length together, or most of a step would be padding
        order = np.argsort(lengths * chance.uniform(0.75, 1.33, len(pairs)))
        for chosen in chance.permutation(len(pairs) // QUESTIONS_A_STEP):
            at = order[chosen * QUESTIONS_A_STEP : (chosen + 1) * QUESTIONS_A_STEP]
            mine = [pairs[i] for i in at]
            wrong = [int(at) for pair in mine for at in _some(chance, pair.wrong)]
            falling = 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / steps))
            for group in optimizer.param_groups:
                group["lr"] = encoder.rate * min(1.0, (step + 1) / WARM_UP) * falling
            loss = loss_of(encoder, texts, mine, wrong)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch's
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            step += 1
            print(f"\r{step}/{steps} {loss.item():.3f} ", end="", flush=True)
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, default=PAIRS)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--leave-out", action="append", default=[], metavar="PATH")
    parser.add_argument("--begin", type=Path, metavar="FILE")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    with Library(load_settings(library=arguments.library)) as library:
        texts, pairs = read_pairs(arguments.pairs, library, arguments.leave_out)
        print(f"{len(pairs)} pairs", flush=True)
        learner = E5 if library.embeddings.name == bundled.NAME else Gemma
        encoder = learner(library, adapter.read(arguments.begin) if arguments.begin else {})
    encoder.know(encoder.question, [pair.question for pair in pairs])
    encoder.know(encoder.passage, texts)
    train(encoder, texts, pairs, arguments.seed, arguments.epochs)
    adapter.write(encoder.updates(), arguments.out)


if __name__ == "__main__":
    main()
