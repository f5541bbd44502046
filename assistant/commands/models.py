"""The models on this machine, as a table. Shared by /model and `assistant model`.

It refuses to know how a model is found or opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.commands.amounts import quantity, size
from assistant.commands.blocks import Table
from assistant.engine.types import EngineInfo

if TYPE_CHECKING:
    from assistant.engine.models import ModelListing


def listing(models: Sequence[ModelListing], in_use: str = "") -> Table:
    return Table(
        ("model", "state", "architecture", "weights", "folder"),
        tuple(
            (
                model.name,
                "in use" if model.name == in_use else "",
                model.architecture,
                size(model.bytes),
                str(model.path),
            )
            for model in models
        ),
    )


def described(info: EngineInfo) -> str:
    """Such as "5.8M parameters, 4-bit, 12 MB"; of a server, only where it is."""
    if info.server:
        return f"on {info.server}"
    about = f"{quantity(info.parameters)} parameters, {info.quantisation or info.dtype}"
    return f"{about}, {size(info.memory_bytes)}"


def served(info: EngineInfo) -> Table:
    """The models of the server that answers."""
    rows = ((name, "in use" if name == info.model else "") for name in info.served)
    return Table(("model", "state"), tuple(rows), f"On {info.server}")
