"""A fused model says, opened by mlx-lm, what its base says under the adapter."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.engine.exporting import fuse_adapter
from assistant.errors import AdapterMismatch, AdapterUnusable, UsageError
from assistant.lora import read_folder
from tests.engine.logits import assert_close, mlx_lm_logits
from tests.engine.test_placing import as_peft, noise
from tests.small_models import MOE, make_adapter, make_model, train_with_mlx_lm

KEYS = ("self_attn.q_proj", "mlp.down_proj")


@pytest.mark.parametrize(
    ("changes", "keys", "dora"),
    [
        ({}, (*KEYS, "model.embed_tokens"), False),
        ({"attention_bias": True}, KEYS, True),
        (MOE, ("mlp.switch_mlp.up_proj", "self_attn.v_proj"), False),
    ],
    ids=["linear and embedding", "DoRA", "experts"],
)
def test_the_fused_model_is_the_base_under_the_adapter(
    tmp_path: Path, changes: dict[str, object], keys: tuple[str, ...], dora: bool
) -> None:
    model = make_model(tmp_path / "model", **changes)
    adapter = train_with_mlx_lm(model, tmp_path / "adapter", keys, dora=dora)
    fused = fuse_adapter(str(model), read_folder(adapter), tmp_path / "fused")
    assert fused.warnings == ()
    assert fused.lost < 1e-5
    assert_close(mlx_lm_logits(fused.path), mlx_lm_logits(model, adapter), tolerance=1e-4)


def test_rounding_to_few_bits_is_measured_and_warned_about(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model", quantised_bits=4)
    # Far smaller than a step of four bits.
    adapter = make_adapter(tmp_path / "adapter", scale=0.02, targets=("self_attn.q_proj",))
    folder = read_folder(adapter)
    fused = fuse_adapter(str(model), folder, tmp_path / "fused")
    assert fused.lost > 0.5
    (warning,) = fused.warnings
    assert "4 bits" in warning
    assert "--dequantize" in warning
    assert json.loads((fused.path / "config.json").read_text())["quantization"]["bits"] == 4
    assert not np.allclose(mlx_lm_logits(fused.path), mlx_lm_logits(model, adapter), atol=1e-3)
    full = fuse_adapter(str(model), folder, tmp_path / "full", dequantize=True)
    assert full.warnings == ()
    assert_close(mlx_lm_logits(full.path), mlx_lm_logits(model, adapter), tolerance=1e-3)


def test_a_strength_of_zero_leaves_the_base(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    folder = read_folder(make_adapter(tmp_path / "adapter"))
    fused = fuse_adapter(str(model), folder, tmp_path / "fused", strength=0.0)
    assert np.array_equal(mlx_lm_logits(fused.path), mlx_lm_logits(model))


def test_what_cannot_be_fused_writes_nothing(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    out = tmp_path / "out" / "fused"
    wide = read_folder(make_adapter(tmp_path / "wide", hidden=128))
    with pytest.raises(AdapterMismatch):
        fuse_adapter(str(model), wide, out)
    vocabulary = json.loads((model / "config.json").read_text())["vocab_size"]
    head = {"lm_head.lora_A.weight": noise(4, 64, seed=1)}
    head["lm_head.lora_B.weight"] = noise(vocabulary, 4, seed=2)
    with pytest.raises(AdapterUnusable, match="would change both"):
        fuse_adapter(str(model), read_folder(as_peft(tmp_path / "head", head)), out)
    assert list(out.parent.iterdir()) == []
    out.mkdir()
    with pytest.raises(UsageError, match="is there already"):
        fuse_adapter(str(model), read_folder(make_adapter(tmp_path / "ok")), out)


def test_a_model_of_the_hub_keeps_what_it_asks_of_sampling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = make_model(tmp_path / "model")
    wishes = {"do_sample": True, "temperature": 0.6, "top_p": 0.95}
    (model / "generation_config.json").write_text(json.dumps(wishes))
    monkeypatch.setattr("assistant.engine.fusing.fetch_model", lambda repository: model)
    folder = read_folder(make_adapter(tmp_path / "adapter"))
    fused = fuse_adapter("somebody/model", folder, tmp_path / "fused")
    assert json.loads((fused.path / "generation_config.json").read_text()) == wishes
