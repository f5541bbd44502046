"""Converting keeps every layer's update, there and back; what cannot be said is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import AdapterUnusable, AssistantError, UsageError
from assistant.lora import convert, read_folder
from tests.lora.test_peft_format import as_peft
from tests.small_models import make_adapter


def updates(path: Path) -> dict[str, Any]:
    """Every layer's scale · A · B in float64, read by the formats' own rules, not by our code."""
    import mlx.core as mx

    config = json.loads((path / "adapter_config.json").read_text())
    if (path / "adapters.safetensors").exists():
        tensors = mx.load(str(path / "adapters.safetensors"))
        scale = config["lora_parameters"]["scale"]
        modules = {name.rpartition(".")[0] for name in tensors}
        numpy = {name: np.array(array, np.float64) for name, array in tensors.items()}
        return {m: scale * numpy[f"{m}.lora_a"] @ numpy[f"{m}.lora_b"] for m in modules}
    tensors = mx.load(str(path / "adapter_model.safetensors"))
    numpy = {name: np.array(array, np.float64) for name, array in tensors.items()}
    found = {}
    for name in numpy:
        if not name.endswith("lora_A.weight"):
            continue
        prefix = name.removesuffix(".lora_A.weight")
        module = prefix.removeprefix("base_model.model.")
        a, b = numpy[name], numpy[f"{prefix}.lora_B.weight"]
        # The only patterns here are whole names with their dots escaped.
        alpha = config["alpha_pattern"].get(module.replace(".", r"\."), config["lora_alpha"])
        assert config["rank_pattern"].get(module.replace(".", r"\."), config["r"]) == len(a)
        found[module] = alpha / len(a) * (b @ a).T
    return found


def assert_equal(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert ours.keys() == theirs.keys()
    for module, update in ours.items():
        np.testing.assert_allclose(update, theirs[module], rtol=1e-6, atol=1e-7)


def test_there_and_back_gives_equal_updates(tmp_path: Path) -> None:
    ours = read_folder(make_adapter(tmp_path / "ours", rank=6, scale=1.7, base="some/model"))
    theirs = convert(ours, tmp_path / "theirs", "peft")
    back = convert(theirs, tmp_path / "back", "mlx")
    assert (theirs.format, back.format) == ("peft", "mlx-lm")
    assert (theirs.base, back.base) == ("some/model", "some/model")
    assert_equal(updates(theirs.path), updates(ours.path))
    assert_equal(updates(back.path), updates(ours.path))


def test_unequal_ranks_and_scales_become_one(tmp_path: Path) -> None:
    import mlx.core as mx

    theirs = as_peft(
        make_adapter(tmp_path / "ours", rank=4),
        tmp_path / "theirs",
        lora_alpha=8,
        rank_pattern={r"layers\.1\.self_attn\.q_proj": 2},
        alpha_pattern={"v_proj": 20},
    )
    file = str(theirs / "adapter_model.safetensors")
    tensors = dict(mx.load(file))
    name = "base_model.model.model.layers.1.self_attn.q_proj"
    tensors[f"{name}.lora_A.weight"] = tensors[f"{name}.lora_A.weight"][:2]
    tensors[f"{name}.lora_B.weight"] = tensors[f"{name}.lora_B.weight"][:, :2]
    mx.eval(list(tensors.values()))
    mx.save_safetensors(file, tensors)
    scales = {module: pair.scale for module, pair in read_folder(theirs).pairs.items()}
    numpy = {key: np.array(array, np.float64) for key, array in mx.load(file).items()}
    expected = {}
    for module, scale in scales.items():
        a, b = (numpy[f"base_model.model.{module}.lora_{half}.weight"] for half in "AB")
        expected[module] = scale * (b @ a).T
    assert set(scales.values()) == {2.0, 4.0, 5.0}
    converted = convert(read_folder(theirs), tmp_path / "back", "mlx")
    assert {pair.rank for pair in converted.pairs.values()} == {4}
    assert_equal(updates(converted.path), expected)
    # And what mlx-lm had no one number for comes back as one number.
    again = convert(converted, tmp_path / "again", "peft")
    assert_equal(updates(again.path), expected)


def test_magnitudes_go_along(tmp_path: Path) -> None:
    import mlx.core as mx

    ours = make_adapter(tmp_path / "ours", targets=("self_attn.q_proj",))
    file = str(ours / "adapters.safetensors")
    tensors = dict(mx.load(file))
    lengths = {f"model.layers.{n}.self_attn.q_proj.m": mx.arange(64) + 1.0 + n for n in range(3)}
    mx.eval(list(tensors.values()), list(lengths.values()))
    mx.save_safetensors(file, {**tensors, **lengths})
    config = json.loads((ours / "adapter_config.json").read_text())
    (ours / "adapter_config.json").write_text(json.dumps({**config, "fine_tune_type": "dora"}))
    theirs = convert(read_folder(ours), tmp_path / "theirs", "peft")
    assert json.loads((theirs.path / "adapter_config.json").read_text())["use_dora"] is True
    back = convert(theirs, tmp_path / "back", "mlx")
    assert back.method == "dora"
    again = mx.load(str(back.weights_file))
    for name, array in lengths.items():
        assert mx.array_equal(again[name], array).item()


def test_mlx_lm_loads_what_was_converted_to_its_format(tmp_path: Path) -> None:
    from tests.engine.logits import mlx_lm_logits
    from tests.small_models import make_model

    model = make_model(tmp_path / "model")
    ours = make_adapter(tmp_path / "ours", layers=(0, 2))
    back = convert(read_folder(as_peft(ours, tmp_path / "theirs")), tmp_path / "back", "mlx")
    expected = mlx_lm_logits(model, ours)
    np.testing.assert_allclose(mlx_lm_logits(model, back.path), expected, atol=1e-4)


@pytest.mark.parametrize(
    ("way", "kind", "words"),
    [
        ("same format", UsageError, "format already"),
        ("taken", UsageError, "is there already"),
        ("embedding", AdapterUnusable, "tied"),
        ("experts", AdapterUnusable, "experts"),
    ],
)
def test_what_cannot_be_converted_is_refused_and_nothing_is_written(
    tmp_path: Path, way: str, kind: type[AssistantError], words: str
) -> None:
    import mlx.core as mx

    folder, out = make_adapter(tmp_path / "ours"), tmp_path / "out"
    if way == "taken":
        out.mkdir()
    names = {"embedding": "model.embed_tokens", "experts": "model.layers.0.mlp.switch_mlp.up_proj"}
    if way in names:
        shape = (4, 4) if way == "embedding" else (2, 4, 4)
        tensors = {f"{names[way]}.lora_{half}": mx.ones(shape) for half in "ab"}
        mx.save_safetensors(str(folder / "adapters.safetensors"), tensors)
    with pytest.raises(kind) as caught:
        convert(read_folder(folder), out, "mlx" if way == "same format" else "peft")
    assert words in caught.value.message
    assert caught.value.hint
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert not out.exists() or not list(out.iterdir())
