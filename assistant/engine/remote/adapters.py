"""The adapters of a server: those it lists, and loading and unloading where it offers that.

A server answers under one adapter by its name, as it was trained; strengths and blends it does not
know. It refuses to know what is in an adapter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from assistant.address import ServerAddress
from assistant.engine.describing import describe
from assistant.engine.remote.client import Client
from assistant.engine.remote.failures import RefusalError, refused
from assistant.engine.remote.served import Served, adapter, adapters_on, read_list
from assistant.engine.types import AdapterInfo
from assistant.errors import (
    AdapterInUse,
    AdapterNotFound,
    AdapterNotLoaded,
    AdapterUnusable,
    AssistantError,
    NotOnServer,
)
from assistant.lora import find_adapter, is_repository, read_folder

_LOAD, _UNLOAD = "/v1/load_lora_adapter", "/v1/unload_lora_adapter"


class Adapters:
    """Coroutines are for the client's event loop; the rest is for any thread."""

    def __init__(
        self,
        client: Client,
        address: ServerAddress,
        model: Served,
        folders: Sequence[Path],
        served: Sequence[Served],
    ) -> None:
        self._client = client
        self._host = address.host
        self._same_files = address.is_local
        self._model = model
        self._folders = folders
        self._described: dict[str, AdapterInfo] = {}
        # Replaced, never changed: other threads read it.
        self._known = self._named(served)
        self._answering: Counter[str] = Counter()
        self._can_load: bool | None = None

    def all(self) -> list[AdapterInfo]:
        return list(self._known.values())

    def model_for(self, adapters: Mapping[str, float]) -> str:
        """What a request calls the model under these adapters.

        Raises:
            AdapterNotLoaded: the server has none of that name.
            NotOnServer: a blend, or a strength other than 1.
        """
        for name, scale in adapters.items():
            if name not in self._known:
                raise AdapterNotLoaded(
                    f"{self._host} has no adapter {name!r}.", f"It has: {self._names()}."
                )
            if scale != 1:
                raise NotOnServer(
                    f"{self._host} runs an adapter as it was trained: {name} ×{scale:g} cannot be "
                    "asked of it.",
                    f"Take {name} without a scale, or a model in this process.",
                )
        if len(adapters) > 1:
            raise NotOnServer(
                f"{self._host} answers under one adapter at a time: "
                f"{' and '.join(adapters)} cannot be blended there.",
                "Choose one with /adapter use NAME or -a NAME, or take a model in this process.",
            )
        return next(iter(adapters), self._model.id)

    @contextmanager
    def answering(self, model: str) -> Iterator[None]:
        """Holds an adapter while an answer under it is under way."""
        self._answering[model] += 1
        try:
            yield
        finally:
            self._answering[model] -= 1

    async def can_load(self) -> bool:
        """Whether the server has the place where vLLM takes adapters; an empty request tells."""
        if self._can_load is None:
            try:
                await self._client.post_once(_LOAD, {})
                self._can_load = True
            except RefusalError as refusal:
                self._can_load = refusal.status in (400, 422)
        return self._can_load

    async def load(self, ref: str, name: str | None) -> AdapterInfo:
        await self._refresh()
        known = self._known.get(name or ref)
        if known is not None:
            return known
        if not await self.can_load():
            raise NotOnServer(
                f"{self._host} has no adapter {ref!r} and loads none while it runs.",
                f"It has: {self._names()}. vLLM loads them with --enable-lora and "
                "VLLM_ALLOW_RUNTIME_LORA_UPDATING=True.",
            )
        chosen = name or Path(ref).name
        found = self._found(ref, chosen) or adapter(chosen, ref, self._model.id)
        try:
            await self._client.post_once(_LOAD, {"lora_name": chosen, "lora_path": str(found.path)})
        except RefusalError as refusal:
            raise self._refused(ref, refusal) from None
        self._described[chosen] = found
        self._known = {**self._known, chosen: found}
        return found

    def _found(self, ref: str, name: str) -> AdapterInfo | None:
        """The folder here that is meant, when the server sees the same files as we do."""
        if not self._same_files or (is_repository(ref) and not Path(ref).is_dir()):
            if not (ref.startswith("/") or is_repository(ref)):
                raise AdapterNotFound(
                    f"{self._host} has no adapter {ref!r}.",
                    f"It has: {self._names()}. To load one, give its folder there, as /DIR/NAME.",
                )
            return None
        folder = read_folder(find_adapter(ref, self._folders))
        if folder.format != "peft":
            raise AdapterUnusable(
                f"{folder.name} is in mlx-lm's format, and servers read PEFT's.",
                f"Convert it: assistant adapter convert {ref} {folder.name}-peft --to peft",
            )
        return describe(folder, name=name, loaded=True)

    async def unload(self, name: str) -> None:
        if name not in self._known:
            raise AdapterNotLoaded(
                f"{self._host} has no adapter {name!r}.", f"It has: {self._names()}."
            )
        if self._answering[name]:
            raise AdapterInUse(
                f"The adapter {name!r} is answering right now.", "Stop the answer first (Esc)."
            )
        try:
            await self._client.post_once(_UNLOAD, {"lora_name": name})
        except RefusalError as refusal:
            if refusal.status in (404, 405) and not await self.can_load():
                raise NotOnServer(
                    f"{self._host} unloads no adapters while it runs.",
                    "/adapter use none lets the base model answer.",
                ) from None
            raise self._refused(name, refusal) from None
        self._described.pop(name, None)
        self._known = {k: info for k, info in self._known.items() if k != name}

    def _refused(self, ref: str, refusal: RefusalError) -> AssistantError:
        if refusal.status in (400, 404, 422, 500):
            said = f": {refusal.words}" if refusal.words else f" ({refusal.status})"
            return AdapterUnusable(
                f"{self._host} does not take {ref!r}{said}.",
                "Its log says more; it reads folders in PEFT's format that it can see itself.",
            )
        return refused(self._host, refusal, has_key=self._client.has_key)

    async def _refresh(self) -> None:
        """Somebody else may have loaded or unloaded one in the meantime."""
        try:
            served = read_list(await self._client.get("/v1/models"))
        except (RefusalError, ValueError):
            return  # a server without the list: what is known stays
        self._known = self._named(served)

    def _named(self, served: Sequence[Served]) -> dict[str, AdapterInfo]:
        """By name; those that were loaded from a folder here with what the folder tells."""
        found = adapters_on(self._model, served)
        return {info.name: self._described.get(info.name, info) for info in found}

    def _names(self) -> str:
        return ", ".join(self._known) or "none"
