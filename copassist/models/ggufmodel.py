"""A Gemma 3 in llama.cpp's file, as a folder that transformers reads; unpacked once.

transformers reads such files itself, but wants ``accelerate`` for it and takes some seconds each
time. Norms are stored there with one added (llama.cpp, ``convert_hf_to_gguf.py``, Gemma).
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from copassist.errors import ModelDamagedError
from copassist.models.hub import fetching, hub_switched_off
from copassist.models.modelfolder import made_once

if TYPE_CHECKING:
    from torch import Tensor

NAMES: Final = {"token_embd": "model.embed_tokens", "output_norm": "model.norm"}
LAYER: Final = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "post_ffw_norm": "post_feedforward_layernorm",
}
"""Names in the file to names in transformers' model."""


def unpacked(file: Path) -> Path:
    """The folder of the model in ``file``, beside it; made where it is not there.

    Raises :class:`ModelDamagedError` where the file is not a Gemma 3, :class:`ModelError` where the
    folder cannot be made.
    """
    folder = file.with_suffix("")
    if folder.is_dir():
        return folder
    with hub_switched_off(), fetching(file.stem):
        return made_once(folder, partial(_unpack, file))


def _unpack(file: Path, folder: Path) -> Path:
    import torch
    from transformers import AutoConfig, AutoTokenizer, Gemma3ForCausalLM, Gemma3TextConfig

    shape = AutoConfig.from_pretrained(file.parent, gguf_file=file.name)
    tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    if not isinstance(shape, Gemma3TextConfig):
        raise ModelDamagedError(name=str(file))
    with torch.device("meta"):
        model = Gemma3ForCausalLM(shape)
    tensors = {name: values.half() for name, values in read_tensors(file).items()}
    tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"]
    model.load_state_dict(tensors, assign=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def read_tensors(file: Path) -> dict[str, Tensor]:
    """The weights by their names in transformers' model, float32."""
    import torch
    from gguf import GGUFReader
    from gguf.quants import dequantize

    found = {}
    for tensor in GGUFReader(file).tensors:
        values = torch.tensor(dequantize(tensor.data, tensor.tensor_type))
        name = tensor.name.removesuffix(".weight")
        found[_renamed(name) + ".weight"] = values - 1 if name.endswith("norm") else values
    return found


def _renamed(name: str) -> str:
    if name in NAMES:
        return NAMES[name]
    _, layer, part = name.split(".")
    return f"model.layers.{layer}.{LAYER[part]}"
