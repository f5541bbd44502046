"""A matrix whose rank takes FLINT seconds, for tests of stopping."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def save_hard(folder: Path) -> Path:
    """700 × 700 whole numbers of half the rank, with no simple relation between the rows."""
    dice = np.random.default_rng(1)
    path = folder / "hard.npy"
    np.save(path, dice.integers(-9, 10, (700, 350)) @ dice.integers(-9, 10, (350, 700)))
    return path
