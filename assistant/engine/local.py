"""The local engine: one MLX model in this process, its adapters and its rows.

Every public method may be called from any thread; the work happens on the engine's own.
It refuses to know conversations, commands and screens.
"""

from __future__ import annotations

import atexit
import gc
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import mlx.core as mx

from assistant.engine.asked import refuse_messages, refuse_nonsense, refuse_strengths
from assistant.engine.begun import begun_tokens
from assistant.engine.cache_plan import plan_caches
from assistant.engine.chat_template import (
    encode_messages,
    keeps_thoughts,
    opening_tokens,
    silent_tokens,
)
from assistant.engine.drafting import load_draft
from assistant.engine.far_too_long import tokens_beyond
from assistant.engine.fingerprint import model_fingerprint
from assistant.engine.kept_logits import KeptLogits
from assistant.engine.known import Known
from assistant.engine.loading import LoadedModel, load_model
from assistant.engine.models import ModelLocation, find_model
from assistant.engine.options import EngineOptions
from assistant.engine.owner import OwnerThread
from assistant.engine.prompt_caches import PromptCaches
from assistant.engine.residents import Residents
from assistant.engine.row import Row
from assistant.engine.rows import CurrentRows, RowAdapters, RowTag, TaggedModel
from assistant.engine.runners import Runners
from assistant.engine.running import Outbox, RunningGeneration
from assistant.engine.saved_caches import read_cache, refuse_other_kinds, save_cache
from assistant.engine.scores import Score, Scoring
from assistant.engine.scoring import ScoringRun, Wanted
from assistant.engine.scoring_texts import as_score, encode_scoring, refuse_no_numbers, texts_of
from assistant.engine.text import TextStream
from assistant.engine.thinking import (
    ThoughtSplitter,
    answer_tag,
    begins_thinking,
    thinking_tags,
)
from assistant.engine.types import AdapterInfo, EngineInfo, Message, Request
from assistant.errors import AdapterInUse, EngineError, PromptTooLong, ScoringStopped
from assistant.lora import find_adapter, is_repository, read_folder
from assistant.paths import Places, search_folders


