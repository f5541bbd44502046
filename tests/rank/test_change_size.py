"""The word for how large an adapter's change is fits the number beside it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from assistant.rank import explain_adapter


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
