"""One fake engine for every front end's tests: scripted answers, real threading, no model.

It fulfils `assistant.engine.protocol.Engine`. Answers come from a queue, then echo the question;
each word is a token, so tests can count them. `pause` holds the stream to test stopping.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from assistant.engine.scores import Alternative, Score, Scoring, TokenScore
from assistant.engine.types import (
    AdapterInfo,
    EngineInfo,
    Event,
    Finish,
    FinishReason,
    Request,
    Timing,
    Usage,
)
from assistant.errors import (
    AdapterNotFound,
    AdapterNotLoaded,
    EngineClosed,
    PromptCacheUnusable,
    PromptTooLong,
    ScoringStopped,
)

KNOWN_ADAPTERS = ("mlx-docs", "pirate")


def adapter_info(name: str) -> AdapterInfo:
    return AdapterInfo(
        name=name,
        path=Path("/adapters") / name,
        format="mlx-lm",
        rank=8,
        trained_scale=4.0,
        targets=("q_proj", "v_proj"),
        modules=12,
        parameters=98_304,
        bytes=393_216,
        base="tiny",
        fingerprint="0" * 64,
        loaded=True,
    )


class FakeGeneration:
    """Rows that advance together, a word at a time. An answer that goes on has its next words."""

    def __init__(self, requests: Sequence[Request], texts: Sequence[str], engine: FakeEngine):
        self._engine = engine
        self._requests = requests
        self._words = [text.split(" ") for text in texts]
        self._said: list[list[str]] = [[] for _ in requests]
        self._begun = [request.begun.text if request.begun else "" for request in requests]
        self._cancelled = [False] * len(requests)
        self._events = self._run()

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        return next(self._events)

    def cancel(self, row: int | None = None) -> None:
        for index in range(len(self._cancelled)):
            if row is None or row == index:
                self._cancelled[index] = True

    def close(self) -> None:
        self.cancel()

    def _finish(self, row: int, reason: FinishReason) -> Event:
        said = self._said[row]
        usage = Usage(len(self._requests[row].messages), 0, len(said))
        seed = self._requests[row].sampling.seed or 0
        begun = self._requests[row].begun
        tokens = (*(begun.tokens if begun else ()), *(hash(word) % 4096 for word in said))
        text = self._begun[row] + "".join(said)
        timing = Timing(0.05, 0.5, 50.0 if said else 0.0)
        finish = Finish(reason, text, tokens, usage, timing, seed)
        return Event(row, "", None, None, finish)

    def _run(self) -> Iterator[Event]:
        running = set(range(len(self._requests)))
        for row in sorted(running):
            if self._begun[row]:
                yield Event(row, self._begun[row], None, None, before=True)
        while running:
            for row in sorted(running):
                limit = self._requests[row].sampling.max_tokens
                if self._cancelled[row]:
                    running.discard(row)
                    yield self._finish(row, "cancelled")
                elif len(self._said[row]) == len(self._words[row]):
                    running.discard(row)
                    yield self._finish(row, "stop")
                elif len(self._said[row]) == limit:
                    running.discard(row)
                    yield self._finish(row, "length")
                else:
                    word = self._words[row][len(self._said[row])]
                    first = not self._said[row] and not self._begun[row]
                    text = word if first else f" {word}"
                    self._said[row].append(text)
                    yield Event(row, text, hash(word) % 4096, -0.5)
            self._engine.breathe()


class FakeEngine:
    """An engine that says what it was told to say."""

    def __init__(self, answers: Sequence[str] = (), *, seconds_per_token: float = 0.0) -> None:
        self.answers: deque[str] = deque(answers)
        self.requests: list[Request] = []
        self.scorings: list[Scoring] = []
        self.pause = threading.Event()
        """Set it to hold every stream; clear it to go on."""
        self.closed = False
        self.goes_on = True
        self._seconds = seconds_per_token
        self._adapters: dict[str, AdapterInfo] = {}

    @property
    def info(self) -> EngineInfo:
        return EngineInfo(
            model="fake",
            path=Path("/models/fake"),
            architecture="llama",
            parameters=6_000_000,
            context_length=1024,
            dtype="float32",
            quantisation=None,
            device="cpu",
            memory_bytes=24_000_000,
            blas=None,
            goes_on=self.goes_on,
        )

    def adapters(self) -> list[AdapterInfo]:
        return list(self._adapters.values())

    def load_adapter(self, ref: str, *, name: str | None = None) -> AdapterInfo:
        ref = ref.removeprefix("/adapters/")
        if ref not in KNOWN_ADAPTERS:
            raise AdapterNotFound(f"There is no adapter {ref!r}.", "assistant adapter list")
        self._adapters[name or ref] = adapter_info(name or ref)
        return self._adapters[name or ref]

    def unload_adapter(self, name: str) -> None:
        if name not in self._adapters:
            raise AdapterNotLoaded(f"The adapter {name!r} is not loaded.", "/adapter list")
        del self._adapters[name]

    def generate(self, requests: Sequence[Request]) -> FakeGeneration:
        if self.closed:
            raise EngineClosed("The engine is closed.")
        for request in requests:
            if self.count_tokens(request) > self.info.context_length:
                raise PromptTooLong("The prompt is too long.", "Start anew with /new.")
        self.requests += requests
        texts = []
        for request in requests:
            echo = f"You said: {request.messages[-1]['content']}"
            text = self.answers.popleft() if self.answers else echo
            texts.append("".join(f"[{name}] " for name in request.adapters) + text)
        return FakeGeneration(requests, texts, self)

    def score(
        self, scorings: Sequence[Scoring], *, stop: Callable[[], bool] = lambda: False
    ) -> list[Score]:
        if self.closed:
            raise EngineClosed("The engine is closed.")
        for name in {name for s in scorings for name in (*s.adapters, *(s.against or ()))}:
            if name not in self._adapters:
                raise AdapterNotLoaded(f"The adapter {name!r} is not loaded.", "/adapter list")
        if stop():
            raise ScoringStopped("Scoring was stopped.")
        self.scorings += scorings
        return [self._score(scoring) for scoring in scorings]

    def _score(self, scoring: Scoring) -> Score:
        """Every word a token of probability ½ for the base and ¾ for adapters; apart, KL is ¼."""
        probability = 0.75 if scoring.adapters else 0.5
        kl = None
        if scoring.against is not None:
            kl = 0.0 if dict(scoring.adapters) == dict(scoring.against) else 0.25
        answer = scoring.answer
        words = answer.split(" ") if isinstance(answer, str) else [f"<{t}>" for t in answer]
        tokens = []
        for number, word in enumerate(words):
            text = word if number == 0 else f" {word}"
            token = hash(word) % 4096
            others = [
                Alternative(token, text, probability),
                Alternative(0, " other", 1 - probability),
            ]
            top = tuple(others[: scoring.top])
            tokens.append(TokenScore(token, text, math.log(probability), 1, top, kl, kl))
        return Score(tuple(tokens), self.count_tokens(Request(scoring.messages)))

    def save_prompt_cache(self, request: Request, file: Path) -> int:
        return 0  # a fake keeps nothing

    def load_prompt_cache(self, file: Path) -> int:
        raise PromptCacheUnusable(f"{file} is no saved chat.")

    def count_tokens(self, request: Request) -> int:
        return sum(len(message["content"].split()) for message in request.messages)

    def close(self) -> None:
        self.closed = True
        self.pause.clear()

    def breathe(self) -> None:
        if self._seconds:
            time.sleep(self._seconds)
        while self.pause.is_set():
            time.sleep(0.005)
