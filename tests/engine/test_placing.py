"""An adapter finds its layers under other names, fused or split; else it is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.engine import Engine, open_engine
from assistant.errors import AdapterError, AdapterMismatch, AdapterUnusable
from tests.engine.logits import assert_close, mlx_lm_logits, row_logits
from tests.engine.test_adapters import linear_layers
from tests.small_models import PHI3, make_model

LAYER = "model.layers.1"
HALVES = ("lora_a", "lora_b")
Tensors = dict[str, Any]


def write(
    folder: Path, tensors: Tensors, *, keys: tuple[str, ...] = (), dora: bool = False
) -> Path:
    """An adapter in mlx-lm's format, scale 2, that mlx-lm takes when its `keys` are given."""
    import mlx.core as mx

    folder.mkdir(parents=True)
    arrays = {name: mx.array(np.ascontiguousarray(array)) for name, array in tensors.items()}
    mx.save_safetensors(str(folder / "adapters.safetensors"), arrays)
    rank = max(a.shape[-1] for name, a in tensors.items() if name.endswith("lora_a"))
    config = {
        "fine_tune_type": "dora" if dora else "lora",
        "num_layers": -1,
        "lora_parameters": {"rank": rank, "scale": 2.0, "dropout": 0.0, "keys": list(keys)},
    }
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return folder


def noise(*shape: int, seed: int) -> Any:
    return (0.2 * np.random.default_rng(seed).standard_normal(shape)).astype(np.float32)


@pytest.fixture(scope="module")
def split_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("split") / "model")


@pytest.fixture(scope="module")
def split(split_model: Path) -> Iterator[Engine]:
    opened = open_engine(str(split_model))
    yield opened
    opened.close()


@pytest.mark.parametrize("dora", [False, True])
def test_a_fused_projection_on_a_model_with_split_ones(
    split: Engine, split_model: Path, tmp_path: Path, dora: bool
) -> None:
    a, b, m = noise(64, 4, seed=1), noise(4, 128, seed=2), 3 + noise(128, seed=3)
    fused = {f"{LAYER}.self_attn.qkv_proj.lora_a": a, f"{LAYER}.self_attn.qkv_proj.lora_b": b}
    parts: Tensors = {}
    for part, begin, end in (("q", 0, 64), ("k", 64, 96), ("v", 96, 128)):
        parts[f"{LAYER}.self_attn.{part}_proj.lora_a"] = a
        parts[f"{LAYER}.self_attn.{part}_proj.lora_b"] = b[:, begin:end]
        if dora:
            parts[f"{LAYER}.self_attn.{part}_proj.m"] = m[begin:end]
    if dora:
        fused[f"{LAYER}.self_attn.qkv_proj.m"] = m
    keys = tuple(f"self_attn.{part}_proj" for part in "qkv")
    reference = write(tmp_path / "parts", parts, keys=keys, dora=dora)
    split.load_adapter(str(write(tmp_path / "fused", fused, dora=dora)))
    ours = row_logits(split, {}, {"fused": 1.0})
    assert_close(ours[1], mlx_lm_logits(split_model, reference))
    assert not np.allclose(ours[0], ours[1])
    split.unload_adapter("fused")


