"""Token vectors: what was put in is found again, nearly; files come and go whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from copassist.errors import LibraryDamagedError, LibraryUnwritableError
from copassist.passages import Key
from copassist.tokencodec import (
    LEVELS,
    encode,
    encode_all,
    max_similarities,
    pool,
    quantise,
    rotation,
    unit,
)
from copassist.tokenvectors import (
    EARLIER,
    EARLIER_MAGIC,
    FOOTER,
    PassageVectors,
    TokenVectors,
    TokenWriter,
)

DIMENSION = 384

Floats = NDArray[np.float32]


def tokens_about(count: int, seed: int, dimension: int = DIMENSION) -> Floats:
    """Unit vectors that lean one way, as a text's do; ``seed`` decides which."""
    rng = np.random.default_rng(seed)
    topic = rng.normal(size=dimension)
    return unit((topic + 0.7 * rng.normal(size=(count, dimension))).astype(np.float32))


def exact(question: Floats, passage: Floats) -> float:
    return float((question @ passage.T).max(axis=1).mean())


@pytest.fixture
def store(tmp_path: Path) -> TokenVectors:
    return TokenVectors(tmp_path / "tokens")


def write(store: TokenVectors, version: str, passages: list[Floats]) -> None:
    writer = store.writer(version)
    add(writer, passages)
    writer.finish()


def add(writer: TokenWriter, passages: list[Floats]) -> None:
    """As their own vectors, passages get their sums; as sentences, pairs of tokens."""
    writer.add(
        [
            PassageVectors(tokens.sum(axis=0), encode(tokens), quantise(pairs_of(tokens)))
            for tokens in passages
        ]
    )


