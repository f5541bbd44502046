"""A model too large for memory is refused before any of it is loaded, with the numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.engine import EngineOptions, memory, open_engine
from assistant.engine.memory import available_memory, need_of
from assistant.errors import ModelTooLarge
from tests.engine.conftest import Lab


def with_config(folder: Path, **config: object) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def test_the_need_is_that_of_the_tensors_and_of_a_chat(lab: Lab) -> None:
    import mlx.core as mx

    tensors = mx.load(str(lab.model / "model.safetensors"))
    need = need_of(lab.model)
    assert need.weights == sum(array.nbytes for array in tensors.values())
    assert need.tokens == 256, "the context of the model, which is shorter than a long chat"
    assert need.chat == 256 * 3 * 2 * 16 * 2 * 2, "layers × heads × head × keys, values × 16 bits"


@pytest.mark.parametrize(
    ("config", "bytes_per_token"),
    [
        # Llama 3.1 8B: 32 layers, 8 key-value heads of 128: 128 kB a token, as widely published.
        ({"num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
          "hidden_size": 4096}, 131_072),
        # Qwen2.5 0.5B: 24 layers, 2 heads of 64: 12 kB a token.
        ({"num_hidden_layers": 24, "num_attention_heads": 14, "num_key_value_heads": 2,
          "hidden_size": 896}, 12_288),
        # Gemma 3 keeps its text model's shape one level down.
        ({"text_config": {"num_hidden_layers": 26, "num_attention_heads": 4,
          "num_key_value_heads": 1, "head_dim": 256, "hidden_size": 1152}}, 26_624),
        # DeepSeek V3: 61 layers of a compressed 512 + 64 numbers.
        ({"num_hidden_layers": 61, "num_attention_heads": 128, "kv_lora_rank": 512,
          "qk_rope_head_dim": 64, "hidden_size": 7168}, 70_272),
        ({"model_type": "mystery"}, 0),
    ],
)  # fmt: skip
def test_a_token_of_known_models_takes_what_is_known_of_them(
    tmp_path: Path, config: dict[str, object], bytes_per_token: int
) -> None:
    assert need_of(with_config(tmp_path / "m", **config), 10).chat == 10 * bytes_per_token


def test_a_model_that_does_not_fit_is_refused_with_numbers(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available_memory", lambda: (200_000, "memory"))
    with pytest.raises(ModelTooLarge) as caught:
        open_engine(str(lab.model))
    assert caught.value.message == (
        "The model 'model' does not fit: it needs 0.6 MB (0.5 MB of weights, 0.1 MB for a chat of "
        "256 tokens) and 0.2 MB of memory are free."
    )
    assert "memory_check = false" in caught.value.hint


def test_whoever_knows_better_loads_it_all_the_same(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available_memory", lambda: (200_000, "memory"))
    engine = open_engine(str(lab.model), options=EngineOptions(memory_check=False))
    engine.close()


def test_this_machine_has_some_memory() -> None:
    available, kind = available_memory()
    assert available > 10**8
    assert "memory" in kind
