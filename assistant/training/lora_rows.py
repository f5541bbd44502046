"""The rows that mlx-lm's trainer reads, with their lengths.

mlx-lm 0.32 sorts rows by length so that a batch pads little, but asks a chat for its length, which
is its number of fields: nothing is sorted, and every batch is as long as its longest row. Rows of
tokens know their length. A row may also be open: its text goes on after what is there, so that no
end is learnt. mlx-lm's own loss counts one token more than a row has, the padding after it, which
open rows would learn as their end. Its batches are as long as the next multiple of 32 tokens, half
of which would be padding for rows as short as a call. This module refuses to know what is trained.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """The tokens of a chat; the loss begins after the first `offset` of them."""

    tokens: Sequence[int]
    offset: int

    def __len__(self) -> int:
        return len(self.tokens)


class Rows:
    """A data set in the form that mlx-lm's trainer asks for."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows

    def __getitem__(self, number: int) -> Row:
        return self._rows[number]

    def __len__(self) -> int:
        return len(self._rows)

    def process(self, row: Row) -> tuple[Sequence[int], int]:
        """What the trainer reads of a row."""
        return row.tokens, row.offset


def spelled(tokens: Sequence[int], spelling: Mapping[int, Sequence[int]]) -> list[int]:
    """The same text in other tokens: those of `spelling` written as it says."""
    return [part for token in tokens for part in spelling.get(token, (token,))]


def as_rows(
    data: Any, end: int, longest: int, spelling: Mapping[int, Sequence[int]] | None = None
) -> Rows:
    """One of mlx-lm's data sets, encoded. `end` is the token that ends a message; what is learnt is
    written with `spelling`.

    An example with a true "open" loses its last `end` and what stands after it. One whose question
    alone fills the `longest` tokens that the trainer reads is left out: a batch of such teaches
    nothing, and its mean loss is no number.
    """
    rows = []
    for number in range(len(data)):
        example = data[number]
        tokens, offset = data.process(example)
        if example.get("open") and end in tokens[offset:]:
            tokens = tokens[: len(tokens) - 1 - tokens[::-1].index(end)]
        if spelling:
            tokens = [*tokens[:offset], *spelled(tokens[offset:], spelling)]
        if offset < min(longest, len(tokens)):
            rows.append(Row(tokens, offset))
    return Rows(rows)


_MULTIPLE = 8
_MULTIPLE_OF_LEARNT = 64
"""Batches are as long as a multiple of the one and learn a multiple of the other, in tokens: each
shape that comes up is compiled once."""


def batches(
    dataset: Any,
    batch_size: int,
    max_seq_length: int,
    loop: bool = False,
    seed: int | None = None,
    comm_group: Any = None,
) -> Iterator[tuple[Any, Any]]:
    """What mlx-lm's `iterate_batches` gives, with less padding: rows of like lengths, the batches
    in random order, each process its rows of every batch.

    Gives a batch, (rows, tokens), and where its learnt tokens stand when it is laid flat,
    (learnt,), with zeros at the end.
    """
    import mlx.core as mx
    import numpy

    rank, size = (comm_group.rank(), comm_group.size()) if comm_group is not None else (0, 1)
    # Not the generator that NumPy shares: every process must draw the same order.
    rng = numpy.random.default_rng(0 if seed is None else seed)
    order = sorted(range(len(dataset)), key=dataset.itemlen)
    begins = range(0, len(order) - batch_size + 1, batch_size)
    while True:
        for number in rng.permutation(len(begins)):
            begin = begins[number]
            chosen = order[begin + rank : begin + batch_size : size]
            rows = [dataset[row] for row in chosen]
            ends = [min(len(tokens), max_seq_length) for tokens, _ in rows]
            length = min(-(-max(ends) // _MULTIPLE) * _MULTIPLE + 1, max_seq_length)
            ids = numpy.zeros((len(rows), length), numpy.int32)
            for row, ((tokens, _), end) in enumerate(zip(rows, ends, strict=True)):
                ids[row, :end] = tokens[:end]
            learnt = [
                row * length + place
                for row, ((_, offset), end) in enumerate(zip(rows, ends, strict=True))
                for place in range(max(offset, 1), end)
            ]
            places = numpy.zeros(
                -(-len(learnt) // _MULTIPLE_OF_LEARNT) * _MULTIPLE_OF_LEARNT, numpy.int32
            )
            places[: len(learnt)] = learnt
            yield mx.array(ids), mx.array(places)
        if not loop:
            return
