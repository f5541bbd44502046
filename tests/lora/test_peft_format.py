"""PEFT's folders say the same as mlx-lm's of the same weights; more than plain LoRA is refused."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from assistant.engine import Engine, open_engine
from assistant.errors import AdapterUnusable
from assistant.lora import read_folder
from tests.engine.conftest import answers, ask
from tests.small_models import make_adapter, make_model


def as_peft(source: Path, folder: Path, **config: Any) -> Path:
    """The same weights in PEFT's layout: names, orientation and alpha = scale · rank."""
    import mlx.core as mx

    told = json.loads((source / "adapter_config.json").read_text())["lora_parameters"]
    folder.mkdir()
    tensors = {}
    for name, array in mx.load(str(source / "adapters.safetensors")).items():
        module, _, leaf = name.rpartition(".")
        tensors[f"base_model.model.{module}.lora_{leaf[-1].upper()}.weight"] = mx.contiguous(
            array.T
        )
    mx.save_safetensors(str(folder / "adapter_model.safetensors"), tensors)
    settings = {"peft_type": "LORA", "r": told["rank"], "lora_alpha": told["scale"] * told["rank"]}
    (folder / "adapter_config.json").write_text(json.dumps({**settings, **config}))
    return folder


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Any:
    opened: Engine = open_engine(str(make_model(tmp_path_factory.mktemp("peft") / "model")))
    yield opened
    opened.close()


def test_the_same_weights_give_the_same_answer_in_both_formats(
    engine: Engine, tmp_path: Path
) -> None:
    ours = make_adapter(tmp_path / "ours")
    engine.load_adapter(str(ours))
    info = engine.load_adapter(str(as_peft(ours, tmp_path / "theirs")))
    assert (info.format, info.rank, info.trained_scale) == ("peft", 4, 2.0)
    one, other, base = answers(engine, ask({"ours": 1.0}), ask({"theirs": 1.0}), ask())
    assert one.tokens == other.tokens != base.tokens


def test_rank_stabilised_scales_divide_by_the_root(tmp_path: Path) -> None:
    ours = make_adapter(tmp_path / "ours", rank=16)
    folder = read_folder(as_peft(ours, tmp_path / "theirs", lora_alpha=8, use_rslora=True))
    assert folder.scale == 8 / math.sqrt(16)


def test_a_pattern_changes_alpha_where_it_matches(tmp_path: Path) -> None:
    ours = make_adapter(tmp_path / "ours", rank=4)
    pattern = {r"layers\.0\.self_attn\.q_proj": 40, "v_proj": 20}
    folder = read_folder(as_peft(ours, tmp_path / "theirs", lora_alpha=4, alpha_pattern=pattern))
    scales = {module: pair.scale for module, pair in folder.pairs.items()}
    assert scales["model.layers.0.self_attn.q_proj"] == 10
    assert scales["model.layers.1.self_attn.q_proj"] == 1
    assert scales["model.layers.1.self_attn.v_proj"] == 5


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({"use_dora": True}, "lacks the magnitude of 'model.layers.0.mlp.down_proj'"),
        ({"modules_to_save": ["lm_head"]}, "modules_to_save"),
        ({"bias": "all"}, "biases"),
        ({"lora_bias": True}, "lora_bias"),
        ({"init_lora_weights": "pissa_niter_16"}, "pissa"),
        ({"init_lora_weights": "loftq"}, "loftq"),
        ({"init_lora_weights": "olora"}, "olora"),
        ({"init_lora_weights": "corda"}, "corda"),
        ({"init_lora_weights": "lora_ga"}, "lora_ga"),
        ({"init_lora_weights": "brand_new"}, "does not know (init_lora_weights 'brand_new')"),
        ({"alora_invocation_tokens": [1, 2]}, "activated"),
        ({"peft_type": "IA3"}, "type IA3"),
        ({"peft_type": "VERA"}, "type VERA"),
        ({"peft_type": "LOHA"}, "type LOHA"),
        ({"peft_type": "PREFIX_TUNING"}, "type PREFIX_TUNING"),
        ({"trainable_token_indices": [3]}, "trainable_token_indices"),
        ({"layer_replication": [[0, 2]]}, "layer_replication"),
        ({"use_qalora": True}, "QA-LoRA"),
        ({"use_bdlora": {"nblocks": 2}}, "block-diagonal"),
        ({"megatron_config": {"a": 1}}, "Megatron"),
        ({"kasa_config": {"a": 1}}, "KaSA"),
        ({"monteclora_config": {"num_samples": 8}}, "MonteCLoRA"),
        ({"arrow_config": {"top_k": 3}}, "arrow_config"),
        ({"r": 16}, "says rank 16"),
        ({"rank_pattern": {"q_proj": 7}}, "says rank 7 for 'model.layers.0.self_attn.q_proj'"),
        ({"rank_pattern": {"(a+)+": 7}}, "too intricate"),
        ({"rank_pattern": {".*.*.*.*.*.*.*x": 7}}, "too intricate"),
        ({"alpha_pattern": {"q" * 600: 7}}, "too intricate"),
        ({"alpha_pattern": {"q_proj(": 7}}, "no pattern"),
        ({"target_parameters": ["experts.down"]}, "target_parameters"),
        ({"lora_alpha": "lots"}, "lora_alpha"),
        ({"alpha_pattern": {"q_proj": None}}, "alpha_pattern"),
    ],
)
def test_what_is_more_than_plain_lora_is_refused_by_name(
    tmp_path: Path, config: dict[str, Any], named: str
) -> None:
    folder = as_peft(make_adapter(tmp_path / "ours"), tmp_path / "theirs", **config)
    with pytest.raises(AdapterUnusable) as caught:
        read_folder(folder)
    assert named in caught.value.message
    assert caught.value.hint
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("start", [True, False, None, "gaussian", "eva", "orthogonal", "mica"])
def test_a_start_that_leaves_the_base_alone_is_fine(tmp_path: Path, start: Any) -> None:
    ours = make_adapter(tmp_path / "ours")
    assert read_folder(as_peft(ours, tmp_path / "theirs", init_lora_weights=start)).rank == 4


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("base_model.model.lm_head.weight", "a whole layer"),
        ("base_model.model.model.embed_tokens.weight", "resized vocabulary"),
        ("base_model.model.model.layers.0.self_attn.q_proj.bias", "a bias"),
        ("base_model.model.model.layers.0.self_attn.q_proj.lora_B.bias", "a bias"),
        ("base_model.model.model.layers.0.self_attn.q_proj.vera_lambda_b", "no tensor of a LoRA"),
        ("base_model.model.e.lora_embedding_A", "other half"),
    ],
)
def test_tensors_that_are_no_lora_are_refused(tmp_path: Path, name: str, what: str) -> None:
    import mlx.core as mx

    folder = as_peft(make_adapter(tmp_path / "ours"), tmp_path / "theirs")
    file = str(folder / "adapter_model.safetensors")
    tensors = {**mx.load(file), name: mx.zeros((4, 4))}
    mx.eval(list(tensors.values()))
    mx.save_safetensors(file, tensors)
    with pytest.raises(AdapterUnusable, match=name.replace(".", r"\.")) as caught:
        read_folder(folder)
    assert what in caught.value.message
    assert caught.value.hint
