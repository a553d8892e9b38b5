"""Train an embedding model's adapter on questions and the passages that answer them.

    python scripts/train_adapter.py --library DIR --out copassist/data/embeddinggemma.safetensors

Three files hold what is practised on. ``adapter_pairs.jsonl``: questions written, one by one, for
passages drawn at random from the records the figures in docs/experiments.md are about, passages
with the answer to an evaluation question left out. ``near_misses.jsonl``: questions written for
such passages that a hurried reader would believe answered there. ``practice_questions.jsonl``:
questions of sixteen communities invented for this, whose records are in ``practice/``; a third of
them have no answer there, though they speak of what the records speak of. The library must hold
the documents of all; the model that learns is the one it was made with (COPASSIST_EMBEDDING),
whatever adapter it had then.

A step takes questions, their passages and for each a passage that lies near the question too; all
passages of the step but its own are wrong for a question, unless they say nearly the same. What
the product compares is trained at once. Which passage is right: softmax cross-entropy (van den
Oord et al. 2018, InfoNCE) of the cosine of the pooled vectors, and of mean MaxSim of the token
vectors (Khattab and Zaharia 2020, ColBERT). Whether it answers at all: logistic loss of how close
it comes to what it meets least of the question (``retrieval.WORST``), for right passages, for wrong
ones and for the nearest ones of questions without an answer.

``--begin`` goes on from an adapter there is. Both in ``copassist/data`` saw no pair about
``fr_fablab_lannion`` and ``en_nhs_rap_cop``: ``adapter`` all others for one epoch after the one
before it, without the communities; ``embeddinggemma`` for one from nothing, then two with the
first eight communities and four questions without an answer a step. Neither saw ``near_misses`` nor
the pairs that were written with them (the cross-encoder did: ``train_cross_encoder.py``).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from adapter_encoders import E5, LONGEST, Encoder, Gemma
from descent import Group, descend, half_precision, options
from torch import Tensor, nn
from torch.nn import functional

from copassist.library import Library
from copassist.models import adapter, bundled
from copassist.modeltext import embedded_text
from copassist.passages import Passage
from copassist.retrieval import WORST
from copassist.settings import load_settings

PAIRS = Path(__file__).with_name("adapter_pairs.jsonl")
MISSES = Path(__file__).with_name("near_misses.jsonl")
PRACTICE = Path(__file__).with_name("practice_questions.jsonl")
EPOCHS = 2
QUESTIONS_A_STEP = 24
MISSES_A_STEP = 6
"""Questions without an answer. A near passage each, as for the others: two gave those nothing more
(docs/experiments.md)."""
BOUND_RATE = 1e-2
"""Of learning where the bound of what answers lies."""
WARM_UP = 15
"""Steps."""
TEMPERATURE = 0.02
CONFUSED = 20
"""Wrong passages kept for a question, out of the nearest :data:`NEAR` by the vectors there are."""
NEAR = 60
SAME_WORDS = 0.6
"""Share of the shorter passage's words from which two passages say the same."""
MISLEADING = 12
"""Nearest passages kept for a question without an answer; the nearer, the more often shown."""
OFTEN = 3.0
"""Mean place, among those, of the one shown."""
ANSWERS = 0.35
"""Closeness to what is least met from which a passage answers, before it is learned."""
SOFTNESS = 0.05
"""Of that bound: how much closer makes it e times as likely."""
LEAST_WEIGHT = 0.5
"""Of the logistic loss beside the two others."""


@dataclass(frozen=True, slots=True)
class Pair:
    question: str
    right: int
    wrong: tuple[int, ...]
    """Places among the passages: the one that answers, and those taken for it."""


@dataclass(frozen=True, slots=True)
class Miss:
    question: str
    near: tuple[int, ...]
    """Places of the nearest passages, nearest first; none answers."""


@dataclass(frozen=True, slots=True)
class Material:
    texts: tuple[str, ...]
    """Passages as they are embedded."""
    pairs: tuple[Pair, ...]
    misses: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class Step:
    pairs: tuple[Pair, ...]
    wrong: tuple[int, ...]
    """The place of a passage for each pair."""
    misses: tuple[tuple[str, int], ...]
    """A question without an answer, and the place of a passage near it."""


