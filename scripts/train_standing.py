"""Learn what tells how open tasks stand, from communities whose sentences were labelled.

    python scripts/train_standing.py --embedding embeddinggemma-300m

``scripts/standing`` holds five invented communities: their records, and of each sentence what it
does (``action``, ``done``, ``pending``, ``decision``, ``put_off``) and which action it speaks of.
Each community is first told by what is learned of the other four, and the figures printed; what
is kept (``copassist/sentencekinds.py``) is learned of all five.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from copassist.embeddings import SentenceEmbeddings, load_embeddings
from copassist.modeltext import embedded_text, sentence_places
from copassist.passages import Document, Passage, on_its_day
from copassist.sentencekinds import DATA, KINDS, Weights, save
from copassist.sentences import Span, sentences_of
from copassist.settings import Settings
from copassist.standing import FEATURES, LIKELY, Lines, features, link_odds
from copassist.tellings import MAY_TELL
from copassist.tokencodec import Floats
from ingest.manysessions import by_session
from ingest.metadata import guess_metadata
from ingest.pipeline import scan
from ingest.sandbox import Sandbox
from ingest.split import split_sections

HERE = Path(__file__).parent / "standing"


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a sentence: a line of ``labels.jsonl``."""

    n: int
    file: str
    text: str
    labels: tuple[str, ...] = ()
    owner: str = ""
    of: tuple[int, ...] = ()
    """The actions that it speaks of."""


NOTHING = Said(0, "", "")


@dataclass(frozen=True, slots=True)
class Community:
    """Every sentence of a community's records that is no heading, in order."""

    name: str
    texts: list[str]
    days: list[str]
    owners: list[str]
    vectors: Floats
    kinds: Floats
    """(sentences, kinds): 1 where a sentence is of a kind."""
    links: frozenset[tuple[int, int]]
    """Pairs of an action and a later sentence that speaks of it."""


def main() -> None:
    """Read, print what each community shows of the others, and keep what all show."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--embedding", default="embeddinggemma-300m")
    model = load_embeddings(Settings(embedding=options.parse_args().embedding))
    communities = [read(folder, model) for folder in sorted(HERE.iterdir()) if folder.is_dir()]
    outcomes = np.zeros(6, int)
    for left in communities:
        others = [one for one in communities if one is not left]
        outcomes += judged(left, learned(others))
        print(left.name, *outcomes)
    actions, news, right, said, done, gold = outcomes
    print(f"{actions} actions: {news} have news, {right} of these the sentence of a reader")
    print(f"{said} called done, {done} of these are, of {gold}")
    save(learned(communities), model.name, DATA)


# Reading


def read(folder: Path, model: SentenceEmbeddings) -> Community:
    """A community's sentences, their vectors in context, and what was said of them."""
    lines = (folder / "labels.jsonl").read_text("utf-8").splitlines()
    said = [Said(**json.loads(line)) for line in lines]
    waiting: dict[tuple[str, str], list[Said]] = {}
    for one in said:
        waiting.setdefault((one.file, one.text), []).append(one)
    found: list[tuple[str, str, Floats, Said]] = []
    for file, document, passages in records(folder / "docs"):
        texts = [embedded_text(passage) for passage in passages]
        made = model.embed_passages(texts, [sentence_places(passage) for passage in passages])
        for passage, embedded in zip(passages, made, strict=True):
            day = on_its_day(document, passage.locator).date or ""
            for span, vector in _bodies(passage, embedded.sentences):
                text = " ".join(span.text.split())
                known = waiting.get((file, text))
                found.append((text, day, vector, known.pop(0) if known else NOTHING))
    place = {one.n: at for at, (_, _, _, one) in enumerate(found) if one.n}
    left = sum(map(len, waiting.values()))
    print(f"{folder.name}: {len(found)} sentences, {len(said)} labelled, {left} not found")
    return Community(
        folder.name,
        [text for text, _, _, _ in found],
        [day for _, day, _, _ in found],
        [one.owner for _, _, _, one in found],
        np.stack([vector for _, _, vector, _ in found]),
        np.array([[kind in one.labels for kind in KINDS] for *_, one in found], np.float32),
        frozenset(
            (place[of], place[one.n])
            for one in said
            for of in one.of
            if of in place and one.n in place
        ),
    )