class LocalEngine:
    """A model on this machine. Open it with `assistant.engine.open_engine`."""

    def __init__(
        self,
        location: ModelLocation,
        places: Places,
        owner: OwnerThread,
        options: EngineOptions,
    ) -> None:
        self._places = places
        self._owner = owner
        # At interpreter exit a live native thread aborts the process: always joined before.
        atexit.register(self.close)
        try:
            self._owner.call(lambda: self._open(load_model(location, options), options))
        except BaseException:
            self.close()
            raise

    def _open(self, loaded: LoadedModel, options: EngineOptions) -> None:
        self._loaded: LoadedModel | None = loaded
        self._adapters: tuple[AdapterInfo, ...] = ()
        self._silent_tokens = silent_tokens(loaded.tokenizer)
        self._opening = opening_tokens(loaded.tokenizer)
        self._current = CurrentRows()
        self._residents = Residents(loaded.model, self._current, loaded.info.model)
        self._plan = plan = plan_caches(loaded.model, options)
        remarks, draft = list(plan.remarks), None
        if options.draft_model:
            found = find_model(options.draft_model, search_folders("models", self._places))
            draft, remark = load_draft(found, loaded, plan, options)
            remarks.append(remark)
        thoughts = keeps_thoughts(loaded.tokenizer)
        self._info = replace(
            loaded.info, remarks=tuple(remarks), keeps_thoughts=thoughts, goes_on=True
        )
        self._caches = PromptCaches(loaded.model, max_kv_size=plan.max_size)
        self._logits = KeptLogits()
        self._scheduler = Runners(loaded, self._current, self._caches, self._logits, plan, draft)
        self._scoring: list[ScoringRun] = []
        self._owner.drive(lambda: self._scheduler.is_busy, lambda: self._scheduler.step())

    @property
    def info(self) -> EngineInfo:
        return self._info

    # Adapters

    def adapters(self) -> list[AdapterInfo]:
        # A snapshot, so that a completion menu need not wait for a step of the model.
        return list(self._adapters)

    def load_adapter(self, ref: str, *, name: str | None = None) -> AdapterInfo:
        """Load a folder or a name. A name that is taken is replaced by what its folder holds now.

        Raises:
            AdapterNotFound, AdapterUnusable, AdapterMismatch: the model is as it was.
            AdapterInUse: an answer under way runs under the adapter of that name.
        """
        folder = read_folder(find_adapter(ref, search_folders("adapters", self._places)))
        chosen = name or (ref.split("/")[-1] if is_repository(ref) else folder.name)

        def attach() -> AdapterInfo:
            self._refuse_if_used(chosen)
            info = self._residents.attach(folder, chosen, hashed.result)
            self._adapters = tuple(self._residents.infos())
            return info

        # Hashing the file takes as long as the rest together, and needs no mlx: this thread does
        # it, which would only wait.
        hashed: Future[str] = Future()
        attached = self._owner.begin(attach)
        try:
            hashed.set_result(folder.fingerprint())
        except BaseException as error:  # Ctrl-C too: the owner must not wait for ever
            hashed.set_exception(error)
            raise
        return attached.result()

    def unload_adapter(self, name: str) -> None:
        def detach() -> None:
            self._residents.get(name)
            self._refuse_if_used(name)
            self._residents.detach(name)
            self._adapters = tuple(self._residents.infos())

        self._owner.call(detach)

    def _refuse_if_used(self, name: str) -> None:
        if self._scheduler.uses(name) or any(run.uses(name) for run in self._scoring):
            raise AdapterInUse(
                f"The adapter {name!r} is answering right now.", "Stop the answer first (Esc)."
            )

    # Answers

    def generate(self, requests: Sequence[Request]) -> RunningGeneration:
        started = time.perf_counter()
        for request in requests:
            refuse_nonsense(request)
        outbox: Outbox = SimpleQueue()

        def submit() -> list[Row]:
            prepared = [self._prepare(n, r, outbox, started) for n, r in enumerate(requests)]
            self._scheduler.insert(prepared)
            return [row for row, _ in prepared]

        rows = self._owner.call(submit)

        def cancel(number: int | None) -> None:
            self.cancel_rows([row for row in rows if number is None or row.number == number])

        return RunningGeneration(outbox, len(rows), cancel)

    def _prepare(
        self, number: int, request: Request, outbox: Outbox, started: float
    ) -> tuple[Row, int]:
        """A row ready to run, and how many tokens it may say: what the context leaves, at most."""
        adapters, identity = self._adapters_of(request.adapters)
        prompt, begun = self._encode(request)
        read = prompt + begun
        # One token of an answer at least must find room.
        self._refuse_beyond(self._info.context_length - 1, len(read))
        room = self._info.context_length - len(read)
        stream = TextStream(self._tokenizer.detokenizer, request.sampling.stop, self._silent_tokens)
        tags = thinking_tags(self._tokenizer)
        splitter = ThoughtSplitter(
            tags, begins_thinking(self._tokenizer, prompt), answer_tag(self._tokenizer)
        )
        row = Row(number, request, adapters, identity, read, stream, splitter, outbox, started)
        opened = len(self._opening) if prompt[-len(self._opening) :] == self._opening else 0
        # Its last token is read when the answer begins.
        row.turn = min(len(prompt) - opened, len(read) - 1)
        if begun:
            row.go_on(begun)
        return row, min(request.sampling.max_tokens, room)

    def _adapters_of(self, chosen: Mapping[str, float]) -> tuple[RowAdapters, RowAdapters]:
        """The adapters by name, and by content. One of strength 0 is no adapter: then it is the
        base row to the bit, which adding zero times an update is not in every BLAS."""
        found = [(n, self._residents.get(n).info.fingerprint, float(s)) for n, s in chosen.items()]
        by_name = tuple((name, strength) for name, _, strength in found if strength)
        return by_name, tuple((content, strength) for _, content, strength in found if strength)

    def _refuse_beyond(self, limit: int, tokens: int, about: str = "") -> None:
        if tokens > limit:
            raise PromptTooLong(
                f"The chat is {about}{tokens:,} tokens long and {self._info.model} reads at most "
                f"{self._info.context_length:,}.",
                "Ask with a shorter text, or start anew with /new.",
            )

    @property
    def _tokenizer(self):  # type: ignore[no-untyped-def]  # mlx-lm's wrapper has no stubs
        assert self._loaded is not None
        return self._loaded.tokenizer

    def _encode(self, request: Request) -> tuple[list[int], list[int]]:
        """The tokens of the prompt, and those that the answer has already."""
        self._refuse_far_beyond(request.messages)
        prompt = encode_messages(self._tokenizer, request.messages)
        assert self._loaded is not None
        vocabulary = self._loaded.vocabulary
        return prompt, begun_tokens(self._tokenizer, prompt, request.begun, vocabulary)

    def count_tokens(self, request: Request) -> int:
        def count() -> int:
            return self._far_beyond(request.messages) or sum(map(len, self._encode(request)))

        return self._owner.call(count)

    def _far_beyond(self, messages: Sequence[Message]) -> int:
        return tokens_beyond(self._tokenizer, messages, self._info.context_length)

    def _refuse_far_beyond(self, messages: Sequence[Message]) -> None:
        """Before a tokenizer is busy with it for long."""
        self._refuse_beyond(self._info.context_length, self._far_beyond(messages), "about ")

    def cancel_rows(self, rows: Sequence[Row]) -> None:
        """Take rows out of the batch soon; each still gets its last event."""
        self._owner.post(lambda: self._scheduler.cancel(rows))

    # Scores

    def score(
        self, scorings: Sequence[Scoring], *, stop: Callable[[], bool] = lambda: False
    ) -> list[Score]:
        """How likely each token of the given answers is. See `assistant.engine.protocol.Engine`.

        Chunk by chunk: answers under way go on in between.
        """
        run = self._owner.call(lambda: self._begin_scoring(scorings))
        try:
            while not self._owner.call(run.step):
                if stop():
                    raise ScoringStopped("Scoring was stopped.")
            refuse_no_numbers(run.wanted)
            return self._owner.call(lambda: [as_score(self._tokenizer, w) for w in run.wanted])
        except RuntimeError as error:  # what mlx raises when memory runs out
            reason = str(error).partition("\n")[0]
            raise EngineError(f"Scoring broke off: {reason}.", "Try a shorter text.") from error
        finally:
            self._owner.post(lambda: self._end_scoring(run))

    def _begin_scoring(self, scorings: Sequence[Scoring]) -> ScoringRun:
        assert self._loaded is not None
        wanted = []
        for scoring in scorings:
            refuse_messages(scoring.messages)
            refuse_strengths(scoring.adapters)
            refuse_strengths(scoring.against or {})
            self._refuse_far_beyond(texts_of(scoring))
            prompt, answer = encode_scoring(self._tokenizer, scoring, self._loaded.vocabulary)
            self._refuse_beyond(self._info.context_length, len(prompt) + len(answer))
            adapters, own = self._adapters_of(scoring.adapters)
            against = None
            if scoring.against is not None:
                others, other = self._adapters_of(scoring.against)
                against = (other, others)
            wanted.append(Wanted(scoring, prompt, answer, own, adapters, against))
        known = Known(self._caches, self._logits)
        run = ScoringRun(self._loaded.model, self._current, wanted, known)
        self._scoring.append(run)
        return run

    def _end_scoring(self, run: ScoringRun) -> None:
        run.free()
        self._scoring.remove(run)

    # Keys and values of a chat, in a file

    def save_prompt_cache(self, request: Request, file: Path) -> int:
        """See `assistant.engine.protocol.Engine`."""

        def save() -> int:
            refuse_other_kinds(self._caches.fresh())
            _, identity = self._adapters_of(request.adapters)
            prompt, begun = self._encode(request)
            cache, held = self._caches.find(identity, prompt + begun)
            if held:
                save_cache(file, model_fingerprint(self._info.path), identity, held, cache)
            return len(held)

        return self._owner.call(save)

    def load_prompt_cache(self, file: Path) -> int:
        """See `assistant.engine.protocol.Engine`."""

        def load() -> int:
            fingerprint = model_fingerprint(self._info.path)
            identity, tokens, cache = read_cache(file, fingerprint, self._cache_of_one_token())
            self._caches.keep(identity, tokens, [*cache, RowTag([()])])
            return len(tokens)

        return self._owner.call(load)

    def _cache_of_one_token(self) -> list[Any]:
        assert self._loaded is not None
        entries = self._caches.fresh()
        tagged = [*entries, RowTag([()])]
        TaggedModel(self._loaded.model, self._current)(mx.array([[0]]), tagged)
        self._plan.quantise(entries)
        mx.eval([entry.state for entry in entries])
        return entries

    def close(self) -> None:
        atexit.unregister(self.close)
        self._owner.close(self._shut)

    def _shut(self) -> None:
        """On the owner thread: arrays are freed where they were made."""
        self._owner.drive(lambda: False, lambda: None)
        if hasattr(self, "_scheduler"):
            for run in self._scoring:
                run.free()
            self._scheduler.close()
            del self._scheduler, self._caches, self._logits, self._residents
        self._loaded = None
        gc.collect()
        mx.clear_cache()