def test_split_projections_on_a_model_with_fused_ones(tmp_path: Path) -> None:
    """Queries and values only, of different ranks, and one half of gate and up."""
    model = make_model(tmp_path / "model", **PHI3)
    q, v = (
        (noise(64, 3, seed=1), noise(3, 64, seed=2)),
        (noise(64, 5, seed=3), noise(5, 32, seed=4)),
    )
    up = (noise(64, 2, seed=5), noise(2, 128, seed=6))
    given: Tensors = {}
    for name, pair in (("self_attn.q_proj", q), ("self_attn.v_proj", v), ("mlp.up_proj", up)):
        given |= dict(zip((f"{LAYER}.{name}.lora_a", f"{LAYER}.{name}.lora_b"), pair, strict=True))
    wide_b = np.zeros((8, 128), np.float32)
    wide_b[:3, :64], wide_b[3:, 96:] = q[1], v[1]
    up_b = np.zeros((8, 256), np.float32)
    up_b[:2, 128:] = up[1]
    reference = {
        f"{LAYER}.self_attn.qkv_proj.lora_a": np.concatenate([q[0], v[0]], axis=1),
        f"{LAYER}.self_attn.qkv_proj.lora_b": wide_b,
        f"{LAYER}.mlp.gate_up_proj.lora_a": np.pad(up[0], [(0, 0), (0, 6)]),
        f"{LAYER}.mlp.gate_up_proj.lora_b": up_b,
    }
    keys = ("self_attn.qkv_proj", "mlp.gate_up_proj")
    theirs = mlx_lm_logits(model, write(tmp_path / "reference", reference, keys=keys))
    engine = open_engine(str(model))
    try:
        engine.load_adapter(str(write(tmp_path / "split", given)))
        ours = row_logits(engine, {"split": 1.0}, {})
        assert_close(ours[0], theirs)
        assert not np.allclose(ours[0], ours[1])
        few = {f"{LAYER}.self_attn.q_proj.{k}": t for k, t in zip(HALVES, q, strict=True)}
        few[f"{LAYER}.self_attn.q_proj.m"] = 3 + noise(60, seed=7)
        with pytest.raises(AdapterUnusable, match="60 magnitudes for the 64 outputs"):
            engine.load_adapter(str(write(tmp_path / "few", few, dora=True)))
    finally:
        engine.close()


def test_dora_of_one_part_leaves_the_rest_of_a_fused_layer_alone(tmp_path: Path) -> None:
    import mlx.core as mx

    model = make_model(tmp_path / "model", **PHI3)
    name, lengths = f"{LAYER}.self_attn.qkv_proj", 3 + noise(32, seed=7)
    keys = (noise(64, 3, seed=1), noise(3, 32, seed=2))
    weight = np.array(mx.load(str(model / "model.safetensors"))[f"{name}.weight"], np.float64)
    every_length = np.linalg.norm(weight, axis=1).astype(np.float32)
    every_length[64:96] = lengths
    wide = np.zeros((3, 128), np.float32)
    wide[:, 64:96] = keys[1]
    reference = {f"{name}.lora_a": keys[0], f"{name}.lora_b": wide, f"{name}.m": every_length}
    folder = write(tmp_path / "whole", reference, keys=("self_attn.qkv_proj",), dora=True)
    theirs = mlx_lm_logits(model, folder)
    part = name.replace("qkv_proj", "k_proj")
    given = {f"{part}.{half}": array for half, array in zip(HALVES, keys, strict=True)}
    given[f"{part}.m"] = lengths
    engine = open_engine(str(model))
    try:
        engine.load_adapter(str(write(tmp_path / "part", given, dora=True)))
        ours = row_logits(engine, {"part": 1.0}, {})
    finally:
        engine.close()
    assert_close(ours[0], theirs)
    assert not np.allclose(ours[0], ours[1])


def plain(name: str) -> Tensors:
    return {f"{name}.lora_a": noise(64, 4, seed=1), f"{name}.lora_b": noise(4, 64, seed=2)}


@pytest.mark.parametrize("prefix", ["language_model.model.", "model.language_model.", ""])
def test_another_prefix_is_the_same_layer(split: Engine, tmp_path: Path, prefix: str) -> None:
    split.load_adapter(str(write(tmp_path / "usual", plain(f"{LAYER}.self_attn.q_proj"))))
    other = write(tmp_path / "other", plain(f"{prefix}layers.1.self_attn.q_proj"))
    split.load_adapter(str(other))
    usual, same = row_logits(split, {"usual": 1.0}, {"other": 1.0})
    assert np.array_equal(usual, same)
    split.unload_adapter("usual")
    split.unload_adapter("other")


def test_blocks_that_are_called_h_have_a_prefix_too(tmp_path: Path) -> None:
    import mlx.nn as nn

    from assistant.engine.placing import Placer
    from assistant.lora import read_folder

    layer = nn.Linear(64, 64)
    folder = read_folder(write(tmp_path / "theirs", plain("transformer.h.3.attn.c_proj")))
    (placement,) = Placer({"model.h.3.attn.c_proj": layer}, folder, "theirs", "gpt").place()
    assert (placement.module, placement.layer) == ("model.h.3.attn.c_proj", layer)


