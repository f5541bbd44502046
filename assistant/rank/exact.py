"""The exact rank, pivots, relations and determinant of a matrix over ℚ or ℚ[i], by FLINT.

A complex matrix is handed to FLINT as a real one in which a + bi is the block (a −b; b a): its
rank doubles and its reduced row echelon form is the block form of the complex one. This module
refuses to know floats and tolerances.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

from .modular import gaussian_determinant
from .proof import Proof, prove
from .values import Gaussian, Matrix, Number, Relation, gaussian, simplest

# Work = rows × columns × min(rows, columns) × bits of the largest entry. Beyond these the answer
# would take seconds and fill pages; the rank itself is always found.
RELATIONS_WORK = 3e8
DETERMINANT_WORK = 2e9
_TERMS_UP_TO = 20_000  # of all relations together; nobody reads as many
_SMALL = 100  # entries; FLINT alone is quicker up to here


@dataclass(frozen=True)
class Exact:
    """What exact arithmetic says; `None` stands for what was too much work to write out.

    `pivots` are the first columns that no combination of earlier ones gives, counted from 0.
    `rref` holds the rows of the reduced row echelon form that are not zero.
    """

    rank: int
    pivots: tuple[int, ...] | None
    rref: tuple[tuple[Number, ...], ...] | None
    row_relations: tuple[Relation, ...] | None
    column_relations: tuple[Relation, ...] | None
    determinant: Number | None


def exact(matrix: Matrix) -> Exact:
    """Rank and, within reason, everything that explains it. Never raises for a valid matrix."""
    if not matrix.height or not matrix.width:
        return _empty(matrix)
    work = work_of(matrix)
    large = matrix.height * matrix.width > _SMALL
    proof = prove(matrix) if large else None
    if work > RELATIONS_WORK or (proof and proof.rank == matrix.height == matrix.width):
        return _without_reduction(matrix, proof, work)
    rref = _rref(matrix)
    column_relations = _relations(rref, matrix.width)
    rank = len(rref)
    # With as many pivots as rows there are none that others give.
    rows = () if rank == matrix.height else _relations(_rref(matrix.transposed()), matrix.height)
    pivots = tuple(_leading(row) for row in rref)
    determinant = _determinant(matrix, rank, work)
    return Exact(rank, pivots, rref, rows, column_relations, determinant)


def _without_reduction(matrix: Matrix, proof: Proof | None, work: float) -> Exact:
    """Of a large matrix the rank, and the relations that came with its proof."""
    rank = _by_flint(matrix) if proof is None else proof.rank
    full = tuple(range(matrix.width)) if rank == matrix.width else None
    rows = () if rank == matrix.height else _worth_telling(proof.row_relations if proof else None)
    columns = (
        () if rank == matrix.width else _worth_telling(proof.column_relations if proof else None)
    )
    return Exact(rank, full, None, rows, columns, _determinant(matrix, rank, work))


def _worth_telling(relations: tuple[Relation, ...] | None) -> tuple[Relation, ...] | None:
    terms = sum(len(relation.terms) for relation in relations or ())
    return relations if terms <= _TERMS_UP_TO else None


def work_of(matrix: Matrix) -> float:
    """How much there is to do, in multiplications of one bit."""
    size = matrix.height * matrix.width * min(matrix.height, matrix.width)
    return float(size * _bits(matrix))


def _empty(matrix: Matrix) -> Exact:
    rows = tuple(Relation(number, ()) for number in range(matrix.height))
    columns = tuple(Relation(number, ()) for number in range(matrix.width))
    return Exact(0, (), (), rows, columns, 1 if matrix.is_square else None)


def _bits(matrix: Matrix) -> int:
    """The length of the longest numerator or denominator."""
    longest = 1
    for row in matrix.rows:
        for entry in row:
            if isinstance(entry, int):
                longest = max(longest, entry.bit_length())
            else:
                for part in (entry.re, entry.im) if isinstance(entry, Gaussian) else (entry,):
                    sizes = part.numerator.bit_length(), part.denominator.bit_length()
                    longest = max(longest, *sizes)
    return longest


def _flint(matrix: Matrix) -> tuple[Any, int]:
    """The matrix as FLINT's, and how many real rows stand for one row (1 or 2)."""
    from flint import fmpq, fmpq_mat, fmpz_mat

    entries = [entry for row in matrix.rows for entry in row]
    if all(isinstance(entry, int) for entry in entries):
        return fmpz_mat(matrix.height, matrix.width, entries), 1
    if not matrix.is_complex:
        ratios = [_ratio(entry) for entry in entries if not isinstance(entry, Gaussian)]
        return fmpq_mat(matrix.height, matrix.width, ratios), 1
    blocks = []
    for row in matrix.rows:
        pairs = [(_ratio(number.re), _ratio(number.im)) for number in map(gaussian, row)]
        blocks += [part for re, im in pairs for part in (re, -im)]
        blocks += [part for re, im in pairs for part in (im, re)]
    assert not blocks or isinstance(blocks[0], fmpq)
    return fmpq_mat(2 * matrix.height, 2 * matrix.width, blocks), 2


