"""Embedding models as they learn: frozen below, with low-rank updates of the matrices above.

What the lower layers give does not change while the upper ones learn, so it is computed once for
each text and kept (``Encoder.know``): a step then costs half.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from copassist.library import Library
from copassist.models import adapter, bundled, embeddinggemma

RANK = 16
LONGEST = 160
"""Tokens of a text that are trained on; the longest two fifths of passages are cut."""
BATCH = 32
"""Texts that the lower layers read at once."""


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
        return functional.normalize(pooled, dim=-1), functional.normalize(hidden, dim=-1), words

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
