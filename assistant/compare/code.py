"""The code in an answer: its fenced blocks, and the calls written between single backticks.

It refuses to know whether any of it is right.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

_FENCE = re.compile(
    r"^([ \t]*)(```+|~~~+)[ \t]*([\w+-]*)[^\n]*\n(.*?)(?:^[ \t]*\2|\Z)", re.M | re.S
)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_PYTHON = {"python", "py", "python3", ""}

# What people mean by these names where a piece of code does not say.
_USUAL = {
    "mx": "import mlx.core as mx",
    "nn": "import mlx.nn as nn",
    "optim": "import mlx.optimizers as optim",
    "np": "import numpy as np",
}


@dataclass(frozen=True)
class CodeParts:
    blocks: tuple[str, ...]
    """Fenced blocks of Python, or of no named language."""
    inline: tuple[str, ...]
    """What stands between single backticks outside of them and is a Python expression."""


def code_parts(answer: str) -> CodeParts:
    """The Python in a Markdown answer."""
    blocks: list[str] = []
    for match in _FENCE.finditer(answer):
        if match.group(3).lower() in _PYTHON:
            indent = match.group(1)
            lines = match.group(4).split("\n")
            blocks.append("\n".join(line.removeprefix(indent) for line in lines).strip("\n"))
    outside = _FENCE.sub("\n", answer)
    inline = (found.group(1).strip() for found in _INLINE.finditer(outside))
    return CodeParts(tuple(blocks), tuple(text for text in inline if _is_expression(text)))


def parses(source: str) -> bool:
    """Whether a text is Python, as far as the grammar goes."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def with_usual_imports(source: str) -> str:
    """The source, after the imports that people take for granted where it leaves them out."""
    tree = ast.parse(source)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
    used = {node.id for node in names} - bound
    return "\n".join([line for name, line in _USUAL.items() if name in used] + [source])


def _is_expression(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
