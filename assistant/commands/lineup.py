"""Who answers: the open engine, and those of its adapters that are in use.

Made without the engine; `open` opens it. It refuses to know conversations, settings and commands.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from assistant.chat import UsedAdapter
from assistant.commands.carrying import Carried, carry
from assistant.engine.protocol import Engine
from assistant.engine.types import AdapterInfo, EngineInfo
from assistant.errors import AdapterError, AdapterNotLoaded, EngineClosed, EngineError


class Lineup:
    """One engine at a time, and the strengths of its adapters."""

    def __init__(self, open_engine: Callable[[str], Engine]) -> None:
        self._open_engine = open_engine
        self._engine: Engine | None = None
        self._in_use: dict[str, float] = {}
        # A panel weighs in the drawing thread while another loads and the model changes in a third.
        # Never held while an engine works: the drawing thread waits for it.
        self._lock = threading.Lock()
        self.one_load = threading.Lock()
        """Held while an adapter loads and, where that was stopped, is undone: what is undone must
        not be what was loaded next."""

    @property
    def engine(self) -> Engine:
        """The open engine.

        Raises:
            EngineError: it is still loading, or did not open.
        """
        if self._engine is None:
            raise EngineError(
                "No model is loaded yet.", "Wait for it, or choose one with /model NAME."
            )
        return self._engine

    @property
    def info(self) -> EngineInfo | None:
        """What runs; None while nothing is open."""
        return self._engine.info if self._engine else None

    def open(self, model: str) -> Engine:
        """The engine, opened on this model unless one is open.

        Raises:
            ModelError: it cannot be opened.
        """
        if self._engine is None:
            self._engine = self._open_engine(model)
        return self._engine

    def open_other(self, model: str) -> Engine:
        """Another engine, for `adopt`; from any thread. Raises ModelError."""
        return self._open_engine(model)

    def adopt(self, new: Engine) -> Carried:
        """Go on with another engine and let go of the old one. The adapters that fit come along;
        what became of them is returned."""
        old = self._engine
        carried = carry(old, new)
        kept = {adapter.name for adapter in carried.kept}
        with self._lock:
            self._engine = new
            late = set(self._in_use) - kept - {name for name, _ in carried.left}
            self._in_use = {n: scale for n, scale in self._in_use.items() if n in kept}
        if old is not None:
            old.close()
        reason = "It was loaded while the model changed: /adapter load takes it again."
        return replace(carried, left=(*carried.left, *((name, reason) for name in sorted(late))))

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    # Adapters

    @property
    def in_use(self) -> Mapping[str, float]:
        """The adapters that answer, with their strengths; empty for the base model."""
        return dict(self._in_use)

    @property
    def used(self) -> tuple[UsedAdapter, ...]:
        """Those in use, by content."""
        loaded = self._engine.adapters() if self._engine else []
        prints = {adapter.name: adapter.fingerprint for adapter in loaded}
        return tuple(UsedAdapter(n, s, prints.get(n, "")) for n, s in self._in_use.items())

    def load(self, name: str, scale: float = 1.0) -> AdapterInfo:
        """Load an adapter by name or folder, and put it in use at this strength. One that is loaded
        stays, unless its folder holds something else by now.

        Raises:
            AdapterError: there is none, or it does not fit the model; nothing has changed then. Or
                the model was changed meanwhile.
        """
        engine = self.engine
        info = next((a for a in engine.adapters() if a.name == name), None)
        try:
            if info is None:
                info = engine.load_adapter(name)
            elif has_changed(info):
                info = engine.load_adapter(str(info.path), name=name)
        except EngineClosed:
            self._refuse_unless_open(engine, name, "loaded")
            raise
        with self._lock:
            self._refuse_unless_open(engine, name, "loaded")
            self._refuse_unloaded([info.name])  # another thread may have taken it off meanwhile
            self._put(info.name, scale)
        return info

    def unload(self, name: str) -> None:
        """Take an adapter off the model, and out of use.

        Raises:
            AdapterNotLoaded: it is not there.
            AdapterInUse: an answer under way needs it.
            AdapterError: the model was changed meanwhile.
        """
        engine = self.engine
        try:
            engine.unload_adapter(name)
        except EngineClosed:
            self._refuse_unless_open(engine, name, "unloaded")
            raise
        with self._lock:
            self._refuse_unless_open(engine, name, "unloaded")
            self._put(name, None)

    def weigh(self, name: str, scale: float | None) -> None:
        """Let a loaded adapter answer at this strength beside the others in use; None: not at all.

        Raises:
            AdapterNotLoaded: it is not there.
        """
        with self._lock:
            if scale is not None:
                self._refuse_unloaded([name])
            self._put(name, scale)

    def use(self, chosen: Mapping[str, float]) -> None:
        """Let exactly these loaded adapters answer; none for the base model.

        Raises:
            AdapterNotLoaded: naming the first that is not there.
        """
        with self._lock:
            self._refuse_unloaded(chosen)
            self._in_use = dict(chosen)

    # With the lock held

    def _put(self, name: str, scale: float | None) -> None:
        # The dictionary is replaced and never changed, so that a request may take it as it is.
        others = {n: s for n, s in self._in_use.items() if n != name or scale is not None}
        self._in_use = others if scale is None else {**others, name: scale}

    def _refuse_unloaded(self, names: Collection[str]) -> None:
        loaded = {adapter.name for adapter in self.engine.adapters()}
        for name in names:
            if name not in loaded:
                raise AdapterNotLoaded(
                    f"The adapter {name!r} is not loaded.", f"Load it with /adapter load {name}."
                )

    def _refuse_unless_open(self, engine: Engine, name: str, done: str) -> None:
        """What was done to one engine says nothing of the next."""
        if engine is not self._engine:
            raise AdapterError(
                f"The model was changed while {name!r} was being {done}.",
                "/adapter list shows what is loaded now.",
            )


def has_changed(info: AdapterInfo) -> bool:
    """Whether the folder of a loaded adapter holds another one by now, such as a re-trained one.

    One that is gone, or half written, is none: what is loaded goes on.
    """
    from assistant.lora import read_folder

    try:
        return bool(info.fingerprint) and read_folder(info.path).fingerprint() != info.fingerprint
    except AdapterError:
        return False
