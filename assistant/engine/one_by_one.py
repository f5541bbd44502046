"""Runs rows one after the other, with mlx-lm's generators for a single row.

For keys and values that cannot share a batch, and for a draft model that guesses ahead. It has the
methods of the `Scheduler`; the first row in line advances by a chunk of its prompt or a token.
Used on the engine's own thread only. It refuses to know threads, folders and names of models.
"""

from __future__ import annotations

import copy
import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import mlx.core as mx
from mlx_lm.generate import generate_step, speculative_generate_step
from mlx_lm.models.cache import trim_prompt_cache

from assistant.engine.cache_plan import CachePlan
from assistant.engine.drafting import Draft
from assistant.engine.loading import LoadedModel
from assistant.engine.prompt_caches import PromptCaches
from assistant.engine.reading import number_at
from assistant.engine.row import Row
from assistant.engine.rows import CurrentRows, RowAdapters, RowTag
from assistant.engine.sampler import make_sampler
from assistant.engine.scheduler import PREFILL_CHUNK, has_ended, not_finite, processors_for
from assistant.engine.types import FinishReason
from assistant.errors import EngineError


class _OneRowModel:
    """The model as mlx-lm's generators for one row see it: every pass is that row's."""

    def __init__(self, model: Any, current: CurrentRows, adapters: RowAdapters) -> None:
        self._model = model
        self._current = current
        self._adapters = adapters

    @property
    def layers(self) -> Any:
        return self._model.layers

    def __call__(self, tokens: Any, cache: list[Any]) -> Any:
        self._current.publish([self._adapters])
        return self._model(tokens, cache=cache)


@dataclass
class _Reading:
    """A prompt on its way into one model's cache; its last token is left for the generator."""

    model: Any
    cache: list[Any]
    rest: list[int]
    opened: int = 1
    """How many of the last tokens come after the chat, where the answer is opened."""

    def step(self, plan: CachePlan) -> None:
        chunk = min(PREFILL_CHUNK, len(self.rest) - 1)
        if len(self.rest) > self.opened:
            chunk = min(chunk, len(self.rest) - self.opened)
        self.model(mx.array([self.rest[:chunk]]), cache=self.cache)
        plan.quantise(self.cache)
        mx.eval([entry.state for entry in self.cache])
        mx.clear_cache()
        self.rest = self.rest[chunk:]


@dataclass
class _Running:
    row: Row
    max_tokens: int
    sampler: Callable[[mx.array], mx.array]
    processors: list[Any]
    main: _Reading | None = None
    draft: _Reading | None = None
    tokens: Iterator[Any] | None = None
    said: list[int] = field(default_factory=list)
    """Tokens that came, the end of the turn included."""