def read_material(library: Library, left_out: Sequence[str]) -> Material:
    """What is practised on, but for the documents whose path begins with one of ``left_out``: to
    see what practice on some records gives on others."""
    every: list[Passage] = []
    paths: list[str] = []
    for document in library.documents():
        for passage in library.catalogue.version_passages(document.version):
            every.append(passage)
            paths.append(document.path)
    places: dict[str, list[int]] = {}
    for place, path in enumerate(paths):
        places.setdefault(path, []).append(place)
    asked = [
        question
        for file in (PAIRS, MISSES, PRACTICE)
        for question in map(json.loads, file.read_text(encoding="utf-8").splitlines())
        if not (question["document"] or question["near"]).startswith(tuple(left_out))
    ]
    pairs, misses = [], []
    around = _nearest(library, [question["question"] for question in asked])
    for question, nearest in zip(asked, around, strict=True):
        file = question["document"] or question["near"]
        meant = [place for place in places.get(file, ()) if _is_meant(every[place], question)]
        if question["document"] is None:
            own = file.split("/")[0] + "/"
            near = meant or [place for place in nearest if paths[place].startswith(own)]
            if near:
                misses.append(Miss(question["question"], tuple(near[:MISLEADING])))
            continue
        wrong = _wrong(every, meant[0], nearest) if meant else ()
        if wrong:
            pairs.append(Pair(question["question"], meant[0], wrong))
    return Material(tuple(map(embedded_text, every)), tuple(pairs), tuple(misses))


def _nearest(library: Library, questions: list[str]) -> list[list[int]]:
    """The places of the passages nearest to each question, nearest first."""
    made = [library.token_vectors.vectors(document.version) for document in library.documents()]
    vectors = np.concatenate([one for one in made if one is not None])
    model = library.embeddings.model
    torch.set_num_threads(os.cpu_count() or 1)  # loaded, it is set to one
    asked = model.encode_query(questions, batch_size=64, normalize_embeddings=True)
    order = np.argsort(-(asked @ vectors.T), axis=1)[:, :NEAR]
    places: list[list[int]] = order.tolist()
    return places


def _wrong(every: Sequence[Passage], right: int, near: Sequence[int]) -> tuple[int, ...]:
    """Those of ``near`` that do not say nearly what the right passage says."""
    said = every[right].text
    wrong = [at for at in near if at != right and not same_words(every[at].text, said)]
    return tuple(wrong[:CONFUSED])


def _is_meant(passage: Passage, question: Mapping[str, str]) -> bool:
    """Whether it is the passage that a question names by its opening words, or by a quote."""
    said = " ".join(passage.text.split())
    if "opening" in question:
        return said.startswith(question["opening"])
    return "quote" in question and " ".join(question["quote"].split()) in said


def same_words(one: str, other: str) -> bool:
    """Whether two passages say nearly the same: neither is then wrong where the other is right."""
    first, second = (set(re.findall(r"\w{3,}", text.lower())) for text in (one, other))
    return len(first & second) > SAME_WORDS * max(1, min(len(first), len(second)))


