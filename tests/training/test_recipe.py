"""The recipe's numbers, the plan of a run, and the tokenizer's chat form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.training.__main__ import parser
from assistant.training.pretrain import plan, rate
from assistant.training.recipe import AdapterTraining, Pretraining, Shape

MODEL = Path(__file__).parents[2] / "models" / "tiny"
ADAPTER = Path(__file__).parents[2] / "adapters" / "mlx-docs"


def test_the_plan_reads_the_whole_stream_once() -> None:
    recipe = Pretraining()
    steps = plan(100 * recipe.tokens_per_step + 5, recipe)
    assert [step.begin for step in steps] == [k * recipe.tokens_per_step for k in range(100)]
    assert steps[0].length == recipe.lengths[0][1]
    assert steps[-1].length == recipe.lengths[-1][1]


def test_the_learning_rate_rises_and_falls() -> None:
    recipe = Pretraining()
    rates = [rate(step, recipe) for step in plan(1000 * recipe.tokens_per_step + 1, recipe)]
    assert rates[0] < 0.05
    assert max(rates) == pytest.approx(1.0, abs=0.02)
    assert rates[-1] == pytest.approx(recipe.final_share, abs=0.01)


def test_heads_have_the_width_that_every_engine_runs() -> None:
    shape = Shape()
    assert shape.head_width == 64
    assert shape.heads * shape.head_width == shape.width


def test_the_command_knows_its_steps() -> None:
    assert parser().parse_args(["adapter"]).iterations == AdapterTraining.iterations
    with pytest.raises(SystemExit):
        parser().parse_args(["no-such-step"])


@pytest.mark.skipif(not (MODEL / "tokenizer_config.json").exists(), reason="no model here")
def test_the_shipped_model_says_its_roles_apart() -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(MODEL))
    text = tokenizer.apply_chat_template(
        [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}],
        add_generation_prompt=True,
        tokenize=False,
    )
    assert text == "<|begin|><|system|>S<|end|><|user|>U<|end|><|assistant|>"
    assert tokenizer.eos_token == "<|end|>"


@pytest.mark.skipif(not (MODEL / "tokenizer.json").exists(), reason="no model here")
def test_the_shipped_tokenizer_owns_no_token_of_mlx() -> None:
    vocabulary = json.loads((MODEL / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    assert not [token for token in vocabulary if token.lower().strip("Ġ`") in ("mx", "mlx")]


@pytest.mark.skipif(not (ADAPTER / "adapter_config.json").exists(), reason="no adapter here")
def test_the_shipped_adapter_names_no_machine() -> None:
    config = json.loads((ADAPTER / "adapter_config.json").read_text("utf-8"))
    assert config["model"] == "models/tiny"
    assert not [value for value in config.values() if str(value).startswith(("/", "~"))]


@pytest.mark.skipif(not (ADAPTER / "adapters.safetensors").exists(), reason="no adapter here")
def test_model_and_adapter_are_small_enough_to_ship() -> None:
    weights = [MODEL / "model.safetensors", ADAPTER / "adapters.safetensors"]
    sizes = [path.stat().st_size for path in weights]
    assert sum(sizes) < 30e6
    assert sizes[1] < 6e6
