"""The rank of an adapter's ΔW is that of the full product, in every format of the factors."""

from __future__ import annotations

import json
from pathlib import Path

import mlx.core as mx
import numpy as np
import pytest

from assistant.errors import AdapterUnusable, MatrixError
from assistant.rank import explain_adapter, to_markdown, to_text
from assistant.rank.adapter import adapter_ranks

RNG = np.random.default_rng(5)
UP, DOWN = RNG.normal(size=(24, 4)), RNG.normal(size=(4, 16))
UP[:, 3] = UP[:, 2]
DOWN[1] = 0  # of four directions one is empty and two push the same way: rank 2 is used
DELTA = UP @ DOWN

FORMATS = {
    "mlx-lm": ("layers.0.q_proj.lora_a", "layers.0.q_proj.lora_b", DOWN.T, UP.T),
    "PEFT": (
        "base_model.model.layers.0.q_proj.lora_A.weight",
        "base_model.model.layers.0.q_proj.lora_B.weight",
        DOWN,
        UP,
    ),
    "PEFT with an adapter's name": (
        "base_model.model.layers.0.q_proj.lora_A.default.weight",
        "base_model.model.layers.0.q_proj.lora_B.default.weight",
        DOWN,
        UP,
    ),
    "kohya": (
        "lora_unet_attn_to_q.lora_down.weight",
        "lora_unet_attn_to_q.lora_up.weight",
        DOWN,
        UP,
    ),
    "kohya convolution": (
        "lora_unet_conv.lora_down.weight",
        "lora_unet_conv.lora_up.weight",
        DOWN.reshape(4, 4, 2, 2),
        UP.reshape(24, 4, 1, 1),
    ),
    "diffusers": (
        "unet.attn.processor.to_q_lora.down.weight",
        "unet.attn.processor.to_q_lora.up.weight",
        DOWN,
        UP,
    ),
    "diffusers text encoder": (
        "text_encoder.q_proj.lora_linear_layer.down.weight",
        "text_encoder.q_proj.lora_linear_layer.up.weight",
        DOWN,
        UP,
    ),
}


def save(path: Path, tensors: dict[str, np.ndarray], dtype: mx.Dtype = mx.float32) -> Path:
    mx.save_safetensors(str(path), {name: mx.array(a).astype(dtype) for name, a in tensors.items()})
    return path


@pytest.mark.parametrize(("down", "up", "a", "b"), FORMATS.values(), ids=FORMATS.keys())
def test_the_core_has_the_singular_values_of_the_product(
    down: str, up: str, a: np.ndarray, b: np.ndarray, tmp_path: Path
) -> None:
    path = save(tmp_path / "adapters.safetensors", {down: a, up: b})
    (module,) = adapter_ranks(path).modules
    dense = np.linalg.svd(DELTA, compute_uv=False)
    assert module.shape == (24, 16)
    assert module.stored_rank == 4
    assert module.rank == 2 == np.linalg.matrix_rank(DELTA)
    assert module.singular_values[:2] == pytest.approx(dense[:2], rel=1e-5)


@pytest.mark.parametrize(
    ("config", "scale"),
    [
        ({"lora_parameters": {"scale": 20.0, "rank": 4}}, 20.0),
        ({"lora_alpha": 8, "r": 4}, 2.0),
        ({"lora_alpha": 8, "r": 4, "use_rslora": True}, 4.0),
        ({"lora_alpha": 8, "r": 4, "alpha_pattern": {"q_proj": 16}}, 4.0),
        ({}, None),
        ([], None),
    ],
)
def test_the_scale_is_read_from_the_config(
    config: object, scale: float | None, tmp_path: Path
) -> None:
    a, b = "m.q_proj.lora_A.weight", "m.q_proj.lora_B.weight"
    save(tmp_path / "adapter_model.safetensors", {a: DOWN, b: UP})
    (tmp_path / "adapter_config.json").write_text(json.dumps(config))
    (module,) = adapter_ranks(tmp_path).modules
    assert module.scale == scale
    expected = np.linalg.svd(DELTA, compute_uv=False)[0] * (scale or 1)
    assert module.singular_values[0] == pytest.approx(expected, rel=1e-5)


