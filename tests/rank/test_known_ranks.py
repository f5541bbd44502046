"""Matrices of known rank from the tests of other programs: all are answered right.

The numbers are theirs, the sources are named; the ranks are those of exact arithmetic.
"""

from __future__ import annotations

import pytest

from assistant.rank import explain

_OCTAVE = [
    "1 2 3 4 5 6 7; 4 5 6 7 8 9 12; {}; {}; 3 4 5 6 7 8 9; 4 5 6 7 8 9 10; 5 6 7 8 9 10 11",
    "Octave, scripts/linear-algebra/rank.m",
]


def _octave(third: str, fourth: str) -> str:
    return _OCTAVE[0].format(third, fourth)


def _identity(size: int) -> str:
    return "; ".join(" ".join(str(int(r == c)) for c in range(size)) for r in range(size))


def _hilbert(size: int) -> str:
    return "; ".join(" ".join(f"1/{r + c + 1}" for c in range(size)) for r in range(size))


KNOWN = {
    "numpy test_linalg.py::TestMatrixRank": [
        (_identity(4), 4),
        ("1 0 0 0; 0 1 0 0; 0 0 1 0; 0 0 0 0", 3),
        ("[[0,0,0,0],[0,0,0,0],[0,0,0,0],[0,0,0,0]]", 0),
        ("[1, 0, 0, 0]", 1),
        ("[0, 0, 0, 0]", 0),
        ("[1]", 1),
        ("1", 1),
        ("1 0 0 0; 0 1 0 0; 0 0 1 0; 0 0 0 1e-8", 4),
        ("1 1 1 1; 1 1 1 1; 1 1 1 1; 1 1 1 1", 1),
    ],
    "numpy test_linalg.py::test_empty_matrix_rank": [
        ("array([], shape=(0, 0), dtype=float64)", 0),
        ("array([], shape=(0, 5), dtype=float64)", 0),
        ("array([], shape=(5, 0), dtype=float64)", 0),
    ],
    "scipy test_decomp.py::TestSVD_GESDD": [
        ("[[1, 2, 3], [1, 20, 3], [2, 5, 6]]", 2),
        ("[[1, 2, 3], [1, 2, 3], [2, 5, 6]]", 2),
        ("[[1, 2, 3], [4, 5, 6]]", 2),
        ("[[1, 2], [4, 5], [3, 4]]", 2),
    ],
    "sympy matrices/tests/test_reductions.py": [
        ("Matrix([[1, 2, 3], [4, 5, 6], [7, 8, 9]])", 2),
        ("Matrix([[1, 2, 3], [4, 5, 6], [7, 8, 8]])", 3),
        ("Matrix([[2, 1, 3], [0, 0, 0], [2, 1, 3]])", 1),
        ("Matrix([[2, 1, 3], [0, 0, 0], [1, 1, 3]])", 2),
        ("Matrix([[0, 3, 3], [0, 2, 2], [0, 1, 1]])", 1),
        ("Matrix([[2, 2, 3], [3, 3, 0]])", 2),
        ("0 0 1 2 2 -5 3; -1 5 2 2 1 -7 5; 0 0 -2 -3 -3 8 -5; -1 5 0 -1 -2 1 0", 3),
        ("1/19 1/5 2 3; 4 5 6 7; 8 9 10 11; 12 13 14 15", 3),
        ("3 4 -1 1; 9 12 -3 3; 0 2 1 3; 2 3 0 -2; 0 3 3 -5; 8 15 0 6", 3),
        ("1-I 1 1 0; -2 -1-I 0 -1; 0 0 -1-I -1; 0 0 2 1-I", 3),
    ],
    _OCTAVE[1]: [
        (_octave("1 2 3.1 4 5 6 7", "2 3 4 5 6 7 8"), 4),
        (_octave("1 2 3.0000001 4 5 6 7", "4 5 6 7 8 9 12.00001"), 4),
        (_octave("1 2 3 4 5 6 7", "4 5 6 7 8 9 12.00001"), 3),
        (_octave("1 2 3 4 5 6 7", "4 5 6 7 8 9 12"), 3),
        (_identity(100), 100),
        ("[]", 0),
        ("1 2 3 4 5 6 7 8 9", 1),
        ("1; 2; 3; 4; 5; 6; 7; 8; 9", 1),
        ("1, 2, 3; 1, 2.001, 3; 1, 2, 3.0000001", 3),
        ("1 2 3; 4 5 6; 7 8 9", 2),
    ],
    "Julia LinearAlgebra test/generic.jl, test/svd.jl": [
        ("1.0 0.0; 0.0 0.9", 2),
        ("0", 0),
        ("1", 1),
        ("2 0; 0 0", 1),
    ],
    "where floats go wrong": [
        ("[[2,3],[0.2,0.3]]", 1),
        ("9007199254740992 1; 9007199254740993 1", 2),
        ("1 0; 0 1e-16", 2),
        ("1e-20 0; 0 1e-20", 2),
        ("1e300 1; 1e300 1", 1),
        (f"{10**30} {10**30 + 1}; {10**30 + 1} {10**30 + 2}", 2),
        (_hilbert(12), 12),
        (_hilbert(15), 15),
        ("1 2 0; 2 4 0", 1),
    ],
}


@pytest.mark.parametrize(
    ("source", "text", "rank"),
    [(source, text, rank) for source, known in KNOWN.items() for text, rank in known],
)
def test_the_rank_is_right(source: str, text: str, rank: int) -> None:
    explanation = explain(text)
    assert explanation.rank == rank, source
    assert explanation.method == "exact"


@pytest.mark.parametrize(
    ("atol", "rank"), [(0.0009, 1), (0.0006, 2), (0.00000002, 3)], ids=_OCTAVE[1].split()[:1] * 3
)
def test_an_absolute_tolerance_counts_as_in_octave(atol: float, rank: int) -> None:
    explanation = explain("1, 2, 3; 1, 2.001, 3; 1, 2, 3.0000001", atol=atol)
    assert (explanation.rank, explanation.method) == (rank, "numerical")
    assert explanation.exact_rank == 3


def test_a_relative_tolerance_counts_as_in_julia() -> None:
    assert explain("1.0 0.0; 0.0 0.9", rtol=0.95).rank == 1
    assert explain("1.0 0.0; 0.0 0.9", atol=0.95).rank == 1
