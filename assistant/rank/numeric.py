"""The rank as floating-point programs see it: singular values above a tolerance.

NumPy's rule: σ counts when σ > σ₁ · max(rows, columns) · eps (Numerical Recipes, third edition,
page 795). This module refuses to know exact numbers beyond rounding them once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.errors import MatrixError

from .values import Gaussian, Matrix, Number

if TYPE_CHECKING:
    import numpy as np

SVD_UP_TO = 500  # rows or columns of typed text; a second of work beyond it, for no reader


@dataclass(frozen=True)
class Tolerance:
    """What the person asked for: an absolute threshold, a part of σ₁, or NumPy's default."""

    atol: float | None = None
    rtol: float | None = None

    def __post_init__(self) -> None:
        if self.atol is not None and self.rtol is not None:
            raise MatrixError(
                "An absolute and a relative tolerance were both given.", "Give only one of them."
            )
        for value in (self.atol, self.rtol):
            if value is not None and not 0 <= value < float("inf"):
                raise MatrixError(
                    f"The tolerance {value} is not a number from 0 up.", "Try 1e-6, for example."
                )

    @property
    def given(self) -> bool:
        return self.atol is not None or self.rtol is not None

    def threshold(self, largest: float, shape: tuple[int, int], eps: float) -> float:
        """The value that a singular value must exceed to count; `largest` is σ₁."""
        if self.atol is not None:
            return self.atol
        return largest * (self.rtol if self.rtol is not None else max(shape) * eps)


@dataclass(frozen=True)
class Numeric:
    """Singular values from the largest down, the threshold, and how many values exceed it."""

    singular_values: tuple[float, ...]
    threshold: float
    rank: int


def numeric(
    array: np.ndarray[Any, Any], tolerance: Tolerance, known: list[float] | None = None
) -> Numeric:
    """Singular values of a finite real or complex matrix, shape (rows, columns).

    `known` are the singular values when they were found elsewhere.
    """
    import numpy as np

    if known is not None:
        values = np.array(known)
    else:
        values = np.linalg.svd(array, compute_uv=False) if array.size else np.zeros(0)
    largest = float(values[0]) if values.size else 0.0
    shape = (array.shape[0], array.shape[1])
    threshold = tolerance.threshold(largest, shape, float(np.finfo(array.dtype).eps))
    return Numeric(
        tuple(float(value) for value in values), threshold, int((values > threshold).sum())
    )


def rounded(matrix: Matrix) -> np.ndarray[Any, Any] | None:
    """The matrix in double precision; None where an entry is too large for it."""
    import numpy as np

    convert = _complex if matrix.is_complex else _float
    try:
        rows = [[convert(entry) for entry in row] for row in matrix.rows]
    except OverflowError:
        return None
    dtype = np.complex128 if matrix.is_complex else np.float64
    return np.array(rows, dtype).reshape(matrix.height, matrix.width)


def _float(number: Number) -> float:
    assert not isinstance(number, Gaussian)
    return float(number)


def _complex(number: Number) -> complex:
    if isinstance(number, Gaussian):
        return complex(float(number.re), float(number.im))
    return complex(float(number))
