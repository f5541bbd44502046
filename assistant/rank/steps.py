"""Row reduction of a small matrix, step by step, for reading; FLINT has the last word on the rank.

Forward elimination with the first usable pivot of each column, every swap named. This module
refuses to know how the steps are drawn.
"""

from __future__ import annotations

from .explanation import MatrixState, Step, Steps
from .values import Gaussian, Matrix, gaussian, simplest
from .words import Writer, count

UP_TO = 8  # rows and columns; more steps than that nobody reads


def reduction(matrix: Matrix, writer: Writer) -> Steps | None:
    """Numbered steps to the staircase form; None when the matrix is too large or empty."""
    if not 0 < matrix.height <= UP_TO or not 0 < matrix.width <= UP_TO:
        return None
    rows = [[gaussian(entry) for entry in row] for row in matrix.rows]
    steps = [Step("Start with the matrix.", _state(rows, (), writer))]
    pivots: list[tuple[int, int]] = []
    for column in range(matrix.width):
        top = len(pivots)
        found = next((row for row in range(top, len(rows)) if rows[row][column]), None)
        if found is None:
            continue
        pivots.append((top, column))
        text = ""
        if found != top:
            rows[top], rows[found] = rows[found], rows[top]
            text = f"Swap rows {top + 1} and {found + 1}, so that the pivot is not zero. "
        text += _clear(rows, top, column, writer)
        steps.append(Step(text, _state(rows, tuple(pivots), writer)))
    steps.append(Step(_conclusion(len(pivots), len(rows))))
    return Steps(tuple(steps))


def _clear(rows: list[list[Gaussian]], top: int, column: int, writer: Writer) -> str:
    """Makes everything below the pivot zero and says how."""
    pivot = rows[top][column]
    changes = []
    for row in range(top + 1, len(rows)):
        if not rows[row][column]:
            continue
        factor = rows[row][column] / pivot
        rows[row] = [a - factor * b for a, b in zip(rows[row], rows[top], strict=True)]
        one, minus = Gaussian(pivot.re * 0 + 1, pivot.re * 0), simplest(-factor)
        terms = [(f"row {row + 1}", simplest(one)), (f"row {top + 1}", minus)]
        changes.append(f"new row {row + 1} = {writer.sum(terms)}")
    shown = writer.number(simplest(pivot))
    text = f"The pivot is the {shown} in row {top + 1}, column {column + 1}"
    if not changes:
        below = "nothing below it has to go" if top + 1 < len(rows) else "no row is left below it"
        return f"{text}; {below}."
    return f"{text}. To get zeros below it: {'; '.join(changes)}."


def _conclusion(pivots: int, rows: int) -> str:
    if not pivots:
        return "There is no number to start from: no pivot, so the rank is 0."
    zeros = rows - pivots
    left = f" and {count(zeros, 'row')} of zeros" if zeros else " and no row of zeros"
    return f"{count(pivots, 'pivot').capitalize()}{left}: the rank is {pivots}."


def _state(
    rows: list[list[Gaussian]], pivots: tuple[tuple[int, int], ...], writer: Writer
) -> MatrixState:
    texts = tuple(tuple(writer.number(simplest(entry)) for entry in row) for row in rows)
    return MatrixState(texts, pivots)
