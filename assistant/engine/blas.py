"""Gives mlx on Linux CPUs a fast BLAS, when the system has one.

mlx's Linux wheel links a reference BLAS of about 2 GFLOP/s. Another one, opened with its symbols
global *before* `import mlx.core`, takes the place of `cblas_sgemm`, and float32 prefill becomes
some 50 times faster. Everything works without; `assistant doctor` says which it is.

The system's OpenBLAS comes first. Intel's MKL, which pip installs without root's rights, stands in
where there is none: it is up to half as fast again with one answer, and slower with two.

It refuses to know mlx: it must run before mlx is imported.
"""

from __future__ import annotations

import contextlib
import ctypes
import glob
import os
import platform
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

# pip puts MKL beside the interpreter, Intel's installer below /opt.
_MKL = (
    f"{sys.prefix}/lib/libmkl_rt.so*",
    "/opt/intel/oneapi/mkl/latest/lib/libmkl_rt.so*",
    "/usr/lib/x86_64-linux-gnu/libmkl_rt.so*",
)
# Debian and Ubuntu keep it in a folder per flavour; Fedora, Arch and SUSE in the library folder.
_OPENBLAS = (
    "/usr/lib/*-linux-gnu/openblas-pthread/libblas.so.3",
    "/usr/lib/*-linux-gnu/openblas-openmp/libblas.so.3",
    "/usr/lib/*-linux-gnu/openblas-serial/libblas.so.3",
    "/usr/lib64/libopenblas*.so.0",
    "/usr/lib/libopenblas*.so.0",
    "/usr/lib/*-linux-gnu/libopenblas*.so.0",
)

_PACKAGES = "OpenBLAS (Debian, Ubuntu: libopenblas0-pthread; Fedora: openblas)"

# What the kernels of OpenBLAS need, best first; the names are OpenBLAS's own.
_KERNELS = (
    ("SkylakeX", {"avx512f", "avx512dq", "avx512bw", "avx512vl", "avx2", "fma"}),
    ("Haswell", {"avx2", "fma"}),
)


def install_hint() -> str:
    """What gives this machine a fast BLAS."""
    has_mkl = platform.machine() in ("x86_64", "AMD64")
    pip = f"{sys.executable} -m pip install mkl"
    return f"Install {_PACKAGES}{f', or MKL: {pip}' if has_mkl else ''}."


@lru_cache(maxsize=1)
def open_fast_blas() -> str | None:
    """The path of the BLAS that was opened, or None. `ASSISTANT_BLAS` names another, or "off".

    Must be called before the first `import mlx.core` of the process to have an effect.
    """
    if not sys.platform.startswith("linux") or "mlx.core" in sys.modules:
        return None
    wanted = os.environ.get("ASSISTANT_BLAS", "")
    if wanted == "off":
        return None
    patterns = (*_OPENBLAS, *_MKL)
    candidates = [wanted] if wanted else [p for pattern in patterns for p in glob.glob(pattern)]
    with _kernel_named():
        for path in candidates:
            if "libmkl" in path:
                # Its threads would turn in circles for 200 ms after each product, on cores that
                # others need.
                os.environ.setdefault("KMP_BLOCKTIME", "0")
            try:
                library = ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
            except OSError:
                continue  # a broken or foreign library: the next one, or none
            if hasattr(library, "cblas_sgemm"):
                return path
    return None


@contextlib.contextmanager
def _kernel_named() -> Iterator[None]:
    """Tell OpenBLAS which kernel to take while it is being opened.

    An OpenBLAS older than the processor does not know it and falls back to kernels of 2004, five
    times slower. It reads the variable once, when it is opened; whoever set it is obeyed.
    """
    kernel = best_kernel(_processor_flags())
    if kernel is None or "OPENBLAS_CORETYPE" in os.environ:
        yield
        return
    os.environ["OPENBLAS_CORETYPE"] = kernel
    try:
        yield
    finally:
        del os.environ["OPENBLAS_CORETYPE"]


def best_kernel(flags: frozenset[str]) -> str | None:
    """OpenBLAS's name of the fastest kernel that a processor with these flags can run."""
    return next((name for name, needed in _KERNELS if needed <= flags), None)


def _processor_flags() -> frozenset[str]:
    if platform.machine() not in ("x86_64", "AMD64"):
        return frozenset()  # elsewhere OpenBLAS has few kernels, and tells them apart
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return frozenset()
    found = next((line for line in lines if line.startswith("flags")), "")
    return frozenset(found.partition(":")[2].split())