def _ratio(number: int | Fraction) -> Any:
    from flint import fmpq

    return fmpq(number.numerator, number.denominator)


def exact_rank(matrix: Matrix) -> int:
    """The rank alone, the quickest of the exact answers."""
    if not matrix.height or not matrix.width:
        return 0
    if matrix.height * matrix.width > _SMALL and (proof := prove(matrix)) is not None:
        return proof.rank
    return _by_flint(matrix)


def _by_flint(matrix: Matrix) -> int:
    real, fold = _flint(matrix)
    return int(real.rank()) // fold


def _rref(matrix: Matrix) -> tuple[tuple[Number, ...], ...]:
    """The nonzero rows of the reduced row echelon form."""
    real, fold = _flint(matrix)
    reduced, *rest = real.rref()
    divisor = int(rest[0]) if len(rest) == 2 else 1  # integer matrices come over one denominator
    rows = []
    for number in range(0, int(rest[-1]), fold):
        flat = [
            Fraction(int(x.numerator), int(x.denominator) * divisor)
            for x in (reduced[number, column] for column in range(fold * matrix.width))
        ]
        # Of a block (a −b; b a) the first row holds a and −b.
        pairs = zip(flat[::2], flat[1::2], strict=True)
        row: list[Number] = [Gaussian(a, -b) for a, b in pairs] if fold == 2 else [*flat]
        rows.append(tuple(map(simplest, row)))
    return tuple(rows)


def _leading(row: tuple[Number, ...]) -> int:
    return next(column for column, entry in enumerate(row) if entry)


def _relations(rref: tuple[tuple[Number, ...], ...], width: int) -> tuple[Relation, ...]:
    """Each column without a pivot as a sum of earlier columns that have one."""
    pivots = [_leading(row) for row in rref]
    free = sorted(set(range(width)) - set(pivots))
    return tuple(
        Relation(
            column,
            tuple((p, row[column]) for p, row in zip(pivots, rref, strict=True) if row[column]),
        )
        for column in free
    )


def _determinant(matrix: Matrix, rank: int, work: float) -> Number | None:
    if not matrix.is_square:
        return None
    if rank < matrix.height:
        return 0
    if work > DETERMINANT_WORK:
        return None
    if matrix.is_complex:
        return _complex_determinant(matrix)
    value = _flint(matrix)[0].det()
    return simplest(Fraction(int(value.numerator), int(value.denominator)))


def _complex_determinant(matrix: Matrix) -> Number:
    from math import lcm

    rows = [[gaussian(entry) for entry in row] for row in matrix.rows]
    scales = [lcm(*(p.denominator for e in row for p in (e.re, e.im))) for row in rows]
    whole = [
        [(int(entry.re * scale), int(entry.im * scale)) for entry in row]
        for row, scale in zip(rows, scales, strict=True)
    ]
    re, im = gaussian_determinant(whole)
    size = prod(scales)
    return simplest(Gaussian(Fraction(re, size), Fraction(im, size)))
