"""Many questions to the base and its variants, their rows together in batches.

    for outcome in answer_all(engine, items, columns, sampling):
        ...                                    # in the order in which questions are done

All rows of a wave are given to the engine at once, which keeps as many running as it can and lets
the next one join as soon as one ends, whichever question it belongs to. A question that cannot be
answered becomes a Failed and takes no other with it. It refuses to know files and screens.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.compare.comparison import first_difference, is_numbered
from assistant.compare.questions import Question
from assistant.engine.protocol import Engine
from assistant.engine.types import Finish, Message, Request, Sampling
from assistant.errors import AssistantError, EngineClosed, EngineError

WAVE_ROWS = 128
"""Rows given to the engine at once: enough that its batch stays full, and a bound on memory."""


@dataclass(frozen=True)
class Item:
    """A question with what the models read of it."""

    question: Question
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Answered:
    """A question, and how each column's answer ended."""

    item: Item
    seed: int
    columns: tuple[Mapping[str, float], ...]
    finishes: tuple[Finish, ...]

    def first_difference(self, row: int) -> int | None:
        """The first token in which a column parts from the base; None when it does not, or when
        tokens are not known."""
        base, other = self.finishes[0], self.finishes[row]
        if not (is_numbered(base) and is_numbered(other)):
            return None
        return first_difference(base.tokens, other.tokens)

    def same(self, row: int) -> bool:
        """Whether a column says what the base says, token for token where tokens are known."""
        alike = self.finishes[0].text == self.finishes[row].text
        return alike and self.first_difference(row) is None


@dataclass(frozen=True)
class Failed:
    item: Item
    error: AssistantError


Outcome = Answered | Failed


def answer_all(
    engine: Engine,
    items: Sequence[Item],
    columns: Sequence[Mapping[str, float]],
    sampling: Sampling,
    *,
    keep_logits: bool = False,
    wave_rows: int = WAVE_ROWS,
) -> Iterator[Outcome]:
    """Answer every question under every column; an outcome for each, as soon as it is done.

    `keep_logits` is for whoever gathers the evidence of each.
    """
    size = max(1, wave_rows // len(columns))
    example = Request((), sampling=sampling, keep_logits=keep_logits)
    for start in range(0, len(items), size):
        yield from _wave(engine, list(items[start : start + size]), tuple(columns), example)


def _wave(
    engine: Engine,
    items: list[Item],
    columns: tuple[Mapping[str, float], ...],
    example: Request,
) -> Iterator[Outcome]:
    done: set[int] = set()
    try:
        for number, outcome in _together(engine, items, columns, example):
            done.add(number)
            yield outcome
    except EngineClosed:
        raise
    except AssistantError as error:
        # One of them is to blame, and the engine does not say which: halve until it stands alone.
        left = [item for number, item in enumerate(items) if number not in done]
        if len(left) == 1 and len(items) == 1:
            yield Failed(left[0], error)
        else:
            middle = len(left) // 2 or len(left)
            for part in (left[:middle], left[middle:]):
                if part:
                    yield from _wave(engine, part, columns, example)


def _together(
    engine: Engine,
    items: list[Item],
    columns: tuple[Mapping[str, float], ...],
    example: Request,
) -> Iterator[tuple[int, Answered]]:
    sampling = example.sampling
    seeds = [_seed(sampling) for _ in items]
    generation = engine.generate(
        [
            replace(
                example,
                messages=item.messages,
                adapters=adapters,
                sampling=replace(sampling, seed=seed),
            )
            for item, seed in zip(items, seeds, strict=True)
            for adapters in columns
        ]
    )
    ends: list[dict[int, Finish]] = [{} for _ in items]
    try:
        for event in generation:
            if event.finish is None:
                continue
            number, column = divmod(event.row, len(columns))
            if event.finish.reason == "cancelled":
                raise EngineError("An answer broke off.", "Try again.")
            ends[number][column] = event.finish
            if len(ends[number]) == len(columns):
                finishes = tuple(ends[number][column] for column in range(len(columns)))
                yield number, Answered(items[number], seeds[number], columns, finishes)
    finally:
        generation.close()


def _seed(sampling: Sampling) -> int:
    """One for all columns of a question."""
    return sampling.seed if sampling.seed is not None else random.SystemRandom().getrandbits(32)
