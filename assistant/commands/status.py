"""What there is to see at a glance. It refuses to know how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.address import ServerAddress
from assistant.commands.memory_use import process_memory
from assistant.compare import label
from assistant.engine.types import EngineInfo
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.commands.session import Session


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
    """Tokens of the chat as the model read it last, its answer included."""
    context_length: int | None
    memory_bytes: int | None
    """Of this process, the model included; None where that cannot be seen."""
    training: str = ""
    """What is being trained and how far it is, or how it ended; "" for nothing."""


def status_of(session: Session) -> Status:
    """The state of a session, from any thread."""
    info = session.engine.info if session.is_open else None
    last = session.last_finish
    used = last.usage.prompt_tokens + last.usage.completion_tokens if last else 0
    if session.answering:
        used = session.prompt_tokens
    return Status(
        model=shown_model(info, session.settings),
        loading=info is None,
        adapters=label(session.in_use),
        tokens_per_s=last.timing.tokens_per_s if last else None,
        first_token_s=last.timing.first_token_s if last else None,
        context_used=0 if session.conversation.is_empty else used,
        context_length=info.context_length if info else None,
        memory_bytes=process_memory() or (info.memory_bytes if info else None),
        training=_training(session),
    )


def _training(session: Session) -> str:
    apprentice = session.apprentice
    return f"{apprentice.name} {apprentice.far}" if apprentice else ""


def shown_model(info: EngineInfo | None, settings: Settings) -> str:
    """The model, or the one that is being opened, with the host that runs it if that is another."""
    name = info.model if info else Path(settings.model).name
    server = info.server if info else ""
    if info is None and settings.engine:
        server = ServerAddress.parse(settings.engine).host
    return " on ".join(part for part in (name, server) if part)
