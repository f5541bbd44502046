"""An answer that goes round in circles ends; any other is left alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import mlx.core as mx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.engine import Begun, Engine, open_engine
from assistant.engine.repetition import loops
from tests.engine.conftest import Lab, answers, ask
from tests.small_models import make_model


def first_stop(tokens: list[int], copies: int) -> int | None:
    """After how many tokens the guard first calls it a loop."""
    return next((n for n in range(len(tokens) + 1) if loops(tokens[:n], copies)), None)


@pytest.mark.parametrize("period", [1, 2, 7, 30, 64])
def test_a_passage_that_keeps_coming_is_a_loop(period: int) -> None:
    begin = [1000 + k for k in range(20)]
    stopped = first_stop(begin + list(range(period)) * 90, copies=4)
    assert stopped is not None
    assert len(begin) + 3 * period < stopped <= len(begin) + max(4 * period, 48) + 4


def test_a_passage_that_comes_three_times_is_none_when_four_are_meant() -> None:
    assert first_stop(list(range(30)) * 3 + [7, 8, 9, 10] * 3, copies=4) is None


def test_the_zeros_of_a_matrix_are_no_loop() -> None:
    assert first_stop([5, *[0, 1] * 18, 6], copies=4) is None


@given(st.lists(st.integers(0, 5), min_size=52))
def test_a_handful_of_tokens_in_no_order_is_babble(tokens: list[int]) -> None:
    assert first_stop([100, 200, *tokens], copies=4) is not None


def test_seven_tokens_in_no_order_are_left_alone() -> None:
    assert first_stop([9, *[k * k % 7 + (k // 7) % 3 for k in range(46)], 8, 7], copies=4) is None


@given(st.lists(st.integers(0, 500), unique=True, max_size=200))
def test_what_never_repeats_is_no_loop(tokens: list[int]) -> None:
    assert first_stop(tokens, copies=2) is None


def test_without_a_guard_nothing_is_a_loop() -> None:
    assert first_stop([1] * 400, copies=0) is None


@pytest.fixture
def circling(tmp_path: Path) -> Path:
    """A model that says its last token again, for ever: its layers add nothing to it."""
    folder = make_model(tmp_path / "circling", seed=3)
    weights = mx.load(str(folder / "model.safetensors"))
    silent = ("o_proj.weight", "down_proj.weight")
    weights = {k: w * 0 if k.endswith(silent) else w for k, w in weights.items()}
    mx.save_safetensors(str(folder / "model.safetensors"), weights, metadata={"format": "pt"})
    return folder


def opened(folder: Path, **generation: object) -> Engine:
    (folder / "generation_config.json").write_text(json.dumps(generation))
    return open_engine(str(folder))


@pytest.fixture
def free_answer(circling: Path) -> tuple[int, ...]:
    engine = opened(circling)
    (finish,) = answers(engine, ask(max_tokens=200))
    engine.close()
    assert finish.reason == "length"
    return finish.tokens


def test_the_guard_ends_the_answer_and_changes_no_token(
    circling: Path, free_answer: tuple[int, ...]
) -> None:
    engine = opened(circling, repetition_guard=4)
    (finish,) = answers(engine, ask(max_tokens=200))
    engine.close()
    expected = first_stop(list(free_answer), copies=4)
    assert expected is not None
    assert finish.reason == "stop"
    assert finish.tokens == free_answer[:expected]


def test_a_loop_that_begins_before_a_cut_is_one_after_it(
    circling: Path,
) -> None:
    engine = opened(circling, repetition_guard=4)
    (whole,) = answers(engine, ask(max_tokens=200))
    (cut,) = answers(engine, ask(max_tokens=len(whole.tokens) - 9))
    again = replace(ask(max_tokens=200), begun=Begun(cut.text, cut.tokens))
    (finish,) = answers(engine, again)
    engine.close()
    assert (finish.reason, finish.tokens) == ("stop", whole.tokens)


@pytest.mark.peers
def test_the_penalty_of_the_model_is_that_of_transformers(tmp_path: Path) -> None:
    import torch
    from transformers import LlamaForCausalLM

    folder = make_model(tmp_path / "model", seed=3)
    engine = opened(folder, repetition_penalty=1.3)
    (finish,) = answers(engine, ask(max_tokens=24))
    (without,) = answers(engine, ask(max_tokens=24, repetition_penalty=1.0))
    prompt, _ = engine._encode(ask())  # type: ignore[attr-defined]
    engine.close()

    model = LlamaForCausalLM.from_pretrained(str(folder), dtype=torch.float32)
    out = model.generate(
        torch.tensor([prompt]), max_new_tokens=24, do_sample=False, repetition_penalty=1.3
    )
    assert finish.tokens == tuple(out[0, len(prompt) :].tolist())
    assert finish.tokens != without.tokens


@pytest.fixture
def penalised(lab: Lab, tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(str(lab.model))
    yield engine
    engine.close()


def test_a_row_with_a_penalty_leaves_its_neighbours_alone(penalised: Engine) -> None:
    (alone,) = answers(penalised, ask())
    beside, changed = answers(penalised, ask(), ask(repetition_penalty=1.8))
    assert beside.tokens == alone.tokens
    assert changed.tokens != alone.tokens
