"""The exact rank agrees with other roads to it, and every relation that is printed holds."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.rank.exact import exact
from assistant.rank.values import Gaussian, Matrix, Number, Relation, gaussian, simplest

_small = st.integers(-3, 3)
_fraction = st.fractions(min_value=-2, max_value=2, max_denominator=4).map(simplest)
_complex = st.builds(Gaussian, _small.map(Fraction), _small.map(Fraction)).map(simplest)


@st.composite
def matrices(draw: st.DrawFn, square: bool = False) -> Matrix:
    """Small entries, so that dependent rows are common; some are made dependent on purpose."""
    entries = draw(st.sampled_from([_small, _fraction, _complex]))
    height = draw(st.integers(1, 5))
    width = height if square else draw(st.integers(1, 5))
    rows = [[draw(entries) for _ in range(width)] for _ in range(height)]
    if height > 2 and draw(st.booleans()):
        factors = [draw(entries) for _ in range(height - 1)]
        rows[-1] = [_sum(factors, column) for column in zip(*rows[:-1], strict=True)]
    return Matrix(tuple(map(tuple, rows)), width)


def _sum(factors: list[Number], numbers: tuple[Number, ...]) -> Number:
    total = Gaussian(Fraction(0), Fraction(0))
    for factor, number in zip(factors, numbers, strict=True):
        total += gaussian(factor) * gaussian(number)
    return simplest(total)


def eliminated(matrix: Matrix) -> tuple[int, Number]:
    """Rank and product of pivots by plain elimination over ℚ[i]: another road than FLINT's."""
    rows = [[gaussian(entry) for entry in row] for row in matrix.rows]
    rank, product = 0, gaussian(1)
    for column in range(matrix.width):
        found = next((r for r in range(rank, len(rows)) if rows[r][column]), None)
        if found is None:
            continue
        if found != rank:
            rows[rank], rows[found] = rows[found], rows[rank]
            product = -product
        pivot = rows[rank][column]
        product *= pivot
        for r in range(rank + 1, len(rows)):
            factor = rows[r][column] / pivot
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    return rank, simplest(product)


def holds(relation: Relation, lines: tuple[tuple[Number, ...], ...]) -> bool:
    return all(
        gaussian(lines[relation.target][place])
        == gaussian(
            _sum(
                [factor for _, factor in relation.terms],
                tuple(lines[index][place] for index, _ in relation.terms),
            )
        )
        for place in range(len(lines[relation.target]))
    )


@settings(max_examples=150, deadline=None)
@given(matrices())
def test_the_rank_is_that_of_plain_elimination(matrix: Matrix) -> None:
    assert exact(matrix).rank == eliminated(matrix)[0]


@settings(max_examples=100, deadline=None)
@given(matrices(square=True))
def test_the_determinant_is_the_product_of_the_pivots(matrix: Matrix) -> None:
    rank, product = eliminated(matrix)
    expected = product if rank == matrix.width else 0
    assert exact(matrix).determinant == expected


@settings(max_examples=150, deadline=None)
@given(matrices())
def test_every_relation_holds_and_there_is_one_for_each_superfluous_line(matrix: Matrix) -> None:
    found = exact(matrix)
    columns = matrix.transposed().rows
    assert found.row_relations is not None
    assert found.column_relations is not None
    assert len(found.row_relations) == matrix.height - found.rank
    assert len(found.column_relations) == matrix.width - found.rank
    assert all(holds(relation, matrix.rows) for relation in found.row_relations)
    assert all(holds(relation, columns) for relation in found.column_relations)
    for relation in (*found.row_relations, *found.column_relations):
        assert all(index < relation.target and factor for index, factor in relation.terms)


@settings(max_examples=100, deadline=None)
@given(matrices())
def test_pivot_columns_times_reduced_rows_give_the_matrix_back(matrix: Matrix) -> None:
    found = exact(matrix)
    assert found.pivots is not None
    assert found.rref is not None
    for row in matrix.rows:
        factors = [row[pivot] for pivot in found.pivots]
        product = [_sum(factors, column) for column in zip(*found.rref, strict=True)]
        assert product == (list(row) if found.rank else [])


@settings(max_examples=60, deadline=None)
@given(matrices())
def test_a_transposed_matrix_has_the_same_rank(matrix: Matrix) -> None:
    assert exact(matrix.transposed()).rank == exact(matrix).rank


@pytest.mark.parametrize("size", [1, 5, 12, 25])
def test_hilbert_matrices_have_full_rank(size: int) -> None:
    rows = tuple(tuple(Fraction(1, r + c + 1) for c in range(size)) for r in range(size))
    found = exact(Matrix(rows, size))
    assert found.rank == size
    assert isinstance(found.determinant, (int, Fraction))
    assert found.determinant > 0


def test_a_large_complex_determinant_is_exact() -> None:
    size = 20
    rows = [
        [Gaussian(Fraction(r * c % 7), Fraction(r + c, 3)) for c in range(size)]
        for r in range(size)
    ]
    for number in range(size):
        rows[number][number] = Gaussian(Fraction(10**6 + number), Fraction(-1, 7))
    matrix = Matrix(tuple(tuple(map(simplest, row)) for row in rows), size)
    assert exact(matrix).determinant == eliminated(matrix)[1]


@pytest.mark.parametrize(("height", "width"), [(0, 0), (0, 3), (3, 0)])
def test_an_empty_matrix_has_rank_zero(height: int, width: int) -> None:
    found = exact(Matrix(((),) * height, width))
    assert (found.rank, found.pivots) == (0, ())
    assert found.determinant == (1 if height == width else None)


def test_a_large_matrix_comes_with_the_relations_that_prove_its_rank() -> None:
    size = 400
    rows = [
        tuple((r * r + 3 * r * c + c * c * c) % 101 for c in range(size)) for r in range(size - 1)
    ]
    rows.append(tuple(a + b for a, b in zip(rows[0], rows[1], strict=True)))
    matrix = Matrix(tuple(rows), size)
    found = exact(matrix)
    assert found.row_relations is not None
    assert len(found.row_relations) == size - found.rank > 0
    assert all(holds(relation, matrix.rows) for relation in found.row_relations)
    assert found.determinant == 0