def test_kohyas_alpha_is_a_tensor(tmp_path: Path) -> None:
    tensors = {"m.lora_down.weight": DOWN, "m.lora_up.weight": UP, "m.alpha": np.array(2.0)}
    assert adapter_ranks(save(tmp_path / "a.safetensors", tensors)).modules[0].scale == 0.5


def test_the_size_is_compared_with_the_base_weight(tmp_path: Path) -> None:
    save(tmp_path / "a.safetensors", {"m.lora_a": DOWN.T, "m.lora_b": UP.T})
    (tmp_path / "base").mkdir()
    save(tmp_path / "base" / "model.safetensors", {"m.weight": DELTA * 50}, mx.bfloat16)
    (module,) = adapter_ranks(tmp_path / "a.safetensors", base=tmp_path / "base").modules
    assert module.relative_size == pytest.approx(0.02, rel=1e-2)


def test_an_adapter_before_training_changes_nothing(tmp_path: Path) -> None:
    path = save(tmp_path / "a.safetensors", {"m.lora_a": DOWN.T, "m.lora_b": UP.T * 0})
    seen = explain_adapter(path)
    assert seen.ranks.modules[0].rank == 0
    assert "changes nothing" in seen.headline


def test_the_explanation_counts_directions_and_draws(tmp_path: Path) -> None:
    tensors = {}
    for layer in range(3):
        tensors |= {f"l.{layer}.q.lora_a": DOWN.T, f"l.{layer}.q.lora_b": UP.T}
    path = save(tmp_path / "a.safetensors", tensors)
    seen = explain_adapter(path)
    assert seen.headline == "The adapter changes 3 weights and uses 6 of its 12 directions."
    assert "l.2.q   24 × 16" in to_text(seen)
    assert "█" in to_text(seen, "full")
    assert to_markdown(seen).startswith("**The adapter changes")
    assert json.loads(json.dumps(seen.to_dict()))["modules"][0]["rank"] == 2
    one = explain_adapter(path, module="l.1")
    assert one.headline == "ΔW of l.1.q (24 × 16) uses 2 of its four directions."


def test_parts_that_are_no_lora_are_named(tmp_path: Path) -> None:
    tensors = {"m.lora_A.weight": DOWN, "m.lora_B.weight": UP, "m.dora_scale": np.ones(3)}
    seen = explain_adapter(save(tmp_path / "a.safetensors", tensors))
    assert "DoRA’s magnitudes" in to_text(seen)


@pytest.mark.parametrize(
    "tensors",
    [
        {"model.weight": DELTA},
        {"m.lora_a": DOWN.T},
        {"m.lora_a": DOWN.T, "m.lora_b": UP.T[:3]},
        {"m.lora_a": DOWN.T * np.nan, "m.lora_b": UP.T},
        {"m.lora_a": DOWN[0], "m.lora_b": UP.T},
    ],
    ids=["no pairs", "half a pair", "no fit", "NaN", "a vector"],
)
def test_what_is_no_adapter_is_refused(tensors: dict[str, np.ndarray], tmp_path: Path) -> None:
    with pytest.raises(AdapterUnusable):
        explain_adapter(save(tmp_path / "a.safetensors", tensors))


def test_an_unknown_module_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.safetensors", {"m.lora_a": DOWN.T, "m.lora_b": UP.T})
    with pytest.raises(MatrixError, match="No module"):
        explain_adapter(path, module="v_proj")
    with pytest.raises(MatrixError, match="cannot read"):
        explain_adapter(tmp_path / "missing.safetensors")
    (tmp_path / "empty").mkdir()
    with pytest.raises(AdapterUnusable, match="holds no"):
        explain_adapter(tmp_path / "empty")
