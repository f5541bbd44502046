"""An array with more than two axes: what there is to say of its matrices together.

It refuses to know how each of them is explained.
"""

from __future__ import annotations

from .explanation import Explanation, Prose, Ranks, Section, Steps
from .words import count

_SLICES_UP_TO = 12


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
