"""What the installed MLX offers: names, signatures, and the first sentence on each.

mlx is imported when the first question is asked, because it takes time and most sessions never
ask. This module refuses to know programs; check.py reads those.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import re
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from assistant.errors import DocsError

# The modules people use, with the short names they give them.
MODULES = {
    "mlx.core": "mx",
    "mlx.core.linalg": "mx.linalg",
    "mlx.core.random": "mx.random",
    "mlx.core.fft": "mx.fft",
    "mlx.core.fast": "mx.fast",
    "mlx.core.distributed": "mx.distributed",
    "mlx.core.metal": "mx.metal",
    "mlx.nn": "nn",
    "mlx.nn.losses": "nn.losses",
    "mlx.nn.init": "nn.init",
    "mlx.optimizers": "optim",
    "mlx.utils": "mlx.utils",
}

# Names from other libraries that people reach for, and what MLX calls the same thing.
KNOWN_ELSEWHERE = {
    "cat": "mx.concatenate",
    "clamp": "mx.clip",
    "dot": "mx.matmul",
    "gather": "mx.take_along_axis",
    "hstack": "mx.concatenate",
    "mm": "mx.matmul",
    "permute": "mx.transpose",
    "rand": "mx.random.uniform",
    "randn": "mx.random.normal",
    "ravel": "mx.flatten",
    "tensor": "mx.array",
    "unsqueeze": "mx.expand_dims",
    "vstack": "mx.concatenate",
}


@dataclass(frozen=True)
class Entry:
    """One public name: `short` as people write it, `full` as Python knows it."""

    short: str
    full: str
    kind: str
    signature: str
    summary: str

    @property
    def name(self) -> str:
        return self.short.rsplit(".", 1)[-1]


def module(path: str) -> ModuleType:
    """A module of MLX, imported now."""
    try:
        return importlib.import_module(path)
    except ImportError as missing:
        if missing.name != "mlx":
            raise
        raise DocsError("MLX is not installed.", "Install the package mlx.") from missing


@cache
def every_name() -> tuple[Entry, ...]:
    """Every public name of the installed MLX that belongs to it."""
    return tuple(
        _entry(path, short, name, thing)
        for path, short in MODULES.items()
        for name, thing in sorted(vars(module(path)).items())
        if not name.startswith("_") and _belongs(path, thing)
    )


def _belongs(path: str, thing: object) -> bool:
    """Whether a module's name is its own, and not something it imported for itself."""
    if isinstance(thing, ModuleType):
        return False
    owner = getattr(thing, "__module__", None)
    home = ".".join(path.split(".")[:2])
    return not callable(thing) or owner is None or str(owner).startswith(home)


def _entry(path: str, short: str, name: str, thing: object) -> Entry:
    kind = "class" if inspect.isclass(thing) else "function" if callable(thing) else "value"
    text = getattr(thing, "__doc__", "") if callable(thing) else ""
    return Entry(
        short=f"{short}.{name}",
        full=f"{path}.{name}",
        kind=kind,
        signature=_signature(f"{short}.{name}", thing, text or "") if kind != "value" else "",
        summary=_summary(name, text or ""),
    )


def _signature(short: str, thing: Any, text: str) -> str:
    # nanobind writes the signature on the docstring's first lines and has none to inspect.
    found = re.search(rf"^\s*(?:def )?{re.escape(short.rsplit('.', 1)[-1])}\((.*)$", text, re.M)
    if found:
        inside = re.sub(r"\s*->.*$", "", found.group(1)).rstrip(" :").removesuffix(")")
        return f"{short}({re.sub(r'^/, |, /', '', inside)})"
    try:
        written = f"{short}{inspect.signature(thing)}".removesuffix(" -> None")
        return written.replace("(self, ", "(").replace("(self)", "()")
    except (TypeError, ValueError):
        return f"{short}(…)"


def _summary(name: str, text: str) -> str:
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text))[:6]:
        lines = [
            line
            for line in paragraph.splitlines()
            if not re.match(rf"^\s*(?:def )?{re.escape(name)}\s*\(", line)
        ]
        flat = " ".join(" ".join(lines).split())
        if flat and not re.match(r"(?i)overloaded function|\.\.|args?:|parameters:|\d+\.", flat):
            flat = re.sub(r":[\w:]+:`~?\.?([^`]*)`", r"\1", flat).replace("``", "`")
            flat = re.sub(r" \[\d+\](?=[ .,])", "", flat)
            found = re.match(r"(.{8,}?\.)(\s|$)", flat)
            return found.group(1) if found else flat
    return ""


def look_up(query: str) -> Entry:
    """The entry for a name such as `softmax`, `mx.softmax` or `mlx.core.softmax`.

    Raises DocsError, with what was perhaps meant, when MLX has no such name.
    """
    wanted = query.strip().strip("`").removesuffix("()")
    entries = every_name()
    for matches in (
        lambda e: wanted in (e.short, e.full),
        lambda e: e.name == wanted,
        lambda e: e.name.lower() == wanted.rsplit(".", 1)[-1].lower(),
    ):
        found = [entry for entry in entries if matches(entry)]
        if found:
            return found[0]
    near = nearest(wanted)
    hint = f"Did you mean {' or '.join(near)}?" if near else "Try a word of what it does."
    raise DocsError(f"MLX has no “{wanted}”.", hint)


def search(query: str, limit: int = 10) -> list[Entry]:
    """Entries whose name or summary has the words of the query, the best first.

    Of one dotted name only the last part is looked for: every name has its module in it.
    """
    if not re.search(r"\s", query.strip()):
        query = query.rpartition(".")[2]
    words = [word for word in re.findall(r"[a-z0-9_]+", query.lower()) if len(word) > 2]
    scored = []
    for entry in every_name():
        name, text = entry.short.lower(), entry.summary.lower()
        points = sum(4 * (w == entry.name.lower()) + 2 * (w in name) + (w in text) for w in words)
        if points:
            scored.append((-points, len(entry.short), entry))
    scored.sort(key=lambda row: row[:2])
    return [entry for _, _, entry in scored[:limit]]


def nearest(name: str, limit: int = 2) -> list[str]:
    """Existing names that were perhaps meant, the likeliest first."""
    owner, _, last = name.rpartition(".")
    if last in KNOWN_ELSEWHERE:
        return [KNOWN_ELSEWHERE[last]]
    entries = every_name()
    same = [e.short for e in entries if e.name.lower() == last.lower()]
    same.sort(key=lambda short: not short.endswith(f".{last}"))
    beside = {e.name.lower(): e.short for e in entries if e.short.rpartition(".")[0] == owner}
    anywhere = {e.name.lower(): e.short for e in reversed(entries)}
    near = [beside[n] for n in difflib.get_close_matches(last.lower(), beside, limit, 0.7)]
    far = [anywhere[n] for n in difflib.get_close_matches(last.lower(), anywhere, limit, 0.7)]
    return list(dict.fromkeys([*same, *near, *far]))[:limit]
