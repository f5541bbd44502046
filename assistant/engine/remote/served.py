"""What a server has: its models, and the adapters on them, as /v1/models lists them.

vLLM lists an adapter as a model with a `parent`. It refuses to know how the list is fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from assistant.engine.remote.failures import quoted
from assistant.engine.types import AdapterInfo
from assistant.errors import ModelNotFound


@dataclass(frozen=True)
class Served:
    """One entry of the list."""

    id: str
    """What a request calls it."""
    parent: str = ""
    root: str = ""
    """Where its files are, on the server."""
    context_length: int = 0
    owner: str = ""

    @property
    def name(self) -> str:
        """As it is shown: of a folder, its last part."""
        return PurePosixPath(self.id).name if self.id.startswith("/") else self.id


def read_list(found: Any) -> list[Served]:
    """The entries of the server's JSON. Raises ValueError when it is no such list."""
    data = found.get("data") if isinstance(found, dict) else None
    if not isinstance(data, list):
        raise ValueError("no list of models")
    return [
        Served(
            id=entry["id"],
            parent=_word(entry.get("parent")),
            root=_word(entry.get("root")),
            context_length=_count(entry.get("max_model_len")),
            owner=_word(entry.get("owned_by")),
        )
        for entry in data
        if isinstance(entry, dict) and quoted(entry.get("id")) == entry.get("id")
    ]


def _word(value: Any) -> str:
    return quoted(value)


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def choose(wanted: str, served: Sequence[Served], host: str) -> Served:
    """The model that a name means; without a name, the only one there is.

    Raises:
        ModelNotFound: with what there is.
    """
    bases = [entry for entry in served if not entry.parent]
    names = ", ".join(entry.name for entry in bases[:20]) or "none"
    for entry in served:
        if wanted in (entry.id, entry.name) and entry.parent:
            raise ModelNotFound(
                f"{entry.name} is an adapter on {host}, not a model.",
                f"Choose it with -a {entry.name}, or /adapter use {entry.name}.",
            )
    if wanted:
        for entry in bases:
            if wanted in (entry.id, entry.name):
                return entry
        raise ModelNotFound(f"{host} has no model {wanted!r}.", f"It has: {names}.")
    # mlx_lm.server lists all of the Hugging Face cache beside the folder that it runs.
    folders = [entry for entry in bases if entry.id.startswith("/")]
    for found in (bases, folders):
        if len(found) == 1:
            return found[0]
    if not bases:
        raise ModelNotFound(f"{host} has no model loaded.", "Load one there, or name it with -m.")
    raise ModelNotFound(
        f"{host} has {len(bases)} models, and none was named.", f"Name one with -m: {names}."
    )


def adapters_on(model: Served, served: Sequence[Served]) -> tuple[AdapterInfo, ...]:
    """The adapters that can answer for a model; those that name another parent are left out."""
    known = {entry.id for entry in served if not entry.parent}
    return tuple(
        adapter(entry.id, entry.root, entry.parent)
        for entry in served
        if entry.parent and (entry.parent in (model.id, model.root) or entry.parent not in known)
    )


def adapter(name: str, path: str, base: str) -> AdapterInfo:
    """An adapter of which only the server knows what is in it."""
    return AdapterInfo(
        name=name,
        path=Path(path),
        format="",
        rank=0,
        trained_scale=0.0,
        targets=(),
        modules=0,
        parameters=0,
        bytes=0,
        base=base,
        fingerprint="",
        loaded=True,
    )
