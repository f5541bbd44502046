"""What the model is called on a screen. It refuses to know how it is drawn, and models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.address import ServerAddress
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.engine.types import EngineInfo


def shown_model(info: EngineInfo | None, settings: Settings) -> str:
    """The model, or the one that is being opened, with the host that runs it if that is another."""
    name = info.model if info else Path(settings.model).name
    server = info.server if info else ""
    if info is None and settings.engine:
        server = ServerAddress.parse(settings.engine).host
    return " on ".join(part for part in (name, server) if part)
