"""Adapters: what practice on questions adds to the embedding models.

Low-rank updates (Hu et al. 2021, "LoRA") of the matrices of the upper layers, trained by
``scripts/train_adapter.py`` on questions in members' own words and the passages that answer
them. They are added to the weights when a model is built or loaded, so nothing else knows of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

NAME: Final = "cop2"
"""Part of the bundled model's name: vectors made with other weights do not mix. Change it with the
file."""
BUNDLED: Final = "adapter.safetensors"
"""The file of the bundled model's."""
SCALE: Final = 2.0
"""What each update is multiplied by: LoRA's alpha / rank, as it was trained."""
DOWN: Final = ".down"
UP: Final = ".up"
"""Endings of a matrix's two factors in the file: (rank, inputs) and (outputs, rank)."""

Tensors = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Update:
    """What is added to one matrix: ``SCALE * up @ down``."""

    down: NDArray[np.float32]
    up: NDArray[np.float32]

    @property
    def delta(self) -> NDArray[np.float32]:
        return np.float32(SCALE) * (self.up @ self.down)


def load(name: str = BUNDLED) -> dict[str, Update]:
    """The updates in a file that comes with this program, by the name of the matrix."""
    return read(path(name))


def path(name: str) -> Path:
    """Where a file that comes with this program lies."""
    return Path(str(resources.files("copassist").joinpath("data", name)))


def read(path: Path) -> dict[str, Update]:
    """The updates of a file that :func:`write` wrote."""
    from safetensors.numpy import load_file

    factors = {name: values.astype(np.float32) for name, values in load_file(path).items()}
    names = sorted(name.removesuffix(UP) for name in factors if name.endswith(UP))
    return {name: Update(factors[name + DOWN], factors[name + UP]) for name in names}


def write(updates: Mapping[str, Update], path: Path) -> None:
    """Keep ``updates`` in half precision: what is lost is far below what training leaves open."""
    from safetensors.numpy import save_file

    factors = {
        name + ending: np.ascontiguousarray(values, dtype=np.float16)
        for name, update in updates.items()
        for ending, values in ((DOWN, update.down), (UP, update.up))
    }
    save_file(factors, path)


def added(tensors: Tensors, updates: Mapping[str, Update]) -> dict[str, NDArray[np.float32]]:
    """``tensors`` with the updates added. Raises ``KeyError`` for one that is not there."""
    merged = dict(tensors)
    for name, update in updates.items():
        merged[name] = merged[name] + update.delta
    return merged
