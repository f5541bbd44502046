"""Finds models by name, folder or Hugging Face repository, and lists what is on this machine.

It refuses to know how a model is loaded; nothing heavy is imported.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.engine.model_facts import facts_of
from assistant.errors import ModelNotFound, ModelUnusable
from assistant.paths import hub_cache, inside

_REPOSITORY = re.compile(r"^\w[\w.-]*/[\w.-]+$")


@dataclass(frozen=True)
class ModelListing:
    name: str
    path: Path
    source: str
    """"folder", or "hub cache"."""
    architecture: str
    bytes: int
    """Size of the weights on disk."""
    parameters: int = 0
    """How many numbers the weights stand for; 0 when its files do not say."""
    bits: int | None = None
    """Bits of each, when they are quantised."""


@dataclass(frozen=True)
class ModelLocation:
    """Where a model is: a folder, or a repository that mlx-lm still has to fetch."""

    name: str
    path: Path | None
    repository: str | None = None


def list_models(folders: Sequence[Path]) -> list[ModelListing]:
    """Models in these folders, then those in the Hugging Face cache, by name."""
    found: dict[str, ModelListing] = {}
    for root in folders:
        for path in inside(root):
            if path.name not in found and _has_config(path):
                _list(found, path.name, path, "folder")
    for snapshot in _snapshots(hub_cache()):
        name = snapshot.parents[1].name.removeprefix("models--").replace("--", "/")
        if name not in found:
            _list(found, name, snapshot, "hub cache")
    return sorted(found.values(), key=lambda item: (item.source != "folder", item.name))


def _snapshots(cache: Path) -> list[Path]:
    try:
        return sorted(file.parent for file in cache.glob("models--*/snapshots/*/config.json"))
    except OSError:
        return []


def _list(found: dict[str, ModelListing], name: str, path: Path, source: str) -> None:
    """Add what a folder holds; one that cannot be looked into must not cost the others."""
    with suppress(OSError):
        facts = facts_of(path)
        size = sum(_bytes(file) for file in path.glob("*.safetensors"))
        found[name] = ModelListing(
            name, path, source, facts.architecture, size, facts.parameters, facts.bits
        )


def _bytes(file: Path) -> int:
    """Of a file; 0 for a link that leads nowhere, as a cache that was pruned has them."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


def find_model(ref: str, folders: Sequence[Path]) -> ModelLocation:
    """The model that a name, a folder or OWNER/NAME means.

    Raises:
        ModelNotFound: with the nearest name, or the names there are.
        ModelUnusable: a folder that holds no model.
    """
    # os.path asks where pathlib raises: names that are too long, people who are not there.
    path = Path(os.path.expanduser(ref))
    if os.path.isdir(path) and ("/" in ref or ref.startswith((".", "~")) or _has_config(path)):
        if not _has_config(path):
            raise ModelUnusable(f"{path} is not a model: it has no config.json.")
        return ModelLocation(path.resolve().name, path.resolve())
    for root in folders:
        if "/" not in ref and _has_config(root / ref):
            return ModelLocation(ref, root / ref)
    if _REPOSITORY.match(ref):
        return ModelLocation(ref, None, ref)
    names = [model.name for model in list_models(folders)]
    near = difflib.get_close_matches(ref, names, n=1)
    known = ", ".join(names) or "none yet"
    raise ModelNotFound(
        f"There is no model {ref[:200]!r}.",
        f"Did you mean {near[0]}?" if near else f"There are: {known}. OWNER/NAME is fetched.",
    )


def _has_config(path: Path) -> bool:
    return os.path.isfile(path / "config.json")