def loss_of(encoder: Encoder, texts: Sequence[str], step: Step, bound: Tensor) -> Tensor:
    """Cross-entropy of the right passages, by pooled vectors and by token vectors, and logistic
    loss of what they meet least of the question against ``bound``."""
    pairs = step.pairs
    places = [pair.right for pair in pairs] + [*step.wrong] + [place for _, place in step.misses]
    questions = [pair.question for pair in pairs] + [question for question, _ in step.misses]
    longest = min(LONGEST, max(64, *(len(texts[pair.right]) // 3 for pair in pairs)))
    asked, asked_tokens, asked_words = encoder.encode(encoder.question, questions, LONGEST)
    found, found_tokens, found_words = encoder.encode(
        encoder.passage, [texts[at] for at in places], longest
    )
    similar = torch.einsum("qtd,psd->qpts", asked_tokens, found_tokens)
    best = similar.masked_fill(~found_words[None, :, None, :], -1).amax(-1).float()
    weights = asked_words / asked_words.sum(1, keepdim=True)
    late = (best * weights[:, None, :]).sum(-1)
    alike = _alike([texts[pair.right] for pair in pairs], [texts[at] for at in places])
    ranked = [_ranking_loss(scores, alike) for scores in (asked.float() @ found.float().T, late)]
    answers = (_least_met(best, asked_words) - bound) / SOFTNESS
    return sum(ranked, start=LEAST_WEIGHT * _answering_loss(answers, alike))


def _alike(right: Sequence[str], places: Sequence[str]) -> Tensor:
    """Which of ``places`` say what another question's ``right`` passage says: (pairs, places)."""
    return torch.tensor(
        [
            [column != row and same_words(text, own) for column, text in enumerate(places)]
            for row, own in enumerate(right)
        ]
    )


def _ranking_loss(scores: Tensor, alike: Tensor) -> Tensor:
    """Softmax cross-entropy of each pair's own passage among all that are not ``alike``."""
    count = len(alike)
    left_out = torch.zeros(alike.shape).masked_fill(alike, -torch.inf)
    return functional.cross_entropy(scores[:count] / TEMPERATURE + left_out, torch.arange(count))


def _answering_loss(answers: Tensor, alike: Tensor) -> Tensor:
    """Logistic loss of ``answers`` (questions, places): for right passages, for those chosen as
    wrong or near, and for other questions' passages, a third each."""
    count = len(alike)
    own, others = alike[:, :count], alike[:, count : 2 * count]
    right = answers[:count, :count]
    near = torch.cat(
        [
            answers[:count, count : 2 * count].diagonal()[~others.diagonal()],
            answers[count:, 2 * count :].diagonal(),
        ]
    )
    far = right[~own & ~torch.eye(count, dtype=torch.bool)]
    losses = [functional.softplus(wrong).mean() for wrong in (-right.diagonal(), near, far)]
    return sum(losses, start=torch.zeros(()))


def _least_met(best: Tensor, words: Tensor) -> Tensor:
    """Mean of the lowest of ``best`` (questions, passages, tokens) that are words, of each
    question as many as the product takes: (questions, passages)."""
    few = (words.sum(1) * WORST).round().clamp(min=1)
    ordered = best.masked_fill(~words[:, None, :], torch.inf).sort(-1).values
    taken = torch.arange(best.shape[-1])[None] < few[:, None]
    return ordered.masked_fill(~taken[:, None, :], 0).sum(-1) / few[:, None]


def steps_of(material: Material, chance: np.random.Generator) -> Iterator[Step]:
    """One epoch; passages of like length together, or most of a step would be padding."""
    pairs, misses = material.pairs, material.misses
    lengths = np.array([len(material.texts[pair.right]) for pair in pairs])
    order = np.argsort(lengths * chance.uniform(0.75, 1.33, len(pairs)))
    for chosen in chance.permutation(len(pairs) // QUESTIONS_A_STEP):
        at = order[chosen * QUESTIONS_A_STEP : (chosen + 1) * QUESTIONS_A_STEP]
        mine = tuple(pairs[i] for i in at)
        without = chance.choice(len(misses), min(MISSES_A_STEP, len(misses)), replace=False)
        yield Step(
            mine,
            tuple(int(chance.choice(pair.wrong)) for pair in mine),
            tuple(_one_near(chance, misses[i]) for i in without),
        )


def _one_near(chance: np.random.Generator, miss: Miss) -> tuple[str, int]:
    return miss.question, miss.near[min(int(chance.exponential(OFTEN)), len(miss.near) - 1)]


def train(encoder: Encoder, material: Material, seed: int, epochs: int) -> None:
    chance = np.random.default_rng(seed)
    bound = nn.Parameter(torch.tensor(ANSWERS))
    steps = (step for _ in range(epochs) for step in steps_of(material, chance))
    descend(
        (Group(encoder.parameters(), encoder.rate), Group([bound], BOUND_RATE, falls=False)),
        (partial(loss_of, encoder, material.texts, step, bound) for step in steps),
        epochs * (len(material.pairs) // QUESTIONS_A_STEP),
        WARM_UP,
    )


def main() -> None:
    arguments = options(__doc__, EPOCHS)
    with Library(load_settings(library=arguments.library)) as library:
        material = read_material(library, arguments.leave_out)
        print(f"{len(material.pairs)} pairs, {len(material.misses)} without", flush=True)
        learner = E5 if library.embeddings.name == bundled.NAME else Gemma
        encoder = learner(library, adapter.read(arguments.begin) if arguments.begin else {})
    asked = [one.question for one in (*material.pairs, *material.misses)]
    with half_precision():
        encoder.know(encoder.question, asked)
        encoder.know(encoder.passage, material.texts)
    train(encoder, material, arguments.seed, arguments.epochs)
    adapter.write(encoder.updates(), arguments.out)


if __name__ == "__main__":
    main()
