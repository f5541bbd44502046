"""Exact answers and singular values worked out in a process of their own, which can be ended.

FLINT holds Python's lock for as long as it reckons, so beside it no screen is drawn and no Ctrl-C
arrives; and neither it nor LAPACK can be told to stop. Only numbers travel, as hexadecimal text
or as the bytes of an array; nothing is pickled. This module refuses to know how anything is
reckoned.

    python -m assistant.rank.aside     the other side: a request on standard input, the answer on
                                       standard output
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.child import child_environment

from .exact import Exact, exact
from .values import Gaussian, Matrix, Number, Relation, simplest
from .watch import Watch

if TYPE_CHECKING:
    import numpy as np


def exact_aside(matrix: Matrix, watch: Watch) -> Exact:
    """`exact(matrix)`, until the watch is stopped: then Stopped is raised."""
    rows = [[_written(entry) for entry in row] for row in matrix.rows]
    asked = json.dumps({"rows": rows, "width": matrix.width}).encode()
    answer = _ask({"job": "exact", "bytes": len(asked)}, asked, watch)
    return exact(matrix) if answer is None else _exact_from(answer)


def singular_values_aside(array: np.ndarray[Any, Any], watch: Watch) -> list[float] | None:
    """Singular values of a finite matrix from the largest down; None when no process starts."""
    import numpy as np

    sent = np.ascontiguousarray(array).tobytes()
    head = {"job": "svd", "bytes": len(sent), "type": array.dtype.str, "shape": array.shape}
    values: list[float] | None = _ask(head, sent, watch)
    return values


def _ask(head: dict[str, Any], sent: bytes, watch: Watch) -> Any:
    """The answer of a new process; None when it could not be started or died by itself."""
    line = json.dumps(head).encode() + b"\n"
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "assistant.rank.aside"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child_environment(),
            cwd=Path(__file__).parents[2],
            start_new_session=True,  # Ctrl-C is for us: we end it when it shall end
        )
    except (OSError, ValueError, TypeError):
        return None
    with watch.holding(process):
        try:
            answer, _ = process.communicate(line + sent)
        except BaseException:
            process.kill()
            process.wait()
            raise
    watch.check()
    return json.loads(answer) if process.returncode == 0 else None


def _written(number: Number) -> str:
    """ "-ff", "1/3", "1,2/3" for 1 + 2/3·i: hexadecimal, because that has no longest number."""
    if isinstance(number, Gaussian):
        return f"{_written(number.re)},{_written(number.im)}"
    if isinstance(number, Fraction):
        return f"{number.numerator:x}/{number.denominator:x}"
    return f"{number:x}"


def _read(text: str) -> Number:
    re, comma, im = text.partition(",")
    return simplest(Gaussian(_ratio(re), _ratio(im))) if comma else simplest(_ratio(text))


def _ratio(text: str) -> Fraction:
    top, slash, bottom = text.partition("/")
    return Fraction(int(top, 16), int(bottom, 16) if slash else 1)


_WrittenRelation = tuple[int, list[tuple[int, str]]]


def _exact_to(found: Exact) -> dict[str, Any]:
    def relations(some: Sequence[Relation] | None) -> list[_WrittenRelation] | None:
        if some is None:
            return None
        return [(r.target, [(i, _written(factor)) for i, factor in r.terms]) for r in some]

    rref = found.rref
    return {
        "rank": found.rank,
        "pivots": found.pivots,
        "rref": None if rref is None else [[_written(x) for x in row] for row in rref],
        "rows": relations(found.row_relations),
        "columns": relations(found.column_relations),
        "determinant": None if found.determinant is None else _written(found.determinant),
    }


def _exact_from(answer: dict[str, Any]) -> Exact:
    def relations(some: list[_WrittenRelation] | None) -> tuple[Relation, ...] | None:
        if some is None:
            return None
        return tuple(Relation(t, tuple((i, _read(x)) for i, x in terms)) for t, terms in some)

    pivots, rref, determinant = answer["pivots"], answer["rref"], answer["determinant"]
    return Exact(
        rank=answer["rank"],
        pivots=None if pivots is None else tuple(pivots),
        rref=None if rref is None else tuple(tuple(map(_read, row)) for row in rref),
        row_relations=relations(answer["rows"]),
        column_relations=relations(answer["columns"]),
        determinant=None if determinant is None else _read(determinant),
    )


def main() -> None:
    """Answer the one request on standard input."""
    head = json.loads(sys.stdin.buffer.readline())
    sent = sys.stdin.buffer.read(head["bytes"])
    answer: Any
    if head["job"] == "exact":
        asked = json.loads(sent)
        rows = tuple(tuple(map(_read, row)) for row in asked["rows"])
        answer = _exact_to(exact(Matrix(rows, asked["width"])))
    else:
        import numpy as np

        array = np.frombuffer(sent, head["type"]).reshape(head["shape"])
        answer = np.linalg.svd(array, compute_uv=False).astype(float).tolist()
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
