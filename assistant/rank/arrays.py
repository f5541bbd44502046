"""`matrix_rank` for MLX arrays: the function that mlx.core.linalg lacks, as NumPy defines it.

MLX computes singular values on the CPU only and takes float32, float64 and complex64; other types
are widened here. This module refuses to know text, exact numbers and explanations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import mlx.core as mx

    Threshold = float | mx.array


def matrix_rank(
    a: mx.array,
    *,
    atol: Threshold | None = None,
    rtol: Threshold | None = None,
    hermitian: bool = False,
) -> mx.array:
    """How many singular values exceed the tolerance, for each matrix of a stack.

    Args:
        a: shape (), (N,) or (..., M, N); any real or complex type. Integers and booleans are
            computed in float64, float16 and bfloat16 in float32.
        atol: count σ > atol. A number, or one for each matrix: shape (...).
        rtol: count σ > rtol · σ₁; by default max(M, N) · eps of the type computed in.
        hermitian: take |eigenvalues| of a symmetric or Hermitian matrix, which is faster.

    Returns:
        int32 ranks of shape (...). A vector or scalar has rank 1 unless it is all zeros, and the
        tolerance plays no part, as in numpy.linalg.matrix_rank.

    Raises:
        ValueError: both tolerances given, or an entry is NaN or infinite (NumPy gives infinity
            the rank 0 without a word), or `hermitian` with matrices that are not square.
    """
    import mlx.core as mx

    if atol is not None and rtol is not None:
        raise ValueError("atol and rtol can't both be given")
    with mx.stream(mx.cpu):
        a = _widened(mx.array(a))
        if not mx.all(mx.isfinite(a)).item():
            raise ValueError("a matrix with NaN or infinity has no rank")
        if a.ndim < 2:
            return mx.any(a != 0).astype(mx.int32)
        values = _singular_values(a, hermitian)
        if atol is not None:
            threshold = _column(atol, values)
        else:
            largest = values.max(axis=-1, keepdims=True) if values.size else mx.zeros((1,))
            eps = mx.finfo(values.dtype).eps
            part = max(a.shape[-2:]) * eps if rtol is None else _column(rtol, values)
            threshold = largest * part
        return mx.sum(values > threshold, axis=-1).astype(mx.int32)


def _widened(a: mx.array) -> mx.array:
    import mlx.core as mx

    if a.dtype in (mx.float32, mx.float64, mx.complex64):
        return a
    return a.astype(mx.float32 if mx.issubdtype(a.dtype, mx.floating) else mx.float64)


def _column(value: Threshold, values: mx.array) -> mx.array:
    """A tolerance for each matrix, with an axis added to stand beside its singular values."""
    import mlx.core as mx

    return mx.array(value, dtype=values.dtype)[..., None]


def _singular_values(a: mx.array, hermitian: bool) -> mx.array:
    """Shape (..., min(M, N)); MLX does not decompose empty stacks, so they are answered here."""
    import mlx.core as mx

    if hermitian and a.shape[-1] != a.shape[-2]:
        raise ValueError(f"hermitian needs square matrices, not {a.shape[-2]} × {a.shape[-1]}")
    if not a.size:
        kind = mx.float64 if a.dtype == mx.float64 else mx.float32
        return mx.zeros((*a.shape[:-2], min(a.shape[-2:])), dtype=kind)
    if hermitian:
        return mx.abs(mx.linalg.eigvalsh(a))
    values = mx.linalg.svd(a, compute_uv=False)
    return values[0] if isinstance(values, (list, tuple)) else values
