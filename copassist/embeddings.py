"""Embedding models: a name to a langchain ``Embeddings`` that also gives token vectors.

Two are known by name: the bundled one, which is always here, and EmbeddingGemma, which is better,
takes about twice as long, and is here where somebody pulled it. Any other
SentenceTransformer serves. Only a model named by the person may reach a model hub; those two are
loaded with the hub switched off.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from copassist.models import bundled, embeddinggemma
from copassist.models.hub import fetching, hub_switched_off, is_folder, one_core
from copassist.models.packagedmodels import EMBEDDING_GEMMA
from copassist.modeltext import Place
from copassist.settings import Settings
from copassist.tokencodec import Floats, unit

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Dense
    from torch import Tensor

BATCH: Final = 4
"""Passages per forward pass, sorted by length. Tokens a second on two cores, one thread a pass and
two passes at a time: 2,139 with 4, 2,149 with 8, 1,959 with 16; 1,790 with both threads in passes
of 16 (docs/performance.md). The fewer, the less memory the longest take."""
QUERY_CACHE: Final = 512
"""Questions whose vectors are remembered: people ask again, and filters re-run a search."""

NAMES: Final = {"bundled": bundled.NAME, EMBEDDING_GEMMA.name: embeddinggemma.NAME}
"""Models known by name, to what their vectors are known by: those of another make do not mix."""

SENTENCE_CACHE: Final = 20_000
"""Sentences whose vectors are remembered (30 MB): the same passages answer many questions, and
embedding the sentences of six of them takes longer than finding them."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """One text: its unit vector (dimension,), and the unit vectors of its tokens (n, dimension).

    Special tokens and the "query: " / "passage: " prefix are left out of ``tokens``: every text
    has them, so they say nothing (they would only add the same constant to each MaxSim).
    ``sentences`` (m, dimension) are the unit means of the tokens at the places asked for.
    """

    vector: Floats
    tokens: Floats
    sentences: Floats


class SentenceEmbeddings(Embeddings):
    """langchain ``Embeddings`` over a SentenceTransformer; loaded on first use, thread-safe.

    ``fetch``: whether a model that is not on this machine may be fetched from a hub.
    """

    def __init__(self, source: str, models: Path, *, fetch: bool = True) -> None:
        self.name = NAMES.get(source, source)
        self._source = source
        self._models = models
        self._fetch = fetch
        self._lock = threading.Lock()
        """Held while the model is loaded and while texts are cut into tokens (the tokenizer serves
        one thread at a time), never while the model computes: questions do not wait for passages.
        """
        self._model: SentenceTransformer | None = None
        self._remembered = lru_cache(maxsize=QUERY_CACHE)(self._embed_question)
        self._sentences: OrderedDict[bytes, Floats] = OrderedDict()

    @property
    def model(self) -> SentenceTransformer:
        """The loaded model. Raises :class:`ModelError` when it cannot be had."""
        with self._lock:
            if self._model is None:
                self._model = _load(self._source, self._models, self._fetch)
                _passes()  # counts the cores before each pass is given one
                one_core()
            return self._model

    @property
    def loaded(self) -> bool:
        return self._model is not None

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [embedded.vector.tolist() for embedded in self.embed_passages(texts)]

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self.embed_question(text).vector.tolist()
        return vector

    def embed_question(self, text: str) -> Embedded:
        """Vector and token vectors of a question; remembered."""
        return self._remembered(text)

    def embed_passages(
        self, texts: Sequence[str], sentences: Sequence[Sequence[Place]] = ()
    ) -> list[Embedded]:
        """Vectors of each passage, of its tokens and of its sentences, out of one forward pass.

        ``sentences``, if given: where those of each text stand. One of which the model read no
        token, or which is not there, has the vector of the whole text. A model whose vectors are
        not means of its tokens' gives none.
        """
        return self._forward(texts, "passage", sentences or [()] * len(texts))

    def embed_sentences(self, texts: Sequence[str]) -> list[Floats]:
        """The unit vector of each sentence; remembered by digest, so that no text is kept."""
        digests = [hashlib.sha256(text.encode()).digest() for text in texts]
        known = self._sentences
        with self._lock:
            found = {digest: known[digest] for digest in digests if digest in known}
        new = {d: text for d, text in zip(digests, texts, strict=True) if d not in found}
        embedded = self.embed_passages(list(new.values())) if new else []
        found |= {digest: one.vector for digest, one in zip(new, embedded, strict=True)}
        with self._lock:
            for digest in dict.fromkeys(digests):
                known[digest] = found[digest]
                known.move_to_end(digest)
            while len(known) > SENTENCE_CACHE:
                known.popitem(last=False)
        return [found[digest] for digest in digests]

    def _embed_question(self, text: str) -> Embedded:
        [embedded] = self._forward([text], "query", [()])
        return embedded

    def _forward(
        self, texts: Sequence[str], role: str, sentences: Sequence[Sequence[Place]]
    ) -> list[Embedded]:
        """Batches of texts of about the same length, so that little is padding."""
        order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        _ = self.model  # loaded before several threads want it
        embed = partial(self._batch, role=role)
        gathered = [[(texts[place], sentences[place]) for place in places] for places in batches]
        embedded = map(embed, gathered) if len(batches) < 2 else _passes().map(embed, gathered)
        found: dict[int, Embedded] = {}
        for places, batch in zip(batches, embedded, strict=True):
            found |= zip(places, batch, strict=True)
        return [found[place] for place in range(len(texts))]

    def _batch(self, asked: list[tuple[str, Sequence[Place]]], role: str) -> list[Embedded]:
        """One forward pass."""
        import torch

        model = self.model
        prompt = _prompt(model, role)
        placed = any(sentences for _, sentences in asked) and _averages(model)
        with self._lock:
            skip = len(model.tokenizer(prompt.rstrip())["input_ids"]) - 1 if prompt else 1
            features = model.preprocess(
                [text for text, _ in asked],
                prompt=prompt or None,
                processing_kwargs={"text": {"return_offsets_mapping": True}} if placed else None,
            )
        with torch.inference_mode():
            out: Any = model(features)
            states = as_pooled(model, out["token_embeddings"]).float().numpy()
        vectors = unit(out["sentence_embedding"].float().numpy()[:, : model.truncate_dim])
        masks = out["attention_mask"].bool().numpy()
        embedded = []
        for row, (_, sentences) in enumerate(asked):
            tokens, means = unit(states[row][masks[row]][skip:-1]), vectors[:0]
            if placed:
                at = out["offset_mapping"][row].numpy()[masks[row]][skip:-1] - len(prompt)
                means = _means(tokens, at, sentences, vectors[row])
            embedded.append(Embedded(vectors[row], tokens, means))
        return embedded


def as_pooled(model: SentenceTransformer, states: Tensor) -> Tensor:
    """Token vectors where the text's vector is: their mean points the same way.

    What some models do to the mean is linear (EmbeddingGemma: two matrices), and is done to each
    token as well; then as many numbers are kept of both (Kusupati et al. 2022, "Matryoshka
    Representation Learning").
    """
    for module in _dense(model) if _is_linear(model) else ():
        states = module({module.module_input_name: states})[module.module_output_name]
    return states[..., : model.truncate_dim]


def _dense(model: SentenceTransformer) -> list[Dense]:
    """Of a model's matrices, those for the text's vector: others have been at the tokens."""
    from sentence_transformers.base.modules import Dense

    dense = (module for module in model if isinstance(module, Dense))
    return [module for module in dense if module.module_input_name == "sentence_embedding"]


def _is_linear(model: SentenceTransformer) -> bool:
    """Whether what is done to a text's mean token could as well be done to each token."""
    from torch import nn

    return all(isinstance(module.activation_function, nn.Identity) for module in _dense(model))


def _averages(model: SentenceTransformer) -> bool:
    """Whether a text's vector is the mean of its tokens', so that a sentence's can be too."""
    pooled = any(getattr(module, "pooling_mode", None) == "mean" for module in model)
    return pooled and _is_linear(model) and bool(model.tokenizer.is_fast)


def _means(
    tokens: Floats, at: NDArray[np.int64], sentences: Sequence[Place], whole: Floats
) -> Floats:
    """The unit mean of the tokens of each sentence: (sentences, dimension).

    ``at`` (tokens, 2) is where each token stands in the text.
    """
    means = np.empty((len(sentences), len(whole)), np.float32)
    for row, (first, last) in enumerate(sentences):
        mine = (at[:, 1] > first) & (at[:, 0] < last) & (first < last)
        means[row] = tokens[mine].mean(axis=0) if mine.any() else whole
    return unit(means)


@cache
def _passes() -> ThreadPoolExecutor:
    """As many forward passes at once as there are cores, each on one thread.

    Threads that share one pass wait for each other after every product: on two cores a question
    took 45 ms with two threads and 29 with one, and 200 where another program kept a core busy
    (docs/performance.md).
    """
    import torch

    return ThreadPoolExecutor(torch.get_num_threads(), "embedding", one_core)


def _prompt(model: SentenceTransformer, role: str) -> str:
    """The prefix the model wants: its own, else E5's for models of that family, else none."""
    prompts = model.prompts or {}
    for name in {"query": ("query",), "passage": ("passage", "document")}[role]:
        if prompts.get(name):
            return str(prompts[name])
    family = str(model.model_card_data.base_model or "")
    return f"{role}: " if "e5" in family.lower() else ""


def _load(source: str, models: Path, fetch: bool) -> SentenceTransformer:
    if source == "bundled":
        from copassist.models.wordtable import look_up_in_place

        folder = bundled.build(models)
        with hub_switched_off():
            model = _sentence_transformer(str(folder), offline=True, **bundled.ENCODER_OPTIONS)
        look_up_in_place(model)
        return model
    if source == EMBEDDING_GEMMA.name:
        return embeddinggemma.load(models)
    return _sentence_transformer(source, offline=not fetch or is_folder(source))


def _sentence_transformer(name: str, offline: bool, **options: Any) -> SentenceTransformer:
    with fetching(name):
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(
            name, device="cpu", local_files_only=offline, model_kwargs=options
        )


def load_embeddings(settings: Settings, held: str | None = None) -> SentenceEmbeddings:
    """The model of the settings; nothing heavy happens before its first use.

    ``auto`` is the one that made what the library holds, ``held``; for a library that holds
    nothing yet, the better one that is here.
    """
    if settings.embedding != "auto":
        return SentenceEmbeddings(settings.embedding, settings.models)
    better = embeddinggemma.folder_in(settings.models).is_dir()
    source = EMBEDDING_GEMMA.name if held is None and better else _source_of(held)
    # a library may come from elsewhere: nobody here named its model
    return SentenceEmbeddings(source, settings.models, fetch=False)


def _source_of(held: str | None) -> str:
    """The name in the settings of the model that is called ``held``; of those known by name, with
    whatever adapter."""
    if held is None or held.startswith(bundled.MODEL):
        return "bundled"
    return EMBEDDING_GEMMA.name if held.startswith(EMBEDDING_GEMMA.name) else held
