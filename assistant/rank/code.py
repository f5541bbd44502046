"""The same question in NumPy, PyTorch and MLX, ready to copy.

This module refuses to know the answer; it only repeats what was typed.
"""

from __future__ import annotations

from fractions import Fraction

from .decide import Finding
from .explanation import Code, Section
from .values import Gaussian, Matrix, Number

_UP_TO = 100  # entries; longer programs are not copied but loaded from a file


def programs(found: Finding) -> Section | None:
    """Three programs that print the rank; None when the matrix is large or not a float's size."""
    matrix = found.matrix
    if matrix is None or found.array is None or found.rows * found.columns > _UP_TO:
        return None
    if not found.rows or not found.columns:
        return None
    text = _nested(matrix, found.axes)
    kind = "complex128" if matrix.is_complex else "float64"
    mlx_kind = "complex64" if matrix.is_complex else "float64"
    whole = "a" if found.axes >= 2 else "torch.atleast_2d(a)"  # PyTorch wants two axes
    codes = (
        Code(
            "NumPy",
            "python",
            f"import numpy as np\n\na = np.array({text}, dtype=np.{kind})\n"
            "print(np.linalg.matrix_rank(a))\n",
        ),
        Code(
            "PyTorch",
            "python",
            f"import torch\n\na = torch.tensor({text}, dtype=torch.{kind})\n"
            f"print(torch.linalg.matrix_rank({whole}).item())\n",
        ),
        Code(
            "MLX",
            "python",
            "import mlx.core as mx\nfrom assistant.rank import matrix_rank  # MLX has none\n\n"
            f"a = mx.array({text}, dtype=mx.{mlx_kind})\nprint(matrix_rank(a).item())\n",
        ),
    )
    return Section("NumPy · PyTorch · MLX", "full", codes)


def _nested(matrix: Matrix, axes: int) -> str:
    rows = ["[" + ", ".join(_literal(entry) for entry in row) + "]" for row in matrix.rows]
    if axes == 0:
        rows = [_literal(matrix.rows[0][0])]
    return "[" + ", ".join(rows) + "]" if axes >= 2 else rows[0]


def _literal(number: Number) -> str:
    """The number as Python writes it, of a size that any float type takes."""
    if isinstance(number, Gaussian):
        return repr(complex(float(number.re), float(number.im)))
    if isinstance(number, Fraction):
        top, bottom = number.numerator, number.denominator
        decimal = repr(float(number))
        if Fraction(decimal) == number or abs(top) > 2**53 or bottom > 2**53:
            return decimal
        return f"{top}/{bottom}"
    return str(number) if abs(number) <= 2**53 else repr(float(number))
