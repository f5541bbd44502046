"""Relations between rows of floats that hold within a tolerance.

Each row is fitted by least squares to the earlier rows that were needed; factors become small
fractions where those fit as well. This module refuses to know words and exact arithmetic.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .values import Number, Relation, simplest

if TYPE_CHECKING:
    import numpy as np

ROWS_UP_TO = 12
_COLUMNS_UP_TO = 1_000
_DENOMINATOR = 100


def row_relations(
    array: np.ndarray[Any, Any], rank: int, threshold: float
) -> tuple[Relation, ...] | None:
    """A relation for each superfluous row of a real matrix.

    None when the matrix is large, or when the rows needed are not `rank` in number, so that the
    relations would contradict the singular values.
    """
    import numpy as np

    height, width = array.shape
    if height > ROWS_UP_TO or width > _COLUMNS_UP_TO or array.dtype.kind == "c":
        return None
    rows = array.astype(np.float64)
    needed: list[int] = []
    relations: list[Relation] = []
    for number, row in enumerate(rows):
        basis = rows[needed].T
        factors = np.linalg.lstsq(basis, row, rcond=None)[0] if needed else np.zeros(0)
        if float(np.linalg.norm(row - basis @ factors)) > threshold:
            needed.append(number)
            continue
        terms = zip(needed, _simple(factors, basis, row, threshold), strict=True)
        relations.append(Relation(number, tuple((i, factor) for i, factor in terms if factor)))
    return tuple(relations) if len(needed) == rank else None


def _simple(
    factors: np.ndarray[Any, Any], basis: np.ndarray[Any, Any], row: Any, threshold: float
) -> list[Number]:
    """The factors as small fractions if those fit too, otherwise rounded to four digits."""
    import numpy as np

    small = [Fraction(float(factor)).limit_denominator(_DENOMINATOR) for factor in factors]
    if float(np.linalg.norm(row - basis @ np.array([float(f) for f in small]))) <= threshold:
        return [simplest(factor) for factor in small]
    return [simplest(Fraction(f"{float(factor):.4g}")) for factor in factors]
