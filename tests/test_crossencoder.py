"""EmbeddingGemma as a cross-encoder: its file, what it reads, and, where it was pulled, itself."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file

from copassist.errors import ModelMissingError
from copassist.models import adapter, crossencoder, embeddinggemma
from copassist.models.crossencoder import GemmaCrossEncoder, both_means, joined_ids
from copassist.models.packagedmodels import EMBEDDING_GEMMA
from copassist.rerankers import load_reranker
from copassist.settings import load_settings

WIDTH = 768


class Letters:
    """A tokenizer: a letter is a token, its code the id."""

    bos_token_id, eos_token_id = 1, 2

    def __call__(self, text: str, *, add_special_tokens: bool) -> dict[str, list[int]]:
        assert not add_special_tokens
        return {"input_ids": [ord(letter) for letter in text]}


def test_its_updates_are_of_the_same_matrices_and_a_head_is_with_them() -> None:
    theirs, own = adapter.load(embeddinggemma.ADAPTER), adapter.load(crossencoder.FILE)
    assert own.keys() == theirs.keys()
    tensors = load_file(adapter.path(crossencoder.FILE))
    assert tensors[crossencoder.WEIGHT].shape == (1, 2 * WIDTH)
    assert tensors[crossencoder.BIAS].shape == (1,)


@given(st.text(max_size=200), st.lists(st.text(max_size=600), min_size=1, max_size=4))
def test_every_text_follows_the_question_within_bounds(question: str, texts: list[str]) -> None:
    count, read = joined_ids(Letters(), question, texts)
    assert count <= 1 + crossencoder.QUESTION_TOKENS
    assert len({tuple(one[:count]) for one in read}) == 1
    for one, text in zip(read, texts, strict=True):
        said = "".join(map(chr, one[count:-1]))
        assert one[-1] == Letters.eos_token_id
        assert said == (crossencoder.PASSAGE + text)[: crossencoder.PASSAGE_TOKENS]


def test_the_means_leave_out_what_is_not_there() -> None:
    hidden = torch.tensor([[[1.0], [3.0], [5.0], [99.0]]])
    asked = torch.tensor([[True, True, False, False]])
    present = torch.tensor([[True, True, True, False]])
    assert both_means(hidden, asked, present).tolist() == [[2.0, 5.0]]


def test_it_is_taken_where_it_was_pulled(tmp_path: Path) -> None:
    assert load_reranker(load_settings(reranker="auto", models=tmp_path)) is None
    with pytest.raises(ModelMissingError):
        load_reranker(load_settings(reranker=EMBEDDING_GEMMA.name, models=tmp_path))
    embeddinggemma.folder_in(tmp_path).mkdir()
    reader = load_reranker(load_settings(reranker="auto", models=tmp_path))
    assert isinstance(reader, GemmaCrossEncoder)


@pytest.fixture(scope="module")
def reader() -> GemmaCrossEncoder:
    models = load_settings().models
    if not embeddinggemma.folder_in(models).is_dir():
        pytest.skip("not here: python -m copassist models pull embeddinggemma-300m")
    return GemmaCrossEncoder(models)


@pytest.mark.llm
def test_in_a_hurry_it_reads_the_first_at_least(reader: GemmaCrossEncoder) -> None:
    texts = [f"Pour la rencontre de mai, Lucie apportera {n} tasses." for n in range(40)]
    hurried = GemmaCrossEncoder(load_settings().models, seconds=0.01)
    hurried.scores("Qui ?", texts[:1])  # loaded
    few = hurried.scores("Qui apporte les tasses ?", texts)
    assert few is not None
    assert 1 <= len(few) < len(texts)
    every = reader.scores("Qui apporte les tasses ?", texts)
    assert every is not None
    assert len(every) == len(texts)
    assert few == pytest.approx(every[: len(few)])


@pytest.mark.llm
@pytest.mark.parametrize(
    ("question", "answers", "near"),
    [
        (
            "Qui doit apporter la cafetière ?",
            "Pour la rencontre de mai, Lucie apportera la cafetière et les tasses.",
            "La cafetière du local est brisée depuis mars ; on en discutera à la rencontre de mai.",
        ),
        (
            "How much does the room cost?",
            "The upstairs room was chosen; the town rents it for $45 an evening.",
            "The upstairs room was chosen because it holds thirty people and has a ramp.",
        ),
    ],
)
def test_what_answers_is_told_from_what_is_near(
    reader: GemmaCrossEncoder, question: str, answers: str, near: str
) -> None:
    right, wrong, other = reader.scores(question, [answers, near, "Il pleuvait."])
    assert right > max(wrong, other)
    assert [right, wrong] == pytest.approx(
        [reader.scores(question, [one])[0] for one in (answers, near)], abs=0.3
    ), "what else is read with a passage changes nothing but roundings"
