"""What there is to say about an adapter, whether it lies in a folder or is loaded.

Shared by /adapter and `assistant adapter`. It refuses to know how it is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.commands.amounts import quantity, size, times
from assistant.commands.blocks import Table
from assistant.engine.types import AdapterInfo

if TYPE_CHECKING:
    from assistant.lora import AdapterFolder, Listed


@dataclass(frozen=True)
class Facts:
    name: str
    path: Path
    format: str
    rank: int
    trained_scale: float
    targets: tuple[str, ...]
    modules: int
    parameters: int
    bytes: int
    base: str

    @classmethod
    def of_folder(cls, folder: AdapterFolder) -> Facts:
        return cls(
            name=folder.name,
            path=folder.path,
            format=folder.format,
            rank=folder.rank,
            trained_scale=folder.scale,
            targets=folder.targets,
            modules=len(folder.pairs),
            parameters=folder.parameters,
            bytes=folder.bytes,
            base=folder.base,
        )

    @classmethod
    def of_loaded(cls, info: AdapterInfo) -> Facts:
        return cls(
            name=info.name,
            path=info.path,
            format=info.format,
            rank=info.rank,
            trained_scale=info.trained_scale,
            targets=info.targets,
            modules=info.modules,
            parameters=info.parameters,
            bytes=info.bytes,
            base=info.base,
        )

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "path": str(self.path), "targets": list(self.targets)}

    @property
    def summary(self) -> str:
        """Such as "rank 8 on 12 layers (q_proj, v_proj), 98k parameters"."""
        layers = times(self.modules, "layer")
        kinds = ", ".join(self.targets)
        return f"rank {self.rank} on {layers} ({kinds}), {quantity(self.parameters)} parameters"


def listing(
    found: list[Listed], loaded: list[AdapterInfo], in_use: Mapping[str, float]
) -> Table | None:
    """Loaded adapters first, then those in the folders; None when there are none at all."""
    rows = []
    for info in loaded:
        state = f"in use ×{in_use[info.name]:.3g}" if info.name in in_use else "loaded"
        rows.append(_row(Facts.of_loaded(info), state))
    names = {info.name for info in loaded}
    for item in found:
        if item.folder is not None and item.name not in names:
            rows.append(_row(Facts.of_folder(item.folder), ""))
        elif item.folder is None:
            rows.append((item.name, "broken", "", "", "", "", str(item.path)))
    columns = ("adapter", "state", "rank", "layers", "size", "made for", "folder")
    return Table(columns, tuple(rows), accent=0) if rows else None


def _row(facts: Facts, state: str) -> tuple[str, ...]:
    layers = str(facts.modules)
    base = Path(facts.base).name
    return (facts.name, state, str(facts.rank), layers, size(facts.bytes), base, str(facts.path))


def details(facts: Facts, fingerprint: str, state: str = "") -> Table:
    """One adapter, a fact to a line."""
    rows = [
        ("adapter", facts.name),
        ("state", state),
        ("folder", str(facts.path)),
        ("format", facts.format),
        ("made for", facts.base),
        ("rank", str(facts.rank)),
        ("trained scale", f"{facts.trained_scale:g}"),
        ("layers", f"{facts.modules}: {', '.join(facts.targets)}"),
        ("parameters", quantity(facts.parameters)),
        ("size", size(facts.bytes)),
        ("fingerprint", fingerprint[:16]),
    ]
    return Table(("fact", "value"), tuple(row for row in rows if row[1]))
