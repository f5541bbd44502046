"""Weights become float32 where a processor is fast in nothing else, and say the same numbers."""

from __future__ import annotations

from typing import Any

import mlx.core as mx
import mlx.nn as nn
import pytest
from mlx_lm.models.switch_layers import QuantizedSwitchLinear, SwitchLinear

from assistant.engine import Request, Sampling, open_engine, widening
from assistant.engine.blas import open_fast_blas
from assistant.engine.few_rows import FewRowsEmbedding, FewRowsLinear
from assistant.engine.widening import widen
from tests.engine.conftest import QUESTION, Lab

MODES = [
    *({"mode": "affine", "bits": bits, "group_size": 32} for bits in (2, 3, 4, 5, 6, 8)),
    *({"mode": mode} for mode in ("mxfp4", "nvfp4", "mxfp8")),
]


@pytest.fixture(autouse=True)
def _as_it_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(widening, "MOST_BYTES", 4 * 1024**3)


class Small(nn.Module):
    """An embedding that is the head too, a linear layer with a bias, and experts."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(96, 64)
        self.layers = [nn.Linear(64, 64), nn.Linear(64, 64, bias=False)]
        self.experts = SwitchLinear(64, 64, 2)

    def __call__(self, tokens: mx.array) -> mx.array:
        x = self.embed(tokens)
        for layer in self.layers:
            x = layer(x)
        x = self.experts(x, mx.zeros(tokens.shape, mx.uint32)[..., None])
        return self.embed.as_linear(x)


def small(**quantised: Any) -> Small:
    mx.random.seed(0)
    model = Small()
    model.set_dtype(mx.bfloat16)
    if quantised:
        nn.quantize(model, **quantised)
    mx.eval(model.parameters())
    return model


def plenty() -> int:
    return 10**12


def nothing() -> int:
    return 0


def types(model: Small) -> list[type]:
    return [type(layer) for layer in (model.embed, *model.layers, model.experts)]


PACKED = [nn.QuantizedEmbedding, nn.QuantizedLinear, nn.QuantizedLinear, QuantizedSwitchLinear]
PLAIN = [FewRowsEmbedding, FewRowsLinear, FewRowsLinear, QuantizedSwitchLinear]
TOKENS = mx.array([[1, 5, 95]])


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_unpacked_weights_say_what_the_packed_ones_said(mode: dict[str, Any]) -> None:
    packed, plain = small(**mode), small(**mode)
    packed.set_dtype(mx.float32)
    widen(plain, fast_blas=True, free_bytes=plenty)
    assert types(plain) == PLAIN
    expected, found = packed(TOKENS).astype(mx.float32), plain(TOKENS)
    # The minifloat modes look tokens up in bfloat16, which rounds.
    close = 1e-5 if mode["mode"] == "affine" else 2e-2
    assert mx.abs(found - expected).max() <= close * mx.abs(expected).max()


def test_without_a_fast_blas_quantised_weights_stay_packed_and_their_scales_become_wide() -> None:
    model = small(bits=4, group_size=32)
    widen(model, fast_blas=False, free_bytes=plenty)
    assert types(model) == PACKED
    assert model.layers[0].scales.dtype == model.layers[0].bias.dtype == mx.float32


def test_they_stay_packed_where_there_is_no_memory_for_more() -> None:
    model = small(bits=4, group_size=32)
    widen(model, fast_blas=True, free_bytes=nothing)
    assert types(model) == PACKED
    assert model.embed.scales.dtype == mx.float32


def test_weights_that_are_not_quantised_stay_as_they_are_without_a_fast_blas() -> None:
    model = small()
    widen(model, fast_blas=False, free_bytes=plenty)
    assert model.layers[0].weight.dtype == mx.bfloat16


def test_weights_that_are_not_quantised_become_float32_where_there_is_room() -> None:
    model, tight = small(), small()
    widen(model, fast_blas=True, free_bytes=plenty)
    widen(tight, fast_blas=True, free_bytes=nothing)
    assert model.layers[0].weight.dtype == mx.float32
    assert tight.layers[0].weight.dtype == mx.bfloat16


@pytest.mark.skipif(open_fast_blas() is None, reason="this machine has no OpenBLAS")
def test_a_quantised_model_with_plain_layers_says_what_the_packed_one_says(
    quantised_lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> tuple[dict[int, tuple[int, ...]], int, str | None, int]:
        engine = open_engine(str(quantised_lab.model))
        engine.load_adapter(str(quantised_lab.first))
        rows: list[dict[str, float]] = [{}, {"first": 1.0}]
        requests = [Request(QUESTION, row, Sampling(max_tokens=16)) for row in rows]
        said = {e.row: e.finish.tokens for e in engine.generate(requests) if e.finish}
        info = engine.info
        engine.close()
        return said, info.parameters, info.quantisation, info.memory_bytes

    plain = told()
    monkeypatch.setattr(widening, "MOST_BYTES", 0)
    packed = told()
    assert plain[:3] == packed[:3]
    assert plain[3] > 3 * packed[3]
