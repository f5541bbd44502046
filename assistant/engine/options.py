"""How a model is to be run, decided before it is opened.

It refuses to know where these come from; config.toml names them alike.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.settings import Settings


@dataclass(frozen=True)
class EngineOptions:
    """The defaults are for everyone; each of the others has a price that its line says."""

    memory_check: bool = True
    """Refuse a model that does not fit into the memory that is free."""

    @classmethod
    def of(cls, settings: Settings) -> EngineOptions:
        return cls(memory_check=settings.memory_check)
