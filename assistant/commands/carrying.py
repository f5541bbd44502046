"""Adapters that move from one model to the next: those that fit, and why the others do not.

It refuses to know how an adapter is attached; the new engine says whether it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.commands.blocks import Block, Notice
from assistant.engine.protocol import Engine
from assistant.engine.types import AdapterInfo
from assistant.errors import AssistantError


@dataclass(frozen=True)
class Carried:
    """What became of the adapters that were loaded."""

    kept: tuple[AdapterInfo, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    """Names of the others, each with the reason."""


def carry(old: Engine | None, new: Engine) -> Carried:
    """Load on the new engine what was loaded on the old one, as far as it fits.

    A server's adapters are its own: nothing is loaded there on the way.
    """
    server = new.info.server
    there = {adapter.name: adapter for adapter in new.adapters()} if server else {}
    kept: list[AdapterInfo] = []
    left: list[tuple[str, str]] = []
    for adapter in old.adapters() if old else []:
        if server:
            if adapter.name in there:
                kept.append(there[adapter.name])
            else:
                left.append((adapter.name, f"{server} does not have it for {new.info.model}."))
            continue
        try:
            kept.append(new.load_adapter(str(adapter.path), name=adapter.name))
        except AssistantError as error:
            left.append((adapter.name, error.message))
    return Carried(tuple(kept), tuple(left))


def about_carried(carried: Carried) -> Iterator[Block]:
    """A sentence for those that came along, and one for each that did not."""
    if carried.kept:
        names = ", ".join(adapter.name for adapter in carried.kept)
        fits = "fits it too and stays" if len(carried.kept) == 1 else "fit it too and stay"
        yield Notice(f"{names} {fits}.", "good")
    for adapter in carried.kept:
        yield from (Notice(warning, "warning") for warning in adapter.warnings)
    for name, reason in carried.left:
        yield Notice(f"{name} is taken off. {reason}", "warning")
