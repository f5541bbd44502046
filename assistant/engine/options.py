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
    kv_bits: int | None = None
    """Keep keys and values in so many bits: less memory for long chats, less exact, and answers
    run one after the other."""
    max_kv_size: int | None = None
    """Keep at most so many tokens, the first 4 and the latest: a chat of any length in fixed
    memory. The middle is forgotten, and answers run one after the other."""
    draft_model: str = ""
    """A small model of the same vocabulary that guesses ahead in single answers at temperature 0:
    the same text, faster where the guesses are good, and memory for both."""

    @classmethod
    def of(cls, settings: Settings) -> EngineOptions:
        return cls(
            memory_check=settings.memory_check,
            kv_bits=settings.kv_bits,
            max_kv_size=settings.max_kv_size,
            draft_model=settings.draft_model,
        )