class OneByOne:
    """The rows waiting for one model, and the one that runs."""

    def __init__(
        self,
        loaded: LoadedModel,
        current: CurrentRows,
        caches: PromptCaches,
        plan: CachePlan,
        draft: Draft | None,
    ) -> None:
        self._loaded = loaded
        self._current = current
        self._caches = caches
        self._plan = plan
        self._draft = draft
        self._line: deque[_Running] = deque()

    @property
    def is_busy(self) -> bool:
        return bool(self._line)

    def uses(self, adapter: str) -> bool:
        """Whether a row under way, or waiting, runs under an adapter."""
        return any(adapter == name for run in self._line for name, _ in run.row.adapters)

    def insert(self, row: Row, max_tokens: int) -> None:
        """Let a row stand in line."""
        sampler, row.seed = make_sampler(row.request.sampling, row.begun)
        processors = processors_for(row, self._loaded.generation)
        self._line.append(_Running(row, max_tokens, sampler, processors))

    def cancel(self, wanted: Iterable[Row]) -> None:
        chosen = {id(row) for row in wanted}
        for run in [run for run in self._line if id(run.row) in chosen]:
            self._end(run, "cancelled")

    def step(self) -> None:
        """One chunk of the first row's prompt, or one token of its answer."""
        run = self._line[0]
        if run.main is None:
            self._begin(run)
        for reading in (run.main, run.draft):
            if reading is not None and len(reading.rest) > 1:
                reading.step(self._plan if reading is run.main else CachePlan())
                self._keep_turn(run)
                return
        if run.tokens is None:
            run.tokens = self._generator(run)
        self._take(run, next(run.tokens, None))

    def _begin(self, run: _Running) -> None:
        row = run.row
        # Taken only now: the row before may have left just what this one needs.
        (*cache, _), rest = self._caches.take(row.identity, row.adapters, row.prompt)
        row.cached = len(row.prompt) - len(rest)
        model = _OneRowModel(self._loaded.model, self._current, row.adapters)
        run.main = _Reading(model, cache, rest)
        if not self._caches.step_back:
            run.main.opened = len(row.prompt) - row.turn
        if self._draft is not None and row.request.sampling.temperature <= 0 and not run.processors:
            (*cache, _), rest = self._draft.caches.take((), (), row.prompt)
            run.draft = _Reading(self._draft.model, cache, rest)

    def _keep_turn(self, run: _Running) -> None:
        """Keep what was read when it has come to where the answer is opened."""
        main, row = run.main, run.row
        if main is not None and not self._caches.step_back and len(main.rest) == main.opened:
            cache = [*copy.deepcopy(main.cache), RowTag([row.adapters])]
            self._caches.keep(row.identity, row.prompt[: row.turn], cache)

    def _generator(self, run: _Running) -> Iterator[Any]:
        assert run.main is not None
        last = mx.array(run.main.rest)
        if run.draft is not None:
            return speculative_generate_step(
                last,
                run.main.model,
                run.draft.model,
                num_draft_tokens=Draft.AHEAD,
                max_tokens=run.max_tokens,
                sampler=run.sampler,
                prompt_cache=[*run.main.cache, *run.draft.cache],
            )
        return generate_step(
            last,
            run.main.model,
            max_tokens=run.max_tokens,
            sampler=run.sampler,
            logits_processors=[_with_prompt(run, p) for p in run.processors] or None,
            prompt_cache=run.main.cache,
            kv_bits=self._plan.bits,
            kv_group_size=self._plan.group,
        )

    def _take(self, run: _Running, item: Any) -> None:
        """One more token of the answer, or its end."""
        if item is None:
            self._end(run, "length")
            return
        token, logprobs = int(item[0]), item[1]
        mx.eval(logprobs)
        logprob = number_at(logprobs, token)
        if math.isnan(logprob):
            self._fail_call_of(run, not_finite(run.row))
            return
        run.said.append(token)
        if token in self._loaded.tokenizer.eos_token_ids:
            self._end(run, "stop")
            return
        run.row.accept(token, logprob)
        if has_ended(run.row, self._loaded.generation):
            self._end(run, "stop")

    def _end(self, run: _Running, reason: FinishReason) -> None:
        if run.tokens is not None:
            # A draft that was not taken is taken back in the caches here.
            run.tokens.close()  # type: ignore[attr-defined]  # mlx-lm's are generators
        if run.main is not None:
            _keep(self._caches, run.row.identity, run, run.main)
        if run.draft is not None and self._draft is not None:
            _keep(self._draft.caches, (), run, run.draft)
        # Only now: a row that is no more in line would not be told of what fails before.
        self._line.remove(run)
        run.row.end(reason)

    def _fail_call_of(self, failed: _Running, error: EngineError) -> None:
        """The rows of its call, and not those of others that wait."""
        outbox = failed.row.outbox
        self._line = deque(run for run in self._line if run.row.outbox is not outbox)
        outbox.put(error)

    def fail(self, error: EngineError) -> None:
        """After a step that broke, which was the first row's: those that wait get their turn."""
        if self._line:
            self._fail_call_of(self._line[0], error)

    def close(self) -> None:
        self.cancel([run.row for run in self._line])


def _with_prompt(run: _Running, processor: Any) -> Any:
    """The processor as in the batch, where it sees the prompt before the tokens that came."""
    before = mx.array(run.row.prompt[:-1], dtype=mx.uint32)

    def process(tokens: mx.array, logits: mx.array) -> Any:
        return processor(mx.concatenate([before, tokens.astype(mx.uint32)]), logits)

    return process


def _keep(caches: PromptCaches, identity: RowAdapters, run: _Running, reading: _Reading) -> None:
    """Keep what a cache holds, under the tokens that it holds."""
    known = [*run.row.prompt, *run.said]
    offsets = {entry.offset for entry in reading.cache if hasattr(entry, "offset")}
    if len(offsets) > 1:
        return  # entries that have not read equally far
    # A state does not say how far it has read: all that was said, or what was read of the prompt.
    read = len(known) if run.said else len(run.row.prompt) - len(reading.rest)
    count = int(offsets.pop()) if offsets else read
    ahead = max(0, count - len(known))
    if trim_prompt_cache(reading.cache, ahead) == ahead:
        caches.keep(identity, known[:count], [*reading.cache, RowTag([run.row.adapters])])
