"""Runs rows together through mlx-lm's BatchGenerator: they come, advance by a token, and go.

Used on the engine's own thread only. It refuses to know threads, folders and names of models.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from mlx_lm.generate import BatchGenerator
from mlx_lm.models.cache import KVCache

from assistant.engine.generation_config import GenerationConfig
from assistant.engine.joining import joinable
from assistant.engine.kept_logits import KeptLogits, Recorder
from assistant.engine.loading import LoadedModel
from assistant.engine.prompt_caches import PromptCaches
from assistant.engine.reading import number_at
from assistant.engine.repetition import loops, penalty_processor
from assistant.engine.row import Row
from assistant.engine.rows import CurrentRows, TaggedModel
from assistant.engine.sampler import make_sampler
from assistant.engine.types import FinishReason
from assistant.errors import EngineError

# Between two chunks of a prompt the stop flags are looked at; without a fast BLAS a CPU needs
# two seconds for this many tokens of a small model.
PREFILL_CHUNK = 256

# Before 0.32 mlx-lm gives the processors of one row to another where only some rows have any.
MIXES_UP_PROCESSORS = not hasattr(KVCache, "keys_and_values")


def processors_for(row: Row, generation: GenerationConfig) -> list[Any]:
    """What works on the scores of a row before a token is drawn."""
    wanted = row.request.sampling.repetition_penalty
    penalty = generation.repetition_penalty if wanted is None else wanted
    return [] if penalty == 1 else [penalty_processor(penalty)]


def has_ended(row: Row, generation: GenerationConfig) -> bool:
    """Whether a row is complete though the model has not ended it."""
    return row.stream.stopped or loops(row.tokens, generation.repetition_guard)


def not_finite(row: Row) -> EngineError:
    """What to say of a row whose next token has no probability any more."""
    under = " + ".join(f"{name} ×{strength:.3g}" for name, strength in row.adapters)
    return EngineError(
        f"The answer broke off: the model's numbers are not finite under {under or 'no adapter'}.",
        "Try a smaller strength." if under else "Its files may be damaged: copy it again.",
    )


def as_it_is(tokens: Any, scores: Any) -> Any:
    """A processor that leaves a row's scores alone."""
    return scores


class Scheduler:
    """The rows running on one model."""

    def __init__(
        self, loaded: LoadedModel, current: CurrentRows, caches: PromptCaches, logits: KeptLogits
    ) -> None:
        self._caches = caches
        self._logits = logits
        self._generation = loaded.generation
        self._rows: dict[int, Row] = {}
        self._make_batch = lambda: BatchGenerator(
            TaggedModel(loaded.model, current),
            stop_tokens=[[token] for token in loaded.tokenizer.eos_token_ids],
            prefill_step_size=PREFILL_CHUNK,
        )
        self._batch = self._make_batch()

    @property
    def is_busy(self) -> bool:
        return bool(self._rows)

    def uses(self, adapter: str) -> bool:
        """Whether a row under way runs under an adapter."""
        return any(adapter == name for row in self._rows.values() for name, _ in row.adapters)

    def insert(self, row: Row, max_tokens: int) -> None:
        """Let a row join; its cached tokens are those an earlier answer had processed."""
        cache, rest = self._caches.take(row.identity, row.adapters, row.prompt)
        row.cached = len(row.prompt) - len(rest)
        sampler, row.seed = make_sampler(row.request.sampling, row.begun)
        processors = processors_for(row, self._generation)
        if row.request.keep_logits:
            row.recorder = Recorder(self._logits)
            processors.insert(0, row.recorder)
        if MIXES_UP_PROCESSORS and not processors:
            processors = [as_it_is]
        before = 0 if self._caches.step_back else max(0, row.turn - row.cached)
        (uid,) = self._batch.insert_segments(
            [[rest[:before], rest[before:]]],
            max_tokens=[max_tokens],
            caches=[joinable(cache)],
            all_tokens=[row.prompt[: row.cached]],
            samplers=[sampler],
            logits_processors=[processors],
        )
        self._rows[uid] = row

    def cancel(self, wanted: Iterable[Row]) -> None:
        """Take rows out now; what they processed is kept for the next turn."""
        chosen = {id(row) for row in wanted}
        self._remove({u: "cancelled" for u, row in self._rows.items() if id(row) in chosen})

    def step(self) -> None:
        """One token for every row that decodes, one chunk of prompt for those that do not."""
        read, responses = self._batch.next()
        self._keep_turns([p.uid for p in read if p.end_of_segment and not p.end_of_prompt])
        stopped: dict[int, FinishReason] = {}
        for response in responses:
            row = self._rows.get(response.uid)
            if row is None:
                continue  # one of the same call has failed
            logprob = number_at(response.logprobs, response.token)
            if math.isnan(logprob):
                self._fail_call_of(row, not_finite(row))
                continue
            if response.finish_reason != "stop":
                row.accept(response.token, logprob)
            if response.finish_reason is not None:
                self._caches.keep(row.identity, response.all_tokens, response.prompt_cache)
                del self._rows[response.uid]
                self._end(row, "stop" if row.stream.stopped else response.finish_reason)
            elif has_ended(row, self._generation):
                stopped[response.uid] = "stop"
        self._remove({uid: reason for uid, reason in stopped.items() if uid in self._rows})

    def _keep_turns(self, uids: list[int]) -> None:
        """Keep what was read of the rows that have come to where their answer is opened."""
        if self._caches.step_back:
            return
        for uid, (cache, tokens) in self._batch.extract_cache(uids).items():
            row = self._rows.get(uid)
            if row is not None and len(tokens) == row.turn:
                self._caches.keep(row.identity, tokens, cache)

    def _fail_call_of(self, failed: Row, error: EngineError) -> None:
        """Its other rows too: nobody listens to them after an error."""
        uids = [uid for uid, row in self._rows.items() if row.outbox is failed.outbox]
        self._batch.remove(uids)
        for uid in uids:
            _forget(self._rows.pop(uid))
        failed.outbox.put(error)

    def _remove(self, uids: dict[int, FinishReason]) -> None:
        if not uids:
            return
        kept = self._batch.remove(list(uids), return_prompt_caches=True)
        for uid, reason in uids.items():
            row = self._rows[uid]
            if uid in kept:
                cache, tokens = kept[uid]
                # A row taken out before its first chunk has an empty cache: nothing to keep.
                if len(tokens) > row.cached:
                    self._caches.keep(row.identity, tokens, cache)
            del self._rows[uid]
            self._end(row, reason)

    def _end(self, row: Row, reason: FinishReason) -> None:
        if row.recorder is not None:
            text = row.identity, (*row.prompt, *row.tokens)
            self._logits.keep(text, len(row.tokens), row.recorder)
        row.end(reason)

    def fail(self, error: EngineError) -> None:
        """After a step that broke, which was one for all rows: tell every caller, and start with
        an empty batch."""
        for row in self._rows.values():
            _forget(row)
            row.outbox.put(error)
        self._rows.clear()
        self._batch = self._make_batch()

    def close(self) -> None:
        self.cancel(list(self._rows.values()))
        self._batch.close()


def _forget(row: Row) -> None:
    if row.recorder is not None:
        row.recorder.forget()
