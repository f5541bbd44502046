"""The evidence is what NumPy computes in float64 from mlx-lm's logits, one model at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.compare import Comparison
from assistant.compare.evidence import Evidence, gather
from assistant.engine import Engine, Message, Sampling
from tests.engine.conftest import QUESTION, Lab, both_loaded
from tests.fakes import FakeEngine
from tests.small_models import make_adapter

SAMPLING = Sampling(max_tokens=12)


def compared(engine: Engine, *variants: dict[str, float]) -> tuple[Evidence, list[list[int]]]:
    """The evidence of a real run, and the tokens of its answers."""
    comparison = Comparison(engine, QUESTION, variants, SAMPLING)
    list(comparison)
    tokens = [list(finish.tokens) for finish in comparison.finishes if finish is not None]
    return gather(engine, QUESTION, comparison.columns, tokens), tokens


def log_probabilities(model: Path, adapter: Path | None, answer: list[int]) -> Any:
    """(places, vocabulary) in float64: what mlx-lm, with this adapter alone, says at each token."""
    import mlx.core as mx
    from mlx_lm import load

    loaded, tokenizer = load(str(model), adapter_path=str(adapter) if adapter else None)
    messages: list[Message] = QUESTION
    before = tokenizer.apply_chat_template(messages, add_generation_prompt=True)
    logits = np.array(loaded(mx.array([before + answer]))[0].astype(mx.float32), dtype=np.float64)
    logits = logits[len(before) - 1 : -1]
    logits -= logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


@pytest.mark.parametrize("kind", ["lab", "quantised_lab"])
def test_every_number_is_that_of_numpy_on_raw_logits(
    kind: str, request: pytest.FixtureRequest
) -> None:
    lab: Lab = request.getfixturevalue(kind)
    with both_loaded(lab) as engine:
        evidence, answers = compared(engine, {"first": 1.0}, {"second": 1.0})
    for pair, path, own_answer in zip(
        evidence.pairs, (lab.first, lab.second), answers[1:], strict=True
    ):
        for reading, answer in ((pair.base, answers[0]), (pair.own, own_answer)):
            q = log_probabilities(lab.model, None, answer)
            p = log_probabilities(lab.model, path, answer)
            at = np.arange(len(answer)), answer
            kl = (np.exp(p) * (p - q)).sum(axis=-1)
            shift = p[at] - q[at]
            assert [t.shift for t in reading.tokens] == pytest.approx(shift.tolist(), abs=1e-3)
            assert [t.kl for t in reading.tokens] == pytest.approx(kl.tolist(), rel=2e-3, abs=1e-5)
            assert reading.base_perplexity == pytest.approx(np.exp(-q[at].mean()), rel=1e-3)
            assert reading.adapted_perplexity == pytest.approx(np.exp(-p[at].mean()), rel=1e-3)
        assert pair.parting is not None
        index = pair.parting.index
        assert answers[0][:index] == own_answer[:index]
        for told, adapter in ((pair.parting.base, None), (pair.parting.adapted, path)):
            expected = log_probabilities(lab.model, adapter, answers[0])[index]
            best = np.argsort(-expected)[:5]
            assert [one.token for one in told] == best.tolist()
            assert [one.probability for one in told] == pytest.approx(
                np.exp(expected[best]).tolist(), abs=1e-4
            )
        # Greedy answers say the likeliest token, where they part too.
        assert pair.parting.base[0].token == answers[0][index]
        assert pair.parting.adapted[0].token == own_answer[index]


def test_the_table_has_each_answer_read_by_each_model(engine: Engine, lab: Lab) -> None:
    engine.load_adapter(str(lab.first))
    (pair,) = compared(engine, {"first": 1.0})[0].pairs
    (base_by_base, base_by_adapted), (own_by_base, own_by_adapted) = pair.table
    assert base_by_base == pair.base.base_perplexity
    assert base_by_adapted == pair.base.adapted_perplexity
    assert own_by_base == pair.own.base_perplexity
    assert own_by_adapted == pair.own.adapted_perplexity
    assert base_by_base is not None
    assert base_by_adapted is not None
    assert base_by_base < base_by_adapted, "a model finds its own greedy answer the least odd"


def test_identical_adapters_give_zero_everywhere(engine: Engine, lab: Lab, tmp_path: Path) -> None:
    twin = make_adapter(tmp_path / "twin", rank=4, scale=2.0, base="model")
    engine.load_adapter(str(lab.first))
    engine.load_adapter(str(twin))
    columns: list[dict[str, float]] = [{"first": 1.0}, {"twin": 1.0}, {"first": 1.0}]
    answer = [270, 5, 100, 42]
    for pair in gather(engine, QUESTION, columns, [answer] * 3).pairs:
        assert pair.parting is None
        for reading in (pair.base, pair.own):
            assert [token.shift for token in reading.tokens] == [0.0] * 4
            assert [token.kl for token in reading.tokens] == [0.0] * 4


def test_a_strength_of_zero_gives_zero_everywhere(engine: Engine, lab: Lab) -> None:
    engine.load_adapter(str(lab.first))
    (pair,) = compared(engine, {"first": 0.0})[0].pairs
    assert pair.parting is None
    assert {(t.shift, t.kl) for t in (*pair.base.tokens, *pair.own.tokens)} == {(0.0, 0.0)}


def test_an_answer_that_ends_where_the_other_goes_on_parts_at_its_end() -> None:
    fake = FakeEngine()
    fake.load_adapter("mlx-docs")
    columns: list[dict[str, float]] = [{}, {"mlx-docs": 1.0}]
    (pair,) = gather(fake, QUESTION, columns, [[1, 2], [1, 2, 3]]).pairs
    assert pair.parting is not None
    assert pair.parting.index == 2
    assert pair.parting.base[0].text == " <3>"


def test_an_empty_answer_has_no_perplexity() -> None:
    fake = FakeEngine()
    fake.load_adapter("mlx-docs")
    (pair,) = gather(fake, QUESTION, [{}, {"mlx-docs": 1.0}], [[], []]).pairs
    assert pair.table == ((None, None), (None, None))
    assert pair.to_dict()["own_answer"]["mean_kl"] is None
