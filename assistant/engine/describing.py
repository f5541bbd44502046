"""What an adapter's folder tells of it, as the one value that describes adapters everywhere.

No mlx and no model: a folder that is not loaded is described the same way as one that is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.engine.types import AdapterInfo

if TYPE_CHECKING:
    from assistant.lora import AdapterFolder


def describe(
    folder: AdapterFolder,
    *,
    name: str | None = None,
    fingerprint: str = "",
    loaded: bool = False,
    warnings: tuple[str, ...] = (),
) -> AdapterInfo:
    """The description; `fingerprint` reads the whole file, so it is given only where it is used."""
    return AdapterInfo(
        name=name or folder.name,
        path=folder.path,
        format=folder.format,
        rank=folder.rank,
        trained_scale=folder.scale,
        targets=folder.targets,
        modules=len(folder.pairs),
        parameters=folder.parameters,
        bytes=folder.bytes,
        base=folder.base,
        fingerprint=fingerprint,
        method=folder.method,
        loaded=loaded,
        warnings=warnings,
    )
