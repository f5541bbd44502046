"""Loading checks everything before it touches the model; unloading leaves no trace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.engine import Engine, open_engine
from assistant.errors import (
    AdapterError,
    AdapterInUse,
    AdapterMismatch,
    AdapterNotFound,
    AdapterNotLoaded,
    AdapterUnusable,
)
from tests.engine.conftest import Lab, answers, ask
from tests.engine.logits import row_logits
from tests.small_models import make_adapter


def linear_layers(engine: Engine) -> dict[str, int]:
    """Identity of every layer object and of its weight: the model, to the object."""
    loaded = engine._loaded  # type: ignore[attr-defined]  # the proof needs the model itself
    return {name: id(module) for name, module in loaded.model.named_modules()}


def test_unloading_puts_back_the_very_same_layers(engine: Engine, lab: Lab) -> None:
    before = linear_layers(engine)
    (said,) = answers(engine, ask())
    engine.load_adapter(str(lab.first))
    engine.load_adapter(str(lab.second))
    assert linear_layers(engine) != before
    engine.unload_adapter("first")
    engine.unload_adapter("second")
    assert linear_layers(engine) == before
    assert answers(engine, ask())[0].tokens == said.tokens


def test_unloading_one_leaves_the_other_as_it_was(engine: Engine, lab: Lab) -> None:
    engine.load_adapter(str(lab.second))
    (alone,) = answers(engine, ask({"second": 1.0}))
    engine.load_adapter(str(lab.first))
    engine.unload_adapter("first")
    assert answers(engine, ask({"second": 1.0}))[0].tokens == alone.tokens
    assert [adapter.name for adapter in engine.adapters()] == ["second"]


def test_what_is_loaded_is_described(engine: Engine, lab: Lab) -> None:
    info = engine.load_adapter(str(lab.first))
    assert (info.name, info.rank, info.trained_scale, info.modules) == ("first", 4, 2.0, 9)
    assert info.targets == ("down_proj", "q_proj", "v_proj")
    assert info.parameters == 3 * (4 * (64 + 64) + 4 * (64 + 32) + 4 * (128 + 64))
    assert info.warnings == ()
    assert engine.adapters() == [info]


def test_a_name_can_be_given(engine: Engine, lab: Lab) -> None:
    engine.load_adapter(str(lab.first), name="mine")
    assert answers(engine, ask({"mine": 1.0}))[0].text


def test_an_adapter_in_use_is_not_unloaded_under_its_answer(engine: Engine, lab: Lab) -> None:
    engine.load_adapter(str(lab.first))
    generation = engine.generate([ask({"first": 1.0}, max_tokens=200, temperature=1.0, seed=1)])
    next(generation)
    with pytest.raises(AdapterInUse):
        engine.unload_adapter("first")
    generation.cancel()
    list(generation)
    engine.unload_adapter("first")
    assert engine.adapters() == []


def test_unloading_what_is_not_loaded_names_what_is(engine: Engine, lab: Lab) -> None:
    engine.load_adapter(str(lab.first))
    with pytest.raises(AdapterNotLoaded) as caught:
        engine.unload_adapter("secnd")
    assert "first" in caught.value.hint


def test_another_base_and_a_zero_update_are_warned_about(engine: Engine, tmp_path: Path) -> None:
    import mlx.core as mx

    folder = make_adapter(tmp_path / "idle", base="some/other-model")
    tensors = mx.load(str(folder / "adapters.safetensors"))
    zeroed = {n: mx.zeros_like(t) if n.endswith("lora_b") else t for n, t in tensors.items()}
    mx.save_safetensors(str(folder / "adapters.safetensors"), zeroed)
    warnings = engine.load_adapter(str(folder)).warnings
    assert any("other-model" in warning for warning in warnings)
    assert any("changes nothing" in warning for warning in warnings)


def test_matrices_that_cancel_change_nothing_and_it_is_said(engine: Engine, tmp_path: Path) -> None:
    """Neither half is zero, their product is."""
    import mlx.core as mx

    folder = make_adapter(tmp_path / "idle")
    file = str(folder / "adapters.safetensors")
    half = mx.array([1.0, 0.0, 1.0, 0.0])
    idle = {
        name: array * half if name.endswith("lora_a") else array * (1 - half)[:, None]
        for name, array in mx.load(file).items()
    }
    mx.eval(list(idle.values()))
    mx.save_safetensors(file, idle)
    assert engine.load_adapter(str(folder)).warnings == (
        "idle changes nothing: its update is zero everywhere.",
    )


@pytest.mark.parametrize(("scale", "is_warned"), [(1e-12, True), (1e-3, False), (2.0, False)])
def test_an_update_that_is_lost_in_rounding_is_warned_about(
    engine: Engine, tmp_path: Path, scale: float, is_warned: bool
) -> None:
    info = engine.load_adapter(str(make_adapter(tmp_path / "faint", scale=scale)))
    assert info.warnings == (("faint changes nothing: it is lost in rounding.",) * is_warned)
    assert engine.adapters() == [info]


def broken(folder: Path, way: str) -> Path:
    """An adapter folder spoilt in one way."""
    import mlx.core as mx

    weights, config = folder / "adapters.safetensors", folder / "adapter_config.json"
    tensors = mx.load(str(weights))
    mx.eval(list(tensors.values()))
    name = "model.layers.0.self_attn.q_proj.lora_b"
    if way == "no config":
        config.unlink()
    elif way == "no weights":
        weights.unlink()
    elif way == "config cut off":
        config.write_text(config.read_text()[:20])
    elif way == "config a list":
        config.write_text("[]")
    elif way == "scale missing":
        config.write_text(json.dumps({"lora_parameters": {"rank": 4}}))
    elif way == "scale not finite":
        config.write_text('{"lora_parameters": {"scale": NaN}}')
    elif way == "dora":
        config.write_text(json.dumps({"fine_tune_type": "dora", "lora_parameters": {"scale": 1.0}}))
    elif way == "full":
        config.write_text(json.dumps({"fine_tune_type": "full", "lora_parameters": {"scale": 1.0}}))
    elif way == "weights cut off":
        weights.write_bytes(weights.read_bytes()[:-64])
    elif way == "weights empty":
        weights.write_bytes(b"")
    elif way == "weights text":
        weights.write_text("these are not the weights you are looking for")
    elif way == "huge header":
        weights.write_bytes((10 * 2**30).to_bytes(8, "little") + b"{}")
    elif way == "half a pair":
        del tensors[name]
        mx.save_safetensors(str(weights), tensors)
    elif way == "not finite":
        tensors[name] = tensors[name] + float("nan")
        mx.save_safetensors(str(weights), tensors)
    elif way == "ranks differ":
        tensors[name] = mx.zeros((5, 64))
        mx.save_safetensors(str(weights), tensors)
    elif way == "three axes":
        tensors[name] = mx.zeros((2, 4, 64))
        mx.save_safetensors(str(weights), tensors)
    elif way == "whole numbers":
        tensors[name] = mx.zeros((4, 64), dtype=mx.int32)
        mx.save_safetensors(str(weights), tensors)
    elif way == "foreign tensor":
        tensors["model.norm.weight"] = mx.zeros((64,))
        mx.save_safetensors(str(weights), tensors)
    elif way == "no tensors":
        mx.save_safetensors(str(weights), {})
    elif way == "infinite":
        tensors[name] = tensors[name] + float("inf")
        mx.save_safetensors(str(weights), tensors)
    elif way == "rank zero":
        a = name.replace("lora_b", "lora_a")
        mx.save_safetensors(
            str(weights), {**tensors, name: mx.zeros((0, 64)), a: mx.zeros((64, 0))}
        )
    elif way == "a length in a plain adapter":
        mx.save_safetensors(str(weights), {**tensors, name.replace("lora_b", "m"): mx.ones((64,))})
    elif way == "too few lengths":
        config.write_text(json.dumps({"fine_tune_type": "dora", "lora_parameters": {"scale": 1.0}}))
        lengths = {n.replace("lora_b", "m"): mx.ones((3,)) for n in tensors if n.endswith("b")}
        mx.save_safetensors(str(weights), {**tensors, **lengths})
    elif way == "lengths a matrix":
        config.write_text(json.dumps({"fine_tune_type": "dora", "lora_parameters": {"scale": 1.0}}))
        mx.save_safetensors(str(weights), {**tensors, name.replace("lora_b", "m"): mx.ones((8, 8))})
    elif way in HEADERS:
        text = HEADERS[way].encode()
        weights.write_bytes(len(text).to_bytes(8, "little") + text + bytes(32))
    elif way == "config nested without end":
        config.write_text("[" * 200_000)
    elif way == "config a folder":
        config.unlink()
        config.mkdir()
    elif way == "weights a loop of links":
        weights.unlink()
        weights.symlink_to(weights)
    elif way == "unknown kind":
        config.write_text(json.dumps({"fine_tune_type": "soup", "lora_parameters": {"scale": 1.0}}))
    elif way == "scale a truth":
        config.write_text(json.dumps({"lora_parameters": {"scale": True}}))
    elif way == "a whole model":
        config.rename(folder / "config.json")
    elif way == "adapters within":
        (folder / "inner").mkdir()
        config.rename(folder / "inner" / "adapter_config.json")
    elif way.startswith("weights in "):
        weights.rename(folder / f"adapter_model.{way.removeprefix('weights in ')}")
    return folder


def _header(**tensors: Any) -> str:
    return json.dumps(tensors)


_ONE = {"dtype": "F32", "shape": [2, 4], "data_offsets": [0, 32]}
HEADERS = {
    "header no JSON": "{'a': 1}",
    "header a list": "[]",
    "header nested without end": '{"a":' * 100_000,
    "a name twice": f'{{"x.lora_a": {json.dumps(_ONE)}, "x.lora_a": {json.dumps(_ONE)}}}',
    "two tensors in one place": _header(
        a={"dtype": "F32", "shape": [4], "data_offsets": [0, 16]},
        b={"dtype": "F32", "shape": [4], "data_offsets": [0, 16]},
    ),
    "an offset below zero": _header(a={"dtype": "F32", "shape": [8], "data_offsets": [-32, 0]}),
    "a shape of words": _header(a={"dtype": "F32", "shape": ["2", 4], "data_offsets": [0, 32]}),
    "a shape too large": _header(a={**_ONE, "shape": [2**62, 2**62]}),
    "no offsets": _header(a={"dtype": "F32", "shape": [2, 4]}),
    "eight-bit floats": _header(a={"dtype": "F8_E4M3", "shape": [32], "data_offsets": [0, 32]}),
    "bytes left over": _header(a={"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}),
}


WAYS = {
    "no config": "adapter_config.json is missing",
    "no weights": "adapters.safetensors is missing",
    "config cut off": "not valid JSON",
    "config a list": "must hold a JSON object",
    "scale missing": "no usable lora_parameters.scale",
    "scale not finite": "no usable lora_parameters.scale",
    "dora": "lacks the magnitude of",
    "full": "full fine-tune",
    "weights cut off": "cut off within",
    "weights empty": "cut off or is no safetensors",
    "weights text": "cut off or is no safetensors",
    "huge header": "cut off or is no safetensors",
    "half a pair": "lacks the other half of 'model.layers.0.self_attn.q_proj.lora_a'",
    "not finite": "not finite",
    "ranks differ": "do not fit together: 64 × 4 and 5 × 64",
    "three axes": "2 × 4 × 64",
    "whole numbers": "type I32",
    "foreign tensor": "'model.norm.weight'",
    "no tensors": "holds no tensors",
    "infinite": "not finite",
    "rank zero": "do not fit together: 64 × 0 and 0 × 64",
    "a length in a plain adapter": "has the magnitude of",
    "too few lengths": "has 3 magnitudes for the 64 outputs of 'model.layers.0.mlp.down_proj'",
    "lengths a matrix": "must be a row of floats",
    "header no JSON": "header",
    "header a list": "it is no object",
    "header nested without end": "nested too deeply",
    "a name twice": "a name stands twice",
    "two tensors in one place": "more or fewer bytes",
    "an offset below zero": "damaged at 'a'",
    "a shape of words": "damaged at 'a'",
    "a shape too large": "damaged at 'a'",
    "no offsets": "damaged at 'a'",
    "eight-bit floats": "type F8_E4M3",
    "bytes left over": "more or fewer bytes",
    "config nested without end": "not valid JSON",
    "config a folder": "adapter_config.json is missing",
    "weights a loop of links": "adapters.safetensors is missing",
    "unknown kind": "unknown fine_tune_type 'soup'",
    "scale a truth": "no usable lora_parameters.scale",
    "a whole model": "a whole model, not an adapter",
    "adapters within": "there are adapters in it: inner",
    "weights in bin": "pickle",
    "weights in pt": "pickle",
    "weights in npz": "before adapters were safetensors",
    "weights in gguf": "llama.cpp",
}


@pytest.fixture(scope="module")
def calm(lab: Lab) -> Any:
    """One engine for all refusals: each must leave it as it was."""
    opened = open_engine(str(lab.model))
    yield opened
    opened.close()


@pytest.mark.parametrize("way", WAYS)
def test_a_spoilt_adapter_is_refused_in_its_own_words_and_changes_nothing(
    calm: Engine, tmp_path: Path, way: str
) -> None:
    before, said = linear_layers(calm), row_logits(calm, {})
    folder = broken(make_adapter(tmp_path / "adapter"), way)
    with pytest.raises(AdapterUnusable) as caught:
        calm.load_adapter(str(folder))
    assert WAYS[way] in caught.value.message
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    assert linear_layers(calm) == before
    assert np.array_equal(row_logits(calm, {}), said)


@pytest.mark.parametrize(
    ("ref", "kind"),
    [("no-such-adapter", AdapterNotFound), ("./nowhere", AdapterNotFound), ("", AdapterNotFound)],
)
def test_an_unknown_adapter_is_not_found(
    engine: Engine, ref: str, kind: type[AdapterError]
) -> None:
    with pytest.raises(kind) as caught:
        engine.load_adapter(ref)
    assert caught.value.hint


def test_an_adapter_for_another_model_says_where_it_does_not_fit(
    engine: Engine, tmp_path: Path
) -> None:
    before = linear_layers(engine)
    wide = make_adapter(tmp_path / "wide", hidden=128, base="big-model")
    with pytest.raises(AdapterMismatch, match=r"128.*big-model"):
        engine.load_adapter(str(wide))
    deep = make_adapter(tmp_path / "deep", layers=(0, 7))
    with pytest.raises(AdapterMismatch, match=r"model\.layers\.7"):
        engine.load_adapter(str(deep))
    assert linear_layers(engine) == before
