r"""LaTeX matrices: `\begin{bmatrix} 1 & 2 \\ 3 & \frac{1}{2} \end{bmatrix}` and its sisters.

This module refuses to know LaTeX beyond matrix environments, fractions and spacing.
"""

from __future__ import annotations

import re

from assistant.errors import MatrixError

from .nodes import Branch, Leaf, Node
from .rows import read_cell
from .text import place

_KIND = r"(?:[bpvVB]?(?:small)?matrix|smallmatrix|array)\*?"
_BEGIN = re.compile(rf"\\begin\s*\{{{_KIND}\}}(?:\s*\[[^\]]*\])?(?:\s*\{{[lcr|@{{}}\s]*\}})?")
_END = re.compile(rf"\\end\s*\{{{_KIND}\}}")
_ROW_END = re.compile(r"\\\\(?:\[[^\]]*\])?|\\cr\b|\\tabularnewline\b")
_FRACTION = re.compile(r"\\[tdc]?frac\s*(?:\{([^{}]*)\}|(\d))\s*(?:\{([^{}]*)\}|(\d))")
_NOISE = re.compile(
    r"\\(?:hline|left\.?|right\.?|quad|qquad|phantom\{[^{}]*\}|[,;:! ]|d?displaystyle)|[{}$~]"
)
_WORDS = re.compile(r"\\(?:mathrm|mathit|text|operatorname)\s*\{([^{}]*)\}")
_DOTS = re.compile(r"\\[lcvd]?dots\b")


def has_latex(text: str) -> bool:
    """Whether the text holds a matrix environment, or is what stands in one."""
    if "&" in text and r"\\" in text:
        return True
    return r"\begin" in text and _BEGIN.search(text) is not None


def read_latex(text: str) -> Node:
    """The rows of the only matrix environment, or of the bare text. Raises MatrixError for
    several matrices, and for one that does not end."""
    begins = list(_BEGIN.finditer(text))
    if not begins:
        return _rows(text, 0, len(text))
    if len(begins) > 1:
        raise MatrixError(
            f"This text holds {len(begins)} matrices, the second one at"
            f" {place(text, begins[1].start())}; which do you mean?",
            "Give one matrix at a time.",
        )
    end = _END.search(text, begins[0].end())
    if end is None:
        raise MatrixError(
            rf"`\begin` has no matching `\end` ({place(text, begins[0].start())}).",
            r"Add \end{bmatrix} after the last row.",
        )
    return _rows(text, begins[0].end(), end.start())


def _rows(text: str, first: int, last: int) -> Branch:
    breaks = list(_ROW_END.finditer(text, first, last))
    starts = [first, *(mark.end() for mark in breaks)]
    ends = [*(mark.start() for mark in breaks), last]
    if len(starts) > 1 and not _plain(text[starts[-1] : ends[-1]]).strip():
        starts.pop()  # a line break after the last row
    rows = [
        _row(text, number, *span) for number, span in enumerate(zip(starts, ends, strict=False))
    ]
    return Branch(tuple(rows), first)


def _row(text: str, number: int, start: int, end: int) -> Branch:
    leaves: list[Leaf] = []
    for cell in text[start:end].split("&"):
        at = start + len(cell) - len(cell.lstrip())
        leaves.append(read_cell(cell.strip(), _plain(cell), at, text, (number, len(leaves))))
        start += len(cell) + 1
    return Branch(tuple(leaves), leaves[0].start)


def _plain(cell: str) -> str:
    """`-\\frac{1}{2}` → `-1/2`: an entry as the reader of numbers knows it."""
    cell = _DOTS.sub("...", _WORDS.sub(r"\1", cell))
    cell = _FRACTION.sub(lambda m: f"{m[1] or m[2]}/{m[3] or m[4]}", cell)
    cell = re.sub(r"\\(?:cdot|times)\s*", "*", cell)
    return _NOISE.sub(" ", cell)
