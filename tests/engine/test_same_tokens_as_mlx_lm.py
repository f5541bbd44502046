"""Every row says exactly what mlx-lm says for the same model and adapter, alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.conftest import QUESTION, SAMPLING, Lab, answers, ask, both_loaded


def by_mlx_lm(model: Path, adapter: Path | None) -> list[int]:
    """Greedy tokens of mlx-lm's own load and stream_generate, the end-of-turn token left out."""
    from mlx_lm import load, stream_generate

    loaded, tokenizer = load(str(model), adapter_path=str(adapter) if adapter else None)
    prompt = tokenizer.apply_chat_template(QUESTION, add_generation_prompt=True)
    stream = stream_generate(loaded, tokenizer, prompt, max_tokens=SAMPLING.max_tokens)
    return [r.token for r in stream if r.token not in tokenizer.eos_token_ids]


@pytest.mark.parametrize("kind", ["lab", "quantised_lab"])
def test_rows_of_one_batch_equal_mlx_lm_run_one_by_one(
    kind: str, request: pytest.FixtureRequest
) -> None:
    lab: Lab = request.getfixturevalue(kind)
    with both_loaded(lab) as engine:
        base, first, second, again = answers(
            engine, ask(), ask({"first": 1.0}), ask({"second": 1.0}), ask()
        )
    expected = [by_mlx_lm(lab.model, path) for path in (None, lab.first, lab.second)]
    assert list(base.tokens) == list(again.tokens) == expected[0]
    assert list(first.tokens) == expected[1]
    assert list(second.tokens) == expected[2]
    assert expected[0] != expected[1] != expected[2], "the adapters must change the answer"


@pytest.mark.parametrize("kind", ["lab", "quantised_lab"])
def test_a_single_row_equals_mlx_lm_with_adapters_resident(
    kind: str, request: pytest.FixtureRequest
) -> None:
    lab: Lab = request.getfixturevalue(kind)
    with both_loaded(lab) as engine:
        (base,) = answers(engine, ask())
        (adapted,) = answers(engine, ask({"first": 1.0}))
    assert list(base.tokens) == by_mlx_lm(lab.model, None)
    assert list(adapted.tokens) == by_mlx_lm(lab.model, lab.first)
