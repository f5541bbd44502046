"""A conversation that is shown again: its last exchanges, and the earlier ones for those who ask.

It refuses to know where a conversation comes from and how it is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assistant.chat import Conversation, Exchange
from assistant.commands.blocks import Answered, Asked, Block, Column, Earlier, Effect
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
        yield Earlier(tuple(block for exchange in earlier for block in exchange_blocks(exchange)))
    shown = [block for exchange in exchanges[-SHOWN:] for block in exchange_blocks(exchange)]
    if answering:
        shown.pop()
    elif shown and isinstance(last := shown[-1], Answered) and _goes_on(exchanges[-1]):
        shown[-1] = replace(last, remark=f"{last.remark} · /continue goes on")
    yield from shown


def _goes_on(exchange: Exchange) -> bool:
    return exchange.answered is not None and can_go_on(exchange.answered)


def exchange_blocks(exchange: Exchange) -> Iterator[Block]:
    """A question and its answer as they looked."""
    asked, answered = exchange.asked, exchange.answered
    yield Asked(asked.text if asked else exchange.question)
    if answered is None:
        return
    title = "assistant" if exchange.told else label(exchange.adapters)
    thought = exchange.finish.thought if exchange.finish else ""
    remark = ""
    if not exchange.told:
        reason = exchange.finish.reason if exchange.finish else "broken off"
        remark = {"stop": "", "cancelled": "stopped", "length": "cut off"}.get(reason, reason)
    yield Answered(Column(title, exchange.adapters), exchange.answer, remark, thought)
