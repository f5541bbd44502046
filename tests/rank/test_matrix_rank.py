"""`matrix_rank` of MLX arrays gives what NumPy's gives, on NumPy's own test cases and beyond."""

from __future__ import annotations

from typing import Any

import mlx.core as mx
import numpy as np
import pytest

from assistant.rank import matrix_rank

Case = tuple[Any, dict[str, Any]]


def agree(array: np.ndarray, **options: Any) -> None:
    """Asserts the same ranks and the same shape as numpy.linalg.matrix_rank."""
    # MLX would quietly take NumPy's float64 for float32.
    double = {"dtype": mx.float64} if array.dtype == np.float64 else {}
    ranks = matrix_rank(mx.array(array, **double), **options)
    if "atol" in options:
        options["tol"] = options.pop("atol")
    if array.ndim >= 2 and array.size == 0:
        # What NumPy says since 2.3; earlier ones raise.
        expected = np.zeros(array.shape[:-2], dtype=int)
    else:
        expected = np.linalg.matrix_rank(array, **options)
    assert ranks.shape == np.shape(expected)
    assert np.array_equal(np.array(ranks), expected)


_ALMOST = np.eye(4)
_ALMOST[-1, -1] = 0
_TINY = np.eye(4)
_TINY[-1, -1] = 1e-8

NUMPYS_OWN = {
    "full": (np.eye(4), {}),
    "deficient": (_ALMOST, {}),
    "zeros": (np.zeros((4, 4)), {}),
    "vector": (np.array([1, 0, 0, 0]), {}),
    "vector of zeros": (np.zeros(4), {}),
    "stack": (np.array([_ALMOST, np.eye(4), np.zeros((4, 4))]), {}),
    "scalar": (np.array(1), {}),
    "hermitian full": (np.eye(4), {"hermitian": True}),
    "hermitian ones": (np.ones((4, 4)), {"hermitian": True}),
    "hermitian zeros": (np.zeros((4, 4)), {"hermitian": True}),
    "hermitian deficient": (_ALMOST, {"hermitian": True}),
    "hermitian above tol": (_TINY, {"hermitian": True, "atol": 0.99e-8}),
    "hermitian below tol": (_TINY, {"hermitian": True, "atol": 1.01e-8}),
    "0 × 0": (np.zeros((0, 0)), {}),
    "0 × 5": (np.zeros((0, 5)), {}),
    "5 × 0": (np.zeros((5, 0)), {}),
    "0 × 5 × 5": (np.zeros((0, 5, 5)), {}),
    "3 × 0 × 5": (np.zeros((3, 0, 5)), {}),
    "2 × 5 × 0": (np.zeros((2, 5, 0)), {}),
    "2 × 3 × 0 × 4": (np.zeros((2, 3, 0, 4)), {}),
    "rtol 0": (np.zeros((4, 3, 2)), {"rtol": 0.0}),
    "rtol list": (np.zeros((4, 3, 2)), {"rtol": [0.0] * 4}),
    "rtol array": (np.zeros((4, 3, 2)), {"rtol": np.zeros(4)}),
}


@pytest.mark.parametrize(("array", "options"), NUMPYS_OWN.values(), ids=NUMPYS_OWN.keys())
def test_numpys_own_case(array: np.ndarray, options: dict[str, Any]) -> None:
    agree(array, **options)


def test_numpys_matrices_of_reduced_rank() -> None:
    random = np.random.RandomState(20120714)
    for _ in range(20):
        x = random.normal(size=(40, 10))
        x[:, 0] = x[:, 1] + x[:, 2]
        agree(x)
        x[:, 3] = x[:, 4] + x[:, 5]
        agree(x)


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64"])
@pytest.mark.parametrize("shape", [(3, 3), (2, 5), (5, 2), (4, 3, 3), (2, 2, 4, 3), (1, 1)])
def test_random_products_of_rank_two(dtype: str, shape: tuple[int, ...]) -> None:
    random = np.random.default_rng(7)
    a = random.normal(size=(*shape[:-1], 2)) @ random.normal(size=(*shape[:-2], 2, shape[-1]))
    if dtype == "complex64":
        a = a + 1j * random.normal(size=(*shape[:-1], 1))
    agree(a.astype(dtype))
    agree(a.astype(dtype), rtol=0.3)
    agree(a.astype(dtype), atol=0.5)


@pytest.mark.parametrize(
    "dtype", ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
)
def test_whole_numbers_are_ranked_in_double_precision(dtype: str) -> None:
    agree(np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], dtype=dtype))
    agree(np.array([[100, 2], [101, 2]], dtype=dtype))


def test_each_matrix_of_a_stack_may_have_its_own_tolerance() -> None:
    stack = np.stack([np.diag([3.0, 2.0, 1.0])] * 3)
    agree(stack, atol=np.array([0.5, 1.5, 2.5]))
    agree(stack, rtol=np.array([0.9, 0.5, 0.1]))


def test_a_hermitian_stack_of_complex_matrices() -> None:
    random = np.random.default_rng(3)
    x = random.normal(size=(3, 4, 2)) + 1j * random.normal(size=(3, 4, 2))
    agree((x @ x.conj().swapaxes(-1, -2)).astype(np.complex64), hermitian=True)


def test_booleans_count_as_zero_and_one() -> None:
    assert matrix_rank(mx.array([[True, True], [True, True]])).item() == 1


@pytest.mark.parametrize("dtype", [mx.float16, mx.bfloat16])
def test_half_precision_is_widened(dtype: mx.Dtype) -> None:
    assert matrix_rank(mx.array([[1.0, 2.0], [3.0, 6.0]]).astype(dtype)).item() == 1
    assert matrix_rank(mx.eye(3).astype(dtype)).item() == 3


def test_both_tolerances_are_refused_as_in_numpy() -> None:
    with pytest.raises(ValueError, match="both"):
        matrix_rank(mx.eye(2), atol=0.1, rtol=0.1)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_nan_and_infinity_are_refused_instead_of_ranked_zero(bad: float) -> None:
    with pytest.raises(ValueError, match="NaN or infinity"):
        matrix_rank(mx.array([[1.0, bad], [2.0, 3.0]]))


def test_hermitian_needs_square_matrices() -> None:
    with pytest.raises(ValueError, match="square"):
        matrix_rank(mx.zeros((2, 3)), hermitian=True)
