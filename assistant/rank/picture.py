"""The rows of a matrix with two or three columns as arrows, drawn in characters.

Columns are half as wide as lines are high, so a step to the right counts double. Three
coordinates are drawn in parallel projection. This module refuses to know the rank: the caller
says what the arrows show.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot

from .explanation import Arrow, Picture

_HALF_WIDTH = 24
_HALF_HEIGHT = 7
# Seen from the front right, so that no direction with small whole numbers shrinks to a point.
_AXES_3D = ((-0.55, -0.5), (0.95, -0.2), (0.0, 1.0))


def arrows(rows: Sequence[Sequence[float]], alt: str) -> Picture | None:
    """A picture of the rows, each with its number at the tip; None when there is none to draw."""
    if not rows or len(rows[0]) not in (2, 3) or len(rows) > 9:
        return None
    tips = tuple(
        Arrow(f"row {number}", tuple(float(x) for x in row)) for number, row in enumerate(rows, 1)
    )
    flat = [project(arrow.tip) for arrow in tips]
    longest = max((max(abs(x), abs(y)) for x, y in flat), default=0.0)
    if not 0 < longest < 1e300:
        return None
    canvas = [[" "] * (2 * _HALF_WIDTH + 1) for _ in range(2 * _HALF_HEIGHT + 1)]
    for name, axis in _axes(len(rows[0])):
        _stroke(canvas, (0.0, 0.0), axis, "─" if axis[1] == 0 else "│" if axis[0] == 0 else ".")
        _put(canvas, (axis[0] * 0.98, axis[1] * 0.98), name)
    scale = 0.86 / longest
    points = [(x * scale, y * scale) for x, y in flat]
    for point in points:
        _stroke(canvas, (0.0, 0.0), point, "•")
    for number, point in enumerate(points, 1):
        _label(canvas, point, str(number))
    canvas[_HALF_HEIGHT][_HALF_WIDTH] = "0"
    return Picture(_cropped(canvas), alt, tips)


def _cropped(canvas: list[list[str]]) -> tuple[str, ...]:
    """The lines without the empty part: the lower half goes when no arrow enters it."""
    lines = ["".join(line).rstrip() for line in canvas]
    bare = {"", " " * _HALF_WIDTH + "│"}
    while lines and lines[-1] in bare:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    margin = min(len(line) - len(line.lstrip()) for line in lines)
    return tuple(line[margin:] for line in lines)


def project(tip: tuple[float, ...]) -> tuple[float, float]:
    """Two or three coordinates on the plane of the picture."""
    if len(tip) == 2:
        return tip[0], tip[1]
    pairs = list(zip(tip, _AXES_3D, strict=True))
    return sum(c * axis[0] for c, axis in pairs), sum(c * axis[1] for c, axis in pairs)


def _axes(columns: int) -> list[tuple[str, tuple[float, float]]]:
    if columns == 2:
        ends = [("", (-1.0, 0.0)), ("", (0.0, -1.0))]
        return [*ends, ("x", (1.0, 0.0)), ("y", (0.0, 1.0))]
    return list(zip("xyz", _AXES_3D, strict=True))


def _cell(point: tuple[float, float]) -> tuple[int, int]:
    line = _HALF_HEIGHT - round(point[1] * _HALF_HEIGHT)
    return line, _HALF_WIDTH + round(point[0] * 2 * _HALF_HEIGHT)


def _put(canvas: list[list[str]], point: tuple[float, float], char: str) -> None:
    line, column = _cell(point)
    if char and 0 <= line < len(canvas) and 0 <= column < len(canvas[0]):
        canvas[line][column] = char


def _label(canvas: list[list[str]], point: tuple[float, float], char: str) -> None:
    """Puts the row's number at the tip; where another number stands, beside it."""
    line, column = _cell(point)
    while column < len(canvas[0]) - 1 and canvas[line][column].isdigit():
        column += 1
    canvas[line][column] = char


def _stroke(
    canvas: list[list[str]], start: tuple[float, float], end: tuple[float, float], char: str
) -> None:
    steps = max(1, round(hypot(end[0] - start[0], end[1] - start[1]) * 4 * _HALF_HEIGHT))
    for step in range(steps + 1):
        part = step / steps
        _put(
            canvas,
            (start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part),
            char,
        )
