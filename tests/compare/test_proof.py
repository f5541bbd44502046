"""The mark that base is base: it holds on the real engine, and a leak would take it away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.compare.proof import prove_base
from assistant.engine import Engine, Scoring
from assistant.engine.scores import Score
from tests.engine.conftest import QUESTION, Lab, both_loaded
from tests.fakes import FakeEngine
from tests.small_models import make_adapter

ANSWER = [270, 5, 100, 42, 7, 91]


@pytest.mark.parametrize("kind", ["lab", "quantised_lab"])
def test_base_rows_beside_adapted_ones_equal_the_bare_model_to_the_bit(
    kind: str, request: pytest.FixtureRequest
) -> None:
    lab: Lab = request.getfixturevalue(kind)
    with both_loaded(lab) as engine:
        columns: list[dict[str, float]] = [
            {},
            {"first": 1.0},
            {"first": 0.5, "second": 1.5},
            {"second": 1.0},
        ]
        for shown in (columns, columns[:2]):
            proof = prove_base(engine, QUESTION, shown, ANSWER)
            assert proof is not None
            assert (proof.holds, proof.tokens, proof.largest_gap) == (True, len(ANSWER), 0.0)


def test_columns_of_one_content_count_once(engine: Engine, lab: Lab, tmp_path: Path) -> None:
    engine.load_adapter(str(lab.first))
    engine.load_adapter(str(make_adapter(tmp_path / "twin", rank=4, scale=2.0, base="model")))
    proof = prove_base(
        engine, QUESTION, [{}, {"first": 1.0}, {"twin": 1.0}, {"first": 0.0}], ANSWER
    )
    assert proof is not None
    assert proof.holds


class LeakyEngine(FakeEngine):
    """A base row beside an adapted one hears a little of it."""

    def score(
        self, scorings: Sequence[Scoring], *, stop: Callable[[], bool] = lambda: False
    ) -> list[Score]:
        scores = super().score(scorings, stop=stop)
        if any(scoring.adapters for scoring in scorings):
            first, *rest = scores[0].tokens
            leaked = replace(first, logprob=first.logprob + 1e-7)
            scores[0] = replace(scores[0], tokens=(leaked, *rest))
        return scores


def test_the_smallest_leak_into_the_base_row_is_seen() -> None:
    leaky = LeakyEngine()
    leaky.load_adapter("mlx-docs")
    proof = prove_base(leaky, QUESTION, [{}, {"mlx-docs": 1.0}], ANSWER)
    assert proof is not None
    assert not proof.holds
    assert proof.largest_gap == pytest.approx(1e-7, rel=0.01)


def test_nothing_is_claimed_where_there_is_nothing_to_check() -> None:
    fake = FakeEngine()
    fake.load_adapter("mlx-docs")
    assert prove_base(fake, QUESTION, [{}, {"mlx-docs": 1.0}], []) is None
    assert prove_base(fake, QUESTION, [{}, {"mlx-docs": 0.0}], ANSWER) is None
    assert prove_base(fake, QUESTION, [{"mlx-docs": 1.0}, {}], ANSWER) is None
