"""Whatever was printed is read back equal, and whatever is typed ends in an answer or a refusal."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import MatrixError
from assistant.rank import explain
from assistant.rank.reading import read
from assistant.rank.values import Gaussian, Number, simplest

from .notations import MATRIX_NOTATIONS, ROW_NOTATIONS, Rows

_integers = st.integers(-(10**30), 10**30) | st.integers(-9, 9)
_fractions = st.fractions(max_denominator=10**6).map(simplest)
_complex = st.builds(Gaussian, st.fractions(max_denominator=99), st.fractions(max_denominator=99))
_numbers = _integers | _fractions | _complex.filter(lambda z: bool(z.im)).map(simplest)


@st.composite
def matrices(draw: st.DrawFn, entries: st.SearchStrategy[Number] = _numbers) -> Rows:
    height, width = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    return draw(
        st.lists(
            st.lists(entries, min_size=width, max_size=width), min_size=height, max_size=height
        )
    )


@pytest.mark.parametrize("notation", MATRIX_NOTATIONS, ids=lambda f: f.__name__)
@settings(max_examples=25, deadline=None)
@given(rows=matrices())
def test_a_printed_matrix_reads_back_equal(notation: Callable[[Rows], str], rows: Rows) -> None:
    grid = read(notation(rows))
    assert grid.shape == (len(rows), len(rows[0]))
    assert grid.entries == tuple(number for row in rows for number in row)


@pytest.mark.parametrize("notation", ROW_NOTATIONS, ids=lambda f: f.__name__)
@settings(max_examples=25, deadline=None)
@given(rows=matrices())
def test_printed_rows_read_back_equal(notation: Callable[[Rows], str], rows: Rows) -> None:
    grid = read(notation(rows))
    assert grid.entries == tuple(number for row in rows for number in row)
    assert grid.matrix().width == len(rows[0]) or len(rows) == 1


@settings(max_examples=100, deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=12).map(str))
def test_a_decimal_is_read_exactly(text: str) -> None:
    assert read(text).entries == (simplest(Fraction(text)),)


_PIECES = [
    *"0123456789.,;:[](){}+-*/^eEijIx|\\&$ \t\n'\"`_=½−×⎡⎤１²∞",
    *("np.array(", "\\begin{bmatrix}", "\\end{bmatrix}", "\\frac{", "1/0", "nan", "```\n", "|---|"),
    *("dtype=", "shape=(", "Fraction(", "Matrix(2, 2, [", "1e9999", "rank of ", "[[1,2],[3,6]]"),
]


def refusal(text: str) -> MatrixError | None:
    """Why the text is refused, or None when it is read; any other exception goes on."""
    try:
        read(text)
    except MatrixError as error:
        return error
    return None


@settings(max_examples=300, deadline=None)
@given(st.text() | st.lists(st.sampled_from(_PIECES)).map("".join))
def test_any_text_is_answered_or_refused_in_one_line(text: str) -> None:
    start = time.process_time()
    error = refusal(text)
    assert time.process_time() - start < 1
    assert error is None or (error.message and "\n" not in error.message)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from("0123456789 ;,[]-/.ij\n"), max_size=12).map("".join))
def test_any_text_is_explained_or_refused(text: str) -> None:
    try:
        explanation = explain(text)
    except MatrixError:
        return
    assert explanation.to_dict()["headline"].endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 50_000,
        "1 " * 50_000,
        "1," * 50_000 + "x",
        "(" * 31 + "1" + ")" * 31,
        "9" * 200_000,
        "1." * 50_000,
        "1_" * 50_000 + "x",
        "i" * 100_000,
        "a=" * 50_000,
        "[[" + "-" * 100_000 + "]]",
        "\\frac{1}" * 20_000,
        "|" * 50_000,
        "(1" * 30_000,
        "f(" * 30 + "1" + ")" * 30,
        "Fraction(" * 20_000,
        "rank of " * 20_000,
    ],
    ids=lambda text: text[:10],
)
def test_a_long_and_nasty_text_is_dealt_with_quickly(text: str) -> None:
    start = time.process_time()
    refusal(text)
    assert time.process_time() - start < 2
