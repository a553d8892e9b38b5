"""Eight bits stand for thirty-two: nearly the same numbers, whatever comes in."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from copassist.models.eightbit import FEWER_STEPS, X86, EightBitLinear, in_eight_bits

pytestmark = pytest.mark.skipif(
    platform.machine() not in X86, reason="oneDNN's eight-bit products are for x86 here"
)


def a_linear(bias: bool = False) -> nn.Linear:
    torch.manual_seed(1)
    return nn.Linear(96, 64, bias=bias)


def error(linear: nn.Linear, inputs: Tensor) -> float:
    """Of the result, beside its length."""
    with torch.inference_mode():
        right, nearly = linear(inputs), EightBitLinear(linear)(inputs)
    return float((nearly - right).norm() / right.norm())


@given(st.integers(0, 1000), st.floats(1e-3, 1e3))
@settings(max_examples=30, deadline=None)
def test_nearly_the_same_whatever_the_scale(seed: int, scale: float) -> None:
    torch.manual_seed(seed)
    assert error(a_linear(), torch.randn(2, 7, 96) * scale) < 0.03


def test_one_token_far_larger_than_the_others_takes_nothing_from_them() -> None:
    torch.manual_seed(2)
    inputs = torch.randn(8, 96)
    inputs[0] *= 1000
    linear = a_linear(bias=True)
    with torch.inference_mode():
        right, nearly = linear(inputs), EightBitLinear(linear)(inputs)
    errors = (nearly - right).norm(dim=-1) / right.norm(dim=-1)
    assert errors.max() < 0.03


def test_numbers_all_at_their_largest_do_not_overflow() -> None:
    linear = a_linear()
    linear.weight.data = torch.full_like(linear.weight, 0.5)
    assert error(linear, torch.ones(3, 96)) < 0.02


def test_zeros_give_zeros() -> None:
    with torch.inference_mode():
        assert EightBitLinear(a_linear())(torch.zeros(2, 96)).abs().max() == 0


def test_every_linear_layer_is_replaced() -> None:
    model = nn.Sequential(a_linear(), nn.ReLU(), nn.Sequential(nn.Linear(64, 8)))
    inputs = torch.randn(4, 96)
    with torch.inference_mode():
        right = model(inputs)
        in_eight_bits(model)
        nearly = model(inputs)
    assert not any(isinstance(module, nn.Linear) for module in model.modules())
    assert (nearly - right).norm() / right.norm() < 0.05


def test_where_products_are_added_in_sixteen_bits_inputs_are_rounded_to_seven() -> None:
    told = "from copassist.models.eightbit import input_steps; print(input_steps())"
    older = os.environ | {"ONEDNN_MAX_CPU_ISA": "AVX2"}  # as on a processor without VNNI
    said = subprocess.run(
        [sys.executable, "-c", told], check=False, env=older, capture_output=True, text=True
    )
    assert said.stdout.strip() == str(FEWER_STEPS), said.stderr


def test_seven_bits_are_nearly_the_same_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("copassist.models.eightbit.input_steps", lambda: FEWER_STEPS)
    torch.manual_seed(3)
    assert error(a_linear(), torch.randn(2, 7, 96)) < 0.03
