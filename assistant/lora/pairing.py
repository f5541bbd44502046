"""Puts the tensors of every changed layer together, and checks that they fit.

It refuses to know how a format names its tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.errors import AdapterUnusable
from assistant.lora.adapter import LoraPair
from assistant.lora.safetensors import TensorHeader, read_header

Role = Literal["A", "B", "magnitude", "base copy"]
# How many axes a tensor of each role may have; three are those of a layer of experts.
_AXES: dict[Role, tuple[int, ...]] = {
    "A": (2, 3),
    "B": (2, 3),
    "magnitude": (1,),
    "base copy": (2,),
}

_LONGEST_NAME = 300


@dataclass(frozen=True)
class Part:
    """What a tensor's name says: the module it belongs to, and what it is there."""

    module: str
    role: Role
    of_embedding: bool = False
    """Whether the name says that the module is an embedding, changed on its input side only."""


def named_tensors(file: Path) -> dict[str, TensorHeader]:
    """The headers of the tensors of an adapter, each named as a layer's can be.

    Raises:
        AdapterUnusable: the file is damaged, or a name is a path, endless, or cannot be printed.
    """
    headers = read_header(file)
    for name in headers:
        if len(name) > _LONGEST_NAME:
            problem = f"whose name has {len(name):,} characters"
        elif not name.isprintable():
            problem = f"whose name cannot be printed: {name!r}"
        elif "/" in name or "\\" in name or ".." in name:
            problem = f"whose name is a path and no layer's: {name!r}"
        else:
            continue
        raise AdapterUnusable(f"{file} has a tensor {problem}.", "Copy or train it again.")
    return headers


def pair_up(
    path: Path,
    headers: Mapping[str, TensorHeader],
    parts: Mapping[str, Part],
    scale: Callable[[str, int], float],
    *,
    transposed: bool,
) -> dict[str, LoraPair]:
    """Every module's pair. `parts` says what each tensor is; `scale(module, rank)` its factor.

    Raises:
        AdapterUnusable: a part is missing, no array of floats, or does not fit the others.
    """
    if not parts:
        raise AdapterUnusable(f"{path} holds no tensors.", "Copy or train it again.")
    named: dict[str, dict[Role, str]] = {}
    for name, part in parts.items():
        _check_kind(path, name, part, headers[name])
        roles = named.setdefault(part.module, {})
        if part.role in roles:
            raise AdapterUnusable(
                f"{path} holds {part.role} of {part.module!r} twice, as {roles[part.role]!r} and "
                f"{name!r}.",
                "Copy or train it again.",
            )
        roles[part.role] = name
    embeddings = {part.module for part in parts.values() if part.of_embedding}
    pairs = {}
    for module, roles in sorted(named.items()):
        if "A" not in roles or "B" not in roles:
            there = next(iter(roles.values()))
            raise AdapterUnusable(
                f"{path} lacks the other half of {there!r}.", "Copy or train it again."
            )
        a, b = headers[roles["A"]].shape, headers[roles["B"]].shape
        inputs, rank, outputs, experts = _sizes(path, module, a, b, transposed=transposed)
        magnitude = roles.get("magnitude")
        pairs[module] = LoraPair(
            inputs,
            rank,
            outputs,
            scale(module, rank),
            roles["A"],
            roles["B"],
            transposed,
            experts,
            magnitude,
            headers[magnitude].size if magnitude else 0,
            module in embeddings,
            roles.get("base copy"),
        )
    return pairs


def _check_kind(path: Path, name: str, part: Part, header: TensorHeader) -> None:
    if len(header.shape) in _AXES[part.role] and header.is_float:
        return
    shape = " × ".join(map(str, header.shape)) or "a single number"
    form = "a row" if part.role == "magnitude" else "a matrix"
    raise AdapterUnusable(
        f"In {path}, {name!r} is {shape} of type {header.dtype}; it must be {form} of floats.",
        "Copy or train it again.",
    )


def _sizes(
    path: Path, module: str, a: tuple[int, ...], b: tuple[int, ...], *, transposed: bool
) -> tuple[int, int, int, int]:
    """(inputs, rank, outputs, experts) of two matrices that fit together."""
    # Experts always lie as (experts, rank, in) and (experts, out, rank).
    turned = transposed or len(a) == 3
    (inputs, rank), (rank_b, outputs) = (a[-1:-3:-1], b[-1:-3:-1]) if turned else (a[-2:], b[-2:])
    if rank != rank_b or rank == 0 or a[:-2] != b[:-2]:
        raise AdapterUnusable(
            f"In {path}, the two matrices of {module!r} do not fit together: "
            f"{' × '.join(map(str, a))} and {' × '.join(map(str, b))}.",
            "Copy or train it again.",
        )
    return inputs, rank, outputs, a[0] if len(a) == 3 else 0
