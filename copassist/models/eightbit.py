"""A model's matrices in eight bits: a third of the time, a quarter of the memory.

Weights are rounded once, with a scale for each row of a matrix. What comes in is rounded at each
pass, with a scale for each token: a few reach twenty times the others ("token-wise quantization",
Yao et al. 2022, "ZeroQuant"). EmbeddingGemma, 60 questions against 60 passages: mean MaxSim
correlates .996 with that of the 32-bit model, and a question takes 38 ms instead of 104
(docs/experiments.md).
"""

from __future__ import annotations

import os
import platform
from functools import cache
from typing import Any, Final

import torch
from torch import Tensor, nn

WEIGHT_STEPS: Final = 127.0
"""On each side of zero."""
INPUT_STEPS: Final = 127
"""On each side of zero, where the processor adds products in 32 bits (VNNI)."""
FEWER_STEPS: Final = 63
"""Where it adds two of them in sixteen bits, which they could overflow. Vectors of 48 passages then
have a mean cosine of .9960 with those of the 32-bit model instead of .9988."""
X86: Final = frozenset({"x86_64", "AMD64"})
"""Where PyTorch comes with oneDNN's products."""
PROBED: Final = 64
"""Products added up to see whether they overflow."""
PROBE_SLACK: Final = 0.01
LEAST: Final = 1e-6
"""What a token, or a row, of zeros is divided by."""

KEPT_PRODUCTS: Final = 32
"""Products that oneDNN keeps compiled. It compiles one for each size of a matrix and each number of
tokens, and keeps 1024 unless told otherwise: with 640 passages of all lengths 180 MB, and growing.
A pass over a batch needs some five (docs/performance.md)."""


class EightBitLinear(nn.Module):
    """What ``nn.Linear`` does, nearly."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight = linear.weight.detach().float()
        self._scales = (weight.abs().amax(dim=1) / WEIGHT_STEPS).clamp(min=LEAST)
        self._zeros = torch.zeros(len(weight), dtype=torch.int64)
        rounded = (weight / self._scales[:, None]).round().to(torch.int8)
        self._packed: Tensor = torch.ops.onednn.qlinear_prepack(rounded, None)
        self._bias = linear.bias
        self._steps = input_steps()

    def forward(self, inputs: Tensor) -> Tensor:
        largest = inputs.abs().amax(dim=-1, keepdim=True).clamp(min=LEAST)
        # oneDNN multiplies unsigned numbers by signed ones: zero stands in the middle
        rounded = (inputs / largest * self._steps).round().add(self._steps + 1).to(torch.uint8)
        given = _product(rounded, self._steps, (self._packed, self._scales, self._zeros)) * largest
        return given if self._bias is None else given + self._bias


def _product(inputs: Tensor, steps: int, weights: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    packed, scales, zeros = weights
    as_it_is: tuple[Any, ...] = (
        1.0,
        0,
        torch.float32,
        "none",
        [],
        "",
    )  # not rounded, nothing after
    given: Tensor = torch.ops.onednn.qlinear_pointwise(
        inputs, 1 / steps, steps + 1, packed, scales, zeros, None, *as_it_is
    )
    return given


@cache
def input_steps() -> int:
    """On each side of zero, as many as this processor multiplies without an overflow: told by the
    largest products there are."""
    ones = torch.ones(1, dtype=torch.float32)
    largest = torch.full((1, PROBED), int(WEIGHT_STEPS), dtype=torch.int8)
    packed = torch.ops.onednn.qlinear_prepack(largest, None)
    inputs = torch.full((1, PROBED), 2 * INPUT_STEPS + 1, dtype=torch.uint8)
    found = _product(inputs, INPUT_STEPS, (packed, ones, torch.zeros(1, dtype=torch.int64)))
    exact = PROBED * WEIGHT_STEPS  # of inputs of 1
    return INPUT_STEPS if abs(float(found) / exact - 1) < PROBE_SLACK else FEWER_STEPS


def in_eight_bits(model: nn.Module) -> None:
    """Replace every linear layer of ``model``, where the processor can make use of it; elsewhere
    its vectors are the same but for the rounding."""
    if platform.machine() not in X86:
        return
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(KEPT_PRODUCTS))
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear):
            holder, _, leaf = name.rpartition(".")
            setattr(model.get_submodule(holder), leaf, EightBitLinear(module))
