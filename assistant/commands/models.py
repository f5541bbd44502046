"""The models on this machine, as a table. Shared by /model and `assistant model`.

It refuses to know how a model is found or opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.commands.amounts import size
from assistant.commands.blocks import Table

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
