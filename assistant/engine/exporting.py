"""Fusing an adapter into a copy of its model, from any thread.

Importing this imports no mlx. It refuses to know how the weights are added.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.engine.torchless import import_transformers
from assistant.paths import find_places, search_folders

if TYPE_CHECKING:
    from assistant.lora import AdapterFolder


@dataclass(frozen=True)
class Fused:
    """What fusing wrote."""

    path: Path
    layers: int
    """How many layers the adapter changed."""
    lost: float
    """The share of the change that rounding took, 0 to 1."""
    warnings: tuple[str, ...]


def fuse_adapter(
    model: str,
    folder: AdapterFolder,
    destination: Path,
    *,
    strength: float = 1.0,
    dequantize: bool = False,
) -> Fused:
    """Write a copy of a model with an adapter in its weights to a new folder that mlx-lm loads.

    Raises:
        ModelNotFound, ModelUnusable, AdapterMismatch, AdapterUnusable, UsageError: nothing is
        written.
    """
    from assistant.engine.models import find_model
    from assistant.engine.owner import OwnerThread

    location = find_model(model, search_folders("models", find_places()))
    # On a thread of its own that is waited for: mlx leaves state behind in the first it meets.
    owner = OwnerThread(f"mlx {location.name}")
    try:
        fuse = owner.call(_import_fuse)
        return owner.call(
            lambda: fuse(location, folder, destination, strength=strength, dequantize=dequantize)
        )
    finally:
        owner.close(lambda: None)


def _import_fuse() -> Callable[..., Fused]:
    import_transformers()
    from assistant.engine.fusing import fuse

    return fuse
