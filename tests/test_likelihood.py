"""The packaged reranker, on a Gemma 3 of one layer whose weights are drawn by lot."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import pytest
import torch

from copassist.errors import ModelDamagedError, ModelMissingError
from copassist.models.ggufmodel import read_tensors, unpacked
from copassist.models.likelihood import QueryLikelihood
from copassist.models.modelstore import find
from copassist.models.packagedmodels import GEMMA_270M
from copassist.rerankers import load_reranker
from copassist.settings import Settings, load_settings

WIDTH, HEADS, HEAD, INNER = 16, 2, 8, 32
SPECIAL = ["<pad>", "<eos>", "<bos>", "<unk>"]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
LETTERS = list("▁abcdefghijklmnopqrstuvwxyz")
SHAPES = {
    "attn_norm": (WIDTH,),
    "attn_q": (HEADS * HEAD, WIDTH),
    "attn_k": (HEAD, WIDTH),
    "attn_v": (HEAD, WIDTH),
    "attn_output": (WIDTH, HEADS * HEAD),
    "attn_q_norm": (HEAD,),
    "attn_k_norm": (HEAD,),
    "post_attention_norm": (WIDTH,),
    "ffn_norm": (WIDTH,),
    "ffn_gate": (INNER, WIDTH),
    "ffn_up": (INNER, WIDTH),
    "ffn_down": (WIDTH, INNER),
    "post_ffw_norm": (WIDTH,),
}


def write_gguf(file: Path, architecture: str = "gemma3") -> None:
    """A model as llama.cpp keeps one."""
    kinds = gguf.TokenType
    tokens = [*SPECIAL, *BYTES, *LETTERS]
    types = [kinds.CONTROL] * 4 + [kinds.BYTE] * len(BYTES) + [kinds.NORMAL] * len(LETTERS)
    writer = gguf.GGUFWriter(str(file), architecture)
    writer.add_context_length(1024)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(1)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(10_000.0)
    writer.add_sliding_window(512)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(place) for place in range(len(tokens))])
    writer.add_token_types(types)
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(1)
    writer.add_unk_token_id(3)
    writer.add_pad_token_id(0)
    chance = np.random.default_rng(1)
    for name, shape in {
        "token_embd": (len(tokens), WIDTH),
        "output_norm": (WIDTH,),
        **{f"blk.0.{name}": shape for name, shape in SHAPES.items()},
    }.items():
        writer.add_tensor(f"{name}.weight", chance.normal(size=shape).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("models") / GEMMA_270M.file
    write_gguf(made)
    return made


def test_every_tensor_has_its_place_and_norms_are_one_less(file: Path) -> None:
    kept = {tensor.name: tensor.data for tensor in gguf.GGUFReader(file).tensors}
    read = read_tensors(file)
    assert len(read) == len(kept)
    gate = read["model.layers.0.mlp.gate_proj.weight"].numpy()
    assert np.array_equal(gate, kept["blk.0.ffn_gate.weight"])
    norm = read["model.layers.0.self_attn.q_norm.weight"].numpy()
    assert np.allclose(norm, kept["blk.0.attn_q_norm.weight"] - 1)


def test_a_text_has_the_same_score_whatever_is_read_beside_it(file: Path) -> None:
    """What is padded in a batch changes nothing: alone, each has the model's own probabilities."""
    reader = QueryLikelihood(file)
    texts = ["tour de role", "la rencontre est dans la grande salle", "tour"]
    together = reader.scores("qui anime", texts)
    assert together == pytest.approx([reader.scores("qui anime", [t])[0] for t in texts], abs=1e-4)
    assert len({round(score, 3) for score in together}) == len(texts)
    assert all(score < 0 for score in together)


def test_the_score_is_the_mean_log_probability_of_the_question(file: Path) -> None:
    from transformers import AutoTokenizer, Gemma3ForCausalLM

    folder = unpacked(file)
    model = Gemma3ForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    [score] = QueryLikelihood(file).scores("who leads it", ["tour"])
    read = "Excerpt from meeting notes:\ntour\n\nA member of the community asks:\n"
    parts = ("Excerpt from meeting notes:\n", "tour", "\n\nA member of the community asks:\n")
    before = [2, *(i for part in parts for i in tokenizer.encode(part, add_special_tokens=False))]
    asked = tokenizer.encode("who leads it", add_special_tokens=False)
    assert tokenizer.decode(before[1:]).split() == read.split()
    with torch.inference_mode():
        logits = model(torch.tensor([before + asked])).logits[0].log_softmax(-1)
    expected = [float(logits[len(before) - 1 + n, token]) for n, token in enumerate(asked)]
    assert score == pytest.approx(sum(expected) / len(expected), abs=1e-4)


def test_nothing_asked(file: Path) -> None:
    assert QueryLikelihood(file).scores("", ["tour", "la"]) == [0.0, 0.0]


def test_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.gguf"
    write_gguf(other, "llama")
    with pytest.raises(ModelDamagedError):
        unpacked(other)
    assert [entry.name for entry in tmp_path.iterdir()] == ["other.gguf"]


def test_it_is_used_once_it_is_here(settings: Settings) -> None:
    asked = load_settings(models=settings.models, reranker="auto")
    assert load_reranker(asked) is None
    settings.models.mkdir()
    (settings.models / GEMMA_270M.file).write_bytes(b"GGUF")
    assert isinstance(load_reranker(asked), QueryLikelihood)
    assert load_reranker(load_settings(models=settings.models, reranker="none")) is None


def test_asked_for_by_name_it_must_be_here(settings: Settings) -> None:
    with pytest.raises(ModelMissingError):
        load_reranker(load_settings(models=settings.models, reranker="gemma-3-270m"))


def test_it_never_chats(settings: Settings) -> None:
    settings.models.mkdir()
    (settings.models / GEMMA_270M.file).write_bytes(b"GGUF")
    assert find(None, settings.models) is None
