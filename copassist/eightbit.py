"""A model's matrices in eight bits: a third of the time, a quarter of the memory.

Weights are rounded once, with a scale for each row of a matrix. What comes in is rounded at each
pass, with a scale for each token: a few reach twenty times the others ("token-wise quantization",
Yao et al. 2022, "ZeroQuant"). EmbeddingGemma, 60 questions against 60 passages: mean MaxSim
correlates .996 with that of the 32-bit model, and a question takes 38 ms instead of 104
(docs/evaluation.md).
"""

from __future__ import annotations

import os
import platform
from typing import Any, Final

import torch
from torch import Tensor, nn

WEIGHT_STEPS: Final = 127.0
"""On each side of zero."""
INPUT_STEPS: Final = 63.0
"""On each side of zero, in seven bits: with eight, two products could overflow the sixteen bits
they are added in where the processor has no VNNI."""
ZERO: Final = 64
"""What stands for zero among inputs: oneDNN multiplies unsigned numbers by signed ones."""
X86: Final = frozenset({"x86_64", "AMD64"})
"""Where PyTorch comes with oneDNN's products."""
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

    def forward(self, inputs: Tensor) -> Tensor:
        largest = inputs.abs().amax(dim=-1, keepdim=True).clamp(min=LEAST)
        rounded = (inputs / largest * INPUT_STEPS).round().add(ZERO).to(torch.uint8)
        weights = (self._packed, self._scales, self._zeros, None)
        result: tuple[Any, ...] = (
            1.0,
            0,
            torch.float32,
            "none",
            [],
            "",
        )  # as it is: no rounding, nothing after
        given: Tensor = torch.ops.onednn.qlinear_pointwise(
            rounded, 1 / INPUT_STEPS, ZERO, *weights, *result
        )
        given = given * largest
        return given if self._bias is None else given + self._bias


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
