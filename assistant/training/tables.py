"""The hand-written tables under `data/`, as plain objects.

An `Operation` is something people ask array libraries for, with the call that does it in each
library. A `Concept` is prose: a thing to be explained, the ways of asking, and the answers.
This module refuses to know how questions are worded or which libraries are installed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True)
class Operation:
    """One thing to do, how people call it, and the call for each library."""

    name: str
    do: tuple[str, ...]
    words: tuple[str, ...]
    says: str
    calls: Mapping[str, str]
    axis: bool = False
    axis_calls: Mapping[str, str] = field(default_factory=dict)
    ask: tuple[str, ...] = ()
    """Whole questions in which {lib} stands for the library."""


@dataclass(frozen=True)
class Concept:
    """One thing to explain: names for it, whole questions, and right answers."""

    name: str
    topic: tuple[str, ...]
    ask: tuple[str, ...]
    answers: tuple[str, ...]
    program: str = ""
    """What stands below an answer; none where it is empty."""


@dataclass(frozen=True)
class Sequel:
    """A second question that only makes sense after the first: "And in descending order?"."""

    operation: str
    """What is asked for."""
    after: tuple[str, ...]
    """The operations that it is asked after."""
    ask: tuple[str, ...]


def read_table(name: str) -> dict[str, Any]:
    """The TOML file `name` of the package data."""
    text = resources.files("assistant.training").joinpath("data").joinpath(name).read_text("utf-8")
    return tomllib.loads(text)


def choices(text: str) -> tuple[str, ...]:
    """The alternatives of a field, which stand between bars."""
    return tuple(part.strip() for part in text.split("|") if part.strip())


def prefixed(library: str, call: str) -> str:
    """A call with the library's usual prefix, where the table leaves it out."""
    prefix = {"numpy": "np.", "jax": "jnp.", "torch": "torch."}.get(library, "")
    begins = re.split(r"[(.\[]", call)[0]
    own = {"x", "y", "a", "b", "d", "s", "m", "n", "i", "e", "net", "opt", "np", "jnp", "jax"}
    own |= {"torch", "scipy"}
    return call if begins in own else prefix + call


def operations(*names: str) -> list[Operation]:
    """The operations of the tables `names`, in order."""
    return [_operation(key, row) for name in names for key, row in read_table(name).items()]


def sequels() -> list[Sequel]:
    """The second questions of `sequels.toml`."""
    return [
        Sequel(name, choices(row["after"]), choices(row["ask"]))
        for name, row in read_table("sequels.toml").items()
    ]


def _operation(name: str, row: Mapping[str, Any]) -> Operation:
    calls: dict[str, str] = {}
    # NumPy's spelling serves JAX as well unless the table says otherwise: jax.numpy mirrors it.
    for library, keys in (
        ("numpy", ("np",)),
        ("jax", ("jax", "np")),
        ("torch", ("torch",)),
        ("scipy", ("scipy",)),
        ("python", ("python",)),
    ):
        call = next((row[key] for key in keys if key in row), "-")
        if call != "-":
            calls[library] = prefixed(library, call)
    axis_calls = {}
    if "torch_axis" in row and row["torch_axis"] != "-":
        axis_calls["torch"] = prefixed("torch", row["torch_axis"])
    return Operation(
        name=name,
        do=choices(row["do"]),
        words=choices(row["words"]),
        says=row["says"],
        calls=calls,
        axis=bool(row.get("axis")),
        axis_calls=axis_calls,
        ask=choices(row.get("ask", "")),
    )


def concepts(table: str = "concepts.toml") -> list[Concept]:
    """Everything the model can explain or reply to; in the table of MLX {lib} stands for it."""
    return [
        Concept(
            name=name,
            topic=choices(row.get("topic", "")),
            ask=choices(row.get("ask", "")),
            answers=choices(row["answer"]),
            program=row.get("program", "").strip(),
        )
        for name, row in read_table(table).items()
    ]


def fillings() -> dict[str, tuple[str, ...]]:
    """Words that fill the gaps of questions, and the system prompts."""
    return {name: choices(text) for name, text in read_table("words.toml").items()}
