"""Marking answers: by the pattern of the question, by parsing, by names that exist."""

from __future__ import annotations

import re

import pytest

from assistant.training.evaluate import (
    GROUPS,
    Measured,
    Question,
    Share,
    code_blocks,
    existing_calls,
    held_out,
    mark,
)


def test_the_held_out_set_is_large_enough_and_asks_each_question_once() -> None:
    asked = held_out()
    assert len(asked) >= 200
    assert len({one.question for one in asked}) == len(asked)
    assert {one.group for one in asked} == set(GROUPS)
    for one in asked:
        re.compile(one.right)


def test_an_answer_is_right_when_it_names_the_call() -> None:
    question = Question("mlx", "sort in mlx", r"mx\.sort\b")
    right, wrong = mark([question, question], ["Use `mx.sort(x)`.", "Use `np.sort(x)`."])
    assert right.right
    assert not wrong.right


def test_calls_that_do_not_exist_are_counted() -> None:
    answers = ["Use `mx.sort(x)`.\n\n```python\nimport mlx.core as mx\nmx.sofmax(x)\n```"]
    assert existing_calls(answers) == Share(2, 3)
    assert existing_calls(["Use `np.sort(x)`."]) == Share(0, 0)


def test_blocks_are_found_even_when_the_fence_is_left_open() -> None:
    assert code_blocks("a\n```python\nx = 1\n```\nb\n```python\ny = (") == ["x = 1\n", "y = ("]


def test_the_table_has_both_models_side_by_side() -> None:
    question = Question("numpy", "sort", r"np\.sort")
    right = tuple(mark([question], ["```python\nnp.sort(x)\n```"]))
    wrong = tuple(mark([question], ["Use `np.argsort(x)`."]))
    text = Measured("tiny", "mlx-docs", right, wrong).table()
    assert text.splitlines()[0] == "| | base | adapted |"
    assert "100 % (1/1) | 0 % (0/1)" in text


@pytest.mark.parametrize(("share", "text"), [(Share(1, 2), "50 % (1/2)"), (Share(0, 0), "–")])
def test_a_share_reads_as_a_percentage(share: Share, text: str) -> None:
    assert str(share) == text
