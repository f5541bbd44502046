"""The libraries that questions name: how people write them, and how their code begins.

This module refuses to import any of them; it only knows their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Library:
    """`spoken` names in questions; `array` turns a literal into code; `imports` by first name.

    An import is what follows the word `import`, or a whole `from` line.
    """

    name: str
    spoken: tuple[str, ...]
    array: str
    imports: Mapping[str, str]
    axis_word: str = "axis"
    keepdims_word: str = "keepdims"


_STANDARD = (
    *("argparse", "bisect", "collections", "copy", "csv", "dataclasses", "datetime", "functools"),
    *("hashlib", "heapq", "itertools", "json", "logging", "math", "os", "pathlib", "pickle"),
    *("random", "re", "shutil", "statistics", "subprocess", "tempfile", "threading", "time"),
    *("timeit", "uuid"),
)

NUMPY = Library(
    "numpy", ("NumPy", "numpy", "numpy", "np", "Numpy"), "np.array({})", {"np": "numpy as np"}
)
TORCH = Library(
    "torch",
    ("PyTorch", "pytorch", "torch", "Pytorch", "PyTorch"),
    "torch.tensor({})",
    {"torch": "torch", "np": "numpy as np"},
    axis_word="dim",
    keepdims_word="keepdim",
)
JAX = Library(
    "jax",
    ("JAX", "jax", "JAX", "jnp", "Jax", "jax numpy"),
    "jnp.array({})",
    {"jax": "jax", "jnp": "jax.numpy as jnp"},
)
SCIPY = Library("scipy", ("SciPy", "scipy", "Scipy"), "np.array({})", {"np": "numpy as np"})
PYTHON = Library(
    "python",
    ("Python", "python", "plain Python", "python", "Python 3", "pure python"),
    "{}",
    {name: name for name in _STANDARD},
)
MLX = Library(
    "mlx",
    ("MLX", "mlx", "MLX", "mlx", "Mlx", "mx", "Apple MLX", "apple's mlx"),
    "mx.array({})",
    {
        "mx": "mlx.core as mx",
        "nn": "mlx.nn as nn",
        "optim": "mlx.optimizers as optim",
        "tree_map": "from mlx.utils import tree_map",
        "tree_flatten": "from mlx.utils import tree_flatten",
        "tree_unflatten": "from mlx.utils import tree_unflatten",
        "tree_reduce": "from mlx.utils import tree_reduce",
    },
)

BASE_LIBRARIES = {lib.name: lib for lib in (NUMPY, TORCH, JAX, SCIPY, PYTHON)}
