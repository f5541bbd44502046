"""Base and adapted rows of one question: where they part."""

from __future__ import annotations

import pytest

from assistant.compare import Comparison, first_difference, label
from assistant.engine import Message, Sampling
from tests.fakes import FakeEngine

QUESTION: list[Message] = [{"role": "user", "content": "How do I sort?"}]


@pytest.mark.parametrize(
    ("left", "right", "index"),
    [
        ([1, 2, 3], [1, 2, 3], None),
        ([1, 2, 3], [1, 9, 3], 1),
        ([1, 2], [1, 2, 3], 2),
        ([], [1], 0),
        ([], [], None),
    ],
)
def test_answers_part_at_the_first_token_that_differs(
    left: list[int], right: list[int], index: int | None
) -> None:
    assert first_difference(left, right) == index
    assert first_difference(right, left) == index


def test_the_base_is_always_the_first_row_and_all_share_the_dice() -> None:
    engine = FakeEngine(["Use np.sort.", "Use mx.sort."])
    comparison = Comparison(engine, QUESTION, [{"mlx-docs": 1.0}], Sampling(temperature=1.0))
    list(comparison)
    assert [dict(request.adapters) for request in engine.requests] == [{}, {"mlx-docs": 1.0}]
    assert {request.sampling.seed for request in engine.requests} == {comparison.seed}


def test_a_given_seed_is_kept() -> None:
    assert Comparison(FakeEngine(), QUESTION, [{}], Sampling(seed=7)).seed == 7


def test_the_parting_shows_what_each_goes_on_with() -> None:
    engine = FakeEngine(["Use np.sort now", "Use mx.sort now"])
    comparison = Comparison(engine, QUESTION, [{}], Sampling())
    list(comparison)
    parting = comparison.agreement()
    assert parting.first_difference == 1
    assert parting.shared_text == "Use"
    assert parting.base_continues == " np.sort now"
    assert parting.other_continues == " mx.sort now"


def test_equal_answers_agree() -> None:
    comparison = Comparison(FakeEngine(["same", "same"]), QUESTION, [{}], Sampling())
    list(comparison)
    assert comparison.agreement().to_dict() == {"first_difference": None, "same": True}


def test_columns_are_labelled_by_adapter_and_strength() -> None:
    assert label({}) == "base"
    assert label({"mlx-docs": 1.0}) == "mlx-docs ×1"
    assert label({"a": 0.25, "b": 1.5}) == "a ×0.25 + b ×1.5"
