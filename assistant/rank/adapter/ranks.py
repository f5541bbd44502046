"""The rank that each ΔW of an adapter really uses, from its two thin factors.

With QR of both factors, ΔW = Q₁ (R₁ R₂ᵀ) Q₂ᵀ, so the singular values of ΔW are those of the small
r × r core (the QR step of Chan's R-SVD, in Golub and Van Loan, Matrix Computations).
ΔW itself is never built. This module refuses to know names, formats and words.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import AdapterUnusable, MatrixError

from ..reading.safetensors import TensorFile, open_tensors
from ..watch import Watch
from .base import base_norm
from .pairs import Kind, Pair, Pairs, find_pairs

if TYPE_CHECKING:
    import numpy as np

_EPS = 2.0**-23  # of float32: adapters are trained and applied in single precision or less


@dataclass(frozen=True)
class ModuleRank:
    """The change of one weight, shape (outputs, inputs).

    `stored_rank` is the width of the factors; `singular_values` are those of ΔW, scale included,
    as many as the width allows. `relative_size` is ‖ΔW‖ / ‖W‖ (Frobenius), None without a base.
    """

    module: str
    shape: tuple[int, int]
    stored_rank: int
    singular_values: tuple[float, ...]
    scale: float | None
    relative_size: float | None = None

    @property
    def threshold(self) -> float:
        """What a singular value must exceed to count: NumPy's rule in single precision."""
        largest = self.singular_values[0] if self.singular_values else 0.0
        return largest * max(self.shape) * _EPS

    @property
    def rank(self) -> int:
        """How many directions the change really uses."""
        return sum(value > self.threshold for value in self.singular_values)

    def share(self, directions: int) -> float:
        """The part of Σσ² that the strongest directions hold, from 0 to 1."""
        squares = [value * value for value in self.singular_values]
        total = sum(squares)
        return sum(squares[:directions]) / total if total else 1.0

    def directions_for(self, share: float) -> int:
        """The least number of directions that hold this part of Σσ²."""
        if not self.rank:
            return 0
        counts = range(1, len(self.singular_values) + 1)
        return next((n for n in counts if self.share(n) >= share), len(self.singular_values))

    def to_dict(self) -> dict[str, Any]:
        return {
            "module": self.module,
            "shape": list(self.shape),
            "stored_rank": self.stored_rank,
            "rank": self.rank,
            "scale": self.scale,
            "singular_values": list(self.singular_values),
            "tolerance": self.threshold,
            "directions_for_99_percent": self.directions_for(0.99),
            "relative_size": self.relative_size,
        }


@dataclass(frozen=True)
class AdapterRanks:
    """Every changed weight of one adapter file; `others` says what else the file holds."""

    path: Path
    kind: Kind
    modules: tuple[ModuleRank, ...]
    others: tuple[str, ...]


def adapter_ranks(
    path: str | Path,
    *,
    module: str = "",
    base: str | Path | None = None,
    watch: Watch | None = None,
) -> AdapterRanks:
    """Ranks of an adapter folder or .safetensors file; nothing has to be loaded into a model.

    Args:
        path: mlx-lm, PEFT, kohya or diffusers weights.
        module: only the weights whose name contains this text.
        base: a folder with the base model's .safetensors files, to compare sizes with.
        watch: for another thread, which sees how far it is and can stop it.

    Raises:
        AdapterUnusable: no LoRA in the file, or factors that do not fit each other.
        MatrixError: a broken file, or no module of that name.
        Stopped: the watch was stopped.
    """
    found = find_pairs(Path(path))
    chosen = [pair for pair in found.pairs if module in pair.module]
    if not chosen:
        names = ", ".join(pair.module for pair in found.pairs[:3])
        raise MatrixError(
            f"No module of {found.file.path.name} has {module!r} in its name.",
            f"There are {len(found.pairs)}: {names}{', …' if len(found.pairs) > 3 else ''}.",
        )
    weights = _base_files(Path(base)) if base is not None else ()
    modules: list[ModuleRank] = []
    for pair in chosen:
        if watch is not None:
            watch.tell(f"weight {len(modules) + 1:,} of {len(chosen):,}, {pair.module}")
        modules.append(_module(found, pair, weights))
    return AdapterRanks(found.file.path, found.kind, tuple(modules), found.others)


def _module(found: Pairs, pair: Pair, weights: tuple[TensorFile, ...]) -> ModuleRank:
    import numpy as np

    down, up = (_matrix(found.file, name) for name in (pair.down, pair.up))
    if pair.transposed and up.ndim > 2:
        raise AdapterUnusable(
            f"{pair.module} changes several experts at once, which I cannot take apart yet.",
            "Ask for another module.",
        )
    if pair.transposed:
        down, up = down.T, up.T
    up, down = up.reshape(up.shape[0], -1), down.reshape(down.shape[0], -1)
    if up.shape[1] != down.shape[0]:
        raise AdapterUnusable(
            f"The factors of {pair.module} do not fit each other: {up.shape} and {down.shape}.",
            "Save the adapter again.",
        )
    if not (np.isfinite(up).all() and np.isfinite(down).all()):
        raise AdapterUnusable(f"The factors of {pair.module} hold NaN or infinity.", "Train again.")
    scale = 1.0 if pair.scale is None else pair.scale
    values = _core(up, down) * abs(scale)
    size = float(np.linalg.norm(values))
    shape = (up.shape[0], down.shape[1])
    whole = base_norm(pair.module, shape, weights)
    relative = size / whole if whole else None
    ordered = tuple(float(value) for value in values)
    return ModuleRank(pair.module, shape, down.shape[0], ordered, pair.scale, relative)


def _matrix(file: TensorFile, name: str) -> np.ndarray[Any, Any]:
    import numpy as np

    array = file.load(name)
    if array.ndim < 2 or array.dtype.kind != "f":
        raise AdapterUnusable(f"{name} is no matrix of floats but {array.shape}.", "")
    return array.astype(np.float64)


def _core(up: np.ndarray[Any, Any], down: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Singular values of up · down from the largest down, without forming the product."""
    import numpy as np

    left: np.ndarray[Any, Any] = np.linalg.qr(up)[1]
    right: np.ndarray[Any, Any] = np.linalg.qr(down.T)[1]
    product = left @ right.T
    return np.linalg.svd(product, compute_uv=False) if product.size else np.zeros(0)


def _base_files(folder: Path) -> tuple[TensorFile, ...]:
    return tuple(open_tensors(path) for path in sorted(folder.glob("*.safetensors")))
