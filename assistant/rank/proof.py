"""The exact rank of a large matrix, proven from two sides.

From below: the rank modulo a prime, because a minor that is not zero modulo the prime is not zero.
From above: relations that give every other row, or every other column. They are guessed in floating
point and then checked in whole numbers, without rounding. Where either side fails there is no
answer, never a probable one. This module refuses to know how the elimination is done.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any

from .elimination import PRIME, Profile, profile
from .values import Gaussian, Matrix, Number, Relation, gaussian, simplest

if TYPE_CHECKING:
    import numpy as np

    Whole = np.ndarray[Any, np.dtype[np.int64]]

_LIMIT = 2**53  # floats below it hold every whole number, so products of theirs are exact
_DENOMINATORS = 64
_CHECKED_FROM = 2_000  # entries; below it FLINT's own answer comes sooner than a checked guess
_NEAR = 1e-5  # how far from a whole number a guess may be; a wrong one does not pass the check


@dataclass(frozen=True)
class Proof:
    """The rank, and the relations that prove that it is no larger; None where none were needed."""

    rank: int
    row_relations: tuple[Relation, ...] | None = None
    column_relations: tuple[Relation, ...] | None = None


def prove(matrix: Matrix) -> Proof | None:
    """The rank of a matrix with at least one entry, or None where no proof was found."""
    whole, scales = _whole(matrix)
    residues = _residues_of_any(matrix) if whole is None else _residues(whole)
    if residues is None:
        return None
    guessed = whole is not None and whole.size >= _CHECKED_FROM
    seen = profile(residues, minor=guessed)
    if seen.rank == min(matrix.height, matrix.width):
        return Proof(seen.rank)
    return _deficient(whole, scales, seen) if whole is not None and guessed else None


def _deficient(whole: Whole, scales: tuple[int, ...], seen: Profile) -> Proof | None:
    by_rows = _spanned(whole, seen.rows, seen.columns)
    if by_rows is not None:
        return Proof(seen.rank, row_relations=tuple(_unscaled(by_rows, scales)))
    by_columns = _spanned(whole.T, seen.columns, seen.rows)
    if by_columns is not None:
        return Proof(seen.rank, column_relations=by_columns)
    return None


def _spanned(
    whole: Whole, basis: tuple[int, ...], minor: tuple[int, ...]
) -> tuple[Relation, ...] | None:
    """Relations that give every row from those of the basis; None unless all of them hold.

    `minor` names the columns in which the rows of the basis are a regular square.
    """
    import numpy as np

    others = np.setdiff1d(np.arange(whole.shape[0]), basis)
    square = whole[list(basis)][:, list(minor)].astype(np.float64)
    sides = whole[others][:, list(minor)].astype(np.float64)
    try:
        factors = np.linalg.solve(square.T, sides.T).T
    except np.linalg.LinAlgError:
        return None
    guess = _as_ratios(factors)
    if guess is None:
        return None
    tops, bottoms = guess
    if not _holds(whole, others, basis, tops, bottoms):
        return None
    return tuple(
        Relation(
            int(target),
            tuple(
                (basis[at], simplest(Fraction(int(top[at]), int(bottom))))
                for at in np.flatnonzero(top)
            ),
        )
        for target, top, bottom in zip(others, tops, bottoms, strict=True)
    )


def _as_ratios(factors: np.ndarray[Any, Any]) -> tuple[Whole, Whole] | None:
    """Each row as whole numbers over one small denominator; None where one does not look so."""
    import numpy as np

    bottoms = np.zeros(len(factors), np.int64)
    tops = np.zeros(factors.shape, np.int64)
    if not np.isfinite(factors).all() or np.abs(factors).max(initial=0.0) > _LIMIT / _DENOMINATORS:
        return None
    for bottom in range(1, _DENOMINATORS + 1):
        left = np.flatnonzero(bottoms == 0)
        if not left.size:
            break
        scaled = factors[left] * bottom
        nearest = np.rint(scaled)
        fits = np.abs(scaled - nearest).max(axis=1, initial=0.0) < _NEAR
        tops[left[fits]] = nearest[fits].astype(np.int64)
        bottoms[left[fits]] = bottom
    return (tops, bottoms) if bottoms.all() else None


def _holds(
    whole: Whole, others: Whole, basis: tuple[int, ...], tops: Whole, bottoms: Whole
) -> bool:
    """Whether bottom × row = Σ top × row of the basis, in numbers that floats hold exactly."""
    import numpy as np

    largest = int(np.abs(whole).max(initial=0))
    sums = max((int(row) for row in np.abs(tops).sum(axis=1)), default=0)
    if largest * max(sums, _DENOMINATORS) >= _LIMIT:
        return False
    exact = whole.astype(np.float64)
    made = tops.astype(np.float64) @ exact[list(basis)]
    return bool((made == bottoms[:, None] * exact[others]).all())


def _unscaled(relations: tuple[Relation, ...], scales: tuple[int, ...]) -> Iterator[Relation]:
    """Relations of the rows as typed, from those of the rows without denominators."""
    if not scales:
        yield from relations
        return
    for relation in relations:
        whole = scales[relation.target]
        terms: list[tuple[int, Number]] = []
        for index, factor in relation.terms:
            assert not isinstance(factor, Gaussian)
            terms.append((index, simplest(Fraction(factor) * scales[index] / whole)))
        yield Relation(relation.target, tuple(terms))


def _whole(matrix: Matrix) -> tuple[Whole | None, tuple[int, ...]]:
    """The rows as an array of whole numbers, and what each was multiplied by for it.

    No array when an entry is complex or leaves the range; no factors when all were whole.
    """
    import numpy as np

    scales: tuple[int, ...] = ()
    entries: list[Any] = [entry for row in matrix.rows for entry in row]
    try:
        try:
            flat = array("q", entries)
        except TypeError:  # array takes no fractions, and does not round them
            if matrix.is_complex:
                return None, ()
            scales = tuple(lcm(*(entry.denominator for entry in row)) for row in _real(matrix))
            flat = array("q", list(_cleared(matrix, scales)))
    except OverflowError:
        return None, ()
    whole = np.frombuffer(flat, np.int64).reshape(matrix.height, matrix.width)
    return (whole, scales) if whole.min() > -_LIMIT and whole.max() < _LIMIT else (None, ())


def _real(matrix: Matrix) -> Iterator[list[int | Fraction]]:
    for row in matrix.rows:
        yield [entry for entry in row if not isinstance(entry, Gaussian)]


def _cleared(matrix: Matrix, scales: tuple[int, ...]) -> Iterator[int]:
    """The entries, row after row, without denominators."""
    for row, scale in zip(_real(matrix), scales, strict=True):
        for entry in row:
            yield entry.numerator * (scale // entry.denominator)


def _residues(whole: Whole) -> Whole:
    if whole.min() > -PRIME and whole.max() < PRIME:
        return whole + ((whole >> 63) & PRIME)  # the prime is added where the sign is set
    return whole % PRIME


def _residues_of_any(matrix: Matrix) -> Whole | None:
    """Residues of fractions, long and complex numbers; None when a denominator has none."""
    import numpy as np

    root = next(r for n in range(2, PRIME) if (r := pow(n, PRIME // 4, PRIME)) ** 2 % PRIME != 1)
    known: dict[Number, int] = {}

    def residue(entry: Number) -> int:
        if entry not in known:
            both = gaussian(entry)
            re, im = (
                part.numerator * pow(part.denominator, -1, PRIME) for part in (both.re, both.im)
            )
            known[entry] = (re + root * im) % PRIME
        return known[entry]

    try:
        flat = [residue(entry) for row in matrix.rows for entry in row]
    except ValueError:  # the prime divides a denominator
        return None
    return np.array(flat, np.int64).reshape(matrix.height, matrix.width)
