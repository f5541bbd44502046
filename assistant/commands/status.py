"""What there is to see at a glance. It refuses to know how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass


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
    training: str = ""
    """What is being trained and how far it is, or how it ended; "" for nothing."""
