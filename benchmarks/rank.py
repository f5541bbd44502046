"""Exact rank against NumPy's singular values and SymPy's exact arithmetic, by size.

    python benchmarks/rank.py [--sizes 10,100,1000] [--json]

Every line is one run of all of them on the same matrix: whole numbers from −9 to 9, of full rank,
with one dependent row, and (up to 200 × 200, where no simple relation helps the proof) a product
of half the rank. Every contestant starts from Python's whole numbers. Times are the
processor's, all threads of one contestant together, and the best of several, because other work
may share the machine. SymPy (`pip install sympy`) is left out where it would take minutes.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from assistant.rank.exact import exact_rank
from assistant.rank.values import Matrix

_SYMPY_MATRIX_UP_TO = 20
_SYMPY_DOMAIN_UP_TO = 100
_HALF_UP_TO = 200
_SEED = 1
_LONG = 0.5  # seconds; longer runs are not repeated


def rows_of(size: int, rank: int) -> list[list[int]]:
    dice = random.Random(_SEED)
    rows = [[dice.randint(-9, 9) for _ in range(size)] for _ in range(size)]
    if rank == size - 1:
        rows[-1] = [sum(column) for column in zip(*rows[:-1], strict=True)]
    elif rank < size:
        entries = np.array(rows)
        rows = (entries[:, :rank] @ entries[:rank]).tolist()
    return rows


def best_time(work: Callable[[], object]) -> float:
    """Seconds of the fastest of up to five runs."""
    times: list[float] = []
    while len(times) < 5 and (not times or sum(times) < _LONG):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def ranks_of(size: int) -> list[int]:
    """The ranks that are measured at a size."""
    half = [size // 2] if 4 <= size <= _HALF_UP_TO else []
    return [size, size - 1, *half]


def measure(size: int, rank: int) -> dict[str, Any]:
    rows = rows_of(size, rank)
    matrix = Matrix(tuple(map(tuple, rows)), size)
    line: dict[str, Any] = {"size": size, "rank": exact_rank(matrix)}
    assert line["rank"] == rank
    line["exact_s"] = best_time(lambda: exact_rank(matrix))
    line["numpy_s"] = best_time(lambda: np.linalg.matrix_rank(np.array(rows, dtype=np.float64)))
    line["sympy_domain_s"] = line["sympy_matrix_s"] = None
    if importlib.util.find_spec("sympy"):
        from sympy import ZZ
        from sympy import Matrix as SymPyMatrix
        from sympy.polys.matrices import DomainMatrix

        if size <= _SYMPY_DOMAIN_UP_TO:
            entries = [[ZZ(x) for x in row] for row in rows]
            domain = DomainMatrix(entries, (size, size), ZZ)
            line["sympy_domain_s"] = best_time(lambda: domain.to_field().rank())
        if size <= _SYMPY_MATRIX_UP_TO:
            whole = SymPyMatrix(rows)
            line["sympy_matrix_s"] = best_time(whole.rank)
    return line


def table(lines: list[dict[str, Any]]) -> str:
    head = f"{'size':>5} {'rank':>5} {'exact':>10} {'NumPy SVD':>18} {'SymPy DM':>18} {'SymPy':>18}"
    out = [head]
    for line in lines:
        cells = [f"{line['size']:>5} {line['rank']:>5} {line['exact_s'] * 1e3:>7.2f} ms"]
        for name in ("numpy_s", "sympy_domain_s", "sympy_matrix_s"):
            seconds = line[name]
            ratio = (
                ""
                if seconds is None
                else f"{seconds * 1e3:.2f} ms ×{seconds / line['exact_s']:.1f}"
            )
            cells.append(f"{ratio:>18}")
        out.append(" ".join(cells))
    return "\n".join(out)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", default="2,10,20,50,100,200,500,1000")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    lines = [measure(size, rank) for size in sizes for rank in ranks_of(size)]
    print(json.dumps(lines) if options.json else table(lines))
    if not options.json:
        print("× tells how many times as long as the exact rank.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
