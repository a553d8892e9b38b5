"""Engines for the embedding model side by side: ``python -m benchmarks.engines``.

The same weights by torch in 32 bits, by torch with its linear layers quantised to 8 bits as they
run, and by ONNX Runtime in 32 and in 8 bits (exported by torch itself). The engines take turns on
every group of passages, so that a machine that slows down slows them all. For each: passages a
second and a second of processor time, likeness of its vectors to those of torch in 32 bits, and
nDCG@10 of documents on the questions of the evaluation, by passage vectors alone and by late
interaction over the hundred nearest passages. Passages and questions go through the same engine.

The passages are those of documents that answer a question, short documents first, then of others
drawn by lot, ``--passages`` in all; questions whose answer is not among them are left out.
It exports with onnx and onnxscript, which nothing else needs: ``pip install onnx==1.23.2
onnxscript==0.7.2 -c constraints.txt`` (onnxruntime comes with chromadb).
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import random
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.ingestion import CORPUS, ROOT
from benchmarks.processes import Clock
from copassist.embeddings import BATCH, load_embeddings
from copassist.library import Library
from copassist.modeltext import embedded_text
from copassist.questions import Question, load_questions
from copassist.settings import load_settings
from copassist.testing import FakeEmbeddings
from ingest.pipeline import Ingestion

QUESTIONS: Final = ROOT.parent / "shared" / "eval"
POOL: Final = 100
"""Passages that late interaction ranks again, as in ``retrieval.py``."""
GROUP: Final = 64
"""Passages an engine does before it is the next one's turn."""
SEED: Final = 20261122

Floats = NDArray[np.float32]
Run = Callable[[dict[str, Any]], Floats]
"""Token ids and mask -> last hidden states (texts, tokens, dimension)."""


@dataclass
class Engine:
    """One way to run the model, and what it has made so far."""

    name: str
    run: Run
    wall: float = 0.0
    processor: float = 0.0
    vectors: list[Floats] = field(default_factory=list)
    tokens: list[NDArray[np.float16]] = field(default_factory=list)
    questions: list[tuple[Floats, Floats]] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=1500, metavar="N")
    parser.add_argument("--library", type=Path, help="one that holds the corpus; else it is read")
    arguments = parser.parse_args()
    questions = [
        question
        for language in ("fr", "en")
        for question in load_questions(QUESTIONS / f"questions_{language}.jsonl")
        if question.answerable
    ]
    paths, texts = passages(questions, arguments.passages, arguments.library)
    questions = [question for question in questions if not right(question).isdisjoint(paths)]
    model = load_embeddings(load_settings()).model
    with tempfile.TemporaryDirectory() as folder:
        made = engines(model, Path(folder))
        encode_all(made, model, texts, [question.question for question in questions])
    print(json.dumps([figures(one, made[0], paths, questions) for one in made], indent=1))
    return 0


# --- what is embedded -------------------------------------------------------------------------


def passages(
    questions: Sequence[Question], most: int, library: Path | None = None
) -> tuple[list[str], list[str]]:
    """Document and text of each passage, as ``python -m ingest`` has them."""
    with tempfile.TemporaryDirectory() as name:
        settings = load_settings(library=library or Path(name))
        with Library(settings, FakeEmbeddings()) as opened:
            if library is None:
                Ingestion(opened).run([CORPUS])
            return _passages(opened, questions, most)


def _passages(
    library: Library, questions: Sequence[Question], most: int
) -> tuple[list[str], list[str]]:
    wanted = {path for question in questions for path in question.gold_files}
    documents = library.documents()
    random.Random(SEED).shuffle(documents)
    documents.sort(key=lambda one: one.passages if wanted & {one.path, *one.also} else math.inf)
    paths: list[str] = []
    texts: list[str] = []
    for document in documents:
        if len(texts) + document.passages > most:
            continue
        name = next(iter(wanted & {document.path, *document.also}), document.path)
        for passage in library.catalogue.version_passages(document.version):
            paths.append(name)
            texts.append(embedded_text(passage))
    return paths, texts


def right(question: Question) -> set[str]:
    """Documents that answer a question."""
    return {*question.gold_files, *question.also_answered_by}


# --- the engines ------------------------------------------------------------------------------


def engines(model: Any, folder: Path) -> list[Engine]:
    """Torch in 32 bits first: what the others are compared with."""
    import torch

    warnings.simplefilter("ignore")  # quantize_dynamic and the exporter announce their successors
    encoder = model[0].auto_model.eval()
    quantised = torch.ao.quantization.quantize_dynamic(
        copy.deepcopy(encoder), {torch.nn.Linear}, dtype=torch.qint8
    )
    full, small = folder / "fp32.onnx", folder / "int8.onnx"
    export(encoder, full)
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(full, small, weight_type=QuantType.QInt8)
    return [
        Engine("torch fp32", by_torch(encoder)),
        Engine("torch int8 dynamic", by_torch(quantised)),
        Engine("ONNX Runtime fp32", by_onnx(full)),
        Engine("ONNX Runtime int8", by_onnx(small)),
    ]


