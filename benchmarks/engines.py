"""Engines for the embedding model side by side: ``python -m benchmarks.engines``.

The same weights by torch in 32 bits; by torch with its linear layers quantised to 8 bits as they
run, all of them or the feed-forward ones alone (there with a scale a row); and by ONNX Runtime in
32 and in 8 bits (exported by torch itself). Each takes the place of the encoder in the product's
own :class:`SentenceEmbeddings`, so it runs as the product runs it: one thread a pass, as many
passes at a time as there are cores. They take turns on every group of passages, so that a machine
that slows down slows them all. For each: passages a second and a second of processor time,
likeness of its vectors to those of torch in 32 bits, and nDCG@10 of documents, by passage vectors
alone and by late interaction over the hundred nearest passages, with what it differs by from torch
in 32 bits, question by question, and the bootstrap interval of that. Passages and questions go
through the same engine; token vectors are compared uncompressed.

The questions are those of ``../shared/eval``: of the evaluation, of the CNIL (short pages of
questions and answers) and of service-public.fr (one a page, a SQuAD file). The passages are those
of documents that answer one, short documents first, then of others drawn by lot, ``--passages`` in
all; questions whose answer is not among them are left out.

It exports with onnx and onnxscript, which nothing else needs: ``pip install onnx==1.23.2
onnxscript==0.7.2 -c constraints.txt`` (onnxruntime comes with chromadb).
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.ingestion import CORPUS, ROOT
from benchmarks.processes import Clock
from copassist.embeddings import SentenceEmbeddings, load_embeddings
from copassist.evaluation import mean_figure
from copassist.indexing import GROUP
from copassist.library import Library
from copassist.models import bundled
from copassist.modeltext import embedded_text
from copassist.questions import Question, load_questions, load_squad, squad_documents
from copassist.retrieval import POOL
from copassist.settings import load_settings
from copassist.testing import FakeEmbeddings
from copassist.tokencodec import Floats
from ingest.pipeline import Ingestion

EVAL: Final = ROOT.parent / "shared" / "eval"
CNIL: Final = EVAL / "cnil"
SERVICE_PUBLIC: Final = EVAL / "service_public" / "filtered_spf_qr_test.json"
ANSWERING: Final = 0.6
"""Most of the passages that documents which answer may take: the rest is there to be confused."""
SEED: Final = 20261122


@dataclass
class Engine:
    """One encoder, and what has been made with it so far."""

    name: str
    encoder: Any
    wall: float = 0.0
    processor: float = 0.0
    vectors: dict[int, Floats] = field(default_factory=dict)
    tokens: dict[int, NDArray[np.float16]] = field(default_factory=dict)
    questions: list[tuple[Floats, Floats]] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=1200, metavar="N")
    parser.add_argument("--library", type=Path, help="where all is read into, or has been")
    arguments = parser.parse_args()
    questions = all_questions()
    paths, texts = passages(questions, arguments.passages, arguments.library)
    questions = [question for question in questions if not right(question).isdisjoint(paths)]
    settings = load_settings()
    embeddings = load_embeddings(settings)
    with tempfile.TemporaryDirectory() as folder:
        made = engines(embeddings, bundled.build(settings.models), Path(folder))
        encode_all(made, embeddings, texts, [question.question for question in questions])
    gains = [ranking_gains(one, paths, questions) for one in made]
    told = [figures(one, made[0], gain, gains[0]) for one, gain in zip(made, gains, strict=True)]
    print(json.dumps({"passages": len(texts), "questions": len(questions), "engines": told}))
    return 0


# --- what is embedded -------------------------------------------------------------------------


def all_questions() -> list[Question]:
    files = [EVAL / "questions_fr.jsonl", EVAL / "questions_en.jsonl", CNIL / "queries.jsonl"]
    asked = [question for file in files for question in load_questions(file)]
    return [one for one in [*asked, *load_squad(SERVICE_PUBLIC)] if one.answerable]


def passages(
    questions: Sequence[Question], most: int, library: Path | None = None
) -> tuple[list[str], list[str]]:
    """Document and text of each passage, as ``python -m ingest`` has them."""
    with tempfile.TemporaryDirectory() as name:
        pages = Path(name) / "pages"
        pages.mkdir()
        for path, text in squad_documents(SERVICE_PUBLIC).items():
            (pages / path).write_text(text, encoding="utf-8")
        settings = load_settings(library=library or Path(name) / "library")
        with Library(settings, FakeEmbeddings()) as opened:
            if not opened.documents():
                Ingestion(opened).run([CORPUS, CNIL / "docs", pages])
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
        answers = wanted & {document.path, *document.also}
        room = most * ANSWERING if answers else most
        if len(texts) + document.passages > room:
            continue
        name = next(iter(answers), document.path)
        for passage in library.catalogue.version_passages(document.version):
            paths.append(name)
            texts.append(embedded_text(passage))
    return paths, texts


def right(question: Question) -> set[str]:
    """Documents that answer a question."""
    return {*question.gold_files, *question.also_answered_by}


# --- the engines ------------------------------------------------------------------------------


def engines(embeddings: SentenceEmbeddings, model: Path, folder: Path) -> list[Engine]:
    """The product's own first: what the others are compared with."""
    import torch
    from torch.ao.quantization import per_channel_dynamic_qconfig, quantize_dynamic

    warnings.simplefilter("ignore")  # quantize_dynamic and the exporter announce their successors
    encoder = embeddings.model[0].auto_model.eval()
    forward = [
        name
        for name, layer in encoder.named_modules()
        if isinstance(layer, torch.nn.Linear) and ".attention." not in f".{name}."
    ]
    some = dict.fromkeys(forward, per_channel_dynamic_qconfig)
    full, small = folder / "fp32.onnx", folder / "int8.onnx"
    export(model, full)
    from onnxruntime.quantization import QuantType
    from onnxruntime.quantization import quantize_dynamic as quantize_onnx

    quantize_onnx(full, small, weight_type=QuantType.QInt8)
    return [
        Engine("torch fp32", encoder),
        Engine("torch int8 dynamic", quantize_dynamic(encoder, {torch.nn.Linear})),
        Engine("torch int8, feed-forward only", quantize_dynamic(encoder, some)),
        Engine("ONNX Runtime fp32", by_onnx(full, encoder.config)),
        Engine("ONNX Runtime int8", by_onnx(small, encoder.config)),
    ]


