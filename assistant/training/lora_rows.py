"""The rows that mlx-lm's trainer reads, with their lengths.

mlx-lm 0.32 sorts rows by length so that a batch pads little, but asks a chat for its length, which
is its number of fields: nothing is sorted, and every batch is as long as its longest row. Rows of
tokens know their length. A row may also be open: its text goes on after what is there, so that no
end is learnt. mlx-lm's own loss counts one token more than a row has, the padding after it, which
open rows would learn as their end. This module refuses to know what is trained.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def as_rows(data: Any, end: int, longest: int) -> Rows:
    """One of mlx-lm's data sets, encoded. `end` is the token that ends a message.

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
        if offset < min(longest, len(tokens)):
            rows.append(Row(tokens, offset))
    return Rows(rows)


def loss_of_rows(model: Any, batch: Any, spans: Any) -> tuple[Any, Any]:
    """Mean cross-entropy in nats of the tokens that are learnt, and their number.

    batch: (rows, tokens), padded; spans: (rows, 2), where a row's learnt tokens begin and end.
    """
    import mlx.core as mx
    import mlx.nn as nn

    targets = batch[:, 1:]
    places = mx.arange(1, targets.shape[1] + 1)
    learnt = mx.logical_and(places >= spans[:, 0:1], places < spans[:, 1:])
    losses = nn.losses.cross_entropy(model(batch[:, :-1]), targets) * learnt
    count = learnt.sum()
    return losses.astype(mx.float32).sum() / count, count
