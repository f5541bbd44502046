"""What there is to say about an adapter, whether it lies in a folder or is loaded.

Shared by /adapter and `assistant adapter`. It refuses to know how it is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.commands.amounts import quantity, size, times
from assistant.commands.blocks import Table
from assistant.engine.describing import describe
from assistant.engine.types import AdapterInfo

if TYPE_CHECKING:
    from assistant.lora import Listed


# Facts of a run, not of the adapter: the command line's JSON leaves them out.
_OF_THE_RUN = ("fingerprint", "loaded", "warnings")


def to_dict(info: AdapterInfo) -> dict[str, Any]:
    """An adapter as the command line's JSON has it."""
    facts = {key: value for key, value in asdict(info).items() if key not in _OF_THE_RUN}
    return {**facts, "path": str(info.path), "targets": list(info.targets)}


def summary(info: AdapterInfo) -> str:
    """Such as "rank 8 on 12 layers (q_proj, v_proj), 98k parameters"; DoRA says so."""
    if not info.modules:  # only a server has it
        return f"from {info.path}" if info.path.name else "as the server has it"
    layers = times(info.modules, "layer")
    kinds = ", ".join(info.targets)
    kind = "DoRA of " if info.method == "dora" else ""
    return f"{kind}rank {info.rank} on {layers} ({kinds}), {quantity(info.parameters)} parameters"


def listing(
    found: list[Listed], loaded: list[AdapterInfo], in_use: Mapping[str, float]
) -> Table | None:
    """Loaded adapters first, then those in the folders; None when there are none at all."""
    rows = []
    for info in loaded:
        state = f"in use ×{in_use[info.name]:.3g}" if info.name in in_use else "loaded"
        rows.append(_row(info, state))
    names = {info.name for info in loaded}
    for item in found:
        if item.folder is not None and item.name not in names:
            rows.append(_row(describe(item.folder), ""))
        elif item.folder is None:
            rows.append((item.name, "broken", "", "", "", "", str(item.path)))
    columns = ("adapter", "state", "rank", "layers", "size", "made for", "folder")
    return Table(columns, tuple(rows), accent=0) if rows else None


def _row(info: AdapterInfo, state: str) -> tuple[str, ...]:
    base = Path(info.base).name
    known = (str(info.rank), str(info.modules), size(info.bytes)) if info.modules else ("",) * 3
    return (info.name, state, *known, base, str(info.path))


def details(info: AdapterInfo, state: str = "") -> Table:
    """One adapter, a fact to a line."""
    if not info.modules:  # only a server has it
        rows = [("adapter", info.name), ("state", state), ("folder there", str(info.path))]
        return Table(("fact", "value"), (*rows, ("made for", info.base)))
    rows = [
        ("adapter", info.name),
        ("state", state),
        ("folder", str(info.path)),
        ("format", info.format),
        ("method", {"lora": "LoRA", "dora": "DoRA"}.get(info.method, info.method)),
        ("made for", info.base),
        ("rank", str(info.rank)),
        ("trained scale", f"{info.trained_scale:g}"),
        ("layers", f"{info.modules}: {', '.join(info.targets)}"),
        ("parameters", quantity(info.parameters)),
        ("size", size(info.bytes)),
        ("fingerprint", info.fingerprint[:16]),
    ]
    return Table(("fact", "value"), tuple(row for row in rows if row[1]))
