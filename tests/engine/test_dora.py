"""DoRA: mlx-lm's answers at strength 1, the base's at 0, beside LoRA and base rows in one batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
import pytest

from assistant.engine import Engine, open_engine
from tests.engine.conftest import answers, ask
from tests.engine.logits import assert_close, mlx_lm_logits, row_logits
from tests.engine.test_adapters import linear_layers
from tests.small_models import make_model, train_with_mlx_lm

KEYS = ("self_attn.q_proj", "self_attn.v_proj", "mlp.down_proj")


class Lab:
    """A model with biases on q, k and v, a LoRA, and two DoRA adapters on it."""

    def __init__(self, root: Path, bits: int | None) -> None:
        self.model = make_model(root / "model", quantised_bits=bits, attention_bias=True)
        self.lora = train_with_mlx_lm(self.model, root / "lora", KEYS, rank=3, seed=2)
        self.dora = train_with_mlx_lm(self.model, root / "dora", KEYS, dora=True)
        self.other = train_with_mlx_lm(
            self.model, root / "other", KEYS[:1], dora=True, rank=6, scale=1.0, layers=2, seed=3
        )


@pytest.fixture(scope="module", params=[None, 4, 8], ids=["float32", "4-bit", "8-bit"])
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab(tmp_path_factory.mktemp("dora"), request.param)


@pytest.fixture(scope="module")
def engine(lab: Lab) -> Iterator[Engine]:
    opened = open_engine(str(lab.model))
    for path in (lab.lora, lab.dora, lab.other):
        opened.load_adapter(str(path))
    yield opened
    opened.close()


def test_alone_it_is_mlx_lms_dora(engine: Engine, lab: Lab) -> None:
    for name in ("dora", "other"):
        assert_close(
            row_logits(engine, {name: 1.0})[0], mlx_lm_logits(lab.model, getattr(lab, name))
        )


def test_beside_lora_and_base_rows_each_row_is_its_own(engine: Engine, lab: Lab) -> None:
    rows: list[dict[str, float]] = [{"dora": 1.0}, {}, {"lora": 1.0}, {"other": 1.0}]
    mixed = row_logits(engine, *rows)
    expected = [lab.dora, None, lab.lora, lab.other]
    for ours, adapter in zip(mixed, expected, strict=True):
        assert_close(ours, mlx_lm_logits(lab.model, adapter))
    assert np.array_equal(mixed[1], row_logits(engine, {}, {}, {}, {})[1])


def test_strength_zero_is_the_base_exactly(engine: Engine) -> None:
    base = row_logits(engine, {}, {})
    assert np.array_equal(row_logits(engine, {"dora": 0.0}, {"dora": 0.0}), base)
    assert np.array_equal(row_logits(engine, {"dora": 0.0}, {"lora": 1.0})[0], base[0])


def test_a_strength_is_a_step_from_the_base_to_the_adapter(lab: Lab, engine: Engine) -> None:
    """Of one changed layer's product, which is where the definition is made."""
    import mlx.core as mx
    import mlx.nn as nn
    from mlx_lm.tuner.dora import DoRALinear

    from assistant.engine.dense import dora_gain
    from assistant.engine.lora_weights import LoraWeights
    from assistant.engine.row_lora import RowLoRALinear
    from assistant.engine.rows import CurrentRows

    mx.random.seed(0)
    linear = nn.Linear(16, 12)
    theirs = DoRALinear.from_base(linear, r=3, scale=1.5)
    theirs.lora_b = mx.random.normal((3, 12))
    theirs.m = theirs.m * (1 + mx.random.uniform(shape=(12,)))
    gain = dora_gain(linear, theirs.lora_a, theirs.lora_b, 1.5, theirs.m, "both")
    current = CurrentRows()
    ours = RowLoRALinear(linear, current)
    ours.put("d", LoraWeights(theirs.lora_a, theirs.lora_b * (1 + gain), 1.5, gain))
    x = mx.random.normal((3, 5, 16))
    base, full = np.array(linear(x)), np.array(theirs(x))
    for strength in (0.25, 0.5, 1.0, 2.0):
        current.publish([(("d", strength),), (), (("d", 1.0),)])
        mixed = np.array(ours(x))
        expected = base[0] + strength * (full[0] - base[0])
        np.testing.assert_allclose(mixed[0], expected, atol=1e-5)
        assert np.array_equal(mixed[1], base[1])
        np.testing.assert_allclose(mixed[2], full[2], atol=1e-5)


def test_a_blend_adds_the_steps_up(engine: Engine) -> None:
    alone = row_logits(engine, {"dora": 0.5, "other": 0.3, "lora": 0.2})
    beside = row_logits(engine, {}, {"dora": 0.5, "other": 0.3, "lora": 0.2}, {"dora": 1.0})
    assert_close(beside[1], alone[0])
    assert_close(beside[2], row_logits(engine, {"dora": 1.0})[0])
    assert np.array_equal(beside[0], row_logits(engine, {}, {}, {})[0])


def test_answers_are_token_for_token_those_of_a_row_alone(engine: Engine) -> None:
    together = answers(engine, ask(), ask({"dora": 1.0}), ask({"lora": 1.0}), ask({"other": 0.5}))
    alone = [
        answers(engine, request)[0]
        for request in (ask(), ask({"dora": 1.0}), ask({"lora": 1.0}), ask({"other": 0.5}))
    ]
    assert [a.tokens for a in together] == [a.tokens for a in alone]
    assert len({a.tokens for a in together}) == 4


def test_the_gain_is_found_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    import mlx.core as mx

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a norm was taken while answering")

    monkeypatch.setattr(mx.linalg, "norm", never)
    assert answers(engine, ask({"dora": 1.0}), ask({"other": 0.7}))[0].tokens


def test_it_is_described_as_what_it_is(engine: Engine) -> None:
    methods = {info.name: info.method for info in engine.adapters()}
    assert methods == {"lora": "lora", "dora": "dora", "other": "dora"}


def test_unloading_leaves_the_very_same_layers_and_logits(lab: Lab) -> None:
    opened = open_engine(str(lab.model))
    try:
        before, base = linear_layers(opened), row_logits(opened, {})
        opened.load_adapter(str(lab.dora))
        row_logits(opened, {"dora": 1.0}, {})
        opened.unload_adapter("dora")
        assert linear_layers(opened) == before
        assert np.array_equal(row_logits(opened, {}), base)
    finally:
        opened.close()


def test_a_token_whose_vector_is_zero_stays_zero(tmp_path: Path) -> None:
    """Padding has no direction, and so no length to be brought to; mlx-lm divides by zero."""
    model = make_model(tmp_path / "model", tie_word_embeddings=False)
    file = str(model / "model.safetensors")
    tensors: Any = mx.load(file)
    unused = 250
    tensors["model.embed_tokens.weight"][unused] = 0
    mx.eval(tensors)
    mx.save_safetensors(file, tensors)
    adapter = train_with_mlx_lm(model, tmp_path / "adapter", ("model.embed_tokens",), dora=True)
    file = str(adapter / "adapters.safetensors")
    tensors = mx.load(file)
    tensors["model.embed_tokens.lora_a"][unused] = 0
    mx.eval(tensors)
    mx.save_safetensors(file, tensors)
    engine = open_engine(str(model))
    try:
        engine.load_adapter(str(adapter))
        ours = row_logits(engine, {"adapter": 1.0}, {})
        odd = row_logits(engine, {"adapter": 1.0}, {}, tokens=[unused])
    finally:
        engine.close()
    assert_close(ours[0], mlx_lm_logits(model, adapter))
    np.testing.assert_array_equal(odd[0], odd[1])
