"""One answer under way: its text, its clock, and the queue of whoever asked for it.

It refuses to know the batch it runs in.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.engine.kept_logits import Recorder
from assistant.engine.rows import RowAdapters
from assistant.engine.running import Outbox
from assistant.engine.text import TextStream
from assistant.engine.thinking import ThoughtSplitter
from assistant.engine.types import Event, Finish, FinishReason, Request, Timing, Usage


@dataclass
class Row:
    """A running request. `number` is its place in its call; `outbox` is that call's queue."""

    number: int
    request: Request
    adapters: RowAdapters
    identity: RowAdapters
    """The adapters by content and strength, for the prompt caches."""
    prompt: list[int]
    """What is read before the first new token; of an answer that goes on, its beginning too."""
    stream: TextStream
    splitter: ThoughtSplitter
    outbox: Outbox
    started: float
    turn: int = 0
    """How many tokens the chat has before the answer is opened: the next turn begins with them."""
    cached: int = 0
    seed: int = 0
    first: float | None = None
    last: float | None = None
    tokens: list[int] = field(default_factory=list)
    recorder: Recorder | None = None
    """All of the answer."""
    begun: int = 0
    """How many of them are from before."""

    def go_on(self, tokens: Sequence[int]) -> None:
        """Take the beginning of the answer as said: what is told from now on joins it, in the
        middle of a character too."""
        self.tokens = list(tokens)
        self.begun = len(self.tokens)
        pieces = [self.splitter.add(self.stream.add(token)) for token in self.tokens]
        thought, text = ("".join(parts) for parts in zip(*pieces, strict=True))
        self.outbox.put(Event(self.number, text, None, None, thought=thought, before=True))

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
            usage=Usage(len(self.prompt), self.cached, self._new),
            timing=self._timing(),
            seed=self.seed,
            thought=self.splitter.thought.strip(),
        )
        rest = Event(self.number, text + last_text, None, None, finish, thought + last_thought)
        self.outbox.put(rest)

    @property
    def _new(self) -> int:
        return len(self.tokens) - self.begun

    def _timing(self) -> Timing:
        now = time.perf_counter()
        first = (self.first or now) - self.started
        decoding = (self.last or now) - (self.first or now)
        speed = (self._new - 1) / decoding if self._new > 1 and decoding > 0 else 0.0
        return Timing(first, now - self.started, speed)
