"""Which BLAS is opened, and that OpenBLAS is told which kernel the processor can run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

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


def opened_in(prefix: Path) -> str:
    """What a process opens whose interpreter lies below a folder, on a system without OpenBLAS."""
    script = (
        "import sys; sys.prefix = sys.argv[1]; from assistant.engine import blas; "
        "blas._OPENBLAS = (); print(blas.open_fast_blas())"
    )
    environment = {name: v for name, v in os.environ.items() if name != "ASSISTANT_BLAS"}
    done = subprocess.run(
        [sys.executable, "-c", script, str(prefix)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=environment,
    )
    return done.stdout.strip()


@pytest.mark.skipif(
    blas.open_fast_blas() is None, reason="this machine has no BLAS to stand for it"
)
def test_mkl_beside_the_interpreter_stands_in_for_openblas(tmp_path: Path) -> None:
    file = tmp_path / "lib" / "libmkl_rt.so.3"
    file.parent.mkdir()
    shutil.copy(str(blas.open_fast_blas()), file)
    assert opened_in(tmp_path) == str(file)


def test_what_is_no_library_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "lib" / "libmkl_rt.so.3"
    file.parent.mkdir()
    file.write_text("not a library")
    assert opened_in(tmp_path) != str(file)


def test_the_hint_names_mkl_only_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blas.platform, "machine", lambda: "x86_64")
    assert "OpenBLAS" in blas.install_hint()
    assert "pip install mkl" in blas.install_hint()
    monkeypatch.setattr(blas.platform, "machine", lambda: "aarch64")
    assert "OpenBLAS" in blas.install_hint()
    assert "mkl" not in blas.install_hint()
