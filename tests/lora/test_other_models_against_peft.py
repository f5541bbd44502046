"""PEFT's own logits on models whose layers are fused, turned round, or called otherwise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.engine import open_engine
from tests.engine.logits import assert_close, row_logits
from tests.lora.test_logits_against_peft import check_against, logits
from tests.small_models import CONFIG, make_model, make_tokenizer

pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

TARGETS = {
    "phi3": ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"],
    "gpt2": ["c_attn", "c_proj", "c_fc"],
    "qwen3": ["q_proj", "k_proj", "up_proj"],
}


def make(folder: Path, kind: str) -> Path:
    if kind != "gpt2":
        return make_model(folder, model_type=kind, pad_token_id=0, tie_word_embeddings=False)
    # mlx-lm turns GPT-2's weights round when it reads them, so transformers writes them.
    import torch
    from transformers import GPT2Config, GPT2Model

    folder.mkdir()
    torch.manual_seed(0)
    sizes = {"n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 128, "n_ctx": 128}
    config = GPT2Config(vocab_size=make_tokenizer(folder), initializer_range=0.2, **sizes)
    GPT2Model(config).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("dora", [False, True], ids=["LoRA", "DoRA"])
@pytest.mark.parametrize("kind", TARGETS)
def test_the_logits_are_pefts(tmp_path: Path, kind: str, dora: bool) -> None:
    torch = pytest.importorskip("torch")
    peft = pytest.importorskip("peft")
    transformers = pytest.importorskip("transformers")

    model = make(tmp_path / "model", kind)
    base = transformers.AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)
    torch.manual_seed(1)
    how = peft.LoraConfig(r=4, lora_alpha=8, target_modules=TARGETS[kind], use_dora=dora)
    theirs = peft.get_peft_model(base, how)
    check_against(theirs, model, tmp_path / "adapter")


@pytest.mark.parametrize("dora", [False, True], ids=["LoRA", "DoRA"])
def test_projections_that_the_model_fuses_are_those_that_peft_trained_apart(
    tmp_path: Path, dora: bool
) -> None:
    """The same weights as a Llama with q, k, v, gate and up apart, and as a Phi 3 with them fused:
    PEFT answers for the Llama, and its adapter is loaded on the Phi."""
    torch = pytest.importorskip("torch")
    peft = pytest.importorskip("peft")
    transformers = pytest.importorskip("transformers")
    import mlx.core as mx

    llama = make_model(tmp_path / "llama", tie_word_embeddings=False, pad_token_id=0)
    phi = make_model(tmp_path / "phi", model_type="phi3", tie_word_embeddings=False, pad_token_id=0)
    apart: Any = mx.load(str(llama / "model.safetensors"))
    fused = dict(apart)
    for layer in range(CONFIG["num_hidden_layers"]):  # type: ignore[arg-type]  # it is a number
        for whole, parts in (
            ("self_attn.qkv_proj", [f"self_attn.{p}_proj" for p in "qkv"]),
            ("mlp.gate_up_proj", ["mlp.gate_proj", "mlp.up_proj"]),
        ):
            names = [f"model.layers.{layer}.{part}.weight" for part in parts]
            fused[f"model.layers.{layer}.{whole}.weight"] = mx.concatenate(
                [fused.pop(name) for name in names]
            )
    mx.save_safetensors(str(phi / "model.safetensors"), fused)
    base = transformers.AutoModelForCausalLM.from_pretrained(llama, dtype=torch.float32)
    targets = ["q_proj", "k_proj", "v_proj", "gate_proj", "up_proj"]
    torch.manual_seed(2)
    ranks = {"k_proj": 6, "up_proj": 2}
    how = peft.LoraConfig(
        r=4, lora_alpha=8, target_modules=targets, rank_pattern=ranks, use_dora=dora
    )
    theirs = peft.get_peft_model(base, how)
    for name, parameter in theirs.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    theirs.save_pretrained(tmp_path / "adapter")
    assert json.loads((phi / "config.json").read_text())["model_type"] == "phi3"
    engine = open_engine(str(phi))
    try:
        engine.load_adapter(str(tmp_path / "adapter"))
        ours = row_logits(engine, {"adapter": 1.0}, {})
    finally:
        engine.close()
    assert_close(ours[0], logits(theirs.eval()), tolerance=1e-4)
    assert not np.allclose(ours[0], ours[1])
