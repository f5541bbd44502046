"""The engine on the other side of a network: a model, its adapters and their answers.

What can be asked of any server is asked; what cannot is refused in a sentence. It refuses to know
conversations, commands and screens.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from assistant.address import ServerAddress
from assistant.engine.remote.adapters import Adapters
from assistant.engine.remote.answer import RemoteAnswer
from assistant.engine.remote.asking import Asker
from assistant.engine.remote.client import key_from_environment
from assistant.engine.remote.failures import KEY_VARIABLE, RefusalError
from assistant.engine.remote.listing import address_of, fetch_list, make_client, names_of
from assistant.engine.remote.loop import LoopThread
from assistant.engine.remote.served import Served, choose
from assistant.engine.running import Outbox, RunningGeneration
from assistant.engine.scores import Score, Scoring
from assistant.engine.types import AdapterInfo, EngineInfo, Request, Sampling
from assistant.errors import NotOnServer, PromptCacheUnusable
from assistant.paths import Places, search_folders
from assistant.plain_text import whole


def open_remote_engine(model: str, url: str, places: Places) -> RemoteEngine:
    """Ask a server what it has, and choose the model there; "" for the only one.

    Raises:
        SettingsError: the address is none.
        ServerError, ModelNotFound: with the reason.
    """
    address = address_of(url)
    loop = LoopThread(f"server {address.host}")
    try:
        return RemoteEngine(loop, address, model, key_from_environment(), places)
    except BaseException:
        loop.close(_nothing)
        raise


async def _nothing() -> None:
    return None


class RemoteEngine:
    """A model on a server. Open it with `assistant.engine.open_engine`."""

    def __init__(
        self, loop: LoopThread, address: ServerAddress, model: str, key: str, places: Places
    ) -> None:
        self._loop = loop
        self._address = address
        self._host = address.host
        self._client = loop.call(lambda: make_client(address, key))
        try:
            served = loop.call(lambda: fetch_list(self._client, self._host, model))
            self._model = choose(model, served, self._host)
            folders = search_folders("adapters", places)
            self._adapters = Adapters(self._client, address, self._model, folders, served)
            vllm = any(entry.owner == "vllm" for entry in served)
            self._asker = Asker(self._client, self._host, token_ids=vllm)
            self._info = self._describe(served, key)
        except BaseException:
            self.close()
            raise

    def _describe(self, served: Sequence[Served], key: str) -> EngineInfo:
        remarks = []
        if key and not (self._address.is_encrypted or self._address.is_local):
            remarks.append(
                f"The key in {KEY_VARIABLE} goes to {self._host} unencrypted; https protects it."
            )
        return EngineInfo(
            model=self._model.name,
            path=Path(f"{self._address.url}/{self._model.id}"),
            architecture="",
            parameters=0,
            context_length=self._model.context_length,
            dtype="",
            quantisation=None,
            device="",
            memory_bytes=0,
            blas=None,
            remarks=tuple(remarks),
            server=self._host,
            served=names_of(served),
        )

    @property
    def info(self) -> EngineInfo:
        return self._info

    # Adapters

    def adapters(self) -> list[AdapterInfo]:
        return self._adapters.all()

    def load_adapter(self, ref: str, *, name: str | None = None) -> AdapterInfo:
        """Take one that the server has, or have it load a folder in PEFT's format.

        Raises:
            AdapterNotFound, AdapterUnusable, NotOnServer: the server is as it was.
        """
        return self._loop.call(lambda: self._adapters.load(ref, name))

    def unload_adapter(self, name: str) -> None:
        self._loop.call(lambda: self._adapters.unload(name))

    def can_load_adapters(self) -> bool:
        """Whether the server takes new adapters while it runs."""
        return self._loop.call(self._adapters.can_load)

    # Answers

    def generate(self, requests: Sequence[Request]) -> RunningGeneration:
        if any(request.begun for request in requests):
            raise NotOnServer(
                f"{self._host} begins every answer anew: none can go on where it was cut.",
                "/retry asks again, and /set max_tokens allows longer answers.",
            )
        started = time.perf_counter()
        models = [self._adapters.model_for(request.adapters) for request in requests]
        outbox: Outbox = SimpleQueue()
        cancels = [
            self._start(number, request, model, outbox, started)
            for number, (request, model) in enumerate(zip(requests, models, strict=True))
        ]

        def cancel(row: int | None) -> None:
            for cancel_one in cancels if row is None else cancels[row : row + 1]:
                cancel_one()

        return RunningGeneration(outbox, len(cancels), cancel)

    def _start(
        self, number: int, request: Request, model: str, outbox: Outbox, started: float
    ) -> Callable[[], None]:
        given = request.sampling.seed
        seed = given if given is not None else random.SystemRandom().getrandbits(32)
        answer = RemoteAnswer(number, seed, outbox, started)
        body = _body(model, request, seed)

        async def ask() -> None:
            with self._adapters.answering(model):
                await self._asker.ask(body, lambda: self._longest(request, model), answer)

        return self._loop.start(ask)

    async def _longest(self, request: Request, model: str) -> int:
        """How many tokens may be said: what the context leaves, where the server tells."""
        wanted, context = request.sampling.max_tokens, self._info.context_length
        # No token is shorter than a byte: most chats need not be counted.
        most = sum(len(m["content"].encode("utf-8", "replace")) + 32 for m in request.messages)
        if not context or most + wanted <= context:
            return wanted
        try:
            room = context - await self._count(request, model)
        except NotOnServer:  # then its own answer says whether it fits
            return wanted
        return max(1, min(wanted, room))

    def count_tokens(self, request: Request) -> int:
        """As vLLM counts.

        Raises:
            NotOnServer: this one does not.
        """
        model = self._adapters.model_for(request.adapters)
        if not self._info.context_length:
            # Without it nobody can say whether a chat fits, which is what it is counted for.
            raise self._counts_nothing()
        return self._loop.call(lambda: self._count(request, model))

    async def _count(self, request: Request, model: str) -> int:
        body = {"model": model, "messages": _messages(request)}
        try:
            found = await self._client.post("/tokenize", body)
        except (RefusalError, ValueError):
            found = None
        count = found.get("count") if isinstance(found, dict) else None
        if not isinstance(count, int):
            raise self._counts_nothing()
        return count

    def _counts_nothing(self) -> NotOnServer:
        return NotOnServer(f"{self._host} counts no tokens.", "Its answers say how many.")

    # What only a model in this process can do

    def score(
        self, scorings: Sequence[Scoring], *, stop: Callable[[], bool] = lambda: False
    ) -> list[Score]:
        raise NotOnServer(
            f"{self._host} cannot read a given answer again, so there are no perplexities, no "
            "divergences and no proof that base is the bare model.",
            "Compare on a model in this process to have them: without --engine.",
        )

    def save_prompt_cache(self, request: Request, file: Path) -> int:
        raise self._no_cache()

    def load_prompt_cache(self, file: Path) -> int:
        raise self._no_cache()

    def _no_cache(self) -> PromptCacheUnusable:
        return PromptCacheUnusable(
            f"{self._host} keeps its prompt caches to itself.",
            "A model in this process can save them: without --engine.",
        )

    def close(self) -> None:
        self._loop.close(self._client.close)


def _messages(request: Request) -> list[dict[str, str]]:
    return [{"role": m["role"], "content": whole(m["content"])} for m in request.messages]


def _body(model: str, request: Request, seed: int) -> dict[str, Any]:
    sampling: Sampling = request.sampling
    body: dict[str, Any] = {
        "model": model,
        "messages": _messages(request),
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
    }
    if sampling.temperature > 0:
        # Without dice a seed changes nothing, and mlx_lm.server batches only what has none.
        body["seed"] = seed
    if sampling.top_k:
        body["top_k"] = sampling.top_k
    if sampling.min_p:
        body["min_p"] = sampling.min_p
    if sampling.stop:
        body["stop"] = list(sampling.stop)
    if sampling.repetition_penalty is not None:
        body["repetition_penalty"] = sampling.repetition_penalty
    return body
