"""`explain`: from what was typed to the answer, the reasons and everything behind them.

It puts the parts together; it refuses to know how text is read, how a rank is found, how the
sentences go and how an explanation is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import code, first_lines, lora, sections
from .decide import Finding, decide_stored, decide_typed
from .explanation import Explanation, Prose, Section
from .numeric import Tolerance
from .reading import read, read_file
from .stacks import stack
from .values import Grid, Matrix, Relation
from .watch import Watch
from .words import Writer, plain

if TYPE_CHECKING:
    import numpy as np

_SECTIONS: tuple[Callable[[Finding], Section | None], ...] = (
    sections.two_views,
    sections.in_plain_words,
    sections.picture,
    sections.row_reduction,
    sections.columns,
    sections.nullity,
    sections.singular_values,
    lora.meaning,
    lora.approximation,
    sections.axes,
    code.programs,
)


def explain(
    text: str,
    *,
    atol: float | None = None,
    rtol: float | None = None,
    watch: Watch | None = None,
) -> Explanation:
    """The rank of the matrix that `text` writes, and why.

    Args:
        text: a matrix as people have it: nested lists, MATLAB rows, array(...) text, LaTeX, a
            table, lines of numbers; alone or inside a sentence. Nothing is evaluated.
        atol: ask for the numerical rank instead: singular values above this count.
        rtol: the same, relative to the largest singular value. Only one of the two.
        watch: for another thread, which sees how far it is and can stop it.

    Raises:
        MatrixError: one sentence that names the row, the entry and the place, and a hint.
        Stopped: the watch was stopped.
    """
    if watch is not None:
        watch.tell("what was typed")
    return explain_grid(read(text), Tolerance(atol, rtol), watch)


def explain_file(
    spec: str | Path,
    *,
    atol: float | None = None,
    rtol: float | None = None,
    watch: Watch | None = None,
) -> Explanation:
    """The rank of a stored matrix: .npy, .npz:name, .safetensors:name, .csv, .tsv or .txt.

    Whole numbers are decided exactly, floats by their singular values. Arguments and errors are
    those of `explain`.
    """
    if watch is not None:
        watch.tell("the file")
    stored, tolerance = read_file(spec), Tolerance(atol, rtol)
    if isinstance(stored, Grid):
        return explain_grid(stored, tolerance, watch)
    return explain_array(stored.array, tolerance, watch)


def explain_grid(grid: Grid, tolerance: Tolerance, watch: Watch | None = None) -> Explanation:
    """The same for an array of exact numbers that is already read."""
    writer = Writer(decimal=grid.decimal)

    def found(matrix: Matrix) -> Finding:
        return decide_typed(matrix, min(grid.ndim, 2), tolerance, writer, watch)

    if grid.ndim <= 2:
        return describe(found(grid.matrix()), grid.shape, note=grid.note)
    size = grid.shape[-2:]
    return stack(
        tuple(describe(found(one), size, index=index) for index, one in grid.matrices()), grid.shape
    )


def explain_array(
    array: np.ndarray[Any, Any], tolerance: Tolerance, watch: Watch | None = None
) -> Explanation:
    """The same for finite floats of any number of axes."""
    import numpy as np

    axes = array.ndim
    if axes <= 2:
        return describe(decide_stored(np.atleast_2d(array), axes, tolerance, watch), array.shape)
    size = array.shape[-2:]
    return stack(
        tuple(
            describe(decide_stored(array[index], 2, tolerance, watch), size, index=index)
            for index in np.ndindex(*array.shape[:-2])
        ),
        array.shape,
    )


def describe(
    found: Finding, shape: tuple[int, ...], *, note: str = "", index: tuple[int, ...] = ()
) -> Explanation:
    """One matrix in sentences; `shape` is the array's as typed, `index` its place in a stack."""
    exact, seen = found.exact, found.numeric
    everything = (make(found) for make in _SECTIONS)
    parts = tuple(section for section in everything if section is not None)
    if note:
        parts = (*parts, Section("How I read it", "simple", (Prose(note),)))
    full = Writer(short=False)
    exactly = exact if found.method == "exact" else None
    return Explanation(
        rank=found.rank,
        shape=shape,
        max_rank=min(found.shape),
        method=found.method,
        headline=first_lines.headline(found),
        reasons=first_lines.reasons(found),
        checks=first_lines.checks(found),
        sections=parts,
        determinant=None
        if exact is None or exact.determinant is None
        else plain(exact.determinant),
        nullity=found.columns - found.rank,
        pivots=tuple(p + 1 for p in exactly.pivots or ()) if exactly else (),
        row_relations=_relations(exactly.row_relations, "row", full)
        if exactly
        else tuple(first_lines.near(item, full) for item in found.approximate or ()),
        column_relations=_relations(exactly.column_relations, "column", full) if exactly else (),
        singular_values=seen.singular_values if seen else None,
        tolerance=seen.threshold if seen else None,
        exact_rank=exact.rank if exact else None,
        numerical_rank=seen.rank if seen else None,
        index=index,
    )


def _relations(
    relations: tuple[Relation, ...] | None, line: str, writer: Writer
) -> tuple[str, ...]:
    return tuple(writer.relation(relation, line) for relation in relations or ())
