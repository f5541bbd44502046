"""Exact numbers, and the grid of them that every reader returns.

A number is an int, a Fraction or a Gaussian (a complex number with rational parts), so nothing
that was typed is ever rounded. This module refuses to know how numbers are typed, how a rank is
found, and that floats exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TypeAlias


@dataclass(frozen=True)
class Gaussian:
    """re + im·i with rational parts: the field ℚ[i]."""

    re: Fraction
    im: Fraction

    def __add__(self, other: Gaussian) -> Gaussian:
        return Gaussian(self.re + other.re, self.im + other.im)

    def __sub__(self, other: Gaussian) -> Gaussian:
        return Gaussian(self.re - other.re, self.im - other.im)

    def __mul__(self, other: Gaussian) -> Gaussian:
        return Gaussian(
            self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re
        )

    def __truediv__(self, other: Gaussian) -> Gaussian:
        """The exact quotient. Raises ZeroDivisionError when `other` is zero."""
        size = other.re * other.re + other.im * other.im
        top = self * Gaussian(other.re, -other.im)
        return Gaussian(top.re / size, top.im / size)

    def __neg__(self) -> Gaussian:
        return Gaussian(-self.re, -self.im)

    def __bool__(self) -> bool:
        return bool(self.re or self.im)


Number: TypeAlias = int | Fraction | Gaussian


def gaussian(number: Number) -> Gaussian:
    """The same number, always with two parts, so that sums and products need no cases."""
    if isinstance(number, Gaussian):
        return number
    return Gaussian(Fraction(number), Fraction(0))


def simplest(number: Number) -> Number:
    """The same number as an int if it is whole, as a Fraction if it is real."""
    if isinstance(number, Gaussian):
        return number if number.im else simplest(number.re)
    if isinstance(number, Fraction) and number.denominator == 1:
        return number.numerator
    return number


@dataclass(frozen=True)
class Matrix:
    """Rows of equal length; `width` tells the number of columns when there are no rows."""

    rows: tuple[tuple[Number, ...], ...]
    width: int

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def is_complex(self) -> bool:
        return any(isinstance(entry, Gaussian) for row in self.rows for entry in row)

    @property
    def is_square(self) -> bool:
        return self.height == self.width

    def transposed(self) -> Matrix:
        columns = tuple(zip(*self.rows, strict=True)) if self.rows else ((),) * self.width
        return Matrix(columns, self.height)


@dataclass(frozen=True)
class Grid:
    """What was typed: an array of any number of axes, its entries in row-major order.

    `note` says in a sentence what the reader left out, such as a table's heading; `decimal` tells
    that fractions were typed with a point, so that they are shown with one.
    """

    shape: tuple[int, ...]
    entries: tuple[Number, ...]
    note: str = ""
    decimal: bool = False

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def matrices(self) -> Iterator[tuple[tuple[int, ...], Matrix]]:
        """Each matrix of the stack with its index; a vector is one row, a scalar 1 × 1."""
        height, width = (1, 1, *self.shape)[-2:]
        size = height * width
        for number, index in enumerate(product(*map(range, self.shape[:-2]))):
            flat = self.entries[number * size : (number + 1) * size]
            rows = tuple(flat[r * width : (r + 1) * width] for r in range(height))
            yield index, Matrix(rows, width)

    def matrix(self) -> Matrix:
        """The only matrix of an array with at most two axes."""
        return next(matrix for _, matrix in self.matrices())


@dataclass(frozen=True)
class Relation:
    """Line `target` = Σ factor × line `index`; no terms for a line of zeros. Counted from 0."""

    target: int
    terms: tuple[tuple[int, Number], ...]
