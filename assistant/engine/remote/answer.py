"""One answer that streams from a server: what was said so far, and the events it becomes.

It refuses to know the network.
"""

from __future__ import annotations

import time

from assistant.engine.remote.pieces import Piece, Unit
from assistant.engine.running import Outbox
from assistant.engine.thinking import ThoughtSplitter
from assistant.engine.types import Event, Finish, FinishReason, Timing, Usage
from assistant.plain_text import whole

_TAGS = ("<think>", "</think>")


class RemoteAnswer:
    """Takes pieces, puts events; the last one when it is told how the answer ended."""

    def __init__(self, number: int, seed: int, outbox: Outbox, started: float) -> None:
        self.number = number
        self.usage: Usage | None = None
        self._seed = seed
        self._outbox = outbox
        self._started = started
        self._first: float | None = None
        self._last = started
        self._splitter = ThoughtSplitter(_TAGS)
        self._thought = ""
        self._half = ""
        self._tokens: list[int] = []
        self._numbered = True
        self._count = 0

    def take(self, piece: Piece) -> None:
        self.usage = piece.usage or self.usage
        if piece.thought:
            self._note_time()
            self._count += 1
            self._thought += piece.thought
            self._put("", whole(piece.thought))
        units = piece.units
        # The end of the turn is a token too, but none of the answer.
        if piece.finish == "stop" and piece.stopped_by is None and units and not units[-1].text:
            units = units[:-1]
        for unit in units:
            self._take_unit(unit)

    def _take_unit(self, unit: Unit) -> None:
        self._note_time()
        self._count += 1
        if unit.token is None:
            self._numbered = False
        else:
            self._tokens.append(unit.token)
        thought, text = self._splitter.add(self._whole(unit.text))
        self._outbox.put(Event(self.number, text, unit.token, unit.logprob, thought=thought))

    def end(self, reason: FinishReason) -> None:
        thought, text = self._splitter.add(whole(self._half))
        last_thought, last_text = self._splitter.finish()
        finish = Finish(
            reason=reason,
            text=self._splitter.text,
            tokens=tuple(self._tokens) if self._numbered else (),
            usage=self.usage or Usage(0, 0, self._count),
            timing=self._timing(),
            seed=self._seed,
            thought=whole(f"{self._thought}{self._splitter.thought}").strip(),
        )
        last = Event(self.number, text + last_text, None, None, finish, thought + last_thought)
        self._outbox.put(last)

    def fail(self, error: BaseException) -> None:
        self._outbox.put(error)

    def _put(self, text: str, thought: str) -> None:
        self._outbox.put(Event(self.number, text, None, None, thought=thought))

    def _whole(self, text: str) -> str:
        """The text as it can be printed; half a character waits for its other half."""
        text, self._half = self._half + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        if self._thought and not self._splitter.text:
            # The empty lines between thoughts and answer belong to neither.
            text = text.lstrip()
        return whole(text)

    def _note_time(self) -> None:
        self._last = time.perf_counter()
        if self._first is None:
            self._first = self._last

    def _timing(self) -> Timing:
        now = time.perf_counter()
        first = self._first if self._first is not None else now
        count = self.usage.completion_tokens if self.usage else self._count
        decoding = self._last - first
        speed = (count - 1) / decoding if count > 1 and decoding > 0 else 0.0
        return Timing(first - self._started, now - self._started, speed)
