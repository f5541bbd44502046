"""One question answered by base and adapted rows of one batch, and where the answers part.

It refuses to know conversations and screens.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.engine.protocol import Engine, Generation
from assistant.engine.types import Event, Finish, Message, Request, Sampling


def label(adapters: Mapping[str, float]) -> str:
    """What a column is called: "base", or each adapter with its strength."""
    return " + ".join(f"{name} ×{scale:.3g}" for name, scale in adapters.items()) or "base"


@dataclass(frozen=True)
class Agreement:
    """How far two answers say the same."""

    first_difference: int | None
    """Index of the first token that differs, from 0; None when the answers are the same, or a
    server does not number its tokens."""
    shared_text: str = ""
    """What both say up to there."""
    base_continues: str = ""
    other_continues: str = ""

    @property
    def same(self) -> bool:
        return self.first_difference is None and self.base_continues == self.other_continues

    def to_dict(self) -> dict[str, int | bool | None]:
        return {"first_difference": self.first_difference, "same": self.same}


def first_difference(left: Sequence[int], right: Sequence[int]) -> int | None:
    """Index of the first token in which two answers differ; None when they are equal.

    An answer that ends where the other goes on differs at its end.
    """
    for index, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b:
            return index
    return None if len(left) == len(right) else min(len(left), len(right))


def is_numbered(finish: Finish) -> bool:
    """Whether the tokens of an answer are known; servers often tell the text alone."""
    return bool(finish.tokens) or not (finish.text or finish.thought)


class Comparison:
    """A Generation whose row 0 is the base model; remembers how each row ended.

    Every row draws with the same seed, so that small differences in the models make small
    differences in the answers. `keep_logits` is for whoever will gather the evidence.
    """

    def __init__(
        self,
        engine: Engine,
        messages: Sequence[Message],
        variants: Sequence[Mapping[str, float]],
        sampling: Sampling,
        *,
        keep_logits: bool = False,
    ) -> None:
        seed = sampling.seed if sampling.seed is not None else random.SystemRandom().getrandbits(32)
        self.seed = seed
        self.columns: tuple[Mapping[str, float], ...] = ({}, *variants)
        self.messages = tuple(messages)
        self.sampling = replace(sampling, seed=seed)
        self.stopped = False
        """Whether somebody cancelled it: then nobody waits for what else there is to say either."""
        self._generation: Generation = engine.generate(
            [
                Request(messages, adapters, self.sampling, keep_logits=keep_logits)
                for adapters in self.columns
            ]
        )
        self._pieces: list[list[str]] = [[] for _ in self.columns]
        self.finishes: list[Finish | None] = [None] * len(self.columns)

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        event = next(self._generation)
        if event.finish is None:
            self._pieces[event.row].append(event.text)
        if event.finish is not None:
            self.finishes[event.row] = event.finish
        return event

    def cancel(self, row: int | None = None) -> None:
        self.stopped = self.stopped or row is None
        self._generation.cancel(row)

    def close(self) -> None:
        self.stopped = True
        self._generation.close()

    @property
    def ended(self) -> tuple[Finish, ...] | None:
        """How every row ended; None while one has not."""
        ends = tuple(finish for finish in self.finishes if finish is not None)
        return ends if len(ends) == len(self.columns) else None

    def agreement(self, row: int = 1) -> Agreement:
        """Where a row parts from the base. Call it once both have ended."""
        base, other = self.finishes[0], self.finishes[row]
        if base is None or other is None:
            return Agreement(None)
        if not (is_numbered(base) and is_numbered(other)):
            pairs = enumerate(zip(base.text, other.text, strict=False))
            shorter = min(len(base.text), len(other.text))
            at = next((place for place, (a, b) in pairs if a != b), shorter)
            return Agreement(None, base.text[:at], base.text[at:], other.text[at:])
        index = first_difference(base.tokens, other.tokens)
        if index is None:
            return Agreement(None)
        shared = "".join(self._pieces[0][:index])
        return Agreement(index, shared, base.text[len(shared) :], other.text[len(shared) :])
