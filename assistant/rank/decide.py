"""One matrix → its rank by exact arithmetic, by singular values, or by both.

Typed numbers are decided exactly, unless a tolerance asks for the numerical answer; stored floats
are decided by their singular values. This module refuses to know words.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from assistant.errors import MatrixError

from .approximate import row_relations
from .aside import exact_aside, singular_values_aside
from .exact import Exact, exact, exact_rank, work_of
from .numeric import SVD_UP_TO, Numeric, Tolerance, numeric, rounded
from .values import Gaussian, Matrix, Number, Relation, simplest
from .watch import Watch
from .words import Writer

if TYPE_CHECKING:
    import numpy as np


# What takes longer than a glance is done in a process that can be ended, if anybody watches.
_EXACT_ASIDE = 5e7  # bit operations; about 200 × 200
_SVD_ASIDE = 1e9  # multiplications; about 1,000 × 1,000
_BITS_UP_TO = 5_000  # entries of a stored matrix whose binary values are ranked exactly as well


@dataclass(frozen=True)
class Finding:
    """Everything found about one matrix.

    `shape` is (rows, columns); `matrix` is None for stored floats, of which `array` has the
    values; `axes` is how many axes the array had as typed (0 for a number, 1 for a vector);
    `approximate` holds the relations between rows that hold within the tolerance.
    """

    shape: tuple[int, int]
    axes: int
    tolerance: Tolerance
    writer: Writer
    matrix: Matrix | None = None
    exact: Exact | None = None
    array: np.ndarray[Any, Any] | None = None
    numeric: Numeric | None = None
    approximate: tuple[Relation, ...] | None = None

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


def decide_typed(
    matrix: Matrix, axes: int, tolerance: Tolerance, writer: Writer, watch: Watch | None = None
) -> Finding:
    """Decides numbers that are known exactly.

    Raises MatrixError when a tolerance is given and an entry is too large for a float, and
    Stopped when the watch is.
    """
    array = seen = None
    if max(matrix.height, matrix.width) <= SVD_UP_TO or tolerance.given:
        array = rounded(matrix)
        seen = None if array is None else _numeric(array, tolerance, watch)
    if tolerance.given and seen is None:
        raise MatrixError(
            "An entry is too large for floating point, so a tolerance has nothing to work on.",
            "Ask without a tolerance for the exact rank.",
        )
    near = None
    if seen and array is not None and tolerance.given:
        near = row_relations(array, seen.rank, seen.threshold)
    shape = (matrix.height, matrix.width)
    exactly = _exact(matrix, watch)
    return Finding(shape, axes, tolerance, writer, matrix, exactly, array, seen, near)


def _exact(matrix: Matrix, watch: Watch | None) -> Exact:
    if watch is None:
        return exact(matrix)
    watch.tell(f"the exact rank of a {matrix.height:,} × {matrix.width:,} matrix")
    return exact(matrix) if work_of(matrix) < _EXACT_ASIDE else exact_aside(matrix, watch)


def _numeric(array: np.ndarray[Any, Any], tolerance: Tolerance, watch: Watch | None) -> Numeric:
    if watch is not None:
        height, width = array.shape
        watch.tell(f"the singular values of a {height:,} × {width:,} matrix")
        if height * width * min(height, width) > _SVD_ASIDE:
            return numeric(array, tolerance, singular_values_aside(array, watch))
    return numeric(array, tolerance)


def decide_stored(
    array: np.ndarray[Any, Any], axes: int, tolerance: Tolerance, watch: Watch | None = None
) -> Finding:
    """Decides finite floats, shape (rows, columns), as NumPy does.

    Of a small matrix the stored binary values are ranked exactly too, for comparison. Raises
    Stopped when the watch is.
    """
    seen = _numeric(array, tolerance, watch)
    height, width = array.shape
    bits = None
    if 0 < array.size <= _BITS_UP_TO:
        rows = tuple(tuple(_stored(value) for value in row) for row in array.tolist())
        bits = Exact(exact_rank(Matrix(rows, width)), None, None, None, None, None)
    shape = (height, width)
    near = row_relations(array, seen.rank, seen.threshold)
    return Finding(shape, axes, tolerance, Writer(True), None, bits, array, seen, near)


def _stored(value: Any) -> Number:
    """The exact value of a float."""
    if isinstance(value, complex):
        return simplest(Gaussian(Fraction(value.real), Fraction(value.imag)))
    return simplest(Fraction(value))
