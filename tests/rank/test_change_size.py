"""The word for how large an adapter's change is fits the number beside it."""

from __future__ import annotations

import json
from pathlib import Path

import mlx.core as mx
import numpy as np
import pytest
from safetensors.numpy import save_file

from assistant.rank import explain_adapter
from assistant.rank.adapter.base import base_norm
from assistant.rank.reading.safetensors import open_tensors


@pytest.mark.parametrize(
    ("size", "word"), [(0.01, "small"), (0.1, "moderate"), (0.5, "large"), (3.0, "large")]
)
def test_the_word_fits_the_share(tmp_path: Path, size: float, word: str) -> None:
    base, adapter = tmp_path / "base", tmp_path / "adapter"
    base.mkdir()
    adapter.mkdir()
    weight = np.zeros((4, 4), dtype=np.float32)
    weight[0, 0] = 1.0
    save_file({"model.q_proj.weight": weight}, base / "model.safetensors")
    a, b = np.zeros((4, 1), np.float32), np.zeros((1, 4), np.float32)
    a[0, 0], b[0, 0] = 1.0, size
    save_file(
        {"model.q_proj.lora_a": a, "model.q_proj.lora_b": b}, adapter / "adapters.safetensors"
    )
    config = {"lora_parameters": {"rank": 1, "scale": 1.0}}
    (adapter / "adapter_config.json").write_text(json.dumps(config))
    reasons = " ".join(explain_adapter(adapter, base=base).reasons)
    assert f"the change is {word}: ‖ΔW‖ is {size:.1%} of ‖W‖" in reasons


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_a_quantised_base_weight_is_compared_with_as_well(tmp_path: Path, bits: int) -> None:
    weight = mx.random.normal((6, 64), key=mx.random.key(3))
    packed, scales, biases = mx.quantize(weight, group_size=32, bits=bits)
    whole = mx.dequantize(packed, scales, biases, group_size=32, bits=bits)
    parts = {"m.q.weight": packed, "m.q.scales": scales, "m.q.biases": biases}
    mx.save_safetensors(str(tmp_path / "model.safetensors"), parts)
    config = {"quantization": {"group_size": 32, "bits": bits}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    file = open_tensors(tmp_path / "model.safetensors")
    assert base_norm("m.q", (6, 64), (file,)) == pytest.approx(mx.linalg.norm(whole).item(), 1e-5)
    assert base_norm("m.q", (6, 32), (file,)) is None


def test_a_base_weight_of_another_shape_is_not_compared_with(tmp_path: Path) -> None:
    save_file({"m.q.weight": np.ones((4, 5), np.float32)}, tmp_path / "model.safetensors")
    file = open_tensors(tmp_path / "model.safetensors")
    assert base_norm("m.q", (5, 4), (file,)) is None
    assert base_norm("m.q", (4, 5), (file,)) == pytest.approx(20**0.5)
