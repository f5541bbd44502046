"""Markdown tables, with or without a heading of words → nested lists.

This module refuses to know any other use of the sign `|`.
"""

from __future__ import annotations

import re

from .nodes import Branch, Leaf, Node
from .numbers import is_number
from .rows import read_cell, read_rows
from .text import quoted

_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-*:?\s*)*\|?\s*")


def is_table(text: str) -> bool:
    """Whether every line that is not blank has a `|` in it."""
    lines = [line for line in text.split("\n") if line.strip()]
    return bool(lines) and all("|" in line for line in lines)


def read_table(text: str) -> tuple[Node, str]:
    """The rows of the table, and a note about a heading that was left out."""
    rows: list[Branch] = []
    ruled = -1
    start = 0
    for line in text.split("\n"):
        if line.strip() and not (_RULE.fullmatch(line) and "-" in line):
            rows.append(_row(text, line, start, len(rows)))
        elif line.strip() and ruled < 0:
            ruled = len(rows)
        start += len(line) + 1
    if ruled == 1 and len(rows) > 1 and _is_heading(rows[0]):
        words = ", ".join(item.text for item in rows[0].items if isinstance(item, Leaf))
        return Branch(tuple(rows[1:]), rows[1].start), f"Left out the heading {quoted(words, 60)}."
    if ruled == 0 or (ruled == 1 and not _has_text(rows[0])):
        rows = [row for row in rows if _has_text(row)]
    if len(rows) == 1 and ruled < 0:
        return rows[0], ""
    return Branch(tuple(rows), rows[0].start if rows else 0), ""


def _row(text: str, line: str, start: int, number: int) -> Branch:
    inner = line.strip()
    at = start + line.index(inner)
    if inner.startswith("|"):
        inner, at = inner[1:], at + 1
    inner = inner.removesuffix("|")
    if "|" not in inner:  # a matrix between two long strokes: | 1 2 |
        row = read_rows(text, at, at + len(inner), lines=False)
        return row if isinstance(row, Branch) else Branch((row,), at)
    leaves: list[Leaf] = []
    for cell in inner.split("|"):
        first = at + len(cell) - len(cell.lstrip())
        leaves.append(read_cell(cell.strip(), cell, first, text, (number, len(leaves))))
        at += len(cell) + 1
    return Branch(tuple(leaves), leaves[0].start)


def _is_heading(row: Branch) -> bool:
    texts = [item.text for item in row.items if isinstance(item, Leaf)]
    return not any(is_number(text) for text in texts)


def _has_text(row: Branch) -> bool:
    return any(isinstance(item, Leaf) and item.text for item in row.items)