def _bodies(passage: Passage, vectors: Floats) -> Iterable[tuple[Span, Floats]]:
    spans = sentences_of(passage)
    return ((s, v) for s, v in zip(spans, vectors, strict=True) if s.role != "heading")


def records(folder: Path) -> Iterable[tuple[str, Document, list[Passage]]]:
    """Name, document and passages of every file, as an ingestion reads it."""
    with Sandbox(Settings()) as sandbox:
        outcomes = sorted(sandbox.parse_many(iter(scan([folder]))), key=lambda one: one.source.name)
    for outcome in outcomes:
        if outcome.parsed is None:
            continue
        name, parsed = outcome.source.name, outcome.parsed
        guess = guess_metadata(name, parsed.sections, parsed.properties)
        today = date.today()
        sections, about = by_session(parsed.sections, guess, name, parsed.properties, today)
        document = Document(
            id=name,
            community="c",
            path=name,
            title=about.title,
            kind=about.kind,
            date=about.date,
            language=about.language,
        )
        passages = split_sections(sections, about.title, about.date, language=about.language)
        yield name, document, list(passages)


# Learning


def learned(communities: Sequence[Community]) -> Weights:
    """Weights of all these communities together."""
    vectors = np.concatenate([one.vectors for one in communities])
    kinds = np.concatenate([one.kinds for one in communities])
    each = [
        LogisticRegression(C=1, max_iter=2000).fit(vectors, kinds[:, number])
        for number in range(len(KINDS))
    ]
    width = len(FEATURES)
    bare = Weights(
        np.concatenate([one.coef_ for one in each]).astype(np.float32),
        np.concatenate([one.intercept_ for one in each]).astype(np.float32),
        vectors.mean(axis=0),
        np.zeros(width, np.float32),
        0.0,
    )
    pairs, right = [], []
    for one in communities:
        actions, tellings, made = compared(one, bare)
        possible = np.isfinite(link_odds(*made, bare))
        pairs.append(features(*made, bare.mean)[possible])
        linked = np.array([[(a, t) in one.links for t in tellings] for a in actions])
        right.append(linked[possible])
    scale = StandardScaler().fit(np.concatenate(pairs))
    link = LogisticRegression(C=1, max_iter=2000)
    link.fit(scale.transform(np.concatenate(pairs)), np.concatenate(right))
    weights = link.coef_[0] / scale.scale_
    bias = float(link.intercept_[0] - weights @ scale.mean_)
    return Weights(bare.kinds, bare.kinds_bias, bare.mean, weights.astype(np.float32), bias)


def compared(one: Community, weights: Weights) -> tuple[list[int], list[int], tuple[Lines, Lines]]:
    """The numbers of a community's actions and tellings, and both as they are compared."""
    odds = weights.log_odds(one.vectors)
    dated = np.array([bool(day) for day in one.days])
    actions = np.flatnonzero(dated & (one.kinds[:, 0] > 0)).tolist()
    tellings = np.flatnonzero(dated & (odds[:, 1:].max(axis=1) >= MAY_TELL)).tolist()

    def of(chosen: list[int]) -> Lines:
        return Lines(
            [one.texts[n] for n in chosen],
            [one.days[n] for n in chosen],
            one.vectors[chosen],
            [one.owners[n] for n in chosen],
            odds[chosen],
        )

    return actions, tellings, (of(actions), of(tellings))


def judged(one: Community, weights: Weights) -> Floats:
    """Of a community's actions: how many, with news, with the right news; called done, of these
    done by the latest sentence linked to them, and how many are."""
    actions, tellings, made = compared(one, weights)
    odds, kinds = link_odds(*made, weights), weights.log_odds(one.vectors)
    counts = np.zeros(6, int)
    for action, its in zip(actions, odds, strict=True):
        linked = [other for first, other in one.links if first == action]
        last = max(linked, key=lambda other: one.days[other], default=None)
        done = last is not None and bool(one.kinds[last, KINDS.index("done")])
        news = tellings[int(its.argmax())] if its.max() >= LIKELY else None
        said = news is not None and kinds[news, 1] > kinds[news, 2]
        right = news in linked
        counts += np.array([1, news is not None, right, said, said and done, done], int)
    return counts


if __name__ == "__main__":
    main()