def export(encoder: Any, path: Path) -> None:
    """The encoder as ONNX, for texts of any number and length; written by torch."""
    import torch

    class States(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.encoder(input_ids=input_ids, attention_mask=attention_mask)[0]

    ids = torch.ones((2, 8), dtype=torch.long)
    shape = {0: "texts", 1: "length"}
    names = ["input_ids", "attention_mask"]
    torch.onnx.export(
        States().eval(),
        (ids, torch.ones_like(ids)),
        str(path),
        input_names=names,
        output_names=["states"],
        dynamic_axes=dict.fromkeys([*names, "states"], shape),
        opset_version=17,
        dynamo=False,  # tracing: a tenth of the time of the newer exporter
    )


def by_torch(encoder: Any) -> Run:
    import torch

    def run(features: dict[str, Any]) -> Floats:
        with torch.inference_mode():
            states: Floats = encoder(
                input_ids=features["input_ids"], attention_mask=features["attention_mask"]
            )[0].numpy()
        return states

    return run


def by_onnx(path: Path) -> Run:
    import onnxruntime
    import torch

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(features: dict[str, Any]) -> Floats:
        names = ("input_ids", "attention_mask")
        states: Floats = session.run(None, {name: features[name].numpy() for name in names})[0]
        return states

    return run


# --- running them -----------------------------------------------------------------------------


def encode_all(
    made: Sequence[Engine], model: Any, texts: Sequence[str], questions: Sequence[str]
) -> None:
    """Every text and question through every engine, in turns."""
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    groups = [order[start : start + GROUP] for start in range(0, len(order), GROUP)]
    random.Random(SEED).shuffle(groups)
    for engine in made:
        encode(engine, model, ["chauffe"] * 4, "passage: ")
        engine.vectors = [np.zeros(0, np.float32)] * len(texts)
        engine.tokens = [np.zeros(0, np.float16)] * len(texts)
    for number, group in enumerate(groups):
        print(f"{number} / {len(groups)}", file=sys.stderr, flush=True)
        for engine in made[number % len(made) :] + list(made[: number % len(made)]):
            clock = Clock()
            found = encode(engine, model, [texts[place] for place in group], "passage: ")
            engine.wall += clock.wall
            engine.processor += clock.processor
            for place, (vector, tokens) in zip(group, found, strict=True):
                engine.vectors[place], engine.tokens[place] = vector, tokens.astype(np.float16)
    for engine in made:
        engine.questions = [encode(engine, model, [one], "query: ")[0] for one in questions]


def encode(
    engine: Engine, model: Any, texts: list[str], prompt: str
) -> list[tuple[Floats, Floats]]:
    """Unit vector and unit token vectors of each text, as ``embeddings.py`` makes them."""
    skip = len(model.tokenizer(prompt.rstrip())["input_ids"]) - 1
    found = []
    for start in range(0, len(texts), BATCH):
        features = model.preprocess(texts[start : start + BATCH], prompt=prompt)
        states = engine.run(features)
        for state, mask in zip(states, features["attention_mask"].bool().numpy(), strict=True):
            found.append((unit(state[mask].mean(axis=0)), unit(state[mask][skip:-1])))
    return found


def unit(rows: Floats) -> Floats:
    made: Floats = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)
    return made


# --- what comes of it -------------------------------------------------------------------------


def figures(
    engine: Engine, first: Engine, paths: Sequence[str], questions: Sequence[Question]
) -> dict[str, Any]:
    """One line of the table."""
    vectors = np.stack(engine.vectors)
    likeness = (vectors * np.stack(first.vectors)).sum(axis=1)
    dense, late = [], []
    for question, (vector, tokens) in zip(questions, engine.questions, strict=True):
        scores = vectors @ vector
        nearest = np.argsort(-scores)[:POOL]
        dense.append(gain([paths[place] for place in np.argsort(-scores)], right(question)))
        again = [
            float((tokens @ engine.tokens[place].astype(np.float32).T).max(axis=1).mean())
            if len(engine.tokens[place])
            else 0.0
            for place in nearest
        ]
        ranked = nearest[np.argsort(-np.array(again))]
        late.append(gain([paths[place] for place in ranked], right(question)))
    return {
        "engine": engine.name,
        "passages": len(paths),
        "questions": len(questions),
        "passages_a_second": round(len(paths) / engine.wall, 2),
        "passages_a_processor_second": round(len(paths) / engine.processor, 2),
        "cosine_to_first": round(float(likeness.mean()), 4),
        "ndcg10_vectors": round(float(np.mean(dense)), 4),
        "ndcg10_late": round(float(np.mean(late)), 4),
    }


def gain(ranked: Sequence[str], wanted: set[str]) -> float:
    """nDCG@10 of documents when any one right document suffices."""
    rank = next((place for place, path in enumerate(dict.fromkeys(ranked)) if path in wanted), None)
    return 0.0 if rank is None or rank >= 10 else float(1 / np.log2(rank + 2))


if __name__ == "__main__":
    sys.exit(main())
