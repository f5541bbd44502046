"""Gives mlx on Linux CPUs a fast BLAS, when the system has one.

mlx's Linux wheel links a reference BLAS of about 2 GFLOP/s. An OpenBLAS opened with its symbols
global *before* `import mlx.core` takes the place of `cblas_sgemm`, and float32 prefill becomes
some 50 times faster. Everything works without; `assistant doctor` says which it is.

It refuses to know mlx: it must run before mlx is imported.
"""

from __future__ import annotations

import ctypes
import glob
import os
import sys
from functools import lru_cache

# Debian and Ubuntu keep it in a folder per flavour; Fedora, Arch and SUSE in the library folder.
_PATTERNS = (
    "/usr/lib/*-linux-gnu/openblas-pthread/libblas.so.3",
    "/usr/lib/*-linux-gnu/openblas-openmp/libblas.so.3",
    "/usr/lib/*-linux-gnu/openblas-serial/libblas.so.3",
    "/usr/lib64/libopenblas*.so.0",
    "/usr/lib/libopenblas*.so.0",
    "/usr/lib/*-linux-gnu/libopenblas*.so.0",
)

INSTALL_HINT = "Install OpenBLAS (Debian, Ubuntu: libopenblas0-pthread; Fedora: openblas)."


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
    candidates = [wanted] if wanted else [p for pattern in _PATTERNS for p in glob.glob(pattern)]
    for path in candidates:
        try:
            library = ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
        except OSError:
            continue  # a broken or foreign library: the next one, or none
        if hasattr(library, "cblas_sgemm"):
            return path
    return None