def pairs_of(tokens: Floats) -> Floats:
    """The unit mean of each two tokens: (half as many, dimension)."""
    return unit(tokens[: len(tokens) // 2 * 2].reshape(-1, 2, tokens.shape[1]).mean(axis=1))


class TestCodec:
    @pytest.mark.parametrize("dimension", [1, 7, 300, 384])
    def test_rotation_keeps_lengths_and_angles(self, dimension: int) -> None:
        turned = rotation(dimension)
        np.testing.assert_allclose(turned @ turned.T, np.eye(dimension), atol=1e-5)

    def test_rotation_never_changes(self) -> None:
        # Files written years ago are read with it.
        np.testing.assert_allclose(rotation(4)[0], [0.1913, 0.0381, 0.9619, 0.1913], atol=1e-4)

    def test_rotation_spreads_a_single_number(self) -> None:
        assert np.abs(rotation(384)).max() < 0.25

    def test_levels_are_those_of_a_normal_number(self) -> None:
        assert LEVELS.tolist() == sorted((-LEVELS).tolist())

    def test_pooling_keeps_one_vector_for_every_few(self) -> None:
        assert len(pool(tokens_about(100, 1))) == 40
        assert len(pool(tokens_about(1, 1))) == 1

    def test_pooling_merges_what_is_alike(self) -> None:
        first, second = tokens_about(1, 1), tokens_about(1, 2)
        pooled = pool(np.concatenate([first, first, first, second, second]))
        np.testing.assert_allclose(sorted(pooled @ first[0]), sorted([second[0] @ first[0], 1]),
                                   atol=1e-5)  # fmt: skip

    def test_all_at_once_or_one_by_one(self) -> None:
        passages = [tokens_about(count, count) for count in (1, 20, 90)]
        for together, alone in zip(encode_all(passages), map(encode, passages), strict=True):
            np.testing.assert_array_equal(together.codes, alone.codes)

    def test_under_six_kilobytes_a_passage(self) -> None:
        encoded = encode(tokens_about(135, 1))
        assert encoded.codes.nbytes + encoded.scales.nbytes + encoded.mean.nbytes < 6000

    @settings(deadline=None, max_examples=30)
    @given(st.integers(1, 40), st.integers(1, 60), st.integers(0, 99))
    def test_products_are_close(self, dimension: int, count: int, seed: int) -> None:
        passage = tokens_about(count, seed, dimension)
        question = tokens_about(3, seed + 1, dimension)
        encoded = encode(passage)
        mean = (encoded.mean * encoded.mean_scale)[None, :].astype(np.float32)
        best = max_similarities(
            question, encoded.codes, encoded.scales, mean, np.array([len(encoded.codes)])
        )
        assert best.shape == (1, 3)
        wanted = (question @ pool(passage).T).max(axis=1)
        # two bits a number are coarse for short vectors, and fine for long ones
        assert np.abs(best[0] - wanted).max() < 3 / np.sqrt(dimension)


def maxsim(store: TokenVectors, question: Floats, keys: Sequence[Key]) -> Floats:
    """As search has it."""
    scores: Floats = store.similarities(question, keys).mean(axis=1)
    return scores


class TestStore:
    def test_scores_are_close_to_exact_ones_and_in_their_order(self, store: TokenVectors) -> None:
        passages = [tokens_about(120, seed) for seed in range(8)]
        write(store, "v1", passages[:5])
        write(store, "v2", passages[5:])
        question = unit(passages[6][:9] + 0.3 * tokens_about(9, 99))
        keys = [("v1", n) for n in range(5)] + [("v2", n) for n in range(3)]
        scores = maxsim(store, question, keys)
        wanted = np.array([exact(question, passage) for passage in passages])
        assert scores.argmax() == wanted.argmax() == 6
        assert np.corrcoef(scores, wanted)[0, 1] > 0.98

    def test_nothing_kept_gives_nan(self, store: TokenVectors) -> None:
        write(store, "v1", [tokens_about(5, 1)])
        question = tokens_about(3, 1)
        scores = maxsim(store, question, [("v1", 0), ("v1", 1), ("v9", 0)])
        assert np.isnan(scores).tolist() == [False, True, True]

    def test_other_models_vectors_give_nan(self, store: TokenVectors) -> None:
        write(store, "v1", [tokens_about(5, 1)])
        assert np.isnan(maxsim(store, tokens_about(3, 1, dimension=8), [("v1", 0)])).all()

    def test_passage_without_tokens_scores_nothing(self, store: TokenVectors) -> None:
        write(store, "v1", [np.zeros((0, DIMENSION), np.float32), tokens_about(5, 1)])
        scores = maxsim(store, tokens_about(3, 1), [("v1", 0), ("v1", 1)])
        assert scores[0] == 0
        assert scores[1] > 0.3

    def test_no_candidates_or_no_question(self, store: TokenVectors) -> None:
        write(store, "v1", [tokens_about(5, 1)])
        assert maxsim(store, tokens_about(3, 1), []).shape == (0,)
        assert store.similarities(np.zeros((0, DIMENSION), np.float32), [("v1", 0)]).shape == (1, 0)

    def test_batches_or_at_once(self, store: TokenVectors) -> None:
        passages = [tokens_about(20, seed) for seed in range(3)]
        write(store, "once", passages)
        writer = store.writer("batches")
        for passage in passages:
            add(writer, [passage])
        writer.finish()
        question = tokens_about(4, 1)
        once = maxsim(store, question, [("once", n) for n in range(3)])
        batches = maxsim(store, question, [("batches", n) for n in range(3)])
        assert once.tolist() == batches.tolist()

    def test_passage_vectors_are_given_back_as_they_were(self, store: TokenVectors) -> None:
        passages = [tokens_about(20, seed) for seed in range(3)]
        write(store, "v1", passages)
        kept = store.vectors("v1")
        assert kept is not None
        assert kept.tolist() == [tokens.sum(axis=0).tolist() for tokens in passages]
        assert store.vectors("v9") is None
        assert (store.holds("v1", 3), store.holds("v1", 4)) == (True, False)

    def test_cosines_with_sentences_are_close_to_exact_ones(self, store: TokenVectors) -> None:
        passages = [tokens_about(12, 1), tokens_about(1, 2), tokens_about(40, 3)]
        write(store, "v1", passages)
        question = unit(passages[2][20:22].sum(axis=0, keepdims=True))[0]
        found = store.sentence_similarities(question, [("v1", 2), ("v1", 0), ("v1", 1), ("v9", 0)])
        assert [None if one is None else len(one) for one in found] == [20, 6, 0, None]
        assert found[0] is not None
        assert found[0].argmax() == 10
        for cosines, passage in zip(found, (passages[2], passages[0]), strict=False):
            np.testing.assert_allclose(cosines, pairs_of(passage) @ question, atol=0.05)

    def test_how_far_the_best_sentence_stands_out(self, store: TokenVectors) -> None:
        passages = [tokens_about(12, 1), tokens_about(1, 2), tokens_about(40, 3)]
        write(store, "v1", passages)
        question = unit(passages[2][20:22].sum(axis=0, keepdims=True))[0]
        found = store.standing_out(question, [("v1", 2), ("v1", 1), ("v9", 0)])
        whole = passages[2].sum(axis=0) @ question
        assert found[0] == pytest.approx(1 - whole, abs=0.05)
        assert np.isnan(found[1:]).all()  # one token, so no sentence; no such version

    def test_files_without_sentences_are_still_read(
        self, store: TokenVectors, tmp_path: Path
    ) -> None:
        write(store, "v1", [tokens_about(1, 1)])  # one token: no pair, so no sentence
        scores = maxsim(store, tokens_about(3, 1), [("v1", 0)])
        kept = store.vectors("v1")
        file = tmp_path / "tokens" / "v1.tok"
        whole = file.read_bytes()
        _, dimension, passages, tokens, sentences = FOOTER.unpack(whole[-FOOTER.size :])
        assert sentences == 0
        vectors = whole[: -FOOTER.size][-4 * DIMENSION :]
        nothing = DIMENSION + 4 + 2 * 8  # mean, its scale, two places
        before = whole[: -FOOTER.size - 4 * DIMENSION - nothing]
        footer = EARLIER.pack(EARLIER_MAGIC, dimension, passages, tokens)
        file.write_bytes(before + vectors + footer)
        again = store.vectors("v1")
        assert kept is not None
        assert again is not None
        assert again.tolist() == kept.tolist()
        assert maxsim(store, tokens_about(3, 1), [("v1", 0)]).tolist() == scores.tolist()
        assert store.sentence_similarities(tokens_about(1, 1)[0], [("v1", 0)]) == [None]

    def test_there_only_once_finished(self, store: TokenVectors) -> None:
        writer = store.writer("v1")
        add(writer, [tokens_about(5, 1)])
        assert store.versions() == []
        writer.abandon()
        assert store.versions() == []
        assert list(store._folder.iterdir()) == []

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a disk that is full")
    def test_a_full_disk_is_said_and_leaves_nothing(self, store: TokenVectors) -> None:
        writer = store.writer("v1")
        writer._file.close()
        writer._file = Path("/dev/full").open("wb")  # noqa: SIM115 (closed by the writer)
        add(writer, [tokens_about(5, 1)])
        with pytest.raises(LibraryUnwritableError):
            writer.finish()
        writer.abandon()
        assert list(store._folder.iterdir()) == []

    def test_made_again_with_another_model(self, store: TokenVectors) -> None:
        write(store, "v1", [tokens_about(5, 1)])
        assert not np.isnan(maxsim(store, tokens_about(3, 1), [("v1", 0)])).any()
        write(store, "v1", [tokens_about(5, 1, dimension=8)])
        assert not np.isnan(maxsim(store, tokens_about(3, 1, dimension=8), [("v1", 0)])).any()

    def test_remove(self, store: TokenVectors) -> None:
        write(store, "v1", [tokens_about(5, 1)])
        write(store, "v2", [tokens_about(5, 2)])
        assert store.versions() == ["v1", "v2"]
        store.remove("v1")
        store.remove("v1")
        assert store.versions() == ["v2"]
        assert np.isnan(maxsim(store, tokens_about(3, 1), [("v1", 0)])).all()

    def test_empty_version(self, store: TokenVectors) -> None:
        write(store, "v1", [])
        assert np.isnan(maxsim(store, tokens_about(3, 1), [("v1", 0)])).all()

    @pytest.mark.parametrize("damage", [b"", b"short", b"x" * 500])
    def test_damaged_file(self, store: TokenVectors, tmp_path: Path, damage: bytes) -> None:
        write(store, "v1", [tokens_about(5, 1)])
        (tmp_path / "tokens" / "v1.tok").write_bytes(damage)
        with pytest.raises(LibraryDamagedError):
            maxsim(store, tokens_about(3, 1), [("v1", 0)])
