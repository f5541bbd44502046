"""Draws the losses of a training run as a small SVG, for the model cards.

This module refuses to know what was trained.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 560, 220, 44, 28


def read_losses(path: Path, key: str = "loss") -> list[tuple[int, float]]:
    """Step and loss of each line that has the key; a resumed run writes some steps twice."""
    points: dict[int, float] = {}
    for line in path.read_text("utf-8").splitlines():
        entry = json.loads(line)
        if key in entry:
            points[entry["step"]] = entry[key]
    return sorted(points.items())


def svg(points: Sequence[tuple[int, float]], title: str) -> str:
    """The curve with its axes; the first points, far above the rest, are cut off at the top."""
    steps = max(step for step, _ in points)
    top = max(0.1, sorted(loss for _, loss in points)[int(0.92 * (len(points) - 1))])

    def at(step: float, loss: float) -> tuple[float, float]:
        across = _LEFT + (_WIDTH - _LEFT - 10) * step / steps
        up = (_HEIGHT - _BOTTOM - 26) * min(loss, top) / top
        return round(across, 1), round(_HEIGHT - _BOTTOM - up, 1)

    line = " ".join(f"{x},{y}" for x, y in (at(step, loss) for step, loss in points))
    marks = []
    for share in (0, 0.5, 1):
        x, y = at(0, share * top)
        marks.append(f'<text x="{x - 6}" y="{y + 4}" text-anchor="end">{share * top:.2g}</text>')
        marks.append(f'<path d="M{x} {y}H{_WIDTH - 10}" stroke="#8884"/>')
        x, y = at(share * steps, 0)
        marks.append(f'<text x="{x}" y="{y + 18}" text-anchor="middle">{share * steps:.0f}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'font-family="sans-serif" font-size="11" fill="#777">\n'
        f'<text x="{_LEFT}" y="14" font-size="13">{title}</text>\n'
        + "\n".join(marks)
        + f'\n<polyline points="{line}" fill="none" stroke="#3b82c4" stroke-width="1.8"/>\n</svg>\n'
    )
