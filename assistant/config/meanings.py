"""What each setting means: the text below its field in `Settings`, which is written once.

It refuses to know values.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from assistant import settings


@lru_cache(maxsize=1)
def meanings() -> Mapping[str, str]:
    """One line for each setting. Python drops the texts below fields, so the source is read."""
    tree = ast.parse(inspect.getsource(settings))
    (body,) = (
        node.body
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == settings.Settings.__name__
    )
    found = dict.fromkeys(settings.NAMES, "")
    for field, text in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            found[field.target.id] = _text(text)
    return found


def _text(node: ast.stmt) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return " ".join(str(node.value.value).split())
    return ""
