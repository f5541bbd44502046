"""What there is to see at a glance. It refuses to know how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.address import ServerAddress
from assistant.engine.types import EngineInfo
from assistant.settings import Settings


@dataclass(frozen=True)
class Status:
    """What the status line shows."""

    model: str
    loading: bool
    adapters: str
    """Such as "mlx-docs ×1", or "base"."""
    tokens_per_s: float | None
    first_token_s: float | None
    context_used: int
    context_length: int | None
    memory_bytes: int | None


def shown_model(info: EngineInfo | None, settings: Settings) -> str:
    """The model, or the one that is being opened, with the host that runs it if that is another."""
    name = info.model if info else Path(settings.model).name
    server = info.server if info else ""
    if info is None and settings.engine:
        server = ServerAddress.parse(settings.engine).host
    return " on ".join(part for part in (name, server) if part)