@pytest.mark.parametrize(
    ("tensors", "kind", "words"),
    [
        (plain("vision_tower.layers.0.self_attn.q_proj"), AdapterMismatch, "has no layer 'vision"),
        (plain(f"{LAYER}.self_attn.kv_b_proj"), AdapterMismatch, "has no layer"),
        (plain("model.norm"), AdapterUnusable, "RMSNorm"),
        (plain("model.layers.1.mlp"), AdapterUnusable, "of the kind MLP"),
        (plain(f"{LAYER}.self_attn.k_proj"), AdapterMismatch, "64 × 32 in model and 64 × 64"),
        (plain(f"{LAYER}.self_attn.qkv_proj"), AdapterMismatch, "64 × 128 in model and 64 × 64"),
        (plain("model.embed_tokens"), AdapterMismatch, "64 × 64 in the adapter"),
        (
            {**plain(f"{LAYER}.self_attn.q_proj"), **plain("layers.1.self_attn.q_proj")},
            AdapterMismatch,
            "are one layer",
        ),
        (
            {f"{LAYER}.mlp.up_proj.lora_{h}": noise(2, 4, 4, seed=1) for h in "ab"},
            AdapterUnusable,
            "has experts in",
        ),
    ],
)
def test_what_has_no_place_is_refused_and_changes_nothing(
    split: Engine, tmp_path: Path, tensors: Tensors, kind: type[AdapterError], words: str
) -> None:
    before, said = linear_layers(split), row_logits(split, {})
    with pytest.raises(kind) as caught:
        split.load_adapter(str(write(tmp_path / "odd", tensors)))
    assert words in caught.value.message
    assert caught.value.hint
    assert linear_layers(split) == before
    assert np.array_equal(row_logits(split, {}), said)


def as_peft(folder: Path, tensors: Tensors, **config: Any) -> Path:
    import mlx.core as mx

    folder.mkdir()
    arrays = {
        f"base_model.model.{n}": mx.array(np.ascontiguousarray(t)) for n, t in tensors.items()
    }
    mx.save_safetensors(str(folder / "adapter_model.safetensors"), arrays)
    settings = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, **config}
    (folder / "adapter_config.json").write_text(json.dumps(settings))
    return folder


def test_pefts_head_on_a_tied_model_leaves_the_embedding_alone(
    split: Engine, split_model: Path, tmp_path: Path
) -> None:
    """The reference is the same model with a head of its own, under mlx-lm's LoRA."""
    import mlx.core as mx

    untied = tmp_path / "untied"
    shutil.copytree(split_model, untied)
    weights = mx.load(str(untied / "model.safetensors"))
    mx.eval(list(weights.values()))
    weights["lm_head.weight"] = weights["model.embed_tokens.weight"]
    vocabulary = weights["lm_head.weight"].shape[0]
    mx.save_safetensors(str(untied / "model.safetensors"), weights)
    config = json.loads((untied / "config.json").read_text())
    (untied / "config.json").write_text(json.dumps({**config, "tie_word_embeddings": False}))
    a, b = noise(64, 4, seed=1), noise(4, vocabulary, seed=2)
    reference = write(
        tmp_path / "own", {"lm_head.lora_a": a, "lm_head.lora_b": b}, keys=("lm_head",)
    )
    head = {"lm_head.lora_A.weight": a.T, "lm_head.lora_B.weight": b.T}
    split.load_adapter(str(as_peft(tmp_path / "head", head)))
    assert_close(row_logits(split, {}, {"head": 1.0})[1], mlx_lm_logits(untied, reference))
    split.unload_adapter("head")


def test_pefts_embedding_must_be_of_the_models_own(
    split: Engine, split_model: Path, tmp_path: Path
) -> None:
    import mlx.core as mx

    own = np.array(mx.load(str(split_model / "model.safetensors"))["model.embed_tokens.weight"])
    name = "model.embed_tokens"
    update = {
        f"{name}.lora_embedding_A": noise(4, len(own), seed=1),
        f"{name}.lora_embedding_B": noise(64, 4, seed=2),
    }
    same = as_peft(tmp_path / "same", {**update, f"{name}.base_layer.weight": own})
    split.load_adapter(str(same))
    changed = row_logits(split, {}, {"same": 1.0})
    assert not np.allclose(changed[0], changed[1])
    split.unload_adapter("same")
    other = {**update, f"{name}.base_layer.weight": own[::-1]}
    with pytest.raises(AdapterMismatch, match="another embedding"):
        split.load_adapter(str(as_peft(tmp_path / "other", other)))
