"""OpenBLAS is told which kernel the processor can run."""

from __future__ import annotations

import os

import pytest

from assistant.engine import blas


def test_the_best_kernel_whose_instructions_are_all_there_is_named() -> None:
    wide = {"avx512f", "avx512dq", "avx512bw", "avx512vl"}
    assert blas.best_kernel(frozenset(wide | {"avx2", "fma", "sse2"})) == "SkylakeX"
    assert blas.best_kernel(frozenset({"avx512f", "avx2", "fma"})) == "Haswell"
    assert blas.best_kernel(frozenset({"sse2"})) is None


def test_the_kernel_is_named_only_while_the_library_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    monkeypatch.setattr(blas, "_processor_flags", lambda: frozenset({"avx2", "fma"}))
    with blas._kernel_named():
        assert os.environ["OPENBLAS_CORETYPE"] == "Haswell"
    assert "OPENBLAS_CORETYPE" not in os.environ


def test_whoever_named_a_kernel_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Zen")
    with blas._kernel_named():
        assert os.environ["OPENBLAS_CORETYPE"] == "Zen"
    assert os.environ["OPENBLAS_CORETYPE"] == "Zen"
