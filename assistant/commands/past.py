"""A conversation that is shown again: its last exchanges, and the earlier ones for those who ask.

It refuses to know where a conversation comes from and how it is drawn.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import overload

from assistant.chat import Conversation, Exchange, Exchanges
from assistant.commands.blocks import Answered, Asked, Block, Column, Earlier, Effect, Spot
from assistant.commands.going_on import can_go_on
from assistant.compare import label

SHOWN = 4
"""Exchanges that are shown at once: a screenful, so that a chat of thousands opens quickly."""


def past(conversation: Conversation, *, answering: bool = False) -> Iterator[Block]:
    """The screen as it was at the end of this branch; while `answering`, the last answer is still
    to come."""
    yield Effect("clear")
    exchanges = conversation.exchanges
    if earlier := exchanges[:-SHOWN]:
        yield Earlier(_Blocks(earlier))
    shown = [block for exchange in exchanges[-SHOWN:] for block in exchange_blocks(exchange)]
    if answering:
        shown.pop()
    elif shown and isinstance(last := shown[-1], Answered) and _goes_on(exchanges[-1]):
        shown[-1] = replace(last, remark=f"{last.remark} · /continue goes on")
    yield from shown


def spot(conversation: Conversation, message: int) -> Iterator[Block]:
    """Where a message stands in what `past` shows; nothing for one that is not on this branch."""
    exchanges = conversation.exchanges
    for number, exchange in enumerate(exchanges):
        if message in {entry.id for entry in (exchange.asked, exchange.answered) if entry}:
            earlier = number < len(exchanges) - SHOWN
            yield Spot(message, tuple(exchange_blocks(exchange)) if earlier else ())


def _goes_on(exchange: Exchange) -> bool:
    return exchange.answered is not None and can_go_on(exchange.answered)


class _Blocks(Sequence[Block]):
    """The blocks of exchanges, made when they are looked at: of thousands, few ever are."""

    def __init__(self, exchanges: Exchanges) -> None:
        self._exchanges = exchanges
        self._first: list[int] = []
        count = 0
        for _, answered in exchanges.pairs:
            self._first.append(count)
            count += 1 if answered is None else 2
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Block: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Block]: ...
    def __getitem__(self, index: int | slice) -> Block | Sequence[Block]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(self._count))]
        if not -self._count <= index < self._count:
            raise IndexError(index)
        at = index % self._count
        number = bisect_right(self._first, at) - 1
        return list(exchange_blocks(self._exchanges[number]))[at - self._first[number]]


def exchange_blocks(exchange: Exchange) -> Iterator[Block]:
    """A question and its answer as they looked."""
    asked, answered = exchange.asked, exchange.answered
    known = not exchange.told
    yield Asked(asked.text if asked else exchange.question, asked.id if asked and known else None)
    if answered is None:
        return
    title = "assistant" if exchange.told else label(exchange.adapters)
    thought = exchange.finish.thought if exchange.finish else ""
    remark = ""
    if not exchange.told:
        reason = exchange.finish.reason if exchange.finish else "broken off"
        remark = {"stop": "", "cancelled": "stopped", "length": "cut off"}.get(reason, reason)
    message = answered.id if known else None
    column = Column(title, exchange.adapters)
    yield Answered(column, exchange.answer, remark, thought, message)
