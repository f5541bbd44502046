"""One matrix → its rank by exact arithmetic, by singular values, or by both.

Typed numbers are decided exactly, unless a tolerance asks for the numerical answer; stored floats
are decided by their singular values. This module refuses to know words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .exact import Exact, exact
from .numeric import SVD_UP_TO, Numeric, Tolerance, numeric, rounded
from .values import Matrix
from .words import Writer

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Finding:
    """Everything found about one matrix.

    `shape` is (rows, columns); `matrix` is None for stored floats, of which `array` has the
    values; `axes` is how many axes the array had as typed (0 for a number, 1 for a vector).
    """

    shape: tuple[int, int]
    axes: int
    tolerance: Tolerance
    writer: Writer
    matrix: Matrix | None = None
    exact: Exact | None = None
    array: np.ndarray[Any, Any] | None = None
    numeric: Numeric | None = None

    @property
    def method(self) -> Literal["exact", "numerical"]:
        exactly = self.matrix is not None and not (self.tolerance.given and self.numeric)
        return "exact" if exactly else "numerical"

    @property
    def rank(self) -> int:
        if self.method == "exact":
            assert self.exact is not None
            return self.exact.rank
        assert self.numeric is not None
        return self.numeric.rank

    @property
    def rows(self) -> int:
        return self.shape[0]

    @property
    def columns(self) -> int:
        return self.shape[1]

    @property
    def views_differ(self) -> bool:
        """Whether exact arithmetic and rounded arithmetic give different ranks."""
        return bool(self.exact and self.numeric and self.exact.rank != self.numeric.rank)


def decide_typed(matrix: Matrix, axes: int, tolerance: Tolerance, writer: Writer) -> Finding:
    """Decides numbers that are known exactly."""
    array = seen = None
    if max(matrix.height, matrix.width) <= SVD_UP_TO or tolerance.given:
        array = rounded(matrix)
        seen = None if array is None else numeric(array, tolerance)
    shape = (matrix.height, matrix.width)
    return Finding(shape, axes, tolerance, writer, matrix, exact(matrix), array, seen)
