"""`explain`: from what was typed to the answer, the reasons and everything behind them.

This module chooses the sentences; it refuses to know how text is read, how a rank is found and
how an explanation is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import code, lora, sections
from .decide import Finding, decide_stored, decide_typed
from .explanation import Explanation, Prose, Ranks, Section, Steps
from .numeric import Tolerance
from .reading import read, read_file
from .values import Grid, Matrix, Relation
from .watch import Watch
from .words import Writer, amount, count, measured, plain

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
_REASONS_UP_TO = 4
_TERMS_UP_TO = 6
_SLICES_UP_TO = 12


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
        headline=_headline(found),
        reasons=_reasons(found),
        checks=_checks(found),
        sections=parts,
        determinant=None
        if exact is None or exact.determinant is None
        else plain(exact.determinant),
        nullity=found.columns - found.rank,
        pivots=tuple(p + 1 for p in exactly.pivots or ()) if exactly else (),
        row_relations=_relations(exactly.row_relations, "row", full)
        if exactly
        else tuple(_near(item, full) for item in found.approximate or ()),
        column_relations=_relations(exactly.column_relations, "column", full) if exactly else (),
        singular_values=seen.singular_values if seen else None,
        tolerance=seen.threshold if seen else None,
        exact_rank=exact.rank if exact else None,
        numerical_rank=seen.rank if seen else None,
        index=index,
    )


def stack(parts: tuple[Explanation, ...], shape: tuple[int, ...]) -> Explanation:
    """Several matrices of one shape; the rank is a list of ranks, as NumPy gives it."""
    axes = len(shape)
    amount = count(len(parts), "matrix").replace("matrixs", "matrices")
    height, width = shape[-2:]
    ranks = [part.rank for part in parts]
    headline = f"{amount.capitalize()} of {height} × {width}, so {count(len(parts), 'rank')}"
    headline += f": {', '.join(map(str, ranks[:12]))}{', …' if len(ranks) > 12 else ''}."
    reasons = tuple(f"{_slice_name(part)}: {part.headline}" for part in parts[:_SLICES_UP_TO])
    if len(parts) > _SLICES_UP_TO:
        reasons = (*reasons, f"And {len(parts) - _SLICES_UP_TO:,} more.")
    ones = tuple(_slice_section(part) for part in parts[:_SLICES_UP_TO])
    text = (
        f"The array has {axes} axes (NumPy: ndim = {axes}), which some programs call its “rank”."
        " The last two axes are the rows and columns of a matrix, so every matrix has a rank of"
        " its own."
    )
    return Explanation(
        rank=_nest(ranks, shape[:-2]),
        shape=shape,
        max_rank=min(height, width),
        method=parts[0].method if parts else "exact",
        headline=headline,
        reasons=reasons,
        sections=(Section("Axes or rank", "simple", (Prose(text),)), *ones),
        slices=parts,
    )


def _slice_name(part: Explanation) -> str:
    return f"Matrix {', '.join(str(number + 1) for number in part.index)}"


def _slice_section(part: Explanation) -> Section:
    """One matrix of a stack, in short: its reasons, its checks and its row reduction."""
    prose = " ".join((part.headline, *part.reasons, *part.checks))
    steps = (step for section in part.sections for step in section.parts if isinstance(step, Steps))
    return Section(_slice_name(part), "full", (Prose(prose), *steps))


def _nest(ranks: list[Ranks], shape: tuple[int, ...]) -> Ranks:
    if len(shape) <= 1:
        return ranks
    size = len(ranks) // shape[0] if shape[0] else 0
    return [_nest(ranks[i * size : (i + 1) * size], shape[1:]) for i in range(shape[0])]


def _headline(found: Finding) -> str:
    rank, rows, columns = found.rank, found.rows, found.columns
    most = min(rows, columns)
    start = f"Rank {rank:,} of at most {most:,}: "
    if not most:
        size = f" ({rows} × {columns})" if found.axes == 2 else ""
        return f"Rank 0: there are no entries{size}, so there is no information."
    if found.axes == 0:
        return start + ("one number that is not zero." if rank else "the number is zero.")
    if not rank:
        return start + "every entry is zero, so there is no information."
    if rank == rows > 1:
        return start + (
            "both rows add something new." if rows == 2 else "every row adds something new."
        )
    info = f"{count(rank, 'row')} of useful information"
    if rank == columns < rows:
        return f"{start}{info}, all that {count(columns, 'column')} can hold."
    return f"{start}{info}."


def _reasons(found: Finding) -> tuple[str, ...]:
    if found.axes == 0 or not any(found.shape) or not found.rank:
        return ()  # the headline has said it
    if found.method == "numerical":
        return _numerical_reasons(found)
    assert found.exact is not None
    relations = found.exact.row_relations
    if relations is None:
        missing = found.rows - found.rank
        return (f"{count(missing, 'row').capitalize()} can be built from the others.",)
    if not relations:
        if found.rows == 1:
            return ("One row that is not all zeros always has rank 1.",)
        return (_independent(found.rows),)
    lines = [_reason(item, found.writer) for item in relations[:_REASONS_UP_TO]]
    if len(relations) > _REASONS_UP_TO:
        rest = len(relations) - _REASONS_UP_TO
        lines.append(
            f"{count(rest, 'more row').capitalize()} can be built from earlier ones as well."
        )
    return tuple(lines)


def _independent(rows: int) -> str:
    if rows == 2:
        return "Neither row is a multiple of the other, so both are needed."
    return f"No row can be built from the others, so all {count(rows, 'row')} are needed."


def _reason(relation: Relation, writer: Writer) -> str:
    if not relation.terms:
        return f"Row {relation.target + 1} is all zeros, so it adds nothing."
    if len(relation.terms) > _TERMS_UP_TO:
        terms = count(len(relation.terms), "other row")
        return (
            f"Row {relation.target + 1} is a sum of multiples of {terms}, so it adds nothing new."
        )
    return f"{_capital(writer.relation(relation, 'row'))}, so it adds nothing new."


def _numerical_reasons(found: Finding) -> tuple[str, ...]:
    assert found.numeric is not None
    lines = [
        f"{_capital(_near(item, found.writer))} within the tolerance, so it adds nothing new."
        for item in (found.approximate or ())[:_REASONS_UP_TO]
        if len(item.terms) <= _TERMS_UP_TO
    ]
    values, rank = found.numeric.singular_values, found.numeric.rank
    line = measured(found.numeric.threshold)
    if rank == len(values):
        lines.append(
            f"Every singular value is above the tolerance, {line}; the smallest is"
            f" {measured(values[-1])}."
        )
    else:
        lost = len(values) - rank
        verb = "counts" if lost == 1 else "count"
        lines.append(
            f"Of {count(len(values), 'singular value')}, {amount(lost)} {verb} as zero: at most"
            f" {measured(values[rank])}, where the tolerance is {line}."
        )
    return tuple(lines)


def _near(relation: Relation, writer: Writer) -> str:
    return writer.relation(relation, "row").replace(" = ", " ≈ ", 1)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _checks(found: Finding) -> tuple[str, ...]:
    """The questions of the first lesson: is everything zero, is the determinant zero?"""
    if found.axes < 2 or found.matrix is None or found.exact is None or not min(found.shape):
        return ()
    if found.exact.rank == 0:
        return ("Is everything zero? Yes.",)
    zero = "Is everything zero? No."
    if not found.matrix.is_square:
        size = f"{found.rows} × {found.columns}"
        return (zero, f"Determinant: only a square matrix has one, and this one is {size}.")
    value = found.exact.determinant
    if value is None:
        return (zero,)
    shown = found.writer.number(value)
    end = ", not zero, so it can be undone." if value else ", so it cannot be undone."
    if found.rows != 2:
        return (zero, f"Determinant: {shown}{end}")
    (a, b), (c, d) = found.matrix.rows
    factor = found.writer.in_product
    formula = f"{factor(a)}·{factor(d)} − {factor(b)}·{factor(c)}"
    return (zero, f"Determinant: {formula} = {shown}{end}")


def _relations(
    relations: tuple[Relation, ...] | None, line: str, writer: Writer
) -> tuple[str, ...]:
    return tuple(writer.relation(relation, line) for relation in relations or ())
