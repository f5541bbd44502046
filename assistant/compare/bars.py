"""KL of tokens as a line of bars, the same height for the same divergence wherever it is drawn.

It refuses to know who draws it.
"""

from __future__ import annotations

from collections.abc import Iterable

_BARS = "▁▂▃▄▅▆▇█"
FULL_BAR = 2.0
"""Nats at which a bar is full: the same for all columns, so that they can be compared."""


def kl_bars(divergences: Iterable[float]) -> str:
    """A bar for each token."""
    return "".join(_bar(kl) for kl in divergences)


def _bar(kl: float) -> str:
    return _BARS[max(0, min(len(_BARS) - 1, int(kl / FULL_BAR * len(_BARS))))]
