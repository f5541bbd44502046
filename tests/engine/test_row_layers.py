"""Each kind of layer, in every quantisation mlx has, says row by row what mlx-lm's own says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("mlx.core")

import mlx.core as mx
import mlx.nn as nn
from mlx_lm.models.switch_layers import SwitchGLU, SwitchLinear
from mlx_lm.tuner.lora import LoRAEmbedding, LoRALinear, LoRASwitchLinear

from assistant.engine import low_rank
from assistant.engine.lora_weights import LoraWeights
from assistant.engine.low_rank import LowRankUpdate
from assistant.engine.row_embedding import RowLoRAEmbedding
from assistant.engine.row_experts import RowLoRAExperts, RowMixture
from assistant.engine.row_lora import RowLoRALinear
from assistant.engine.rows import CurrentRows, RowAdapters

MODES = [("affine", bits, 32) for bits in (2, 3, 4, 5, 6, 8)]
MODES += [("mxfp4", 4, 32), ("mxfp8", 8, 32), ("nvfp4", 4, 16)]
NAMES = [f"{mode} {bits}" for mode, bits, _ in MODES]
every_mode = pytest.mark.parametrize("mode", [None, *MODES], ids=["float32", *NAMES])

A, B, BASE = (("a", 1.0),), (("b", 1.0),), ()
ADAPTERS = {"a": (3, 2.0), "b": (5, 0.7)}
"""Rank and scale of two adapters."""


def quantised(layer: Any, mode: tuple[str, int, int] | None) -> Any:
    if mode is None:
        return layer
    name, bits, group = mode
    return layer.to_quantized(group_size=group, bits=bits, mode=name)


def theirs_of(layer: Any, kind: Any, rank: int, scale: float) -> Any:
    """mlx-lm's own layer with random numbers where training writes."""
    lora = kind.from_base(layer, r=rank, scale=scale)
    lora.lora_b = mx.random.normal(lora.lora_b.shape)
    return lora


def as_numpy(array: mx.array) -> Any:
    return np.array(array.astype(mx.float32))


