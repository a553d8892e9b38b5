"""What kind of thing a sentence of minutes says, read from its vector.

Minutes say the same thing in a thousand ways, « Josée s'occupe de faire tirer la grille sur
carton », "Tom measures doors, b4 nov", which no list of wordings holds. Vectors of sentences are
there, since they choose what is quoted; a logistic regression on them tells kinds apart that it
was trained on (``scripts/train_standing.py``): fair at it alone, and enough beside the closeness
of what is said (``standing.py``). Each embedding model has its own numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np

from copassist.tokencodec import Floats

KINDS: Final = ("action", "done", "pending")
"""In the order of the rows of :attr:`Weights.kinds`."""
DATA: Final = Path(str(resources.files("copassist").joinpath("data")))
SUFFIX: Final = ".standing.safetensors"
"""How the files in :data:`DATA` are called, after the model whose vectors they read."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned for the vectors of one model, of ``d`` numbers each."""

    kinds: Floats
    """(kinds, d), of a sentence as it is."""
    kinds_bias: Floats
    """(kinds,)"""
    mean: Floats
    """(d,): of sentences of minutes, which is taken off before two are compared."""
    link: Floats
    """(features,): see ``standing.FEATURES``."""
    link_bias: float

    def log_odds(self, vectors: Floats) -> Floats:
        """Of each kind, for each of ``vectors`` (n, d): (n, kinds)."""
        odds: Floats = vectors @ self.kinds.T + self.kinds_bias
        return odds


@cache
def weights_for(model: str) -> Weights | None:
    """Those of the model of this name (``SentenceEmbeddings.name``), if any were learned."""
    path = DATA / f"{model}{SUFFIX}"
    if not path.is_file():
        return None
    from safetensors.numpy import load_file

    held = load_file(path)
    return Weights(
        held["kinds"],
        held["kinds_bias"],
        held["mean"],
        held["link"],
        float(held["link_bias"][0]),
    )


def save(weights: Weights, model: str, folder: Path) -> None:
    """Write the file that :func:`weights_for` reads."""
    from safetensors.numpy import save_file

    bias = np.array([weights.link_bias], np.float32)
    save_file(
        {
            "kinds": weights.kinds,
            "kinds_bias": weights.kinds_bias,
            "mean": weights.mean,
            "link": weights.link,
            "link_bias": bias,
        },
        folder / f"{model}{SUFFIX}",
    )
