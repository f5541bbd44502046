"""A proof gives the rank that FLINT gives, and relations that hold, or nothing at all."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from assistant.rank import elimination
from assistant.rank.elimination import PRIME, profile
from assistant.rank.exact import exact_rank
from assistant.rank.proof import prove
from assistant.rank.values import Gaussian, Matrix, Number, simplest

from .test_exact import holds

DICE = np.random.default_rng(8)


def product(height: int, width: int, rank: int) -> np.ndarray:
    """Whole numbers of this rank at most."""
    return DICE.integers(-3, 4, (height, rank)) @ DICE.integers(-3, 4, (rank, width))


def typed(array: np.ndarray) -> Matrix:
    return Matrix(tuple(map(tuple, array.tolist())), array.shape[1])


def flint_rank(matrix: Matrix) -> int:
    from flint import fmpq, fmpq_mat

    entries = [
        fmpq(entry.numerator, entry.denominator)
        for row in matrix.rows
        for entry in row
        if not isinstance(entry, Gaussian)
    ]
    return int(fmpq_mat(matrix.height, matrix.width, entries).rank())


def with_sums(height: int, width: int, needed: int) -> np.ndarray:
    """Random rows, and after so many of them sums of two earlier ones."""
    array = DICE.integers(-9, 10, (height, width))
    for row in range(needed, height):
        array[row] = 2 * array[row % needed] - array[(row + 1) % needed] if needed else 0
    return array


SHAPES = [(60, 60, 59), (60, 60, 60), (60, 80, 5), (80, 60, 5), (50, 70, 49), (70, 50, 0)]


@pytest.mark.parametrize("turned", [False, True], ids=["rows", "columns"])
@pytest.mark.parametrize(("height", "width", "needed"), SHAPES)
def test_the_rank_is_flints_and_the_relations_hold(
    height: int, width: int, needed: int, turned: bool
) -> None:
    array = with_sums(height, width, needed)
    matrix = typed(array.T if turned else array)
    proof = prove(matrix)
    assert proof is not None
    assert proof.rank == flint_rank(matrix) == min(needed, width)
    for relations, lines in (
        (proof.row_relations, matrix.rows),
        (proof.column_relations, matrix.transposed().rows),
    ):
        for relation in relations or ():
            assert holds(relation, lines)


def test_rows_of_fractions_keep_their_own_relations() -> None:
    array = product(50, 50, 3)
    rows = tuple(
        tuple(simplest(Fraction(int(x), 1 + n % 7)) for x in row) for n, row in enumerate(array)
    )
    matrix = Matrix(rows, 50)
    proof = prove(matrix)
    assert proof is not None
    assert proof.row_relations is not None
    assert len(proof.row_relations) == 50 - flint_rank(matrix)
    assert all(holds(relation, rows) for relation in proof.row_relations)


@pytest.mark.parametrize("kind", ["long", "complex", "fractions"])
def test_full_rank_is_proven_for_any_numbers(kind: str) -> None:
    def entry(number: int, row: int) -> Number:
        if kind == "long":
            return number * 10**40 + row
        if kind == "complex":
            return simplest(Gaussian(Fraction(number), Fraction(row)))
        return simplest(Fraction(number, 10**30 + row))

    rows = tuple(
        tuple(entry(int(x), n) for x in row)
        for n, row in enumerate(DICE.integers(-99, 99, (20, 20)))
    )
    proof = prove(Matrix(rows, 20))
    assert proof is not None
    assert proof.rank == 20


@pytest.mark.parametrize("factor", [PRIME, PRIME * PRIME, 3])
def test_what_vanishes_modulo_the_prime_is_not_taken_for_zero(factor: int) -> None:
    array = np.eye(60, dtype=np.int64)
    array[7, 7] = factor
    assert exact_rank(typed(array)) == 60
    array[8] = array[7]
    assert exact_rank(typed(array)) == 59


def test_entries_that_floats_cannot_hold_are_not_rounded() -> None:
    array = np.eye(60, dtype=np.int64)
    array[5, :2] = 2**53, 1
    array[6] = array[5]
    array[6, 0] += 1
    assert exact_rank(typed(array)) == flint_rank(typed(array))


@pytest.mark.parametrize(
    ("height", "width", "rank"), [(1, 1, 0), (3, 9, 2), (40, 30, 12), (9, 9, 9)]
)
def test_both_ways_of_elimination_agree(height: int, width: int, rank: int) -> None:
    residues = product(height, width, rank) % PRIME
    own, flints = profile(residues), elimination._by_python_flint(residues, True)
    assert (own.rank, own.rows) == (flints.rank, flints.rows)
    if own.rows:
        minor = residues[list(own.rows)][:, list(own.columns)]
        assert profile(minor).rank == own.rank
