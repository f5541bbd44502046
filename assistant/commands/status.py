"""What there is to see at a glance. It refuses to know how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.commands.memory_use import process_memory
from assistant.commands.model_name import shown_model
from assistant.compare import label

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
    """None where there is nothing to divide by: no answer yet, or one of a word or none."""
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
        tokens_per_s=(last.timing.tokens_per_s or None) if last else None,
        first_token_s=(last.timing.first_token_s or None) if last else None,
        context_used=0 if session.conversation.is_empty else used,
        context_length=info.context_length if info else None,
        memory_bytes=process_memory() or (info.memory_bytes if info else None),
        training=_training(session),
    )


def _training(session: Session) -> str:
    apprentice = session.apprentice
    if apprentice is None or apprentice.loaded:
        return ""
    return f"{apprentice.name} {apprentice.far}"
