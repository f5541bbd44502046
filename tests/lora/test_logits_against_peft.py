"""PEFT's own logits for adapters that PEFT made, in every form of them that is run here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.engine import open_engine
from assistant.errors import AdapterUnusable
from assistant.lora import convert, read_folder
from tests.engine.logits import TOKENS, assert_close, mlx_lm_logits, row_logits
from tests.small_models import make_adapter, make_model, train_with_mlx_lm

pytestmark = pytest.mark.peers

LINEAR = ["q_proj", "v_proj", "down_proj"]
# PEFT warns of tied embeddings, which are the point here, and torch of its own ways.
quiet = pytest.mark.filterwarnings("ignore")


def base_of(model: Path) -> Any:
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    return transformers.AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)


def save_as_it_is(model: Any, folder: Path) -> None:
    model.save_pretrained(folder)


def check_against(
    theirs: Any, model: Path, adapter: Path, save: Callable[[Any, Path], None] = save_as_it_is
) -> None:
    """Give PEFT's untrained model numbers, save its adapter, and hold ours on `model` to it."""
    import torch

    for name, parameter in theirs.named_parameters():
        is_empty = "lora_A" in name and not parameter.any()
        if "lora_B" in name or "embedding" in name or is_empty:
            torch.nn.init.normal_(parameter, std=0.1)
        elif "magnitude" in name:
            parameter.data *= 1 + 0.2 * torch.rand_like(parameter)
    expected = logits(theirs.eval())
    save(theirs, adapter)
    engine = open_engine(str(model))
    try:
        engine.load_adapter(str(adapter))
        ours = row_logits(engine, {}, {adapter.name: 1.0})
    finally:
        engine.close()
    assert_close(ours[1], expected, tolerance=1e-4)
    assert np.abs(ours[0] - expected).max() > 1e-2 * np.abs(expected).max()


def logits(model: Any) -> Any:
    import torch

    with torch.no_grad():
        return model(torch.tensor([TOKENS])).logits[0].numpy()


@quiet
@pytest.mark.parametrize(
    "options",
    [
        {"target_modules": LINEAR},
        {"target_modules": LINEAR, "use_rslora": True, "rank_pattern": {"q_proj": 6}},
        {"target_modules": LINEAR, "alpha_pattern": {r"layers\.1\.mlp\.down_proj": 40}},
        {"target_modules": LINEAR, "layers_to_transform": [0, 2]},
        {"target_modules": LINEAR, "use_dora": True},
        {"target_modules": LINEAR, "use_dora": True, "use_rslora": True},
        {"target_modules": ["embed_tokens", "q_proj"]},
        {"target_modules": ["embed_tokens"], "use_dora": True},
        {"target_modules": ["lm_head", "q_proj"]},
        {"target_modules": ["lm_head"], "use_dora": True},
        {"target_modules": ["embed_tokens"], "ensure_weight_tying": True},
        {"target_modules": LINEAR, "init_lora_weights": "orthogonal"},
        {"target_modules": LINEAR, "init_lora_weights": "gaussian", "lora_dropout": 0.5},
        {"target_modules": LINEAR, "init_lora_weights": "mica"},
        {"target_modules": "all-linear"},
        {"target_modules": r".*\.(q|down)_proj", "exclude_modules": r".*layers\.0.*"},
        {"target_modules": LINEAR, "layers_to_transform": 1, "layers_pattern": "layers"},
        {"target_modules": LINEAR, "use_rslora": True, "alpha_pattern": {"q_proj": 5}},
        {"target_modules": LINEAR, "rank_pattern": {"^model.layers.0.self_attn.q_proj": 7}},
        {"target_modules": LINEAR, "use_dora": True, "rank_pattern": {"q_proj": 7}},
        {"target_modules": ["lm_head"], "ensure_weight_tying": True},
        {"target_modules": LINEAR, "velora_config": {"num_groups": 8}},
    ],
    ids=[
        "plain",
        "rank-stabilised, two ranks",
        "alpha pattern",
        "some layers",
        "DoRA",
        "rank-stabilised DoRA",
        "embedding",
        "DoRA of the embedding",
        "tied head",
        "DoRA of the tied head",
        "both ends",
        "orthogonal start",
        "normal start, dropout",
        "MiCA",
        "all linear layers",
        "names by pattern, some left out",
        "one layer",
        "rank-stabilised, two alphas",
        "a pattern from the name's beginning",
        "DoRA, two ranks",
        "both ends by the head",
        "VeLoRA",
    ],
)
def test_the_logits_are_pefts(tmp_path: Path, options: dict[str, Any]) -> None:
    peft = pytest.importorskip("peft")
    import torch

    model = make_model(tmp_path / "model", attention_bias=True)
    torch.manual_seed(0)
    theirs = peft.get_peft_model(base_of(model), peft.LoraConfig(r=4, lora_alpha=8, **options))
    check_against(theirs, model, tmp_path / "adapter")


