"""Checks that the MLX names in a piece of Python exist in the installed MLX.

The text is parsed and never run. Import aliases are followed; `mx.` and `nn.` without an import
are taken as people usually mean them. Attributes of values (of an array, say) are not judged,
because only running the program could tell what they are.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from assistant.mlxdocs.api import module, nearest

_USUAL = {"mx": "mlx.core", "nn": "mlx.nn"}
# Only where nothing else claims the name: torch has an `nn` and an `optim` too.
_USUAL_BESIDE_MLX = {"optim": "mlx.optimizers"}


@dataclass(frozen=True)
class Finding:
    """Something that would not work: a name that MLX does not have, or a syntax error."""

    name: str
    line: int
    message: str
    suggestion: str | None = None


@dataclass(frozen=True)
class Use:
    """An MLX name as it stands in the program, with the module path it resolves to."""

    name: str
    path: str
    line: int


def check_code(source: str) -> list[Finding]:
    """What in `source` does not exist in the installed MLX, in order of lines."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        reason = getattr(error, "msg", None) or str(error)
        return [Finding("", line, f"This is not valid Python: {reason}.")]
    findings = [_judge(use) for use in _uses(tree)]
    return sorted(
        dict.fromkeys(one for one in findings if one is not None), key=lambda one: one.line
    )


def mlx_uses(source: str) -> list[Use]:
    """Every use of an MLX name in `source`, existing or not; none when it does not parse."""
    try:
        return list(_uses(ast.parse(source)))
    except (SyntaxError, ValueError):
        return []


def _judge(use: Use) -> Finding | None:
    parts = use.path.split(".")
    missing = _first_missing(parts)
    if missing is None:
        return None
    shown = use.name.split(".")
    # The written name is shorter than the path by what the alias stands for.
    name = ".".join(shown[: max(1, len(shown) - (len(parts) - missing - 1))])
    near = nearest(name)
    hint = f" Did you mean {near[0]}?" if near else ""
    return Finding(name, use.line, f"MLX has no {name}.{hint}", near[0] if near else None)


def _first_missing(parts: list[str]) -> int | None:
    """The position of the first part that does not exist; None when all that can be known do."""
    thing: Any = module("mlx")
    for position in range(1, len(parts)):
        if not isinstance(thing, ModuleType) and not inspect.isclass(thing):
            return None
        path = ".".join(parts[: position + 1])
        try:
            thing = getattr(thing, parts[position])
        except AttributeError:
            if not isinstance(thing, ModuleType):
                # A class may set attributes on its instances; its methods can be told.
                return position
            try:
                thing = module(path)
            except ImportError:
                return position
    return None


def _uses(tree: ast.AST) -> Iterator[Use]:
    aliases, direct = _imports(tree)
    yield from direct
    bound = _bound_names(tree) | set(aliases)
    mentions_mlx = any(_is_mlx(path) for path in aliases.values()) or bool(direct)
    foreign = any(not _is_mlx(path) for path in aliases.values())
    for short, path in _USUAL.items():
        # Among the imports of another library an `nn` is that library's.
        if short not in bound and (short == "mx" or mentions_mlx or not foreign):
            aliases[short] = path
    if mentions_mlx or "mx" in aliases:
        for short, path in _USUAL_BESIDE_MLX.items():
            if short not in bound and mentions_mlx:
                aliases[short] = path
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in inner:
            name = _dotted(node)
            first, _, rest = name.partition(".")
            path = aliases.get(first, "")
            if _is_mlx(path) and rest:
                yield Use(name, f"{path}.{rest}", node.lineno)


def _is_mlx(path: str) -> bool:
    return path == "mlx" or path.startswith("mlx.")


def _dotted(node: ast.Attribute) -> str:
    """ "mx.linalg.norm" of an attribute chain; only its head when the head is not a name."""
    parts: list[str] = []
    current: ast.expr = node
    while isinstance(current, ast.Attribute):
        parts.append(current.attr)
        current = current.value
    return ".".join([current.id, *reversed(parts)]) if isinstance(current, ast.Name) else ""


def _imports(tree: ast.AST) -> tuple[dict[str, str], list[Use]]:
    """What names stand for after the imports, and the names of MLX that imports mention."""
    aliases: dict[str, str] = {}
    direct: list[Use] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.split(".")[0]
                aliases[bound] = alias.name if alias.asname else bound
                if alias.name.startswith("mlx."):
                    direct.append(Use(alias.name, alias.name, node.lineno))
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                if alias.name == "*":
                    continue
                path = f"{node.module}.{alias.name}"
                aliases[alias.asname or alias.name] = path
                if node.module.split(".")[0] == "mlx":
                    direct.append(Use(path, path, node.lineno))
    return aliases, direct


def _bound_names(tree: ast.AST) -> set[str]:
    """Names that the program itself gives a meaning: assignments, arguments, definitions."""
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
    return bound
