"""Adapters of embeddings, of tied and untied heads, and of experts, on whole models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.engine import Engine, open_engine
from assistant.errors import AdapterUnusable
from tests.engine.conftest import answers, ask
from tests.engine.logits import TOKENS, assert_close, mlx_lm_logits, row_logits
from tests.engine.test_adapters import linear_layers
from tests.shaped_models import make_shaped_model
from tests.small_models import MIXTRAL, MOE, make_model, train_with_mlx_lm

EXPERTS = tuple(f"mlp.switch_mlp.{part}_proj" for part in ("gate", "up", "down"))
KINDS = {
    "embedding with its tied head": ({}, ("model.embed_tokens", "self_attn.q_proj")),
    "untied head": ({"tie_word_embeddings": False}, ("lm_head", "model.embed_tokens")),
    "experts": (MOE, (*EXPERTS, "self_attn.q_proj")),
}


class Lab:
    def __init__(self, root: Path, kind: str) -> None:
        changes, keys = KINDS[kind]
        self.model = make_model(root / "model", **changes)
        self.first = train_with_mlx_lm(self.model, root / "first", keys)
        self.second = train_with_mlx_lm(self.model, root / "second", keys[:1], rank=6, seed=4)


@pytest.fixture(scope="module", params=KINDS)
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab(tmp_path_factory.mktemp("kinds"), request.param)


@pytest.fixture(scope="module")
def engine(lab: Lab) -> Iterator[Engine]:
    opened = open_engine(str(lab.model))
    yield opened
    opened.close()


def test_every_row_is_mlx_lms_and_unloading_leaves_nothing(engine: Engine, lab: Lab) -> None:
    before, base = linear_layers(engine), row_logits(engine, {}, {}, {})
    engine.load_adapter(str(lab.first))
    engine.load_adapter(str(lab.second))
    mixed = row_logits(engine, {"first": 1.0}, {}, {"second": 1.0})
    assert_close(mixed[0], mlx_lm_logits(lab.model, lab.first))
    assert np.array_equal(mixed[1], base[1])
    assert_close(mixed[2], mlx_lm_logits(lab.model, lab.second))
    # Long enough that mixtures sort their tokens.
    long = TOKENS * 4
    row = row_logits(engine, {"first": 1.0}, {"second": 1.0}, tokens=long)[0]
    assert_close(row, mlx_lm_logits(lab.model, lab.first, long))
    together = answers(engine, ask({"first": 1.0}), ask(), ask({"first": 0.5, "second": 0.5}))
    assert len({answer.tokens for answer in together}) == 3
    engine.unload_adapter("first")
    engine.unload_adapter("second")
    assert linear_layers(engine) == before
    assert np.array_equal(row_logits(engine, {}, {}, {}), base)


def test_dora_of_an_embedding_is_mlx_lms(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    dora = train_with_mlx_lm(model, tmp_path / "dora", ("model.embed_tokens",), dora=True)
    engine = open_engine(str(model))
    try:
        engine.load_adapter(str(dora))
        mixed = row_logits(engine, {}, {"dora": 1.0})
        assert_close(mixed[1], mlx_lm_logits(model, dora), tolerance=1e-4)
        assert np.array_equal(mixed[0], row_logits(engine, {}, {})[0])
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("changes", "block", "names"),
    [
        (MOE, "mlp", {}),
        (
            MIXTRAL,
            "block_sparse_moe",
            {"gate_proj": "w1", "down_proj": "w2", "up_proj": "w3"},
        ),
    ],
    ids=["qwen3_moe", "mixtral"],
)
def test_experts_saved_one_by_one_are_put_together(
    tmp_path: Path, changes: dict[str, object], block: str, names: dict[str, str]
) -> None:
    """PEFT's names for a mixture, each expert with its own layers, against mlx-lm's."""
    import mlx.core as mx

    model = make_model(tmp_path / "model", **changes)
    keys = tuple(f"{block}.switch_mlp.{part}_proj" for part in ("gate", "up", "down"))
    ours = train_with_mlx_lm(model, tmp_path / "stacked", keys)
    folder = tmp_path / "single"
    folder.mkdir()
    tensors = {}
    for name, array in mx.load(str(ours / "adapters.safetensors")).items():
        module, _, leaf = name.rpartition(".")
        before, _, part = module.rpartition(".")
        for expert in range(array.shape[0]):
            path = f"{before.replace('switch_mlp', f'experts.{expert}')}.{names.get(part, part)}"
            key = f"base_model.model.{path}.lora_{leaf[-1].upper()}.weight"
            tensors[key] = mx.contiguous(array[expert])
    mx.save_safetensors(str(folder / "adapter_model.safetensors"), tensors)
    config = {"peft_type": "LORA", "r": 4, "lora_alpha": 8}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    engine = open_engine(str(model))
    try:
        engine.load_adapter(str(folder))
        expected = mlx_lm_logits(model, ours)
        assert_close(row_logits(engine, {}, {"single": 1.0})[1], expected)
    finally:
        engine.close()


def test_a_head_that_no_adapter_can_reach_is_refused(tmp_path: Path) -> None:
    """seed_oss multiplies by the embedding's weight itself, past any layer in its place."""
    plain = make_model(tmp_path / "llama")
    adapter = train_with_mlx_lm(plain, tmp_path / "adapter", ("model.embed_tokens",))
    engine = open_engine(str(make_model(tmp_path / "model", model_type="seed_oss")))
    try:
        before, said = linear_layers(engine), row_logits(engine, {})
        with pytest.raises(AdapterUnusable, match="for its head") as caught:
            engine.load_adapter(str(adapter))
        assert "fuse" in caught.value.hint
        assert linear_layers(engine) == before
        assert np.array_equal(row_logits(engine, {}), said)
    finally:
        engine.close()


def test_experts_that_see_tokens_without_their_rows_are_refused(tmp_path: Path) -> None:
    config = {
        "model_type": "dbrx",
        "d_model": 64,
        "n_layers": 2,
        "n_heads": 4,
        "ffn_config": {"ffn_hidden_size": 32, "moe_num_experts": 4, "moe_top_k": 2},
        "attn_config": {"kv_n_heads": 2, "clip_qkv": 8.0, "rope_theta": 10000.0},
    }
    model = make_shaped_model(tmp_path / "model", config)
    experts = train_with_mlx_lm(model, tmp_path / "experts", ("ffn.experts.1.w1",))
    heads = train_with_mlx_lm(model, tmp_path / "heads", ("norm_attn_norm.attn.out_proj",))
    opened = open_engine(str(model))
    try:
        with pytest.raises(AdapterUnusable, match="tell nothing of their rows") as caught:
            opened.load_adapter(str(experts))
        assert caught.value.hint
        opened.load_adapter(str(heads))
        one, other = answers(opened, ask({"heads": 1.0}), ask())
    finally:
        opened.close()
    assert one.tokens != other.tokens