@quiet
@pytest.mark.parametrize("rank_stabilised", [False, True], ids=["", "rank-stabilised"])
@pytest.mark.parametrize("start", ["pissa", "olora"])
def test_a_start_that_changes_its_base_runs_as_peft_turns_it_into_lora(
    tmp_path: Path, start: Any, rank_stabilised: bool
) -> None:
    peft = pytest.importorskip("peft")
    import torch

    model = make_model(tmp_path / "model")
    torch.manual_seed(0)
    how = peft.LoraConfig(
        r=4, target_modules=LINEAR, init_lora_weights=start, use_rslora=rank_stabilised
    )
    theirs = peft.get_peft_model(base_of(model), how)
    config = theirs.peft_config["default"]
    config.init_lora_weights = True  # PEFT's own recipe: the start is saved as plain LoRA
    theirs.save_pretrained(tmp_path / "start")
    config.init_lora_weights = start
    theirs.save_pretrained(tmp_path / "as it is")
    with pytest.raises(AdapterUnusable, match="path_initial_model_for_weight_conversion"):
        read_folder(tmp_path / "as it is")

    def turned(model: Any, folder: Path) -> None:
        begun = str(tmp_path / "start")
        model.save_pretrained(folder, path_initial_model_for_weight_conversion=begun)

    check_against(theirs, model, tmp_path / "adapter", turned)


@quiet
def test_patterns_that_both_match_count_as_peft_reads_them(tmp_path: Path) -> None:
    """PEFT saves them in order of their letters, and takes the first that matches."""
    peft = pytest.importorskip("peft")
    import torch

    model = make_model(tmp_path / "model")
    alphas = {"q_proj": 3, "layers.1.self_attn.q_proj": 70}
    how = peft.LoraConfig(r=4, lora_alpha=8, target_modules=LINEAR, alpha_pattern=alphas)
    torch.manual_seed(0)
    peft.get_peft_model(base_of(model), how).save_pretrained(tmp_path / "saved")
    theirs = peft.PeftModel.from_pretrained(base_of(model), tmp_path / "saved")
    check_against(theirs, model, tmp_path / "adapter")


@quiet
@pytest.mark.parametrize("dora", [False, True])
def test_peft_loads_what_was_converted_for_it(tmp_path: Path, dora: bool) -> None:
    peft = pytest.importorskip("peft")
    model = make_model(tmp_path / "model")
    keys = ("self_attn.q_proj", "mlp.down_proj")
    ours = train_with_mlx_lm(model, tmp_path / "ours", keys, dora=dora, layers=2)
    theirs = convert(read_folder(ours), tmp_path / "theirs", "peft")
    loaded = peft.PeftModel.from_pretrained(base_of(model), str(theirs.path))
    assert_close(logits(loaded.eval()), mlx_lm_logits(model, ours), tolerance=1e-4)


@quiet
def test_mlx_lm_loads_what_was_converted_from_peft(tmp_path: Path) -> None:
    peft = pytest.importorskip("peft")
    model = make_model(tmp_path / "model")
    ours = make_adapter(tmp_path / "plain")
    theirs = convert(read_folder(ours), tmp_path / "theirs", "peft")
    expected = logits(peft.PeftModel.from_pretrained(base_of(model), str(theirs.path)).eval())
    back = convert(theirs, tmp_path / "back", "mlx")
    assert_close(mlx_lm_logits(model, back.path), expected, tolerance=1e-4)
