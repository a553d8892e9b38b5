"""Rerankers: what search makes of their scores, and a real CrossEncoder, small and untrained."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copassist import ranking
from copassist.errors import ModelError, SettingsError
from copassist.library import Library
from copassist.models import oneatatime
from copassist.models.hub import fetching
from copassist.models.oneatatime import PLACES, REST, OneAtATime
from copassist.passages import Key
from copassist.rerankers import CrossEncoderReranker, load_reranker
from copassist.settings import Settings, load_settings
from copassist.testing import FakeEmbeddings, FakeReranker
from ingest.pipeline import Ingestion

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "qui", "anime", "la", "rencontre", "tour")


def key(number: int) -> Key:
    return ("version", number)


ORDERS = st.lists(st.floats(-5, 5), min_size=2, max_size=20).map(
    lambda scores: [(key(n), s) for n, s in enumerate(sorted(scores, reverse=True))]
)


@given(ORDERS, st.data())
def test_none_is_lost_and_what_is_not_read_stays_below(
    order: list[tuple[Key, float]], data: st.DataObject
) -> None:
    count = data.draw(st.integers(2, len(order)))
    scores = st.lists(st.floats(-9, 9), min_size=count, max_size=count)
    read = {key(n): score for n, score in enumerate(data.draw(scores))}
    after = ranking.rerank(order, read, 1.0)
    assert {one for one, _ in after} == {one for one, _ in order}
    assert {one for one, _ in after[:count]} == set(read)
    assert [s for _, s in after] == sorted((s for _, s in after), reverse=True)
    assert [one for one, _ in after[count:]] == [one for one, _ in order[count:]]


def test_the_reader_s_favourite_passes_what_comes_as_close() -> None:
    order = [(key(0), 2.0), (key(1), 1.9), (key(2), -3.0)]
    after = ranking.rerank(order, {key(0): 0.1, key(1): 0.9, key(2): 0.5}, 1.0)
    assert [number for (_, number), _ in after] == [1, 0, 2]


def test_only_what_could_come_first_is_read() -> None:
    order = [(key(0), 2.0), (key(1), 1.0), (key(2), 0.4), (key(3), -3.0)]
    assert ranking.worth_reranking(order, weight=0.3) == [key(0), key(1)]
    assert ranking.worth_reranking(order, weight=1.0) == [key(0), key(1), key(2), key(3)]
    assert ranking.worth_reranking([], weight=1.0) == []


def test_search_lets_it_read_the_best_passages(
    settings: Settings, records: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "RERANKED", 2)
    texts = {
        "a.md": "La tablette est prêtée à Fatou, et la grille reste au local.",
        "b.md": "La tablette est prêtée à Julie.",
        "c.md": "Il pleut.",
    }
    reader = FakeReranker()
    with Library(settings, FakeEmbeddings(), reranker=reader) as library:
        Ingestion(library).run([records(texts)])
        question = "À qui la tablette est-elle prêtée, Fatou ou Julie ?"
        hits = library.search(question, 3)
    [(asked, shown)] = reader.asked
    assert asked == question
    assert len(shown) == 2
    read = [hit for hit in hits if "reader" in hit.signals]
    assert hits[:2] == read, "those that it read come first"
    assert read[0].document.path == "b.md", "of two that come close, the one it prefers"
    assert "reader" not in hits[2].signals


def test_a_passage_found_alone_is_read_too(
    settings: Settings, records: Callable[..., Path]
) -> None:
    with Library(settings, FakeEmbeddings(), reranker=FakeReranker()) as library:
        Ingestion(library).run([records({"a.md": "La tablette est prêtée à Fatou."})])
        [hit] = library.search("À qui est la tablette ?", 3)
    assert "reader" in hit.signals, "whether it answers is asked of it alone as well"


def test_the_order_stays_where_others_wait_already(
    settings: Settings, records: Callable[..., Path]
) -> None:
    texts = {"a.md": "La tablette est prêtée à Fatou, et plus encore.", "b.md": "La tablette."}
    with Library(settings, FakeEmbeddings()) as library:
        Ingestion(library).run([records(texts)])
        alone = library.search("La tablette est prêtée à qui ?", 3)
    with Library(settings, FakeEmbeddings(), reranker=FakeReranker(busy=True)) as library:
        assert library.search("La tablette est prêtée à qui ?", 3) == alone


def test_what_there_was_no_time_to_read_stays_below(
    settings: Settings, records: Callable[..., Path]
) -> None:
    texts = {f"{n}.md": f"La tablette est prêtée à {n}." for n in ("Fatou", "Julie", "Anne-Marie")}
    with Library(settings, FakeEmbeddings()) as library:
        Ingestion(library).run([records(texts)])
        alone = library.search("La tablette est prêtée à qui ?", 3)
    with Library(settings, FakeEmbeddings(), reranker=FakeReranker(most=2)) as library:
        hits = library.search("La tablette est prêtée à qui ?", 3)
    assert ["reader" in hit.signals for hit in hits] == [True, True, False]
    assert hits[2].passage == alone[2].passage


def test_one_is_served_one_waits_and_the_next_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    queue, go_on, now = OneAtATime("test"), threading.Event(), [100.0]
    monkeypatch.setattr(oneatatime, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def slow() -> bool:
        assert go_on.wait(10)
        now[0] += 0.5
        return True

    with ThreadPoolExecutor(PLACES + 1) as people:
        asked = [people.submit(queue.run, slow) for _ in range(PLACES + 1)]
        turned_away, kept = wait(asked, 10, FIRST_COMPLETED)
        assert [one.result() for one in turned_away] == [None]
        go_on.set()
        assert [one.result(10) for one in kept] == [True] * PLACES
    ended = now[0]
    now[0] = ended - 0.5 + REST * 0.5 - 0.01  # the first one ended half a second earlier
    assert queue.run(slow) is None, "it leaves the cores to others"
    now[0] += 0.02
    assert queue.run(slow), "and then goes on"
    assert queue.run(slow), "without a rest, where nobody was turned away"


def test_what_fails_leaves_its_place() -> None:
    queue = OneAtATime("test")
    for _ in range(PLACES + 1):
        with pytest.raises(ZeroDivisionError):
            queue.run(lambda: 1 // 0)
    assert queue.run(lambda: "free") == "free"


def test_none_where_none_is_wanted() -> None:
    assert load_reranker(load_settings(reranker="none")) is None


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_cross_encoder(tmp_path_factory.mktemp("cross-encoder"), ("answers",))


def made_cross_encoder(folder: Path, labels: Sequence[str]) -> Path:
    """A folder as ``CrossEncoder.save_pretrained`` makes one; its weights are drawn by lot."""
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    vocabulary = {word: place for place, word in enumerate(WORDS)}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # transformers' own
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=64
    )
    fast.save_pretrained(folder)
    torch.manual_seed(1)
    shape = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        max_position_embeddings=64,
        initializer_range=1.0,
        id2label=dict(enumerate(labels)),
    )
    BertForSequenceClassification(shape).save_pretrained(folder)
    return folder


def test_a_cross_encoder_in_a_folder(cross_encoder: Path) -> None:
    reader = load_reranker(load_settings(reranker=str(cross_encoder)))
    assert isinstance(reader, CrossEncoderReranker)
    scores = reader.scores("qui anime", ["la rencontre", "tour", "la rencontre"])
    assert scores[0] == pytest.approx(scores[2])
    assert scores[0] != pytest.approx(scores[1])


def test_a_model_of_several_labels_is_told_in_one_line(tmp_path: Path) -> None:
    folder = made_cross_encoder(tmp_path, ("contradicts", "follows", "neither"))
    with pytest.raises(ModelError, match="3 labels"):
        CrossEncoderReranker(str(folder)).scores("qui", ["la", "tour"])


def test_a_library_s_error_without_words_is_told_by_its_name() -> None:
    with pytest.raises(ModelError, match="ValueError"), fetching("mine"):
        raise ValueError


def test_a_folder_that_is_not_a_model_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(ModelError) as told:
        CrossEncoderReranker(str(tmp_path)).scores("qui", ["la"])
    assert "\n" not in told.value.describe("fr")


def test_weights_that_are_cut_off_are_told_in_one_line(tmp_path: Path) -> None:
    weights = made_cross_encoder(tmp_path, ("answers",)) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(ModelError):
        CrossEncoderReranker(str(tmp_path)).scores("qui", ["la"])


def test_a_folder_that_is_not_there_is_refused_at_once() -> None:
    with pytest.raises(SettingsError):
        load_settings(reranker="/nowhere/at/all")