def export(model: Path, path: Path) -> None:
    """The encoder of a model folder as ONNX, for texts of any number and length."""
    import torch
    from transformers import BertModel

    encoder = BertModel.from_pretrained(model, **bundled.ENCODER_OPTIONS).eval()

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


def by_onnx(path: Path, config: Any) -> Any:
    """An exported encoder, to stand where torch's stood."""
    import onnxruntime
    import torch

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # of a pass; the product runs one a core
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    class Exported(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.config = config

        def forward(self, input_ids: Any, attention_mask: Any, **_: Any) -> dict[str, Any]:
            given = {"input_ids": input_ids.numpy(), "attention_mask": attention_mask.numpy()}
            return {"last_hidden_state": torch.from_numpy(session.run(None, given)[0])}

    return Exported()


# --- running them -----------------------------------------------------------------------------


def encode_all(
    made: Sequence[Engine],
    embeddings: SentenceEmbeddings,
    texts: Sequence[str],
    questions: Sequence[str],
) -> None:
    """Every text and question through every engine, in turns."""
    order = list(range(len(texts)))
    random.Random(SEED).shuffle(order)
    groups = [order[start : start + GROUP] for start in range(0, len(order), GROUP)]
    for engine in made:
        take_turn(engine, embeddings)
        embeddings.embed_passages(["chauffe"] * 8)
        for question in questions:
            asked = embeddings._embed_question(question)  # past what it remembers
            engine.questions.append((asked.vector, asked.tokens))
    for number, group in enumerate(groups):
        print(f"{number} / {len(groups)}", file=sys.stderr, flush=True)
        turn = number % len(made)
        for engine in (*made[turn:], *made[:turn]):
            take_turn(engine, embeddings)
            clock = Clock()
            found = embeddings.embed_passages([texts[place] for place in group])
            engine.wall += clock.wall
            engine.processor += clock.processor
            for place, embedded in zip(group, found, strict=True):
                engine.vectors[place] = embedded.vector
                engine.tokens[place] = embedded.tokens.astype(np.float16)


def take_turn(engine: Engine, embeddings: SentenceEmbeddings) -> None:
    embeddings.model[0].model = engine.encoder


# --- what comes of it -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gains:
    """nDCG@10 of each question: by passage vectors alone, and by late interaction."""

    vectors: list[float]
    late: list[float]


def ranking_gains(engine: Engine, paths: Sequence[str], questions: Sequence[Question]) -> Gains:
    vectors = in_order(engine)
    gains = Gains([], [])
    for question, (vector, tokens) in zip(questions, engine.questions, strict=True):
        nearest = np.argsort(-(vectors @ vector))
        gains.vectors.append(gain([paths[place] for place in nearest], right(question)))
        again = [
            float((tokens @ engine.tokens[place].astype(np.float32).T).max(axis=1).mean())
            if len(engine.tokens[place])
            else 0.0
            for place in nearest[:POOL]
        ]
        ranked = nearest[:POOL][np.argsort(-np.array(again))]
        gains.late.append(gain([paths[place] for place in ranked], right(question)))
    return gains


def gain(ranked: Sequence[str], wanted: set[str]) -> float:
    """nDCG@10 of documents when any one right document suffices."""
    rank = next((place for place, path in enumerate(dict.fromkeys(ranked)) if path in wanted), None)
    return 0.0 if rank is None or rank >= 10 else float(1 / np.log2(rank + 2))


def in_order(engine: Engine) -> Floats:
    return np.stack([engine.vectors[place] for place in range(len(engine.vectors))])


def figures(engine: Engine, first: Engine, gains: Gains, compared: Gains) -> dict[str, Any]:
    """One line of the table."""
    likeness = (in_order(engine) * in_order(first)).sum(axis=1)
    count = len(engine.vectors)
    return {
        "engine": engine.name,
        "passages_a_second": round(count / engine.wall, 2),
        "passages_a_processor_second": round(count / engine.processor, 2),
        "cosine_to_first": round(float(likeness.mean()), 5),
        "ndcg10_vectors": compare(gains.vectors, compared.vectors),
        "ndcg10_late": compare(gains.late, compared.late),
    }


def compare(gains: Sequence[float], compared: Sequence[float]) -> dict[str, float]:
    """Their mean, and what it differs by from that of ``compared``, with its interval."""
    difference = mean_figure([one - other for one, other in zip(gains, compared, strict=True)])
    told = {
        "mean": float(np.mean(gains)),
        "difference": difference.value,
        "low": difference.low,
        "high": difference.high,
    }
    return {name: round(value, 4) for name, value in told.items()}


if __name__ == "__main__":
    sys.exit(main())
