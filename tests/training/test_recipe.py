"""The recipe's numbers, the plan of a run, and the tokenizer's chat form."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path

import mlx.core as mx
import pytest

from assistant.training.__main__ import parser
from assistant.training.adapter import blend, runs_of
from assistant.training.pretrain import encode_stream, plan, rate
from assistant.training.recipe import AdapterTraining, Places, Pretraining, Shape
from assistant.training.tokens import BEGIN, END, train_tokenizer

MODEL = Path(__file__).parents[2] / "models" / "tiny"
ADAPTER = Path(__file__).parents[2] / "adapters" / "mlx-docs"


def ends_after(*steps: int) -> list[int]:
    """The tokens at which parts end that are so many steps long."""
    recipe = Pretraining()
    return [count * recipe.tokens_per_step + 5 for count in accumulate(steps)]


def test_the_plan_reads_the_whole_stream_once_part_after_part() -> None:
    recipe = Pretraining()
    steps = plan(ends_after(100, 40, 60), recipe)
    assert [step.begin for step in steps] == [k * recipe.tokens_per_step for k in range(200)]
    assert [step.part for step in (steps[99], steps[100], steps[140])] == list(recipe.parts[:3])
    for first, last, part in zip((0, 100, 140), (99, 139, 199), recipe.parts[:3], strict=True):
        assert steps[first].length == part.lengths[0][1]
        assert steps[last].length == part.lengths[-1][1]


def test_a_longer_stream_leaves_the_steps_before_it_as_they_were() -> None:
    recipe = Pretraining()
    assert plan(ends_after(100, 40, 60), recipe)[:140] == plan(ends_after(100, 40), recipe)


def test_the_learning_rate_rises_and_falls_in_each_part() -> None:
    recipe = Pretraining()
    rates = [rate(step, recipe) for step in plan(ends_after(1000, 300, 500), recipe)]
    assert rates[0] < 0.05
    assert max(rates) == pytest.approx(1.0, abs=0.02)
    assert rates[999] == pytest.approx(recipe.parts[0].rates[1], abs=0.01)
    assert rates[1000] == recipe.parts[1].rates[0]
    assert rates[-1] < 0.01


@pytest.mark.parametrize(
    ("cut", "sentences"), [({"cut": 1.0}, 3), ({"gist": 1.0}, 0), ({"gist": 1.0, "cut": 1.0}, 0)]
)
def test_a_cut_chat_teaches_no_ending(
    tmp_path: Path, cut: dict[str, float], sentences: int
) -> None:
    chat = [
        {"role": "user", "content": "numpy median"},
        {"role": "assistant", "content": "Use `np.median(x)`. It is one.\n\n```python\n1\n```"},
    ]
    places = Places(tmp_path, tmp_path / "model", tmp_path / "adapter")
    places.base_set.write_text("".join(json.dumps({"messages": chat}) + "\n" for _ in range(3)))
    tokenizer = train_tokenizer([message["content"] for message in chat], 300)
    part = replace(Pretraining().parts[0], chats=3, **cut)
    stream = encode_stream(places, tokenizer, Pretraining(parts=(part,)))
    begin, end = tokenizer.token_to_id(BEGIN), tokenizer.token_to_id(END)
    ids, weights = stream.ids.tolist(), stream.weights.tolist()
    # One end is left in each chat, that of the question; and no weight where the next begins.
    assert ids.count(end) == 3
    assert [w for token, w in zip(ids, weights, strict=True) if token == begin][1:] == [0.0, 0.0]
    assert "print" not in tokenizer.decode(ids)
    assert tokenizer.decode(ids).count("np.median(x)`") == 3
    assert tokenizer.decode(ids).count("It is one.") == sentences


def test_heads_have_the_width_that_every_engine_runs() -> None:
    shape = Shape()
    assert shape.head_width == 64
    assert shape.heads * shape.head_width == shape.width


def test_the_command_knows_its_steps() -> None:
    assert parser().parse_args(["adapter"]).share == 1.0
    with pytest.raises(SystemExit):
        parser().parse_args(["no-such-step"])


def test_a_share_of_the_recipe_has_all_its_parts() -> None:
    whole, small = AdapterTraining(), AdapterTraining().shrunk(0.01)
    assert len(small.parts) == len(whole.parts)
    assert small.parts[0].iterations == whole.parts[0].iterations // 100
    assert small.parts[-1].mix == whole.parts[-1].mix
    assert min(part.chats for part in Pretraining().shrunk(1e-6).parts) > 0


def test_each_part_of_the_adapter_goes_on_from_the_one_before(tmp_path: Path) -> None:
    runs = runs_of(Places(tmp_path, tmp_path / "model", tmp_path / "adapter"), AdapterTraining())
    assert runs[0].begin is None
    for before, after in pairwise(runs):
        assert after.begin == before.out / "adapters.safetensors"
        assert after.data != before.data
        assert after.out != before.out


def test_what_ships_is_a_blend_of_the_last_two_ends(tmp_path: Path) -> None:
    for name, value in (("before", 1.0), ("last", 2.0)):
        (tmp_path / name).mkdir()
        weights = {"lora_a": mx.full((2, 2), value)}
        mx.save_safetensors(str(tmp_path / name / "adapters.safetensors"), weights)
    blend(tmp_path / "before", tmp_path / "last", 0.75, tmp_path / "out")
    found = mx.load(str(tmp_path / "out" / "adapters.safetensors"))
    assert isinstance(found, dict)
    assert found["lora_a"].tolist() == [[1.75, 1.75], [1.75, 1.75]]


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
