"""Which engine a session's settings mean. It refuses to know when it is opened, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from assistant.engine.protocol import Engine
from assistant.paths import Places
from assistant.settings import Settings

OpenEngine: TypeAlias = Callable[[str, Places], Engine]
"""Opens an engine on a model. Raises ModelError."""


def open_local_engine(model: str, places: Places, settings: Settings | None = None) -> Engine:
    """A model on this machine, or on the server that the settings name. Raises ModelError."""
    # Importing the engine's parts imports mlx: not before a model is wanted.
    from assistant.engine import EngineOptions, open_engine

    chosen = settings or Settings()
    options = EngineOptions.of(chosen)
    return open_engine(model, engine_url=chosen.engine, places=places, options=options)
