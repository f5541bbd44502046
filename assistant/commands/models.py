"""The models to choose from, as tables and as JSON. Shared by /model and `assistant model`.

It refuses to know how a model is found or opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.commands.amounts import quantity, size
from assistant.commands.blocks import Block, Notice, Table
from assistant.commands.catalogue import Catalogue, Offered
from assistant.engine.types import EngineInfo

_COLUMNS = ("model", "state", "parameters", "on disk", "needs", "fits", "where")


def listing(catalogue: Catalogue, in_use: str = "", *, paths: bool = False) -> Iterator[Block]:
    """What is here, then what could be fetched; of a server, what it has."""
    if catalogue.server:
        states = ((one.name, "in use" if one.name == in_use else "") for one in catalogue.offered)
        yield Table(("model", "state"), tuple(states), f"On {catalogue.server}")
        return
    here = [one for one in catalogue.offered if one.here]
    if here and not here[0].path:  # a server's, of which no more is known
        served = tuple((one.name, "in use" if one.name == in_use else "") for one in here)
        yield Table(("model", "state"), served, title=f"O{here[0].where[1:]}")
    elif here:
        yield Table(_COLUMNS, tuple(_row(one, in_use, paths=paths) for one in here))
    others = [one for one in catalogue.offered if not one.here]
    if others:
        rows = tuple(_row(one, in_use)[:-1] for one in others)
        title = "Recommended, to be fetched from the Hugging Face hub"
        yield Table(_COLUMNS[:-1], rows, title=title)
    if not catalogue.memory:
        return
    yield Notice(
        f"{size(catalogue.memory)} of {catalogue.of} are free; what a model needs is its weights "
        "and a chat of 8,192 tokens."
    )


def _row(one: Offered, in_use: str, *, paths: bool = False) -> tuple[str, ...]:
    return (
        one.name,
        "in use" if one.name == in_use else "",
        parameters_of(one),
        size(one.bytes),
        size(one.needs),
        "yes" if one.fits else "no",
        str(one.path) if paths else one.where,
    )


def parameters_of(one: Offered) -> str:
    """Such as "4B, 4-bit"."""
    count = quantity(one.parameters) if one.parameters else "?"
    return f"{count}, {one.bits}-bit" if one.bits else count


def to_dict(catalogue: Catalogue) -> dict[str, Any]:
    """The object that `assistant model list --json` prints."""
    return {
        "models": [_entry(one) for one in catalogue.offered if one.path is not None],
        "recommended": [
            {"repository": one.name, **_facts(one), "remark": one.remark}
            for one in catalogue.offered
            if one.path is None
        ],
        "memory": {"available": catalogue.memory, "of": catalogue.of},
    }


def _entry(one: Offered) -> dict[str, Any]:
    path = Path(one.path or "")
    source = "hub cache" if one.where == "hub cache" else "folder"
    facts = {"path": str(path), "source": source, "where": one.where}
    return {"name": one.name, **facts, "architecture": one.architecture, **_facts(one)}


def _facts(one: Offered) -> dict[str, Any]:
    return {
        "bytes": one.bytes,
        "parameters": one.parameters or None,
        "bits": one.bits,
        "needs": one.needs,
        "fits": one.fits,
    }


def described(info: EngineInfo) -> str:
    """Such as "5.8M parameters, 4-bit, 12 MB"; of a server, only where it is."""
    if info.server:
        return f"on {info.server}"
    about = f"{quantity(info.parameters)} parameters, {info.quantisation or info.dtype}"
    return f"{about}, {size(info.memory_bytes)}"
