"""How long the bars of a chart are, and where its threshold line stands.

As soon as one bar does not count, the scale is one of powers of ten: on an even one neither that
bar nor the line could be told from nothing. This module refuses to know how a bar is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10


@dataclass(frozen=True)
class Scale:
    """Lengths from 0 to 1; `line` is None where there is no threshold to be seen."""

    shares: tuple[float, ...]
    line: float | None
    powers: bool


def scale_of(values: Sequence[float], threshold: float | None) -> Scale:
    """The scale for values that are not negative."""
    largest = max(values, default=0.0)
    if not largest > 0:
        return Scale((0.0,) * len(values), None, False)
    if threshold is None or all(value > threshold for value in values):
        line = threshold / largest if threshold else None
        return Scale(tuple(value / largest for value in values), line, False)
    seen = [value for value in (*values, threshold) if value > 0]
    first = floor(log10(min(seen))) - 1
    reach = log10(max(seen)) - first
    shares = tuple((log10(value) - first) / reach if value > 0 else 0.0 for value in values)
    return Scale(shares, (log10(threshold) - first) / reach if threshold > 0 else 0.0, True)
