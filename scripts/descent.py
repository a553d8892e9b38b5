"""What training an adapter and training a cross-encoder share: the descent, and what is asked for
on the command line."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

LOWEST = 0.05
"""Of its rate: to this a group falls along a cosine, after the warm-up."""
WEIGHT_DECAY = 0.01
LONGEST_GRADIENT = 1.0
"""Norm that the gradient of the first group is cut to."""


@dataclass(frozen=True, slots=True)
class Group:
    """Parameters that learn at one rate."""

    parameters: Sequence[nn.Parameter]
    rate: float
    falls: bool = True
    """Whether the rate warms up and falls; else it stays."""


def options(purpose: str | None, epochs: int) -> argparse.Namespace:
    """``library``, ``leave_out`` (beginnings of paths), ``begin`` (an adapter), ``epochs``,
    ``seed``, ``out``."""
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--leave-out", action="append", default=[], metavar="PATH")
    parser.add_argument("--begin", type=Path, metavar="FILE")
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    return arguments


def descend(
    groups: Sequence[Group], losses: Iterable[Callable[[], Tensor]], steps: int, warm_up: int
) -> None:
    """One step (AdamW, Loshchilov and Hutter 2019) for each of ``losses``, of which there are
    ``steps``, ``warm_up`` of them with a rising rate."""
    optimizer = torch.optim.AdamW(
        [{"params": list(group.parameters), "lr": group.rate} for group in groups],
        weight_decay=WEIGHT_DECAY,
    )
    for number, loss_of in enumerate(losses):
        falling = LOWEST + (1 - LOWEST) * 0.5 * (1 + math.cos(math.pi * number / steps))
        for group, learning in zip(groups, optimizer.param_groups, strict=True):
            if group.falls:
                learning["lr"] = group.rate * min(1, (number + 1) / warm_up) * falling
        with half_precision():
            loss = loss_of()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(groups[0].parameters, LONGEST_GRADIENT)
        optimizer.step()
        print(f"\r{number + 1}/{steps} {loss.item():.3f} ", end="", flush=True)
    print()


def half_precision() -> torch.autocast:
    """Products in bfloat16: half the time where the processor has them, the same gradient (cosine
    .995)."""
    return torch.autocast("cpu", dtype=torch.bfloat16)
