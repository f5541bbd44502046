"""Texts and the room they need: one line of them, the widths of a table's columns.

Pure arithmetic on texts; it refuses to know widgets.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

# Said again for those who lay out lines.
from assistant.plain_text import one_line as one_line

_NARROWEST = 3


def is_number(text: str) -> bool:
    """Whether a cell holds a number, perhaps with a unit sign; those are set right-aligned."""
    text = text.strip().rstrip("%×").replace(",", "").replace("−", "-").strip()
    try:
        float(text)
    except ValueError:
        return False
    return True


def fit_columns(columns: Sequence[Sequence[str]], room: int) -> list[int]:
    """A width for each column, so that all fit the room if that can be.

    Columns keep their natural width while there is room; then the widest give way first, down to
    their longest word as long as that goes.
    """
    widths = [max((_width(cell) for cell in cells), default=0) or 1 for cells in columns]
    words = [max((_longest_word(cell) for cell in cells), default=0) or 1 for cells in columns]
    for floor in (words, [_NARROWEST] * len(widths)):
        while sum(widths) > room:
            candidates = [i for i, width in enumerate(widths) if width > floor[i]]
            if not candidates:
                break
            index = max(candidates, key=lambda i: widths[i])
            widths[index] -= min(widths[index] - floor[index], _step(widths, index, room))
    return widths


def _step(widths: Sequence[int], index: int, room: int) -> int:
    """How much the widest may give at once: down to the next widest, or to what is needed."""
    lower = max((w for i, w in enumerate(widths) if i != index and w < widths[index]), default=1)
    return max(1, min(widths[index] - lower, sum(widths) - room))


def _width(text: str) -> int:
    return max((cell_len(line) for line in text.split("\n")), default=0)


def _longest_word(text: str) -> int:
    return max((cell_len(word) for word in text.split()), default=0)
