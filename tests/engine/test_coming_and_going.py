"""Rows join and leave a batch at any moment, and nobody else's tokens change."""

from __future__ import annotations

import pytest

from assistant.engine import Engine, Finish, Message, Request, Sampling
from tests.engine.conftest import QUESTION, Lab, answers

SHORT: list[Message] = [{"role": "user", "content": "why?"}]
LONG: list[Message] = [{"role": "user", "content": "the base model and the adapter " * 2}]


def dice(seed: int, messages: list[Message], adapters: dict[str, float], most: int = 24) -> Request:
    return Request(messages, adapters, Sampling(max_tokens=most, temperature=0.8, seed=seed))


ROWS = [
    dice(1, QUESTION, {}),
    dice(2, SHORT, {"first": 1.0}),
    dice(3, LONG, {"second": 0.7}),
    dice(4, QUESTION, {"first": 0.5, "second": 0.5}),
    Request(LONG, {"first": 1.0}, Sampling(max_tokens=24)),
]


@pytest.fixture
def both(engine: Engine, lab: Lab) -> Engine:
    engine.load_adapter(str(lab.first))
    engine.load_adapter(str(lab.second))
    return engine


def run_cancelling(engine: Engine, row: int, after: int) -> dict[int, Finish]:
    """All rows together, one of them cancelled after so many of its tokens."""
    generation = engine.generate(ROWS)
    ends: dict[int, Finish] = {}
    count = 0
    if after == 0:
        generation.cancel(row)
    for event in generation:
        if event.row == row and event.token is not None:
            count += 1
            if count == after:
                generation.cancel(row)
        if event.finish is not None:
            ends[event.row] = event.finish
    return ends


def test_each_row_says_the_same_alone_and_among_others(both: Engine) -> None:
    together = answers(both, *ROWS)
    for request, found in zip(ROWS, together, strict=True):
        assert answers(both, request)[0].tokens == found.tokens


def test_cancelling_any_row_at_any_moment_leaves_the_others_as_they_were(both: Engine) -> None:
    undisturbed = answers(both, *ROWS)
    for row, after in [(0, 0), (1, 1), (2, 3), (3, 7), (4, 2)]:
        ends = run_cancelling(both, row, after)
        for other, finish in ends.items():
            if other != row:
                assert finish.tokens == undisturbed[other].tokens, (row, after, other)
        said = ends[row].tokens
        assert said == undisturbed[row].tokens[: len(said)]


def test_rows_that_join_one_by_one_say_what_they_say_alone(both: Engine) -> None:
    alone = [answers(both, request)[0].tokens for request in ROWS]
    running = []
    for request in ROWS:
        running.append(both.generate([request]))
        next(running[-1])
    for number, generation in enumerate(running):
        (end,) = (event.finish for event in generation if event.finish)
        assert end.tokens == alone[number]


def test_a_seed_is_a_text_whatever_else_runs(both: Engine) -> None:
    noise = [dice(50 + n, LONG, {"second": 1.0}, most=5 * n + 1) for n in range(4)]
    for seed in range(6):
        request = dice(seed, QUESTION, {"first": 1.0})
        (alone,) = answers(both, request)
        assert answers(both, *noise, request)[-1].tokens == alone.tokens
