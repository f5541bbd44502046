"""One adapter's arrays for one layer, ready to run.

It refuses to know files and layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import mlx.core as mx

End = Literal["both", "input", "output"]
"""Which use of an embedding changes: looking tokens up, the head tied to it, or both."""


@dataclass(frozen=True)
class LoraWeights:
    """At strength s a layer's output y becomes y + s · (scale · (x · A) · B + gain ⊙ (y − bias)).

    Without a gain that is LoRA. DoRA's W' = g ⊙ (W + scale · B·A), with g = m / ‖W + scale · B·A‖,
    has that form with g multiplied into B and gain = g − 1, both found once when it is loaded. The
    strength is a step of s from W to W': 0 is the base exactly, 1 is DoRA, and several add up.
    """

    a: mx.array
    """(in, rank); of an embedding (vocabulary, rank); of experts (experts, in, rank)."""
    b: mx.array
    """(rank, out); of experts (experts, rank, out)."""
    scale: float
    gain: mx.array | None = None
    """(out,), float32; of an embedding also (vocabulary, 1)."""
    end: End = "both"

    @property
    def arrays(self) -> list[mx.array]:
        return [self.a, self.b, *([] if self.gain is None else [self.gain])]