@every_mode
@pytest.mark.parametrize("has_bias", [True, False])
@pytest.mark.parametrize("most_side_by_side", [128, 0], ids=["side by side", "gathered"])
def test_a_linear_layer(
    mode: Any, has_bias: bool, most_side_by_side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(low_rank, "_MOST_RANKS_SIDE_BY_SIDE", most_side_by_side)
    mx.random.seed(1)
    layer = quantised(nn.Linear(64, 32, bias=has_bias), mode)
    current = CurrentRows()
    ours = RowLoRALinear(layer, current)
    theirs = {name: theirs_of(layer, LoRALinear, *how) for name, how in ADAPTERS.items()}
    for name, lora in theirs.items():
        ours.put(name, LoraWeights(lora.lora_a, lora.lora_b, lora.scale))
    check_rows(ours, layer, theirs, current, mx.random.normal((3, 4, 64)))


@every_mode
def test_an_embedding_and_the_head_tied_to_it(mode: Any) -> None:
    mx.random.seed(2)
    layer = quantised(nn.Embedding(50, 64), mode)
    current = CurrentRows()
    ours = RowLoRAEmbedding(layer, current)
    theirs = {name: theirs_of(layer, LoRAEmbedding, *how) for name, how in ADAPTERS.items()}
    for name, lora in theirs.items():
        ours.put(name, LoraWeights(lora.lora_a, lora.lora_b, lora.scale))
    check_rows(ours, layer, theirs, current, mx.random.randint(0, 50, (3, 4)))
    heads = {name: lora.as_linear for name, lora in theirs.items()}
    check_rows(ours.as_linear, layer.as_linear, heads, current, mx.random.normal((3, 4, 64)))


def check_rows(ours: Any, base: Any, theirs: Any, current: CurrentRows, x: mx.array) -> None:
    """Mixed rows, uniform rows, and a blend, against the layers called one at a time."""
    out = base(x)
    plain = as_numpy(out)
    # mxfp and nvfp embeddings come out in bfloat16, of eight bits.
    tolerance = 1e-5 if out.dtype == mx.float32 else 1e-2
    current.publish([A, BASE, B])
    mixed = as_numpy(ours(x))
    close(mixed[0], as_numpy(theirs["a"](x))[0], tolerance)
    assert np.array_equal(mixed[1], plain[1])
    close(mixed[2], as_numpy(theirs["b"](x))[2], tolerance)

    current.publish([B, B, B])
    close(as_numpy(ours(x)), as_numpy(theirs["b"](x)), tolerance)

    blend: RowAdapters = (("a", 0.25), ("b", 2.0))
    current.publish([blend, BASE, A])
    blended = as_numpy(ours(x))
    steps = [(as_numpy(theirs[name](x)) - plain) * weight for name, weight in blend]
    close(blended[0], (plain + sum(steps))[0], tolerance)
    assert np.array_equal(blended[1], plain[1])
    close(blended[2], as_numpy(theirs["a"](x))[2], tolerance)

    current.publish([BASE, BASE, BASE])
    assert np.array_equal(as_numpy(ours(x)), plain)


def close(ours: Any, theirs: Any, tolerance: float = 1e-5) -> None:
    assert np.abs(ours - theirs).max() <= tolerance * max(np.abs(theirs).max(), 1)


@pytest.mark.parametrize("mode", [None, ("affine", 4, 32), ("mxfp4", 4, 32)])
@pytest.mark.parametrize("tokens", [4, 30], ids=["few tokens", "many tokens, sorted by expert"])
def test_layers_of_experts(mode: Any, tokens: int) -> None:
    mx.random.seed(3)
    # The activation is not linear, so a blend is compared with the weights added up.
    glu = SwitchGLU(64, 32, 6)
    parts = ("up_proj", "gate_proj", "down_proj")
    layers = {part: quantised(glu[part], mode) for part in parts}
    theirs = {
        name: {part: theirs_of(layer, LoRASwitchLinear, *how) for part, layer in layers.items()}
        for name, how in ADAPTERS.items()
    }
    x = mx.random.normal((3, tokens, 64))
    experts = mx.random.randint(0, 6, (3, tokens, 2))

    def said(modules: Any) -> Any:
        for part, module in modules.items():
            setattr(glu, part, module)
        return as_numpy(glu(x, experts))

    plain = said(layers)
    alone = {name: said(modules) for name, modules in theirs.items()}
    current = CurrentRows()
    mixture = RowMixture(glu, current)
    for part, layer in layers.items():
        ours = RowLoRAExperts(layer, current, mixture.routing)
        for name, modules in theirs.items():
            lora = modules[part]
            a, b = lora.lora_a.swapaxes(-1, -2), lora.lora_b.swapaxes(-1, -2)
            ours.put(name, LoraWeights(a, b, lora.scale))
        setattr(glu, part, ours)
    for rows in ([A, BASE, B], [B, A, A], [A, A, A]):
        current.publish(rows)
        mixed = as_numpy(mixture(x, experts))
        for number, row in enumerate(rows):
            expected = alone[row[0][0]][number] if row else plain[number]
            close(mixed[number], expected)
            assert row or np.array_equal(mixed[number], plain[number])
    current.publish([BASE, BASE, BASE])
    assert np.array_equal(as_numpy(mixture(x, experts)), plain)


def test_a_blend_of_experts_adds_the_updates_up() -> None:
    mx.random.seed(4)
    layer = SwitchLinear(16, 8, 4, bias=True)
    current = CurrentRows()
    mixture = RowMixture(layer, current)
    ours = RowLoRAExperts(layer, current, mixture.routing)
    theirs = {name: theirs_of(layer, LoRASwitchLinear, *how) for name, how in ADAPTERS.items()}
    for name, lora in theirs.items():
        a, b = lora.lora_a.swapaxes(-1, -2), lora.lora_b.swapaxes(-1, -2)
        ours.put(name, LoraWeights(a, b, lora.scale))
    x, experts = mx.random.normal((2, 3, 1, 1, 16)), mx.random.randint(0, 4, (2, 3, 2))
    plain = as_numpy(layer(x, experts))
    steps = {name: as_numpy(lora(x, experts)) - plain for name, lora in theirs.items()}
    current.publish([(("a", 0.5), ("b", -1.0)), BASE])
    blended = as_numpy(ours(x, experts))
    close(blended[0], (plain + 0.5 * steps["a"] - steps["b"])[0])
    assert np.array_equal(blended[1], plain[1])


def test_tokens_in_one_long_list_keep_their_rows() -> None:
    """Some models hand a layer (rows · tokens, size)."""
    mx.random.seed(5)
    layer = nn.Linear(8, 6)
    current = CurrentRows()
    ours = RowLoRALinear(layer, current)
    lora = theirs_of(layer, LoRALinear, 2, 1.0)
    ours.put("a", LoraWeights(lora.lora_a, lora.lora_b, 1.0))
    x = mx.random.normal((3, 4, 8))
    current.publish([BASE, A, (("a", 0.5),)])
    flat = as_numpy(ours(x.reshape(12, 8))).reshape(3, 4, 6)
    np.testing.assert_allclose(flat, as_numpy(ours(x)), atol=1e-6)


def test_a_new_strength_packs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    mx.random.seed(6)
    layer = nn.Linear(8, 6)
    current = CurrentRows()
    ours = RowLoRALinear(layer, current)
    for name, (rank, scale) in ADAPTERS.items():
        lora = theirs_of(layer, LoRALinear, rank, scale)
        ours.put(name, LoraWeights(lora.lora_a, lora.lora_b, scale, mx.ones((6,))))
    x = mx.random.normal((2, 3, 8))
    both = ([A, BASE], [(("a", 1.0), ("b", 1.0)), BASE])
    for rows in both:
        current.publish(rows)
        mx.eval(ours(x))
    packed = []
    for method in ("_stack", "_side_by_side"):
        monkeypatch.setattr(LowRankUpdate, method, lambda self, *_: packed.append(self))
    seen = set()
    for strength in (0.1, 0.2, 0.3):
        for rows in ([(("a", strength),), BASE], [(("a", strength), ("b", 1.0)), BASE]):
            current.publish(rows)
            seen.add(float(ours(x)[0].sum().item()))
    assert packed == []
    assert len(seen) == 6


def test_a_plain_layer_alone_is_called_when_all_rows_are_base(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("an update ran for base rows")

    monkeypatch.setattr(LowRankUpdate, "__call__", never)
    layer = nn.Linear(8, 6)
    current = CurrentRows()
    ours = RowLoRALinear(layer, current)
    ours.put("a", LoraWeights(mx.ones((8, 2)), mx.ones((2, 6)), 1.0))
    x = mx.ones((2, 3, 8))
    assert mx.array_equal(ours(x), layer(x)).item()
