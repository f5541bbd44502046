"""One answer under way: its text, its clock, and the queue of whoever asked for it.

It refuses to know the batch it runs in.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TypeAlias

from assistant.engine.kept_logits import Recorder
from assistant.engine.rows import RowAdapters
from assistant.engine.text import TextStream
from assistant.engine.thinking import ThoughtSplitter
from assistant.engine.types import Event, Finish, FinishReason, Request, Timing, Usage

Outbox: TypeAlias = "SimpleQueue[Event | BaseException]"


@dataclass
class Row:
    """A running request. `number` is its place in its call; `outbox` is that call's queue."""

    number: int
    request: Request
    adapters: RowAdapters
    identity: RowAdapters
    """The adapters by content and strength, for the prompt caches."""
    prompt: list[int]
    stream: TextStream
    splitter: ThoughtSplitter
    outbox: Outbox
    started: float
    cached: int = 0
    seed: int = 0
    first: float | None = None
    last: float | None = None
    tokens: list[int] = field(default_factory=list)
    recorder: Recorder | None = None

    def accept(self, token: int, logprob: float) -> None:
        """A token of the answer: pass on the text that it makes certain."""
        self.last = time.perf_counter()
        if self.first is None:
            self.first = self.last
        self.tokens.append(token)
        thought, text = self.splitter.add(self.stream.add(token))
        self.outbox.put(Event(self.number, text, token, logprob, thought=thought))

    def end(self, reason: FinishReason) -> None:
        thought, text = self.splitter.add(self.stream.finish())
        last_thought, last_text = self.splitter.finish()
        finish = Finish(
            reason=reason,
            text=self.splitter.text,
            tokens=tuple(self.tokens),
            usage=Usage(len(self.prompt), self.cached, len(self.tokens)),
            timing=self._timing(),
            seed=self.seed,
            thought=self.splitter.thought.strip(),
        )
        rest = Event(self.number, text + last_text, None, None, finish, thought + last_thought)
        self.outbox.put(rest)

    def _timing(self) -> Timing:
        now = time.perf_counter()
        first = (self.first or now) - self.started
        decoding = (self.last or now) - (self.first or now)
        count = len(self.tokens)
        speed = (count - 1) / decoding if count > 1 and decoding > 0 else 0.0
        return Timing(first, now - self.started, speed)
