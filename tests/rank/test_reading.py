"""A matrix is read as people have it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from assistant.rank.reading import read
from assistant.rank.values import Gaussian

THE_LESSON = [
    "[[1,2],[3,6]]",
    "((1,2),(3,6))",
    "{{1,2},{3,6}}",
    "1 2; 3 6",
    "[1 2; 3 6]",
    "[1, 2; 3, 6;]",
    "[1 2\n 3 6]",
    "(1 2; 3 6)",
    "1,2\n3,6",
    "1, 2,\n3, 6,",
    "1\t2\n3\t6",
    "1 2\n3 6\n",
    "1 2\r\n3 6\r\n",
    "np.array([[1,2],[3,6]])",
    "numpy.asarray([(1, 2), (3, 6)], dtype=np.float32)",
    "np.array([[1, 2], [3, 6]], float)",
    'np.matrix("1 2; 3 6")',
    "mx.array([[1, 2], [3, 6]], dtype=mx.bfloat16)",
    "array([[1, 2],\n       [3, 6]], dtype=int32)",
    "array([[1., 2.],\n       [3., 6.]])",
    "[[1. 2.]\n [3. 6.]]",
    "[[ 1  2]\n [ 3  6]]",
    "torch.tensor([[1, 2], [3, 6]], device='cuda:0', requires_grad=True)",
    "tensor([[1., 2.],\n        [3., 6.]], grad_fn=<MulBackward0>)",
    "Matrix([[1, 2], [3, 6]])",
    "Matrix(2, 2, [1, 2, 3, 6])",
    "[array([1, 2]), array([3, 6])]",
    "[[np.float64(1.0), np.float64(2.0)], [np.int64(3), 6]]",
    "[[Fraction(1, 1), Fraction(4, 2)], [Decimal('3'), Rational(6, 1)]]",
    r"\begin{bmatrix} 1 & 2 \\ 3 & 6 \end{bmatrix}",
    r"$$A = \left(\begin{array}{c|c} 1 & 2 \\ \hline 3 & \frac{12}{2} \\ \end{array}\right)$$",
    r"1 & 2 \\ 3 & \frac{12}{2}",
    "x,y\n1,2\n3,6",
    "Is the matrix 1 2; 3 6 singular?",
    r"\begin{pmatrix}1&2\\[4pt]3&\dfrac{6}{1}\end{pmatrix}",
    "| 1 | 2 |\n|---|---|\n| 3 | 6 |",
    "| a | b |\n|:--|--:|\n| 1 | 2 |\n| 3 | 6 |",
    "| | |\n|---|---|\n| 1 | 2 |\n| 3 | 6 |",
    "| 1 2 |\n| 3 6 |",
    "⎡1  2⎤\n⎢    ⎥\n⎣3  6⎦",
    "[1  2]\n[    ]\n[3  6]",
    "[1,2],[3,6]",
    "```\n1 2\n3 6\n```",
    "Look:\n```python\nA = np.array([[1, 2],\n              [3, 6]])\n```\nwhat is its rank?",
    "What is the rank of [[1,2],[3,6]]? (asking for 1 friend) :)",
    "A(2x2) = [[1, 2], [3, 6]]",
    ">>> A = [[1, 2], [3, 6]]",
    "rank of 1 2; 3 6?",
    "A = 1 2; 3 6",
    "the matrix:\n1 2\n3 6",
    "print(np.linalg.matrix_rank([[1,2],[3,6]]))",
    "１ ２; ３ ６",
    "［［1，2］，［3，6］］",
    "١ ٢; ٣ ٦",
    "1_0e-1 2; 3 6",
    "[1e0 +2; 3.0 .6e1]",
    "2/2 4/2; 6/2 12/2",
    '"1","2"\n"3","6"',
    "a = np.array([[1, 2], [3, 6]])\nprint(np.linalg.matrix_rank(a))",
]


@pytest.mark.parametrize("text", THE_LESSON)
def test_the_lesson_matrix_is_read_from(text: str) -> None:
    grid = read(text)
    assert grid.shape == (2, 2)
    assert grid.entries == (1, 2, 3, 6)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.1", Fraction(1, 10)),
        ("-1e-3", Fraction(-1, 1000)),
        ("1e400", 10**400),
        ("9" * 5000, 10**5000 - 1),
        ("-½", Fraction(-1, 2)),
        ("1½", Fraction(3, 2)),
        ("0.5/2", Fraction(1, 4)),
        ("i", Gaussian(Fraction(0), Fraction(1))),
        ("-2j", Gaussian(Fraction(0), Fraction(-2))),
        ("3-I/2", Gaussian(Fraction(3), Fraction(-1, 2))),
        ("1/2+3/4*i", Gaussian(Fraction(1, 2), Fraction(3, 4))),
        ("2i+1", Gaussian(Fraction(1), Fraction(2))),
        ("1+0j", 1),
        ("(1-2j)", Gaussian(Fraction(1), Fraction(-2))),
        ("complex(1, -2)", Gaussian(Fraction(1), Fraction(-2))),
        ("1.5*^2", 150),
    ],
    ids=lambda value: str(value)[:12] if isinstance(value, str) else "",
)
def test_a_number_is_read_exactly(text: str, number: object) -> None:
    grid = read(text)
    assert grid.shape == ()
    assert grid.entries == (number,)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("5", ()),
        ("np.array(5)", ()),
        ("[5]", (1,)),
        ("1 2 3", (3,)),
        ("[1, 2, 3]", (3,)),
        ("1; 2; 3", (3, 1)),
        ("1\n2\n3", (3, 1)),
        ("[[1, 2, 3]]", (1, 3)),
        ("[\n  1,\n  2\n]", (2,)),
        ("[]", (0,)),
        ("[[]]", (1, 0)),
        ("[[], []]", (2, 0)),
        ("array([], shape=(0, 3), dtype=float64)", (0, 3)),
        ("[[[1, 2], [3, 6]], [[1, 2], [3, 4]], [[0, 0], [0, 0]]]", (3, 2, 2)),
        ("[[0 1 2 3\n  4 5]\n [6 7 8 9\n  10 11]]", (2, 6)),
        ("[(1+2j), 3]", (2,)),
        ("[[1 + 2j, 3], [4, 5 - 1j]]", (2, 2)),
        ("[1 -2; 3 -6]", (2, 2)),
        ("[- 1 2; 3 4]", (2, 2)),
        ("[1 / 2 3; 4 5]", (2, 2)),
    ],
)
def test_the_shape_is_numpys(text: str, shape: tuple[int, ...]) -> None:
    assert read(text).shape == shape


def test_a_heading_that_is_left_out_is_named() -> None:
    assert "`price, amount`" in read("| price | amount |\n|---|---|\n| 1 | 2 |\n| 3 | 6 |").note
